import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// How long answers take, as a listing tells it.
struct LatencyTests {
  /// Times in nanoseconds, as answers may take.
  enum Distribution: String, CaseIterable {
    case uniform, exponential, logNormal, pareto, twoPeaks, constant, tiny, fewValues

    func time(_ random: inout SeededGenerator) -> Int {
      let share = Double.random(in: 1e-9..<1, using: &random)
      switch self {
      case .uniform: return Int.random(in: 20_000...2_000_000_000, using: &random)
      case .exponential: return Int(-log(share) * 3e6)
      case .logNormal:
        let normal = (0..<12).map { _ in Double.random(in: 0..<1, using: &random) }.reduce(-6, +)
        return Int(exp(log(2e6) + normal * 1.5))
      case .pareto: return Int(min(40_000 / pow(share, 0.8), 8e13))
      case .twoPeaks:
        let peak = share < 0.9 ? 1_000_000 : 5_000_000_000
        return peak + Int.random(in: 0..<peak / 20, using: &random)
      case .constant: return 123_456_789
      case .tiny: return Int.random(in: 0...5_000, using: &random)
      case .fewValues:
        return [900, 70_000, 3_000_000, 3_000_001, 250_000_000].randomElement(using: &random) ?? 0
      }
    }
  }

  /// The error that `LatencyHistogram` documents: a 64th, and 64 ns below 4 µs.
  @Test(arguments: Distribution.allCases)
  func aPercentileIsAsNearToTheExactOneAsIsSaid(_ distribution: Distribution) throws {
    var random = SeededGenerator(seed: 5)
    for count in [1, 2, 3, 10, 99, 100, 101, 1_000, 20_000] {
      var histogram = LatencyHistogram()
      let times = (0..<count).map { _ in distribution.time(&random) }
      for time in times { histogram.add(time) }
      let sorted = times.sorted()
      // Shares as whole thousandths, so that the rank is exact.
      for share in [1, 10, 250, 500, 900, 990, 999, 1_000] {
        let exact = sorted[max(1, (share * count + 999) / 1_000) - 1]
        let found = try #require(histogram.percentile(Double(share) / 1_000))
        #expect(
          Double(abs(found - exact)) <= max(Double(exact) / 64, 64),
          "\(share) thousandths of \(count): \(found), not \(exact)")
      }
      #expect(histogram.byteCount <= 38 * 32 * 4)
    }
  }

  @Test func memoryIsForTheTimesThatThereWere() {
    var histogram = LatencyHistogram()
    #expect(histogram.byteCount == 0)
    for _ in 0..<1_000 { histogram.add(2_000_000) }
    #expect(histogram.byteCount == 128)
    histogram.add(900_000)
    #expect(histogram.byteCount == 256)
    histogram.add(40_000_000)
    #expect(histogram.byteCount == 128 * 7)
    histogram.add(.max)
    histogram.add(0)
    #expect(histogram.byteCount == 38 * 32 * 4)
    #expect(histogram.total == 1_004)
  }

  @Test func aFullCountKeepsTheShares() throws {
    var histogram = LatencyHistogram(countLimit: 100)
    for round in 0..<10_000 { histogram.add(round % 10 == 0 ? 5_000_000_000 : 1_000_000) }
    #expect(histogram.total == 10_000)
    for (share, time) in [(0.5, 1_000_000), (0.85, 1_000_000), (0.95, 5_000_000_000), (0.99, 5_000_000_000)] {
      let found = try #require(histogram.percentile(share))
      #expect(abs(found - time) <= time / 64)
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
