import Foundation

/// A regular expression, as ICU has them, whose matches in an output are put out of sight. Some patterns take longer than
/// the world will last on some texts, so each use has a limit.
struct OutputPattern: Sendable {
  let text: String
  private let expression: NSRegularExpression

  /// Nil where the text is no regular expression.
  init?(_ text: String) {
    // `^` and `$` are the ends of lines.
    guard let expression = try? NSRegularExpression(pattern: text, options: .anchorsMatchLines) else {
      return nil
    }
    self.text = text
    self.expression = expression
  }

  /// The output with an ellipsis for each match.
  ///
  /// - Throws: `TooSlow` where the time is over.
  func replaced(in output: String, until end: ContinuousClock.Instant) throws(TooSlow) -> String {
    let units = Array(output.utf16)
    var result = ""
    // What is behind the last match begins here.
    var place = 0
    var isLate = false
    let whole = NSRange(location: 0, length: units.count)
    expression.enumerateMatches(in: output, options: .reportProgress, range: whole) { match, _, stop in
      if let range = match?.range {
        result += String(decoding: units[place..<range.lowerBound], as: UTF16.self) + "…"
        place = range.upperBound
      }
      if ContinuousClock.now > end {
        isLate = true
        stop.pointee = true
      }
    }
    if isLate { throw TooSlow(pattern: text) }
    return result + String(decoding: units[place...], as: UTF16.self)
  }

  struct TooSlow: Error {
    let pattern: String
  }
}
