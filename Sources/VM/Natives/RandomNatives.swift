// Random numbers from a generator of the machine's own, so that `seed(1)` makes a notebook repeat itself.
// They are not for secrets.

extension Machine {
  func installRandom() {
    define("seed", ["number"]) { call throws(Failure) in
      call.machine.seed(UInt64(bitPattern: Int64(try call.int(0))))
      return .nil
    }
    define("random", ["in?"]) { call throws(Failure) in
      guard call.has(0) else { return .double(call.machine.nextFraction()) }
      guard call[0].tag == Tag.range else { throw call.wrongType(0, expected: "a Range, as 1...6") }
      return .int(try call.machine.random(in: call[0].range))
    }
    define("uuid", []) { call throws(Failure) in
      call.machine.makeString(Machine.uuid(call.machine.nextRandom(), call.machine.nextRandom()))
    }
    defineMethod(Tag.array, "randomElement") { call throws(Failure) in
      let array = call[0].array
      if array.pointee.count == 0 { return .nil }
      return array.pointee.elements[Int(call.machine.random(below: UInt64(array.pointee.count)))]
    }
    defineMethod(Tag.array, "shuffled") { call throws(Failure) in
      var elements = try call.elements(0)
      try call.heap.reserve(elements.count * 16)
      // Fisher and Yates.
      for place in stride(from: elements.count - 1, to: 0, by: -1) {
        elements.swapAt(place, Int(call.machine.random(below: UInt64(place + 1))))
      }
      return call.heap.makeArray(elements)
    }
  }

  /// Starts the generator (xoshiro256**, Blackman and Vigna) from a number, spread by SplitMix64.
  public func seed(_ number: UInt64) {
    var state = number
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
    randomState = (next(), next(), next(), next())
  }

  func nextRandom() -> UInt64 {
    func rotated(_ number: UInt64, _ count: UInt64) -> UInt64 { (number << count) | (number >> (64 - count)) }
    var (a, b, c, d) = randomState
    let result = rotated(b &* 5, 7) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, 45)
    randomState = (a, b, c, d)
    return result
  }

  /// From 0 up to but without 1, in steps of 2^-53.
  func nextFraction() -> Double { Double(nextRandom() >> 11) * 0x1p-53 }

  /// A number with a point from the lower end of a range up to its upper, without that where the range is half-open.
  func fraction(in range: UnsafeMutablePointer<RangeObject>) throws(Failure) -> Double {
    let (lower, upper) = (Double(range.pointee.lower), Double(range.pointee.upper))
    if range.pointee.isClosed == 1 { return lower + nextFraction() * (upper - lower) }
    if range.pointee.lower == range.pointee.upper {
      throw Failure(.argument, "random(in:) of a range that is empty")
    }
    // Where the numbers are large, the sum may have been rounded up to the end.
    return Swift.max(lower, Swift.min(lower + nextFraction() * (upper - lower), upper.nextDown))
  }

  /// A number from 0 up to but without `bound`, each equally likely (Lemire's method).
  private func random(below bound: UInt64) -> UInt64 {
    var product = nextRandom().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextRandom().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  func random(in range: UnsafeMutablePointer<RangeObject>) throws(Failure) -> Int {
    let lower = UInt64(bitPattern: Int64(range.pointee.lower))
    let distance = UInt64(bitPattern: Int64(range.pointee.upper)) &- lower
    // 0 stands for all 2^64 numbers.
    let count = distance &+ UInt64(range.pointee.isClosed)
    if count == 0 {
      if range.pointee.isClosed == 0 { throw Failure(.argument, "random(in:) of a range that is empty") }
      return Int(Int64(bitPattern: nextRandom()))
    }
    return Int(Int64(bitPattern: lower &+ random(below: count)))
  }

  /// Version 4 of RFC 9562.
  private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(0b11 << 62) | 0b10 << 62
    func digits(_ number: UInt64) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    let text = Array(digits(high) + digits(low))
    let parts = [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
    return parts.map { String($0) }.joined(separator: "-")
  }
}
