import Testing

@testable import VM

struct ControlFlowTests {
  @Test(arguments: [
    // Conditions that negate became backward jumps that were right, but uncounted; see BudgetTests.
    ("var n = 3\nwhile !(n == 0) { n -= 1 }\nn", "0"),
    ("var n = 3\nwhile !(n < 1) { n -= 1 }\nn", "0"),
    ("var n = 3\nvar done = false\nwhile !done { n -= 1\n done = n == 0 }\nn", "0"),
    ("var n = 0\nwhile n < 10 && n != 5 || n == 5 { n += 1 }\nn", "10"),
    ("var n = 0\nwhile let x = [1, 2, 3].first, n < x + 4 { n += 1 }\nn", "5"),
    // `guard let` at the outermost level tested nothing and declared nothing.
    ("guard let x = [7].first else { throw \"none\" }\nx", "7"),
    ("guard let x = [].first else { throw \"none\" }\nx", "error: none"),
    // `_` in a condition was not even evaluated.
    ("if let _ = nil { 1 } else { 2 }", "2"),
    ("func f() { let _ = 1\n var n = 0\n if let _ = 3 { n = 4 }\n n }\nf()", "4"),
    (
      "var out = []\nfor i in 0..<3 { for j in 0..<3 { if j == 1 { continue }\n if i == 2 { break }\n out.append(i * 10 + j) } }\nout",
      "[0, 2, 10, 12]"
    ),
    ("var n = 0\nfor i in 5..<5 { n += 1 }\nn", "0"),
    ("var t = 0\nfor i in 9223372036854775806...9223372036854775807 { t += 1 }\nt", "2"),
    ("var out = []\nfor (k, v) in [\"b\": 1, \"a\": 2] { out.append(k) }\nout", "[\"b\", \"a\"]"),
    (
      "var out = []\nfor (i, x) in [\"p\", \"q\"].enumerated() { out.append(\"\\(i)\\(x)\") }\nout",
      "[\"0p\", \"1q\"]"
    ),
    ("var out = []\nfor c in \"a👍🏽é\" { out.append(c) }\nout.count", "3"),
    ("var out = []\nfor pair in [\"a\": 1] { out.append(pair.key) }\nout", "[\"a\"]"),
    // The body changes what the loop goes over.
    (
      "var a = [1, 2, 3]\nvar n = 0\nfor x in a { n += 1\n if n < 10 { a.append(x) } }\n[n, a.count]",
      "[12, 12]"
    ),
    ("var a = [1, 2, 3]\nvar seen = []\nfor x in a { seen.append(x)\n a.removeAll() }\nseen", "[1]"),
    ("var a = [1, 2, 3]\nvar seen = []\nfor x in a { seen.append(x)\n a = [] }\nseen", "[1, 2, 3]"),
    ("let d = [\"a\": 1]\nfor (k, v) in d { d[\"b\"] = 2\n d[\"c\"] = 3 }\nd.count", "3"),
    ("func f(c) { if c { 1 } }\n[f(false), f(true)]", "[nil, 1]"),
    ("let x = if false { 1 } else if true { 2 } else { 3 }\nx", "2"),
    (
      "func f(n) { if n > 0 { \"+\" } else if n < 0 { \"-\" } else { \"0\" } }\n[f(1), f(-1), f(0)]",
      "[\"+\", \"-\", \"0\"]"
    ),
    ("func f() { while true { for i in 0..<9 { if i == 4 { return i } } } }\nf()", "4"),
    ("func f() { let x = 1 }\nf()", "nil"),
    ("func f() {}\nf()", "nil"),
    ("do { 1 + 1 }", "2"),
    ("let a = if true { do { throw \"x\" } catch e { e.message } } else { 0 }\na", "\"x\""),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test func anUnderscoreDeclaresNoGlobal() throws {
    let host = ScriptHost()
    _ = try host.run("let _ = 5\nfor _ in 0..<2 { let _ = 6 }")
    #expect(try host.run("_") == "error: \"_\" is not defined")
  }
}
