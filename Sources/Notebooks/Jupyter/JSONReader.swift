/// What is wrong with a text that should be JSON.
struct JSONError: Error, Equatable {
  /// In one sentence without a full stop.
  let problem: String
  /// The line and, in bytes, the column, counted from 1.
  let line: Int
  let column: Int
}

/// Reads JSON (RFC 8259) in one pass. The bytes must be UTF-8.
struct JSONReader {
  /// How deeply arrays and objects may lie in one another.
  static let maximumDepth = 256

  private let bytes: [UInt8]
  private var position: Int
  private var depth = 0

  /// The value that a whole text is.
  static func read(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    var reader = JSONReader(bytes)
    let value = try reader.value()
    reader.skipBlanks()
    guard reader.position == bytes.count else {
      throw reader.error("something follows after the end of the value")
    }
    return value
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is not JSON, and some editors write one.
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  // MARK: - Values

  private mutating func value() throws(JSONError) -> JSON {
    skipBlanks()
    switch peek {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case nil: throw error("it ends where a value belongs")
    default: break
    }
    for (word, value) in JSONReader.words where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    return try number()
  }

  private static let words: [(String, JSON)] = [
    ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
    ("NaN", .number("NaN")), ("Infinity", .number("Infinity")), ("-Infinity", .number("-Infinity")),
  ]

  private mutating func array() throws(JSONError) -> JSON {
    try enter()
    var elements: [JSON] = []
    if try !ends(with: UInt8(ascii: "]"), isFirst: true) {
      repeat { elements.append(try value()) } while try !ends(with: UInt8(ascii: "]"), isFirst: false)
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func object() throws(JSONError) -> JSON {
    try enter()
    var members: [JSONObject.Member] = []
    if try !ends(with: UInt8(ascii: "}"), isFirst: true) {
      repeat { members.append(try member()) } while try !ends(with: UInt8(ascii: "}"), isFirst: false)
    }
    depth -= 1
    return .object(JSONObject(members))
  }

  private mutating func member() throws(JSONError) -> JSONObject.Member {
    skipBlanks()
    guard peek == UInt8(ascii: "\"") else { throw error("a key in quotes belongs here") }
    let key = try string()
    skipBlanks()
    guard peek == UInt8(ascii: ":") else { throw error("a colon belongs behind a key") }
    position += 1
    return JSONObject.Member(key: key, value: try value())
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= JSONReader.maximumDepth else {
      throw error("arrays and objects lie more than \(JSONReader.maximumDepth) deep in one another")
    }
    position += 1
  }

  /// Whether the array or object ends here; otherwise passes the comma before the next element.
  private mutating func ends(with close: UInt8, isFirst: Bool) throws(JSONError) -> Bool {
    skipBlanks()
    if peek == close {
      position += 1
      return true
    }
    if isFirst { return false }
    guard peek == UInt8(ascii: ",") else {
      throw error("a comma or `\(Character(UnicodeScalar(close)))` belongs here")
    }
    position += 1
    return false
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    let first = position
    guard skipDigits() else {
      position = start
      throw error("a value belongs here")
    }
    if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
      throw error("a number does not begin with 0 and another digit")
    }
    if peek == UInt8(ascii: ".") {
      position += 1
      guard skipDigits() else { throw error("a digit belongs behind the point") }
    }
    if let sign = peek, sign | 0x20 == UInt8(ascii: "e") {
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() else { throw error("a digit belongs into the exponent") }
    }
    return .number(bytes[start..<position].string)
  }

  /// Passes digits; false where there is none.
  private mutating func skipDigits() -> Bool {
    let start = position
    while let byte = peek, byte.isDigit { position += 1 }
    return position > start
  }

  // MARK: - Strings

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    var start = position
    while true {
      guard let byte = peek else { throw error("it ends within a string") }
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[start..<position]
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[start..<position]
        text += Array(String(try escape()).utf8)
        start = position
      case 0..<0x20:
        throw error("a string has a control character that is not escaped")
      default:
        position += 1
      }
    }
  }

  private mutating func escape() throws(JSONError) -> Character {
    position += 1
    guard let byte = peek else { throw error("it ends within a string") }
    if byte == UInt8(ascii: "u") {
      position += 1
      return Character(try scalar())
    }
    guard let meaning = JSONReader.escapes[byte] else { throw error("there is no such escape in JSON") }
    position += 1
    return Character(meaning)
  }

  private static let escapes: [UInt8: UnicodeScalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
    UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]

  /// The scalar behind `\u`: one unit of UTF-16, or two that make a pair.
  private mutating func scalar() throws(JSONError) -> UnicodeScalar {
    let start = position - 2
    let high = try unit()
    if let scalar = UnicodeScalar(high) { return scalar }
    if (0xD800...0xDBFF).contains(high), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try unit()
      if (0xDC00...0xDFFF).contains(low),
        let scalar = UnicodeScalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        return scalar
      }
    }
    position = start
    throw error("a string has half of a surrogate pair, which is no character")
  }

  private mutating func unit() throws(JSONError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.isDigit || (0x61...0x66).contains($0 | 0x20) }),
      let value = UInt32(digits.string, radix: 16)
    else { throw error("four hexadecimal digits belong behind \\u") }
    position += 4
    return value
  }

  // MARK: - Places

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, byte.isBlank || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      position += 1
    }
  }

  private func error(_ problem: String) -> JSONError {
    let before = bytes[..<min(position, bytes.count)]
    let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return JSONError(problem: problem, line: line, column: before.count - lineStart + 1)
  }
}
