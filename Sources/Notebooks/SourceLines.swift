import Foundation

/// One line of a text held as bytes.
struct SourceLine {
  /// Where the line begins, where its text ends, and where the next line begins.
  let start: Int
  let end: Int
  let next: Int
  /// Counted from 1.
  let number: Int

  /// What ends it, `\n` or `\r\n`; nil where the text ends with it.
  var lineEnd: String? { next == end ? nil : next == end + 1 ? "\n" : "\r\n" }
}

/// The lines of a range of bytes. A line ends at `\n`; any `\r` before it or before the end of the text belongs to
/// the line end, and elsewhere to the line. Bytes rather than characters, since `\r\n` is one `Character` and
/// files are given back byte for byte.
struct SourceLines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private let limit: Int
  private var position: Int
  private var number: Int

  init(_ bytes: [UInt8], in range: Range<Int>? = nil, firstNumber: Int = 1) {
    let range = range ?? bytes.indices
    self.bytes = bytes
    self.limit = range.upperBound
    self.position = range.lowerBound
    self.number = firstNumber
  }

  mutating func next() -> SourceLine? {
    guard position < limit else { return nil }
    let start = position
    var end = start
    while end < limit, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    let next = end < limit ? end + 1 : end
    while end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    position = next
    defer { number += 1 }
    return SourceLine(start: start, end: end, next: next, number: number)
  }
}

extension Cell {
  /// The source as a reader of its file gives it: `\n` line ends, and for code no blank lines at the end.
  var normalizedSource: String {
    let bytes = Array(source.utf8)
    var result: [UInt8] = []
    var end = 0
    for line in SourceLines(bytes) {
      let text = bytes[line.start..<line.end]
      result += text
      if kind != .code || !text.isBlank { end = result.count }
      if bytes[line.next - 1] == UInt8(ascii: "\n") { result.append(UInt8(ascii: "\n")) }
    }
    return String(decoding: kind == .code ? result[..<end] : result[...], as: UTF8.self)
  }

  /// The stored outputs as a reader of its file gives them: one element a line.
  public var outputLines: [String] {
    storedOutputs.flatMap { output -> [String] in
      let bytes = Array((output + "\n").utf8)
      return SourceLines(bytes).map { bytes[$0.start..<$0.end].string }
    }
  }
}

extension CellsFile {
  /// The code before the lines `#> …` that a text ends in, and what those lines say; nil where it does not.
  static func outputs(endingCode text: String) -> (code: String, outputs: [String])? {
    let bytes = Array(text.utf8)
    var first: Int?
    var outputs: [String] = []
    for line in SourceLines(bytes) {
      let content = bytes[line.start..<line.end]
      if content.isBlank { continue }
      if content.hasPrefix("#>") {
        first = first ?? line.start
        let output = content.dropFirst(2)
        outputs.append((output.first == UInt8(ascii: " ") ? output.dropFirst() : output).string)
      } else {
        first = nil
        outputs = []
      }
    }
    return first.map { (bytes[..<$0].string, outputs) }
  }
}

extension UInt8 {
  /// A space or a tab.
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
}

extension ArraySlice<UInt8> {
  /// Whether there is nothing but spaces and tabs.
  var isBlank: Bool { allSatisfy(\.isBlank) }

  /// Without the spaces and tabs at both ends.
  var trimmed: ArraySlice<UInt8> {
    var rest = drop { $0.isBlank }
    while let last = rest.last, last.isBlank { rest.removeLast() }
    return rest
  }

  func hasPrefix(_ prefix: String) -> Bool { starts(with: prefix.utf8) }

  var string: String { String(decoding: self, as: UTF8.self) }
}
