import Testing

@testable import Console

/// When a change of a file is taken for whole. The test says what each look finds and when.
struct FileWatchTests {
  private let start = ContinuousClock.now

  /// What each look finds, a letter a version: `.` no file, `0` an empty one; gives the looks, counted from 1, after
  /// which it is to be read.
  private func reads(_ looks: String, every interval: Duration = .milliseconds(50)) -> [Int] {
    var watch = FileWatch<Character>("a")
    return looks.enumerated().compactMap { index, version in
      let isRead = watch.sees(
        version == "." ? nil : version, isEmpty: version == "0" || version == ".",
        at: start + interval * index)
      return isRead ? index + 1 : nil
    }
  }

  @Test func nothingIsReadAgainThatStaysAsItIs() { #expect(reads("aaaaaaaa") == []) }

  @Test func aChangeIsReadOnceItHasStayed() {
    #expect(reads("abbbbbbbb") == [4])
    #expect(reads("abbbbccccdddd") == [4, 8, 12])
  }

  @Test func aFileThatIsBeingWrittenIsNotRead() {
    #expect(reads("abcdefghijk") == [])
    #expect(reads("abcdefggg") == [9])
  }

  @Test func aChangeThatIsTakenBackIsNone() { #expect(reads("abbaaaabba") == []) }

  @Test func aFileThatIsAwayOrEmptyForAMomentIsNotRead() {
    #expect(reads("a....bbb") == [8])
    #expect(reads("a0000bbb") == [8])
    #expect(reads("a....aaaa") == [])
  }

  @Test func aFileThatStaysAwayOrEmptyIsToldOnce() {
    #expect(reads("a" + String(repeating: ".", count: 40)) == [22])
    #expect(reads("a" + String(repeating: "0", count: 40)) == [22])
    #expect(reads("a" + String(repeating: ".", count: 30) + "aaa") == [22, 34])
  }

  @Test func whatSomebodyElseHasReadIsNotReadAgain() {
    var watch = FileWatch<Character>("a")
    let first = watch.sees("b", isEmpty: false, at: start)
    watch.knows("b")
    let second = watch.sees("b", isEmpty: false, at: start + .seconds(1))
    #expect(!first && !second)
    #expect(watch.interval == .milliseconds(250))
  }

  @Test func looksAreCloserTogetherWhileAChangeIsFresh() {
    var watch = FileWatch<Character>("a")
    #expect(watch.interval == .milliseconds(250))
    _ = watch.sees("b", isEmpty: false, at: start)
    #expect(watch.interval == .milliseconds(50))
  }
}
