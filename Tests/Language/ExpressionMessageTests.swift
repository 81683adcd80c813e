import Testing

@testable import Language

@Suite("Messages about expressions and routes")
struct ExpressionMessageTests {
  @Test(
    "explains expressions and routes that cannot be read",
    arguments: [
      (
        "x === y; x !== y",
        [
          "there is no ===: == compares by value [===] — write ==",
          "there is no !==: != compares by value [!==] — write !=",
        ]
      ),
      (
        "x ** 2",
        [
          "there is no operator ** [**] — write pow(a, b)"
        ]
      ),
      (
        "x & y; x | y; x << 2",
        [
          "there is no operator &: Int has no bit operations [&] — for conditions write &&",
          "there is no operator |: Int has no bit operations [|] — for conditions write ||",
          "there is no operator <<: Int has no bit operations [<<]",
        ]
      ),
      (
        "x &+ y",
        [
          "there are no wrapping operators: an Int that overflows is an error [&+] — leave out the &"
        ]
      ),
      (
        "x := 3",
        [
          "there is no := [:=] — declare with let name = … or var name = …"
        ]
      ),
      (
        "let x := 3",
        [
          "there is no := [:=] — declare with let name = … or var name = …"
        ]
      ),
      (
        "xs.map((x) -> x + 1)",
        ["there is no -> [->] — write closures as { x in … }"]
      ),
      (
        "f(x => x)",
        [
          "there is no => [=>] — write closures as { x in … }"
        ]
      ),
      (
        "a.\nlet t = 2",
        ["expected the name of a member, found the end of the line []"]
      ),
      (
        "a.\ncatch { 1 }",
        []
      ),
      (
        "print(`hello ${name}`, `two words`, `a \"quoted\" ${f({})}`)",
        [
          #"strings are written with double quotes [`hello ${name}`] — write "hello \(name)""#,
          #"strings are written with double quotes [`two words`] — write "two words""#,
          #"strings are written with double quotes [`a "quoted" ${f({})}`] — write "…\(name)…""#,
        ]
      ),
      (
        "let t = `two\nlines of ${x}`\nlet u = `one",
        [
          #"strings are written with double quotes [`two⏎lines of ${x}`] — write "…\(name)…""#,
          "a name in backticks ends with a backtick [`one] — write `name`",
        ]
      ),
      (
        "0..5",
        [
          "a range has two or three dots and says whether it ends [..] — write ..< or ..."
        ]
      ),
      (
        "x @ y",
        [
          "there is no operator @ here [@]"
        ]
      ),
      (
        "a < b < c",
        [
          "comparisons do not chain [<] — write a < b && b < c"
        ]
      ),
      (
        "1...2...3",
        [
          "ranges do not chain [...]"
        ]
      ),
      (
        "(1...)",
        [
          "a range has both ends [...] — write both, as in 1..<xs.count"
        ]
      ),
      (
        "[...3]",
        [
          "a range has both ends [...] — write both, as in 0..<xs.count or 1...Int.max"
        ]
      ),
      (
        "+5",
        [
          "there is no + before a value [+] — leave it out"
        ]
      ),
      (
        "x! + x!.y",
        [
          "there is nothing to unwrap: a value that may be nil is used as it is [!] — leave out the !",
          "there is nothing to unwrap: a value that may be nil is used as it is [!] — leave out the !",
        ]
      ),
      (".25 + 1", ["a number does not begin with its point [.] — write 0.25"]),
      ("1 <> 2", ["there is no <>: what is unequal is written != [<>] — write !="]),
      (
        "f(&x)",
        [
          "there is no & before an argument: a function gets the value itself [&]"
            + " — leave out the &; an Array and a Dictionary are shared, so what the function changes is seen"
        ]
      ),
      (
        "{ $0 + $2 }(1, 2, 3)",
        [
          "a block alone is no statement [{]"
            + " — write do { … } for a scope, return { … } or let f = { … } for a closure"
        ]
      ),
      (
        ".foo",
        [
          "a member needs a value before its dot [.]"
            + " — options such as .up or .whitespaces are members here: ceil(x), .trimmed()"
        ]
      ),
      (
        #""\()""#,
        [
          #"this interpolation is empty [\()] — write a value between the parentheses"#
        ]
      ),
      (
        #""\(a b) \(c +)" + "#,
        [
          #"expected ")", found "b" [b]"#,
          #"expected a value, found ")" [)]"#,
          "expected a value, found the end of the text []",
        ]
      ),
      (
        "(a, b)",
        [
          "there are no tuples here [(] — write an array: [a, b]"
        ]
      ),
      (
        "()",
        [
          "there is no empty value () [()] — write nil"
        ]
      ),
      (
        #"f { "a": 1 }"#,
        [
          #"dictionaries are written in brackets [{] — write ["key": value]"#
        ]
      ),
      (
        "[1: 2, 3]",
        [
          "a dictionary has a value for every key []] — write [key: value, …], or [a, b] for an array"
        ]
      ),
      (
        "[1, 2: 3]",
        [
          "a dictionary has a value for every key [:] — write [key: value, …], or [a, b] for an array"
        ]
      ),
      (
        "$0",
        [
          "$0, $1 … stand only in closures [$0] — declare a parameter"
        ]
      ),
      (
        "for x in xs.filter { true } { }",
        [
          #"unexpected "{" [{] — in the head of if, while, for or guard a closure stands in parentheses: xs.map({ … })"#
        ]
      ),
      (
        "f { x in $0 }",
        [
          "this closure names its parameters, so it has no $0, $1 … [$0] — use the names"
        ]
      ),
      (
        "f(func (x) { x })",
        [
          "a function without a name is a closure [func] — write { x, y in … }"
        ]
      ),
      (
        "not x",
        [
          #"there is no "not" here [not] — write !"#
        ]
      ),
      (
        "a and b or c",
        [
          #"there is no "and" here [and] — write &&"#,
          #"there is no "or" here [or] — write ||"#,
        ]
      ),
      (
        "x is Int",
        [
          #"there is no "is" here [is] — write == to compare, type(of: x) for a type"#
        ]
      ),
      (
        "x as String",
        [
          #"there is no "as" here [as] — write String(x), Int(x) or Double(x)"#
        ]
      ),
      (
        "x in xs",
        [
          #"there is no "in" here [in] — write xs.contains(x)"#
        ]
      ),
      (
        #"""
        x ? 1
        let y = 2
        """#,
        [
          #"expected ":" and the other value, found "let" [let]"#
        ]
      ),
      (
        "x.3.",
        [
          "expected the name of a member, found the end of the text []"
        ]
      ),
      (
        "f(1 2)",
        [
          #"expected "," or ")", found "2" [2]"#
        ]
      ),
      (
        #""a" { }"#,
        [
          #"unexpected "{" [{]"#
        ]
      ),
      (
        #"route get "/" { }"#,
        [
          "there is no method get [get] — did you mean GET?"
        ]
      ),
      (
        #"route PUTT "/" { }"#,
        [
          "there is no method PUTT [PUTT] — did you mean PUT?"
        ]
      ),
      (
        #"route GET, GET "/" { }"#,
        [
          "GET stands here twice [GET]"
        ]
      ),
      (
        #"route "/\(x)" { }"#,
        [
          #"the pattern of a route is a plain string ["/\(x)"] — a part that varies is a parameter: "/items/<int:id>""#
        ]
      ),
      (
        #"route "x" { }"#,
        [
          #"the pattern of a route begins with / ["x"]"#
        ]
      ),
      (
        #"route "/<a" { }"#,
        [
          "this parameter of the pattern is not closed [<a] — close it with >"
        ]
      ),
      (
        #"route "/<int:>/<1>" { }"#,
        [
          "a parameter of a pattern is a name [<int:>] — write <name> or <int:name>",
          "a parameter of a pattern is a name [1] — write <name> or <int:name>",
        ]
      ),
      (
        #"route "/<a>/<int:a>" { }"#,
        [
          #"two parameters of the pattern are named "a" [a]"#
        ]
      ),
      (
        #"route "/<request>" { }"#,
        [
          #"a parameter of a pattern cannot be named "request": that is the request itself [request]"#
        ]
      ),
      (
        #"route "/<a>" { a in a }"#,
        [
          "a handler lists no parameters: they come from the pattern, and request is there too [a] — leave out the names and the in"
        ]
      ),
      (
        #"route "/<a>" { a in"#,
        [
          "this { is never closed [{]",
          "a handler lists no parameters: they come from the pattern, and request is there too [a] — leave out the names and the in",
        ]
      ),
      (
        #"""
        route "/<a>" { (a, b) in
         a }
        """#,
        [
          "a handler lists no parameters: they come from the pattern, and request is there too [(a, b)] — leave out the names and the in"
        ]
      ),
      (
        "route GET { }",
        [
          #"expected the pattern of the route, as in "/items/<int:id>", found "{" [{]"#
        ]
      ),
    ] as [(String, [String])])
  func expressions(_ text: String, _ expected: [String]) {
    #expect(check(text) == expected)
  }
}
