import Fetch
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ConcurrencyTests {
  let server: ScriptedHTTPServer

  init() throws {
    server = try ScriptedHTTPServer()
    server.on("/", .text("ok"))
    server.on("/slow", .text("slow", after: .milliseconds(100)))
    server.on("/silent", .silence)
  }

  @Test func callsOneAfterTheOtherShareAConnection() async throws {
    let pool = TransferPool()
    for _ in 0..<20 { #expect(try await pool.fetch(FetchRequest(url: server.url())).text == "ok") }
    #expect(server.counts.connections == 1)
    #expect(server.requests.map(\.connection) == Array(repeating: 1, count: 20))
  }

  /// Whoever makes them at once needs to know what another connection would cost.
  @Test func theResponseSaysWhatItTookToConnect() async throws {
    server.on("/redirect", .redirect(to: "/"))
    let pool = TransferPool()
    let first = try await pool.fetch(FetchRequest(url: server.url("/redirect"))).connections
    let second = try await pool.fetch(FetchRequest(url: server.url())).connections
    #expect(first.count == 2 && second.count == 1)
    let setup = try #require(first[0].setup)
    #expect(setup > .zero && setup < .seconds(10))
    let reused = FetchResponse.Connection(server: first[0].server, setup: nil)
    #expect(first[1] == reused && second[0] == reused)
  }

  @Test func aConnectionThatTheServerClosedIsReplaced() async throws {
    var answer = ScriptedHTTPServer.Answer.text("bye")
    answer.keepsAlive = false
    server.on("/bye", answer)
    let pool = TransferPool()
    for _ in 0..<5 { #expect(try await pool.fetch(FetchRequest(url: server.url("/bye"))).text == "bye") }
    #expect(server.counts.connections == 5)
  }

  /// How long they take together says more of what else the machine has to do.
  @Test func fiveHundredAtOnceGoBesideOneAnother() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    let url = server.url("/slow")
    for _ in 0..<500 { pool.start(FetchRequest(url: url)) { outcomes.add($0) } }
    await outcomes.wait(for: 500)
    #expect(outcomes.errors.isEmpty)
    #expect(server.counts.mostRequestsUnderWay > 20)
    #expect(pool.transfersUnderWay == 0)
  }

  @Test func twoThousandAtOnceAllAnswer() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    let url = server.url("/slow")
    for _ in 0..<2_000 { pool.start(FetchRequest(url: url, timeout: .seconds(50))) { outcomes.add($0) } }
    await outcomes.wait(for: 2_000)
    #expect(outcomes.errors.isEmpty)
    #expect(server.counts.mostRequestsUnderWay <= pool.limits.connectionsPerHost)
    #expect(server.counts.requests == 2_000)
  }

  /// More than are kept while nobody makes that many at once.
  @Test func whoMakesManyAtOnceAgainFindsTheirConnections() async {
    let pool = TransferPool()
    let url = server.url("/slow")
    var opened: [Int] = []
    for _ in 0..<3 {
      let outcomes = Outcomes()
      for _ in 0..<800 { pool.start(FetchRequest(url: url, timeout: .seconds(50))) { outcomes.add($0) } }
      await outcomes.wait(for: 800)
      #expect(outcomes.errors.isEmpty)
      opened.append(server.counts.connections)
    }
    #expect(opened[2] <= opened[0] + 200)
  }

  @Test func theServerSeesACancelledCallHangUp() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    let id = pool.start(FetchRequest(url: server.url("/silent"))) { outcomes.add($0) }
    await server.wait { $0.requests == 1 }
    pool.cancel(id)
    await outcomes.wait(for: 1)
    await server.wait { $0.hangUps == 1 }
    #expect(outcomes.errors.map(\.kind) == [.cancelled])
    #expect(outcomes.errors.first?.message == "the call to 127.0.0.1:\(server.port) was cancelled")
    pool.cancel(id)
    // Its handle serves the next call.
    #expect(await pool.failure(FetchRequest(url: server.url())) == nil)
    #expect(outcomes.all.count == 1)
  }

  @Test func aCallIsCancelledBeforeItBegins() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    for _ in 0..<200 {
      let id = pool.start(FetchRequest(url: server.url("/silent"))) { outcomes.add($0) }
      pool.cancel(id)
    }
    await outcomes.wait(for: 200)
    #expect(outcomes.errors.count == 200 && outcomes.errors.allSatisfy { $0.kind == .cancelled })
  }

  @Test func aServerGetsNoMoreThanItsShareAndTheOthersGoOn() async throws {
    var limits = TransferLimits()
    limits.connectionsPerHost = 3
    limits.connections = 4
    let pool = TransferPool(limits: limits)
    let other = try ScriptedHTTPServer()
    other.on("/", .text("other"))
    let held = Outcomes()
    let waiting = Outcomes()
    let holders = (0..<3).map { _ in pool.start(FetchRequest(url: server.url("/silent"))) { held.add($0) } }
    await server.wait { $0.requests == 3 }
    for _ in 0..<20 { pool.start(FetchRequest(url: server.url("/slow"))) { waiting.add($0) } }
    for _ in 0..<5 { #expect(try await pool.fetch(FetchRequest(url: other.url())).text == "other") }
    #expect(server.counts.requests == 3)
    let late = await pool.failure(FetchRequest(url: server.url(), timeout: .milliseconds(50)))
    #expect(
      late
        == FetchError(
          kind: .timedOut,
          message: "the call to 127.0.0.1:\(server.port) was still waiting for its turn after 50 ms"))
    for id in holders { pool.cancel(id) }
    await waiting.wait(for: 20)
    #expect(waiting.errors.isEmpty)
    // The three that were cancelled, and the three that served all twenty.
    #expect(server.counts.connections <= 6)
  }

  @Test func oneTransferTooManyIsRefused() async {
    var limits = TransferLimits()
    limits.transfers = 2
    let pool = TransferPool(limits: limits)
    let held = Outcomes()
    let ids = (0..<2).map { _ in pool.start(FetchRequest(url: server.url("/silent"))) { held.add($0) } }
    #expect(pool.transfersUnderWay == 2)
    #expect(
      await pool.failure(FetchRequest(url: server.url()))
        == FetchError(
          kind: .tooManyTransfers,
          message: "2 calls are under way or waiting, which is the limit: wait for some to end"))
    for id in ids { pool.cancel(id) }
    await held.wait(for: 2)
    #expect(await pool.failure(FetchRequest(url: server.url())) == nil)
  }

  @Test func completionsMayStartAndCancel() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    let url = server.url()
    let silent = server.url("/silent")
    pool.start(FetchRequest(url: url)) { first in
      outcomes.add(first)
      let held = pool.start(FetchRequest(url: silent)) { outcomes.add($0) }
      pool.start(FetchRequest(url: url)) { second in
        pool.cancel(held)
        outcomes.add(second)
      }
    }
    await outcomes.wait(for: 3)
    #expect(outcomes.errors.map(\.kind) == [.cancelled])
  }

  @Test func startsAndCancelsFromManyTasksCompleteOnceEach() async {
    let pool = TransferPool()
    let tally = Tally()
    let outcomes = Outcomes()
    let url = server.url()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for call in 0..<100 {
            let id = pool.start(FetchRequest(url: url, timeout: .seconds(40))) { result in
              tally.note(task * 100 + call)
              outcomes.add(result)
            }
            if (task + call) % 3 == 0 { pool.cancel(id) }
          }
        }
      }
    }
    await outcomes.wait(for: 800)
    #expect(tally.counts == Array(repeating: 1, count: 800))
    #expect(outcomes.errors.allSatisfy { $0.kind == .cancelled })
    #expect(pool.transfersUnderWay == 0)
  }
}

/// How often each of 800 calls has completed.
private final class Tally: Sendable {
  private let state = Mutex(Array(repeating: 0, count: 800))

  var counts: [Int] { state.withLock { $0 } }

  func note(_ call: Int) { state.withLock { $0[call] += 1 } }
}
