extension ConformanceTests {
  /// Connections: reuse, order, end (RFC 9112 §9).
  @ConformanceTable static var connections: [ConformanceCase] {
    taken("RFC 9112 9.3: HTTP/1.1 stays open", get("/x"), "GET /x ")
    taken(
      "RFC 9112 9.3.2: pipelined requests are answered in their order",
      (1...5).map { get("/\($0)") }.joined(), "GET /1 ", "GET /2 ", "GET /3 ", "GET /4 ", "GET /5 ")
    taken(
      "RFC 9112 9.3.2: bodies among pipelined requests",
      post("Content-Length: 2", body: "hi") + get("/x") + chunks("1\r\na\r\n0\r\n\r\n") + get("/y"),
      "POST / hi", "GET /x ", "POST / a", "GET /y ")
    refused(
      "RFC 9112 9.3.2: a malformed request behind a sound one", get("/x") + "nonsense\r\n\r\n", 400,
      "no address", after: ["GET /x "])
    refused(
      "RFC 9112 9.3.2: what follows a malformed request is not read",
      get("/x") + get("/", "X : a") + get("/y"), 400, "in or after the name", after: ["GET /x "])
    refused(
      "RFC 9112 11.2: a malformed body ends the connection", chunks("zz\r\n") + get("/evil"), 400,
      "not a hexadecimal")
    closing("RFC 9112 9.6: close is heeded", get("/x", "Connection: close"), "GET /x ")
    closing("RFC 9112 9.6: close in any case", get("/x", "Connection: CLOSE"), "GET /x ")
    closing("RFC 9110 7.6.1: close among other options", get("/x", "Connection: x, close, y"), "GET /x ")
    closing(
      "RFC 9110 7.6.1: close in a second field", get("/x", "Connection: x", "Connection: close"), "GET /x ")
    closing("RFC 9112 9.3: close wins over keep-alive", get("/x", "Connection: keep-alive, close"), "GET /x ")
    closing(
      "RFC 9112 9.6: what follows a last request is not answered", get("/x", "Connection: close") + get("/y"),
      "GET /x ")
    closing(
      "RFC 9112 9.6: a body belongs to a last request",
      post("Connection: close", "Content-Length: 2", body: "hi"), "POST / hi")
    closing("RFC 9112 9.3: HTTP/1.0 closes", "GET /x HTTP/1.0\r\nHost: a\r\n\r\n", "GET /x ")
    closing(
      "RFC 9112 9.3: HTTP/1.0 closes when it asks for close", "GET /x HTTP/1.0\r\nConnection: close\r\n\r\n",
      "GET /x ")
    ConformanceCase(
      "RFC 9112 9.3: HTTP/1.0 stays open where it asks for it, and is told",
      "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      [.init(status: 200, body: "GET /x ", fields: ["connection": "keep-alive"])])
    ConformanceCase(
      "RFC 9112 9.3: HTTP/1.1 is not told that it stays open", get("/x", "Connection: keep-alive"),
      [.init(status: 200, body: "GET /x ", absent: ["connection", "keep-alive"])])
    taken("RFC 9110 7.6.1: other options are ignored", get("/x", "Connection: x, y", "X: a"), "GET /x ")
    taken("RFC 9110 7.6.1: an option that only begins with close", get("/x", "Connection: closed"), "GET /x ")
  }

  /// One answer, after which the connection ends as it says.
  private static func closing(_ name: String, _ text: String, _ body: String) -> ConformanceCase {
    ConformanceCase(
      name, text, [.init(status: 200, body: body, fields: ["connection": "close"])], stays: false)
  }

  /// Expect (RFC 9110 §10.1.1).
  @ConformanceTable static var expectations: [ConformanceCase] {
    ConformanceCase(
      "RFC 9110 10.1.1: 100 Continue, and then the answer",
      post("Expect: 100-continue", "Content-Length: 2", body: "hi"),
      [.continue, .ok("POST / hi")])
    ConformanceCase(
      "RFC 9110 10.1.1: the expectation in any case",
      post("Expect: 100-Continue", "Content-Length: 2", body: "hi"),
      [.continue, .ok("POST / hi")])
    ConformanceCase(
      "RFC 9110 10.1.1: before a body in chunks too",
      post("Expect: 100-continue", "Transfer-Encoding: chunked", body: "2\r\nhi\r\n0\r\n\r\n"),
      [.continue, .ok("POST / hi")])
    ConformanceCase(
      "RFC 9110 10.1.1: behind the answer of the request before",
      get("/x") + post("Expect: 100-continue", "Content-Length: 2", body: "hi"),
      [.ok("GET /x "), .continue, .ok("POST / hi")])
    taken("RFC 9110 10.1.1: none without a body", get("/x", "Expect: 100-continue"), "GET /x ")
    taken(
      "RFC 9110 10.1.1: none for a body of length 0", post("Expect: 100-continue", "Content-Length: 0"),
      "POST / ")
    ConformanceCase(
      "RFC 9110 10.1.1: HTTP/1.0 gets none",
      "POST /x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
      [.ok("POST /x hi")], stays: false)
    refused(
      "RFC 9110 10.1.1: none for a body that is refused",
      post("Expect: 100-continue", "Content-Length: 5000"), 413, "1000 bytes")
    refused(
      "RFC 9110 15.5.18: another expectation is 417", get("/", "Expect: tea"), 417,
      "Only \"Expect: 100-continue\"")
    refused(
      "RFC 9110 15.5.18: 100-continue with another",
      post("Expect: 100-continue, tea", "Content-Length: 2", body: "hi"), 417, "Only \"Expect")
  }

  /// Upgrade and TE (RFC 9110 §7.8, §10.1.4).
  @ConformanceTable static var upgrades: [ConformanceCase] {
    closing(
      "RFC 9110 7.8: Upgrade is not followed, and the answer is the last",
      get("/x", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"), "GET /x ")
    closing(
      "RFC 9110 7.8: what follows such a request is not answered",
      get("/x", "Connection: upgrade", "Upgrade: x") + get("/y"), "GET /x ")
    closing(
      "RFC 9110 7.8: such a request has its body",
      post("Connection: upgrade", "Upgrade: x", "Content-Length: 2", body: "hi"), "POST / hi")
    closing(
      "RFC 9110 7.8: such a request has its body in chunks",
      post("Connection: upgrade", "Upgrade: x", "Transfer-Encoding: chunked", body: "2\r\nhi\r\n0\r\n\r\n"),
      "POST / hi")
    taken(
      "RFC 9110 7.8: Upgrade without its option is ignored", get("/x", "Upgrade: h2c") + get("/y"), "GET /x ",
      "GET /y ")
    taken(
      "RFC 9110 7.8: the option without Upgrade is ignored", get("/x", "Connection: upgrade") + get("/y"),
      "GET /x ", "GET /y ")
    taken(
      "RFC 9110 10.1.4: TE brings no coding to the answer", get("/x", "TE: trailers, gzip", "Connection: TE"),
      "GET /x ")
    taken(
      "RFC 9110 12.5.3: Accept-Encoding brings none either", get("/x", "Accept-Encoding: gzip, identity;q=0"),
      "GET /x ")
  }
}
