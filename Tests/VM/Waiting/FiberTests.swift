import Testing

@testable import VM

struct FiberTests {
  @Test func tenThousandPark() throws {
    let count = ScriptHost.isStressed ? 200 : 10_000
    let host = ScriptHost()
    let text = """
      let gate = deferred()
      let started = []
      for i in 0..<\(count) { started.append(async { await gate
          i }) }
      await async { 1 }
      gate.resolve(1)
      let r = await all(started)
      [r.count, r[\(count - 1)]]
      """
    #expect(try host.run(text) == "[\(count), \(count - 1)]")
    #expect(host.machine.fiberCount == 0)
  }

  /// In old blocks and new ones, before, amid and after a collection.
  @Test func thoseThatWaitAreFoundAmongThoseThatHaveEnded() throws {
    let rounds = ScriptHost.isStressed ? 3 : 30
    let host = ScriptHost()
    _ = try host.run("let gate = deferred()\nlet parked = []")
    for round in 1...rounds {
      _ = try host.run(
        """
        parked.append(async { await gate })
        for i in 0..<\(ScriptHost.isStressed ? 20 : 1_000) { async { i } }
        await async { 1 }
        """)
      #expect(host.machine.fiberCount == round)
      #expect(host.machine.fibers.count == round)
      if round % 10 == 0 { host.machine.collect() }
      #expect(Set(host.machine.fibers.map(\.id)).count == round)
    }
    #expect(try host.run("gate.resolve(7)\n(await all(parked)).count") == "\(rounds)")
    #expect(host.machine.fibers.isEmpty)
  }

  /// However many there are, and wherever their memory is.
  @Test func whatIsStoppedEndsInTheOrderInWhichItBegan() throws {
    let count = ScriptHost.isStressed ? 20 : 2_000
    let host = ScriptHost()
    _ = try host.run(
      """
      let gate = deferred()
      let order = []
      for i in 0..<\(count) { async { defer { order.append(i) }
          await gate } }
      await async { 1 }
      """)
    let owner = try #require(host.machine.fibers.first?.owner)
    #expect(host.machine.stopFibers(ofOwner: owner) == count)
    #expect(try host.run("await sleep(1ms)\norder == Array(0..<\(count))") == "true")
  }

  @Test func aParkedFiberIsSmall() throws {
    if ScriptHost.isStressed { return }
    let host = ScriptHost()
    _ = try host.run("let gate = deferred()\nfunc park() { await gate }\n1")
    host.machine.collect()
    let before = host.machine.heap.bytesInUse
    _ = try host.run("for i in 0..<1_000 { async park() }\nawait async { 1 }")
    host.machine.collect()
    #expect((host.machine.heap.bytesInUse - before) / 1_000 < 800)
  }

  @Test func stacksMoveUnderWhatTheyHold() throws {
    let depth = ScriptHost.isStressed ? 200 : 2_000
    let text = """
      func deep(n, keep) {
          let mine = ["n": n]
          let below = if n == 0 { await after(1s) { 0 } } else { deep(n - 1, mine) }
          expect(mine.n == n)
          below + keep.n - n
      }
      deep(\(depth), ["n": \(depth)])
      """
    #expect(try ScriptHost().run(text) == "\(depth)")
  }

  @Test func fibersInTurnDoNotDisturbOneAnother() throws {
    let count = ScriptHost.isStressed ? 10 : 100
    let text = """
      func worker(id) {
          let seen = []
          for i in 0..<20 {
              let text = "\\(id)-\\(i)"
              await sleep(1ms * ((id * 7 + i * 3) % 11))
              seen.append(text)
          }
          seen.joined(",")
      }
      let results = await all((0..<\(count)).map { id in async worker(id) })
      var ok = true
      for (id, text) in results.enumerated() {
          let expected = (0..<20).map { "\\(id)-\\($0)" }.joined(",")
          if text != expected { ok = false }
      }
      ok
      """
    #expect(try ScriptHost().run(text) == "true")
  }

  @Test func runningReadyPiecesCanBeBounded() throws {
    let host = ScriptHost()
    _ = try host.start("func forever() { async { forever() } }\nforever()")
    #expect(!host.machine.runReady(limit: 1_000))
    #expect(!host.machine.isIdle)
  }

  /// Telling of hundreds of thousands kept everybody else waiting for seconds.
  @Test func errorsThatNobodyAwaitedAreToldInBoundedPieces() throws {
    let host = ScriptHost()
    _ = try host.start("for i in 0..<250 { deferred().reject(\"e\\(i)\") }")
    #expect(!host.machine.runReady(limit: 100))
    #expect(host.unhandled.count == 100)
    #expect(!host.machine.isIdle)
    #expect(!host.machine.runReady(limit: 100))
    #expect(host.machine.runReady(limit: 100))
    #expect(host.unhandled == (0..<250).map { "e\($0)" })
    #expect(host.machine.isIdle)
  }

  @Test func aTaskSaysWhatItWaitsFor() throws {
    let host = ScriptHost()
    let task = try host.start("await sleep(5s)")
    let operation = try #require(host.machine.operations.all.first?.number)
    #expect(host.machine.wait(of: task) == .operation(operation))
    #expect(host.machine.fibers.map(\.wait) == [.operation(operation)])
    host.settle()
    #expect(host.machine.wait(of: task) == nil)
    #expect(host.machine.fibers.isEmpty)
  }
}
