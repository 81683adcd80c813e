import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// Answers whose bodies come piece by piece, over real sockets.
@Suite struct StreamedAnswerTests {
  /// A server that begins a streamed answer to each request and leaves its body to the test.
  private final class Streaming: Sendable {
    let began = Mailbox<NIOLoopBound<any BodySink>>()
    let writable = Mailbox<Bool>()
    let gone = Mailbox<String>()
    let server: RunningServer

    init(limits: ServerLimits = ServerLimits(), status: HTTPResponseStatus = .ok) throws {
      let (began, writable, gone) = (began, writable, gone)
      server = try RunningServer(limits: limits) { exchange in
        let path = exchange.request.path
        exchange.onDisconnect = { gone.put(path) }
        let sink = exchange.begin(Response(status: status, type: "text/plain", body: ByteBuffer()))
        sink.onWritable = { writable.put(true) }
        began.put(NIOLoopBound(sink, eventLoop: CurrentLoop.value))
      }
    }

    func client(_ request: String = "GET / HTTP/1.1\r\nHost: a\r\n\r\n") throws -> (
      RawHTTPClient, NIOLoopBound<any BodySink>
    ) {
      let client = try server.client()
      try client.send(request)
      return (client, try #require(began.take()))
    }

    func write(_ text: String, to sink: NIOLoopBound<any BodySink>) throws -> Bool {
      try server.run { _ in sink.value.write(ByteBuffer(string: text)) }
    }

    func finish(_ sink: NIOLoopBound<any BodySink>) throws {
      try server.run { _ in sink.value.finish() }
    }
  }

  @Test("each piece goes out as a chunk at once, and the connection stays")
  func chunks() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client()
    let head = try client.readResponse(toHead: true)
    #expect(head.status == 200)
    #expect(head["transfer-encoding"] == "chunked")
    #expect(head["content-length"] == nil)
    #expect(try streaming.write("one", to: sink))
    #expect(try client.read(8) == "3\r\none\r\n")
    #expect(try streaming.write("", to: sink))
    #expect(try streaming.write(String(repeating: "x", count: 26), to: sink))
    #expect(try client.read(32) == "1a\r\n" + String(repeating: "x", count: 26) + "\r\n")
    try streaming.finish(sink)
    #expect(try client.read(5) == "0\r\n\r\n")
    #expect(try streaming.server.run { $0.requestsInFlight } == 0)
    // The next request on the same connection.
    try client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
    let next = try #require(streaming.began.take())
    _ = try streaming.write("two", to: next)
    try streaming.finish(next)
    #expect(try client.readResponse().text == "two")
  }

  @Test("a request that was sent ahead waits for the end of the body")
  func pipelining() throws {
    let streaming = try Streaming()
    let (client, first) = try streaming.client(
      String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 2))
    _ = try streaming.write("one", to: first)
    #expect(try streaming.server.run { $0.requestCount } == 1)
    try streaming.finish(first)
    let second = try #require(streaming.began.take())
    _ = try streaming.write("two", to: second)
    try streaming.finish(second)
    #expect(try client.readResponse().text == "one")
    #expect(try client.readResponse().text == "two")
  }

  @Test("for HTTP/1.0 the end of the connection is the end of the body")
  func untilClose() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    let head = try client.readResponse(toHead: true)
    #expect(head["transfer-encoding"] == nil)
    #expect(head["connection"] == "close")
    _ = try streaming.write("one", to: sink)
    _ = try streaming.write("two", to: sink)
    try streaming.finish(sink)
    #expect(try String(decoding: client.readUntilClose(), as: UTF8.self) == "onetwo")
  }

  @Test("HEAD has the head alone, whatever is written")
  func head() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try streaming.write("one", to: sink)
    try streaming.finish(sink)
    #expect(try client.readResponse(toHead: true)["transfer-encoding"] == "chunked")
    try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    try streaming.finish(try #require(streaming.began.take()))
    #expect(try client.readResponse().text == "")
  }

  @Test("a status without content has none")
  func noContent() throws {
    let streaming = try Streaming(status: .noContent)
    let (client, sink) = try streaming.client()
    _ = try streaming.write("one", to: sink)
    try streaming.finish(sink)
    let answer = try client.readResponse()
    #expect(answer.status == 204)
    #expect(answer["transfer-encoding"] == nil)
  }

  @Test("what the client does not take is not taken from whoever writes")
  func slowReader() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client()
    let piece = String(repeating: "x", count: 8_000)
    var written = 0
    while try streaming.write(piece, to: sink) || streaming.writable.take(within: 0.3) != nil {
      written += piece.utf8.count
      // The buffers of both sockets, and ours.
      #expect(written < 32 << 20)
      if written > 32 << 20 { return }
    }
    written += piece.utf8.count
    // It goes on when the client reads.
    var received = 0
    while streaming.writable.take(within: 0.01) == nil {
      received += try client.read(100_000).utf8.count
      #expect(received < written + 100_000)
    }
    try streaming.finish(sink)
  }

  @Test("a client that takes nothing at all is closed in the end")
  func stalledReader() throws {
    var limits = ServerLimits()
    limits.writeTimeout = .milliseconds(200)
    let streaming = try Streaming(limits: limits)
    let (client, sink) = try streaming.client()
    let piece = String(repeating: "x", count: 64_000)
    while try streaming.write(piece, to: sink) || streaming.writable.take(within: 0.1) != nil {}
    #expect(streaming.gone.take() == "/")
    client.close()
  }

  @Test("a silent stream stays open for as long as it likes")
  func silence() throws {
    var limits = ServerLimits()
    limits.writeTimeout = .milliseconds(50)
    limits.idleTimeout = .milliseconds(50)
    let streaming = try Streaming(limits: limits)
    let (client, sink) = try streaming.client()
    _ = try streaming.write("one", to: sink)
    #expect(streaming.gone.take(within: 0.3) == nil)
    try streaming.finish(sink)
    #expect(try client.readResponse().text == "one")
  }

  @Test("a client that goes is noticed", arguments: ["close", "reset"])
  func goes(how: String) throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client()
    _ = try streaming.write("one", to: sink)
    how == "close" ? client.close() : client.reset()
    #expect(streaming.gone.take() == "/")
    #expect(try streaming.server.run { $0.requestsInFlight } == 0)
    // What is written then goes nowhere, and harms nothing.
    #expect(try streaming.write("two", to: sink))
    try streaming.finish(sink)
  }

  @Test("a body that is cut off lacks its last chunk")
  func abort() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client()
    _ = try streaming.write("half", to: sink)
    try streaming.server.run { _ in sink.value.abort() }
    let bytes = try String(decoding: client.readUntilClose(), as: UTF8.self)
    #expect(bytes.hasSuffix("\r\n\r\n4\r\nhalf\r\n"))
    #expect(streaming.gone.take(within: 0.05) == nil)
  }

  @Test("a shutdown waits for the end of a body, but not beyond its grace")
  func shutdown() throws {
    let streaming = try Streaming()
    let (client, sink) = try streaming.client()
    let (other, _) = try streaming.client()
    let done = streaming.server.start { $0.shutDown(grace: .milliseconds(300)) }
    _ = try streaming.write("one", to: sink)
    try streaming.finish(sink)
    #expect(try client.readResponse().text == "one")
    try done.wait()
    #expect(streaming.gone.take() == "/")
    _ = try other.readUntilClose()
  }

  @Test("within the process a body is collected, up to a bound")
  func inProcess() throws {
    var results: [Result<Response, BodyFailure>] = []
    func begin(limit: Int) -> (Exchange, any BodySink) {
      let exchange = Exchange(request: Request(method: .GET, target: "/"), bodyLimit: limit) {
        results.append($0)
      }
      return (exchange, exchange.begin(.text(.created, "not this")))
    }
    let (whole, first) = begin(limit: 6)
    #expect(first.write(ByteBuffer(string: "one")))
    #expect(first.write(ByteBuffer(string: "two")))
    first.finish()
    first.abort()
    whole.disconnect()
    #expect(try results[0].get().body == ByteBuffer(string: "onetwo"))
    #expect(try results[0].get().status == .created)
    let (_, second) = begin(limit: 5)
    _ = second.write(ByteBuffer(string: "onetwo"))
    second.finish()
    #expect(throws: BodyFailure.tooLarge(limit: 5)) { try results[1].get() }
    let (_, third) = begin(limit: 5)
    third.abort()
    #expect(throws: BodyFailure.cutOff) { try results[2].get() }
    // Whoever asked has gone: nobody is told of what comes.
    let (fourth, sink) = begin(limit: 5)
    var gone = 0
    fourth.onDisconnect = { gone += 1 }
    fourth.disconnect()
    sink.finish()
    #expect(gone == 1)
    #expect(results.count == 3)
  }
}
