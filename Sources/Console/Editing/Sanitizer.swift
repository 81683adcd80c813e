import Notebooks

/// Makes control characters visible, so that text from elsewhere (a request, a response, a log) cannot move the
/// cursor, change colours, retitle the window or reorder what the person reads.
public enum Sanitizer {
  /// Whether a terminal would act on this character rather than show it: C0 and C1 controls, DEL, the bidirectional
  /// controls of Unicode (UAX #9, sections 2.1 to 2.6) and the line and paragraph separators. Newline and tab count
  /// too; who calls decides about them.
  static func isControl(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x20, 0x7F...0x9F: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    case 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
    default: false
    }
  }

  /// How one such character is spelt, as an escape of the language: `\u{1B}`, `\r`, `\0`.
  static func spelling(_ scalar: UInt32) -> String { ControlSpelling.spelling(scalar) }

  /// The text with every control character spelt out, except newline and tab. A carriage return before a newline is
  /// part of the newline.
  public static func visible(_ text: String) -> String {
    if isHarmless(text) { return text }
    var result = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      if scalar == "\r", next == "\n" { continue }
      if scalar == "\n" || scalar == "\t" || !isControl(scalar.value) {
        result.append(scalar)
      } else {
        result.append(contentsOf: spelling(scalar.value).unicodeScalars)
      }
    }
    return String(result)
  }

  /// True for printable ASCII, newline and tab alone: what nearly all text is, found without decoding it.
  private static func isHarmless(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 }
  }
}
