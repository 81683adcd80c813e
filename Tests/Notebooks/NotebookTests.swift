import Testing

@testable import Notebooks

@Test("New code cells are numbered from 1, and a number that was given up is not given again")
func numbersAreLabels() throws {
  var notebook = Notebook()
  #expect(notebook.append(code: "a") == 1)
  #expect(notebook.append(code: "b", title: "second") == 2)
  #expect(notebook.append(code: "c") == 3)
  try notebook.delete(3)
  #expect(notebook.nextNumber == 4)
  #expect(notebook.append(code: "d") == 4)
  #expect(notebook.codeNumbers == [1, 2, 4])
  #expect(notebook[2]?.title == "second")
  #expect(notebook[3] == nil)
}

@Test("Moving changes the order and no number")
func movingKeepsNumbers() throws {
  var notebook = Notebook()
  for source in ["a", "b", "c", "d"] { notebook.append(code: source) }
  try notebook.move(3, to: 0)
  #expect(notebook.codeNumbers == [3, 1, 2, 4])
  try notebook.move(3, to: 2)
  #expect(notebook.codeNumbers == [1, 2, 3, 4])
  try notebook.move(1, to: .max)
  #expect(notebook.codeNumbers == [2, 3, 4, 1])
  try notebook.move(2, to: 0)
  #expect(notebook.codeNumbers == [2, 3, 4, 1])
  #expect(notebook.cells.map(\.source) == ["b", "c", "d", "a"])
}

@Test("A cell goes in where it is put; places beyond the ends mean the ends")
func insertion() throws {
  var notebook = Notebook()
  notebook.append(code: "a")
  let text = try notebook.insert(Cell(kind: .markdown, source: "hello"), at: -5)
  #expect(text.number == nil)
  #expect(try notebook.insert(Cell(source: "b"), at: 99).number == 2)
  #expect(try notebook.insert(Cell(number: 9, source: "c"), at: 1).number == 9)
  #expect(notebook.cells.map(\.source) == ["hello", "c", "a", "b"])
  #expect(notebook.nextNumber == 10)
  #expect(notebook.codeCells.count == 3)
}

@Test("A change can touch everything of a cell but its number and kind")
func updating() throws {
  var notebook = Notebook()
  notebook.append(code: "a")
  try notebook.update(1) {
    $0 = Cell(number: 7, kind: .markdown, title: "t", source: "b", storedOutputs: ["1"])
  }
  #expect(notebook.cells == [Cell(number: 1, title: "t", source: "b", storedOutputs: ["1"])])
  try notebook.replace(1, source: "c")
  #expect(notebook[1]?.source == "c")
}

@Test("A refused change says what there is instead")
func refusals() throws {
  var notebook = Notebook()
  #expect(throws: NotebookError.noCell(7, existing: [])) { try notebook.delete(7) }
  for number in [1, 2, 3, 7, 9, 10] { try notebook.insert(Cell(number: number, source: "x")) }
  let missing = #expect(throws: NotebookError.self) { try notebook.move(8, to: 0) }
  #expect(missing?.description == "there is no cell 8: the notebook has 1-3, 7, 9-10")
  #expect(throws: NotebookError.numberTaken(7)) { try notebook.insert(Cell(number: 7, source: "x")) }
  #expect(throws: NotebookError.badNumber(0)) { try notebook.insert(Cell(number: 0, source: "x")) }
  #expect(throws: NotebookError.badNumber(-1)) { try notebook.insert(Cell(number: -1, source: "x")) }
  #expect(notebook.codeNumbers == [1, 2, 3, 7, 9, 10])
}

@Test("After the greatest number comes the lowest free one")
func numbersEnd() throws {
  var notebook = Notebook()
  try notebook.insert(Cell(number: Notebook.maximumNumber, source: "x"))
  #expect(notebook.append(code: "a") == 1)
  #expect(notebook.append(code: "b") == 2)
}

@Test("Recovered cells replace nothing: where their number is taken they go to the end")
func restoring() throws {
  var notebook = try parse("# %% 1\na\n\n# %% 2 [markdown]\n# text\n")
  let restored = notebook.restore(
    [
      Cell(number: 1, source: "a"), Cell(number: 1, source: "A"), Cell(number: 2, source: "B"),
      Cell(number: 9, source: "C"), Cell(number: -3, source: "D"),
    ].map { .added($0, at: .max) })
  #expect(notebook.cells.map(\.source) == ["a", "text", "A", "B", "C", "D"])
  #expect(notebook.cells.map(\.number) == [1, 2, 3, 4, 9, 10])
  #expect(restored.map(\.number) == [3, 4, 9, 10])
}
