extension Waterfall {
  /// GETs that were awaited one after the other, though none needed what another gave.
  public struct Overlap: Sendable, Equatable {
    public let cell: Int?
    /// Of each of them, in the order in which they were made.
    public let lines: [Int]
    /// Of those that had been begun before, and only were waited for then.
    public let begunLines: [Int]
    /// Whether so much is saved only where the others that are told overlap too.
    public let needsOthers: Bool
    /// How long was waited for all of them.
    public let before: Duration
    /// How long the longest of them took.
    public let after: Duration

    public init(
      cell: Int?, lines: [Int], begunLines: [Int] = [], before: Duration, after: Duration,
      needsOthers: Bool = false
    ) {
      self.needsOthers = needsOthers
      self.cell = cell
      self.lines = lines
      self.begunLines = begunLines
      self.before = before
      self.after = after
    }

    public var saving: Duration { before - after }

    /// Whether it saves 5 ms and a tenth at least.
    var isNotable: Bool { saving >= .milliseconds(5) && saving * 10 >= before }

    /// `the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s`, `the GET at line 5 could overlap that begun at
    /// line 2: …`; with the cell where it is not the trace's own.
    public func sentence(in trace: TraceSummary) -> String {
      let place = cell == trace.cell ? "" : cell.map { " in cell [\($0)]" } ?? ""
      let fresh = begunLines.reduce(into: lines) { rest, line in
        if let place = rest.firstIndex(of: line) { rest.remove(at: place) }
      }
      let others =
        begunLines.isEmpty
        ? "" : " \(begunLines.count > 1 ? "those" : "that") begun at \(Self.words(begunLines))"
      return
        "the \(Self.calls(fresh))\(place) could overlap\(others): \(Waterfall.time(after)) instead of \(Waterfall.time(before))\(needsOthers ? ", if the others do too" : "")"
    }

    private static func calls(_ lines: [Int]) -> String {
      if lines.count == 1 { return "GET at \(words(lines))" }
      return "\(Set(lines).count == lines.count ? "" : "\(lines.count) ")GETs at \(words(lines))"
    }

    private static func words(_ lines: [Int]) -> String {
      var places: [Int] = []
      for line in lines where !places.contains(line) { places.append(line) }
      let last = places.removeLast()
      return places.isEmpty
        ? "line \(last)" : "lines \(places.map(String.init).joined(separator: ", ")) and \(last)"
    }

    /// How calls that overlap are written.
    public var idiom: String {
      begunLines.isEmpty ? "await all([get(…), get(…)])" : "await all([begun, get(…)])"
    }
  }

  /// What could overlap, each with how it is written where what comes next is written in another way.
  public var advice: [(overlap: Overlap, idiom: String?)] {
    overlaps.indices.map { place in
      let isLast = place == overlaps.count - 1 || overlaps[place + 1].idiom != overlaps[place].idiom
      return (overlaps[place], isLast ? overlaps[place].idiom : nil)
    }
  }
}
