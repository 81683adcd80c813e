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
