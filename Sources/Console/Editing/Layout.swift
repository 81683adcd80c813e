import CEditline

/// One row of the screen: its text with escape sequences, and how many columns it takes.
struct Row: Equatable, Sendable {
  var text = ""
  var width = 0
  /// Whether the line goes on in the next row because the window ends here.
  var isWrapped = false
}

/// A cell being typed and what is shown with it.
struct Block: Sendable {
  var prompt = ""
  var continuation = ""
  /// The cell in Unicode scalars; `\n` separates its lines.
  var text: [UInt32] = []
  var cursor = 0
  /// Stretches of `text` that are not plain, in order, without overlap.
  var styles: [(range: Range<Int>, style: Style)] = []
  /// Places whose look differs from that of what is around them: brackets that are shown.
  var marks: [(position: Int, mark: Mark)] = []
  /// What a search has found.
  var found: Range<Int>?
  /// Shown behind the text, on what is left of the row: what accepting the suggestion would add.
  var suggestion: [UInt32] = []
  /// Rows below the text: a menu, a search. Each is cut to the window.
  var footer: [StyledText] = []
  var usesColor = false

  enum Mark: Sendable {
    /// One of two brackets that belong together.
    case paired
    /// A closing bracket that closes nothing.
    case wrong

    func over(_ style: Style) -> Style {
      var style = style
      style.isBold = true
      if self == .paired { style.isUnderlined = true } else { style.color = .red }
      return style
    }
  }

  static let promptStyle = Style(.green, bold: true)
  static let continuationStyle = Style(.green)

  /// The prompt of lines after the first, as wide as the first one's: `   ...: ` under `In [3]: `.
  static func continuation(of prompt: String) -> String {
    let width = Layout.width(of: prompt)
    return width < 5
      ? String(repeating: " ", count: width) : String(repeating: " ", count: width - 5) + "...: "
  }
}

/// Where everything of a block stands on a screen.
struct Layout: Equatable, Sendable {
  var rows: [Row]
  var cursorRow: Int
  var cursorColumn: Int
  /// Columns from one tab stop to the next, counted from the prompt.
  static let tabWidth = 4

  /// The C library knows widths only in a locale of UTF-8; this makes it one, whatever `LANG` says.
  private static let knowsWidths = ceditline_use_utf8() != 0

  /// Columns of a character as the terminal counts them: control characters count as none, characters that the C
  /// library does not know yet as one.
  static func width(of scalar: UInt32) -> Int {
    if scalar >= 0x20, scalar < 0x7F { return 1 }
    guard knowsWidths, !Sanitizer.isControl(scalar) else { return 0 }
    let width = Int(ceditline_width(scalar))
    return width < 0 ? 1 : width
  }

  static func width(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width(of: $1.value) } }

  /// Lays out the rows around the cursor, `height` at most. All rows come where `height` is nil.
  init(_ block: Block, columns: Int, height: Int?) {
    let columns = max(columns, 4)
    let footerCount = height.map { min(block.footer.count, max(0, $0 - 1)) } ?? 0
    let textHeight = height.map { max(1, $0 - footerCount) }
    var maker = RowMaker(block: block, columns: columns)

    maker.lay(
      textHeight.map { Self.visible(of: block.text, around: block.cursor, rows: $0) } ?? 0..<block.text.count)
    var rows = maker.rows
    var cursorRow = maker.cursorRow
    if let textHeight, rows.count > textHeight {
      let top = min(max(0, cursorRow - textHeight / 2), rows.count - textHeight)
      rows = Array(rows[top..<(top + textHeight)])
      cursorRow -= top
    }
    rows += block.footer.prefix(footerCount).map { Self.row($0, columns: columns, color: block.usesColor) }
    self.rows = rows
    self.cursorRow = cursorRow
    self.cursorColumn = maker.cursorColumn
  }

  /// A few rows by themselves; the cursor, which nobody sees, stands before the last: wherever a terminal breaks the
  /// row when its window changes, it is found there.
  init(lines: [StyledText], columns: Int, color: Bool) {
    rows = lines.map { Self.row($0, columns: columns, color: color) }
    cursorRow = max(0, rows.count - 1)
    cursorColumn = 0
  }

  /// Text on one row, cut where the window ends.
  static func row(_ text: StyledText, columns: Int, color: Bool) -> Row {
    var row = Row()
    for span in text.spans {
      var kept = String.UnicodeScalarView()
      for scalar in Sanitizer.visible(span.text).unicodeScalars {
        let scalar = scalar == "\n" || scalar == "\t" ? " " : scalar
        let width = width(of: scalar.value)
        guard row.width + width <= columns - 1 else { break }
        kept.append(scalar)
        row.width += width
      }
      row.text += StyledText(String(kept), span.style).rendered(color: color)
    }
    return row
  }

  /// The rows as text that the terminal wraps itself, so that a line copied from it later is one line.
  var text: String { rows.reduce(into: "") { $0 += $1.text + ($1.isWrapped ? "" : "\r\n") } }

  /// What of a text may be seen in so many rows around the cursor, which is in their middle where there is text enough:
  /// each line takes a row at least.
  static func visible(of text: [UInt32], around cursor: Int, rows: Int) -> Range<Int> {
    // Where one side has too little for its half, the other one has more.
    let above = lineStart(text, from: cursor, lines: rows).lines
    let below = lineEnd(text, from: cursor, lines: rows).lines
    let start = lineStart(text, from: cursor, lines: max(rows / 2, rows - 1 - below)).position
    let end = lineEnd(text, from: cursor, lines: max(rows / 2, rows - 1 - above)).position
    return start..<end
  }

  /// Where the line begins that is so many above, and how many are above, no more than these.
  private static func lineStart(_ text: [UInt32], from position: Int, lines: Int) -> (
    position: Int, lines: Int
  ) {
    var index = position
    var passed = 0
    while index > 0 {
      if text[index - 1] == 10 {
        if passed == lines { break }
        passed += 1
      }
      index -= 1
    }
    return (index, passed)
  }

  /// The same of the lines below.
  private static func lineEnd(_ text: [UInt32], from position: Int, lines: Int) -> (position: Int, lines: Int)
  {
    var index = position
    var passed = 0
    while index < text.count {
      if text[index] == 10 {
        if passed == lines { break }
        passed += 1
      }
      index += 1
    }
    return (index, passed)
  }
}

/// Breaks a block's text into rows.
private struct RowMaker {
  let block: Block
  let columns: Int
  var rows: [Row] = []
  var row = Row()
  var style = Style.plain
  var cursorRow = 0
  var cursorColumn = 0

  init(block: Block, columns: Int) {
    self.block = block
    self.columns = columns
  }

  mutating func lay(_ range: Range<Int>) {
    begin(isFirst: range.lowerBound == 0)
    var nextStyle = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let next = Clusters.end(block.text, from: index)
      if (index..<next).contains(block.cursor) { placeCursor() }
      defer { index = next }
      if block.text[index] == 10 {
        end()
        begin(isFirst: false)
        continue
      }
      while nextStyle < block.styles.count, block.styles[nextStyle].range.upperBound <= index {
        nextStyle += 1
      }
      let hasStyle = nextStyle < block.styles.count && block.styles[nextStyle].range.contains(index)
      var style = hasStyle ? block.styles[nextStyle].style : .plain
      for (position, mark) in block.marks where position == index { style = mark.over(style) }
      if let found = block.found, found.contains(index) { style.isReversed = true }
      put(block.text[index..<next], style)
    }
    if block.cursor == range.upperBound { placeCursor() }
    if range.upperBound == block.text.count { suggest() }
    end()
  }

  private mutating func put(_ cluster: ArraySlice<UInt32>, _ style: Style) {
    if cluster.count > 1, Clusters.isComposedEmoji(cluster), !cluster.contains(where: Sanitizer.isControl) {
      putEmoji(cluster, style)
    } else {
      for scalar in cluster { put(scalar, style) }
    }
  }

  /// Some terminals show it as one character, others as several in a row. So the columns that it may need are kept
  /// free, and what follows is put where it belongs, whichever it is: where the emoji ends as one character.
  private mutating func putEmoji(_ cluster: ArraySlice<UInt32>, _ style: Style) {
    let width = Clusters.width(cluster)
    let needed = max(width, Clusters.widest(cluster))
    if row.width + needed >= columns, row.width > 0 { end(isWrapped: row.width + width > columns) }
    guard row.width + needed < columns else {
      // The window is too narrow for it: its first character stands for all.
      return put(cluster.first!, style)
    }
    change(to: style)
    row.text.unicodeScalars.append(contentsOf: cluster.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
    row.width += width
    row.text += "\u{1B}[K\u{1B}[\(row.width + 1)G\u{1B}[K"
  }

  /// Prompts take half of the window at most; a narrower one gets a short prompt.
  private mutating func begin(isFirst: Bool) {
    var prompt = isFirst ? block.prompt : block.continuation
    if Layout.width(of: block.prompt) > columns / 2 { prompt = columns < 8 ? "" : isFirst ? "> " : ". " }
    change(to: isFirst ? Block.promptStyle : Block.continuationStyle)
    row.text += Sanitizer.visible(prompt)
    row.width = Layout.width(of: prompt)
    change(to: .plain)
  }

  private mutating func end(isWrapped: Bool = false) {
    change(to: .plain)
    row.isWrapped = isWrapped
    rows.append(row)
    row = Row()
  }

  private mutating func change(to new: Style) {
    guard block.usesColor, new != style else { return }
    row.text += new == .plain ? Style.reset : new.escape
    style = new
  }

  private mutating func placeCursor() {
    if row.width >= columns { end(isWrapped: true) }
    cursorRow = rows.count
    cursorColumn = row.width
  }

  private mutating func put(_ scalar: UInt32, _ wanted: Style) {
    if scalar == 9 {
      let width = Layout.tabWidth - (row.width % Layout.tabWidth)
      for _ in 0..<width { put(" ", 1, wanted) }
    } else if Sanitizer.isControl(scalar) {
      let spelling =
        scalar < 0x20 ? "^" + String(Character(Unicode.Scalar(scalar + 64)!)) : Sanitizer.spelling(scalar)
      for character in spelling.unicodeScalars { put(character, 1, .reversed) }
    } else {
      put(Unicode.Scalar(scalar) ?? "\u{FFFD}", Layout.width(of: scalar), wanted)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar, _ width: Int, _ wanted: Style) {
    // A combining mark has no width and stays with the character before it, at the end of a row too.
    if row.width + width > columns { end(isWrapped: true) }
    change(to: wanted)
    row.text.unicodeScalars.append(scalar)
    row.width += width
  }

  private mutating func suggest() {
    guard block.usesColor, block.cursor == block.text.count else { return }
    for scalar in block.suggestion {
      let isLast = scalar == 10
      let shown: UInt32 = isLast ? 0x2026 : scalar == 9 ? 0x20 : scalar
      let width = Layout.width(of: shown)
      guard !Sanitizer.isControl(shown), row.width + width < columns else { return }
      put(Unicode.Scalar(shown) ?? "\u{FFFD}", width, .dim)
      if isLast { return }
    }
  }
}
