/// What a marker line says of a cell, number, title and values, and the metadata that say it in a Jupyter notebook.
struct CellLabels {
  private(set) var number: Int?
  private(set) var title = ""
  private(set) var metadata: [Metadatum] = []
  /// How many values a marker line can't hold.
  private(set) var leftOut = 0

  /// Keys that have another meaning here than a value of the marker line.
  private static let reserved: Set = ["routebook", "title"]
  /// What front ends note of their own state, which jupytext leaves out as well.
  private static let stateOfFrontEnds: Set = [
    "autoscroll", "collapsed", "ExecuteTime", "execution", "scrolled", "trusted",
  ]

  // MARK: - Reading

  init(reading object: JSONObject, _ kind: Cell.Kind) {
    let own = object["routebook"]?.object
    number = own?["number"]?.integer.flatMap { (1...Notebook.maximumNumber).contains($0) ? $0 : nil }
    // Only code always has a number.
    let isNumberless = kind != .code && own?["number"] == .some(.null)
    if let title = object["title"] { read(title, kind, isNumberless: isNumberless) }

    var values: [JSONObject.Member] = []
    for member in object where CellLabels.isCarried(member.key) {
      let datum = CellLabels.metadatum(member)
      if CellLabels.isWritable(Cell(kind: kind, metadata: [datum], source: "")) {
        metadata.append(datum)
        values.append(member)
      } else {
        leftOut += 1
      }
    }
    // As they were written in the cells file, unless they were changed since.
    if let text = own?["metadata"]?.string, let written = CellLabels.marker(text)?.metadata,
      CellLabels.values(of: written.filter { CellLabels.isCarried($0.key) }).accepted(for: kind)
        == JSONObject(values),
      CellLabels.isWritable(Cell(kind: kind, metadata: written, source: ""))
    {
      metadata = written
    }
  }

  /// - Parameter isNumberless: whether the cell is known to have no number, so that the title begins with none.
  private mutating func read(_ value: JSON, _ kind: Cell.Kind, isNumberless: Bool) {
    guard let text = value.string else {
      leftOut += 1
      return
    }
    let line = text.split { $0.isNewline || $0 == "\0" }.joined(separator: " ")
    var title = Array(line.utf8)[...].trimmed.string
    // jupytext keeps a number at the beginning of the title.
    if number == nil, !isNumberless, let numbered = CellLabels.numberedTitle(title) {
      number = numbered.number
      title = numbered.title
    }
    let shown = isNumberless ? nil : number ?? 1
    if CellLabels.isWritable(Cell(number: shown, kind: kind, title: title, source: "")) {
      self.title = title
    } else {
      leftOut += 1
    }
  }

  private static func isCarried(_ key: String) -> Bool {
    !reserved.contains(key) && !stateOfFrontEnds.contains(key)
  }

  private static func metadatum(_ member: JSONObject.Member) -> Metadatum {
    Metadatum(key: member.key, value: JSONWriter.line(member.value))
  }

  /// Whether a marker line of the cell reads back as it.
  private static func isWritable(_ cell: Cell) -> Bool {
    let text = CellMarker(of: cell, sign: nil, isNumbered: true).text
    guard !text.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }),
      let read = try? CellMarker(reading: Array(text.utf8)[...])
    else { return false }
    return read.number == cell.number && read.kind == cell.kind && read.title.hasSameBytes(as: cell.title)
      && read.metadata.elementsEqual(cell.metadata) {
        $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameBytes(as: $1.value)
      }
  }

  /// What a marker line with this text would say.
  private static func marker(_ text: String) -> CellMarker? {
    guard !text.utf8.contains(UInt8(ascii: "\n")) else { return nil }
    return try? CellMarker(reading: Array("# %% \(text)".utf8)[...])
  }

  /// A title that begins with a number, and what it is without it.
  private static func numberedTitle(_ title: String) -> (number: Int, title: String)? {
    guard let marker = marker(title), let number = marker.number, marker.kind == .code,
      marker.metadata.isEmpty
    else {
      return nil
    }
    return (number, marker.title)
  }

  /// The values of a marker line as JSON.
  static func values(of metadata: [Metadatum]) -> JSONObject {
    JSONObject(metadata.map { JSONObject.Member(key: $0.key, value: value(of: $0)) })
  }

  /// The value as JSON; a bare word is a text.
  private static func value(of datum: Metadatum) -> JSON {
    (try? JSONReader.read(Array(datum.value.utf8))) ?? .string(datum.value)
  }

  // MARK: - Writing

  /// The metadata of a cell in a Jupyter notebook.
  ///
  /// - Parameters:
  ///   - old: the metadata that it has there now, where it is there: what `before` doesn't tell of them is kept.
  ///   - before: the cell as it is there now.
  static func metadata(of cell: Cell, updating old: JSONObject, before: Cell?) -> JSONObject {
    var object = old
    for datum in before?.metadata ?? [] where isCarried(datum.key) { object[datum.key] = nil }
    let values = values(of: cell.metadata.filter { !reserved.contains($0.key) }).accepted(for: cell.kind)
    for member in values { object[member.key] = member.value }
    if !cell.title.isEmpty {
      object["title"] = .string(cell.title)
    } else if before?.title.isEmpty == false || old["title"]?.string.flatMap(numberedTitle) != nil {
      object["title"] = nil
    }

    var own = old["routebook"]?.object ?? JSONObject()
    // A number at the beginning of a title would be the cell's.
    own["number"] = cell.number.map(JSON.integer) ?? (numberedTitle(cell.title) == nil ? nil : JSON.null)
    let written = cell.metadata.map { "\($0.key)=\($0.value)" }
    let canonical = values.filter { isCarried($0.key) }.map(metadatum).map { "\($0.key)=\($0.value)" }
    let isCanonical = written.elementsEqual(canonical) { $0.hasSameBytes(as: $1) }
    own["metadata"] = isCanonical ? nil : .string(written.joined(separator: " "))
    object["routebook"] = own.isEmpty ? nil : .object(own)
    return object
  }
}
