import TestSupport
import Testing

@Suite struct KernelCommandTests {
  @Test func aRestartLeavesThePortWithoutRoutesAndARerunBringsThemBack() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var visits = 0")
    try notebook.enter("route \"/visit\" { visits += 1; visits }")
    #expect(try notebook.get("/visit").text == "1")
    #expect(try notebook.get("/visit").text == "2")
    let routes = try notebook.enter("%routes")
    #expect(try routes[0] == "on http://127.0.0.1:\(notebook.port())")
    try #require(routes.count == 2)
    // How long they took is the machine's.
    let line = #/any */visit *\[2\] *2 hits *p50 *<?\d+ ms *p99 *<?\d+ ms/#
    #expect(routes[1].wholeMatch(of: line) != nil, "\(routes)")

    try notebook.enter("%restart")
    #expect(try notebook.get("/visit").status == 404)
    #expect(try notebook.enter("%cells").allSatisfy { $0.contains("not run") })
    #expect(try notebook.enter("%rerun") == ["restarted, and ran 2 cells"])
    #expect(try notebook.get("/visit").text == "1")
    #expect(try notebook.enter("%cells").allSatisfy { $0.contains("] ran ") })
  }

  @Test func aRerunStopsAtTheFirstFailureAndSaysHowToGoOn() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let a = 1")
    try notebook.enter("1 / 0")
    try notebook.enter("route \"/three\" { 3 }")
    let shown = try notebook.enter("%rerun")
    #expect(shown.first == "error: division by zero")
    #expect(shown.last == "cell [2] failed; the cells after it were not run; %delete 2 removes it")
    #expect(try notebook.get("/three").status == 404)
    #expect(
      try notebook.enter("%delete failed") == ["cell [2] is gone with all it made; %undo brings it back"])
    #expect(try notebook.enter("%rerun") == ["restarted, and ran 2 cells"])
    #expect(try notebook.get("/three").text == "3")
  }

  @Test func runsTheCellsThatAreNamed() throws {
    let notebook = try NotebookTerminal()
    for number in 1...4 { try notebook.enter("print(\"cell \(number)\")") }
    #expect(
      try notebook.enter("%run 2-3")
        == ["In [2]: print(\"cell 2\")", "cell 2", "In [3]: print(\"cell 3\")", "cell 3"])
    #expect(try notebook.enter("%run").last == "cell 4")
    #expect(try notebook.enter("%run 9") == ["there is no cell [9]; %cells lists them"])
    #expect(try notebook.enter("%run 3-") == ["\"3-\" names no cell; write 3, 3-5 or all"])
    #expect(
      try notebook.enter("%run 3-2") == ["cell [2] stands before cell [3]; write 2-3"])
  }

  @Test func aNameThatACellDeclaresWhichHasNotRunIsToldSo() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("func twice(x) { 2 * x }")
    try notebook.enter("twice(2)")
    try notebook.enter("%restart")
    let lines = try notebook.enter("%run 2")
    #expect(
      lines.contains("  help: cell [1], which declares it, has not run: run that one first"), "\(lines)")
    try notebook.enter("%run 1")
    #expect(try notebook.enter("%run 2").contains("Out[2]: 4"))
    // One that has run, whose declaration another had taken over, is named as well.
    try notebook.enter("let twice = 1")
    try notebook.enter("%delete 3")
    #expect(
      try notebook.enter("twice").contains("  help: cell [1] declares it: run that one again"))
    try notebook.enter("%delete 4")
    try notebook.enter("%run 1")
    // `%run all` says what it leaves stale itself.
    try notebook.enter("func twice(x) { 3 * x }")
    #expect(
      try notebook.enter("%run all").last
        == "[2] is stale, since what it reads has changed; %run stale runs it again")
  }

  @Test func deletingACellTakesItsRoutes() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("route \"/one\" { 1 }")
    try notebook.enter("route \"/two\" { 2 }")
    try notebook.enter("%delete 1")
    #expect(try notebook.get("/one").status == 404)
    #expect(try notebook.get("/two").text == "2")
    // Its number is not given again.
    #expect(try notebook.enter("3") == ["Out[3]: 3"])
  }

  @Test func commandsAreFoundByTheirBeginningsAndNearMissesAreNamed() throws {
    let notebook = try NotebookTerminal()
    #expect(try notebook.enter("%ce") == ["the notebook is empty; type a cell"])
    #expect(try notebook.enter("%r") == ["%r could be %run, %restart, %rerun, %routes, %reset, %recover"])
    #expect(try notebook.enter("%rutes") == ["there is no command %rutes; did you mean %routes?"])
    #expect(try notebook.enter("%zzz") == ["there is no command %zzz; %help lists them"])
    #expect(try notebook.enter("%") == ["a command's name follows the %; %help lists them"])
    #expect(try notebook.enter("%cells 3") == ["%cells stands alone; nothing follows it"])
    // None of that is a cell.
    #expect(notebook.screen.cursorLine == "In [1]:")
  }

  @Test func helpExplainsCommandsAndNames() throws {
    let notebook = try NotebookTerminal()
    let narrow = try NotebookTerminal(columns: 50, rows: 100)
    let lines = try narrow.enter("%help")
    #expect(lines.count > 40)
    // No line goes to the edge, where it would break within a word.
    #expect(lines.allSatisfy { $0.count < 50 || $0.hasPrefix("  route ") })
    #expect(lines.contains { $0.hasPrefix("    ") && !$0.hasPrefix("    %") })
    let overview = try notebook.enter("%help")
    for command in ["%run", "%rerun", "%routes", "%open", "%save", "%load", "%recover", "%quit"] {
      #expect(overview.contains { $0.hasPrefix("  \(command) ") })
    }
    #expect(try notebook.enter("help") == overview)
    #expect(try notebook.enter("every?").first == "every(duration, body) -> Timer")
    #expect(try notebook.enter("?every").first == "every(duration, body) -> Timer")
    #expect(
      try notebook.enter("%help delete").joined(separator: " ").hasPrefix(
        "delete(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, "))
    #expect(try notebook.enter("%delete?").first == "%delete 3 | 3-5 | failed")
    #expect(try notebook.enter("%help evry") == ["there is no help on \"evry\"; did you mean every?"])
    // A question mark at the end of a line can also be half of an expression.
    #expect(try notebook.enter("let x = true ?\n1 : 2\n").isEmpty == false)
    #expect(try notebook.enter("x") == ["Out[2]: 1"])
  }
}
