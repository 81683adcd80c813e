// Forms that other languages have: what is built otherwise there, and how it is written here. What can be understood is
// read on as what it means, so that nothing else is reported for it.

extension Parser {
  // MARK: - Statements

  /// `async func f() { }`, `async def f(): pass`: read as a function.
  mutating func parseAsyncFunction(_ name: String) throws(SyntaxFailure) -> Statement {
    let start = advance()
    let word = advance()
    report(.asyncFunction(name), at: start.span.joined(with: word.span))
    return try parseFunction(from: start, isForeign: true)
  }

  /// `try { … } catch (e) { … }`: read as `do`.
  mutating func parseTryBlock() throws(SyntaxFailure) -> Statement {
    let word = current
    let statement = try parseDo(isForeign: true)
    var name = "error"
    if case .do(_, let errorName?, _) = statement.kind { name = errorName.name }
    report(.tryBlock(name), at: word.span)
    return statement
  }

  /// `finally { … }` behind the body of a `catch`: reported, and its body read.
  mutating func skipFinally() throws(SyntaxFailure) {
    guard isWord(current, "finally"), !current.startsLine, peek().kind == .symbol(.openBrace) else { return }
    report(.writeInstead("finally", "defer { … } at the beginning"), at: current.span)
    advance()
    _ = try parseBlock("what to do in the end")
  }

  /// `get "/x" { … }`, as Sinatra has it; false where no block follows the text.
  mutating func skipRouteWithoutWord(_ word: String) throws(SyntaxFailure) -> Bool {
    guard Self.methods.contains(word.uppercased()) else { return false }
    var end = 1
    while peek(end).kind != .stringEnd {
      if peek(end).kind == .end { return false }
      end += 1
    }
    guard peek(end + 1).kind == .symbol(.openBrace), !peek(end + 1).startsLine else { return false }
    let pattern = brief(peek().span.joined(with: peek(end).span))
    throw fail(.routeWithoutWord(word, pattern))
  }

  /// `delete d["a"]`, `del d["a"]`.
  mutating func parseDelete(_ word: String) throws(SyntaxFailure) -> Statement {
    let start = advance()
    let target = try parseExpression()
    report(.writeInstead(word, removal(of: target)), at: start.span)
    return Statement(.invalid, spanFrom(start))
  }

  /// What takes away what a place holds.
  private func removal(of target: Expression) -> String {
    let general = "d[\"key\"] = nil, or d.removeValue(forKey: \"key\")"
    switch target.kind {
    case .index(let receiver, let key, _, _):
      guard let object = brief(receiver.span), let place = brief(key.span) else { return general }
      if case .integer = key.kind {
        return "\(object).remove(at: \(place)), of a dictionary \(object)[\(place)] = nil"
      }
      return "\(object)[\(place)] = nil, or \(object).removeValue(forKey: \(place))"
    case .member(let receiver, let name, _, _):
      guard let object = brief(receiver.span) else { return general }
      return "\(object)[\"\(name)\"] = nil, or \(object).removeValue(forKey: \"\(name)\")"
    case .name(let reference): return "\(reference.name) = nil"
    default: return general
    }
  }

  /// `a, b = 1, 2`.
  mutating func skipParallelAssignment() throws(SyntaxFailure) -> Bool {
    if isInClosureHead { throw fail(.closureDefault) }
    let start = current
    let (names, ahead) = names(from: 0)
    guard names.count > 1, peek(ahead).kind == .symbol(.assign), !peek(ahead).startsLine else { return false }
    let span = start.span.joined(with: peek(ahead - 1).span)
    for _ in 0...ahead { advance() }
    var values: [String?] = []
    repeat { values.append(brief(try parseExpression().span)) } while accept(.comma)
    report(.oneNameAtATime(names, values), at: span)
    throw SyntaxFailure()
  }

  /// `x: int = 5`; false where something else has a colon there.
  mutating func parseTypedAssignment(
    to name: String, into statements: inout [Statement]
  ) throws(SyntaxFailure) -> Bool {
    let start = current
    let place = position
    advance()
    let colon = advance()
    skipType()
    let type = spanFrom(colon)
    guard at(.assign), !current.startsLine, peek(-1).kind != .symbol(.colon) else {
      position = place
      return false
    }
    report(.typedAssignment(name), at: type)
    advance()
    let node = DeclarationNode(
      name: NameDeclaration(name, start.span), isLet: false, value: try parseExpression())
    statements.append(Statement(.declaration(node), spanFrom(start)))
    return true
  }

  // MARK: - Values

  /// Reads what stands for a value in another language and begins with a word; nil where nothing of the kind stands here.
  mutating func parseForeignValue(_ word: String) throws(SyntaxFailure) -> Expression? {
    let next = peek()
    guard !next.startsLine else { return nil }
    switch (next.kind, word) {
    case (.stringStart, "f"), (.stringStart, "F"), (.stringStart, "r"), (.stringStart, "b"):
      return next.spaceBefore ? nil : try parsePrefixedString(word)
    case (.symbol(.openParen), "function"):
      // A variable may have that name; what is called with values and a closure is one.
      return hasBlock(behindParenthesisAt: 1, areNames: true) ? try parseFunctionValue() : nil
    case (.identifier, "lambda"), (.symbol(.colon), "lambda"):
      throw fail(.writeInstead("lambda", "{ x in … }"))
    case (.identifier(let following), "html"):
      if ["and", "or", "is", "as", "then"].contains(following) { return nil }
      return try parseUnquotedHTML()
    default: return nil
    }
  }

  /// Python's `f"hi {name}"`, `r"\d"` and `b"data"`: read as the text in them.
  private mutating func parsePrefixedString(_ prefix: String) throws(SyntaxFailure) -> Expression {
    let start = advance()
    let text = try parseString()
    let own: String
    switch prefix {
    case "r": own = "#\"…\"#"
    case "b": own = "Bytes(\"…\")"
    default:
      let written = brief(text.span).map {
        $0.replacing("{", with: "\\(").replacing("}", with: ")")
      }
      own = written ?? "\"\\(x)\" to put a value into a text"
    }
    report(.noStringPrefix(prefix, own), at: start.span)
    return text
  }

  /// `function (x) { … }`: read as a closure.
  private mutating func parseFunctionValue() throws(SyntaxFailure) -> Expression {
    let start = advance()
    let parameters = try parseParameters()
    let names = parameters.map(\.name).joined(separator: ", ")
    report(.writeInstead("function", names.isEmpty ? "{ … }" : "{ \(names) in … }"), at: start.span)
    anonymousParameters.append(.named)
    let body = try parseBlock("the body of the closure")
    anonymousParameters.removeLast()
    let function = FunctionNode(
      role: .closure, name: "closure", parameters: parameters, hasExplicitParameters: true,
      body: body.statements, span: spanFrom(start))
    return Expression(.closure(function), function.span)
  }

  /// `html page`, where a text was to follow.
  private mutating func parseUnquotedHTML() throws(SyntaxFailure) -> Expression {
    try enter()
    let start = advance()
    let value = try parsePrefix()
    leave()
    report(.unquotedHTML(brief(value.span) ?? "x"), at: spanFrom(start))
    return Expression(.interpolation([.value(value)], isHTML: true), spanFrom(start))
  }

  /// Whether this is the mark of `try?` or `try!`.
  func isMark(_ token: Token) -> Bool {
    !token.spaceBefore && (token.kind == .symbol(.question) || token.kind == .symbol(.not))
  }

  /// `try? f()` and `try! f()`: read as the call alone.
  mutating func parseTryMark() throws(SyntaxFailure) -> Expression {
    let name = nameBeingAssigned
    let start = advance()
    let mark = advance()
    try enter()
    let value = try parsePrefix()
    leave()
    let span = start.span.joined(with: mark.span)
    if mark.kind == .symbol(.not) {
      report(.noTry, at: span)
    } else if case .await(let awaited) = value.kind, case .call(let callee, _) = awaited.kind,
      case .name = callee.kind
    {
      report(.noTryMark(awaited: brief(value.span)), at: span)
    } else {
      report(.noTryMark(name, brief(value.span)), at: span)
    }
    return Expression(value.kind, spanFrom(start))
  }

  /// The name before the `=` that stands before the current token.
  private var nameBeingAssigned: String? {
    guard position > 1, tokens[position - 1].kind == .symbol(.assign),
      case .identifier(let name) = tokens[position - 2].kind
    else { return nil }
    return name
  }

  /// Python's `x if y else z`, of which `x` has been read; nil where that does not stand here.
  mutating func parseForeignChoice(_ value: Expression) throws(SyntaxFailure) -> Expression? {
    guard at(.if), !current.startsLine, hasElse else { return nil }
    let word = advance()
    let condition = try parseExpression()
    guard accept(.else) else { throw fail(.expected("\"else\"", found: describeCurrent())) }
    let otherwise = try parseExpression()
    let parts = [condition, value, otherwise].map { brief($0.span) }
    report(.choiceBackwards(parts), at: word.span)
    return Expression(
      .ternary(condition: condition, then: value, otherwise: otherwise),
      value.span.joined(with: otherwise.span))
  }

  /// Whether an `else` follows in this line, before any block.
  private var hasElse: Bool {
    var ahead = 1
    while !peek(ahead).startsLine {
      switch peek(ahead).kind {
      case .keyword(.else): return true
      case .symbol(.openBrace), .symbol(.semicolon), .end: return false
      default: ahead += 1
      }
    }
    return false
  }

  /// Swift's `f?(1)`, whose arguments begin at a token that has been passed.
  mutating func failForOptionalCall(
    _ callee: Expression, _ question: Token, argumentsAt start: Int
  ) -> SyntaxFailure {
    var open = 0
    var end = start
    repeat {
      if tokens[end].kind == .symbol(.openParen) { open += 1 }
      if tokens[end].kind == .symbol(.closeParen) { open -= 1 }
      end += 1
    } while open > 0 && end < position
    let arguments = tokens[start].span.joined(with: tokens[end - 1].span)
    let message = Message.noOptionalCall(brief(callee.span), brief(arguments))
    return atEnd ? failAtEnd(message, question.span) : fail(message, at: question.span)
  }

  // MARK: - Dictionaries in braces

  /// Whether `{` stands here, with a key and a colon behind it or with dots, as in JSON and JavaScript.
  var startsBracedDictionary: Bool {
    guard at(.openBrace) else { return false }
    var ahead = 1
    switch peek(ahead).kind {
    case .symbol(.closedRange):
      if case .identifier = peek(2).kind { return true }
      return false
    case .identifier, .integer: ahead += 1
    case .stringStart:
      if case .stringText = peek(2).kind { ahead += 1 }
      guard peek(ahead + 1).kind == .stringEnd else { return false }
      ahead += 2
    default: return false
    }
    guard peek(ahead).kind == .symbol(.colon) else { return false }
    // A loop with a label is none.
    return peek(ahead + 1).kind != .keyword(.for) && peek(ahead + 1).kind != .keyword(.while)
  }

  /// `{ "key": value }`: read as a dictionary. Of those that lie in one another the outermost is reported.
  mutating func parseBracedDictionary() throws(SyntaxFailure) -> Expression {
    let opener = advance()
    if !isInBracedDictionary { report(.dictionaryInBraces, at: opener.span) }
    let outer = (context, isInBracedDictionary)
    defer { (context, isInBracedDictionary) = outer }
    context = Context(newlineEndsStatement: false)
    isInBracedDictionary = true
    var list = List(openedAt: position - 1, closedBy: .closeBrace, of: "key")
    var pairs: [(key: Expression, value: Expression)] = []
    while !at(.closeBrace) {
      if accept(.closedRange) {
        _ = try parseExpression()
      } else {
        pairs.append(try parseBracedPair())
      }
      if !acceptComma(in: &list) { break }
    }
    try expectClosing(.closeBrace, opener, or: "\",\" or ")
    return Expression(.dictionary(pairs), spanFrom(opener))
  }

  /// `"key": value`, `key: value`, and `key` for both.
  private mutating func parseBracedPair() throws(SyntaxFailure) -> (key: Expression, value: Expression) {
    var key: Expression
    if case .identifier(let name) = current.kind {
      let span = advance().span
      key = Expression(.string(name), span)
      if !at(.colon) { return (key, Expression(.name(NameReference(name, span)), span)) }
    } else {
      key = try parseExpression()
    }
    guard accept(.colon) else { throw fail(.expected("\":\" and a value", found: describeCurrent())) }
    return (key, try parseExpression())
  }
}
