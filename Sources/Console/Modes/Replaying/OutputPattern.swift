import Foundation

/// A regular expression whose matches in a line are put out of sight. Some patterns take longer than the world will last
/// on some lines, so each use has a limit.
struct OutputPattern: Sendable {
  let text: String
  private let expression: NSRegularExpression

  /// Nil where the text is no regular expression.
  init?(_ text: String) {
    guard let expression = try? NSRegularExpression(pattern: text) else { return nil }
    self.text = text
    self.expression = expression
  }

  /// The line with an ellipsis for each match.
  ///
  /// - Throws: `TooSlow` where the time is over.
  func replaced(in line: String, until end: ContinuousClock.Instant) throws(TooSlow) -> String {
    let whole = NSRange(location: 0, length: line.utf16.count)
    var ranges: [NSRange] = []
    var isLate = false
    expression.enumerateMatches(in: line, options: .reportProgress, range: whole) { match, _, stop in
      if let match { ranges.append(match.range) }
      if ContinuousClock.now > end {
        isLate = true
        stop.pointee = true
      }
    }
    if isLate { throw TooSlow(pattern: text) }
    var result = line
    for range in ranges.reversed() {
      guard let range = Range(range, in: line) else { continue }
      result.replaceSubrange(range, with: "…")
    }
    return result
  }

  struct TooSlow: Error {
    let pattern: String
  }
}
