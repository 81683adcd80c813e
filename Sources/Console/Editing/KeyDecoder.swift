/// Turns the bytes of a terminal into keys: UTF-8, the escape sequences of function keys (ECMA-48 CSI, VT100 SS3),
/// and bracketed paste. It does no input of its own, so it can be tested without a terminal.
struct KeyDecoder {
  /// Longest paste that is kept, in bytes; the rest of a longer one is dropped and `droppedBytes` counts it.
  static let pasteLimit = 16 << 20
  /// How long to wait for the rest of an escape sequence before the Escape key is meant, in milliseconds.
  static let escapeDelay: Int32 = 40

  private var bytes: [UInt8] = []
  private var position = 0
  private var pasted: [UInt8]?
  private(set) var droppedBytes = 0

  private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)
  private static let longestSequence = 64

  /// True where an escape sequence has begun: if nothing follows in time, `flush()` gives it as it stands.
  var isInsideEscape: Bool { pasted == nil && position < bytes.count && bytes[position] == 0x1B }

  mutating func feed(_ more: some Sequence<UInt8>) {
    if position > 0 {
      bytes.removeFirst(position)
      position = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next key, or nil where more bytes are needed.
  mutating func next() -> Key? {
    while position < bytes.count {
      if pasted != nil {
        guard let text = continuePaste() else { return nil }
        return .paste(text)
      }
      switch step() {
      case .key(let key): return key
      case .nothing: continue
      case .needsMore: return nil
      }
    }
    return nil
  }

  /// The next key where no more bytes are to be expected: a lone Escape, or Alt and a bracket.
  mutating func flush() -> Key? {
    guard isInsideEscape else { return next() }
    position += 1
    guard position < bytes.count, bytes[position] < 0x80 else { return .escape }
    defer { position += 1 }
    return .meta(Unicode.Scalar(bytes[position]))
  }

  private enum Step {
    case key(Key), nothing, needsMore
  }

  private mutating func step() -> Step {
    let first = bytes[position]
    if first != 0x1B { return character() }
    guard position + 1 < bytes.count else { return .needsMore }
    switch bytes[position + 1] {
    case UInt8(ascii: "["): return controlSequence()
    case UInt8(ascii: "O"):
      guard position + 2 < bytes.count else { return .needsMore }
      guard let name = Self.letters[bytes[position + 2]] else { break }
      position += 3
      return .key(.named(name))
    case 0x1B, 0x03:
      // Ctrl-C is never a part of another key.
      position += 1
      return .key(.escape)
    case 0x0D, 0x0A:
      position += 2
      return .key(.named(.newline))
    default: break
    }
    position += 1
    guard case .key(.character(let scalar)) = character() else {
      position -= 1
      return .needsMore
    }
    return .key(.meta(scalar))
  }

  /// One character of UTF-8; a byte that is none becomes U+FFFD.
  private mutating func character() -> Step {
    let first = bytes[position]
    // Ctrl-Space, which sets a mark elsewhere.
    if first == 0 {
      position += 1
      return .nothing
    }
    let length =
      first < 0x80 ? 1 : first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
    if length == 1 {
      position += 1
      return .key(.character(first < 0x80 ? Unicode.Scalar(first) : "\u{FFFD}"))
    }
    var value = UInt32(first) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      guard position + offset < bytes.count else { return .needsMore }
      let byte = bytes[position + offset]
      guard byte & 0xC0 == 0x80 else {
        position += offset
        return .key(.character("\u{FFFD}"))
      }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    position += length
    // Terminals send no C1 controls; the codes are the engine's private ones.
    if (0x80...0x9F).contains(value) { return .nothing }
    return .key(.character(Unicode.Scalar(value) ?? "\u{FFFD}"))
  }

  private mutating func controlSequence() -> Step {
    var end = position + 2
    // The Linux console sends `ESC [ [ A` for F1, and so on.
    if end < bytes.count, bytes[end] == UInt8(ascii: "[") {
      guard end + 1 < bytes.count else { return .needsMore }
      position = end + 2
      return bytes[end + 1] == UInt8(ascii: "B") ? .key(.named(.edit)) : .nothing
    }
    while end < bytes.count, (0x20...0x3F).contains(bytes[end]) { end += 1 }
    if end - position > Self.longestSequence {
      position = end
      return .nothing
    }
    guard end < bytes.count else { return .needsMore }
    let parameters = bytes[(position + 2)..<end].split(
      separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
    )
    .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
    let final = bytes[end]
    // A byte that cannot end a sequence is a key of its own.
    position = (0x40...0x7E).contains(final) ? end + 1 : end
    return meaning(final, parameters)
  }

  private mutating func meaning(_ final: UInt8, _ parameters: [Int]) -> Step {
    let first = parameters.first ?? 0
    let modifier = parameters.count > 1 ? parameters[1] : 0
    switch final {
    case UInt8(ascii: "Z"): return .key(.named(.backTab))
    case UInt8(ascii: "u"): return first == 13 ? .key(.named(.newline)) : .nothing
    case UInt8(ascii: "~"):
      switch first {
      case 1, 7: return .key(.named(.home))
      case 4, 8: return .key(.named(.end))
      case 3: return .key(.named(.delete))
      case 5: return .key(.named(.pageUp))
      case 6: return .key(.named(.pageDown))
      case 12: return .key(.named(.edit))
      case 27: return parameters.last == 13 ? .key(.named(.newline)) : .nothing
      case 200:
        pasted = []
        return .nothing
      default: return .nothing
      }
    default:
      guard let name = Self.letters[final] else { return .nothing }
      if modifier == 3 || modifier == 5 {
        if name == .left { return .key(.named(.wordLeft)) }
        if name == .right { return .key(.named(.wordRight)) }
      }
      return .key(.named(name))
    }
  }

  private static let letters: [UInt8: Key.Name] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "Q"): .edit,
  ]

  /// Takes what has come of a paste; gives its text once the end mark is there.
  private mutating func continuePaste() -> String? {
    var collected = pasted ?? []
    pasted = []
    let searchFrom = max(0, collected.count - Self.pasteEnd.count)
    collected.append(contentsOf: bytes[position...])
    position = bytes.count
    guard let end = Self.index(of: Self.pasteEnd, in: collected, from: searchFrom) else {
      // Where the end mark never comes, Ctrl-C ends the paste, and is itself the next key.
      if let interruption = collected[searchFrom...].firstIndex(of: 0x03) {
        bytes = Array(collected[interruption...])
        position = 0
        pasted = nil
        return Self.text(collected[..<interruption])
      }
      if collected.count > Self.pasteLimit {
        // The tail is kept, because it may hold the beginning of the end mark.
        let excess = collected.count - Self.pasteLimit
        droppedBytes += excess
        collected.removeSubrange(
          (Self.pasteLimit - Self.pasteEnd.count)..<(collected.count - Self.pasteEnd.count))
      }
      pasted = collected
      return nil
    }
    bytes = Array(collected[(end + Self.pasteEnd.count)...])
    position = 0
    pasted = nil
    return Self.text(collected[..<end])
  }

  private static func index(of mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + mark.count <= bytes.count {
      if bytes[index] == mark[0], bytes[index..<(index + mark.count)].elementsEqual(mark) { return index }
      index += 1
    }
    return nil
  }

  /// The text of a paste: terminals send `\r` or `\r\n` where a line ends.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x0A, previous == 0x0D {
      } else if byte == 0x0D {
        result.append(0x0A)
      } else if byte != 0 {
        result.append(byte)
      }
      previous = byte
    }
    return String(decoding: result, as: UTF8.self)
  }
}
