import Foundation
import Language

// Commands, help, and what the editor asks of the language.

extension Prompt {
  /// What the person typed: a command, a question about a name, or a cell.
  func handle(_ text: String) {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    if lines.allSatisfy({ $0.hasPrefix("%") }) {
      // Several at once are pasted.
      for line in lines { command(line) }
    } else if lines.first?.hasPrefix("%") == true {
      refuse("a command stands alone on its line")
    } else if lines.count == 1, let topic = Prompt.question(in: lines[0]) {
      help(topic)
    } else if lines.count == 1, ["help", "quit", "exit"].contains(lines[0]), !Completer.shared.knows(lines[0])
    {
      // As at other prompts, unless a cell has given the name a meaning.
      lines[0] == "help" ? help("") : leave()
    } else {
      enter(text)
    }
  }

  private func command(_ line: String) {
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

  func help(_ topic: String) {
    let name = String(topic.drop { $0 == "%" })
    if name.isEmpty { return helpOverview() }
    let command = try? Command.find(name).get()
    // `delete` is a request, `%delete` is a command.
    if let entry = HelpEntry.all.first(where: { $0.name == name }), command == nil || !topic.hasPrefix("%") {
      return say(
        StyledText(entry.signature, .bold) + StyledText("\n\(entry.explanation)\n")
          + StyledText(entry.example, .dim))
    }
    if let command {
      return say(
        StyledText("%\(command.name) \(command.usage)", .bold) + StyledText("\n\(command.explanation)"))
    }
    let near = Suggestion.nearest(to: name, among: HelpEntry.all.map(\.name) + Command.all.map(\.name))
    refuse(
      "there is no help on \"\(name)\"" + (near.map { "; did you mean \($0)?" } ?? "; %help lists commands"))
  }

  private func helpOverview() {
    say("Type a cell and press Enter; a block goes on until its bracket closes. Alt-Enter adds a line.")
    say(StyledText("  route \"/greet/<user>\" { \"Hello \\(user.uppercased())!\" }", .dim))
    let heads = Command.all.map { "%\($0.name) \($0.usage)" }
    let width = (heads.map(\.count).max() ?? 0) + 1
    for (command, head) in zip(Command.all, heads) {
      say(StyledText("  " + head.padded(to: width), Style(.cyan)) + StyledText(command.explanation))
    }
    say("name? explains a name, as route? or every?. Ctrl-C stops a cell, Ctrl-D leaves.")
  }

  /// The name that is asked about: of `name?`, `?name` and `%name?`; empty for `?` alone.
  nonisolated static func question(in line: String) -> String? {
    guard line.hasSuffix("?") || line.hasPrefix("?") else { return nil }
    let topic = (line.hasSuffix("?") ? line.dropLast() : line.dropFirst()).trimmingCharacters(
      in: .whitespaces)
    let name = topic.hasPrefix("%") ? topic.dropFirst() : topic[...]
    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? topic : nil
  }

  // MARK: The editor's questions

  nonisolated static func completeness(_ text: String) -> Completeness {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if trimmed.hasPrefix("%") || Prompt.question(in: trimmed) != nil { return .complete }
    switch Parser.parse(SourceText(name: "cell", text: text)).completeness {
    case .complete: return .complete
    case .incomplete(let indent): return .incomplete(indent: indent)
    case .invalid: return .invalid
    }
  }

  nonisolated static func highlight(_ text: String) -> [Console.Highlight] {
    Highlighter.tokens(in: text).compactMap { token in
      style(token.kind).map { Console.Highlight(token.range, $0) }
    }
  }

  nonisolated static func brackets(_ text: String) -> [Console.Bracket] {
    Language.Bracket.all(in: text).map {
      Console.Bracket(offset: $0.offset, partner: $0.partner, isClosing: $0.isClosing)
    }
  }

  nonisolated private static func style(_ kind: Language.Highlight.Kind) -> Style? {
    switch kind {
    case .keyword: Style(.magenta, bold: true)
    case .string: Style(.green)
    case .interpolation: Style(.cyan)
    case .number: Style(.yellow)
    case .comment: .dim
    case .functionName: Style(.blue)
    case .type: Style(.cyan)
    case .routeMethod: Style(.cyan, bold: true)
    case .command: Style(.cyan)
    case .invalid: Style(.red)
    case .operator: nil
    }
  }
}

extension String {
  /// At least `width` characters, with spaces behind.
  func padded(to width: Int) -> String {
    count >= width ? self + " " : self + String(repeating: " ", count: width - count)
  }
}
