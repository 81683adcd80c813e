import TestSupport
import Testing

/// Editing a cell that has run.
@Suite struct EditCommandTests {
  @Test func aCellIsEditedWhereItIsTyped() throws {
    let notebook = try NotebookTerminal(environment: ["EDITOR": "", "VISUAL": ""])
    try notebook.enter("let base = 2")
    try notebook.enter("base * 10")
    try notebook.send("%edit 1\r")
    try notebook.wait(for: "the cell") { $0.cursorLine == "In [1]: let base = 2" }
    try notebook.send("\u{7F}5\r")
    try notebook.wait(for: "[2] is stale")
    #expect(try notebook.enter("%run stale").contains("Out[2]: 50"))
    #expect(try notebook.enter("%show 1") == ["In [1]: let base = 5"])
    #expect(
      try notebook.enter("%undo")[0]
        == "%edit is undone: [1] reads as it did before, and has not run so since; Up brings the other text")
    try notebook.send(Keys.up)
    try notebook.wait(for: "In [3]: let base = 5")
    try notebook.send(Keys.interrupt)
    #expect(try notebook.enter("%show 1") == ["In [1]: let base = 2"])
  }

  @Test func ctrlCLeavesACellAsItWas() throws {
    let notebook = try NotebookTerminal(environment: ["EDITOR": "", "VISUAL": ""])
    try notebook.enter("\"old\"")
    try notebook.send("%edit\r")
    try notebook.wait(for: "the cell") { $0.cursorLine == "In [1]: \"old\"" }
    try notebook.send("x" + Keys.interrupt)
    try notebook.wait(for: "cell [1] stays as it was")
    #expect(try notebook.enter("%show 1") == ["In [1]: \"old\""])
    try notebook.send("%edit 1\r")
    try notebook.wait(for: "the cell") { $0.cursorLine == "In [1]: \"old\"" }
    try notebook.send("\r")
    try notebook.wait(for: "cell [1] is as it was")
    #expect(try notebook.enter("%edit 9") == ["there is no cell [9]; %cells lists them"])
  }

  /// A command that the history brought became the text of the cell, and Ctrl-D asked whether to leave.
  @Test func whatIsNoCellMeansTheSameWhereOneIsEdited() throws {
    let notebook = try NotebookTerminal(environment: ["EDITOR": "", "VISUAL": ""])
    try notebook.enter("let alpha = 1")
    for (typed, answer) in [("%vars", "alpha Int [1]  1"), ("alpha?", "let alpha, of cell [1]: Int")] {
      try notebook.send("%edit 1\r")
      try notebook.wait(for: "the cell") { $0.cursorLine == "In [1]: let alpha = 1" }
      try notebook.send("\u{15}" + typed + "\r")
      try notebook.wait(for: "the answer to \(typed)") { screen in
        screen.text.contains("In [1]: \(typed)\ncell [1] stays as it was\n")
          && screen.lines.contains { $0.split(separator: " ") == answer.split(separator: " ") }
      }
      try notebook.waitForPrompt()
    }
    try notebook.send("%edit 1\r")
    try notebook.wait(for: "the cell") { $0.cursorLine == "In [1]: let alpha = 1" }
    try notebook.send("\u{15}" + Keys.endOfInput)
    try notebook.wait(for: "the prompt") { $0.text.hasSuffix("cell [1] stays as it was\nIn [2]:") }
    #expect(!notebook.screen.fullText.contains("unsaved"))
    #expect(try notebook.enter("%show 1") == ["In [1]: let alpha = 1"])
  }

  @Test func thePersonsOwnEditorIsUsedWhereOneIsNamed() throws {
    let home = TemporaryFolder()
    home.write("#!/bin/sh\nsed -i s/2/7/ \"$1\"\n", to: "editor", mode: 0o755)
    let notebook = try NotebookTerminal(home: home, environment: ["VISUAL": home.path + "/editor"])
    try notebook.enter("let base = 2")
    #expect(try notebook.enter("%edit 1") == ["In [1]: let base = 7"])
    #expect(try notebook.enter("base") == ["Out[2]: 7"])
    // What no cell can be is not lost.
    home.write("#!/bin/sh\necho '# %% 5' >> \"$1\"\n", to: "editor", mode: 0o755)
    try notebook.send("%edit 2\r")
    try notebook.wait(for: "the text at the prompt") {
      $0.text.contains("looks like a marker") && $0.text.hasSuffix("In [2]: base\n   ...: # %% 5")
    }
    try notebook.send(Keys.interrupt)
    try notebook.wait(for: "cell [2] stays as it was")
    let failing = try NotebookTerminal(environment: ["VISUAL": "false"])
    try failing.enter("\"kept\"")
    #expect(try failing.enter("%edit 1")[0].hasPrefix("false ended with status 1; the cell is as it was"))
    #expect(try failing.enter("%show 1") == ["In [1]: \"kept\""])
  }
}
