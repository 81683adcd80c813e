import Testing

@testable import Console

struct ReloadReportTests {
  private func line(_ change: (inout ReloadReport) -> Void) -> String {
    var report = ReloadReport()
    change(&report)
    return report.line(.milliseconds(12))
  }

  @Test func itSaysWhatRanAndWhy() {
    #expect(line { $0.ran = [(2, [])] } == "reloaded: cell 2 in 12 ms")
    #expect(
      line {
        $0.ran = [(2, []), (4, [2])]
        $0.removed = [3]
      } == "reloaded: cells 2, 4 (depends on 2) in 12 ms; 3 is gone")
    #expect(line { $0.removed = [3, 5, 6] } == "reloaded: 3, 5 and 6 are gone")
    #expect(line { _ in } == "reloaded: no code has changed")
  }

  @Test func itSaysWhatWentWrongAndWhatBecomesOfIt() {
    #expect(
      line {
        $0.failed = [(2, true)]
        $0.held = [4]
      }
        == "not reloaded: 2 failed, and what it served before goes on; 4, which depends on it, was not run; "
        + "the next change tries again")
    #expect(
      line {
        $0.ran = [(1, [])]
        $0.failed = [(2, false), (3, false)]
        $0.held = [4, 5]
        $0.kept = [6]
      }
        == "reloaded: cell 1 in 12 ms; 2 and 3 failed, and nothing of them is served; "
        + "4 and 5, which depend on them, were not run; 6 stays until what replaces it has run; "
        + "the next change tries again")
    #expect(
      line {
        $0.ran = [(1, [])]
        $0.underWay = [2]
        $0.held = [3]
      } == "reloaded: cell 1 in 12 ms; 2 has not ended; 3, which depends on it, waits")
  }

  /// It said "them" of cells that nobody had named.
  @Test func itNamesWhatFailedBefore() {
    #expect(
      line {
        $0.ran = [(4, [])]
        $0.failedBefore = [1]
        $0.held = [2]
      } == "reloaded: cell 4 in 12 ms; 2, which depends on 1, was not run")
  }

  @Test func aStartIsToldOnlyWhereSomethingIsMissing() {
    var report = ReloadReport()
    report.ran = [(1, [])]
    #expect(report.problems == nil)
    report.failed = [(2, false)]
    report.held = [3]
    #expect(
      report.problems == "2 failed; 3, which depends on it, was not run; a change of the file tries again")
    report.isWatched = false
    #expect(report.problems == "2 failed; 3, which depends on it, was not run; SIGHUP tries again")
  }

  @Test func manyCellsAreCounted() {
    let text = line { $0.ran = (1...40).map { ($0, []) } }
    #expect(text == "reloaded: cells 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 … 28 more in 12 ms")
    #expect(line { $0.removed = Array(1...40) }.hasSuffix("12 … 28 more are gone"))
  }
}
