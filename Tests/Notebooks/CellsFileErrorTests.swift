import Foundation
import Testing

@testable import Notebooks

@Test(
  "A file that can't be read says where, what and what to do",
  arguments: [
    (
      "# %% 3\na\n# %%\nb\n# %% 3\nc\n", CellsFileError.Reason.duplicateNumber(3),
      "test.cells, line 5: there is a cell 3 already, in line 1; give one of the two another number, or none"
    ),
    (
      "# %%\na\n#> 1\nb\n", .misplacedOutput,
      "test.cells, line 3: `#>` marks stored outputs, and they end a cell, but something follows here; "
        + "move these lines to the end of their cell, or write an ordinary comment with `# `"
    ),
    (
      "# ---\n# a: b\nlet c = 1\n", .unterminatedHeader,
      "test.cells, line 1: the header that begins here has no end; "
        + "close it with a line `# ---` before the first cell"
    ),
    (
      "# %%\na\n\n# %% [markdown]\n# b\nc\n", .uncommentedText,
      "test.cells, line 6: this line of a markdown cell is not a comment; "
        + "begin it with `# `, or begin a code cell before it with a line `# %%`"
    ),
    (
      "# %%\n# %% 2 tags=[slow]\n", .unreadableMarker,
      "test.cells, line 2: the value of tags in this marker line is not JSON; "
        + "write it like tags=[\"slow\", \"network\"]"
    ),
    (
      "a\nb\0c\n", .containsNUL,
      "test.cells, line 2: this line has a NUL byte, so this is no text; "
        + "remove the byte, or check that this is the file you mean"
    ),
    (
      "# %% 9999999\na\n# %%\nb\n", .numbersExhausted,
      "test.cells, line 3: there is no number left for this cell: they end at 9999999; "
        + "give this cell a lower number"
    ),
  ])
func unreadableFiles(text: String, reason: CellsFileError.Reason, message: String) throws {
  let error = try parseError(text)
  #expect(error.reason == reason)
  #expect(error.description == message)
}

@Test("Lines are counted through header, byte order mark and Windows line ends")
func errorLines() throws {
  #expect(try parseError("\u{FEFF}# ---\r\n# ---\r\n\r\n# %%\r\n#> 1\r\n\r\nx\r\n").line == 5)
  #expect(try parseError("#> 1\n# %%\n").line == 1)
  #expect(try parseError("# about\nx\n#> 1\n\n#> 2\n").line == 3)
  #expect(try parseError("#!/bin/x\n# ---\n# %% 1\n# ---\n").line == 2)
  #expect(try parseError("# %% 1\n# %% x=\"\n").line == 2)
}

@Test("Bytes that are no UTF-8 are refused with their line")
func invalidUTF8() throws {
  let bytes = Array("# %%\nä\n".utf8) + [0x22, 0xC3, 0x28, 0x22, 0x0A]
  let error = try #require(throws: CellsFileError.self) { try CellsFile.parse(bytes: bytes, name: "x") }
  #expect(error.reason == .invalidUTF8)
  #expect(error.line == 3)
  #expect(try CellsFile.parse(bytes: Array("# %%\nä\n".utf8), name: "x").cells[0].source == "ä")
}

@Test("A file may have 16 MiB and 100,000 cells, and no more")
func limits() throws {
  let line = String(repeating: "x", count: 1023) + "\n"
  let full = String(repeating: line, count: 16 * 1024)
  #expect(try parse(full).cells.count == 1)
  #expect(try parseError(full + "x").reason == .tooLarge)
  let cells = String(repeating: "# %%\n", count: CellsFile.maximumCells)
  #expect(try parse(cells).cells.count == CellsFile.maximumCells)
  let error = try parseError(cells + "# %%\n")
  #expect(error.reason == .tooManyCells)
  #expect(error.line == CellsFile.maximumCells + 1)
  #expect(try parseError("# %% " + String(repeating: "x", count: 70_000)).reason == .unreadableMarker)
}

@Test("Lines that would split a cell are found on entry")
func linesRefusedOnEntry() {
  #expect(CellsFile.markerLine(in: "let a = \"\"\"\n  # %% two\n\"\"\"") == 2)
  #expect(CellsFile.markerLine(in: "/*\r\n# In[3]:\r\n*/") == 2)
  #expect(CellsFile.markerLine(in: "a\nb # %%\n") == nil)
  #expect(CellsFile.markerLine(in: "") == nil)
  #expect(CellsFile.markerLine(in: "a\n%% b", kind: .markdown) == 2)
  #expect(CellsFile.markerLine(in: "a\n%% b", kind: .code) == nil)
  #expect(CellsFile.outputLine(in: "a\n#> 1") == 2)
  #expect(CellsFile.outputLine(in: "a # > 1") == nil)
}

@Test("A cell that a file can't hold is refused when it is saved")
func unwritableCells() throws {
  func error(_ cell: Cell) throws -> CellsFileError {
    var notebook = Notebook()
    notebook.append(code: "first")
    try notebook.insert(cell)
    return try #require(throws: CellsFileError.self) { try CellsFile.serialize(notebook, name: "x.cells") }
  }
  let marker = try error(Cell(source: "a\n# %%\nb"))
  #expect(marker.reason == .markerInSource)
  #expect(
    marker.description.hasPrefix("x.cells, cell [2], line 2: this line looks like the beginning of a cell"))
  #expect(try error(Cell(source: "a\n#> b")).reason == .outputInSource)
  #expect(try error(Cell(kind: .markdown, source: "%% a")).reason == .markerInSource)
  #expect(try error(Cell(source: "a\0b")).reason == .containsNUL)
  #expect(try error(Cell(title: "two\nlines", source: "a")).reason == .unrepresentable)
  #expect(try error(Cell(title: "[markdown]", source: "a")).reason == .uncommentedText)
  #expect(try error(Cell(kind: .markdown, title: "3 bears a=b", source: "a")).reason == .unrepresentable)
  #expect(try error(Cell(kind: .markdown, source: "a", storedOutputs: ["1"])).reason == .unrepresentable)
  #expect(try error(Cell(metadata: [.init(key: "a b", value: "1")], source: "a")).reason == .unrepresentable)
  var header = Notebook(header: "let a = 1\n")
  header.append(code: "a")
  #expect(throws: CellsFileError.self) { try CellsFile.serialize(header) }
}
