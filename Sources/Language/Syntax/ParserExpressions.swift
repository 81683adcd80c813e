// Operators, by precedence; `await` and `async`.

/// How an infix operator binds: Swift's table, the loosest first.
enum Precedence: Int {
  case or = 1
  case and, comparison, coalesce, range, addition, multiplication
}

private enum InfixOperator {
  case binary(BinaryOperator)
  case range(isClosed: Bool)
}

extension Symbol {
  fileprivate var infix: (InfixOperator, Precedence)? {
    switch self {
    case .or: (.binary(.or), .or)
    case .and: (.binary(.and), .and)
    case .equal: (.binary(.equal), .comparison)
    case .notEqual: (.binary(.notEqual), .comparison)
    case .less: (.binary(.less), .comparison)
    case .lessOrEqual: (.binary(.lessOrEqual), .comparison)
    case .greater: (.binary(.greater), .comparison)
    case .greaterOrEqual: (.binary(.greaterOrEqual), .comparison)
    case .coalesce: (.binary(.coalesce), .coalesce)
    case .closedRange: (.range(isClosed: true), .range)
    case .halfOpenRange: (.range(isClosed: false), .range)
    case .add: (.binary(.add), .addition)
    case .subtract: (.binary(.subtract), .addition)
    case .multiply: (.binary(.multiply), .multiplication)
    case .divide: (.binary(.divide), .multiplication)
    case .remainder: (.binary(.remainder), .multiplication)
    default: nil
    }
  }
}

extension Symbol {
  /// Whether a value stands on both of its sides.
  var isInfix: Bool { infix != nil }
}

extension BinaryOperator {
  /// How it binds.
  var precedence: Precedence? { Symbol(rawValue: rawValue)?.infix?.1 }
}

extension Parser {
  mutating func parseExpression() throws(SyntaxFailure) -> Expression {
    try enter()
    let outerChain = chainLength
    chainLength = 0
    let expression = try parseTernary()
    chainLength = max(chainLength, outerChain)
    leave()
    return expression
  }

  private mutating func parseTernary() throws(SyntaxFailure) -> Expression {
    let condition = try parseInfix(atLeast: .or)
    guard at(.question) else { return try parseForeignChoice(condition) ?? condition }
    let question = advance()
    let isCall = !question.spaceBefore && at(.openParen) && !current.spaceBefore
    let start = position
    if isCall, peek().kind == .symbol(.closeParen) {
      advance()
      advance()
      throw failForOptionalCall(condition, question, argumentsAt: start)
    }
    let then = try parseExpression()
    guard accept(.colon) else {
      if isCall { throw failForOptionalCall(condition, question, argumentsAt: start) }
      throw fail(
        .expected("\":\" and the other value", found: describeCurrent()),
        notes: [.init("the choice begins here", question.span)])
    }
    let otherwise = try parseExpression()
    return Expression(
      .ternary(condition: condition, then: then, otherwise: otherwise),
      condition.span.joined(with: otherwise.span))
  }

  /// Whether the operator here belongs to the expression before it. At the beginning of a line it does
  /// when space follows it, as in Swift: `a⏎ + b` goes on, `a⏎ -b` does not.
  var continuesLine: Bool {
    !current.startsLine || !context.newlineEndsStatement || peek().spaceBefore
  }

  private mutating func parseInfix(atLeast minimum: Precedence) throws(SyntaxFailure) -> Expression {
    let outerChain = chainLength
    chainLength = 0
    var left = try parsePrefix()
    while continuesLine {
      try replaceForeignOperator()
      guard let (infix, precedence, token) = infixHere, precedence.rawValue >= minimum.rawValue else { break }
      advance()
      if at(.assign), !current.spaceBefore, [.coalesce, .and, .or].contains(precedence) {
        throw fail(
          .noCombinedAssignment(source.slice(token.span), brief(left.span)),
          at: token.span.joined(with: current.span))
      }
      if token.kind == .symbol(.less), !token.spaceBefore, case .name(let reference) = left.kind,
        ["Array", "Dictionary", "Set", "Optional"].contains(reference.name)
      {
        throw fail(.noTypeArguments(reference.name), at: token.span)
      }
      if token.kind == .symbol(.less), at(.greater), !current.spaceBefore {
        throw fail(.noDiamond, at: token.span.joined(with: current.span))
      }
      let leftChain = chainLength
      chainLength = 0
      let right = try parseRight(of: infix, precedence, token, left: left)
      chainLength = max(leftChain, chainLength)
      try extendChain()
      let span = left.span.joined(with: right.span)
      switch infix {
      case .binary(let binary):
        left = Expression(.binary(binary, left, right, operatorSpan: token.span), span)
      case .range(let isClosed):
        // The end that was left out lies where the operator does.
        let isOpen = right.span == token.span
        left = Expression(.range(lower: left, upper: right, isClosed: isClosed && !isOpen), span)
      }
      if let (_, next, nextToken) = infixHere, next == precedence, continuesLine {
        if precedence == .comparison { report(.comparisonChain, at: nextToken.span) }
        if precedence == .range { report(.rangeChain, at: nextToken.span) }
      }
    }
    chainLength = max(chainLength, outerChain)
    return left
  }

  private mutating func parseRight(
    of infix: InfixOperator, _ precedence: Precedence, _ token: Token, left: Expression
  ) throws(SyntaxFailure) -> Expression {
    switch (infix, current.kind) {
    case (.range(isClosed: true), .symbol(.closeBracket)) where context.allowsOpenRange:
      // Up to the end, which is where the greatest number stands for.
      return Expression(.integer(.max), token.span)
    case (.range, .symbol(.closeParen)):
      throw fail(.openRange(from: left.span.end == token.span.start ? brief(left.span) : nil), at: token.span)
    case (.range, .symbol(.closeBracket)), (.range, .symbol(.openBrace)):
      throw fail(.openRange(), at: token.span)
    case (.binary(.coalesce), _):
      // The only operator that groups to the right.
      try enter()
      let right = try parseInfix(atLeast: precedence)
      leave()
      return right
    default:
      guard let tighter = Precedence(rawValue: precedence.rawValue + 1) else { return try parsePrefix() }
      return try parseInfix(atLeast: tighter)
    }
  }

  private var infixHere: (InfixOperator, Precedence, Token)? {
    let token = current
    switch token.kind {
    case .symbol(let symbol):
      guard let (infix, precedence) = symbol.infix else { return nil }
      return (infix, precedence, token)
    // Reported by `replaceForeignOperator`, and read on as what was meant.
    case .foreignOperator("==="): return (.binary(.equal), .comparison, token)
    case .foreignOperator("!=="): return (.binary(.notEqual), .comparison, token)
    case .identifier: return wordOperator(token).map { ($0.infix, $0.precedence, token) }
    default: return nil
    }
  }

  /// `and` and `or` between two values on one line, which can be nothing else.
  private func wordOperator(_ token: Token) -> (infix: InfixOperator, precedence: Precedence)? {
    guard case .identifier = token.kind, !token.startsLine else { return nil }
    if isWord(token, "and") { return (.binary(.and), .and) }
    if isWord(token, "or") { return (.binary(.or), .or) }
    return nil
  }

  /// Explains an operator of another language.
  private mutating func replaceForeignOperator() throws(SyntaxFailure) {
    if wordOperator(current) != nil {
      let word = source.slice(current.span)
      if word == "and", context.bindsName { return report(.bindingWithAnd, at: current.span) }
      return report(.writeInstead(word, word == "and" ? "&&" : "||"), at: current.span)
    }
    guard case .foreignOperator(let spelled) = current.kind else { return }
    switch spelled {
    case "===": report(.strictEquality, at: current.span)
    case "!==": report(.strictInequality, at: current.span)
    case "++", "--": return
    case "**": throw fail(.noPower)
    case "&+", "&-", "&*": throw fail(.noWrapping)
    case "&", "|", "^", "~", "<<", ">>": throw fail(.noBitOperators(spelled))
    case ":=": throw fail(.colonEquals)
    case "=>": throw fail(.arrow(spelled, ["x"]))
    case "..": throw fail(.twoDots)
    case "@" where current.startsLine: throw fail(.noDecorators)
    default: throw fail(.strayOperator(spelled))
    }
  }

  /// An operator in place of a function, as in `reduce(0, +)` and `["add": +]`; nil where none stands alone.
  private mutating func parseOperatorFunction() -> Expression? {
    guard case .symbol(let symbol) = current.kind, endsOperand(peek()), !beginsStatement else { return nil }
    if symbol == .not {
      let span = advance().span
      return closure(
        ["a"], Expression(.unary(.not, Expression(.name(NameReference("a", span)), span)), span), span)
    }
    guard case .binary(let operation)? = symbol.infix?.0 else { return nil }
    let span = advance().span
    let names = ["a", "b"]
    let sides = names.map { Expression(.name(NameReference($0, span)), span) }
    return closure(
      names, Expression(.binary(operation, sides[0], sides[1], operatorSpan: span), span), span)
  }

  /// Whether nothing of the statement stands before the current token. An operator there would belong to the line before.
  private var beginsStatement: Bool {
    guard position > 0 else { return true }
    switch tokens[position - 1].kind {
    case .symbol(.semicolon), .symbol(.openBrace), .keyword(.in): return true
    default: return context.newlineEndsStatement && current.startsLine
    }
  }

  /// Whether no operand begins with a token: what stands before it there is a whole one.
  private func endsOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .symbol(.closeParen), .symbol(.comma), .symbol(.closeBracket), .symbol(.closeBrace), .symbol(.colon),
      .symbol(.semicolon), .interpolationEnd, .end:
      true
    default: context.newlineEndsStatement && token.startsLine
    }
  }

  // MARK: - Prefixes

  mutating func parsePrefix() throws(SyntaxFailure) -> Expression {
    let start = current
    if let function = parseOperatorFunction() { return function }
    switch start.kind {
    case .symbol(.not):
      advance()
      return try parseOperand(from: start) { .unary(.not, $0) }
    case .symbol(.subtract):
      if !peek().spaceBefore, let literal = negativeLiteral(peek()) {
        advance()
        advance()
        return try parsePostfix(Expression(literal, spanFrom(start)))
      }
      advance()
      return try parseOperand(from: start) { .unary(.negate, $0) }
    case .symbol(.add):
      report(.prefixPlus, at: start.span)
      advance()
      return try parseOperand(from: start) { $0.kind }
    case .keyword(.await):
      advance()
      return try parseOperand(from: start) { .await($0) }
    case .keyword(.async):
      return try parseAsync()
    case .identifier where isWord(start, "not") && startsOperand(peek()):
      report(.writeInstead("not", "!"), at: start.span)
      advance()
      return try parseOperand(from: start) { .unary(.not, $0) }
    case .identifier where isWord(start, "try") && startsOperand(peek()):
      report(.noTry, at: start.span)
      advance()
      return try parseOperand(from: start) { $0.kind }
    case .identifier where isWord(start, "try") && isMark(peek()) && startsOperand(peek(2)):
      return try parseTryMark()
    case .foreignOperator("\\") where peek().kind == .symbol(.dot) || peek().kind == .symbol(.optionalDot):
      return try parseKeyPath()
    case .foreignOperator(let spelled) where spelled == "++" || spelled == "--":
      throw fail(.noIncrement(spelled, source.slice(peek().span)))
    case .foreignOperator("&"): throw fail(.noInOut)
    case .foreignOperator:
      try replaceForeignOperator()
      throw fail(.strayOperator(source.slice(start.span)))
    default:
      return try parsePostfix(try parsePrimary())
    }
  }

  private mutating func parseOperand(
    from start: Token, _ make: (Expression) -> Expression.Kind
  ) throws(SyntaxFailure) -> Expression {
    try enter()
    let operand = try parsePrefix()
    leave()
    return Expression(make(operand), spanFrom(start))
  }

  /// A minus right before a number belongs to it, as in Swift.
  private func negativeLiteral(_ token: Token) -> Expression.Kind? {
    switch token.kind {
    case .integer(let magnitude): .integer(Int(truncatingIfNeeded: 0 &- magnitude))
    case .double(let value): .double(-value)
    case .duration(let nanoseconds): .duration(-nanoseconds)
    default: nil
    }
  }

  /// Whether a token on the same line can only begin a value.
  func startsOperand(_ token: Token) -> Bool {
    guard !token.startsLine else { return false }
    switch token.kind {
    case .identifier, .anonymousParameter, .integer, .double, .duration, .stringStart: return true
    case .keyword(let keyword): return [.await, .async, .nil, .true, .false].contains(keyword)
    default: return false
    }
  }

  /// `async expr`, which takes the whole postfix chain to its right as `await` does, and `async { … }`.
  private mutating func parseAsync() throws(SyntaxFailure) -> Expression {
    try enter()
    let start = advance()
    if at(.let) || at(.var) { throw fail(.noAsyncLet) }
    let body: [Statement]
    let isBlock = at(.openBrace)
    if isBlock {
      if startsParameterList(at: 1) { throw fail(.asyncParameters, at: peek().span) }
      body = try parseBlock("what to do in a fiber of its own").statements
    } else if isRouteHead {
      body = [try parseRoute()]
    } else if isSocketHead {
      body = [try parseSocket()]
    } else {
      let value = try parsePrefix()
      if case .closure = value.kind { report(.asyncClosure, at: value.span) }
      body = [Statement(.expression(value), value.span)]
    }
    leave()
    let task = FunctionNode(
      role: .task, name: "async", parameters: [], hasExplicitParameters: true, body: body,
      span: spanFrom(start))
    let expression = Expression(.async(task), task.span)
    return isBlock ? try parsePostfix(expression) : expression
  }
}
