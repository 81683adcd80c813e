/// How far the lines of a cell are indented, as the parser wants it.
struct Indentation {
  /// Most spaces that a line gets by itself.
  private static let limit = 200
  private static let step = 4

  static let openingBrackets = "([{".unicodeScalars.map(\.value)
  static let closingBrackets = ")]}".unicodeScalars.map(\.value)

  private let hooks: Hooks

  init(_ hooks: Hooks) { self.hooks = hooks }

  static func spaces(_ count: Int) -> [UInt32] { Array(repeating: 0x20, count: max(0, min(count, limit))) }

  /// How far a line is indented that begins behind this text.
  func behind(_ text: some Collection<UInt32>) -> Int {
    switch hooks.completeness(String(scalars: text)) {
    case .incomplete(let wanted, _): return max(0, min(wanted, Indentation.limit))
    case .complete: return 0
    // What is wrong somewhere above says nothing of this place.
    case .invalid: return min(likeLast(Array(text)), Indentation.limit)
    }
  }

  /// As far as the last line, and a step further where that opens a bracket.
  private func likeLast(_ text: [UInt32]) -> Int {
    let line = text[Lines.start(text, text.count)...]
    let opens = line.last { $0 != 0x20 }.map(Indentation.openingBrackets.contains) ?? false
    return line.prefix { $0 == 0x20 }.count + (opens ? Indentation.step : 0)
  }

  /// How far a line is indented that begins with the bracket at the end of a text: as the line in which its partner
  /// stands.
  func ofClosing(_ text: [UInt32]) -> Int {
    let bytes = String(scalars: text).utf8
    guard let last = hooks.brackets(String(scalars: text)).last, last.offset == bytes.count - 1,
      let partner = last.partner
    else { return behind(text) }
    let line = bytes.prefix(partner).split(separator: 10, omittingEmptySubsequences: false).last ?? bytes[...]
    return line.prefix { $0 == 0x20 }.count
  }

  /// How many spaces at the end of a text are too many before a bracket that is typed there: one that closes a block
  /// goes under the line that opened it.
  func excess(in text: [UInt32], before bracket: UInt32) -> Int {
    let start = Lines.start(text, text.count)
    let typed = text[start...]
    guard start > 0, typed.allSatisfy({ $0 == 0x20 }) else { return 0 }
    return max(0, typed.count - ofClosing(text + [bracket]))
  }
}
