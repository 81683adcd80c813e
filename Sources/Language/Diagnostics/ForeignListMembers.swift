extension ForeignMembers {
  /// Of what has elements.
  static let lists: [String: [String: String]] = [
    "Array": array, "Dictionary": dictionary,
    "Range": [
      "append": "Array(range), and append to that", "step": "stride(from: a, to: b, by: 2)",
      "by": "stride(from: a, to: b, by: 2)", "start": ".lowerBound", "stop": ".upperBound",
      "end": ".upperBound",
      "startIndex": ".lowerBound", "endIndex": ".upperBound", "relative": "xs[range]",
      "firstIndex": "x - range.lowerBound", "lastIndex": "x - range.lowerBound",
      "split": "Array(range).split { … }", "windows": "Array(range).windows(ofCount: n)",
      "starts": "Array(range).starts(with: xs)", "uniqued": "the range itself: no number comes twice",
      "grouped": "Array(range).grouped { … }", "drop": "Array(range).drop(while: { … })",
      "average": "range.sum() / Double(range.count)", "indices": "0..<range.count",
    ],
  ]

  private static let array: [String: String] = [
    // Swift.
    "capacity": ".count; an Array grows by itself", "reserveCapacity": "nothing: an Array grows by itself",
    "lexicographicallyPrecedes": "zip(a, b), and compare the elements", "partition": ".filter { … } twice",
    "removeSubranges": ".removeAll { … }", "moveSubranges": "a.remove(at: i), and a.insert(x, at: j)",
    "replace": ".map { $0 == a ? b : $0 }", "replacing": ".map { $0 == a ? b : $0 }",
    "ranges": "a.indices.filter { a[$0] == x }", "firstRange": ".firstIndex(of: x)",
    "trimmingPrefix": ".drop(while: { … })", "trimPrefix": "xs = xs.drop(while: { … })",
    "difference": "a.filter { !b.contains($0) }", "subtracting": "a.filter { !b.contains($0) }",
    "intersection": "a.filter { b.contains($0) }", "union": "(a + b).uniqued()", "average": mean,
    "compact": ".compactMap { $0 }", "chunked": ".chunks(ofCount: n)", "isSorted": "xs == xs.sorted()",
    "tail": ".dropFirst()", "head": ".first", "take": ".prefix(n)", "skip": ".dropFirst(n)",
    "stride": "stride(from: 0, to: xs.count, by: n).map { xs[$0] }", "adjacentPairs": ".windows(ofCount: 2)",
    // Python.
    "extend": ".append(contentsOf: xs)", "pop": popping, "clear": ".removeAll()", "copy": "Array(xs)",
    "mean": mean, "zip": "zip(a, b)",
    // JavaScript.
    "push": ".append(x)", "add": ".append(x)", "concat": "a + b, or .append(contentsOf: xs)",
    "shift": ".removeFirst(), or .popFirst() for nil where it is empty", "unshift": ".insert(x, at: 0)",
    "join": ".joined(\", \")", "flat": ".joined()", "flatten": ".joined()",
    "fill": "Array(repeating: x, count: n)",
    "filterMap": ".compactMap { … }", "groupBy": ".grouped { … }", "unique": ".uniqued()",
    "splice": ".replaceSubrange(2..<5, with: xs)", "reduceRight": ".reversed().reduce(x) { … }",
    "entries": ".enumerated()", "keys": ".indices", "values": "the array itself", "toSorted": ".sorted()",
    "toReversed": ".reversed()", "toSpliced": "Array(xs), and .replaceSubrange(2..<5, with: ys)",
    "with": "Array(xs), and ys[2] = x", "copyWithin": "xs[0..<2] = xs[3..<5]", "has": ".contains(x)",
    "delete": ".remove(at: place)",
  ]

  private static let popping = ".removeLast(), or .popLast() for nil where it is empty"
  private static let mean = "xs.sum() / Double(xs.count)"

  private static let dictionary: [String: String] = [
    // Swift.
    "max": "Array(d).max { a, b in a.value < b.value }", "min": "Array(d).min { a, b in a.value < b.value }",
    "first": "Array(d).first { pair in … }", "last": "Array(d).last", "enumerated": "Array(d).enumerated()",
    "flatMap": "Array(d).flatMap { pair in … }", "prefix": "Array(d).prefix(n)",
    "suffix": "Array(d).suffix(n)", "dropFirst": "Array(d).dropFirst(n)", "sum": "d.values.sum()",
    "randomElement": "Array(d).randomElement()", "shuffled": "Array(d).shuffled()",
    "reversed": "Array(d).reversed()", "joined": "Array(d).map { … }.joined()",
    "grouped": "Array(d).grouped { pair in … }", "remove": removing, "popFirst": removing,
    "index": "d.keys.firstIndex(of: key)", "startIndex": "0", "endIndex": ".count",
    "capacity": ".count; a Dictionary grows by itself",
    "reserveCapacity": "nothing: a Dictionary grows by itself", "swapAt": "d[key] = value",
    "mapKeys": "Dictionary(d.map { key, value in [key.uppercased(), value] })",
    "containsKey": ".contains(key)",
    "sort": ".sorted(), which gives the pairs by their keys", "reverse": "Array(d).reversed()",
    "shuffle": "Array(d).shuffled()", "insert": "d[key] = value", "removeFirst": removing,
    "removeLast": removing, "popLast": removing,
    "filterValues": ".filter { key, value in … }", "append": "d[key] = value",
    // Python.
    "items": "for (key, value) in d", "get": "d[key, default: x]", "setdefault": "d[key, default: x]",
    "pop": removing, "popitem": removing, "update": ".merge(other)", "clear": ".removeAll()",
    "copy": "Dictionary(d)", "fromkeys": "Dictionary(keys.map { [$0, x] })", "has_key": ".contains(key)",
    // JavaScript.
    "has": ".contains(key)", "hasKey": ".contains(key)", "hasOwnProperty": ".contains(key)",
    "entries": "Array(d)", "set": "d[key] = value", "add": "d[key] = value", "delete": removing,
    "find": "Array(d).first { pair in … }", "some": ".contains { key, value in … }",
    "every": ".allSatisfy { key, value in … }",
  ]

  private static let removing = ".removeValue(forKey: key), or d[key] = nil"
}
