extension StringProtocol {
  /// This text made safe to show to a person: control characters, line and paragraph separators and the marks
  /// that change the direction of writing become U+FFFD, and more than `limit` characters end in `…`.
  public func printable(limit: Int = .max) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      if count == limit { return result + "…" }
      count += 1
      result.unicodeScalars.append(scalar.isPrintable ? scalar : "\u{FFFD}")
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether showing this scalar can't move the cursor, begin an escape sequence or reorder the text around it.
  fileprivate var isPrintable: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: false
    case 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x061c: false
    default: true
    }
  }
}

extension String {
  /// A path or an address for a person: escapes that stand for letters beyond ASCII are those letters, all others stay.
  public var withLettersDecoded: String {
    guard utf8.contains(UInt8(ascii: "%")) else { return self }
    var text: [UInt8] = []
    // Escapes that follow one another, and the bytes that they stand for.
    var escapes: [UInt8] = []
    var letters: [UInt8] = []
    func settle() {
      text += String(validating: letters, as: UTF8.self) == nil ? escapes : letters
      (letters, escapes) = ([], [])
    }
    var rest = utf8[...]
    while let byte = rest.first {
      if let code = rest.escapedByte, code >= 0x80 {
        letters.append(code)
        escapes += rest.prefix(3)
        rest = rest.dropFirst(3)
      } else {
        settle()
        text.append(byte)
        rest = rest.dropFirst()
      }
    }
    settle()
    return String(decoding: text, as: UTF8.self)
  }
}

extension Substring.UTF8View {
  /// The byte that an escape at the beginning stands for (RFC 3986 section 2.1).
  fileprivate var escapedByte: UInt8? {
    guard first == UInt8(ascii: "%") else { return nil }
    let digits = dropFirst().prefix(2)
    guard digits.count == 2, Substring(digits).allSatisfy(\.isHexDigit) else { return nil }
    return UInt8(String(Substring(digits)), radix: 16)
  }
}
