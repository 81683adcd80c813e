import KernelCore

/// What came of a call, or would: status, headers, and the body as its type asks for.
struct AnswerView {
  private let columns: Int?
  private static let headerLimit = 40
  /// Lines of a window that a body takes at most.
  private static let lineLimit = 60
  /// JSON of more bytes is shown as it came, where all of it is.
  private static let layoutLimit = 1 << 20

  /// - Parameter columns: the width of the window; nil where nobody looks, who then gets the whole body.
  init(columns: Int?) { self.columns = columns }

  func lines(_ answer: Answer) -> [StyledText] {
    let body = body(answer)
    return heading(answer, Self.size(answer.body.count)) + (body.isEmpty ? [] : [""]) + body
  }

  /// What stands above a body that is shown as it comes, or in its place where it is no text.
  func opening(_ answer: Answer) -> [StyledText] {
    let type = Self.type(of: answer)
    let head = heading(answer, "shown as it comes")
    return Self.isText(type, []) ? head + [""] : head + [StyledText("<a body of \(type), not shown>", .dim)]
  }

  /// Whether the body of an answer can be shown before its end.
  static func isText(_ answer: Answer) -> Bool { isText(type(of: answer), []) }

  /// The status line and the headers.
  private func heading(_ answer: Answer, _ size: String) -> [StyledText] {
    var lines = [head(answer, size)]
    for header in answer.headers.prefix(Self.headerLimit) {
      lines.append(StyledText(header.name, Style(.cyan)) + StyledText(": \(header.value)", .dim))
    }
    if answer.headers.count > Self.headerLimit {
      lines.append(StyledText("… \(answer.headers.count - Self.headerLimit) more headers", .dim))
    }
    return lines
  }

  private func head(_ answer: Answer, _ size: String) -> StyledText {
    let color: Style.Color =
      switch answer.status {
      case ..<300: .green
      case ..<400: .cyan
      case ..<500: .yellow
      default: .red
      }
    let time = answer.elapsed.map { Prompt.duration($0) + ", " } ?? ""
    return StyledText("\(answer.status) \(answer.reason)", Style(color, bold: true))
      + StyledText("  \(time)\(size)", .dim)
  }

  static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_000: "\(bytes) byte\(bytes == 1 ? "" : "s")"
    case ..<1_000_000: "\((Double(bytes) / 100).rounded() / 10) kB"
    default: "\((Double(bytes) / 100_000).rounded() / 10) MB"
    }
  }

  private func body(_ answer: Answer) -> [StyledText] {
    if answer.body.isEmpty { return [] }
    let type = Self.type(of: answer)
    if Self.isJSON(type), columns != nil || answer.body.count <= Self.layoutLimit,
      let json = JSONView.lines(answer.text, most: columns == nil ? .max : Self.lineLimit + 1)
    {
      return cut(json.first, of: json.count)
    }
    guard Self.isText(type, answer.body) else {
      return [
        StyledText("<\(Self.size(answer.body.count)) of \(type.isEmpty ? "unknown type" : type)>", .dim)
      ]
    }
    return cut(
      answer.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
        StyledText(String($0))
      }
    )
  }

  private static func type(of answer: Answer) -> String {
    answer.header("content-type")?.prefix { $0 != ";" }.lowercased() ?? ""
  }

  private static func isJSON(_ type: String) -> Bool { type == "application/json" || type.hasSuffix("+json") }

  private static func isText(_ type: String, _ body: [UInt8]) -> Bool {
    if type.hasPrefix("text/") || isJSON(type) || type.hasSuffix("xml") || type.hasSuffix("javascript")
      || type == "application/x-www-form-urlencoded"
    {
      return true
    }
    return type.isEmpty && String(validating: body, as: UTF8.self) != nil && !body.contains(0)
  }

  /// As many lines as there is room for.
  ///
  /// - Parameter count: how many there are, where these are only the first.
  private func cut(_ lines: [StyledText], of count: Int? = nil) -> [StyledText] {
    var lines = lines
    if lines.last?.plain.isEmpty == true { lines.removeLast() }
    let count = count ?? lines.count
    guard let columns else { return lines }
    var rows = 0
    for (place, line) in lines.enumerated() {
      let needed = max(1, (Layout.width(of: line.plain) + columns - 1) / columns)
      rows += needed
      if rows <= Self.lineLimit { continue }
      let room = (Self.lineLimit - rows + needed) * columns
      let left = count - place
      guard needed > 1, room > 0 else { return lines[..<place] + [more("\(left) more lines")] }
      let shown = TableView.cut(line.plain, to: room)
      let characters = "\(line.plain.count - shown.count + 1) more characters"
      return lines[..<place]
        + [StyledText(shown), more(characters + (left > 1 ? " and \(left - 1) more lines" : ""))]
    }
    return lines
  }

  private func more(_ what: String) -> StyledText { StyledText("… \(what)", .dim) }
}
