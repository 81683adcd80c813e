/// A range of UTF-8 offsets in one `SourceText`, half open.
public struct Span: Hashable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  /// The smallest span that holds both.
  public func joined(with other: Span) -> Span {
    Span(min(start, other.start), max(end, other.end))
  }
}

/// A text that diagnostics point into: a cell, the prelude, a file.
public final class SourceText: Sendable {
  /// Where in a file a text stands.
  public struct FilePlace: Hashable, Sendable {
    public let path: String
    /// The line of the file, from 1, that the text's first line is.
    public let line: Int

    public init(path: String, line: Int) {
      self.path = path
      self.line = line
    }
  }

  /// What a diagnostic calls this text: `cell [5]`, `prelude`.
  public let name: String
  public let text: String
  /// The number of the cell that this text is, where it is one.
  public let cell: Int?
  /// Where the text stands in a file, where diagnostics are to say so.
  public let file: FilePlace?
  private let utf8: [UInt8]
  private let lineStarts: [Int]

  public init(name: String, text: String, cell: Int? = nil, file: FilePlace? = nil) {
    self.name = name
    self.text = text
    self.cell = cell
    self.file = file
    utf8 = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in utf8.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    lineStarts = starts
  }

  /// A cell's text, named as people see it: `cell [5]`.
  public convenience init(cell number: Int, text: String, file: FilePlace? = nil) {
    self.init(name: "cell [\(number)]", text: text, cell: number, file: file)
  }

  /// A line of the text as diagnostics name it: `cell [5], line 3`, with its place in the file where that is known.
  public func place(ofLine line: Int) -> String {
    let place = "\(name), line \(line)"
    return file.map { "\(place) (\($0.path):\($0.line + line - 1))" } ?? place
  }

  public var byteCount: Int { utf8.count }
  public var lineCount: Int { lineStarts.count }

  /// The line (from 1) and the column (from 1, in characters) of a UTF-8 offset.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let line = lineNumber(of: offset)
    let bounded = max(0, min(offset, utf8.count))
    let before = String(decoding: utf8[lineStarts[line - 1]..<bounded], as: UTF8.self)
    return (line, before.count + 1)
  }

  /// The line, from 1, of a UTF-8 offset.
  public func lineNumber(of offset: Int) -> Int {
    let bounded = max(0, min(offset, utf8.count))
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= bounded { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The UTF-8 offset at which a line, counted from 1, begins.
  public func lineStart(_ number: Int) -> Int { lineStarts[max(1, min(number, lineStarts.count)) - 1] }

  /// The text of a line, counted from 1, without its line end.
  public func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : utf8.count
    if end > start, utf8[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }

  /// What stands in the line of an offset at most so many bytes before and behind it, and the offset at
  /// which that begins; whole characters as far as they are encoded.
  func surroundings(of offset: Int, reach: Int) -> (text: String, start: Int) {
    let number = lineNumber(of: offset)
    var start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : utf8.count
    if end > start, utf8[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let center = max(start, min(offset, end))
    func isContinuation(_ index: Int) -> Bool { index < end && utf8[index] & 0xC0 == 0x80 }
    if center - start > reach {
      start = center - reach
      while isContinuation(start) { start += 1 }
    }
    if end - center > reach {
      var cut = center + reach
      while isContinuation(cut) { cut += 1 }
      end = cut
    }
    return (String(decoding: utf8[start..<end], as: UTF8.self), start)
  }

  /// The text that a span covers.
  public func slice(_ span: Span) -> String {
    let start = max(0, min(span.start, utf8.count))
    let end = max(start, min(span.end, utf8.count))
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }
}
