// Members, elements, calls; literals and names.

extension Parser {
  /// Reads what follows a value: `.name`, `?.name`, `[…]`, `(…)`, `{ … }`.
  mutating func parsePostfix(_ base: Expression) throws(SyntaxFailure) -> Expression {
    if case .conditional = base.kind { return base }
    var value = base
    var hasOptional = false
    chain: while true {
      let token = current
      switch token.kind {
      case .symbol(.dot), .symbol(.optionalDot):
        let isOptional = token.kind == .symbol(.optionalDot)
        hasOptional = hasOptional || isOptional
        value = try parseMember(of: value, isOptional: isOptional)
      case .symbol(.question)
      where !token.spaceBefore && peek().kind == .symbol(.openBracket) && !peek().spaceBefore:
        hasOptional = true
        advance()
        value = try parseIndex(of: value, isOptional: true)
      case .symbol(.openBracket) where !token.startsLine:
        value = try parseIndex(of: value, isOptional: false)
      case .symbol(.openParen) where !token.startsLine:
        value = try parseCall(of: value)
      case .symbol(.openBrace)
      where context.allowsTrailingClosure && !token.startsLine && takesTrailingClosure(value):
        value = try parseTrailingClosures(of: value, isNewCall: true)
      case .symbol(.not) where !token.spaceBefore && !startsOperand(peek()):
        report(.forceUnwrap, at: token.span)
        advance()
        continue chain
      default:
        break chain
      }
      try extendChain()
    }
    return hasOptional ? Expression(.optionalChain(value), value.span) : value
  }

  private mutating func parseMember(of base: Expression, isOptional: Bool) throws(SyntaxFailure) -> Expression
  {
    advance()
    if isOptional, at(.openBracket) {
      throw fail(.writeInstead("?.[", "?[…]"), at: tokens[position - 1].span.joined(with: current.span))
    }
    if isOptional, at(.openParen) {
      throw fail(.noOptionalCall(brief(base.span), nil), at: tokens[position - 1].span)
    }
    let token = current
    // `pair.0`, as Swift writes the elements of what is an array here.
    let number: String? = if case .integer(let index) = token.kind { String(index) } else { nil }
    guard let name = number ?? nameOrKeyword(token), !beginsOwnStatement(token) else {
      if case .integer = base.kind, !isOptional {
        throw fail(.trailingPoint(source.slice(base.span), isRange: at(.less) && !current.spaceBefore))
      }
      throw failForMissing("the name of a member")
    }
    advance()
    return Expression(
      .member(base, name: name, nameSpan: token.span, isOptional: isOptional),
      base.span.joined(with: token.span))
  }

  /// Whether a keyword is the first word of the next line's statement, as in `x.⏎let y = 1`.
  private func beginsOwnStatement(_ token: Token) -> Bool {
    guard case .keyword = token.kind else { return false }
    return token.startsLine && startsOperand(peek())
  }

  private mutating func parseIndex(of base: Expression, isOptional: Bool) throws(SyntaxFailure) -> Expression
  {
    let opener = advance()
    let outer = context
    context = Context(newlineEndsStatement: false, allowsOpenRange: true)
    let index = try parseSubscript()
    var fallback: Expression?
    if at(.colon) { throw fail(.slice(brief(base.span), from: brief(index.span), to: sliceEnd)) }
    if at(.comma) {
      advance()
      guard isWord(current, "default"), peek().kind == .symbol(.colon) else {
        throw fail(.expected("\"default:\" and a value", found: describeCurrent()))
      }
      advance()
      advance()
      fallback = try parseExpression()
    }
    try expectClosing(.closeBracket, opener)
    context = outer
    return Expression(
      .index(base, index, fallback: fallback, isOptional: isOptional),
      base.span.joined(with: spanFrom(opener)))
  }

  /// The end of Python's `xs[1:3]`, whose colon is the current token, where it is short.
  private var sliceEnd: String? {
    guard startsOperand(peek()), peek(2).kind == .symbol(.closeBracket) else { return nil }
    return brief(peek().span)
  }

  /// What stands between brackets; `..<end` and `...end` begin at 0 there.
  private mutating func parseSubscript() throws(SyntaxFailure) -> Expression {
    let sign = current
    if at(.colon) { throw fail(.slice("xs", from: "0", to: sliceEnd)) }
    guard at(.closedRange) || at(.halfOpenRange) else { return try parseExpression() }
    advance()
    if at(.closeBracket) { throw fail(.wholeSlice, at: sign.span) }
    let upper = try parseExpression()
    return Expression(
      .range(
        lower: Expression(.integer(0), sign.span), upper: upper,
        isClosed: sign.kind == .symbol(.closedRange)), spanFrom(sign))
  }

  // MARK: - Calls

  private mutating func parseCall(of callee: Expression) throws(SyntaxFailure) -> Expression {
    let opener = advance()
    let outer = context
    context = Context(newlineEndsStatement: false)
    var list = List(openedAt: position - 1, closedBy: .closeParen, of: "argument")
    var arguments: [Argument] = []
    while !at(.closeParen) {
      arguments.append(try parseArgument())
      if !acceptComma(in: &list) { break }
    }
    try expectClosing(.closeParen, opener, or: "\",\" or ")
    context = outer
    if let empty = emptyCollection(callee, arguments, spanFrom(opener)) { return empty }
    let call = Expression(
      .call(callee: callee, arguments: arguments), callee.span.joined(with: spanFrom(opener)))
    if let page = htmlLiteral(callee, arguments, call.span) { return page }
    if at(.openBrace), context.allowsTrailingClosure, !current.startsLine {
      return try parseTrailingClosures(of: call, isNewCall: false)
    }
    return call
  }

  private mutating func parseArgument() throws(SyntaxFailure) -> Argument {
    var label: String?
    var labelSpan: Span?
    if peek().kind == .symbol(.colon), let name = nameOrKeyword(current) {
      label = name
      labelSpan = advance().span
      advance()
    }
    if isSpread {
      report(.noSpreadArgument, at: current.span)
      advance()
    }
    if current.kind == .foreignOperator("**") { throw fail(.noSpreadArgument) }
    let value = try parseExpression()
    if at(.assign) {
      if case .name = value.kind { throw fail(.labelWithEquals) }
      throw fail(.assignmentIsNoValue)
    }
    return Argument(label: label, labelSpan: labelSpan, value: value)
  }

  /// `[Int]()` and `[:]()`, which Swift makes an empty collection of.
  private mutating func emptyCollection(
    _ callee: Expression, _ arguments: [Argument], _ parentheses: Span
  ) -> Expression? {
    let span = callee.span.joined(with: parentheses)
    var written: String? { arguments.isEmpty ? nil : brief(parentheses) ?? "(…)" }
    switch callee.kind {
    case .array(let elements) where elements.count <= 1:
      report(.noTypeOfArray(written), at: span)
      return Expression(.array([]), span)
    case .dictionary(let pairs) where pairs.count <= 1:
      report(.noTypeOfDictionary(written), at: span)
      return Expression(.dictionary([]), span)
    default: return nil
    }
  }

  /// What a token names where keywords are names too: as a label, behind a dot.
  private func nameOrKeyword(_ token: Token) -> String? {
    switch token.kind {
    case .identifier(let name): name
    case .keyword(let keyword): keyword.rawValue
    default: nil
    }
  }

  private func takesTrailingClosure(_ callee: Expression) -> Bool {
    switch callee.kind {
    case .name, .member, .index, .call: true
    default: false
    }
  }

  /// Reads `{ … }`, and `label: { … }` as often as it follows.
  private mutating func parseTrailingClosures(
    of callee: Expression, isNewCall: Bool
  ) throws(SyntaxFailure) -> Expression {
    var arguments: [Argument] = []
    var target = callee
    if !isNewCall, case .call(let called, let given) = callee.kind {
      target = called
      arguments = given
    }
    arguments.append(Argument(value: try parseClosure(), isTrailing: true))
    while !current.startsLine, let label = nameOrKeyword(current), peek().kind == .symbol(.colon),
      peek(2).kind == .symbol(.openBrace)
    {
      let labelSpan = advance().span
      advance()
      arguments.append(
        Argument(label: label, labelSpan: labelSpan, value: try parseClosure(), isTrailing: true))
    }
    return Expression(
      .call(callee: target, arguments: arguments), Span(target.span.start, previousEnd))
  }

  /// `html("…")` is `html "…"`.
  private mutating func htmlLiteral(_ callee: Expression, _ arguments: [Argument], _ span: Span)
    -> Expression?
  {
    guard case .name(let reference) = callee.kind, reference.name == "html", arguments.count == 1,
      arguments[0].label == nil
    else { return nil }
    switch arguments[0].value.kind {
    case .string(let text): return Expression(.interpolation([.text(text)], isHTML: true), span)
    case .interpolation(let parts, isHTML: false):
      checkPlaces(parts, span)
      return Expression(.interpolation(parts, isHTML: true), span)
    default: return nil
    }
  }

  // MARK: - Primaries

  mutating func parsePrimary() throws(SyntaxFailure) -> Expression {
    let token = current
    switch token.kind {
    case .integer(let value):
      advance()
      if value > UInt64(Int.max) { report(.integerTooLarge, at: token.span) }
      return Expression(.integer(Int(clamping: value)), token.span)
    case .double(let value):
      return Expression(.double(value), advance().span)
    case .duration(let value):
      return Expression(.duration(value), advance().span)
    case .stringStart:
      return try parseString()
    case .identifier(let name):
      if let value = try parseForeignValue(name) { return value }
      advance()
      if name == "html", current.kind == .stringStart, !current.startsLine {
        return try parseHTML(from: token)
      }
      return Expression(.name(NameReference(name, token.span)), token.span)
    case .anonymousParameter(let index):
      advance()
      return try parseAnonymousParameter(index, token.span)
    case .keyword(let keyword):
      return try parseKeyword(keyword)
    case .symbol(.openParen):
      return try parseParenthesized()
    case .symbol(.openBracket):
      return try parseCollection()
    case .symbol(.openBrace):
      return try parseClosure()
    case .symbol(.dot):
      switch peek().kind {
      case .integer, .double, .duration: throw fail(.leadingPoint(source.slice(peek().span)))
      default:
        let followsBlock =
          token.startsLine && position > 0 && tokens[position - 1].kind == .symbol(.closeBrace)
        throw fail(.leadingDot(followsBlock: followsBlock))
      }
    case .symbol(.closedRange), .symbol(.halfOpenRange):
      throw fail(.openRange())
    case .symbol(.divide): throw fail(.noRegularExpressions)
    case .symbol(.remainder) where token.startsLine && !peek().spaceBefore && nameOrKeyword(peek()) != nil:
      throw fail(.commandInCell)
    case .invalid:
      return Expression(.invalid, advance().span)
    default:
      throw failForMissing("a value")
    }
  }

  private mutating func parseKeyword(_ keyword: Keyword) throws(SyntaxFailure) -> Expression {
    switch keyword {
    case .nil: return Expression(.nilLiteral, advance().span)
    case .true: return Expression(.bool(true), advance().span)
    case .false: return Expression(.bool(false), advance().span)
    case .if:
      let keyword = current.span
      let node = try parseIf()
      if !node.hasFinalElse {
        // The next line may begin with it.
        if atEnd { throw failAtEnd(.ifWithoutElse, keyword) }
        report(.ifWithoutElse, at: keyword)
      }
      return Expression(.conditional(node), node.span)
    case .func where !current.startsLine:
      throw fail(Message("a function without a name is a closure", help: "write { x, y in … }"))
    case .do where !current.startsLine: throw fail(.doIsNoValue)
    case .throw where !current.startsLine, .return where !current.startsLine:
      throw fail(.leavingIsNoValue(keyword.rawValue))
    default:
      throw failForMissing("a value")
    }
  }

  private mutating func parseParenthesized() throws(SyntaxFailure) -> Expression {
    if let (names, arrow) = arrowFunction { throw fail(.arrow(source.slice(arrow), names), at: arrow) }
    let opener = advance()
    let outer = context
    context = Context(newlineEndsStatement: false)
    if at(.closeParen) { throw fail(.emptyParentheses, at: opener.span.joined(with: current.span)) }
    var value = try parseExpression()
    if at(.comma) { throw fail(.noTuples, at: opener.span) }
    if at(.assign) { throw fail(.assignmentIsNoValue) }
    try expectClosing(.closeParen, opener)
    context = outer
    value.span = spanFrom(opener)
    return value
  }
}
