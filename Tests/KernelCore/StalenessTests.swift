import Testing

@testable import KernelCore

/// Cells whose value would be another one if they ran again.
struct StalenessTests {
  /// A notebook of which some cells run again, or go, and what is stale then.
  struct Example: Sendable, CustomStringConvertible {
    let description: String
    let cells: [String]
    let again: [Int]
    let deleted: [Int]
    let edited: Set<Int>
    let stale: [Int]

    init(
      _ description: String, _ cells: [String], again: [Int] = [], deleted: [Int] = [], edited: Set<Int> = [],
      stale: [Int]
    ) {
      self.description = description
      self.cells = cells
      self.again = again
      self.deleted = deleted
      self.edited = edited
      self.stale = stale
    }
  }

  static let examples = [
    Example("nothing is stale at first", ["let a = 1", "a + 1"], stale: []),
    Example("what reads a changed global", ["let a = 1", "a + 1", "7"], again: [1], stale: [2]),
    Example(
      "what reads what a stale cell gives", ["let a = 1", "let b = a", "b"], again: [1], stale: [2, 3]),
    Example("a cell that ran since is not", ["let a = 1", "a", "a"], again: [1, 2], stale: [3]),
    Example(
      "an edited cell and what reads it", ["let a = 1", "let b = a", "b", "a"], edited: [2], stale: [2, 3]),
    Example(
      "what would declare again what a deleted cell had taken over", ["let a = 1", "let a = 2", "a"],
      deleted: [2], stale: [1, 3]),
    Example(
      "what has been declared again since is not lost", ["let a = 1", "let a = 2", "let a = 3"], deleted: [2],
      stale: []),
    Example("what reads a deleted cell's global", ["let a = 1", "a", "5"], deleted: [1], stale: [2]),
    Example(
      "what another cell has taken over is not gone", ["let a = 1", "let a = 2", "a"], again: [1, 3],
      deleted: [2],
      stale: []),
    Example("a global that is declared no more", ["var a = 1", "a"], again: [1], stale: [2]),
    Example("through a function", ["let a = 1", "func f() { a }", "f()"], again: [1], stale: [3]),
    Example(
      "through two functions", ["let a = 1", "func f() { a }", "let g = { f() }", "g() + 1"], again: [1],
      stale: [4]),
    Example(
      "what assigns to a global that is declared anew", ["var a = 1", "a = 5", "a += 1", "a"], again: [1],
      stale: [2, 3, 4]),
    Example("but not to one that others assign to", ["var a = 1", "a = 5", "a = 6"], again: [2], stale: []),
    Example("a function that is replaced", ["func f() { 1 }", "f()"], again: [1], stale: [2]),
    Example("a closure that runs at once", ["let a = 1", "[1].map { $0 + a }"], again: [1], stale: [2]),
    Example("a fiber that begins at once", ["let a = 1", "async { a }"], again: [1], stale: [2]),
    Example(
      "handlers and timers look names up each time",
      ["let a = 1", "route \"/a\" { a }", "every(1s) { a }", "after(1s) { a }", "func f() { a }"], again: [1],
      stale: []),
    Example(
      "a timer that is awaited has read what it gives",
      [
        "let a = 1", "let b = await after(1ms) { a + 1 }", "b", "await after(1ms) { a }",
        "let d = after(1ms) { a }", "await d",
      ],
      again: [1], stale: [2, 3, 4, 5, 6]),
    Example(
      "a timer keeps the function it was given", ["func f() { 1 }", "every(1s, f)"], again: [1], stale: [2]),
    Example(
      "a change of an array", ["let a = [1]", "a.append(2)", "a.count", "a"], again: [2], stale: [3, 4]),
    Example(
      "a change of what a dictionary holds", ["let d = [\"xs\": []]", "d.xs.append(2)", "d[\"n\"] = 1", "d"],
      again: [2], stale: [3, 4]),
    Example("an assignment counts below it", ["var a = 1", "a", "a += 1", "a"], again: [3], stale: [4]),
    Example(
      "two cells that add to a counter, run in order, are done", ["var a = 0", "a += 1", "a += 2"],
      again: [1, 2, 3], stale: []),
    Example(
      "what runs again in the middle leaves those below it stale", ["var a = 0", "a += 1", "a += 2", "a"],
      again: [1, 2], stale: [3, 4]),
    Example(
      "an assignment through a function", ["var n = 0", "func bump() { n += 1 }", "n", "bump()", "n"],
      again: [4], stale: [5]),
    Example(
      "a change through functions of other cells",
      [
        "let xs = []", "let add = { xs.append($0) }", "func twice() { add(1); add(2) }", "twice()",
        "xs.count",
      ],
      again: [4], stale: [5]),
    Example(
      "an assignment through a function of its own", ["var n = 0", "func f() { n = 5 }\nf()", "n"],
      again: [2],
      stale: [3]),
    Example(
      "two cells that call what counts, run in order, are done",
      ["var n = 0", "func bump() { n += 1 }", "bump()", "bump()"], again: [3, 4], stale: []),
    Example(
      "a function that no longer assigns",
      ["var n = 0", "func f() { n += 1 }", "func f() { 1 }", "f()", "n"],
      deleted: [2], stale: []),
    Example(
      "what a handler or a timer assigns is not the cell's",
      ["var n = 0", "func bump() { n += 1 }", "route \"/b\" { bump() }\nevery(1h) { bump() }", "n"],
      again: [3],
      stale: []),
    Example("a name that two cells declare", ["let a = 1", "a", "let a = 2"], again: [1], stale: [2]),
    Example("a cell's own declarations are its own", ["let a = 1\na + 1", "2"], again: [1], stale: []),
    Example("a local name is another one", ["let a = 1", "func f(a) { a }\nf(2)"], again: [1], stale: []),
    Example(
      "what reads the value of a cell", ["1", "Out[1] + 1", "let s = Out[2]", "s"], again: [1],
      stale: [2, 3, 4]),
    Example("the value of a deleted cell", ["1", "Out[1] + 1", "5"], deleted: [1], stale: [2]),
    Example("a value through a function", ["1", "func f() { Out[1] }", "f()"], again: [1], stale: [3]),
    Example(
      "a handler looks values up each time, and the last value is another each time",
      ["1", "route \"/a\" { Out[1] }", "_", "let n = 1; Out[n]"], again: [1], stale: []),
    Example("a local Out is another one", ["1", "func f(Out) { Out[1] }\nf([2, 3])"], again: [1], stale: []),
    Example("a failed run changes nothing", ["let a = 1", "a", "let a = 1 / 0"], again: [], stale: []),
  ]

  @Test(arguments: examples)
  func staleIsWhatReadsWhatHasChangedSince(_ example: Example) {
    let bench = Bench()
    for cell in Array(1...example.cells.count) + example.again {
      bench.run(example.cells[cell - 1], cell: cell)
      // For those that wait.
      bench.advance(.milliseconds(1))
    }
    for cell in example.deleted { bench.on { bench.kernel.removeEffects(of: cell) } }
    let order = (1...example.cells.count).filter { !example.deleted.contains($0) }
    #expect(bench.on { bench.kernel.staleness.stale(in: order, edited: example.edited) } == example.stale)
  }

  @Test func aCellThatNoLongerDeclaresANameMakesItsReadersStale() {
    let bench = Bench()
    bench.run("let a = 1", cell: 1)
    bench.run("a", cell: 2)
    bench.run("let b = 1", cell: 1)
    #expect(bench.on { bench.kernel.staleness.stale(in: [1, 2]) } == [2])
  }

  @Test func whatChangedWhileACellWaitedIsNewToIt() {
    let bench = Bench()
    bench.run("let a = 1", cell: 1)
    let waiting = bench.start("let b = a\nawait sleep(1s)\nb", cell: 2)
    bench.run("let a = 2", cell: 1)
    bench.advance(.seconds(1))
    #expect(Shown(waiting.value).text == "1")
    #expect(bench.on { bench.kernel.staleness.stale(in: [1, 2]) } == [2])
  }

  @Test func theOrderIsTheNotebooks() {
    let bench = Bench()
    for (cell, text) in [(1, "let a = 1"), (2, "a"), (3, "a")] { bench.run(text, cell: cell) }
    bench.run("let a = 2", cell: 1)
    #expect(bench.on { bench.kernel.staleness.stale(in: [3, 1, 2]) } == [3, 2])
  }

  @Test func afterARestartNothingIs() {
    let bench = Bench()
    bench.run("let a = 1", cell: 1)
    bench.run("a", cell: 2)
    bench.run("let a = 2", cell: 1)
    bench.on { bench.supervisor.restart() }
    #expect(bench.on { bench.kernel.staleness.stale(in: [1, 2]) } == [])
  }
}
