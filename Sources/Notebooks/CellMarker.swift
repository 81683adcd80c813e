import Foundation

/// The line that begins a cell: `# %% 3 a title [markdown] tags=["slow"]`, as jupytext's percent format has it.
/// Read as well are `#%%`, deeper ones (`# %%%`), `# In[3]:` and `# <codecell>`.
struct CellMarker {
  /// The longest marker line that is read, in bytes.
  static let maximumLength = 65_536

  /// What the line begins with, up to and including the `%` signs, kept when the rest is written anew; nil
  /// for `# In[3]:` and `# <codecell>`, which have no place for a title.
  var sign: String?
  var number: Int?
  var kind: Cell.Kind = .code
  var title = ""
  var metadata: [Metadatum] = []

  /// Whether a line begins a cell. It is the same test that jupytext does, but that jupytext looks out for strings
  /// between `"""`; this knows nothing of strings and comments, since other tools split there too.
  static func isMarker(_ line: ArraySlice<UInt8>) -> Bool {
    beginning(of: line) != nil
  }

  private enum Beginning {
    case percent(end: Int)
    case input(Int?)
    case codecell
  }

  private static func beginning(of line: ArraySlice<UInt8>) -> Beginning? {
    let comment = line.drop { $0.isBlank }
    guard comment.first == UInt8(ascii: "#") else { return nil }
    let rest = comment.dropFirst().drop { $0.isBlank }
    if rest.hasPrefix("%%") {
      let after = rest.drop { $0 == UInt8(ascii: "%") }
      return after.first?.isBlank ?? true ? .percent(end: after.startIndex) : nil
    }
    if rest.hasPrefix("<codecell>") {
      return rest.dropFirst(10).isBlank ? .codecell : nil
    }
    guard rest.hasPrefix("In[") else { return nil }
    let digits = rest.dropFirst(3).prefix { $0.isDigit || $0 == UInt8(ascii: " ") }
    var tail = rest[digits.endIndex...]
    guard tail.first == UInt8(ascii: "]") else { return nil }
    tail = tail.dropFirst()
    if tail.first == UInt8(ascii: ":") { tail = tail.dropFirst() }
    return tail.isBlank ? .input(number(digits.trimmed)) : nil
  }

  /// The number that these digits give: none for 0, and none above the greatest that a cell can have, so that
  /// a date is a title.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 7, digits.allSatisfy(\.isDigit) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return value > 0 ? value : nil
  }

  /// Reads a line that `isMarker` knows. Throws what is wrong with it, without file and line.
  init(reading line: ArraySlice<UInt8>) throws(CellsFileError) {
    switch CellMarker.beginning(of: line) {
    case .percent(let end):
      guard line.count <= CellMarker.maximumLength else {
        throw CellsFileError(
          .unreadableMarker, problem: "this marker line is longer than \(CellMarker.maximumLength) bytes",
          advice: "shorten its title or its values")
      }
      sign = line[..<end].string
      try read(line[end...])
    case .input(let number):
      self.number = number
    case .codecell, nil:
      break
    }
  }

  /// No marker line, as at the beginning of a file that has none.
  init() {}

  init(of cell: Cell, sign: String?, isNumbered: Bool) {
    self.sign = sign
    number = isNumbered ? cell.number : nil
    kind = cell.kind
    title = cell.title
    metadata = cell.metadata
  }

  /// The marker line, without a line end. Of a text cell without a number the kind keeps one at the beginning of the
  /// title from being the cell's.
  var text: String {
    var text = sign ?? "# %%"
    let isFirst = number == nil && CellMarker.number(Array(title.utf8)[...].prefix { !$0.isBlank }) != nil
    if kind != .code, isFirst { text += " [\(kind.rawValue)]" }
    if let number { text += " \(number)" }
    if !title.isEmpty { text += " \(title)" }
    if kind != .code, !isFirst { text += " [\(kind.rawValue)]" }
    for datum in metadata { text += " \(datum.key)=\(datum.value)" }
    return text
  }

  /// Reads what follows the sign: a number, a title with the kind before or after it, and metadata.
  private mutating func read(_ rest: ArraySlice<UInt8>) throws(CellsFileError) {
    let trailing = try MarkerMetadata(endOf: rest)
    metadata = trailing.pairs
    var words = rest[..<trailing.start].trimmed
    let first = words.prefix { !$0.isBlank }
    number = CellMarker.number(first)
    if number != nil { words = words[first.endIndex...].trimmed }

    var position = words.startIndex
    while position < words.endIndex {
      let word = words[position...].drop { $0.isBlank }.prefix { !$0.isBlank }
      if let kind = CellMarker.kind(word) {
        self.kind = kind
        let parts = [words[..<word.startIndex].trimmed, words[word.endIndex...].trimmed]
        title = parts.filter { !$0.isEmpty }.map(\.string).joined(separator: " ")
        return
      }
      position = word.endIndex
    }
    title = words.string
  }

  private static func kind(_ word: ArraySlice<UInt8>) -> Cell.Kind? {
    switch word.string {
    case "[markdown]", "[md]": .markdown
    case "[raw]": .raw
    default: nil
    }
  }
}

/// The `key=value` pairs that a marker line ends with. A pair with words after it belongs to the title.
private struct MarkerMetadata {
  private(set) var pairs: [Metadatum] = []
  /// Where the first of them begins; the end of the line where there are none.
  private(set) var start: Int

  init(endOf text: ArraySlice<UInt8>) throws(CellsFileError) {
    start = text.endIndex
    var rest = text.drop { $0.isBlank }
    while !rest.isEmpty {
      if let (datum, end) = try MarkerMetadata.pair(rest) {
        if pairs.isEmpty { start = rest.startIndex }
        pairs.append(datum)
        rest = rest[end...]
      } else {
        pairs = []
        start = text.endIndex
        rest = rest.drop { !$0.isBlank }
      }
      rest = rest.drop { $0.isBlank }
    }
  }

  /// The pair that begins here, if one does, and where it ends.
  private static func pair(_ text: ArraySlice<UInt8>) throws(CellsFileError) -> (Metadatum, end: Int)? {
    guard let first = text.first, first.isLetter || first == UInt8(ascii: "_") else { return nil }
    let key = text.prefix {
      $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-")
    }
    guard text[key.endIndex...].first == UInt8(ascii: "=") else { return nil }
    let value = text[(key.endIndex + 1)...]
    switch value.first {
    case nil, UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "="):
      return nil
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""):
      guard let end = jsonEnd(value), text[end...].first?.isBlank ?? true, isJSON(value[..<end]) else {
        throw CellsFileError(
          .unreadableMarker, problem: "the value of \(key.string) in this marker line is not JSON",
          advice: "write it like tags=[\"slow\", \"network\"]")
      }
      return (Metadatum(key: key.string, value: value[..<end].string), end)
    default:
      let word = value.prefix { !$0.isBlank }
      return (Metadatum(key: key.string, value: word.string), word.endIndex)
    }
  }

  /// Where the JSON string, array or object that begins here ends, going by quotes and brackets alone.
  private static func jsonEnd(_ text: ArraySlice<UInt8>) -> Int? {
    var depth = 0
    var inString = false
    var isEscaped = false
    for index in text.indices {
      let byte = text[index]
      if isEscaped {
        isEscaped = false
      } else if inString {
        isEscaped = byte == UInt8(ascii: "\\")
        inString = byte != UInt8(ascii: "\"")
      } else {
        switch byte {
        case UInt8(ascii: "\""): inString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        default: break
        }
      }
      if depth == 0, !inString { return index + 1 }
    }
    return nil
  }

  private static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
  }
}
