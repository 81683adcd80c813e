/// A key as the person means it, whatever bytes the terminal sends for it.
enum Key: Equatable, Sendable {
  /// A character, control characters included: Enter is `\r`, Ctrl-C is U+0003.
  case character(Unicode.Scalar)
  /// Alt and a character.
  case meta(Unicode.Scalar)
  case named(Name)
  /// Text pasted as a whole; lines are separated by `\n`.
  case paste(String)

  enum Name: Equatable, Sendable {
    case up, down, left, right, home, end, delete, pageUp, pageDown
    case wordLeft, wordRight, backTab, newline, edit
  }

  static func control(_ letter: Unicode.Scalar) -> Key {
    .character(Unicode.Scalar(UInt8(letter.value & 0x1F)))
  }
  static let escape = Key.character("\u{1B}")
}
