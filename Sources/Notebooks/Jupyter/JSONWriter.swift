/// Writes JSON in Jupyter's own layout: keys in order, a step of one space, texts as they are but for quotes,
/// backslashes and control characters.
struct JSONWriter {
  private enum Layout {
    /// Every member and element on a line of its own.
    case lines
    /// All on one line, as Python writes it: `{"a": [1, 2]}`.
    case oneLine
  }

  private let layout: Layout
  private var bytes: [UInt8] = []
  private var depth = 0

  private init(_ layout: Layout) { self.layout = layout }

  /// A file's text, with a line feed at its end.
  static func file(_ value: JSON) -> String {
    var writer = JSONWriter(.lines)
    writer.write(value)
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  /// The value on one line.
  static func line(_ value: JSON) -> String {
    var writer = JSONWriter(.oneLine)
    writer.write(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private mutating func write(_ value: JSON) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): write(text)
    case .array(let elements):
      writeList("[", elements, "]") { $0.write($1) }
    case .object(let object):
      writeList("{", Array(object), "}") { writer, member in
        writer.write(member.key)
        writer.bytes += ": ".utf8
        writer.write(member.value)
      }
    }
  }

  private mutating func writeList<Element>(
    _ open: String, _ elements: [Element], _ close: String, _ write: (inout JSONWriter, Element) -> Void
  ) {
    bytes += open.utf8
    depth += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes += (layout == .lines ? "," : ", ").utf8 }
      breakLine()
      write(&self, element)
    }
    depth -= 1
    if !elements.isEmpty { breakLine() }
    bytes += close.utf8
  }

  private mutating func breakLine() {
    guard layout == .lines else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: depth)
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0x08: bytes += "\\b".utf8
      case 0x0C: bytes += "\\f".utf8
      case 0..<0x20: bytes += ("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
