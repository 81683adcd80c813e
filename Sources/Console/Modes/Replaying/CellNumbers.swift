/// Some cells by their numbers: `3-5`, `3`, `1,4-6`.
public struct CellNumbers: Sendable, Equatable {
  private let ranges: [ClosedRange<Int>]
  /// As it was written: `3-5,8`.
  public let text: String

  /// Nil where the text says no such thing.
  public init?(_ text: String) {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let lower = ends[0], let upper = ends[ends.count - 1], lower > 0, lower <= upper
      else { return nil }
      ranges.append(lower...upper)
    }
    self.ranges = ranges
    self.text = text
  }

  /// All that some of these name; nil where there are none.
  public init?(joining parts: [CellNumbers]) {
    if parts.isEmpty { return nil }
    ranges = parts.flatMap(\.ranges)
    text = parts.map(\.text).joined(separator: ",")
  }

  func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }
}
