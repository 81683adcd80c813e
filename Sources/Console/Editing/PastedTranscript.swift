/// Cells that were copied from a screen, prompts and results included.
enum PastedTranscript {
  /// The cells without their prompts; nil for a text that does not begin with one. Lines without a prompt are what the
  /// cells gave, and left out. The first line may lack its prompt where the second has one: whoever marks a cell with the
  /// mouse may begin behind the prompt.
  static func cells(in text: String) -> [String]? {
    // What the program says as it starts stands above the first prompt.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop(while: isGreeting)
    guard let first = lines.first else { return nil }
    let beginsBehindPrompt = first.prefixMatch(of: prompt) == nil
    if beginsBehindPrompt, lines.count < 2 || lines.dropFirst().first?.prefixMatch(of: continuation) == nil {
      return nil
    }
    var cells = beginsBehindPrompt ? [String(first)] : []
    var isInCell = beginsBehindPrompt
    for line in lines.dropFirst(cells.count) {
      if let match = line.prefixMatch(of: prompt) {
        cells.append(String(line[match.range.upperBound...]))
        isInCell = true
      } else if isInCell, let match = line.prefixMatch(of: continuation) {
        cells[cells.count - 1] += "\n" + line[match.range.upperBound...]
      } else {
        isInCell = false
      }
    }
    return cells.filter { !$0.allSatisfy(\.isWhitespace) }
  }

  private static func isGreeting(_ line: Substring) -> Bool {
    line.allSatisfy(\.isWhitespace) || line.hasPrefix("serving http://")
      || line.hasPrefix("Routebook ") && line.hasSuffix("Ctrl-D to leave")
  }

  private static var prompt: Regex<Substring> { /\s*In \[\d+\]: ?/ }
  private static var continuation: Regex<Substring> { /\s*\.\.\.: ?/ }
}
