import Testing

/// Operands are read from left to right, whatever those to the right do.
struct EvaluationOrderTests {
  @Test(arguments: [
    // A variable on the left was read only after an `if` on the right had assigned to it.
    ("func f() { var x = 1\n let y = x + (if true { x = 10\n 1 } else { 0 })\n y }\nf()", "2"),
    (
      "func f() { var x = 1\n (x < (if true { x = 10\n 5 } else { 0 })) ? \"old\" : \"new\" }\nf()", "\"old\""
    ),
    ("func f() { var x = 1\n let r = x..<(if true { x = 9\n 5 } else { 0 })\n r }\nf()", "1..<5"),
    (
      "func f() { var a = [1, 2]\n let b = a\n a[0] = if true { a = [7, 7]\n 5 } else { 0 }\n b }\nf()",
      "[5, 2]"
    ),
    ("func f() { var i = 0\n let a = [1, 2]\n a[i] = if true { i = 1\n 5 } else { 0 }\n a }\nf()", "[5, 2]"),
    ("func f() { var x = 1\n x += if true { x = 10\n 1 } else { 0 }\n x }\nf()", "2"),
    ("var log = []\nfunc n(x) { log.append(x)\n x }\nn(1) + n(2) * n(3)\nlog", "[1, 2, 3]"),
    ("var log = []\nfunc n(x) { log.append(x)\n x }\nn(1) > n(2)\nn(3) >= n(4)\nlog", "[1, 2, 3, 4]"),
    ("var log = []\nfunc n(x) { log.append(x)\n x }\n[n(1), n(2)][n(0)]\nlog", "[1, 2, 0]"),
    (
      "var log = []\nfunc n(x) { log.append(x)\n x }\nlet d = [n(\"a\"): n(1), n(\"b\"): n(2)]\nlog",
      "[\"a\", 1, \"b\", 2]"
    ),
    (
      "var log = []\nfunc n(x) { log.append(x)\n x }\nfunc f(a, b) { [a, b] }\n[f(b: n(1), a: n(2)), log]",
      "[[2, 1], [1, 2]]"
    ),
    ("var log = []\nfunc t() { log.append(1)\n true }\nfalse && t()\ntrue || t()\n1 ?? t()\nlog", "[]"),
    ("func f() { var x = 5\n x = x > 3 && x < 4\n x }\nf()", "false"),
    ("func f() { var x = nil\n x = x ?? [x]\n x }\nf()", "[nil]"),
    ("func f() { var x = 2\n x = x == 2 ? x + 1 : x\n x }\nf()", "3"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }
}
