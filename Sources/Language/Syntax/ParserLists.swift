// Lists in brackets: arrays, dictionaries, and the commas between elements, arguments and parameters.

extension Parser {
  /// What is known of a list while it is read.
  struct List {
    /// The place of its opening bracket among the tokens.
    let opener: Int
    let closer: Symbol
    /// What it lists: `element`, `argument`.
    let item: String
    /// Whether its closing bracket follows; nil as long as nobody has looked.
    var isClosed: Bool?

    init(openedAt opener: Int, closedBy closer: Symbol, of item: String) {
      self.opener = opener
      self.closer = closer
      self.item = item
    }
  }

  /// Takes the comma before the next item of a list; false where the list ends. A comma that was forgotten at the end
  /// of a line is reported, and the list read on as if it stood there.
  mutating func acceptComma(in list: inout List) -> Bool {
    if accept(.comma) { return true }
    guard current.startsLine, startsItem else { return false }
    let isClosed = list.isClosed ?? isClosed(list)
    list.isClosed = isClosed
    guard isClosed else { return false }
    report(.missingComma(before: list.item), at: Span(previousEnd, previousEnd))
    return true
  }

  /// Whether a value, or the label of one, begins here.
  private var startsItem: Bool {
    switch current.kind {
    case .identifier, .anonymousParameter, .integer, .double, .duration, .stringStart: true
    case .symbol(let symbol): [.openParen, .openBracket, .openBrace, .not].contains(symbol)
    case .foreignOperator("\\"): true
    case .keyword(let keyword):
      [.nil, .true, .false, .await, .async, .if].contains(keyword) || peek().kind == .symbol(.colon)
    default: false
    }
  }

  /// Whether the bracket of a list closes further down, before anything that begins a statement: otherwise it is the
  /// bracket that was forgotten, and not a comma.
  private mutating func isClosed(_ list: List) -> Bool {
    guard let end = closer(of: list.opener), end > position, tokens[end].kind == .symbol(list.closer) else {
      return false
    }
    var place = position
    while place < end {
      if case .keyword(let keyword) = tokens[place].kind, tokens[place].startsLine,
        keyword.beginsStatementOnly,
        tokens[place + 1].kind != .symbol(.colon)
      {
        return false
      }
      // What lies in brackets of its own says nothing.
      place = max(place, Int(closers[place])) + 1
    }
    return true
  }

  /// The place of the bracket that closes the one at a place; nil where none does.
  mutating func closer(of opener: Int) -> Int? {
    if closers.isEmpty { closers = matchBrackets() }
    return closers[opener] == 0 ? nil : Int(closers[opener])
  }

  /// For each bracket that opens the place of the next one that closes it, whatever its form; 0 for all other tokens.
  private func matchBrackets() -> [Int32] {
    var closers = [Int32](repeating: 0, count: tokens.count)
    var open: [Int] = []
    for (place, token) in tokens.enumerated() {
      switch token.kind {
      case .symbol(.openParen), .symbol(.openBracket), .symbol(.openBrace), .interpolationStart:
        open.append(place)
      case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.closeBrace), .interpolationEnd:
        if let opener = open.popLast() { closers[opener] = Int32(place) }
      default: break
      }
    }
    return closers
  }

  // MARK: - Arrays and dictionaries

  mutating func parseCollection() throws(SyntaxFailure) -> Expression {
    let opener = advance()
    var list = List(openedAt: position - 1, closedBy: .closeBracket, of: "element")
    let outer = context
    context = Context(newlineEndsStatement: false)
    var elements: [Expression] = []
    var pairs: [(key: Expression, value: Expression)] = []
    var spreads: [Int: Span] = [:]
    var isDictionary = false
    if at(.colon), peek().kind == .symbol(.closeBracket) || peek().kind == .end {
      advance()
      isDictionary = true
    }
    while !at(.closeBracket), !(isDictionary && pairs.isEmpty) {
      if isSpread { spreads[elements.count] = advance().span }
      let key = try parseExpression()
      if elements.isEmpty, pairs.isEmpty { isDictionary = at(.colon) }
      if isDictionary {
        guard accept(.colon) else {
          throw fail(atEnd ? .expected("\":\" and a value", found: describeCurrent()) : .mixedLiteral)
        }
        pairs.append((key, try parseExpression()))
      } else {
        if at(.colon) { throw fail(.mixedLiteral) }
        elements.append(key)
      }
      if !acceptComma(in: &list) { break }
    }
    if at(.for), !current.startsLine { throw fail(.noComprehension) }
    try expectClosing(.closeBracket, opener, or: "\",\" or ")
    context = outer
    if let first = spreads.values.min(by: { $0.start < $1.start }) {
      report(.noSpread(sum(of: elements, spreads)), at: first)
    }
    return Expression(isDictionary ? .dictionary(pairs) : .array(elements), spanFrom(opener))
  }

  /// Whether dots stand here that in JavaScript take the elements out of an array.
  var isSpread: Bool {
    guard at(.closedRange) else { return false }
    switch peek().kind {
    case .identifier, .symbol(.openBracket), .symbol(.openParen): return true
    default: return false
    }
  }

  /// `a + b + [1]` for `[...a, ...b, 1]`, where that is short.
  private func sum(of elements: [Expression], _ spreads: [Int: Span]) -> String {
    var terms: [String] = []
    var single: [String] = []
    for (place, element) in elements.enumerated() {
      let text = source.slice(element.span)
      if spreads[place] == nil {
        single.append(text)
        continue
      }
      if !single.isEmpty { terms.append("[\(single.joined(separator: ", "))]") }
      single = []
      terms.append(text)
    }
    if !single.isEmpty { terms.append("[\(single.joined(separator: ", "))]") }
    return brief(terms.count > 1 ? terms.joined(separator: " + ") : "Array(\(terms[0]))") ?? "a + b"
  }

  /// A text that a message can repeat: of one line, and not long.
  func brief(_ text: String) -> String? {
    text.count <= 60 && !text.contains(where: \.isNewline) ? text : nil
  }

  /// What the text says at a span, where a message can repeat it.
  func brief(_ span: Span) -> String? { span.end - span.start <= 240 ? brief(source.slice(span)) : nil }
}

extension Keyword {
  /// Whether a statement begins with the word, and no value does.
  fileprivate var beginsStatementOnly: Bool {
    switch self {
    case .let, .var, .func, .guard, .while, .for, .break, .continue, .return, .throw, .do, .defer: true
    default: false
    }
  }
}
