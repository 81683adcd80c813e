import TestSupport
import Testing

/// vi's keys at a terminal; `ViCommandsTests` has what each command makes of a text.
@Suite struct LineEditorViTests {
  private func probe(_ configuration: String = "bind -v\n") throws -> Probe {
    let home = TemporaryFolder()
    home.write(configuration, to: ".editrc")
    return try Probe(home: home)
  }

  @Test func commandsMeanTheLineOfTheCursor() throws {
    let probe = try probe()
    try probe.send("one" + Keys.altEnter + "two" + Keys.altEnter + "three\u{1B}kyyp")
    try probe.wait(for: "a line put below") {
      $0.lines[1...3] == ["   ...: two", "   ...: two", "   ...: three"]
    }
    try probe.wait(for: "the cursor on it") { $0.cursor == (2, 8) }
    try probe.send("dd")
    try probe.wait(for: "the line gone") { $0.lines[2] == "   ...: three" && $0.cursor == (2, 8) }
    try probe.send("kA!\u{1B}0")
    try probe.wait(for: "two!")
    try probe.send("ccTWO\u{1B}jx\r")
    try probe.wait(for: "<one|TWO|thee>")
  }

  @Test func enterEndsASearchInCommandModeAndRunsNothing() throws {
    let probe = try probe()
    try probe.send("alpha\r")
    try probe.wait(for: "<alpha>")
    try probe.send("\u{1B}")
    try probe.send("/alp")
    try probe.wait(for: "search: alp")
    try probe.send("\r")
    try probe.wait(for: "what was found") { $0.text.hasSuffix("In [2]: alpha") }
  }

  @Test func enterInCommandModeRunsACellAndGoesDownInOneThatWantsMore() throws {
    let probe = try probe()
    try probe.send("f {" + Keys.altEnter + "x" + Keys.altEnter + "}\u{1B}")
    try probe.wait(for: "the brace") { $0.cursor == (2, 8) }
    try probe.send("gg")
    try probe.wait(for: "the cursor in the first line") { $0.cursor.row == 0 }
    try probe.send("\r")
    try probe.wait(for: "<f {|  x|}>")
    try probe.send("g {" + Keys.altEnter + "y\u{1B}k")
    try probe.wait(for: "the cursor in the first line again") { $0.cursorLine.hasSuffix("g {") }
    try probe.send("\r")
    try probe.wait(for: "the cursor below") { $0.cursorLine.hasSuffix("y") }
  }

  @Test func insertionsBeginAndEndWhereTheyShould() throws {
    let probe = try probe()
    try probe.send("f {" + Keys.altEnter + "\u{1B}")
    // An empty line: Escape leaves the cursor in it.
    try probe.wait(for: "the cursor in the second line") { $0.cursor == (1, 9) }
    try probe.send("0D")
    try probe.wait(for: "the cursor still there") { $0.cursor == (1, 8) }
    try probe.send("Sx\u{1B}oy\u{1B}Oz\u{1B}G")
    try probe.send("o}\u{1B}ddo}\u{1B}")
    // Enter right behind Escape would be Alt-Enter.
    try probe.wait(for: "the cursor on the brace") { $0.cursor == (4, 8) }
    try probe.send("\r")
    try probe.wait(for: "<f {|x|  z|  y|}>")
  }

  @Test func uUndoesAnInsertionAsAWholeAndControlRRedoesIt() throws {
    let probe = try probe()
    try probe.send("one\u{1B}a two three\u{1B}")
    try probe.wait(for: "In [1]: one two three")
    try probe.send("u")
    try probe.wait(for: "the first insertion") { $0.text == "In [1]: one" }
    try probe.send("u")
    try probe.wait(for: "nothing") { $0.text == "In [1]:" }
    try probe.send(Keys.control("r") + Keys.control("r") + "\r")
    try probe.wait(for: "<one two three>")
  }

  /// It took back a character at a time.
  @Test func uUndoesWhatRWroteOverAndWhatACountAddedAsAWhole() throws {
    let probe = try probe()
    try probe.send("aa bb\u{1B}0Rzz")
    try probe.wait(for: "In [1]: zz bb")
    try probe.send("\u{1B}u")
    try probe.wait(for: "In [1]: aa bb")
    try probe.send("0Rcccccccc\u{1B}u03ix \u{1B}")
    try probe.wait(for: "In [1]: x x x aa bb")
    try probe.send("u")
    try probe.wait(for: "what was there before") { $0.text == "In [1]: aa bb" }
    try probe.send("\r")
    try probe.wait(for: "<aa bb>")
  }

  @Test func upAndDownGoThroughLinesThenThroughTheHistory() throws {
    let probe = try probe()
    try probe.send("first\rsecond\rab" + Keys.altEnter + "bcd\u{1B}")
    try probe.wait(for: "the cursor on the last character") { $0.cursor.column == 10 }
    try probe.send("k")
    try probe.wait(for: "the cursor on the line's last character") { $0.cursor.column == 9 }
    try probe.send("2k\r")
    try probe.wait(for: "In [4]:")
    #expect(probe.screen.text.hasSuffix("In [3]: first\n<first>\nIn [4]:"))
  }

  @Test func whatTheEditrcBindsWinsInCommandMode() throws {
    let probe = try probe("bind -v\nbind -a x ed-move-to-beg\nbind jk vi-command-mode\n")
    try probe.send("abcjkxiX\r")
    try probe.wait(for: "<Xabc>")
  }

  @Test func replaceModeWritesOverWhatIsThere() throws {
    let probe = try probe()
    try probe.send("abcd\u{1B}0RXY\u{1B}")
    try probe.wait(for: "the cursor on the last one") { $0.cursor.column == 9 }
    try probe.send("\r")
    try probe.wait(for: "<XYcd>")
  }
}
