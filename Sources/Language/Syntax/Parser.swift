/// What parsing gave: always a tree, with `invalid` in it where something could not be read.
public struct ParseResult {
  /// The whole text as a function of role `main`, named as the source is.
  public let program: FunctionNode
  /// In the order of the text; at most `Parser.diagnosticLimit`.
  public let diagnostics: [Diagnostic]
  public let completeness: Completeness
}

/// Whether a text can stand as it is: what a prompt asks before it runs a line.
public enum Completeness: Hashable, Sendable {
  case complete
  /// The text ends within something. The next line is indented by so many spaces: four for each line
  /// that opened brackets which are still open. It may end in a text over several lines or in a comment.
  case incomplete(indent: Int, isInText: Bool = false)
  /// There is an error that no further line could mend.
  case invalid
}

/// Makes the tree of a text: a recursive descent with one token of look-ahead (more only to tell a
/// closure's parameters from its body).
///
/// An error is thrown as `SyntaxFailure` after it has been reported; the list of statements around it
/// catches it and goes on at the next statement, so that one text shows several errors.
public struct Parser {
  /// A text of more bytes is not parsed.
  public static let textLimit = 1 << 20
  /// How deeply expressions and blocks may be nested.
  public static let nestingLimit = 256
  /// How many operators or members may follow one another in one expression. With `nestingLimit` this
  /// bounds the depth of the tree, so that whatever walks it can recurse.
  public static let chainLimit = 500
  /// How many parameters a function may have.
  public static let parameterLimit = 64
  /// How many errors are told of one text.
  public static let diagnosticLimit = 20
  static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

  /// Thrown when a statement cannot be read on; what is wrong has been reported.
  struct SyntaxFailure: Error {}

  /// What surrounds the place that is being read.
  struct Context {
    /// False in the heads of `if`, `while`, `for` and `guard`, where `{` begins the body.
    var allowsTrailingClosure = true
    /// False within parentheses and brackets.
    var newlineEndsStatement = true
    /// Within the brackets of `text[2...]`, where the end of a range may be left out.
    var allowsOpenRange = false
    /// In the value of `if let`, where only a comma leads on to another condition.
    var bindsName = false
  }

  /// How `$0` is understood in the function that is being read.
  enum AnonymousParameters {
    case implicit(spans: [Int: Span])
    case named
    case unavailable
  }

  let source: SourceText
  let tokens: [Token]
  var position = 0
  var context = Context()
  var anonymousParameters: [AnonymousParameters] = [.unavailable]
  /// The groups around the place that is being read.
  var group = Group()
  var depth = 0
  /// The longest chain among the expressions read since it was last set to 0.
  var chainLength = 0
  /// Where brackets close, by the place of the one that opens; made when it is first asked for.
  var closers: [Int32] = []
  /// Whether the place lies in a dictionary in braces, which has been reported.
  var isInBracedDictionary = false
  /// Where the statement that is being read begins.
  var statementStart = 0
  private var diagnostics: [Diagnostic] = []
  private let lexerDiagnostics: [Diagnostic]
  /// Whether an error was found before the end of the text, and whether one was at its end.
  private var isInvalid = false
  private var endsEarly = false
  /// The text ends within a text over several lines or a comment.
  private var endsInText = false
  private var hasStopped = false

  /// Parses a text. Never fails: what is wrong is in the diagnostics.
  public static func parse(_ source: SourceText) -> ParseResult {
    guard source.byteCount <= textLimit else {
      let diagnostic = Message.textTooLong.diagnostic(at: Span(textLimit, textLimit))
      return ParseResult(
        program: FunctionNode(
          role: .main, name: source.name, parameters: [], hasExplicitParameters: true, body: [],
          span: Span(0, source.byteCount)),
        diagnostics: [diagnostic], completeness: .invalid)
    }
    var parser = Parser(source, Lexer.lex(source.text))
    return parser.parseProgram()
  }

  private init(_ source: SourceText, _ lexed: Lexer.Output) {
    self.source = source
    tokens = lexed.tokens
    lexerDiagnostics = lexed.diagnostics
    diagnostics = lexed.diagnostics
    isInvalid = !lexed.diagnostics.isEmpty
    if let unfinished = lexed.unfinished {
      diagnostics.append(unfinished)
      (endsEarly, endsInText) = (true, true)
    }
  }

  private mutating func parseProgram() -> ParseResult {
    var body: [Statement] = []
    while true {
      body += parseStatements()
      if atEnd { break }
      // Only a closing bracket stops the statements before the end.
      report(.closesNothing(source.slice(current.span)), at: current.span)
      advance()
    }
    let program = FunctionNode(
      role: .main, name: source.name, parameters: [], hasExplicitParameters: true, body: body,
      span: Span(0, source.byteCount))
    diagnostics.sort { $0.span.start < $1.span.start }
    let completeness: Completeness =
      isInvalid
      ? .invalid : endsEarly ? .incomplete(indent: indentAtEnd(), isInText: endsInText) : .complete
    return ParseResult(
      program: program, diagnostics: Array(diagnostics.prefix(Self.diagnosticLimit)),
      completeness: completeness)
  }

  private func indentAtEnd() -> Int {
    var line = 0
    var openLines: [Int] = []
    for token in tokens {
      if token.startsLine { line += 1 }
      switch token.kind {
      case .symbol(.openBrace), .symbol(.openParen), .symbol(.openBracket), .interpolationStart:
        openLines.append(line)
      case .symbol(.closeBrace), .symbol(.closeParen), .symbol(.closeBracket), .interpolationEnd:
        _ = openLines.popLast()
      default:
        break
      }
    }
    return 4 * Set(openLines).count
  }

  // MARK: - Tokens

  var current: Token { tokens[position] }
  var previousEnd: Int { position > 0 ? tokens[position - 1].span.end : 0 }
  var atEnd: Bool { tokens[position].kind == .end }

  func peek(_ ahead: Int = 1) -> Token { tokens[min(position + ahead, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[position]
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  func at(_ symbol: Symbol) -> Bool { tokens[position].kind == .symbol(symbol) }
  func at(_ keyword: Keyword) -> Bool { tokens[position].kind == .keyword(keyword) }

  /// Whether the token is that plain word, not in backticks.
  func isWord(_ token: Token, _ word: String) -> Bool {
    token.span.end - token.span.start == word.utf8.count && token.kind == .identifier(word)
  }

  mutating func accept(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    advance()
    return true
  }

  /// Takes the bracket that closes `opener`.
  mutating func expectClosing(_ symbol: Symbol, _ opener: Token, or other: String = "") throws(SyntaxFailure)
  {
    if accept(symbol) { return }
    let name = source.slice(opener.span)
    if atEnd { throw failAtEnd(.neverClosed(name), opener.span) }
    if let message = explainInBrackets() { throw fail(message) }
    if let (message, span) = explainWordBehind() { throw fail(message, at: span) }
    throw fail(
      .expected("\(other)\"\(symbol.rawValue)\"", found: describeCurrent()),
      notes: [.init("\(name) opened here", opener.span)])
  }

  func describeCurrent() -> String {
    switch current.kind {
    case .end: "the end of the text"
    case .stringStart: "a string"
    case .stringText, .stringEnd: "the end of the string"
    default: "\"\(source.slice(current.span))\""
    }
  }

  /// The name that stands here; `what` says in an error what it is the name of.
  mutating func expectName(_ what: String) throws(SyntaxFailure) -> (name: String, span: Span) {
    if case .identifier(let name) = current.kind { return (name, advance().span) }
    var help: String?
    if case .keyword(let keyword) = current.kind {
      help = "\(keyword.rawValue) is a word of the language; as a name it stands in backticks"
    }
    throw fail(Message("expected \(what), found \(describeCurrent())", help: help))
  }

  /// Whether a statement can end before the current token.
  var atStatementEnd: Bool {
    switch current.kind {
    case .end, .symbol(.semicolon), .symbol(.closeBrace), .interpolationEnd: true
    default: current.startsLine && context.newlineEndsStatement
    }
  }

  // MARK: - Errors

  /// Reports what is wrong at the current token, and gives what to throw.
  mutating func fail(
    _ message: Message, at span: Span? = nil, notes: [Diagnostic.Note] = []
  ) -> SyntaxFailure {
    if atEnd, span == nil {
      return failAtEnd(message, Span(previousEnd, previousEnd), notes: notes)
    }
    report(message, at: span ?? current.span, notes: notes)
    return SyntaxFailure()
  }

  /// Reports that something was to stand here. Where the next line has begun already, with a word that only a statement
  /// begins with or with what closes a bracket, the place is the end of the line before.
  mutating func failForMissing(_ what: String) -> SyntaxFailure {
    let isElsewhere =
      switch current.kind {
      case .keyword, .symbol(.closeBrace), .symbol(.closeParen), .symbol(.closeBracket): true
      default: false
      }
    guard isElsewhere, current.startsLine, position > 0 else {
      return fail(.expected(what, found: describeCurrent()))
    }
    return fail(.expected(what, found: "the end of the line"), at: Span(previousEnd, previousEnd))
  }

  /// Reports that the text ends where something was to follow; one such error is told, as the others
  /// only follow from it.
  mutating func failAtEnd(
    _ message: Message, _ span: Span, notes: [Diagnostic.Note] = []
  ) -> SyntaxFailure {
    if !endsEarly, !hasStopped {
      endsEarly = true
      diagnostics.append(message.diagnostic(at: span, notes: notes))
    }
    return SyntaxFailure()
  }

  /// Reports an error; what follows from one in the same statement's words, or at the same place, is
  /// not told again.
  mutating func report(_ message: Message, at span: Span, notes: [Diagnostic.Note] = []) {
    guard !hasStopped else { return }
    isInvalid = true
    guard diagnostics.count < Self.diagnosticLimit else { return }
    for other in lexerDiagnostics where (statementStart...max(statementStart, span.end)) ~= other.span.start {
      return
    }
    if diagnostics.contains(where: { $0.span.start == span.start }) { return }
    diagnostics.append(message.diagnostic(at: span, notes: notes))
  }

  /// Goes one level deeper; `leave` goes back.
  mutating func enter() throws(SyntaxFailure) {
    depth += 1
    if depth > Self.nestingLimit { throw stop(.nestedTooDeeply) }
  }

  mutating func leave() { depth -= 1 }

  /// Counts one more part of a chain.
  mutating func extendChain() throws(SyntaxFailure) {
    chainLength += 1
    if chainLength > Self.chainLimit { throw stop(.chainTooLong) }
  }

  /// Reports an error that makes the rest of the text not worth reading.
  private mutating func stop(_ message: Message) -> SyntaxFailure {
    isInvalid = true
    // It is told even where there is no room left: without it the silence about the rest would puzzle.
    if !hasStopped {
      if diagnostics.count >= Self.diagnosticLimit { diagnostics.removeLast() }
      diagnostics.append(message.diagnostic(at: current.span))
    }
    hasStopped = true
    position = tokens.count - 1
    return SyntaxFailure()
  }

  // MARK: - Recovery

  /// Moves to where the next statement may begin: a line's first token, or behind a `;`, outside all
  /// brackets that were opened since; or to the bracket that closes what surrounds the statement. A parenthesis or
  /// bracket of the statement itself may close at the beginning of a line.
  mutating func synchronize(from start: Int) {
    var open = 0
    var unclosed = unclosedBrackets(from: start)
    while !atEnd {
      let token = current
      let isOwnEnd = unclosed > 0 && (at(.closeParen) || at(.closeBracket))
      if open == 0, token.startsLine, position > start {
        if !isOwnEnd { return }
        unclosed -= 1
      }
      switch token.kind {
      case .symbol(.openBrace), .symbol(.openParen), .symbol(.openBracket), .stringStart,
        .interpolationStart:
        open += 1
      case .symbol(.closeBrace), .interpolationEnd:
        if open == 0 { return }
        open -= 1
      case .symbol(.closeParen), .symbol(.closeBracket), .stringEnd:
        open = max(0, open - 1)
      case .symbol(.semicolon) where open == 0:
        return
      default:
        break
      }
      advance()
    }
  }

  /// How many parentheses and brackets from a place up to here are still open.
  private func unclosedBrackets(from start: Int) -> Int {
    var open = 0
    for token in tokens[start..<max(start, position)] {
      switch token.kind {
      case .symbol(.openParen), .symbol(.openBracket): open += 1
      case .symbol(.closeParen), .symbol(.closeBracket): open = max(0, open - 1)
      default: break
      }
    }
    return open
  }
}

extension Parser {
  /// The names that stand behind `let`, `var` and `func`: what a text meant to declare, as far as one that cannot be
  /// parsed says so.
  public static func namesBehindDeclarationWords(in text: String) -> Set<String> {
    let tokens = Lexer.lex(text).tokens
    var names: Set<String> = []
    for (word, next) in zip(tokens, tokens.dropFirst()) {
      guard [.keyword(.let), .keyword(.var), .keyword(.func)].contains(word.kind) else { continue }
      if case .identifier(let name) = next.kind { names.insert(name) }
    }
    return names
  }
}
