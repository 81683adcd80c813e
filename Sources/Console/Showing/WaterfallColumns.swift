import KernelCore

/// How wide the columns of a waterfall are, and how long its axis; of several that are compared it is the same for all, so
/// that their bars can be held against each other.
struct WaterfallColumns {
  /// What stands in one row.
  struct Texts {
    let name: String
    /// Its place, time and outcome, each aligned at its right end.
    let fixed: [String]
  }

  let name: Int
  /// Of place, time and outcome; 0 where there is none, or no room for it.
  let fixed: [Int]
  /// Of the bars; nil where there is no room for them, or no time passed.
  let bars: Int?
  /// What the bars have room for.
  let axis: Duration

  /// Bars narrower than this would say nothing; then there are none.
  private static let narrowest = 5
  private static let widest = 100
  /// Levels that are indented; what lies deeper stands below each other.
  private static let deepest = 20
  /// Levels that are indented by two columns; where there are more, each is by one.
  private static let deepestOfTwo = 6

  /// - Parameter columns: how wide a row may be.
  init(for waterfalls: [Waterfall], columns: Int) {
    let texts = waterfalls.flatMap(Self.texts)
    let longest = texts.map { Layout.width(of: $0.name) }.max() ?? 0
    var fixed = (0..<3).map { column in texts.map { Layout.width(of: $0.fixed[column]) }.max() ?? 0 }
    var rest: Int { fixed.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } }
    // Where there is no room, places and outcomes give way to names and bars.
    for column in [0, 2] where columns - rest - 4 - Self.narrowest < min(longest, 20) { fixed[column] = 0 }
    name = max(
      8, min(longest, max(20, (columns - rest) / 2, min(40, columns - rest - 20)), columns - rest - 2))
    let room = min(Self.widest, columns - rest - name - 4)
    axis = waterfalls.map(\.trace.duration).max() ?? .zero
    bars = room >= Self.narrowest && axis > .zero ? room : nil
    self.fixed = fixed
  }

  /// Where the bars begin.
  var barStart: Int { name + fixed.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } + 2 }

  static func texts(of waterfall: Waterfall) -> [Texts] {
    let indent = waterfall.rows.contains { $0.depth > deepestOfTwo } ? " " : "  "
    return waterfall.rows.map { row in
      Texts(
        name: String(repeating: indent, count: min(row.depth, deepest)) + row.name,
        fixed: [
          Waterfall.place(row.cell, row.line), Waterfall.time(row.duration) + (row.isOpen ? "…" : ""),
          row.outcome ?? "",
        ])
    }
  }
}
