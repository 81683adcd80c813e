/// How long answers took, counted in ranges that grow with the time: a percentile is off by a tenth at most.
struct LatencyHistogram {
  /// Ranges for each doubling of the time.
  private static let steps = 8
  /// From a microsecond to more than a day.
  private static let rangeCount = 38 * steps
  private var counts = [UInt32](repeating: 0, count: LatencyHistogram.rangeCount)
  private(set) var total = 0
  private var least = Int.max
  private var greatest = 0

  /// Adds a time in nanoseconds.
  mutating func add(_ nanoseconds: Int) {
    counts[LatencyHistogram.range(of: nanoseconds)] &+= 1
    total += 1
    least = min(least, nanoseconds)
    greatest = max(greatest, nanoseconds)
  }

  /// The time in nanoseconds within which so many of all were; nil where there is none.
  func percentile(_ share: Double) -> Int? {
    guard total > 0 else { return nil }
    var left = Int((share * Double(total)).rounded(.up))
    for (range, count) in counts.enumerated() {
      left -= Int(count)
      if left <= 0 { return min(max(LatencyHistogram.middle(of: range), least), greatest) }
    }
    return nil
  }

  /// Each doubling of a microsecond is cut into equal ranges.
  private static func range(of nanoseconds: Int) -> Int {
    let units = UInt(max(nanoseconds, 1)) / 128
    guard units >= UInt(steps) else { return Int(units) }
    let doublings = UInt.bitWidth - 1 - units.leadingZeroBitCount
    let within = Int(units >> (UInt(doublings) - 3)) & (steps - 1)
    return min(rangeCount - 1, (doublings - 2) * steps + within)
  }

  private static func middle(of range: Int) -> Int {
    guard range >= steps else { return range * 128 + 64 }
    let doublings = range / steps + 2
    let width = 1 << (doublings - 3)
    return ((1 << doublings) + (range % steps) * width + width / 2) * 128
  }
}
