import Testing

struct ClosureTests {
  @Test(arguments: [
    // A local function took the value of a variable of its block before that had one.
    ("func f() { let x = 5\n func g() { x }\n g() }\nf()", "5"),
    // …and where the variable was written later, something that was no box at all.
    ("func f() { var x = 5\n func g() { x += 1\n x }\n g()\n g() + x }\nf()", "14"),
    ("func f() { let a = 1\n func g() { a + h() }\n let b = 2\n func h() { b }\n g() }\nf()", "3"),
    ("func f(v) { guard let x = v else { return 0 }\n func g() { x * 2 }\n g() }\nf(4)", "8"),
    ("func f() { func a() { b() }\n func b() { 7 }\n a() }\nf()", "7"),
    (
      "func f() { var fs = []\n for i in 0..<3 { let j = i * i\n func g() { j }\n fs.append(g) }\n fs.map { $0() } }\nf()",
      "[0, 1, 4]"
    ),
    ("func make() { var n = 0\n [{ n += 1\n n }, { n }] }\nlet p = make()\np[0]()\np[0]()\np[1]()", "2"),
    (
      "var fs = []\nfor x in [1, 2] { var y = x\n fs.append({ y += 10\n y }) }\n[fs[0](), fs[0](), fs[1]()]",
      "[11, 21, 12]"
    ),
    (
      "var fs = []\nvar n = 0\nwhile n < 3 { let m = n\n fs.append({ m })\n n += 1 }\nfs.map { $0() }",
      "[0, 1, 2]"
    ),
    ("func f() { var x = 1\n let g = { return { return { x += 1\n x } } }\n g()()()\n x }\nf()", "2"),
    ("func f(a, b = { a }) { b() }\nf(3)", "3"),
    ("let fact = { n in var r = 1\n for i in 1...n { r *= i }\n r }\nfact(5)", "120"),
    ("let add = { a, b in a + b }\nadd(1, 2)", "3"),
    ("[1, 2].map { _ in 0 }", "[0, 0]"),
    ("let f = { 42 }\n[f(), f(1), f(1, 2)]", "[42, 42, 42]"),
    ("let f = { [$0, $1] }\n[f(1, 2), f(1, 2, 3)]", "[[1, 2], [1, 2]]"),
    ("let up = \"x\".uppercased\nup()", "\"X\""),
    ("let add = [].append\nadd(1)", "nil"),
    ("var a = [3]\nlet put = a.append\nput(4)\na", "[3, 4]"),
    ("let d = [\"f\": { $0 + 1 }]\nd.f(2)", "3"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }
}
