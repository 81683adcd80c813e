import TestSupport
import Testing

@testable import VM

struct DecimalTests {
  private func text(_ number: Int) -> String {
    let length = Decimal.length(of: number)
    return String(unsafeUninitializedCapacity: length) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      Decimal.write(number, to: base, length: length)
      return length
    }
  }

  @Test func everyNumberUpToAHundredThousandReadsAsItIs() {
    let wrong = (-100_000...100_000).first { text($0) != String($0) }
    #expect(wrong == nil)
  }

  @Test func whereALengthChangesNothingIsLost() {
    var power = 1
    while power <= Int.max / 10 {
      power *= 10
      for number in [power - 1, power, power + 1] {
        #expect(text(number) == String(number))
        #expect(text(-number) == String(-number))
      }
    }
    for number in [Int.min, .min + 1, .max, .max - 1] { #expect(text(number) == String(number)) }
  }

  @Test func numbersOfAnyLengthReadAsTheyAre() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let number = Int(truncatingIfNeeded: random.next()) >> Int.random(in: 0..<64, using: &random)
      #expect(text(number) == String(number))
    }
  }
}
