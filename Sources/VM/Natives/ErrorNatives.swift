extension Machine {
  func installErrors() {
    defineProperty(Tag.error, "message") { call throws(Failure) in call[0].error.pointee.message }
    defineProperty(Tag.error, "kind") { call throws(Failure) in call[0].error.pointee.kind }
    define("Error", ["message", "kind?"]) { call throws(Failure) in
      call.machine.makeError(
        kind: try call.string(1, default: Failure.Kind.error.rawValue),
        message: call.machine.heap.makeString(call.machine.display(call[0])), fields: .nil)
    }
    define("expect", ["condition", "message?"]) { call throws(Failure) in
      guard let isTrue = call[0].asBool else { throw call.wrongType(0, expected: "a Bool") }
      if !isTrue { throw Failure(.expectation, try call.string(1, default: "the expectation does not hold")) }
      return .nil
    }
  }
}
