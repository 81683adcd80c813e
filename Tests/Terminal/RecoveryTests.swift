import Glibc
import TestSupport
import Testing

@Suite struct RecoveryTests {
  @Test func cellsComeBackAfterAKill() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.enter("let n = 5")
    try first.enter("route \"/n\" {\nn\n}")
    // It is on the disk before it runs, so also the cell that was running comes back.
    try first.send("await sleep(1h)\r")
    try first.waitUntilRunning(3)
    first.terminal.kill(SIGKILL)
    #expect(try first.terminal.waitForExit() == .signal(SIGKILL))

    let second = try NotebookTerminal(home: home)
    #expect(second.screen.text.contains("3 cells were entered in a notebook that ended without saving"))
    let shown = try second.enter("%recover show")
    #expect(shown.count == 4 && shown[1].hasPrefix("  entered: "))
    #expect(
      try second.enter("%recover") == ["3 cells are back, not run yet; %cells lists them, %rerun runs all"])
    #expect(try second.get("/n").status == 404)
    #expect(try second.enter("%rerun 1-2") == ["restarted, and ran 2 cells"])
    #expect(try second.get("/n").text == "5")
    #expect(try second.enter("%recover") == ["there is nothing to recover"])
    // They are journalled again.
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()
    let third = try NotebookTerminal(home: home)
    #expect(third.screen.text.contains("3 cells were entered"))
    #expect(try third.enter("%recover drop") == ["forgotten"])
    #expect(try third.enter("%recover") == ["there is nothing to recover"])
  }

  /// A cell that was entered while another one waited was lost by a kill, and by Ctrl-C.
  @Test func whatIsTypedWhileACellWaitsIsNotLost() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.enter("let n = 5")
    try first.send("await sleep(1h)\r")
    try first.waitUntilRunning(2)
    try first.send("let ahead = 6\r%cells\rroute \"/a\" {\rahead\r}\rhalf")
    try first.wait(for: "  then: half")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()

    let second = try NotebookTerminal(home: home)
    #expect(second.screen.text.contains("4 cells were entered in a notebook that ended without saving"))
    try second.enter("%recover")
    let shown = try second.enter("%show")
    #expect(
      shown == [
        "In [1]: let n = 5", "In [2]: await sleep(1h)", "In [3]: let ahead = 6", "In [4]: route \"/a\" {",
        "   ...:     ahead", "   ...: }",
      ])
    try second.send("await sleep(1h)\r")
    try second.waitUntilRunning(5)
    try second.send("\"kept\"\r")
    try second.wait(for: "  then: \"kept\"")
    try second.send(Keys.interrupt)
    try second.wait(for: "what was typed meanwhile has not been run; Up brings it")
    try second.waitForPrompt()
    try second.send(Keys.up)
    try second.wait(for: "In [6]: \"kept\"")
    // It has not become a cell, and is none that is brought back.
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()
    #expect(try NotebookTerminal(home: home).screen.text.contains("5 cells were entered"))
  }

  @Test func aCellThatWaitsForItsTurnSaysWhatItWaitsFor() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"], columns: 100)
    try notebook.send("while true { }\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.waitForPrompt()
    try notebook.send("1 + 1\r")
    try notebook.wait(for: "waits for its turn: [1] computes; Ctrl-C and %fg 1 lead there")
    try notebook.send(Keys.interrupt)
    try notebook.waitForPrompt()
    try notebook.send("%fg 1\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.interrupt)
    try notebook.waitForPrompt()
    #expect(try notebook.enter("1 + 1") == ["Out[3]: 2"])
  }

  /// Each text that has had its turn is there once.
  @Test func whatWasTypedAheadIsNoCellTwice() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.send("let done = deferred()\r")
    try first.waitForPrompt()
    try first.send("await done\r")
    try first.waitUntilRunning(2)
    try first.send("await sleep(1h)\r3\r4\r")
    try first.wait(for: "  then: 4")
    try first.send(Keys.background)
    try first.waitUntilRunning(3)
    try first.wait(for: "  then: 4")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()
    let second = try NotebookTerminal(home: home)
    try second.enter("%recover")
    #expect(
      try second.enter("%show").map { $0.dropFirst(8) } == [
        "let done = deferred()", "await done", "await sleep(1h)", "3", "4",
      ])
  }

  /// Of a transcript that was pasted, only the cell that ran was on the disk.
  @Test func thePastedCellsBehindOneThatWaitsAreNotLost() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.terminal.paste("In [7]: await sleep(1h)\nIn [8]: 8\nOut[8]: 8\n\nIn [9]: 9")
    try first.send("\r")
    try first.waitUntilRunning(1)
    try first.send(Keys.interrupt)
    try first.wait(for: "interrupted; 2 of the pasted cells were not entered; Up brings the whole")
    try first.waitForPrompt()
    try first.send(Keys.up + "\r")
    try first.waitUntilRunning(2)
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()
    let second = try NotebookTerminal(home: home)
    try second.enter("%recover")
    #expect(
      try second.enter("%show") == [
        "In [1]: await sleep(1h)", "In [2]: await sleep(1h)", "In [3]: 8", "In [4]: 9",
      ])
  }

  /// The end of the pipe took what it had brought back along, and nobody had been asked.
  @Test func whatAPipeBringsBackIsThereUntilItIsSaved() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.enter("let n = 5")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()
    for input in ["'%recover'", "'%recover' '%load other.cells'", "'%recover' 5"] {
      home.write("# %% 1\n1\n", to: "other.cells")
      let shell = try NotebookTerminal(
        shell: "printf '%s\\n' \(input) | $routebook --port 0 2>err; echo \"status $?\"", home: home)
      try shell.wait(for: "status ")
      let errors = home.read("err") ?? ""
      #expect(
        errors.hasSuffix("what %recover brought back was not saved: the next start offers it again\n"),
        "\(errors)")
    }
    let saving = try NotebookTerminal(
      shell: "printf '%s\\n' '%recover' '%save kept.cells' | $routebook --port 0; echo \"status $?\"",
      home: home)
    try saving.wait(for: "status 0")
    #expect(home.read("kept.cells")?.contains("let n = 5") == true)
    #expect(try NotebookTerminal(home: home).enter("%recover") == ["there is nothing to recover"])
  }

  /// The line that names where unsaved cells wait named nothing, and who started with the file's name heard nothing.
  @Test func cellsOfAFileThatIsGoneAreToldOf() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n1\n", to: "gone.cells")
    home.write("# %% 1\n2\n", to: "two.cells")
    let first = try NotebookTerminal([home.path + "/gone.cells"], home: home)
    try first.enter("let precious = 1")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()
    unlink(home.path + "/gone.cells")
    let second = try NotebookTerminal([home.path + "/two.cells"], home: home, columns: 200)
    #expect(
      second.screen.text.contains("unsaved cells of other notebooks wait for: routebook without a file\n"))
    let third = try NotebookTerminal([home.path + "/gone.cells"], home: home, columns: 200, waits: false)
    #expect(try third.terminal.waitForExit() == .code(2))
    #expect(
      third.screen.text.contains("what was entered there and never saved waits for: routebook without a file")
    )
    #expect(try NotebookTerminal(home: home).enter("%recover")[0].hasPrefix("1 cell is back"))
  }

  /// Wherever a program is killed, every cell whose prompt has come back, and every one that runs, is offered again.
  @Test(arguments: 0..<10)
  func noEnteredCellIsLostWhereverTheProgramIsKilled(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // Five points for each of ten notebooks.
    for _ in 0..<5 {
      let home = TemporaryFolder()
      let first = try NotebookTerminal(home: home)
      let count = Int.random(in: 1...4, using: &random)
      for number in 1...count { try first.enter("let name\(number) = \"text \(number)\"") }
      // Somewhere within the typing, the running or the saving of one more.
      switch Int.random(in: 0..<4, using: &random) {
      case 0: try first.send("let more = 5\r")
      case 1: try first.send("let half")
      case 2: try first.send("%move 1 end\r%undo\r")
      default: try first.send("await sleep(1h)\r")
      }
      usleep(UInt32.random(in: 0..<30_000, using: &random))
      first.terminal.kill(SIGKILL)
      try first.terminal.waitForExit()

      let second = try NotebookTerminal(home: home)
      #expect(second.screen.text.contains("in a notebook that ended without saving"))
      try second.enter("%recover")
      let shown = try second.enter("%show")
      for number in 1...count {
        #expect(
          shown.contains { $0.hasSuffix("let name\(number) = \"text \(number)\"") }, "\(number) in \(shown)")
      }
    }
  }

  @Test func whatHasBeenTypedSinceIsNotOverwritten() throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    try first.enter("\"first\"")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()

    let second = try NotebookTerminal(home: home)
    try second.enter("\"second\"")
    #expect(try second.enter("%recover")[0].hasPrefix("1 cell is back"))
    #expect(try second.enter("%show") == ["In [1]: \"second\"", "In [2]: \"first\""])
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()

    let third = try NotebookTerminal(home: home)
    try third.enter("%recover")
    #expect(try third.enter("%show") == ["In [1]: \"second\"", "In [2]: \"first\""])
  }

  @Test func cellsOfTheSameFileTakeTheirOldPlaces() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n\"in the file\"\n", to: "a.cells")
    let first = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try first.enter("\"entered\"")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()

    let second = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try second.enter("%recover")
    #expect(try second.enter("%show") == ["In [1]: \"in the file\"", "In [2]: \"entered\""])
    #expect(try second.enter("%save")[0].hasPrefix("saved 2 cells"))
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()
    // What was saved is not offered.
    #expect(try !NotebookTerminal([home.path + "/a.cells"], home: home).screen.text.contains("%recover"))
  }

  @Test func cellsComeBackIntoTheirOwnNotebookOnly() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n\"a\"\n", to: "a.cells")
    home.write("# %% 1\n\"b\"\n", to: "b.cells")
    for arguments in [[home.path + "/a.cells"], [home.path + "/b.cells"], []] {
      let killed = try NotebookTerminal(arguments, home: home)
      try killed.enter("\"entered in \(arguments.first?.suffix(7) ?? "none")\"")
      killed.terminal.kill(SIGKILL)
      try killed.terminal.waitForExit()
    }

    let a = try NotebookTerminal([home.path + "/a.cells"], home: home)
    #expect(a.screen.text.contains("1 cell was entered here and not saved"))
    // Broken between words, as all notices are.
    #expect(
      a.screen.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
        "unsaved cells of other notebooks wait for: routebook \(home.path)/b.cells, routebook without a file")
    )
    try a.enter("%recover")
    #expect(try a.enter("%show") == ["In [1]: \"a\"", "In [2]: \"entered in a.cells\""])
    try a.enter("%save")
    let unnamed = try NotebookTerminal(home: home)
    #expect(unnamed.screen.text.contains("1 cell was entered in a notebook that ended without saving"))
    #expect(try unnamed.enter("%recover drop") == ["forgotten"])
    let b = try NotebookTerminal([home.path + "/b.cells"], home: home)
    #expect(!b.screen.text.contains("other notebooks"))
    try b.enter("%recover")
    #expect(try b.enter("%show") == ["In [1]: \"b\"", "In [2]: \"entered in b.cells\""])
  }

  /// The cell that came last stood before one of the file's.
  @Test func cellsStandInTheOrderThatTheyHadWhereSomeWereDeleted() throws {
    let home = TemporaryFolder()
    home.write((1...4).map { "# %% \($0)\n\"file\($0)\"\n" }.joined(), to: "a.cells")
    let first = try NotebookTerminal([home.path + "/a.cells"], home: home)
    for text in ["%delete 3", "\"c3\"", "%undo", "%insert 2", "\"c6\"", "%delete 1", "%move 4 6", "%undo"] {
      try first.enter(text)
    }
    let shown = try first.enter("%show")
    #expect(shown.compactMap { $0.split(separator: "\"").last } == ["c6", "file2", "file3", "file4", "c3"])
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()

    let second = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try second.enter("%recover")
    #expect(try second.enter("%show") == shown)
    // Again, from what was journalled as it came back.
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()
    let third = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try third.enter("%recover")
    #expect(try third.enter("%show") == shown)
  }

  // A recovered cell once took the place of one that had been written into the file since.
  @Test func nothingThatCameIntoTheFileSinceIsReplaced() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n\"one\"\n", to: "a.cells")
    let first = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try first.enter("\"typed\"")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()
    home.write("# %% 1\n\"one\"\n# %% 2\n\"by an editor\"\n", to: "a.cells")

    let second = try NotebookTerminal([home.path + "/a.cells"], home: home)
    try second.enter("%recover")
    let shown = ["In [1]: \"one\"", "In [2]: \"by an editor\"", "In [3]: \"typed\""]
    #expect(try second.enter("%show") == shown)
    second.terminal.kill(SIGKILL)
    try second.terminal.waitForExit()
    // Only what a person entered is journalled, under its new number.
    let third = try NotebookTerminal([home.path + "/a.cells"], home: home)
    #expect(third.screen.text.contains("1 cell was entered"))
    try third.enter("%recover")
    #expect(try third.enter("%show") == shown)
  }

  @Test(arguments: ["exec", "trap '' HUP; exec"])
  func aTerminalThatGoesAwayKeepsTheCells(_ start: String) throws {
    let home = TemporaryFolder()
    // A program that ignores SIGHUP finds the end of its input instead.
    let first = try NotebookTerminal(shell: "\(start) $routebook --port 0", home: home)
    try first.enter("\"not lost\"")
    first.terminal.hangUp()
    try #expect(first.terminal.waitForExit() == (start == "exec" ? .signal(SIGHUP) : .code(0)))

    let second = try NotebookTerminal(home: home)
    #expect(try second.enter("%recover")[0].hasPrefix("1 cell is back"))
    #expect(try second.enter("%show") == ["In [1]: \"not lost\""])
  }
}
