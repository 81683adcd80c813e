/// A token as it is printed: one of the lexer's, or a whole string with all that stands in it.
struct SourcePiece {
  var kind: Token.Kind
  var span: Span
  /// The comments between the piece before it and this one.
  var comments: [SourceComment]
  /// The line ends between it and what stands before it, comments included; 2 where there are more.
  var lineEnds: Int
  /// Whether space or a comment stands before it.
  var spaceBefore: Bool

  var isInteger: Bool { if case .integer = kind { true } else { false } }

  /// The line ends before its comments.
  var lineEndsBeforeComments: Int { comments.first?.lineEnds ?? lineEnds }
}

struct SourceComment {
  var span: Span
  /// As for a piece.
  var lineEnds: Int
  /// Whether its line ends behind it.
  var isLastOfLine = false
  /// Whether the piece that it stands before is in its line.
  var reachesPiece = true
}

/// Cuts a text into pieces, each with the comments before it.
package struct SourcePieces {
  private let source: SourceText
  private let bytes: [UInt8]
  private(set) var pieces: [SourcePiece] = []
  /// The number of the bracket that closes the one with this number.
  private(set) var closings: [Int: Int] = [:]

  init(_ source: SourceText, _ lexed: Lexer.Output) {
    self.source = source
    bytes = Array(source.text.utf8)
    var comments = lexed.comments[...]
    var openStrings: [Int] = []
    var previousEnd = 0
    for token in lexed.tokens {
      if token.kind == .stringStart { openStrings.append(token.span.start) }
      if token.kind == .stringEnd, let start = openStrings.popLast(), openStrings.isEmpty {
        pieces[pieces.count - 1].span = Span(start, token.span.end)
        previousEnd = token.span.end
        // The comments of its interpolations are parts of the string.
        comments = comments.drop { $0.start < token.span.end }
        continue
      }
      if openStrings.count > 1 || !openStrings.isEmpty && token.kind != .stringStart { continue }
      var before: [SourceComment] = []
      while let comment = comments.first, comment.start < token.span.start || token.kind == .end {
        before.append(SourceComment(span: comment, lineEnds: lineEnds(previousEnd, comment.start)))
        previousEnd = comment.end
        comments.removeFirst()
      }
      let lineEnds = lineEnds(previousEnd, token.span.start)
      pieces.append(
        SourcePiece(
          kind: token.kind, span: token.span, comments: SourcePieces.placed(before, lineEnds: lineEnds),
          lineEnds: lineEnds, spaceBefore: token.spaceBefore))
      previousEnd = token.span.end
    }
    matchBrackets()
  }

  /// The comments before a piece with what is known only from what stands behind them.
  private static func placed(_ comments: [SourceComment], lineEnds: Int) -> [SourceComment] {
    var comments = comments
    var lineEnds = lineEnds
    var reachesPiece = true
    for index in comments.indices.reversed() {
      reachesPiece = reachesPiece && lineEnds == 0
      comments[index].isLastOfLine = lineEnds > 0
      comments[index].reachesPiece = reachesPiece
      lineEnds = comments[index].lineEnds
    }
    return comments
  }

  /// The words of a text in their order, with each string and each comment as one: the bytes of each, and whether it
  /// is a comment.
  package static func words(of source: SourceText) -> [(range: Range<Int>, isComment: Bool)] {
    SourcePieces(source, Lexer.lex(source.text)).pieces.flatMap { piece in
      piece.comments.map { ($0.span.start..<$0.span.end, true) } + [
        (piece.span.start..<piece.span.end, false)
      ]
    }
  }

  private mutating func matchBrackets() {
    var open: [Int] = []
    for (number, piece) in pieces.enumerated() {
      switch piece.kind {
      case .symbol(.openParen), .symbol(.openBracket), .symbol(.openBrace): open.append(number)
      case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.closeBrace):
        if let opening = open.popLast() { closings[opening] = number }
      default: break
      }
    }
  }

  private func lineEnds(_ start: Int, _ end: Int) -> Int {
    var count = 0
    var index = start
    while index < end, count < 2 {
      if bytes[index] == UInt8(ascii: "\r"), index + 1 < end, bytes[index + 1] == UInt8(ascii: "\n") {
        index += 1
      }
      if bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r") { count += 1 }
      index += 1
    }
    return count
  }

  /// The number of the piece that begins there.
  func number(ofPieceAt offset: Int) -> Int? {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].span.start < offset { low = middle + 1 } else { high = middle }
    }
    return low < pieces.count && pieces[low].span.start == offset ? low : nil
  }

  /// Whether two pieces, with all between them, stand on one line.
  func isOnOneLine(from first: Int, to last: Int) -> Bool {
    source.lineNumber(of: pieces[first].span.start) == source.lineNumber(of: pieces[last].span.end)
  }

  // MARK: - Text as it stands

  /// The text of a span. Its lines can be moved as far as all of them are indented.
  func verbatim(_ span: Span) -> Layout.Verbatim {
    let lines = bytes[span.start..<span.end]
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count > 1 else { return Layout.Verbatim(lines: lines, indentation: 0, slack: nil) }
    return Layout.Verbatim(lines: lines, indentation: indentation(ofLineAt: span.start), slack: nil)
  }

  private func indentation(ofLineAt offset: Int) -> Int {
    var start = offset
    while start > 0, bytes[start - 1] != UInt8(ascii: "\n"), bytes[start - 1] != UInt8(ascii: "\r") {
      start -= 1
    }
    return bytes[start...].prefix { $0 == UInt8(ascii: " ") }.count
  }

  /// A string. One of several lines moves with the code around it, as far as its closing quotes are indented:
  /// what it means stays the same.
  func string(_ span: Span) -> Layout.Verbatim {
    var verbatim = verbatim(span)
    guard let last = verbatim.lines.last, verbatim.lines.count > 1 else { return verbatim }
    let margin = last.prefix { $0 == " " || $0 == "\t" }
    let others = verbatim.lines.dropFirst().dropLast()
    // Blank lines may be shorter; white space that is part of the text must stay.
    let canMove =
      margin.allSatisfy { $0 == " " }
      && others.allSatisfy { $0.hasPrefix(margin) || $0.allSatisfy { $0 == " " } }
    verbatim.slack = canMove ? margin.count : nil
    return verbatim
  }

  /// A comment without the spaces that its lines end in.
  func comment(_ comment: SourceComment) -> Layout.Comment {
    var body = verbatim(comment.span)
    body.lines = body.lines.map { line in
      var line = line
      while let last = line.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
        line.unicodeScalars.removeLast()
      }
      return line
    }
    let margins = body.lines.dropFirst().filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }
    body.slack = margins.min() ?? 0
    let isBlock = bytes[comment.span.start..<comment.span.end].starts(with: "/*".utf8)
    return Layout.Comment(
      body: body, endsLine: !isBlock || comment.lineEnds > 0 && comment.isLastOfLine,
      standsAlone: comment.lineEnds > 0,
      isWithinLine: isBlock && comment.lineEnds == 0 && comment.reachesPiece,
      followsBlank: comment.lineEnds > 1)
  }
}
