import Notebooks
import TestSupport
import Testing

@testable import Console

/// Which cells of a file that is read again are which of those before.
struct TrackedCellsTests {
  /// The texts of a file's cells and, after each edit, the number that each has; `3:a` is a cell that the file itself
  /// numbers.
  struct Example: Sendable, CustomStringConvertible {
    let description: String
    let files: [String]
    let numbers: [Int]

    init(_ description: String, _ files: String..., numbers: [Int]) {
      self.description = description
      self.files = files
      self.numbers = numbers
    }
  }

  static let examples = [
    Example("as it was", "a b c", "a b c", numbers: [1, 2, 3]),
    Example("the first edited", "a b c", "x b c", numbers: [1, 2, 3]),
    Example("the last edited", "a b c", "a b x", numbers: [1, 2, 3]),
    Example("one put in front", "a b c", "x a b c", numbers: [4, 1, 2, 3]),
    Example("one put between", "a b c", "a x b c", numbers: [1, 4, 2, 3]),
    Example("one put behind", "a b c", "a b c x", numbers: [1, 2, 3, 4]),
    Example("the first gone", "a b c", "b c", numbers: [2, 3]),
    Example("all gone", "a b c", "", numbers: []),
    Example("the order changed", "a b c d", "d a c b", numbers: [4, 1, 3, 2]),
    Example("one edited and one put in front of all", "a b c", "x a y c", numbers: [4, 1, 2, 3]),
    Example("one edited and the one behind it moved away", "a b c d", "c a y d", numbers: [3, 1, 2, 4]),
    Example("a number is not given twice", "a b", "a", "a x", numbers: [1, 3]),
    Example("the same text twice, the second gone", "a d b d", "a d b", numbers: [1, 2, 3]),
    Example("the same text twice, the first gone", "a d b d", "a b d", numbers: [1, 3, 4]),
    Example("another file altogether", "a b", "x y", numbers: [1, 2]),
    Example("numbers in the file", "1:a 2:b 3:c", "1:a 2:x 3:c", numbers: [1, 2, 3]),
    Example("a numbered one in front", "1:a 2:b", "9:x 1:a 2:b", numbers: [9, 1, 2]),
    Example("numbered ones in another order", "1:a 2:b", "2:a 1:b", numbers: [2, 1]),
    Example("another number is another cell", "1:a 2:b", "1:a 7:b", numbers: [1, 7]),
    Example("numbers written where they were counted", "a b c", "1:a 2:b 3:x", numbers: [1, 2, 3]),
    Example("numbers taken away", "1:a 2:b 3:c", "a x c", numbers: [1, 2, 3]),
    Example(
      "one without a number among those with one", "5:a 7:b", "5:a x 7:b", "5:a y 7:b", numbers: [5, 8, 7]),
    Example("a number that another cell was counted to have", "a b", "a 2:x b", numbers: [1, 2, 3]),
  ]

  @Test(arguments: examples)
  func cellsKeepTheirNumbers(_ example: Example) throws {
    var cells = TrackedCells(try notebook(example.files[0]))
    for file in example.files.dropFirst() { cells = cells.followed(by: try notebook(file)) }
    #expect(cells.cells.map(\.number) == example.numbers)
    let texts = example.files.last?.split(separator: " ").map {
      $0.split(separator: ":").last.map(String.init) ?? ""
    }
    #expect(cells.cells.map(\.source) == texts)
  }

  @Test func whatTheFileNumbersIsKnown() throws {
    let cells = TrackedCells(try notebook("4:a b"))
    #expect(cells.cells.map(\.isNumbered) == [true, false])
    #expect(cells.cells.map(\.number) == [4, 5])
    #expect(cells.cells.map(\.firstLine) == [2, 4])
  }

  @Test(arguments: 0..<300)
  func whateverIsEditedNumbersAreUniqueAndTextsWithoutOneKeepTheirs(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var texts = (0..<Int.random(in: 0...6, using: &random)).map { "t\($0)" }
    var cells = TrackedCells(try notebook(texts.joined(separator: " ")))
    var seen = Dictionary(uniqueKeysWithValues: cells.cells.map { ($0.source, $0.number) })
    var highest = cells.cells.map(\.number).max() ?? 0
    for edit in 0..<8 {
      let before = Set(texts)
      let new = "e\(edit)"
      switch Int.random(in: 0..<4, using: &random) {
      case 0: texts.insert(new, at: Int.random(in: 0...texts.count, using: &random))
      case 1 where !texts.isEmpty: texts[Int.random(in: 0..<texts.count, using: &random)] = new
      case 2 where !texts.isEmpty: texts.remove(at: Int.random(in: 0..<texts.count, using: &random))
      default: texts.shuffle(using: &random)
      }
      cells = cells.followed(by: try notebook(texts.joined(separator: " ")))
      #expect(cells.cells.map(\.source) == texts)
      #expect(Set(cells.cells.map(\.number)).count == texts.count)
      for cell in cells.cells where before.contains(cell.source) { #expect(seen[cell.source] == cell.number) }
      // One that is new has the number of one that is gone, for which it stands, or one that was never given.
      for cell in cells.cells where !before.contains(cell.source) {
        #expect(cell.number > highest || !texts.contains { seen[$0] == cell.number })
        seen[cell.source] = cell.number
      }
      highest = max(highest, cells.cells.map(\.number).max() ?? 0)
    }
  }

  private func notebook(_ file: String) throws -> Notebook {
    let cells = file.split(separator: " ").map { cell in
      let parts = cell.split(separator: ":")
      return parts.count == 2 ? "# %% \(parts[0])\n\(parts[1])\n" : "# %%\n\(cell)\n"
    }
    return try CellsFile.parse(cells.joined(), name: "a.cells")
  }
}
