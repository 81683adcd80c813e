/// The status line and header fields of a response, put together from the lines in which libcurl hands them over.
///
/// Lines of an informational response (1xx) give way to those of the next one; lines after the empty one are
/// trailers and are left out.
struct ResponseHead {
  /// More than this is no header but an attack on memory.
  static let byteLimit = 256 * 1024

  /// The longest line that libcurl takes.
  static let lineLimit = 100 * 1024

  private(set) var status = 0
  private(set) var reason = ""
  private(set) var headers: [(name: String, value: String)] = []
  /// Whether the empty line that ends the header of a final response has come.
  private(set) var isComplete = false
  /// How many bytes of a body are announced; `nil` where that is not said, or not by a length.
  private(set) var contentLength: Int?
  /// Whether the length of the body is no number, or there are two of them: where the body ends cannot be known (RFC
  /// 9112, section 6.3).
  private(set) var hasUnsoundLength = false
  private var byteCount = 0

  enum Progress { case more, complete, tooLong }

  /// Takes the next line, with its line break.
  mutating func take(_ line: UnsafeBufferPointer<UInt8>) -> Progress {
    byteCount += line.count
    if byteCount > Self.byteLimit { return .tooLong }
    let end = line.lastIndex { $0 != 0x0D && $0 != 0x0A }.map { $0 + 1 } ?? 0
    let content = UnsafeBufferPointer(rebasing: line[..<end])
    if content.first == UInt8(ascii: "H"), content.starts(with: "HTTP/".utf8) {
      takeStatusLine(content)
    } else if content.isEmpty {
      if !isComplete, status >= 200 {
        isComplete = true
        noteLength()
        return .complete
      }
    } else if !isComplete {
      takeField(content)
    }
    return .more
  }

  /// The value of the first field of that name, which is given in lower case.
  func first(_ name: String) -> String? {
    headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
  }

  private mutating func noteLength() {
    guard first("transfer-encoding") == nil else { return }
    let lengths = announcedLengths
    contentLength = lengths.first.flatMap { $0 }
    hasUnsoundLength = lengths.contains { $0 == nil || $0 != lengths[0] }
  }

  private var announcedLengths: [Int?] {
    var lengths: [Int?] = []
    for (name, value) in headers where name.utf8.count == 14 && name.lowercased() == "content-length" {
      Self.addLengths(value.utf8.span, to: &lengths)
    }
    return lengths
  }

  /// The numbers that digits give between spaces, with commas between them; nil for each that is none, or too large.
  private static func addLengths(_ text: Span<UInt8>, to lengths: inout [Int?]) {
    var place = 0
    repeat {
      while place < text.count, isSpace(text[place]) { place += 1 }
      let start = place
      var (length, isSound) = (0, true)
      while place < text.count, (0x30...0x39).contains(text[place]) {
        let (tenfold, isTooLarge) = length.multipliedReportingOverflow(by: 10)
        let (next, isTooLargeYet) = tenfold.addingReportingOverflow(Int(text[place]) - 0x30)
        if isTooLarge || isTooLargeYet { isSound = false }
        length = next
        place += 1
      }
      isSound = isSound && place > start
      while place < text.count, text[place] != UInt8(ascii: ",") {
        isSound = isSound && isSpace(text[place])
        place += 1
      }
      lengths.append(isSound ? length : nil)
      place += 1
    } while place <= text.count
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private mutating func takeStatusLine(_ line: UnsafeBufferPointer<UInt8>) {
    var place = line.startIndex
    while place < line.endIndex, line[place] != UInt8(ascii: " ") { place += 1 }
    place += 1
    status = 0
    while place < line.endIndex, line[place] != UInt8(ascii: " ") {
      status = status &* 10 &+ Int(line[place] &- 0x30)
      place += 1
    }
    reason = place + 1 < line.endIndex ? Self.text(line[(place + 1)...]) : ""
    headers.removeAll(keepingCapacity: true)
    (isComplete, contentLength, hasUnsoundLength) = (false, nil, false)
  }

  private mutating func takeField(_ line: UnsafeBufferPointer<UInt8>) {
    if line[0] == 0x20 || line[0] == 0x09 {
      // A folded line goes on with the value of the one before (RFC 9112, section 5.2).
      guard !headers.isEmpty else { return }
      headers[headers.count - 1].value += " " + Self.text(Self.trimmed(line[...]))
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    headers.append((Self.text(line[..<colon]), Self.text(Self.trimmed(line[(colon + 1)...]))))
  }

  private static func trimmed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>>
  {
    var (start, end) = (bytes.startIndex, bytes.endIndex)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while start < end, isSpace(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
  }

  /// Fields are UTF-8 by custom and ISO 8859-1 by history (RFC 9110, section 5.5).
  private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return text
  }
}
