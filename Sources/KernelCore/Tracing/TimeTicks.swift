/// Where the marks of a time axis stand: at round times, so few that they can be read.
struct TimeTicks {
  /// In order, from 0 to the end at most.
  let times: [Duration]

  /// - Parameters:
  ///   - end: how long the axis is.
  ///   - count: how many marks there are at most besides that at 0.
  init(upTo end: Duration, atMost count: Int) {
    let nanoseconds = Int(Waterfall.seconds(end) * 1e9)
    let step = Self.steps.first { nanoseconds / $0 <= count } ?? .max
    times = stride(from: 0, through: max(0, nanoseconds), by: step).map { .nanoseconds($0) }
  }

  /// 1, 2, 5, 10, 20, 50 … nanoseconds, up to some thirty years.
  private static let steps: [Int] = (0..<18).flatMap { power in
    let unit = (0..<power).reduce(1) { product, _ in product * 10 }
    return [unit, 2 * unit, 5 * unit]
  }
}
