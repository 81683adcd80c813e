import Foundation
import Testing

@testable import Notebooks

@Test("The tutorial is a notebook with numbered code and text before each new idea")
func tutorial() throws {
  let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
  let path = root.appendingPathComponent("cells/tutorial.cells").path
  let notebook = try CellsFile.load(path)
  #expect(notebook.codeNumbers == Array(1...23))
  #expect(notebook.cells.filter { $0.kind == .markdown }.count == 23)
  #expect(notebook.cells.first?.kind == .markdown)
  #expect(!notebook.cells.contains { $0.source.isEmpty })
  #expect(try CellsFile.serialize(notebook).utf8.elementsEqual(Data(contentsOf: URL(fileURLWithPath: path))))
}
