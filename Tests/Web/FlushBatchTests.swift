import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Web

/// When answers go out that are given in one turn of the loop.
@Suite struct FlushBatchTests {
  /// Clients that all send while the loop is held, so that what they ask for comes in one turn.
  private final class Crowd {
    let server: RunningServer
    let clients: [RawHTTPClient]
    /// How many answers had arrived when each request came.
    let arrived = Mailbox<Int>()

    /// - Parameter work: how long it takes to answer one, in seconds.
    init(count: Int, work: Double = 0) throws {
      let watched = Watched()
      let arrived = arrived
      server = try RunningServer { exchange in
        if exchange.request.path == "/" { return exchange.respond(.text(.ok, "")) }
        arrived.put(watched.arrivedCount)
        let end = ContinuousClock.now + .seconds(work)
        while work > 0, ContinuousClock.now < end {}
        exchange.respond(.text(.ok, exchange.request.path))
      }
      clients = try (0..<count).map { [server] _ in try server.client() }
      // Each is accepted before.
      for client in clients {
        try client.sendRequest("GET", "/")
        _ = try client.readResponse()
      }
      watched.set(clients.map(\.hasArrived))
    }

    /// Sends a request on each, of so many bytes at least, and gives how many answers had arrived when each was begun.
    func ask(size: Int = 0, _ afterwards: (RawHTTPClient) -> Void = { _ in }) throws -> [Int] {
      let isSent = DispatchSemaphore(value: 0)
      let isHeld = DispatchSemaphore(value: 0)
      let held = server.start { server in
        isHeld.signal()
        isSent.wait()
        return server.eventLoop.makeSucceededVoidFuture()
      }
      isHeld.wait()
      for (number, client) in clients.enumerated() {
        let begin = "GET /\(number) HTTP/1.1\r\nHost: a\r\nX: "
        let filler = String(repeating: "a", count: max(0, size - begin.utf8.count - 4))
        try client.send("\(begin)\(filler)\r\n\r\n")
        afterwards(client)
      }
      isSent.signal()
      try held.wait()
      return try clients.map { _ in try #require(arrived.take()) }
    }

    func expectAllAnswered() throws {
      for (number, client) in clients.enumerated() {
        #expect(try client.readResponse().text == "/\(number)")
      }
    }
  }

  /// The clients, looked at from the loop.
  private final class Watched: @unchecked Sendable {
    private let lock = NSLock()
    private var clients: [@Sendable () -> Bool] = []
    func set(_ clients: [@Sendable () -> Bool]) { lock.withLock { self.clients = clients } }
    var arrivedCount: Int { lock.withLock { clients.count { $0() } } }
  }

  @Test func answersOfOneTurnGoOutTogetherButNotTooMany() throws {
    let crowd = try Crowd(count: 100)
    // However slow the machine is.
    try crowd.server.run {
      $0.flushBatch.longestWait = .hours(1)
      $0.flushBatch.pause = .hours(1)
    }
    let arrived = try crowd.ask()
    #expect(arrived.enumerated().contains { number, count in number - count > 1 }, "\(arrived)")
    #expect(
      arrived.enumerated().allSatisfy { number, count in number - count <= FlushBatch.limit }, "\(arrived)")
    try crowd.expectAllAnswered()
  }

  @Test func whereTheTurnGoesOnAnAnswerWaitsForOneMoreAtMost() throws {
    let crowd = try Crowd(count: 10, work: 0.002)
    try crowd.server.run { $0.flushBatch.pause = .hours(1) }
    let arrived = try crowd.ask()
    #expect(arrived.enumerated().allSatisfy { number, count in number - count <= 1 }, "\(arrived)")
    try crowd.expectAllAnswered()
  }

  /// Of 2,048 bytes, which fill the buffer that is read into, the end is read in the same go.
  @Test(arguments: [0, 2048])
  func aClientThatEndsItsSideBehindItsRequestHasItsAnswerAllTheSame(size: Int) throws {
    let crowd = try Crowd(count: 20)
    try crowd.server.run { $0.flushBatch.pause = .hours(1) }
    _ = try crowd.ask(size: size) { $0.finishSending() }
    try crowd.expectAllAnswered()
    for client in crowd.clients { #expect(try client.isClosedByPeer()) }
  }

  /// Asks twenty times: each answer must have arrived when the server says whether it has.
  private func askAfterPauses(
    _ server: RunningServer, _ probe: Mailbox<@Sendable () -> Bool>, _ isThere: Mailbox<Bool>
  ) throws {
    let client = try server.client()
    for _ in 1...20 {
      usleep(1000)
      probe.put(client.hasArrived)
      try client.sendRequest("GET", "/")
      #expect(isThere.take() == true)
      #expect(try client.readResponse().text == "Hello")
    }
  }

  /// What is kept of an answer costs a client that waits alone no time.
  @Test(arguments: [false, true])
  func anAnswerAfterAPauseIsThereBeforeItIsNoted(comesLater: Bool) throws {
    let isThere = Mailbox<Bool>()
    let probe = Mailbox<@Sendable () -> Bool>()
    let server = try RunningServer { exchange in
      let hasArrived = probe.take()
      let answer = { exchange.respond(.text(.ok, "Hello")) { isThere.put(hasArrived?() == true) } }
      if comesLater { CurrentLoop.value.execute(answer) } else { answer() }
    }
    try askAfterPauses(server, probe, isThere)
  }

  /// The client resets the connection at the first answer, which may not take the other requests along.
  @Test func requestsThatCameTogetherAllBeginThoughTheirClientHasGone() throws {
    let begun = Mailbox<String>()
    let server = try RunningServer { exchange in
      begun.put(exchange.request.path)
      exchange.respond(.text(.ok, exchange.request.path))
    }
    try server.run { $0.flushBatch.pause = .zero }
    let client = try server.client()
    try client.sendRequest("GET", "/")
    _ = try client.readResponse()
    let isSent = DispatchSemaphore(value: 0)
    let held = server.start { server in
      isSent.wait()
      return server.eventLoop.makeSucceededVoidFuture()
    }
    let paths = (1...20).map { "/\($0)" }
    try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    client.close()
    isSent.signal()
    try held.wait()
    for path in ["/"] + paths { try #require(begun.take() == path) }
  }

  /// So that what is kept has the order of the answers.
  @Test(arguments: [false, true])
  func anAnswerIsNotedBeforeTheNextRequestBegins(comesLater: Bool) throws {
    let notes = Mailbox<String>()
    let server = try RunningServer { exchange in
      let path = exchange.request.path
      notes.put("begins \(path)")
      let answer = { exchange.respond(.text(.ok, path)) { notes.put("ends \(path)") } }
      if comesLater { CurrentLoop.value.execute(answer) } else { answer() }
    }
    let client = try server.client()
    let paths = (1...5).map { "/\($0)" }
    try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    for path in paths { #expect(try client.readResponse().text == path) }
    for path in paths {
      #expect(notes.take() == "begins \(path)")
      #expect(notes.take() == "ends \(path)")
    }
  }

  @Test func anAnswerAfterAPauseGoesOutAtOnce() throws {
    let isThere = Mailbox<Bool>()
    let probe = Mailbox<@Sendable () -> Bool>()
    let server = try RunningServer { exchange in
      let hasArrived = probe.take()
      // Comes before whatever is planned for the end of this turn.
      CurrentLoop.value.execute { isThere.put(hasArrived?() == true) }
      exchange.respond(.text(.ok, "Hello"))
    }
    try askAfterPauses(server, probe, isThere)
  }
}
