import Glibc
import TestSupport
import Testing

/// Undo, brackets, characters of several scalars, lines opened and broken.
@Suite struct LineEditorEditingTests {
  private static let family = "👨‍👩‍👧", flag = "🇩🇪", thumb = "👍🏽", heart = "❤️"

  @Test func undoTakesBackAWordAtATimeAndRedoBringsItBack() throws {
    let probe = try Probe()
    try probe.send("one two three" + Keys.control("_"))
    try probe.wait(for: "two words") { $0.text == "In [1]: one two" }
    try probe.send(Keys.control("x") + Keys.control("u"))
    try probe.wait(for: "one word") { $0.text == "In [1]: one" }
    try probe.send("\u{1B}_")
    try probe.wait(for: "two words again") { $0.text == "In [1]: one two" }
    try probe.send(Keys.control("x") + Keys.control("r") + "\r")
    try probe.wait(for: "<one two three>")
  }

  /// There Ctrl-U alone kills a line, and was taken for that behind Ctrl-X, too.
  @Test func undoOfTwoKeysWorksInACellOfSeveralLines() throws {
    let probe = try Probe()
    try probe.send("func a() {\rone two")
    try probe.wait(for: "two words") { $0.text.hasSuffix("one two") }
    try probe.send(Keys.control("x") + Keys.control("u"))
    try probe.wait(for: "one word") { $0.text.hasSuffix(" one") }
    try probe.send(Keys.control("u"))
    try probe.wait(for: "an empty line") { $0.text.hasSuffix("...:") && $0.text.contains("func a() {") }
  }

  @Test func whatLibeditChangesCanBeUndone() throws {
    let probe = try Probe()
    try probe.send("one two" + Keys.control("w") + Keys.control("a") + Keys.control("k"))
    try probe.wait(for: "an empty cell") { $0.text == "In [1]:" }
    try probe.send(Keys.control("_"))
    try probe.wait(for: "what was killed last") { $0.text == "In [1]: one" && $0.cursor.column == 8 }
    try probe.send(Keys.control("_") + "!\r")
    try probe.wait(for: "<one two!>")
  }

  @Test func undoAfterTheHistoryBringsTheDraftBack() throws {
    let probe = try Probe()
    try probe.send("entered\rdraft" + Keys.up)
    try probe.wait(for: "In [2]: entered")
    try probe.send(Keys.control("_"))
    try probe.wait(for: "In [2]: draft")
    // The place in the history came back too.
    try probe.send(Keys.up + Keys.down + "\r")
    try probe.wait(for: "<draft>")
  }

  @Test func aPasteAndACompletionAreUndoneAsOne() throws {
    let probe = try Probe()
    try probe.send("x ")
    try probe.paste("(one\ntwo)")
    try probe.send(" aw\t")
    try probe.wait(for: "await")
    try probe.send(Keys.control("_"))
    try probe.wait(for: "what was completed") { $0.lines[1] == "   ...: two) aw" }
    try probe.send(Keys.control("_") + Keys.control("_"))
    try probe.wait(for: "the paste alone") { $0.lines[1] == "   ...: two)" }
    try probe.send(Keys.control("_") + "\r")
    try probe.wait(for: "<x>")
  }

  @Test func undoWhereThereIsNothingToUndoDoesNothing() throws {
    let probe = try Probe()
    try probe.send("a\r" + Keys.control("_") + "\u{1B}_" + "b\r")
    try probe.wait(for: "<b>")
  }

  @Test func theBracketAtTheCursorAndItsPartnerAreShown() throws {
    let probe = try Probe()
    try probe.send("f(a, \")\", [1])")
    try probe.wait(for: "both brackets, the cursor behind one") {
      $0.cell(row: 0, column: 9).style == [1, 4] && $0.cell(row: 0, column: 21).style == [1, 4]
    }
    #expect(probe.screen.cell(row: 0, column: 14).style == [])
    try probe.send(Keys.left + Keys.left)
    try probe.wait(for: "the inner ones, the cursor on one") {
      $0.cell(row: 0, column: 18).style == [1, 4] && $0.cell(row: 0, column: 20).style == [1, 4]
        && $0.cell(row: 0, column: 9).style == []
    }
    try probe.send(Keys.home)
    try probe.wait(for: "none") { screen in
      (8...21).allSatisfy { screen.cell(row: 0, column: $0).style == [] }
    }
  }

  @Test func aClosingBracketThatClosesNothingIsRed() throws {
    let probe = try Probe()
    try probe.send("größe)")
    try probe.wait(for: "a red bracket") { $0.cell(row: 0, column: 13).style == [1, 31] }
    try probe.send(Keys.left + Keys.left)
    try probe.wait(for: "the cursor away from it") { $0.cell(row: 0, column: 13).style == [] }
    // An opening one waits for its partner.
    try probe.send(Keys.control("u") + "(")
    try probe.wait(for: "In [1]: (")
    #expect(probe.screen.cell(row: 0, column: 8).style == [])
  }

  @Test func bracketsAreShownAcrossLines() throws {
    let probe = try Probe()
    try probe.send("route {\rx\r}")
    try probe.wait(for: "both braces") {
      $0.cell(row: 0, column: 14).style == [1, 4] && $0.cell(row: 2, column: 8).style == [1, 4]
    }
    // What is entered keeps no trace of it.
    try probe.send("\r")
    try probe.wait(for: "<route {|  x|}>")
    #expect(probe.screen.cell(row: 0, column: 14).style == [])
  }

  @Test(arguments: [false, true])
  func oneKeyStepsOverAndDeletesWhatIsOneCharacter(_ joins: Bool) throws {
    let probe = try Probe()
    probe.terminal.setJoinsClusters(joins)
    let characters = ["e\u{301}", Self.family, Self.flag, Self.thumb, Self.heart, "한", "क्षि", "x"]
    try probe.send(characters.joined() + "!")
    try probe.wait(for: "all of it") { $0.lines[0].hasSuffix("x!") }
    for _ in 0...characters.count { try probe.send(Keys.left) }
    try probe.wait(for: "the beginning") { $0.cursor.column == 8 }
    for (number, column) in [9, 11, 13, 15, 17, 19].enumerated() {
      try probe.send(Keys.right)
      try probe.wait(for: "\(number + 1) characters passed") { $0.cursor.column == column }
    }
    try probe.send(Keys.home + Keys.delete + Keys.delete + Keys.end)
    for _ in 0..<5 { try probe.send("\u{7F}") }
    try probe.send("\r")
    try probe.wait(for: "the next prompt") { $0.text.hasSuffix("In [2]:") }
    try probe.send("size\r")
    try probe.wait(for: "size 4 lines 1")
  }

  @Test(arguments: [false, true])
  func whatFollowsAnEmojiStandsWhereTheCursorSays(_ joins: Bool) throws {
    let probe = try Probe(columns: 40)
    probe.terminal.setJoinsClusters(joins)
    try probe.send("\"" + Self.family + Self.family + "ab\"")
    try probe.wait(for: "the cursor behind it") { $0.cursor == (0, 16) }
    #expect(probe.screen.cell(row: 0, column: 13).text == "a")
    try probe.send(Keys.left + Keys.left + Keys.left + "c")
    try probe.wait(for: "the letter in its place") {
      $0.cell(row: 0, column: 13).text == "c" && $0.cell(row: 0, column: 14).text == "a"
        && $0.cursor == (0, 14)
    }
    // Nothing is left over of it.
    try probe.send(Keys.home + Keys.right + Keys.delete)
    try probe.wait(for: "one family less") { $0.cell(row: 0, column: 14).text == "\"" }
    #expect(probe.screen.cell(row: 0, column: 15).text == " ")
    try probe.send(Keys.control("k") + "x\r")
    try probe.wait(for: "<\"x>")
  }

  @Test func aWordEndsBehindTheMarksOfItsLastCharacter() throws {
    let probe = try Probe()
    try probe.send("cafe\u{301} x" + Keys.home + "\u{1B}f")
    try probe.wait(for: "the cursor behind the accent") { $0.cursor.column == 12 }
    try probe.send("!\r")
    try probe.wait(for: "<cafe\u{301}! x>")
  }

  /// To libedit `.`, `[`, `=` and `-` are letters: a key took `.json.name` at once.
  @Test func wordsAreThoseOfTheLanguageAndControlWGoesToTheBlank() throws {
    let probe = try Probe()
    try probe.send("f(a_b[0].qux, x-1==y) await" + "\u{1B}b")
    try probe.wait(for: "the cursor before a word") { $0.cursor.column == 30 }
    try probe.send("\u{1B}b")
    try probe.wait(for: "behind two signs") { $0.cursor.column == 27 }
    try probe.send("\u{1B}[1;5D\u{1B}B\u{1B}b\u{1B}b\u{1B}b")
    try probe.wait(for: "before the name") { $0.cursor.column == 10 }
    try probe.send("\u{1B}f\u{1B}d")
    try probe.wait(for: "In [1]: f(a_b].qux, x-1==y) await")
    try probe.send("\u{1B}[1;5C\u{1B}F\u{1B}\u{7F}" + Keys.control("y") + Keys.control("y"))
    try probe.wait(for: "In [1]: f(a_b].qux, xx-1==y) await")
    try probe.send(Keys.end + Keys.control("w") + Keys.control("w"))
    try probe.wait(for: "what stands before the blank") { $0.text == "In [1]: f(a_b].qux," }
    try probe.send("\u{1B}\u{8}\u{1B}\u{7F}" + Keys.control("y") + "\r")
    try probe.wait(for: "<f(a_b].>")
  }

  @Test func exchangesWholeCharacters() throws {
    let probe = try Probe()
    try probe.send("a" + Self.flag + Keys.control("t") + "b" + Keys.home + Keys.control("t"))
    try probe.send("\rsize\r")
    try probe.wait(for: "size 4 lines 1")
    #expect(probe.screen.lines[0].hasSuffix("ab"))
  }

  @Test func controlOOpensALineBelowAndStays() throws {
    let probe = try Probe()
    try probe.send("f {" + Keys.control("o"))
    try probe.wait(for: "the cursor where it was") { $0.cursor == (0, 11) && $0.lines[1] == "   ...:" }
    try probe.send(Keys.down + "x" + Keys.down)
    try probe.send(Keys.altEnter + "}\r")
    try probe.wait(for: "<f {|  x|}>")
  }

  @Test func enterWithinACellBreaksTheLineAndIndents() throws {
    let probe = try Probe()
    try probe.send("f {\rx y\r}" + Keys.up + Keys.end + Keys.left + Keys.left + "\r")
    try probe.wait(for: "the line broken") { $0.lines[2] == "   ...:   y" && $0.lines[3] == "   ...: }" }
    #expect(probe.screen.cursor == (2, 10))
    try probe.send(Keys.down + Keys.end + "\r")
    try probe.wait(for: "<f {|  x|  y|}>")
  }

  @Test func tabIndentsALineByStepsAndShiftTabTakesThemBack() throws {
    let probe = try Probe()
    try probe.send("f {" + Keys.altEnter + "\tx")
    try probe.wait(for: "the next step") { $0.lines[1] == "   ...:     x" }
    try probe.send("\u{1B}[H\t")
    try probe.wait(for: "one more") { $0.lines[1] == "   ...:         x" }
    try probe.send(Keys.end + "  y" + Keys.backTab)
    try probe.wait(for: "one less") { $0.lines[1] == "   ...:     x  y" && $0.cursor.column == 16 }
    try probe.send(Keys.backTab + Keys.backTab + "\r}\r")
    try probe.wait(for: "<f {|x  y|}>")
  }

  @Test func aLineBrokenBetweenTwoBracketsOpensABlock() throws {
    let probe = try Probe()
    try probe.send("f {}" + Keys.left + Keys.altEnter + "x")
    try probe.wait(for: "the brace on its own line") {
      Array($0.lines[..<3]) == ["In [1]: f {", "   ...:   x", "   ...: }"] && $0.cursor == (1, 11)
    }
    // One step for undo.
    try probe.send(Keys.control("_") + Keys.control("_"))
    try probe.wait(for: "one line") { $0.text == "In [1]: f {}" && $0.cursor.column == 11 }
    try probe.send("g(1" + Keys.altEnter)
    try probe.wait(for: "a brace that closes less") { $0.lines[1] == "   ...: }" && $0.cursor == (1, 8) }
    try probe.send(Keys.home + ")\r")
    try probe.wait(for: "<f {g(1|)}>")
  }

  @Test func aClosingBracketGoesUnderTheLineThatOpenedIt() throws {
    let probe = try Probe()
    try probe.send("all([\ra,\r])\r")
    try probe.wait(for: "<all([|    a,|])>")
    try probe.send("r {\rg(s { o\rw\r})\r}\r")
    try probe.wait(for: "<r {|  g(s { o|      w|  })|}>")
  }

  @Test func escapeAloneTakesNothingFromWhatIsNoCharacter() throws {
    let probe = try Probe()
    try probe.send("x\u{1B}")
    usleep(200_000)
    try probe.send("\u{1B}[200~pasted\u{1B}[201~\r")
    try probe.wait(for: "<xpasted>")
    try probe.send("ab\u{1B}")
    usleep(200_000)
    try probe.send(Keys.left + "L\r")
    try probe.wait(for: "<aLb>")
    // A character behind it is as one with Alt: back by a word, upper case.
    try probe.send("one two\u{1B}")
    usleep(200_000)
    try probe.send("b\u{1B}")
    usleep(200_000)
    try probe.send("u\r")
    try probe.wait(for: "<one TWO>")
  }

  @Test func aSuggestionIsTakenWholeOrByWords() throws {
    let probe = try Probe()
    try probe.send("one two three\ron")
    try probe.wait(for: "a grey suggestion") {
      $0.cursorLine == "In [2]: one two three" && $0.cursor.column == 10
    }
    try probe.send("\u{1B}[1;5C")
    try probe.wait(for: "a word of it") { $0.cursor.column == 11 }
    try probe.send("\u{1B}f")
    try probe.wait(for: "another") { $0.cursor.column == 15 }
    try probe.send(Keys.right)
    try probe.wait(for: "all of it") { $0.cursor.column == 21 }
    // What was taken is undone like what was typed.
    try probe.send(Keys.control("_"))
    try probe.wait(for: "the words taken") {
      $0.cursor.column == 15 && $0.cursorLine == "In [2]: one two three"
    }
    try probe.send(Keys.control("c"))
    try probe.wait(for: "what was typed alone") { $0.text.contains("In [2]: one two^C") }
  }

  @Test func keysOfTheEditrcWinOverTheNewOnes() throws {
    let home = TemporaryFolder()
    home.write(
      "bind ^_ ed-move-to-beg\nbind \"^X^U\" ed-move-to-end\nbind ^? ed-delete-next-char\nbind ^T ed-move-to-beg\n",
      to: ".editrc")
    let probe = try Probe(home: home)
    try probe.send("bc" + Keys.control("_") + "a" + Keys.control("x") + Keys.control("u") + "d")
    try probe.send(Keys.control("t") + "\u{7F}" + "A\r")
    try probe.wait(for: "<Abcd>")
  }
}
