import TestSupport
import Testing

@testable import Fetch

struct LineSplitterTests {
  private func lines(_ pieces: [[UInt8]]) throws -> [String] {
    var splitter = LineSplitter()
    var lines: [String] = []
    for piece in pieces { lines += try splitter.take(piece) }
    return lines + [splitter.end()].compactMap { $0 }
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("\n", [""]), ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
    ("\r\n\r\n", ["", ""]), ("\r\r\n\n", ["", "", ""]), ("ä\u{2028}b\n", ["ä\u{2028}b"]),
    ("{\"a\":\"\\n\"}\n{}\n", ["{\"a\":\"\\n\"}", "{}"]),
  ])
  func linesEndWithAnyOfTheThreeEnds(text: String, expected: [String]) throws {
    #expect(try lines([Array(text.utf8)]) == expected)
  }

  @Test func linesAreTheSameWhereverTheyAreCut() throws {
    let bytes = Array("first\r\nzwölf ☃ 👩‍🚀\n\n\rlast".utf8)
    let whole = try lines([bytes])
    #expect(whole == ["first", "zwölf ☃ 👩‍🚀", "", "", "last"])
    #expect(try lines(bytes.map { [$0] }) == whole)
    for cut in 0...bytes.count { #expect(try lines([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
  }

  @Test func whatIsNoUTF8IsReplaced() throws {
    #expect(try lines([[0x61, 0xFF], [0x62, 0x0A, 0xC3]]) == ["a\u{FFFD}b", "\u{FFFD}"])
  }

  @Test func aLineHasALimit() throws {
    var splitter = LineSplitter(limit: 3)
    #expect(try splitter.take(Array("abc\nabc".utf8)) == ["abc"])
    #expect(throws: LineSplitter.TooLong(limit: 3)) { try splitter.take([0x64]) }
  }
}
