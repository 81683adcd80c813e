/// When transfers that have a deadline must have ended; the earliest is at hand. A binary heap: adding one and
/// taking the earliest cost the logarithm of their number.
struct DeadlineHeap {
  typealias Instant = ContinuousClock.Instant

  private var entries: [(deadline: Instant, id: TransferID)] = []
  private var stale = 0

  var count: Int { entries.count }
  var earliest: Instant? { entries.first?.deadline }

  mutating func insert(_ id: TransferID, _ deadline: Instant) {
    entries.append((deadline, id))
    var child = entries.count - 1
    while child > 0, entries[child].deadline < entries[(child - 1) / 2].deadline {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The earliest transfer whose deadline is not after `now`, taken out.
  mutating func popExpired(_ now: Instant) -> TransferID? {
    guard let first = entries.first, first.deadline <= now else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink(0)
    }
    return first.id
  }

  /// Notes that a transfer has ended before its deadline. Once half of the heap is such transfers they are taken
  /// out together, so that fast calls with long timeouts don't pile up.
  mutating func noteEnded(isWanted: (TransferID) -> Bool) {
    stale += 1
    guard stale > 256, stale * 2 > entries.count else { return }
    entries.removeAll { !isWanted($0.id) }
    for parent in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    stale = 0
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [parent * 2 + 1, parent * 2 + 2]
      where child < entries.count && entries[child].deadline < entries[least].deadline {
        least = child
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
