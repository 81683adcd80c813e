/// Cuts a text into tokens, in one pass and without recursion.
///
/// A string becomes a run of tokens: its start, texts, for each interpolation a start, the tokens of
/// the expression and an end, and the string's end. Bad input is reported and replaced by something
/// that keeps the run balanced, so that whatever comes next is still read.
struct Lexer {
  /// What lexing a text gave.
  struct Output {
    /// The tokens, the last of kind `end`.
    var tokens: [Token]
    var comments: [Span]
    /// The tokens that begin a line outside of all strings, as indices.
    var lineStarts: [Int] = []
    var diagnostics: [Diagnostic]
    /// What the text ends within, where it ends within a comment or a `"""` string.
    var unfinished: Diagnostic?
  }

  /// The text with three NULs behind it, so that looking ahead needs no bounds.
  let bytes: [UInt8]
  let count: Int
  var position = 0
  var output = Output(tokens: [], comments: [], diagnostics: [])
  /// The strings that are open here, the innermost last.
  var openStrings: [OpenString] = []
  /// Where a string was last given up.
  var abandonedAt = -1
  private var startsLine = true
  private var spaceBefore = true

  init(_ text: String) {
    var bytes = Array(text.utf8)
    count = bytes.count
    bytes.append(contentsOf: [0, 0, 0])
    self.bytes = bytes
  }

  static func lex(_ text: String) -> Output {
    var lexer = Lexer(text)
    lexer.output.tokens.reserveCapacity(lexer.count / 3 + 8)
    lexer.run()
    return lexer.output
  }

  /// Reads from a place on, which is the beginning or where a line begins outside of all strings, to the end of the text
  /// or to a further such place at which it is told to stop. Whether it came to the end.
  @discardableResult
  mutating func run(from start: Int = 0, until isKnown: (Int) -> Bool = { _ in false }) -> Bool {
    position = start
    if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while true {
      if let innermost = openStrings.last, innermost.parentheses == nil {
        lexStringText()
        continue
      }
      skipSpace()
      if position >= count { break }
      if startsLine, openStrings.isEmpty {
        if isKnown(position) { return false }
        output.lineStarts.append(output.tokens.count)
      }
      lexToken()
    }
    closeStringsAtEnd()
    emit(.end, from: count)
    return true
  }

  func byte(_ ahead: Int = 0) -> UInt8 { bytes[min(position + ahead, count)] }

  mutating func emit(_ kind: Token.Kind, from start: Int) {
    output.tokens.append(
      Token(
        kind: kind, span: Span(start, position), startsLine: startsLine,
        spaceBefore: spaceBefore || startsLine))
    startsLine = false
    spaceBefore = false
  }

  mutating func report(_ message: Message, _ span: Span, notes: [Diagnostic.Note] = []) {
    // One complaint a place: what follows from a bad string would only repeat it.
    if output.diagnostics.count < Parser.diagnosticLimit {
      output.diagnostics.append(message.diagnostic(at: span, notes: notes))
    }
  }

  // MARK: - Between tokens

  private mutating func skipSpace() {
    while position < count {
      switch byte() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C:
        position += 1
        spaceBefore = true
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if let innermost = openStrings.last, !innermost.isMultiline {
          abandonString()
          continue
        }
        position += 1
        startsLine = true
      case UInt8(ascii: "#"):
        guard !isRawStringStart else { return }
        skipLineComment()
      case UInt8(ascii: "/"):
        if byte(1) == UInt8(ascii: "/") {
          skipLineComment()
        } else if byte(1) == UInt8(ascii: "*") {
          skipBlockComment()
        } else {
          return
        }
      case 0xC2 where byte(1) == 0xA0:
        // A no-break space, which comes along when code is copied from a page.
        position += 2
        spaceBefore = true
      default:
        return
      }
    }
  }

  /// Whether the `#`s here begin a raw string rather than a comment.
  private var isRawStringStart: Bool {
    var ahead = position
    while bytes[ahead] == UInt8(ascii: "#") { ahead += 1 }
    return bytes[ahead] == UInt8(ascii: "\"")
  }

  private mutating func skipLineComment() {
    let start = position
    while position < count, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r") { position += 1 }
    output.comments.append(Span(start, position))
    spaceBefore = true
  }

  private mutating func skipBlockComment() {
    let start = position
    var depth = 0
    repeat {
      if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
      } else {
        if byte() == UInt8(ascii: "\n") { startsLine = true }
        position += 1
      }
    } while depth > 0 && position < count
    position = min(position, count)
    output.comments.append(Span(start, position))
    spaceBefore = true
    if depth > 0 {
      output.unfinished = Message.unfinishedComment.diagnostic(at: Span(start, start + 2))
    }
  }

  // MARK: - Tokens

  private mutating func lexToken() {
    let start = position
    let first = byte()
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      lexNumber()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      lexIdentifier()
    case UInt8(ascii: "\""), UInt8(ascii: "#"):
      openString()
    case UInt8(ascii: "'"):
      lexForeignString(closing: ["'"], message: .singleQuotes)
    case UInt8(ascii: "`"):
      lexQuotedIdentifier()
    case UInt8(ascii: "$"):
      lexAnonymousParameter()
    case 0x80...:
      lexNonASCII()
    default:
      if let kind = Symbol.alone[Int(first)] {
        lexSymbol(kind, length: 1)
      } else if let (bytes, kind) = Symbol.byFirstByte[Int(first)].first(where: { matches($0.bytes) }) {
        lexSymbol(kind, length: bytes.count)
      } else {
        position += 1
        report(.unexpectedCharacter(Unicode.Scalar(first)), Span(start, position))
        emit(.invalid, from: start)
      }
    }
  }

  /// Whether those bytes stand here.
  func matches(_ expected: [UInt8]) -> Bool {
    guard position + expected.count <= bytes.count else { return false }
    for offset in expected.indices where bytes[position + offset] != expected[offset] { return false }
    return true
  }

  private mutating func lexSymbol(_ kind: Token.Kind, length: Int) {
    let start = position
    position += length
    guard let parentheses = openStrings.last?.parentheses else { return emit(kind, from: start) }
    switch kind {
    case .symbol(.openParen):
      openStrings[openStrings.count - 1].parentheses = parentheses + 1
    case .symbol(.closeParen):
      if parentheses == 0 {
        openStrings[openStrings.count - 1].parentheses = nil
        return emit(.interpolationEnd, from: start)
      }
      openStrings[openStrings.count - 1].parentheses = parentheses - 1
    default:
      break
    }
    emit(kind, from: start)
  }
}
