// Members of Range that call no function of the language. None makes more of a range than it gives: a range may be
// far longer than an array can be.

extension Machine {
  func installRanges() {
    defineProperty(Tag.range, "count") { call throws(Failure) in
      guard let count = Machine.count(of: call[0].range) else {
        throw Failure(.arithmetic, "the count of the range does not fit into an Int")
      }
      return .int(count)
    }
    defineProperty(Tag.range, "isEmpty") { call throws(Failure) in .bool(call[0].range.ends.isEmpty) }
    defineProperty(Tag.range, "lowerBound") { call throws(Failure) in .int(call[0].range.pointee.lower) }
    defineProperty(Tag.range, "upperBound") { call throws(Failure) in .int(call[0].range.pointee.upper) }
    for (name, isFirst) in [("first", true), ("last", false)] {
      defineProperty(Tag.range, name) { call throws(Failure) in
        let ends = call[0].range.ends
        if ends.isEmpty { return .nil }
        return .int(Int(isFirst ? ends.lowerBound : ends.upperBound - 1))
      }
    }
    defineMethod(Tag.range, "contains", ["number"]) { call throws(Failure) in
      .bool(call[0].range.ends.contains(Int128(try call.int(1))))
    }
    defineMethod(Tag.range, "sum") { call throws(Failure) in
      let ends = call[0].range.ends
      // The first and the last, the second and the last but one, …
      let sum = (ends.upperBound - ends.lowerBound) * (ends.lowerBound + ends.upperBound - 1) / 2
      guard let sum = Int(exactly: sum) else {
        throw Failure(.arithmetic, "the sum of the range does not fit into an Int")
      }
      return .int(sum)
    }
    installRangeParts()
    installRangePairs()
  }

  private func installRangeParts() {
    rangePart("prefix", count: nil) { ends, count in ends.lowerBound..<ends.lowerBound + count }
    rangePart("suffix", count: nil) { ends, count in ends.upperBound - count..<ends.upperBound }
    rangePart("dropFirst", count: 1) { ends, count in ends.lowerBound + count..<ends.upperBound }
    rangePart("dropLast", count: 1) { ends, count in ends.lowerBound..<ends.upperBound - count }
    defineMethod(Tag.range, "reversed") { call throws(Failure) in
      let elements = try call.machine.elements(of: call[0].range)
      let array = elements.array
      var buffer = UnsafeMutableBufferPointer(start: array.pointee.elements, count: array.pointee.count)
      buffer.reverse()
      return elements
    }
  }

  /// Defines a member that gives an array of a part of the range, which lies between the ends that `body` gives for
  /// a count that the range has.
  private func rangePart(
    _ name: String, count standard: Int?, _ body: @escaping (Range<Int128>, Int128) -> Range<Int128>
  ) {
    defineMethod(Tag.range, name, [standard == nil ? "count" : "count?"]) { call throws(Failure) in
      let count = if let standard { try call.int(1, default: standard) } else { try call.int(1) }
      if count < 0 {
        throw Failure(.argument, "\(name)(\(count)): the count must not be negative").at(.parameter(1))
      }
      let ends = call[0].range.ends
      let part = body(ends, Swift.min(Int128(count), ends.upperBound - ends.lowerBound))
      return try call.machine.numbers(in: part)
    }
  }

  /// The numbers of a part of a range as an array.
  private func numbers(in part: Range<Int128>) throws(Failure) -> Value {
    if part.isEmpty { return heap.makeArray([]) }
    // Its ends are in a range, and so in an Int.
    let closed = makeRange(Int(part.lowerBound), Int(part.upperBound - 1), isClosed: true)
    return try elements(of: closed.range)
  }

  // MARK: Two ranges

  private func installRangePairs() {
    defineMethod(Tag.range, "overlaps", ["other"]) { call throws(Failure) in
      guard call[1].tag == Tag.range else { throw call.wrongType(1, expected: "a Range, as 1...6") }
      return .bool(call[0].range.ends.overlaps(call[1].range.ends))
    }
    defineMethod(Tag.range, "clamped", ["to"]) { call throws(Failure) in
      guard call[1].tag == Tag.range else { throw call.wrongType(1, expected: "a Range, as 1...6") }
      let ends = call[0].range.ends.clamped(to: call[1].range.ends)
      let isClosed = call[0].range.pointee.isClosed == 1 && call[1].range.pointee.isClosed == 1
      if isClosed, !ends.isEmpty {
        return call.machine.makeRange(Int(ends.lowerBound), Int(ends.upperBound - 1), isClosed: true)
      }
      return call.machine.makeRange(Int(ends.lowerBound), Int(ends.upperBound), isClosed: false)
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
}

extension UnsafeMutablePointer<RangeObject> {
  /// From the first number up to but without the one after the last, which may be one more than an Int holds.
  fileprivate var ends: Range<Int128> {
    Int128(pointee.lower)..<Int128(pointee.upper) + Int128(pointee.isClosed)
  }
}
