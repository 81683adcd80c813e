import Foundation
import TestSupport
import Testing

@testable import Notebooks

private func write(_ notebook: Notebook, over existing: String? = nil) throws -> String {
  try JupyterNotebook.serialize(notebook, updating: existing.map { Array($0.utf8) }, name: "test.ipynb")
}

private func ids(_ text: String) throws -> [String?] {
  try JupyterDocument(Array(text.utf8), file: "x").cells.map(\.id)
}

@Test("Outputs that were stored in a source stay there as long as they are the cell's")
func storedInSource() throws {
  let text = jupyter(code(##""1\n#> 1""##))
  var notebook = try readJupyter(text).notebook
  #expect(try write(notebook, over: text).contains(##""1\n#> 1""##))
  try notebook.update(1) { $0.storedOutputs = ["2"] }
  let written = try write(notebook, over: text)
  #expect(!written.contains("#>"))
  #expect(try readJupyter(written).notebook.cells == notebook.cells)
}

@Test("A notebook is written in Jupyter's own layout")
func jupyterLayout() throws {
  let notebook = try parse("# %% [markdown]\n# Text\n\n# %% 3 one tags=[\"slow\"]\nlet a = 1\na\n#> 1\n#>\n")
  #expect(
    try write(notebook) == """
      {
       "cells": [
        {
         "cell_type": "markdown",
         "id": "markdown-1",
         "metadata": {},
         "source": [
          "Text"
         ]
        },
        {
         "cell_type": "code",
         "execution_count": 3,
         "id": "c3",
         "metadata": {
          "routebook": {
           "number": 3
          },
          "tags": [
           "slow"
          ],
          "title": "one"
         },
         "outputs": [
          {
           "name": "stdout",
           "output_type": "stream",
           "text": [
            "1\\n",
            "\\n"
           ]
          }
         ],
         "source": [
          "let a = 1\\n",
          "a"
         ]
        }
       ],
       "metadata": {
        "kernelspec": {
         "display_name": "Routebook",
         "language": "routebook",
         "name": "routebook"
        },
        "language_info": {
         "file_extension": ".cells",
         "mimetype": "text/x-routebook",
         "name": "routebook"
        },
        "routebook": {
         "header": ""
        }
       },
       "nbformat": 4,
       "nbformat_minor": 5
      }

      """)
}

@Test("Lines are split where Python splits them")
func splitLines() {
  let text = "a\nb\r\nc\rd\u{85}e\u{2028}f\u{B}g\u{1E}"
  let lines = ["a\n", "b\r\n", "c\r", "d\u{85}", "e\u{2028}", "f\u{B}", "g\u{1E}"]
  #expect(JupyterWriter.lines(text) == .array(lines.map(JSON.string)))
  #expect(JupyterWriter.lines("") == .array([]))
}

// MARK: - Ids

@Test("New ids come from numbers and kinds, and are no others")
func newIDs() throws {
  let notebook = try parse("# %% [markdown]\n# a\n# %% [raw]\n# b\n# %% [markdown]\n# c\n# %% 9\n1\n")
  #expect(try ids(write(notebook)) == ["markdown-1", "raw-1", "markdown-2", "c9"])
  let existing = jupyter(code(#""x""#, id: "c2", metadata: #"{"routebook": {"number": 1}}"#))
  #expect(try ids(write(parse("# %% 1\nx\n# %% 2\ny\n"), over: existing)) == ["c2", "c2-1"])
}

@Test("Ids that are doubled or not allowed are made anew")
func badIDs() throws {
  let long = String(repeating: "x", count: 65)
  let existing = jupyter(
    code(#""1""#, id: "same"), code(#""2""#, id: "same"), code(#""3""#, id: "not allowed"),
    code(#""4""#, id: long),
    code(#""5""#, id: ""), code(#""6""#, id: "A-z_0"))
  let notebook = try readJupyter(existing).notebook
  #expect(try ids(write(notebook, over: existing)) == ["same", "c2", "c3", "c4", "c5", "A-z_0"])
}

@Test("An id follows its cell by the number that the file gives, whatever was changed or moved")
func idsByNumber() throws {
  let existing = try write(parse("# %% 3\na\n# %% 5\nb\n# %% 7\nc\n"))
    .replacing("\"c3\"", with: "\"id-a\"").replacing("\"c5\"", with: "\"id-b\"")
    .replacing("\"c7\"", with: "\"id-c\"")
  let changed = try parse("# %% 7\nc\n# %% 3\nb\n# %% 8\na\n")
  #expect(try ids(write(changed, over: existing)) == ["id-c", "id-a", "c8"])
}

@Test("Where numbers were only counted, an inserted cell takes no id from those that it has shifted")
func idsBySource() throws {
  let existing = jupyter(code(#""a""#, id: "id-a"), code(#""b""#, id: "id-b"), code(#""c""#, id: "id-c"))
  #expect(
    try ids(write(parse("# %%\nnew\n# %%\na\n# %%\nb\n# %%\nc\n"), over: existing))
      == ["c1", "id-a", "id-b", "id-c"])
  // Of like cells each keeps its own, as long as none came or went.
  let like = jupyter(code(#""b""#, id: "id-b1"), code(#""b""#, id: "id-b2"))
  #expect(
    try ids(write(parse("# %%\nnew\n# %%\nb\n# %%\nb\n"), over: like)) == ["c1", "id-b1", "id-b2"])
  // The first of two like cells is gone: the number tells which.
  let twins = jupyter(code(#""a""#, id: "id-1"), code(#""a""#, id: "id-2"))
  var notebook = try readJupyter(twins).notebook
  try notebook.delete(1)
  #expect(try ids(write(notebook, over: twins)) == ["id-2"])
}

@Test(
  "The same where the notebook was made of a file without numbers, and where cells are edited, gone or swapped"
)
func idsOfUnnumberedCells() throws {
  let existing = try write(parse("# %%\nlet a = 1\n# %%\nlet b = a + 1\n# %%\nlet c = 3\n"))
  func changed(_ cells: String...) throws -> [String?] {
    try ids(write(parse(cells.map { "# %%\n\($0)\n" }.joined()), over: existing))
  }
  #expect(try changed("new()", "let a = 1", "let b = a + 1", "let c = 3").dropFirst() == ["c1", "c2", "c3"])
  #expect(try changed("let b = a + 1", "let c = 3") == ["c2", "c3"])
  #expect(try changed("let b = a + 1", "let a = 1", "let c = 3") == ["c2", "c1", "c3"])
  #expect(try changed("new()", "let a = 1", "let b = a + 22", "let c = 3").dropFirst() == ["c1", "c2", "c3"])
}

@Test("A text that is edited beside one that is new or gone keeps its attachments")
func attachmentsOfEditedTexts() throws {
  let existing = jupyter(
    ##"{"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "# Intro"}"##,
    #"{"cell_type": "markdown", "id": "plot", "metadata": {}, "source": "The result:\n\n![p](attachment:p.png)", "#
      + #""attachments": {"p.png": {"image/png": "aGk="}}}"#, code(#""a""#, id: "id-a"))
  let (intro, plot) = (
    "# %% [markdown]\n# # Intro\n", "# %% [markdown]\n# At last:\n#\n# ![p](attachment:p.png)\n"
  )
  for (text, expected) in [
    (intro + "# %%\nnew\n" + plot + "# %%\na\n", ["intro", nil, "plot", "id-a"]),
    (intro + "# %% [markdown]\n# Explained\n" + plot + "# %%\na\n", ["intro", nil, "plot", "id-a"]),
    (plot + "# %%\na\n", ["plot", "id-a"]), ("# %%\na\n" + plot + intro, ["id-a", "plot", "intro"]),
  ] {
    let written = try write(parse(text), over: existing)
    let found = try ids(written)
    #expect(zip(found, expected).allSatisfy { $1 == nil || $0 == $1 } && found.count == expected.count)
    #expect(written.contains("aGk="))
  }
}

@Test("Text that was changed keeps its id by its place")
func idsByPlace() throws {
  let existing = try write(parse("# %% [markdown]\n# one\n# %% 1\na\n# %% [markdown]\n# two\n"))
    .replacing("markdown-1", with: "id-1").replacing("markdown-2", with: "id-2")
  let changed = try parse("# %% [markdown]\n# ONE\n# %% 1\na\n# %% [markdown]\n# TWO\n# %% [raw]\n# x\n")
  #expect(try ids(write(changed, over: existing)) == ["id-1", "c1", "id-2", "raw-1"])
}

// MARK: - What is kept

private let rich = jupyter(
  #"{"cell_type": "markdown", "id": "m", "metadata": {"k": 1}, "odd": 2, "source": "![](attachment:a)", "#
    + #""attachments": {"a": {"image/png": "aGk="}}}"#,
  code(
    #""plot()\n""#, id: "p", metadata: #"{"@a/b": 1.0, "collapsed": true, "tags": ["x"], "title": "c a=b"}"#,
    outputs: #"[{"output_type": "execute_result", "execution_count": 9, "metadata": {}, "#
      + #""data": {"text/plain": "<Figure>", "image/png": "aGk="}}]"#),
  metadata:
    #"{"authors": [{"name": "A"}], "kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}"#
)

@Test(
  "Over its own file a notebook keeps attachments, outputs, sources as written and keys that nobody knows")
func untouchedNotebook() throws {
  var expected = try #require(try JSONReader.read(Array(rich.utf8)).object)
  guard case .array(var cells)? = expected["cells"], var plot = cells[1].object else {
    Issue.record("the notebook has two cells")
    return
  }
  var metadata = try #require(plot["metadata"]?.object)
  metadata["routebook"] = .object(JSONObject([.init(key: "number", value: .integer(1))]))
  plot["metadata"] = .object(metadata)
  cells[1] = .object(plot)
  expected["cells"] = .array(cells)
  #expect(try write(readJupyter(rich).notebook, over: rich) == JSONWriter.file(.object(expected)))
}

@Test("Saved to another file a notebook takes along what that of its own has besides")
func savedElsewhere() throws {
  let folder = TemporaryFolder()
  let (own, other) = (folder.path + "/own.ipynb", folder.path + "/other.ipynb")
  folder.write(rich, to: "own.ipynb")
  folder.write(jupyter(code("1", id: "z")), to: "other.ipynb")
  let notebook = try NotebookFile.load(own).notebook
  #expect(try NotebookFile.save(notebook, to: other, from: own).isEmpty)
  #expect(try folder.read("other.ipynb") == write(notebook, over: rich))
  // Into a cells file it does not fit, and what does not is told.
  let leftOut = try NotebookFile.save(notebook, to: folder.path + "/other.cells", from: own)
  #expect(leftOut == (try readJupyter(rich).leftOut) && leftOut.attachments == 1)
  // Where its own is gone, or is no notebook any more, it is saved all the same.
  for text in ["", "{"] {
    folder.write(text, to: "own.ipynb")
    #expect(try NotebookFile.save(notebook, to: folder.path + "/third.ipynb", from: own).isEmpty)
    #expect(try NotebookFile.load(folder.path + "/third.ipynb").notebook.codeCells.count == 1)
  }
}

@Test("The way through a cells file and back changes no more")
func throughCellsFile() throws {
  let direct = try write(readJupyter(rich).notebook, over: rich)
  let cells = try CellsFile.serialize(readJupyter(rich).notebook)
  #expect(cells.contains("# %% 1 tags=[\"x\"]\nplot()\n#> <Figure>\n"))
  #expect(try write(parse(cells), over: rich) == direct)
}

@Test("Code that was changed keeps of its outputs the stored text alone; other values go where they went")
func changedCode() throws {
  var notebook = try readJupyter(rich).notebook
  try notebook.update(1) {
    $0.source = "plot(2)"
    $0.metadata = [Metadatum(key: "y", value: "word")]
    $0.title = "new"
  }
  let cell = try #require(try JupyterDocument(Array(write(notebook, over: rich).utf8), file: "x").cells.last)
  #expect(cell.id == "p")
  #expect(cell.object["source"] == .array([.string("plot(2)")]))
  #expect(cell.object["outputs"] == PlainOutputs.outputs(for: ["<Figure>"]))
  #expect(cell.object["execution_count"] == .integer(1))
  let metadata = try #require(cell.object["metadata"]?.object)
  #expect(metadata.keys == ["@a/b", "collapsed", "routebook", "title", "y"])
  #expect(metadata["y"] == .string("word"))
}

@Test("Outputs that are stored anew take the place of the old ones, and gone ones go")
func changedOutputs() throws {
  var notebook = try readJupyter(rich).notebook
  try notebook.update(1) { $0.storedOutputs = ["2\n3"] }
  #expect(try readJupyter(write(notebook, over: rich)).notebook[1]?.storedOutputs == ["2", "3"])
  try notebook.update(1) { $0.storedOutputs = [] }
  let text = try write(notebook, over: rich)
  #expect(try readJupyter(text).notebook[1]?.storedOutputs == [])
  #expect(!text.contains("image/png\": \"aGk=\"\n    },\n    \"execution"))
}

@Test("What a notebook in another language says of its kernel stays")
func foreignKernel() throws {
  let text = try write(readJupyter(rich).notebook, over: rich)
  #expect(try readJupyter(text).foreignLanguage == "python")
  #expect(!text.contains("language_info"))
}

@Test("A title that gave the number gives it up to the number's own place")
func titleWithNumber() throws {
  let existing = jupyter(
    code(#""x""#, metadata: #"{"title": "3"}"#), code(#""y""#, metadata: #"{"title": "4 four"}"#))
  let text = try write(readJupyter(existing).notebook, over: existing)
  #expect(try readJupyter(text).notebook.cells == readJupyter(existing).notebook.cells)
  #expect(!text.contains("\"title\": \"3\""))
}

/// The 9 became the number of the text, and the code had to take another.
@Test(
  "A number at the beginning of a text's title stays there, in a Jupyter notebook and back",
  arguments: ["# %% [markdown] 9 lives\n# text\n\n# %% 9\n5\n", "# %% [raw] 9 k=1\n# text\n"])
func textTitleWithNumber(cells: String) throws {
  let folder = TemporaryFolder()
  let notebook = try parse(cells)
  try NotebookFile.save(notebook, to: folder.file("a.ipynb"))
  let back = try NotebookFile.load(folder.file("a.ipynb")).notebook
  #expect(back.cells == notebook.cells)
  // Also where no file is there that would tell how it was spelt.
  try NotebookFile.save(back, to: folder.file("new.cells"))
  #expect(try parse(folder.text("new.cells")).cells == notebook.cells)
  folder.write(cells, to: "a.cells")
  try NotebookFile.save(back, to: folder.file("a.cells"))
  #expect(try folder.text("a.cells") == cells)
}

// MARK: - Files

@Test("A file's name says its format, for reading and for writing")
func filesByName() throws {
  let folder = TemporaryFolder()
  let notebook = try parse("# %% 1\n1\n")
  try NotebookFile.save(notebook, to: folder.file("a.cells"))
  try NotebookFile.save(notebook, to: folder.file("a.IPYNB"))
  #expect(try folder.text("a.cells") == "# %% 1\n1\n")
  #expect(try folder.text("a.IPYNB").hasPrefix("{\n \"cells\": [\n"))
  #expect(try NotebookFile.load(folder.file("a.cells")).notebook == notebook)
  #expect(try NotebookFile.load(folder.file("a.IPYNB")).notebook.cells == notebook.cells)
}

@Test("A file that can't be read is not replaced; an empty one is")
func unreadableTargets() throws {
  let folder = TemporaryFolder()
  let notebook = try parse("# %% 1\n1\n")
  let path = folder.file("a.ipynb", "{\"cells\": [")
  #expect(throws: CellsFileError.self) { try NotebookFile.save(notebook, to: path) }
  #expect(try folder.text("a.ipynb") == "{\"cells\": [")
  let cells = folder.file("a.cells", "# %% 1\n# %% 1\n")
  #expect(throws: CellsFileError.self) { try NotebookFile.update(cells, with: notebook, as: .cells) }
  #expect(try folder.text("a.cells") == "# %% 1\n# %% 1\n")
  try NotebookFile.save(notebook, to: folder.file("b.ipynb", ""))
  #expect(try NotebookFile.load(folder.file("b.ipynb")).notebook.cells == notebook.cells)
}

@Test("A cells file that is brought up to date keeps its spelling where nothing changed")
func spellingIsKept() throws {
  let text = "# about\n\n#%%   [markdown]\n#words\n\n\n# In[1]:\n1\n# %% two   k=word\n2  \n"
  let folder = TemporaryFolder()
  let path = folder.file("a.cells", text)
  let jupyter = try write(parse(text))
  try NotebookFile.update(path, with: readJupyter(jupyter).notebook, as: .cells)
  #expect(try folder.text("a.cells") == text)
  var changed = try readJupyter(jupyter).notebook
  try changed.replace(1, source: "changed")
  try NotebookFile.update(path, with: changed, as: .cells)
  #expect(try folder.text("a.cells") == text.replacing("\n1\n", with: "\nchanged\n"))
}
