import Foundation

/// One entry of a notebook: code that a kernel runs, or text for its reader.
public struct Cell: Equatable, Sendable {
  /// What a cell holds.
  public enum Kind: String, Sendable, CaseIterable {
    /// Statements of the language.
    case code
    /// Text in Markdown, shown and never run.
    case markdown
    /// Text that is neither run nor rendered, which some Jupyter front ends write.
    case raw
  }

  /// The stable label: what `In [3]:` shows and `%run 3` names. Every code cell of a notebook has one; a
  /// markdown or raw cell has one only where its file or its maker gave it one.
  public var number: Int?
  public var kind: Kind
  /// The words after the number in the marker line; empty where there are none.
  public var title: String
  /// The `key=value` pairs of the marker line, in order and with their values as written.
  public var metadata: [Metadatum]
  /// The text, its lines joined by `\n`, without blank lines at the end (in markdown without comment signs).
  public var source: String
  /// The lines that a stored run printed (the `#>` lines that end a code cell), without the marker.
  public var storedOutputs: [String]

  /// The line of the file it was read from, counted from 1, at which its source begins; nil for a cell that was not
  /// read.
  public var firstLine: Int? { written?.bodyLine }

  /// Whether the number was counted as the cell was read, since its file gives it none. Such a number says nothing of
  /// which cell it is when the file is read again.
  public internal(set) var hasCountedNumber = false

  /// How the file wrote this cell, so that what nobody changed is written back byte for byte.
  var written: Written?

  public init(
    number: Int? = nil, kind: Kind = .code, title: String = "", metadata: [Metadatum] = [],
    source: String, storedOutputs: [String] = []
  ) {
    self.number = number
    self.kind = kind
    self.title = title
    self.metadata = metadata
    self.source = source
    self.storedOutputs = storedOutputs
  }

  /// Cells are equal when they mean the same, however their files spell them.
  public static func == (one: Cell, other: Cell) -> Bool {
    one.number == other.number && one.kind == other.kind && one.title == other.title
      && one.metadata == other.metadata && one.source == other.source
      && one.storedOutputs == other.storedOutputs
  }

  /// The cell's tags: the strings of the JSON array in its `tags` value, or none where there is no such array.
  public var tags: [String] { strings(of: "tags") ?? [] }

  /// Whether it is meant to fail, or may: what runs the whole notebook goes on after it.
  public var mayFail: Bool { tags.contains("raises-exception") }

  /// The strings of the JSON array that is the value of a key; nil where there is no such array.
  public func strings(of key: String) -> [String]? {
    guard let value = metadata.last(where: { $0.key == key })?.value else { return nil }
    return try? JSONDecoder().decode([String].self, from: Data(value.utf8))
  }
}

/// One `key=value` of a marker line.
public struct Metadatum: Equatable, Sendable {
  /// Letters, digits, `_`, `-` and `.`, beginning with a letter or `_`.
  public var key: String
  /// The value's text as written: JSON, or one bare word.
  public var value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// A cell's text in its file, kept beside what it was read as.
struct Written: Sendable {
  /// The marker line with its line end, or nothing where the file begins with unmarked code.
  var marker: String
  /// What the marker line begins with, up to and including its `%` signs; nil where it has none.
  var sign: String?
  /// Whether the marker line itself carries the number.
  var isNumbered: Bool
  /// Source and stored outputs, with the line end of their last line if the file has it.
  var body: String
  /// The blank lines that follow.
  var gap: String
  /// The file's line, counted from 1, at which the body begins.
  var bodyLine: Int
  /// The cell's place in the file, counted from 0, and whether it was the file's last.
  var ordinal: Int
  var isLast: Bool
  /// What marker and body said.
  var number: Int?
  var kind: Cell.Kind
  var title: String
  var metadata: [Metadatum]
  var source: String
  var storedOutputs: [String]
}

extension Written {
  /// Whether the marker line as written still says what the cell is. Swift compares strings by canonical
  /// equivalence; a file is compared by bytes.
  func markerStillSays(_ cell: Cell) -> Bool {
    number == cell.number && kind == cell.kind && title.hasSameBytes(as: cell.title)
      && metadata.elementsEqual(cell.metadata) {
        $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameBytes(as: $1.value)
      }
  }

  /// Whether the code as written is still the cell's, be its stored outputs what they may.
  func codeStillSays(_ cell: Cell) -> Bool {
    kind == .code && cell.kind == .code && source.hasSameBytes(as: cell.source)
  }

  /// The body up to its stored outputs, with the blank lines before them.
  var code: String {
    let bytes = Array(body.utf8)
    let output = SourceLines(bytes).first { bytes[$0.start..<$0.end].hasPrefix("#>") }
    return output.map { bytes[..<$0.start].string } ?? body
  }

  /// The line end of its last line that has one.
  var newline: String? {
    let bytes = Array(body.utf8)
    return SourceLines(bytes).reduce(String?.none) { last, line in line.lineEnd ?? last }
  }

  /// Whether the body as written still says what the cell holds.
  func bodyStillSays(_ cell: Cell) -> Bool {
    kind == cell.kind && source.hasSameBytes(as: cell.source)
      && storedOutputs.hasSameBytes(as: cell.storedOutputs)
  }
}

extension String {
  /// Whether two texts are the same in a file. `==` goes by canonical equivalence, by which `é` is `e` with an accent.
  public func hasSameBytes(as other: String) -> Bool {
    let (own, others) = (utf8.span, other.utf8.span)
    guard own.count == others.count else { return false }
    for index in own.indices where own[index] != others[index] { return false }
    return true
  }
}

extension [String] {
  /// Whether two lists of lines are the same in a file.
  public func hasSameBytes(as other: [String]) -> Bool {
    elementsEqual(other) { $0.hasSameBytes(as: $1) }
  }
}
