/// What a byte stream asks of a screen (ECMA-48 and xterm's control sequences), found byte by byte.
struct ScreenParser: Sendable {
  enum Action: Equatable, Sendable {
    case print(Unicode.Scalar)
    case control(UInt8)
    case escape(UInt8)
    /// A control sequence: its private mark (`?`, `>`) or 0, its numbers (-1 where one is left out), its last byte.
    case sequence(mark: UInt8, numbers: [Int], final: UInt8)
  }

  private enum State: Equatable, Sendable {
    case ground, escape, charset, sequence, string, stringEscape
  }

  private var state = State.ground
  private var collected: [UInt8] = []
  private var character: [UInt8] = []

  mutating func next(_ byte: UInt8) -> [Action] {
    switch state {
    case .ground: return ground(byte)
    case .escape: return escape(byte)
    case .charset: state = .ground
    case .sequence: return sequence(byte)
    case .string:
      if byte == 0x07 { state = .ground } else if byte == 0x1B { state = .stringEscape }
    case .stringEscape: state = byte == UInt8(ascii: "\\") ? .ground : .string
    }
    return []
  }

  private mutating func ground(_ byte: UInt8) -> [Action] {
    if byte == 0x1B {
      state = .escape
      return broken()
    }
    if byte < 0x80 {
      return broken() + [byte < 0x20 || byte == 0x7F ? .control(byte) : .print(Unicode.Scalar(byte))]
    }
    if byte & 0xC0 != 0x80 {
      let actions = broken()
      character = [byte]
      return actions
    }
    character.append(byte)
    let wanted = character[0] < 0xE0 ? 2 : character[0] < 0xF0 ? 3 : 4
    guard character.count >= wanted else { return [] }
    defer { character = [] }
    return String(decoding: character, as: UTF8.self).unicodeScalars.map { .print($0) }
  }

  /// A character that never ended is seen as U+FFFD.
  private mutating func broken() -> [Action] {
    defer { character = [] }
    return character.isEmpty ? [] : [.print("\u{FFFD}")]
  }

  private mutating func escape(_ byte: UInt8) -> [Action] {
    state = .ground
    switch byte {
    case UInt8(ascii: "["):
      state = .sequence
      collected = []
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"): state = .string
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "#"): state = .charset
    default: return [.escape(byte)]
    }
    return []
  }

  private mutating func sequence(_ byte: UInt8) -> [Action] {
    if byte < 0x20 { return [.control(byte)] }
    guard (0x40...0x7E).contains(byte) else {
      collected.append(byte)
      return []
    }
    state = .ground
    var mark: UInt8 = 0
    if let first = collected.first, (0x3C...0x3F).contains(first) {
      mark = first
      collected.removeFirst()
    }
    let numbers = collected.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { Int(String(decoding: $0, as: UTF8.self)) ?? -1 }
    return [.sequence(mark: mark, numbers: numbers, final: byte)]
  }
}
