// Parameters of patterns as other frameworks write them: here they are literal parts of a path.

extension Resolver {
  /// `"/items/:id"`, `"/items/{id}"` and `"/files/*"`, which no request means that asks for item 3.
  func warnOfForeignParameters(in pattern: String, at literal: Span) {
    let isPlain = literal.end - literal.start == pattern.utf8.count + 2
    var start = literal.start + 1
    for segment in pattern.split(separator: "/", omittingEmptySubsequences: false) {
      let end = start + segment.utf8.count
      if let own = Self.ownParameter(for: segment) {
        report(
          .foreignParameter(String(segment), own), at: isPlain ? Span(start, end) : literal,
          .warning)
      }
      start = end + 1
    }
  }

  /// What stands here for a segment that is a parameter elsewhere; nil for any other segment.
  private static func ownParameter(for segment: Substring) -> String? {
    if segment == "*" || segment == "**" { return "<path:rest>" }
    if segment.hasPrefix(":") { return parameter(named: segment.dropFirst()) }
    guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return nil }
    let parts = segment.dropFirst().dropLast().split(separator: ":", maxSplits: 1)
    return parts.first.flatMap { parameter(named: $0, converter: parts.count > 1 ? parts[1] : nil) }
  }

  private static func parameter(named text: Substring, converter: Substring? = nil) -> String? {
    let name = text.hasSuffix("?") ? text.dropLast() : text
    guard let first = name.unicodeScalars.first, first.startsIdentifier,
      name.unicodeScalars.allSatisfy(\.continuesIdentifier)
    else { return nil }
    guard let converter, ["int", "float", "path", "uuid"].contains(converter) else { return "<\(name)>" }
    return "<\(converter):\(name)>"
  }
}
