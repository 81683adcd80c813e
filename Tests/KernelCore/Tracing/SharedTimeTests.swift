import TestSupport
import Testing

@testable import KernelCore

/// How long it takes when several things that compute and wait in turns are begun at once.
struct SharedTimeTests {
  private func work(_ duration: Int, _ computing: Range<Int>...) -> SharedTime.Work {
    SharedTime.Work(duration: duration, computing: computing)
  }

  @Test func waitingOverlaps() {
    #expect(SharedTime.ends(of: [work(30), work(20), work(10)]) == [30, 20, 10])
  }

  @Test func computingDoesNot() {
    #expect(SharedTime.ends(of: [work(30, 0..<30), work(20, 0..<20)]) == [30, 50])
  }

  @Test func oneWaitsWhileAnotherComputes() {
    let works = [work(40, 0..<10), work(40, 0..<10, 30..<40)]
    #expect(SharedTime.ends(of: works) == [40, 50])
    #expect(SharedTime.ends(of: [work(30, 0..<5, 25..<30), work(20, 10..<15)]) == [30, 20])
  }

  @Test func whatIsLateIsLateForAllThatFollows() {
    let works = [work(100, 0..<50), work(60, 20..<40, 50..<60)]
    #expect(SharedTime.ends(of: works) == [100, 90])
  }

  @Test func nothingTakesNoTime() {
    #expect(SharedTime.ends(of: []) == [])
  }

  @Test func rangesAreJoinedAndCut() {
    #expect(
      SharedTime.union(of: [5..<9, 1..<3, 2..<6, 20..<30, 12..<12], within: 2..<25) == [2..<9, 20..<25])
    #expect(SharedTime.union(of: [0..<1], within: 3..<8) == [])
  }

  /// No order in which one thread can do it is shorter than all that is computed, nor than the longest alone.
  @Test func noPieceOfComputingIsLost() {
    var numbers = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let works = (0..<Int.random(in: 1...5, using: &numbers)).map { _ in
        var computing: [Range<Int>] = []
        var time = 0
        for _ in 0..<Int.random(in: 0...4, using: &numbers) {
          time += Int.random(in: 0...20, using: &numbers)
          let end = time + Int.random(in: 1...20, using: &numbers)
          computing.append(time..<end)
          time = end + 1
        }
        return SharedTime.Work(duration: time + Int.random(in: 0...20, using: &numbers), computing: computing)
      }
      let ends = SharedTime.ends(of: works)
      let all = works.flatMap(\.computing).reduce(0) { $0 + $1.count }
      #expect(zip(works, ends).allSatisfy { $0.duration <= $1 && $1 <= $0.duration + all })
      #expect(ends.max()! >= all)
    }
  }
}
