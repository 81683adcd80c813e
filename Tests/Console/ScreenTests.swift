import TestSupport
import Testing

@Suite struct ScreenTests {
  private func screen(_ text: String, columns: Int = 10, rows: Int = 4) -> Screen {
    var screen = Screen(columns: columns, rows: rows)
    screen.feed(text)
    return screen
  }

  @Test func writesWrapsAndScrolls() {
    let screen = screen("0123456789ab\r\n1\r\n2\r\n3\r\n4")
    #expect(screen.lines == ["1", "2", "3", "4"])
    #expect(screen.scrolledLines == ["0123456789", "ab"])
    #expect(screen.cursor == (3, 1))
  }

  @Test func theLastColumnHoldsTheCursorUntilTheNextCharacter() {
    #expect(screen("0123456789").cursor == (0, 9))
    #expect(screen("0123456789\r\nx").lines[1] == "x")
    #expect(screen("0123456789\u{1B}[K").lines[0] == "012345678")
  }

  @Test func movesAndErases() {
    #expect(screen("abc\r\ndef\u{1B}[A\u{1B}[2D\u{1B}[K").lines[0] == "a")
    #expect(screen("abc\r\ndef\u{1B}[H\u{1B}[J").text == "")
    #expect(screen("abcdef\u{1B}[3G\u{1B}[2P").lines[0] == "abef")
    #expect(screen("abcdef\u{1B}[3G\u{1B}[2@").lines[0] == "ab  cdef")
    #expect(screen("a\r\nb\r\nc\u{1B}[2;1H\u{1B}[M").text == "a\nc")
    #expect(screen("a\r\nb\u{1B}[1;1H\u{1B}[Lx").text == "x\na\nb")
    #expect(screen("\u{1B}[99;99Hx").cursor == (3, 9))
    #expect(screen("a\u{1B}7bc\u{1B}8X").lines[0] == "aXc")
  }

  @Test func keepsColoursOfEachCell() {
    let screen = screen("\u{1B}[1;31mab\u{1B}[22mc\u{1B}[0md\u{1B}[38;5;200me")
    #expect((0..<5).map { screen.cell(row: 0, column: $0).style } == [[1, 31], [1, 31], [31], [], [1200]])
    #expect(screen.style(of: "cd") == [31])
    #expect(screen.style(of: "x") == nil)
  }

  @Test func wideCharactersTakeTwoColumnsAndMarksNone() {
    let screen = screen("世e\u{301}界x12345")
    #expect(screen.lines == ["世e\u{301}界x1234", "5", "", ""])
    #expect(self.screen("12345678x世").lines[1] == "世")
  }

  @Test func anUpdateIsSeenOnlyWhenItIsDone() {
    var screen = screen("old")
    screen.feed("\u{1B}[?2026h\r\u{1B}[Knew")
    #expect(screen.isUpdating && screen.text == "old")
    screen.feed("\u{1B}[?2026l")
    #expect(!screen.isUpdating && screen.text == "new")
  }

  @Test func anotherWidthBreaksAndJoinsLines() {
    var screen = screen("first\r\n0123456789abc\r\nlast", rows: 6)
    screen.resize(columns: 5, rows: 6)
    #expect(screen.lines == ["first", "01234", "56789", "abc", "last", ""])
    #expect(screen.cursor == (4, 4))
    screen.resize(columns: 20, rows: 6)
    #expect(screen.text == "first\n0123456789abc\nlast")
    #expect(screen.cursor == (2, 4))
  }

  @Test func theAlternateScreenLeavesTheMainOneAsItWas() {
    #expect(screen("main\u{1B}[?1049hother\u{1B}[?1049l!").text == "main!")
  }

  @Test func answersWhereTheCursorIs() {
    #expect(String(decoding: screen("ab\u{1B}[6n").answers, as: UTF8.self) == "\u{1B}[1;3R")
  }

  @Test func titlesAndUnknownSequencesShowNothing() {
    #expect(screen("\u{1B}]0;title\u{7}a\u{1B}]8;;x\u{1B}\\b\u{1B}(B\u{1B}[>4;1m\u{1B}[5 qc").text == "abc")
  }
}
