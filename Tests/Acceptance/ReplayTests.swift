import Foundation
import TestSupport
import Testing

/// `routebook replay`, and what the program makes of an input that is no terminal.
@Suite struct ReplayTests {
  private static func run(_ arguments: [String]) throws -> (
    exit: RunningProgram.Exit, program: RunningProgram
  ) {
    let program = try RunningProgram(BuiltProgram.path(), arguments, environment: Serving.environment)
    return (try program.waitForExit(timeout: 90), program)
  }

  @Test("the tutorial replays in no time under a virtual clock", arguments: Tutorial.both)
  func replays(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let (exit, program) = try Self.run(["replay", "--clock", "virtual", "--port", "0", tutorial.path])
      #expect(exit == .code(0))
      #expect(program.errors == "")
      for body in [
        tutorial.hello, tutorial.greeting("YOUR-NAME"), tutorial.from + "127.0.0.1",
        "\(tutorial.same)127.0.0.1==127.0.0.1", "7", "30", "\(3 * tutorial.countStep)",
        "\(tutorial.unblocked)hello universe", "HELLO UNIVERSE",
      ] {
        #expect(program.output.contains("\n\(body)\n"), "\(body) is not in\n\(program.output)")
      }
    }
  }

  @Test("a replay under a virtual clock gives the same bytes every time", arguments: Tutorial.both)
  func isDeterministic(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      var transcripts: Set<String> = []
      // One port for all, since it is shown: free a moment ago.
      let other = try ScriptedHTTPServer()
      other.stop()
      for _ in 0..<(tutorial.name == Tutorial.original.name ? 100 : 5) {
        let (exit, program) = try Self.run(
          ["replay", "--clock", "virtual", "--port", "\(other.port)", tutorial.path])
        #expect(exit == .code(0))
        transcripts.insert(program.output)
      }
      #expect(transcripts.count == 1)
    }
  }

  @Test func aCellThatFailsEndsWith3AndIsShown() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1 + 1\n# %% 2\nlet x = 1 / 0\n# %% 3\n\"never\"\n")
      let (exit, program) = try Self.run(["replay", "--port", "0", file])
      #expect(exit == .code(3))
      #expect(
        program.output == """
          In [1]: 1 + 1
          Out[1]: 2

          In [2]: let x = 1 / 0
          error: division by zero
            cell [2], line 1
            1 | let x = 1 / 0
              |         ^^^^^


          """)
      #expect(program.errors == "cell [2] failed; the cells after it were not run\n")
    }
  }

  @Test("word of an Out that has fired stands below it", arguments: ["real", "virtual"])
  func firedStandsBelow(clock: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nasync 5\n# %% 2\nawait sleep(1ms)\n")
      let (exit, program) = try Self.run(["replay", "--clock", clock, "--port", "0", file])
      #expect(exit == .code(0))
      let lines = program.output.split(separator: "\n")
      let out = try #require(lines.firstIndex(of: "Out[1]: <Deferred pending: async>"))
      // With its cell's number where the next cell is under way by then.
      let fired = try #require(lines.firstIndex { $0 == "Out[1] fired: 5" || $0 == "[1] Out[1] fired: 5" })
      #expect(out < fired)
    }
  }

  @Test func aWaitThatNothingCanEndIsToldAtOnceWhereTimeIsVirtual() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nlet d = deferred()\nafter(50s) { d.resolve(3) }\nawait d\n# %% 2\nawait deferred()\n")
      let started = ContinuousClock.now
      let (exit, program) = try Self.run(["replay", "--clock", "virtual", "--port", "0", file])
      #expect(exit == .code(3))
      #expect(program.output.contains("Out[1]: 3"))
      #expect(
        program.errors
          == "cell [2] waits for what nothing that is left will bring about; who is to resolve it?\n")
      #expect(ContinuousClock.now - started < .seconds(30))
    }
  }

  @Test func handlersThatCallHandlersDoNotWaitForEachOthersConnections() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 1
        route "/leaf" { "leaf" }
        route "/mid" { await get("/leaf").text }
        # %% 2
        let answers = await all((0..<1500).map { get("/mid") })
        answers.count { $0.text == "leaf" }
        """)
      let (exit, program) = try Self.run(["replay", "--port", "0", file])
      #expect(exit == .code(0))
      #expect(program.output.contains("Out[2]: 1500\n"))
    }
  }

  @Test func aFileThatCannotBeReadEndsWith2() async throws {
    try await onOwnThread {
      let (exit, program) = try Self.run(["replay", "/nowhere/at/all.cells"])
      #expect(exit == .code(2))
      #expect(program.errors == "/nowhere/at/all.cells: there is no such file; check its name and folder\n")
      let file = try Serving.temporaryFile("# %% 1\nprint(1)\n# %% 1\n2\n")
      for mode in ["replay", "serve"] {
        let (exit, program) = try Self.run([mode, file])
        #expect(exit == .code(2))
        #expect(program.errors.contains("line 3: there is a cell 1 already, in line 1"))
        #expect(program.output == "")
      }
      let (usage, _) = try Self.run(["replay", "--port", "99999", file])
      #expect(usage == .code(64))
    }
  }

  @Test(arguments: [
    "after(10ms) { throw \"lost\" }\n5", "async { 1 / 0 }\n5",
    "var d = deferred()\nafter(1h) { d.resolve(1) }\n5",
  ])
  func whatGoesWrongAfterTheCellsEndsWith3Too(cell: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n\(cell)\n")
      let (exit, program) = try Self.run(["replay", "--port", "0", "--settle", "1s", file])
      #expect(exit == .code(3))
      #expect(program.output.contains("Out[1]: 5"))
      #expect(program.errors.contains("nobody awaited") || program.errors.contains("had not ended after 1 s"))
    }
  }

  @Test func closedStreamsAreNoInputAndNoOutput() async throws {
    try await onOwnThread {
      for closed in ["<&-", ">&-", "<&- >&- 2>&-"] {
        let program = try RunningProgram(
          "/bin/sh", ["-c", "exec \(try BuiltProgram.path()) --port 0 \(closed)"],
          environment: Serving.environment)
        #expect(try program.waitForExit(timeout: 20) == .code(0), "\(closed)")
      }
    }
  }

  @Test(arguments: [["replay"], []])
  func aTranscriptThatIsLostIsNoSuccess(mode: [String]) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1 + 1\n# %% 2\n2\n")
      let command = "exec \(try BuiltProgram.path()) \((mode + ["--port", "0", file]).joined(separator: " "))"
      let program = try RunningProgram(
        "/bin/sh", ["-c", "\(command) > /dev/full"], environment: Serving.environment)
      #expect(try program.waitForExit(timeout: 30) == .code(74))
      #expect(program.errors == "standard output cannot be written: no space left on device\n")
    }
  }

  @Test(
    "opened without a terminal and without input, the tutorial replays and ends", arguments: Tutorial.both)
  func replaysWithoutTerminal(_ tutorial: Tutorial) async throws {
    async let null = onOwnThread { try Self.transcript(tutorial, .none) }
    async let empty = onOwnThread { try Self.transcript(tutorial, .stream) }
    for output in try await [null, empty] {
      #expect(output.contains("In [2]: route \"/\" { \"\(tutorial.hello)\" }"))
      #expect(output.contains("Out[1]: \"http://127.0.0.1:"))
      #expect(output.contains("\n\(tutorial.same)127.0.0.1==127.0.0.1\n"))
      #expect(output.contains("\nHELLO UNIVERSE\n"))
    }
  }

  private static func transcript(_ tutorial: Tutorial, _ input: RunningProgram.Input) throws -> String {
    let program = try RunningProgram(
      BuiltProgram.path(), ["--port", "0", tutorial.path], environment: Serving.environment, input: input)
    program.closeInput()
    #expect(try program.waitForExit(timeout: 90) == .code(0))
    #expect(program.errors == "")
    return program.output
  }
}
