/// A route's path with its parameters, as in `/items/<int:id>`.
///
/// A pattern is a sequence of segments between slashes; a slash at its end counts. Its literal text is written
/// decoded (`/a b` matches `/a%20b`). Parameters are Werkzeug's: `<name>`, `<converter:name>`,
/// `<converter(arguments):name>`.
public struct RoutePattern: Hashable, Sendable {
  /// The pattern as written.
  public let text: String
  /// The names of the parameters from left to right.
  public let parameterNames: [String]
  /// The pattern in one spelling, in which parameter names, omitted defaults and the order of arguments don't
  /// count: two patterns with the same key match the same paths and are the same route.
  public let key: String

  let segments: [SegmentPattern]
  /// The segments as written.
  let segmentTexts: [String]

  /// The bytes that a pattern may have.
  public static let maxBytes = 2_048
  /// The segments that a pattern may have.
  public static let maxSegments = 64
  /// The parameters that a pattern may have.
  public static let maxParameters = 32

  /// Reads a pattern; the error points at the spot.
  public static func parse(_ text: String) throws(RoutePatternError) -> RoutePattern {
    var parser = RoutePatternParser(text)
    return try parser.parse()
  }

  init(text: String, parameterNames: [String], segments: [SegmentPattern], segmentTexts: [String]) {
    self.text = text
    self.parameterNames = parameterNames
    self.segments = segments
    self.segmentTexts = segmentTexts
    self.key = "/" + segments.map(\.canonicalText).joined(separator: "/")
  }

  /// The values of the parameters for the decoded segments of a path; nil if they don't match.
  public func match(segments: [String]) -> [PathValue]? {
    guard segments.count <= PathSegments.maxCount else { return nil }
    let table = RouteTable(entries: [(method: nil, pattern: self, target: true)])
    return table.values(of: PathSegments(decoded: segments))
  }

  public static func == (one: RoutePattern, other: RoutePattern) -> Bool { one.text == other.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a text is no pattern.
public struct RoutePatternError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, in one sentence.
  public let message: String
  /// Where, in bytes of the pattern's UTF-8.
  public let range: Range<Int>
  /// What may have been meant.
  public let suggestion: String?

  /// The message with the suggestion.
  public var description: String { suggestion.map { "\(message); did you mean \($0)?" } ?? message }
}
