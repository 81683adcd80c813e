import TestSupport
import Testing

@testable import Console
@testable import KernelCore

/// How what is told is laid out for a narrow window.
struct WrappingTests {
  private func wrapped(_ text: StyledText, to columns: Int, indent: Int = 0) -> [String] {
    text.wrapped(to: columns, indent: indent).plain.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  @Test func linesEndBetweenWordsAndTheLastColumnStaysFree() {
    #expect(wrapped("one two three", to: 8) == ["one two", "three"])
    #expect(wrapped("one two three", to: 7) == ["one", "two", "three"])
    #expect(wrapped("one two three", to: 80) == ["one two three"])
    #expect(wrapped("", to: 8) == [""])
    #expect(wrapped("  a\n\n  b\n", to: 8) == ["  a", "", "  b", ""])
  }

  @Test func whatContinuesALineIsIndented() {
    #expect(wrapped("error: cannot be reached", to: 16, indent: 2) == ["error: cannot", "  be reached"])
    #expect(wrapped("a bb cc", to: 5, indent: 9) == ["a bb", " cc"])
  }

  @Test func aWordThatIsLongerStaysWhole() {
    #expect(
      wrapped("see http://127.0.0.1:8080/a/b now", to: 10) == ["see", "http://127.0.0.1:8080/a/b", "now"])
  }

  @Test func stylesStayWithTheirTextThoughAWordHasTwo() {
    let text = StyledText("in re", .dim) + StyledText("d and ", Style(.red)) + StyledText("black")
    let lines = text.wrapped(to: 10, indent: 2)
    #expect(lines.plain == "in red and\n  black" || lines.plain == "in red\n  and\n  black")
    #expect(lines.spans.filter { $0.style == Style(.red) }.map(\.text).joined().contains("d"))
    #expect(lines.spans.first == StyledText.Span("in re", .dim))
    #expect(lines.spans.last?.text.hasSuffix("black") == true)
  }

  @Test(arguments: 0..<200)
  func nothingIsLostAndNoLineIsTooLongButByAWord(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var text = StyledText()
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      let piece = ["a", "word", "界", " ", " ", "  ", "\n", "e\u{301}", "longer-than-most"].randomElement(
        using: &random)!
      text = text + StyledText(piece, [.dim, .plain].randomElement(using: &random)!)
    }
    let columns = Int.random(in: 4...40, using: &random)
    let indent = Int.random(in: 0...9, using: &random)
    let shown = text.wrapped(to: columns, indent: indent)
    func words(_ text: StyledText) -> [String] {
      text.plain.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    #expect(words(shown) == words(text))
    for line in shown.plain.split(separator: "\n") where line.split(separator: " ").count > 1 {
      #expect(Layout.width(of: String(line)) < columns)
    }
  }

  @Test func aLongTextIsWrappedInATimeThatGrowsWithIt() {
    let text = StyledText(String(repeating: "word ", count: 200_000))
    let start = ContinuousClock.now
    #expect(text.wrapped(to: 80, indent: 2).plain.utf8.count > 900_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func anErrorIsLaidOutForTheWindowButForItsCode() throws {
    let error = """
      error: GET http://localhost:1/ failed: connection refused
        cell [4], line 1
        1 | await get("http://localhost:1/") + await get("http://localhost:1/")
          |       ^^^
        help: is the server running?
      """
    let result = CellResult(
      cell: 4, executionCount: 4, outcome: .failed(error), notes: [], duration: .zero)
    let shown = try #require(Transcript.result(result, columns: 30)).plain
    #expect(
      shown == """
        error: GET
          http://localhost:1/ failed:
          connection refused
          cell [4], line 1
          1 | await get("http://localhost:1/") + await get("http://localhost:1/")
            |       ^^^
          help: is the server
            running?
        """)
    #expect(Transcript.result(result)?.plain == error)
    let event = KernelEvent.unawaited(cell: 12, text: "error: nobody waits for what has failed")
    #expect(
      Transcript.event(event, columns: 24)?.plain
        == "[12] error: nobody\n       waits for what\n       has failed")
  }
}
