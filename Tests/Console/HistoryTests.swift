import Glibc
import TestSupport
import Testing

@testable import Console

@Suite struct HistoryTests {
  private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  @Test(arguments: ["", "plain", "two\nlines", "\\", "\\n", "a\\\nb\\\\n", "größe 世界\n\n"])
  func entriesSurviveTheFile(_ text: String) {
    let line = HistoryFile.encoded(text)
    #expect(line.last == 0x0A)
    #expect(HistoryFile.decoded(line.dropLast()) == text)
  }

  @Test func programsShareAFile() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/deep/down/history"
    var first = History(file: HistoryFile(path: path))
    var second = History(file: HistoryFile(path: path))
    first.add(scalars("one\nmore"))
    second.add(scalars("two"))
    first.add(scalars("three"))
    first.add(scalars("three"))
    first.add(scalars(" \n"))
    #expect(first.takeNotice() == nil && second.takeNotice() == nil)
    let third = History(file: HistoryFile(path: path))
    #expect(third.entries == ["one\nmore", "two", "three"].map(scalars))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  /// Whoever can't write it finds what it holds all the same.
  @Test func aFileThatCannotBeWrittenIsReadAllTheSame() throws {
    let folder = TemporaryFolder()
    folder.write("one\ntwo\n", to: "real")
    let file = HistoryFile(path: folder.path + "/real")
    #expect(file.readOnly(limit: 1) == ["two"])
    #expect(HistoryFile(path: folder.path + "/nothing").readOnly(limit: 5) == [])
  }

  @Test func manyWritersLoseNothing() async throws {
    let folder = TemporaryFolder()
    let file = HistoryFile(path: folder.path + "/history")
    _ = try file.load(limit: 10)
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask { for number in 0..<100 { try? file.append("writer \(writer)\nentry \(number)") } }
      }
    }
    let entries = try file.load(limit: 1_000)
    #expect(entries.count == 400)
    #expect(Set(entries).count == 400)
  }

  @Test func aFileThatHasGrownTooLongIsShortened() throws {
    let folder = TemporaryFolder()
    let file = HistoryFile(path: folder.path + "/history")
    folder.write((0..<200).map { "entry \($0)\n" }.joined(), to: "history")
    try #expect(file.load(limit: 100) == (100..<200).map { "entry \($0)" })
    #expect(folder.read("history")!.split(separator: "\n").count == 100)
    // What is a little too long waits for the next time.
    try file.append("one more")
    try #expect(file.load(limit: 100).last == "one more")
    #expect(folder.read("history")!.split(separator: "\n").count == 101)
  }

  @Test func whatAnotherProgramEntersIsSeen() {
    let folder = TemporaryFolder()
    let file = HistoryFile(path: folder.path + "/history")
    var (one, other) = (History(file: file), History(file: file))
    func texts(_ history: History) -> [String] { history.entries.map { String(scalars: $0) } }
    one.add(scalars("one"))
    other.add(scalars("two\nlines"))
    other.add(scalars("three"))
    one.refresh()
    #expect(texts(one) == ["one", "two\nlines", "three"])
    #expect(texts(other) == ["one", "two\nlines", "three"])
    one.add(scalars("four"))
    one.refresh()
    #expect(texts(one) == ["one", "two\nlines", "three", "four"])
    other.refresh()
    #expect(texts(other) == texts(one))
    // A file that was put in its place is left alone.
    folder.write("other\n", to: "new")
    #expect(rename(folder.path + "/new", file.path) == 0)
    one.refresh()
    #expect(texts(one).last == "four")
  }

  /// The entries move up as the oldest go, and what is edited in passing moves with them.
  @Test func aPlaceFollowsItsEntryAsTheOldestGo() {
    let folder = TemporaryFolder()
    let file = HistoryFile(path: folder.path + "/history")
    folder.write((0..<History.limit).map { "entry \($0)\n" }.joined(), to: "history")
    var (one, other) = (History(file: file), History(file: file))
    var place = HistoryPlace()
    _ = place.move(to: 7, leaving: scalars("draft"), in: one)
    _ = place.move(to: 2, leaving: scalars("edited 7"), in: one)
    _ = place.move(to: 7, leaving: scalars("edited 2"), in: one)
    for text in ["x", "y", "z"] { other.add(scalars(text)) }
    let dropped = one.refresh()
    #expect(dropped == 3 && one.entries.count == History.limit)
    place.drop(oldest: dropped)
    #expect(place.entry == 4)
    #expect(place.move(to: nil, leaving: scalars("edited 7"), in: one) == scalars("draft"))
    #expect(place.move(to: 4, leaving: scalars("draft"), in: one) == scalars("edited 7"))
    #expect(place.move(to: 0, leaving: scalars("edited 7"), in: one) == scalars("entry 3"))
  }

  @Test func whatIsNoFileIsNotUsed() {
    let folder = TemporaryFolder()
    #expect(mkfifo(folder.path + "/history", 0o600) == 0)
    var history = History(file: HistoryFile(path: folder.path + "/history"))
    #expect(history.takeNotice()?.hasPrefix("history is kept in memory only: can't read ") == true)
    #expect(history.takeNotice() == nil)
    history = History(file: HistoryFile(path: folder.path + "/history"))
    #expect(history.takeFailure()?.description.hasPrefix("can't read ") == true)
    #expect(history.takeNotice() == nil)
  }

  @Test func aFileThatCanNoLongerBeWrittenIsSaidOnce() {
    let folder = TemporaryFolder()
    var history = History(file: HistoryFile(path: folder.path + "/state/history"))
    #expect(rename(folder.path + "/state", folder.path + "/gone") == 0)
    history.add(scalars("one"))
    #expect(history.takeNotice()?.hasPrefix("history is no longer written: can't open ") == true)
    history.add(scalars("two"))
    #expect(history.takeNotice() == nil)
    #expect(history.entries == ["one", "two"].map(scalars))
  }

  @Test func halfALineOfAKilledProgramHarmsNothingElse() throws {
    let folder = TemporaryFolder()
    folder.write("whole\nhal", to: "history")
    let file = HistoryFile(path: folder.path + "/history")
    try file.append("next")
    try #expect(file.load(limit: 10) == ["whole", "hal", "next"])
  }

  @Test func anyBytesCanBeRead() throws {
    let folder = TemporaryFolder()
    folder.write("a\\\n\\q\n\n\u{FEFF}\\", to: "history")
    try #expect(HistoryFile(path: folder.path + "/history").load(limit: 10) == ["a", "q", "\u{FEFF}"])
  }

  @Test func keepsAtMostItsLimitInMemory() {
    var history = History(file: nil)
    for number in 0..<(History.limit + 5) { history.add(scalars("\(number)")) }
    #expect(history.entries.count == History.limit)
    #expect(history.entries.first == scalars("5"))
  }

  @Test func theFileIsInTheStateFolder() {
    #expect(
      HistoryFile.defaultPath(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/routebook/history")
    #expect(
      HistoryFile.defaultPath(environment: ["XDG_STATE_HOME": "relative", "HOME": "/h"])
        == "/h/.local/state/routebook/history")
    #expect(HistoryFile.defaultPath(environment: [:]) == nil)
  }

  @Test func suggestsTheNewestEntryThatGoesOn() {
    var history = History(file: nil)
    for text in ["get one", "get two", "get"] { history.add(scalars(text)) }
    #expect(history.suggestion(for: scalars("get")).map { Array($0) } == scalars(" two"))
    #expect(history.suggestion(for: scalars("x")) == nil)
    #expect(history.suggestion(for: []) == nil)
  }

  @Test func whatIsEditedInPassingStaysUntilTheCellIsEntered() {
    var history = History(file: nil)
    history.add(scalars("old"))
    var place = HistoryPlace()
    #expect(place.move(to: 0, leaving: scalars("draft"), in: history) == scalars("old"))
    #expect(place.move(to: nil, leaving: scalars("older"), in: history) == scalars("draft"))
    #expect(place.move(to: 0, leaving: scalars("draft"), in: history) == scalars("older"))
    #expect(history.entries == [scalars("old")])
  }
}
