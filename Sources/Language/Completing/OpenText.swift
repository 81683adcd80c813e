/// The tokens of a text that ends where somebody is typing, and what is open there.
struct OpenText {
  /// What is open, by the token that opened it.
  enum Opening {
    case round(Int)
    case square(Int)
    case curly(Int)
    case string(Int)
    case interpolation(Int)
  }

  let text: String
  /// Without the one that ends the text.
  let tokens: [Token]
  /// The innermost last.
  private(set) var open: [Opening] = []
  /// Whether the text ends within a comment.
  let isInComment: Bool
  /// The token that opened what the token at an index closes.
  private var openers: [Int: Int] = [:]
  private let bytes: [UInt8]

  init(_ text: String) {
    self.text = text
    let bytes = Array(text.utf8)
    self.bytes = bytes
    let lexed = Lexer.lex(text)
    // The lexer closes strings of one line where the text ends; here they are still open.
    tokens = lexed.tokens.filter { $0.kind != .end && !($0.span.start == bytes.count && $0.endsString) }
    isInComment = lexed.comments.last.map { OpenText.isOpen($0, bytes) } ?? false
    for index in tokens.indices { follow(index) }
  }

  private static func isOpen(_ comment: Span, _ bytes: [UInt8]) -> Bool {
    guard comment.end == bytes.count else { return false }
    let comment = bytes[comment.start..<comment.end]
    let isBlock = comment.starts(with: "/*".utf8)
    if !isBlock { return true }
    // One that ends here in `*/` may be nested in another; that is rare, and nothing is lost by a proposal.
    return comment.count < 4 || !comment.suffix(2).elementsEqual("*/".utf8)
  }

  private mutating func follow(_ index: Int) {
    let token = tokens[index]
    switch token.kind {
    case .symbol(.openParen): open.append(.round(index))
    case .symbol(.openBracket): open.append(.square(index))
    case .symbol(.openBrace): open.append(.curly(index))
    case .stringStart: open.append(.string(index))
    case .interpolationStart: open.append(.interpolation(index))
    case .symbol(.closeParen): close(index) { if case .round = $0 { true } else { false } }
    case .symbol(.closeBracket): close(index) { if case .square = $0 { true } else { false } }
    case .symbol(.closeBrace): close(index) { if case .curly = $0 { true } else { false } }
    case .stringEnd: close(index) { if case .string = $0 { true } else { false } }
    case .interpolationEnd: close(index) { if case .interpolation = $0 { true } else { false } }
    default: break
    }
  }

  /// Closes the innermost opening of a kind, and with it what is still open inside; brackets do not reach out of
  /// the interpolation that they stand in.
  private mutating func close(_ index: Int, _ isWanted: (Opening) -> Bool) {
    var place = open.count - 1
    while place >= 0, !isWanted(open[place]) {
      if case .interpolation = open[place], case .symbol = tokens[index].kind { return }
      place -= 1
    }
    guard place >= 0 else { return }
    openers[index] = open[place].token
    open.removeLast(open.count - place)
  }

  /// Texts that close all that is open, the likeliest first: what stands there may be the head of a statement that has
  /// no body yet, or the first branch of an `if` that must have another.
  var closings: [String] {
    [
      closing(body: "", branch: ""), closing(body: " {}", branch: ""), closing(body: " else {}", branch: ""),
      closing(body: "", branch: " else {}"),
    ]
  }

  /// - Parameters:
  ///   - body: what ends the innermost statement.
  ///   - branch: what stands behind each block.
  private func closing(body: String, branch: String) -> String {
    var text = ""
    var rest = open[...]
    while let opening = rest.last, !opening.isCurly {
      text += closing(of: opening)
      rest.removeLast()
    }
    text += body
    for opening in rest.reversed() { text += closing(of: opening) + (opening.isCurly ? branch : "") }
    return text
  }

  private func closing(of opening: Opening) -> String {
    switch opening {
    case .round, .interpolation: ")"
    case .square: "]"
    case .curly: "}"
    case .string(let index): closing(ofString: index)
    }
  }

  private func closing(ofString index: Int) -> String {
    let quotes = String(slice(tokens[index].span).reversed())
    return quotes.contains("\"\"\"") ? "\n" + quotes : quotes
  }

  func slice(_ span: Span) -> String { String(decoding: bytes[span.start..<span.end], as: UTF8.self) }

  // MARK: The word at the end

  /// Whether the text ends in a name or a keyword.
  var hasWord: Bool {
    guard let last = tokens.last, last.span.end == bytes.count else { return false }
    switch last.kind {
    case .identifier, .keyword: return true
    default: return false
    }
  }

  /// Whether the text ends in a number or the like, which no proposal goes on with.
  var endsInLiteral: Bool {
    guard let last = tokens.last, last.span.end == bytes.count else { return false }
    switch last.kind {
    case .integer, .double, .duration, .anonymousParameter, .stringEnd: return true
    default: return false
    }
  }

  /// The name that the text ends in and where it begins; empty, at the end, where there is none.
  var word: (text: String, start: Int) {
    guard hasWord, let last = tokens.last else { return ("", bytes.count) }
    return (slice(last.span), last.span.start)
  }

  /// The last token before the word.
  var lastBeforeWord: Int? {
    let last = tokens.count - (hasWord ? 2 : 1)
    return last >= 0 ? last : nil
  }

  func hasLineBreak(after index: Int) -> Bool { bytes[tokens[index].span.end...].contains(10) }

  /// The text of the string of one line that is open at the end; nil where none is.
  var openString: (text: String, start: Int)? {
    guard case .string(let index)? = open.last else { return nil }
    let start = tokens[index].span.end
    return (slice(Span(start, bytes.count)), start)
  }

  /// Whether a dot stands before the token.
  func isMember(_ index: Int) -> Bool {
    index > 0
      && (tokens[index - 1].kind == .symbol(.dot) || tokens[index - 1].kind == .symbol(.optionalDot))
  }

  // MARK: Chains

  /// The tokens of the value that ends with one: a literal or a name with members, elements and calls.
  func chain(endingAt last: Int) -> ClosedRange<Int>? {
    var index = last
    while index >= 0 {
      guard let start = operandStart(index) else { return nil }
      index = start
      if isMember(index) {
        index -= 2
        continue
      }
      if index > 0, belongsToOperand(index - 1, before: index) { index -= 1 }
      return index...last
    }
    return nil
  }

  /// Of `html "…"` and `async { … }`, the word.
  private func belongsToOperand(_ word: Int, before index: Int) -> Bool {
    switch (tokens[word].kind, tokens[index].kind) {
    case (.identifier("html"), .stringStart), (.keyword(.async), .symbol(.openBrace)): true
    default: false
    }
  }

  /// Where the last link of a chain begins, the value that it is called on or taken from included.
  private func operandStart(_ last: Int) -> Int? {
    var index = last
    while true {
      switch tokens[index].kind {
      case .identifier, .keyword, .integer, .double, .duration, .anonymousParameter: return index
      case .stringEnd: return openers[index]
      case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.closeBrace):
        guard let opener = openers[index] else { return nil }
        var base = opener - 1
        if base > 0, tokens[base].kind == .symbol(.question), tokens[opener].kind == .symbol(.openBracket) {
          base -= 1
        }
        guard base >= 0, !tokens[opener].startsLine, endsValue(base) else { return opener }
        index = base
      default: return nil
      }
    }
  }

  private func endsValue(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .identifier, .anonymousParameter, .stringEnd, .symbol(.closeParen), .symbol(.closeBracket),
      .symbol(.closeBrace):
      true
    // Behind a dot keywords are names: `d.catch { … }`.
    case .keyword: isMember(index)
    default: false
    }
  }

  func isAwaited(_ chain: ClosedRange<Int>) -> Bool {
    chain.lowerBound > 0 && tokens[chain.lowerBound - 1].kind == .keyword(.await)
  }

  /// The tree of a chain; nil where it can't be read.
  func expression(_ chain: ClosedRange<Int>) -> Expression? {
    let span = Span(tokens[chain.lowerBound].span.start, tokens[chain.upperBound].span.end)
    let body = Parser.parse(SourceText(name: "value", text: slice(span))).program.body
    guard body.count == 1, case .expression(let value) = body[0].kind else { return nil }
    return value
  }

  // MARK: Calls

  /// The call that an argument begins for at the end, with what stands behind the end.
  func call(followedBy rest: String) -> CompletionPlace.Call? {
    guard case .round(let paren)? = open.last, paren > 0, !tokens[paren].startsLine, endsValue(paren - 1),
      let last = lastBeforeWord, last == paren || tokens[last].kind == .symbol(.comma),
      let chain = chain(endingAt: paren - 1),
      chain.lowerBound == 0 || tokens[chain.lowerBound - 1].kind != .keyword(.func),
      let callee = expression(chain)
    else { return nil }
    var call = CompletionPlace.Call(callee: callee, labels: [], unlabelled: 0)
    OpenText.arguments(tokens[(paren + 1)...]) { label in
      if let label { call.labels.insert(label) } else { call.unlabelled += 1 }
    }
    // The argument that is being typed is none yet.
    if hasWord { call.unlabelled -= 1 }
    let further = Lexer.lex(rest).tokens.dropLast()
    OpenText.arguments(further[...]) { label in if let label { call.labels.insert(label) } }
    return call
  }

  /// Tells of each argument in a list, up to the parenthesis that closes it, whether it has a label.
  private static func arguments(_ tokens: ArraySlice<Token>, _ body: (String?) -> Void) {
    var depth = 0
    var begins = true
    for index in tokens.indices {
      switch tokens[index].kind {
      case .symbol(.openParen), .symbol(.openBracket), .symbol(.openBrace), .interpolationStart: depth += 1
      case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.closeBrace), .interpolationEnd:
        depth -= 1
        if depth < 0 { return }
      case .symbol(.comma) where depth == 0:
        begins = true
        continue
      default: break
      }
      guard begins else { continue }
      begins = false
      let isLabelled = index + 1 < tokens.endIndex && tokens[index + 1].kind == .symbol(.colon)
      if isLabelled, case .identifier(let name) = tokens[index].kind { body(name) } else { body(nil) }
    }
  }

  // MARK: Further down

  /// The functions that a text declares which follows: in the block that is open at its beginning and in those around
  /// it, where they are known above their declaration.
  static func functions(in rest: String) -> [String] {
    var depth = 0
    var names: [String] = []
    let tokens = Lexer.lex(rest).tokens
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .symbol(.openBrace): depth += 1
      case .symbol(.closeBrace): depth = max(0, depth - 1)
      case .keyword(.func) where depth == 0:
        if index + 1 < tokens.count, case .identifier(let name) = tokens[index + 1].kind {
          names.append(name)
        }
      default: break
      }
    }
    return names
  }
}

extension OpenText.Opening {
  fileprivate var token: Int {
    switch self {
    case .round(let index), .square(let index), .curly(let index), .string(let index),
      .interpolation(let index):
      index
    }
  }
}

extension OpenText.Opening {
  fileprivate var isCurly: Bool { if case .curly = self { true } else { false } }
}

extension Token {
  fileprivate var endsString: Bool { kind == .stringEnd || kind == .interpolationEnd }
}
