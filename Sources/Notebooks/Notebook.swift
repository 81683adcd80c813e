import Foundation

/// An ordered list of cells with stable numbers, and the header of the file that they live in.
///
/// A notebook is a plain value. It keeps one promise: every code cell has a number, and no two cells have the
/// same one. Numbers are labels: no operation changes them, and a number that was given up is not given again
/// while the notebook is open.
public struct Notebook: Equatable, Sendable {
  /// The greatest number that a cell can have. A longer run of digits in a marker line is part of its title.
  public static let maximumNumber = 9_999_999

  /// What a new notebook's file begins with, so that Jupyter's tools know its language.
  public static let defaultHeader = """
    # ---
    # jupyter:
    #   kernelspec: {display_name: Routebook, language: routebook, name: routebook}
    # ---


    """

  /// Everything before the file's first cell, as written: header, comments, blank lines; may be empty.
  public var header: String
  public private(set) var cells: [Cell]
  /// The line end of what is added to the file: `\n`, or `\r\n` where the file's first line ends so.
  let newline: String
  /// The greatest number ever in use.
  private var highestNumber: Int

  /// A notebook without cells.
  public init(header: String = Notebook.defaultHeader) {
    self.init(header: header, cells: [], newline: "\n")
  }

  /// What a reader found. The caller has made sure of the notebook's promise.
  init(header: String, cells: [Cell], newline: String) {
    self.header = header
    self.cells = cells
    self.newline = newline
    self.highestNumber = cells.reduce(0) { max($0, $1.number ?? 0) }
  }

  /// Notebooks are equal when their headers and cells are.
  public static func == (one: Notebook, other: Notebook) -> Bool {
    one.header == other.header && one.cells == other.cells
  }

  /// The code cells in order.
  public var codeCells: [Cell] { cells.filter { $0.kind == .code } }

  /// The numbers of the code cells, in the order of the cells.
  public var codeNumbers: [Int] { cells.compactMap { $0.kind == .code ? $0.number : nil } }

  /// The texts of the code cells, by number.
  public var texts: [Int: String] {
    var texts: [Int: String] = [:]
    for cell in cells where cell.kind == .code { texts[cell.number ?? 0] = cell.source }
    return texts
  }

  /// The number that the next new cell gets: one more than any so far, or, where those end, the lowest free one.
  public var nextNumber: Int {
    if highestNumber < Notebook.maximumNumber { return highestNumber + 1 }
    let taken = Set(cells.compactMap(\.number))
    return (1...).first { !taken.contains($0) } ?? Notebook.maximumNumber
  }

  /// The place of the cell with this number.
  public func index(of number: Int) -> Int? {
    cells.firstIndex { $0.number == number }
  }

  /// The cell with this number.
  public subscript(number: Int) -> Cell? {
    index(of: number).map { cells[$0] }
  }

  /// Adds a code cell at the end and gives its number.
  @discardableResult
  public mutating func append(code source: String, title: String = "") -> Int {
    let number = nextNumber
    place(Cell(number: number, title: title, source: source), at: cells.count)
    return number
  }

  /// Puts a cell in at a place, at the end by default; places beyond either end mean that end. A code cell
  /// without a number gets the next free one. Gives the cell as it is now.
  ///
  /// Throws when the cell's number belongs to another cell or is no number for a cell.
  @discardableResult
  public mutating func insert(_ cell: Cell, at index: Int? = nil) throws(NotebookError) -> Cell {
    var cell = cell
    if let number = cell.number {
      guard (1...Notebook.maximumNumber).contains(number) else { throw .badNumber(number) }
      guard self[number] == nil else { throw .numberTaken(number) }
    } else if cell.kind == .code {
      cell.number = nextNumber
    }
    place(cell, at: min(max(index ?? cells.count, 0), cells.count))
    return cell
  }

  /// Takes a cell out and gives it back. Throws when there is no such cell.
  @discardableResult
  public mutating func delete(_ number: Int) throws(NotebookError) -> Cell {
    cells.remove(at: try place(of: number))
  }

  /// Moves a cell to a place among the others; places beyond either end mean that end. It keeps its number.
  ///
  /// Throws when there is no such cell.
  public mutating func move(_ number: Int, to index: Int) throws(NotebookError) {
    let cell = cells.remove(at: try place(of: number))
    cells.insert(cell, at: min(max(index, 0), cells.count))
  }

  /// Replaces a cell's source. Throws when there is no such cell.
  public mutating func replace(_ number: Int, source: String) throws(NotebookError) {
    try update(number) { $0.source = source }
  }

  /// Changes a cell in place: title, metadata, source, stored outputs. Its number and kind stay, whatever
  /// `change` does to them. Throws when there is no such cell.
  public mutating func update(_ number: Int, _ change: (inout Cell) -> Void) throws(NotebookError) {
    let index = try place(of: number)
    let kind = cells[index].kind
    change(&cells[index])
    cells[index].number = number
    cells[index].kind = kind
  }

  private mutating func place(_ cell: Cell, at index: Int) {
    cells.insert(cell, at: index)
    highestNumber = max(highestNumber, cell.number ?? 0)
  }

  private func place(of number: Int) throws(NotebookError) -> Int {
    guard let index = index(of: number) else {
      throw .noCell(number, existing: cells.compactMap(\.number).sorted())
    }
    return index
  }
}

/// Why a notebook refused a change.
public enum NotebookError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no cell with this number; `existing` are those there are, in ascending order.
  case noCell(Int, existing: [Int])
  /// Another cell has this number.
  case numberTaken(Int)
  /// A cell's number is from 1 to `Notebook.maximumNumber`.
  case badNumber(Int)

  public var description: String {
    switch self {
    case .noCell(let number, let existing):
      existing.isEmpty
        ? "there is no cell \(number): no cell has a number yet"
        : "there is no cell \(number): the notebook has \(NotebookError.ranges(existing))"
    case .numberTaken(let number):
      "there is a cell \(number) already: choose another number, or leave it out to get the next free one"
    case .badNumber(let number):
      "\(number) is no number for a cell: they go from 1 to \(Notebook.maximumNumber)"
    }
  }

  /// `1-3, 7, 9-10` for ascending numbers; at most eight ranges, then an ellipsis.
  private static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let shown = ranges.prefix(8).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    return shown.joined(separator: ", ") + (ranges.count > 8 ? ", …" : "")
  }
}
