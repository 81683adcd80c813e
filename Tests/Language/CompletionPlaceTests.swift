import TestSupport
import Testing

@testable import Language

@Suite("The place that is completed at")
struct CompletionPlaceTests {
  /// The place at the end of a text, or where `⇥` stands in it.
  private func place(_ text: String) -> CompletionPlace {
    let parts = text.split(separator: "⇥", maxSplits: 1, omittingEmptySubsequences: false)
    return CompletionPlace(in: parts.joined(), at: parts[0].utf8.count)
  }

  /// In one line: what stands there, with what was typed of it.
  private func shown(_ text: String) -> String {
    let place = place(text)
    let kind =
      switch place.kind {
      case .nothing: "nothing"
      case .name: "name"
      case .routeMethod: "method"
      case .member(nil, _): "member of ?"
      case .member(let base?, let isAwaited):
        "member of \(SyntaxDump.dump(expression: base))\(isAwaited ? ", awaited" : "")"
      case .argument(let function, let label): "\(function)(\(label.map { $0 + ": " } ?? ""))"
      }
    return "\(kind) <\(place.typed)>"
  }

  @Test(
    "is told whatever the text before it lacks",
    arguments: [
      ("", "name <>"), ("wo", "name <wo>"), ("1 + wo", "name <wo>"), ("let x = wo⇥ + 1", "name <wo>"),
      ("f(a, wo", "name <wo>"), ("route \"/x\" { us", "name <us>"), ("\"text \\(na", "name <na>"),
      ("if", "name <if>"), ("x = [1, { $0 + na", "name <na>"), ("\"\"\"\n  \\(na", "name <na>"),
      ("let é = größ", "name <größ>"), ("}}} ) wo", "name <wo>"), ("\"not closed\nwo", "name <wo>"),
    ])
  func names(text: String, expected: String) { #expect(shown(text) == expected) }

  @Test(
    "is none in texts, comments, numbers, and where a name is introduced",
    arguments: [
      "\"text wo", "\"\"\"\nwo", "#\"raw wo", "// wo", "# wo", "/* wo", "/* a */ /* wo", "x = \"a\" // wo",
      "12",
      "1.5", "2s", "let wo", "var wo", "func wo", "func f(wo", "func f(a, wo", "for wo", "for (a, wo",
      "do { } catch wo", "\"whole\"", "print(\"a\", \"wo", "xs.get(\"/wo", "open(\"\\(x)/wo",
    ])
  func nothing(text: String) { #expect(shown(text).hasPrefix("nothing")) }

  @Test(
    "is a string that an argument is",
    arguments: [
      ("open(\"/gr", "open() </gr>"), ("await get(\"/gr⇥\", timeout: 2s)", "get() </gr>"),
      ("redirect(to: \"/", "redirect(to: ) </>"), ("route \"/x\" { open(\"", "open() <>"),
      ("\"\\(get(\"/a", "get() </a>"),
    ])
  func arguments(text: String, expected: String) { #expect(shown(text) == expected) }

  @Test(
    "is behind route",
    arguments: [("route G", "method <G>"), ("route ", "method <>"), ("route GET, PO", "method <PO>")])
  func routes(text: String, expected: String) { #expect(shown(text) == expected) }

  @Test("ends with the comment that is closed") func closedComment() {
    #expect(shown("/* a */wo") == "name <wo>")
    #expect(shown("/* a */") == "name <>")
  }

  @Test(
    "is behind the dot of a value, read by itself",
    arguments: [
      ("xs.", "xs"), ("xs.fi", "xs"), ("a.b.c.", "a.b.c"), ("a?.b?.", "a?.b"), ("xs[0].", "xs[0]"),
      ("xs[0][\"k\"].", "xs[0][\"k\"]"), ("\"text\".", "\"text\""), ("f(1, g(2)).", "f(1, g(2))"),
      ("[1, 2].", "[1, 2]"), ("(1...3).", "(1...3)"), ("2s.", "2s"), ("x = 1 + ys.", "ys"),
      ("f(a, b c, xs.", "xs"), ("if xs.", "xs"), ("xs.map { $0 + 1 }.", "xs.map { $0 + 1 }"),
      ("html \"<b>\".", "html \"<b>\""), ("\"\\(a.", "a"), ("xs\n  .sorted()\n  .", "xs\n  .sorted()"),
      ("foo(1)\n(2).", "(2)"), ("d.catch { 1 }.", "d.catch { 1 }"), ("$0.", "$0"), ("Out[3].", "Out[3]"),
      ("[\"a\": 1].", "[\"a\": 1]"), ("return xs.", "xs"), ("_.", "_"),
    ])
  func members(text: String, base: String) throws {
    guard case .member(let found, let isAwaited) = place(text).kind else {
      Issue.record("no member: \(shown(text))")
      return
    }
    let value = try #require(found, "\(text)")
    let wanted = Parser.parse(SourceText(name: "value", text: base)).program
    #expect(SyntaxDump.dump(expression: value) == SyntaxDump.dump(wanted), "\(text)")
    #expect(!isAwaited)
  }

  @Test("knows whether the value is awaited") func awaited() {
    guard case .member(_?, true) = place("let r = await get(\"/x\").").kind else {
      Issue.record("not awaited")
      return
    }
    guard case .member(nil, _) = place("xs.map(\\.").kind else {
      Issue.record("a key path has no base")
      return
    }
  }

  // MARK: Scopes

  /// The names in scope, the innermost first.
  private func names(_ text: String) -> String { place(text).names.map(\.name).joined(separator: " ") }

  @Test(
    "sees what is declared around it and before",
    arguments: [
      ("let a = 1\nvar b = 2\nx⇥\nlet c = 3", "b a"),
      ("func area(width, height) { let s = width\nw⇥ }", "s height width area"),
      ("route \"/greet/<user>/<int:n>\" { us⇥", "request n user"),
      ("before { r⇥", "request"), ("after { r⇥", "response request"), ("onError { e⇥", "error request"),
      ("group \"/a/<int:id>\" { let b = 1\nroute \"/<c>\" { x⇥", "request c id b"),
      ("xs.map { x, y in let z = x; f(z⇥", "z y x"),
      ("for i in 0..<3 { i⇥", "i"), ("for (key, value) in d { k⇥", "value key"), ("for i in i⇥", ""),
      ("if let user = users.first, u⇥", "user"), ("if let user = f() { } else { u⇥", ""),
      ("guard let id = Int(x) else { return }\ni⇥", "id"), ("while let x = f() { x⇥", "x"),
      ("do { let a = 1 } catch { e⇥", "error"), ("do { } catch problem { p⇥", "problem"),
      ("do { let a = 1\na⇥ } catch { }", "a"), ("defer { let q = 1; q⇥", "q"),
      ("let a = a⇥", ""), ("let a = 1\nlet a = \"x\"\na⇥", "a"),
      ("func f() { g⇥ }\nfunc g() { 1 }", "f g"), ("func f(a, b = a⇥", "a f"),
      ("\"\\([1].map { v in v⇥", "v"), ("async { let t = 1; t⇥", "t"),
      ("let a = 1\nfoo(1 2 3\nroute \"/x/<id>\" {\n  let b = 2\n  foo(1 2 , b⇥", "b request id a"),
      ("let _ = 1\nx⇥", ""), ("let f = if true { let n = 1; n⇥", "n"), ("guard let u = f(), u⇥", "u"),
      ("route \"/\" { if let u = f(), u⇥", "u request"), ("while let v = g(v⇥", ""),
      ("xs.map { $0 + a⇥", "$0"),
    ])
  func scopes(text: String, expected: String) { #expect(names(text) == expected, "\(text)") }

  @Test("knows the converter of a route's parameter") func converters() {
    let kinds = place("route \"/<a>/<int:b>/<string(length=2):c>/<any(x,y):d>\" { x").names.compactMap {
      name in
      if case .routeParameter(let converter) = name.kind { "\(name.name) \(converter)" } else { nil }
    }
    #expect(kinds == ["d any", "c string", "b int", "a string"])
  }

  // MARK: Calls

  /// The call, the labels that are given, how many arguments without one stand before.
  private func call(_ text: String) -> String? {
    place(text).call.map { call in
      "\(SyntaxDump.dump(expression: call.callee)) \(call.labels.sorted()) \(call.unlabelled)"
    }
  }

  @Test("finds the call of an argument that begins, and what it has")
  func calls() {
    let get = SyntaxDump.dump("get")
    #expect(call("get(") == "\(get) [] 0")
    #expect(call("get(ur") == "\(get) [] 0")
    #expect(call("get(\"/x\", ti") == "\(get) [] 1")
    #expect(
      call("get(\"/x\", query: [1, 2], f({ 1, 2 }), ti⇥, timeout: 2s)") == "\(get) [\"query\", \"timeout\"] 2"
    )
    #expect(call("f(1)(x, get(a, ") == "\(get) [] 1")
    #expect(call("get(url: ti") == nil)
    #expect(call("get(1 + ti") == nil)
    #expect(call("(ti") == nil)
    #expect(call("func get(ti") == nil)
    #expect(call("[ti") == nil)
  }

  // MARK: Anything

  @Test("is told for every place of any text, in time") func anyPlace() {
    var generator = SeededGenerator(seed: 11)
    let pieces = [
      "\"", "\\(", ")", "(", "{", "}", "[", "]", ".", "a", " ", "\n", "\"\"\"", "#", "//", "/*", "*/",
      "let ", "func ", "route ", "for ", ",", ":", "é", "0", "?", "await ", "in ",
    ]
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0..<24, using: &generator))
        .map { _ in pieces.randomElement(using: &generator)! }.joined()
      for offset in 0...(text.utf8.count + 1) {
        let place = CompletionPlace(in: text, at: offset)
        #expect(place.range.upperBound <= text.utf8.count || place.typed.isEmpty, "\(text.debugDescription)")
      }
    }
  }

  @Test("is told of deep nesting") func depth() async throws {
    try await onOwnThread {
      _ = CompletionPlace(in: String(repeating: "f({", count: 5_000) + "x", at: .max)
      #expect(CompletionPlace(in: String(repeating: "a.", count: 5_000), at: .max).typed == "")
      _ = CompletionPlace(in: String(repeating: "\"\\(", count: 5_000) + "x", at: .max)
      let long = String(repeating: "a + ", count: (1 << 18) + 1)
      #expect(CompletionPlace(in: long, at: .max).names.isEmpty)
    }
  }
}

extension SyntaxDump {
  fileprivate static func dump(expression: Expression) -> String {
    dump(
      FunctionNode(
        role: .main, name: "value", parameters: [], hasExplicitParameters: true,
        body: [Statement(.expression(expression), expression.span)], span: expression.span))
  }
}
