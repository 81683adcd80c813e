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
    checkOverlaps(source)
    if parsed.diagnostics.allSatisfy({ $0.severity != .error }) { checkFormatting(source) }
  }

  /// What could overlap stands in the text, in its order.
  private static func checkOverlaps(_ source: SourceText) {
    let names = GlobalScope(["get": .builtin, "json": .builtin, "String": .builtin])
    let analysis = OverlapAnalysis(source, names: names) { $0.count == 1 }
    for group in analysis.groups {
      promise(group.calls.count > 1, "what overlaps is several calls")
      let words = group.calls.map { source.slice(Span($0, $0 + 3)) }
      promise(words.allSatisfy { $0 == "get" }, "what overlaps is called by its name")
    }
    for offset in [0, source.byteCount / 2] { _ = analysis.effectsOfFunction(at: offset) }
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
