/// Columns and rows of a window, each at least 1.
struct WindowSize: Equatable, Sendable {
  var columns: Int
  var rows: Int
}

/// Knows what of ours is on the screen and writes what changes it: only rows that differ, in one piece of text,
/// inside a synchronized update, so that no half-painted block is ever seen.
///
/// The block never takes more rows than the window has, so its first row is always reachable with relative moves,
/// and no question need be put to the terminal.
struct Painter: Sendable {
  private var shown: [Row] = []
  private var cursorRow = 0
  private var cursorColumn = 0
  private var size = WindowSize(columns: 80, rows: 24)

  var isEmpty: Bool { shown.isEmpty }

  static let beginUpdate = "\u{1B}[?2026h\u{1B}[?25l"
  static let endUpdate = "\u{1B}[?25h\u{1B}[?2026l"

  /// What changes the screen to this layout; empty where it shows it already. `adapt` comes before.
  mutating func paint(_ layout: Layout) -> String {
    if shown == layout.rows, cursorRow == layout.cursorRow, cursorColumn == layout.cursorColumn { return "" }
    var out = ""
    var (row, column) = (cursorRow, cursorColumn)
    for (index, new) in layout.rows.enumerated() {
      let old = index < shown.count ? shown[index] : nil
      if old == new { continue }
      out += Self.move(from: row, to: index, last: max(0, shown.count - 1, row))
      out += new.text
      // At the right margin the cursor stands on the last column: erasing there would take its character away.
      if new.width < size.columns, old.map({ $0.width > new.width }) ?? false { out += "\u{1B}[K" }
      (row, column) = (index, new.width)
    }
    if shown.count > layout.rows.count {
      out += Self.move(from: row, to: layout.rows.count, last: shown.count - 1) + "\u{1B}[J"
      (row, column) = (layout.rows.count, 0)
    }
    if (row, column) != (layout.cursorRow, layout.cursorColumn) {
      out += Self.move(from: row, to: layout.cursorRow, last: layout.rows.count - 1)
      if layout.cursorColumn > 0 { out += "\u{1B}[\(layout.cursorColumn)C" }
    }
    shown = layout.rows
    cursorRow = layout.cursorRow
    cursorColumn = layout.cursorColumn
    return out
  }

  /// What takes the block off the screen and leaves the cursor where it began.
  mutating func erase() -> String {
    guard !shown.isEmpty else { return "" }
    let out = Self.move(from: cursorRow, to: 0, last: 0) + "\u{1B}[J"
    forget()
    return out
  }

  /// What leaves the block on the screen for good, with the cursor on the line below it.
  mutating func leave() -> String {
    guard !shown.isEmpty else { return "" }
    let out = Self.move(from: cursorRow, to: shown.count - 1, last: shown.count - 1) + "\r\n"
    forget()
    return out
  }

  /// What takes the block off a window that has changed its size since it was painted; empty where it has not.
  /// Terminals break rows that no longer fit, so the cursor stands as many rows further down as those breaks made.
  mutating func adapt(to size: WindowSize) -> String {
    guard size != self.size else { return "" }
    self.size = size
    guard !shown.isEmpty else { return "" }
    let above = shown[..<cursorRow].reduce(0) { $0 + max(1, ($1.width + size.columns - 1) / size.columns) }
    // Behind a row that fills its line to the end the cursor is still in that line, as it would be had it been typed
    // there. One line too far would take away what is none of ours.
    let isBehind = cursorColumn > 0 && cursorColumn == shown[cursorRow].width
    let up = min(above + (cursorColumn - (isBehind ? 1 : 0)) / size.columns, size.rows - 1)
    forget()
    return "\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[J"
  }

  /// Begins anew where the cursor is: somebody else has written to the screen.
  mutating func forget() {
    shown = []
    cursorRow = 0
    cursorColumn = 0
  }

  /// Moves to the first column of a row. Below the last one that exists, newlines make room; they scroll where a
  /// cursor movement would stop.
  private static func move(from row: Int, to target: Int, last: Int) -> String {
    var out = ""
    if target < row {
      out = "\u{1B}[\(row - target)A"
    } else if target > row {
      let existing = min(target, last) - row
      if existing > 0 { out = "\u{1B}[\(existing)B" }
      return out + (target > last ? "\r" + String(repeating: "\n", count: target - max(row, last)) : "\r")
    }
    return out + "\r"
  }
}
