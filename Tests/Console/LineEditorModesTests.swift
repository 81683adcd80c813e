import Glibc
import TestSupport
import Testing

/// Search, completion, suggestions, emacs and vi, colours.
@Suite struct LineEditorModesTests {
  @Test func enterRunsNothingThatTheSearchDidNotFind() throws {
    let probe = try Probe()
    try probe.send("alpha\r")
    try probe.wait(for: "<alpha>")
    try probe.send("half\u{12}zzz")
    try probe.wait(for: "no match: zzz")
    try probe.send("\r")
    try probe.wait(for: "the line as it was") { $0.text.hasSuffix("In [2]: half") }
  }

  @Test func searchesHistoryAsItIsTyped() throws {
    let probe = try Probe()
    try probe.send("alpha one\rbeta\ralpha two {\rx\r}\rdraft")
    try probe.wait(for: "In [4]: draft")
    try probe.send(Keys.control("r") + "alph")
    try probe.wait(for: "the newest match") {
      $0.text.hasSuffix("In [4]: alpha two {\n   ...:   x\n   ...: }\nsearch: alph")
    }
    try probe.send(Keys.control("r"))
    try probe.wait(for: "an older match") { $0.text.hasSuffix("In [4]: alpha one\nsearch: alph") }
    try probe.send(Keys.control("s"))
    try probe.wait(for: "the newer one") { $0.text.hasSuffix("   ...: }\nsearch: alph") }
    try probe.send("zz")
    try probe.wait(for: "no match: alphzz")
    try probe.send(Keys.control("g"))
    try probe.wait(for: "the draft") { $0.text.hasSuffix("In [4]: draft") }
    try probe.send(Keys.control("r") + "bet\r")
    try probe.wait(for: "<beta>\nIn [5]:")
  }

  @Test func aKeyThatEndsASearchStillDoesWhatItDoes() throws {
    let probe = try Probe()
    try probe.send("alpha beta\r" + Keys.control("r") + "beta" + Keys.home + "x\r")
    try probe.wait(for: "<xalpha beta>")
  }

  @Test func tabCompletesWhatIsSharedThenGoesThroughAMenu() throws {
    let probe = try Probe()
    try probe.send("aw\t x ro\t")
    try probe.wait(for: "the menu") {
      $0.lines[0...2] == [
        "In [1]: await x route", "  route   answers requests for a path", "  routes  the live table",
      ]
    }
    try probe.send("\t\t")
    try probe.wait(for: "the second candidate") {
      $0.lines[0] == "In [1]: await x routes" && $0.lines[2].hasPrefix("> ")
    }
    try probe.send(Keys.backTab)
    try probe.wait(for: "the first again") {
      $0.lines[0] == "In [1]: await x route" && $0.lines[1].hasPrefix("> ")
    }
    try probe.send(Keys.down + "\r")
    try probe.wait(for: "the menu to close") { $0.text == "In [1]: await x routes" }
    try probe.send("\r")
    try probe.wait(for: "<await x routes>")
  }

  @Test func aMenuThatIsDismissedLeavesWhatWasTyped() throws {
    let probe = try Probe()
    try probe.send("größer r\t\t")
    try probe.wait(for: "> route")
    try probe.send(Keys.control("g"))
    try probe.wait(for: "what was typed") { $0.text == "In [1]: größer r" }
    try probe.send(" gr\t\r")
    try probe.wait(for: "<größer r größe>")
  }

  @Test func suggestsFromHistoryInGreyAndTakesItAtTheEnd() throws {
    let probe = try Probe()
    try probe.send("open the door {\rnow\r}\rop")
    try probe.wait(for: "a suggestion") { $0.text.hasSuffix("In [2]: open the door {…") }
    #expect(probe.screen.cursor.column == 10)
    #expect(probe.screen.cell(row: probe.screen.cursor.row, column: 10).style.contains(2))
    try probe.send("\u{1B}f")
    try probe.wait(for: "one word of it") { $0.cursor.column == 12 }
    try probe.send(Keys.right)
    try probe.wait(for: "all of it") {
      $0.text.hasSuffix("In [2]: open the door {\n   ...:   now\n   ...: }")
    }
    try probe.send("\r")
    try probe.wait(for: "In [3]:")
    #expect(probe.screen.text.components("<open the door {|  now|}>") == 2)
  }

  @Test func pageUpGoesThroughWhatBeginsTheSame() throws {
    let probe = try Probe()
    try probe.send("get 1\rput 2\rget 3\rge" + Keys.pageUp)
    try probe.wait(for: "In [4]: get 3")
    try probe.send(Keys.pageUp + "\r")
    try probe.wait(for: "<get 1>\nIn [5]:")
  }

  @Test func killsAndYanksALineOfACell() throws {
    let probe = try Probe()
    try probe.send("one {" + Keys.altEnter + "two words")
    try probe.send(Keys.control("w") + Keys.control("y") + Keys.control("a") + Keys.control("k"))
    try probe.wait(for: "an empty second line") { $0.lines[1] == "   ...:" }
    try probe.send(Keys.up + Keys.end + Keys.control("y") + "}")
    try probe.wait(for: "In [1]: one {  two words}")
    try probe.send(Keys.down + "\r")
    try probe.wait(for: "<one {  two words}>")
  }

  @Test func editsInViMode() throws {
    let home = TemporaryFolder()
    home.write("bind -v\n", to: ".editrc")
    let probe = try Probe(home: home)
    try probe.send("first line\r")
    try probe.wait(for: "In [2]:")
    // Escape by itself, as a person types it.
    try probe.send("abc def\u{1B}")
    try probe.wait(for: "the cursor on the last character") { $0.cursor.column == 14 }
    try probe.send("bcwX\u{1B}")
    try probe.wait(for: "In [2]: abc X")
    try probe.send("k")
    try probe.wait(for: "In [2]: first line")
    try probe.send("A!" + Keys.left + "?\r")
    try probe.wait(for: "<first line?!>")
  }

  @Test func bindingsOfTheEditrcHold() throws {
    let home = TemporaryFolder()
    home.write(
      "# mine\nbind ^O ed-move-to-beg\nother:bind ^O ed-newline\nbind ^W ed-move-to-end\nbind ^R em-inc-search-prev\n",
      to: ".editrc")
    let probe = try Probe(home: home)
    try probe.send("bc" + Keys.control("o") + "a" + Keys.control("w") + "d\r")
    try probe.wait(for: "<abcd>")
    // History stays ours: libedit's own is empty.
    try probe.send(Keys.control("r") + "bc")
    try probe.wait(for: "search: bc")
  }

  @Test func coloursPromptAndText() throws {
    let probe = try Probe()
    try probe.send("get await (")
    try probe.wait(for: "await (")
    #expect(probe.screen.style(of: "In [1]") == [1, 32])
    #expect(probe.screen.style(of: "await") == [1])
    #expect(probe.screen.style(of: "get") == [])
  }

  @Test func noColorWritesNoColours() throws {
    let probe = try Probe(environment: ["NO_COLOR": "1"])
    try probe.send("await {\r}\rawa")
    try probe.wait(for: "In [2]: awa")
    #expect(!String(decoding: probe.terminal.output, as: UTF8.self).contains("m"))
  }

  @Test func aDumbTerminalGetsPlainLines() throws {
    let probe = try Probe(environment: ["TERM": "dumb"])
    for (line, next) in [("f {", 1), ("x", 2), ("}", 4)] {
      try probe.send(line + "\n")
      try probe.wait(for: "the next prompt") { $0.cursor == (next, 8) }
    }
    #expect(probe.screen.text.hasPrefix("In [1]: f {\n   ...: x\n   ...: }\n<f {|x|}>\n"))
    #expect(!probe.terminal.output.contains(0x1B))
    try probe.send(Keys.control("d"))
    try #expect(probe.terminal.waitForExit() == .code(0))
  }
}
