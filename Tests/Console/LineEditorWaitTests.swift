import Glibc
import TestSupport
import Testing

/// Waiting for cells, and the ways out.
@Suite struct LineEditorWaitTests {
  @Test func showsASpinnerBelowWhatIsPrinted() throws {
    let probe = try Probe()
    try probe.send("wait 40 out\r")
    try probe.wait(for: "a spinner below output") { screen in
      screen.text.contains("out 3\n") && screen.lines.last { !$0.isEmpty }!.hasSuffix(" working")
    }
    #expect(!probe.screen.isCursorVisible)
    try probe.wait(for: "the end of the wait") { $0.text.hasSuffix("finished\nIn [2]:") }
    #expect(!probe.screen.fullText.contains("working"))
    #expect(probe.screen.isCursorVisible)
    for number in 1...40 { #expect(probe.screen.fullText.components("out \(number)\n") == 1) }
  }

  @Test func controlCInterruptsAWait() throws {
    let probe = try Probe()
    try probe.send("wait\r")
    try probe.wait(for: "working")
    try probe.send("typed ahead\r" + Keys.control("c") + "typed after")
    let notice = "what was typed meanwhile has not been run; Up brings it"
    try probe.waitForLines(["In [1]: wait", "^C", notice, "interrupted", "In [2]: typed after"])
    for _ in 0..<11 { try probe.send("\u{7F}") }
    try probe.send("\u{1B}[A")
    try probe.wait(for: "In [2]: typed ahead")
  }

  @Test func whatIsTypedAheadIsSeenBelowTheSpinner() throws {
    let probe = try Probe(columns: 30)
    try probe.send("wait\r")
    try probe.wait(for: "working")
    try probe.send("one\rtwo {\rmore\r}\r" + String(repeating: "long ", count: 10) + "\rlast")
    try probe.wait(for: "what was typed") { screen in
      Array(screen.lines.drop { !$0.hasSuffix("working") }.dropFirst().prefix { !$0.isEmpty })
        == ["  … 1 before", "  then: two {  … 3 lines", "  then: long long long long …", "  then: last"]
    }
    try probe.send("\u{15}{\rfoo")
    try probe.wait(for: "the first line and the last") { $0.text.hasSuffix("then: { …   foo") }
    try probe.send("\r}\rlast\u{7F}\u{7F}")
    try probe.wait(for: "less of it") { $0.text.hasSuffix("then: la") }
    try probe.send(Keys.control("z"))
    try probe.wait(for: "the texts in their turn") {
      $0.text.contains("<one>\n") && $0.text.contains("foo") && $0.text.hasSuffix(": la")
    }
    #expect(!probe.screen.fullText.contains("then:"))
  }

  @Test func controlZPutsACellInTheBackground() throws {
    let probe = try Probe()
    try probe.send("wait\r")
    try probe.wait(for: "working")
    try probe.send("a" + Keys.control("z"))
    try probe.waitForLines(["In [1]: wait", "backgrounded", "In [2]: a"])
  }

  @Test func keysTypedWhileACellRunsAreKept() throws {
    let probe = try Probe()
    try probe.send("wait 20 out\r")
    try probe.wait(for: "out 2")
    try probe.send("next\rthen")
    try probe.wait(for: "what was typed") {
      $0.text.hasSuffix("finished\nIn [2]: next\n<next>\nIn [3]: then")
    }
  }

  @Test func aFloodOfLinesLosesTheOldestAndSaysSo() throws {
    let probe = try Probe()
    try probe.send("print 50000 line\r")
    try probe.wait(for: "line 50000")
    let lines = probe.screen.fullText.split(separator: "\n").filter { $0.hasPrefix("line ") }
    let dropped = probe.screen.fullText.matches(of: /… (\d+) lines left out/).reduce(0) {
      $0 + (Int($1.1) ?? 0)
    }
    #expect(lines.count + dropped == 50_000)
  }

  @Test func theTerminalIsPutBackAtTheEnd() throws {
    let probe = try Probe()
    try probe.wait(for: "the prompt") { $0.bracketsPaste }
    #expect(probe.terminal.modes == (false, false, false))
    try probe.send(Keys.control("d"))
    try probe.terminal.waitForExit()
    #expect(probe.terminal.modes == (true, true, true))
    #expect(!probe.screen.bracketsPaste)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGILL, SIGSEGV])
  func theTerminalIsPutBackWhenASignalEndsTheProgram(_ signal: Int32) throws {
    let probe = try Probe(environment: ["SWIFT_BACKTRACE": "enable=no", "ASAN_OPTIONS": "handle_segv=0"])
    try probe.send("unfinished {\r")
    try probe.wait(for: "   ...:")
    probe.terminal.kill(signal)
    try #expect(probe.terminal.waitForExit() == .signal(signal))
    #expect(probe.terminal.modes == (true, true, true))
    #expect(!probe.screen.bracketsPaste)
    // What comes next begins on a line of its own.
    #expect(probe.screen.cursor.column == 0)
  }

  @Test func theEndOfTheTerminalEndsTheInput() throws {
    let probe = try Probe(environment: ["TERM": "dumb"])
    try probe.send("x\n" + Keys.control("d"))
    try #expect(probe.terminal.waitForExit() == .code(0))
  }

  @Test func controlZAtThePromptStopsTheJobAndFgBringsItBack() throws {
    let home = TemporaryFolder()
    let program = try PseudoTerminal.builtProgram("EditorProbe")
    let terminal = try PseudoTerminal(
      "/bin/bash", ["--norc", "--noprofile", "-i"],
      environment: [
        "HOME": home.path, "XDG_STATE_HOME": home.path, "PATH": "/usr/bin:/bin", "PS1": "shell> ",
        "HISTFILE": "/dev/null",
      ])
    try terminal.wait(for: "shell>")
    try terminal.send("\(program)\r")
    try terminal.wait(for: "In [1]:")
    try terminal.send("half typed {\rx" + Keys.control("z"))
    try terminal.wait(for: "the shell") { $0.text.contains("Stopped") && $0.cursorLine == "shell>" }
    try terminal.send("stty -a\r")
    try terminal.wait(for: "isig icanon")
    try terminal.send("fg\r")
    try terminal.wait(for: "the cell again") { $0.text.hasSuffix("In [1]: half typed {\n   ...:   x") }
    try terminal.send("}\r")
    try terminal.wait(for: "<half typed {|  x}>")
    try terminal.send(Keys.control("d"))
    try terminal.wait(for: "the shell") { $0.text.contains("\nend\nshell>") }
  }
}
