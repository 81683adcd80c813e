extension TypeHelp {
  static let dictionary = TypeHelp(
    "Dictionary",
    #"Values under keys, in the order in which the keys came. A key that is a name can be read as a member. It is shared, not copied."#,
    members: #"""
      count · count(where:) -> Int
      How many keys it has, or how many pairs a function picks.
        ["a": 1, "b": 2].count // → 2

      isEmpty -> Bool
      Whether it has no keys.
        [:].isEmpty // → true

      keys -> Array
      Its keys in order.
        ["a": 1, "b": 2].keys // → ["a", "b"]

      values -> Array
      Its values in the order of their keys.
        ["a": 1, "b": 2].values // → [1, 2]

      contains(key) · contains(where:) -> Bool
      Whether it has a key, or a pair that a function picks.
        ["a": 1].contains("a") // → true

      map(transform) -> Array
      What a function gives for each key and value.
        ["a": 1, "b": 2].map { key, value in "\(key)\(value)" } // → ["a1", "b2"]

      compactMap(transform) -> Array
      What a function gives for each key and value, without the nils.
        ["a": "1", "b": "x"].compactMap { key, value in Int(value) } // → [1]

      mapValues(transform) -> Dictionary
      The same keys with what a function gives for each value.
        ["a": 1].mapValues { $0 * 2 } // → ["a": 2]

      compactMapValues(transform) -> Dictionary
      As mapValues, without the keys for which the function gives nil.
        ["a": "1", "b": "x"].compactMapValues { Int($0) } // → ["a": 1]

      filter(isIncluded) -> Dictionary
      The pairs that a function picks.
        ["a": 1, "b": 2].filter { key, value in value > 1 } // → ["b": 2]

      reduce(initial, combine) · reduce(into:, update) -> Any
      One value made of all pairs: a function combines what there is with the next.
        ["a": 1, "b": 2].reduce(0) { sum, pair in sum + pair.value } // → 3

      forEach(body) -> nil
      Calls a function with each key and value.
        ["a": 1].forEach { key, value in print(key, value) } // → prints a 1

      allSatisfy(predicate) -> Bool
      Whether a function gives true for every key and value.
        ["a": 1, "b": 2].allSatisfy { key, value in value > 0 } // → true

      sorted(by:) -> Array of Dictionary
      Its pairs by key, or in the order that a function says. Pairs have key and value.
        ["b": 1, "a": 2].sorted() // → [["key": "a", "value": 2], ["key": "b", "value": 1]]

      merging(other, uniquingKeysWith:) -> Dictionary
      Its pairs and those of another, which win unless a function combines the two values.
        ["a": 1].merging(["b": 2]) // → ["a": 1, "b": 2]

      merge(other, uniquingKeysWith:) -> nil
      Puts the pairs of another into it. They win unless a function combines the two values.
        let d = ["a": 1]; d.merge(["b": 2]); d // → ["a": 1, "b": 2]

      removeValue(forKey:) -> Any
      Takes out a key and gives its value; nil where it has none.
        let d = ["a": 1]; [d.removeValue(forKey: "a"), d] // → [1, [:]]

      updateValue(value, forKey:) -> Any
      Sets a key and gives the value that it had; nil where it had none.
        let d = ["a": 1]; [d.updateValue(2, forKey: "a"), d] // → [1, ["a": 2]]

      removeAll() -> nil
      Takes out all keys.
        let d = ["a": 1]; d.removeAll(); d // → [:]
      """#)
}
