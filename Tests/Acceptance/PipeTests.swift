import Foundation
import TestSupport
import Testing

/// The program at a pipe: plain lines in, plain text out.
@Suite struct PipeTests {
  @Test func cellsAndCommandsComeByThePipe() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 1
        let address = listen("tcp:0")
        # %% 2
        var visits = 0
        route "/" { visits += 1; "visit \\(visits)" }
        # %% 3
        visits += 10
        """)
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0", file], environment: Serving.environment, input: .stream)
      try program.write("address\n")
      let port = try program.wait(for: "Out[4] with the address") {
        $0.firstMatch(of: /Out\[4\]: "http:\/\/127\.0\.0\.1:(\d+)"\n/).flatMap { Int($0.1) }
      }
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "visit 11")
      try program.write("%run 3\nvisits\n")
      try program.wait(for: "Out[5]: 21\n")
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "visit 22")
      try program.write("%restart\n")
      try program.wait(for: "restarted: ")
      let gone = try RawHTTPClient.request(port: port, "GET", "/")
      #expect(gone.status == 404)
      #expect(gone.text == "No route matches GET /.\n")
      try program.write("%rerun\n")
      try program.wait(for: "restarted, and ran 5 cells")
      #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "visit 11")
      try program.write("route \"/many\" {\n  let lines = 3\n  lines\n}\nawait get(\"/many\").text\n")
      try program.wait(for: "Out[7]: \"3\"\n")
      try program.write("%quit\n")
      #expect(try program.waitForExit() == .code(0))
      #expect(program.errors == "")
    }
  }

  @Test func linesBehindAFileWithACellThatFailsHaveTheirTurn() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nthrow \"no\"\n# %% 2\n2\n")
      let run = try Run(["--port", "0", file], input: "1 + 2\n%cells\n")
      #expect(run.exit == .code(3))
      #expect(run.output.contains("Out[3]: 3\n") && run.output.contains("[2] not run"), "\(run.output)")
    }
  }

  /// An editor was started all the same, and took the lines that followed.
  @Test func withoutATerminalNothingIsEdited() async throws {
    try await onOwnThread {
      var environment = Serving.environment
      environment["VISUAL"] = "cat"
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0"], environment: environment, input: .stream)
      try program.write("5\n%edit 1\n6\n%quit\n")
      #expect(try program.waitForExit() == .code(3))
      #expect(program.output == "Out[1]: 5\nOut[2]: 6\n")
      #expect(program.errors == "%edit needs a terminal to edit at\n")
    }
  }

  /// What a colleague wrote meanwhile was overwritten without a word.
  @Test func whatOthersWroteIsReplacedByAPipeOnlyWhereTheAnswerFollows() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write("# %% 1\n1\n", to: "a.cells")
      folder.write("precious\n", to: "other.cells")
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0", "a.cells"], environment: Serving.environment,
        folder: folder.path,
        input: .stream)
      try program.write("2\n")
      try program.wait(for: "Out[2]: 2\n")
      folder.write("# %% 1\n1\n\n# %% 5\n\"colleague\"\n", to: "a.cells")
      try program.write("%save\n%save other.cells\n3\n")
      program.closeInput()
      #expect(try program.waitForExit() == .code(3))
      #expect(program.errors.contains("a.cells was changed by somebody else since it was read; "))
      #expect(program.errors.contains("other.cells exists; %save other.cells again replaces it\n"))
      #expect(folder.read("a.cells")?.contains("colleague") == true)
      #expect(folder.read("other.cells") == "precious\n")
      let again = try Run(
        ["--port", "0", "a.cells"], in: folder, input: "2\n%save other.cells\n%save other.cells\n%save\n")
      #expect(again.exit == .code(0))
      #expect(folder.read("other.cells")?.hasSuffix("# %% 6\n2\n") == true)
    }
  }

  /// The time grew with the cube of the number of cells.
  @Test func aLongChainOfStaleCellsRunsInTheTimeOfItsCells() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let count = 1_500
      let cells = (1...count).map { $0 == 1 ? "let v1 = 1" : "let v\($0) = v\($0 - 1) + 1" }
      folder.write(cells.enumerated().map { "# %% \($0 + 1)\n\($1)\n" }.joined(), to: "chain.cells")
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0", "chain.cells"], environment: Serving.environment,
        folder: folder.path, input: .stream)
      try program.write("%run 1\n%run stale\n%run stale\nv\(count)\n")
      program.closeInput()
      #expect(try program.waitForExit(timeout: 60) == .code(0))
      #expect(program.output.contains("In [\(count)]: let v\(count) = v\(count - 1) + 1\n"))
      #expect(program.output.hasSuffix("no cell is stale\nOut[\(count + 1)]: \(count)\n"))
    }
  }

  /// A replay ran such a notebook to its end; nothing else did.
  @Test func aCellThatMayFailStopsNothingThatRunsTheWholeNotebook() async throws {
    try await onOwnThread {
      let cells = """
        # %% 1
        route "/a" { 1 }

        # %% 2 tags=["raises-exception"]
        throw "meant"

        # %% 3
        route "/b" { 2 }

        """
      let file = try Serving.temporaryFile(cells)
      let run = try Run(["--port", "0", file], input: "%rerun\n%run all\nawait get(\"/b\").text\n")
      #expect(run.exit == .code(0))
      #expect(run.output.contains("restarted, and ran 3 cells\n"))
      #expect(run.output.hasSuffix("Out[4]: \"2\"\n"))
      #expect(run.errors.contains("error: meant") && !run.errors.contains("were not run"))
      let last = try Serving.temporaryFile(cells.components(separatedBy: "# %% 3")[0])
      #expect(try Run(["--port", "0", last], input: "%rerun\n").exit == .code(0))
      for options in [[], ["--watch"]] {
        let serving = try Serving.start(file, options)
        #expect(try serving.ask("/b").text == "2")
        #expect(serving.program.errors.contains("error: meant"))
        #expect(!serving.program.errors.contains("not all of"))
        try serving.stop()
      }
    }
  }

  /// The notebook was said to be empty, and the exit status that all was well.
  @Test(arguments: [
    "%run 9", "%edit 9", "%show 9", "%time 4", "%run 3-5", "%fg 3", "%save \"\"", "%load \"\"",
  ])
  func aCommandThatNamesWhatIsNotThereFailsInAnEmptyNotebookToo(_ command: String) async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let run = try Run(["--port", "0"], in: folder, input: command + "\n")
      #expect(run.exit == .code(3))
      #expect(run.output == "" && !run.errors.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }

  @Test func inAnEmptyNotebookThereIsNothingToRunOrToShow() async throws {
    try await onOwnThread {
      let run = try Run(["--port", "0"], input: "%run\n%show\n%time all\n%fg\n")
      #expect(run.exit == .code(0))
      #expect(
        run.output
          == "the notebook is empty\nthe notebook is empty\nthe notebook is empty\nnothing waits in the background\n"
      )
    }
  }

  /// It only named the address.
  @Test func withoutATerminalAPageIsShownInsteadOfOpened() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"],
        input:
          "route \"/\" { 1 }\nroute \"/to\" { redirect(to: \"/\") }\n%open /\n%open /to\n%open /nope\n2\n")
      #expect(run.exit == .code(0))
      #expect(
        run.output.hasSuffix(
          "GET / → 200\n1\nGET /to → 200\n1\nGET /nope → 404\nNo route matches GET /nope.\nOut[3]: 2\n"))
      #expect(run.errors == "")
    }
  }

  /// A prompt that wanted a second line swallowed what came next.
  @Test func aQuestionAboutAPartOfAValueIsOne() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"],
        input: """
          [5, 6]
          let names = ["x": "Ada"]
          Out[1]?
          names["x"]?
          names["y"]?
          "a".count?
          [1].map?
          Out[1].count?
          let flag = [true]
          flag[0] ?
          1 : 2

          """)
      #expect(run.exit == .code(3))
      #expect(run.output.contains("Out[1]: Array\n[5, 6]\n"))
      #expect(run.output.contains("names[\"x\"]: String\n\"Ada\"\n"))
      #expect(
        run.output.contains("String.count") && run.output.contains("Array.map(")
          && run.output.contains("Array.count"))
      #expect(run.errors == "there is no value names[\"y\"] to look at; %vars lists the names there are\n")
      #expect(run.output.hasSuffix("Out[4]: 1\n"))
    }
  }

  /// A continuation line swallowed what came next.
  @Test func aQuestionAboutWhatWouldHaveToRunIsAnsweredAtOnce() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"],
        input: "func greet(who) { [who] }\ngreet(\"x\")?\ngreet(\"x\")[0]?\n7\n_?\ngreet(1) == [1] ?\n2 : 3\n"
      )
      #expect(run.exit == .code(3))
      let way =
        " would have to run first: enter it without the ?, and _? tells what it gave; the ? of a choice has a space before it\n"
      #expect(run.errors == "greet(\"x\")\(way)greet(\"x\")[0]\(way)")
      #expect(run.output.contains("Out[2]: 7\n_: Int\n7\n"))
      #expect(run.output.hasSuffix("Out[3]: 2\n"))
    }
  }

  @Test func aCommandThatIsAskedAboutIsNoVariable() async throws {
    try await onOwnThread {
      let run = try Run(["--port", "0"], input: "let r = 1\n%r?\n%nosuch?\nr?\n")
      #expect(
        run.errors
          == "%r could be %run, %restart, %rerun, %routes, %reset, %recover\nthere is no command %nosuch; %help lists them\n"
      )
      #expect(run.output == "let r, of cell [1]: Int\n1\n")
    }
  }

  /// The last one was lost, where a replay keeps it.
  @Test func lineEndsAtTheEndOfWhatIsPrintedAreKept() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"], input: "print(\"c\\n\"); print(\"d\"); print(\"e\\n\\n\"); print(\"\"); 5\n")
      #expect(run.output == "c\n\nd\ne\n\n\n\nOut[1]: 5\n")
    }
  }

  @Test func aLineThatIsNotUTF8EndsTheInputAsAnError() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        "/bin/sh", ["-c", "printf '1\\n[\\n\"\\377\"\\n2\\n' | \"$0\" --port 0", BuiltProgram.path()],
        environment: Serving.environment)
      #expect(try program.waitForExit() == .code(2))
      #expect(program.output == "Out[1]: 1\n")
      #expect(program.errors == "standard input cannot be read: line 3 is not valid UTF-8\n")
    }
  }

  /// It stood among the results.
  @Test func whatGoesWrongInHandlersTimersAndReRunsGoesToStandardError() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"],
        input: """
          after(1ms) { throw "x" }
          route "/b" { print("printed"); throw "y" }
          await get("/b", check: false).status
          let z = 1 / 0
          %rerun

          """)
      #expect(run.exit == .code(3))
      #expect(!run.output.contains("error"))
      #expect(run.output.contains("[2] printed\nOut[3]: 500\n"))
      for line in ["[1] error: x", "[2] 500 for GET /b", "error: division by zero"] {
        #expect(run.errors.components(separatedBy: line).count == 3, "\(line)")
      }
    }
  }

  @Test func aPathIsAskedAboutAsItsRouteIs() async throws {
    try await onOwnThread {
      let run = try Run(
        ["--port", "0"],
        input:
          "route \"/p/<int:id>/<rest>\" { id }\nroute POST \"/p/<id>/<rest>\" { 1 }\n/p/1/2?\n/p/x/2?\n/q/1?\n"
      )
      #expect(run.exit == .code(3))
      #expect(
        run.output.contains(
          "route \"/p/<int:id>/<rest>\", of cell [1]\nroute \"/p/<int:id>/<rest>\" { id }\n"))
      #expect(run.output.contains("route POST \"/p/<id>/<rest>\", of cell [2]\n"))
      #expect(run.errors == "there is no route /q/1; %routes lists the routes\n")
    }
  }

  @Test func standardInputThatIsAFolderIsAnError() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        "/bin/sh", ["-c", "exec \"$0\" --port 0 < /tmp", BuiltProgram.path()],
        environment: Serving.environment)
      #expect(try program.waitForExit() == .code(2))
      #expect(program.errors == "standard input cannot be read: is a directory\n")
    }
  }

  @Test func wordOfAnOutThatHasFiredStandsBelowIt() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0"], environment: Serving.environment, input: .stream)
      try program.write("async 5\nawait sleep(1ms)\n")
      program.closeInput()
      #expect(try program.waitForExit() == .code(0))
      #expect(program.output == "Out[1]: <Deferred pending: async>\n[1] Out[1] fired: 5\n")
    }
  }

  @Test func aFailedCellIsShownAndThoseAfterItRunAndTheStatusSaysSo() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        BuiltProgram.path(), ["--port", "0"], environment: Serving.environment, input: .stream)
      try program.write("let a = 1 / 0\n%nothing\n\"still \" + \"here\"\n")
      program.closeInput()
      #expect(try program.waitForExit() == .code(3))
      #expect(program.errors.contains("error: division by zero\n  cell [1], line 1\n  1 | let a = 1 / 0\n"))
      #expect(program.output.contains("Out[2]: \"still here\"\n"))
      #expect(program.errors.contains("there is no command %nothing"))
    }
  }
}
