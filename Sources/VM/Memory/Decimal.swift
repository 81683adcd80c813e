/// Whole numbers in base ten, as bytes.
enum Decimal {
  /// How many bytes a number takes, its sign included.
  @inline(__always) static func length(of number: Int) -> Int {
    var rest = number.magnitude
    var count = number < 0 ? 2 : 1
    while rest >= 10_000 {
      rest /= 10_000
      count &+= 4
    }
    return count &+ (rest >= 1_000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
  }

  /// Writes a number of a length that is known.
  @inline(__always) static func write(
    _ number: Int, to target: UnsafeMutablePointer<UInt8>, length: Int
  ) {
    var rest = number.magnitude
    var place = length
    while rest >= 100 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      place &-= 2
      write(pair: pair, to: target + place)
      rest = quotient
    }
    if rest >= 10 {
      write(pair: rest, to: target + place - 2)
    } else {
      target[place &- 1] = zero &+ UInt8(truncatingIfNeeded: rest)
    }
    if number < 0 { target[0] = UInt8(ascii: "-") }
  }

  private static var zero: UInt8 { UInt8(ascii: "0") }

  /// Two digits: a division by ten of what is below a hundred is a multiplication.
  @inline(__always) private static func write(pair: UInt, to target: UnsafeMutablePointer<UInt8>) {
    let tens = (pair &* 103) >> 10
    target[0] = zero &+ UInt8(truncatingIfNeeded: tens)
    target[1] = zero &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
  }
}
