import Testing

@testable import Language

/// Parses and resolves a text that must be right.
private func resolved(_ text: String) -> FunctionNode {
  let source = SourceText(cell: 1, text: text)
  let result = Parser.parse(source)
  #expect(result.diagnostics == [])
  let resolution = Resolver.resolve(result.program, source: source, globals: testGlobals())
  #expect(resolution.diagnostics == [])
  return result.program
}

/// The functions of a tree, the outer ones first.
private func functions(in body: [Statement]) -> [FunctionNode] {
  var found: [FunctionNode] = []
  func visit(_ function: FunctionNode) {
    found.append(function)
    visit(function.body)
  }
  func visit(_ expression: Expression) {
    switch expression.kind {
    case .closure(let function), .async(let function): visit(function)
    case .call(let callee, let arguments):
      visit(callee)
      for argument in arguments { visit(argument.value) }
    case .member(let base, _, _, _): visit(base)
    case .await(let inner): visit(inner)
    default: break
    }
  }
  func visit(_ statements: [Statement]) {
    for statement in statements {
      switch statement.kind {
      case .function(_, let function), .defer(let function): visit(function)
      case .route(let route): visit(route.handler)
      case .expression(let value): visit(value)
      case .declaration(let node): visit(node.value)
      case .do(let body, _, _): visit(body.statements)
      case .forLoop(_, _, _, let body): visit(body.statements)
      default: break
      }
    }
  }
  visit(body)
  return found
}

/// The variables that the statements of a body declare.
private func variables(in body: [Statement]) -> [String: Variable] {
  var found: [String: Variable] = [:]
  for statement in body {
    switch statement.kind {
    case .declaration(let node): found[node.name.name] = node.name.variable
    case .function(let name, _): found[name.name] = name.variable
    case .do(let body, _, _): found.merge(variables(in: body.statements)) { $1 }
    default: break
    }
  }
  return found
}

@Suite("Resolver")
struct ResolverTests {
  @Test("parameters come first, and the registers of ended blocks are used again")
  func registers() throws {
    let program = resolved(
      """
      func work(p, q) {
        let one = p
        do { let two = q; let three = two; three }
        do { let four = one; four }
        let five = one
        five
      }
      """)
    let function = try #require(functions(in: program.body).first)
    #expect(function.parameterVariables.map(\.register) == [0, 1])
    let registers = variables(in: function.body).mapValues(\.register)
    #expect(registers == ["one": 2, "two": 3, "three": 4, "four": 3, "five": 3])
    #expect(function.registerCount == 5)
  }

  /// The names of small blocks and of large ones are kept in two ways.
  @Test("names are found in blocks of any size", arguments: [1, 7, 8, 9, 40])
  func blocksOfAnySize(count: Int) throws {
    let lines = (0..<count).map { "let v\($0) = f(\($0))" }
    let program = resolved(
      (["do {"] + lines + (0..<count).map { "f(v\($0))" } + ["}"]).joined(separator: "\n"))
    let found = variables(in: program.body)
    #expect(found.count == count)
    for place in 0..<count { #expect(found["v\(place)"]?.register == place) }

    let again = check((["do {"] + lines + ["let v\(count - 1) = 1", "}"]).joined(separator: "\n"))
    #expect(again.count { $0.contains("\"v\(count - 1)\" is declared twice") } == 1)
    let early = check((["do {", "f(v\(count - 1))"] + lines + ["}"]).joined(separator: "\n"))
    #expect(early.count { $0.contains("\"v\(count - 1)\" is used before it is declared") } == 1)
    // In its own value a name means what it meant before.
    let outer = (0..<count).map { "let v\($0) = x" }
    let inner = (0..<count).map { "let v\($0) = v\($0) + 1" }
    let own = check((["do {"] + outer + ["do {"] + inner + ["}", "}"]).joined(separator: "\n"))
    #expect(own.filter { $0.contains("used before") } == [])
  }

  @Test("declarations at the outermost level are globals, in blocks they are not")
  func globals() {
    let program = resolved(
      "let g = 1\nfunc h() { g }\ndo { let local = g; local }\nguard let q = x else { throw h() }\nq")
    #expect(program.registerCount == 1)
    let found = variables(in: program.body)
    #expect(found.keys.sorted() == ["local"])
    guard case .function(_, let function) = program.body[1].kind,
      case .expression(let use) = function.body[0].kind, case .name(let reference) = use.kind,
      case .global = reference.binding
    else {
      Issue.record("the function reads a global")
      return
    }
    guard case .guard(let conditions, _) = program.body[3].kind, case .binding(let node) = conditions[0]
    else {
      Issue.record("no guard")
      return
    }
    #expect(node.name.variable == nil)
  }

  @Test("a capture goes through the functions between")
  func captures() throws {
    let program = resolved("func outer(v) { f { f { v } } }")
    let all = functions(in: program.body)
    #expect(all.map { $0.captures.map(\.name) } == [[], ["v"], ["v"]])
    #expect(all[0].parameterVariables[0].isCaptured)
    #expect(all[2].parent === all[1] && all[1].parent === all[0] && all[0].parent === program)
    guard case .expression(let use) = all[2].body[0].kind, case .name(let reference) = use.kind,
      case .captured(0, let variable) = reference.binding
    else {
      Issue.record("the inner closure captures")
      return
    }
    #expect(variable === all[0].parameterVariables[0])
  }

  @Test("only what is shared and written is boxed")
  func boxes() throws {
    let program = resolved(
      """
      do {
        let constant = 1
        var never = 2
        var written = 3
        var alone = 4
        written = 5
        alone = 6
        func shared() { shared() }
        func direct() { 1 }
        f { constant + never + written }
        direct() + alone
      }
      """)
    let boxed = variables(in: program.body).filter(\.value.isBoxed).keys.sorted()
    #expect(boxed == ["shared", "written"])
  }

  @Test("a variable written by a closure is boxed, and writes reach the right variable")
  func writes() {
    let program = resolved("do { var n = 0; f { n += 1 }; do { var n = 2; n = 3 } ; n }")
    guard case .do(let body, _, _) = program.body[0].kind,
      case .declaration(let outer) = body.statements[0].kind,
      case .do(let inner, _, _) = body.statements[2].kind,
      case .declaration(let shadow) = inner.statements[0].kind
    else {
      Issue.record("not the tree that was written")
      return
    }
    #expect(outer.name.variable?.isBoxed == true)
    #expect(shadow.name.variable?.isReassigned == true)
    #expect(shadow.name.variable?.isCaptured == false)
  }

  @Test(
    "a handler is asked for its request only where it reads it",
    arguments: [
      ("route \"/\" { 1 }", false), ("route \"/\" { request.path }", true),
      ("route \"/\" { f { request } }", true), ("route \"/\" { let request = 1; request }", false),
      ("route \"/<a>\" { a }", false),
    ])
  func requests(_ text: String, _ uses: Bool) {
    #expect(functions(in: resolved(text).body).first?.usesRequest == uses)
  }

  @Test("local functions see one another, whatever their order")
  func hoisting() {
    #expect(check("do { func even(n) { odd(n) }\n func odd(n) { even(n) }\n even(2) }") == [])
    #expect(
      check("do { let z = 3; helper(); func helper() { z + other() }; func other() { helper() } }") == [])
  }

  @Test(
    "names may be reused where Swift allows it",
    arguments: [
      "func h(p) { let p = p; p }", "func h(user) { if let user = user { user } }",
      "for x in xs { let x = x; x }", "let x = 1\ndo { let x = 2; x }", "let _ = f(); let _ = f()",
      "func h(_, _) { 1 }", "for _ in xs { }", "func h() { guard let x = x else { return nil }; x }",
      "do { 1 } catch { error }", "let get2 = 1; func h() { get2 + later }\nlet later = 2",
      "var n = 0\nwhile n < 3 { n += 1; if n == 2 { break } }", "route \"/\" { request }",
      "async { return 3 }",
      "func h() { defer { async { await f() } }; 1 }", "func h() { return\n}",
    ])
  func allowed(_ text: String) {
    #expect(check(text) == [])
  }

  @Test("globals that a text declares win over those known before")
  func precedence() {
    #expect(check("var fixed = 1\nfixed = 2") == [])
    #expect(
      check("func h() { late = 2 }\nlet late = 1") == [
        "cannot assign to \"late\" [late] — declare it with var"
      ])
  }

  @Test("uses of globals say whether the text itself makes them")
  func uses() {
    let source = SourceText(cell: 1, text: "x += 1; f { y = 2 }; xs[0] = a; if a { b }")
    let resolution = Resolver.resolve(
      Parser.parse(source).program, source: source, globals: testGlobals())
    #expect(resolution.writes.mapValues(\.isAtTopLevel) == ["x": true, "y": false])
    #expect(
      resolution.reads.mapValues(\.isAtTopLevel) == ["x": true, "f": true, "xs": true, "a": true, "b": true])
  }
}
