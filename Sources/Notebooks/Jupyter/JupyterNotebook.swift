/// Jupyter's notebook file, `.ipynb`: JSON in nbformat 4, written in version 4.5 and read from 4.0 on.
///
/// A notebook that is written over an older file of its own keeps there what a cells file has no place for: the ids
/// of its cells, their attachments, outputs that are more than text, and keys that nobody here knows.
public enum JupyterNotebook {
  /// The greatest size of a file, in bytes. Pictures among the outputs make such files large.
  public static let maximumSize = 64 * 1024 * 1024

  /// Reads a notebook from a file's bytes. `name` is the file's name for errors.
  ///
  /// A cell has the number that its metadata give it (`routebook.number`); other code cells get those after the
  /// highest, in order. Throws where the bytes are no notebook of nbformat 4.0 to 4.5.
  public static func read(_ bytes: [UInt8], name: String) throws(CellsFileError) -> NotebookFile.Contents {
    try JupyterDocument(bytes, file: name).contents()
  }

  /// The text of a notebook's file. `name` is the file's name for errors.
  ///
  /// - Parameter existing: the file that it takes the place of: what its cells have besides is kept, where they are
  ///   still there.
  ///
  /// Throws where the existing file can't be read, or the text would be too large.
  public static func serialize(
    _ notebook: Notebook, updating existing: [UInt8]? = nil, name: String = ""
  ) throws(CellsFileError) -> String {
    let document: JupyterDocument? =
      if let existing { try JupyterDocument(existing, file: name) } else { nil }
    let text = JSONWriter.file(.object(JupyterWriter(notebook, updating: document).root()))
    guard text.utf8.count <= maximumSize else { throw tooLarge(name) }
    return text
  }

  static func tooLarge(_ name: String) -> CellsFileError {
    CellsFileError(
      .tooLarge, file: name, problem: "the file is larger than \(maximumSize >> 20) MiB",
      advice: "clear its outputs in Jupyter, or split it into several notebooks")
  }
}
