/// Cells that were copied from a screen, prompts and results included.
enum PastedTranscript {
  /// The cells without their prompts; nil for a text that does not begin with one. Lines without a prompt are what the
  /// cells gave, and left out. The first line may lack its prompt where the second has one: whoever marks a cell with the
  /// mouse may begin behind the prompt.
  static func cells(in text: String) -> [String]? {
    // What the program says as it starts stands above the first prompt.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop(while: isGreeting)
    guard let first = lines.first else { return nil }
    let beginsBehindPrompt = behindPrompt(first) == nil
    if beginsBehindPrompt, lines.dropFirst().first.flatMap(behindContinuation) == nil { return nil }
    var cells = beginsBehindPrompt ? [String(first)] : []
    var isInCell = beginsBehindPrompt
    for line in lines.dropFirst(cells.count) {
      if let code = behindPrompt(line) {
        cells.append(String(code))
        isInCell = true
      } else if isInCell, let code = behindContinuation(line) {
        cells[cells.count - 1] += "\n" + code
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

  // By hand: to make a Regex takes longer than to run a cell.

  /// What follows `In [1]: `; nil where that does not stand there.
  private static func behindPrompt(_ line: Substring) -> Substring? {
    guard let number = rest(of: line.drop(while: \.isWhitespace), behind: "In [") else { return nil }
    let end = number.drop(while: \.isWholeNumber)
    return end.startIndex == number.startIndex ? nil : rest(of: end, behind: "]:").map(withoutSpace)
  }

  /// What follows `...: `.
  private static func behindContinuation(_ line: Substring) -> Substring? {
    rest(of: line.drop(while: \.isWhitespace), behind: "...:").map(withoutSpace)
  }

  private static func rest(of line: Substring, behind prefix: String) -> Substring? {
    line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : nil
  }

  private static func withoutSpace(_ line: Substring) -> Substring {
    line.first == " " ? line.dropFirst() : line
  }
}
