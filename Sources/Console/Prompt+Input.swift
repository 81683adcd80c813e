import Foundation
import Language

// Commands, help, and what the editor asks of the language.

extension Prompt {
  /// What the person typed: a command, a question about a name, or a cell.
  func handle(_ text: String) {
    (isInterrupted, isBackgrounded) = (false, false)
    if let cells = PastedTranscript.cells(in: text) {
      return enter(pasted: cells)
    }
    switch meaning(of: text) {
    // Several at once are pasted.
    case .commands(let lines): for line in lines { command(line) }
    case .mixture: refuse("a command stands alone on its line")
    case .question(let topic): help(topic)
    case .word(let word): word == "help" ? help("") : leave()
    case .cell: enter(text)
    }
  }

  /// Enters the cells of a transcript one after another, up to one that Ctrl-C stops.
  private func enter(pasted cells: [String]) {
    defer { pastedRest = [] }
    for (place, cell) in cells.enumerated() {
      pastedRest = cells[(place + 1)...]
      if cells.count > 1 { say(Transcript.input(notebook.nextNumber, cell)) }
      handle(cell)
      if isInterrupted, !pastedRest.isEmpty {
        return complain(
          "interrupted; \(pastedRest.count) of the pasted cells \(pastedRest.count == 1 ? "was" : "were") not entered; Up brings the whole"
        )
      }
    }
  }

  /// What a text is at the prompt.
  enum Meaning {
    case commands([String])
    /// A command with something else behind it.
    case mixture
    case question(String)
    /// `help`, `quit` or `exit`, as at other prompts.
    case word(String)
    case cell
  }

  func meaning(of text: String) -> Meaning {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard let first = lines.first else { return .commands([]) }
    if lines.allSatisfy({ $0.hasPrefix("%") }) { return .commands(lines) }
    if TimedCode(text) != nil { return .commands([text.trimmingCharacters(in: .whitespacesAndNewlines)]) }
    if first.hasPrefix("%") { return .mixture }
    guard lines.count == 1 else { return .cell }
    if let topic = Prompt.question(in: first) { return .question(topic) }
    // Unless a cell has given the name a meaning.
    let isWord = ["help", "quit", "exit"].contains(first) && !Completer.shared.knows(first)
    return isWord ? .word(first) : .cell
  }

  private func command(_ line: String) {
    (isInterrupted, isBackgrounded) = (false, false)
    if let topic = Prompt.question(in: line) { return help(topic) }
    let parts = line.dropFirst().split(separator: " ", maxSplits: 1)
    let argument = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    switch Command.find(parts.first.map(String.init) ?? "") {
    case .success(let command):
      if command.usage.isEmpty, !argument.isEmpty {
        return refuse("%\(command.name) stands alone; nothing follows it")
      }
      command.run(self, argument)
    case .failure(let problem): refuse(problem.message)
    }
  }

  func helpOverview() {
    input.tell(
      "Type a cell and press Enter; a block goes on until its bracket closes. Alt-Enter adds a line.")
    say(StyledText("  route \"/greet/<user>\" { \"Hello \\(user.uppercased())!\" }", .dim))
    let width = (Command.all.map(\.name.count).max() ?? 0) + 3
    for command in Command.all {
      let name = "%\(command.name)".padded(to: width)
      // Further lines stand below the first of the explanation, where there is room for that.
      let indent = (input.columns ?? .max) >= 2 * width + 20 ? width + 2 : 4
      let lines = wrapped(command.explanation, behind: width + 2, indent: indent)
      say(StyledText("  " + name, Style(.cyan)) + StyledText(lines))
    }
    input.tell(
      "%run? tells what may follow a command; every?, xs.map? and /greet? explain a name, a member, a route.")
    input.tell("Ctrl-C stops a cell, Ctrl-D leaves.")
  }

  /// A text in the lines of the window, the first of which begins behind so many columns; the others are indented.
  private func wrapped(_ text: String, behind first: Int, indent: Int) -> String {
    guard let columns = input.columns, columns > indent + 8 else { return text }
    let stand = String(repeating: "x", count: max(0, first - indent))
    let lines = (stand + text).wrapped(to: columns - indent).split(separator: "\n")
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent)).dropFirst(stand.count)
      .description
  }

  // MARK: The editor's questions

  nonisolated static func completeness(_ text: String) -> Completeness {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if let timed = TimedCode(text) { return completeness(String(timed.code)) }
    if trimmed.hasPrefix("%") || Prompt.question(in: trimmed) != nil { return .complete }
    switch Parser.parse(SourceText(name: "cell", text: text)).completeness {
    case .complete: return .complete
    case .incomplete(let indent, let isInText): return .incomplete(indent: indent, isInText: isInText)
    case .invalid: return .invalid
    }
  }

}

extension String {
  /// At least `width` characters, with spaces behind.
  func padded(to width: Int) -> String {
    count >= width ? self + " " : self + String(repeating: " ", count: width - count)
  }
}
