import Fetch
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ShutDownTests {
  let server: ScriptedHTTPServer

  init() throws {
    server = try ScriptedHTTPServer()
    server.on("/", .text("ok"))
    server.on("/silent", .silence)
  }

  @Test func shuttingDownCancelsWhatIsUnderWayAndWaits() async {
    var limits = TransferLimits()
    limits.connections = 5
    let pool = TransferPool(limits: limits)
    let outcomes = Outcomes()
    for _ in 0..<20 { pool.start(FetchRequest(url: server.url("/silent"))) { outcomes.add($0) } }
    await server.wait { $0.requests == 5 }
    pool.shutDown()
    #expect(outcomes.errors.count == 20)
    #expect(
      Set(outcomes.errors.map(\.message)) == ["the call was cancelled: outbound calls have been shut down"])
    #expect(pool.transfersUnderWay == 0)
    await server.wait { $0.hangUps == 5 }
  }

  @Test func thoseThatEndTogetherAreToldTogether() async {
    let told = Mutex<[Int]>([])
    let pool = TransferPool { ended in
      told.withLock { $0.append(ended.count) }
      for transfer in ended { transfer.tell() }
    }
    let outcomes = Outcomes()
    for _ in 0..<40 { pool.start(FetchRequest(url: server.url("/silent"))) { outcomes.add($0) } }
    await server.wait { $0.requests == 40 }
    pool.shutDown()
    pool.start(FetchRequest(url: server.url())) { outcomes.add($0) }
    #expect(outcomes.errors.count == 41)
    #expect(told.withLock { $0 } == [16, 16, 8, 1])
  }

  @Test func afterwardsCallsFailAtOnceAndShuttingDownAgainIsHarmless() {
    let pool = TransferPool()
    let outcomes = Outcomes()
    pool.shutDown()
    pool.shutDown()
    pool.start(FetchRequest(url: server.url())) { outcomes.add($0) }
    #expect(outcomes.errors.map(\.kind) == [.cancelled])
    #expect(server.counts.connections == 0)
  }

  @Test func severalMayShutDownAtOnce() async throws {
    let pool = TransferPool()
    _ = try await pool.fetch(FetchRequest(url: server.url()))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { pool.shutDown() } }
    }
    #expect(await pool.failure(FetchRequest(url: server.url()))?.kind == .cancelled)
  }

  @Test func aCompletionMayShutDown() async {
    let pool = TransferPool()
    let outcomes = Outcomes()
    pool.start(FetchRequest(url: server.url("/silent"))) { result in
      pool.shutDown()
      outcomes.add(result)
    }
    pool.start(FetchRequest(url: server.url())) { result in
      pool.shutDown()
      outcomes.add(result)
    }
    await outcomes.wait(for: 2)
    pool.shutDown()
    #expect(outcomes.errors.map(\.kind) == [.cancelled])
  }

  @Test func aPoolThatIsLetGoEndsItsTransfers() async {
    let outcomes = Outcomes()
    do {
      let pool = TransferPool()
      pool.start(FetchRequest(url: server.url("/silent"))) { outcomes.add($0) }
      await server.wait { $0.requests == 1 }
    }
    await outcomes.wait(for: 1)
    #expect(outcomes.errors.map(\.kind) == [.cancelled])
    await server.wait { $0.hangUps == 1 }
  }
}
