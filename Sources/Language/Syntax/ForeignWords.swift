// Words that other languages have: what people type out of habit, and what it is called here.

extension Parser {
  private static let functionWords: Set<String> = ["function", "def", "fn", "fun", "sub"]
  private static let constantWords: Set<String> = ["const", "val", "final", "local"]

  /// Explains words that stand before a name on one line, where nothing but a mistake can be.
  private static let leadingWords: [String: Message] = [
    "switch": .noSwitch, "match": .noSwitch, "class": .noTypesOfYourOwn, "struct": .noTypesOfYourOwn,
    "enum": .noTypesOfYourOwn, "protocol": .noTypesOfYourOwn, "extension": .noTypesOfYourOwn,
    "interface": .noTypesOfYourOwn, "import": .noImport, "from": .noImport, "require": .noImport,
    "try": .noTry, "raise": .writeInstead("raise", "throw"), "yield": .writeInstead("yield", "await"),
    "new": .writeInstead("new", "a plain call"), "unless": .writeInstead("unless", "if !…"),
    "until": .writeInstead("until", "while !…"), "foreach": .writeInstead("foreach", "for x in xs { … }"),
    "finally": .writeInstead("finally", "defer { … } at the beginning"),
    "except": .writeInstead("except", "catch"), "elif": .writeInstead("elif", "else if"),
    "elseif": .writeInstead("elseif", "else if"), "repeat": .noDoWhile,
    "lambda": .writeInstead("lambda", "{ x in … }"),
  ]

  /// Explains words that stand behind a value.
  private static let followingWords: [String: Message] = [
    "is": .writeInstead("is", "== to compare, type(of: x) for a type"),
    "as": .writeInstead("as", "String(x), Int(x) or Double(x)"),
    "then": .writeInstead("then", "{ … } around the body"),
    "elif": .writeInstead("elif", "else if"),
    "elseif": .writeInstead("elseif", "else if"),
    "finally": .writeInstead("finally", "defer { … } at the beginning"),
    "except": .writeInstead("except", "catch"),
  ]

  /// Reads `def f(x) { }` and `const x = 1` as what they mean, after saying how they are written.
  mutating func parseForeignDeclaration(into statements: inout [Statement]) throws(SyntaxFailure) -> Bool {
    guard case .identifier(let word) = current.kind, case .identifier(let name) = peek().kind,
      !peek().startsLine, isWord(current, word)
    else { return false }
    if Self.functionWords.contains(word), peek(2).kind == .symbol(.openParen) {
      let start = current
      report(.writeInstead(word, "func"), at: start.span)
      advance()
      statements.append(try parseFunction(from: start))
      return true
    }
    if Self.constantWords.contains(word), peek(2).kind == .symbol(.assign) {
      let start = current
      report(.writeInstead(word, "let \(name) = …"), at: start.span)
      advance()
      let span = advance().span
      advance()
      let node = DeclarationNode(
        name: NameDeclaration(name, span), isLet: true, value: try parseExpression())
      statements.append(Statement(.declaration(node), spanFrom(start)))
      return true
    }
    guard let message = Self.leadingWords[word] else { return false }
    throw fail(message)
  }

  /// What Swift writes before a declaration.
  private static let modifiers: Set<String> = [
    "private", "public", "internal", "fileprivate", "open", "package", "static", "lazy", "weak", "unowned",
    "mutating", "override", "convenience", "required", "indirect", "nonisolated", "export", "pub",
  ]

  /// The words that statements begin with.
  private static let statementWords = [
    "let", "var", "func", "if", "guard", "while", "for", "return", "throw", "defer", "await", "route",
  ]

  /// What to say about a word that was read as a statement of its own and that something follows, as `switch x`, and
  /// where that word stands; nil where it is like any other.
  func explainWord(before statement: Statement?) -> (Message, Span)? {
    guard case .expression(let value)? = statement?.kind else { return nil }
    let name: NameReference
    switch value.kind {
    case .name(let reference): name = reference
    case .call(let callee, _):
      guard case .name(let reference) = callee.kind else { return nil }
      name = reference
    default: return nil
    }
    if let message = Self.leadingWords[name.name] { return (message, name.span) }
    guard case .name = value.kind, !current.startsLine else { return nil }
    if Self.modifiers.contains(name.name),
      [.keyword(.let), .keyword(.var), .keyword(.func)].contains(current.kind)
    {
      return (.noModifier(name.name), name.span)
    }
    guard startsOperand(current), let word = Suggestion.nearest(to: name.name, among: Self.statementWords)
    else {
      return nil
    }
    return (.unknownWord(name.name, suggestion: word), name.span)
  }

  /// What to say about the token that stands where a statement should have ended.
  func explainFollower(of statement: Statement?) -> Message {
    if case .identifier(let word) = current.kind, let message = Self.followingWords[word] { return message }
    if at(.in) { return .writeInstead("in", "xs.contains(x)") }
    if at(.colon) {
      if peek().kind == .keyword(.for) || peek().kind == .keyword(.while) { return .noLabels }
      if context.newlineEndsStatement, case .expression(let value)? = statement?.kind,
        case .string = value.kind
      {
        return .dictionaryInBraces
      }
      return .unexpected("\":\"", help: "bodies stand in braces: if x { … }")
    }
    if at(.else) { return .elseWithoutIf }
    if at(.comma), case .expression(let value)? = statement?.kind, case .name = value.kind {
      return .unexpected("\",\"", help: "the parameters of a closure are followed by in: { x, y in … }")
    }
    if at(.openBrace), let statement {
      switch statement.kind {
      case .conditional, .whileLoop, .forLoop, .guard: return .closureInHead
      default: break
      }
    }
    if at(.catch) { return .catchWithoutDo }
    if case .expression(let value)? = statement?.kind, case .name(let reference) = value.kind {
      if startsOperand(current), reference.span.end == previousEnd {
        return .unexpected(describeCurrent(), help: Message.callLooksLike(reference.name))
      }
    }
    if position > 0, case .identifier(let word) = tokens[position - 1].kind,
      let message = Self.leadingWords[word]
    {
      return message
    }
    switch current.kind {
    case .identifier, .keyword, .integer, .double, .duration, .stringStart: return .twoStatements
    default: return .unexpected(describeCurrent())
    }
  }
}
