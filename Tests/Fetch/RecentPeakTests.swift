import Testing

@testable import Fetch

struct RecentPeakTests {
  private let start = ContinuousClock.now

  @Test func aPeakIsRememberedForOneToTwoWindows() {
    var peak = RecentPeak(window: .seconds(10))
    let counts = [(0, 5), (3, 900), (9, 1), (11, 2), (19, 7), (21, 3), (31, 1)]
    let found = counts.map { peak.note($1, at: start + .seconds($0)) }
    #expect(found == [5, 900, 900, 900, 900, 7, 3])
  }

  @Test func afterALongPauseNothingIsLeft() {
    var peak = RecentPeak(window: .seconds(10))
    #expect(peak.note(900, at: start) == 900)
    #expect(peak.note(0, at: start + .seconds(20)) == 0)
    #expect(peak.note(4, at: start + .seconds(21)) == 4)
  }
}
