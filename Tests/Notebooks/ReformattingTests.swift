import Testing

@testable import Notebooks

/// A cell's source written differently: all else of the file stays, byte for byte.
struct ReformattingTests {
  private func reformatted(_ text: String, _ number: Int, _ source: String) throws -> String {
    var notebook = try CellsFile.parse(text, name: "a.cells")
    try notebook.reformat(number, source: source)
    return try CellsFile.serialize(notebook)
  }

  @Test(arguments: [
    ("# %% 1\nold\n", "# %% 1\nnew\n"), ("old", "new"), ("old\n\n\n", "new\n\n\n"),
    (
      "#%%   1   title  \n\nold\nlines\n\n#> output  \n#>  more\n\n",
      "#%%   1   title  \nnew\n\n#> output  \n#>  more\n\n"
    ),
    (
      "# ---\n# x: y\n# ---\n\n# %% 1\nold\n# %% [markdown]\n#  text \n",
      "# ---\n# x: y\n# ---\n\n# %% 1\nnew\n# %% [markdown]\n#  text \n"
    ),
    ("# %% 1\r\nold\r\n#> 2\r\n", "# %% 1\r\nnew\r\n#> 2\r\n"),
    ("# %% 2\n2\n# %% 1\r\nold\r\n#> 2\r\n", "# %% 2\n2\n# %% 1\r\nnew\r\n#> 2\r\n"),
  ])
  func keepsAllElse(text: String, expected: String) throws {
    #expect(try reformatted(text, 1, "new") == expected)
  }

  @Test func severalLinesTakeTheFilesLineEnds() throws {
    #expect(try reformatted("# %% 1\r\nold\r\n", 1, "a\nb") == "# %% 1\r\na\r\nb\r\n")
    #expect(try reformatted("# %% 1\nold\r\n", 1, "a\nb") == "# %% 1\na\r\nb\r\n")
  }

  @Test func whatTheFileWouldTakeForSomethingElseIsRefused() throws {
    #expect(throws: CellsFileError.self) { try reformatted("# %% 1\nold\n", 1, "a\n# %% 2") }
    #expect(throws: CellsFileError.self) { try reformatted("# %% 1\nold\n", 1, "a\n#> b") }
    #expect(throws: NotebookError.self) { try reformatted("# %% 1\nold\n", 2, "a") }
  }
}
