import Notebooks

extension FuzzTarget {
  /// A Jupyter notebook that can be read is written over itself and reads back as the same notebook.
  static let jupyter = FuzzTarget(name: "jupyter") { bytes in
    guard let notebook = try? JupyterNotebook.read(bytes, name: "fuzz").notebook else { return }
    guard let text = try? JupyterNotebook.serialize(notebook, updating: bytes) else {
      fatalError("what was read cannot be written")
    }
    let again = try? JupyterNotebook.read(Array(text.utf8), name: "fuzz").notebook
    promise(again?.cells == notebook.cells, "what was written reads back as other cells")
    promise(
      (try? JupyterNotebook.serialize(notebook, updating: Array(text.utf8))) == text,
      "what is written again changes")
  }
}
