import Foundation
import TestSupport
import Testing

/// `routebook replay --check` and `--update`: the built program.
@Suite struct ReplayCheckTests {
  private struct Run {
    let exit: RunningProgram.Exit
    let output: String
    let errors: String

    init(_ arguments: [String]) throws {
      let program = try RunningProgram(
        BuiltProgram.path(), ["replay"] + arguments, environment: Serving.environment)
      exit = try program.waitForExit(timeout: 180)
      // How long it took differs each time.
      output = program.output.replacing(/, in [^;\n]*/, with: ", in …")
      errors = program.errors
    }
  }

  private static let notebook = """
    # %% 1 sum
    listen("tcp:8080")
    #> "http://127.0.0.1:8080"

    # %% 2
    route "/sum/<int:a>/<int:b>" { await sleep(2s); a + b }
    await get("/sum/1/2").text
    #> "4"

    # %% 3 tags=["ignore-output"]
    print(sha256("\\(Date(unix: 0))"))

    # %% 4
    [1, 2][5]
    #> error: index 5 is out of range: the array has 2 elements, 0 to 1
    #>   cell [4], line 1
    #>   1 | [1, 2][5]
    #>     | ^^^^^^^^^

    # %% 5
    print("one")
    print("two")
    after(1h) { print("three") }
    nil
    #> one
    #> three

    """

  @Test func whatDiffersIsShownAsADifferenceAndEndsWith4() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(Self.notebook)
      let run = try Run(["--check", file])
      #expect(run.exit == .code(4))
      #expect(
        run.output == """
          \(file):6: cell [2] gave another output
            - "4"
            + "3"
          \(file):21: cell [5] gave another output
              one
            + two
              three
          \(file): 3 as stored, 2 differ, in …

          """)
      #expect(run.errors == "")
    }
  }

  @Test func whatIsStoredIsTheSameEachTimeAndNothingElseOfTheFileChanges() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(Self.notebook + "\n# %% 6\n[random(), now(), uuid()]\n")
      #expect(try Run(["--update", file]).output == "\(file): 3 as stored, 3 updated, in …\n")
      let stored = try String(contentsOfFile: file, encoding: .utf8)
      // What comes after the last cell is stored with it.
      #expect(
        stored.hasPrefix(
          Self.notebook.replacing("#> \"4\"", with: "#> \"3\"")
            .replacing("#> one\n#> three\n", with: "#> one\n#> two\n\n# %% 6\n")))
      #expect(stored.hasSuffix("\"]\n#> three\n"))
      for _ in 0..<5 { #expect(try Run(["--check", file]).exit == .code(0)) }
      #expect(try Run(["--update", file]).output == "\(file): 6 as stored, in …\n")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == stored)
    }
  }

  @Test func aCellThatFailsThoughNothingSaysSoEndsWith3AndStoresNothing() async throws {
    try await onOwnThread {
      let text = "# %% 1\n1 + 1\n\n# %% 2\nlet x = 1 / 0\n\n# %% 3\n5\n"
      let file = try Serving.temporaryFile(text)
      for option in ["--check", "--update"] {
        let run = try Run([option, file])
        #expect(run.exit == .code(3))
        #expect(run.output.contains("\(file):5: cell [2] failed\n  + error: division by zero\n"))
        #expect(run.output.contains("1 failed, 1 not run, in …"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
      }
      let meant = try Serving.temporaryFile(
        text.replacing("# %% 2", with: "# %% 2 tags=[\"raises-exception\"]"))
      #expect(try Run(["--update", meant]).exit == .code(0))
      #expect(try Run(["--check", meant]).exit == .code(0))
    }
  }

  /// `--check` passed it, and ran the cells behind it.
  @Test(arguments: ["expect(1 == 2)", "throw \"x\"", "nope()", "1 +"])
  func aCellWhoseOutputIsIgnoredFailsAsAnyOther(_ code: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1 tags=[\"ignore-output\"]\n\(code)\n\n# %% 2\n5\n#> 5\n")
      for option in ["--check", "--update"] {
        let run = try Run([option, file])
        #expect(run.exit == .code(3))
        #expect(run.output.contains("\(file):2: cell [1] failed\n"))
        #expect(run.output.contains(": 1 failed, 1 not run, in …"))
      }
    }
  }

  /// The summary and the reports said that a cell was updated whose output was not stored.
  @Test func anUpdateStoresNoOtherErrorThanTheOneThatIsStored() async throws {
    try await onOwnThread {
      let text = "# %% 1\nthrow \"boom B\"\n#> error: boom A\n"
      let file = try Serving.temporaryFile(text)
      let run = try Run(["--update", file])
      #expect(run.exit == .code(3))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
      // Where the error is the same, what was printed before it may be another.
      let error = "#> error: A\n#>   cell [1], line 2\n#>   2 | throw \"A\"\n#>     | ^^^^^^^^^\n"
      let same = try Serving.temporaryFile("# %% 1\nprint(2)\nthrow \"A\"\n#> 1\n" + error)
      #expect(try Run(["--check", same]).exit == .code(3))
      #expect(try Run(["--update", same]).exit == .code(0))
      #expect(
        try String(contentsOfFile: same, encoding: .utf8)
          == "# %% 1\nprint(2)\nthrow \"A\"\n#> 2\n" + error)
    }
  }

  @Test func anErrorThatNobodyAwaitedIsNoOutputToIgnore() async throws {
    try await onOwnThread {
      let text = "# %% 1 tags=[\"ignore-output\"]\nasync { throw \"lost\" }\n1\n"
      let file = try Serving.temporaryFile(text)
      let check = try Run(["--check", file])
      #expect(check.exit == .code(3))
      #expect(check.output.contains("reported an error that nobody awaited"))
      let printed = try Serving.temporaryFile("# %% 1 tags=[\"ignore-output\"]\nprint(\"error: none\")\n")
      #expect(try Run(["--check", printed]).exit == .code(0))
      let stored = try Serving.temporaryFile("# %% 1\nasync { throw \"lost\" }\n1\n")
      let update = try Run(["--update", stored])
      #expect(update.exit == .code(0))
      #expect(
        update.errors.contains("an error that nobody awaited was reported, and is stored as any output"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalStopsAReplayAndTheReportsAreWritten(signal: Int32) async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let first = try Serving.temporaryFile("# %% 1\n1\n#> 1\n")
      let endless = try Serving.temporaryFile("# %% 1\nprint(\"begun\")\nawait deferred()\n# %% 2\n2\n")
      let report = folder.path + "/report.json"
      let program = try RunningProgram(
        BuiltProgram.path(),
        ["replay", "--clock", "real", "--report", "json=\(report)", first, endless, first],
        environment: Serving.environment)
      try program.wait(for: "begun")
      program.signal(signal)
      #expect(try program.waitForExit(timeout: 30) == .signal(signal))
      #expect(program.errors.contains("cell [1] was stopped by a signal"))
      let written = folder.read("report.json") ?? ""
      #expect(written.contains("was stopped by a signal") && written.contains("\(endless)"))
    }
  }

  @Test func aCellThatComputesIsStoppedInTimeToo() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nwhile true { }\n")
      let start = ContinuousClock.now
      let run = try Run(["--check", "--timeout", "1s", file])
      #expect(run.exit == .code(3) && run.output.contains("did not end within 1 s"))
      // Its own bound is 10 s of computing.
      #expect(ContinuousClock.now - start < .seconds(8))
    }
  }

  @Test func whereNothingIsStoredNoCellIsSaidToBeUpdated() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n5\n\n# %% 2\nthrow \"x\"\n")
      let report = Serving.folder + "/report-\(UUID().uuidString).tap"
      let run = try Run(["--update", "--report", "tap=\(report)", file])
      #expect(run.exit == .code(3))
      #expect(run.output.hasSuffix("\(file): 1 differs, 1 failed, in …; nothing is stored\n"))
      #expect(try String(contentsOfFile: report, encoding: .utf8).contains("\nnot ok 1 - "))
    }
  }

  /// It was opened a second time to store the outputs, which waited for ever for somebody to write it again.
  @Test(arguments: [
    "mkfifo pipe; exec \"$0\" replay --update pipe", "cat a.cells | \"$0\" replay --update /dev/stdin",
  ])
  func aPipeIsNothingToStoreInto(_ command: String) async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write("# %% 1\n1 + 1\n", to: "a.cells")
      let program = try RunningProgram(
        "/bin/sh", ["-c", command, BuiltProgram.path()], environment: Serving.environment, folder: folder.path
      )
      #expect(try program.waitForExit(timeout: 60) == .code(2))
      #expect(program.output == "")
      #expect(
        program.errors.contains(
          " is a pipe or a device and cannot be written anew; --update needs a file to store into\n"))
    }
  }

  /// A Jupyter notebook was updated again and again, and a cells file could not be because of a line that it had not.
  @Test func whatPrintsControlCharactersIsStoredAsItIsShown() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let code = #"""
        # %% 1
        print("a\u{0}b\u{1b}[31mc\rd\u{8}\u{c}\u{b}\u{7f}\te\r\nf")

        # %% 2
        route "/b" { Bytes([0, 1, 65, 255]) }
        open("/b")

        """#
      folder.write(code, to: "a.cells")
      folder.write(code, to: "b.cells")
      let (cells, jupyter, back) = (
        folder.path + "/a.cells", folder.path + "/a.ipynb", folder.path + "/b.cells"
      )
      func convert(_ from: String, _ to: String) throws -> RunningProgram.Exit {
        try RunningProgram(BuiltProgram.path(), ["convert", from, to], environment: Serving.environment)
          .waitForExit(timeout: 60)
      }
      #expect(try convert(cells, jupyter) == .code(0))
      for file in [cells, jupyter] {
        #expect(try Run(["--update", file]).exit == .code(0))
        #expect(try Run(["--check", file]).output == "\(file): 2 as stored, in …\n")
      }
      let stored = try #require(folder.read("a.cells"))
      #expect(stored.contains("\n#> a\\0b\\u{1B}[31mc\\rd\\u{8}\\u{C}\\u{B}\\u{7F}\te\n#> f\n"))
      #expect(stored.contains("\n#> \\0\\u{1}A"))
      #expect(try convert(jupyter, back) == .code(0))
      #expect(folder.read("b.cells") == stored)
      // What somebody stored as it is counts as the same, also on its way through Jupyter.
      folder.write("# %% 1\nprint(\"a\\u{1b}[31mb\")\n#> a\u{1B}[31mb\n", to: "raw.cells")
      let raw = folder.path + "/raw.cells"
      #expect(try Run(["--check", raw]).exit == .code(0))
      #expect(try convert(raw, folder.path + "/raw.ipynb") == .code(0))
      #expect(try convert(folder.path + "/raw.ipynb", raw) == .code(0))
      #expect(try Run(["--check", raw]).exit == .code(0))
    }
  }

  @Test func severalFilesAreRunWhateverBecomesOfOthers() async throws {
    try await onOwnThread {
      let good = try Serving.temporaryFile("# %% 1\n1\n#> 1\n")
      let other = try Serving.temporaryFile("# %% 1\n2\n#> 1\n")
      let run = try Run(["--check", other, good])
      #expect(run.exit == .code(4))
      #expect(run.output.contains("\(good): 1 as stored, in …"))
      #expect(try Run(["--check", other, Serving.folder + "/none.cells", good]).exit == .code(2))
    }
  }

  @Test func theTutorialCanBeCheckedBesideItselfWithoutAPort() async throws {
    try await onOwnThread {
      let tutorial = try String(contentsOfFile: Tutorial.both[0].path, encoding: .utf8)
      let file = try Serving.temporaryFile(tutorial)
      #expect(try Run(["--update", file]).exit == .code(0))
      let programs = try (0..<4).map { _ in
        try RunningProgram(
          BuiltProgram.path(), ["replay", "--check", file], environment: Serving.environment)
      }
      for program in programs {
        #expect(try program.waitForExit(timeout: 60) == .code(0), "\(program.output)")
      }
    }
  }

  @Test(arguments: ["tutorial", "chat", "todo", "gateway", "httpbin"])
  func theSampleNotebooksGiveWhatTheyStore(_ name: String) async throws {
    try await onOwnThread {
      let file = BuiltProgram.packageFolder + "/cells/\(name).cells"
      let run = try Run(["--check", file])
      #expect(run.exit == .code(0))
      #expect(run.output.hasSuffix(" as stored, in …\n"))
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\n#> "))
    }
  }

  @Test func whatACellDefinesIsNoOutputWhateverItsName() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nfunc keep() { 1 }\nroute \"/keep\" { keep() }\n")
      #expect(try Run(["--check", file]).exit == .code(0))
    }
  }

  @Test func reportsTellEachCell() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1 <&\"> title\n\"\\u{1}<\"\n\n# %% 2\n3\n#> 3\n\n# %% 3\nthrow \"no\"\n\n# %% 4\n1\n")
      let base = Serving.folder + "/report-\(UUID().uuidString)"
      let run = try Run([
        "--check", "--report", "junit=\(base).xml", "--report", "json=\(base).json", "--report",
        "tap=\(base).tap", file,
      ])
      #expect(run.exit == .code(3))
      let xml = try String(contentsOfFile: base + ".xml", encoding: .utf8)
      #expect(
        xml.contains("<testsuite name=\"\(file)\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\""))
      #expect(xml.contains("name=\"cell [1] &lt;&amp;&quot;&gt; title\""))
      #expect(xml.contains("<skipped/>"))
      struct Report: Decodable {
        struct File: Decodable {
          struct Cell: Decodable {
            let number: Int
            let verdict: String
            let given: [String]
          }
          let cells: [Cell]
        }
        let status: Int
        let files: [File]
      }
      let json = try JSONDecoder().decode(
        Report.self, from: Data(contentsOf: URL(filePath: base + ".json")))
      #expect(json.status == 3)
      #expect(json.files[0].cells.map(\.verdict) == ["differs", "as stored", "failed", "not run"])
      #expect(json.files[0].cells[1].given == ["3"])
      let plain = try Run(["--only", "2", "--port", "0", "--report", "json=\(base)-plain.json", file])
      #expect(plain.exit == .code(0))
      #expect(
        try String(contentsOfFile: base + "-plain.json", encoding: .utf8).contains("\"verdict\" : \"ran\""))
      let tap = try String(contentsOfFile: base + ".tap", encoding: .utf8)
      #expect(tap.hasPrefix("TAP version 14\n1..4\nnot ok 1 - "))
      #expect(tap.contains("\nok 2 - \(file) cell [2]\n"))
      #expect(tap.contains("\nok 4 - \(file) cell [4] # SKIP"))
    }
  }

  @Test func reportsGoWhereTheyAreSent() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1 + 1\n#> 2\n")
      let folder = TemporaryFolder()
      // A link stays one, a device and a pipe stay what they are.
      folder.write("old", to: "target.tap")
      let target = folder.path + "/target.tap"
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/link.tap", withDestinationPath: target)
      #expect(try Run(["--check", "--report", "tap=\(folder.path)/link.tap", file]).exit == .code(0))
      #expect(try String(contentsOfFile: target, encoding: .utf8).hasPrefix("TAP version 14"))
      let piped = try RunningProgram(
        "/bin/sh",
        [
          "-c", "mkfifo pipe; cat pipe & \"$0\" replay --check --report tap=pipe \"$1\" > /dev/null; wait",
          BuiltProgram.path(), file,
        ], environment: Serving.environment, folder: folder.path)
      #expect(try piped.waitForExit(timeout: 60) == .code(0))
      #expect(piped.output.hasPrefix("TAP version 14\n1..1\nok 1"))
      // The notebook is not replaced by a report on it.
      let refused = try Run(["--check", "--report", "junit=\(file)", file])
      #expect(refused.exit == .code(64))
      #expect(refused.errors == "the report would replace \(file); write it to another file\n")
      #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("# %% 1"))
      for other in ["\(folder.path)/both.x", "\(folder.path)/./both.x"] {
        let both = try Run([
          "--check", "--report", "junit=\(folder.path)/both.x", "--report", "json=\(other)", file,
        ])
        #expect(both.exit == .code(64))
        #expect(both.errors == "two reports would be written to \(other), and one would replace the other\n")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/both.x"))
      }
      let twice = try Run(["--check", "--report", "junit=/dev/null", "--report", "json=/dev/null", file])
      #expect(twice.exit == .code(0))
      let missing = try Run(["--check", "--report", "junit=-", "none.cells"])
      #expect(missing.exit == .code(2))
      #expect(missing.output.contains("<testsuites name=\"routebook\" tests=\"1\""))
      #expect(missing.output.contains("none.cells: there is no such file"))
      // What goes to standard output is the report alone.
      let alone = try Run(["--check", "--report", "json=-", file])
      #expect(alone.output.hasPrefix("{") && alone.output.hasSuffix("}\n"))
      #expect(alone.errors.contains("1 as stored"))
    }
  }

  @Test func whatIsAmissInAFileIsTold() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1\n")
      let none = try Run(["--check", "--only", "7", file])
      #expect(none.exit == .code(64))
      #expect(none.errors == "\(file): there is no cell 7\n")
      let word = try Serving.temporaryFile("# %% 1 tags=ignore-output\n1\n#> 2\n")
      let tags = try Run(["--check", word])
      #expect(tags.exit == .code(2))
      #expect(tags.errors == "\(word):1: tags is a list of texts: tags=[\"ignore-output\"]\n")
      let spaced = try Serving.temporaryFile("# %% 1 tags = [\"ignore-output\"]\n1\n#> 2\n")
      let title = try Run(["--check", spaced])
      #expect(title.exit == .code(2))
      #expect(title.errors.contains(":1: write tags=[…] without spaces around the ="))
      let slow = try Serving.temporaryFile(
        "# %% 1 sanitize=[\"(a+)+$\"]\n\"a\".repeated(48) + \"b\"\n#> \"\(String(repeating: "a", count: 48))c\"\n"
      )
      let pattern = try Run(["--check", slow])
      #expect(pattern.exit == .code(2))
      #expect(pattern.output.contains("cannot be compared: \"(a+)+$\" in sanitize takes too long"))
      let colored = try Serving.temporaryFile("# %% 1 t\u{1B}[31mitle\n1\n#> 2\n")
      for report in [[], ["--report", "tap=-"]] {
        let run = try Run(["--check"] + report + [colored])
        #expect(run.exit == .code(4))
        #expect(run.output.contains("t\\u{1B}[31mitle") || run.output.contains("t\\\\u{1B}[31mitle"))
        #expect(!run.output.contains("\u{1B}"))
      }
    }
  }

  @Test func aFileWithoutMarkersKeepsToThat() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("1\n")
      #expect(try Run(["--update", file]).exit == .code(0))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "1\n#> 1\n")
      #expect(try Run(["--check", file]).exit == .code(0))
    }
  }

  /// What another program wrote meanwhile got the outputs of the old code.
  @Test func whatIsEditedWhileItRunsGetsNoOutputOfTheOldCode() async throws {
    try await onOwnThread {
      let backend = try ScriptedHTTPServer()
      backend.on("/", .text("came", after: .milliseconds(1_500)))
      let file = try Serving.temporaryFile(
        "# %% 1\nawait get(\"\(backend.url("/"))\").text\n\n# %% 2\n\"two\"\n")
      let program = try RunningProgram(
        BuiltProgram.path(), ["replay", "--update", file], environment: Serving.environment)
      for _ in 0..<3_000 where backend.requests.isEmpty { usleep(10_000) }
      let edited = "# %% 1\nawait get(\"\(backend.url("/"))\").text\n\n# %% 2\n\"edited\"\n"
      try edited.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try program.waitForExit(timeout: 60) == .code(2))
      #expect(program.errors == "\(file) was changed while it ran: nothing is stored\n")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == edited)
    }
  }

  @Test func aLoopInTheBackgroundIsToldWithItsCellAndWhatToDo() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nevery(1h) { 1 }\nnil\n# %% 2\nasync { while true { await sleep(1h) } }\nnil\n")
      let run = try Run(["--check", file])
      #expect(run.exit == .code(3))
      #expect(
        run.output.contains(
          "after 24 h of the notebook's time: async of cell [2], line 1; what goes on for ever is written as every(…), or cancelled in the last cell"
        ))
    }
  }

  @Test func whatGoesOnForEverEndsWithinTheNotebooksTimeAndGivesTheSameEachTime() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nfunc poll() { print(\"round\"); after(10m) { poll() }; nil }\npoll()\n#> round\n")
      let start = ContinuousClock.now
      let runs = try (0..<2).map { _ in try Run(["--check", file]) }
      #expect(ContinuousClock.now - start < .seconds(30))
      #expect(runs[0].exit == .code(3))
      #expect(runs[0].output == runs[1].output)
      #expect(
        runs[0].output.contains(
          "what the cells started had not ended after 24 h of the notebook's time: after 10m of cell [1]"))
    }
  }

  /// What a file stores of a long value was the same, and the check passed.
  @Test(arguments: [
    ("(0..<300).map { $0 == 299 ? WORD : $0 }", "… digest of the whole: "),
    ("Dictionary((0..<300).map { [\"k\\($0)\", $0 == 299 ? WORD : $0] })", "… digest of the whole: "),
    ("\"x\".repeated(100100) + WORD", "… digest of the whole: "),
    ("[[[[[[[[[WORD]]]]]]]]]", "… digest of the whole: "),
    ("sleep(1s).then { (0..<300).map { $0 == 299 ? WORD : $0 } }", "… digest of the whole: "),
    (
      "for n in 0..<17 { print(\"y\".repeated(1_000_000)) }; print(WORD)",
      "… more than a file can hold, digest "
    ),
  ])
  func whatALongValueLeavesOutIsCompared(_ code: String, _ line: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nlet word = \"same\"\n\n# %% 2\n\(code.replacing("WORD", with: "word"))\n")
      #expect(try Run(["--update", file]).exit == .code(0))
      let stored = try String(contentsOfFile: file, encoding: .utf8)
      #expect(stored.contains("\n#> \(line)"))
      #expect(try Run(["--check", file]).exit == .code(0))
      try stored.replacing("\"same\"", with: "\"other\"").write(
        toFile: file, atomically: true, encoding: .utf8)
      let run = try Run(["--check", file])
      #expect(run.exit == .code(4))
      #expect(run.output.contains("- \(line)") && run.output.contains("+ \(line)"))
    }
  }

  /// The digest was that of all the value.
  @Test func whatPatternsMatchInALongValueCountsAsTheSame() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 1 tags=["parameters"]
        let salt = "a"
        let first = 1

        # %% 2 sanitize=["id-[a-z]+"]
        (first...5000).map { "item \\($0) id-\\(salt)" }

        # %% 3 sanitize=["id-[a-z]+"]
        sleep(1s).then { (first...5000).map { "item \\($0) id-\\(salt)" } }

        """)
      #expect(try Run(["--update", file]).exit == .code(0))
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\n#> … digest of the whole: "))
      #expect(try Run(["--check", "--param", "salt=b", file]).exit == .code(0))
      let run = try Run(["--check", "--param", "salt=b", "--param", "first=2", file])
      #expect(run.exit == .code(4))
      #expect(run.output.contains("2 differ"))
    }
  }

  @Test(arguments: [[], ["--clock", "virtual"]])
  func nothingThatIsPrintedIsLost(clock: [String]) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nfor i in 0..<300000 { print(i) }\n")
      let run = try Run(clock + ["--port", "0", file])
      #expect(run.exit == .code(0))
      let lines: [String] = run.output.split(separator: "\n").dropFirst().map { String($0) }
      let wanted: [String] = (0..<300_000).map { String($0) }
      #expect(lines.count == wanted.count)
      let isWhole = lines == wanted
      #expect(isWhole)
    }
  }

  @Test func cellsAreChosenByAllThatIsSaid() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1\n# %% 2\n2\n# %% 3\n3\n")
      let run = try Run(["--only", "1", "--only", "3", file])
      #expect(run.output.contains("Out[1]: 1") && run.output.contains("Out[3]: 3"))
      #expect(!run.output.contains("Out[2]"))
    }
  }

  @Test func parametersAndChosenCells() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1 tags=[\"parameters\"]\nlet user = \"Ada\"\n\n# %% 2\n\"Hello \\(user)\"\n#> \"Hello Bob\"\n\n# %% 3\n1\n"
      )
      #expect(try Run(["--check", "--only", "1-2", "--param", "user=Bob", file]).exit == .code(0))
      #expect(try Run(["--check", "--only", "1-2", file]).exit == .code(4))
      let unchosen = try Run(["--check", "--only", "2-3", "--param", "user=Bob", file])
      #expect(unchosen.exit == .code(64))
      #expect(
        unchosen.errors
          == "\(file): cell [1], which is tagged \"parameters\", is not among the cells that run; write --only 1,2-3\n"
      )
      let wrong = try Run(["--param", "usr=Bob", file])
      #expect(wrong.exit == .code(64))
      #expect(wrong.errors == "\(file): cell [1] declares no \"usr\" to set; did you mean \"user\"?\n")
    }
  }

  @Test(arguments: [
    ["--check", "--update"], ["--check", "--serve"], ["--only", "3-1"], ["--report", "html=x"],
    ["--param", "x"], ["--serve", "cells/chat.cells"], ["--report", "json=-"],
  ])
  func optionsThatMakeNoSenseAreWrongUsage(_ options: [String]) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1\n")
      #expect(try Run(options + [file]).exit == .code(64))
    }
  }
}
