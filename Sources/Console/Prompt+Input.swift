import Language

// Commands, help, and what the editor asks of the language.

extension Prompt {
  func command(_ line: String) {
    let body = line.dropFirst()
    let parts = body.split(separator: " ", maxSplits: 1)
    let word = parts.first.map(String.init) ?? ""
    let argument = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    if word.contains("\n") || argument.contains("\n") {
      return complain("a command stands alone on its line")
    }
    switch Command.find(word) {
    case .success(let command): command.run(self, argument)
    case .failure(let problem): complain(problem.message)
    }
  }

  func help(_ topic: String) {
    let name = topic.trimmingCharacters(in: .whitespaces).drop { $0 == "%" }
    if name.isEmpty { return helpOverview() }
    if let entry = HelpEntry.all.first(where: { $0.name == name }) {
      say(
        StyledText(entry.signature, .bold) + StyledText("\n\(entry.explanation)\n")
          + StyledText(entry.example, .dim))
      return
    }
    if case .success(let command) = Command.find(String(name)) {
      say(StyledText("%\(command.name) \(command.usage)", .bold) + StyledText("\n\(command.explanation)"))
      return
    }
    let near = Suggestion.nearest(to: String(name), among: HelpEntry.all.map(\.name))
    complain("there is no help on \"\(name)\"" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  private func helpOverview() {
    say("Type a cell and press Enter; a block goes on until its bracket closes. Alt-Enter adds a line.")
    say(StyledText("  route \"/greet/<user>\" { \"Hello \\(user.uppercased())!\" }", .dim))
    for command in Command.all {
      let head = "%\(command.name) \(command.usage)"
      say(StyledText("  " + head.padded(to: 26), Style(.cyan)) + StyledText(command.explanation))
    }
    say("name? explains a name, as route? or every?. Ctrl-C stops a cell, Ctrl-D leaves.")
  }

  static func name(in text: String) -> String? {
    let name = text.trimmingCharacters(in: .whitespaces)
    let isName = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isName ? name : nil
  }

  // MARK: The editor's questions

  nonisolated static func completeness(_ text: String) -> Completeness {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if trimmed.hasPrefix("%") || (trimmed.hasSuffix("?") && !trimmed.contains("\n")) { return .complete }
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
