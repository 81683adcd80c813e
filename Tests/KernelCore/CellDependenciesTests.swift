import Testing

@testable import KernelCore

/// Which cells are to run where a notebook has become another one.
struct CellDependenciesTests {
  /// A notebook, what it becomes, and which of its cells are then to run.
  struct Example: Sendable, CustomStringConvertible {
    let description: String
    let before: [Int: String]
    let after: [Int: String]
    let affected: [Int]

    init(_ description: String, _ before: [Int: String], _ after: [Int: String], _ affected: [Int]) {
      self.description = description
      self.before = before
      self.after = after
      self.affected = affected
    }
  }

  @Test func aGuardIsDeclaredByWhoeverCallsTheFunctionThatHasIt() {
    let cells = CellDependencies([
      (1, "func protect() { before { throw httpError(403) } }"), (2, "func all() { protect(); 1 }"),
      (3, "let later = { all() }"), (4, "route \"/\" { 1 }"), (5, "all()"), (6, "before { nil }"),
      (7, "after { response in nil }"), (8, "later()"), (9, "func other() { 1 }; other()"),
    ])
    // Also by whoever leaves it under another name: that may be called from anywhere.
    #expect((1...9).filter(cells.guards) == [2, 3, 5, 6, 8])
    // What cannot be read, or lies in a dictionary, may be called.
    let others = CellDependencies([
      (1, "let p = [\"a\": { before { nil } }]"), (2, "func q() { before { nil } }"), (3, "let x = ((\nq()"),
      (4, "p.a()"), (5, "let y = (("),
    ])
    #expect((2...5).filter(others.guards) == [3, 4])
    let further = CellDependencies([
      (1, "func a() { before { nil } }"), (2, "let b = a"), (3, "b()"), (4, "var f = nil"),
      (5, "f = { before { nil } }"), (6, "f()"), (7, "let fs = [{ before { nil } }]\nlet n = 1"),
      (8, "for g in fs { g() }"), (9, "n"), (10, "let d = deferred()\nd.then { _ in a() }"),
      (11, "d.resolve(1)"),
    ])
    #expect([3, 6, 8, 11].allSatisfy(further.guards))
    #expect(!further.guards(1) && !further.guards(9))
    #expect((1...9).filter(cells.surrounds) == [2, 3, 5, 6, 7, 8])
    #expect(CellDependencies([(1, "func p() { before { nil } }\np()")]).guards(1))
  }

  static let examples = [
    Example("nothing", [1: "let a = 1", 2: "a"], [1: "let a = 1", 2: "a"], []),
    Example(
      "an edited cell, what reads it, and what reads that",
      [1: "let a = 1", 2: "let b = a", 3: "b", 4: "5"], [1: "let a = 2", 2: "let b = a", 3: "b", 4: "5"],
      [1, 2, 3]),
    Example("a new cell alone", [1: "let a = 1", 3: "a"], [1: "let a = 1", 2: "a", 3: "a"], [2]),
    Example(
      "a cell that is gone takes nothing along", [1: "let a = 1", 2: "a", 3: "4"], [1: "let a = 1", 3: "4"],
      []),
    Example(
      "what a handler reads is looked up each time", [1: "let a = 1", 2: #"route "/a" { a }"#],
      [1: "let a = 2", 2: #"route "/a" { a }"#], [1]),
    Example(
      "a function that is called", [1: "func f() { 1 }", 2: "f()"], [1: "func f() { 2 }", 2: "f()"], [1, 2]),
    Example(
      "the value of a cell", [1: "10", 2: "Out[1] + 1", 3: "5"], [1: "20", 2: "Out[1] + 1", 3: "5"], [1, 2]),
    Example(
      "an assignment counts below it", [1: "var a = 1", 2: "a", 3: "a += 1", 4: "a"],
      [1: "var a = 1", 2: "a", 3: "a += 2", 4: "a"], [3, 4]),
    Example(
      "a name that goes from one cell to another", [1: "let a = 1", 2: "2", 3: "a"],
      [1: "1", 2: "let a = 2", 3: "a"], [1, 2, 3]),
    Example(
      "a name that a gone cell had taken over", [1: "let a = 1", 2: "let a = 2", 3: "a"],
      [1: "let a = 1", 3: "a"], [1, 3]),
    Example(
      "a name that an edited cell had taken over", [1: "let a = 1", 2: "let a = 2", 3: "a"],
      [1: "let a = 1", 2: "2", 3: "a"], [1, 2, 3]),
    Example(
      "a route that a gone cell had taken over", [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 1 }"#], [1]),
    Example(
      "a name that two cells had taken over, of which one is edited",
      [1: "let a = 1", 2: "let a = 2", 3: "let a = 3"], [1: "let a = 1", 2: "let a = 4", 3: "3"], [1, 2, 3]),
    Example(
      "a route that a cell further down has too", [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 3 }"#, 2: #"route "/a" { 2 }"#], [1, 2]),
    Example(
      "a route that a cell further up has too", [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 3 }"#], [2]),
    Example(
      "the same path with another method is another route",
      [1: #"route GET "/a" { 1 }"#, 2: #"route POST "/a" { 2 }"#],
      [1: #"route GET "/a" { 3 }"#, 2: #"route POST "/a" { 2 }"#], [1]),
    Example(
      "two patterns that match the same paths are one route",
      [1: #"route "/<a>" { a }"#, 2: #"route "/<b>" { b }"#],
      [1: #"route "/<a>" { "x" + a }"#, 2: #"route "/<b>" { b }"#], [1, 2]),
    Example(
      "what a text that can't be parsed would declare", [1: "let a = 1", 2: "a"], [1: "let a = (", 2: "a"],
      [1, 2]),
  ]

  @Test(arguments: examples)
  func whatIsToRunIsWhatChangedAndWhatDependsOnIt(_ example: Example) {
    let before = CellDependencies(cells(example.before))
    let after = CellDependencies(cells(example.after))
    let edited = Set(example.after.filter { example.before[$0.key] != $0.value }.map(\.key))
    #expect(after.affected(by: edited, since: before) == example.affected)
  }

  /// A guard that goes from a group to all routes, or into a group, is replaced by the one that is there then.
  @Test func whatSurroundsRoutesIsReplacedInWhateverGroupItStands() {
    let grouped = CellDependencies([(1, "group \"/g\" { before { 1 } }"), (2, "route \"/\" { 1 }")])
    let everywhere = CellDependencies([(2, "route \"/\" { 1 }"), (3, "before { 1 }")])
    #expect(everywhere.heirs(of: 1, in: grouped) == [3] && grouped.heirs(of: 3, in: everywhere) == [1])
    let other = CellDependencies([(4, "after { nil }"), (5, "cors()")])
    #expect(other.heirs(of: 1, in: grouped) == [])
    #expect(grouped.surrounds(1) && !grouped.surrounds(2) && other.surrounds(5))
  }

  @Test func theOrderIsTheNotebooks() {
    let cells = CellDependencies([(7, "let a = 1"), (2, "a"), (5, "1")])
    #expect(cells.affected(by: [7]) == [7, 2])
    #expect(cells.affected(by: [5, 2]) == [2, 5])
    #expect(cells.affected(by: []) == [])
  }

  @Test func heirsDeclareWhatAnotherCellDid() {
    let before = CellDependencies([(1, "let a = 1\nroute \"/x\" { 1 }"), (2, "let b = 2")])
    let after = CellDependencies([(2, "let b = 2"), (3, "let a = 3"), (4, "route \"/x\" { 4 }"), (5, "a")])
    #expect(after.heirs(of: 1, in: before) == [3, 4])
    #expect(after.heirs(of: 2, in: before) == [])
    #expect(after.heirs(of: 9, in: before) == [])
  }

  private func cells(_ texts: [Int: String]) -> [(number: Int, text: String)] {
    texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
