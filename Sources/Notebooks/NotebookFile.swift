/// A notebook's file in either of its formats: a cells file, or Jupyter's `.ipynb`.
public enum NotebookFile {
  public enum Format: String, Sendable, CaseIterable {
    case cells
    case jupyter = "ipynb"

    /// The format of a file by its name: Jupyter's for `.ipynb`, else a cells file.
    public init(ofFileAt path: String) {
      self = path.lowercased().hasSuffix(".ipynb") ? .jupyter : .cells
    }

    /// The greatest size of a file, in bytes.
    public var maximumSize: Int {
      switch self {
      case .cells: CellsFile.maximumSize
      case .jupyter: JupyterNotebook.maximumSize
      }
    }
  }

  /// What a file holds.
  public struct Contents: Sendable {
    public var notebook: Notebook
    /// The language of a Jupyter notebook that says that its code is in another than ours.
    public var foreignLanguage: String?
    /// What only Jupyter's format has a place for.
    public var leftOut = LeftOut()
  }

  /// Reads the notebook in a file, in the format that its name says unless it is given. `-` has no special meaning.
  ///
  /// Throws where the file can't be read, is too large or can't be parsed.
  public static func load(_ path: String, as format: Format? = nil) throws(CellsFileError) -> Contents {
    let format = format ?? Format(ofFileAt: path)
    return try parse(try CellsFile.bytes(ofFileAt: path, atMost: format.maximumSize), as: format, name: path)
  }

  /// Reads a notebook from a file's bytes. `name` is the file's name for errors.
  public static func parse(_ bytes: [UInt8], as format: Format, name: String) throws(CellsFileError)
    -> Contents
  {
    switch format {
    case .cells: Contents(notebook: try CellsFile.parse(bytes: bytes, name: name))
    case .jupyter: try JupyterNotebook.read(bytes, name: name)
    }
  }

  /// Writes a notebook to a file, in the format that its name says, whole or not at all, as `CellsFile.save` does.
  ///
  /// A Jupyter notebook that is there already is brought up to date: see `JupyterNotebook.serialize`. Throws where it
  /// can't be read, since what it holds would be lost, and where the file can't be written.
  ///
  /// - Parameter original: the file that the notebook was read from, where it is another: what a Jupyter notebook has there
  ///   besides goes along to another one, in place of what that had.
  /// - Returns: what the original has and the file has no place for.
  @discardableResult
  public static func save(
    _ notebook: Notebook, to path: String, from original: String? = nil
  ) throws(CellsFileError) -> LeftOut {
    let isOfJupyter = original.map { Format(ofFileAt: $0) } == .jupyter
    // It may be gone, or no notebook any more; what was read of it is saved all the same.
    let bytes =
      isOfJupyter ? original.flatMap { try? existing($0, atMost: JupyterNotebook.maximumSize) } : nil
    switch Format(ofFileAt: path) {
    case .cells:
      try CellsFile.save(notebook, to: path)
      let contents = bytes.flatMap { try? JupyterNotebook.read($0, name: path) }
      return contents?.leftOut ?? LeftOut()
    case .jupyter:
      if let bytes, let text = try? JupyterNotebook.serialize(notebook, updating: bytes, name: path) {
        try CellsFile.replace(path, with: text)
      } else {
        try update(path, with: notebook, as: .jupyter)
      }
      return LeftOut()
    }
  }

  /// Writes a notebook that was read elsewhere to a file, so that as little as can be of what is there changes: a
  /// cells file keeps its spelling, a Jupyter notebook what it has besides.
  ///
  /// Throws where a file is there that can't be read, and where it can't be written; then it is as it was.
  public static func update(_ path: String, with notebook: Notebook, as format: Format) throws(CellsFileError)
  {
    let existing = try existing(path, atMost: format.maximumSize)
    switch format {
    case .cells:
      guard let existing else { return try CellsFile.save(notebook, to: path) }
      try CellsFile.save(notebook.spelled(as: try CellsFile.parse(bytes: existing, name: path)), to: path)
    case .jupyter:
      try CellsFile.replace(
        path, with: try JupyterNotebook.serialize(notebook, updating: existing, name: path))
    }
  }

  /// The bytes of a file that is there and not empty.
  private static func existing(_ path: String, atMost limit: Int) throws(CellsFileError) -> [UInt8]? {
    guard CellsFile.version(ofFileAt: path) != nil, CellsFile.isWaitless(path) else { return nil }
    let bytes = try CellsFile.bytes(ofFileAt: path, atMost: limit)
    return bytes.isEmpty ? nil : bytes
  }
}
