extension Machine {
  func installErrors() {
    defineProperty(Tag.error, "message") { call throws(Failure) in call[0].error.pointee.message }
    defineProperty(Tag.error, "kind") { call throws(Failure) in call[0].error.pointee.kind }
    // Among the fields, as what the machine refuses has it there.
    defineProperty(Tag.error, "help") { call throws(Failure) in
      let fields = call[0].error.pointee.fields
      guard fields.tag == Tag.dictionary else { return .nil }
      let help = call.heap.value(of: call.heap.makeString("help"), in: fields.dictionary)
      return help.tag == Tag.unset ? .nil : help
    }
    define("Error", ["message", "kind?", "fields?"]) { call throws(Failure) in
      let machine = call.machine
      let kind = try call.string(1, default: Failure.Kind.error.rawValue)
      guard !kind.isEmpty, kind.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
        throw Failure(
          .argument, "the kind of an Error is one word, not \(Machine.quoted(kind))",
          help: "put what goes wrong into the message, and more into fields:"
        ).at(.parameter(1))
      }
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
        .expectation, call.has(1) ? call.machine.display(call[1]) : "the expectation does not hold"
      ).at(parameter: 0)
    }
  }
}
