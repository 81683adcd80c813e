import Testing

@testable import Language

@Suite("Parser")
struct ParserTests {
  @Test(
    "reads expressions with Swift's precedence",
    arguments: [
      ("1 + 2 * 3", "(+ 1 (* 2 3))"),
      ("1 - 2 - 3", "(- (- 1 2) 3)"),
      ("(1 - 2) * -x", "(* (- 1 2) (- x))"),
      ("a || b && !c", "(|| a (&& b (! c)))"),
      ("a ?? b ?? c", "(?? a (?? b c))"),
      ("a ?? 0 > 3", "(> (?? a 0) 3)"),
      ("a == b && c < d", "(&& (== a b) (< c d))"),
      ("0..<n + 1", "(..< 0 (+ n 1))"),
      ("1...3", "(... 1 3)"),
      ("a ? b : c ? d : e", "(? a b (? c d e))"),
      ("a?.b.c[0] + 1", "(+ (chain ([] (. (?. a b) c) 0)) 1)"),
      ("a?[1]", "(chain (?[] a 1))"),
      ("(a?.b).c", "(. (chain (?. a b)) c)"),
      ("a ? [1] : [2]", "(? a [1] [2])"),
      ("-5.count", "(. -5 count)"),
      ("-9223372036854775808", "-9223372036854775808"),
      ("pair.0.1", "(. (. pair 0) 1)"),
      ("await get(url).json.origin + 1", "(+ (await (. (. (get url) json) origin)) 1)"),
      ("!await ready()", "(! (await (ready)))"),
      ("async f(1).then { $0 }", "(async {| ((. (f 1) then) ~{*$0| $0})})"),
      ("async { f() }.timeout(2s)", "((. (async {| (f)}) timeout) 2000000000ns)"),
      ("[1, 2,]", "[1 2]"), ("[]", "[]"), ("[:]", "[:]"),
      ("[\"a\": 1, b: [2]]", "[\"a\": 1 b: [2]]"),
      ("get(url, timeout: 2s, in: 3)", "(get url timeout:2000000000ns in:3)"),
      ("type(of: x)", "(type of:x)"),
      ("let x = if a { 1 } else if b { 2 } else { 3 }", "(let x (if a {1} else (if b {2} else {3})))"),
      ("f(if a { 1 } else { 2 })", "(f (if a {1} else {2}))"),
    ])
  func expressions(_ text: String, _ tree: String) {
    #expect(SyntaxDump.dump(text) == tree)
  }

  @Test(
    "reads literals",
    arguments: [
      ("42; 1_000; 0xff; 0b101; 0o17", "42 1000 255 5 15"),
      ("3.14; 1e9; 2.5e-3", "3.14 1000000000.0 0.0025"),
      (
        "250ms; 2s; 5m; 1h; 1.5s; 3us; 4ns; 1d",
        "250000000ns 2000000000ns 300000000000ns 3600000000000ns 1500000000ns 3000ns 4ns 86400000000000ns"
      ),
      ("nil; true; false", "nil true false"),
      (#""a\tb\n\"\u{e9}\\""#, "\"a\tb\\n\\\"é\\\\\""),
      (#""Hi \(user.name)!""#, "(string \"Hi \" (. user name) \"!\")"),
      (#""\(a)\("in \(b)")""#, "(string a (string \"in \" b))"),
      (##"#"raw \n \#(x) ""#"##, "(string \"raw \\\\n \" x \" \\\"\")"),
      (###"##"a"#b"##"###, "\"a\\\"#b\""),
      (##"#"""#"##, "\"\\\"\""),
      (#"html "<b>\(x)</b>""#, "(html \"<b>\" x \"</b>\")"),
      (#"html("<b>\(x)</b>")"#, "(html \"<b>\" x \"</b>\")"),
      (#"html "<br>""#, "(html \"<br>\")"),
      ("html(x)", "(html x)"),
      ("\"\"\"\n  a\n    b \\(x)\n\n  c\n  \"\"\"", "(string \"a\\n  b \" x \"\\n\\nc\")"),
      ("\"\"\"\n  a \\\n  b\n  \"\"\"", "\"a b\""),
      ("\"\"\"\n\"\"\"", "\"\""),
      ("\"\"\"\r\n  a\r\n  \"\"\"", "\"a\""),
      ("\"\"\"\n  \\(a)\n  \\(b)\n  \"\"\"", "(string a \"\\n\" b)"),
    ])
  func literals(_ text: String, _ tree: String) {
    #expect(SyntaxDump.dump(text) == tree)
  }

  @Test(
    "reads closures and calls",
    arguments: [
      ("xs.map { $0 + $1 }", "((. xs map) ~{*$0,$1| (+ $0 $1)})"),
      ("xs.map { $1 }", "((. xs map) ~{*$0,$1| $1})"),
      ("every(5s) { n += 1 }", "(every 5000000000ns ~{*| (+= n 1)})"),
      ("f { x, y in x }", "(f ~{x,y| x})"),
      ("f { (x, y) in\n x\n }", "(f ~{x,y| x})"),
      ("f { () in 1 }", "(f ~{| 1})"),
      ("f { _ in 1 }", "(f ~{_| 1})"),
      ("f({ x in x }, 2)", "(f {x| x} 2)"),
      ("f { a } catch: { b }", "(f ~{*| a} ~catch:{*| b})"),
      (
        "d.then { $0 }\n  .catch { e in nil }\n  ?.finally { }",
        "(chain ((?. ((. ((. d then) ~{*$0| $0}) catch) ~{e| nil}) finally) ~{*| }))"
      ),
      ("xs.map { [$0].map { $0 } }", "((. xs map) ~{*$0| ((. [$0] map) ~{*$0| $0})})"),
      ("xs.map { async $0.run() }", "((. xs map) ~{*$0| (async {| ((. $0 run))})})"),
      ("if xs.map({ $0 }).isEmpty { 1 }", "(if (. ((. xs map) {*$0| $0}) isEmpty) {1})"),
      ("if (xs.contains { $0 }) { 1 }", "(if ((. xs contains) ~{*$0| $0}) {1})"),
      ("f(1)(2)", "((f 1) 2)"),
    ])
  func closures(_ text: String, _ tree: String) {
    #expect(SyntaxDump.dump(text) == tree)
  }

  @Test(
    "reads statements",
    arguments: [
      ("let a = 1, b = 2; var c = a", "(let a 1) (let b 2) (var c a)"),
      ("a = 1\na.b = 2\na[0] += 3\n_ = f()", "(= a 1) (= (. a b) 2) (+= ([] a 0) 3) (let _ (f))"),
      ("func f(a, b = 2) { return\na }", "(func f {a,b=2| (return) a})"),
      ("if a, let b = c, let d { 1 } else { 2 }", "(if a, (let b c), (let d d) {1} else {2})"),
      ("if a { 1 }\nelse if b { 2 }\nelse { 3 }", "(if a {1} else (if b {2} else {3}))"),
      ("if a\n{ 1 }", "(if a {1})"),
      ("guard let a = b else { return 1 }", "(guard (let a b) {(return 1)})"),
      ("while let x = next() { break }", "(while (let x (next)) {(break)})"),
      ("while !xs.removeFirst().resolve(v) { }", "(while (! ((. ((. xs removeFirst)) resolve) v)) {})"),
      ("for x in xs { continue }", "(for x xs {(continue)})"),
      ("for (k, v) in d { }", "(for k,v d {})"), ("for _ in 0..<3 { }", "(for _ (..< 0 3) {})"),
      ("do { 1 } catch { error }", "(do {1} catch error {error})"),
      ("do { 1 }\ncatch e { e }", "(do {1} catch e {e})"),
      ("do { 1 } catch let e { e }", "(do {1} catch e {e})"),
      ("do { 1 }", "(do {1})"), ("defer { f() }", "(defer {| (f)})"), ("throw f(1)", "(throw (f 1))"),
      ("route \"/\" { \"x\" }", "(route [] \"/\" {request| \"x\"})"),
      (
        "route PUT, PATCH \"/a/<int(min=1,max=9):n>/<b>\" { n }",
        "(route [PUT,PATCH] \"/a/<int(min=1,max=9):n>/<b>\" {n,b,request| n})"
      ),
      ("async { route GET \"/x\" { 1 } }", "(async {| (route [GET] \"/x\" {request| 1})})"),
      ("async route GET \"/x\" { 1 }", "(async {| (route [GET] \"/x\" {request| 1})})"),
      ("route = 3; route.x; route(1)", "(= route 3) (. route x) (route 1)"),
      ("before { f() }", "(before {request| (f)})"), ("after { 1 }", "(after {request,response| 1})"),
      ("notFound { nil }", "(notFound {request| nil})"),
      ("onError { error }", "(onError {request,error| error})"),
      (
        "group \"/a/<b>\" { let c = 1; group \"/<d>\" { route GET \"/<e>\" { 1 }; after { 2 } } }",
        "(group \"/a/<b>\" {(let c 1) (group \"/<d>\" {(route [GET] \"/<e>\" {b,d,e,request| 1}) "
          + "(after {b,d,request,response| 2})})})"
      ),
      ("after(2s) { 1 }", "(after 2000000000ns ~{*| 1})"),
      ("before = 1; x.after { 2 }", "(= before 1) ((. x after) ~{*| 2})"),
      ("`let`.in", "(. let in)"),
      ("größe = 1; 你好(2)", "(= größe 1) (你好 2)"),
    ])
  func statements(_ text: String, _ tree: String) {
    #expect(SyntaxDump.dump(text) == tree)
  }

  @Test(
    "ends statements at line ends that can end one",
    arguments: [
      ("a\n[1]", "a [1]"), ("a\n(b)", "a b"), ("a +\nb", "(+ a b)"), ("a\n + b", "(+ a b)"),
      ("a\n -b", "a (- b)"), ("f(\n1\n,\n2\n)", "(f 1 2)"), ("(a\n -b)", "(- a b)"),
      ("a\n ? b\n : c", "(? a b c)"), ("a\n .b", "(. a b)"), ("a // c\n .b", "(. a b)"),
      ("a # x\n# y\nb", "a b"), ("a /* \n /* */ */ b", "a b"), ("return\n1", "(return) 1"),
      ("let x =\n 3", "(let x 3)"), ("## not a string\na", "a"), (";;a;;b;", "a b"),
    ])
  func lines(_ text: String, _ tree: String) {
    #expect(SyntaxDump.dump(text) == tree)
  }
}
