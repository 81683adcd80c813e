import Glibc
import TestSupport
import Testing

/// Commands that change the notebook, and what is stale by them.
@Suite struct NotebookCommandTests {
  private func order(_ notebook: NotebookTerminal) throws -> [String] {
    try notebook.enter("%show").filter { $0.hasPrefix("In [") }
  }

  @Test func cellsAreMovedInsertedAndPutBack() throws {
    let notebook = try NotebookTerminal()
    for letter in ["a", "b", "c"] { try notebook.enter("\"\(letter)\"") }
    #expect(try notebook.enter("%move 3 1") == ["in order: [3], [1], [2]"])
    #expect(try notebook.enter("%move 3 1 end") == ["in order: [2], [3], [1]"])
    #expect(try notebook.enter("%undo") == ["%move is undone; in order: [3], [1], [2]"])
    #expect(try notebook.enter("%insert 1") == ["the next cell that you enter goes before [1]"])
    try notebook.enter("\"new\"")
    try notebook.enter("\"last\"")
    #expect(
      try order(notebook) == [
        "In [3]: \"c\"", "In [4]: \"new\"", "In [1]: \"a\"", "In [2]: \"b\"", "In [5]: \"last\"",
      ])
    // A cell that was entered stays, where it would have been.
    #expect(try notebook.enter("%undo") == ["%insert is undone; in order: [3], [1], [2], [4], [5]"])
    #expect(try notebook.enter("%undo") == ["%move is undone; in order: [1], [2], [3], [4], [5]"])
    #expect(try notebook.enter("%undo")[0].hasPrefix("there is nothing to undo"))
  }

  /// The cell that was entered went with all it made, without a word.
  @Test func undoingAnInsertKeepsWhatWasEntered() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("\"a\"")
    try notebook.enter("%insert 1")
    try notebook.enter("let zero = 0; route \"/zero\" { zero }")
    #expect(try notebook.enter("%undo") == ["%insert is undone; in order: [1], [2]"])
    #expect(try notebook.get("/zero").text == "0")
    #expect(try notebook.enter("zero") == ["Out[3]: 0"])
    // Before a cell was entered it is only forgotten, in its turn.
    try notebook.enter("%insert 1")
    try notebook.enter("%move 1 end")
    #expect(
      try notebook.enter("%move 1 end") == ["they stand so already, in order: [2], [3], [1]"])
    #expect(try notebook.enter("%undo") == ["%move is undone; in order: [1], [2], [3]"])
    #expect(
      try notebook.enter("%undo") == ["%insert is undone; the next cell that you enter goes to the end"])
    try notebook.enter("%insert 1")
    #expect(try notebook.enter("%insert end") == ["the next cell that you enter goes to the end"])
    try notebook.enter("\"b\"")
    #expect(try order(notebook).last == "In [4]: \"b\"")
  }

  @Test func theNextCellGoesWhereADeletedOneStoodThatItWasToPrecede() throws {
    let notebook = try NotebookTerminal()
    for text in ["\"a\"", "\"b\"", "\"c\""] { try notebook.enter(text) }
    try notebook.enter("%insert 2")
    try notebook.enter("%delete 2")
    try notebook.enter("\"d\"")
    #expect(try notebook.enter("%move 1 end") == ["in order: [4], [3], [1]"])
  }

  @Test func aListedCellStaysInItsLine() throws {
    let notebook = try NotebookTerminal(rows: 30)
    try notebook.enter("let text = \"" + String(repeating: "long ", count: 30) + "\"")
    let lines = try notebook.enter("%cells")
    #expect(lines.count == 1 && lines[0].hasSuffix("…"))
  }

  @Test func aDeletedCellComesBackWithoutWhatItMade() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/one\" { 1 }")
    try notebook.enter("let two = 2")
    #expect(
      try notebook.enter("%delete 1-2") == ["2 cells are gone with all they made; %undo brings them back"])
    #expect(try notebook.get("/one").status == 404)
    #expect(try notebook.enter("%undo") == ["[1], [2] are back, not run yet"])
    #expect(try notebook.get("/one").status == 404)
    #expect(try notebook.enter("%cells").allSatisfy { $0.contains("not run") })
    try notebook.enter("%run all")
    #expect(try notebook.get("/one").text == "1")
  }

  @Test func whatReadsWhatHasChangedIsStaleAndRunsAgainInOrder() throws {
    let notebook = try NotebookTerminal()
    for cell in ["var base = 2", "let double = base * 2", "double + 1", "7"] { try notebook.enter(cell) }
    #expect(try notebook.enter("%run stale") == ["no cell is stale"])
    #expect(
      try notebook.enter("base = 5").contains {
        $0.hasPrefix("[2], [3] are stale, since what they read has changed; %run stale runs them again")
      } == false)
    #expect(
      try notebook.enter("%run 1").contains(
        "[2], [3], [5] are stale, since what they read has changed; %run stale runs them again"))
    let states = try notebook.enter("%cells")
    #expect(states.map { $0.contains("stale") } == [false, true, true, false, true])
    #expect(
      try notebook.enter("%run stale").filter { $0.hasPrefix("In [") || $0.hasPrefix("Out[") } == [
        "In [2]: let double = base * 2", "In [3]: double + 1", "Out[3]: 5", "In [5]: base = 5",
      ])
    #expect(try notebook.enter("%cells").allSatisfy { !$0.contains("stale") })
    // A deletion counts as well.
    #expect(
      try notebook.enter("%delete 2")[1]
        == "[3] is stale, since what it reads has changed; %run stale runs it again")
  }

  @Test func whatIsWrongWithACommandIsSaid() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("1")
    for (command, answer) in [
      ("%move", "say which and where"), ("%move 1", "say which and where"),
      ("%move 1 9", "there is no cell [9]"),
      ("%move 7 1", "there is no cell [7]"), ("%move 1 1", "cell [1] cannot go before itself"),
      ("%insert", "say before which one: %insert 3"), ("%insert 9", "there is no cell [9]"),
      ("%insert foo", "\"foo\" names no cell; write %insert 3"),
      ("%edit foo", "\"foo\" names no cell; write %edit 3"),
      ("%move 1 foo", "\"foo\" names no cell; write %move 3 1 or %move 3-5 end"),
      ("%undo 3", "%undo stands alone"),
      ("%run stale", "no cell is stale"), ("%show stale", "no cell is stale"),
    ] {
      #expect(try notebook.enter(command)[0].hasPrefix(answer), "\(command)")
    }
  }

  @Test func aResetEmptiesTheNotebookAndIsUndone() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/one\" { 1 }")
    try notebook.enter("2")
    #expect(
      try notebook.enter("%reset") == [
        "the kernel is new and all 2 cells of the notebook are gone; %undo brings them back"
      ])
    #expect(try notebook.get("/one").status == 404)
    #expect(try notebook.enter("%cells") == ["the notebook is empty; type a cell"])
    #expect(try notebook.enter("%undo") == ["[1], [2] are back, not run yet"])
    #expect(try notebook.enter("%rerun") == ["restarted, and ran 2 cells"])
  }

  /// The file still holds what the reset took away: it is not replaced by the way.
  @Test func afterAResetTheFileIsReplacedOnlyIfThatIsMeant() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n\"old\"\n", to: "n.cells")
    let notebook = try NotebookTerminal([home.path + "/n.cells"], home: home)
    try notebook.enter("%reset")
    try notebook.enter("\"new\"")
    #expect(
      try notebook.enter("%save").joined(separator: " ").contains("holds the cells that %reset took away"))
    #expect(home.read("n.cells")?.contains("old") == true)
    #expect(try notebook.enter("%save").first?.hasPrefix("saved 1 cell") == true)
    #expect(home.read("n.cells")?.contains("new") == true)
    try notebook.enter("%reset")
    try notebook.enter("%undo")
    #expect(try notebook.enter("%save").first?.hasPrefix("saved 1 cell") == true)
    try notebook.enter("%reset")
    #expect(try notebook.enter("%reset") == ["the notebook was empty, and the kernel is new"])
  }

  @Test func timesAndWhatWasEnteredAreTold() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("await sleep(20ms)")
    try notebook.enter("func f() {\n1\n}")
    let timed = try notebook.enter("%time all").filter { $0.contains(" took ") }
    #expect(timed.count == 2)
    #expect(timed[0].hasPrefix("[1] took ") && timed[0].hasSuffix(" ms"))
    let history = try notebook.enter("%history 3")
    #expect(history.first == "· func f() {" && history.contains("· %time all"))
    #expect(try notebook.enter("%history x") == ["write %history or %history 50"])
    let entered = try notebook.enter("%time 1 + 2")
    #expect(entered.first == "Out[3]: 3")
    #expect(entered.last?.hasPrefix("[3] took ") == true)
    #expect(try notebook.enter("%time 9") == ["there is no cell [9]; %cells lists them"])
    // Its code goes on until it is complete, and Tab completes in it.
    let lines = try notebook.enter("%time for i in 0..<2 {\nprint(\"i\\(i)\")\n}")
    #expect(Array(lines.dropFirst(2).prefix(2)) == ["i0", "i1"], "\(lines)")
    #expect(lines.last?.hasPrefix("[4] took ") == true)
    try notebook.enter("let visitors = 3")
    try notebook.send("%time 1 + visi" + Keys.tab)
    try notebook.wait(for: "%time 1 + visitors")
    try notebook.send(Keys.interrupt)
    // Of cells behind one that fails no time is told.
    try notebook.enter("throw \"no\"")
    try notebook.enter("8")
    #expect(try notebook.enter("%time 6-7").filter { $0.contains(" took ") }.count == 1)
    #expect(try notebook.enter("%clock")[0].hasSuffix("by the real clock"))
    let virtual = try NotebookTerminal(["--clock", "virtual"])
    try virtual.enter("await sleep(2h)")
    #expect(try virtual.enter("%clock")[0].hasSuffix("after the start of a virtual clock"))
  }

  @Test func allChangesAreThereAfterAKill() throws {
    let home = TemporaryFolder()
    home.write("# %% 1\n\"a\"\n# %% 2\n\"b\"\n# %% 3\n\"c\"\n", to: "n.cells")
    let first = try NotebookTerminal([home.path + "/n.cells"], home: home)
    try first.enter("\"new\"")
    try first.enter("%delete 2")
    try first.enter("%move 3 1")
    try first.enter("%delete 1")
    try first.enter("%undo")
    first.terminal.kill(SIGKILL)
    try first.terminal.waitForExit()

    let second = try NotebookTerminal([home.path + "/n.cells"], home: home)
    #expect(second.screen.text.contains("1 cell was entered, 1 deleted and 2 moved here and not saved"))
    #expect(try second.enter("%recover")[0].hasPrefix("the notebook is as it was left"))
    #expect(try order(second) == ["In [3]: \"c\"", "In [1]: \"a\"", "In [4]: \"new\""])
  }
}
