extension TypeHelp {
  static let function = TypeHelp(
    "Function",
    #"Something to call: func f(x) { … }, { x in … }, \.name, an operator alone. Some types carry values and functions of their own."#,
    members: #"""
      Int.max -> Int
      The greatest Int.
        Int.max // → 9223372036854775807

      Int.min -> Int
      The least Int.
        Int.min // → -9223372036854775808

      Int.bitWidth -> Int
      How many bits an Int has.
        Int.bitWidth // → 64

      Int.init · Array.init · Bool.init · Bytes.init · Date.init · Double.init · Error.init · String.init -> Function
      The type as a function, as Swift names it.
        ["1", "2"].map(Int.init) // → [1, 2]

      Int.random(in:) · Double.random(in:) · Bool.random() -> Any
      A random number in a range, true or false. After seed() they repeat.
        (1...6).contains(Int.random(in: 1...6)) // → true

      Double.pi -> Double
      The ratio of a circle's circumference to its diameter.
        Double.pi // → 3.141592653589793

      Double.infinity -> Double
      Greater than every other number.
        Double.infinity.isInfinite // → true

      Double.nan -> Double
      What is no number.
        Double.nan.isNaN // → true

      Double.greatestFiniteMagnitude -> Double
      The greatest Double that is finite.
        Double.greatestFiniteMagnitude // → 1.7976931348623157e+308

      Double.leastNonzeroMagnitude -> Double
      The least Double above 0.
        Double.leastNonzeroMagnitude // → 5e-324

      Double.ulpOfOne -> Double
      From 1.0 to the next Double.
        Double.ulpOfOne // → 2.220446049250313e-16
      """#)
}
