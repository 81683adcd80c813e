import Foundation
import TestSupport
import Testing

@testable import Notebooks

func readJupyter(_ text: String) throws -> NotebookFile.Contents {
  try JupyterNotebook.read(Array(text.utf8), name: "test.ipynb")
}

/// A notebook of nbformat 4.5 with these cells.
func jupyter(_ cells: String..., metadata: String = "{}") -> String {
  #"{"cells": [\#(cells.joined(separator: ", "))], "metadata": \#(metadata), "nbformat": 4, "nbformat_minor": 5}"#
}

/// A code cell; `source`, `metadata` and `outputs` are JSON.
func code(_ source: String, id: String = "a", metadata: String = "{}", outputs: String = "[]") -> String {
  #"{"cell_type": "code", "execution_count": null, "id": "\#(id)", "metadata": \#(metadata), "#
    + #""outputs": \#(outputs), "source": \#(source)}"#
}

private func onlyCell(_ cell: String) throws -> Cell {
  let cells = try readJupyter(jupyter(cell)).notebook.cells
  return try #require(cells.count == 1 ? cells[0] : nil)
}

@Test("The parts of a notebook become cells with titles, values and stored outputs")
func jupyterCells() throws {
  let text = jupyter(
    ##"{"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Title\n", "\n", "text"]}"##,
    code(
      #"["let a = 1\n", "a"]"#, metadata: #"{"title": "one", "tags": ["slow"], "routebook": {"number": 7}}"#,
      outputs: #"[{"output_type": "stream", "name": "stdout", "text": "1\n"}]"#),
    #"{"cell_type": "raw", "id": "r", "metadata": {"format": "text/x"}, "source": "raw"}"#, code(#""2""#))
  let contents = try readJupyter(text)
  #expect(
    contents.notebook.cells == [
      Cell(kind: .markdown, source: "# Title\n\ntext"),
      Cell(
        number: 7, title: "one", metadata: [Metadatum(key: "tags", value: #"["slow"]"#)],
        source: "let a = 1\na",
        storedOutputs: ["1"]),
      Cell(kind: .raw, metadata: [Metadatum(key: "format", value: #""text/x""#)], source: "raw"),
      Cell(number: 8, source: "2"),
    ])
  #expect(contents.notebook.header == Notebook.defaultHeader)
  #expect(contents.leftOut.isEmpty)
  #expect(contents.foreignLanguage == nil)
}

@Test("A source has a cells file's line ends and no blank lines at its end")
func jupyterSources() throws {
  #expect(try onlyCell(code(#""a\r\n\r\nb\r\n \n""#)).source == "a\n\nb")
  #expect(try onlyCell(code(#""""#)).source == "")
  #expect(try onlyCell(code("[]")).source == "")
}

/// jupytext leaves the stored outputs of a cells file in the source, and no cells file could be made of it again.
@Test(
  "Outputs that are stored at the end of a source are the cell's",
  arguments: [
    (#""a\n#> 1\n#>\n#>  2""#, "[]", "a", ["1", "", " 2"]),
    (#""a\n\n#> 1\n""#, "[]", "a", ["1"]),
    (##""#> 1""##, "[]", "", ["1"]),
    (##""#> 0\na""##, "[]", "#> 0\na", []),
    (#""a\n#> old""#, #"[{"output_type": "stream", "text": "new"}]"#, "a", ["new"]),
  ])
func outputsInSources(source: String, outputs: String, code text: String, stored: [String]) throws {
  let cell = try onlyCell(code(source, outputs: outputs))
  #expect(cell.source == text)
  #expect(cell.storedOutputs == stored)
}

@Test("Older versions of the format are read, without what they don't have", arguments: 0...4)
func olderVersions(minor: Int) throws {
  let notebook = try readJupyter(
    #"{"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4, "nbformat_minor": \#(minor)}"#
  ).notebook
  #expect(notebook.cells == [Cell(number: 1, source: "1")])
}

@Test("A copied cell gets a number of its own, and odd numbers are none")
func jupyterNumbers() throws {
  func numbers(_ metadata: String...) throws -> [Int?] {
    let cells = metadata.map { code(#""x""#, metadata: $0) }.joined(separator: ", ")
    return try readJupyter(jupyter(cells)).notebook.cells.map(\.number)
  }
  #expect(try numbers(#"{"routebook": {"number": 5}}"#, #"{"routebook": {"number": 5}}"#, "{}") == [5, 6, 7])
  #expect(try numbers(#"{"routebook": {"number": 0}}"#, #"{"routebook": {"number": "3"}}"#) == [1, 2])
  #expect(try numbers(#"{"routebook": 3}"#, #"{"routebook": {"number": 1e3}}"#) == [1, 2])
  #expect(try numbers(#"{"routebook": {"number": 10000000}}"#) == [1])
  #expect(try numbers(#"{"routebook": {"number": 9999999}}"#, "{}", "{}") == [9_999_999, 1, 2])
}

@Test(
  "A number that jupytext left at the beginning of a title is the cell's",
  arguments: [
    (#"{"title": "3 greeting"}"#, 3, "greeting"), (#"{"title": "3"}"#, 3, ""),
    (#"{"title": "20 questions", "routebook": {"number": 4}}"#, 4, "20 questions"),
    (#"{"title": "  a\nb "}"#, 1, "a b"), (#"{"title": "a=b c"}"#, 1, "a=b c"),
  ])
func jupyterTitles(metadata: String, number: Int, title: String) throws {
  #expect(try onlyCell(code(#""x""#, metadata: metadata)) == Cell(number: number, title: title, source: "x"))
}

@Test(
  "What a marker line can't hold is left out and counted",
  arguments: [
    (#"{"title": "a [markdown] b"}"#, 1), (#"{"title": 3}"#, 1), (#"{"title": "c a=b"}"#, 1),
    (#"{"@a/b": 1}"#, 1),
    (#"{"": 1, "ä": 2, "a b": 3}"#, 3), (#"{"collapsed": true, "ExecuteTime": {}, "scrolled": false}"#, 0),
  ])
func jupyterLeftOut(metadata: String, count: Int) throws {
  let contents = try readJupyter(jupyter(code(#""x""#, metadata: metadata)))
  #expect(contents.notebook.cells == [Cell(number: 1, source: "x")])
  #expect(contents.leftOut == LeftOut(metadata: count))
}

@Test(
  "Outputs become the lines that they looked like in the end",
  arguments: [
    (
      #"[{"output_type": "stream", "text": ["a", "b\n"]}, {"output_type": "stream", "text": "c"}]"#,
      ["ab", "c"], 0
    ),
    (
      #"[{"output_type": "stream", "text": "a"}, {"output_type": "execute_result", "data": {"text/plain": "1"}}]"#,
      ["a", "1"], 0
    ),
    (
      #"[{"output_type": "stream", "text": "10%\r20%\r\n\u001b[1;31mred\u001b[0m\b \u001b]8;;x\u0007link\u0000\n\n"}]"#,
      ["20%", "red link", ""], 0
    ),
    (
      #"[{"output_type": "display_data", "data": {"text/plain": ["<Figure>"], "image/png": "aGk="}}]"#,
      ["<Figure>"], 1
    ),
    (#"[{"output_type": "display_data", "data": {"image/png": "aGk="}}, {"output_type": "new"}]"#, [], 2),
    (#"[{"output_type": "error", "ename": "E", "evalue": "why", "traceback": []}]"#, ["E: why"], 0),
    (
      #"[{"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["\u001b[31mE\u001b[0m", "at 1\nat 2"]}]"#,
      ["E", "at 1", "at 2"], 0
    ),
    (#"[{"output_type": "stream", "text": "\u001b[\u001b]\u001b"}]"#, [""], 0),
  ])
func jupyterOutputs(outputs: String, lines: [String], leftOut: Int) throws {
  let contents = try readJupyter(jupyter(code(#""x""#, outputs: outputs)))
  #expect(contents.notebook.cells[0].storedOutputs == lines)
  #expect(contents.leftOut == LeftOut(outputs: leftOut))
}

@Test("What was left out is told in one line")
func leftOutDescription() {
  #expect(LeftOut(outputs: 1).description == "1 output that is more than text")
  #expect(
    LeftOut(outputs: 2, attachments: 1, metadata: 3).description
      == "2 outputs that are more than text, 1 attachment, 3 values of metadata")
}

@Test("A notebook in another language says so, in letters that are safe to show")
func foreignLanguages() throws {
  func language(_ metadata: String) throws -> String? {
    try readJupyter(jupyter(metadata: metadata)).foreignLanguage
  }
  #expect(try language(#"{"kernelspec": {"name": "python3", "language": "python"}}"#) == "python")
  #expect(try language(#"{"language_info": {"name": "julia"}}"#) == "julia")
  #expect(try language(#"{"kernelspec": {"name": "\u001b[31m"}}"#) == "?[31m")
  #expect(try language(#"{"kernelspec": {"language": "routebook"}}"#) == nil)
  #expect(try language(#"{"kernelspec": 3}"#) == nil)
}

// MARK: - Errors

@Test(
  "What is no notebook is refused: where, what is wrong, what to do",
  arguments: [
    (
      "",
      "test.ipynb, line 1: this is not JSON: it ends where a value belongs (column 1); "
        + "repair it in a text editor, or check that this is the file you mean"
    ),
    (
      "{\n \"cells\": [,]}",
      "test.ipynb, line 2: this is not JSON: a value belongs here (column 12); "
        + "repair it in a text editor, or check that this is the file you mean"
    ),
    (
      "[]",
      "test.ipynb: an object belongs here, and this is an array; "
        + "repair it in a text editor, or save the notebook again in Jupyter"
    ),
    (
      "{}",
      "test.ipynb: the key \"nbformat\" is missing here; "
        + "repair it in a text editor, or save the notebook again in Jupyter"
    ),
    (
      #"{"nbformat": 3, "worksheets": []}"#,
      "test.ipynb, nbformat: this notebook is in version 3.0 of Jupyter's format, and 4.0 to 4.5 are read; "
        + "`jupyter nbconvert --to notebook --nbformat 4 --inplace FILE` brings it up to date"
    ),
    (
      #"{"nbformat": 4, "nbformat_minor": 6}"#,
      "test.ipynb, nbformat: this notebook is in version 4.6 of Jupyter's format, and 4.0 to 4.5 are read; "
        + "save it as nbformat 4.5, or get a newer Routebook"
    ),
  ])
func jupyterFileErrors(text: String, message: String) throws {
  let error = try #require(throws: CellsFileError.self) { try readJupyter(text) }
  #expect(error.description == message)
}

@Test(
  "Values of the wrong kind are refused with the way to them",
  arguments: [
    (#"{"nbformat": 4, "cells": {}}"#, "cells", "an array belongs here, and this is an object"),
    (#"{"nbformat": 4.5, "cells": []}"#, "nbformat", "a whole number belongs here, and this is a number"),
    (
      #"{"nbformat": 4, "cells": [], "metadata": null}"#, "metadata",
      "an object belongs here, and this is null"
    ),
    (#"{"nbformat": 4, "cells": [7]}"#, "cells[0]", "an object belongs here, and this is a number"),
    (#"{"nbformat": 4, "cells": [{"source": ""}]}"#, "cells[0]", "the key \"cell_type\" is missing here"),
    (
      jupyter(#"{"cell_type": "heading", "source": ""}"#), "cells[0].cell_type",
      "\"code\", \"markdown\" or \"raw\" belongs here, and this is a text"
    ),
    (jupyter(code("3")), "cells[0].source", "a text or an array of lines belongs here, and this is a number"),
    (jupyter(code(#"["a", true]"#)), "cells[0].source[1]", "a text belongs here, and this is a truth value"),
    (
      jupyter(code(#""""#), code(#""""#, metadata: "[]")), "cells[1].metadata",
      "an object belongs here, and this is an array"
    ),
    (
      jupyter(code(#""""#, outputs: #"[{"output_type": "stream", "text": null}]"#)),
      "cells[0].outputs[0].text",
      "a text or an array of lines belongs here, and this is null"
    ),
    (
      jupyter(code(#""""#, outputs: #"[{"output_type": "display_data"}]"#)), "cells[0].outputs[0]",
      "the key \"data\" is missing here"
    ),
    (
      jupyter(code(#""""#, outputs: #"[{"output_type": "error", "traceback": "x"}]"#)),
      "cells[0].outputs[0].traceback",
      "an array belongs here, and this is a text"
    ),
  ])
func jupyterValueErrors(text: String, key: String, problem: String) throws {
  let error = try #require(throws: CellsFileError.self) { try readJupyter(text) }
  #expect(error.reason == .unexpectedValue)
  #expect(error.key == key)
  #expect(error.problem == problem)
}

@Test("Size, encoding and the number of cells have bounds")
func jupyterBounds() throws {
  func reason(_ bytes: [UInt8]) throws -> CellsFileError.Reason {
    try #require(throws: CellsFileError.self) { try JupyterNotebook.read(bytes, name: "x") }.reason
  }
  #expect(try reason(Array(repeating: 0x20, count: JupyterNotebook.maximumSize + 1)) == .tooLarge)
  #expect(try reason([0x22, 0xFF, 0x22]) == .invalidUTF8)
  let many = String(repeating: "0,", count: CellsFile.maximumCells)
  #expect(try reason(Array("{\"nbformat\": 4, \"cells\": [\(many)0]}".utf8)) == .tooManyCells)
}

@Test("A cell of a Jupyter notebook says whether its number was counted")
func tellsCountedNumbersOfJupyter() throws {
  let cells = try readJupyter(
    jupyter(code("\"1\"", metadata: #"{"routebook": {"number": 7}}"#), code("\"2\"", id: "b"))
  ).notebook.cells
  #expect(cells.map(\.number) == [7, 8])
  #expect(cells.map(\.hasCountedNumber) == [false, true])
}
