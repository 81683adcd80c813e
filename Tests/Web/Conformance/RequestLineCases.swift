extension ConformanceTests {
  /// The first line, and what may stand before it.
  @ConformanceTable static var requestLines: [ConformanceCase] {
    taken(
      "RFC 9112 3: method, target and version with a space each", "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /x ")
    refused(
      "RFC 9112 3: two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "one space each")
    refused(
      "RFC 9112 3: two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400, "one space each"
    )
    refused(
      "RFC 9112 3: a tab in place of the first space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "the method has")
    refused(
      "RFC 9112 3: a tab in place of the second space", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "percent-encoded")
    refused(
      "RFC 9112 3: a space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "none at its end")
    refused(
      "RFC 9112 3: a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "the method has")
    refused("RFC 9112 3.2: a space within the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "is %20")
    refused("RFC 9112 3: no target", "GET\r\nHost: a\r\n\r\n", 400, "no address")
    refused("RFC 9112 3: an empty target", "GET \r\nHost: a\r\n\r\n", 400, "no address")
    refused("RFC 9112 3: no version, as in HTTP/0.9", "GET /\r\nHost: a\r\n\r\n", 400, "no version")
    refused("RFC 9112 3: a space in place of the version", "GET / \r\nHost: a\r\n\r\n", 400, "no version")
    refused("RFC 9112 3: a line that is no request at all", "nonsense\r\n\r\n", 400, "no address")
    refused(
      "RFC 9112 2.3: the name of the version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: a version with one number", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: a version with a zero before it", "GET / HTTP/01.1\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: a minor version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: a version without its dot", "GET / HTTP/11\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: another protocol, RTSP", "GET / RTSP/1.0\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9112 2.3: another protocol, ICE", "SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400,
      "HTTP/1.1 and nothing else")
    refused(
      "RFC 9110 15.6.6: major version 0", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505,
      "Only HTTP/1.0 and HTTP/1.1")
    refused(
      "RFC 9110 15.6.6: major version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505,
      "Only HTTP/1.0 and HTTP/1.1")
    refused(
      "RFC 9110 15.6.6: major version 3", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505,
      "Only HTTP/1.0 and HTTP/1.1")
    refused(
      "RFC 9110 15.6.6: the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505,
      "Only HTTP/1.0 and HTTP/1.1")
    taken(
      "RFC 9110 2.5: a newer minor version is read as 1.1", "GET /x HTTP/1.2\r\nHost: a\r\n\r\n", "GET /x ")
    refused("RFC 9110 2.5: so it needs Host too", "GET /x HTTP/1.9\r\n\r\n", 400, "needs a Host")
    ConformanceCase(
      "RFC 9112 9.3: HTTP/1.0 without Host is taken, and the connection ends", "GET /x HTTP/1.0\r\n\r\n",
      [.init(status: 200, body: "GET /x ", fields: ["connection": "close"])], stays: false)
    taken("RFC 9112 2.2: an empty line before the request is ignored", "\r\n" + get("/x"), "GET /x ")
    taken(
      "RFC 9112 2.2: an empty line after a body is no request",
      post("Content-Length: 2", body: "hi\r\n") + get("/x"), "POST / hi", "GET /x ")
    refused("RFC 9112 2.2: empty lines without end", String(repeating: "\r\n", count: 10), 400, "empty lines")
    refused("RFC 9112 2.2: a lone LF before the request", "\n" + get("/x"), 400, "LF alone")
    refused("RFC 9112 2.2: a lone CR before the request", "\r" + get("/x"), 400, "CR without LF")
    refused(
      "RFC 9112 2.2: the first line ends with LF alone", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "LF alone")
    refused(
      "RFC 9112 2.2: a CR within the first line", "GET / HTTP/1.1\rX\nHost: a\r\n\r\n", 400, "CR without LF")
    refused("RFC 9112 2.2: a CR within the target", "GET /\rX HTTP/1.1\r\nHost: a\r\n\r\n", 400, "no version")
    refused(
      "RFC 9112 2.2: a space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400,
      "before the first header")
    refused(
      "RFC 9112 2.2: TLS on a port of plain HTTP", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], 400, "this is TLS")
    refused("RFC 9112 2.2: zeros", [0, 0, 0, 0], 400, "the method has")
  }
}
