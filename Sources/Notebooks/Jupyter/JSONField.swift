/// A value of a notebook's JSON with its place, so that whoever finds something else than belongs there can say where.
struct JSONField {
  let value: JSON
  /// The way to it from the whole, as `cells[2].source`; empty for the whole.
  let path: String
  /// The file's name for errors.
  let file: String

  func object() throws(CellsFileError) -> JSONObject {
    guard case .object(let object) = value else { throw unexpected("an object") }
    return object
  }

  func elements() throws(CellsFileError) -> [JSONField] {
    guard case .array(let elements) = value else { throw unexpected("an array") }
    return elements.enumerated().map { JSONField(value: $1, path: "\(path)[\($0)]", file: file) }
  }

  func string() throws(CellsFileError) -> String {
    guard case .string(let text) = value else { throw unexpected("a text") }
    return text
  }

  /// A text that may be written as an array of its lines, with their line ends.
  func text() throws(CellsFileError) -> String {
    guard case .array = value else {
      guard case .string(let text) = value else { throw unexpected("a text or an array of lines") }
      return text
    }
    var text = ""
    for line in try elements() { text += try line.string() }
    return text
  }

  func integer() throws(CellsFileError) -> Int {
    guard let number = value.integer else { throw unexpected("a whole number") }
    return number
  }

  /// A member that must be there.
  func member(_ key: String) throws(CellsFileError) -> JSONField {
    if let member = try memberIfPresent(key) { return member }
    throw CellsFileError(
      .unexpectedValue, file: file, key: path.isEmpty ? nil : path,
      problem: "the key \"\(key)\" is missing here",
      advice: JSONField.advice)
  }

  func memberIfPresent(_ key: String) throws(CellsFileError) -> JSONField? {
    try object()[key].map { JSONField(value: $0, path: path.isEmpty ? key : "\(path).\(key)", file: file) }
  }

  func unexpected(_ wanted: String) -> CellsFileError {
    CellsFileError(
      .unexpectedValue, file: file, key: path.isEmpty ? nil : path,
      problem: "\(wanted) belongs here, and this is \(value.kindName)", advice: JSONField.advice)
  }

  private static let advice = "repair it in a text editor, or save the notebook again in Jupyter"
}
