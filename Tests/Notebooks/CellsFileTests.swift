import Foundation
import Testing

@testable import Notebooks

/// The example of the users' guide.
private let greeting = """
  # ---
  # jupyter:
  #   kernelspec: {display_name: Routebook, language: routebook, name: routebook}
  # ---

  # %% [markdown]
  # # Greeting
  # The minimum program.

  # %% 1 greeting
  route "/" { "Hello, everybody!" }

  # %% 2
  await get("/").text
  #> "Hello, everybody!"

  """

@Test("The parts of a file become header, cells and stored outputs")
func readsTheGuidesExample() throws {
  let notebook = try parse(greeting)
  #expect(notebook.header == Notebook.defaultHeader)
  #expect(
    notebook.cells == [
      Cell(kind: .markdown, source: "# Greeting\nThe minimum program."),
      Cell(number: 1, title: "greeting", source: #"route "/" { "Hello, everybody!" }"#),
      Cell(number: 2, source: #"await get("/").text"#, storedOutputs: [#""Hello, everybody!""#]),
    ])
  #expect(try CellsFile.serialize(notebook) == greeting)
}

@Test("The same notebook made by hand gives the same file")
func writesTheGuidesExample() throws {
  var notebook = Notebook()
  try notebook.insert(Cell(kind: .markdown, source: "# Greeting\nThe minimum program."))
  notebook.append(code: #"route "/" { "Hello, everybody!" }"#, title: "greeting")
  notebook.append(code: #"await get("/").text"#)
  try notebook.update(2) { $0.storedOutputs = [#""Hello, everybody!""#] }
  #expect(try CellsFile.serialize(notebook) == greeting)
}

@Test(
  "A marker line gives number, title, kind and metadata",
  arguments: [
    ("# %%", Cell(number: 1, source: "x")),
    ("#%%", Cell(number: 1, source: "x")),
    ("  # %% 3", Cell(number: 3, source: "x")),
    ("# %%% 3 deeper", Cell(number: 3, title: "deeper", source: "x")),
    ("# %%\t12\tgreeting  you ", Cell(number: 12, title: "greeting  you", source: "x")),
    ("# %% 007", Cell(number: 7, source: "x")),
    ("# %% 0 zero", Cell(number: 1, title: "0 zero", source: "x")),
    ("# %% 20240101 a date", Cell(number: 1, title: "20240101 a date", source: "x")),
    ("# %% 3D plots", Cell(number: 1, title: "3D plots", source: "x")),
    ("# In[3]:", Cell(number: 3, source: "x")),
    ("# In[ ]:", Cell(number: 1, source: "x")),
    ("#In[ 4 ]", Cell(number: 4, source: "x")),
    ("# <codecell>", Cell(number: 1, source: "x")),
    (
      "# %% 3 slow one tags=[\"slow\", \"net work\"] mode=fast",
      Cell(
        number: 3, title: "slow one",
        metadata: [.init(key: "tags", value: "[\"slow\", \"net work\"]"), .init(key: "mode", value: "fast")],
        source: "x")
    ),
    (
      "# %% slideshow={\"a\": \"}\\\"\"}",
      Cell(number: 1, metadata: [.init(key: "slideshow", value: "{\"a\": \"}\\\"\"}")], source: "x")
    ),
    ("# %% why a=b is false", Cell(number: 1, title: "why a=b is false", source: "x")),
    ("# %% is a==b", Cell(number: 1, title: "is a==b", source: "x")),
    ("# %% [note] x", Cell(number: 1, title: "[note] x", source: "x")),
  ])
func markers(line: String, cell: Cell) throws {
  let text = line + "\nx\n"
  let notebook = try parse(text)
  #expect(notebook.cells == [cell])
  #expect(try CellsFile.serialize(notebook) == text)
}

@Test(
  "A text cell's kind stands anywhere in its title",
  arguments: [
    ("# %% [markdown]", Cell(kind: .markdown, source: "x")),
    ("# %% [md]", Cell(kind: .markdown, source: "x")),
    ("# %% [raw] k=1", Cell(kind: .raw, metadata: [.init(key: "k", value: "1")], source: "x")),
    ("# %% 4 one [markdown] two", Cell(number: 4, kind: .markdown, title: "one two", source: "x")),
    ("# %% [markdown] 9 lives", Cell(kind: .markdown, title: "9 lives", source: "x")),
  ])
func textMarkers(line: String, cell: Cell) throws {
  let notebook = try parse(line + "\n# x\n")
  #expect(notebook.cells == [cell])
}

@Test("Lines that only resemble markers are code")
func notMarkers() throws {
  for line in ["# %%x", "# % %", "x # %%", "// %% 3", "# In[a]:", "# In[3]: x", "# <codecell> x", "# %"] {
    #expect(CellsFile.markerLine(in: line) == nil, "\(line)")
    #expect(try parse("# %% 1\n\(line)\n").cells.count == 1, "\(line)")
  }
}

@Test("Tags are read from their JSON array, and anything else there gives none")
func tags() throws {
  let cells = try parse("# %% tags=[\"a\", \"b c\"]\n\n# %% tags=3\n\n# %%\n").cells
  #expect(cells.map(\.tags) == [["a", "b c"], [], []])
}

@Test("A file without markers is one cell, numbered 1")
func fileWithoutMarkers() throws {
  let text = "\n\nlet a = 1\n\nlet b = 2\n\n"
  let notebook = try parse(text)
  #expect(notebook.cells == [Cell(number: 1, source: "let a = 1\n\nlet b = 2")])
  #expect(try CellsFile.serialize(notebook) == text)
  #expect(try parse("").cells.isEmpty)
  #expect(try parse("# only\n// comments\n").cells.isEmpty)
}

@Test("Unmarked code before the first marker is a cell, comments there belong to the header")
func textBeforeTheFirstMarker() throws {
  let code = try parse("#!/usr/bin/env routebook\n# about\n\nlet a = 1\n\n# %%\nb\n")
  #expect(code.cells.map(\.number) == [1, 2])
  #expect(code.cells[0].source == "#!/usr/bin/env routebook\n# about\n\nlet a = 1")
  let comments = try parse("#!/usr/bin/env routebook\n# about\n\n# %%\nb\n")
  #expect(comments.cells == [Cell(number: 1, source: "b")])
  #expect(comments.header == "#!/usr/bin/env routebook\n# about\n\n")
  let string = try parse("#\"raw\"#\n# %%\nb\n")
  #expect(string.cells.count == 2)
}

@Test("Cells without a number get those after the file's highest, in order")
func implicitNumbers() throws {
  #expect(try parse("# %%\na\n# %% [markdown]\n# b\n# %%\nc\n").cells.map(\.number) == [1, nil, 2])
  #expect(try parse("# %%\na\n# %% 7\nb\n# %%\nc\n# %% 3\nd\n").cells.map(\.number) == [8, 7, 9, 3])
}

@Test("Markdown loses its comment signs, and blank lines in it are blank lines of the text")
func markdownText() throws {
  let text = "# %% [markdown]\n# # Title\n#\n#no space\n#   indented\n\n# end\n#\n"
  let cell = try #require(try parse(text).cells.first)
  #expect(cell.source == "# Title\n\nno space\n  indented\n\nend\n")
}

@Test("Line ends, a byte order mark and a missing final newline are no part of a source")
func lineEnds() throws {
  let text = "\u{FEFF}# ---\r\n# a: b\r\n# ---\r\n\r\n# %% 1\r\na\r\n\r\nb\r\n#> 1\r\n#>\r\n#>2"
  let notebook = try parse(text)
  #expect(notebook.cells == [Cell(number: 1, source: "a\n\nb", storedOutputs: ["1", "", "2"])])
  #expect(try CellsFile.serialize(notebook).utf8.elementsEqual(text.utf8))
}

@Test("What is added to a file takes on its line ends and numbering")
func additionsFollowTheFile() throws {
  var windows = try parse("# %% 1\r\na")
  windows.append(code: "b\nc")
  #expect(try CellsFile.serialize(windows).utf8.elementsEqual("# %% 1\r\na\r\n\r\n# %% 2\r\nb\r\nc\r\n".utf8))

  var bare = try parse("# %%\na\n\n# %%\nb\n")
  bare.append(code: "c")
  #expect(try CellsFile.serialize(bare) == "# %%\na\n\n# %%\nb\n\n# %%\nc\n")
  try bare.move(3, to: 0)
  #expect(try CellsFile.serialize(bare) == "# %% 3\nc\n\n# %% 1\na\n\n# %% 2\nb\n")

  var plain = try parse("let a = 1\n")
  plain.append(code: "b")
  #expect(try CellsFile.serialize(plain) == "let a = 1\n\n# %%\nb\n")
  try plain.move(1, to: .max)
  #expect(try CellsFile.serialize(plain) == "# %% 2\nb\n\n# %% 1\nlet a = 1\n")
}

@Test("A change leaves every other byte of the file alone")
func changesAreLocal() throws {
  let text = "# about\n\n#%%   1   one\n  a\n\n\n\n# %% 2 [md]\n#text\n\n# In[3]:\nc\n\n#> 3\n"
  var notebook = try parse(text)
  try notebook.replace(1, source: "A")
  #expect(
    try CellsFile.serialize(notebook)
      == "# about\n\n#%%   1   one\nA\n\n\n\n# %% 2 [md]\n#text\n\n# In[3]:\nc\n\n#> 3\n")
  try notebook.update(1) { $0.title = "uno" }
  try notebook.delete(2)
  #expect(try CellsFile.serialize(notebook) == "# about\n\n#%% 1 uno\nA\n\n# In[3]:\nc\n\n#> 3\n")
}

/// Line ends of the code became the file's, and the blank lines before the outputs went.
@Test(
  "Outputs that are stored change nothing of the code before them",
  arguments: [
    (
      "# %% 2\n5\n\n# %% 1\r\n6\r\n7\n\r\n#> 7\r\n\n# %% 3\n",
      "# %% 2\n5\n\n# %% 1\r\n6\r\n7\n\r\n#> a\r\n#> b\r\n\n# %% 3\n"
    ),
    ("# %% 1\n5  \n\n#> 4\n", "# %% 1\n5  \n\n#> a\n#> b\n"),
    ("# %% 1\r\n\r\n5\r\n\r\n", "# %% 1\r\n\r\n5\r\n#> a\r\n#> b\r\n\r\n"),
    ("# %% 1\n\n#> 4", "# %% 1\n\n#> a\n#> b\n"),
    ("5", "5\n#> a\n#> b\n"),
    ("# %% 1", "# %% 1\n#> a\n#> b\n"),
  ])
func storedOutputsLeaveTheCode(_ text: String, _ expected: String) throws {
  var notebook = try parse(text)
  try notebook.update(1) { $0.storedOutputs = ["a", "b"] }
  #expect(try CellsFile.serialize(notebook).utf8.elementsEqual(expected.utf8))
}

@Test("Strings that Swift calls equal and that differ in bytes are a change")
func changesAreOfBytes() throws {
  var notebook = try parse("# %% 1\n\"e\u{301}\"\n")
  try notebook.replace(1, source: "\"\u{E9}\"")
  #expect(try CellsFile.serialize(notebook).utf8.elementsEqual("# %% 1\n\"\u{E9}\"\n".utf8))
}

@Test("A source's line ends and trailing blank lines are made the file's")
func sourcesAreNormalized() throws {
  var notebook = Notebook(header: "")
  notebook.append(code: "a\r\nb\n \n\n")
  try notebook.update(1) { $0.storedOutputs = ["1\n2", "3"] }
  let text = try CellsFile.serialize(notebook)
  #expect(text == "# %% 1\na\nb\n#> 1\n#> 2\n#> 3\n")
}

@Test("A cell says whether its file gave it its number or it was counted")
func tellsCountedNumbers() throws {
  let notebook = try parse("# %% 7\n1\n# %%\n2\n# %% [markdown]\n# text\n")
  #expect(notebook.cells.map(\.number) == [7, 8, nil])
  #expect(notebook.cells.map(\.hasCountedNumber) == [false, true, false])
}
