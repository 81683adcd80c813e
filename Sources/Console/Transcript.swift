import Foundation
import KernelCore

/// How cells and what they give look: the text of a replay, and of the prompt.
public enum Transcript {
  private static let inputStyle = Style(.green)
  private static let outputStyle = Style(.cyan)
  private static let errorStyle = Style(.red)

  /// A cell as it was entered.
  public static func input(_ number: Int, _ source: String) -> StyledText {
    let continuation = continuation(number)
    var spans: [StyledText.Span] = []
    for line in source.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let prompt = spans.isEmpty ? "In [\(number)]: " : continuation
      if !spans.isEmpty { spans.append(.init("\n", .plain)) }
      spans.append(.init(line.isEmpty ? String(prompt.dropLast()) : prompt, inputStyle))
      if !line.isEmpty { spans.append(.init(String(Substring(line)), .plain)) }
    }
    return StyledText(spans)
  }

  /// The prompt of the second and later lines, as wide as the first's.
  public static func continuation(_ number: Int) -> String {
    String(repeating: " ", count: max(0, "In [\(number)]: ".count - 5)) + "...: "
  }

  /// What a cell came to: its notes, then its value or error; nil where there is nothing to say.
  ///
  /// - Parameters:
  ///   - columns: how wide the window is where a person looks: then the value is laid out for it.
  ///   - tellsTime: whether a person is told how long it took where that was long.
  public static func result(_ result: CellResult, columns: Int? = nil, tellsTime: Bool = true) -> StyledText?
  {
    var lines = result.notes.map { StyledText($0, .dim) }
    switch result.outcome {
    case .succeeded(let value?):
      let label = "Out[\(result.cell)]: "
      if let columns, let shown = result.value {
        let layout = ValueView(columns: columns).lines(shown, offset: label.count)
        if layout.count == 1 {
          lines.append(StyledText(label, outputStyle) + layout[0])
        } else {
          lines += [StyledText(String(label.dropLast()), outputStyle)] + layout
        }
      } else {
        lines.append(StyledText(label, outputStyle) + StyledText(value))
      }
    case .succeeded(nil): break
    case .failed(let text): lines.append(error(text, columns))
    case .interrupted:
      lines.append(StyledText("interrupted: what the cell declared is put back as it was", errorStyle))
    }
    if tellsTime, columns != nil, result.duration >= .seconds(1) {
      lines.append(StyledText("took \(Prompt.duration(result.duration))", .dim))
    }
    return joined(lines)
  }

  /// An error, laid out for a window: all but the lines of code below it, which were cut for it.
  private static func error(_ text: String, _ columns: Int?) -> StyledText {
    guard let columns else { return StyledText(text, errorStyle) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let indent = line.prefix { $0 == " " }.count
      // `  12 | code`, `     | ^^^^`
      let isCode = line.drop { $0 == " " || $0.isNumber }.hasPrefix("|")
      let styled = StyledText(String(line), errorStyle)
      return isCode ? styled : styled.wrapped(to: columns, indent: indent + 2)
    }
    return joined(lines) ?? StyledText()
  }

  private static func joined(_ lines: [StyledText]) -> StyledText? {
    guard !lines.isEmpty else { return nil }
    return StyledText(Array(lines.map(\.spans).joined(separator: StyledText("\n").spans)))
  }

  /// What came from a route, a timer or a cell; nil for events that show nothing. Output of another cell
  /// than the one that runs says whose it is.
  ///
  /// - Parameter columns: how wide the window is where a person looks: then errors are laid out for it.
  public static func event(_ event: KernelEvent, whileRunning cell: Int? = nil, columns: Int? = nil)
    -> StyledText?
  {
    switch event {
    case .output(let source, let text): return labelled(source, unless: cell, StyledText(text))
    case .notice(let source, let text): return labelled(source, unless: cell, StyledText(text, .dim))
    case .failure(let source, let text), .unawaited(let source, let text):
      let label = source.map { "[\($0)] ".count } ?? 0
      return labelled(source, unless: nil, error(text, columns.map { max(1, $0 - label) }))
    case .open(let url): return StyledText("open \(url)", .dim)
    case .opened(let url, let status, let body):
      let head = StyledText("GET \(url) → \(status.map(String.init) ?? "no answer")", .dim)
      return body.isEmpty ? head : head + StyledText("\n" + excerpt(body))
    case .served, .cellStarted, .cellFinished: return nil
    }
  }

  /// Text with the cell it comes from. Its further lines stand below the first, so that nothing which somebody
  /// sends can pass for a prompt or a result.
  private static func labelled(
    _ source: Int?, unless cell: Int?, _ text: StyledText
  ) -> StyledText {
    guard let source, source != cell else { return text }
    let label = "[\(source)] "
    let indent = String(repeating: " ", count: label.count)
    let spans = text.spans.map { StyledText.Span($0.text.replacing("\n", with: "\n" + indent), $0.style) }
    return StyledText(label, .dim) + StyledText(spans)
  }

  /// The beginning of a body: enough to see what it is.
  private static func excerpt(_ body: String) -> String {
    let limit = 2_000
    let text = body.hasSuffix("\n") ? String(body.dropLast()) : body
    return text.count > limit ? "\(text.prefix(limit))… \(text.count - limit) more characters" : text
  }
}
