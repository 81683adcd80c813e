extension Machine {
  func installText() {
    define("String", ["value?", "radix?", "repeating!?", "count!?", "scalars!?", "format!?"]) {
      call throws(Failure) in
      if call.isFirstAlone, call[0].tag == Tag.int { return call.heap.makeDecimal(call[0].int) }
      if !call.has(5) {
        try call.requireRepeating(2, count: 3)
        _ = try call.only(0, 2, 4)
        _ = try call.only(1, 2, 4)
      }
      if call.has(2) { return try call.machine.repeated(call, 2, try call.repetitions(3)) }
      if call.has(4) { return try call.text(ofScalars: 4) }
      if call.has(5) {
        throw Failure(
          .argument, "there are no formats here",
          help: "write 3.14159.formatted(decimals: 2), \"7\".leftPadded(to: 3, with: \"0\")"
        ).at(.parameter(5))
      }
      guard call.has(0) else {
        if call.has(1) {
          throw Failure(.argument, "\"value\" of String() is missing: radix: says how it is written")
        }
        return call.heap.makeString("")
      }
      if call.has(1) {
        return call.heap.makeString(String(try call.int(0), radix: try call.radix(1)))
      }
      if call[0].isDeferred { throw call.wrongType(0, expected: "a value") }
      if call[0].tag == Tag.bytes {
        guard let text = String(validating: call[0].string.buffer, as: UTF8.self) else {
          throw Failure(.argument, "the bytes are not valid UTF-8").at(.parameter(0))
        }
        return call.heap.makeString(text)
      }
      if let texts = call.machine.elements(of: call[0]), !texts.isEmpty,
        texts.allSatisfy({ $0.tag == Tag.string })
      {
        throw Failure(
          .argument, "String() of an Array of Strings could mean two things",
          help: "write xs.joined() for one text of all, \"\\(xs)\" for the array as it shows"
        ).at(.parameter(0))
      }
      return call.heap.makeString(try call.machine.text(of: call[0]))
    }
    define("repr", ["value"]) { call throws(Failure) in
      call.heap.makeString(try call.machine.literal(of: call[0]))
    }
    define("rawHTML", ["text"]) { call throws(Failure) in
      let html = call.heap.makeString(try call.string(0), tag: Tag.html)
      html.string.pointee.header.flags |= StringObject.isRaw
      return html
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

extension NativeCall {
  /// The text that Unicode scalars make, given as Ints.
  fileprivate func text(ofScalars index: Int) throws(Failure) -> Value {
    var text = ""
    for element in try elements(index) {
      guard element.isInt, let number = UInt32(exactly: element.int), let scalar = Unicode.Scalar(number)
      else {
        throw Failure(.argument, "\(machine.display(element)) is no Unicode scalar").at(.parameter(index))
      }
      text.unicodeScalars.append(scalar)
    }
    try heap.checkLength(text.utf8.count)
    return heap.makeString(text)
  }
}
