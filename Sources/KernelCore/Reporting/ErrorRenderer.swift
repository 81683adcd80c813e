import Language
import VM

/// Errors as people read them: what, where with a caret, what to do, and the chain of calls and awaits.
public struct ErrorRenderer: Sendable {
  /// Frames shown besides the first; the rest is counted.
  private static let frameLimit = 12

  private let diagnostics: DiagnosticRenderer

  /// - Parameter columns: how wide the window is, where a person reads it.
  public init(usesColor: Bool = false, columns: Int? = nil) {
    diagnostics =
      if let columns {
        // Beside the number of the line and the bar; a terminal may break the line in its last column.
        DiagnosticRenderer(usesColor: usesColor, lineWidth: min(100, columns - ErrorRenderer.gutter))
      } else {
        DiagnosticRenderer(usesColor: usesColor)
      }
  }

  private static let gutter = 9

  public func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
    self.diagnostics.render(diagnostics, in: source)
  }

  public func render(_ report: ErrorReport) -> String {
    guard let first = report.frames.first else {
      let help = report.help.map { "\n  help: \($0)" } ?? ""
      return "error: \(report.message)\(help)"
    }
    let diagnostic = Diagnostic(.error, report.message, at: first.span, help: report.help)
    var text = diagnostics.render(diagnostic, in: first.source)
    var innermost = first
    var shown = 0
    var rest = report.frames.dropFirst()
    while let frame = rest.first, shown < ErrorRenderer.frameLimit {
      text += "\n" + line(for: frame, inner: innermost)
      text += "\n" + diagnostics.excerpt(frame.span, in: frame.source).joined(separator: "\n")
      shown += 1
      // A recursion says the same again and again.
      let repeats = rest.dropFirst().prefix { isSame($0, frame) }
      rest = rest.dropFirst(1 + repeats.count)
      if !repeats.isEmpty {
        let isOpen = rest.isEmpty && report.isCut
        text += "\n  … the same \(isOpen ? "again and again" : "\(repeats.count) times more")"
      }
      innermost = frame
    }
    if !rest.isEmpty { text += "\n  … and \(report.isCut ? "many" : "\(rest.count)") more calls" }
    if let cause = report.cause { text += "\n" + line(for: cause) }
    return text
  }

  private func line(for cause: ErrorCause) -> String {
    var text = "  a defer failed while this error was under way: \(cause.message)"
    if let place = cause.place {
      text += "\n" + diagnostics.excerpt(place.span, in: place.source).joined(separator: "\n")
    }
    return text
  }

  private func isSame(_ one: TraceFrame, _ other: TraceFrame) -> Bool {
    one.span == other.span && one.source.name == other.source.name && one.isAwait == other.isAwait
  }

  private func line(for frame: TraceFrame, inner: TraceFrame) -> String {
    let place = frame.source.place(ofLine: frame.source.lineNumber(of: frame.span.start))
    if frame.isAwait { return "  awaited in \(place)" }
    if inner.role == .cleanup { return "  the defer run in \(place)" }
    return "  \(name(inner)) called in \(place)"
  }

  private func name(_ frame: TraceFrame) -> String {
    switch frame.role {
    case .closure, .task, .cleanup: "the closure"
    case .main: frame.source.name
    case .function: "\(frame.function)()"
    case .handler, .hook: frame.function
    }
  }
}
