import Testing

struct ArrayTests {
  @Test(arguments: [
    (
      "let a = [1, 2]\na.append(3)\na.append(contentsOf: [4, 5])\na.insert(0, at: 0)\na", "[0, 1, 2, 3, 4, 5]"
    ),
    ("let a = [1, 2, 3, 4]\n[a.remove(at: 1), a.removeFirst(), a.removeLast(), a]", "[2, 1, 4, [3]]"),
    ("let a = [1]\n[a.popLast(), a.popLast(), a.popFirst()]", "[1, nil, nil]"),
    ("let a = [1, 2, 3, 4]\na.removeAll { $0 % 2 == 0 }\na", "[1, 3]"),
    (
      "let a = Array(0..<1000)\na.removeFirst(900)\na.removeAll()\nfor i in 0..<9 { a.append(i) }\na",
      "[0, 1, 2, 3, 4, 5, 6, 7, 8]"
    ),
    ("let a = Array(0..<1000)\nfor x in a { a.removeAll()\n a.append(x) }\na.count", "1"),
    ("let a = [1, 2, 3]\na.removeAll(where: { $0 > 1 })\na.removeAll()\na", "[]"),
    ("let a = [1, 2, 3]\na.append(contentsOf: a)\na", "[1, 2, 3, 1, 2, 3]"),
    (
      "let a = [3, 1, 2]\na.sort()\nlet b = Array(a)\nb.sort { $0 > $1 }\na.reverse()\n[a, b]",
      "[[3, 2, 1], [3, 2, 1]]"
    ),
    ("let a = [1, 2, 3]\na.swapAt(0, 2)\na", "[3, 2, 1]"),
    ("let a = [1, 2]\nlet b = a\nb.append(3)\na", "[1, 2, 3]"),
    (
      "[[1, 2].first, [1, 2].last, [].first, [].isEmpty, [1, 2].count, [1, 2].indices]",
      "[1, 2, nil, true, 2, 0..<2]"
    ),
    ("[1, 2, 3].contains(2) && [1, 2].contains { $0 == 1 } && [1].contains(where: { $0 == 1 })", "true"),
    ("[[5, 6, 5].firstIndex(of: 5), [5, 6, 5].lastIndex(of: 5), [5].firstIndex(of: 1)]", "[0, 2, nil]"),
    ("[[5, 6].firstIndex { $0 > 5 }, [5, 6].lastIndex(where: { $0 < 9 })]", "[1, 1]"),
    ("[[1, 2, 3].first { $0 > 1 }, [1, 2, 3].last { $0 < 3 }, [1].first(where: { $0 > 1 })]", "[2, 2, nil]"),
    ("[1, 2, 3].count { $0 > 1 }", "2"),
    ("[[3, 1].min(), [3, 1].max(), [].min(), [\"b\", \"a\"].min()]", "[1, 3, nil, \"a\"]"),
    (
      "[\"aa\", \"b\"].min { $0.count < $1.count } + [\"aa\", \"b\"].max(by: { $0.count < $1.count })",
      "\"baa\""
    ),
    ("[[1, 2, 3].sum(), [1, 0.5].sum(), [1s, 2s].sum(), [].sum()]", "[6, 1.5, 3s, 0]"),
    (
      "[1, 2, 3, 4].prefix(2) + [1, 2, 3].suffix(1) + [1, 2].dropFirst() + [1, 2].dropLast(1)",
      "[1, 2, 3, 2, 1]"
    ),
    ("[[1, 2, 9, 1].prefix(while: { $0 < 5 }), [1, 2, 9, 1].drop(while: { $0 < 5 })]", "[[1, 2], [9, 1]]"),
    ("[\"b\", \"a\"].joined(\"-\") + [1, nil].joined(separator: \"+\")", "\"b-a1+nil\""),
    ("[1, 2].reversed()", "[2, 1]"),
    (
      "[\"apple\", \"avocado\", \"bean\"].grouped { $0[0] }",
      "[\"a\": [\"apple\", \"avocado\"], \"b\": [\"bean\"]]"
    ),
    ("[1, nil, 3].compactMap { $0 }", "[1, 3]"),
    ("[1, 2].flatMap { [$0, $0] }", "[1, 1, 2, 2]"),
    ("[1, 2, 3].allSatisfy { $0 > 0 }", "true"),
    ("[3, 1, 2].sorted()", "[1, 2, 3]"),
    ("[2.5, 1, 2].sorted()", "[1, 2, 2.5]"),
    ("[\"b\", \"a\"].sorted()", "[\"a\", \"b\"]"),
    (
      "[[2, \"a\"], [1, \"b\"], [2, \"c\"], [1, \"d\"]].sorted { $0[0] < $1[0] }.map { $0[1] }.joined()",
      "\"bdac\""
    ),
    ("[5, 3, 9, 1].sorted(by: { a, b in a > b })", "[9, 5, 3, 1]"),
    ("zip([1, 2, 3], [\"a\", \"b\"])", "[[1, \"a\"], [2, \"b\"]]"),
    ("stride(from: 10, to: 0, by: -3)", "[10, 7, 4, 1]"),
    ("stride(from: 0, through: 10, by: 5)", "[0, 5, 10]"),
    ("stride(from: 0, to: 0, by: 1) + stride(from: 5, to: 0, by: 1)", "[]"),
    // The count of a stride, and that of a range, trapped.
    ("stride(from: 9223372036854775806, through: 9223372036854775807, by: 5)", "[9223372036854775806]"),
    ("stride(from: 0, to: -9223372036854775807 - 1, by: -9223372036854775807 - 1)", "[0]"),
    (
      "[(1...3).contains(3), (1..<3).contains(3), (1...3).count, (1..<1).isEmpty, (2...5).lowerBound, (2...5).upperBound]",
      "[true, false, 3, true, 2, 5]"
    ),
    ("(1...3).reversed().map { $0 * 2 }", "[6, 4, 2]"),
    ("(0...9223372036854775807).contains(5)", "true"),
    ("(1...4).reduce(0) { $0 + $1 } + (1...3).filter { $0 > 1 }.count", "12"),
    ("Array(1...3) + Array(\"ab\") + Array([\"k\": 1]).map { $0.key }", "[1, 2, 3, \"a\", \"b\", \"k\"]"),
    ("[1, 2].map { x in await after(1s) { x + 1 } }", "[2, 3]"),
    ("[3, 1].sorted { a, b in await after(1s) { a < b } }", "[1, 3]"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("[1, \"a\"].sorted()", "< cannot be applied to String and Int"),
    ("[1, 2].remove(at: 2)", "index 2 is out of range: the array has 2 elements, 0 to 1"),
    ("[1].insert(0, at: 5)", "index 5 is out of range: of an array of 1 an element can be put at 0 to 1"),
    ("[\"a\"].sum()", "sum() adds numbers, not String"),
    ("stride(from: 0, to: 5, by: 0)", "the step of stride() is 0"),
    ("stride(from: 0, by: 1)", "stride() takes an end"),
    ("[deferred()].joined()", "an element of joined() is a Deferred that was not awaited"),
    ("min([])", "min() of nothing"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  @Test func sortingIsStableAtAnySize() throws {
    let count = ScriptHost.isStressed ? 40 : 500
    let text = """
      seed(7)
      let a = (0..<\(count)).map { [random(in: 0...9), $0] }
      let b = a.sorted { x, y in x[0] < y[0] }
      var ok = b.count == a.count
      for i in 1..<\(count) {
          if b[i - 1][0] > b[i][0] { ok = false }
          if b[i - 1][0] == b[i][0] && b[i - 1][1] > b[i][1] { ok = false }
      }
      ok
      """
    #expect(try ScriptHost().run(text) == "true")
  }
}
