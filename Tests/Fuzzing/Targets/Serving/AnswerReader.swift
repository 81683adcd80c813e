/// Reads what a server has written on a connection, as a client does (RFC 9112 §6).
struct AnswerReader {
  struct Answer {
    let status: UInt
    /// The connection ends with it.
    let isLast: Bool
    let isWhole: Bool
  }

  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
    dropInterim()
  }

  var isAtEnd: Bool { rest.isEmpty }

  private mutating func dropInterim() {
    let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    while rest.starts(with: interim) { rest = rest.dropFirst(interim.count) }
  }

  /// Takes the next answer, and the interim ones behind it; nil at the end.
  ///
  /// - Parameter isToHead: whether it has no body; nil where that is seen from what comes.
  mutating func next(toHead isToHead: Bool?) -> Answer? {
    guard let head = takeHead() else {
      promise(isAtEnd, "what is written is no answer: \(String(decoding: rest, as: UTF8.self))")
      return nil
    }
    let fields = head.dropFirst()
    let words = head[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "HTTP/1.1", words[1].utf8.count == 3, let status = UInt(words[1])
    else { fatalError("no status line: \(head[0])") }
    if status == 101 { return Answer(status: status, isLast: false, isWhole: true) }
    let isLast = fields.contains("connection: close")
    let hasBody = status != 204 && status != 304 && (isToHead.map { !$0 } ?? !isAtEnd)
    let isWhole = !hasBody || takeBody(fields, isLast: isLast)
    dropInterim()
    return Answer(status: status, isLast: isLast, isWhole: isWhole)
  }

  private mutating func takeHead() -> [String]? {
    guard let end = find([13, 10, 13, 10]) else { return nil }
    let text = String(decoding: rest[..<end], as: UTF8.self)
    rest = rest[(end + 4)...]
    return text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func find(_ mark: [UInt8]) -> Int? {
    guard rest.count >= mark.count else { return nil }
    return (rest.startIndex...(rest.endIndex - mark.count)).first { rest[$0...].starts(with: mark) }
  }

  /// Gives whether the body is whole.
  private mutating func takeBody(_ fields: ArraySlice<String>, isLast: Bool) -> Bool {
    if fields.contains("transfer-encoding: chunked") { return takeChunks() }
    if let field = fields.first(where: { $0.hasPrefix("content-length: ") }) {
      guard let length = Int(field.dropFirst(16)) else { fatalError("no length: \(field)") }
      let isWhole = rest.count >= length
      rest = rest.dropFirst(length)
      return isWhole
    }
    promise(isLast, "a body has no end")
    rest = []
    return true
  }

  private mutating func takeChunks() -> Bool {
    while let end = find([13, 10]) {
      let line = String(decoding: rest[..<end], as: UTF8.self)
      guard let size = Int(line, radix: 16) else { fatalError("no chunk: \(line)") }
      rest = rest[(end + 2)...]
      guard rest.count >= size + 2 else { break }
      promise(rest.dropFirst(size).starts(with: [13, 10]), "a chunk has no end")
      rest = rest.dropFirst(size + 2)
      if size == 0 { return true }
    }
    promise(rest.isEmpty, "a chunk is cut off")
    return false
  }
}
