import Testing

@testable import VM

/// Texts and what they give.
struct LanguageRunsTests {
  @Test(arguments: [
    ("1 + 2 * 3", "7"),
    ("7 / 2", "3"),
    ("7.0 / 2", "3.5"),
    ("-7 % 3", "-1"),
    ("1 < 2 && !(2 < 1)", "true"),
    ("nil ?? 3", "3"),
    ("\"a\\(1 + 1)b\\(\"c\")\"", "\"a2bc\""),
    ("[1, 2] == [1, 2]", "true"),
    ("[\"a\": 1, \"b\": [2]]", "[\"a\": 1, \"b\": [2]]"),
    ("var x = 1\nx += 4\nx", "5"),
    ("func add(a, b = 2) { a + b }\n[add(1), add(1, 5), add(b: 1, a: 1)]", "[3, 6, 2]"),
    ("var t = 0\nfor i in 0..<5 { t += i }\nt", "10"),
    ("var t = 0\nfor i in 1...3 { if i == 2 { continue }\n t += i }\nt", "4"),
    ("var t = []\nfor (k, v) in [\"a\": 1, \"b\": 2] { t.append(\"\\(k)\\(v)\") }\nt", "[\"a1\", \"b2\"]"),
    ("var n = 10\nwhile n > 3 { n -= 1\n if n == 5 { break } }\nn", "5"),
    ("[3, 1, 2].sorted()", "[1, 2, 3]"),
    ("[3, 1, 2].sorted { $0 > $1 }", "[3, 2, 1]"),
    ("[1, 2, 3].map { $0 * 2 }.filter { $0 > 2 }.reduce(0) { $0 + $1 }", "10"),
    ("let f = { x in return { y in x + y } }\nf(1)(2)", "3"),
    ("func f() { var n = 0\n return { n += 1\n n } }\nlet g = f()\ng()\ng()\ng()", "3"),
    ("var fs = []\nfor i in 0..<3 { fs.append({ i }) }\nfs.map { $0() }", "[0, 1, 2]"),
    ("func fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }\nfib(15)", "610"),
    ("let x = if 1 < 2 { \"yes\" } else { \"no\" }\nx", "\"yes\""),
    ("1 < 2 ? 3 : 4", "3"),
    ("do { throw \"bad\" } catch error { error.message }", "\"bad\""),
    ("do { [].removeFirst() } catch { error.kind }", "\"index\""),
    ("[\"a\": 1].a", "1"),
    ("let d = [\"a\": [\"b\": 2]]\n[d.a.b, d?.x, d.a?.c]", "[2, nil, nil]"),
    ("let n = nil\nn?.a.b.c", "nil"),
    ("\"héllo\".uppercased().count", "5"),
    ("2s + 500ms", "2.5s"),
    ("1.5 * 2s", "3s"),
    (
      "func even(n) { n == 0 ? true : odd(n - 1) }\nfunc odd(n) { n == 0 ? false : even(n - 1) }\neven(10)",
      "true"
    ),
    (
      "func f() { func a(n) { n == 0 ? \"a\" : b(n - 1) }\n func b(n) { n == 0 ? \"b\" : a(n - 1) }\n a(3) }\nf()",
      "\"b\""
    ),
    ("if let x = [1].first { x + 1 } else { 0 }", "2"),
    (
      "func f(x) { guard let y = x else { return \"none\" }\n \"got \\(y)\" }\n[f(nil), f(1)]",
      "[\"none\", \"got 1\"]"
    ),
    ("json(\"{\\\"a\\\": [1, 2.5, null, true, \\\"x\\\"]}\")", "[\"a\": [1, 2.5, nil, true, \"x\"]]"),
    ("toJSON([\"a\": [1, nil]])", "\"{\\\"a\\\":[1,null]}\""),
    ("html \"<b>\\(\"<i>\")</b>\"", "html \"<b>&lt;i&gt;</b>\""),
    ("type(of: 1s)", "\"Duration\""),
    ("let a = [1, 2, 3]\na[1...2]", "[2, 3]"),
    ("min(3, 1, 2) + max([4, 5])", "6"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("1 / 0", "division by zero"),
    ("9223372036854775807 + 1", "9223372036854775807 + 1 does not fit into an Int"),
    ("[1][1]", "index 1 is out of range: the array has 1 element, at 0"),
    ("[].removeFirst()", "removeFirst() on an array that was empty"),
    ("1 + \"a\"", "+ cannot be applied to Int and String"),
    ("if 1 { 2 }", "a condition must be a Bool, not Int"),
    ("nosuch", "\"nosuch\" is not defined"),
    ("[\"a\": 1].b", "the dictionary has no key \"b\": its keys are a"),
    ("\"x\".upercased()", "String has no member \"upercased\""),
    ("deferred() + 1", "the left side of + is a Deferred that was not awaited"),
    ("func f(a) { a }\nf()", "\"a\" of f() is missing"),
    ("func f(a) { a }\nf(1, 2)", "f() takes 1 argument, not 2"),
    ("func f(a) { a }\nf(b: 2)", "f() has no parameter \"b\""),
    ("func f() { f() }\nf()", "calls are nested too deeply"),
    ("json(\"[1,\")", "not JSON: the text ends where a value should be, line 1, column 4"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }
}
