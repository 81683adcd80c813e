/// JSON on indented lines, with colours. Numbers and strings stay as they were written.
enum JSONView {
  /// The first of the lines, and how many there are. Nil where the text is not JSON, as far as its brackets and strings
  /// tell, or nested very deeply.
  static func lines(_ text: String, most: Int = .max) -> (first: [StyledText], count: Int)? {
    var writer = Writer(Array(text.utf8), most: most)
    return writer.write() ? (writer.lines, writer.count) : nil
  }

  private struct Writer {
    let bytes: [UInt8]
    var place = 0
    let most: Int
    var lines: [StyledText] = []
    var count = 0
    var line: [StyledText.Span] = []
    var closers: [UInt8] = []
    private static let depthLimit = 100

    init(_ bytes: [UInt8], most: Int) {
      self.bytes = bytes
      self.most = most
    }

    /// What nobody sees is only counted.
    private var isKept: Bool { count < most }

    mutating func write() -> Bool {
      while place < bytes.count {
        let byte = bytes[place]
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: place += 1
        case UInt8(ascii: "{"), UInt8(ascii: "["): guard open(byte) else { return false }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          guard closers.popLast() == byte else { return false }
          breakLine()
          add(byte)
        case UInt8(ascii: ","):
          add(byte)
          breakLine()
        case UInt8(ascii: ":"):
          add(byte)
          if isKept { line.append(.init(" ")) }
        case UInt8(ascii: "\""): guard string() else { return false }
        default: guard word() else { return false }
        }
      }
      if !line.isEmpty || !isKept { endLine() }
      return closers.isEmpty && count > 0
    }

    private mutating func endLine() {
      if isKept { lines.append(StyledText(line)) }
      count += 1
    }

    private mutating func add(_ byte: UInt8) {
      if isKept { line.append(.init(String(UnicodeScalar(byte)))) }
      place += 1
    }

    private mutating func breakLine() {
      endLine()
      line = isKept ? [.init(String(repeating: " ", count: 2 * closers.count))] : []
    }

    private mutating func open(_ byte: UInt8) -> Bool {
      let closer = byte + 2
      add(byte)
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
      if place < bytes.count, bytes[place] == closer {
        add(closer)
        return true
      }
      closers.append(closer)
      breakLine()
      return closers.count <= Self.depthLimit
    }

    private mutating func string() -> Bool {
      var end = place + 1
      while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
        end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard end < bytes.count else { return false }
      guard isKept else {
        place = end + 1
        return true
      }
      let text = String(decoding: bytes[place...end], as: UTF8.self)
      place = end + 1
      var next = place
      while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
      let isKey = next < bytes.count && bytes[next] == UInt8(ascii: ":")
      line.append(.init(text, Style(isKey ? .cyan : .green)))
      return true
    }

    private mutating func word() -> Bool {
      let end = bytes[place...].firstIndex { ",]} \t\r\n:[{\"".utf8.contains($0) } ?? bytes.count
      guard isKept else {
        defer { place = end }
        return end > place
      }
      let text = String(decoding: bytes[place..<end], as: UTF8.self)
      place = end
      let isWord = ["true", "false", "null"].contains(text)
      guard isWord || Double(text) != nil else { return false }
      line.append(.init(text, Style(isWord ? .magenta : .yellow)))
      return true
    }
  }
}
