/// Text as a terminal shows it: without control characters, and with known widths.
enum DisplayText {
  /// A piece of a line that is shown as a whole: what to write, and how many columns it takes.
  struct Cell {
    var text: String
    var width: Int
    /// Where it stands in the line, in UTF-8.
    var offset: Int
    var byteCount: Int
  }

  static let tabWidth = 4

  /// The cells of a line: tabs become spaces, control characters become visible.
  static func cells(of line: String) -> [Cell] {
    var cells: [Cell] = []
    var column = 0
    var offset = 0
    for character in line {
      let (text, width) = display(character, atColumn: column)
      let byteCount = character.utf8.count
      cells.append(Cell(text: text, width: width, offset: offset, byteCount: byteCount))
      column += width
      offset += byteCount
    }
    return cells
  }

  /// A text of one line in which every control character is visible.
  static func visible(_ text: String) -> String {
    text.allSatisfy { $0.isASCII && $0.asciiValue.map { $0 >= 0x20 && $0 < 0x7F } ?? false }
      ? text : text.map { $0 == "\t" ? "\t" : display($0, atColumn: 0).0 }.joined()
  }

  private static func display(_ character: Character, atColumn column: Int) -> (String, Int) {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return ("", 0) }
    if first.isASCII, scalars.count == 1 {
      if first == "\t" {
        let width = tabWidth - column % tabWidth
        return (String(repeating: " ", count: width), width)
      }
      if first.value < 0x20 || first.value == 0x7F { return (picture(first), 1) }
      return (String(character), 1)
    }
    // What could reorder or hide a line is written out, as is a bare combining mark.
    if scalars.contains(where: isHidden) || (scalars.count == 1 && first.visible != String(first)) {
      let text = scalars.map { $0.isASCII && $0.value < 0x20 ? picture($0) : escaped($0) }.joined()
      return (text, text.count)
    }
    return (String(character), isWide(scalars) ? 2 : 1)
  }

  /// The symbol for a control character: U+2400 and up.
  private static func picture(_ scalar: Unicode.Scalar) -> String {
    let symbol = scalar.value == 0x7F ? 0x2421 : 0x2400 + scalar.value
    return Unicode.Scalar(symbol).map(String.init) ?? "?"
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    isHidden(scalar) || scalar.visible != String(scalar)
      ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // The joiner and the selectors are parts of emoji.
    case 0x200D, 0xFE0E, 0xFE0F, 0xE0020...0xE007F: false
    default:
      [.control, .format, .lineSeparator, .paragraphSeparator].contains(
        scalar.properties.generalCategory)
    }
  }

  /// Whether a terminal gives a character two columns (Unicode's East Asian Width, in short).
  private static func isWide(_ scalars: Character.UnicodeScalarView) -> Bool {
    guard let first = scalars.first else { return false }
    if first.properties.isEmojiPresentation || scalars.contains("\u{FE0F}") { return true }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
      return true
    default:
      return false
    }
  }
}
