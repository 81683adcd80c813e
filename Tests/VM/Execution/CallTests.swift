import Testing

struct CallTests {
  // A call that needed a larger stack and then turned out to be wrong went on with the stack from before.
  @Test(arguments: ["wrong: 1", "1, 2, 3", "a: 1, a: 2"])
  func aCallThatMovesTheStackAndFailsIsAnErrorLikeOthers(arguments: String) throws {
    let variables = (0..<200).map { "let v\($0) = a" }.joined(separator: "\n")
    let text = """
      func wide(a, b = 2) {
      \(variables)
      a
      }
      do { wide(\(arguments)) } catch { error.kind }
      """
    #expect(try ScriptHost().run(text) == "\"argument\"")
  }

  @Test(arguments: [
    (
      "func f(a, b = 2, c = 3) { [a, b, c] }\n[f(1), f(1, c: 9), f(c: 7, a: 0), f(1, 5, 6)]",
      "[[1, 2, 3], [1, 2, 9], [0, 2, 7], [1, 5, 6]]"
    ),
    ("func f(a, b = a + 1, c = b * 2) { [a, b, c] }\n[f(1), f(1, 5)]", "[[1, 2, 4], [1, 5, 10]]"),
    ("func f(a = nil) { a }\n[f(), f(nil), f(3)]", "[nil, nil, 3]"),
    // A parameter without a default behind one with a default got a value that was none.
    (
      "func retry(times = 3, body) { [times, body()] }\n[retry { 1 }, retry(5) { 2 }, retry(times: 7) { 3 }]",
      "[[3, 1], [5, 2], [7, 3]]"
    ),
    ("func f(a = 1, b) { [a, b] }\nf(b: 2)", "[1, 2]"),
    ("func f(a = { 1 }) { a() }\n[f(), f { 2 }]", "[1, 2]"),
    ("[\"a\": 1, \"b\": 2].map { key, value in \"\\(key)\\(value)\" }", "[\"a1\", \"b2\"]"),
    ("[\"x\"].enumerated().map { i, x in [i, x] }", "[[0, \"x\"]]"),
    ("[\"a\": 1].map { [$0.key, $0.value, $0.0, $0.1] }", "[[\"a\", 1, \"a\", 1]]"),
    ("type(of: 1)", "\"Int\""),
    ("let f = max\nf(1, 2)", "2"),
    ("let s = \"a,b\".split\ns(\",\")", "[\"a\", \"b\"]"),
    ("let s = \"a-b\".replacing\ns(with: \"+\", text: \"-\")", "\"a+b\""),
    ("func f() { g() }\nfunc g() { 7 }\nf()", "7"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("func f(a = 1, b) { b }\nf(2)", "\"b\" of f() is missing"),
    ("func f(a) { a }\nf(1, a: 2)", "\"a\" of f() is given twice"),
    ("func f(a, b = 1) { a }\nf(1, 2, 3)", "f() takes 1 to 2 arguments, not 3"),
    ("let f = { x, y in x }\nf(1)", "\"y\" of this closure is missing"),
    ("[1].map(1, 2)", "map() takes 1 argument, not 2"),
    ("[1].map()", "\"transform\" of map() is missing"),
    ("[1].map(3)", "\"transform\" of map() must be a function, as { … }, not Int"),
    ("[1].first(2)", "first() takes a function, not Int"),
    ("let f = { [$0, $1] }\nf(1)", "the closure uses $1, but is called with 1 argument"),
    ("let f = { $0 }\nf()", "the closure uses $0, but is called with no arguments"),
    ("[1].map { after(1s) { $0 } }", "the closure uses $0, but is called with no arguments"),
    (
      "let late = { x in x }\nafter(1s, late)",
      "\"body\" of after is called without arguments, but needs \"x\""
    ),
    (
      "deferred().finally { x in x }",
      "\"body\" of Deferred.finally is called without arguments, but needs \"x\""
    ),
    ("deferred().timeout(5)", "\"limit\" of timeout must be a Duration, not a number"),
    ("\"a\".split(separatr: \",\")", "split() has no parameter \"separatr\""),
    ("abs()", "\"number\" of abs() is missing"),
    ("3()", "Int cannot be called: it is no function"),
    ("let d = [\"a\": 1]\nd.a()", "\"a\" is no function"),
    ("nil.f()", "nil has no member \"f\""),
    ("sqrt(\"a\")", "\"number\" of sqrt must be a number, not String"),
    ("sleep(2)", "\"delay\" of sleep must be a Duration, not a number"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  // The prelude used the same names as the notebook, so `let min = 3` broke sorting.
  @Test func namesOfTheNotebookDoNotDisturbThePrelude() throws {
    let host = ScriptHost()
    let text =
      "let min = 1\nlet Array = 2\nlet race = 3\nlet settled = 4\nlet elapsed = 5\nfunc __apply() { 6 }\n"
      + "[[3, 1, 2].sorted { $0 < $1 }, (1...2).map { $0 }, await after(1s) { 7 }.timeout(2s)]"
    #expect(try host.run(text) == "[[1, 2, 3], [1, 2], 7]")
  }
}
