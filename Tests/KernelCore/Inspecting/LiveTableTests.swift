import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// Rows of which only the difference is told.
struct LiveTableTests {
  /// What a page does with what it is told.
  private struct Reader {
    var rows: [String: Int] = [:]
    var order: [String] = []
    var hidden = 0
    var seen = 0

    /// Gives how many rows were told.
    mutating func read(_ table: LiveTable) throws -> Int? {
      guard let text = table.changes(since: seen) else { return nil }
      seen = table.version
      let changes = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let set = try #require(changes["set"] as? [String: Int])
      rows.merge(set) { $1 }
      if let order = changes["order"] as? [String] {
        self.order = order
        hidden = try #require(changes["hidden"] as? Int)
        rows = rows.filter { order.contains($0.key) }
      }
      return set.count
    }
  }

  @Test func onlyTheDifferenceIsTold() throws {
    var table = LiveTable()
    var reader = Reader()
    #expect(try reader.read(table) == nil)
    table.update([("a", "1"), ("b", "2")], hidden: 0)
    #expect(try reader.read(table) == 2)
    table.update([("a", "1"), ("b", "2")], hidden: 0)
    #expect(try reader.read(table) == nil)
    table.update([("a", "1"), ("b", "3")], hidden: 0)
    #expect(table.changes(since: reader.seen) == #"{"set":{"b":3}}"#)
    #expect(try reader.read(table) == 1)
    table.update([("b", "3")], hidden: 7)
    #expect(table.changes(since: reader.seen) == #"{"set":{},"order":["b"],"hidden":7}"#)
  }

  @Test func whoeverReadsSeesWhatThereIsHoweverSeldom() throws {
    var random = SeededGenerator(seed: 11)
    var table = LiveTable()
    var readers = [Reader](repeating: Reader(), count: 3)
    for round in 0..<400 {
      let keys = ["a", "b", "c", "d", "e", "f"].filter { _ in Bool.random(using: &random) }.shuffled(
        using: &random)
      let rows = keys.map { (key: $0, json: "\(Int.random(in: 0..<3, using: &random))") }
      let hidden = Int.random(in: 0...1, using: &random)
      table.update(rows, hidden: hidden)
      for place in readers.indices where round % (place * 7 + 1) == 0 {
        _ = try readers[place].read(table)
        #expect(readers[place].order == keys)
        #expect(readers[place].hidden == hidden)
        #expect(readers[place].rows == Dictionary(uniqueKeysWithValues: rows.map { ($0.key, Int($0.json)!) }))
      }
    }
  }

  @Test func textsAreJSON() throws {
    let text = "a\"b\\c\n\u{1}\u{2028}</script>é\u{1F600}"
    let json = JSONText.object { json in
      json.member("text", text)
      json.member("none", nil as String?)
      json.member("list") { json in json.array([1, 2]) { $0.number($1) } }
      json.member("isSo", true)
      json.member("inner") { json in json.object { $0.member("x", 1) } }
    }
    let read = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(read["text"] as? String == text)
    #expect(read["list"] as? [Int] == [1, 2])
    #expect(read["isSo"] as? Bool == true)
    #expect((read["inner"] as? [String: Int]) == ["x": 1])
    #expect(read.count == 4)
    // An event is one line.
    #expect(!json.contains { $0.isNewline })
  }

  @Test func timesAreMilliseconds() {
    for (nanoseconds, text) in [
      (0, "0"), (1_500_000, "1.5"), (1_000, "0.001"), (499, "0"), (500, "0.001"), (12_034_000_000, "12034"),
      (-1_500_000, "-1.5"), (1_020_000, "1.02"),
    ] { #expect(JSONText.milliseconds(.nanoseconds(nanoseconds)) == text) }
  }
}
