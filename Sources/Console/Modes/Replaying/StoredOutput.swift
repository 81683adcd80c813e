import KernelCore

/// What cells give, in the lines that a file stores with them. Control characters are spelt out as the prompt shows them:
/// a cells file has no place for some of them, a Jupyter notebook for none, and nobody wants to meet them in a diff.
public enum StoredOutput {
  /// The lines of an event; none for what a file does not store.
  public static func lines(of event: KernelEvent) -> [String] {
    switch event {
    // What was printed may end in blank lines of its own.
    case .output(_, let text): lines(text)
    case .notice(_, let text), .failure(_, let text), .unawaited(_, let text): split(text)
    case .opened(let url, let status, let body):
      ["GET \(url) → \(status.map(String.init) ?? "no answer")"] + (body.isEmpty ? [] : split(body))
    case .open(let url): ["open \(url)"]
    case .cellFinished(let result):
      // What a cell defined is no output.
      result.warnings.flatMap(split) + outcome(result) + (result.digest.map { [TextDigest.line($0)] } ?? [])
    case .served, .cellStarted: []
    }
  }

  private static func outcome(_ result: CellResult) -> [String] {
    switch result.outcome {
    case .succeeded(let value): value.map(split) ?? []
    case .failed(let text): split(text)
    case .interrupted: ["interrupted"]
    }
  }

  private static func lines(_ text: String) -> [String] {
    Sanitizer.visible(text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The same of a text whose last line may have an end.
  private static func split(_ text: String) -> [String] {
    var lines = lines(text)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
