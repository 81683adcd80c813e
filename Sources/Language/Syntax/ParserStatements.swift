// Statements: lists of them, declarations, functions, assignments.

extension Parser {
  /// Reads statements up to a `}` or the end of the text.
  mutating func parseStatements() -> [Statement] {
    var statements: [Statement] = []
    while true {
      while accept(.semicolon) {}
      if atEnd || at(.closeBrace) || current.kind == .interpolationEnd { return statements }
      let start = position
      let outerStart = statementStart
      let outerContext = context
      let outerFunctions = anonymousParameters.count
      let outerDepth = depth
      let outerGroup = group
      statementStart = current.span.start
      do throws(SyntaxFailure) {
        try parseStatement(into: &statements)
        try expectStatementEnd(after: statements.last)
      } catch {
        context = outerContext
        anonymousParameters.removeLast(anonymousParameters.count - outerFunctions)
        depth = outerDepth
        group = outerGroup
        let from = tokens[start].span.start
        synchronize(from: start)
        if position == start { advance() }
        statements.append(Statement(.invalid, Span(from, max(from, previousEnd))))
      }
      statementStart = outerStart
    }
  }

  private mutating func expectStatementEnd(after statement: Statement?) throws(SyntaxFailure) {
    if atStatementEnd { return }
    if at(.closeParen) || at(.closeBracket) {
      throw fail(.closesNothing(source.slice(current.span)))
    }
    if let (message, span) = explainWord(before: statement) ?? explainWordBehind() {
      throw fail(message, at: span)
    }
    throw fail(explainFollower(of: statement))
  }

  private mutating func parseStatement(into statements: inout [Statement]) throws(SyntaxFailure) {
    let start = current
    if case .keyword(let keyword) = start.kind {
      switch keyword {
      case .let, .var: return try parseDeclarations(into: &statements)
      case .func:
        advance()
        return statements.append(try parseFunction(from: start))
      case .if:
        let node = try parseIf()
        return statements.append(Statement(.conditional(node), node.span))
      case .guard: return statements.append(try parseGuard())
      case .while: return statements.append(try parseWhile())
      case .for: return statements.append(try parseFor())
      case .break, .continue:
        advance()
        if case .identifier = current.kind, !current.startsLine { throw fail(.noLabels) }
        return statements.append(Statement(keyword == .break ? .break : .continue, start.span))
      case .return:
        advance()
        let value = atStatementEnd ? nil : try parseExpression()
        return statements.append(Statement(.return(value), spanFrom(start)))
      case .throw:
        advance()
        if atStatementEnd { throw fail(.throwNeedsError) }
        let value = try parseExpression()
        return statements.append(Statement(.throw(value), spanFrom(start)))
      case .do: return statements.append(try parseDo())
      case .defer: return statements.append(try parseDefer())
      case .else: throw fail(.elseWithoutIf)
      case .catch: throw fail(.catchWithoutDo)
      case .in, .await, .async, .nil, .true, .false: break
      }
    }
    if at(.closeParen) || at(.closeBracket) { throw fail(.closesNothing(source.slice(start.span))) }
    if at(.openBrace), !startsParameterList(at: 1), !startsBracedDictionary {
      return statements.append(try parseBareBlock())
    }
    if isRouteHead { return statements.append(try parseRoute()) }
    if isSocketHead { return statements.append(try parseSocket()) }
    if let kind = hookHead { return statements.append(try parseHook(kind)) }
    if isGroupHead { return statements.append(try parseGroup()) }
    if try parseForeignStatement(into: &statements) { return }
    statements.append(try parseExpressionStatement())
  }

  func spanFrom(_ start: Token) -> Span { Span(start.span.start, max(start.span.end, previousEnd)) }

  /// `{ … }` where a statement should be: read as a scope, so that what is in it is checked too.
  private mutating func parseBareBlock() throws(SyntaxFailure) -> Statement {
    let start = current
    report(.bareBlock, at: start.span)
    anonymousParameters.append(.implicit(spans: [:]))
    let body = try parseBlock("a body")
    anonymousParameters.removeLast()
    // A closure that is called where it stands: the help has said how that is written.
    if at(.openParen), !current.startsLine { throw SyntaxFailure() }
    return Statement(.do(body: body, errorName: nil, handler: nil), spanFrom(start))
  }

  // MARK: - Declarations

  private mutating func parseDeclarations(into statements: inout [Statement]) throws(SyntaxFailure) {
    let keyword = advance()
    let isLet = keyword.kind == .keyword(.let)
    var start = keyword
    repeat {
      if at(.openParen) || at(.openBracket) || at(.openBrace) { throw fail(.destructuring) }
      let (name, span) = try expectName("a name")
      skipTypeAnnotation()
      guard accept(.assign) else {
        if case .foreignOperator(":=") = current.kind { throw fail(.colonEquals) }
        let message = Message.declarationWithoutValue(isLet ? "let" : "var", name)
        throw atEnd ? failAtEnd(message, span) : fail(message, at: span)
      }
      let value = try parseExpression()
      let node = DeclarationNode(name: NameDeclaration(name, span), isLet: isLet, value: value)
      statements.append(Statement(.declaration(node), spanFrom(start)))
      start = current
    } while accept(.comma)
  }

  /// Reports `: Type` and moves behind it.
  mutating func skipTypeAnnotation() {
    guard at(.colon) else { return }
    let start = advance()
    skipType()
    report(.noTypes, at: spanFrom(start))
  }

  /// Moves behind a type as Swift and TypeScript write them.
  mutating func skipType() {
    var open = 0
    while !atEnd {
      switch current.kind {
      case .symbol(.openParen), .symbol(.openBracket), .symbol(.less): open += 1
      case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.greater):
        if open == 0 { return }
        open -= 1
      case .identifier, .keyword(.nil), .symbol(.dot), .symbol(.question), .symbol(.arrow),
        .foreignOperator("&"), .foreignOperator("|"), .keyword(.async), .keyword(.throw):
        break
      case .symbol(.comma), .symbol(.colon):
        if open == 0 { return }
      default:
        return
      }
      if current.startsLine, open == 0 { return }
      advance()
    }
  }

  // MARK: - Functions

  /// A function whose `func` has been taken.
  ///
  /// - Parameter isForeign: whether another word stood there, which has been reported, with how a function is written.
  mutating func parseFunction(from start: Token, isForeign: Bool = false) throws(SyntaxFailure) -> Statement {
    let (name, nameSpan) = try expectName("the name of the function")
    let outer = context
    defer { context = outer }
    let parameters = try parseParameters()
    while at(.async) || isWord(current, "throws") || isWord(current, "rethrows") {
      report(.noEffects(source.slice(current.span)), at: current.span)
      advance()
    }
    if at(.arrow) {
      let arrow = advance()
      skipType()
      report(.noReturnTypes, at: spanFrom(arrow))
    }
    if isForeign, !at(.openBrace), !atEnd { throw SyntaxFailure() }
    anonymousParameters.append(.unavailable)
    let body = try parseBlock("the body of the function")
    anonymousParameters.removeLast()
    let function = FunctionNode(
      role: .function, name: name, parameters: parameters, hasExplicitParameters: true,
      body: body.statements, span: spanFrom(start))
    return Statement(.function(name: NameDeclaration(name, nameSpan), function), function.span)
  }

  mutating func parseParameters() throws(SyntaxFailure) -> [Parameter] {
    let opener = current
    guard accept(.openParen) else {
      throw fail(.expected("\"(\" and the parameters", found: describeCurrent()))
    }
    let outer = context
    defer { context = outer }
    context = Context(newlineEndsStatement: false)
    var list = List(openedAt: position - 1, closedBy: .closeParen, of: "parameter")
    var parameters: [Parameter] = []
    while !at(.closeParen) {
      if at(.multiply) || current.kind == .foreignOperator("**") { throw fail(.noVariadic) }
      var (name, span) = try expectName("the name of a parameter")
      if case .identifier(let second) = current.kind, !current.startsLine {
        report(.noParameterLabels, at: span)
        (name, span) = (second, advance().span)
      }
      if at(.closedRange) { throw fail(.noVariadic) }
      skipTypeAnnotation()
      let defaultValue = accept(.assign) ? try parseExpression() : nil
      addParameter(Parameter(name: name, span: span, defaultValue: defaultValue), to: &parameters)
      if !acceptComma(in: &list) { break }
    }
    try expectClosing(.closeParen, opener, or: "\",\" or ")
    return parameters
  }

  mutating func addParameter(_ parameter: Parameter, to parameters: inout [Parameter]) {
    if parameter.name != "_", let first = parameters.first(where: { $0.name == parameter.name }) {
      report(
        .duplicateParameter(parameter.name), at: parameter.span,
        notes: [.init("the first one stands here", first.span)])
      return
    }
    guard parameters.count < Self.parameterLimit else {
      return report(.tooManyParameters, at: parameter.span)
    }
    parameters.append(parameter)
  }

  // MARK: - Expressions and assignments

  private mutating func parseExpressionStatement() throws(SyntaxFailure) -> Statement {
    let start = current
    let target = try parseExpression()
    switch current.kind {
    case .foreignOperator(let spelled) where (spelled == "++" || spelled == "--") && !current.startsLine:
      report(.noIncrement(spelled, source.slice(target.span)), at: current.span)
      advance()
      return Statement(.invalid, spanFrom(start))
    case .symbol(let symbol) where symbol.isAssignment && continuesLine:
      let sign = advance()
      let value = try parseExpression()
      if case .symbol(let next) = current.kind, next.isAssignment {
        throw fail(.assignmentIsNoValue)
      }
      let span = spanFrom(start)
      // `_ = f()` throws the value away, as `let _ = f()` does.
      if case .name(let reference) = target.kind, reference.name == "_", symbol == .assign {
        let name = NameDeclaration("_", reference.span)
        return Statement(.declaration(DeclarationNode(name: name, isLet: true, value: value)), span)
      }
      if let problem = assignmentProblem(target) {
        report(problem, at: target.span)
        return Statement(.invalid, span)
      }
      return Statement(
        .assignment(
          target: target, operator: symbol.assignedOperator, operatorSpan: sign.span, value: value), span)
    default:
      return Statement(.expression(target), spanFrom(start))
    }
  }

  /// Why an expression cannot stand left of `=`; nil when it can.
  private func assignmentProblem(_ target: Expression) -> Message? {
    switch target.kind {
    case .name, .invalid: nil
    case .member(_, _, _, isOptional: false), .index(_, _, _, isOptional: false): nil
    case .optionalChain:
      .cannotAssign("a value behind ?.", help: "check first: if let value = … { value.name = … }")
    case .call: .cannotAssign("the result of a call")
    case .await: .cannotAssign("an awaited value", help: "give it a name first: let value = await …")
    case .closure, .async: .cannotAssign("a closure")
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .interpolation, .array, .dictionary:
      .cannotAssign("a literal", help: "to compare, write ==")
    default: .cannotAssign("an expression", help: "to compare, write ==")
    }
  }
}
