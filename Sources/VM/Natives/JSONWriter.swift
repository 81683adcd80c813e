extension Machine {
  /// The value as JSON, in UTF-8. Keys that are no strings are written as their text; dates and durations
  /// as people write them.
  ///
  /// - Throws: a failure for what JSON cannot hold, for nesting past the limit (a collection that contains
  ///   itself) and for a text past the length limit.
  public func writeJSON(_ value: Value, pretty: Bool = false) throws(Failure) -> [UInt8] {
    var writer = JSONWriter(machine: self, isPretty: pretty)
    try writer.write(value, depth: 0)
    return writer.bytes
  }
}

private struct JSONWriter {
  let machine: Machine
  let isPretty: Bool
  var bytes: [UInt8] = []

  init(machine: Machine, isPretty: Bool) {
    self.machine = machine
    self.isPretty = isPretty
  }

  /// - Parameter depth: how many arrays and objects the value lies in.
  mutating func write(_ value: Value, depth: Int) throws(Failure) {
    if depth == Machine.jsonDepth, value.tag == Tag.array || value.tag == Tag.dictionary {
      throw Failure(
        .json, "nested more than \(Machine.jsonDepth) deep", help: "does a collection contain itself?")
    }
    try machine.spend(2)
    if bytes.count > machine.limits.stringLength { try machine.heap.checkLength(bytes.count) }
    switch value.tag {
    case Tag.nil: append("null")
    case Tag.bool: append(value.bool ? "true" : "false")
    case Tag.int: append(value.int)
    case Tag.double:
      guard value.double.isFinite else {
        throw Failure(.json, "\(Machine.text(of: value.double)) cannot be written as JSON")
      }
      append(Machine.text(of: value.double))
    case Tag.duration: string(Machine.text(ofDuration: value.int))
    case Tag.date: string(Machine.text(ofDate: value.int))
    case Tag.string, Tag.html: string(value.string.buffer)
    case Tag.array:
      bytes.append(UInt8(ascii: "["))
      for place in 0..<value.array.pointee.count {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        newLine(depth + 1)
        try write(value.array.pointee.elements[place], depth: depth + 1)
      }
      if value.array.pointee.count > 0 { newLine(depth) }
      bytes.append(UInt8(ascii: "]"))
    case Tag.dictionary:
      bytes.append(UInt8(ascii: "{"))
      try writeEntries(of: value.dictionary, depth: depth)
      bytes.append(UInt8(ascii: "}"))
    case Tag.error:
      bytes.append(contentsOf: "{\"error\":".utf8)
      string(machine.display(value))
      bytes.append(UInt8(ascii: "}"))
    case Tag.deferred: throw .notAwaited("a value in JSON")
    case Tag.range: throw Failure(.json, "Range cannot be written as JSON", help: "write Array(range)")
    case Tag.bytes:
      throw Failure(
        .json, "Bytes cannot be written as JSON", help: "write String(bytes), or bytes.base64Encoded()")
    case Tag.instance:
      throw Failure(
        .json, "\(machine.typeName(value)) cannot be written as JSON",
        help: "write what of it is meant: [\"status\": response.status]")
    default: throw Failure(.json, "\(machine.typeName(value)) cannot be written as JSON")
    }
  }

  private mutating func writeEntries(
    of dictionary: UnsafeMutablePointer<DictionaryObject>, depth: Int
  ) throws(Failure) {
    let entries = UnsafeBufferPointer(start: dictionary.pointee.entries, count: dictionary.pointee.used)
    let isKey = { (key: Value) in key.tag != Tag.unset }
    // Keys that are no Strings may come to the same text.
    var names: Set<String>? = entries.allSatisfy { !isKey($0.key) || $0.key.tag == Tag.string } ? nil : []
    var isFirst = true
    for entry in entries where isKey(entry.key) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      newLine(depth + 1)
      if names == nil {
        string(entry.key.string.buffer)
      } else {
        let name = machine.display(entry.key)
        if names?.insert(name).inserted == false {
          throw Failure(
            .json,
            "two keys of the dictionary are \(Machine.quoted(name)) in JSON, which has one kind of key",
            help: "make all keys Strings")
        }
        string(name)
      }
      bytes.append(UInt8(ascii: ":"))
      if isPretty { bytes.append(UInt8(ascii: " ")) }
      try write(entry.value, depth: depth + 1)
    }
    if !isFirst { newLine(depth) }
  }

  private mutating func newLine(_ depth: Int) {
    guard isPretty else { return }
    bytes.append(10)
    bytes.append(contentsOf: repeatElement(32, count: depth * 2))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func append(_ number: Int) {
    let start = bytes.count
    let length = Decimal.length(of: number)
    bytes.append(contentsOf: repeatElement(0, count: length))
    bytes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      Decimal.write(number, to: base + start, length: length)
    }
  }

  private mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { string($0) }
  }

  private mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    // Most of a text stands for itself, and is taken as it is.
    var plain = 0
    for (place, byte) in text.enumerated()
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<place]))
      plain = place + 1
      escape(byte)
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plain...]))
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 10: append("\\n")
    case 13: append("\\r")
    case 9: append("\\t")
    default:
      let digits = String(byte, radix: 16)
      append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
  }
}
