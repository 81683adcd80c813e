extension ConformanceTests {
  /// Methods (RFC 9110 §9).
  @ConformanceTable static var methods: [ConformanceCase] {
    taken(
      "RFC 9110 9.1: methods beyond those of RFC 9110", "PROPFIND /x HTTP/1.1\r\nHost: a\r\n\r\n",
      "PROPFIND /x ")
    refused(
      "RFC 9110 9.1: a method that nobody knows is 501", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501,
      "none that is known")
    refused(
      "RFC 9110 9.1: methods are case-sensitive", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501,
      "written in capitals")
    refused(
      "RFC 9110 9.1: a method with a known one's beginning", "GETS / HTTP/1.1\r\nHost: a\r\n\r\n", 501,
      "none that is known")
    refused(
      "RFC 9110 9.1: a beginning of a known method", "GE / HTTP/1.1\r\nHost: a\r\n\r\n", 501,
      "none that is known")
    refused("RFC 9110 9.1: a method of RTSP", "PLAY / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "none that is known")
    refused(
      "RFC 9110 9.1: a method with a character of no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "a character that no method has")
    refused(
      "RFC 9112 3: a method longer than any is 501",
      "\(String(repeating: "X", count: 200)) / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "none that is known")
    refused(
      "RFC 9110 9.3.6: CONNECT opens no tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "no tunnels"
    )
    refused(
      "RFC 9110 9.3.6: what follows CONNECT is not read as a request",
      "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" + get(), 501, "no tunnels")
    taken(
      "RFC 9110 9.3.1: GET may have a body", "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
      "GET /x hi")
    taken(
      "RFC 9110 9.3.5: DELETE may have a body",
      "DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", "DELETE /x hi")
    ["POST", "PUT", "PATCH", "OPTIONS", "TRACE"].map { method in
      taken(
        "RFC 9110 9.1: \(method) reaches the route", "\(method) /x HTTP/1.1\r\nHost: a\r\n\r\n",
        "\(method) /x ")
    }
  }
}
