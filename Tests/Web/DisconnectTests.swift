import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// A client that goes while its request is under way is noticed at once, whatever it did before.
@Suite struct DisconnectTests {
  /// A server that never answers; it tells what begins and what is given up.
  private final class LongPoll: Sendable {
    let began = Mailbox<NIOLoopBound<Exchange>>()
    let gone = Mailbox<String>()
    let server: RunningServer

    init() throws {
      let (began, gone) = (began, gone)
      server = try RunningServer { exchange in
        let path = exchange.request.path
        exchange.onDisconnect = { gone.put(path) }
        began.put(NIOLoopBound(exchange, eventLoop: CurrentLoop.value))
      }
    }

    /// A client whose request the server holds.
    func client(_ path: String) throws -> (RawHTTPClient, NIOLoopBound<Exchange>) {
      let client = try server.client()
      try client.sendRequest("GET", path)
      return (client, try #require(began.take()))
    }
  }

  @Test("by FIN, by RST and by half-closing", arguments: ["close", "reset", "finish"])
  func goes(how: String) throws {
    let poll = try LongPoll()
    let (client, exchange) = try poll.client("/poll")
    #expect(try poll.server.run { _ in exchange.value.isOpen })
    switch how {
    case "close": client.close()
    case "reset": client.reset()
    default: client.finishSending()
    }
    #expect(poll.gone.take() == "/poll")
    #expect(try !poll.server.run { _ in exchange.value.isOpen })
    // An answer after that goes nowhere, and harms nothing.
    try poll.server.run { _ in exchange.value.respond(.text(.ok, "late")) }
    #expect(try poll.server.run { $0.requestsInFlight } == 0)
  }

  @Test("with further requests behind it", arguments: [1, 20_000])
  func goesAfterPipelining(count: Int) throws {
    let poll = try LongPoll()
    let (client, _) = try poll.client("/poll")
    // 20,000 requests are more than a connection holds: reading stops, and the client's end must come through.
    try client.send(String(repeating: "GET /more HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
    client.close()
    #expect(poll.gone.take() == "/poll")
    #expect(try poll.server.run { $0.requestCount } == 1)
  }

  @Test(
    "with half a request or nonsense behind it",
    arguments: ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", "nonsense\r\n\r\n"])
  func goesAfterPart(text: String) throws {
    let poll = try LongPoll()
    let (client, _) = try poll.client("/poll")
    try client.send(text)
    client.close()
    #expect(poll.gone.take() == "/poll")
  }

  @Test("once, and not after the answer")
  func answeredFirst() throws {
    let poll = try LongPoll()
    let (client, exchange) = try poll.client("/first")
    try poll.server.run { _ in exchange.value.respond(.text(.ok, "answer")) }
    #expect(try client.readResponse().text == "answer")
    try client.sendRequest("GET", "/second")
    #expect(poll.began.take() != nil)
    client.close()
    #expect(poll.gone.take() == "/second")
  }

  @Test("when the server closes at the end of its grace")
  func shutDown() throws {
    let poll = try LongPoll()
    let (client, _) = try poll.client("/poll")
    try poll.server.runLater { $0.shutDown(grace: .milliseconds(10)) }
    #expect(poll.gone.take() == "/poll")
    #expect(try client.isClosedByPeer())
  }

  @Test("an exchange within the process behaves the same")
  func inProcess() {
    var answers: [String] = []
    let exchange = Exchange(request: Request(method: .GET, target: "/")) {
      if let body = try? $0.get().body { answers.append(String(buffer: body)) }
    }
    var gone = 0
    exchange.onDisconnect = { gone += 1 }
    exchange.respond(.text(.ok, "one"))
    exchange.disconnect()
    #expect(answers == ["one"])
    #expect(gone == 0)
    let second = Exchange(request: Request(method: .GET, target: "/")) { _ in answers.append("never") }
    second.onDisconnect = { gone += 1 }
    second.disconnect()
    second.disconnect()
    second.respond(.text(.ok, "two"))
    #expect(answers == ["one"])
    #expect(gone == 1)
  }
}
