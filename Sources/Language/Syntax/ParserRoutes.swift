// `route GET "/items/<int:id>" { … }`.

extension Parser {
  /// Whether a route begins here: `route` is a word of the language only before a pattern or a method.
  var isRouteHead: Bool {
    guard isWord(current, "route"), !peek().startsLine else { return false }
    switch peek().kind {
    case .stringStart: return true
    // `route get "/x"` as well as `route GET`: two names in a row are nothing else.
    case .identifier(let name): return Self.methods.contains(name.uppercased()) || isMethodLike(name)
    default: return false
    }
  }

  /// Whether `socket "/chat" { ws in … }` begins here: `socket` is a word of the language only before a pattern.
  var isSocketHead: Bool {
    isWord(current, "socket") && !peek().startsLine && peek().kind == .stringStart
  }

  private func isMethodLike(_ name: String) -> Bool {
    let next = peek(2)
    return name.allSatisfy { $0.isUppercase } || (next.kind == .stringStart && !next.startsLine)
  }

  mutating func parseRoute() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let methods = try parseMethods()
    let patternToken = current
    guard patternToken.kind == .stringStart else {
      throw fail(.expected("the pattern of the route, as in \"/items/<int:id>\"", found: describeCurrent()))
    }
    var (pattern, patternSpan, parameters) = try parsePattern(of: .route)
    parameters = group.parameters + parameters
    parameters.append(Parameter(name: "request", span: patternSpan))

    anonymousParameters.append(.unavailable)
    let body = try parseHandlerBody("the body of the route", ownParameters: .handlerParameters)
    anonymousParameters.removeLast()
    let verbs = methods.map(\.name).joined(separator: ", ")
    let whole = RouteNode.joined(group.prefix, pattern)
    let handler = FunctionNode(
      role: .handler, name: verbs.isEmpty ? "route \(whole)" : "\(verbs) \(whole)",
      parameters: parameters, hasExplicitParameters: true, body: body.statements, span: spanFrom(start))
    let node = RouteNode(
      methods: methods, prefix: group.prefix, literal: pattern, patternSpan: patternSpan, handler: handler)
    return Statement(.route(node), handler.span)
  }

  /// `socket "/chat/<room>" { ws in … }`.
  mutating func parseSocket() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let (pattern, patternSpan, own) = try parsePattern(of: .route)
    let placeholders = group.parameters + own
    guard at(.openBrace) else {
      throw fail(.expected("the body of the socket, as in { ws in … }", found: describeCurrent()))
    }
    let opener = current
    guard startsParameterList(at: 1) else {
      throw fail(.socketNeedsName, at: opener.span)
    }
    advance()
    let isInParentheses = accept(.openParen)
    let (name, nameSpan) = try expectName("the name of the connection")
    if at(.comma) { throw fail(.socketHasOneName) }
    if isInParentheses, !accept(.closeParen) { throw fail(.socketHasOneName) }
    if name == "request" || placeholders.contains(where: { $0.name == name }) {
      report(.duplicatePlaceholder(name), at: nameSpan)
    }
    let parameters =
      [Parameter(name: name, span: nameSpan)] + placeholders
      + [Parameter(name: "request", span: patternSpan)]
    anonymousParameters.append(.unavailable)
    let body = try parseOpenedBlock(opener)
    anonymousParameters.removeLast()
    let handler = FunctionNode(
      role: .handler, name: "socket \(RouteNode.joined(group.prefix, pattern))", parameters: parameters,
      hasExplicitParameters: true, body: body.statements, span: spanFrom(start))
    let node = RouteNode(
      methods: [], prefix: group.prefix, literal: pattern, patternSpan: patternSpan, handler: handler,
      isSocket: true)
    return Statement(.route(node), handler.span)
  }

  /// A pattern and the names in it.
  private mutating func parsePattern(of owner: PatternOwner) throws(SyntaxFailure) -> (
    text: String, span: Span, parameters: [Parameter]
  ) {
    let literal = try parseString()
    guard case .string(let text) = literal.kind else {
      report(.interpolatedPattern, at: literal.span)
      return ("", literal.span, [])
    }
    return (text, literal.span, parsePlaceholders(text, literal.span, of: owner))
  }

  /// - Parameter ownParameters: what to say where it lists some.
  mutating func parseHandlerBody(_ what: String, ownParameters: Message) throws(SyntaxFailure) -> BlockNode {
    if at(.openBrace) {
      let brace = current
      position += 1
      if startsParameterList, !atEnd, !peek().startsLine || at(.openParen) {
        let first = current
        while !atEnd, !at(.in), !at(.closeBrace) { advance() }
        report(ownParameters, at: spanFrom(first))
        // The block is read from here on as though the names were not there.
        return try parseOpenedBlock(brace)
      }
      position -= 1
    }
    return try parseBlock(what)
  }

  private mutating func parseOpenedBlock(_ opener: Token) throws(SyntaxFailure) -> BlockNode {
    _ = accept(.in)
    let outer = context
    context = Context()
    let statements = parseStatements()
    context = outer
    try expectClosing(.closeBrace, opener)
    return BlockNode(statements, spanFrom(opener))
  }

  private mutating func parseMethods() throws(SyntaxFailure) -> [(name: String, span: Span)] {
    var methods: [(name: String, span: Span)] = []
    guard case .identifier = current.kind else { return methods }
    repeat {
      let (name, span) = try expectName("a method")
      if !Self.methods.contains(name) {
        let upper = name.uppercased()
        let suggestion =
          Self.methods.contains(upper) ? upper : Suggestion.nearest(to: upper, among: Self.methods)
        report(.unknownMethod(name, suggestion: suggestion), at: span)
      } else if methods.contains(where: { $0.name == name }) {
        report(.repeatedMethod(name), at: span)
      } else {
        methods.append((name, span))
      }
    } while accept(.comma)
    return methods
  }

  // MARK: - Patterns

  /// What a pattern is the pattern of.
  enum PatternOwner { case route, group }

  /// The names in the `<…>` of a pattern. What the converters mean is checked when the route is made.
  mutating func parsePlaceholders(_ pattern: String, _ literal: Span, of owner: PatternOwner) -> [Parameter] {
    let text = Array(pattern.utf8)
    // Offsets in the pattern are offsets in the text only where the literal has no escapes.
    let isPlain = literal.end - literal.start == text.count + 2
    func span(_ range: Range<Int>) -> Span {
      isPlain
        ? Span(literal.start + 1 + range.lowerBound, literal.start + 1 + range.upperBound) : literal
    }
    if owner == .route, text.first != UInt8(ascii: "/") { report(.patternSlash, at: literal) }

    var parameters: [Parameter] = []
    var index = 0
    while let open = text[index...].firstIndex(of: UInt8(ascii: "<")) {
      guard let close = placeholderEnd(text, from: open + 1) else {
        report(.unclosedPlaceholder, at: span(open..<text.count))
        break
      }
      let nameStart = placeholderName(text, open + 1..<close)
      index = close + 1
      let name = String(decoding: text[nameStart..<close], as: UTF8.self)
      let place = span(nameStart < close ? nameStart..<close : open..<close + 1)
      guard isIdentifier(name) else {
        report(.badPlaceholder, at: place)
        continue
      }
      if name == "request" {
        report(.placeholderRequest, at: place)
      } else if parameters.contains(where: { $0.name == name }) {
        report(.duplicatePlaceholder(name), at: place)
      } else if let outer = group.parameters.first(where: { $0.name == name }) {
        report(
          .groupHasPlaceholder(name), at: place,
          notes: [.init("the group's parameter stands here", outer.span)])
      } else {
        addParameter(Parameter(name: name, span: place), to: &parameters)
      }
    }
    return parameters
  }

  /// Where the `>` of a placeholder stands: quotes hide what is between them.
  private func placeholderEnd(_ text: [UInt8], from start: Int) -> Int? {
    var quote: UInt8?
    for index in start..<text.count {
      let byte = text[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index
      }
    }
    return nil
  }

  /// Where the name begins: behind the last colon outside parentheses.
  private func placeholderName(_ text: [UInt8], _ range: Range<Int>) -> Int {
    var start = range.lowerBound
    var open = 0
    for index in range {
      switch text[index] {
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"): open -= 1
      case UInt8(ascii: ":") where open == 0: start = index + 1
      default: break
      }
    }
    return start
  }

  private func isIdentifier(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, first.startsIdentifier else { return false }
    return name.unicodeScalars.allSatisfy(\.continuesIdentifier)
  }
}
