import Foundation
import TestSupport
import Testing

@testable import Console

/// The person's own editor: what it is given, what comes back, and what is said where it fails.
@Suite struct ExternalEditorTests {
  /// An editor that is a script, in a folder of its own, where the files to edit are made too.
  private struct Script {
    let folder = TemporaryFolder()
    var path: String { folder.path + "/editor" }

    init(_ text: String) { folder.write("#!/bin/sh\n" + text, to: "editor", mode: 0o755) }

    /// Edits a text with it, named as it is or with arguments.
    func edit(_ text: String, arguments: String = "", variable: String = "VISUAL") throws -> String {
      try withExtendedLifetime(folder) {
        let environment = [
          variable: path + arguments, "PATH": "/usr/bin:/bin", "TMPDIR": folder.path,
        ]
        return try ExternalEditor(environment: environment).edit(text)
      }
    }
  }

  @Test func givesWhatWasSavedAndLeavesNothingBehind() throws {
    let script = Script("touch \"$1~\"; printf 'b\\r\\nc\\n\\n' >> \"$1\"\n")
    #expect(try script.edit("a {") == "a {\nb\nc")
    #expect(try FileManager.default.contentsOfDirectory(atPath: script.folder.path) == ["editor"])
  }

  @Test func theFileIsPrivateAndACellsFile() throws {
    let script = Script(
      "{ echo \"$1\"; stat -c %a \"$1\" \"$(dirname \"$1\")\"; } > \"$1.new\"; mv \"$1.new\" \"$1\"\n")
    let lines = try script.edit("secret").split(separator: "\n")
    #expect(lines[0].hasSuffix(".cells"))
    #expect(lines[1...] == ["600", "700"])
  }

  @Test func argumentsAreSplitAtSpaces() throws {
    let script = Script("echo \"$1 $2\" > \"$3\"\n")
    #expect(try script.edit("", arguments: " -w  --flag") == "-w --flag")
  }

  @Test func quotesAreTheShells() throws {
    let script = Script("echo \"$#|$1|$2\" > \"$3\"\n")
    #expect(try script.edit("", arguments: " -w 'a b'") == "3|-w|a b")
    #expect(try script.edit("", arguments: " -a ''") == "3|-a|")
    #expect(throws: (any Error).self) { try script.edit("", arguments: "; exit 1 #") }
  }

  /// The shell that reads the quotes was named in its place.
  @Test func anEditorInQuotesThatFailsIsCalledByItsOwnName() {
    func message(_ value: String) -> String {
      let environment = ["VISUAL": value, "PATH": "/usr/bin:/bin"]
      do { return try ExternalEditor(environment: environment).edit("x") } catch { return "\(error)" }
    }
    #expect(
      message("\"/no such/editor\" -w 2>/dev/null")
        == "/no such/editor ended with status 127; the cell is as it was; $VISUAL may name a program that is not there"
    )
    #expect(message("'false' -w").hasPrefix("false ended with status 1; "))
    let script = Script("rm \"$1\"\n")
    #expect(
      message("'\(script.path)'") == "\(script.path) left no file that can be read; the cell is as it was")
  }

  @Test(arguments: [
    ("vim -f", "vim"), ("'a b' c", "a b"), ("\"a 'b\\\" c\" d", "a 'b\" c"), ("a\\ b c", "a b"),
    ("  x;y", "x"), ("a'b'\"c\"|d", "abc"), ("'\\'", "\\"), (";", ";"), ("\"open", "open"),
  ])
  func theFirstWordOfACommandIsReadAsTheShellDoes(_ command: String, _ word: String) {
    #expect(ExternalEditor.firstWord(of: command) == word)
  }

  @Test func visualComesBeforeEditor() throws {
    let script = Script("echo \"$1\" > \"$2\"\n")
    #expect(try script.edit("", arguments: " a", variable: "EDITOR") == "a")
    let both = ExternalEditor(environment: [
      "VISUAL": "\(script.path) visual", "EDITOR": "\(script.path) editor", "PATH": "/usr/bin:/bin",
    ])
    #expect(try withExtendedLifetime(script.folder) { try both.edit("") } == "visual")
  }

  @Test func viIsTakenWhereNothingIsNamed() throws {
    let folder = TemporaryFolder()
    folder.write("#!/bin/sh\necho vi > \"$1\"\n", to: "vi", mode: 0o755)
    #expect(try ExternalEditor(environment: ["PATH": folder.path]).edit("x") == "vi")
  }

  @Test(arguments: [
    ("exit 3", "ended with status 3; the cell is as it was"),
    ("kill -9 $$", "was ended by signal 9; the cell is as it was"),
    ("rm \"$1\"", "left no file that can be read; the cell is as it was"),
    ("printf '\\377' > \"$1\"", "saved is not UTF-8; the cell is as it was"),
    ("head -c 17000000 /dev/zero > \"$1\"", "saved is over 16 MiB; the cell is as it was"),
  ])
  func whatGoesWrongIsSaid(_ text: String, _ message: String) {
    let script = Script(text + "\n")
    #expect { try script.edit("x") } throws: { "\($0)".hasSuffix(message) }
  }

  @Test func whatIsMissingIsSaidWithWhatToDo() {
    func message(_ environment: [String: String]) -> String {
      do { return try ExternalEditor(environment: environment).edit("x") } catch { return "\(error)" }
    }
    #expect(
      message(["PATH": "/nowhere"])
        == "there is no editor: set $VISUAL or $EDITOR to yours, as in EDITOR=nano")
    #expect(
      message(["EDITOR": "no-such-editor", "PATH": "/bin"])
        == "can't run no-such-editor, which $EDITOR names: it is not there; set $EDITOR to another")
    #expect(
      message(["EDITOR": "/bin/true", "TMPDIR": "/nowhere"])
        == "can't make a file in /nowhere to edit: No such file or directory; set TMPDIR to a folder")
  }

  @Test func aSavedFileThatIsEmptyIsAnEmptyCell() throws {
    #expect(try Script(": > \"$1\"\n").edit("x") == "")
  }

  // MARK: At the prompt

  /// A probe whose editor waits for a line, as one does that a person types at.
  private func probe(_ text: String, _ configuration: String = "") throws -> Probe {
    let home = TemporaryFolder()
    home.write(configuration, to: ".editrc")
    home.write("#!/bin/sh\n" + text, to: "editor", mode: 0o755)
    return try Probe(home: home, environment: ["EDITOR": home.path + "/editor"])
  }

  @Test(arguments: ["\u{1B}OQ", "\u{1B}[12~", "\u{18}\u{05}"])
  func aKeyOpensTheCellAndWhatIsSavedIsTheCellNow(_ key: String) throws {
    let probe = try probe(
      "stty -a | grep -q ' icanon' && stty -a | grep -q ' echo ' && echo 'lent:'; read line; echo \"$line\" >> \"$1\"\n"
    )
    try probe.send("f {\rx" + key)
    try probe.wait(for: "lent:")
    #expect(!probe.screen.bracketsPaste)
    #expect(!probe.screen.text.contains("In [1]"))
    try probe.send("}\r")
    try probe.wait(for: "the cell with what was added") {
      $0.text.hasSuffix("In [1]: f {\n   ...:   x\n   ...: }") && $0.cursor.column == 9
    }
    #expect(probe.screen.bracketsPaste)
    // It has not been run, and undo knows it.
    try probe.send(Keys.control("_"))
    try probe.wait(for: "the cell as it was typed") { $0.text.hasSuffix("In [1]: f {\n   ...:   x") }
    try probe.send("\u{1B}_\r")
    try probe.wait(for: "<f {|  x|}>")
  }

  @Test func anEditorThatFailsLosesNothingAndIsSaidInOneLine() throws {
    let probe = try probe("echo broken > \"$1\"; exit 1\n")
    try probe.send("abc" + Keys.left + "\u{1B}OQ")
    try probe.wait(for: "one line above the cell, the cursor in its place") {
      $0.lines[0].hasSuffix("/editor ended with status 1; the cell is as it was")
        && $0.lines[1] == "In [1]: abc" && $0.cursor == (1, 10)
    }
    try probe.send("x\r")
    try probe.wait(for: "<abxc>")
  }

  @Test func controlCAtTheEditorIsTheEditors() throws {
    let probe = try probe("trap 'echo caught > \"$1\"; exit 0' INT; echo ready; read line\n")
    try probe.send("abc\u{1B}OQ")
    try probe.wait(for: "ready")
    try probe.send(Keys.control("c"))
    try probe.wait(for: "In [1]: caught")
    try probe.send("\r")
    try probe.wait(for: "<caught>")
  }

  @Test func whatIsPrintedMeanwhileComesAfterwards() throws {
    let probe = try probe("echo ready; read line; echo done > \"$1\"\n")
    try probe.send("later 1 out\rabc\u{1B}OQ")
    try probe.wait(for: "ready")
    try probe.send("\r")
    try probe.wait(for: "the cell") { $0.cursorLine == "In [2]: done" && $0.text.contains("out 1\n") }
  }

  @Test func aCallerLendsTheTerminalBetweenTwoCells() throws {
    let probe = try probe(
      "stty -a | grep -q ' icanon' && printf 'lent: '; read line; echo \"$line\" >> \"$1\"\n")
    try probe.send("abc\redit\r")
    try probe.wait(for: "lent:")
    try probe.send("def\r")
    try probe.wait(for: "what was saved, then the prompt") {
      $0.text.hasSuffix("\nedited <abc|def>\nIn [3]:") && $0.bracketsPaste
    }
  }

  @Test func controlZStopsTheEditorAndUsAndFgBringsBothBack() throws {
    let home = TemporaryFolder()
    home.write(
      "#!/bin/sh\necho $$ > ~/process; echo ready; read line; echo \"$line\" >> \"$1\"\n",
      to: "editor", mode: 0o755)
    let program = try PseudoTerminal.builtProgram("EditorProbe")
    let terminal = try PseudoTerminal(
      "/bin/bash", ["--norc", "--noprofile", "-i"],
      environment: [
        "HOME": home.path, "XDG_STATE_HOME": home.path, "PATH": "/usr/bin:/bin", "PS1": "shell> ",
        "HISTFILE": "/dev/null", "EDITOR": home.path + "/editor",
      ])
    try terminal.wait(for: "shell>")
    try terminal.send("\(program)\r")
    try terminal.wait(for: "In [1]:")
    try terminal.send("abc\u{1B}OQ")
    try terminal.wait(for: "ready")
    try terminal.send(Keys.control("z"))
    // The shell goes on as soon as we have stopped: on a busy machine the editor, amid its read, would yet take a key.
    let editor = try #require(home.read("process")).trimmingCharacters(in: .newlines)
    try terminal.wait(for: "the shell, the editor stopped") {
      $0.text.contains("Stopped") && $0.cursorLine == "shell>"
        && TemporaryFolder.read("/proc/\(editor)/stat")?.split(separator: " ")[2] == "T"
    }
    try terminal.send("fg\r")
    try terminal.wait(for: "the job in the foreground") {
      $0.cursorLine.isEmpty && $0.text.hasSuffix("EditorProbe")
    }
    try terminal.send("def\r")
    try terminal.wait(for: "the cell") { $0.text.hasSuffix("In [1]: abc\n   ...: def") }
    try terminal.send("\r")
    try terminal.wait(for: "<abc|def>")
  }

  @Test func viOpensItWithV() throws {
    let probe = try probe("echo more >> \"$1\"\n", "bind -v\n")
    try probe.send("abc\u{1B}v")
    try probe.wait(for: "   ...: more")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/vi")))
  func aRealViComesBackClean() throws {
    let probe = try Probe(environment: ["EDITOR": "/usr/bin/vi"])
    try probe.send("first\rabc\u{1B}OQ")
    try probe.wait(for: "vi's window") { $0.lines[0].hasPrefix("abc") && !$0.text.contains("In [") }
    try probe.send("A def\u{1B}")
    try probe.wait(for: "the text typed there") { $0.lines[0].hasPrefix("abc def") }
    try probe.send(":wq\r")
    try probe.wait(for: "the cell again") { $0.text == "In [1]: first\n<first>\nIn [2]: abc def" }
    #expect(probe.screen.cursor == (2, 15))
  }
}
