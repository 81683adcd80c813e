// Closures and their parameters.

extension Parser {
  mutating func parseClosure() throws(SyntaxFailure) -> Expression {
    if startsBracedDictionary { return try parseBracedDictionary() }
    let opener = advance()
    var parameters: [Parameter] = []
    let hasParameters = startsParameterList
    let outer = context
    if hasParameters {
      parameters = try parseClosureParameters()
      anonymousParameters.append(.named)
    } else {
      anonymousParameters.append(.implicit(spans: [:]))
    }
    context = Context()
    let body = parseStatements()
    context = outer
    if case .implicit(let spans)? = anonymousParameters.popLast(), let highest = spans.keys.max() {
      parameters = (0...highest).map {
        Parameter(name: "$\($0)", span: spans[$0] ?? opener.span)
      }
    }
    try expectClosing(.closeBrace, opener)
    let function = FunctionNode(
      role: .closure, name: "closure", parameters: parameters, hasExplicitParameters: hasParameters,
      body: body, span: spanFrom(opener))
    return Expression(.closure(function), function.span)
  }

  /// Whether `x, y in` or `(x, y) in` stands here. A text that ends before this is certain counts as
  /// a list when it holds a comma, since nothing else could become of it.
  var startsParameterList: Bool { startsParameterList(at: 0) }

  /// The same for a place that many tokens ahead.
  func startsParameterList(at start: Int) -> Bool {
    var ahead = start
    let isParenthesized = peek(start).kind == .symbol(.openParen)
    if isParenthesized { ahead += 1 }
    var commas = 0
    while true {
      let token = peek(ahead)
      switch token.kind {
      case .identifier:
        ahead += 1
        if isParenthesized, peek(ahead).kind == .symbol(.colon) { return endsInParameters(from: ahead) }
      case .symbol(.closeParen) where isParenthesized && ahead == start + 1: break
      case .end: return commas > 0
      default: return false
      }
      guard peek(ahead).kind == .symbol(.comma) else { break }
      commas += 1
      ahead += 1
    }
    if isParenthesized {
      if peek(ahead).kind == .end { return commas > 0 }
      guard peek(ahead).kind == .symbol(.closeParen) else { return false }
      ahead += 1
      if peek(ahead).kind == .symbol(.arrow) { return true }
      if peek(ahead).kind == .end, commas > 0 || ahead == start + 2 { return true }
    }
    if peek(ahead).kind == .symbol(.arrow) { return hasIn(after: ahead) }
    return peek(ahead).kind == .keyword(.in) || (commas > 0 && peek(ahead).kind == .end)
  }

  /// Whether `in` ends the line that a result type stands in.
  private func hasIn(after arrow: Int) -> Bool {
    var ahead = arrow + 1
    // Types are short; what is longer is none.
    while ahead < arrow + 20, !peek(ahead).startsLine, peek(ahead).kind != .end {
      if peek(ahead).kind == .keyword(.in) { return true }
      ahead += 1
    }
    return false
  }

  /// Whether the parentheses that are open here are followed by `in` or `->`: parameters with types.
  private func endsInParameters(from start: Int) -> Bool {
    var ahead = start
    var open = 1
    // Types are short; what is longer is no parameter list.
    while open > 0, ahead < start + 200 {
      switch peek(ahead).kind {
      case .symbol(.openParen): open += 1
      case .symbol(.closeParen): open -= 1
      case .end: return false
      default: break
      }
      ahead += 1
    }
    return peek(ahead).kind == .keyword(.in) || peek(ahead).kind == .symbol(.arrow)
  }

  private mutating func parseClosureParameters() throws(SyntaxFailure) -> [Parameter] {
    let opener = current
    let isParenthesized = accept(.openParen)
    var parameters: [Parameter] = []
    while !at(.closeParen), !at(.in) {
      let (name, span) = try expectName("the name of a parameter")
      if isParenthesized { skipTypeAnnotation() }
      addParameter(Parameter(name: name, span: span), to: &parameters)
      if !accept(.comma) { break }
    }
    if isParenthesized { try expectClosing(.closeParen, opener, or: "\",\" or ") }
    if at(.arrow) {
      let arrow = advance()
      skipType()
      report(.noReturnTypes, at: spanFrom(arrow))
    }
    guard accept(.in) else { throw fail(.expected("\"in\"", found: describeCurrent())) }
    return parameters
  }

  /// The parameters of JavaScript's `(a, b) => …` and Java's `(a, b) -> …`, whose parenthesis is the current token, and where its arrow is; nil
  /// where none stands here.
  var arrowFunction: (parameters: [String], arrow: Span)? {
    let (names, end) = names(from: 1)
    let arrow = peek(end + 1)
    guard peek(end).kind == .symbol(.closeParen),
      arrow.kind == .foreignOperator("=>") || arrow.kind == .symbol(.arrow)
    else { return nil }
    return (names, arrow.span)
  }

  /// The names with commas between them that begin so many tokens ahead, and how far ahead the token behind them is.
  func names(from start: Int) -> (names: [String], end: Int) {
    var names: [String] = []
    var ahead = start
    while case .identifier(let name) = peek(ahead).kind {
      names.append(name)
      ahead += 1
      guard peek(ahead).kind == .symbol(.comma) else { break }
      ahead += 1
    }
    return (names, ahead)
  }

  /// Whether the current token is the first of a closure whose parameters are followed by `in` in the same line.
  var isInClosureHead: Bool {
    guard position > 0, tokens[position - 1].kind == .symbol(.openBrace) else { return false }
    var ahead = 1
    while !peek(ahead).startsLine {
      switch peek(ahead).kind {
      case .keyword(.in): return true
      case .symbol(.closeBrace), .symbol(.openBrace), .symbol(.semicolon), .end: return false
      default: ahead += 1
      }
    }
    return false
  }

  /// `\.name`, which is `{ $0.name }`, `\?.name`, and `\.self`, which is `{ $0 }`.
  mutating func parseKeyPath() throws(SyntaxFailure) -> Expression {
    let start = advance()
    let element = Expression(.name(NameReference("$0", start.span)), start.span)
    let outer = context
    context.allowsTrailingClosure = false
    if at(.dot), isWord(peek(), "self") {
      advance()
      advance()
    }
    let value = try parsePostfix(element)
    context = outer
    return closure(["$0"], value, spanFrom(start))
  }

  /// A closure that is written in short.
  func closure(_ parameters: [String], _ value: Expression, _ span: Span) -> Expression {
    let function = FunctionNode(
      role: .closure, name: "closure", parameters: parameters.map { Parameter(name: $0, span: span) },
      hasExplicitParameters: true, body: [Statement(.expression(value), value.span)], span: span)
    return Expression(.closure(function), span)
  }

  /// `$0`: a parameter of the innermost closure, which thereby gets it.
  mutating func parseAnonymousParameter(_ index: Int, _ span: Span) throws(SyntaxFailure) -> Expression {
    let innermost = anonymousParameters.count - 1
    switch anonymousParameters[innermost] {
    case .implicit(var spans):
      if spans[index] == nil {
        spans[index] = span
        anonymousParameters[innermost] = .implicit(spans: spans)
      }
    case .named: report(.anonymousInNamed, at: span)
    case .unavailable: report(.anonymousOutsideClosure, at: span)
    }
    return Expression(.name(NameReference("$\(index)", span)), span)
  }
}
