import Glibc
import TestSupport
import Testing

enum Keys {
  static let up = "\u{1B}[A", down = "\u{1B}[B", right = "\u{1B}[C", left = "\u{1B}[D"
  static let home = "\u{1B}[H", end = "\u{1B}[F", delete = "\u{1B}[3~", backTab = "\u{1B}[Z"
  static let pageUp = "\u{1B}[5~", altEnter = "\u{1B}\r"
  static func control(_ letter: Character) -> String { String(UnicodeScalar(letter.asciiValue! & 0x1F)) }
}

@Suite struct LineEditorTests {
  @Test func readsACellOfOneLine() throws {
    let probe = try Probe()
    try probe.send("1 + 2\r")
    try probe.waitForLines(["In [1]: 1 + 2", "<1 + 2>", "In [2]:"])
  }

  @Test func continuesAnIncompleteCellWithPromptsAndIndentation() throws {
    let probe = try Probe()
    try probe.send("route {\rget(\rx\r)\r}\r")
    try probe.waitForLines([
      "In [1]: route {", "   ...:   get(", "   ...:     x", "   ...:   )", "   ...: }",
      "<route {|  get(|    x|  )|}>",
      "In [2]:",
    ])
  }

  @Test func anEmptyLineEndsABlockThatCannotEnd() throws {
    let probe = try Probe()
    try probe.send("route {\rx\r\r")
    try probe.wait(for: "<route {|  x>")
  }

  @Test func enterOnAnEmptyCellShowsThePromptAgain() throws {
    let probe = try Probe()
    try probe.send("\r\rx\r")
    try probe.waitForLines(["In [1]:", "In [1]:", "In [1]: x", "<x>", "In [2]:"])
  }

  @Test func altEnterBreaksTheLineOfACompleteCell() throws {
    let probe = try Probe()
    try probe.send("a" + Keys.altEnter + "b\r")
    try probe.wait(for: "<a|b>")
  }

  @Test func upAndDownMoveBetweenLinesAndKeepTheColumn() throws {
    let probe = try Probe()
    try probe.send("(abcdef\r\u{15}b\r\u{15}cdefgh)")
    try probe.wait(for: "cdefgh)")
    try probe.send(Keys.left + Keys.left + Keys.up)
    try probe.wait(for: "the end of the short line") { $0.cursor == (1, 9) }
    try probe.send(Keys.up)
    try probe.wait(for: "the column again") { $0.cursor == (0, 13) }
    try probe.send("X" + Keys.down + Keys.down + "Y\r")
    try probe.wait(for: "<(abcdXef|b|cdefgYh)>")
  }

  @Test func upAtTheFirstLineGoesIntoHistoryAndBringsACellBackWhole() throws {
    let probe = try Probe()
    try probe.send("first\rf {\rx\r}\rdraft")
    try probe.wait(for: "In [3]: draft")
    try probe.send(Keys.up)
    try probe.wait(for: "the cell of three lines") {
      $0.text.hasSuffix("In [3]: f {\n   ...:   x\n   ...: }")
    }
    try probe.send(Keys.up + Keys.up + Keys.up)
    try probe.wait(for: "the oldest") { $0.text.hasSuffix("In [3]: first") }
    try probe.send(Keys.down)
    try probe.wait(for: "the cell of three lines") {
      $0.text.hasSuffix("In [3]: f {\n   ...:   x\n   ...: }")
    }
    try probe.send(Keys.down)
    try probe.wait(for: "the draft") { $0.text.hasSuffix("In [3]: draft") }
    try probe.send(Keys.up + "\r")
    try probe.wait(for: "In [4]:")
    #expect(probe.screen.text.hasSuffix("<f {|  x|}>\nIn [4]:"))
  }

  @Test func historyLastsFromOneRunToTheNext() throws {
    let home = TemporaryFolder()
    let first = try Probe(home: home)
    try first.send("say \\n {\ragain\r}\r")
    try first.wait(for: "<say \\n {|  again|}>")
    try first.send(Keys.control("d"))
    try #expect(first.terminal.waitForExit() == .code(0))

    let second = try Probe(home: home)
    try second.send(Keys.up + "\r")
    try second.wait(for: "<say \\n {|  again|}>")
  }

  /// What another window has entered was seen only at the next prompt.
  @Test(arguments: [
    (Keys.up, "In [1]: say two"), ("\u{12}two", "In [1]: say two"), ("say" + Keys.pageUp, "In [1]: say two"),
    ("sa\u{1B}[C", "In [1]: say two"), ("draft" + Keys.up + Keys.down + Keys.up, "In [1]: say two"),
  ])
  func whatAnotherWindowEntersIsThereAtThePromptThatStands(_ keys: String, _ line: String) throws {
    let first = try Probe()
    try first.send("say one\r")
    try first.wait(for: "<say one>")
    let second = try Probe(home: first.home)
    try first.send("say two\r")
    try first.wait(for: "<say two>")
    try second.send(keys)
    try second.wait(for: line) { $0.lines.first == line }
  }

  @Test func aHistoryThatCannotBeWrittenIsSaidOnceAndKeptInMemory() throws {
    let probe = try Probe(environment: ["XDG_STATE_HOME": "/dev/null/state"])
    try probe.wait(for: "history is kept in memory only: can't make /dev/null/state")
    try probe.send("x\r" + Keys.up)
    try probe.wait(for: "In [2]: x")
    #expect(probe.screen.text.components("history is kept") == 1)
  }

  @Test func aNoticeBreaksBetweenWords() throws {
    let probe = try Probe(columns: 24, environment: ["XDG_STATE_HOME": "/dev/null/state"])
    try probe.wait(for: "history is kept in\nmemory only: can't make\n")
  }

  @Test func textPrintedAboveLeavesTheLineBeingTypedAsItIs() throws {
    let probe = try Probe()
    try probe.send("later 20 tick\r")
    try probe.send("f {\rabc" + Keys.left)
    try probe.wait(for: "tick 20")
    try probe.wait(for: "the cell below it") { $0.text.hasSuffix("tick 20\nIn [2]: f {\n   ...:   abc") }
    #expect(probe.screen.cursorLine == "   ...:   abc")
    #expect(probe.screen.cursor.column == 12)
    for number in 1...20 { #expect(probe.screen.fullText.components("tick \(number)\n") == 1) }
  }

  @Test func whatIsPrintedCannotActOnTheTerminal() throws {
    let probe = try Probe()
    try probe.paste("later 1 \u{1B}[2J]gone\u{202E}")
    try probe.send("\r")
    try probe.wait(for: "\\u{1B}[2J]gone\\u{202E} 1")
    #expect(probe.screen.text.contains("In [1]: later 1 ^[[2J]gone\\u{202E}"))
  }

  @Test func controlCClearsTheCell() throws {
    let probe = try Probe()
    try probe.send("f {\rabc" + Keys.control("c"))
    try probe.waitForLines(["In [1]: f {", "   ...:   abc^C", "interrupted", "In [1]:"])
    try probe.send("x\r")
    try probe.wait(for: "<x>")
  }

  @Test func controlDDeletesWithinACellAndEndsAnEmptyOne() throws {
    let probe = try Probe()
    try probe.send("abc" + Keys.home + Keys.control("d") + "\r")
    try probe.wait(for: "<bc>")
    try probe.send(Keys.control("d"))
    try #expect(probe.terminal.waitForExit() == .code(0))
    #expect(probe.screen.text.hasSuffix("In [2]:\nend"))
    #expect(!probe.screen.bracketsPaste)
  }

  @Test func tenThousandPastedLinesAreOneEdit() throws {
    let probe = try Probe()
    let lines = (0..<10_000).map { "line number \($0) of a long paste" }
    try probe.paste("{" + lines.joined(separator: "\n"))
    try probe.wait(for: "   ...: line number 9999 of a long paste")
    #expect(probe.screen.fullText.components("\n") < 30)
    // Typing in it is still swift.
    try probe.send("}" + Keys.left + "x")
    try probe.wait(for: "line number 9999 of a long pastex}")
    try probe.send("\rsize\r")
    let count = lines.reduce(0) { $0 + $1.count + 1 } + 2
    try probe.wait(for: "size \(count) lines 10000")
  }

  @Test func aPasteOfLinesIsNotRunLineByLine() throws {
    let probe = try Probe()
    try probe.send("\u{1B}[200~a\r\nb\rc\u{1B}[201~")
    try probe.wait(for: "   ...: c")
    try probe.send("\r")
    try probe.wait(for: "<a|b|c>")
  }

  /// They were shown, and the cell that ran had none.
  @Test func controlCharactersThatArePastedAreInTheCell() throws {
    let probe = try Probe()
    try probe.paste("a\u{9B}b\u{85}")
    try probe.wait(for: "In [1]: a\\u{9B}b\\u{85}")
    try probe.send("\r")
    try probe.wait(for: "<a\\u{9B}b\\u{85}>")
    try probe.send("size\r")
    try probe.wait(for: "size 4")
  }

  @Test func wideAndCombiningCharactersKeepTheirPlaces() throws {
    let probe = try Probe(columns: 20)
    try probe.send("世界e\u{301}x" + Keys.left)
    try probe.wait(for: "the cursor behind the accent") { $0.cursor == (0, 13) }
    #expect(probe.screen.lines[0] == "In [1]: 世界e\u{301}x")
    try probe.send(Keys.left)
    try probe.wait(for: "the cursor before the whole character") { $0.cursor == (0, 12) }
    // The last column has no room for a wide character: it goes to the next row.
    try probe.send(Keys.end + "123456界y")
    try probe.wait(for: "a wrapped line") { $0.lines[1] == "界y" }
    #expect(probe.screen.lines[0] == "In [1]: 世界e\u{301}x123456")
    #expect(probe.screen.cursor == (1, 3))
    try probe.send("\r")
    try probe.wait(for: "<世界e\u{301}x123456界y>")
  }

  @Test func aLongLineWrapsAndItsCursorFollows() throws {
    let probe = try Probe(columns: 20)
    try probe.send("abcdefghijkl")
    try probe.wait(for: "the cursor on the next row") { $0.cursor == (1, 0) }
    try probe.send("mnopqrstuvwxyz0123456789" + Keys.home)
    try probe.wait(for: "the cursor at the beginning") { $0.cursor == (0, 8) }
    #expect(Array(probe.screen.lines[..<3]) == ["In [1]: abcdefghijkl", "mnopqrstuvwxyz012345", "6789"])
    try probe.send("\rx\r")
    try probe.wait(for: "<x>")
    #expect(Array(probe.screen.lines[3...4]) == ["<abcdefghijklmnopqrs", "tuvwxyz0123456789>"])
    // The terminal wrapped it, so it is one line in a wider window and for whoever copies it.
    probe.terminal.resize(columns: 60, rows: 24)
    #expect(probe.screen.lines[0] == "In [1]: abcdefghijklmnopqrstuvwxyz0123456789")
  }

  @Test func aNarrowWindowShowsAllOfATallBlockPartByPart() throws {
    let probe = try Probe(columns: 20, rows: 6)
    try probe.send("{\r")
    for number in 1...20 { try probe.send("l\(number)\r") }
    try probe.wait(for: "l20")
    for _ in 0..<25 { try probe.send(Keys.up) }
    try probe.wait(for: "the first line") { $0.lines[0] == "In [1]: {" && $0.cursor.row == 0 }
    #expect(probe.screen.scrolledLines.isEmpty)
    for _ in 0..<21 { try probe.send(Keys.down) }
    try probe.send("}\r")
    try probe.wait(for: "In [2]:")
    // Once it is entered, the whole cell is above.
    let all = probe.screen.fullText
    for number in 1...20 { #expect(all.components("   ...:   l\(number)\n") == 1) }
  }

  @Test(arguments: [(80, 40), (40, 80), (80, 17), (30, 31)])
  func aChangedWidthLeavesOneBlock(_ before: Int, _ after: Int) throws {
    let probe = try Probe(columns: before)
    try probe.send("answered\r{\r" + String(repeating: "0123456789", count: 7) + "\rend")
    try probe.wait(for: "end")
    probe.terminal.resize(columns: after, rows: 24)
    try probe.send("s")
    try probe.wait(for: "ends")
    let joined = probe.screen.lines.joined()
    #expect(joined.components("In [2]: {") == 1)
    #expect(joined.components("<answered>") == 1)
    #expect(joined.components("0123456789") == 7 || after < 30)
    try probe.send("}\r")
    try probe.wait(for: "In [3]:")
  }

  @Test func controlLClearsTheScreenAndKeepsTheCell() throws {
    let probe = try Probe()
    try probe.send("x\rf {\rabc")
    try probe.wait(for: "abc")
    try probe.send(Keys.control("l"))
    try probe.waitForLines(["In [2]: f {", "   ...:   abc", ""])
  }

  @Test func writesNothingWhereNothingChanges() throws {
    let probe = try Probe()
    try probe.send("x")
    try probe.wait(for: "In [1]: x")
    let before = probe.terminal.output.count
    try probe.send(Keys.control("g"))
    try probe.send("y")
    try probe.wait(for: "In [1]: xy")
    // One row, its colours and the marks of an update.
    #expect(probe.terminal.output.count - before < 120)
  }
}

extension String {
  /// How often a text occurs.
  func components(_ text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
