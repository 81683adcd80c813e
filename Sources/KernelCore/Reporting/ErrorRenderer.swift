import Language
import VM

/// Errors as people read them: what, where with a caret, what to do, and the chain of calls and awaits.
public struct ErrorRenderer: Sendable {
  /// Frames shown besides the first; the rest is counted.
  private static let frameLimit = 12

  private let diagnostics: DiagnosticRenderer

  public init(usesColor: Bool = false) { diagnostics = DiagnosticRenderer(usesColor: usesColor) }

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
    for frame in report.frames.dropFirst().prefix(ErrorRenderer.frameLimit) {
      text += "\n" + line(for: frame, inner: innermost)
      text += "\n" + diagnostics.excerpt(frame.span, in: frame.source).joined(separator: "\n")
      innermost = frame
    }
    let more = report.frames.count - 1 - ErrorRenderer.frameLimit
    if more > 0 { text += "\n  … and \(more) more calls" }
    return text
  }

  private func line(for frame: TraceFrame, inner: TraceFrame) -> String {
    let position = frame.source.position(of: frame.span.start)
    let place = "\(frame.source.name), line \(position.line)"
    if frame.isAwait { return "  awaited in \(place)" }
    return "  \(name(inner)) called in \(place)"
  }

  private func name(_ frame: TraceFrame) -> String {
    switch frame.role {
    case .closure, .task, .cleanup: "the closure"
    case .main: frame.source.name
    case .function: "\(frame.function)()"
    case .handler: frame.function
    }
  }
}
