// Blocks, conditions, loops, errors.

extension Parser {
  /// `{ … }` with a scope of its own; `what` names it in an error.
  mutating func parseBlock(_ what: String) throws(SyntaxFailure) -> BlockNode {
    try enter()
    let opener = current
    guard accept(.openBrace) else {
      if atEnd { throw fail(.expected("\"{\" and \(what)", found: describeCurrent())) }
      if let (message, span) = explainWordBehind() { throw fail(message, at: span) }
      throw fail(
        Message("expected \"{\" and \(what), found \(describeCurrent())", help: "a body stands in braces"))
    }
    let outer = context
    context = Context()
    let statements = parseStatements()
    context = outer
    try expectClosing(.closeBrace, opener)
    leave()
    return BlockNode(statements, spanFrom(opener))
  }

  // MARK: - Conditions

  mutating func parseIf() throws(SyntaxFailure) -> IfNode {
    try enter()
    let start = advance()
    let conditions = try parseConditions()
    let then = try parseBlock("the body of the if")
    var otherwise: IfNode.Otherwise?
    if isWord(current, "elif") || isWord(current, "elseif") || isWord(current, "elsif") {
      report(.writeInstead(source.slice(current.span), "else if"), at: current.span)
      otherwise = .conditional(try parseIf())
    } else if accept(.else) {
      if at(.if) {
        otherwise = .conditional(try parseIf())
      } else {
        otherwise = .block(try parseBlock("the body of the else"))
      }
    }
    leave()
    return IfNode(conditions: conditions, then: then, otherwise: otherwise, span: spanFrom(start))
  }

  mutating func parseGuard() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let conditions = try parseConditions()
    guard accept(.else) else {
      if tokenBehindBlock()?.kind == .keyword(.else) { throw fail(.closureInHead) }
      throw fail(.expected("\"else\" behind the condition", found: describeCurrent()))
    }
    let otherwise = try parseBlock("what to do when the condition does not hold")
    return Statement(.guard(conditions, otherwise: otherwise), spanFrom(start))
  }

  mutating func parseConditions() throws(SyntaxFailure) -> [Condition] {
    let outer = context
    defer { context = outer }
    context.allowsTrailingClosure = false
    var conditions: [Condition] = []
    repeat { conditions.append(try parseCondition()) } while accept(.comma)
    try refuseClosureInHead()
    try explainHead()
    return conditions
  }

  /// `if xs.contains { … } {` and `if xs.filter { … }.isEmpty {`: where the block that begins here is followed in its last
  /// line by another, or by what goes on with a value, it is meant as a closure.
  private mutating func refuseClosureInHead() throws(SyntaxFailure) {
    guard let next = tokenBehindBlock(), !next.startsLine, case .symbol(let symbol) = next.kind else {
      return
    }
    switch symbol {
    case .openBrace, .dot, .optionalDot, .openBracket, .question: throw fail(.closureInHead)
    case .comma where context.newlineEndsStatement: throw fail(.closureInHead)
    default: if symbol.isInfix { throw fail(.closureInHead) }
    }
  }

  /// What follows the block that begins here; nil where none does.
  private mutating func tokenBehindBlock() -> Token? {
    guard at(.openBrace), let closer = closer(of: position), closer + 1 < tokens.count else { return nil }
    return tokens[closer + 1]
  }

  /// Explains a word that stands behind a value in other languages, as in `if x in xs { … }`.
  private mutating func explainHead() throws(SyntaxFailure) {
    guard !current.startsLine, at(.in) || Parser.followsValueElsewhere(current) else { return }
    throw fail(explainFollower(of: nil))
  }

  private mutating func parseCondition() throws(SyntaxFailure) -> Condition {
    if at(.openBrace) { throw fail(.expected("a condition", found: describeCurrent())) }
    if isWord(current, "case"), !peek().startsLine, startsOperand(peek()) || peek().kind == .symbol(.dot) {
      throw fail(.noPatternMatching)
    }
    guard at(.let) || at(.var) else {
      let condition = try parseExpression()
      guard at(.assign) else { return .expression(condition) }
      report(.assignmentInCondition, at: current.span)
      advance()
      _ = try parseExpression()
      return .expression(Expression(.invalid, condition.span))
    }
    let isLet = advance().kind == .keyword(.let)
    let (name, span) = try expectName("a name")
    skipTypeAnnotation()
    let value: Expression
    if accept(.assign) {
      context.bindsName = true
      value = try parseExpression()
      context.bindsName = false
      if case .binary(.and, _, _, let sign) = value.kind { report(.bindingWithAnd, at: sign) }
    } else {
      // `if let x { }`, as in Swift.
      value = Expression(.name(NameReference(name, span)), span)
    }
    return .binding(DeclarationNode(name: NameDeclaration(name, span), isLet: isLet, value: value))
  }

  // MARK: - Loops

  mutating func parseWhile() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let conditions = try parseConditions()
    let body = try parseBlock("the body of the loop")
    return Statement(.whileLoop(conditions, body: body), spanFrom(start))
  }

  mutating func parseFor() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let awaits = accept(.await)
    let head = current
    guard let names = try parseLoopNames() else {
      // A loop that counts as in C: its head is skipped, its body read.
      while !at(.openBrace), !atEnd, !current.startsLine { advance() }
      if at(.openBrace) { _ = try parseBlock("the body of the loop") }
      return Statement(.invalid, spanFrom(start))
    }
    guard accept(.in) else {
      if isWord(current, "of") { throw fail(.writeInstead("of", "in")) }
      throw fail(atEnd ? .expected("\"in\"", found: describeCurrent()) : .forNeedsIn)
    }
    if awaits, names.count > 1 { report(.awaitedPair, at: spanFrom(head)) }
    let outer = context
    context.allowsTrailingClosure = false
    let sequence = try parseExpression()
    try refuseClosureInHead()
    try explainHead()
    context = outer
    if isWord(current, "where") { throw fail(.noWhere("where")) }
    if at(.if), !current.startsLine { throw fail(.noWhere("if")) }
    let body = try parseBlock("the body of the loop")
    return Statement(.forLoop(awaits: awaits, names: names, sequence: sequence, body: body), spanFrom(start))
  }

  /// The names of a loop; nil when it is written as in C, which has been reported.
  private mutating func parseLoopNames() throws(SyntaxFailure) -> [NameDeclaration]? {
    let opener = current
    if at(.openBracket) { throw fail(.loopNamesInBrackets) }
    let isPair = accept(.openParen)
    if at(.let) || at(.var) { advance() }
    var names: [NameDeclaration] = []
    repeat {
      if at(.openParen), !names.isEmpty { throw fail(.nestedLoopNames) }
      let (name, span) = try expectName(names.isEmpty ? "the name of what the loop goes over" : "a name")
      names.append(NameDeclaration(name, span))
    } while isPair && accept(.comma)
    if at(.assign) {
      report(.countedFor, at: current.span)
      return nil
    }
    if isPair, names.count == 1, isWord(current, "of") || at(.in) {
      throw fail(.loopInParentheses(names[0].name), at: opener.span)
    }
    if isPair { try expectClosing(.closeParen, opener, or: "\",\" or ") }
    if names.count > 2 { report(.tooManyLoopNames, at: names[2].span) }
    if at(.comma) { throw fail(Message("expected \"in\", found \",\"", help: "write for (key, value) in …")) }
    if names.count == 2, names[0].name == names[1].name, names[0].name != "_" {
      report(.duplicateParameter(names[0].name), at: names[1].span)
    }
    return Array(names.prefix(2))
  }

  // MARK: - Errors

  /// - Parameter isForeign: whether `try` stands there, which is reported with how the whole is written.
  mutating func parseDo(isForeign: Bool = false) throws(SyntaxFailure) -> Statement {
    let start = advance()
    let body = try parseBlock("a body")
    guard at(.catch) else {
      if at(.while), !current.startsLine { throw fail(.noDoWhile) }
      return Statement(.do(body: body, errorName: nil, handler: nil), spanFrom(start))
    }
    let keyword = advance()
    // Swift's `catch let failure`.
    _ = accept(.let)
    var name = NameDeclaration("error", keyword.span)
    if case .identifier(let written) = current.kind {
      name = NameDeclaration(written, advance().span)
    } else if at(.openParen), case .identifier(let written) = peek().kind,
      peek(2).kind == .symbol(.closeParen)
    {
      // JavaScript's `catch (failure)`.
      let opener = advance()
      name = NameDeclaration(written, advance().span)
      advance()
      if !isForeign { report(.catchParentheses(written), at: spanFrom(opener)) }
    }
    if !at(.openBrace), !atEnd, !current.startsLine { throw fail(.catchTakesAll) }
    let handler = try parseBlock("what to do with the error")
    try skipFinally()
    return Statement(.do(body: body, errorName: name, handler: handler), spanFrom(start))
  }

  mutating func parseDefer() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let body = try parseBlock("what to do in the end")
    let function = FunctionNode(
      role: .cleanup, name: "defer", parameters: [], hasExplicitParameters: true, body: body.statements,
      span: spanFrom(start))
    return Statement(.defer(function), function.span)
  }
}
