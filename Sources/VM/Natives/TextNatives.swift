extension Machine {
  func installText() {
    define("String", ["value", "radix?"]) { call throws(Failure) in
      if call.has(1) {
        return call.heap.makeString(String(try call.int(0), radix: try call.radix(1)))
      }
      if call[0].isDeferred { throw call.wrongType(0, expected: "a value") }
      if call[0].tag == Tag.bytes {
        guard let text = String(validating: call[0].string.buffer, as: UTF8.self) else {
          throw Failure(.argument, "the bytes are not valid UTF-8")
        }
        return call.heap.makeString(text)
      }
      return call.heap.makeString(call.machine.display(call[0]))
    }
    define("repr", ["value"]) { call throws(Failure) in
      call.heap.makeString(call.machine.repr(call[0]))
    }
    define("rawHTML", ["text"]) { call throws(Failure) in
      call.heap.makeString(try call.string(0), tag: Tag.html)
    }
    define("type", ["of"]) { call throws(Failure) in
      call.heap.makeString(call.machine.typeName(call[0]))
    }
    define("json", ["text"]) { call throws(Failure) in
      guard call[0].tag == Tag.string || call[0].tag == Tag.bytes else {
        throw call.wrongType(0, expected: "a String or Bytes")
      }
      try call.machine.spend(call[0].string.pointee.count >> 2)
      return try call.machine.parseJSON(call[0].string.buffer)
    }
    define("toJSON", ["value", "pretty?"]) { call throws(Failure) in
      let bytes = try call.machine.writeJSON(call[0], pretty: try call.bool(1, default: false))
      try call.heap.checkLength(bytes.count)
      return bytes.withUnsafeBufferPointer { call.heap.makeString(utf8: $0) }
    }
  }
}
