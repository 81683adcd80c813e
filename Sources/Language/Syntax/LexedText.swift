/// A text that is being typed, cut into tokens. After a change only the lines that it touched are cut anew, so that a
/// key costs the same in a cell of a thousand lines.
///
/// Its tokens are those that `Lexer.lex` gives of the same text.
public struct LexedText {
  private var bytes: [UInt8] = []
  private(set) var tokens: [Token] = []
  private(set) var comments: [Span] = []
  /// The tokens that begin a line outside of all strings, as indices: nothing before one depends on what follows it,
  /// and it begins anew there.
  private var lineStarts: [Int] = []
  /// Quotes in a `"""` string are looked at together with those that follow, however far away.
  private var hasLongQuotes = false

  public init() {}

  public init(_ text: String) { update(to: text) }

  /// Takes the text as it is now.
  public mutating func update(to text: String) {
    let new = Array(text.utf8)
    if new == bytes, !tokens.isEmpty { return }
    let change = Change(from: bytes, to: new)
    let wasSimple = !hasLongQuotes && !tokens.isEmpty
    hasLongQuotes = Self.hasLongQuotes(new)
    if wasSimple, !hasLongQuotes {
      cutAnew(text, change)
    } else {
      var lexer = Lexer(text)
      lexer.run()
      (tokens, comments, lineStarts) = (lexer.output.tokens, lexer.output.comments, lexer.output.lineStarts)
    }
    bytes = new
  }

  /// Cuts from the last line that begins before the change to the first one behind it that begins as it did before.
  private mutating func cutAnew(_ text: String, _ change: Change) {
    let restart = lineStarts.partitioningIndex { tokens[$0].span.start > change.start } - 1
    let firstToken = restart < 0 ? 0 : lineStarts[restart]
    let start = restart < 0 ? 0 : tokens[firstToken].span.start
    var rejoined = lineStarts.partitioningIndex { tokens[$0].span.start >= change.oldEnd }
    var lexer = Lexer(text)
    let isWhole = lexer.run(from: start) { position in
      guard position >= change.newEnd else { return false }
      let old = position - change.growth
      while rejoined < lineStarts.count, tokens[lineStarts[rejoined]].span.start < old { rejoined += 1 }
      return rejoined < lineStarts.count && tokens[lineStarts[rejoined]].span.start == old
    }
    let lastToken = isWhole ? tokens.count : lineStarts[rejoined]
    let end = isWhole ? Int.max : tokens[lastToken].span.start
    let isMoved = change.growth != 0

    let grown = lexer.output.tokens.count - (lastToken - firstToken)
    let firstStart = max(restart, 0)
    lineStarts.replaceSubrange(
      firstStart..<(isWhole ? lineStarts.count : rejoined),
      with: lexer.output.lineStarts.map { $0 + firstToken })
    for index in (firstStart + lexer.output.lineStarts.count)..<lineStarts.count {
      lineStarts[index] += grown
    }

    tokens.replaceSubrange(firstToken..<lastToken, with: lexer.output.tokens)
    if isMoved {
      for index in (firstToken + lexer.output.tokens.count)..<tokens.count {
        tokens[index].span = tokens[index].span.moved(by: change.growth)
      }
    }

    let firstComment = comments.partitioningIndex { $0.start >= start }
    let lastComment = comments.partitioningIndex { $0.start >= end }
    comments.replaceSubrange(firstComment..<lastComment, with: lexer.output.comments)
    if isMoved {
      for index in (firstComment + lexer.output.comments.count)..<comments.count {
        comments[index] = comments[index].moved(by: change.growth)
      }
    }
  }

  /// What to colour in a part of the text, which is given in UTF-8 offsets; some of what is around it may come with it.
  public func highlights(in range: Range<Int>) -> [Highlight] {
    let visible = tokens.partitioningIndex { $0.span.end > range.lowerBound }
    var line = lineStarts.partitioningIndex { $0 > visible } - 1
    while line > 0, Highlighter.isOneWithNext(tokens[lineStarts[line] - 1]) { line -= 1 }
    let first = line < 0 ? 0 : lineStarts[line]
    return Highlighter.highlights(
      of: tokens, from: first, to: range.upperBound,
      comments: comments[comments.partitioningIndex { $0.end > range.lowerBound }...].prefix {
        $0.start < range.upperBound
      })
  }

  private static func hasLongQuotes(_ bytes: [UInt8]) -> Bool {
    var quotes = 0
    for byte in bytes {
      quotes = byte == UInt8(ascii: "\"") ? quotes + 1 : 0
      if quotes == 3 { return true }
    }
    return false
  }

  /// What of a text is another than before, as one stretch.
  private struct Change {
    /// Where both begin to differ.
    var start = 0
    /// From where on both are the same again.
    var oldEnd: Int
    var newEnd: Int
    var growth: Int { newEnd - oldEnd }

    init(from old: [UInt8], to new: [UInt8]) {
      (oldEnd, newEnd) = (old.count, new.count)
      let shorter = min(oldEnd, newEnd)
      while start < shorter, old[start] == new[start] { start += 1 }
      while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
        oldEnd -= 1
        newEnd -= 1
      }
    }
  }
}

extension Span {
  fileprivate func moved(by distance: Int) -> Span { Span(start + distance, end + distance) }
}
