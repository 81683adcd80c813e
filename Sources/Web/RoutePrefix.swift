/// A path that others begin with, as in `/users/<int:id>`: what a group of routes has in common.
///
/// It is matched segment by segment with the decoded path, as routes are, so that no other way to write a path gets
/// round it: `/%61pi/x` and `/api//x` begin with `/api`, `/apis` does not.
public struct RoutePrefix: Sendable {
  /// The path as written; empty for the one that every path begins with.
  public let text: String
  /// In one spelling, in which the names of parameters don't count.
  public let key: String
  /// How many segments it has.
  public let depth: Int
  private let table: RouteTable<Bool>
  /// Whether it may take any number of segments, since a parameter of it is a `path`.
  public let takesMore: Bool
  public let parameterNames: [String]

  /// - Throws: what is wrong with it as a pattern.
  public init(_ text: String) throws(RoutePatternError) {
    self.text = text
    guard !text.isEmpty else {
      (key, depth, table, takesMore, parameterNames) = ("", 0, RouteTable(), false, [])
      return
    }
    let pattern = try RoutePattern.parse(text)
    key = pattern.key
    depth = pattern.segments.count
    table = RouteTable(entries: [(method: nil, pattern: pattern, target: true)])
    takesMore = pattern.segments.contains { if case .path = $0 { true } else { false } }
    parameterNames = pattern.parameterNames
  }

  /// The values of its parameters where a path begins with it; nil where it does not.
  public func match(_ path: RequestPath) -> [PathValue]? {
    if depth == 0 { return [] }
    guard let segments = path.segments, segments.count >= depth else { return nil }
    for count in depth...(takesMore ? segments.count : depth) {
      if let values = table.values(of: segments.prefix(count)) { return values }
    }
    return nil
  }
}

/// The path of a request, decoded once for several questions about it.
public struct RequestPath {
  /// Nil where it cannot be decoded.
  let segments: PathSegments?

  /// - Parameter path: percent-encoded, without a query.
  public init(_ path: String) { segments = try? PathSegments(encoded: path) }
}

extension PathSegments {
  /// The first of them.
  fileprivate func prefix(_ count: Int) -> PathSegments {
    PathSegments(decoded: (0..<min(count, self.count)).map(text))
  }
}
