import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// What a client sees over a real socket.
@Suite struct ConnectionTests {
  private static func echoServer(_ limits: ServerLimits = ServerLimits()) throws -> RunningServer {
    try RunningServer(limits: limits) { exchange in
      let request = exchange.request
      exchange.respond(
        .text(.ok, "\(request.method.rawValue) \(request.target) \(String(buffer: request.body))"))
    }
  }

  /// Sends `text` and gives the one answer, after which the server closes.
  private func refusal(of text: String, limits: ServerLimits = ServerLimits()) throws
    -> RawHTTPClient.Response
  {
    let client = try Self.echoServer(limits).client()
    try client.send(text)
    let response = try client.readResponse()
    #expect(response["connection"] == "close")
    #expect(try client.isClosedByPeer())
    return response
  }

  @Test("An answer has its length, a date and its own headers, and the connection stays")
  func answers() throws {
    let server = try Self.echoServer()
    let client = try server.client()
    for number in 0..<3 {
      try client.sendRequest("GET", "/\(number)?a=b")
      let response = try client.readResponse()
      #expect(response.status == 200)
      #expect(response.reason == "OK")
      #expect(response.text == "GET /\(number)?a=b ")
      #expect(response["content-type"] == "text/plain; charset=utf-8")
      #expect(response["date"]?.hasSuffix(" GMT") == true)
      #expect(response["connection"] == nil)
    }
    #expect(try server.run { $0.connectionCount } == 1)
    #expect(try server.run { $0.requestCount } == 3)
  }

  @Test("Bodies come whole, with a length or in chunks, however they are cut")
  func bodies() throws {
    let server = try Self.echoServer()
    let client = try server.client()
    try client.sendRequest("POST", "/", body: "hello")
    #expect(try client.readResponse().text == "POST / hello")
    let chunked =
      "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
    for byte in chunked.utf8 { try client.send([byte]) }
    #expect(try client.readResponse().text == "PUT /c hello world")
    let large = String(repeating: "0123456789", count: 300_000)
    try client.sendRequest("POST", "/", body: large)
    #expect(try client.readResponse().text == "POST / " + large)
    #expect(try server.run { $0.heldBodyBytes } == 0)
  }

  @Test("Pipelined requests are answered in their order, though the first answer comes last")
  func pipelining() throws {
    let waiting = Mailbox<NIOLoopBound<Exchange>>()
    let server = try RunningServer { exchange in
      if exchange.request.path == "/slow" {
        waiting.put(NIOLoopBound(exchange, eventLoop: CurrentLoop.value))
      } else {
        exchange.respond(.text(.ok, exchange.request.path))
      }
    }
    let client = try server.client()
    let requests = (0..<500).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
    try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + requests)
    let slow = try #require(waiting.take())
    #expect(try server.run { $0.requestCount } == 1)
    try server.run { _ in slow.value.respond(.text(.ok, "slow")) }
    #expect(try client.readResponse().text == "slow")
    for number in 0..<500 { #expect(try client.readResponse().text == "/\(number)") }
  }

  @Test("Thousands of pipelined requests are answered, however large their answers")
  func deepPipelining() throws {
    let server = try RunningServer { exchange in
      exchange.respond(Response(status: .ok, body: ByteBuffer(repeating: 0x61, count: 70_000)))
    }
    let client = try server.client()
    try client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 2_000))
    for _ in 0..<2_000 { #expect(try client.readResponse().body.count == 70_000) }
  }

  @Test("A client that sends ahead and reads along may send more in all than is held")
  func longPipelining() throws {
    let server = try RunningServer { exchange in exchange.respond(.text(.ok, exchange.request.path)) }
    let client = try server.client()
    let count = 20_000
    nonisolated(unsafe) let sending = client
    Thread.detachNewThread {
      for number in 0..<count { try? sending.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n") }
    }
    for number in 0..<count {
      guard try client.readResponse().text == "/\(number)" else {
        Issue.record("\(number) was not answered")
        return
      }
    }
  }

  @Test("HEAD has the headers of GET and no body; 204 and 304 have neither body nor length")
  func bodiless() throws {
    let server = try RunningServer { exchange in
      let status = Int(exchange.request.path.dropFirst()) ?? 200
      exchange.respond(.text(HTTPResponseStatus(statusCode: status), "12345"))
    }
    let client = try server.client()
    try client.sendRequest("HEAD", "/200")
    let head = try client.readResponse(toHead: true)
    #expect(head["content-length"] == "5")
    for status in [204, 304] {
      try client.sendRequest("GET", "/\(status)")
      let response = try client.readResponse()
      #expect(response.status == status)
      #expect(response["content-length"] == nil)
    }
    try client.sendRequest("GET", "/200")
    #expect(try client.readResponse().text == "12345")
  }

  @Test("Connection: close is heeded from either side, and HTTP/1.0 closes unless it asks otherwise")
  func closing() throws {
    let server = try RunningServer { exchange in
      var response = Response.text(.ok, "x")
      if exchange.request.path == "/close" { response.headers.add(name: "Connection", value: "close") }
      exchange.respond(response)
    }
    for request in [
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /close HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
    ] {
      let client = try server.client()
      try client.send(request)
      #expect(try client.readResponse()["connection"] == "close")
      #expect(try client.isClosedByPeer())
    }
    let client = try server.client()
    for _ in 0..<2 {
      try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try client.readResponse()["connection"] == "keep-alive")
    }
  }

  @Test("A client that waits for 100 Continue gets it, and none when its body is refused")
  func expectContinue() throws {
    let server = try Self.echoServer()
    let client = try server.client()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(try client.readResponse(takesInterim: true).status == 100)
    try client.send("hi")
    #expect(try client.readResponse().text == "POST / hi")
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    #expect(try client.readResponse(takesInterim: true).status == 413)
    #expect(try refusal(of: "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n").status == 417)
  }

  @Test("A request that asks for another protocol is answered in this one")
  func upgrade() throws {
    let client = try Self.echoServer().client()
    try client.sendRequest(
      "GET", "/h2",
      headers: [
        ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk"),
      ])
    #expect(try client.readResponse().text == "GET /h2 ")
    #expect(try client.isClosedByPeer())
  }

  @Test(
    "What is not HTTP/1.1 is refused with one clear answer",
    arguments: [
      ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
      ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
      ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/1.1\nHost: a\n\n", 400),
      ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
      ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ])
  func malformed(_ text: String, _ status: Int) throws {
    #expect(try refusal(of: text).status == status)
  }

  @Test("A line without CR is named as what it is, however it comes in pieces")
  func bareLineFeed() throws {
    for pieces in [["GET / HTTP/1.1\nHost: a\n\n"], ["GET / HTTP/1.1", "\nHost: a\n\n"]] {
      let client = try Self.echoServer().client()
      for piece in pieces { try client.send(piece) }
      #expect(try client.readResponse().text.contains("ends with LF alone instead of CR LF"))
    }
  }

  @Test("Limits of target, headers and body have answers of their own")
  func limits() throws {
    let long = String(repeating: "x", count: 9_000)
    #expect(try refusal(of: "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n").status == 414)
    let endless = String(repeating: "x", count: 300_000)
    #expect(try refusal(of: "GET /\(endless)").status == 414)
    #expect(try refusal(of: "GET / HTTP/1.1\r\nHost: a\r\nX: \(endless)").status == 431)
    let many = (0..<200).map { "X\($0): y\r\n" }.joined()
    #expect(try refusal(of: "GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n").status == 431)
    let four = (0..<4).map { "X\($0): \(long)\r\n" }.joined()
    #expect(try refusal(of: "GET / HTTP/1.1\r\nHost: a\r\n\(four)\r\n").status == 431)
    var small = ServerLimits()
    small.maxBodyBytes = 10
    #expect(
      try refusal(of: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", limits: small).status == 413
    )
    let chunks =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n3\r\n123\r\n"
    #expect(try refusal(of: chunks, limits: small).status == 413)
    small.maxHeldBodyBytes = 5
    #expect(
      try refusal(of: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456", limits: small).status
        == 503)
  }

  @Test("Answers that nobody takes have a limit together, and room is made by taking them")
  func answersNobodyTakes() throws {
    var limits = ServerLimits()
    limits.maxHeldAnswerBytes = 40_000_000
    let server = try RunningServer(limits: limits) { exchange in
      let size = exchange.request.target == "/small" ? 10 : 16_000_000
      exchange.respond(Response(status: .ok, headers: [:], body: ByteBuffer(repeating: 0x61, count: size)))
    }
    var idle: [RawHTTPClient] = []
    for count in 1...2 {
      let client = try server.client()
      try client.sendRequest("GET", "/large")
      while try server.run({ $0.heldAnswerBytes }) < count * 16_000_000 { usleep(1_000) }
      idle.append(client)
    }
    let third = try server.client()
    try third.sendRequest("GET", "/large")
    #expect(try third.readResponse().status == 503)
    try third.sendRequest("GET", "/small")
    #expect(try third.readResponse().status == 200)
    #expect(try idle[0].readResponse().body.count == 16_000_000)
    while try server.run({ $0.heldAnswerBytes }) > 16_000_000 { usleep(1_000) }
    try third.sendRequest("GET", "/large")
    #expect(try third.readResponse().status == 200)
    idle[1].reset()
    while try server.run({ $0.heldAnswerBytes }) > 0 { usleep(1_000) }
  }

  @Test("The answer to a body too large arrives though the client goes on sending")
  func lingers() throws {
    let client = try Self.echoServer().client()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
    try client.send([UInt8](repeating: 0x61, count: 500_000))
    #expect(try client.readResponse().status == 413)
  }

  @Test("A request before one that can't be parsed is still answered")
  func goodThenBad() throws {
    let client = try Self.echoServer().client()
    try client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n")
    #expect(try client.readResponse().text == "GET /good ")
    #expect(try client.readResponse().status == 400)
    #expect(try client.isClosedByPeer())
  }

  @Test("An answer with a header that would break its framing is replaced")
  func injection() throws {
    let server = try RunningServer { exchange in
      exchange.respond(Response(status: .ok, headers: HTTPHeaders([("x", "a\r\nSet-Cookie: b=c")])))
    }
    let client = try server.client()
    try client.sendRequest("GET", "/")
    let response = try client.readResponse()
    #expect(response.status == 500)
    #expect(response["set-cookie"] == nil)
  }

  @Test("Large answers arrive whole, also many at once and read late")
  func largeAnswers() throws {
    let server = try RunningServer { exchange in
      exchange.respond(Response(status: .ok, body: ByteBuffer(repeating: 0x61, count: 3_000_000)))
    }
    let client = try server.client()
    try client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 8))
    for _ in 0..<8 { #expect(try client.readResponse().body.count == 3_000_000) }
  }

  @Test("Connections beyond the limit are told to come again")
  func connectionLimit() throws {
    var limits = ServerLimits()
    limits.maxConnections = 2
    let server = try Self.echoServer(limits)
    let clients = try (0..<2).map { _ in
      let client = try server.client()
      try client.sendRequest("GET", "/")
      _ = try client.readResponse()
      return client
    }
    let third = try server.client()
    let response = try third.readResponse()
    #expect(response.status == 503)
    #expect(response["retry-after"] == "1")
    #expect(clients.count == 2)
  }

  @Test("Two hundred clients at once are all served")
  func manyClients() throws {
    let server = try Self.echoServer()
    let port = server.port
    let texts = try RawHTTPClient.concurrently(200) { index in
      try RawHTTPClient.request(port: port, "GET", "/\(index)").text
    }
    #expect(texts == (0..<200).map { "GET /\($0) " })
    #expect(try server.run { $0.requestsInFlight } == 0)
  }
}
