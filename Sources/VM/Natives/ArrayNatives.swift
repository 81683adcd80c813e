import Glibc

// Members of Array that call no function of the language; the others are in the prelude.

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
    defineProperty(Tag.array, "indices") { call throws(Failure) in
      call.machine.makeRange(0, call[0].array.pointee.count, isClosed: false)
    }
    installArrayChanges()
    installArraySearch()
    installArrayCopies()
    installSequences()
  }

  // MARK: Changing

  private func installArrayChanges() {
    defineMethod(Tag.array, "append", ["element"]) { call throws(Failure) in
      try call.heap.append(call[1], to: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "appendAll", ["elements"]) { call throws(Failure) in
      let elements = try call.elements(1)
      try call.heap.grow(call[0].array, toHold: call[0].array.pointee.count + elements.count)
      for element in elements { try call.heap.append(element, to: call[0].array) }
      return .nil
    }
    method(Tag.array, memberNumber("append")).header.pointee.aux = NativeObject.appends
    setVariant("contentsOf", of: "append", Tag.array, method(Tag.array, memberNumber("appendAll")))
    defineMethod(Tag.array, "insert", ["element", "at"]) { call throws(Failure) in
      let place = try call.int(2)
      let count = call[0].array.pointee.count
      guard place >= 0, place <= count else { throw .index(place, count: count, what: "array") }
      try call.machine.spend((count - place) >> 4)
      try call.heap.insert(call[1], at: place, in: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "remove", ["at"]) { call throws(Failure) in
      let place = try call.int(1)
      let count = call[0].array.pointee.count
      guard place >= 0, place < count else { throw .index(place, count: count, what: "array") }
      try call.machine.spend((count - place) >> 4)
      return call.heap.remove(at: place, from: call[0].array)
    }
    for (name, isFirst) in [("removeFirst", true), ("removeLast", false)] {
      defineMethod(Tag.array, name) { call throws(Failure) in
        let count = call[0].array.pointee.count
        guard count > 0 else { throw .emptied(name) }
        if isFirst { try call.machine.spend(count >> 4) }
        return call.heap.remove(at: isFirst ? 0 : count - 1, from: call[0].array)
      }
    }
    for (name, isFirst) in [("popFirst", true), ("popLast", false)] {
      defineMethod(Tag.array, name) { call throws(Failure) in
        let count = call[0].array.pointee.count
        if count == 0 { return .nil }
        if isFirst { try call.machine.spend(count >> 4) }
        return call.heap.remove(at: isFirst ? 0 : count - 1, from: call[0].array)
      }
    }
    defineMethod(Tag.array, "removeAll") { call throws(Failure) in
      call[0].array.pointee.count = 0
      return .nil
    }
    defineMethod(Tag.array, "swapAt", ["a", "b"]) { call throws(Failure) in
      let array = call[0].array
      let (a, b) = (try call.int(1), try call.int(2))
      for place in [a, b] where place < 0 || place >= array.pointee.count {
        throw .index(place, count: array.pointee.count, what: "array")
      }
      let element = array.pointee.elements[a]
      call.heap.store(array.pointee.elements[b], at: array.pointee.elements + a)
      call.heap.store(element, at: array.pointee.elements + b)
      return .nil
    }
    // Puts the elements of another array in place of its own: how `sort` and `reverse` change it.
    defineMethod(Tag.array, "__replace", ["elements"]) { call throws(Failure) in
      let elements = try call.elements(1)
      let array = call[0].array
      try call.heap.grow(array, toHold: elements.count)
      array.pointee.count = 0
      for element in elements { try call.heap.append(element, to: array) }
      return .nil
    }
    defineMethod(Tag.array, "__sortPlain") { call throws(Failure) in
      try call.machine.sortPlain(call[0].array)
      return call[0]
    }
  }

  // MARK: Searching

  private func installArraySearch() {
    defineMethod(Tag.array, "contains", ["element"]) { call throws(Failure) in
      .bool(try call.machine.place(of: call[1], in: call[0].array, fromEnd: false) != nil)
    }
    for (name, fromEnd) in [("firstIndex", false), ("lastIndex", true)] {
      defineMethod(Tag.array, name, ["of"]) { call throws(Failure) in
        try call.machine.place(of: call[1], in: call[0].array, fromEnd: fromEnd).map { .int($0) } ?? .nil
      }
    }
    for (name, wantsLess) in [("min", true), ("max", false)] {
      defineMethod(Tag.array, name) { call throws(Failure) in
        try call.machine.extreme(try call.elements(0), wantsLess: wantsLess) ?? .nil
      }
    }
    defineMethod(Tag.array, "sum") { call throws(Failure) in
      var total = Value.int(0)
      for (place, element) in try call.elements(0).enumerated() {
        // Durations add up as well, from the first.
        total =
          place == 0 && element.tag != Tag.string
          ? element : try call.machine.arithmetic(.add, total, element)
        if total.asDouble == nil, total.tag != Tag.duration {
          throw Failure(
            .type, "sum() adds numbers, not \(call.machine.typeName(element))", help: "joined() joins texts")
        }
      }
      return total
    }
  }

  private func place(
    of element: Value, in array: UnsafeMutablePointer<ArrayObject>, fromEnd: Bool
  ) throws(Failure) -> Int? {
    let count = array.pointee.count
    try spend(count >> 2)
    for step in 0..<count {
      let place = fromEnd ? count - 1 - step : step
      if try deepEqual(array.pointee.elements[place], element, depth: 0) { return place }
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
    var buffer = UnsafeMutableBufferPointer(start: array.pointee.elements, count: array.pointee.count)
    if buffer.allSatisfy(\.isInt) {
      try spend(buffer.count * 4)
      return buffer.sort { $0.int < $1.int }
    }
    var problem: Failure?
    // Swift's sort is stable, though it does not promise to be: equal elements keep their order by place.
    let sorted = buffer.enumerated().sorted { a, b in
      if problem != nil { return false }
      do throws(Failure) { try spend(1) } catch {
        problem = error
        return false
      }
      guard let isBefore = isLess(a.element, b.element, orEqual: false, swapped: false) else {
        problem = takeFailure()
        return false
      }
      if isBefore { return true }
      guard a.offset < b.offset else { return false }
      return isLess(b.element, a.element, orEqual: false, swapped: false) == false
    }
    if let problem { throw problem }
    for (place, element) in sorted.enumerated() {
      heap.store(element.element, at: array.pointee.elements + place)
    }
  }

  // MARK: Copies

  private func installArrayCopies() {
    defineMethod(Tag.array, "joined", ["separator?"]) { call throws(Failure) in
      let separator = try call.string(1, default: "")
      var text = ""
      for (place, element) in try call.elements(0).enumerated() {
        if element.isDeferred { throw .notAwaited("an element of joined()") }
        if place > 0 { text += separator }
        text += call.machine.display(element)
        try call.machine.spend(8)
        if text.utf8.count > call.machine.limits.stringLength {
          try call.heap.checkLength(text.utf8.count)
        }
      }
      try call.heap.checkLength(text.utf8.count)
      return call.heap.makeString(text)
    }
    defineMethod(Tag.array, "reversed") { call throws(Failure) in
      try call.heap.array(of: try call.elements(0).reversed())
    }
    defineMethod(Tag.array, "enumerated") { call throws(Failure) in
      let machine = call.machine
      let elements = try call.elements(0)
      try machine.heap.reserve(elements.count * (16 + Machine.pairSize))
      try machine.spend(elements.count * 8)
      return machine.heap.makeArray(
        elements.enumerated().map {
          machine.makePair(.int($0.offset), $0.element, names: ("offset", "element"))
        })
    }
    // With a function it is the prelude's.
    defineMethod(Tag.array, "drop", ["while"]) { call throws(Failure) in
      throw call.wrongType(1, expected: "a function")
    }
    part("prefix", count: nil) { elements, count in Array(elements.prefix(count)) }
    part("suffix", count: nil) { elements, count in Array(elements.suffix(count)) }
    part("dropFirst", count: 1) { elements, count in Array(elements.dropFirst(count)) }
    part("dropLast", count: 1) { elements, count in Array(elements.dropLast(count)) }
  }

  private func part(_ name: String, count standard: Int?, _ body: @escaping ([Value], Int) -> [Value]) {
    defineMethod(Tag.array, name, [standard == nil ? "count" : "count?"]) { call throws(Failure) in
      let count = if let standard { try call.int(1, default: standard) } else { try call.int(1) }
      if count < 0 { throw Failure(.argument, "\(name)(\(count)): the count must not be negative") }
      return try call.heap.array(of: body(try call.elements(0), count))
    }
  }
}

extension Failure {
  static func emptied(_ method: String) -> Failure {
    Failure(.index, "\(method)() on an array that was empty", help: "look at isEmpty first")
  }
}
