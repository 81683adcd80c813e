extension RoutePattern {
  /// How a path that somebody is typing goes on by this pattern: what is typed, with the text that follows up to the
  /// next parameter, whose value only the person knows.
  ///
  /// - Parameter typed: The beginning of a path, percent-encoded where it must be. Its last segment may be unfinished.
  /// - Returns: Nil where no path that begins so matches, and where a `path` parameter has begun, which takes all that
  ///   follows.
  public func completion(of typed: String) -> String? {
    guard typed.hasPrefix("/") else { return typed.isEmpty ? "/" + literal(from: 0) : nil }
    let parts = typed.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard let last = parts.last, parts.count <= segments.count else { return nil }
    for (part, segment) in zip(parts.dropLast(), segments) {
      var values: [PathValue] = []
      guard segment != .path, let text = try? PercentEncoding.decode(part),
        segment.match(Array(text.utf8)[...], into: &values)
      else { return nil }
    }
    let rest = literal(from: parts.count - 1)
    return rest.hasPrefix(last) ? typed.dropLast(last.count) + rest : nil
  }

  /// The text from a segment on, up to the first parameter in it.
  private func literal(from segment: Int) -> String {
    String(segmentTexts[segment...].joined(separator: "/").prefix { $0 != "<" })
  }
}
