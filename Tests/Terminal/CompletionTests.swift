import Foundation
import TestSupport
import Testing

/// Completion and help at the prompt, with a kernel that has run cells.
@Suite struct CompletionTests {
  /// Types, waits until the screen shows all of it, and takes the line back.
  private func complete(_ notebook: NotebookTerminal, _ typed: String, _ wanted: String...) throws {
    try notebook.send(typed + Keys.tab)
    try notebook.wait(for: "\(wanted) after \(typed)") { screen in
      wanted.allSatisfy { screen.text.contains($0) }
    }
    try notebook.send(Keys.interrupt)
    try notebook.waitForPrompt()
  }

  @Test func whatIsProposedGoesByWhatStandsThere() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var visits = 42; let user = [\"name\": \"Ada\", \"tags\": [\"x\"]]; user")
    try notebook.enter("route \"/greet/<user>\" { user }; route POST \"/items\" { 1 }")
    try notebook.enter("func area(width, height) { width * height }")
    try complete(notebook, "vis", "In [4]: visits")
    try complete(notebook, "user.", "name", "String: \"Ada\"", "isEmpty", "more")
    try complete(notebook, "user.na", "In [4]: user.name")
    try complete(notebook, "Out[1].tags.app", "In [4]: Out[1].tags.append")
    try complete(notebook, "_.ta", "In [4]: _.tags")
    try complete(notebook, "area(wi", "In [4]: area(width:")
    try complete(notebook, "open(\"/gr", "In [4]: open(\"/greet/")
    try complete(notebook, "%post /i", "In [4]: %post /items")
    try complete(notebook, "%show 3", "In [4]: %show 3")
    try complete(notebook, "%run ", "  1       var visits = 42", "  failed  the cells that")
    try complete(notebook, "\"vis", "In [4]: \"vis")
    try complete(notebook, "route \"/<who>\" { wh", "who", "parameter of the route, string", "while")
  }

  @Test func theMenuFitsANarrowWindow() throws {
    let notebook = try NotebookTerminal(columns: 20, rows: 12, waits: false)
    try notebook.wait(for: "the prompt") { $0.cursorLine == "In [1]:" }
    try notebook.send("\"a\".has" + Keys.tab)
    try notebook.wait(for: "two rows, cut") { screen in
      screen.lines.filter { $0.hasPrefix("  has") } == ["  hasPrefix  Whethe", "  hasSuffix  Whethe"]
    }
    try notebook.send(Keys.tab)
    try notebook.wait(for: "the first chosen") { $0.lines.contains { $0.hasPrefix("> hasPrefix") } }
    try notebook.send("(\"a\")\r")
    try notebook.wait(for: "Out[1]: true")
  }

  @Test func typingGoesOnWhileACellComputes() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let wonderful = 1")
    try notebook.send("async { await sleep(10ms); while true { } }\rwonderf" + Keys.tab)
    try notebook.wait(for: "wonderful")
  }

  @Test func aQuestionTellsWhatANameIs() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var visits = [3, 1]; func area(width, height) { width * height }")
    try notebook.enter("route \"/greet/<user>\" { user }; let user = [\"name\": \"Ada\"]")
    #expect(
      try notebook.enter("sleep?") == [
        "sleep(duration) -> Deferred of nil", "A Deferred that fires later. Await it.",
        "await sleep(500ms) // → nil",
      ])
    #expect(try notebook.enter("visits.map?").first == "Array.map(transform) -> Array")
    #expect(try notebook.enter("Array.map?").first == "Array.map(transform) -> Array")
    #expect(try notebook.enter("Int.max?").first == "Int.max -> Int")
    #expect(try notebook.enter("user.name?") == ["user.name  String", "\"Ada\""])
    #expect(try notebook.enter("visits?") == ["var visits, of cell [1]: Array", "[3, 1]"])
    #expect(
      try notebook.enter("area?") == [
        "func area(width, height), of cell [1]", "func area(width, height) { width * height }",
      ])
    #expect(
      try notebook.enter("/greet?") == [
        "route \"/greet/<user>\", of cell [2]", "route \"/greet/<user>\" { user }",
      ])
    #expect(try notebook.enter("if?").first == "if condition { … } else { … }")
    #expect(try notebook.enter("%run?").first?.hasPrefix("%run ") == true)
    let string = try notebook.enter("String?")
    #expect(string.first == "String")
    #expect(string.joined().contains("hasPrefix") && string.joined().contains("uppercased"))
    #expect(string.allSatisfy { $0.count < 100 })
  }

  @Test func whatTheNotebookHasNamesForIsExplained() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("6 * 7")
    for name in ["_", "Out", "In"] {
      let shown = try notebook.enter("\(name)?")
      #expect(shown.first?.hasPrefix(name) == true && shown.count > 2, "\(shown)")
      // The example gives what it says.
      let example = try #require(shown.last?.components(separatedBy: " // → "))
      try #require(example.count == 2)
      let answer = try notebook.enter(example[0])
      #expect(answer.last?.hasSuffix(example[1].components(separatedBy: " where ")[0]) == true, "\(answer)")
      try notebook.enter("42")
    }
    #expect(try notebook.enter("Out[99]") == ["there is no Out[99]: no cell [99] has run"])
    try notebook.enter("let quiet = 1")
    #expect(try notebook.enter("Out[7]") == ["there is no Out[7]: cell [7] gave no value"])
    let shown = try notebook.enter("1 / 0")
    let number = try #require(shown.joined(separator: "\n").firstMatch(of: /cell \[(\d+)\]/)?.1)
    #expect(try notebook.enter("Out[\(number)]") == ["there is no Out[\(number)]: cell [\(number)] failed"])
  }

  /// Such a name was taken for the beginning of a command.
  @Test func aNameOfACellThatHasNotRunIsToldAsThat() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let xs = [1]")
    try notebook.enter("func f() { 1 }; route \"/there\" { f() }")
    try notebook.enter("let broken = 1 / 0")
    #expect(
      try notebook.enter("broken?") == ["broken is declared by [3], which did not succeed when it last ran"])
    try notebook.enter("%reset")
    try notebook.enter("%undo")
    #expect(
      try notebook.enter("f??") == ["f is declared by [2], which has not run yet", "func f() { 1 }"])
    #expect(try notebook.enter("xs?") == ["xs is declared by [1], which has not run yet"])
    #expect(try notebook.enter("xs.map?") == ["xs is declared by [1], which has not run yet"])
    #expect(
      try notebook.enter("/there?") == [
        "/there is declared by [2], which has not run yet", "route \"/there\" { f() }",
      ])
    try notebook.enter("%run 1")
    #expect(try notebook.enter("xs?") == ["let xs, of cell [1]: Array", "[1]"])
  }

  @Test func whatIsNotThereIsNotExplainedButWhatIsNear() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("var visits = [3]; route \"/greet\" { 1 }")
    #expect(try notebook.enter("un?").first?.hasPrefix("there is no help on \"un\"") == true)
    #expect(try notebook.enter("evry?") == ["there is no help on \"evry\"; did you mean every?"])
    #expect(try notebook.enter("greet?") == ["there is no help on \"greet\"; did you mean /greet?"])
    #expect(try notebook.enter("visits.mpa?") == ["Array has no member \"mpa\"; did you mean map?"])
    #expect(
      try notebook.enter("vists.map?") == ["there is no value \"vists\" to look at; did you mean visits.map?"]
    )
    #expect(try notebook.enter("/great?") == ["there is no route /great; did you mean /greet?"])
  }
}
