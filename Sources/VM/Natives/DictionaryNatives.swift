extension Machine {
  func installDictionaries() {
    defineProperty(Tag.dictionary, "count") { call throws(Failure) in .int(call[0].dictionary.pointee.live) }
    defineProperty(Tag.dictionary, "isEmpty") { call throws(Failure) in
      .bool(call[0].dictionary.pointee.live == 0)
    }
    defineProperty(Tag.dictionary, "keys") { call throws(Failure) in
      call.machine.heap.makeArray(call.machine.heap.pairs(of: call[0].dictionary).map(\.key))
    }
    defineProperty(Tag.dictionary, "values") { call throws(Failure) in
      call.machine.heap.makeArray(call.machine.heap.pairs(of: call[0].dictionary).map(\.value))
    }
    defineMethod(Tag.dictionary, "contains", ["key"]) { call throws(Failure) in
      .bool(call.machine.heap.value(of: call[1], in: call[0].dictionary).tag != Tag.unset)
    }
    defineMethod(Tag.dictionary, "removeValue", ["forKey"]) { call throws(Failure) in
      let value = call.machine.heap.remove(call[1], from: call[0].dictionary)
      return value.tag == Tag.unset ? .nil : value
    }
    defineMethod(Tag.dictionary, "removeAll") { call throws(Failure) in
      call.machine.heap.removeAll(from: call[0].dictionary)
      return .nil
    }
    defineMethod(Tag.dictionary, "merge", ["other"]) { call throws(Failure) in
      guard let pairs = call.machine.pairs(of: call[1]) else {
        throw call.wrongType(1, expected: "a Dictionary")
      }
      for pair in pairs { try call.machine.heap.set(pair.value, for: pair.key, in: call[0].dictionary) }
      return .nil
    }
    define("__pair", ["key", "value"]) { call throws(Failure) in call.machine.makePair(call[0], call[1]) }
  }
}
