/// Brings a text of the language into its one style: four spaces a step, lines of at most 100 columns.
///
/// The style is what a Swift programmer expects of swift-format. Whether a body or a list stands on one line or
/// on several follows the author: what begins a line behind its opening bracket stays on several lines, and
/// everything else stays on one as long as it fits. Comments, the text of strings and the order of tokens are
/// kept; a `;` between statements on several lines, and a comma before a closing bracket, are not.
public enum SourceFormatter {
  /// How many columns a line has at most, where it can be broken.
  public static let width = 100

  /// Why a text was left as it is.
  public struct Refusal: Error, Sendable {
    /// What is wrong with the text; never empty.
    public let diagnostics: [Diagnostic]
  }

  /// The text in its style, without blank lines at either end and without a line end behind the last line.
  /// Formatting that once more changes nothing.
  ///
  /// - Throws: `Refusal` where the text has a syntax error.
  public static func format(_ source: SourceText) throws(Refusal) -> String {
    try format(source, width: width)
  }

  /// The same in lines of another width.
  package static func format(_ source: SourceText, width: Int) throws(Refusal) -> String {
    let parsed = Parser.parse(source)
    let errors = parsed.diagnostics.filter { $0.severity == .error }
    guard errors.isEmpty else { throw Refusal(diagnostics: errors) }
    let lexed = Lexer.lex(source.text)
    let tree = SyntaxDump.dump(parsed.program)
    var text = rendered(source, parsed.program, lexed, width)
    // What had to be opened is open for the author's sake when it is read again, and so may leave room around it.
    for _ in 0..<roundLimit {
      let again = SourceText(name: source.name, text: text)
      let parsed = Parser.parse(again)
      if parsed.diagnostics.contains(where: { $0.severity == .error }) { break }
      let next = rendered(again, parsed.program, Lexer.lex(text), width)
      if next == text { break }
      text = next
    }
    guard text.utf8.count <= Parser.textLimit else {
      let message = Diagnostic(
        .error, "this text would have more than 1 MiB once it is formatted", at: Span(0, 0),
        help: "split it into several cells")
      throw Refusal(diagnostics: [message])
    }
    // A file is about to be written over: nothing may be lost, whatever this formatter does wrong.
    guard means(text, theSameAs: tree, with: lexed.comments, of: source) else {
      let message = Diagnostic(
        .error, "the formatter cannot keep what this text means", at: Span(0, 0),
        help: "this is an error of the program; leave the cell as it is")
      throw Refusal(diagnostics: [message])
    }
    return text
  }

  /// How often a text is looked at again until it stays as it is; twice has always been enough.
  private static let roundLimit = 5

  private static func rendered(
    _ source: SourceText, _ program: FunctionNode, _ lexed: Lexer.Output, _ width: Int
  ) -> String {
    var printer = SourcePrinter(SourcePieces(source, lexed))
    return LayoutRenderer.render(printer.program(program), width: width)
  }

  /// Whether a formatted text has the tree and the comments of the one that it was made of, and no error.
  private static func means(
    _ text: String, theSameAs tree: String, with comments: [Span], of source: SourceText
  ) -> Bool {
    let formatted = SourceText(name: source.name, text: text)
    let parsed = Parser.parse(formatted)
    return !parsed.diagnostics.contains { $0.severity == .error }
      && SyntaxDump.dump(parsed.program) == tree
      && Lexer.lex(text).comments.map { words($0, in: formatted) } == comments.map { words($0, in: source) }
  }

  /// A comment without its white space, which changes where lines are moved.
  private static func words(_ comment: Span, in source: SourceText) -> [Substring] {
    source.slice(comment).split { $0.isWhitespace }
  }
}
