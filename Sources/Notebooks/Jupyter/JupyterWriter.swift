/// Makes the JSON of a Jupyter notebook, anew or over what an older file of it has.
struct JupyterWriter {
  private let notebook: Notebook
  private let document: JupyterDocument?

  init(_ notebook: Notebook, updating document: JupyterDocument?) {
    self.notebook = notebook
    self.document = document
  }

  /// The whole file.
  func root() -> JSONObject {
    var root = document?.root ?? JSONObject()
    root["nbformat"] = .integer(4)
    root["nbformat_minor"] = .integer(5)
    root["metadata"] = .object(metadata())
    root["cells"] = .array(cells().map(JSON.object))
    return root
  }

  // MARK: - The notebook

  private func metadata() -> JSONObject {
    var metadata = document?.metadata ?? JSONObject()
    // What a notebook in another language says of its kernel stays: whoever wrote it wants it back.
    if document?.isForRoutebook ?? true {
      if metadata["kernelspec"] == nil { metadata["kernelspec"] = JupyterWriter.kernel }
      if metadata["language_info"] == nil { metadata["language_info"] = JupyterWriter.language }
    }
    var own = metadata["routebook"]?.object ?? JSONObject()
    own["header"] = notebook.header.hasSameBytes(as: Notebook.defaultHeader) ? nil : .string(notebook.header)
    metadata["routebook"] = own.isEmpty ? nil : .object(own)
    return metadata
  }

  private static let kernel = texts([
    "display_name": "Routebook", "language": "routebook", "name": "routebook",
  ])
  private static let language = texts([
    "file_extension": ".cells", "mimetype": "text/x-routebook", "name": "routebook",
  ])

  private static func texts(_ members: [String: String]) -> JSON {
    .object(JSONObject(members.map { JSONObject.Member(key: $0, value: .string($1)) }))
  }

  // MARK: - Cells

  private func cells() -> [JSONObject] {
    let cells = notebook.cells
    let places =
      document.map { CellMatching(cells, in: $0).places } ?? Array(repeating: nil, count: cells.count)
    var ids = CellIDs()
    // Those that are kept come first, so that no new one takes theirs.
    var kept: [String?] = []
    for place in places {
      kept.append(place.flatMap { document?.cells[$0].id }.flatMap { ids.keep($0) })
    }
    return cells.indices.map { index in
      let id = kept[index] ?? ids.new(for: cells[index])
      return object(cells[index], id, place: places[index])
    }
  }

  /// One cell, over the one at a place of the older file if there is one.
  private func object(_ cell: Cell, _ id: String, place: Int?) -> JSONObject {
    let old = place.flatMap { document?.cells[$0] }
    let before = place.flatMap { document?.mapped[$0] }
    var object = old?.object ?? JSONObject()
    object["cell_type"] = .string(cell.kind.rawValue)
    object["id"] = .string(id)
    // As the file gave it: a number that was only counted is not in its metadata.
    object["metadata"] = .object(
      CellLabels.metadata(of: cell, updating: object["metadata"]?.object ?? JSONObject(), before: old?.cell))

    let source = cell.normalizedSource
    let lines = cell.outputLines
    let isSameSource = before.map { $0.source.hasSameBytes(as: source) } ?? false
    let isSameOutput = before?.storedOutputs.hasSameBytes(as: lines) ?? false
    let isOutputInSource = old?.storesOutputsInSource ?? false
    if !isSameSource || isOutputInSource && !isSameOutput { object["source"] = JupyterWriter.lines(source) }
    guard cell.kind == .code else { return object }
    if !isSameSource || !isSameOutput {
      object["outputs"] = PlainOutputs.outputs(for: lines)
      object["execution_count"] = lines.isEmpty ? .null : cell.number.map(JSON.integer) ?? .null
    }
    if object["outputs"] == nil { object["outputs"] = .array([]) }
    if object["execution_count"] == nil { object["execution_count"] = .null }
    return object
  }

  /// A text as the array of its lines with their line ends, split wherever Python's `splitlines` does, since
  /// Jupyter writes it so.
  static func lines(_ text: String) -> JSON {
    var lines: [JSON] = []
    var line = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      line.append(scalar)
      if scalar == "\r", rest.first == "\n" { continue }
      if lineEnds.contains(scalar) {
        lines.append(.string(String(line)))
        line = String.UnicodeScalarView()
      }
    }
    if !line.isEmpty { lines.append(.string(String(line))) }
    return .array(lines)
  }

  private static let lineEnds: Set<UnicodeScalar> = [
    "\n", "\u{B}", "\u{C}", "\r", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
  ]
}

/// The ids of a notebook's cells, each of which is there once.
private struct CellIDs {
  private var taken: Set<String> = []
  private var counts: [String: Int] = [:]

  /// Nil where another cell has it already.
  mutating func keep(_ id: String) -> String? {
    taken.insert(id).inserted ? id : nil
  }

  /// An id made from the cell's number, `c3`, or from its kind, `markdown-1`: the same for the same notebook.
  mutating func new(for cell: Cell) -> String {
    let stem = cell.number.map { "c\($0)" } ?? cell.kind.rawValue
    if cell.number != nil, taken.insert(stem).inserted { return stem }
    while true {
      let count = counts[stem, default: 0] + 1
      counts[stem] = count
      let id = "\(stem)-\(count)"
      if taken.insert(id).inserted { return id }
    }
  }
}
