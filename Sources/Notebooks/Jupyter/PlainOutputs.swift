/// The outputs of a code cell as lines of text, which is what a cells file stores.
struct PlainOutputs {
  private(set) var lines: [String] = []
  /// How many outputs have something besides text, or nothing else.
  private(set) var leftOut = 0

  init(reading outputs: [JSONField]) throws(CellsFileError) {
    var text = ""
    var isStream = true
    for output in outputs {
      let type = try output.member("output_type").string()
      // What a stream got in pieces is one text; every other output begins a line.
      if !isStream || type != "stream", !text.isEmpty, text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
      isStream = type == "stream"
      switch type {
      case "stream":
        text += try output.member("text").text()
      case "execute_result", "display_data":
        text += try plainText(output.member("data"))
      case "error":
        text += try PlainOutputs.error(output)
      default:
        leftOut += 1
      }
    }
    lines = PlainOutputs.lines(of: text)
  }

  private mutating func plainText(_ data: JSONField) throws(CellsFileError) -> String {
    let plain = try data.memberIfPresent("text/plain")
    if try data.object().count > (plain == nil ? 0 : 1) { leftOut += 1 }
    return try plain?.text() ?? ""
  }

  private static func error(_ output: JSONField) throws(CellsFileError) -> String {
    var traceback: [String] = []
    for line in try output.memberIfPresent("traceback")?.elements() ?? [] {
      traceback.append(try line.string())
    }
    if !traceback.isEmpty { return traceback.joined(separator: "\n") }
    let name = try output.memberIfPresent("ename")?.string() ?? "error"
    let value = try output.memberIfPresent("evalue")?.string() ?? ""
    return value.isEmpty ? name : "\(name): \(value)"
  }

  // MARK: - Terminals

  /// The lines of a text that was meant for a terminal, as they looked in the end: without colours, and of what was
  /// written over itself the last.
  private static func lines(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    return SourceLines(bytes).map { line in
      let text = withoutEscapes(bytes[line.start..<line.end])
      let last = text.lastIndex(of: UInt8(ascii: "\r")).map { text[($0 + 1)...] } ?? text[...]
      return String(
        decoding: last.filter { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }, as: UTF8.self)
    }
  }

  /// Takes out the control sequences of ECMA-48, and the strings that set a window's title.
  private static func withoutEscapes(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = line
    while let byte = rest.popFirst() {
      guard byte == 0x1B else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "["):
        rest = rest.drop { (0x20...0x3F).contains($0) }
        if let last = rest.first, (0x40...0x7E).contains(last) { rest = rest.dropFirst() }
      case UInt8(ascii: "]"):
        rest = rest.drop { $0 != 0x07 && $0 != 0x1B }
        if rest.popFirst() == 0x1B { rest = rest.dropFirst() }
      default:
        break
      }
    }
    return result
  }

  // MARK: - Writing

  /// The outputs that say the same in Jupyter: what was stored is what a run printed, so it is one stream. Control
  /// characters are spelt out, since those of others are for a terminal and are taken out as they are read.
  static func outputs(for lines: [String]) -> JSON {
    guard !lines.isEmpty else { return .array([]) }
    var stream = JSONObject()
    stream["name"] = .string("stdout")
    stream["output_type"] = .string("stream")
    stream["text"] = JupyterWriter.lines(lines.map { ControlSpelling.spelled($0) + "\n" }.joined())
    return .array([.object(stream)])
  }
}
