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
    appendNative = method(Tag.array, memberNumber("append"))
    appendNative.header.pointee.aux = NativeObject.appends
    defineVariant("contentsOf", of: "append", Tag.array, ["contentsOf"]) { call throws(Failure) in
      try call.append(try call.sequence(1))
      return .nil
    }
    // What `flatMap` makes of an element.
    defineMethod(Tag.array, "__appendMapped", ["elements"], shown: "flatMap") { call throws(Failure) in
      let mapped = call[1]
      if mapped.isDeferred { throw .notAwaited("what the function of flatMap() gives") }
      guard mapped.tag == Tag.array else {
        throw Failure(
          .type, "the function of flatMap() must give an Array, not \(call.machine.typeName(mapped))",
          help: "map { … } takes any value, compactMap { … } leaves out nil")
      }
      try call.append(try call.elements(1))
      return .nil
    }
    defineMethod(Tag.array, "insert", ["element", "at!"]) { call throws(Failure) in
      let place = try call.int(2)
      let count = call[0].array.pointee.count
      guard place >= 0, place <= count else { throw .insertion(place, count: count) }
      try call.machine.spend((count - place) >> 4)
      try call.heap.insert(call[1], at: place, in: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "remove", ["at!"]) { call throws(Failure) in
      let place = try call.int(1)
      let count = call[0].array.pointee.count
      guard place >= 0, place < count else { throw .index(place, count: count, what: "array") }
      try call.machine.spend((count - place) >> 4)
      return call.heap.remove(at: place, from: call[0].array)
    }
    defineVariant("contentsOf", of: "insert", Tag.array, ["contentsOf", "at!"]) { call throws(Failure) in
      let elements = try call.sequence(1)
      let place = try call.int(2)
      guard place >= 0, place <= call[0].array.pointee.count else {
        throw .insertion(place, count: call[0].array.pointee.count)
      }
      try call.replace(place..<place, with: elements)
      return .nil
    }
    defineMethod(Tag.array, "removeSubrange", ["range"]) { call throws(Failure) in
      try call.replace(try call.bounds(1, count: call[0].array.pointee.count), with: [])
      return .nil
    }
    defineMethod(Tag.array, "replaceSubrange", ["range", "with"]) { call throws(Failure) in
      let elements = try call.sequence(2)
      try call.replace(try call.bounds(1, count: call[0].array.pointee.count), with: elements)
      return .nil
    }
    for (name, isFirst) in [("removeFirst", true), ("removeLast", false)] {
      defineMethod(Tag.array, name, ["count?"]) { call throws(Failure) in
        let count = call[0].array.pointee.count
        if call.has(1) {
          let taken = try call.int(1)
          guard taken >= 0, taken <= count else {
            throw Failure(
              .index, "\(name)(\(taken)) on an array of \(count)",
              help: "dropFirst(n) and dropLast(n) take what there is"
            ).at(.parameter(1))
          }
          try call.replace(isFirst ? 0..<taken : (count - taken)..<count, with: [])
          return .nil
        }
        guard count > 0 else { throw .emptied(name) }
        return call.heap.remove(at: isFirst ? 0 : count - 1, from: call[0].array)
      }
    }
    for (name, isFirst) in [("popFirst", true), ("popLast", false)] {
      defineMethod(Tag.array, name) { call throws(Failure) in
        let count = call[0].array.pointee.count
        if count == 0 { return .nil }
        return call.heap.remove(at: isFirst ? 0 : count - 1, from: call[0].array)
      }
    }
    defineMethod(Tag.array, "removeAll", ["where?"]) { call throws(Failure) in
      if call.has(1) {
        throw Failure(
          .type, "removeAll() takes a function, not \(call.machine.typeName(call[1]))",
          help: "write removeAll { $0 == x } for a value, remove(at: i) for a place"
        ).at(.parameter(1))
      }
      call.heap.removeAll(from: call[0].array)
      return .nil
    }
    defineMethod(Tag.array, "swapAt", ["a", "b"]) { call throws(Failure) in
      let array = call[0].array
      let (a, b) = (try call.int(1), try call.int(2))
      for place in [a, b] where place < 0 || place >= array.pointee.count {
        throw .index(place, count: array.pointee.count, what: "array")
      }
      let element = array.pointee.elements[a]
      call.heap.store(array.pointee.elements[b], at: array.pointee.elements + a, in: array)
      call.heap.store(element, at: array.pointee.elements + b, in: array)
      return .nil
    }
    // Puts the elements of another array in place of its own: how `sort` and `reverse` change it.
    defineMethod(Tag.array, "__replace", ["elements"], shown: "sort") { call throws(Failure) in
      let elements = try call.elements(1)
      let array = call[0].array
      try call.heap.grow(array, toHold: elements.count)
      call.heap.willReplace(0..<array.pointee.count, of: array, withCount: elements.count)
      array.pointee.count = 0
      for element in elements { try call.heap.append(element, to: array) }
      return .nil
    }
    defineMethod(Tag.array, "__sortPlain") { call throws(Failure) in
      try call.machine.sortPlain(call[0].array)
      return call[0]
    }
  }

  /// Puts elements in place of a part of an array.
  func replace(
    _ range: Range<Int>, of array: UnsafeMutablePointer<ArrayObject>, with elements: [Value]
  ) throws(Failure) {
    let count = array.pointee.count - range.count + elements.count
    try spend(count >> 4)
    try heap.grow(array, toHold: count)
    heap.willReplace(range, of: array, withCount: elements.count)
    let places = array.pointee.elements
    memmove(
      places + range.lowerBound + elements.count, places + range.upperBound,
      (array.pointee.count - range.upperBound) * MemoryLayout<Value>.stride)
    array.pointee.count = count
    for (offset, element) in elements.enumerated() {
      heap.initialize(places + range.lowerBound + offset, to: element)
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
        if element.isDeferred { throw .notAwaited("an element of sum()") }
        guard element.asDouble != nil || element.tag == Tag.duration else {
          throw Failure(
            .type, "sum() adds numbers, not \(call.machine.typeName(element))", help: "joined() joins texts")
        }
        // Durations add up as well, from the first.
        total = place == 0 ? element : try call.machine.arithmetic(.add, total, element)
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
      heap.store(element.element, at: array.pointee.elements + place, in: array)
    }
  }

  // MARK: Copies

  private func installArrayCopies() {
    defineMethod(Tag.array, "joined", ["separator?"]) { call throws(Failure) in
      if let text = try call.joinedStrings() { return text }
      if let joined = try call.joinedArrays() { return joined }
      if let page = try call.joinedHTML() { return page }
      if let bytes = try call.joinedBytes() { return bytes }
      let separator = try call.string(1, default: "")
      var text = ""
      for (place, element) in try call.elements(0).enumerated() {
        if element.isDeferred { throw .notAwaited("an element of joined()") }
        if place > 0 { text += separator }
        text += try call.machine.text(of: element)
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
    defineMethod(Tag.array, "chunks", ["ofCount"]) { call throws(Failure) in
      try call.pieces(width: try call.int(1), step: nil)
    }
    defineMethod(Tag.array, "windows", ["ofCount"]) { call throws(Failure) in
      try call.pieces(width: try call.int(1), step: 1)
    }
    defineMethod(Tag.array, "starts", ["with"]) { call throws(Failure) in
      let (elements, start) = (try call.elements(0), try call.elements(1))
      if start.count > elements.count { return .bool(false) }
      for (element, other) in zip(elements, start) {
        if try !call.machine.deepEqual(element, other, depth: 0) { return .bool(false) }
      }
      return .bool(true)
    }
    // With a function it is the prelude's.
    defineMethod(
      Tag.array, "__split", ["separator", "maxSplits", "omittingEmptySubsequences"], shown: "split"
    ) { call throws(Failure) in try call.split() }
    // With a function they are the prelude's.
    defineMethod(Tag.array, "uniqued") { call throws(Failure) in
      let seen = call.heap.newDictionary()
      let result = call.heap.newArray(capacity: 4)
      for element in try call.elements(0) {
        if Heap.isKey(element) {
          if call.heap.value(of: element, in: seen).tag != Tag.unset { continue }
          try call.heap.set(.nil, for: element, in: seen)
        } else if try call.machine.place(of: element, in: result, fromEnd: false) != nil {
          // Collections are compared one by one.
          continue
        }
        try call.heap.append(element, to: result)
      }
      return Value(Tag.array, result)
    }
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
      if count < 0 {
        throw Failure(.argument, "\(name)(\(count)): the count must not be negative").at(.parameter(1))
      }
      return try call.heap.array(of: body(try call.elements(0), count))
    }
  }
}

extension NativeCall {
  fileprivate func replace(_ range: Range<Int>, with elements: [Value]) throws(Failure) {
    try machine.replace(range, of: self[0].array, with: elements)
  }

  fileprivate func append(_ elements: [Value]) throws(Failure) {
    try heap.grow(self[0].array, toHold: self[0].array.pointee.count + elements.count)
    for element in elements { try heap.append(element, to: self[0].array) }
  }

  /// The parts of an array between the elements that are equal to the separator.
  fileprivate func split() throws(Failure) -> Value {
    let most = try splits(2)
    let omitsEmpty = try bool(3, default: false)
    let elements = try elements(0)
    let result = heap.newArray(capacity: 4)
    var start = 0
    for (place, element) in elements.enumerated() {
      if result.pointee.count == most { break }
      guard try machine.deepEqual(element, self[1], depth: 0) else { continue }
      if !omitsEmpty || place > start {
        try heap.append(try heap.array(of: Array(elements[start..<place])), to: result)
      }
      start = place + 1
    }
    if !omitsEmpty || start < elements.count {
      try heap.append(try heap.array(of: Array(elements[start...])), to: result)
    }
    return Value(Tag.array, result)
  }

  /// The strings in an array, one after the other; nil where it holds anything else, or the separator is none.
  fileprivate func joinedStrings() throws(Failure) -> Value? {
    guard !has(1) || self[1].tag == Tag.string else { return nil }
    let array = self[0].array
    try machine.spend(array.pointee.count * 8)
    return try heap.join(array, has(1) ? self[1].string : nil)
  }

  /// The arrays in an array, one after the other, with the separator's elements between them; nil where it holds
  /// anything else.
  fileprivate func joinedArrays() throws(Failure) -> Value? {
    let parts = try elements(0)
    let separator = self[1].tag == Tag.array ? try elements(1) : []
    guard !has(1) || self[1].tag == Tag.array, !parts.isEmpty || has(1),
      parts.allSatisfy({ $0.tag == Tag.array })
    else { return nil }
    // Both are bounded far below what an Int holds.
    let between = separator.count * Swift.max(0, parts.count - 1)
    let count = parts.reduce(between) { $0 + $1.array.pointee.count }
    try heap.checkCount(count)
    try heap.reserve(count * MemoryLayout<Value>.stride)
    try machine.spend(count)
    return heap.makeArray(Array(parts.map { machine.elements(of: $0) ?? [] }.joined(separator: separator)))
  }

  /// Bytes one behind the other, the separator between them; nil where none of the elements is Bytes.
  fileprivate func joinedBytes() throws(Failure) -> Value? {
    let parts = try elements(0)
    guard parts.contains(where: { $0.tag == Tag.bytes }) else { return nil }
    guard let other = parts.firstIndex(where: { $0.tag != Tag.bytes }) else {
      let between = has(1) ? try separatingBytes() : []
      let length = parts.reduce(between.count * (parts.count - 1)) { $0 + $1.string.pointee.count }
      try heap.checkLength(length)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(length)
      for (place, part) in parts.enumerated() {
        if place > 0 { bytes += between }
        bytes += part.string.buffer
      }
      try machine.spend(length / 16 + parts.count)
      return heap.makeBytes(bytes)
    }
    throw Failure(
      .type,
      "joined() puts Bytes together with Bytes only, and element \(other) is \(machine.typeName(parts[other]))",
      help: "String(bytes) reads text, Bytes(text) is the bytes of one")
  }

  private func separatingBytes() throws(Failure) -> [UInt8] {
    switch self[1].tag {
    case Tag.bytes, Tag.string: Array(self[1].string.buffer)
    default: throw wrongType(1, expected: "Bytes or a String")
    }
  }

  /// Pieces of HTML joined, with texts among them and the separator escaped; nil where none of the elements is HTML.
  fileprivate func joinedHTML() throws(Failure) -> Value? {
    let parts = try elements(0)
    guard parts.contains(where: { $0.tag == Tag.html }) else { return nil }
    let separator = has(1) ? try machine.htmlText(self[1]) : ""
    var text = ""
    for (place, part) in parts.enumerated() {
      if place > 0 { text += separator }
      text += try machine.htmlText(part)
      try heap.checkLength(text.utf8.count)
    }
    return heap.makeString(text, tag: Tag.html)
  }

  /// Pieces of a width, each beginning `step` after the one before; without a step one beside the other, the last
  /// perhaps shorter.
  fileprivate func pieces(width: Int, step: Int?) throws(Failure) -> Value {
    guard width > 0 else {
      throw Failure(.argument, "\(function.name)(ofCount: \(width)): it must be 1 at least").at(.parameter(1))
    }
    let elements = try elements(0)
    let starts =
      step.map { stride(from: 0, to: max(0, elements.count - width + 1), by: $0) }
      ?? stride(from: 0, to: elements.count, by: width)
    let result = heap.newArray(capacity: 4)
    for start in starts {
      let piece = elements[start..<Swift.min(start + width, elements.count)]
      try machine.spend(piece.count)
      try heap.checkMemory()
      try heap.append(try heap.array(of: Array(piece)), to: result)
    }
    return Value(Tag.array, result)
  }
}

extension Failure {
  static func emptied(_ method: String) -> Failure {
    Failure(.index, "\(method)() on an array that was empty", help: "look at isEmpty first")
  }
}
