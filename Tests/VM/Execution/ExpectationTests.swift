import Testing

@testable import VM

/// What an `expect` that fails says of its condition.
struct ExpectationTests {
  private func message(_ condition: String, _ member: String = "message") throws -> String {
    try ScriptHost().run("do { expect(\(condition)) } catch { error.\(member) }")
  }

  @Test(arguments: [
    ("1 + 1 == 3", "2 == 3"), ("\"a\" != \"a\"", "\\\"a\\\" != \\\"a\\\""),
    ("2 < 1", "2 < 1"), ("3 <= 1", "3 <= 1"), ("1 > 2 + 3", "1 > 5"), ("0.5 >= 1", "0.5 >= 1"),
    ("!(1 == 1)", "!(1 == 1)"), ("!!(1 > 2)", "!!(1 > 2)"),
    ("!\"page\".contains(\"a\")", "!\\\"page\\\".contains(\\\"a\\\")"),
    ("[1, 2].contains { $0 > 3 }", "[1, 2].contains({ … })"), ("[1].isEmpty", "[1].isEmpty"),
    ("\"a,b\".split(separator: \",\") == [\"a\"]", "[\\\"a\\\", \\\"b\\\"] == [\\\"a\\\"]"),
    ("await after(1s) != nil", "nil != nil"), ("4s + 343183ns < 3s", "4.000343183s < 3s"),
  ])
  func bothSidesAreShown(condition: String, shown: String) throws {
    #expect(try message(condition) == "\"the expectation does not hold: \(shown)\"")
  }

  @Test(arguments: [
    ("5 == 5 && 5 > 7", "5 == 5 && 5 > 7"), ("5 > 7 || 5 < 3", "5 > 7 || 5 < 3"),
    ("5 == 6 && 1 / 0 == 1", "5 == 6 && …"), ("false && true", "false && …"),
    ("!(1 == 1 || [1][7] == 1)", "!(1 == 1 || …)"),
    ("(1 == 2 || 2 == 3) && 1 == 1", "(1 == 2 || 2 == 3) && …"),
    (
      "1 == 1 && (2 == 3 || !\"a\".isEmpty && 4 == 5)", "1 == 1 && (2 == 3 || (!\\\"a\\\".isEmpty && 4 == 5))"
    ),
    ("1 == 1 && 2 == 2 && 3 == 4 && 5 == 5", "1 == 1 && 2 == 2 && 3 == 4 && …"),
  ])
  func eachPartOfWhatIsJoinedIsShown(condition: String, shown: String) throws {
    #expect(try message(condition) == "\"the expectation does not hold: \(shown)\"")
  }

  @Test(arguments: ["1 == 1 && nil", "nil || 1 == 1", "!(true && 3)"])
  func whatIsNoBoolIsRefused(condition: String) throws {
    #expect(try message(condition, "kind") == "\"type\"")
  }

  @Test(arguments: ["1 == 1 && 2 == 2", "1 == 2 || 2 == 2", "!(1 == 2 && true)", "false || !false"])
  func whatHoldsHolds(condition: String) throws {
    #expect(try ScriptHost().run("expect(\(condition))") == "nil")
  }

  @Test(arguments: ["false", "[1][0] == 1 ? false : true"])
  func ofOtherConditionsNothingIsShown(condition: String) throws {
    #expect(try message(condition) == "\"the expectation does not hold\"")
  }

  @Test func eachPartIsEvaluatedOnceAndInOrder() throws {
    let text = """
      var log = []
      func part(n) { log.append(n); n }
      do { expect(part(1) + part(2) == part(4), "sum \\(part(5))") } catch { log.append(error.message) }
      do { expect([part(6)].contains(part(7))) } catch { log.append(error.message) }
      log
      """
    #expect(
      try ScriptHost().run(text)
        == "[1, 2, 4, 5, \"sum 5: 3 == 4\", 6, 7, \"the expectation does not hold: [6].contains(7)\"]")
  }

  @Test func aVariableThatTheRightSideChangesIsShownAsItWasCompared() throws {
    let text = """
      var n = 1
      func next() { n += 1; n }
      do { expect(n == next()) } catch { error.message }
      """
    #expect(try ScriptHost().run(text) == "\"the expectation does not hold: 1 == 2\"")
  }

  @Test func aFunctionOfThatNameIsNoExpectation() throws {
    #expect(try ScriptHost().run("func expect(a) { [a] }\nexpect(1 == 2)") == "[false]")
    #expect(try ScriptHost().run("do { let expect = { [$0] }\n expect(1 == 2) }") == "[false]")
  }

  @Test(arguments: [
    (
      "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14]",
      "they differ at [12]: 13 and 14"
    ),
    ("Bytes(\"abc\") == Bytes(\"abd\")", "they differ at [2]: 99 and 100"),
    ("Bytes(\"abc\") == Bytes(\"ab\")", "nil"),
    (
      "[\"a\": Bytes(\"x\")] == [\"a\": Bytes(\"y\")]",
      "at [\\\"a\\\"] they differ at [0]: 120 and 121"
    ),
    (
      "\"\u{E9}\" == \"e\u{301}\"",
      "they differ from character 1 on: \\\\u{E9} and \\\\u{65}\\\\u{301}"
    ),
    ("Array(0..<50) == Array(0..<51)", "the first has 50 elements, the second 51"),
    (
      "[\"a\": \"x\".repeated(50), \"b\": 1] == [\"a\": \"x\".repeated(50), \"b\": 2]",
      "they differ at [\\\"b\\\"]: 1 and 2"
    ),
    (
      "[\"items\": (0...99).map { [\"id\": $0, \"name\": \"n\\($0)\"] }] == [\"items\": (0...99).map { [\"id\": $0, \"name\": $0 == 50 ? \"other\" : \"n\\($0)\"] }]",
      "they differ at [\\\"items\\\"][50]: [\\\"id\\\": 50, \\\"name\\\": \\\"n50\\\"] and [\\\"id\\\": 50, \\\"name\\\": \\\"other\\\"]"
    ),
    (
      "[\"a\": [1, \"x\".repeated(500) + \"y\"]] == [\"a\": [1, \"x\".repeated(500) + \"z\"]]",
      "at [\\\"a\\\"][1] they differ from character 501 on: …\\\"xxxxxxxxxxxxxxxy\\\" and …\\\"xxxxxxxxxxxxxxxz\\\""
    ),
    (
      "[\"a\": Array(0..<50)] == [\"a\": Array(0..<51)]",
      "at [\\\"a\\\"] the first has 50 elements, the second 51"
    ),
    ("[\"a\": \"x\".repeated(50)] == [\"b\": 1]", "only the first has [\\\"a\\\"]"),
    ("[\"b\": 1] == [\"b\": 1, \"c\": \"x\".repeated(50)]", "only the second has [\\\"c\\\"]"),
    (
      "\"x\".repeated(60) + \"é\" == \"x\".repeated(60) + \"è\"",
      "they differ from character 61 on: …\\\"xxxxxxxxxxxxxxxé\\\" and …\\\"xxxxxxxxxxxxxxxè\\\""
    ),
    (
      "\"x\".repeated(60) == \"x\".repeated(61)",
      "they differ from character 61 on: the end and …\\\"xxxxxxxxxxxxxxxx\\\""
    ),
    (
      "\"line\\n\".repeated(20) + \"one\\nend\" == \"line\\n\".repeated(20) + \"two\\nend\"",
      "they differ from line 21, character 1 on: \\\"one\\\" and \\\"two\\\""
    ),
    (
      "\"line\\n\".repeated(20) + \"a\\r\\nb\" == \"line\\n\".repeated(20) + \"a\\rb\"",
      "they differ from line 22, character 1 on: \\\"\\\\nb\\\" and \\\"b\\\""
    ),
  ])
  func ofLongValuesThePlaceWhereTheyDifferIsSaid(condition: String, help: String) throws {
    #expect(try message(condition, "help") == (help == "nil" ? help : "\"\(help)\""))
  }

  @Test func whatIsShownIsBounded() throws {
    #expect(
      try message("Array(0..<10000) == [1]").hasSuffix(", … 9922 more] == [1]\""))
    #expect(try message("[[0, 1]] + Array(0..<10000) == [Array(0..<10000)]").hasSuffix("… 9922 more]]\""))
    let text = try message("\"x\".repeated(3_000_000) == \"y\".repeated(3_000_000)")
    #expect(text.utf8.count < 1_000)
  }
}
