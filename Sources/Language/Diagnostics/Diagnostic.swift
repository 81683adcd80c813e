/// What is wrong with a text, where, and what to do about it.
public struct Diagnostic: Error, Hashable, Sendable {
  public enum Severity: String, Sendable {
    case error
    case warning
  }

  /// A second place that explains the first: `declared here with let`.
  public struct Note: Hashable, Sendable {
    public var message: String
    public var span: Span?

    public init(_ message: String, _ span: Span? = nil) {
      self.message = message
      self.span = span
    }
  }

  public var severity: Severity
  /// One sentence without a full stop, in the words of the language.
  public var message: String
  public var span: Span
  public var notes: [Note]
  /// What to do: `did you mean "uppercased"?`, `write x != nil`.
  public var help: String?

  public init(
    _ severity: Severity = .error, _ message: String, at span: Span, notes: [Note] = [],
    help: String? = nil
  ) {
    self.severity = severity
    self.message = Diagnostic.cut(message)
    self.span = span
    self.notes = notes
    self.help = help.map(Diagnostic.cut)
  }

  /// A text that names or quotes something very long says no more than its beginning.
  private static func cut(_ text: String) -> String {
    text.utf8.count <= lengthLimit ? text : String(text.prefix(lengthLimit)) + "…"
  }

  private static let lengthLimit = 2_000
}
