import Testing

@testable import VM

struct OperatorTests {
  @Test(arguments: [
    ("[1 + 2, 5 - 7, 3 * -4, 7 / 2, -7 / 2, 7 % 3, -7 % 3, 7 % -3]", "[3, -2, -12, 3, -3, 1, -1, 1]"),
    ("[1 + 0.5, 2.0 * 3, 1 / 2.0, 5.5 % 2]", "[1.5, 6.0, 0.5, 1.5]"),
    (
      "func f(x) { [x + 1.5, x - 0.5, x * 2.0, x / 4.0] }\n[f(1), f(1.0)]",
      "[[2.5, 0.5, 2.0, 0.25], [2.5, 0.5, 2.0, 0.25]]"
    ),
    ("func f(x) { [x + 3, x - 3, x * 3, x % 3] }\nf(10)", "[13, 7, 30, 1]"),
    ("func f(x) { x % 3 }\n[f(5_000_000_000), f(-5_000_000_000), f(5.5)]", "[2, -2, 2.5]"),
    ("1 + 2 * 3 - 4 / 2 % 3", "5"),
    ("-2 * -3", "6"),
    ("9223372036854775807 % -1", "0"),
    (
      "[1 == 1.0, 0.1 + 0.2 == 0.3, \"a\" == \"a\", nil == nil, 1 == \"1\", [1, [2]] == [1, [2]]]",
      "[true, false, true, true, false, true]"
    ),
    ("[\"a\": 1, \"b\": 2] == [\"b\": 2, \"a\": 1]", "true"),
    // An Int of more than 53 bits is not equal to the Double nearest to it.
    ("[9007199254740993 == 9007199254740992.0, 9007199254740993 > 9007199254740992.0]", "[false, true]"),
    ("[1 < 2, 2 <= 2, \"a\" < \"b\", 1s < 1m, 1 < 1.5, 2.5 >= 2]", "[true, true, true, true, true, true]"),
    ("let n = Double.nan\n[n == n, n < 1, n > 1, 1 < n, n != n]", "[false, false, false, false, true]"),
    (
      "func f(n) { var r = []\n if n > 1 { r.append(1) }\n if !(n > 1) { r.append(2) }\n if n >= 1 { r.append(3) }\n r }\n[f(Double.nan), f(2)]",
      "[[2], [1, 3]]"
    ),
    ("[true && false, true || false, !true]", "[false, true, false]"),
    ("[nil ?? 1, 2 ?? 3, nil ?? nil ?? 4]", "[1, 2, 4]"),
    ("true ? false ? 1 : 2 : 3", "2"),
    ("[\"a\" + \"b\", [1] + [2]]", "[\"ab\", [1, 2]]"),
    (
      "[1s + 500ms, 2m - 30s, 3 * 2s, 1.5 * 2s, 10s / 4, 10s / 4s, 7s % 4s, -1s]",
      "[1.5s, 1.5m, 6s, 3s, 2.5s, 2.5, 3s, -1s]"
    ),
    ("[0..<3, 1...2]", "[0..<3, 1...2]"),
    ("-0.0", "-0.0"),
    ("1.0 / 0", "inf"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("1 / 0", "division by zero"),
    ("1 % 0", "division by zero in a remainder"),
    ("-9223372036854775807 - 2", "-9223372036854775807 - 2 does not fit into an Int"),
    ("9223372036854775807 * 2", "9223372036854775807 * 2 does not fit into an Int"),
    ("(-9223372036854775807 - 1) / -1", "-9223372036854775808 / -1 does not fit into an Int"),
    ("-(-9223372036854775807 - 1)", "-(-9223372036854775808) does not fit into an Int"),
    ("1s / 0", "division by zero"),
    ("1s / 0s", "division by a duration of zero"),
    ("1000000000 * 1h * 10", "the duration is too long: at most about 292 years fit"),
    // The message showed the sides and the sign the way they were compiled.
    ("if 1 > \"a\" { }", "> cannot be applied to Int and String"),
    ("if 1 >= \"a\" { }", ">= cannot be applied to Int and String"),
    ("1 <= nil", "<= cannot be applied to Int and nil"),
    ("true + 1", "+ cannot be applied to Bool and Int"),
    ("!1", "the operand of ! must be a Bool, not Int"),
    ("nil && true", "a condition must be a Bool, not nil"),
    ("1 ? 2 : 3", "a condition must be a Bool, not Int"),
    ("3..<1", "the range 3..<1 ends before it begins"),
    ("1..<2.5", "the bounds of a range must be Ints, not Double"),
    ("deferred() == 1", "the left side of a comparison is a Deferred that was not awaited"),
    ("\"\\(deferred())\"", "a value in a string is a Deferred that was not awaited"),
    ("if deferred() { }", "a condition is a Deferred that was not awaited"),
    ("[1][deferred()]", "an index is a Deferred that was not awaited"),
    ("deferred()()", "what is called is a Deferred that was not awaited"),
    ("for x in deferred() { }", "what a for loop goes over is a Deferred that was not awaited"),
    ("let d = deferred()\nd.json", "a Deferred has no member \"json\": it was not awaited"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  @Test func collectionsThatHoldThemselvesAreComparedWithinBounds() throws {
    let host = ScriptHost()
    #expect(try host.run("let a = [1]\na.append(a)\na == a") == "true")
    #expect(
      try host.run("let b = [1]\nb.append(b)\nlet c = [1]\nc.append(c)\nb == c")
        == "error: the values are nested too deeply to compare")
  }
}
