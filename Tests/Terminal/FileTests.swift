import Glibc
import Foundation
import TestSupport
import Testing

@Suite struct FileTests {
  @Test func aNotebookIsSavedAndLoadedAgain() throws {
    let notebook = try NotebookTerminal()
    let file = notebook.home.path + "/mine.cells"
    try notebook.enter("let who = \"you\"")
    try notebook.enter("route \"/hi\" {\n\"Hi \\(who)\"\n}")
    #expect(try notebook.enter("%save") == ["say where: %save FILE.cells"])
    #expect(try notebook.enter("%save \(file)") == ["saved 2 cells to \(file)"])
    #expect(
      notebook.home.read("mine.cells")?.hasSuffix(
        """
        # %% 1
        let who = "you"

        # %% 2
        route "/hi" {
            "Hi \\(who)"
        }

        """) == true)
    #expect(try notebook.enter("%save ~/mine.cells") == ["saved 2 cells to \(file)"])
    try notebook.enter("route \"/more\" { 1 }")
    #expect(try notebook.enter("%save") == ["saved 3 cells to \(file)"])

    let other = try NotebookTerminal()
    try other.enter("route \"/old\" { 1 }")
    #expect(try other.enter("%load \(file)").joined().hasPrefix("there are unsaved cells"))
    #expect(try other.get("/old").text == "1")
    #expect(try other.enter("%load \(file)") == ["opened \(file), and ran 3 cells"])
    #expect(try other.get("/old").status == 404)
    #expect(try other.get("/hi").text == "Hi you")
    #expect(other.screen.cursorLine == "In [4]:")
    // Nothing is unsaved now.
    try other.send("%quit\r")
    #expect(try other.terminal.waitForExit() == .code(0))
  }

  @Test func whatTheCellsGaveIsSavedWhereThatIsAskedFor() throws {
    let notebook = try NotebookTerminal()
    let file = notebook.home.path + "/given.cells"
    notebook.home.write(
      "# %% [markdown]\n# About it\n\n# %% 1\nprint(\"a\")\n1 + 1\n\n# %% 2\nlet kept = 1\n#> old\n",
      to: "given.cells")
    try notebook.enter("%load \(file)")
    // Text cells are listed where they stand.
    #expect(try notebook.enter("%cells")[0] == "      text            About it")
    #expect(try notebook.enter("%show").prefix(2) == ["# %% [markdown]", "About it"])
    try notebook.enter("throw \"no\"")
    try notebook.enter("%save --outputs")
    #expect(
      notebook.home.read("given.cells")?.hasSuffix(
        """
        # %% 1
        print("a")
        1 + 1
        #> a
        #> 2

        # %% 2
        let kept = 1

        # %% 3
        throw "no"
        #> error: no
        #>   cell [3], line 1
        #>   1 | throw "no"
        #>     | ^^^^^^^^^^

        """) == true, "\(notebook.home.read("given.cells") ?? "")")
    #expect(
      try notebook.enter("%save --output x.cells")
        == ["%save knows no --output: write %save, %save FILE.cells or %save --outputs"])
    // The text that failed is another by now.
    try notebook.enter("%save --outputs \(notebook.home.path)/other.cells")
    #expect(notebook.home.read("other.cells")?.contains("#> 2\n") == true)
  }

  @Test func whatCannotBeSavedOrLoadedIsSaidAndChangesNothing() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let kept = 5")
    let home = notebook.home.path
    #expect(try notebook.enter("%save \(home)")[0].contains("this is a folder"))
    #expect(try notebook.enter("%save \(home)/no/x.cells")[0].contains("there is no such folder"))
    #expect(try notebook.enter("%load \(home)/none")[0].contains("there is no such file"))
    notebook.home.write("# %% 1\n1\n# %% 1\n2\n", to: "twice.cells")
    #expect(try notebook.enter("%load ~/twice.cells")[0].contains("twice.cells, line 3"))
    #expect(try notebook.enter("kept") == ["Out[2]: 5"])
    // The cells still count as unsaved.
    #expect(try notebook.enter("%q")[0].hasPrefix("there are unsaved cells"))
    #expect(try notebook.enter("%cells").count == 2)
    #expect(try notebook.enter("%q")[0].hasPrefix("there are unsaved cells"))
    try notebook.send("%q\r")
    #expect(try notebook.terminal.waitForExit() == .code(0))
  }

  @Test func anotherFileIsReplacedOnlyWhenAskedTwice() throws {
    let notebook = try NotebookTerminal()
    notebook.home.write("# %% 1\n\"precious\"\n", to: "precious.cells")
    try notebook.enter("1")
    #expect(
      try notebook.enter("%save ~/precious.cells")[0].hasSuffix(
        "precious.cells exists; %save ~/precious.cells again replaces it"))
    #expect(notebook.home.read("precious.cells") == "# %% 1\n\"precious\"\n")
    // Something else in between takes the question back.
    try notebook.enter("%cells")
    #expect(try notebook.enter("%save ~/precious.cells")[0].contains("exists"))
    #expect(try notebook.enter("%save ~/precious.cells")[0].hasPrefix("saved 1 cell"))
  }

  @Test func aFileThatSomebodyElseHasChangedIsReplacedOnlyWhenAskedTwice() throws {
    let home = TemporaryFolder()
    home.write("1\n", to: "shared.cells")
    let notebook = try NotebookTerminal([home.path + "/shared.cells"], home: home)
    try notebook.enter("2")
    home.write("\"by somebody else\"\n", to: "shared.cells")
    #expect(try notebook.enter("%save").joined(separator: " ").contains("was changed by somebody else since"))
    #expect(home.read("shared.cells") == "\"by somebody else\"\n")
    #expect(try notebook.enter("%save")[0].hasPrefix("saved 2 cells"))
    // What was just written is no change.
    #expect(try notebook.enter("%save")[0].hasPrefix("saved 2 cells"))
  }

  // Reading a pipe that nobody writes to never ends, and Ctrl-C could not stop it.
  @Test func aPipeIsNotLoaded() throws {
    let home = TemporaryFolder()
    #expect(mkfifo(home.path + "/pipe", 0o600) == 0)
    let notebook = try NotebookTerminal(home: home)
    #expect(try notebook.enter("%load \(home.path)/pipe").joined().contains("is a pipe or a device"))
    #expect(try notebook.enter("1 + 1") == ["Out[1]: 2"])
  }

  @Test func controlDAsksOnceBeforeItDropsCells() throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("1")
    try notebook.send(Keys.endOfInput)
    try notebook.wait(for: "there are unsaved cells: %save FILE.cells keeps them")
    // Whatever else is done, the next Ctrl-D asks again.
    try notebook.enter("2")
    try notebook.send(Keys.endOfInput)
    try notebook.wait(for: "the question again") { $0.text.contains("In [3]:\nthere are unsaved") }
    // So does what is typed and taken away again.
    try notebook.send("z\u{7F}" + Keys.endOfInput)
    try notebook.wait(for: "the question a third time") {
      $0.fullText.components(separatedBy: "there are unsaved cells").count == 4
    }
    try notebook.send(Keys.endOfInput)
    #expect(try notebook.terminal.waitForExit() == .code(0))

    // Who leaves without them does not want them back.
    let next = try NotebookTerminal(home: notebook.home)
    #expect(!next.screen.text.contains("%recover"))
    #expect(try next.enter("%recover") == ["there is nothing to recover"])
    try next.send(Keys.endOfInput)
    #expect(try next.terminal.waitForExit() == .code(0))
  }

  /// Both were typed before the question was there, which was asked and answered in one moment.
  @Test(arguments: [Keys.endOfInput, "%quit\r"])
  func whatWasTypedBeforeAQuestionIsNoAnswer(_ keys: String) throws {
    let notebook = try NotebookTerminal()
    try notebook.enter("let precious = 1")
    try notebook.send("await sleep(300ms)\r")
    try notebook.waitUntilRunning(2)
    try notebook.send(keys + keys)
    try notebook.wait(for: "there are unsaved cells: %save FILE.cells keeps them")
    #expect(try notebook.enter("precious") == ["Out[3]: 1"])
  }
}
