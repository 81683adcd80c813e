// Functions that make arrays of other things.

extension Machine {
  func installSequences() {
    define("Array", ["sequence?", "repeating!?", "count!?"]) { call throws(Failure) in
      try call.requireRepeating(1, count: 2)
      if try call.only(0, 1) == 1 {
        let count = try call.repetitions(2)
        try call.heap.checkCount(count)
        try call.machine.spend(count >> 2)
        return try call.heap.array(of: Array(repeating: call[1], count: count))
      }
      guard call.has(0) else { return call.heap.makeArray([]) }
      return try call.array(0)
    }
    define("zip", ["a", "b"]) { call throws(Failure) in
      let heap = call.machine.heap
      // Of a range beside something shorter only the beginning is made.
      let first = call[0].tag == Tag.range ? nil : call.machine.elements(of: try call.array(0)) ?? []
      let second =
        call[1].tag == Tag.range
        ? try call.numbers(1, upTo: first?.count) : call.machine.elements(of: try call.array(1)) ?? []
      let a = if let first { first } else { try call.numbers(0, upTo: second.count) }
      let b = second
      try heap.reserve(Swift.min(a.count, b.count) * 128)
      try call.machine.spend(Swift.min(a.count, b.count) * 4)
      return heap.makeArray(zip(a, b).map { heap.makeArray([$0, $1]) })
    }
    define("stride", ["from", "to?", "through?", "by?"]) { call throws(Failure) in
      if call.has(1) == call.has(2) {
        throw Failure(
          .argument, "stride() takes an end", help: "stride(from: 10, to: 0, by: -2), or through:")
      }
      if call[0].isDouble || call[1].isDouble || call[2].isDouble || call[3].isDouble
        || call[0].tag == Tag.duration || call[0].tag == Tag.date
      {
        return try call.steps()
      }
      return try call.machine.numbers(
        from: try call.int(0), to: try call.int(call.has(2) ? 2 : 1), by: try call.int(3, default: 1),
        isClosed: call.has(2))
    }
    // A limit on the splits of `split`, which the prelude counts down to.
    define("__splits", ["maxSplits"], shown: "split") { call throws(Failure) in .int(try call.splits(0)) }
    define("__noSeparator", [], shown: "split") { _ throws(Failure) in
      throw Failure(
        .argument, "split() of an Array takes a separator", help: "split(separator: 0), split { … }")
    }
    define("__isFunction", ["value"], shown: "type") { call throws(Failure) in .bool(call[0].isFunction) }
    // What a member that takes a function takes besides in other languages is had by another here.
    define("__function", ["value", "member", "help"], shown: "Array") { call throws(Failure) in
      if call[0].isFunction { return .nil }
      let member = try call.string(1)
      if call[0].isDeferred { throw .notAwaited("what \(member) is given").at(.parameter(0)) }
      throw Failure(
        .type, "\(member) takes a function, not \(call.machine.typeName(call[0]))", help: try call.string(2)
      ).at(.parameter(0))
    }
    installRanges()
    installBytes()
  }

  private func numbers(from first: Int, to end: Int, by step: Int, isClosed: Bool) throws(Failure) -> Value {
    if step == 0 {
      throw Failure(.argument, "the step of stride() is 0", help: "it would never end").at(.parameter(3))
    }
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
}

extension NativeCall {
  /// A new array of the elements of any sequence.
  func array(_ index: Int) throws(Failure) -> Value {
    let value = self[index]
    switch value.tag {
    case Tag.array: return try heap.array(of: try elements(index))
    case Tag.range: return try machine.elements(of: value.range)
    case Tag.string: return try machine.characters(of: value.string)
    case Tag.bytes: return try machine.numbers(of: value.string)
    case Tag.dictionary: return try machine.pairArray(value.dictionary)
    default: throw wrongType(index, expected: "an Array, a Range, a String, Bytes or a Dictionary")
    }
  }

  /// The elements of any sequence.
  func sequence(_ index: Int) throws(Failure) -> [Value] {
    if self[index].tag == Tag.array { return try elements(index) }
    return machine.elements(of: try array(index)) ?? []
  }

  /// Refuses one of `repeating:` and `count:` without the other.
  func requireRepeating(_ value: Int, count: Int) throws(Failure) {
    guard has(value) != has(count) else { return }
    throw Failure(
      .argument, "\(function.name)() takes repeating: and count: together",
      help: "write \(function.name)(repeating: x, count: n)")
  }

  /// How often something is repeated.
  func repetitions(_ index: Int) throws(Failure) -> Int {
    let count = try int(index)
    if count < 0 {
      throw Failure(.argument, "\(function.name)(): the count must not be negative, but is \(count)").at(
        .parameter(index))
    }
    return count
  }

  /// `stride()` over numbers with a point, durations or dates: each step is reckoned from the first, so that
  /// errors of rounding do not add up.
  fileprivate func steps() throws(Failure) -> Value {
    let isClosed = has(2)
    let end = isClosed ? self[2] : self[1]
    if !has(3), self[0].tag == Tag.duration || self[0].tag == Tag.date {
      throw Failure(
        .argument, "stride() over \(machine.typeName(self[0]))s needs a step",
        help: "write stride(from: a, to: b, by: 1s)")
    }
    let step = has(3) ? self[3] : .int(1)
    let sign = try machine.arithmetic(.subtract, step, step)
    guard let isForward = machine.isLess(sign, step, orEqual: false, swapped: false),
      let isBackward = machine.isLess(step, sign, orEqual: false, swapped: false)
    else { throw machine.takeFailure() }
    if !isForward, !isBackward {
      throw Failure(.argument, "the step of stride() is 0", help: "it would never end").at(.parameter(3))
    }
    let result = heap.newArray(capacity: 4)
    // Of the step's type, as all that follow.
    var next = try machine.arithmetic(.add, self[0], sign)
    while true {
      guard
        let isInside = isForward
          ? machine.isLess(next, end, orEqual: isClosed, swapped: false)
          : machine.isLess(end, next, orEqual: isClosed, swapped: false)
      else { throw machine.takeFailure() }
      if !isInside { return Value(Tag.array, result) }
      try machine.spend(4)
      try heap.append(next, to: result)
      next = try machine.arithmetic(
        .add, self[0], try machine.arithmetic(.multiply, step, .int(result.pointee.count)))
    }
  }
}

extension NativeCall {
  /// The first numbers of a range, as many as there are at most.
  fileprivate func numbers(_ index: Int, upTo most: Int?) throws(Failure) -> [Value] {
    let range = self[index].range
    let count = Swift.min(Machine.count(of: range) ?? .max, most ?? .max)
    try heap.checkCount(count)
    try machine.spend(count)
    let lower = range.pointee.lower
    return (0..<count).map { .int(lower + $0) }
  }
}
