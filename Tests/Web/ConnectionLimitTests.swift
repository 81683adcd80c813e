import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// The limits of a connection in time and in what it holds, without a socket and on a clock that the test moves.
@Suite struct ConnectionLimitTests {
  private final class Holder: Responder {
    var exchanges: [Exchange] = []
    func respond(to exchange: Exchange) { exchanges.append(exchange) }
  }

  /// One connection without a socket.
  private final class Connection {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let responder = Holder()
    let server: HTTPServer

    init(limits: ServerLimits = ServerLimits()) throws {
      channel = EmbeddedChannel(loop: loop)
      server = HTTPServer(eventLoop: loop, limits: limits, responder: responder)
      try server.adopt(channel)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    func received() throws -> String {
      var text = ""
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
      return text
    }

    func pass(_ time: TimeAmount) { loop.advanceTime(by: time) }
  }

  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("A silent connection is closed without a word")
  func idle() throws {
    let connection = try Connection()
    connection.pass(.seconds(59))
    #expect(connection.channel.isActive)
    connection.pass(.seconds(2))
    #expect(!connection.channel.isActive)
    #expect(try connection.received() == "")
    #expect(connection.server.connectionCount == 0)
  }

  @Test("Each request gives the connection its time anew")
  func keepAlive() throws {
    let connection = try Connection()
    for number in 0..<5 {
      connection.pass(.seconds(40))
      try connection.send(Self.get)
      try #require(connection.responder.exchanges.count == number + 1)
      connection.responder.exchanges[number].respond(.text(.ok, "x"))
      #expect(try connection.received().hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    connection.pass(.seconds(61))
    #expect(!connection.channel.isActive)
  }

  @Test("A head that comes drop by drop is 408 after its time, not after its last drop")
  func slowHead() throws {
    let connection = try Connection()
    try connection.send("GET / HTTP/1.1\r\nX: ")
    for _ in 0..<9 {
      connection.pass(.seconds(1))
      try connection.send("x")
    }
    #expect(try connection.received() == "")
    connection.pass(.seconds(2))
    #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
  }

  @Test("A body that comes drop by drop is 408 after its time")
  func slowBody() throws {
    let connection = try Connection()
    try connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
    for _ in 0..<119 {
      connection.pass(.seconds(1))
      try connection.send("x")
    }
    #expect(try connection.received() == "")
    connection.pass(.seconds(2))
    #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
    #expect(connection.server.heldBodyBytes == 0)
  }

  @Test("An answer may take as long as it likes")
  func longPoll() throws {
    let connection = try Connection()
    try connection.send(Self.get)
    connection.pass(.hours(24))
    #expect(connection.channel.isActive)
    connection.responder.exchanges[0].respond(.text(.ok, "at last"))
    #expect(try connection.received().hasSuffix("at last"))
  }

  @Test("A client that takes nothing of its answer is closed, and its further requests are not begun")
  func slowReader() throws {
    let connection = try Connection()
    connection.channel.isWritable = false
    try connection.send(Self.get)
    #expect(connection.responder.exchanges.isEmpty)
    connection.pass(.seconds(31))
    connection.pass(.seconds(31))
    #expect(!connection.channel.isActive)
  }

  @Test("What a client sends after a last answer is dropped for a while only")
  func linger() throws {
    let connection = try Connection()
    try connection.send("nonsense\r\n\r\n")
    #expect(try connection.received().hasPrefix("HTTP/1.1 400 "))
    try connection.send("more nonsense")
    connection.pass(.seconds(3))
    #expect(!connection.channel.isActive)
    #expect(try connection.received() == "")
  }

  @Test("More pipelined requests than are held end the connection with the answer under way")
  func pipeliningLimit() throws {
    let connection = try Connection()
    try connection.send(Self.get)
    for _ in 0..<20_000 { try connection.send(Self.get) }
    #expect(connection.responder.exchanges.count == 1)
    connection.responder.exchanges[0].respond(.text(.ok, "first"))
    let text = try connection.received()
    #expect(text.contains("connection: close\r\n"))
    #expect(text.hasSuffix("\r\n\r\nfirst"))
    connection.pass(.seconds(3))
    #expect(!connection.channel.isActive)
    #expect(connection.responder.exchanges.count == 1)
  }

  @Test("Held requests are begun when their turn comes, and the turns of other connections too")
  func turns() throws {
    let connection = try Connection()
    try connection.send(String(repeating: Self.get, count: 300))
    for number in 0..<300 {
      try #require(connection.responder.exchanges.count == number + 1)
      connection.responder.exchanges[number].respond(.text(.ok, "\(number)"))
      connection.loop.run()
    }
    #expect(try connection.received().hasSuffix("\r\n\r\n299"))
  }

  @Test("A request for which there is no room is answered at once, and its connection goes on")
  func requestLimit() throws {
    var limits = ServerLimits()
    limits.maxRequestsInFlight = 1
    let connection = try Connection(limits: limits)
    let other = EmbeddedChannel(loop: connection.loop)
    try connection.server.adopt(other)
    try other.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try other.writeInbound(ByteBuffer(string: Self.get))
    #expect(connection.responder.exchanges.count == 1)
    var refused: [HTTPResponseStatus] = []
    connection.server.onRefusal = { refused.append($0.status) }
    try connection.send(Self.get + Self.get)
    let text = try connection.received()
    #expect(text.components(separatedBy: "HTTP/1.1 503 ").count == 3)
    #expect(text.components(separatedBy: "retry-after: 1\r\n").count == 3)
    #expect(!text.contains("connection: close"))
    #expect(refused == [.serviceUnavailable, .serviceUnavailable])
    connection.responder.exchanges[0].respond(.text(.ok, "first"))
    try connection.send(Self.get)
    #expect(connection.responder.exchanges.count == 2)
    #expect(connection.server.requestsInFlight == 1)
    _ = try other.finish()
  }

  @Test("Empty lines between requests begin no head, and make no idle connection live longer")
  func emptyLines() throws {
    let connection = try Connection()
    try connection.send("\r\n")
    connection.pass(.seconds(30))
    try connection.send("\r\n")
    #expect(connection.channel.isActive)
    connection.pass(.seconds(31))
    #expect(!connection.channel.isActive)
    #expect(try connection.received() == "")
  }

  @Test("A server that shuts down does not wait for half a head")
  func drainsHalfHeads() throws {
    let connection = try Connection()
    try connection.send("GET / HTTP/1.1\r\nHos")
    _ = connection.server.shutDown(grace: .seconds(100))
    connection.loop.run()
    #expect(!connection.channel.isActive)
  }

  @Test("A head may be larger than what a client may send ahead")
  func largeHead() throws {
    var limits = ServerLimits()
    limits.maxPipelinedBytes = 100
    let connection = try Connection(limits: limits)
    let field = "X: \(String(repeating: "y", count: 500))"
    for piece in ["GET / HTTP/1.1\r\nHost: a\r\n\(field)", "\r\n\(field)\r\n\r\n"] {
      try connection.send(piece)
    }
    #expect(connection.responder.exchanges.count == 1)
  }

  @Test("A client that sends more than is dropped is closed, though its request is under way")
  func flood() throws {
    let connection = try Connection()
    try connection.send(Self.get)
    var isGone = false
    connection.responder.exchanges[0].onDisconnect = { isGone = true }
    let bytes = String(repeating: "x", count: 60_000)
    for _ in 0..<30 where connection.channel.isActive { try connection.send(bytes) }
    #expect(isGone)
    #expect(!connection.channel.isActive)
  }
}
