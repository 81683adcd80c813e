import TestSupport
import Testing

@testable import KernelCore

/// How long answers take, as a listing tells it.
struct LatencyTests {
  @Test func aPercentileIsOffByATenthAtMost() throws {
    var random = SeededGenerator(seed: 5)
    for greatest in [2_000, 80_000, 3_000_000, 900_000_000, 7_200_000_000_000] {
      var histogram = LatencyHistogram()
      let times = (0..<5_000).map { _ in Int.random(in: (greatest / 50)...greatest, using: &random) }
      for time in times { histogram.add(time) }
      let sorted = times.sorted()
      for share in [0.01, 0.5, 0.9, 0.99, 1] {
        let exact = Double(sorted[Int((share * 5_000).rounded(.up)) - 1])
        let found = Double(try #require(histogram.percentile(share)))
        // Below a microsecond the ranges are as wide as they are anywhere.
        #expect(
          abs(found - exact) <= max(exact * 0.1, 128), "\(share) of \(greatest): \(found), not \(exact)")
      }
    }
  }

  @Test func extremesAreCounted() {
    var histogram = LatencyHistogram()
    #expect(histogram.percentile(0.5) == nil)
    for time in [-5, 0, 1, .max] { histogram.add(time) }
    #expect(histogram.total == 4)
    #expect(histogram.percentile(0.25) == 64)
    var one = LatencyHistogram()
    for time in [1_000_000_000, 1_000_000_001] { one.add(time) }
    #expect(one.percentile(0.5) == 1_000_000_000 || one.percentile(0.5) == 1_000_000_001)
    #expect(histogram.percentile(1).map { $0 > 86_400_000_000_000 } == true)
  }

  @Test func routesTellHowLongTheyTake() {
    let bench = Bench()
    bench.run("route \"/slow\" { await sleep(2s)\n1 }\nroute \"/never\" { 1 }\nnil")
    #expect(bench.routes.allSatisfy { $0.median == nil && $0.slowest == nil })
    let asked = bench.ask("/slow")
    bench.advance(.seconds(2))
    #expect(asked.status == 200)
    let median = bench.routes[0].median ?? .zero
    // Nothing is told that was never measured.
    #expect(median == .seconds(2))
    #expect(bench.routes[1].median == nil)
  }
}
