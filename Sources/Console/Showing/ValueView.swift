import KernelCore

/// Lays out a value for a person: on one line where it fits, as a table where it is one, else on several lines, with
/// counts for what is left out.
struct ValueView {
  /// The width of the window.
  private let columns: Int
  /// Lines that one collection takes at most.
  private static let lineLimit = 20

  init(columns: Int) { self.columns = max(10, columns) }

  /// The value's lines.
  ///
  /// - Parameter offset: columns that are taken on the first line, where all of it fits there.
  func lines(_ value: ShownValue, offset: Int) -> [StyledText] {
    if case .response(let answer) = value { return AnswerView(columns: columns).lines(answer) }
    let table = TableView(value, columns: columns)
    // Two rows are read as well on a line.
    if let table, table.lines.count > 4 { return table.lines }
    let flat = flat(value)
    if offset + Layout.width(of: flat.plain) <= columns { return [flat] }
    if let table { return table.lines }
    return lines(value, head: StyledText(), indent: 0, tail: "")
  }

  // MARK: On one line

  func flat(_ value: ShownValue) -> StyledText {
    switch value {
    case .atom(let text, let kind): return StyledText(text, Self.style(kind))
    case .array(let elements, let count):
      return list(elements.map(flat), count, empty: "[]")
    case .dictionary(let pairs, let count):
      return list(pairs.map { flat($0.key) + ": " + flat($0.value) }, count, empty: "[:]")
    case .response(let answer): return StyledText("<Response \(answer.status)>")
    }
  }

  private func list(_ items: [StyledText], _ count: Int, empty: String) -> StyledText {
    if count == 0 { return StyledText(empty) }
    var spans: [StyledText.Span] = [.init("[")]
    for (place, item) in items.enumerated() {
      if place > 0 { spans.append(.init(", ")) }
      spans += item.spans
    }
    if items.count < count { spans.append(.init(", " + Self.more(count - items.count), .dim)) }
    return StyledText(spans + [.init("]")])
  }

  static func style(_ kind: ShownValue.Kind) -> Style {
    switch kind {
    case .text: Style(.green)
    case .number: Style(.yellow)
    case .word: Style(.magenta)
    case .other: .plain
    }
  }

  private static func more(_ count: Int) -> String { "… \(count) more" }

  // MARK: On several lines

  /// - Parameters:
  ///   - head: what stands before the value on its first line, as its key.
  ///   - tail: what stands behind it on its last.
  private func lines(_ value: ShownValue, head: StyledText, indent: Int, tail: String) -> [StyledText] {
    let space = StyledText(String(repeating: " ", count: indent))
    let flat = flat(value)
    let width = indent + Layout.width(of: head.plain) + Layout.width(of: flat.plain) + tail.count
    let opening = space + head + "["
    let closing = space + StyledText("]" + tail)
    switch value {
    case .array(let elements, let count) where width > columns && count > 0:
      if elements.allSatisfy({ if case .atom = $0 { true } else { false } }) {
        return [opening] + filled(elements.map(self.flat), count, indent: indent + 2) + [closing]
      }
      let inner = elements.prefix(Self.lineLimit).flatMap {
        lines($0, head: StyledText(), indent: indent + 2, tail: ",")
      }
      return [opening] + inner + rest(min(elements.count, Self.lineLimit), count, indent) + [closing]
    case .dictionary(let pairs, let count) where width > columns && count > 0:
      let inner = pairs.prefix(Self.lineLimit).flatMap {
        lines($0.value, head: self.flat($0.key) + ": ", indent: indent + 2, tail: ",")
      }
      return [opening] + inner + rest(min(pairs.count, Self.lineLimit), count, indent) + [closing]
    default: return [space + head + flat + StyledText(tail)]
    }
  }

  private func rest(_ shown: Int, _ count: Int, _ indent: Int) -> [StyledText] {
    shown < count
      ? [StyledText(String(repeating: " ", count: indent + 2) + Self.more(count - shown), .dim)] : []
  }

  /// Short elements, as many on a line as fit.
  private func filled(_ items: [StyledText], _ count: Int, indent: Int) -> [StyledText] {
    let space = StyledText(String(repeating: " ", count: indent))
    var lines: [StyledText] = []
    var line = space
    var width = indent
    var shown = 0
    for item in items {
      let wanted = Layout.width(of: item.plain) + 1
      if width > indent, width + 1 + wanted > columns {
        lines.append(line)
        if lines.count == Self.lineLimit { break }
        (line, width) = (space, indent)
      }
      line = width > indent ? line + " " + item + "," : line + item + ","
      width += wanted + (width > indent ? 1 : 0)
      shown += 1
    }
    if lines.count < Self.lineLimit { lines.append(line) }
    return lines + rest(shown, count, indent - 2)
  }
}
