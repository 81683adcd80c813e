extension TypeHelp {
  static let array = TypeHelp(
    "Array",
    #"A list of values. It is shared, not copied: two names may stand for one array."#,
    members: #"""
      count · count(where:) -> Int
      How many elements it has, or how many a function picks.
        [1, 2, 3].count // → 3

      isEmpty -> Bool
      Whether it has no elements.
        [].isEmpty // → true

      first · first(where:) -> Element
      Its first element, or the first that a function picks; nil where there is none.
        [1, 2, 3].first // → 1

      last · last(where:) -> Element
      Its last element, or the last that a function picks; nil where there is none.
        [].last // → nil

      indices -> Range
      The places of its elements, for loops.
        [1, 2, 3].indices // → 0..<3

      contains(element) · contains(where:) -> Bool
      Whether it has an element that is equal, or one that a function picks.
        [3, 1, 2].contains(1) // → true

      firstIndex(of:) · firstIndex(where:) -> Int
      Where an element first stands in it; nil where it does not.
        ["a", "b", "a"].firstIndex(of: "a") // → 0

      lastIndex(of:) · lastIndex(where:) -> Int
      Where an element last stands in it; nil where it does not.
        ["a", "b", "a"].lastIndex(of: "a") // → 2

      allSatisfy(predicate) -> Bool
      Whether a function gives true for every element.
        [2, 4].allSatisfy { $0 % 2 == 0 } // → true

      starts(with:) -> Bool
      Whether it begins with the elements of another.
        [1, 2, 3].starts(with: [1, 2]) // → true

      map(transform) -> Array
      What a function gives for each element. The function may wait.
        [1, 2, 3].map { $0 * 2 } // → [2, 4, 6]

      compactMap(transform) -> Array
      What a function gives for each element, without the nils.
        ["1", "x"].compactMap { Int($0) } // → [1]

      flatMap(transform) -> Array
      The arrays that a function gives for each element, joined.
        [1, 2].flatMap { [$0, $0 * 10] } // → [1, 10, 2, 20]

      filter(isIncluded) -> Array
      The elements that a function picks.
        [1, 2, 3].filter { $0 > 1 } // → [2, 3]

      reduce(initial, combine) · reduce(into:, update) -> Any
      One value made of all elements: a function combines what there is with the next.
        [1, 2, 3].reduce(0, +) // → 6

      forEach(body) -> nil
      Calls a function with each element.
        [1, 2].forEach { print($0) } // → prints 1, 2

      sorted(by:) -> Array
      The elements in order, or in the order that a function says. Equals keep theirs.
        [3, 1, 2].sorted() // → [1, 2, 3]

      reversed() -> Array
      The elements in the opposite order.
        [1, 2, 3].reversed() // → [3, 2, 1]

      shuffled() -> Array
      The elements in a random order.
        [1, 2, 3].shuffled().count // → 3

      randomElement() -> Element
      One of its elements at random; nil of an empty array.
        [7].randomElement() // → 7

      prefix(count) · prefix(upTo:) · prefix(through:) · prefix(while:) -> Array
      The first elements: so many, up to an index, or as long as a function gives true.
        [1, 2, 3].prefix(2) // → [1, 2]

      suffix(count) · suffix(from:) -> Array
      The last elements: so many, or from an index on.
        [1, 2, 3].suffix(2) // → [2, 3]

      dropFirst(count) -> Array
      The elements without the first, or the first few.
        [1, 2, 3].dropFirst() // → [2, 3]

      dropLast(count) -> Array
      The elements without the last, or the last few.
        [1, 2, 3].dropLast(2) // → [1]

      drop(while:) -> Array
      The elements without those at the beginning for which a function gives true.
        [1, 2, 5, 1].drop(while: { $0 < 3 }) // → [5, 1]

      min(by:) -> Element
      The least element; nil of an empty array.
        [3, 1, 2].min() // → 1

      max(by:) -> Element
      The greatest element; nil of an empty array.
        [3, 1, 2].max() // → 3

      sum() -> Any
      The elements added up.
        [1.5, 2].sum() // → 3.5

      joined(separator) -> Any
      The elements as one text, or the arrays or Bytes in it as one, with a separator between.
        ["a", "b"].joined(", ") // → "a, b"

      enumerated() -> Array of Dictionary
      The elements with their places, as pairs of offset and element.
        ["a", "b"].enumerated() // → [["offset": 0, "element": "a"], ["offset": 1, "element": "b"]]

      grouped(by:) -> Dictionary
      The elements by what a function gives for them, as arrays.
        ["one", "two", "three"].grouped { $0.count } // → [3: ["one", "two"], 5: ["three"]]

      chunks(ofCount:) -> Array of Array
      Arrays of so many elements each; the last may be shorter.
        [1, 2, 3, 4, 5].chunks(ofCount: 2) // → [[1, 2], [3, 4], [5]]

      windows(ofCount:) -> Array of Array
      All stretches of so many elements, each one further on.
        [1, 2, 3].windows(ofCount: 2) // → [[1, 2], [2, 3]]

      split(separator, maxSplits:, omittingEmptySubsequences:) · split(whereSeparator:) -> Array of Array
      The parts between elements that are equal to one, or that a function picks. Empty parts stay.
        [1, 0, 0, 2].split(separator: 0) // → [[1], [], [2]]

      uniqued(on:) -> Array
      Each element once, where it first stands; of those for which a function gives the same, the first.
        [1, 2, 1].uniqued() // → [1, 2]

      append(element) · append(contentsOf:) -> nil
      Puts an element at the end, or all of a sequence.
        let a = [1, 2]; a.append(3); a // → [1, 2, 3]

      insert(element, at:) · insert(contentsOf:, at:) -> nil
      Puts an element, or all of a sequence, before the one at an index.
        let a = [1, 2]; a.insert(0, at: 0); a // → [0, 1, 2]

      swapAt(a, b) -> nil
      Exchanges two elements.
        let a = [1, 2]; a.swapAt(0, 1); a // → [2, 1]

      remove(at:) -> Element
      Takes out the element at an index and gives it.
        let a = [1, 2, 3]; [a.remove(at: 1), a] // → [2, [1, 3]]

      removeFirst(count) -> Element
      Takes out the first element and gives it, or takes out the first few. Of an empty array it is an
      error.
        let a = [1, 2, 3]; [a.removeFirst(), a] // → [1, [2, 3]]

      removeLast(count) -> Element
      Takes out the last element and gives it, or takes out the last few. Of an empty array it is an
      error.
        let a = [1, 2, 3]; [a.removeLast(), a] // → [3, [1, 2]]

      popFirst() -> Element
      Takes out the first element and gives it; nil of an empty array.
        let a = []; [a.popFirst(), a.popLast()] // → [nil, nil]

      popLast() -> Element
      Takes out the last element and gives it; nil of an empty array.
        let a = []; [a.popFirst(), a.popLast()] // → [nil, nil]

      removeSubrange(range) -> nil
      Takes out the elements at a range of places.
        let a = [1, 2, 3]; a.removeSubrange(0..<2); a // → [3]

      replaceSubrange(range, with:) -> nil
      Puts others in place of the elements at a range of places.
        let a = [1, 2, 3]; a.replaceSubrange(0..<2, with: [9]); a // → [9, 3]

      removeAll(where:) -> nil
      Takes out all elements, or those that a function picks.
        let a = [1, 2, 3]; a.removeAll { $0 > 1 }; a // → [1]

      sort(by:) -> nil
      Brings the elements into order, or into the order that a function says.
        let a = [3, 1, 2]; a.sort(); a // → [1, 2, 3]

      reverse() -> nil
      Brings the elements into the opposite order.
        let a = [1, 2, 3]; a.reverse(); a // → [3, 2, 1]

      shuffle() -> nil
      Brings the elements into a random order.
        let a = [1, 2, 3]; a.shuffle(); a.count // → 3
      """#)
}
