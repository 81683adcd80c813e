import TestSupport
import Testing

@Suite struct StartTests {
  @Test func theTutorialOpensByItsHeadlinesAndServesWhileThePromptIsUp() throws {
    let notebook = try NotebookTerminal([packageFolder + "/cells/tutorial.cells"], rows: 60)
    let text = notebook.screen.fullText
    #expect(text.contains("[2] hello\n[3] open(\"/\")\nopen http://127.0.0.1:"))
    #expect(text.contains("[21] block and unblock\n"))
    #expect(try text.contains("serving http://127.0.0.1:\(notebook.port()), 14 routes\n"))
    #expect(!text.contains("Out["))
    try notebook.send("half typed")
    try notebook.wait(for: "In [24]: half typed")
    #expect(try notebook.get("/").text == "Hello, everybody!")
    #expect(try notebook.get("/greet/you").text == "Hello YOU!")
    #expect(try notebook.get("/count").text == "1")

    // A long poll, ended by another request.
    let waiting = try RawHTTPClient(port: notebook.port())
    try waiting.sendRequest("GET", "/block")
    try eventually("the poll waits") {
      try notebook.get("/unblock/hello%20universe").text == "OK hello universe"
    }
    #expect(try waiting.readResponse().text == "HELLO UNIVERSE")
    #expect(notebook.screen.cursorLine == "In [24]: half typed")
  }

  @Test func aFileCanBeOpenedWithoutRunningIt() throws {
    let notebook = try NotebookTerminal(["--no-run", packageFolder + "/cells/tutorial.cells"])
    #expect(notebook.screen.text.contains("[21] not run         block and unblock"))
    #expect(try notebook.enter("%routes")[0].contains("no routes"))
  }

  /// Each of the two that can't be kept said so in a line of its own.
  @Test func aHomeThatCannotBeWrittenIsSaidInOneNotice() throws {
    let home = TemporaryFolder()
    home.write("in the way", to: "state")
    let notebook = try NotebookTerminal(home: home, columns: 200)
    #expect(try notebook.enter("1 + 1") == ["Out[1]: 2"])
    let notices = notebook.screen.fullText.split(separator: "\n").filter {
      $0.contains("history") || $0.contains("journal")
    }
    #expect(
      notices == [
        "history is kept in memory only, and entered cells are not journalled in \(home.path)/state/routebook/journal: Not a directory"
      ])
    try notebook.send(Keys.up)
    try notebook.wait(for: "In [2]: 1 + 1")
  }

  @Test func aCellThatFailsStopsTheOpeningAndThePromptComes() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n1\n# %% 2\n1 / 0\n# %% 3\nroute \"/\" { 1 }\n", to: "bad.cells")
    let notebook = try NotebookTerminal([home.path + "/bad.cells"], home: home)
    #expect(notebook.screen.text.contains("error: division by zero\n  cell [2], line 1"))
    #expect(notebook.screen.text.contains("cell [2] failed; the cells after it were not run"))
    #expect(
      try notebook.enter("%cells").map { String($0.prefix(14)) }
        == ["  [1] ran     ", "  [2] failed  ", "  [3] not run "])
  }

  @Test func aPortThatWasAskedForAndIsTakenEndsTheProgram() throws {
    let first = try NotebookTerminal()
    let second = try NotebookTerminal(shell: "$routebook --port \(first.port()) 2>err; echo \"status $?\"")
    try second.wait(for: "status 3")
    #expect(
      try second.home.read("err")?.contains("port \(first.port()) is in use by another program") == true)
  }

  @Test func badFilesAndOptionsHaveTheirExitStatuses() throws {
    let notebook = try NotebookTerminal(
      shell: """
        printf '\\377' >bad.cells
        $routebook --port 0 none.cells 2>err1; echo "status $?"
        $routebook --port 0 bad.cells 2>err2; echo "status $?"
        $routebook --nothing 2>err3; echo "status $?"
        $routebook replay 2>err4; echo "status $?"
        echo done
        """)
    try notebook.wait(for: "done")
    let statuses = notebook.screen.lines.filter { $0.hasPrefix("status") }
    #expect(statuses == ["status 2", "status 2", "status 64", "status 64"])
    #expect(notebook.home.read("err1") == "none.cells: there is no such file; check its name and folder\n")
    #expect(notebook.home.read("err2")?.hasPrefix("bad.cells, line 1: ") == true)
    #expect(notebook.home.read("err3")?.contains("--nothing") == true)
  }

  @Test func pipesTakePlainLinesAndGivePlainText() throws {
    let notebook = try NotebookTerminal(
      shell: """
        printf '# %%%% 1\\nroute "/" { "hi" }\\n# %%%% 2\\nafter(20ms) { print("later") }\\n' >good.cells
        printf '# %%%% 1\\n1 / 0\\n' >bad.cells
        printf '1+1\\nroute "/x" {\\n  5\\n}\\nawait get("/x").text\\n' | $routebook --port 0 >out1 2>err1; echo "status $?"
        $routebook --port 0 good.cells </dev/null >out2 2>err2; echo "status $?"
        $routebook --port 0 bad.cells </dev/null >out3 2>err3; echo "status $?"
        echo '1/0' | $routebook --port 0 >out4 2>err4; echo "status $?"
        echo '%load none' | $routebook --port 0 >out5 2>err5; echo "status $?"
        echo done
        """)
    try notebook.wait(for: "done")
    let statuses = notebook.screen.lines.filter { $0.hasPrefix("status") }
    #expect(statuses == ["status 0", "status 0", "status 3", "status 3", "status 3"])
    let lines = notebook.home.read("out1")?.split(separator: "\n").map(String.init) ?? []
    #expect(lines.count == 3)
    #expect(lines.first == "Out[1]: 2")
    #expect(lines.last == "Out[3]: \"5\"")
    #expect(notebook.home.read("out2")?.contains("[2] later\n") == true)
    #expect(notebook.home.read("err3")?.contains("error: division by zero") == true)
    #expect(notebook.home.read("err5") == "none: there is no such file; check its name and folder\n")
    for number in 1...2 { #expect(notebook.home.read("err\(number)") == "") }
  }

  @Test func aDumbTerminalGetsPromptsWithoutEscapes() throws {
    let notebook = try NotebookTerminal(environment: ["TERM": "dumb"])
    try notebook.send("1 + 1\n")
    try notebook.wait(for: "Out[1]: 2\nIn [2]:")
    try notebook.send("route \"/d\" {\n5\n}\n")
    try notebook.wait(for: "In [3]:")
    #expect(try notebook.get("/d").text == "5")
    // Ctrl-C stops a cell, and drops a line, and does not end the notebook.
    try notebook.send("route \"/w\" { 6 }; await sleep(1h)\n")
    // The cell is under way once this route of it is there.
    try eventually("the cell waits") { try notebook.get("/w").text == "6" }
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted: what the cell declared is put back as it was\nIn [4]:")
    try notebook.send("route \"/e\" {\n")
    try notebook.wait(for: "the block's next line") { $0.text.hasSuffix("In [4]: route \"/e\" {\n   ...:") }
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "a new prompt") { $0.text.hasSuffix("   ...: ^C\nIn [4]:") }
    // Ctrl-Z lets a cell go on.
    try notebook.send("route \"/z\" { 8 }; await deferred()\n")
    try eventually("the cell waits") { try notebook.get("/z").text == "8" }
    try notebook.send(Keys.background)
    try notebook.wait(for: "goes on in the background; %fg brings it back")
    try notebook.send("route \"/x\" { 7 }\n")
    try eventually("the next cell runs") { try notebook.get("/x").text == "7" }
    // Ctrl-D asks.
    try notebook.send(Keys.endOfInput)
    try notebook.wait(for: "there are unsaved cells")
    try notebook.send(Keys.endOfInput)
    #expect(try notebook.terminal.waitForExit() == .code(0))
    #expect(!notebook.terminal.output.contains(0x1B))
  }

  @Test func aDumbTerminalIsWrittenToInItsWidth() throws {
    let notebook = try NotebookTerminal(environment: ["TERM": "dumb"], columns: 40)
    try notebook.send("Array(0..<60)\n")
    try notebook.wait(for: "In [2]:")
    let written = String(decoding: notebook.terminal.output, as: UTF8.self)
    #expect(written.contains("58"))
    #expect(written.split(whereSeparator: \.isNewline).allSatisfy { $0.count <= 40 })
  }

  @Test func noColorIsHonoured() throws {
    let plain = try NotebookTerminal(environment: ["NO_COLOR": "1"])
    try plain.enter("\"text\"")
    #expect(plain.screen.style(of: "\"text\"") == [])
    #expect(plain.screen.style(of: "Out[1]") == [])
    let colored = try NotebookTerminal(environment: ["NO_COLOR": ""])
    try colored.enter("\"text\"")
    #expect(colored.screen.style(of: "Out[1]")?.isEmpty == false)
  }
}
