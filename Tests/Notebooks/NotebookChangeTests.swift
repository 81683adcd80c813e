import TestSupport
import Testing

@testable import Notebooks

private func notebook(_ sources: String...) -> Notebook {
  var notebook = Notebook()
  for source in sources { notebook.append(code: source) }
  return notebook
}

private func listed(_ notebook: Notebook) -> [String] {
  notebook.cells.map { "\($0.number.map(String.init) ?? "-") \($0.source)" }
}

extension Notebook {
  /// Makes changes again that were made in another notebook, or in this one as it is.
  mutating func restore(_ changes: [NotebookChange], madeIn base: Notebook? = nil)
    -> [NotebookChange]
  {
    var order = CellOrder((base ?? self).order)
    for change in changes { order.follow(change) }
    return restore(changes, inOrder: order.cells)
  }
}

@Test("Each change can be taken back", arguments: 0..<100)
func inverses(seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  var notebook = notebook("a", "b", "c", "d")
  _ = try notebook.insert(Cell(kind: .markdown, source: "text"), at: 2)
  var states: [[Cell]] = []
  var inverses: [NotebookChange] = []
  for step in 0..<30 {
    guard let number = notebook.codeNumbers.randomElement(using: &random), let cell = notebook[number] else {
      break
    }
    let place = Int.random(in: 0...notebook.cells.count, using: &random)
    let change: NotebookChange =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: .added(Cell(source: "new \(step)"), at: place)
      case 1: .removed(cell)
      case 2: .edited(number, from: cell.source, to: "edited \(step)")
      default: .moved(number, to: place)
      }
    states.append(notebook.cells)
    inverses.append(try notebook.apply(change))
  }
  for (state, inverse) in zip(states, inverses).reversed() {
    try notebook.apply(inverse)
    #expect(notebook.cells == state)
  }
}

@Test("What names a cell that is not there is refused")
func refusedChanges() {
  var notebook = notebook("a")
  for change in [
    NotebookChange.removed(Cell(number: 7, source: "x")), .edited(7, from: "", to: "x"), .moved(7, to: 0),
    .added(Cell(number: 1, source: "x"), at: 0),
  ] {
    #expect(throws: NotebookError.self) { try notebook.apply(change) }
  }
  #expect(listed(notebook) == ["1 a"])
}

@Test("Changes are made again in the notebook that they were made in")
func restoringAll() throws {
  var first = notebook("a", "b", "c")
  let changes: [NotebookChange] = [
    .added(Cell(number: 4, source: "d"), at: 1), .edited(2, from: "b", to: "B"),
    .removed(Cell(number: 3, source: "c")), .moved(1, to: 2), .edited(4, from: "d", to: "D"),
  ]
  for change in changes { try first.apply(change) }
  var second = notebook("a", "b", "c")
  #expect(second.restore(changes) == changes)
  #expect(listed(second) == listed(first))
  #expect(listed(second) == ["4 D", "2 B", "1 a"])
  // A second time there is nothing left to do.
  #expect(
    second.restore([.added(Cell(number: 4, source: "D"), at: 1), changes[1], changes[2], changes[3]]) == [])
}

/// They came to the end in the order in which they were entered last, and what reads stood before what declares.
@Test(
  "What comes back beside cells that were entered since stands in the order that it had",
  arguments: [
    // %insert 1
    (
      [.added(Cell(number: 1, source: "b"), at: 0), .added(Cell(number: 2, source: "a"), at: 0)],
      ["3 a", "2 b"]
    ),
    // %delete 1 and %undo
    (
      [
        .added(Cell(number: 1, source: "x"), at: 0), .added(Cell(number: 2, source: "y"), at: 1),
        .added(Cell(number: 3, source: "z"), at: 2), .removed(Cell(number: 1, source: "x")),
        .added(Cell(number: 1, source: "x"), at: 0),
      ], ["5 x", "3 y", "4 z"]
    ),
    // %move 3 1 and %move 1 end
    (
      [
        .added(Cell(number: 1, source: "x"), at: 0), .added(Cell(number: 2, source: "y"), at: 1),
        .added(Cell(number: 3, source: "z"), at: 2), .moved(3, to: 0), .moved(1, to: 2),
      ], ["4 z", "3 y", "2 x"]
    ),
    // The same text twice is two cells.
    (
      [.added(Cell(number: 1, source: "x"), at: 0), .added(Cell(number: 2, source: "x"), at: 1)],
      ["2 x", "3 x"]
    ),
  ] as [([NotebookChange], [String])])
func restoringBesideOthers(_ changes: [NotebookChange], _ expected: [String]) {
  var present = notebook("just looking")
  let made = present.restore(changes, madeIn: Notebook())
  #expect(listed(present) == ["1 just looking"] + expected)
  // What is journalled again comes to the same.
  var again = notebook("just looking")
  _ = again.restore(made)
  #expect(listed(again) == listed(present))
}

@Test("What comes back into a file goes beside the cells of the file that it stood at")
func restoringBesideCellsOfTheFile() throws {
  let base = notebook("a", "b")
  var present = base
  try present.insert(Cell(number: 3, source: "new"), at: 1)
  _ = present.restore(
    [
      .added(Cell(number: 3, source: "c"), at: 2), .added(Cell(number: 4, source: "first"), at: 0),
      .moved(2, to: 0),
    ],
    madeIn: base)
  #expect(listed(present) == ["2 b", "5 first", "1 a", "3 new", "4 c"])
}

@Test("What has come into the notebook since is neither replaced nor removed")
func restoringElsewhere() {
  var other = notebook("A", "b by somebody", "c by somebody", "mine")
  let made = other.restore([
    .added(Cell(number: 4, source: "d"), at: 0), .edited(4, from: "d", to: "D"),
    .edited(2, from: "b", to: "B"), .edited(2, from: "B", to: "B!"), .removed(Cell(number: 3, source: "c")),
    .removed(Cell(number: 99, source: "gone")), .moved(77, to: 0), .edited(77, from: "x", to: "X"),
  ])
  #expect(listed(other) == ["1 A", "2 b by somebody", "3 c by somebody", "4 mine", "5 D", "6 B!", "7 X"])
  // What is journalled again says how it was made here.
  var again = notebook("A", "b by somebody", "c by somebody", "mine")
  _ = again.restore(made)
  #expect(listed(again) == listed(other))
}
