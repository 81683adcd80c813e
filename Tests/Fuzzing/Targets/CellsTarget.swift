import Notebooks

extension FuzzTarget {
  /// A cells file that can be read is written back byte for byte.
  static let cells = FuzzTarget(name: "cells") { bytes in
    guard let notebook = try? CellsFile.parse(bytes: bytes, name: "fuzz") else { return }
    guard let text = try? CellsFile.serialize(notebook) else { fatalError("what was read cannot be written") }
    promise(Array(text.utf8) == bytes, "what was read is not written back as it was")
  }
}
