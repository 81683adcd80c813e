import Glibc
import Foundation
import TestSupport
import Testing

@Suite struct InterruptionTests {
  @Test func controlCAtThePromptDropsWhatWasTypedAndNothingElse() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let kept = 5")
    try notebook.send("route \"/x\" {\rhalf" + Keys.interrupt)
    try notebook.wait(for: "half^C")
    #expect(try notebook.enter("kept") == ["Out[2]: 5"])
  }

  @Test func controlCInAWaitingCellKeepsWhatTheKernelHas() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var n = 5; route \"/n\" { n }")
    try notebook.send("route \"/gone\" { 1 }; n = 6; await sleep(1h)\r")
    try notebook.waitUntilRunning(2)
    #expect(try notebook.get("/gone").text == "1")
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted: what the cell declared is put back as it was")
    #expect(try notebook.get("/gone").status == 404)
    #expect(try notebook.get("/n").text == "6")
    #expect(try notebook.enter("n") == ["Out[3]: 6"])
    #expect(try notebook.enter("%cells")[1].hasPrefix("  [2] stopped "))
  }

  @Test func controlCStopsACellThatComputesWithoutEnd() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    try notebook.enter("route \"/\" { \"here\" }")
    try notebook.send("while true { }\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted")
    #expect(try notebook.get("/").text == "here")
    #expect(try notebook.enter("2 + 2") == ["Out[3]: 4"])
  }

  // A restart made a new machine, whose interruption nobody knew until its first cell had ended.
  @Test func controlCStopsEndlessCellsThatAreRunAgain() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    try notebook.send("while true { }\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted")
    try notebook.waitForPrompt()
    try notebook.send("%rerun\r")
    try notebook.wait(for: "cell 1 of 1")
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "restarted, but cell [1] did not succeed")
    #expect(try notebook.enter("2 + 2") == ["Out[2]: 4"])
  }

  /// Between two cells Ctrl-C met nothing that it could stop, and the next one ran.
  @Test(arguments: ["%run all", "%rerun", "%run stale"], [Keys.interrupt, Keys.background])
  func controlCAndControlZStopARunOfManyCellsHoweverShortTheyAre(_ command: String, _ key: String) throws {
    let home = TemporaryFolder()
    let count = 6_000
    let cells = (1...count).map { $0 == 1 ? "let k1 = 1" : "let k\($0) = k1" }
    home.write(cells.enumerated().map { "# %% \($0 + 1)\n\($1)\n" }.joined(), to: "many.cells")
    let notebook = try NotebookTerminal(["--no-run", home.path + "/many.cells"], home: home)
    if command == "%run stale" {
      // All of them read what the first declares, which runs again.
      try notebook.send("%rerun\r")
      try notebook.wait(for: "restarted, and ran \(count) cells")
      try notebook.waitForPrompt()
      try notebook.enter("%run 1")
    }
    try notebook.send(command + "\r")
    if command == "%rerun" {
      try notebook.wait(for: "cell ") { $0.lines.contains { $0.contains(" of \(count) ") } }
    } else {
      // Any that is in sight: one of them may be gone again before anybody looks.
      try notebook.wait(for: "In [") { screen in
        screen.lines.contains { line in
          guard line.hasPrefix("In ["), line.contains(" = k1") else { return false }
          return Int(line.dropFirst(4).prefix { $0 != "]" }).map { $0 >= 20 } ?? false
        }
      }
    }
    try notebook.send(key)
    try notebook.wait(for: "the end of the run") {
      $0.fullText.contains("; the cells after it were not run")
        || $0.fullText.contains("not run; %run ")
    }
    try notebook.waitForPrompt()
    #expect(!notebook.screen.fullText.contains("In [\(count)]: let k\(count)"))
    #expect(try notebook.enter("k1") == ["Out[\(count + 1)]: 1"])
  }

  @Test func aCellInTheBackgroundGoesOnAndSaysWhatItCameTo() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let d = deferred(); route \"/go\" { d.resolve(42) }")
    try notebook.send("await d\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[2] goes on in the background")
    #expect(try notebook.enter("%cells")[1].hasPrefix("  [2] waits "))
    try notebook.send("half a li")
    try notebook.wait(for: "In [3]: half a li")
    #expect(try notebook.get("/go").text == "true")
    try notebook.wait(for: "the result above the line") {
      $0.text.contains("[2] has ended after") && $0.text.hasSuffix("Out[2]: 42\nIn [3]: half a li")
    }
    try notebook.send(Keys.interrupt)
    #expect(try notebook.enter("%cells")[1].hasPrefix("  [2] ran "))
  }

  /// The help was to declare it first.
  @Test func aNameThatACellInTheBackgroundWillDeclareIsSaidToCome() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let d = deferred()")
    try notebook.send("let one = await d\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[2] goes on in the background")
    try notebook.waitForPrompt()
    #expect(
      try notebook.enter("one").contains(
        "  help: cell [2], which declares it, still waits: try again when it has ended"))
    #expect(try notebook.enter("print(two); let two = 2").contains { $0.contains("declare it first") })
    // It failed, it was said, and was to be mended.
    try notebook.send("let three = await d\r")
    try notebook.waitUntilRunning(5)
    try notebook.send(Keys.interrupt)
    #expect(
      try notebook.enter("three").contains(
        "  help: cell [5], which declares it, was stopped: run that one again"))
    #expect(try notebook.enter("Out[5]") == ["there is no Out[5]: cell [5] was stopped"])
  }

  /// The prompt asked the kernel something and waited until it had computed.
  @Test func aCellThatComputesInTheBackgroundHoldsNoKeyUp() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    try notebook.send("while true { }\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[1] goes on in the background")
    try notebook.waitForPrompt()
    try notebook.send("half")
    try notebook.wait(for: "In [2]: half")
    try notebook.send(Keys.interrupt)
    try notebook.waitForPrompt()
    #expect(try notebook.enter("%cells") == ["  [1] waits           while true { }"])
    // What only the kernel knows takes until it is interrupted.
    try notebook.send("%vars\r")
    try notebook.wait(for: "a cell computes, and nothing else can be asked meanwhile")
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "no cell has declared a name yet")
    try notebook.waitForPrompt()
    #expect(notebook.screen.fullText.contains("[1] has ended after"))
  }

  @Test func aCellThatIsBeingTypedStandsThereOnceAfterAStop() throws {
    let notebook = try NotebookTerminal(shell: "exec bash --norc -i")
    try notebook.wait(for: "bash")
    try notebook.send("$routebook --port 0\r")
    try notebook.wait(for: "In [1]:")
    try notebook.send("func f() {\rlet a = 1\rlet b = 2")
    try notebook.wait(for: "let b = 2")
    try notebook.send(Keys.background)
    try notebook.wait(for: "Stopped")
    try notebook.send("fg\r")
    try notebook.wait(for: "the cell again") { $0.text.contains("let b = 2") }
    try notebook.send("\r}\rf\r")
    try notebook.wait(for: "Out[2]: <Function f>")
    let lines = notebook.screen.lines.filter { $0.hasPrefix("In [1]: ") }
    #expect(lines == ["In [1]: func f() {"], "\(notebook.screen.text)")
  }

  /// The notice of the continuation was heard after the cell had been painted for the editor's end.
  @Test func aCellStandsThereOnceAfterAStopOfTheEditorThatHadIt() throws {
    let notebook = try NotebookTerminal(
      shell: """
        printf '#!/bin/sh\ntrap "echo goes on" CONT\necho edits\nuntil read line; do :; done\n' >edit
        chmod +x edit
        export EDITOR="$PWD/edit" VISUAL=
        exec bash --norc -i
        """)
    try notebook.wait(for: "bash")
    try notebook.send("$routebook --port 0\r")
    try notebook.wait(for: "In [1]:")
    try notebook.send("func f() {\rlet a = 1")
    try notebook.wait(for: "let a = 1")
    try notebook.send("\u{18}\u{05}")
    try notebook.wait(for: "edits")
    try notebook.send(Keys.background)
    try notebook.wait(for: "Stopped")
    try notebook.send("fg\r")
    try notebook.wait(for: "goes on")
    try notebook.send("\r")
    // Keys are heard before notices: each leaves the editor time for the notice.
    for place in 0...3 {
      let line = "let a = 1" + String(repeating: "0", count: place)
      try notebook.wait(for: "the cell again") { $0.text.contains(line) }
      try notebook.send("0")
    }
    try notebook.send("\r}\rf\r")
    try notebook.wait(for: "Out[2]: <Function f>")
    let lines = notebook.screen.lines.filter { $0.hasPrefix("In [1]: ") }
    #expect(lines == ["In [1]: func f() {"], "\(notebook.screen.text)")
  }

  @Test func aRestartAndTheEndStopAllCellsThatCompute() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    for restarts in [true, false] {
      let first = restarts ? 1 : 3
      for cell in [first, first + 1] {
        try notebook.send("while true { }\r")
        try notebook.waitUntilRunning(cell)
        try notebook.send(Keys.background)
        try notebook.wait(for: "[\(cell)] goes on in the background")
        try notebook.waitForPrompt()
      }
      if restarts {
        try notebook.send("%restart\r")
        try notebook.wait(for: "restarted: variables, routes and timers are gone")
        try notebook.waitForPrompt()
      } else {
        try notebook.send(Keys.endOfInput)
        try notebook.wait(for: "there are unsaved cells")
        try notebook.send(Keys.endOfInput)
        #expect(try notebook.terminal.waitForExit() == .code(0))
      }
    }
  }

  private func leave(_ cell: Int, _ text: String, inTheBackgroundOf notebook: NotebookTerminal) throws {
    try notebook.send(text + "\r")
    try notebook.waitUntilRunning(cell)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[\(cell)] goes on in the background")
    try notebook.waitForPrompt()
  }

  /// It stopped the other, which computed at the moment.
  @Test func controlCStopsTheCellThatTheLineNames() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    for cell in 1...2 { try leave(cell, "while true { }", inTheBackgroundOf: notebook) }
    try notebook.send("%fg\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted")
    try notebook.waitForPrompt()
    #expect(!notebook.screen.fullText.contains("[1] has ended"))
    try notebook.send("%fg\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "both interrupted") {
      $0.fullText.components(separatedBy: "interrupted: ").count == 3
    }
    #expect(try notebook.enter("1 + 1") == ["Out[3]: 2"])
    #expect(try notebook.enter("%cells").prefix(2).allSatisfy { $0.contains("stopped") })
  }

  /// Its end was told by nothing, and the new run failed for what the earlier had awaited.
  @Test(arguments: ["await sleep(1h)", "while true { }"])
  func aCellThatIsRunAgainSaysThatItsEarlierRunWasStopped(_ text: String) throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    try leave(1, text, inTheBackgroundOf: notebook)
    try notebook.send("%run 1\r")
    try notebook.wait(for: "[1] waited in the background and was stopped")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "interrupted")
    #expect(try notebook.enter("1 + 1") == ["Out[2]: 2"])
    #expect(try notebook.enter("%fg") == ["nothing waits in the background"])
  }

  @Test func aNarrowWindowBreaksSuchLinesBetweenWords() throws {
    let notebook = try NotebookTerminal(columns: 30, rows: 10, waits: false)
    try notebook.waitForPrompt()
    try notebook.send("await sleep(1h)\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[1] goes on in the\nbackground; %fg brings it\nback\nIn [2]:")
    try notebook.send("%run 1\r")
    try notebook.wait(for: "[1] waited in the background\nand was stopped\n")
  }

  @Test func aRunThatATextWithAnErrorLeavesAloneIsStillTold() throws {
    let notebook = try NotebookTerminal(environment: ["EDITOR": "", "VISUAL": ""])
    try notebook.enter("let go = deferred()")
    try leave(2, "await go", inTheBackgroundOf: notebook)
    try notebook.send("%edit 2\r")
    try notebook.wait(for: "the cell") { $0.cursorLine == "In [2]: await go" }
    try notebook.send(" +\r\r")
    try notebook.wait(for: "error")
    try notebook.enter("go.resolve(5); nil")
    try notebook.wait(for: "Out[2]: 5")
    #expect(!notebook.screen.fullText.contains("was stopped"))
  }

  @Test func aCellThatIsRunAgainWhileItWaitsGoesToTheBackgroundAgain() throws {
    let notebook = try NotebookTerminal()
    try notebook.send("await sleep(1h)\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.wait(for: "[1] goes on in the background")
    try notebook.waitForPrompt()
    try notebook.send("%run 1\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.wait(for: "it in the background again") {
      $0.fullText.components(separatedBy: "[1] goes on in the background").count == 3
    }
    try notebook.waitForPrompt()
  }

  /// As another program's "interrupt" does.
  @Test func aSignalInterruptsTheCellAsControlCDoes() throws {
    let notebook = try NotebookTerminal()
    try notebook.send("await sleep(1h)\r")
    try notebook.waitUntilRunning(1)
    notebook.terminal.kill(SIGINT)
    try notebook.wait(for: "interrupted")
    #expect(try notebook.enter("1 + 1") == ["Out[2]: 2"])
  }

  @Test func aRestartSaysWhichCellItStoppedInTheBackground() throws {
    let notebook = try NotebookTerminal()
    try notebook.send("await sleep(1h)\r")
    try notebook.waitUntilRunning(1)
    try notebook.send(Keys.background)
    try notebook.wait(for: "In [2]:")
    #expect(
      try notebook.enter("%restart")
        == [
          "[1] waited in the background and was stopped",
          "restarted: variables, routes and timers are gone; %rerun brings them back",
        ])
    #expect(try notebook.enter("%cells")[0].hasPrefix("  [1] not run"))
    #expect(try notebook.enter("1 + 1") == ["Out[2]: 2"])
  }

  /// The next cell ran at once, before what it needs was there; with many, each key only went on to the next one.
  @Test(arguments: ["", "%run all", "%run 2 4", "%run stale", "%rerun", "%load"])
  func aRunOfSeveralCellsEndsWhereOneIsLeftInTheBackground(_ command: String) throws {
    let home = TemporaryFolder()
    home.write(
      "# %% 1\nlet gate = deferred()\n# %% 2\nlet a = await gate\n# %% 3\nlet b = a\n# %% 4\nlet c = a\n",
      to: "a.cells")
    let file = home.path + "/a.cells"
    let isOpening = command.isEmpty
    let notebook = try NotebookTerminal(
      isOpening ? [file] : command == "%load" ? [] : ["--no-run", file], home: home, waits: !isOpening)
    if ["%run 2 4", "%run stale"].contains(command) { try notebook.enter("%run 1") }
    if command == "%run stale" {
      try notebook.enter("gate.resolve(1)")
      try notebook.enter("%run 2-4")
      try notebook.enter("%run 1")
    }
    if !isOpening { try notebook.send(command == "%load" ? "%load \(file)\r" : command + "\r") }
    try wait(notebook, forSpinnerOf: ["%rerun", "%load"].contains(command) ? "cell 2 of 4" : "[2]")
    try notebook.send(Keys.background)
    let advice = [
      "%run 2 4": "cell [4] was not run; %run 4 runs it",
      "%run stale": "the cells after [2] were not run; %run 3-5 runs them",
    ]
    try notebook.wait(
      for: advice[command] ?? "the cells after [2] were not run; %run 3-4 runs them")
    try notebook.waitForPrompt()
    #expect(notebook.screen.fullText.contains("[2] goes on in the background; %fg brings it back"))
    #expect(try notebook.enter("%cells")[1].hasPrefix("  [2] waits "))
    #expect(!notebook.screen.fullText.contains("is not defined"))
    try notebook.enter("gate.resolve(7); nil")
    try notebook.wait(for: "[2] has ended after")
    try notebook.enter("%run 3-4")
    #expect(try notebook.enter("[b, c]").last?.hasSuffix(": [7, 7]") == true)
  }

  private func wait(_ notebook: NotebookTerminal, forSpinnerOf label: String) throws {
    try notebook.wait(for: "the spinner of \(label)") { screen in
      screen.lines.contains { $0.dropFirst(2).hasPrefix("\(label) ") && $0.contains(" s") }
    }
  }

  /// Nothing is left to say of cells after it.
  @Test(arguments: ["%run all", "%rerun"])
  func theLastCellOfARunIsLeftInTheBackgroundAsAnyOther(_ command: String) throws {
    let home = TemporaryFolder()
    home.write("# %% 1\nlet gate = deferred()\n# %% 2\nawait gate\n", to: "a.cells")
    let notebook = try NotebookTerminal(["--no-run", home.path + "/a.cells"], home: home)
    try notebook.send(command + "\r")
    try wait(notebook, forSpinnerOf: command == "%rerun" ? "cell 2 of 2" : "[2]")
    try notebook.send(Keys.background)
    try notebook.wait(for: "[2] goes on in the background")
    try notebook.waitForPrompt()
    #expect(!notebook.screen.fullText.contains("not run;"))
    try notebook.send("gate.resolve(5)\r")
    try notebook.wait(for: "what it came to") { $0.fullText.contains("Out[2]: 5") }
  }

  @Test func aFloodOfOutputIsStoppedByControlC() throws {
    let notebook = try NotebookTerminal(["--cpu-limit", "1h"])
    try notebook.send("var i = 0; while true { i += 1; print(\"line \\(i)\") }\r")
    // The screen may never stand still for a look at it; what it was told does.
    try eventually("a flood") {
      try? notebook.terminal.wait(for: "a moment", timeout: 0.1) { _ in false }
      return notebook.terminal.output.count > 200_000
    }
    try notebook.send(Keys.interrupt)
    try notebook.waitForPrompt()
    #expect(try notebook.enter("1 + 1") == ["Out[2]: 2"])
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func aSignalToEndPutsTheTerminalBackAndKeepsTheCells(_ signal: Int32) throws {
    let home = TemporaryFolder()
    let first = try NotebookTerminal(home: home)
    let before = first.terminal.modes
    #expect(!before.readsLines && !before.echoes)
    try first.enter("let precious = 5")
    first.terminal.kill(signal)
    #expect(try first.terminal.waitForExit() == .signal(signal))
    let after = first.terminal.modes
    #expect(after.readsLines && after.echoes && after.makesSignals)
    #expect(!first.screen.bracketsPaste && first.screen.isCursorVisible)

    let second = try NotebookTerminal(home: home)
    try second.wait(for: "1 cell was entered in a notebook that ended without saving")
  }
}
