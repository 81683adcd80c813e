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
    "not": .writeInstead("not", "!x, or !xs.contains(x)"),
    "instanceof": .writeInstead("instanceof", "type(of: x) == \"Array\""),
    "is": .writeInstead("is", "== to compare, type(of: x) for a type"),
    "as": .writeInstead("as", "String(x), Int(x) or Double(x)"),
    "then": .writeInstead("then", "{ … } around the body"),
    "elif": .writeInstead("elif", "else if"),
    "elseif": .writeInstead("elseif", "else if"),
    "finally": .writeInstead("finally", "defer { … } at the beginning"),
    "except": .writeInstead("except", "catch"),
  ]

  /// Whether a token is one of those words.
  static func followsValueElsewhere(_ token: Token) -> Bool {
    if case .identifier(let word) = token.kind { followingWords[word] != nil } else { false }
  }

  /// Reads a statement that begins with a word or in a form of another language, after saying how it is written.
  mutating func parseForeignStatement(into statements: inout [Statement]) throws(SyntaxFailure) -> Bool {
    if at(.async), let name = functionName(at: 1) {
      statements.append(try parseAsyncFunction(name))
      return true
    }
    guard case .identifier(let word) = current.kind, isWord(current, word), !peek().startsLine else {
      return false
    }
    switch peek().kind {
    case .symbol(.openBrace) where Self.constantWords.contains(word),
      .symbol(.openBracket) where Self.constantWords.contains(word) && peek().spaceBefore:
      throw fail(.destructuring, at: peek().span)
    case .identifier(let name): return try parseForeignDeclaration(word, name, into: &statements)
    case .symbol(.openBrace) where word == "try":
      statements.append(try parseTryBlock())
      return true
    case .symbol(.openParen):
      guard Self.headWords.contains(word), word == "switch" || peek().spaceBefore,
        hasBlock(behindParenthesisAt: 1),
        let message = Self.leadingWords[word]
      else { return false }
      throw fail(message)
    case .stringStart: return try skipRouteWithoutWord(word)
    case .symbol(.comma): return try skipParallelAssignment()
    case .symbol(.colon): return try parseTypedAssignment(to: word, into: &statements)
    default: return false
    }
  }

  /// The words that a head in parentheses follows, and then a block. A function may have the name of one; it is called
  /// without a space.
  private static let headWords: Set<String> = [
    "switch", "match", "foreach", "unless", "until", "elif", "elseif", "elsif",
  ]

  /// Whether the parenthesis that stands so many tokens ahead ends in this line and a block follows it there; with
  /// `areNames` whether it holds nothing but names besides.
  func hasBlock(behindParenthesisAt start: Int, areNames: Bool = false) -> Bool {
    var open = 0
    var ahead = start
    repeat {
      switch peek(ahead).kind {
      case .symbol(.openParen): open += 1
      case .symbol(.closeParen): open -= 1
      case .end: return false
      case .identifier, .symbol(.comma): break
      default: if areNames { return false }
      }
      ahead += 1
      if peek(ahead).startsLine { return false }
    } while open > 0
    return peek(ahead).kind == .symbol(.openBrace)
  }

  /// The name of a function whose declaration begins so many tokens ahead, with `func` or a word for it.
  private func functionName(at ahead: Int) -> String? {
    guard case .identifier(let name) = peek(ahead + 1).kind else { return nil }
    switch peek(ahead).kind {
    case .keyword(.func): return name
    case .identifier(let word): return Self.functionWords.contains(word) ? name : nil
    default: return nil
    }
  }

  /// Reads `def f(x) { }` and `const x = 1` as what they mean.
  private mutating func parseForeignDeclaration(
    _ word: String, _ name: String, into statements: inout [Statement]
  ) throws(SyntaxFailure) -> Bool {
    if Self.functionWords.contains(word), peek(2).kind == .symbol(.openParen) {
      let start = current
      report(.writeInstead(word, "func \(name)(…) { … }"), at: start.span)
      advance()
      statements.append(try parseFunction(from: start, isForeign: true))
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
    if word == "delete" || word == "del" {
      statements.append(try parseDelete(word))
      return true
    }
    if word == "route" { throw fail(.interpolatedPattern, at: peek().span) }
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
    if name.name == "try", at(.colon) { return (.tryBlock(), name.span) }
    if let message = Self.leadingWords[name.name] { return (message, name.span) }
    guard case .name = value.kind, !current.startsLine else { return nil }
    if Self.modifiers.contains(name.name),
      [.keyword(.let), .keyword(.var), .keyword(.func)].contains(current.kind)
    {
      return (.noModifier(name.name), name.span)
    }
    guard startsOperand(current), !Self.methods.contains(name.name.uppercased()),
      let word = Suggestion.nearest(to: name.name, among: Self.statementWords)
    else {
      return nil
    }
    return (.unknownWord(name.name, suggestion: word), name.span)
  }

  /// What to say about a word that was read as a value and that another follows, as in `throw new Error()`, and where
  /// that word stands.
  func explainWordBehind() -> (Message, Span)? {
    guard position > 0, startsOperand(current), !Self.followsValueElsewhere(current),
      case .identifier(let word) = tokens[position - 1].kind, let message = Self.leadingWords[word]
    else { return nil }
    return (message, tokens[position - 1].span)
  }

  /// What to say about a form of another language behind a value in brackets; nil where none stands here.
  func explainInBrackets() -> Message? {
    if at(.in) || Parser.followsValueElsewhere(current) { return explainFollower(of: nil) }
    guard case .foreignOperator(let spelled) = current.kind, spelled == "++" || spelled == "--", position > 0
    else { return nil }
    return .noIncrement(spelled, source.slice(tokens[position - 1].span))
  }

  /// `flag?[1]:[2]`, whose first part reads as an element of what may be nil.
  private func choiceWithoutSpaces(_ statement: Statement?) -> Message? {
    guard case .optionalChain(let chain)? = statement?.value?.kind,
      case .index(let condition, _, fallback: nil, isOptional: true) = chain.kind
    else { return nil }
    let value = brief(Span(condition.span.end + 1, chain.span.end))
    return .choiceWithoutSpaces(brief(condition.span), value)
  }

  /// What to say about the token that stands where a statement should have ended.
  func explainFollower(of statement: Statement?) -> Message {
    if case .identifier(let word) = current.kind, let message = Self.followingWords[word] { return message }
    if at(.in) {
      if case .assignment? = statement?.kind { return .closureDefault }
      return .writeInstead("in", "xs.contains(x)")
    }
    if at(.assign) { return .assignmentIsNoValue }
    if at(.arrow) {
      return .unexpected("\"->\"", help: "the parameters of a closure are followed by in: { x in … }")
    }
    if at(.colon) {
      if peek().kind == .keyword(.for) || peek().kind == .keyword(.while) { return .noLabels }
      if context.newlineEndsStatement, case .expression(let value)? = statement?.kind,
        case .string = value.kind
      {
        return .dictionaryInBraces
      }
      if let choice = choiceWithoutSpaces(statement) { return choice }
      return .unexpected("\":\"", help: "bodies stand in braces: if x { … }")
    }
    if let statement, statement.endsInConditional, case .symbol(let symbol) = current.kind,
      symbol == .dot || symbol == .optionalDot || symbol.isInfix
    {
      return .unfinishedConditional(describeCurrent())
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
        return .unexpected(
          describeCurrent(),
          help: ForeignNames.advice(on: reference.name) ?? Message.callLooksLike(reference.name))
      }
    }
    switch current.kind {
    case .identifier, .keyword, .integer, .double, .duration, .stringStart: return .twoStatements
    default: return .unexpected(describeCurrent())
    }
  }
}

extension Statement {
  /// The value that the statement ends with; nil where it ends with none.
  fileprivate var value: Expression? {
    switch kind {
    case .expression(let value), .throw(let value), .assignment(_, _, _, let value): value
    case .declaration(let node): node.value
    case .return(let value): value
    default: nil
    }
  }

  fileprivate var endsInConditional: Bool {
    if case .conditional = kind { return true }
    if case .conditional? = value?.kind { return true }
    return false
  }
}
