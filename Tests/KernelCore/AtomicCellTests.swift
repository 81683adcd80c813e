import Synchronization
import Testing

@testable import KernelCore

/// A cell takes effect whole or not at all.
struct AtomicCellTests {
  private static let before = """
    var counter = 10
    func name() { "before" }
    route "/a" { "a before" }
    every(5s) { print("tick before") }
    """

  private static let change = """
    var counter = 99
    func name() { "after" }
    let extra = 1
    route "/a" { "a after" }
    route "/b" { "b after" }
    every(1s) { print("tick after") }
    after(1s) { print("once after") }

    """

  private func expectAllAsBefore(_ bench: Bench) {
    #expect(bench.value("counter") == "10")
    #expect(bench.value("name()") == "\"before\"")
    #expect(bench.run("extra", cell: 50).contains("not defined"))
    #expect(bench.get("/a") == "a before")
    #expect(bench.ask("/b").status == 404)
    let ticks = bench.output.filter { $0 == "tick before" }.count
    bench.advance(.seconds(10))
    #expect(bench.output.filter { $0 == "tick before" }.count == ticks + 2)
    #expect(!bench.output.contains("once after"))
    bench.run("nil", cell: 50)
  }

  @Test func aCellThatDoesNotCompileChangesNothing() {
    let bench = Bench()
    bench.run(Self.before)
    #expect(bench.run(Self.change + "let = 3").contains("error"))
    expectAllAsBefore(bench)
    #expect(!bench.output.contains("tick after"))
  }

  @Test func aCellThatFailsAsItRunsChangesNothing() {
    let bench = Bench()
    bench.run(Self.before)
    #expect(bench.run(Self.change + "throw \"no\"").contains("error: no"))
    expectAllAsBefore(bench)
    #expect(!bench.output.contains("tick after"))
  }

  @Test func anotherCellThatFailsPutsBackWhatItReplaced() {
    let bench = Bench()
    bench.run(Self.before)
    #expect(bench.run(Self.change + "throw \"no\"", cell: 2).contains("error: no"))
    expectAllAsBefore(bench)
  }

  @Test func aCellThatFailsAfterAnAwaitChangesNothing() {
    let bench = Bench()
    bench.run(Self.before)
    let cell = bench.start(Self.change + "await sleep(2s)\nthrow \"late\"")
    #expect(bench.get("/a") == "a after")
    #expect(bench.get("/b") == "b after")
    bench.advance(.seconds(2))
    #expect(Shown(cell.value).contains("error: late"))
    #expect(bench.output.contains("tick after"))
    let count = bench.output.filter { $0 == "tick after" }.count
    bench.advance(.seconds(3))
    #expect(bench.output.filter { $0 == "tick after" }.count == count)
    #expect(bench.get("/a") == "a before")
    #expect(bench.ask("/b").status == 404)
  }

  @Test func anInterruptedCellChangesNothing() {
    let bench = Bench()
    bench.run(Self.before)
    let cell = bench.start(Self.change + "await deferred()")
    bench.on { bench.supervisor.interrupt() }
    #expect(cell.value?.outcome == .interrupted)
    expectAllAsBefore(bench)
  }

  @Test func whatACellDeclaresIsInForceAsItRuns() {
    let bench = Bench()
    #expect(bench.run("route \"/x\" { \"seen\" }\nawait get(\"/x\").text") == "\"seen\"")
  }

  @Test func assignmentsToOtherCellsVariablesStayAndTheErrorSaysSo() {
    let bench = Bench()
    bench.run("var total = 1\nvar other = 1")
    let failed = bench.run("total = 5\nthrow \"no\"", cell: 2)
    #expect(failed.contains("\"total\" keeps what was assigned; only what the cell declares is put back"))
    #expect(bench.value("total") == "5")
    #expect(!bench.run("if false { total = 6 }\nthrow \"no\"", cell: 2).contains("keeps"))
    let both = bench.run("total = 7\nother = 7\nthrow \"no\"", cell: 2)
    #expect(both.contains("\"other\" and \"total\" keep what was assigned"))
    #expect(!bench.run("var own = 1\nown = 2\nthrow \"no\"", cell: 3).contains("keeps"))
  }

  @Test func anInterruptedCellSaysWhatItsAssignmentsLeft() {
    let bench = Bench()
    bench.run("var total = 1")
    let cell = bench.start("total = 5\nawait deferred()", cell: 2)
    bench.on { bench.supervisor.interrupt() }
    #expect(
      cell.value?.notes == ["\"total\" keeps what was assigned; only what the cell declares is put back"])
  }

  @Test func aFailedCellNotesNothingThatItDeclared() {
    let bench = Bench()
    #expect(bench.start("route \"/x\" { 1 }\nfunc f() { 1 }\nthrow \"no\"").value?.notes == [])
  }

  @Test func cleanupsOfAnInterruptedCellStillSeeWhatItDeclared() {
    let bench = Bench()
    bench.start(
      """
      func farewell(who) { print("bye \\(who)") }
      let gate = deferred()
      async { defer { farewell("fiber") }
      await gate }
      defer { farewell("cell") }
      await sleep(1s)
      await deferred()
      """)
    bench.advance(.seconds(1))
    bench.on { bench.supervisor.interrupt() }
    #expect(bench.output == ["bye cell", "bye fiber"])
    #expect(bench.failures == [])
  }

  @Test func whatACleanupDeclaresIsUndoneToo() {
    let bench = Bench()
    bench.start("defer { route \"/late\" { 1 } }\nawait deferred()")
    bench.on { bench.supervisor.interrupt() }
    #expect(bench.ask("/late").status == 404)
  }

  // MARK: Cells side by side

  @Test(arguments: [[2, 3], [3, 2]])
  func twoWaitingCellsThatFailPutBackWhatWasThereInAnyOrder(order: [Int]) {
    let bench = Bench()
    bench.run("var x = \"first\"\nroute \"/r\" { \"first\" }")
    for cell in [2, 3] {
      bench.start(
        "let gate\(cell) = deferred()\nvar x = \"\(cell)\"\nroute \"/r\" { \"\(cell)\" }\nawait gate\(cell)",
        cell: cell)
    }
    #expect(bench.get("/r") == "3")
    for cell in order { bench.run("gate\(cell).reject(\"no\")", cell: 10 + cell) }
    #expect(bench.get("/r") == "first")
    #expect(bench.value("x") == "\"first\"")
  }

  @Test func aCellThatFailsLeavesWhatALaterOneDeclared() {
    let bench = Bench()
    bench.run("route \"/r\" { \"first\" }")
    bench.start("let gate = deferred()\nroute \"/r\" { \"2\" }\nawait gate", cell: 2)
    bench.run("route \"/r\" { \"3\" }", cell: 3)
    bench.run("gate.reject(\"no\")", cell: 12)
    #expect(bench.get("/r") == "3")
  }

  @Test func aCellThatFailsDoesNotBringBackWhatWasDeletedMeanwhile() {
    let bench = Bench()
    bench.run("var x = 1\nroute \"/r\" { \"first\" }")
    let cell = bench.start("let gate = deferred()\nvar x = 2\nroute \"/r\" { \"2\" }\nawait gate", cell: 2)
    bench.on { bench.kernel.removeEffects(of: 1) }
    bench.run("gate.reject(\"no\")", cell: 12)
    #expect(Shown(cell.value).contains("error: no"))
    #expect(bench.ask("/r").status == 404)
    #expect(bench.run("x", cell: 3).contains("not defined"))
  }

  @Test func aCellRunAgainWhileItWaitsGivesWayFirst() {
    let bench = Bench()
    bench.run("route \"/r\" { \"old\" }")
    let first = bench.start("defer { print(\"first is over\") }\nroute \"/r\" { 1 }\nawait deferred()")
    let second = bench.start("print(\"second begins\")\nroute \"/s\" { 2 }\nawait sleep(1s)")
    #expect(first.value?.outcome == .interrupted)
    #expect(bench.output == ["first is over", "second begins"])
    // As the second runs, what the last successful run made is in force.
    #expect(bench.get("/r") == "old")
    bench.advance(.seconds(1))
    #expect(Shown(second.value) == "ok")
    #expect(bench.ask("/r").status == 404)
    #expect(bench.get("/s") == "2")
  }

  @Test func aNewTextThatDoesNotCompileLeavesTheRunThatWaitsAlone() {
    let bench = Bench()
    let first = bench.start("await sleep(1s)\n\"done\"")
    #expect(bench.run("let = ").contains("error"))
    bench.advance(.seconds(1))
    #expect(Shown(first.value) == "\"done\"")
  }

  /// What a re-run of three cells came to: the cells that ended, and what its end was told by.
  private final class Rerun: Sendable {
    let ends = Mutex<[Int]>([])
    let last = Mutex<CellResult??>(nil)

    /// - Parameter atTheEnd: what is done when a cell has ended, before the next one begins.
    init(_ bench: Bench, _ first: String, atTheEnd: @escaping @Sendable () -> Void = {}) {
      bench.on { [self] in
        let cells = [(1, first), (2, "2"), (3, "3")].map { (number: $0.0, text: $0.1) }
        bench.supervisor.rerunAll(cells) { [self] result in
          ends.withLock { $0.append(result.cell) }
          atTheEnd()
        } completion: { [self] result in
          last.withLock { $0 = .some(result) }
        }
      }
    }

    var hasEnded: Bool { last.withLock { $0 != nil } }
  }

  /// It met nothing that it could stop, and the re-run went on.
  @Test(arguments: [true, false])
  func interruptingOrLeavingBetweenTwoCellsStopsTheRerun(leaves: Bool) {
    let bench = Bench()
    let rerun = Rerun(bench, "1") {
      // The next cell is to begin in a turn of its own, behind this one.
      bench.loop.execute {
        if leaves { #expect(bench.supervisor.leaveRerun() == nil) } else { bench.supervisor.interrupt() }
      }
    }
    #expect(bench.wait { rerun.hasEnded })
    let last = rerun.last.withLock { $0 ?? nil }
    #expect(last?.cell == 2 && last?.outcome == .interrupted)
    #expect(rerun.ends.withLock { $0 } == [1])
  }

  /// The next cell ran at once, and did not find what the one that waits was still to declare.
  @Test func aRerunEndsAtTheCellThatIsLeftToItself() {
    let bench = Bench()
    let rerun = Rerun(bench, "let x = await after(1s) { 5 }")
    bench.on { #expect(bench.supervisor.leaveRerun() == 1) }
    #expect(rerun.hasEnded && rerun.last.withLock { $0 ?? nil } == nil)
    bench.advance(.seconds(1))
    #expect(bench.wait { rerun.ends.withLock { $0 } == [1] })
    #expect(bench.run("x", cell: 4) == "5")
    #expect(rerun.ends.withLock { $0 } == [1])
    bench.on { #expect(bench.supervisor.leaveRerun() == nil) }
  }

  @Test func interruptingStopsTheCellThatBeganLastAndNoOther() {
    let bench = Bench()
    let waiting = bench.start("await sleep(9s)")
    let last = bench.start("await sleep(9s)", cell: 2)
    bench.on { bench.supervisor.interrupt() }
    #expect(last.value?.outcome == .interrupted)
    #expect(waiting.value == nil)
  }

  @Test func anInterruptionThatStoppedAComputationIsUsedUp() {
    let bench = Bench()
    let waiting = bench.start("await sleep(9s)")
    let flag = bench.on { bench.kernel.machine.interruption }
    flag.request()
    #expect(bench.run("while true { }", cell: 2) == "interrupted")
    bench.on { bench.supervisor.interrupt() }
    #expect(waiting.value == nil)
    bench.on { bench.supervisor.interrupt() }
    #expect(waiting.value?.outcome == .interrupted)
  }

  @Test func aFailedCellsFibersAreGoneWithoutAWord() {
    let bench = Bench()
    bench.run("async { await sleep(1s)\nprint(\"alive\") }\nafter(1s) { print(\"alive\") }\nthrow \"no\"")
    bench.advance(.seconds(5))
    #expect(bench.output == [])
    #expect(bench.failures == [])
  }

  @Test func everyCellBeginsAndEndsForThoseWhoListen() {
    let bench = Bench()
    for text in ["1", "let =", "throw \"no\""] { bench.run(text) }
    let names = bench.events.compactMap {
      switch $0 {
      case .cellStarted: "started"
      case .cellFinished: "finished"
      default: nil
      }
    }
    #expect(names == ["started", "finished", "started", "finished", "started", "finished"])
  }
}
