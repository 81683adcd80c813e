/// What a file of Jupyter's says, checked as far as it is used here.
struct JupyterDocument {
  /// The whole, for what is kept of it.
  let root: JSONObject
  let cells: [JupyterCell]
  /// The same cells as a notebook has them, in the same order.
  let mapped: [Cell]
  private let file: String

  init(_ bytes: [UInt8], file: String) throws(CellsFileError) {
    let whole = JSONField(value: try JupyterDocument.json(bytes, file), path: "", file: file)
    root = try whole.object()
    self.file = file
    try JupyterDocument.checkVersion(whole)
    _ = try whole.memberIfPresent("metadata")?.object()
    let fields = try whole.member("cells").elements()
    guard fields.count <= CellsFile.maximumCells else {
      throw CellsFileError(
        .tooManyCells, file: file, problem: "the file has more than \(CellsFile.maximumCells) cells",
        advice: "split it into several notebooks")
    }
    var cells: [JupyterCell] = []
    cells.reserveCapacity(fields.count)
    for field in fields { cells.append(try JupyterCell(field)) }
    self.cells = cells
    mapped = JupyterDocument.numbered(cells)
  }

  private static func json(_ bytes: [UInt8], _ file: String) throws(CellsFileError) -> JSON {
    guard bytes.count <= JupyterNotebook.maximumSize else { throw JupyterNotebook.tooLarge(file) }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw CellsFileError(
        .invalidUTF8, file: file, problem: "this is not valid UTF-8, so it is no notebook of Jupyter's",
        advice: "check that this is the file you mean")
    }
    do throws(JSONError) {
      return try JSONReader.read(bytes)
    } catch {
      throw CellsFileError(
        .invalidJSON, file: file, line: error.line,
        problem: "this is not JSON: \(error.problem) (column \(error.column))",
        advice: "repair it in a text editor, or check that this is the file you mean")
    }
  }

  private static func checkVersion(_ whole: JSONField) throws(CellsFileError) {
    let major = try whole.member("nbformat").integer()
    let minor = try whole.memberIfPresent("nbformat_minor")?.integer() ?? 0
    guard major != 4 || !(0...5).contains(minor) else { return }
    throw CellsFileError(
      .unsupportedVersion, file: whole.file, key: "nbformat",
      problem: "this notebook is in version \(major).\(minor) of Jupyter's format, and 4.0 to 4.5 are read",
      advice: major < 4
        ? "`jupyter nbconvert --to notebook --nbformat 4 --inplace FILE` brings it up to date"
        : "save it as nbformat 4.5, or get a newer Routebook")
  }

  /// The cells with their numbers: those that the file gives, each to one cell; other code cells get the next.
  private static func numbered(_ cells: [JupyterCell]) -> [Cell] {
    var taken: Set<Int> = []
    var result: [Cell] = []
    for cell in cells {
      var mapped = cell.cell
      // Jupyter copies a cell with its metadata: the first keeps the number.
      if let number = mapped.number, !taken.insert(number).inserted { mapped.number = nil }
      result.append(mapped)
    }
    var next = (taken.max() ?? 0) + 1
    for index in result.indices where result[index].kind == .code && result[index].number == nil {
      if next > Notebook.maximumNumber { next = 1 }
      // There are more numbers than cells.
      while taken.contains(next) { next += 1 }
      taken.insert(next)
      result[index].number = next
      result[index].hasCountedNumber = true
      next += 1
    }
    return result
  }

  func contents() -> NotebookFile.Contents {
    let header = header
    var leftOut = LeftOut()
    for cell in cells { leftOut.add(cell.leftOut) }
    leftOut.metadata += metadata.keys.count { !JupyterDocument.knownMetadata.contains($0) }
    return NotebookFile.Contents(
      notebook: Notebook(header: header, cells: mapped, newline: header.contains("\r\n") ? "\r\n" : "\n"),
      foreignLanguage: isForRoutebook ? nil : language.map(JupyterDocument.printable), leftOut: leftOut)
  }

  // MARK: - Metadata of the notebook

  static let knownMetadata: Set = ["kernelspec", "language_info", "routebook", "orig_nbformat"]

  var metadata: JSONObject { root["metadata"]?.object ?? JSONObject() }

  /// The language that its code is in, where the file says so.
  private var language: String? {
    let kernel = metadata["kernelspec"]?.object
    return kernel?["language"]?.string ?? metadata["language_info"]?.object?["name"]?.string
      ?? kernel?["name"]?.string
  }

  /// Whether its code is in our language, or the file doesn't say.
  var isForRoutebook: Bool { language.map { $0.lowercased() == "routebook" } ?? true }

  /// A name made safe to show.
  private static func printable(_ name: String) -> String {
    let scalars = name.unicodeScalars.prefix(40).map {
      $0.properties.isAlphabetic || (" "..."~").contains($0) ? $0 : "?"
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The header of the cells file that it was made from, or the usual one.
  private var header: String {
    guard let header = metadata["routebook"]?.object?["header"]?.string,
      let read = try? CellsFile.parse(bytes: Array(header.utf8), name: file), read.cells.isEmpty
    else { return Notebook.defaultHeader }
    return header
  }
}

/// One cell of a file of Jupyter's.
struct JupyterCell {
  /// The whole, for what is kept of it.
  let object: JSONObject
  /// Its id where it is one that the format allows.
  let id: String?
  /// What a notebook has of it, with the number that the file gives it.
  let cell: Cell
  let leftOut: LeftOut
  /// Whether its source ends in lines `#> …`, which are its stored outputs: jupytext, which does not know them, leaves
  /// them there.
  let storesOutputsInSource: Bool

  init(_ field: JSONField) throws(CellsFileError) {
    object = try field.object()
    let kindField = try field.member("cell_type")
    guard let kind = Cell.Kind(rawValue: try kindField.string()) else {
      throw kindField.unexpected("\"code\", \"markdown\" or \"raw\"")
    }
    var source = try field.member("source").text()
    id = object["id"]?.string.flatMap { JupyterCell.isID($0) ? $0 : nil }
    let labels = CellLabels(reading: try field.memberIfPresent("metadata")?.object() ?? JSONObject(), kind)
    var leftOut = LeftOut(metadata: labels.leftOut)
    leftOut.attachments = try field.memberIfPresent("attachments")?.object().count ?? 0
    var lines: [String] = []
    if kind == .code {
      if let count = try field.memberIfPresent("execution_count"), count.value != .null {
        _ = try count.integer()
      }
      let outputs = try PlainOutputs(reading: field.memberIfPresent("outputs")?.elements() ?? [])
      lines = outputs.lines
      leftOut.outputs = outputs.leftOut
    }
    let stored = kind == .code ? CellsFile.outputs(endingCode: source) : nil
    storesOutputsInSource = stored != nil
    if let stored {
      source = stored.code
      // Those that the format has a place for are newer.
      if lines.isEmpty { lines = stored.outputs }
    }
    self.leftOut = leftOut
    var cell = Cell(
      number: labels.number, kind: kind, title: labels.title, metadata: labels.metadata, source: source,
      storedOutputs: lines)
    cell.source = cell.normalizedSource
    self.cell = cell
  }

  /// Whether the format allows it: 1 to 64 letters, digits, `-` and `_`.
  static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
  }
}
