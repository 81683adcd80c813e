import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// Bodies of requests that are read as they come, over real sockets.
@Suite struct IncomingBodyTests {
  /// A server that hands out a request when its head has come, and leaves the rest to the test.
  private final class Reading: Sendable {
    let began = Mailbox<NIOLoopBound<Exchange>>()
    let arrived = Mailbox<Bool>()
    let gone = Mailbox<String>()
    let server: RunningServer

    init(limits: ServerLimits = ServerLimits()) throws {
      let (began, arrived, gone) = (began, arrived, gone)
      server = try RunningServer(limits: limits, readsBodies: true) { exchange in
        exchange.onDisconnect = { gone.put("gone") }
        exchange.incomingBody?.onArrival = { arrived.put(true) }
        began.put(NIOLoopBound(exchange, eventLoop: CurrentLoop.value))
      }
    }

    func client(_ head: String) throws -> (RawHTTPClient, NIOLoopBound<Exchange>) {
      let client = try server.client()
      try client.send(head)
      return (client, try #require(began.take()))
    }

    /// The next piece, which may still be on its way.
    func next(_ exchange: NIOLoopBound<Exchange>) throws -> IncomingBody.Piece {
      while true {
        if let piece = try server.run({ _ in exchange.value.incomingBody?.take() }) { return piece }
        try #require(arrived.take() != nil)
      }
    }

    /// All that comes, and how it ends.
    func rest(_ exchange: NIOLoopBound<Exchange>) throws -> (text: String, ending: IncomingBody.Piece) {
      var text = ""
      while true {
        let piece = try next(exchange)
        guard case .bytes(let bytes) = piece else { return (text, piece) }
        text += String(buffer: bytes)
      }
    }

    func answer(_ exchange: NIOLoopBound<Exchange>, _ text: String) throws {
      try server.run { _ in exchange.value.respond(.text(.ok, text)) }
    }
  }

  private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test("pieces are there as they come, and the connection stays when all has come")
  func pieces() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.chunked)
    #expect(try reading.server.run { _ in exchange.value.request.body.readableBytes } == 0)
    #expect(try reading.server.run { _ in exchange.value.incomingBody?.take() } == nil)
    try client.send("3\r\none\r\n")
    #expect(try reading.next(exchange) == .bytes(ByteBuffer(string: "one")))
    try client.send("3\r\ntwo\r\n0\r\n\r\n")
    let rest = try reading.rest(exchange)
    #expect(rest.text == "two")
    #expect(rest.ending == .end)
    try reading.answer(exchange, "thanks")
    #expect(try client.readResponse().text == "thanks")
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nfour")
    let next = try #require(reading.began.take())
    #expect(try reading.rest(next).text == "four")
    try reading.answer(next, "again")
    #expect(try client.readResponse().text == "again")
  }

  @Test("a request without a body is handed out whole")
  func noBody() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    #expect(try reading.server.run { _ in exchange.value.incomingBody == nil })
    try reading.answer(exchange, "empty")
    #expect(try client.readResponse().text == "empty")
  }

  @Test("pieces that nobody takes are put together where they are many")
  func manyPieces() {
    let body = IncomingBody()
    for number in 0..<10_000 { body.give(ByteBuffer(bytes: [UInt8(number % 251)])) }
    body.end(.end)
    var taken: [UInt8] = []
    var count = 0
    while case .bytes(let bytes) = body.take() {
      taken += bytes.readableBytesView
      count += 1
    }
    #expect(taken == (0..<10_000).map { UInt8($0 % 251) })
    #expect(count == IncomingBody.maxPieces)
  }

  private static let expecting =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"

  @Test("a client that waits for 100 Continue is told to go on when its body is wanted")
  func expectContinue() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.expecting)
    #expect(try reading.server.run { _ in exchange.value.incomingBody?.take() == nil })
    #expect(try client.readResponse(toHead: true, takesInterim: true).status == 100)
    try client.send("one")
    #expect(try reading.rest(exchange).text == "one")
  }

  @Test("a client that waits for 100 Continue keeps its body where the answer does not want it")
  func answeredUnread() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.expecting)
    try reading.answer(exchange, "not wanted")
    let answer = try client.readResponse(takesInterim: true)
    #expect(answer.status == 200 && answer.text == "not wanted")
    #expect(answer["connection"] == "close")
    #expect(try client.isClosedByPeer())
  }

  @Test("a client that has sent its body without waiting is not told to go on")
  func sentAhead() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.expecting + "one")
    #expect(try reading.rest(exchange).text == "one")
    try reading.answer(exchange, "thanks")
    #expect(try client.readResponse(takesInterim: true).text == "thanks")
  }

  @Test("what nobody takes is not read, and comes whole in the end")
  func backpressure() throws {
    let reading = try Reading()
    let size = 24 << 20
    let (client, exchange) = try reading.client(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
    let sent = Mailbox<Bool>()
    nonisolated(unsafe) let sending = client
    Thread.detachNewThread {
      try? sending.send([UInt8](repeating: 120, count: size))
      sent.put(true)
    }
    _ = try reading.next(exchange)
    // It stands still: what is held is bounded, whatever the client would send.
    for _ in 0..<5 {
      _ = reading.arrived.take(within: 0.05)
      #expect(try reading.server.run { _ in exchange.value.incomingBody?.heldBytes ?? 0 } < 1 << 20)
    }
    var count = 0
    while case .bytes(let bytes) = try reading.next(exchange) { count += bytes.readableBytes }
    #expect(count > size - (1 << 20))
    #expect(sent.take() == true)
    try reading.answer(exchange, "done")
    #expect(try client.readResponse().text == "done")
  }

  @Test("an answer before the end of the body is the last of the connection")
  func earlyAnswer() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.chunked + "3\r\none\r\n")
    try reading.answer(exchange, "enough")
    let answer = try client.readResponse()
    #expect(answer.text == "enough")
    #expect(answer["connection"] == "close")
    #expect(try reading.server.run { _ in exchange.value.incomingBody?.isOver } == true)
    #expect(try client.isClosedByPeer())
  }

  @Test(
    "a body that is none ends with a failure that says why, and the answer is the last",
    arguments: [
      ("x\r\n", "a chunk's size is not a hexadecimal number (RFC 9112, section 7.1)"),
      ("3\r\nabcdef\r\n", "a chunk, or a field behind the last, is malformed (RFC 9112, section 7.1)"),
    ])
  func malformed(rest: String, reason: String) throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.chunked)
    try client.send(rest)
    #expect(try reading.rest(exchange).ending == .failed(.malformed(status: 400, reason: reason)))
    try reading.answer(exchange, "what?")
    #expect(try client.readResponse().text == "what?")
    #expect(try client.isClosedByPeer())
  }

  @Test("one beyond the limit fails where it is, or at once where its length is announced")
  func tooLarge() throws {
    var limits = ServerLimits()
    limits.maxStreamedBodyBytes = 5
    let reading = try Reading(limits: limits)
    let (client, exchange) = try reading.client(Self.chunked)
    try client.send("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    let rest = try reading.rest(exchange)
    #expect(rest.text == "one")
    #expect(rest.ending == .failed(.tooLarge(limit: 5)))
    let other = try reading.server.client()
    try other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n")
    #expect(try other.readResponse().status == 413)
    client.close()
  }

  @Test("a client that stops sending fails the body, each piece having its time")
  func timeout() throws {
    var limits = ServerLimits()
    limits.bodyTimeout = .milliseconds(300)
    let reading = try Reading(limits: limits)
    let (client, exchange) = try reading.client(Self.chunked)
    for _ in 0..<4 {
      #expect(reading.gone.take(within: 0.1) == nil)
      try client.send("1\r\nx\r\n")
      #expect(try reading.next(exchange) == .bytes(ByteBuffer(string: "x")))
    }
    #expect(try reading.next(exchange) == .failed(.timedOut))
    try reading.answer(exchange, "late")
    #expect(try client.readResponse().text == "late")
  }

  @Test("a client that goes is noticed before its body fails")
  func goes() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.chunked + "3\r\none\r\n")
    client.close()
    #expect(reading.gone.take() == "gone")
    #expect(try reading.rest(exchange).ending == .failed(.cutOff))
  }

  @Test("it is sent back as it comes")
  func echo() throws {
    let reading = try Reading()
    let (client, exchange) = try reading.client(Self.chunked)
    let sink = try reading.server.run { _ in
      NIOLoopBound(exchange.value.begin(.text(.ok, "")), eventLoop: CurrentLoop.value)
    }
    #expect(try client.readResponse(toHead: true).status == 200)
    for text in ["one", "two"] {
      try client.send("3\r\n\(text)\r\n")
      guard case .bytes(let bytes) = try reading.next(exchange) else { return }
      _ = try reading.server.run { _ in sink.value.write(bytes) }
      #expect(try client.read(8) == "3\r\n\(text)\r\n")
    }
    try client.send("0\r\n\r\n")
    #expect(try reading.next(exchange) == .end)
    try reading.server.run { _ in sink.value.finish() }
    #expect(try client.read(5) == "0\r\n\r\n")
    #expect(try reading.server.run { $0.connectionCount } == 1)
  }
}
