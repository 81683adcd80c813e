/// A coloured part of a text.
public struct Highlight: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case keyword
    case string
    /// The `\(` and `)` of an interpolation; what is between them is highlighted as usual.
    case interpolation
    case number
    case comment
    /// A name that is declared with `func` or called.
    case functionName
    case type
    case `operator`
    case routeMethod
    /// The `%word` that begins a command of the prompt.
    case command
    case invalid
  }

  /// UTF-8 offsets.
  public var range: Range<Int>
  public var kind: Kind
}

/// Finds what to colour in a text that may be unfinished or wrong, in linear time.
public enum Highlighter {
  /// The coloured parts in order; they do not overlap, and what has no colour is not among them.
  public static func tokens(in text: String) -> [Highlight] {
    if let command = command(in: text) { return [command] }
    return LexedText(text).highlights(in: 0..<Int.max)
  }

  /// The coloured parts of some tokens, from one that begins a line outside of all strings to the first behind a place,
  /// and of the comments there.
  static func highlights(of tokens: [Token], from first: Int, to end: Int, comments: some Collection<Span>)
    -> [Highlight]
  {
    var painter = Painter(tokens: tokens)
    painter.run(from: first, to: end)
    return merge(painter.highlights, comments.map { Highlight(range: $0.start..<$0.end, kind: .comment) })
  }

  /// Whether what stands behind a token depends on it for its colour.
  static func isOneWithNext(_ token: Token) -> Bool {
    switch token.kind {
    case .keyword(.func), .symbol(.dot), .symbol(.optionalDot), .symbol(.comma): true
    case .identifier(let name): name == "route" || Parser.methods.contains(name)
    default: false
    }
  }

  /// The command of the prompt that a text is; nil where it is code.
  public static func command(in text: String) -> Highlight? {
    let bytes = text.utf8
    guard let start = bytes.firstIndex(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }),
      bytes[start] == UInt8(ascii: "%")
    else { return nil }
    let end =
      bytes[start...].firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") } ?? bytes.endIndex
    let offset = bytes.distance(from: bytes.startIndex, to: start)
    return Highlight(range: offset..<offset + bytes.distance(from: start, to: end), kind: .command)
  }

  /// Joins two lists in the order of the text; both are in order, and no part is in both.
  private static func merge(_ first: [Highlight], _ second: [Highlight]) -> [Highlight] {
    var merged: [Highlight] = []
    merged.reserveCapacity(first.count + second.count)
    var rest = second[...]
    for highlight in first {
      while let next = rest.first, next.range.lowerBound < highlight.range.lowerBound {
        merged.append(next)
        rest = rest.dropFirst()
      }
      merged.append(highlight)
    }
    return merged + rest
  }
}

private struct Painter {
  let tokens: [Token]
  var highlights: [Highlight] = []
  /// Where the texts of the open strings began.
  var stringStarts: [Int] = []
  /// Whether the methods of a route may stand here.
  var isBehindRoute = false

  init(tokens: [Token]) {
    self.tokens = tokens
  }

  mutating func run(from first: Int, to end: Int) {
    for index in first..<tokens.count {
      let token = tokens[index]
      if token.span.start >= end, stringStarts.isEmpty { return }
      let wasBehindRoute = isBehindRoute
      isBehindRoute = false
      switch token.kind {
      case .identifier(let name):
        paintName(name, index, wasBehindRoute)
      case .keyword:
        if isMember(index) { paintName("", index, false) } else { add(token.span, .keyword) }
      case .integer, .double, .duration:
        add(token.span, .number)
      case .stringStart:
        stringStarts.append(token.span.start)
      case .interpolationStart:
        if let start = stringStarts.last { add(Span(start, token.span.start), .string) }
        add(token.span, .interpolation)
      case .interpolationEnd:
        add(token.span, .interpolation)
        if !stringStarts.isEmpty { stringStarts[stringStarts.count - 1] = token.span.end }
      case .stringEnd:
        if let start = stringStarts.popLast() { add(Span(start, token.span.end), .string) }
      case .symbol(.comma):
        isBehindRoute = wasBehindRoute
      case .symbol(let symbol):
        if isOperator(symbol) { add(token.span, .operator) }
      case .foreignOperator("\\") where tokens[index + 1].kind == .symbol(.dot):
        // `\.name`: the function that reads a member.
        add(token.span, .operator)
      case .foreignOperator, .invalid:
        add(token.span, .invalid)
      case .anonymousParameter, .stringText, .end:
        break
      }
    }
  }

  /// Whether a dot stands before the token: behind one, keywords are names.
  private func isMember(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    return tokens[index - 1].kind == .symbol(.dot) || tokens[index - 1].kind == .symbol(.optionalDot)
  }

  private mutating func add(_ span: Span, _ kind: Highlight.Kind) {
    guard span.end > span.start, span.start >= highlights.last?.range.upperBound ?? 0 else { return }
    highlights.append(Highlight(range: span.start..<span.end, kind: kind))
  }

  private mutating func paintName(_ name: String, _ index: Int, _ wasBehindRoute: Bool) {
    let span = tokens[index].span
    let next = tokens[min(index + 1, tokens.count - 1)]
    if wasBehindRoute, Parser.methods.contains(name) {
      isBehindRoute = true
      return add(span, .routeMethod)
    }
    if !next.startsLine {
      switch (name, next.kind) {
      case ("route", .stringStart), ("socket", .stringStart), ("html", .stringStart),
        ("group", .stringStart):
        return add(span, .keyword)
      case (_, .symbol(.openBrace)) where HookKind(rawValue: name) != nil && !isMember(index):
        return add(span, .keyword)
      case ("route", .identifier(let method)) where method.allSatisfy(\.isUppercase):
        isBehindRoute = true
        return add(span, .keyword)
      default: break
      }
    }
    if let first = name.first, first.isUppercase { return add(span, .type) }
    let isDeclared = index > 0 && tokens[index - 1].kind == .keyword(.func)
    if isDeclared || (next.kind == .symbol(.openParen) && !next.startsLine) {
      add(span, .functionName)
    }
  }

  private func isOperator(_ symbol: Symbol) -> Bool {
    switch symbol {
    case .openParen, .closeParen, .openBracket, .closeBracket, .openBrace, .closeBrace, .comma,
      .semicolon, .colon, .dot:
      false
    default: true
    }
  }
}
