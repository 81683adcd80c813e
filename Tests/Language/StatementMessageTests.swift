import Testing

@testable import Language

@Suite("Messages about statements")
struct StatementMessageTests {
  @Test(
    "explains statements that cannot be read",
    arguments: [
      (
        "for x in xs where x > 1 { x }",
        [
          "a loop has no where in its head [where] — write for x in xs.filter { … } { … }, or an if in its body"
        ]
      ),
      (
        "if case 1 = a { }",
        ["there are no patterns to match here [case] — write == to compare, if let x = … for what may be nil"]
      ),
      (
        "do { f() } catch is Error { }",
        ["catch takes every error [Error] — look at error.kind in its body, and throw error on"]
      ),
      (
        "func h() async throws { 1 }",
        [
          "any function may wait or throw: none says so [async] — leave out the async",
          "any function may wait or throw: none says so [throws] — leave out the throws",
        ]
      ),
      ("async let n = 1", ["there is no async let here [let] — write let name = async { … }"]),
      (
        "xs.map { x -> Int in x }",
        [
          "functions have no result types here: a value knows its own [-> Int] — leave out the -> and the type"
        ]
      ),
      ("[x for x in xs]", ["arrays are not made by a loop in brackets [for] — write xs.map { x in … }"]),
      (
        #""\(a, specifier: b)""#,
        ["an interpolation holds one value [,] — for a format use members, as in x.formatted(decimals: 2)"]
      ),
      ("---1", ["there is no -- [--] — write n -= 1"]),
      ("get \"/x\" { 1 }", ["a route begins with the word route [get] — write route GET \"/x\" { … }"]),
      ("POST \"/x\" { 1 }", ["a route begins with the word route [POST] — write route POST \"/x\" { … }"]),
      ("get \"/x\"", ["unexpected string [\"] — for a call write get(…)"]),
      (
        "websocket \"/ws\" { 1 }",
        ["unexpected string [\"] — write socket \"/path\" { ws in … }"]
      ),
      (
        "@app.route(\"/x\")",
        [
          "there is no @ here [@] — a route is written route GET \"/path\" { … }, without a function to decorate"
        ]
      ),
      (
        "let x = 1\n%quit",
        [
          "a command with % is no statement of a cell [%] — it is typed at the prompt, as a line of its own; leave it out here"
        ]
      ),
      (
        "for i in 0.<3 { }",
        ["a range has two or three dots and says whether it ends [<] — write 0..<"]
      ),
      ("throw new Error(\"x\")", ["there is no \"new\" here [new] — write a plain call"]),
      ("f(new Date())", ["there is no \"new\" here [new] — write a plain call"]),
      ("if let z = new Foo() { 1 }", ["there is no \"new\" here [new] — write a plain call"]),
      ("let v = t?[1]:[2]", ["a choice has a space before its ? [:] — write t ? [1] : …"]),
      (
        "let v = if c { 1 } else { 2 }.count",
        [
          "unexpected \".\" [.] — an if that a value is made of stands in parentheses: (if x { a } else { b })"
        ]
      ),
      (
        "if c { 1 } else { 2 } + 5",
        [
          "unexpected \"+\" [+] — an if that a value is made of stands in parentheses: (if x { a } else { b })"
        ]
      ),
      (
        "if c { 1 }\n.count",
        [
          "a member needs a value before its dot [.] — a member of an if needs parentheses around it: (if x { a } else { b }).count"
        ]
      ),
      (
        "lazy var q = 5",
        [#"there is no "lazy" here: every name of a cell is known in all cells [lazy] — leave it out"#]
      ),
      ("lett b = 2", [#"there is no "lett" that a statement begins with [lett] — did you mean let?"#]),
      ("retrun 2", [#"there is no "retrun" that a statement begins with [retrun] — did you mean return?"#]),
      (
        "rout \"/\" { 1 }", [#"there is no "rout" that a statement begins with [rout] — did you mean route?"#]
      ),
      (
        "func f(a...) { a }",
        ["a parameter takes one value [...] — pass an array: f([1, 2])"]
      ),
      (
        "let r = do { 5 } catch { 6 }",
        [
          "do is a statement, not a value [do]"
            + " — write var x = nil before it and x = … in it, or a func that returns"
        ]
      ),
      ("lambda x: x", [#"there is no "lambda" here [lambda] — write { x in … }"#]),
      (
        "a ~= 2", ["there is no operator ~: Int has no bit operations [~] — for ~= write (1...3).contains(x)"]
      ),
      (
        "{ 1 }",
        [
          "a block alone is no statement [{] — write do { … } for a scope, return { … } or let f = { … } for a closure"
        ]
      ),
      (
        "else { }",
        [
          "this else belongs to no if [else]"
        ]
      ),
      (
        "catch { }",
        [
          "this catch belongs to no do [catch] — write do { … } catch { … }"
        ]
      ),
      (
        #"""
        let x
        a
        """#,
        [
          "let gives a name a value [x] — write let x = …"
        ]
      ),
      (
        "let (a, b) = c",
        [
          "let and var declare one name [(] — write let x = …, then x.0 and x.1 of a pair or an array, x.name of a dictionary"
        ]
      ),
      (
        "let x: Int = 3; var y: [String: Int]? = nil",
        [
          "names have no types here: a value knows its own [: Int] — leave out the type",
          "names have no types here: a value knows its own [: [String: Int]?] — leave out the type",
        ]
      ),
      (
        "func f(a: Int, b: [Int] = []) -> [String]? { a }",
        [
          "names have no types here: a value knows its own [: Int] — leave out the type",
          "names have no types here: a value knows its own [: [Int]] — leave out the type",
          "functions have no result types here: a value knows its own [-> [String]?] — leave out the -> and the type",
        ]
      ),
      (
        "f { (a: Int) -> Int in a }",
        [
          "names have no types here: a value knows its own [: Int] — leave out the type",
          "functions have no result types here: a value knows its own [-> Int] — leave out the -> and the type",
        ]
      ),
      (
        "func f(of a) { }",
        [
          "a parameter has one name, which is its label too [of] — leave out the first of the two"
        ]
      ),
      (
        "func f(a, a) { }",
        [
          #"two parameters are named "a" [a]"#
        ]
      ),
      (
        "func (a) { }",
        [
          #"expected the name of the function, found "(" [(]"#
        ]
      ),
      (
        "func f { }",
        [
          #"expected "(" and the parameters, found "{" [{]"#
        ]
      ),
      (
        "let let = 3",
        [
          #"expected a name, found "let" [let] — let is a word of the language; as a name it stands in backticks"#
        ]
      ),
      (
        "switch x { }",
        [
          "there is no switch here [switch] — write if … { } else if … { }"
        ]
      ),
      (
        "struct A { }",
        [
          #"there are no types of your own here [struct] — use a dictionary, as in ["name": "Ada"], and functions"#
        ]
      ),
      (
        "import Foundation",
        [
          "there is nothing to import: everything there is has a name already [import] — leave out this line"
        ]
      ),
      (
        "let y = try f()",
        [
          "a call that may fail needs no try [try] — leave out the try"
        ]
      ),
      (
        "let y = new Foo()",
        [
          #"there is no "new" here [new] — write a plain call"#
        ]
      ),
      (
        "do { } while x",
        [
          "there is no loop with its condition at the end [while] — write while true { … } with a break"
        ]
      ),
      (
        "repeat { x } while y",
        [
          "there is no loop with its condition at the end [repeat] — write while true { … } with a break"
        ]
      ),
      (
        "function f(x) { x }",
        [
          #"there is no "function" here [function] — write func f(…) { … }"#
        ]
      ),
      (
        "const z = 3",
        [
          #"there is no "const" here [const] — write let z = …"#
        ]
      ),
      (
        "if a { } elif b { }",
        [
          #"there is no "elif" here [elif] — write else if"#
        ]
      ),
      (
        "if x: ",
        [
          #"expected "{" and the body of the if, found ":" [:] — a body stands in braces"#
        ]
      ),
      (
        #"""
        for (i = 0; i < 3; i++) { print(i) }
        for i = 0; i < 3; i++ {
          let = 3
        }
        """#,
        [
          "a loop is written for name in sequence { … } [=] — to count, write for i in 0..<10 { … }",
          "a loop is written for name in sequence { … } [=] — to count, write for i in 0..<10 { … }",
          #"expected a name, found "=" [=]"#,
        ]
      ),
      (
        "for x of xs { }",
        [
          #"there is no "of" here [of] — write in"#
        ]
      ),
      (
        "for x { }",
        [
          "a loop is written for name in sequence { … } [{]"
        ]
      ),
      (
        "for (a, b, c) in xs { }",
        [
          "a loop has one name, or two for the pairs of a dictionary [c] — write for x in xs, then x.0, x.1, x.2"
        ]
      ),
      (
        "for a, b in xs { }",
        [
          #"expected "in", found "," [,] — write for (key, value) in …"#
        ]
      ),
      (
        "for (a, a) in xs { }",
        [
          #"two parameters are named "a" [a]"#
        ]
      ),
      (
        "outer: for x in xs { }",
        [
          "loops have no labels here [:] — put the loops into a func and return"
        ]
      ),
      (
        "for x in xs { break outer }",
        [
          "loops have no labels here [outer] — put the loops into a func and return"
        ]
      ),
      (
        "raise x",
        [
          #"there is no "raise" here [raise] — write throw"#
        ]
      ),
      (
        "if { }",
        [
          #"expected a condition, found "{" [{]"#
        ]
      ),
      (
        "f { x, y -> x }",
        [
          #"unexpected "," [,] — the parameters of a closure are followed by in: { x, y in … }"#
        ]
      ),
      (
        "guard x { }",
        [
          #"expected "else" behind the condition, found "{" [{]"#
        ]
      ),
      (
        "}",
        [
          "this } closes nothing [}]"
        ]
      ),
      (
        ")",
        [
          "this ) closes nothing [)]"
        ]
      ),
      (
        "f(])",
        [
          #"expected a value, found "]" []]"#
        ]
      ),
      (
        "a b",
        [
          #"unexpected "b" [b] — for a call write a(…)"#
        ]
      ),
      (
        "let a = 1 let b = 2",
        [
          "two statements on one line [let] — begin a new line, or write ; between them"
        ]
      ),
      (
        "f() = 3; 3 = x; a?.b = 3; await f() = 3; f({ 1 } = 2); a + b = 2",
        [
          "cannot assign to the result of a call [f()]",
          "cannot assign to a literal [3] — to compare, write ==",
          "cannot assign to a value behind ?. [a?.b] — check first: if let value = … { value.name = … }",
          "cannot assign to an awaited value [await f()] — give it a name first: let value = await …",
          "an assignment has no value [=] — write it as a statement of its own",
          "cannot assign to an expression [a + b] — to compare, write ==",
        ]
      ),
      (
        "x = y = 3",
        [
          "an assignment has no value [=] — write it as a statement of its own"
        ]
      ),
      (
        "if x = 3 { }",
        [
          "= assigns, and an assignment is no condition [=] — write =="
        ]
      ),
      (
        "f(a = 3); f(a.b = 3)",
        [
          "labels of arguments end in a colon [=] — write label: value",
          "an assignment has no value [=] — write it as a statement of its own",
        ]
      ),
      (
        "x++; --x",
        [
          "there is no ++ [++] — write x += 1",
          "there is no -- [--] — write x -= 1",
        ]
      ),
      (
        #"""
        f(a
        let y = 3
        """#,
        [
          #"expected "," or ")", found "let" [let]"#
        ]
      ),
      (
        "f(a",
        [
          "this ( is never closed [(]"
        ]
      ),
    ] as [(String, [String])])
  func statements(_ text: String, _ expected: [String]) {
    #expect(check(text) == expected)
  }

  @Test("several errors are told in one pass, and none that only follows from another")
  func recovery() {
    let text = """
      let = 1
      func f( { 2 }
      route "/x" {
          let y 3
          f(
      }
      if { }
      print("\\(a b) ok")
      let d = [1, 2
      let e = 3
      func g(a, b {
          let z = 4
      }
      route GET POST "/a" { 1 }
      x = (1 + 2
      y = 3
      while true { if x { break } else { z( } }
      print("end"
      """
    #expect(
      check(text) == [
        #"expected a name, found "=" [=]"#,
        #"expected the name of a parameter, found "{" [{]"#,
        "let gives a name a value [y] — write let y = …",
        "expected a value, found the end of the line []",
        #"expected a condition, found "{" [{]"#,
        #"expected ")", found "b" [b]"#,
        #"expected "," or "]", found "let" [let]"#,
        #"expected "," or ")", found "{" [{]"#,
        #"expected the pattern of the route, as in "/items/<int:id>", found "POST" [POST]"#,
        #"expected ")", found "y" [y]"#,
        #"expected a value, found "}" [}]"#,
        "this ( is never closed [(]",
      ])
  }
}
