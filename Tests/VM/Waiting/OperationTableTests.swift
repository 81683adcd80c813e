import TestSupport
import Testing

@testable import VM

/// What is kept for operations, by their numbers.
struct OperationTableTests {
  @Test func aNumberFindsItsOwnEntryAlone() {
    var numbers = OperationNumbers()
    var table = OperationTable<String>()
    let first = numbers.next()
    table[first] = "first"
    #expect(table.remove(first) == "first")
    numbers.release(first)
    // Its place is another's now.
    let second = numbers.next()
    table[second] = "second"
    #expect(OperationNumbers.place(of: second) == OperationNumbers.place(of: first))
    #expect(second > first)
    #expect(table[first] == nil && table.remove(first) == nil)
    #expect(table[second] == "second" && table.count == 1)
    table[second] = nil
    #expect(table.count == 0 && table.all.isEmpty)
    #expect(table[0] == nil && table[.max] == nil && table[-1] == nil)
    // To bring near what is not there does nothing.
    table.prefetch([first, second, 0, .max, -1])
  }

  /// Against a dictionary.
  @Test func itIsADictionaryOfNumbers() {
    var random = SeededGenerator(seed: 3)
    var numbers = OperationNumbers()
    var table = OperationTable<Int>()
    var expected: [Int: Int] = [:]
    var last = 0
    for step in 0..<20_000 {
      // More and more, then fewer and fewer.
      if Int.random(in: 0..<100, using: &random) < (step < 10_000 ? 60 : 35) {
        let number = numbers.next()
        #expect(number > last)
        last = number
        (table[number], expected[number]) = (step, step)
      } else if let number = expected.keys.randomElement(using: &random) {
        #expect(table.remove(number) == expected.removeValue(forKey: number))
        numbers.release(number)
      }
    }
    for number in expected.keys {
      #expect(table.remove(number) == expected[number])
      numbers.release(number)
    }
    #expect(table.count == 0)
    #expect(numbers.next() > last)
  }
}
