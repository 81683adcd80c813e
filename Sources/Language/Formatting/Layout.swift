/// What is to be printed, with the places where a line may end: a document in the manner of Wadler's "A
/// prettier printer". `LayoutRenderer` decides which of those places become line ends.
///
/// A layout is rendered *flat*, as one line, or *broken*. What is flat keeps its line ends only where it must:
/// in blocks that hold several lines, in `"""` strings and behind comments.
indirect enum Layout: Sendable {
  case text(String)
  /// A literal or block comment as it stands in the source, which may have several lines.
  case verbatim(Verbatim)
  case comment(Comment)
  /// A space in a flat layout, a line end in a broken one; with a blank line behind it where `keepsBlank`.
  case line(keepsBlank: Bool)
  /// Nothing in a flat layout, a line end in a broken one.
  case softLine
  /// A line end, and a blank line behind it where `isBlank`.
  case hardLine(isBlank: Bool)
  case concat([Layout])
  /// Lines that begin within are indented by one step more; in a flat layout no line does.
  case indent(Layout)
  /// Flat where that fits and nothing in it must break.
  case group(Layout, breaks: Bool)
  /// Only in a broken layout.
  case ifBroken(Layout)
  /// Braces with what stands between them.
  case block(Block)
  /// The first that fits when it is rendered flat; where none does, the last, broken.
  case choice([Layout])

  static let empty = Layout.concat([])
  static let space = Layout.text(" ")
  static let line = Layout.line(keepsBlank: false)

  /// `{ … }`.
  struct Block: Sendable {
    /// `{`, with the parameters of a closure.
    var opening: Layout
    /// What stands between the braces on one line; nil where the block must have several.
    var flat: Layout?
    /// What stands between the lines of the braces.
    var broken: Layout
    var closing: Layout
    var isEmpty: Bool

    /// The same, on several lines unless there is nothing in it.
    var onSeveralLines: Block {
      var block = self
      if !isEmpty { block.flat = nil }
      return block
    }
  }

  /// A part of the source that is printed as it stands.
  struct Verbatim: Sendable {
    var lines: [String]
    /// The indentation of the source line that it begins in, whatever that line begins with.
    var indentation: Int
    /// By how much its lines can be moved to the left without changing what they mean; nil where they must
    /// not be moved at all.
    var slack: Int?
  }

  struct Comment: Sendable {
    var body: Verbatim
    /// Whether it ends with its line, as `//` and `#` do.
    var endsLine: Bool
    /// Whether nothing but space stands before it in its line.
    var standsAlone: Bool
    /// Whether something stands before and behind it in its line; it belongs to what is behind it then.
    var isWithinLine: Bool
    /// Whether the line before it is blank.
    var followsBlank: Bool

    /// Whether a line must end in it, before it or behind it.
    var breaksLine: Bool { !isWithinLine || body.lines.count > 1 }
  }
}
