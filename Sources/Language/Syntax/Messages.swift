/// What a diagnostic says: one sentence without a full stop, and what to do about it.
///
/// All messages about the form of a text stand in the extensions of this type, in `Messages*.swift`.
struct Message: Equatable {
  let text: String
  let help: String?

  init(_ text: String, help: String? = nil) {
    self.text = text
    self.help = help
  }

  func diagnostic(
    _ severity: Diagnostic.Severity = .error, at span: Span, notes: [Diagnostic.Note] = []
  ) -> Diagnostic {
    Diagnostic(severity, text, at: span, notes: notes, help: help)
  }
}

// MARK: - Words

extension Message {
  static let singleQuotes = Message(
    "strings are written with double quotes", help: "write \"…\" instead of '…'")
  static let curlyQuotes = Message(
    "strings are written with straight quotes", help: "write \"…\" with the plain quote character")
  static func unclosedString(_ hashes: Int) -> Message {
    hashes == 0
      ? unclosedString
      : Message(
        unclosedString.text, help: "close it with \"\(String(repeating: "#", count: hashes))")
  }
  private static let unclosedString = Message(
    "this string is not closed at the end of its line",
    help: "close it with \", or use \"\"\" for a text of several lines")
  static let unclosedInterpolation = Message(
    "an interpolation in this string is not closed at the end of its line", help: "close it with )")
  static let unfinishedString = Message("this \"\"\" string is never closed")
  static let unfinishedComment = Message("this comment is never closed", help: "close it with */")
  static let textAfterQuotes = Message(
    "the text of a \"\"\" string begins on the line below its quotes")
  static let quotesInText = Message(
    "the closing \"\"\" stands on a line of its own", help: "within the text write \\\"\"\"")
  static let quotesAfterText = Message("the closing \"\"\" stands on a line of its own")
  static let badIndentation = Message(
    "this line is indented less than the closing \"\"\"",
    help: "indent every line at least as far as the closing quotes, with the same tabs or spaces")
  static func unknownEscape(_ scalar: Unicode.Scalar) -> Message {
    Message(
      "there is no escape \\\(scalar.visible)",
      help: "the escapes are \\n \\t \\r \\0 \\\\ \\\" \\' \\u{…} and \\(…); write \\\\ for a backslash")
  }
  static let badUnicodeEscape = Message(
    "a character is written \\u{…} with 1 to 8 hexadecimal digits of a Unicode scalar")
  static func unexpectedCharacter(_ scalar: Unicode.Scalar) -> Message {
    let isVisible = scalar.visible == String(scalar)
    return Message(
      "unexpected character \(isVisible ? "\"\(scalar)\"" : scalar.visible)",
      help: plainSigns[scalar].map { "write \($0)" })
  }
  /// Signs of print and mathematics, and what is typed for them.
  private static let plainSigns: [Unicode.Scalar: String] = [
    "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "∧": "&&", "∨": "||",
    "¬": "!", "…": "...", "→": "in",
  ]
  static let unclosedBackticks = Message("a name in backticks ends with a backtick", help: "write `name`")
  static let badAnonymousParameter = Message(
    "names do not contain $", help: "$0, $1 … stand for the parameters of a closure")
  static let tooManyParameters = Message("a function has at most \(Parser.parameterLimit) parameters")
  static func numberTooLarge(_ type: String) -> Message { Message("this number does not fit a \(type)") }
  static let integerTooLarge = Message(
    "this number does not fit an Int (64 bits)", help: "write it with a fraction, as in 1e20, for a Double")
  static func badDigits(_ radix: Int) -> Message {
    let form = [2: "0b1010", 8: "0o755", 16: "0xff"][radix] ?? "42"
    return Message("these are not digits of base \(radix)", help: "write them as in \(form)")
  }
  static func unknownUnit(_ unit: String, number: String, suggestion: String?) -> Message {
    Message(
      "there is no unit \"\(unit)\"",
      help: suggestion.map { "write \(number)\($0)" }
        ?? "the units of durations are ns, us, ms, s, m, h and d; a name does not begin with a digit")
  }
  static let durationTooLong = Message("a Duration holds at most 292 years")
}

// MARK: - Bounds

extension Message {
  static let textTooLong = Message("a text has at most 1 MiB", help: "split it into several cells")
  static let nestedTooDeeply = Message(
    "this is nested too deeply: \(Parser.nestingLimit) levels at most",
    help: "give an inner part a name with let or func")
  static let chainTooLong = Message(
    "this expression has too many parts in a row: \(Parser.chainLimit) at most",
    help: "give a part of it a name with let, or use an array and joined() or reduce")
}

extension Unicode.Scalar {
  /// Itself, or U+… where it would not show.
  var visible: String {
    let isHidden =
      switch properties.generalCategory {
      case .control, .format, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator,
        .spaceSeparator, .surrogate, .nonspacingMark, .enclosingMark:
        self != " "
      default: false
      }
    guard isHidden else { return String(self) }
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
