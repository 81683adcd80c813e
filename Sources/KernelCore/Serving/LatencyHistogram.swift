/// How long answers took, counted in ranges that grow with the time.
///
/// A percentile is the middle of the range that it falls into, so it is off by a 64th (1.6 %) at most, and by 64 ns where it
/// is below 4 µs. Each doubling of the time is cut into 32 ranges of four bytes; memory is taken for those doublings alone
/// that answers have fallen into, and in between.
struct LatencyHistogram {
  /// Ranges for each doubling of the time.
  private static let steps = 32
  private static let doublingsOfSteps = 5
  /// The narrowest range, in nanoseconds.
  private static let unit = 128
  /// From nothing to more than a day; what is longer counts as that.
  private static let rangeCount = 38 * steps

  private var counts: [UInt32] = []
  /// The range that the first count is of.
  private var first = 0
  /// All counts together.
  private var weight = 0
  /// How many times were added.
  private(set) var total = 0
  private var least = Int.max
  private var greatest = 0
  /// How many times a range counts.
  private let countLimit: UInt32

  init(countLimit: UInt32 = .max) { self.countLimit = countLimit }

  /// The bytes that the counts take.
  var byteCount: Int { counts.count * MemoryLayout<UInt32>.size }

  /// Adds a time in nanoseconds.
  mutating func add(_ nanoseconds: Int) {
    let range = LatencyHistogram.range(of: nanoseconds)
    if range < first || range >= first + counts.count { makeRoom(for: range) }
    if counts[range - first] >= countLimit { halve() }
    counts[range - first] += 1
    weight += 1
    total += 1
    least = min(least, nanoseconds)
    greatest = max(greatest, nanoseconds)
  }

  /// The time in nanoseconds within which so many of all were, by the nearest rank; nil where there is none.
  ///
  /// - Parameter share: more than 0, and 1 at most.
  func percentile(_ share: Double) -> Int? {
    guard weight > 0 else { return nil }
    // A hundredth of a hundred is one, whatever rounding has made of it.
    var left = max(1, Int((share * Double(weight) * (1 - 1e-12)).rounded(.up)))
    for (place, count) in counts.enumerated() {
      left -= Int(count)
      if left <= 0 { return min(max(LatencyHistogram.middle(of: first + place), least), greatest) }
    }
    return greatest
  }

  // MARK: Ranges

  /// Counts are there for whole doublings.
  private mutating func makeRoom(for range: Int) {
    let steps = LatencyHistogram.steps
    let start = range / steps * steps
    if counts.isEmpty {
      first = start
      counts = Array(repeating: 0, count: steps)
    } else if start < first {
      counts.insert(contentsOf: repeatElement(0, count: first - start), at: 0)
      first = start
    } else {
      counts += repeatElement(0, count: start + steps - first - counts.count)
    }
  }

  /// There is no room for more in a range: of all ranges the older half is forgotten, so that their shares stay.
  private mutating func halve() {
    weight = 0
    for place in counts.indices {
      counts[place] /= 2
      weight += Int(counts[place])
    }
  }

  /// Each doubling of the narrowest range is cut into equal ones.
  private static func range(of nanoseconds: Int) -> Int {
    let units = UInt(max(nanoseconds, 1)) / UInt(unit)
    guard units >= UInt(steps) else { return Int(units) }
    let doublings = UInt.bitWidth - 1 - units.leadingZeroBitCount
    let within = Int(units >> UInt(doublings - doublingsOfSteps)) & (steps - 1)
    return min(rangeCount - 1, (doublings - doublingsOfSteps + 1) * steps + within)
  }

  private static func middle(of range: Int) -> Int {
    guard range >= steps else { return range * unit + unit / 2 }
    let doublings = range / steps + doublingsOfSteps - 1
    let width = 1 << (doublings - doublingsOfSteps)
    return ((1 << doublings) + range % steps * width) * unit + width * unit / 2
  }
}
