import Foundation

// Bytes: a body, a file, a digest. Unlike an Array they cannot be changed.

extension Machine {
  func installBytes() {
    define("Bytes", ["content?", "base64!?", "hex!?"]) { call throws(Failure) in
      switch try call.only(0, 1, 2) {
      case 0: try call.bytes()
      case 1: try call.decoded(Machine.bytes(base64: try call.string(1)))
      case 2: try call.decoded(Machine.bytes(hex: try call.string(2)))
      default: call.heap.makeBytes([])
      }
    }
    defineProperty(Tag.bytes, "count") { call throws(Failure) in .int(call[0].string.pointee.count) }
    defineProperty(Tag.bytes, "isEmpty") { call throws(Failure) in .bool(call[0].string.pointee.count == 0) }
    defineProperty(Tag.bytes, "first") { call throws(Failure) in
      call[0].string.buffer.first.map { .int(Int($0)) } ?? .nil
    }
    defineProperty(Tag.bytes, "last") { call throws(Failure) in
      call[0].string.buffer.last.map { .int(Int($0)) } ?? .nil
    }
    defineMethod(Tag.bytes, "contains", ["byte"]) { call throws(Failure) in
      let byte = try call.int(1)
      return .bool(try call.rawBytes(0).contains { Int($0) == byte })
    }
    for (name, isFirst) in [("firstIndex", true), ("lastIndex", false)] {
      defineMethod(Tag.bytes, name, ["of"]) { call throws(Failure) in
        let byte = try call.int(1)
        let bytes = try call.rawBytes(0)
        let place = isFirst ? bytes.firstIndex { Int($0) == byte } : bytes.lastIndex { Int($0) == byte }
        return place.map { .int($0) } ?? .nil
      }
    }
    defineMethod(Tag.bytes, "split", ["separator", "maxSplits?", "omittingEmptySubsequences?"]) {
      call throws(Failure) in
      guard call[1].isInt else { throw call.wrongType(1, expected: "a byte as an Int, as 10 for a new line") }
      let separator = call[1].int
      let parts = try call.rawBytes(0).split(
        maxSplits: try call.splits(2), omittingEmptySubsequences: try call.bool(3, default: false)
      ) { Int($0) == separator }
      try call.heap.checkCount(parts.count)
      try call.heap.reserve(parts.count * 48 + call[0].string.pointee.count)
      try call.machine.spend(parts.count * 4)
      return call.heap.makeArray(parts.map { call.heap.makeBytes($0) })
    }
    part("prefix", count: nil) { bytes, count in bytes.prefix(count) }
    part("suffix", count: nil) { bytes, count in bytes.suffix(count) }
    part("dropFirst", count: 1) { bytes, count in bytes.dropFirst(count) }
    part("dropLast", count: 1) { bytes, count in bytes.dropLast(count) }
  }

  private func part(
    _ name: String, count standard: Int?,
    _ body: @escaping (UnsafeBufferPointer<UInt8>, Int) -> Slice<UnsafeBufferPointer<UInt8>>
  ) {
    defineMethod(Tag.bytes, name, [standard == nil ? "count" : "count?"]) { call throws(Failure) in
      let count = if let standard { try call.int(1, default: standard) } else { try call.int(1) }
      if count < 0 {
        throw Failure(.argument, "\(name)(\(count)): the count must not be negative").at(.parameter(1))
      }
      return call.heap.makeBytes(body(try call.rawBytes(0), count))
    }
  }
}

extension NativeCall {
  /// The bytes of a text, or of an array of their numbers.
  fileprivate func bytes() throws(Failure) -> Value {
    switch self[0].tag {
    case Tag.bytes: return self[0]
    case Tag.string:
      try heap.checkLength(self[0].string.pointee.count)
      return heap.makeBytes(self[0].string.buffer)
    case Tag.array:
      var bytes: [UInt8] = []
      for (place, element) in try elements(0).enumerated() {
        guard element.isInt, let byte = UInt8(exactly: element.int) else {
          throw Failure(.argument, "element \(place) of the bytes is no Int from 0 to 255").at(.parameter(0))
        }
        bytes.append(byte)
      }
      try heap.checkLength(bytes.count)
      return heap.makeBytes(bytes)
    default: throw wrongType(0, expected: "a String or an Array of Ints")
    }
  }

  fileprivate func decoded(_ bytes: [UInt8]?) throws(Failure) -> Value {
    guard let bytes else { return .nil }
    try heap.checkLength(bytes.count)
    return heap.makeBytes(bytes)
  }
}
