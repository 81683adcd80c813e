extension TypeHelp {
  static let int = TypeHelp(
    "Int",
    #"A whole number of 64 bits. What does not fit is an error. Int(value) makes one."#,
    members: #"""
      isMultiple(of:) -> Bool
      Whether it is a multiple of another.
        7.isMultiple(of: 7) // → true

      signum() -> Int
      -1, 0 or 1, by its sign.
        (-3).signum() // → -1

      magnitude -> Int
      The number without its sign.
        (-3).magnitude // → 3

      quotientAndRemainder(dividingBy:) -> Dictionary
      What a division gives and what it leaves, as quotient and remainder.
        7.quotientAndRemainder(dividingBy: 2) // → ["quotient": 3, "remainder": 1]

      clamped(to:) -> Int
      The nearest number in a range.
        9.clamped(to: 1...6) // → 6

      formatted(decimals:) -> String
      The number as text, with so many decimals where they are wanted.
        1234.formatted() // → "1234"

      rounded(decimals) -> Int
      The number itself, as a Double's rounded gives the nearest.
        2.rounded() // → 2

      truncatingRemainder(dividingBy:) -> Double
      What a division towards zero leaves.
        7.truncatingRemainder(dividingBy: 2) // → 1.0
      """#)

  static let double = TypeHelp(
    "Double",
    #"A number with a fraction, of 64 bits. Double(value) makes one."#,
    members: #"""
      rounded(decimals) -> Double
      The nearest whole number, or the nearest with so many decimals. Halves go away from zero.
        2.5.rounded() // → 3.0

      formatted(decimals:) -> String
      The number as text, with so many decimals where they are wanted.
        3.14159.formatted(decimals: 2) // → "3.14"

      squareRoot() -> Double
      Its square root; nan of a negative number.
        9.0.squareRoot() // → 3.0

      truncatingRemainder(dividingBy:) -> Double
      What a division towards zero leaves.
        7.5.truncatingRemainder(dividingBy: 2) // → 1.5

      remainder(dividingBy:) -> Double
      How far it is from the nearest multiple.
        7.5.remainder(dividingBy: 2) // → -0.5

      magnitude -> Double
      The number without its sign.
        (-2.5).magnitude // → 2.5

      clamped(to:) -> Double
      The nearest number in a range.
        9.5.clamped(to: 1...6) // → 6.0

      signum() -> Double
      -1.0, 0.0 or 1.0, by its sign.
        (-2.5).signum() // → -1.0

      isNaN -> Bool
      Whether it is no number, as 0.0 / 0 gives.
        Double.nan.isNaN // → true

      isInfinite -> Bool
      Whether it is infinite.
        Double.infinity.isInfinite // → true

      isFinite -> Bool
      Whether it is neither infinite nor nan.
        1.0.isFinite // → true
      """#)
}
