/// Pieces of work that all begin at once and are done by one thread: how long they take then.
///
/// Each computes and waits in turns. While one computes, no other can, but those that wait go on waiting: so waiting
/// overlaps and computing does not.
struct SharedTime {
  /// One piece of work, as it was done alone.
  struct Work {
    /// From its beginning to its end, in nanoseconds.
    let duration: Int
    /// When it computed, in nanoseconds since its beginning: in order, none over another.
    let computing: [Range<Int>]
  }

  /// When each has come to its end, in nanoseconds since the common beginning.
  static func ends(of works: [Work]) -> [Int] {
    var next = Array(repeating: 0, count: works.count)
    // How much later than alone each is by now.
    var delays = Array(repeating: 0, count: works.count)
    var free = 0
    /// Which computes next, and when it would if nothing else did.
    func upcoming() -> (place: Int, time: Int)? {
      works.indices.filter { next[$0] < works[$0].computing.count }
        .map { ($0, works[$0].computing[next[$0]].lowerBound + delays[$0]) }.min { $0.1 < $1.1 }
    }
    while let (place, wanted) = upcoming() {
      let begun = max(wanted, free)
      delays[place] += begun - wanted
      free = begun + works[place].computing[next[place]].count
      next[place] += 1
    }
    return works.indices.map { works[$0].duration + delays[$0] }
  }

  /// Ranges in order and joined where they touch, each cut to what lies within some bounds.
  static func union(of ranges: [Range<Int>], within bounds: Range<Int>) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for range in ranges.map({ $0.clamped(to: bounds) }).filter({ !$0.isEmpty })
      .sorted(by: { $0.lowerBound < $1.lowerBound })
    {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }
}
