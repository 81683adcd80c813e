/// Writes a diagnostic as people read it:
///
/// ```
/// error: cannot assign to "x"
///   cell [5], line 3
///   3 |     x = 4
///     |     ^
///   note: declared here with let
///   1 | let x = 3
///     |     ^
///   help: declare it with var
/// ```
public struct DiagnosticRenderer: Sendable {
  /// Whether to colour with ANSI escapes.
  public var usesColor: Bool
  /// How many columns of a source line are shown at most; a longer one is cut around the place.
  public var lineWidth: Int

  public init(usesColor: Bool = false, lineWidth: Int = 100) {
    self.usesColor = usesColor
    self.lineWidth = max(8, lineWidth)
  }

  /// The lines of a diagnostic, without a line end behind the last.
  public func render(_ diagnostic: Diagnostic, in source: SourceText) -> String {
    let color = diagnostic.severity == .error ? Color.error : Color.warning
    let line = source.lineNumber(of: diagnostic.span.start)
    let gutter = gutterWidth([diagnostic.span] + diagnostic.notes.compactMap(\.span), in: source)
    var lines = [
      paint("\(diagnostic.severity.rawValue):", color) + " "
        + paint(DisplayText.visible(diagnostic.message), .message),
      "  \(source.place(ofLine: line))",
    ]
    lines += excerpt(diagnostic.span, in: source, gutter: gutter, color)
    for note in diagnostic.notes {
      lines.append("  " + paint("note:", .note) + " " + DisplayText.visible(note.message))
      if let span = note.span { lines += excerpt(span, in: source, gutter: gutter, .note) }
    }
    if let help = diagnostic.help {
      lines.append("  " + paint("help:", .help) + " " + DisplayText.visible(help))
    }
    return lines.joined(separator: "\n")
  }

  /// Several diagnostics, with an empty line between them.
  public func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
    diagnostics.map { render($0, in: source) }.joined(separator: "\n\n")
  }

  /// The source line of a span and the carets under it, as in a diagnostic.
  public func excerpt(_ span: Span, in source: SourceText) -> [String] {
    excerpt(span, in: source, gutter: gutterWidth([span], in: source), .error)
  }

  // MARK: - Excerpts

  private func gutterWidth(_ spans: [Span], in source: SourceText) -> Int {
    spans.map { "\(source.lineNumber(of: $0.start))".count }.max() ?? 1
  }

  private func excerpt(_ span: Span, in source: SourceText, gutter: Int, _ color: Color) -> [String] {
    let number = source.lineNumber(of: span.start)
    // More of a long line than could be shown, so that a whole file in one line costs no more.
    let (line, start) = source.surroundings(of: span.start, reach: 16 * lineWidth)
    let cells = DisplayText.cells(of: line)
    // The cells that the span covers; a span behind the text points to the column after it.
    let marked = firstCell(cells, at: span.start - start)
    let end = max(marked + 1, cells.firstIndex { $0.offset >= span.end - start } ?? cells.count)

    let shown = window(cells, around: marked..<end)
    let isCutBefore = shown.lowerBound > 0
    let isCutAfter = shown.upperBound < cells.count
    let text =
      (isCutBefore ? "…" : "") + cells[shown].map(\.text).joined() + (isCutAfter ? "…" : "")
    let indent =
      (isCutBefore ? 1 : 0) + cells[shown.lowerBound..<min(marked, cells.count)].reduce(0) { $0 + $1.width }
    let covered = cells[min(marked, cells.count)..<min(end, shown.upperBound)]
    let carets = max(1, covered.reduce(0) { $0 + $1.width })

    let label = "\(number)"
    let padding = String(repeating: " ", count: gutter - min(gutter, label.count))
    let blank = String(repeating: " ", count: max(gutter, label.count))
    let sourceLine = text.isEmpty ? "" : " " + text
    return [
      "  " + paint(padding + label + " |", .gutter) + sourceLine,
      "  " + paint(blank + " |", .gutter) + " " + String(repeating: " ", count: indent)
        + paint(String(repeating: "^", count: carets), color),
    ]
  }

  /// The cell that holds a UTF-8 offset of its line.
  private func firstCell(_ cells: [DisplayText.Cell], at offset: Int) -> Int {
    guard let after = cells.firstIndex(where: { $0.offset > offset }) else {
      guard let last = cells.last else { return 0 }
      return offset < last.offset + last.byteCount ? cells.count - 1 : cells.count
    }
    return max(0, after - 1)
  }

  /// The cells to show of a line that may be too long: those of the span, and as many around them as
  /// there is room for.
  private func window(_ cells: [DisplayText.Cell], around marked: Range<Int>) -> Range<Int> {
    let total = cells.reduce(0) { $0 + $1.width }
    guard total > lineWidth else { return 0..<cells.count }
    var lower = min(marked.lowerBound, cells.count)
    var upper = lower
    var room = lineWidth - 2
    func take(_ index: Int) -> Bool {
      guard cells.indices.contains(index), cells[index].width <= room else { return false }
      room -= cells[index].width
      return true
    }
    while upper < min(marked.upperBound, cells.count), take(upper) { upper += 1 }
    var grows = true
    while grows {
      grows = false
      if lower > 0, take(lower - 1) {
        lower -= 1
        grows = true
      }
      if upper < cells.count, take(upper) {
        upper += 1
        grows = true
      }
    }
    return lower..<upper
  }

  // MARK: - Colours

  private enum Color: String {
    case error = "1;31"
    case warning = "1;33"
    case note = "1;36"
    case help = "1;32"
    case message = "1"
    case gutter = "2"
  }

  private func paint(_ text: String, _ color: Color) -> String {
    usesColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}
