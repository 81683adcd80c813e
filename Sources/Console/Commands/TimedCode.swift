import Foundation

/// The code of `%time for i in 0..<3 { … }`: what follows the command is a cell of its own, on as many lines as it takes.
struct TimedCode {
  let code: Substring

  /// How many bytes of the text the code begins behind.
  var offset: Int { code.base.utf8.distance(from: code.base.startIndex, to: code.startIndex) }

  /// Nil for any other text, also for one that names cells: `%time 3-5`.
  init?(_ text: String) {
    let start = text.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
    guard start.hasPrefix("%time ") else { return nil }
    let code = start.dropFirst("%time ".count).drop { $0 == " " || $0 == "\t" }
    let isQuestion = Prompt.question(in: text.trimmingCharacters(in: .whitespacesAndNewlines)) != nil
    guard !code.isEmpty, code.first != "%", !isQuestion, !CellSelection.isMeant(by: String(code)) else {
      return nil
    }
    self.code = code
  }
}
