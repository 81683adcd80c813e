extension Waterfall {
  /// GETs that were awaited one after the other, though none needed what another gave.
  public struct Overlap: Sendable, Equatable {
    public let cell: Int?
    /// Of each of them, in the order in which they were made.
    public let lines: [Int]
    /// How long was waited for all of them.
    public let before: Duration
    /// How long the longest of them took.
    public let after: Duration

    public init(cell: Int?, lines: [Int], before: Duration, after: Duration) {
      self.cell = cell
      self.lines = lines
      self.before = before
      self.after = after
    }

    public var saving: Duration { before - after }

    /// Whether it saves 5 ms and a tenth at least.
    var isNotable: Bool { saving >= .milliseconds(5) && saving * 10 >= before }

    /// `the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s`; with the cell where it is not the trace's own.
    public func sentence(in trace: TraceSummary) -> String {
      let place = cell == trace.cell ? "" : cell.map { " in cell [\($0)]" } ?? ""
      return
        "the \(calls)\(place) could overlap: \(Waterfall.time(after)) instead of \(Waterfall.time(before))"
    }

    private var calls: String {
      var places: [Int] = []
      for line in lines where !places.contains(line) { places.append(line) }
      let count = places.count == lines.count ? "" : "\(lines.count) "
      let last = places.removeLast()
      let words =
        places.isEmpty
        ? "line \(last)" : "lines \(places.map(String.init).joined(separator: ", ")) and \(last)"
      return "\(count)GETs at \(words)"
    }

    /// How calls that overlap are written.
    public static let idiom = "await all([get(…), get(…)])"
  }
}
