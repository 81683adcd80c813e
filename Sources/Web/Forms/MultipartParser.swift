import NIOCore

extension MultipartForm {
  /// Reads a body (RFC 2046 §5.1.1, RFC 7578 §4). Contents share the body's memory.
  ///
  /// It takes time in proportion to the body, whatever is in it.
  ///
  /// - Throws: `MultipartError` with what is wrong and where: the number of the part, from 1, and the byte, from 0.
  public init(_ body: ByteBuffer, boundary: String, limits: Limits = .init()) throws(MultipartError) {
    guard Self.isBoundary(boundary) else {
      throw MultipartError(
        message:
          "no form that can be read: \"\(boundary.printable(limit: 80))\" is no boundary: those have 1 to "
          + "\(Limits.maxBoundaryBytes) letters, digits and marks")
    }
    var parser = MultipartParser(body, boundary: boundary, limits: limits)
    parts = try parser.parse()
  }

  /// Whether a text may be a boundary (RFC 2046 §5.1.1).
  static func isBoundary(_ text: String) -> Bool {
    (1...Limits.maxBoundaryBytes).contains(text.utf8.count) && text.utf8.last != 0x20
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        // Some clients have a few more marks in it than the RFC.
        default: " '()+_,-./:=?*!#$%&^`|~{}@".utf8.contains(byte)
        }
      }
  }
}

/// Goes through a body once.
private struct MultipartParser {
  private let body: ByteBuffer
  private let bytes: ByteBufferView
  /// What stands between two parts, with the line break before it.
  private let delimiter: [UInt8]
  private let limits: MultipartForm.Limits
  private var place: Int
  private var parts: [MultipartForm.Part] = []

  private static let cr = UInt8(ascii: "\r")
  private static let lf = UInt8(ascii: "\n")
  private static let dash = UInt8(ascii: "-")

  init(_ body: ByteBuffer, boundary: String, limits: MultipartForm.Limits) {
    self.body = body
    bytes = body.readableBytesView
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.limits = limits
    place = bytes.startIndex
  }

  mutating func parse() throws(MultipartError) -> [MultipartForm.Part] {
    try skipPreamble()
    while try !takeEndOfBoundary() {
      guard parts.count < limits.maxParts else {
        throw MultipartError(
          message: "a form of more than the \(limits.maxParts) fields and files that are taken",
          isTooLarge: true)
      }
      try takePart()
    }
    return parts
  }

  // MARK: Boundaries

  /// What stands before the first boundary belongs to nobody.
  private mutating func skipPreamble() throws(MultipartError) {
    if bytes.starts(with: delimiter.dropFirst(2)) {
      place += delimiter.count - 2
    } else if let found = nextDelimiter(from: place) {
      place = found + delimiter.count
    } else {
      let line = String(decoding: delimiter.dropFirst(2), as: UTF8.self)
      throw MultipartError(message: "no form that can be read: no line of it is \(line.printable(limit: 80))")
    }
  }

  /// Where the next boundary begins. A carriage return can stand only at a boundary's beginning, so no byte is looked
  /// at more than twice.
  private func nextDelimiter(from start: Int) -> Int? {
    let offset = start - bytes.startIndex
    let found = bytes.withContiguousStorageIfAvailable { bytes -> Int? in
      var place = offset
      let last = bytes.count - delimiter.count
      while place <= last {
        if bytes[place] == Self.cr, bytes[place + 1] == Self.lf, bytes[place...].starts(with: delimiter) {
          return place
        }
        place += 1
      }
      return nil
    }
    return (found ?? nil).map { $0 + bytes.startIndex }
  }

  /// Takes what follows a boundary on its line; true where it was the last.
  private mutating func takeEndOfBoundary() throws(MultipartError) -> Bool {
    let start = place
    let isLast = bytes[place...].starts(with: [Self.dash, Self.dash])
    if isLast { place += 2 }
    while place < bytes.endIndex, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    // What stands behind the last one belongs to nobody.
    if isLast, place == bytes.endIndex { return true }
    guard bytes[place...].starts(with: [Self.cr, Self.lf]) else {
      let isCut = place == bytes.endIndex
      throw error(isCut ? "it ends within a boundary" : "a boundary does not end its line", at: start)
    }
    place += 2
    return isLast
  }

  // MARK: Parts

  private mutating func takePart() throws(MultipartError) {
    let start = place
    let header = try takeHeader()
    guard let disposition = header.disposition else {
      throw error("it has no Content-Disposition", at: start)
    }
    guard disposition.value == "form-data" else {
      throw error(
        "its Content-Disposition is \(disposition.value.printable(limit: 40)), not form-data", at: start)
    }
    guard let name = disposition["name"] else {
      throw error("its Content-Disposition has no name", at: start)
    }
    if disposition["filename"] == nil, disposition["filename*"] != nil {
      // RFC 7578 §4.2 has no such thing, and a file is not to be taken for a field.
      throw error("it names its file by filename*, which forms do not have: send filename", at: start)
    }
    // The empty line before an empty content may be the boundary's.
    guard let end = nextDelimiter(from: place - 2) else {
      throw error("the body ends before the boundary that should follow it", at: start)
    }
    let content = place..<max(place, end)
    let slice = body.getSlice(at: content.lowerBound, length: content.count) ?? ByteBuffer()
    parts.append(
      MultipartForm.Part(
        name: Self.unescaped(name), fileName: disposition["filename"].map(Self.unescaped),
        type: header.type, body: slice))
    place = end + delimiter.count
  }

  private struct Header {
    var disposition: HeaderParameters?
    var type: String?
  }

  /// Takes the lines up to an empty one.
  private mutating func takeHeader() throws(MultipartError) -> Header {
    let start = place
    var header = Header()
    while true {
      let lineStart = place
      let line = try takeLine(of: start)
      if line.isEmpty { return header }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy(HeaderRules.isTokenByte),
        line[colon...].allSatisfy(HeaderRules.isValueByte)
      else { throw error("a line of its header is no \"Name: value\"", at: lineStart) }
      let value = String(
        Substring(String(decoding: line[(colon + 1)...], as: UTF8.self)).trimmingBlanks)
      try note(
        String(decoding: line[..<colon], as: UTF8.self).lowercased(), value, in: &header, at: lineStart)
    }
  }

  /// Takes a line without its break; `start` is where the header begins, whose bytes are bounded.
  private mutating func takeLine(of start: Int) throws(MultipartError) -> ByteBufferView {
    let end = max(place, min(bytes.endIndex, start + limits.maxHeaderBytes))
    guard let stop = bytes[place..<end].firstIndex(where: { $0 == Self.cr || $0 == Self.lf }) else {
      if end >= bytes.endIndex { throw error("the body ends within its header", at: start) }
      throw error("its header has more than \(limits.maxHeaderBytes) bytes", at: start)
    }
    guard bytes[stop...].starts(with: [Self.cr, Self.lf]) else {
      throw error("a line of its header does not end with CR and LF", at: stop)
    }
    defer { place = stop + 2 }
    return bytes[place..<stop]
  }

  private func note(
    _ name: String, _ value: String, in header: inout Header, at lineStart: Int
  ) throws(MultipartError) {
    switch name {
    case "content-disposition":
      if header.disposition != nil { throw error("it has more than one Content-Disposition", at: lineStart) }
      do throws(HeaderParameters.Problem) {
        header.disposition = try HeaderParameters(value)
      } catch let problem {
        throw self.error("its Content-Disposition has \(problem.reason)", at: lineStart)
      }
    case "content-type":
      if header.type != nil { throw error("it has more than one Content-Type", at: lineStart) }
      if value.lowercased().hasPrefix("multipart/mixed") {
        throw error("it has parts of its own: send files one by one", at: lineStart)
      }
      header.type = value
    case "content-transfer-encoding" where !["7bit", "8bit", "binary"].contains(value.lowercased()):
      // RFC 7578 §4.7 took the encodings of mail away.
      throw error("it is encoded as \(value.printable(limit: 40)): send it as it is", at: lineStart)
    // RFC 7578 §4.8: others are ignored.
    default: break
    }
  }

  /// Browsers write these three so, and nothing else (HTML's "multipart/form-data encoding algorithm").
  private static func unescaped(_ name: String) -> String {
    if !name.utf8.contains(UInt8(ascii: "%")) { return name }
    var bytes: [UInt8] = []
    var rest = name.utf8[...]
    while let byte = rest.popFirst() {
      switch byte == UInt8(ascii: "%") ? String(decoding: rest.prefix(2), as: UTF8.self).uppercased() : "" {
      case "22": bytes.append(UInt8(ascii: "\""))
      case "0D": bytes.append(cr)
      case "0A": bytes.append(lf)
      default:
        bytes.append(byte)
        continue
      }
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func error(_ reason: String, at place: Int) -> MultipartError {
    MultipartError(
      message:
        "no form that can be read: part \(parts.count + 1), at byte \(place - bytes.startIndex): \(reason)"
    )
  }
}
