import Testing

@testable import Fetch

/// The examples are those of WHATWG HTML, section 9.2.6.
struct EventStreamTests {
  private func events(_ pieces: [[UInt8]]) throws -> [ServerSentEvent] {
    var stream = EventStream()
    return try pieces.flatMap { try stream.take($0) }
  }

  private func events(_ text: String) throws -> [ServerSentEvent] { try events([Array(text.utf8)]) }

  @Test func linesOfDataAreJoined() throws {
    #expect(
      try events("data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerSentEvent(data: "YHOO\n+2\n10")])
  }

  @Test func commentsAndUnknownFieldsAreNothing() throws {
    let text =
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\nother: x\n"
    #expect(
      try events(text) == [
        ServerSentEvent(data: "first event", id: "1"), ServerSentEvent(data: "second event"),
        ServerSentEvent(data: " third event"),
      ])
  }

  @Test func dataMayBeEmptyAndAnEventThatIsCutOffIsNone() throws {
    #expect(
      try events("data\n\ndata\ndata\n\ndata:") == [ServerSentEvent(data: ""), ServerSentEvent(data: "\n")])
    #expect(
      try events("data:test\n\ndata: test\n\n") == [
        ServerSentEvent(data: "test"), ServerSentEvent(data: "test"),
      ])
  }

  @Test func typeIdAndTimeAreWhatTheStreamSays() throws {
    let text =
      "event: add\ndata: 1\nid: 7\nretry: 2500\n\ndata: 2\n\nevent: lost\n\ndata: 3\nid: a\0b\nretry: 1s\n\n"
    #expect(
      try events(text) == [
        ServerSentEvent(event: "add", data: "1", id: "7", retry: 2_500),
        ServerSentEvent(data: "2", id: "7", retry: 2_500), ServerSentEvent(data: "3", id: "7", retry: 2_500),
      ])
    #expect(try events("retry: 99999999999999999999\ndata: x\n\n")[0].retry == .max)
    #expect(try events("retry:\ndata: x\n\n")[0].retry == nil)
  }

  @Test(arguments: ["\n", "\r", "\r\n"])
  func aMarkOfTheByteOrderStandsBeforeAll(end: String) throws {
    let text = "\u{FEFF}data: a" + end + end + "\u{FEFF}data: b" + end + end
    #expect(try events(text) == [ServerSentEvent(data: "a")])
  }

  @Test func eventsAreTheSameWhereverTheyAreCut() throws {
    let bytes = Array("\u{FEFF}event: ä\r\ndata: ☃\r\ndata: b\rid: 1\r\n\r\ndata: c\n\n".utf8)
    let whole = try events([bytes])
    #expect(
      whole == [ServerSentEvent(event: "ä", data: "☃\nb", id: "1"), ServerSentEvent(data: "c", id: "1")])
    #expect(try events(bytes.map { [$0] }) == whole)
    for cut in 0...bytes.count { #expect(try events([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
  }

  @Test func whatGrowsWithoutEndIsTooLong() throws {
    var stream = EventStream(limit: 10)
    #expect(try stream.take(Array("data:1234\n\n".utf8)) == [ServerSentEvent(data: "1234")])
    #expect(throws: EventStream.TooLong(limit: 10)) {
      for _ in 0..<100 { _ = try stream.take(Array("data: 1\n".utf8)) }
    }
    var line = EventStream(limit: 10)
    #expect(throws: EventStream.TooLong(limit: 10)) { try line.take([UInt8](repeating: 58, count: 14)) }
  }
}
