import TestSupport
import Testing

@Suite struct TypingTests {
  @Test func theTutorialsFirstCellsTypedByHandServePages() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("listen(\"tcp:8080\")")
    #expect(try notebook.enter("route \"/\" { \"Hello, everybody!\" }").joined().hasPrefix("route /"))
    #expect(try notebook.get("/").text == "Hello, everybody!")
    try notebook.enter("route \"/greet/<user>\" { \"Hello \\(user.uppercased())!\" }")
    #expect(try notebook.get("/greet/you").text == "Hello YOU!")
    #expect(try notebook.enter("await get(\"/greet/you\").text") == ["Out[4]: \"Hello YOU!\""])
    // There is nothing to show a page with, so it is named.
    let opened = try notebook.enter("open(\"/\")")
    #expect(try opened == ["open http://127.0.0.1:\(notebook.port())/", "Out[5]: false"])
  }

  @Test func aCellOfSeveralLinesHasContinuationPromptsAndOneNumber() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var counter = 0\n")
    try notebook.enter("route \"/count\" {\ncounter += 1\ncounter\n}")
    #expect(
      notebook.screen.text.contains(
        """
        In [2]: route "/count" {
           ...:     counter += 1
           ...:     counter
           ...: }
        route /count
        """))
    #expect(try notebook.get("/count").text == "1")
    #expect(try notebook.get("/count").text == "2")
    #expect(try notebook.enter("counter") == ["Out[3]: 2"])
  }

  @Test func whatATimerAndARoutePrintLeavesTheTypedLineAsItIs() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/loud\" { print(\"from the route\"); 1 }")
    try notebook.enter("every(50ms) { print(\"tick\") }")
    try notebook.send("let unfinished = [1, 2" + Keys.left)
    try notebook.wait(for: "ticks above the line") {
      $0.fullText.contains("[2] tick\n[2] tick\nIn [3]: let unfinished = [1, 2") && $0.cursor.column == 29
    }
    #expect(try notebook.get("/loud").text == "1")
    try notebook.wait(for: "[1] from the route")
    try notebook.wait(for: "the line below it") { $0.cursorLine == "In [3]: let unfinished = [1, 2" }
    // It is still what was typed, with the cursor where it was.
    try notebook.send("0")
    try notebook.wait(for: "the line changed at the cursor") {
      $0.cursorLine == "In [3]: let unfinished = [1, 02" && $0.cursor.column == 30
    }
  }

  @Test func whatACellPrintsItselfHasNoLabel() throws {
    let notebook = try NotebookTerminal()
    #expect(try notebook.enter("print(\"one\\ntwo\"); 3") == ["one", "two", "Out[1]: 3"])
  }

  @Test func whatIsTypedWhileACellRunsIsRunAfterIt() throws {
    let notebook = try NotebookTerminal()
    try notebook.send("await sleep(300ms)\r\r\r1 + 1\rroute \"/x\" {\r5\r}\r")
    try notebook.wait(for: "all of it") { $0.text.contains("Out[2]: 2\n") && $0.text.contains("route /x") }
    #expect(try notebook.get("/x").text == "5")
  }

  /// The same values filled the window level by level.
  @Test func aCollectionWithinItselfIsShownOnce() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("[1, [1]]")
    #expect(try notebook.enter("Out") == ["Out[2]: [1: [1, [1]]]"])
    #expect(try notebook.enter("Out") == ["Out[3]: [1: [1, [1]], 2: […]]"])
  }

  @Test func namesRoutesAndCommandsAreCompleted() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/greet/<user>\" { user }; let wonderful = 5")
    try notebook.send("wond" + Keys.tab)
    try notebook.wait(for: "In [2]: wonderful")
    try notebook.send(Keys.interrupt + "%open /g" + Keys.tab + "me\r")
    try notebook.wait(for: "/greet/me")
    try notebook.waitForPrompt()
    try notebook.send("%rest" + Keys.tab)
    try notebook.wait(for: "In [2]: %restart")
  }

  @Test func historyLastsFromOneRunToTheNextAndRecallsACellWhole() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.enter("route \"/again\" {\n\"and again\"\n}")
    try first.send(Keys.endOfInput)
    try first.wait(for: "there are unsaved cells")
    try first.send(Keys.endOfInput)
    #expect(try first.terminal.waitForExit() == .code(0))

    let second = try NotebookTerminal(home: home)
    try second.send(Keys.up)
    try second.wait(for: "In [1]: route \"/again\" {\n   ...:     \"and again\"\n   ...: }")
    try second.send("\r")
    try second.wait(for: "http://127.0.0.1:\(second.port())/again")
    #expect(try second.get("/again").text == "and again")
  }

  @Test func aMarkerOfTheFileFormatIsRefusedAndNotRun() throws {
    let notebook = try NotebookTerminal()
    try notebook.terminal.paste("print(1)\n# %% 7\nprint(2)")
    try notebook.send("\r")
    try notebook.wait(for: "line 2 looks like a marker of the cells file")
    #expect(try notebook.enter("%cells") == ["the notebook is empty; type a cell"])
  }

  @Test(arguments: [20, 8])
  func aNarrowWindowWorks(_ columns: Int) throws {
    let notebook = try NotebookTerminal(columns: columns, rows: 10, waits: false)
    try notebook.send("route \"/narrow\" { \"a narrow window\" }\r")
    try notebook.send("await get(\"/narrow\").text\r")
    let answer = "Out[2]: \"a narrow window\""
    try notebook.wait(for: "the answer, wrapped") {
      ($0.scrolledLines + $0.lines).joined().replacing(" ", with: "").contains(
        answer.replacing(" ", with: ""))
    }
    notebook.terminal.resize(columns: 60, rows: 10)
    try notebook.send("5 * 5\r")
    try notebook.wait(for: "Out[3]: 25")
  }
}
