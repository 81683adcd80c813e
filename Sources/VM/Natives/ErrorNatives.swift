extension Machine {
  func installErrors() {
    defineProperty(Tag.error, "message") { call throws(Failure) in call[0].error.pointee.message }
    defineProperty(Tag.error, "kind") { call throws(Failure) in call[0].error.pointee.kind }
    define("Error", ["message", "kind?", "fields?"]) { call throws(Failure) in
      let machine = call.machine
      let kind = try call.string(1, default: Failure.Kind.error.rawValue)
      if call.has(2), call[2].tag != Tag.dictionary, !call[2].isNil {
        throw call.wrongType(2, expected: "a Dictionary")
      }
      let message = machine.heap.makeString(machine.display(call[0]))
      return machine.makeError(kind: kind, message: message, fields: call[2])
    }
    define("expect", ["condition", "message?"]) { call throws(Failure) in
      guard let isTrue = call[0].asBool else { throw call.wrongType(0, expected: "a Bool") }
      if isTrue { return .nil }
      throw Failure(
        .expectation, call.has(1) ? call.machine.display(call[1]) : "the expectation does not hold")
    }
  }
}
