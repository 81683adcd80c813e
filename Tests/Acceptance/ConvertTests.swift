import Foundation
import TestSupport
import Testing

/// `routebook convert`, and Jupyter notebooks wherever a file is opened: the built program.
@Suite struct ConvertTests {
  private static let cells = """
    # %% [markdown]
    # # Greeting

    # %% 1 greeting
    route "/hello" { "hello" }

    # %% 2
    await get("/hello").text
    #> "hello"

    """

  private static let foreign = """
    {"cells": [{"cell_type": "code", "id": "plot", "metadata": {}, "execution_count": 1, "source": "let a = 1",
     "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGk="}}]}],
     "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
     "nbformat": 4, "nbformat_minor": 5}
    """

  @Test func theTutorialComesBackByteForByte() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let tutorial = BuiltProgram.packageFolder + "/cells/tutorial.cells"
      for arguments in [[tutorial, "t.ipynb"], ["t.ipynb", "t.cells"]] {
        let run = try Run(["convert"] + arguments, in: folder)
        #expect(run.exit == .code(0))
        #expect(run.output == "" && run.errors == "")
      }
      #expect(folder.read("t.cells") == TemporaryFolder.read(tutorial))
    }
  }

  @Test func standardInputAndOutputTakeAnyFormat() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      let jupyter = try Run(["convert", "--from", "cells", "-", "-"], in: folder, input: Self.cells)
      #expect(jupyter.exit == .code(0))
      #expect(jupyter.output.hasPrefix("{\n \"cells\": [\n"))
      let back = try Run(["convert", "--to", "cells", "-", "-"], in: folder, input: jupyter.output)
      #expect(back.exit == .code(0))
      #expect(back.output == Self.cells)
    }
  }

  @Test func whatACellsFileHasNoPlaceForIsToldInOneLineAndStaysInTheNotebook() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write(Self.foreign, to: "a.ipynb")
      let run = try Run(["convert", "a.ipynb", "a.cells"], in: folder)
      #expect(run.exit == .code(0))
      #expect(
        run.errors == """
          a.ipynb says that its language is python; its code is read as Routebook's
          a.ipynb: a cells file has no place for 1 output that is more than text; left out

          """)
      #expect(folder.read("a.cells")?.hasSuffix("# %% 1\nlet a = 1\n") == true)
      #expect(try Run(["convert", "a.cells", "a.ipynb"], in: folder).exit == .code(0))
      let back = try #require(folder.read("a.ipynb"))
      #expect(back.contains("\"image/png\": \"aGk=\"") && back.contains("\"id\": \"plot\""))
    }
  }

  @Test func whatCannotBeReadIsNeitherConvertedNorReplaced() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write("{\"cells\": [}", to: "bad.ipynb")
      folder.write(Self.cells, to: "good.cells")
      let reading = try Run(["convert", "bad.ipynb", "new.cells"], in: folder)
      #expect(reading.exit == .code(2))
      #expect(reading.errors.hasPrefix("bad.ipynb, line 1: this is not JSON: "))
      #expect(folder.read("new.cells") == nil)
      let writing = try Run(["convert", "good.cells", "bad.ipynb"], in: folder)
      #expect(writing.exit == .code(2))
      #expect(folder.read("bad.ipynb") == "{\"cells\": [}")
      let missing = try Run(["convert", "none.cells", "new.ipynb"], in: folder)
      #expect(missing.exit == .code(2))
      #expect(missing.errors == "none.cells: there is no such file; check its name and folder\n")
    }
  }

  /// The output was named, with lines that nobody could look at.
  @Test func whatIsWrongInAJupyterNotebookIsToldByItsPlaceThere() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      for (source, type, message) in [
        (
          "1\\nlet s = \\\"\\\"\\\"\\n# %% fake\\n\\\"\\\"\\\"", "code",
          "cells[1].source, line 3: this line looks like"
        ),
        ("# Head\\n%% fake", "markdown", "cells[1].source, line 2: this line looks like"),
        ("1\\n\\u0000", "code", "cells[1].source, line 2: this line has a NUL byte"),
      ] {
        folder.write(
          """
          {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "a"},
           {"cell_type": "\(type)", "metadata": {}, "source": "\(source)"}],
           "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
          """, to: "a.ipynb")
        let run = try Run(["convert", "a.ipynb", "a.cells"], in: folder)
        #expect(run.exit == .code(2))
        #expect(run.errors.hasPrefix("a.ipynb, \(message)"), "\(run.errors)")
        #expect(folder.read("a.cells") == nil)
      }
    }
  }

  /// It was 2, as of a file that can't be read.
  @Test func aFileThatCannotBeWrittenHasTheStatusOfLostOutput() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write(Self.cells, to: "a.cells")
      folder.write("1+1\n", to: "b.cells")
      let missing = try Run(["convert", "a.cells", "none/a.ipynb"], in: folder)
      #expect(missing.exit == .code(74))
      #expect(missing.errors.contains("there is no such folder"))
      // No file may have a byte, as on a disk that is full.
      for command in ["convert a.cells a.ipynb", "format b.cells", "replay --update b.cells"] {
        let program = try RunningProgram(
          "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \(command)", BuiltProgram.path()],
          environment: Serving.environment, folder: folder.path)
        #expect(try program.waitForExit(timeout: 60) == .code(74), "\(command)")
        #expect(program.errors.contains("could not write it"))
      }
      #expect(folder.read("b.cells") == "1+1\n" && folder.read("a.ipynb") == nil)
    }
  }

  @Test(
    "Wrong usage is told, with status 64",
    arguments: [
      ["a.cells", "b.cells"], ["a.ipynb", "b.ipynb"], ["a", "b"], ["-", "-"], ["a.cells"],
      ["--to", "pdf", "a.cells", "b"],
    ])
  func wrongUsage(arguments: [String]) async throws {
    try await onOwnThread {
      let run = try Run(["convert"] + arguments, in: TemporaryFolder())
      #expect(run.exit == .code(64))
      #expect(run.errors.hasPrefix("Error: "))
    }
  }

  @Test func aJupyterNotebookIsOpenedWhereverACellsFileIs() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write(Self.cells, to: "a.cells")
      #expect(try Run(["convert", "a.cells", "a.ipynb"], in: folder).exit == .code(0))
      for arguments in [["check"], ["disassemble"], ["replay", "--port", "0"]] {
        let cells = try Run(arguments + ["a.cells"], in: folder)
        let jupyter = try Run(arguments + ["a.ipynb"], in: folder)
        #expect(jupyter.exit == .code(0) && cells.exit == .code(0))
        #expect(!jupyter.output.isEmpty)
        let port = /:\d+\//
        #expect(
          jupyter.output.replacing("a.ipynb", with: "a.cells").replacing(port, with: ":PORT/")
            == cells.output.replacing(port, with: ":PORT/"))
      }
      let serving = try Serving.start(folder.path + "/a.ipynb")
      #expect(try serving.ask("/hello").text == "hello")
      try serving.stop()
      let format = try Run(["format", "a.ipynb"], in: folder)
      #expect(format.exit == .code(2))
      #expect(format.errors.hasPrefix("a.ipynb is a Jupyter notebook, "))
    }
  }

  /// It is read twice.
  @Test func theLanguageOfAnUpdatedNotebookIsToldOnce() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write(Self.foreign.replacing("let a = 1", with: "1 + 1"), to: "a.ipynb")
      let run = try Run(["replay", "--update", "a.ipynb"], in: folder)
      #expect(run.exit == .code(0) && run.output.contains("1 updated"))
      #expect(
        run.errors == "a.ipynb says that its language is python; its code is read as Routebook's\n")
    }
  }

  @Test func thePromptLoadsAndSavesJupyterNotebooksAndKeepsWhatTheyHave() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write(Self.foreign, to: "a.ipynb")
      let run = try Run(
        ["a.ipynb", "--port", "0"], in: folder,
        input: "let b = a + 1\n%save\n%save b.ipynb\n%load b.ipynb\nb\n")
      #expect(run.exit == .code(0))
      #expect(run.output.contains("saved 2 cells to a.ipynb\n"))
      #expect(run.output.hasSuffix("2\n"))
      let saved = try #require(folder.read("a.ipynb"))
      #expect(saved.contains("\"image/png\": \"aGk=\"") && saved.contains("\"id\": \"plot\""))
      #expect(saved.contains("\"id\": \"c2\"") && saved.contains("let b = a + 1"))
      #expect(folder.read("b.ipynb")?.contains("let b = a + 1") == true)
    }
  }
}
