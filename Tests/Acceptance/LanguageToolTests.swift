import Foundation
import TestSupport
import Testing

/// `routebook check`, `format` and `disassemble`: the built program.
@Suite struct LanguageToolTests {
  // MARK: check

  @Test("the tutorial has nothing wrong", arguments: Tutorial.both)
  func tutorialIsFine(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let run = try Run(["check", tutorial.path])
      #expect(run.exit == .code(0))
      #expect(run.output == "\(tutorial.path): 23 cells, nothing wrong\n")
      #expect(run.errors == "")
    }
  }

  @Test func everyErrorOfAFileIsToldWithCellLineAndFile() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 3
        let count = 1

        # %% [markdown]
        # Text

        # %% 7
        print(cuont)
        count = 2
        """)
      let run = try Run(["check", file])
      #expect(run.exit == .code(2))
      #expect(run.output == "")
      #expect(
        run.errors == """
          error: "cuont" is not defined
            cell [7], line 1 (\(file):8)
            1 | print(cuont)
              |       ^^^^^
            help: did you mean "count"?

          error: cannot assign to "count"
            cell [7], line 2 (\(file):9)
            2 | count = 2
              | ^^^^^
            note: declared in cell [3] with let
            help: declare it with var

          \(file): 2 cells, 2 errors

          """)
    }
  }

  @Test func warningsAreNoFailure() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("let get = 1\n")
      let run = try Run(["check", file])
      #expect(run.exit == .code(0))
      #expect(run.output == "\(file): 1 cell, 1 warning\n")
      #expect(run.errors.hasPrefix("warning: this replaces the builtin \"get\" for every cell\n"))
    }
  }

  @Test func tagsAndPatternsThatNoReplayTakesAreErrors() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        """
        # %% 1 tags="ignore-output"
        1
        # %% 2 sanitize=["["]
        2
        # %% 3 tags=["slow"] a title
        3
        """)
      let checked = try Run(["check", file])
      #expect(checked.exit == .code(2))
      #expect(
        checked.errors.split(separator: "\n") == [
          "\(file):1: tags is a list of texts: tags=[\"ignore-output\"]",
          "\(file):3: \"[\" in sanitize is no regular expression as ICU has them",
          "\(file):5: write tags=[…] behind the cell's title, at the end of the line; as it is, it is a part of it",
          "\(file): 3 cells, 3 errors",
        ])
      let replayed = try Run(["replay", "--check", file])
      #expect(replayed.exit == .code(2) && replayed.errors.contains(":1: tags is a list of texts"))
    }
  }

  @Test func severalFilesAreAllCheckedAndTheWorstCounts() async throws {
    try await onOwnThread {
      let good = try Serving.temporaryFile("1 + 1\n")
      let bad = try Serving.temporaryFile("1 +\n")
      let run = try Run(["check", bad, "/nowhere/at/all.cells", good])
      #expect(run.exit == .code(2))
      #expect(run.output == "\(good): 1 cell, nothing wrong\n")
      #expect(run.errors.contains("\(bad): 1 cell, 1 error\n"))
      #expect(run.errors.contains("/nowhere/at/all.cells: there is no such file"))
    }
  }

  @Test func standardInputIsAFileToo() async throws {
    try await onOwnThread {
      let run = try Run(["check", "-"], input: "# %% 1\nlet a = 1\n# %% 2\na + b\n")
      #expect(run.exit == .code(2))
      #expect(run.errors.contains("cell [2], line 1 (standard input:4)\n"))
      #expect(run.errors.hasSuffix("standard input: 2 cells, 1 error\n"))
    }
  }

  // MARK: format

  @Test func filesAreFormattedInPlaceAndThenStayAsTheyAre() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nlet   x=1 // one\n#> 1\n\n# %% [markdown]\n#  Text  \n\n# %% 2\nx +  1\n# %% 3\nx\n")
      let told = try Run(["format", "--check", file])
      #expect(told.exit == .code(4))
      #expect(told.output == "\(file): not in the style: [1] [2]\n")
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("let   x=1"))
      let done = try Run(["format", file])
      #expect(done.exit == .code(0))
      #expect(done.output == "\(file): formatted [1] [2]\n")
      #expect(
        try String(contentsOfFile: file, encoding: .utf8)
          == "# %% 1\nlet x = 1  // one\n#> 1\n\n# %% [markdown]\n#  Text  \n\n# %% 2\nx + 1\n# %% 3\nx\n")
      let again = try Run(["format", "--check", file])
      #expect(again.exit == .code(0))
      #expect(again.output == "")
    }
  }

  @Test func aFileWithAnErrorIsLeftAsItIs() async throws {
    try await onOwnThread {
      let text = "# %% 1\nlet   x=1\n# %% 2\nlet =\n"
      let file = try Serving.temporaryFile(text)
      let run = try Run(["format", file])
      #expect(run.exit == .code(2))
      #expect(run.errors.contains("cell [2], line 1 (\(file):4)\n"))
      #expect(run.errors.hasSuffix("\(file) has errors and is left as it is\n"))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }
  }

  @Test func standardInputIsFormattedToStandardOutput() async throws {
    try await onOwnThread {
      let run = try Run(["format", "-"], input: "f( 1 )\n")
      #expect(run.exit == .code(0))
      #expect(run.output == "f(1)\n")
    }
  }

  @Test func theSampleNotebooksAreInTheStyle() async throws {
    try await onOwnThread {
      let files = ["tutorial", "chat", "todo", "gateway", "httpbin"].map {
        BuiltProgram.packageFolder + "/cells/\($0).cells"
      }
      let run = try Run(["format", "--check"] + files)
      #expect(run.exit == .code(0))
      #expect(run.output == "")
    }
  }

  // MARK: disassemble

  @Test func aCellIsShownAsItsInstructions() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nlet a = 1\n# %% 2\nprint(a)\n")
      let one = try Run(["disassemble", "--cell", "2", file])
      #expect(one.exit == .code(0))
      #expect(one.output.hasPrefix("cell [2]: main, "))
      #expect(one.output.contains("  getGlobal               r0 = print\n"))
      let all = try Run(["disassemble", file])
      #expect(all.output.contains("cell [1]: main, ") && all.output.hasSuffix(one.output))
    }
  }

  @Test func whatCannotBeCompiledIsTold() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\nlet = 1\n# %% 2\n2\n")
      let run = try Run(["disassemble", file])
      #expect(run.exit == .code(2))
      #expect(run.output.hasPrefix("cell [2]: main, "))
      #expect(run.errors.contains("  cell [1], line 1 (\(file):2)\n"))
      let missing = try Run(["disassemble", "--cell", "5", file])
      #expect(missing.exit == .code(2))
      #expect(missing.errors == "\(file) has no cell [5]; its cells are [1], [2]\n")
    }
  }
}
