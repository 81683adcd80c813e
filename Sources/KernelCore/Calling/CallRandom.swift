/// Chance for calls: boundaries and waits. It is apart from what `random` and `seed` of the language use, so that a call
/// that fails changes no number there.
struct CallRandom {
  /// Nil for the system's.
  private var state: UInt64?

  /// - Parameter repeats: whether it is the same each time, as under a virtual clock.
  init(repeats: Bool) { state = repeats ? 0 : nil }

  /// SplitMix64 (Steele, Lea and Flood), or the system's generator.
  mutating func next() -> UInt64 {
    guard var state else { return UInt64.random(in: .min ... .max) }
    state &+= 0x9E37_79B9_7F4A_7C15
    self.state = state
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to but without 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// What stands between the parts of a form: 128 bits, behind a letter that stands in it once.
  mutating func boundary() -> String {
    let digits = [next(), next()].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return "routebook-" + digits.joined()
  }
}
