import Language

/// The colours and the brackets of the cell that is being typed.
///
/// It keeps what it has read from one key to the next, so that a key costs no more in a long cell than in a short one.
final class TypedCode {
  private var lexed = LexedText()

  /// What to colour in a part of the text, in UTF-8 offsets.
  func highlights(of text: String, in range: Range<Int>) -> [Console.Highlight] {
    if let command = Highlighter.command(in: text) {
      let colored = [command].compactMap(Self.colored)
      guard let timed = TimedCode(text) else { return colored }
      lexed.update(to: String(timed.code))
      let offset = timed.offset
      let lower = max(0, range.lowerBound - offset)
      let code = lexed.highlights(in: lower..<max(lower, range.upperBound - offset)).compactMap(Self.colored)
      return colored
        + code.map {
          Console.Highlight($0.range.lowerBound + offset..<$0.range.upperBound + offset, $0.style)
        }
    }
    lexed.update(to: text)
    return lexed.highlights(in: range).compactMap(Self.colored)
  }

  func brackets(of text: String) -> [Console.Bracket] {
    lexed.update(to: text)
    return Language.Bracket.all(in: lexed).map {
      Console.Bracket(offset: $0.offset, partner: $0.partner, isClosing: $0.isClosing)
    }
  }

  private static func colored(_ highlight: Language.Highlight) -> Console.Highlight? {
    style(highlight.kind).map { Console.Highlight(highlight.range, $0) }
  }

  private static func style(_ kind: Language.Highlight.Kind) -> Style? {
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
