import Foundation
import Notebooks

/// The notebooks that the grammar is tried on: the golden ones, the tutorial, and one with every form there is.
enum SampleNotebooks {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let everything = tests.appending(path: "Editors/everything.cells")

  static let files: [URL] = {
    let folders = ["Golden/cells", "../cells"].map { tests.appending(path: $0).standardizedFileURL }
    let found = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".cells") }.sorted().map { folder.appending(path: $0) }
    }
    return found + [everything]
  }()

  struct CodeCell {
    /// The UTF-8 offset and the line, counted from 1, at which the source begins in its file.
    let start: Int
    let line: Int
    let source: String
  }

  /// The code cells of a file; none where it is not a notebook.
  static func cells(of text: String) -> [CodeCell] {
    guard let notebook = try? CellsFile.parse(text, name: "sample") else { return [] }
    var lineStarts = [0]
    for (offset, byte) in text.utf8.enumerated() where byte == UInt8(ascii: "\n") {
      lineStarts.append(offset + 1)
    }
    return notebook.codeCells.compactMap { cell in
      guard let line = cell.firstLine, !cell.source.isEmpty else { return nil }
      return CodeCell(start: lineStarts[line - 1], line: line, source: cell.source)
    }
  }
}
