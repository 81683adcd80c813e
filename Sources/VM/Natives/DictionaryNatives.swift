// Members of Dictionary. They are few on purpose: each takes a key's place behind the point.

extension Machine {
  func installDictionaries() {
    defineProperty(Tag.dictionary, "count") { call throws(Failure) in .int(call[0].dictionary.pointee.live) }
    defineProperty(Tag.dictionary, "isEmpty") { call throws(Failure) in
      .bool(call[0].dictionary.pointee.live == 0)
    }
    defineProperty(Tag.dictionary, "keys") { call throws(Failure) in try call.column(\.key) }
    defineProperty(Tag.dictionary, "values") { call throws(Failure) in try call.column(\.value) }
    defineMethod(Tag.dictionary, "contains", ["key"]) { call throws(Failure) in
      .bool(call.heap.value(of: call[1], in: call[0].dictionary).tag != Tag.unset)
    }
    defineMethod(Tag.dictionary, "removeValue", ["forKey"]) { call throws(Failure) in
      let value = call.heap.remove(call[1], from: call[0].dictionary)
      return value.tag == Tag.unset ? .nil : value
    }
    defineMethod(Tag.dictionary, "removeAll") { call throws(Failure) in
      call.heap.removeAll(from: call[0].dictionary)
      return .nil
    }
    defineMethod(Tag.dictionary, "merge", ["other"]) { call throws(Failure) in
      try call.merge(1, into: call[0].dictionary)
      return .nil
    }
    defineMethod(Tag.dictionary, "merging", ["other"]) { call throws(Failure) in
      let result = try call.copy()
      try call.merge(1, into: result)
      return Value(Tag.dictionary, result)
    }
    defineMethod(Tag.dictionary, "updateValue", ["value", "forKey"]) { call throws(Failure) in
      let old = call.heap.value(of: call[2], in: call[0].dictionary)
      try call.heap.set(call[1], for: call[2], in: call[0].dictionary)
      return old.tag == Tag.unset ? .nil : old
    }
    define("__dictionary", ["pairs", "isUnique"], shown: "Dictionary") { call throws(Failure) in
      if call[0].tag == Tag.dictionary { return Value(Tag.dictionary, try call.copy()) }
      return try call.dictionary(isUnique: try call.bool(1, default: false))
    }
    // Keeps nil, which an assignment would take for a removal.
    defineMethod(Tag.dictionary, "__set", ["key", "value"], shown: "updateValue") { call throws(Failure) in
      try call.heap.set(call[2], for: call[1], in: call[0].dictionary)
      return .nil
    }
    define("__pair", ["key", "value"], shown: "Dictionary") { call throws(Failure) in
      call.machine.makePair(call[0], call[1])
    }
  }

  /// The two values of what counts as a pair: an array of two, or what `enumerated()` and a dictionary's
  /// pairs give.
  func pair(_ value: Value) -> (Value, Value)? {
    if value.tag == Tag.array, value.array.pointee.count == 2 {
      return (value.array.pointee.elements[0], value.array.pointee.elements[1])
    }
    guard value.tag == Tag.dictionary, value.dictionary.pointee.live == 2 else { return nil }
    let pairs = heap.pairs(of: value.dictionary)
    return (pairs[0].value, pairs[1].value)
  }

  /// `pair.0` and `pair.1` of a dictionary that is a pair.
  func element(_ place: Int, ofPair dictionary: UnsafeMutablePointer<DictionaryObject>) -> Value? {
    guard place == 0 || place == 1, dictionary.pointee.live == 2, dictionary.pointee.used == 2 else {
      return nil
    }
    let names = [dictionary.pointee.entries[0].key, dictionary.pointee.entries[1].key].map(display)
    guard names == ["key", "value"] || names == ["offset", "element"] else { return nil }
    return dictionary.pointee.entries[place].value
  }
}

extension NativeCall {
  fileprivate func column(_ column: KeyPath<(key: Value, value: Value), Value>) throws(Failure) -> Value {
    let dictionary = self[0].dictionary
    try machine.spend(dictionary.pointee.used)
    return try machine.heap.array(of: machine.heap.pairs(of: dictionary).map { $0[keyPath: column] })
  }

  /// A dictionary of the pairs in an array. Of a key that comes twice the last value counts, unless that is refused.
  fileprivate func dictionary(isUnique: Bool) throws(Failure) -> Value {
    guard let elements = machine.elements(of: self[0]) else {
      throw wrongType(0, expected: "an Array of pairs or a Dictionary")
    }
    try machine.spend(elements.count * 4)
    let result = heap.newDictionary()
    for (place, element) in elements.enumerated() {
      guard let (key, value) = machine.pair(element) else {
        throw Failure(
          .type, "element \(place) is \(machine.typeName(element)), not a pair",
          help: "a pair is [key, value]"
        ).at(.parameter(0))
      }
      if isUnique, Heap.isKey(key), heap.value(of: key, in: result).tag != Tag.unset {
        throw Failure(
          .key, "the key \(machine.repr(key)) comes twice",
          help: "Dictionary(pairs, uniquingKeysWith: { old, new in … }) makes one value of two"
        ).at(.parameter(0))
      }
      try heap.set(value, for: key, in: result)
    }
    return Value(Tag.dictionary, result)
  }

  fileprivate func copy() throws(Failure) -> UnsafeMutablePointer<DictionaryObject> {
    let count = self[0].dictionary.pointee.live
    try machine.heap.reserve(count * 96)
    let result = machine.heap.newDictionary(capacity: count)
    try merge(0, into: result)
    return result
  }

  fileprivate func merge(_ index: Int, into target: UnsafeMutablePointer<DictionaryObject>) throws(Failure) {
    guard let pairs = machine.pairs(of: self[index]) else { throw wrongType(index, expected: "a Dictionary") }
    try machine.spend(pairs.count * 4)
    for pair in pairs { try machine.heap.set(pair.value, for: pair.key, in: target) }
  }
}
