extension ConformanceTests {
  /// Answers and their framing (RFC 9110 §6, §8, §15, RFC 9112 §4, §6).
  @ConformanceTable static var responses: [ConformanceCase] {
    ConformanceCase(
      "RFC 9112 6.3: an answer has the length of its body", get("/x"),
      [.init(status: 200, body: "GET /x ", fields: ["content-length": "7"])])
    ConformanceCase(
      "RFC 9110 8.6: an empty answer has length 0", get("/empty"),
      [.init(status: 200, body: "", fields: ["content-length": "0"])])
    ConformanceCase(
      "RFC 9112 6.3: a large answer has its length too", get("/large"),
      [.init(status: 200, fields: ["content-length": "100000"])])
    ConformanceCase(
      "RFC 9112 6.3: framing and dates are the server's, not the route's", get("/framed"),
      [
        .init(
          status: 200, body: "framed", fields: ["content-length": "6", "x": "y"],
          absent: ["transfer-encoding", "keep-alive", "connection"])
      ])
    ConformanceCase(
      "RFC 9112 9.6: a route may end the connection", get("/close"),
      [.init(status: 200, body: "closing", fields: ["connection": "close"])], stays: false)
    ConformanceCase(
      "RFC 9110 5.5: a value with a line break is not sent", get("/split"),
      [.init(status: 500, saying: "line break", absent: ["x", "set-cookie"])])
    ConformanceCase(
      "RFC 9110 5.1: a name with a space is not sent", get("/name"),
      [.init(status: 500, saying: "no header name")])
    ConformanceCase(
      "RFC 9110 15.2: an interim status ends no request", get("/interim"), [.init(status: 500, saying: "103")]
    )
    ConformanceCase(
      "RFC 9112 4: a reason with a line break is left out", get("/reason"),
      [.init(status: 299, body: "reason", absent: ["x"])])
    ConformanceCase(
      "RFC 9112 4: a status has three digits", get("/beyond"), [.init(status: 599, body: "beyond")])
    ConformanceCase(
      "RFC 9110 9.3.2: HEAD has the fields of GET and no body", "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n",
      [
        .init(
          status: 200, body: "",
          fields: ["content-length": "8", "content-type": "text/plain; charset=utf-8"], isToHead: true)
      ])
    ConformanceCase(
      "RFC 9110 9.3.2: HEAD of a large answer", "HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n",
      [.init(status: 200, body: "", fields: ["content-length": "100000"], isToHead: true)])
    ConformanceCase(
      "RFC 9110 9.3.2: HEAD, GET and HEAD in one go",
      "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/x") + "HEAD /y HTTP/1.1\r\nHost: a\r\n\r\n",
      [.init(status: 200, isToHead: true), .ok("GET /x "), .init(status: 200, isToHead: true)])
    ConformanceCase(
      "RFC 9110 9.3.2: an error to HEAD has no body", "HEAD /status/404 HTTP/1.1\r\nHost: a\r\n\r\n",
      [.init(status: 404, body: "", fields: ["content-length": "5"], isToHead: true)])
    ConformanceCase(
      "RFC 9110 9.3.2: a malformed HEAD is refused without a body", "HEAD / HTTP/1.1\r\nHost : a\r\n\r\n",
      [.init(status: 400, body: "", fields: ["connection": "close"], isToHead: true)], stays: false)
    ConformanceCase(
      "RFC 9110 9.3.2: a HEAD without Host is refused without a body", "HEAD / HTTP/1.1\r\n\r\n",
      [.init(status: 400, body: "", fields: ["connection": "close"], isToHead: true)], stays: false)
    ConformanceCase(
      "RFC 9110 9.3.2: a malformed GET behind a HEAD has its body",
      "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/", "X : a"),
      [.init(status: 200, isToHead: true), .init(status: 400, saying: "in or after the name")], stays: false)
    ConformanceCase(
      "RFC 9110 15.3.5: 204 has neither body nor length", get("/status/204"),
      [.init(status: 204, body: "", absent: ["content-length", "transfer-encoding"])])
    ConformanceCase(
      "RFC 9110 15.4.5: 304 has no body", get("/status/304"),
      [.init(status: 304, body: "", absent: ["content-length"])])
    ConformanceCase(
      "RFC 9110 15.3.6: 205 has no content", get("/status/205"),
      [.init(status: 205, body: "", fields: ["content-length": "0"])])
    ConformanceCase(
      "RFC 9110 15.3.5: 204 to HEAD", "HEAD /status/204 HTTP/1.1\r\nHost: a\r\n\r\n",
      [.init(status: 204, body: "", absent: ["content-length"], isToHead: true)])
    ConformanceCase(
      "RFC 9112 2.3: HTTP/1.0 is answered as HTTP/1.1, in a form that it understands",
      "GET /large HTTP/1.0\r\n\r\n",
      [
        .init(
          status: 200, fields: ["content-length": "100000", "connection": "close"],
          absent: ["transfer-encoding"])
      ], stays: false)
    [200, 201, 202, 206, 301, 400, 401, 404, 418, 500, 503].map { status in
      ConformanceCase(
        "RFC 9110 15: \(status) is sent with its body", get("/status/\(status)"),
        [.init(status: status, body: "12345", fields: ["content-length": "5"])])
    }
  }

  /// Conditions and ranges, which the server leaves to the routes (RFC 9110 §13, §14).
  @ConformanceTable static var conditions: [ConformanceCase] {
    taken(
      "RFC 9110 13.1.3: If-Modified-Since is the route's to judge",
      get("/fields/if-modified-since", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"),
      "<Sun, 06 Nov 1994 08:49:37 GMT>")
    taken(
      "RFC 9110 13.1.2: If-None-Match is the route's to judge",
      get("/fields/if-none-match", "If-None-Match: \"a\", W/\"b\""), "<\"a\", W/\"b\">")
    taken("RFC 9110 13.1.1: If-Match is the route's to judge", get("/x", "If-Match: *"), "GET /x ")
    taken("RFC 9110 14.2: a Range may be ignored, and is", get("/x", "Range: bytes=0-1"), "GET /x ")
    taken("RFC 9110 14.2: a Range of unknown units is ignored", get("/x", "Range: lines=0-1"), "GET /x ")
    taken(
      "RFC 9110 7.6.2: Max-Forwards is for TRACE and OPTIONS of proxies",
      "OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", "OPTIONS /x ")
    ConformanceCase(
      "RFC 9110 5.3: fields that may not be joined are sent apart", get("/cookies"),
      [.init(status: 200, fields: ["set-cookie": "a=1"])])
  }

  /// Bounds, with the limits of `ConformanceServer`.
  @ConformanceTable static var limits: [ConformanceCase] {
    taken(
      "RFC 9110 4.1: a target as long as may be", get("/" + String(repeating: "a", count: 499)),
      "GET /\(String(repeating: "a", count: 499)) ")
    refused(
      "RFC 9110 15.5.15: a longer one is 414", get("/" + String(repeating: "a", count: 500)), 414, "500 bytes"
    )
    refused(
      "RFC 9110 15.5.15: one that never ends is 414", "GET /" + String(repeating: "a", count: 100_000), 414,
      "500 bytes")
    taken(
      "RFC 9110 5.4: fields as long as may be", get("/x", "X: \(String(repeating: "a", count: 2_000 - 8))"),
      "GET /x ")
    refused(
      "RFC 6585 5: longer ones are 431", get("/x", "X: \(String(repeating: "a", count: 2_000 - 7))"), 431,
      "2000 bytes")
    refused(
      "RFC 6585 5: blanks count", get("/x", "X: \(String(repeating: " ", count: 2_000))"), 431, "2000 bytes")
    refused(
      "RFC 6585 5: a name that never ends", "GET / HTTP/1.1\r\n" + String(repeating: "a", count: 100_000),
      431, "2000 bytes")
    refused(
      "RFC 6585 5: a value that never ends", "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 100_000),
      431, "2000 bytes")
    taken(
      "RFC 9110 5.4: as many fields as may be",
      "GET /x HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 19) + "\r\n", "GET /x ")
    refused(
      "RFC 6585 5: more are 431",
      "GET /x HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 20) + "\r\n", 431,
      "more than the 20")
    refused(
      "RFC 6585 5: trailers without end are 431", chunks("0\r\n" + String(repeating: "X: a\r\n", count: 100)),
      431, "headers")
    taken(
      "RFC 9110 8.6: a body as long as may be",
      post("Content-Length: 1000", body: String(repeating: "a", count: 1_000)),
      "POST / \(String(repeating: "a", count: 1_000))")
    refused(
      "RFC 9110 15.5.14: a longer one is 413, before it is read", post("Content-Length: 1001"), 413,
      "1000 bytes")
    refused(
      "RFC 9110 15.5.14: so are chunks, when they are more",
      chunks("3e8\r\n\(String(repeating: "a", count: 1_000))\r\n1\r\na\r\n0\r\n\r\n"), 413, "1000 bytes")
  }
}
