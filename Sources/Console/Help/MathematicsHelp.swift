extension Catalogue {
  /// Numbers.
  static let mathematics = HelpEntry.list(
    #"""
    min(values…) -> Any
    The least of some values, or of an array.
      min(3, 1, 2) // → 1

    max(values…) -> Any
    The greatest of some values, or of an array.
      max(1.5, 2) // → 2

    abs(number) -> Any
    A number or a duration without its sign.
      abs(-3) // → 3

    round(number) -> Double
    The nearest whole number; halves go away from zero.
      round(2.5) // → 3.0

    floor(number) -> Double
    The next whole number downwards.
      floor(2.7) // → 2.0

    ceil(number) -> Double
    The next whole number upwards.
      ceil(2.1) // → 3.0

    trunc(number) -> Double
    The next whole number towards zero.
      trunc(-2.7) // → -2.0

    sqrt(number) -> Double
    The square root.
      sqrt(2) // → 1.4142135623730951

    cbrt(number) -> Double
    The cube root.
      cbrt(27) // → 3.0

    pow(base, exponent) -> Any
    A power; of Ints an Int.
      pow(2, 10) // → 1024

    exp(number) -> Double
    A power of e.
      exp(0) // → 1.0

    log(number) -> Double
    The natural logarithm.
      log(1) // → 0.0

    log2(number) -> Double
    The logarithm to base 2.
      log2(8) // → 3.0

    log10(number) -> Double
    The logarithm to base 10.
      log10(1000) // → 3.0

    sin(number) -> Double
    The sine of an angle in radians.
      sin(0) // → 0.0

    cos(number) -> Double
    The cosine of an angle in radians.
      cos(0) // → 1.0

    tan(number) -> Double
    The tangent of an angle in radians.
      tan(0) // → 0.0

    asin(number) -> Double
    The angle that has this sine, in radians.
      asin(0) // → 0.0

    acos(number) -> Double
    The angle that has this cosine, in radians.
      acos(1) // → 0.0

    atan(number) -> Double
    The angle that has this tangent, in radians.
      atan(0) // → 0.0

    atan2(y, x) -> Double
    The angle of a point from the positive x axis, in radians.
      atan2(0, 1) // → 0.0

    sinh(number) -> Double
    The hyperbolic sine.
      sinh(0) // → 0.0

    cosh(number) -> Double
    The hyperbolic cosine.
      cosh(0) // → 1.0

    tanh(number) -> Double
    The hyperbolic tangent.
      tanh(0) // → 0.0

    hypot(x, y) -> Double
    The length of the hypotenuse.
      hypot(3, 4) // → 5.0

    random(in:) -> Any
    A Double from 0 to below 1, or an Int in a range. After seed() they repeat.
      seed(7); (1...6).contains(random(in: 1...6)) // → true

    seed(number) -> nil
    From here on random numbers repeat.
      seed(7); let a = random(); seed(7); a == random() // → true

    zip(a, b) -> Array of Array
    Pairs of the elements at the same places.
      Dictionary(uniqueKeysWithValues: zip(["a", "b"], [1, 2])) // → ["a": 1, "b": 2]

    stride(from:, to:, by:) · stride(from:, through:, by:) -> Array
    Numbers with a step, without the end or with it.
      stride(from: 10, to: 0, by: -4) // → [10, 6, 2]
    """#)
}
