import KernelCore

/// An array of dictionaries that have the same keys, as a table.
struct TableView {
  let lines: [StyledText]

  private static let rowLimit = 30
  private static let columnLimit = 20
  /// A column is cut to so many characters where the table is too wide, and never to fewer.
  private static let narrowest = 8
  /// What is nested takes no more than that, or the table would hide it.
  private static let nestedLimit = 40

  /// Nil where the value is no such array, or the window is too narrow for it.
  init?(_ value: ShownValue, columns: Int) {
    guard case .array(let elements, let count) = value, elements.count > 1,
      case .dictionary(let first, let width)? = elements.first, width == first.count,
      (1...Self.columnLimit).contains(width)
    else { return nil }
    let keys = first.map(\.key)
    var rows: [[Cell]] = []
    for element in elements.prefix(Self.rowLimit) {
      guard case .dictionary(let pairs, width) = element else { return nil }
      var row: [Cell] = []
      for (place, key) in keys.enumerated() {
        // Mostly they come in the same order.
        let pair = pairs[place].key == key ? pairs[place] : pairs.first { $0.key == key }
        guard let pair, let cell = Self.cell(pair.value) else { return nil }
        row.append(cell)
      }
      rows.append(row)
    }
    let heads = keys.map {
      if case .atom(let text, .text) = $0 { Sanitizer.visible(Self.unquoted(text)) } else { Self.plain($0) }
    }
    var widths = heads.indices.map { place in
      max(Layout.width(of: heads[place]), rows.map { Layout.width(of: $0[place].text) }.max() ?? 0)
    }
    guard Self.fit(&widths, to: columns - 2 * (widths.count - 1)) else { return nil }
    let numeric = heads.indices.map { place in rows.allSatisfy { $0[place].kind == .number } }

    func line(_ cells: [(text: String, style: Style)]) -> StyledText {
      var spans: [StyledText.Span] = []
      for (place, cell) in cells.enumerated() {
        let text = Self.cut(cell.text, to: widths[place])
        let gap = String(repeating: " ", count: widths[place] - Layout.width(of: text))
        if place > 0 { spans.append(.init("  ")) }
        if numeric[place] { spans.append(.init(gap)) }
        spans.append(.init(text, cell.style))
        if !numeric[place], place < cells.count - 1 { spans.append(.init(gap)) }
      }
      return StyledText(spans)
    }
    var lines = [line(heads.map { ($0, .bold) })]
    lines.append(StyledText(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), .dim))
    lines += rows.map { row in line(row.map { ($0.text, ValueView.style($0.kind)) }) }
    if rows.count < count { lines.append(StyledText("… \(count - rows.count) more", .dim)) }
    self.lines = lines
  }

  private struct Cell {
    let text: String
    let kind: ShownValue.Kind
  }

  private static func cell(_ value: ShownValue) -> Cell? {
    if case .atom(let text, let kind) = value {
      // As it is printed in the end.
      return Cell(text: Sanitizer.visible(kind == .text ? unquoted(text) : text), kind: kind)
    }
    let text = Sanitizer.visible(ValueView(columns: 80).flat(value).plain)
    return Layout.width(of: text) <= nestedLimit ? Cell(text: text, kind: .other) : nil
  }

  /// Makes wide columns narrower until all fit; false where they can't.
  private static func fit(_ widths: inout [Int], to columns: Int) -> Bool {
    while widths.reduce(0, +) > columns {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > narrowest
      else {
        return false
      }
      widths[widest] -= 1
    }
    return true
  }

  /// The beginning of a text, as wide as may be.
  static func cut(_ text: String, to width: Int) -> String {
    if Layout.width(of: text) <= width { return text }
    var kept = ""
    var taken = 0
    for character in text {
      let needed = Layout.width(of: String(character))
      if taken + needed > width - 1 { break }
      kept.append(character)
      taken += needed
    }
    return kept + "…"
  }

  /// A string literal without its quotes; its escapes stay, so that a cell is one line.
  private static func unquoted(_ literal: String) -> String {
    literal.hasPrefix("\"") && literal.hasSuffix("\"") && literal.count > 1
      ? String(literal.dropFirst().dropLast()).replacing("\\\"", with: "\"") : literal
  }

  private static func plain(_ key: ShownValue) -> String {
    if case .atom(let text, _) = key { Sanitizer.visible(text) } else { "" }
  }
}
