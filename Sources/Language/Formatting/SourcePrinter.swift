/// Makes the layout of a text. It walks the tree for the structure and takes piece after piece for the text,
/// so that nothing that is written is lost: each piece is printed with the comments before it.
///
/// What the kinds of nodes become stands in the extensions. The tree's depth is bounded by the parser, so this
/// recurses.
struct SourcePrinter {
  let source: SourcePieces
  /// The number of the next piece.
  private(set) var position = 0
  /// How many of that piece's comments were taken before it.
  private var takenComments = 0
  /// The comments taken since the innermost list, block or operator chain began, without those of one line that
  /// have something before and behind them.
  private var commentCount = 0

  init(_ source: SourcePieces) { self.source = source }

  mutating func program(_ program: FunctionNode) -> Layout {
    let statements = statements(program.body)
    return .concat([statements.broken, takeComments(followsNothing: program.body.isEmpty)])
  }

  // MARK: - Pieces

  var current: SourcePiece { source.pieces[position] }

  func at(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }
  func at(_ keyword: Keyword) -> Bool { current.kind == .keyword(keyword) }

  /// Whether the piece is that bracket and the one that closes it ends there.
  func at(_ symbol: Symbol, closedAt end: Int) -> Bool {
    guard at(symbol), let closing = source.closings[position] else { return false }
    return source.pieces[closing].span.end == end
  }

  /// The next piece with its comments.
  mutating func take() -> Layout {
    let comments = takeComments()
    let piece = current
    advance()
    let text = source.verbatim(piece.span)
    let layout: Layout =
      piece.kind == .stringStart
      ? .verbatim(source.string(piece.span)) : .text(text.lines.joined(separator: "\n"))
    if case .concat(let none) = comments, none.isEmpty { return layout }
    return .concat([comments, layout])
  }

  mutating func take(_ count: Int) -> Layout { .concat((0..<count).map { _ in take() }) }

  /// The comments before the next piece, which are taken from it. No blank line is kept before the first where
  /// it follows nothing, as behind an opening bracket.
  mutating func takeComments(followsNothing: Bool = false) -> Layout {
    var comments: [Layout] = []
    while var comment = nextComment {
      if takenComments == 0, followsNothing { comment.followsBlank = false }
      comments.append(takeComment(comment))
    }
    return .concat(comments)
  }

  /// The comment that the line of the piece before it ends in.
  mutating func takeCommentBehind() -> Layout {
    guard takenComments == 0, let comment = nextComment, !comment.standsAlone, !comment.isWithinLine else {
      return .empty
    }
    return takeComment(comment)
  }

  private var nextComment: Layout.Comment? {
    takenComments < current.comments.count ? comment(takenComments) : nil
  }

  /// The comment with that number of those before the next piece.
  private func comment(_ number: Int) -> Layout.Comment {
    source.comment(current.comments[number])
  }

  private mutating func takeComment(_ comment: Layout.Comment) -> Layout {
    takenComments += 1
    if comment.breaksLine { commentCount += 1 }
    return .comment(comment)
  }

  /// Whether a line must end at a comment before the next piece.
  var hasBreakingComment: Bool {
    (takenComments..<current.comments.count).contains { comment($0).breaksLine }
  }

  /// Whether a comment stands between here and the piece with that number.
  func hasComment(before end: Int) -> Bool {
    (position...max(position, end)).contains { !source.pieces[$0].comments.isEmpty }
  }

  private mutating func advance() {
    position += 1
    takenComments = 0
  }

  /// Leaves the next piece out; its comments are kept.
  mutating func drop() -> Layout {
    let comments = takeComments()
    advance()
    return comments
  }

  /// Does `body` and says whether a comment was taken in it, outside blocks, that lines must end at.
  mutating func noticingComments<Result>(
    _ body: (inout SourcePrinter) -> Result
  ) -> (result: Result, hasComments: Bool) {
    let before = commentCount
    commentCount = 0
    let result = body(&self)
    let hasComments = commentCount > 0
    commentCount += before
    return (result, hasComments)
  }

  /// Does `body`, whose comments concern nothing around it.
  mutating func hidingComments<Result>(_ body: (inout SourcePrinter) -> Result) -> Result {
    let before = commentCount
    let result = body(&self)
    commentCount = before
    return result
  }
}

/// The layout of an expression.
struct Shape {
  var layout: Layout
  /// The same with its last brackets broken, and all before them on one line; nil where it ends in none.
  var hug: Layout?
  /// Whether behind `=` it goes to the next line where it does not fit, before it is broken itself.
  var goesToNextLine: Bool
  /// Whether its calls stand on lines of their own, as the author wrote them.
  var isOpenChain = false

  init(_ layout: Layout, hug: Layout? = nil, goesToNextLine: Bool? = nil) {
    self.layout = layout
    self.hug = hug
    self.goesToNextLine = goesToNextLine ?? (hug == nil)
  }

  /// The shape between what stands before and behind it in its line.
  func within(_ before: Layout, _ after: Layout = .empty) -> Shape {
    var shape = Shape(
      .concat([before, layout, after]), hug: hug.map { .concat([before, $0, after]) },
      goesToNextLine: goesToNextLine)
    shape.isOpenChain = isOpenChain
    return shape
  }
}
