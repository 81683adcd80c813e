// Ranges, bytes, and functions that make arrays of other things.

extension Machine {
  func installSequences() {
    define("Array", ["sequence?"]) { call throws(Failure) in
      guard call.has(0) else { return call.heap.makeArray([]) }
      switch call[0].tag {
      case Tag.array: return try call.heap.array(of: try call.elements(0))
      case Tag.range: return try call.machine.elements(of: call[0].range)
      case Tag.string: return try call.machine.characters(of: call[0].string)
      case Tag.bytes: return try call.machine.numbers(of: call[0].string)
      case Tag.dictionary: return try call.machine.pairArray(call[0].dictionary)
      default: throw call.wrongType(0, expected: "an Array, a Range, a String, Bytes or a Dictionary")
      }
    }
    define("zip", ["a", "b"]) { call throws(Failure) in
      let (a, b) = (try call.elements(0), try call.elements(1))
      let heap = call.machine.heap
      try heap.reserve(Swift.min(a.count, b.count) * 128)
      try call.machine.spend(Swift.min(a.count, b.count) * 4)
      return heap.makeArray(zip(a, b).map { heap.makeArray([$0, $1]) })
    }
    define("stride", ["from", "to?", "through?", "by?"]) { call throws(Failure) in
      if call.has(1) == call.has(2) {
        throw Failure(
          .argument, "stride() takes an end", help: "stride(from: 10, to: 0, by: -2), or through:")
      }
      return try call.machine.numbers(
        from: try call.int(0), to: try call.int(call.has(2) ? 2 : 1), by: try call.int(3, default: 1),
        isClosed: call.has(2))
    }
    installRanges()
    installBytes()
  }

  private func numbers(from first: Int, to end: Int, by step: Int, isClosed: Bool) throws(Failure) -> Value {
    if step == 0 { throw Failure(.argument, "the step of stride() is 0", help: "it would never end") }
    // Approximate, which is enough to see that it would be too long.
    let estimate = (Double(end) - Double(first)) / Double(step) + 1
    let count = Int(Swift.max(0, Swift.min(estimate, 9e18)))
    try heap.checkCount(count)
    try heap.reserve(count * 16)
    try spend(count)
    let array = heap.newArray(capacity: count)
    var next = first
    while step > 0 ? next < end : next > end {
      try heap.append(.int(next), to: array)
      let (sum, overflow) = next.addingReportingOverflow(step)
      if overflow { return Value(Tag.array, array) }
      next = sum
    }
    if isClosed, next == end { try heap.append(.int(next), to: array) }
    return Value(Tag.array, array)
  }

  // MARK: Ranges

  private func installRanges() {
    defineProperty(Tag.range, "count") { call throws(Failure) in
      guard let count = Machine.count(of: call[0].range) else {
        throw Failure(.arithmetic, "the count of the range does not fit into an Int")
      }
      return .int(count)
    }
    defineProperty(Tag.range, "isEmpty") { call throws(Failure) in
      .bool(call[0].range.pointee.lower == call[0].range.pointee.upper && call[0].range.pointee.isClosed == 0)
    }
    defineProperty(Tag.range, "lowerBound") { call throws(Failure) in .int(call[0].range.pointee.lower) }
    defineProperty(Tag.range, "upperBound") { call throws(Failure) in .int(call[0].range.pointee.upper) }
    defineMethod(Tag.range, "contains", ["number"]) { call throws(Failure) in
      let number = try call.int(1)
      let range = call[0].range.pointee
      return .bool(
        number >= range.lower && (number < range.upper || range.isClosed == 1 && number == range.upper))
    }
    defineMethod(Tag.range, "reversed") { call throws(Failure) in
      let elements = try call.machine.elements(of: call[0].range)
      let array = elements.array
      var buffer = UnsafeMutableBufferPointer(start: array.pointee.elements, count: array.pointee.count)
      buffer.reverse()
      return elements
    }
  }

  func makeRange(_ lower: Int, _ upper: Int, isClosed: Bool) -> Value {
    let range = heap.allocate(MemoryLayout<RangeObject>.size, Tag.range).assumingMemoryBound(
      to: RangeObject.self)
    range.pointee.lower = lower
    range.pointee.upper = upper
    range.pointee.isClosed = isClosed ? 1 : 0
    return Value(Tag.range, range)
  }

  // MARK: Bytes

  private func installBytes() {
    define("Bytes", ["content?"]) { call throws(Failure) in
      let machine = call.machine
      guard call.has(0) else { return machine.heap.makeBytes([]) }
      switch call[0].tag {
      case Tag.bytes: return call[0]
      case Tag.string:
        try machine.heap.checkLength(call[0].string.pointee.count)
        return machine.heap.makeBytes(call[0].string.buffer)
      case Tag.array:
        var bytes: [UInt8] = []
        for (place, element) in try call.elements(0).enumerated() {
          guard element.isInt, let byte = UInt8(exactly: element.int) else {
            throw Failure(.argument, "element \(place) of the bytes is no Int from 0 to 255")
          }
          bytes.append(byte)
        }
        try machine.heap.checkLength(bytes.count)
        return machine.heap.makeBytes(bytes)
      default: throw call.wrongType(0, expected: "a String or an Array of Ints")
      }
    }
    defineProperty(Tag.bytes, "count") { call throws(Failure) in .int(call[0].string.pointee.count) }
    defineProperty(Tag.bytes, "isEmpty") { call throws(Failure) in .bool(call[0].string.pointee.count == 0) }
  }
}
