/// How many requests came in each of the last sixty seconds in which any did.
struct RequestRate {
  static let length = 60
  private var counts: [Int] = []
  /// The latest second in which a request came.
  private var second = 0

  /// Counts a request.
  ///
  /// - Parameter time: when it came, in nanoseconds; no earlier than the one before.
  mutating func add(at time: Int) {
    let now = time / 1_000_000_000
    if counts.isEmpty {
      counts = Array(repeating: 0, count: RequestRate.length)
    } else if now > second {
      // The seconds in between had none.
      for past in 0..<min(now - second, RequestRate.length) { counts[(now - past) % RequestRate.length] = 0 }
    }
    second = max(now, second)
    counts[second % RequestRate.length] += 1
  }

  /// The latest second in which a request came, since the clock began; and how many did in that and in those before it, the
  /// latest first, up to the first. Nil where none came.
  var latest: (second: Int, counts: [Int])? {
    guard !counts.isEmpty else { return nil }
    let ordered = (0..<RequestRate.length).map { past in
      second >= past ? counts[(second - past) % RequestRate.length] : 0
    }
    return (second, Array(ordered[...(ordered.lastIndex { $0 > 0 } ?? 0)]))
  }
}
