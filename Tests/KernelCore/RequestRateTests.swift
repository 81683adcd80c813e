import TestSupport
import Testing

@testable import KernelCore

/// Requests by seconds.
struct RequestRateTests {
  @Test func theLatestSecondsAreCounted() {
    var rate = RequestRate()
    #expect(rate.latest == nil)
    for second in [3.0, 3.2, 5.9] { rate.add(at: Int(second * 1e9)) }
    #expect(rate.latest?.second == 5)
    #expect(rate.latest?.counts == [1, 0, 2])
    rate.add(at: 65_000_000_000)
    #expect(rate.latest?.counts == [1])
    rate.add(at: 65_000_000_001)
    #expect(rate.latest?.counts == [2])
  }

  @Test func itAgreesWithCountingThemAll() {
    var random = SeededGenerator(seed: 3)
    var rate = RequestRate()
    var times: [Int] = []
    var now = 0
    for _ in 0..<2_000 {
      now += Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0..<90, using: &random) : 0
      rate.add(at: now * 1_000_000_000 + Int.random(in: 0..<1_000_000_000, using: &random))
      times.append(now)
      let counts = (0..<60).map { past in times.count { $0 == now - past } }
      let latest = rate.latest
      #expect(latest?.second == now)
      #expect(latest?.counts == Array(counts[...(counts.lastIndex { $0 > 0 } ?? 0)]))
    }
  }
}
