extension Screen {
  mutating func perform(_ action: ScreenParser.Action) {
    switch action {
    case .print(let scalar): put(scalar)
    case .control(let byte): control(byte)
    case .escape(let byte): escape(byte)
    case .sequence(let mark, let numbers, let final): sequence(mark, numbers, final)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = min(Self.width(of: scalar), columns)
    if joinsClusters, width > 0, joinsLast(scalar) { return }
    if width == 0 {
      // It belongs to the character before it.
      var at = wrapIsPending ? column : column - 1
      while at > 0, grid[row].cells[at].isContinuation { at -= 1 }
      if at >= 0 { grid[row].cells[at].text.unicodeScalars.append(scalar) }
      return
    }
    if wrapIsPending || column + width > columns {
      grid[row].isWrapped = true
      column = 0
      wrapIsPending = false
      lineFeed()
    }
    grid[row].cells[column] = Cell(text: String(scalar), style: style)
    if width == 2 { grid[row].cells[column + 1] = Cell(text: "", style: style, isContinuation: true) }
    column += width
    grid[row].used = max(grid[row].used, column)
    if column >= columns {
      column = columns - 1
      wrapIsPending = true
    }
  }

  /// Adds a character to the one before the cursor, where both are one for a reader. Two halves of a flag take a column
  /// each in any terminal.
  private mutating func joinsLast(_ scalar: Unicode.Scalar) -> Bool {
    var at = wrapIsPending ? column : column - 1
    while at > 0, grid[row].cells[at].isContinuation { at -= 1 }
    guard at >= 0, !(0x1F1E6...0x1F1FF).contains(scalar.value) else { return false }
    let joined = grid[row].cells[at].text + String(scalar)
    guard joined.count == 1 else { return false }
    grid[row].cells[at].text = joined
    return true
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x07: bells += 1
    case 0x08: moveTo(row, column - 1)
    case 0x09: moveTo(row, (column / 8 + 1) * 8)
    case 0x0A...0x0C:
      wrapIsPending = false
      lineFeed()
    case 0x0D: moveTo(row, 0)
    default: break
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "7"): saveCursor()
    case UInt8(ascii: "8"): restoreCursor()
    case UInt8(ascii: "D"): lineFeed()
    case UInt8(ascii: "E"):
      moveTo(row, 0)
      lineFeed()
    case UInt8(ascii: "M"): if row == top { scrollDown(1) } else { moveTo(row - 1, column) }
    case UInt8(ascii: "c"): self = Screen(columns: columns, rows: rows)
    default: break
    }
  }

  private mutating func lineFeed() {
    if row == bottom { scrollUp(1) } else if row < rows - 1 { row += 1 }
  }

  private mutating func scrollUp(_ count: Int) {
    for _ in 0..<min(count, bottom - top + 1) {
      let line = grid.remove(at: top)
      if top == 0 { history.append(line) }
      grid.insert(Line(columns: columns), at: bottom)
    }
    if history.count > Self.historyLimit + 1_000 { history.removeFirst(1_000) }
  }

  private mutating func scrollDown(_ count: Int) {
    for _ in 0..<min(count, bottom - top + 1) {
      grid.remove(at: bottom)
      grid.insert(Line(columns: columns), at: top)
    }
  }

  private mutating func sequence(_ mark: UInt8, _ numbers: [Int], _ final: UInt8) {
    func number(_ index: Int, _ usual: Int) -> Int {
      index < numbers.count && numbers[index] >= 0 ? numbers[index] : usual
    }
    let count = max(1, number(0, 1))
    switch (mark, final) {
    case (0, UInt8(ascii: "A")): moveTo(max(row - count, row >= top ? top : 0), column)
    case (0, UInt8(ascii: "B")): moveTo(min(row + count, row <= bottom ? bottom : rows - 1), column)
    case (0, UInt8(ascii: "C")): moveTo(row, column + count)
    case (0, UInt8(ascii: "D")): moveTo(row, column - count)
    case (0, UInt8(ascii: "E")): moveTo(row + count, 0)
    case (0, UInt8(ascii: "F")): moveTo(row - count, 0)
    case (0, UInt8(ascii: "G")), (0, UInt8(ascii: "`")): moveTo(row, count - 1)
    case (0, UInt8(ascii: "d")): moveTo(count - 1, column)
    case (0, UInt8(ascii: "H")), (0, UInt8(ascii: "f")): moveTo(count - 1, max(1, number(1, 1)) - 1)
    case (0, UInt8(ascii: "J")): eraseScreen(number(0, 0))
    case (0, UInt8(ascii: "K")): eraseLine(number(0, 0))
    case (0, UInt8(ascii: "L")), (0, UInt8(ascii: "M")):
      guard (top...bottom).contains(row) else { return }
      let oldTop = top
      top = row
      if final == UInt8(ascii: "L") { scrollDown(count) } else { deleteLines(count) }
      top = oldTop
    case (0, UInt8(ascii: "P")):
      let gone = min(count, columns - column)
      grid[row].cells.removeSubrange(column..<(column + gone))
      grid[row].cells += Array(repeating: Cell(), count: gone)
    case (0, UInt8(ascii: "@")):
      grid[row].cells.insert(
        contentsOf: Array(repeating: Cell(), count: min(count, columns - column)), at: column)
      grid[row].cells.removeLast(grid[row].cells.count - columns)
      grid[row].used = columns
    case (0, UInt8(ascii: "X")): erase(row, column..<min(columns, column + count))
    case (0, UInt8(ascii: "S")): scrollUp(count)
    case (0, UInt8(ascii: "T")): scrollDown(count)
    case (0, UInt8(ascii: "r")):
      let first = count - 1
      let last = number(1, rows) - 1
      if first < last, last < rows { (top, bottom) = (first, last) }
      moveTo(0, 0)
    case (0, UInt8(ascii: "s")): saveCursor()
    case (0, UInt8(ascii: "u")): restoreCursor()
    case (0, UInt8(ascii: "m")): attributes(numbers)
    case (0, UInt8(ascii: "n")) where number(0, 0) == 6:
      answers += Array("\u{1B}[\(row + 1);\(column + 1)R".utf8)
    case (0, UInt8(ascii: "c")): answers += Array("\u{1B}[?62c".utf8)
    case (UInt8(ascii: "?"), UInt8(ascii: "h")): for mode in numbers { setMode(mode, true) }
    case (UInt8(ascii: "?"), UInt8(ascii: "l")): for mode in numbers { setMode(mode, false) }
    default: break
    }
  }

  private mutating func deleteLines(_ count: Int) {
    for _ in 0..<min(count, bottom - top + 1) {
      grid.remove(at: top)
      grid.insert(Line(columns: columns), at: bottom)
    }
  }

  private mutating func erase(_ row: Int, _ range: Range<Int>) {
    for column in range { grid[row].cells[column] = Cell() }
    if range.upperBound >= grid[row].used { grid[row].used = min(grid[row].used, range.lowerBound) }
    if range.upperBound == columns { grid[row].isWrapped = false }
    wrapIsPending = false
  }

  private mutating func eraseLine(_ kind: Int) {
    erase(row, kind == 0 ? column..<columns : kind == 1 ? 0..<(column + 1) : 0..<columns)
  }

  private mutating func eraseScreen(_ kind: Int) {
    if kind == 3 {
      history = []
      return
    }
    if kind == 0 || kind == 1 { eraseLine(kind) }
    let whole = kind == 0 ? (row + 1)..<rows : kind == 1 ? 0..<row : 0..<rows
    for row in whole { grid[row] = Line(columns: columns) }
  }

  /// Attributes are kept as their codes; a colour of the wider palettes as its last number plus 1000.
  private mutating func attributes(_ numbers: [Int]) {
    var index = 0
    let numbers = numbers.isEmpty ? [0] : numbers
    while index < numbers.count {
      let code = max(0, numbers[index])
      switch code {
      case 0: style = []
      case 22: style.subtract([1, 2])
      case 23...29: style.remove(code - 20)
      case 30...37, 90...97:
        style = style.filter { !(30...39).contains($0) && !(90...97).contains($0) }.union([code])
      case 40...47, 100...107:
        style = style.filter { !(40...49).contains($0) && !(100...107).contains($0) }.union([code])
      case 39: style = style.filter { !(30...39).contains($0) && !(90...97).contains($0) }
      case 49: style = style.filter { !(40...49).contains($0) && !(100...107).contains($0) }
      case 38, 48:
        index += index + 1 < numbers.count && numbers[index + 1] == 5 ? 2 : 4
        style.insert(1_000 + (index < numbers.count ? numbers[index] : 0))
      default: style.insert(code)
      }
      index += 1
    }
  }

  /// Columns of a character, after Unicode's East Asian Width and general categories: written without regard to the
  /// C library, so that it checks what programs make of that.
  static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return scalar.properties.generalCategory == .nonspacingMark ? 0 : 2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return 1
      }
    }
  }
}
