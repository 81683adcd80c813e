import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// WebSockets over real sockets, rule by rule of RFC 6455.
@Suite struct WebSocketTests {
  typealias Frame = WebSocketClient.Frame

  /// A server that makes each request a WebSocket and leaves it to the test.
  private final class Sockets: Sendable {
    let began = Mailbox<NIOLoopBound<WebSocket>>()
    let arrived = Mailbox<Bool>()
    let writable = Mailbox<Bool>()
    let ended = Mailbox<String>()
    let server: RunningServer

    init(limits: ServerLimits = ServerLimits()) throws {
      let (began, arrived, writable, ended) = (began, arrived, writable, ended)
      server = try RunningServer(limits: limits) { exchange in
        let socket: WebSocket
        switch exchange.acceptWebSocket() {
        case .success(let accepted?): socket = accepted
        case .success(nil): return
        case .failure(let refusal): return exchange.respond(refusal.response)
        }
        let path = exchange.request.path
        socket.onArrival = { arrived.put(true) }
        socket.onWritable = { writable.put(true) }
        socket.onEnd = { ended.put(path) }
        began.put(NIOLoopBound(socket, eventLoop: CurrentLoop.value))
      }
    }

    func open(_ path: String = "/", headers: [String] = []) throws -> (
      WebSocketClient, NIOLoopBound<WebSocket>
    ) {
      let client = try WebSocketClient.open(try server.client(), path, headers: headers)
      return (client, try #require(began.take()))
    }

    func next(_ socket: NIOLoopBound<WebSocket>) throws -> WebSocket.Next {
      while true {
        if let next = try server.run({ _ in socket.value.take() }) { return next }
        try #require(arrived.take() != nil)
      }
    }

    func send(_ message: WebSocketMessage, to socket: NIOLoopBound<WebSocket>) throws -> Bool {
      try server.run { _ in socket.value.send(message) }
    }

    func closure(of socket: NIOLoopBound<WebSocket>) throws -> WebSocketClosure? {
      try server.run { _ in socket.value.closure }
    }
  }

  // MARK: The opening handshake

  @Test("RFC 6455 §1.3: the answer to the example's key")
  func handshake() throws {
    let sockets = try Sockets()
    let raw = try sockets.server.client()
    try raw.send(WebSocketClient.request("/chat"))
    let answer = try raw.readResponse(toHead: true, takesInterim: true)
    #expect(answer.status == 101)
    #expect(answer["upgrade"] == "websocket")
    #expect(answer["connection"] == "Upgrade")
    #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(try sockets.server.run { $0.requestsInFlight } == 0)
  }

  @Test(
    "RFC 6455 §4.2: a request that asks wrongly is refused, and what it lacks is told",
    arguments: [
      ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426, "version 13"),
      ("Sec-WebSocket-Version: 13\r\n", "", 426, "version 13"),
      ("Sec-WebSocket-Key: \(WebSocketClient.key)", "Sec-WebSocket-Key: c2hvcnQ=", 400, "16 bytes"),
      ("Sec-WebSocket-Key: \(WebSocketClient.key)\r\n", "", 400, "16 bytes"),
      ("Connection: keep-alive, Upgrade", "Connection: close", 400, "Connection: Upgrade"),
      ("GET / ", "POST / ", 400, "GET"),
      // RFC 9110, section 7.8: there Upgrade is ignored.
      ("HTTP/1.1", "HTTP/1.0", 426, "ws://"),
    ])
  func refused(part: String, other: String, status: Int, says: String) throws {
    let sockets = try Sockets()
    let raw = try sockets.server.client()
    try raw.send(WebSocketClient.request("/").replacing(part, with: other))
    let answer = try raw.readResponse()
    #expect(answer.status == status)
    #expect(answer.text.contains(says))
    if says == "version 13" { #expect(answer["sec-websocket-version"] == "13") }
    if status == 426 {
      // RFC 9110, section 15.5.22: it says what to change to; section 7.8: for this connection.
      #expect(answer["upgrade"] == "websocket")
      #expect(answer["connection"]?.contains("upgrade") == true)
    }
  }

  @Test(
    "RFC 6455 §10.2: pages of another origin may not connect, but for those of this machine",
    arguments: [
      ("localhost:8080", "http://localhost:8080", true),
      ("localhost:8080", "http://localhost:3000", true),
      ("127.0.0.1:8080", "http://app.localhost:3000", true),
      ("[::1]:8080", "http://localhost", true),
      ("example.com", "https://example.com", true),
      ("EXAMPLE.com", "https://example.COM", true),
      ("localhost:8080", "https://evil.example", false),
      ("localhost:8080", "null", false),
      ("localhost:8080", "http://localhost.evil.example", false),
      ("example.com", "http://localhost:3000", false),
      ("example.com:8080", "http://example.com", false),
      ("localhost:8080", "file://", false),
    ])
  func origins(host: String, origin: String, mayConnect: Bool) throws {
    let sockets = try Sockets()
    let raw = try sockets.server.client()
    try raw.send(
      WebSocketClient.request("/", headers: ["Origin: \(origin)"])
        .replacing("Host: localhost", with: "Host: \(host)"))
    #expect(try raw.readResponse(toHead: true, takesInterim: true).status == (mayConnect ? 101 : 403))
  }

  @Test("what the client sends ahead of the answer is not lost")
  func sentAhead() throws {
    let sockets = try Sockets()
    let raw = try sockets.server.client()
    let frames = WebSocketClient.bytes(of: Frame(opcode: 1, data: Array("early".utf8)))
    try raw.send(Array(WebSocketClient.request("/").utf8) + frames)
    let socket = try #require(sockets.began.take())
    #expect(try sockets.next(socket) == .message(.text("early")))
  }

  // MARK: Messages

  @Test(
    "text and bytes of every size of length, both ways", arguments: [0, 1, 125, 126, 65_535, 65_536, 200_000])
  func sizes(count: Int) throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    let text = String(repeating: "x", count: count)
    try client.send(text)
    #expect(try sockets.next(socket) == .message(.text(text)))
    try client.send(Frame(opcode: WebSocketClient.binary, data: Array(text.utf8)))
    #expect(try sockets.next(socket) == .message(.binary(ByteBuffer(string: text))))
    _ = try sockets.send(.text(text), to: socket)
    #expect(try client.receive() == Frame(opcode: WebSocketClient.text, data: Array(text.utf8)))
    _ = try sockets.send(.binary(ByteBuffer(string: text)), to: socket)
    #expect(try client.receive() == Frame(opcode: WebSocketClient.binary, data: Array(text.utf8)))
  }

  @Test("RFC 6455 §5.4: fragments are put together, with pings between them")
  func fragments() throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    try client.send(Frame(isLast: false, opcode: 1, data: Array("Gr\u{fc}".utf8.dropLast())))
    try client.send(Frame(opcode: WebSocketClient.ping, data: [1, 2]))
    try client.send(Frame(isLast: false, opcode: 0, data: [Array("\u{fc}".utf8)[1]]))
    try client.send(Frame(opcode: 0, data: Array("\u{df}e".utf8)))
    #expect(try client.receive() == Frame(opcode: WebSocketClient.pong, data: [1, 2]))
    #expect(try sockets.next(socket) == .message(.text("Gr\u{fc}\u{df}e")))
  }

  @Test(
    "RFC 6455 §5: what is against the rules fails the connection with the code for it",
    arguments: [
      ("unmasked", 1002), ("reserved bit", 1002), ("unknown opcode", 1002), ("nothing to continue", 1002),
      ("text within text", 1002), ("long ping", 1002), ("fragmented ping", 1002), ("close of one byte", 1002),
      ("close with 1005", 1002), ("close with 999", 1002), ("text that is no UTF-8", 1007),
      ("reason that is no UTF-8", 1007), ("too large", 1009), ("too large in pieces", 1009),
      ("announces too much", 1009), ("length of two bytes for 125", 1002),
      ("length of eight bytes for 65535", 1002),
    ])
  func violations(what: String, code: Int) throws {
    var limits = ServerLimits()
    limits.maxMessageBytes = 1_000
    let sockets = try Sockets(limits: limits)
    let (client, socket) = try sockets.open()
    switch what {
    case "unmasked": try client.send(Frame(opcode: 1, data: [65]), isMasked: false)
    case "reserved bit": try client.send(Frame(opcode: 1, data: [65]), reserved: 4)
    case "unknown opcode": try client.send(Frame(opcode: 3, data: []))
    case "nothing to continue": try client.send(Frame(opcode: 0, data: []))
    case "text within text":
      try client.send(Frame(isLast: false, opcode: 1, data: [65]))
      try client.send(Frame(opcode: 1, data: [65]))
    case "long ping": try client.send(Frame(opcode: 9, data: [UInt8](repeating: 1, count: 126)))
    case "fragmented ping": try client.send(Frame(isLast: false, opcode: 9, data: []))
    case "close of one byte": try client.send(Frame(opcode: 8, data: [3]))
    case "close with 1005": try client.sendClose(1005)
    case "close with 999": try client.sendClose(999)
    case "text that is no UTF-8": try client.send(Frame(opcode: 1, data: [0xc3, 0x28]))
    case "reason that is no UTF-8": try client.send(Frame(opcode: 8, data: [3, 232, 0xff]))
    case "length of two bytes for 125": try client.raw.send([0x82, 0xfe, 0, 125])
    case "length of eight bytes for 65535":
      try client.raw.send([0x82, 0xff] + [0, 0, 0, 0, 0, 0, 0xff, 0xff])
    case "too large": try client.send(Frame(opcode: 1, data: [UInt8](repeating: 65, count: 1_001)))
    case "too large in pieces":
      try client.send(Frame(isLast: false, opcode: 2, data: [UInt8](repeating: 65, count: 600)))
      try client.send(Frame(opcode: 0, data: [UInt8](repeating: 65, count: 600)))
    default: try client.raw.send([0x82, 0xff] + [0x7f, 255, 255, 255, 255, 255, 255, 255])
    }
    let frame = try client.receive()
    #expect(frame.opcode == WebSocketClient.close)
    #expect(frame.closeCode == code)
    #expect(try client.raw.isClosedByPeer())
    #expect(try sockets.next(socket) == .end)
    #expect(try sockets.closure(of: socket)?.code == code)
    client.raw.close()
    #expect(sockets.ended.take() == "/")
  }

  // MARK: Closing

  @Test(
    "RFC 6455 §5.5.1: a client that closes is sent back what it said", arguments: [1000, 1001, 4321, nil])
  func clientCloses(code: Int?) throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    try client.send("last words")
    try client.sendClose(code, reason: code == nil ? "" : "bye")
    let frame = try client.receive()
    #expect(frame.opcode == WebSocketClient.close)
    #expect(frame.closeCode == code)
    #expect(try client.raw.isClosedByPeer())
    // What came before is still there.
    #expect(try sockets.next(socket) == .message(.text("last words")))
    #expect(try sockets.next(socket) == .end)
    #expect(
      try sockets.closure(of: socket)
        == WebSocketClosure(code: code ?? 1005, reason: code == nil ? "" : "bye"))
    client.raw.close()
    #expect(sockets.ended.take() == "/")
  }

  @Test("the server closes, and waits for the client's answer")
  func serverCloses() throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    _ = try sockets.send(.text("one"), to: socket)
    try sockets.server.run { _ in socket.value.close(code: 4000, reason: "enough") }
    #expect(try client.receive().text == "one")
    let frame = try client.receive()
    #expect(frame.closeCode == 4000)
    #expect(frame.closeReason == "enough")
    #expect(try sockets.next(socket) == .end)
    // What crosses the close frame is dropped.
    try client.send("too late")
    try client.sendClose(4000)
    #expect(try client.raw.isClosedByPeer())
    client.raw.close()
    #expect(sockets.ended.take() == "/")
    #expect(try sockets.next(socket) == .end)
    #expect(try sockets.send(.text("two"), to: socket))
  }

  @Test("a connection that is lost ends with 1006", arguments: ["close", "reset"])
  func lost(how: String) throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    how == "close" ? client.raw.close() : client.raw.reset()
    #expect(sockets.ended.take() == "/")
    #expect(try sockets.closure(of: socket)?.code == 1006)
  }

  @Test("a client that does not answer a ping is given up, one that does stays")
  func pings() throws {
    var limits = ServerLimits()
    limits.pingInterval = .milliseconds(600)
    let sockets = try Sockets(limits: limits)
    let (silent, _) = try sockets.open("/silent")
    let (alive, socket) = try sockets.open("/alive")
    for _ in 0..<4 {
      #expect(try alive.receive().opcode == WebSocketClient.ping)
      try alive.send(Frame(opcode: WebSocketClient.pong, data: []))
    }
    #expect(sockets.ended.take() == "/silent")
    #expect(try sockets.closure(of: socket) == nil)
    silent.raw.close()
  }

  @Test("a client in the middle of a long frame is there, though it answers no ping")
  func pingsWithinAFrame() throws {
    var limits = ServerLimits()
    limits.pingInterval = .milliseconds(500)
    let sockets = try Sockets(limits: limits)
    let (client, socket) = try sockets.open()
    let frame = WebSocketClient.bytes(
      of: Frame(opcode: WebSocketClient.text, data: [UInt8](repeating: 97, count: 60)))
    for byte in frame {
      try client.raw.send([byte])
      usleep(40_000)
    }
    #expect(sockets.arrived.take() == true)
    #expect(try sockets.closure(of: socket) == nil)
  }

  @Test("a message that does not come whole in its time is closed with 1008", arguments: [1, 3])
  func slowMessages(count: Int) throws {
    var limits = ServerLimits()
    limits.bodyTimeout = .milliseconds(200)
    let sockets = try Sockets(limits: limits)
    let (client, _) = try sockets.open()
    for _ in 1..<count { try client.send("whole") }
    try client.send(Frame(isLast: false, opcode: WebSocketClient.text, data: [97]))
    let frame = try client.receive()
    #expect(frame.opcode == 8)
    #expect(Array(frame.data.prefix(2)) == [3, 240])
    #expect(
      String(decoding: frame.data.dropFirst(2), as: UTF8.self) == "the rest of a message has not come in time"
    )
  }

  @Test("a stop of the server closes with 1001")
  func shutdown() throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    let done = sockets.server.start { $0.shutDown(grace: .seconds(5)) }
    let frame = try client.receive()
    #expect(frame.closeCode == 1001)
    try client.sendClose(1001)
    client.raw.close()
    try done.wait()
    #expect(try sockets.closure(of: socket)?.code == 1001)
  }

  @Test("what a client sends after a close frame is read for 1 MiB, and then no more")
  func goesOnAfterClose() throws {
    let sockets = try Sockets()
    let (client, _) = try sockets.open()
    try client.send(Frame(opcode: 3, data: []))
    #expect(try client.receive().closeCode == 1002)
    let piece = [UInt8](repeating: 0, count: 1 << 20)
    #expect(throws: RawHTTPClient.Failure.self) { for _ in 0..<40 { try client.raw.send(piece) } }
  }

  // MARK: What is held

  @Test("messages that come, and those that nobody takes, have a limit together with bodies")
  func heldTogether() throws {
    var limits = ServerLimits()
    limits.maxHeldBodyBytes = 100_000
    let sockets = try Sockets(limits: limits)
    func held() throws -> Int { try sockets.server.run { $0.heldBodyBytes } }
    func wait(for bytes: Int) throws {
      let end = Date().addingTimeInterval(20)
      while try held() != bytes, Date() < end { usleep(1_000) }
      #expect(try held() == bytes)
    }
    let (unread, socket) = try sockets.open("/unread")
    try unread.send(String(repeating: "x", count: 20_000))
    try wait(for: 20_000)
    let (unfinished, _) = try sockets.open("/unfinished")
    try unfinished.send(Frame(isLast: false, opcode: 2, data: [UInt8](repeating: 1, count: 60_000)))
    try wait(for: 80_000)
    let (greedy, refused) = try sockets.open("/greedy")
    let told = Mailbox<Bool>()
    try sockets.server.run { _ in refused.value.onRefusal = { told.put(true) } }
    let frame = WebSocketClient.bytes(of: Frame(opcode: 2, data: [UInt8](repeating: 1, count: 90_000)))
    try greedy.raw.send(Array(frame[..<50_000]))
    #expect(try greedy.receive().closeCode == 1013)
    #expect(told.take() == true)
    try wait(for: 80_000)
    // The others go on.
    #expect(try sockets.next(socket) == .message(.text(String(repeating: "x", count: 20_000))))
    try wait(for: 60_000)
    unfinished.raw.close()
    #expect(sockets.ended.take() == "/unfinished")
    try wait(for: 0)
    // What is there when its client goes can still be taken, and counts until then.
    try unread.send("last")
    try wait(for: 4)
    unread.raw.close()
    #expect(sockets.ended.take() == "/unread")
    try wait(for: 4)
    try sockets.server.run { _ in socket.value.drop() }
    try wait(for: 0)
  }

  @Test("of the pings of a client that takes no pongs only the last is answered")
  func pingsWithoutEnd() throws {
    let sockets = try Sockets()
    let (client, _) = try sockets.open()
    let count = 120_000
    func data(_ number: Int) -> [UInt8] {
      [UInt8](repeating: 7, count: 122) + [
        UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255),
      ]
    }
    for first in stride(from: 0, to: count, by: 1_000) {
      try client.raw.send(
        (first..<first + 1_000).flatMap {
          WebSocketClient.bytes(of: Frame(opcode: WebSocketClient.ping, data: data($0)))
        })
    }
    var answers = 0
    var last: [UInt8] = []
    while last != data(count - 1) {
      last = try client.receive().data
      answers += 1
    }
    #expect(answers < count)
  }

  @Test("a client that does not take what is sent to it is not read from")
  func slowClientIsNotRead() throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    let piece = WebSocketMessage.binary(ByteBuffer(repeating: 1, count: 50_000))
    var sentCount = 0
    while try sockets.server.run({ _ in socket.value.takesMore })
      || sockets.writable.take(within: 0.2) != nil
    {
      _ = try sockets.send(piece, to: socket)
      sentCount += 1
    }
    let sent = Mailbox<Bool>()
    nonisolated(unsafe) let sending = client
    let pong = WebSocketClient.bytes(
      of: Frame(opcode: WebSocketClient.pong, data: [UInt8](repeating: 0, count: 125)))
    let pongs = [[UInt8]](repeating: pong, count: 1_000).flatMap { $0 }
    Thread.detachNewThread {
      for _ in 0..<150 { try? sending.raw.send(pongs) }
      sent.put(true)
    }
    #expect(sent.take(within: 0.5) == nil)
    for _ in 0..<sentCount { #expect(try client.receive().data.count == 50_000) }
    #expect(sent.take() == true)
  }

  // MARK: Backpressure

  @Test("messages that nobody takes are not read, and none is lost")
  func slowHandler() throws {
    let sockets = try Sockets()
    let (client, socket) = try sockets.open()
    let count = 3_000
    let message = String(repeating: "x", count: 5_000)
    let sent = Mailbox<Bool>()
    nonisolated(unsafe) let sending = client
    Thread.detachNewThread {
      for number in 0..<count { try? sending.send("\(number) \(message)") }
      sent.put(true)
    }
    #expect(sent.take(within: 0.5) == nil)
    for number in 0..<count {
      guard case .message(.text(let text)) = try sockets.next(socket) else { break }
      #expect(text.hasPrefix("\(number) "))
    }
    #expect(sent.take() == true)
  }

  @Test("what the client does not take is not taken from whoever sends; in the end it is given up")
  func slowClient() throws {
    var limits = ServerLimits()
    limits.writeTimeout = .milliseconds(300)
    let sockets = try Sockets(limits: limits)
    let (client, socket) = try sockets.open()
    let message = WebSocketMessage.text(String(repeating: "x", count: 50_000))
    var count = 0
    while try sockets.send(message, to: socket) || sockets.writable.take(within: 0.1) != nil {
      count += 1
      if count > 1_000 { break }
    }
    #expect(count < 1_000)
    #expect(sockets.ended.take() == "/")
    client.raw.close()
  }
}
