import Language

extension FuzzTarget {
  /// Any text goes through lexer, parser, resolver, renderer and highlighter, and spans stay within it.
  static let parser = FuzzTarget(name: "parser") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let source = SourceText(cell: 1, text: text)
    let parsed = Parser.parse(source)
    promise((parsed.completeness == .complete) == parsed.diagnostics.isEmpty, "complete without a diagnostic")
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    for diagnostic in parsed.diagnostics + resolution.diagnostics {
      promise(
        diagnostic.span.start >= 0 && diagnostic.span.start <= diagnostic.span.end, "a span is in order")
      promise(
        diagnostic.span.end <= max(source.byteCount, diagnostic.span.start), "a span is within the text")
    }
    _ = DiagnosticRenderer(usesColor: true).render(parsed.diagnostics + resolution.diagnostics, in: source)
    var end = 0
    for highlight in Highlighter.tokens(in: text) {
      promise(highlight.range.lowerBound >= end && !highlight.range.isEmpty, "highlights are in order")
      end = highlight.range.upperBound
    }
    promise(end <= text.utf8.count, "highlights are within the text")
    if parsed.diagnostics.allSatisfy({ $0.severity != .error }) { checkFormatting(source) }
  }

  /// What can be parsed can be formatted, and then stays as it is.
  private static func checkFormatting(_ source: SourceText) {
    guard let once = try? SourceFormatter.format(source) else {
      return promise(false, "the formatter keeps what a text means")
    }
    let twice = try? SourceFormatter.format(SourceText(cell: 1, text: once))
    promise(twice == once, "what is formatted stays as it is")
  }
}
