extension Machine {
  func installArrays() {
    defineProperty(Tag.array, "count") { call throws(Failure) in .int(call[0].array.pointee.count) }
    defineProperty(Tag.array, "isEmpty") { call throws(Failure) in .bool(call[0].array.pointee.count == 0) }
    defineProperty(Tag.array, "first") { call throws(Failure) in
      call[0].array.pointee.count == 0 ? .nil : call[0].array.pointee.elements[0]
    }
    defineProperty(Tag.array, "last") { call throws(Failure) in
      let count = call[0].array.pointee.count
      return count == 0 ? .nil : call[0].array.pointee.elements[count - 1]
    }
    defineMethod(Tag.array, "append", ["element"]) { call throws(Failure) in
      try call.machine.heap.append(call[1], to: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "appendAll", ["elements"]) { call throws(Failure) in
      let elements = try call.elements(1)
      try call.machine.heap.grow(call[0].array, toHold: call[0].array.pointee.count + elements.count)
      for element in elements { try call.machine.heap.append(element, to: call[0].array) }
      return .nil
    }
    defineMethod(Tag.array, "insert", ["element", "at"]) { call throws(Failure) in
      let place = try call.int(2)
      let count = call[0].array.pointee.count
      guard place >= 0, place <= count else { throw .index(place, count: count, what: "array") }
      try call.machine.heap.insert(call[1], at: place, in: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "remove", ["at"]) { call throws(Failure) in
      let place = try call.int(1)
      let count = call[0].array.pointee.count
      guard place >= 0, place < count else { throw .index(place, count: count, what: "array") }
      return call.machine.heap.remove(at: place, from: call[0].array)
    }
    defineMethod(Tag.array, "removeFirst") { call throws(Failure) in
      guard call[0].array.pointee.count > 0 else { throw .emptied("removeFirst") }
      return call.machine.heap.remove(at: 0, from: call[0].array)
    }
    defineMethod(Tag.array, "removeLast") { call throws(Failure) in
      guard call[0].array.pointee.count > 0 else { throw .emptied("removeLast") }
      return call.machine.heap.remove(at: call[0].array.pointee.count - 1, from: call[0].array)
    }
    defineMethod(Tag.array, "removeAll") { call throws(Failure) in
      call[0].array.pointee.count = 0
      return .nil
    }
    defineMethod(Tag.array, "contains", ["element"]) { call throws(Failure) in
      .bool(try call.machine.place(of: call[1], in: call[0].array) != nil)
    }
    defineMethod(Tag.array, "firstIndex", ["of"]) { call throws(Failure) in
      try call.machine.place(of: call[1], in: call[0].array).map { .int($0) } ?? .nil
    }
    defineMethod(Tag.array, "joined", ["separator?"]) { call throws(Failure) in
      let separator = try call.string(1, default: "")
      var parts: [String] = []
      var length = 0
      for element in try call.elements(0) {
        if element.isDeferred { throw .notAwaited("an element of joined()") }
        parts.append(call.machine.display(element))
        length += parts[parts.count - 1].utf8.count + separator.utf8.count
        try call.machine.heap.checkLength(length)
      }
      return call.machine.heap.makeString(parts.joined(separator: separator))
    }
    defineMethod(Tag.array, "reversed") { call throws(Failure) in
      call.machine.heap.makeArray(try call.elements(0).reversed())
    }
    defineMethod(Tag.array, "enumerated") { call throws(Failure) in
      call.machine.heap.makeArray(
        try call.elements(0).enumerated().map {
          call.machine.makePair(.int($0.offset), $0.element, names: ("offset", "element"))
        })
    }
    for (name, isPrefix) in [("prefix", true), ("suffix", false)] {
      defineMethod(Tag.array, name, ["count"]) { call throws(Failure) in
        let count = try call.int(1)
        if count < 0 { throw Failure(.argument, "\(name)(\(count)): the count must not be negative") }
        let elements = try call.elements(0)
        return call.machine.heap.makeArray(Array(isPrefix ? elements.prefix(count) : elements.suffix(count)))
      }
    }
    for (name, wantsLess) in [("min", true), ("max", false)] {
      defineMethod(Tag.array, name) { call throws(Failure) in
        try call.machine.extreme(try call.elements(0), wantsLess: wantsLess) ?? .nil
      }
    }
    defineMethod(Tag.array, "__sortPlain") { call throws(Failure) in
      try call.machine.sortPlain(call[0].array)
      return call[0]
    }
    define("Array", ["sequence"]) { call throws(Failure) in
      switch call[0].tag {
      case Tag.array: return call.machine.heap.makeArray(try call.elements(0))
      case Tag.range: return try call.machine.elements(of: call[0].range)
      case Tag.string: return call.machine.heap.makeArray(call.machine.characters(of: call[0].string))
      case Tag.bytes: return call.machine.heap.makeArray(call[0].string.buffer.map { .int(Int($0)) })
      case Tag.dictionary:
        return call.machine.heap.makeArray(
          call.machine.heap.pairs(of: call[0].dictionary).map { call.machine.makePair($0.key, $0.value) })
      default: throw call.wrongType(0, expected: "a Range, a String or a Dictionary")
      }
    }
    defineProperty(Tag.range, "count") { call throws(Failure) in
      .int(call[0].range.pointee.upper - call[0].range.pointee.lower + call[0].range.pointee.isClosed)
    }
    defineMethod(Tag.range, "contains", ["number"]) { call throws(Failure) in
      let number = try call.int(1)
      let range = call[0].range.pointee
      return .bool(
        number >= range.lower && (number < range.upper || range.isClosed == 1 && number == range.upper))
    }
    define("stride", ["from", "to?", "through?", "by?"]) { call throws(Failure) in
      let isClosed = call.has(2)
      let from = try call.int(0)
      let to = try call.int(isClosed ? 2 : 1)
      let step = try call.int(3)
      if step == 0 { throw Failure(.argument, "the step of stride() is 0") }
      let (distance, overflow) = to.subtractingReportingOverflow(from)
      if overflow { throw Failure(.limit, "the stride is too long") }
      try call.machine.heap.checkCount(Swift.max(0, distance / step + 1))
      let numbers =
        isClosed
        ? Array(Swift.stride(from: from, through: to, by: step))
        : Array(Swift.stride(from: from, to: to, by: step))
      return call.machine.heap.makeArray(numbers.map { .int($0) })
    }
  }

  private func place(of element: Value, in array: UnsafeMutablePointer<ArrayObject>) throws(Failure) -> Int? {
    for place in 0..<array.pointee.count where try deepEqual(array.pointee.elements[place], element, depth: 0)
    {
      return place
    }
    return nil
  }

  func extreme(_ values: [Value], wantsLess: Bool) throws(Failure) -> Value? {
    guard var best = values.first else { return nil }
    for value in values.dropFirst() {
      let order =
        wantsLess
        ? isLess(value, best, orEqual: false, swapped: false)
        : isLess(best, value, orEqual: false, swapped: false)
      guard let order else { throw takeFailure() }
      if order { best = value }
    }
    return best
  }

  private func takeFailure() -> Failure {
    defer { failure = nil }
    return failure ?? Failure(.type, "the elements cannot be compared")
  }

  /// Sorts in place by `<`; stable. The elements must compare with one another.
  private func sortPlain(_ array: UnsafeMutablePointer<ArrayObject>) throws(Failure) {
    let buffer = UnsafeMutableBufferPointer(start: array.pointee.elements, count: array.pointee.count)
    var problem: Failure?
    let sorted = buffer.enumerated().sorted { a, b in
      if problem != nil { return false }
      guard let isBefore = isLess(a.element, b.element, orEqual: false, swapped: false) else {
        problem = takeFailure()
        return false
      }
      if isBefore { return true }
      guard let isAfter = isLess(b.element, a.element, orEqual: false, swapped: false) else { return false }
      return !isAfter && a.offset < b.offset
    }
    if let problem { throw problem }
    for (place, element) in sorted.enumerated() {
      heap.store(element.element, at: array.pointee.elements + place)
    }
  }
}

extension Failure {
  static func emptied(_ method: String) -> Failure {
    Failure(.index, "\(method)() on an array that was empty", help: "look at isEmpty first")
  }
}
