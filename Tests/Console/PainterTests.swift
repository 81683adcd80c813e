import TestSupport
import Testing

@testable import Console

@Suite struct PainterTests {
  private func block(_ text: String, cursor: Int? = nil, footer: [StyledText] = []) -> Block {
    let scalars = text.unicodeScalars.map(\.value)
    return Block(
      prompt: "In [1]: ", continuation: Block.continuation(of: "In [1]: "), text: scalars,
      cursor: cursor ?? scalars.count, footer: footer, usesColor: true)
  }

  @Test func continuationPromptsAreAsWideAsTheFirst() {
    #expect(Block.continuation(of: "In [3]: ") == "   ...: ")
    #expect(Block.continuation(of: "In [123]: ") == "     ...: ")
    #expect(Block.continuation(of: "> ") == "  ")
  }

  @Test(arguments: [false, true])
  func paintingOverAnythingShowsTheSameAsPaintingAnew(_ joinsClusters: Bool) {
    let texts = [
      "", "a", "abc\ndef", "a\n\n\nb", String(repeating: "x", count: 12),
      String(repeating: "wide 世界 ", count: 9),
      "tab\tstop", "e\u{301}e\u{301}", String(repeating: "👨‍👩‍👧a👍🏽", count: 4), "🇩🇪❤️\n👍🏽", "a\r\nb",
      String(repeating: "line\n", count: 30), "{\n  }", "\u{1B}[2J\u{7}",
    ]
    for size in [
      WindowSize(columns: 20, rows: 6), WindowSize(columns: 80, rows: 24), WindowSize(columns: 5, rows: 3),
    ] {
      for first in texts {
        for second in texts {
          for cursor in [0, second.unicodeScalars.count / 2, second.unicodeScalars.count] {
            var screen = Screen(columns: size.columns, rows: size.rows)
            screen.joinsClusters = joinsClusters
            screen.feed("above\r\n")
            var painter = Painter()
            screen.feed(painter.adapt(to: size))
            screen.feed(painter.paint(Layout(block(first), columns: size.columns, height: size.rows)))
            let layout = Layout(block(second, cursor: cursor), columns: size.columns, height: size.rows)
            screen.feed(painter.paint(layout))
            #expect(painter.paint(layout) == "")

            var fresh = Screen(columns: size.columns, rows: size.rows)
            fresh.joinsClusters = joinsClusters
            var freshPainter = Painter()
            _ = freshPainter.adapt(to: size)
            fresh.feed(freshPainter.paint(layout))
            let shown = Array(fresh.lines[..<layout.rows.count])
            let start = screen.cursor.row - layout.cursorRow
            #expect(Array(screen.lines[start..<(start + layout.rows.count)]) == shown)
            #expect(screen.lines[(start + layout.rows.count)...].allSatisfy { $0.isEmpty })
            #expect(screen.cursor.column == layout.cursorColumn)
            #expect(layout.rows.count <= size.rows)
          }
        }
      }
    }
  }

  @Test func erasingLeavesWhatWasAbove() {
    var screen = Screen(columns: 20, rows: 5)
    screen.feed("one\r\ntwo\r\n")
    var painter = Painter()
    screen.feed(painter.adapt(to: WindowSize(columns: 20, rows: 5)))
    screen.feed(painter.paint(Layout(block("a\nb\nc", cursor: 1), columns: 20, height: 5)))
    screen.feed(painter.erase() + "three\r\n")
    #expect(screen.fullText == "one\ntwo\nthree")
    #expect(painter.isEmpty)
  }

  @Test func aMenuNeverPushesTheCursorOutOfTheWindow() {
    let footer = (0..<50).map { StyledText("candidate \($0)") }
    for rows in 1...10 {
      let layout = Layout(block("a\nb\nc\nd", footer: footer), columns: 20, height: rows)
      #expect(layout.rows.count <= rows)
      #expect(layout.cursorRow < rows)
    }
  }

  @Test func widthsAgreeWithTheTerminal() {
    for text in ["a", "é", "世", "e\u{301}", "ﾊ", "한", "👍", "\u{200B}", "ー"] {
      var screen = Screen()
      screen.feed(text)
      #expect(Layout.width(of: text) == screen.cursor.column, "\(text)")
    }
  }

  @Test func offsetsTranslateBothWays() {
    let text = "aé世👍b"
    let map = OffsetMap(text.unicodeScalars.map(\.value))
    #expect((0...5).map(map.utf8) == [0, 1, 3, 6, 10, 11])
    #expect(map.scalars(3..<10) == 2..<4)
    #expect(map.scalars(0..<11) == 0..<5)
    #expect(map.scalars(4..<12) == nil)
    #expect(OffsetMap([97, 98]).scalars(1..<2) == 1..<2)
    #expect(OffsetMap([97]).scalars(0..<2) == nil)
  }
}

@Suite struct SearchTests {
  private func history(_ texts: String...) -> History {
    var history = History(file: nil)
    for text in texts { history.add(text.unicodeScalars.map(\.value)) }
    return history
  }

  @Test func capitalsAreMatchedByAnythingUnlessTheyAreAskedFor() {
    let text = "a GET b".unicodeScalars.map(\.value)
    #expect(IncrementalSearch.position(of: [103, 101], in: text) == 2)
    #expect(IncrementalSearch.position(of: [71, 69], in: text) == 2)
    #expect(IncrementalSearch.position(of: [71, 101], in: text) == nil)
  }

  @Test func erasingGoesBackToTheNewest() {
    let history = history("abc", "abd", "xyz")
    var search = IncrementalSearch(original: [], cursor: 0)
    for scalar in "abc".unicodeScalars { search.type(scalar.value, in: history) }
    #expect(search.match == 0)
    search.erase(in: history)
    #expect(search.match == 1)
  }
}
