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
      for part in value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        lengths.append(Self.length(part))
      }
    }
    return lengths
  }

  /// The number that digits give between spaces; nil where that is none, or too large.
  private static func length(_ text: Substring.UTF8View) -> Int? {
    let digits = text.drop(while: isSpace).prefix { (0x30...0x39).contains($0) }
    return text[digits.endIndex...].allSatisfy(isSpace) ? Int(Substring(digits)) : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private mutating func takeStatusLine(_ line: UnsafeBufferPointer<UInt8>) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    status = parts.count > 1 ? parts[1].reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) } : 0
    reason = parts.count > 2 ? Self.text(parts[2]) : ""
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
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes
  }

  /// Fields are UTF-8 by custom and ISO 8859-1 by history (RFC 9110, section 5.5).
  private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return text
  }
}
