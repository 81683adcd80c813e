/// A terminal's screen: takes the bytes that programs write and holds what a person would see.
///
/// It knows what line editors, shells and pagers use of ECMA-48 and xterm: cursor movements, erasing, scrolling and
/// margins, insertion and deletion, colours and attributes of each cell, wide and combining characters, the
/// alternate screen, bracketed paste and synchronized updates. Rows that leave at the top are kept. A change of
/// width breaks and joins wrapped lines again, as today's terminals do.
public struct Screen: Sendable {
  /// One column. A wide character takes two; the second is empty.
  public struct Cell: Equatable, Sendable {
    public var text = " "
    public var style: Set<Int> = []
    var isContinuation = false
  }

  struct Line: Equatable, Sendable {
    var cells: [Cell]
    /// Whether the next row goes on with this line because it did not fit.
    var isWrapped = false
    /// Columns that have been written to.
    var used = 0

    init(columns: Int) { cells = Array(repeating: Cell(), count: columns) }

    var text: String {
      var text = cells.filter { !$0.isContinuation }.map(\.text).joined()
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  private struct Picture: Sendable {
    var lines: [Line]
    var row: Int
    var column: Int
  }

  public private(set) var columns: Int
  public private(set) var rows: Int
  var grid: [Line]
  var history: [Line] = []
  var row = 0
  var column = 0
  /// Whether the last column was written to and the next character goes to the next row.
  var wrapIsPending = false
  var style: Set<Int> = []
  var top = 0
  var bottom: Int
  private var saved: (row: Int, column: Int) = (0, 0)
  private var mainGrid: [Line]?
  private var frozen: Picture?
  private var parser = ScreenParser()

  /// Whether pasted text is asked to come between marks (mode 2004).
  public private(set) var bracketsPaste = false
  public private(set) var isCursorVisible = true
  /// Whether an update is under way: what is seen is what was there before it.
  public var isUpdating: Bool { frozen != nil }
  /// Whether characters that belong together (an emoji with a skin tone, a family) are shown as one, as newer terminals
  /// do; in the others each takes its own columns.
  public var joinsClusters = false
  /// How many times the bell has rung.
  public internal(set) var bells = 0
  /// What the terminal has to answer to questions; whoever reads it clears it.
  public var answers: [UInt8] = []
  /// Rows that left at the top are kept up to this number.
  public static let historyLimit = 100_000

  public init(columns: Int = 80, rows: Int = 24) {
    self.columns = columns
    self.rows = rows
    grid = Array(repeating: Line(columns: columns), count: rows)
    bottom = rows - 1
  }

  // MARK: What is seen

  private var seen: Picture { frozen ?? Picture(lines: grid, row: row, column: column) }

  /// The rows, without spaces at their ends.
  public var lines: [String] { seen.lines.map(\.text) }

  /// The rows down to the last one that is not empty, joined by newlines.
  public var text: String {
    var lines = lines
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// The rows that have scrolled off the top, oldest first.
  public var scrolledLines: [String] { history.map(\.text) }

  /// What has scrolled off the top, and the screen.
  public var fullText: String { (history.map(\.text) + [text]).joined(separator: "\n") }

  /// Where the cursor is, counted from 0.
  public var cursor: (row: Int, column: Int) { (seen.row, seen.column) }

  /// The row the cursor is in.
  public var cursorLine: String { lines[min(seen.row, rows - 1)] }

  /// The cell at a place: its text, and its attributes as SGR codes.
  public func cell(row: Int, column: Int) -> Cell { seen.lines[row].cells[column] }

  /// The attributes of the first place where a text is seen, or nil.
  public func style(of text: String) -> Set<Int>? {
    for line in seen.lines {
      for start in line.cells.indices {
        var rest = Substring(text)
        for cell in line.cells[start...] where !cell.isContinuation && !rest.isEmpty {
          guard rest.hasPrefix(cell.text) else { break }
          rest = rest.dropFirst(cell.text.count)
        }
        if rest.isEmpty { return line.cells[start].style }
      }
    }
    return nil
  }

  // MARK: What programs write

  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      for action in parser.next(byte) { perform(action) }
    }
  }

  public mutating func feed(_ text: String) { feed(text.utf8) }

  mutating func setMode(_ mode: Int, _ isOn: Bool) {
    switch mode {
    case 25: isCursorVisible = isOn
    case 2004: bracketsPaste = isOn
    case 2026:
      if isOn { if frozen == nil { frozen = seen } } else { frozen = nil }
    case 47, 1047, 1049:
      if isOn, mainGrid == nil {
        saveCursor()
        mainGrid = grid
        grid = Array(repeating: Line(columns: columns), count: rows)
      } else if !isOn, let main = mainGrid {
        grid = main
        mainGrid = nil
        restoreCursor()
      }
    default: break
    }
  }

  mutating func saveCursor() { saved = (row, column) }

  mutating func restoreCursor() { moveTo(saved.row, saved.column) }

  mutating func moveTo(_ row: Int, _ column: Int) {
    self.row = min(max(0, row), rows - 1)
    self.column = min(max(0, column), columns - 1)
    wrapIsPending = false
  }

  // MARK: Another size

  public mutating func resize(columns newColumns: Int, rows newRows: Int) {
    frozen = nil
    wrapIsPending = false
    var isBehind = false
    if mainGrid != nil {
      // Programs on the alternate screen paint it anew; nothing is broken or joined there.
      grid = Self.cut(grid, columns: newColumns, rows: newRows)
      mainGrid = Self.cut(mainGrid!, columns: newColumns, rows: newRows)
    } else {
      isBehind = reflow(columns: newColumns, rows: newRows)
    }
    columns = newColumns
    rows = newRows
    top = 0
    bottom = newRows - 1
    moveTo(row, column)
    wrapIsPending = isBehind
  }

  private static func cut(_ lines: [Line], columns: Int, rows: Int) -> [Line] {
    let fitted = lines.prefix(rows).map { line in
      var line = line
      line.cells = Array(line.cells.prefix(columns))
      line.cells += Array(repeating: Cell(), count: columns - line.cells.count)
      line.used = min(line.used, columns)
      return line
    }
    return fitted + Array(repeating: Line(columns: columns), count: rows - fitted.count)
  }

  /// Breaks and joins lines for another width. Gives whether the next character goes to a line of its own.
  private mutating func reflow(columns newColumns: Int, rows newRows: Int) -> Bool {
    var all = history + grid
    let cursorIndex = history.count + row
    while all.count > cursorIndex + 1, all.last!.used == 0 { all.removeLast() }
    var result: [Line] = []
    var newRow = 0
    var newColumn = 0
    var cells: [Cell] = []
    var cursorOffset: Int?
    var isBehind = false
    for (index, line) in all.enumerated() {
      if index == cursorIndex { cursorOffset = cells.count + column }
      cells += line.cells.prefix(line.isWrapped ? columns : line.used)
      if line.isWrapped, index + 1 < all.count { continue }
      let first = result.count
      result += Self.broken(cells, columns: newColumns)
      if let offset = cursorOffset {
        // Behind a text that fills its line the cursor stays in that line, as in tmux.
        isBehind = offset > 0 && offset == cells.count && offset % newColumns == 0
        newRow = first + offset / newColumns - (isBehind ? 1 : 0)
        newColumn = isBehind ? newColumns - 1 : offset % newColumns
        while result.count <= newRow { result.append(Line(columns: newColumns)) }
      }
      cells = []
      cursorOffset = nil
    }
    // The cursor stays in the window; what is below it and finds no room is gone.
    let firstShown = min(newRow, max(0, result.count - newRows))
    history = Array(result[..<firstShown])
    grid = Array(result[firstShown...].prefix(newRows))
    while grid.count < newRows { grid.append(Line(columns: newColumns)) }
    row = newRow - firstShown
    column = newColumn
    return isBehind
  }

  private static func broken(_ cells: [Cell], columns: Int) -> [Line] {
    var lines: [Line] = []
    var line = Line(columns: columns)
    for (index, cell) in cells.enumerated() {
      let isWide = index + 1 < cells.count && cells[index + 1].isContinuation
      if line.used + (isWide ? 2 : 1) > columns, !cell.isContinuation {
        line.isWrapped = true
        lines.append(line)
        line = Line(columns: columns)
      }
      if line.used < columns {
        line.cells[line.used] = cell
        line.used += 1
      }
    }
    return lines + [line]
  }
}
