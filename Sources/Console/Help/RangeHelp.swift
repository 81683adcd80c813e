extension TypeHelp {
  static let range = TypeHelp(
    "Range",
    #"Whole numbers from one to another, upwards: 0..<3 without the last, 1...3 with it."#,
    members: #"""
      count · count(where:) -> Int
      How many numbers it has, or how many a function picks.
        (1...3).count // → 3

      isEmpty -> Bool
      Whether it has no numbers.
        (1..<1).isEmpty // → true

      first · first(where:) -> Int
      Its first number, or the first that a function picks; nil where there is none.
        (1...3).first // → 1

      last · last(where:) -> Int
      Its last number, or the last that a function picks; nil where there is none.
        (1..<3).last // → 2

      lowerBound -> Int
      Where it begins.
        (1..<3).lowerBound // → 1

      upperBound -> Int
      Where it ends, as it was written.
        (1..<3).upperBound // → 3

      contains(number) · contains(where:) -> Bool
      Whether a number lies in it, or one that a function picks.
        (1...3).contains(3) // → true

      overlaps(other) -> Bool
      Whether it has a number in common with another.
        (1..<3).overlaps(3...5) // → false

      clamped(to:) -> Range
      The part of it that lies in another.
        (0..<10).clamped(to: 5..<20) // → 5..<10

      reversed() -> Array of Int
      Its numbers in the opposite order.
        (1...3).reversed() // → [3, 2, 1]

      map(transform) -> Array
      What a function gives for each number.
        (1...3).map { $0 * $0 } // → [1, 4, 9]

      compactMap(transform) -> Array
      What a function gives for each number, without the nils.
        (1...4).compactMap { if $0 > 2 { $0 } else { nil } } // → [3, 4]

      flatMap(transform) -> Array
      The arrays that a function gives for each number, joined.
        (1...2).flatMap { [$0, $0] } // → [1, 1, 2, 2]

      filter(isIncluded) -> Array of Int
      The numbers that a function picks.
        (1...4).filter { $0 % 2 == 0 } // → [2, 4]

      reduce(initial, combine) · reduce(into:, update) -> Any
      One value made of all numbers: a function combines what there is with the next.
        (1...4).reduce(1, *) // → 24

      forEach(body) -> nil
      Calls a function with each number.
        (1...2).forEach { print($0) } // → prints 1, 2

      allSatisfy(predicate) -> Bool
      Whether a function gives true for every number.
        (1...3).allSatisfy { $0 > 0 } // → true

      sum() -> Int
      Its numbers added up, however many there are.
        (1...1000000000).sum() // → 500000000500000000

      min(by:) -> Int
      Its least number; nil of an empty range.
        (1...4).min() // → 1

      max(by:) -> Int
      Its greatest number; nil of an empty range.
        (1...4).max() // → 4

      sorted(by:) -> Array of Int
      Its numbers in order, or in the order that a function says.
        (1...3).sorted { $0 > $1 } // → [3, 2, 1]

      enumerated() -> Array of Dictionary
      Its numbers with their places, as pairs of offset and element.
        (5...6).enumerated() // → [["offset": 0, "element": 5], ["offset": 1, "element": 6]]

      prefix(count) · prefix(while:) -> Array of Int
      The first numbers: so many, or as long as a function gives true.
        (1...9).prefix(2) // → [1, 2]

      suffix(count) -> Array of Int
      The last numbers.
        (1...1000000000).suffix(2) // → [999999999, 1000000000]

      dropFirst(count) -> Array of Int
      The numbers without the first, or the first few.
        (1...3).dropFirst() // → [2, 3]

      dropLast(count) -> Array of Int
      The numbers without the last, or the last few.
        (1...3).dropLast() // → [1, 2]

      chunks(ofCount:) -> Array of Array
      Arrays of so many numbers each; the last may be shorter.
        (1...5).chunks(ofCount: 2) // → [[1, 2], [3, 4], [5]]

      joined(separator) -> String
      The numbers as one text, with a separator between.
        (1...3).joined("-") // → "1-2-3"

      shuffled() -> Array of Int
      Its numbers in a random order.
        (1...3).shuffled().count // → 3

      randomElement() -> Int
      One of its numbers at random; nil of an empty range.
        (7...7).randomElement() // → 7
      """#)
}
