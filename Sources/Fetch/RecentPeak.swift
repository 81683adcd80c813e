/// The greatest of what was counted lately: over the last window at least, and over two at most.
struct RecentPeak {
  private let window: Duration
  private var current = 0
  private var former = 0
  private var began: ContinuousClock.Instant?

  init(window: Duration) { self.window = window }

  /// Counts anew, and gives the peak.
  mutating func note(_ count: Int, at now: ContinuousClock.Instant) -> Int {
    let start = began ?? now
    if began == nil || now - start >= window {
      // Of what was before a window without anything nothing is left.
      former = now - start >= window * 2 ? 0 : current
      (current, began) = (0, now)
    }
    current = max(current, count)
    return max(current, former)
  }
}
