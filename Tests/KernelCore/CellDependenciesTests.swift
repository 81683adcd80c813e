import Testing

@testable import KernelCore

/// Which cells are to run where a notebook has become another one.
struct CellDependenciesTests {
  /// A notebook, what it becomes, and which of its cells are then to run.
  struct Example: Sendable, CustomStringConvertible {
    let description: String
    let before: [Int: String]
    let after: [Int: String]
    let affected: [Int]

    init(_ description: String, _ before: [Int: String], _ after: [Int: String], _ affected: [Int]) {
      self.description = description
      self.before = before
      self.after = after
      self.affected = affected
    }
  }

  @Test func aGuardIsDeclaredByWhoeverCallsTheFunctionThatHasIt() {
    let cells = CellDependencies([
      (1, "func protect() { before { throw httpError(403) } }"), (2, "func all() { protect(); 1 }"),
      (3, "let later = { all() }"), (4, "route \"/\" { 1 }"), (5, "all()"), (6, "before { nil }"),
      (7, "after { response in nil }"), (8, "later()"), (9, "func other() { 1 }; other()"),
    ])
    // Also by whoever leaves it under another name: that may be called from anywhere.
    #expect((1...9).filter(cells.guards) == [2, 3, 5, 6, 8])
    // What cannot be read, or lies in a dictionary, may be called.
    let others = CellDependencies([
      (1, "let p = [\"a\": { before { nil } }]"), (2, "func q() { before { nil } }"), (3, "let x = ((\nq()"),
      (4, "p.a()"), (5, "let y = (("),
    ])
    #expect((2...5).filter(others.guards) == [3, 4])
    let further = CellDependencies([
      (1, "func a() { before { nil } }"), (2, "let b = a"), (3, "b()"), (4, "var f = nil"),
      (5, "f = { before { nil } }"), (6, "f()"), (7, "let fs = [{ before { nil } }]\nlet n = 1"),
      (8, "for g in fs { g() }"), (9, "n"), (10, "let d = deferred()\nd.then { _ in a() }"),
      (11, "d.resolve(1)"),
    ])
    #expect([3, 6, 8, 11].allSatisfy(further.guards))
    #expect(!further.guards(1) && !further.guards(9))
    #expect((1...9).filter(cells.surrounds) == [2, 3, 5, 6, 7, 8])
    #expect(CellDependencies([(1, "func p() { before { nil } }\np()")]).guards(1))
  }

  private static let branch = #"if b { route "/a" { 2 } }"#
  /// A route that fills what a guard reads.
  private static func sessions(_ body: String) -> [Int: String] {
    [
      1: "let sessions = [:]", 2: "route \"/in/<n>\" { \(body); \"in\" }",
      8: "before { if sessions.isEmpty { return 1 } }",
    ]
  }

  private static let between = [1: "let a = 1", 2: "let b = a", 3: "3", 4: "let a = 2"]

  /// A notebook whose cells stand in another order then.
  @Test(arguments: [
    (["let a = 1", "let a = 2", "a"], [2, 1, 3], [1, 3]),
    (["let a = 1", "let a = 2", "let b = a"], [1, 3, 2], [1, 3, 2]),
    ([#"route "/a" { 1 }"#, #"route "/a" { 2 }"#, "3"], [2, 3, 1], []),
    (["var a = 1", "if a > 1 { before { nil } }", "a = 2"], [1, 3, 2], [1, 3, 2]),
    (["var a = 1", "a = 2", "let b = a"], [1, 3, 2], [1, 3, 2]),
    (["let a = 1", "let b = a", "5"], [3, 1, 2], []),
    (["func f() { 1 }", "func f() { 2 }", "before { f() }", "4"], [2, 1, 3, 4], [1]),
  ])
  func ofCellsThatMoveThoseRunWhoseOrderCounts(texts: [String], order: [Int], affected: [Int]) {
    let before = CellDependencies(texts.enumerated().map { ($0 + 1, $1) })
    let after = CellDependencies(order.map { ($0, texts[$0 - 1]) })
    #expect(after.affected(by: [], since: before) == affected)
  }

  @Test func aGuardUsesTheValuesOfCellsAndTheRoutesThatItAsks() {
    func cells(_ guarding: String) -> Set<Int> {
      CellDependencies([
        (1, "true"), (2, guarding), (3, "route \"/auth/<name>\" { f() }"), (4, "func f() { 1 }"),
        (5, "route \"/other\" { 2 }"), (6, "let u = 1"),
      ]).cellsOfGuards
    }
    #expect(cells("before { Out[1] }") == [1, 2])
    #expect(cells("let n = 1\nbefore { Out[n] }") == [1, 2, 3, 4, 5, 6])
    #expect(cells("before { await get(\"/auth/a?b=c\") }") == [2, 3, 4])
    #expect(cells("before { await post(\"http://localhost:8080/auth/a\") }") == [2, 3, 4])
    #expect(cells("func ask() { get(\"/auth/\\(u)\") }\nbefore { await ask() }") == [2, 3, 4, 6])
    #expect(cells("before { await get(\"https://example.org/auth/a\") }") == [2])
    #expect(cells("before { await get(\"/none\") }") == [2])
    #expect(cells("let api = \"/auth\"\nbefore { await get(\"\\(api)/a\") }") == [2, 3, 4])
    #expect(cells("let api = \"/none\"\nbefore { await get(api + \"/a\") }") == [2])
    #expect(cells("let api = \"/none/\"\nbefore { await get(api) }") == [2])
    #expect(cells("before { await get(\"/auth/\" + u) }") == [2, 3, 4, 6])
    // What is asked is known when it runs.
    #expect(cells("before { await get(u) }") == [2, 3, 4, 5, 6])
    #expect(cells("before { await get(\"http://localhost:\\(u)/auth/a\") }") == [2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    ("get(\"/auth\")", "GET", true), ("get(\"/auth\")", "POST", false), ("post(\"/auth\")", "POST", true),
    ("put(\"/auth\")", "GET", false), ("head(\"/auth\")", "GET", true), ("get(\"/auth\")", "HEAD", false),
    ("http(\"/auth\", method: \"purge\")", "PURGE", true), ("get(\"/auth\")", "", true),
    ("http(\"/auth\", method: \"purge\")", "GET", false), ("http(\"/auth\", method: m)", "GET", true),
    ("get(\"/\\(m)\")", "GET", true), ("get(\"/\\(m)\")", "DELETE", false),
    ("get(\"/auth\")", "GET, PUT", true),
  ])
  func aRouteIsAskedByItsMethods(call: String, methods: String, isAsked: Bool) {
    let cells = CellDependencies([(1, "before { await \(call) }"), (2, "route \(methods) \"/auth\" { 1 }")])
    #expect(cells.cellsOfGuards == (isAsked ? [1, 2] : [1]))
  }

  /// A function of another cell changes what a guard reads.
  @Test func whoCallsAFunctionThatChangesAGuardIsOfTheGuard() {
    let cells = CellDependencies([
      (1, "var paths = []\nfunc protect(q) { paths.append(q) }"), (2, "before { paths }"),
      (3, "protect(\"/a\")"), (4, "4"),
    ])
    #expect(cells.cellsOfGuards == [1, 2, 3])
  }

  /// A store, a group of routes over it with a guard, and a call of one.
  private static func inGroup(_ guarding: String, check: String, before: String = "nil") -> [Int: String] {
    let routes = "route GET \"/users/<n>\" { users[n] }\nroute PUT \"/users/<n>\" { users[n] = 1 }"
    return [1: "let users = [:]", 2: "\(before)\ngroup \"/api\" {\n\(guarding)\n\(routes)\n}", 3: check]
  }

  static let examples = [
    Example("nothing", [1: "let a = 1", 2: "a"], [1: "let a = 1", 2: "a"], []),
    Example(
      "an edited cell, what reads it, and what reads that",
      [1: "let a = 1", 2: "let b = a", 3: "b", 4: "5"], [1: "let a = 2", 2: "let b = a", 3: "b", 4: "5"],
      [1, 2, 3]),
    Example("a new cell alone", [1: "let a = 1", 3: "a"], [1: "let a = 1", 2: "a", 3: "a"], [2]),
    Example(
      "a cell that is gone takes nothing along", [1: "let a = 1", 2: "a", 3: "4"], [1: "let a = 1", 3: "4"],
      []),
    Example(
      "what a handler reads is looked up each time", [1: "let a = 1", 2: #"route "/a" { a }"#],
      [1: "let a = 2", 2: #"route "/a" { a }"#], [1]),
    Example(
      "a function that is called", [1: "func f() { 1 }", 2: "f()"], [1: "func f() { 2 }", 2: "f()"], [1, 2]),
    Example(
      "the value of a cell", [1: "10", 2: "Out[1] + 1", 3: "5"], [1: "20", 2: "Out[1] + 1", 3: "5"], [1, 2]),
    Example(
      "an assignment counts below it", [1: "var a = 1", 2: "a", 3: "a += 1", 4: "a"],
      [1: "var a = 1", 2: "a", 3: "a += 2", 4: "a"], [3, 4]),
    Example(
      "a name that goes from one cell to another", [1: "let a = 1", 2: "2", 3: "a"],
      [1: "1", 2: "let a = 2", 3: "a"], [1, 2, 3]),
    Example(
      "a name that a gone cell had taken over", [1: "let a = 1", 2: "let a = 2", 3: "a"],
      [1: "let a = 1", 3: "a"], [1, 3]),
    Example(
      "a name that an edited cell had taken over", [1: "let a = 1", 2: "let a = 2", 3: "a"],
      [1: "let a = 1", 2: "2", 3: "a"], [1, 2, 3]),
    Example(
      "a route that a gone cell had taken over, which the other still has",
      [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#], [1: #"route "/a" { 1 }"#], []),
    Example(
      "a name that two cells had taken over, of which one is edited",
      [1: "let a = 1", 2: "let a = 2", 3: "let a = 3"], [1: "let a = 1", 2: "let a = 4", 3: "3"], [1, 2, 3]),
    Example(
      "a route that a cell further down has too", [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 3 }"#, 2: #"route "/a" { 2 }"#], [1]),
    Example(
      "a route that a cell further up has too", [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 3 }"#], [2]),
    Example(
      "the same path with another method is another route",
      [1: #"route GET "/a" { 1 }"#, 2: #"route POST "/a" { 2 }"#],
      [1: #"route GET "/a" { 3 }"#, 2: #"route POST "/a" { 2 }"#], [1]),
    Example(
      "a route that an edited cell has in a branch from now on",
      [1: #"route "/a" { 1 }"#, 2: #"route "/a" { 2 }"#],
      [1: #"route "/a" { 1 }"#, 2: #"if 1 > 2 { route "/a" { 2 } }"#], [2]),
    Example(
      "a route of a function that an edited cell no longer calls",
      [1: #"route "/a" { 1 }"#, 2: #"func make() { route "/a" { 2 } }"#, 3: "make()"],
      [1: #"route "/a" { 1 }"#, 2: #"func make() { route "/a" { 2 } }"#, 3: "3"], [3]),
    Example(
      "a branch that a variable leads into", [1: #"route "/a" { 1 }"#, 2: "let b = true", 3: branch],
      [1: #"route "/a" { 1 }"#, 2: "let b = false", 3: branch], [2, 3]),
    Example(
      "what is allowed to other origins, of which the last counts",
      [1: "cors(\"http://a\")", 2: "cors(\"http://b\")", 3: "3"],
      [1: "cors(\"http://c\")", 2: "cors(\"http://b\")", 3: "3"], [1]),
    Example(
      "a cell between two that declare what it reads", between, between.merging([2: "let b = a + 1"]) { $1 },
      [1, 2, 4]),
    Example(
      "a cell that reads a name of which another declaration is gone",
      [1: "let a = 1", 2: "let a = 2", 3: "let b = a", 4: "let a = 3"],
      [1: "let a = 1", 3: "let b = a", 4: "let a = 3"], [1, 3, 4]),
    Example(
      "a cell that declares anew what it reads",
      [1: "let a = 1", 2: "let b = a", 3: "let a = a + 1"],
      [1: "let a = 1", 2: "let b = a", 3: "let a = a + 2"],
      [1, 2, 3]),
    Example(
      "a cell that calls what reads a name that is declared again",
      [1: "let a = 1", 2: "func f() { a }", 3: "let g = f", 4: "let b = g()", 5: "let a = 2"],
      [1: "let a = 1", 2: "func f() { a }", 3: "let g = f", 4: "let b = g() + 1", 5: "let a = 2"],
      [1, 3, 4, 5]),
    Example(
      "a function of its own that reads a name which is declared again further down",
      [1: "let v = 1", 2: "func f() { v }\nlet n = f()", 3: "let v = 5"],
      [1: "let v = 1", 2: "func f() { v }\nlet n = f() + 0", 3: "let v = 5"], [1, 2, 3]),
    Example(
      "a closure of its own that is given to a member",
      [1: "let v = 1", 2: "let c = { v }\nlet n = [1].map { c() }", 3: "let v = 5"],
      [1: "let v = 1", 2: "let c = { v }\nlet n = [2].map { c() }", 3: "let v = 5"], [1, 2, 3]),
    Example(
      "a function of its own that it has put into a variable",
      [1: "let v = 1", 2: "var c = nil\nc = { v }\nlet n = c()", 3: "let v = 5"],
      [1: "let v = 1", 2: "var c = nil\nc = { v }\nlet n = c() + 1", 3: "let v = 5"], [1, 2, 3]),
    Example(
      "a function of its own that is called later alone",
      [1: "let v = 1", 2: "func f() { v }\n2", 3: "let v = 5"],
      [1: "let v = 1", 2: "func f() { v }\n3", 3: "let v = 5"], [2]),
    Example(
      "a cell that is gone and had taken over a name of the program's own",
      [1: "func min(a, b) { 9 }", 2: "let n = min(1, 2)", 3: #"route "/" { min(1, 2) }"#, 4: "4"],
      [2: "let n = min(1, 2)", 3: #"route "/" { min(1, 2) }"#, 4: "4"], [2]),
    Example(
      "a name of the program's own that an edited cell no longer has",
      [1: "func min(a, b) { 9 }", 2: "func low() { min(1, 2) }", 3: "low()"],
      [1: "func least(a, b) { 9 }", 2: "func low() { min(1, 2) }", 3: "low()"], [1, 3]),
    Example(
      "the value of a cell that is gone", [1: "5", 2: "let n = Out[1]", 3: "let m = n", 4: "4"],
      [2: "let n = Out[1]", 3: "let m = n", 4: "4"], [2, 3]),
    Example(
      "the value of whichever cell", [1: "5", 2: "let i = 1\nOut[i]", 3: "3"],
      [2: "let i = 1\nOut[i]", 3: "3"], [2]),
    Example(
      "a cell that is gone whose timer had changed what a guard reads",
      [1: "var keys = []", 3: "every(1s) { keys.append(2) }", 8: "before { keys }"],
      [1: "var keys = []", 8: "before { keys }"], [1]),
    Example(
      "an edited cell whose timer changes what a guard reads by a function",
      [
        1: "var keys = []", 2: "func add() { keys.append(2) }", 3: "after(1s) { add() }\n3",
        8: "before { keys }",
      ],
      [
        1: "var keys = []", 2: "func add() { keys.append(2) }", 3: "after(1s) { add() }\n4",
        8: "before { keys }",
      ],
      [1, 3]),
    Example(
      "a cell that is gone whose route had changed what a guard reads",
      [1: "var keys = []", 3: #"route POST "/keys" { keys.append(2) }"#, 8: "before { keys }"],
      [1: "var keys = []", 8: "before { keys }"], [1]),
    Example(
      "a cell that has another number then and whose route changes what a guard reads",
      [1: "var keys = []", 3: #"route POST "/keys" { keys.append(2) }"#, 8: "before { keys }"],
      [1: "var keys = []", 4: #"route POST "/keys" { keys.append(2) }"#, 8: "before { keys }"], [4]),
    Example(
      "an edited cell whose route changes what a guard reads no longer",
      [1: "var keys = []", 3: #"route POST "/keys" { keys.append(2) }"#, 8: "before { keys }"],
      [1: "var keys = []", 3: #"route POST "/keys" { "closed" }"#, 8: "before { keys }"], [3]),
    Example(
      "an edited cell whose route changes what a guard reads",
      [1: "var keys = []", 3: #"route POST "/keys" { keys.append(2) }"#, 8: "before { keys }"],
      [1: "var keys = []", 3: #"route POST "/keys" { keys.append(3) }"#, 8: "before { keys }"], [3]),
    Example(
      "a guard that reads what is computed from what a cell further down changes",
      [1: "var limit = 1", 3: "limit += 1", 8: "before { nil }"],
      [1: "var limit = 1", 2: "let seen = limit", 3: "limit += 1", 8: "before { seen }"], [1, 2, 3, 8]),
    Example(
      "a guard beside something else that changes what it does not read",
      [1: "let list = []", 2: "list.append(1)\nbefore { if request.path == 1 { return 2 } }"],
      [1: "let list = []", 2: "list.append(1)\nbefore { if request.path == 2 { return 2 } }"], [2]),
    Example(
      "a guard beside something else that it reads by a name of its cell",
      [1: "let list = []", 2: "list.append(1)\nlet n = list.count\nbefore { n }"],
      [1: "let list = []", 2: "list.append(2)\nlet n = list.count\nbefore { n }"], [1, 2]),
    Example(
      "a guard in a branch, beside something else",
      [1: "let list = []", 2: "list.append(1)\nif list.count > 1 { before { nil } }"],
      [1: "let list = []", 2: "list.append(2)\nif list.count > 1 { before { nil } }"], [1, 2]),
    Example(
      "a check of a route below a group that has a guard",
      inGroup("before { request.path }", check: "await get(\"/api/users/a\").status == 1"),
      inGroup("before { request.path }", check: "await get(\"/api/users/a\").status == 2"), [3]),
    Example(
      "a seed below a group that has a guard",
      inGroup("before { request.path }", check: "users[\"a\"] = 1"),
      inGroup("before { request.path }", check: "users[\"b\"] = 1"), [3]),
    Example(
      "a seed of what a guard in a group reads",
      inGroup("before { users }", check: "users[\"a\"] = 1"),
      inGroup("before { users }", check: "users[\"b\"] = 1"), [1, 3]),
    Example(
      "a seed of what a guard in a group reads, by asking a route",
      inGroup("before { users }", check: "await put(\"/api/users/a\")"),
      inGroup("before { users }", check: "await put(\"/api/users/b\")"), [3]),
    Example(
      "a guard that reads a variable of its group",
      [1: "let list = []", 2: "group \"/a\" {\nlist.append(1)\nlet n = list.count\nbefore { n }\n}"],
      [1: "let list = []", 2: "group \"/a\" {\nlist.append(2)\nlet n = list.count\nbefore { n }\n}"], [1, 2]),
    Example(
      "a guard that reads a text of its cell",
      inGroup("before { key }", check: "users[\"a\"] = 1", before: "let key = \"k\""),
      inGroup("before { key }", check: "users[\"b\"] = 1", before: "let key = \"k\""), [3]),
    Example(
      "a guard that calls a function of its cell",
      inGroup("before { ok() }", check: "users[\"a\"] = 1", before: "func ok() { true }"),
      inGroup("before { ok() }", check: "users[\"b\"] = 1", before: "func ok() { true }"), [3]),
    Example(
      "a guard that calls a function of its cell which reads the data",
      inGroup(
        "before { ok() }", check: "users[\"a\"] = 1", before: "let ok = { users.count > 3 }"),
      inGroup(
        "before { ok() }", check: "users[\"b\"] = 1", before: "let ok = { users.count > 3 }"),
      [1, 3]),
    Example(
      "a guard that reads a number of its cell which is made from the data",
      inGroup("before { n }", check: "users[\"a\"] = 1", before: "let n = users.count"),
      inGroup("before { n }", check: "users[\"b\"] = 1", before: "let n = users.count"), [1, 2, 3]),
    Example(
      "a guard that reads a text which another cell changes",
      [1: "var key = \"k\"\nbefore { key }", 2: "key = \"l\""],
      [1: "var key = \"k\"\nbefore { key }", 2: "key = \"m\""], [1, 2]),
    Example(
      "a guard in a group within a branch",
      [1: "let list = []", 2: "list.append(1)\nif list.count > 1 { group \"/a\" { before { nil } } }"],
      [1: "let list = []", 2: "list.append(2)\nif list.count > 1 { group \"/a\" { before { nil } } }"],
      [1, 2]),
    Example(
      "a cell that has for itself a name of others", [1: "let r = 1", 2: "let r = 2\nr + 1", 3: "3"],
      [1: "let r = 1", 2: "let r = 2\nr + 2", 3: "3"], [2]),
    Example(
      "a cell that is gone and had opened a guard",
      [1: "var free = []", 2: "free.append(1)", 3: "before { free }", 4: "free.append(2)"],
      [1: "var free = []", 3: "before { free }", 4: "free.append(2)"], [1, 4]),
    Example(
      "an edited cell that opens a guard by a function",
      [1: "var free = []", 2: "func let1(x) { free.append(x) }", 3: "before { free }", 4: "let1(1)"],
      [1: "var free = []", 2: "func let1(x) { free.append(x) }", 3: "before { free }", 4: "let1(2)"], [1, 4]),
    Example(
      "a cell that is gone and had assigned to what no guard reads",
      [1: "var a = 1", 2: "a = 2", 3: #"route "/" { a }"#],
      [1: "var a = 1", 3: #"route "/" { a }"#], []),
    Example(
      "a handler that sets a timer for its visitor",
      sessions(#"sessions[n] = 1; after(30m) { sessions[n] = nil }"#),
      sessions(#"sessions[n] = 2; after(30m) { sessions[n] = nil }"#), [2]),
    Example(
      "a function that a handler calls and that sets a timer",
      sessions("enter(n)").merging([3: "func enter(n) { sessions[n] = 1; async { sessions[n] = nil } }"]) {
        $1
      },
      sessions("enter(n)").merging([3: "func enter(n) { sessions[n] = 2; async { sessions[n] = nil } }"]) {
        $1
      },
      [3]),
    Example(
      "a guard that counts, and forgets after a while",
      [1: "var hits = 0", 2: "before { hits += 1; after(1m) { hits = 0 }; if hits > 3 { return 1 } }"],
      [1: "var hits = 0", 2: "before { hits += 1; after(1m) { hits = 0 }; if hits > 4 { return 1 } }"], [2]),
    Example(
      "a function that the cell calls and that sets a timer",
      [
        1: "var keys = []", 2: "func start() { every(1s) { keys.append(2) } }", 3: "start()\n3",
        8: "before { keys }",
      ],
      [
        1: "var keys = []", 2: "func start() { every(1s) { keys.append(2) } }", 3: "start()\n4",
        8: "before { keys }",
      ],
      [1, 3]),
    Example(
      "a variable that a timer fills at once",
      [1: "var rates = [:]", 2: "every(1h) { rates[1] = 3 }", 3: #"route "/" { rates }"#],
      [1: "var rates = [:] // by currency", 2: "every(1h) { rates[1] = 3 }", 3: #"route "/" { rates }"#],
      [1, 2]),
    Example(
      "a new timer above a cell that computes from what it fills",
      [1: "var list = [1]", 6: "let set = Array(list)", 7: "7"],
      [1: "var list = [1]", 5: "every(1h) { list = [2] }", 6: "let set = Array(list)", 7: "7"], [5, 6]),
    Example(
      "a variable that a cell fills by asking a route",
      sessions("sessions[n] = 1").merging([3: #"for n in ["ann"] { await get("/in/\(n)") }"#, 4: "4"]) { $1 },
      sessions("sessions[n] = 1").merging([
        1: "let sessions = [:] // by name", 3: #"for n in ["ann"] { await get("/in/\(n)") }"#, 4: "4",
      ]) { $1 },
      [1, 3]),
    Example(
      "a guard that reads a dictionary of its cell",
      inGroup("before { keys[1] }", check: "users[\"a\"] = 1", before: "let keys = [1: \"k\"]"),
      inGroup("before { keys[1] }", check: "users[\"b\"] = 1", before: "let keys = [1: \"k\"]"),
      [3]),
    Example(
      "a guard that counts in a variable of its cell",
      inGroup("before { hits += 1 }", check: "users[\"a\"] = 1", before: "var hits = 0"),
      inGroup("before { hits += 1 }", check: "users[\"b\"] = 1", before: "var hits = 0"), [3]),
    Example(
      "a guard that counts in a variable of another cell",
      inGroup("before { hits += 1 }", check: "users[\"a\"] = 1").merging([8: "var hits = 0"]) {
        $1
      },
      inGroup("before { hits += 1 }", check: "users[\"b\"] = 1").merging([8: "var hits = 0"]) {
        $1
      }, [3]),
    Example(
      "a guard that reads a dictionary of its cell which the cell fills from the data",
      inGroup(
        "before { keys[1] }", check: "users[\"a\"] = 1", before: "let keys = [:]\nkeys[1] = users"),
      inGroup(
        "before { keys[1] }", check: "users[\"b\"] = 1", before: "let keys = [:]\nkeys[1] = users"),
      [1, 2, 3]),
    Example(
      "a cell that is gone whose timer had asked a route which fills what a guard reads",
      sessions("sessions[n] = 1").merging([3: #"every(1h) { await get("/in/ann") }"#]) { $1 },
      sessions("sessions[n] = 1"), []),
    Example(
      "a check that asks a route which fills what a guard reads",
      sessions("sessions[n] = 1").merging([3: #"expect(await get("/in/ann").text == "in")"#]) { $1 },
      sessions("sessions[n] = 1").merging([3: #"expect(await get("/in/bob").text == "in")"#]) { $1 }, [3]),
    Example(
      "a check that asks a route, above cells that change and read the same themselves",
      sessions("sessions[n] = 1").merging([
        3: #"await get("/in/ann")"#, 4: "sessions[2] = nil", 5: "let n = sessions.count\nbefore { n }",
      ]) { $1 },
      sessions("sessions[n] = 1").merging([
        3: #"await get("/in/bob")"#, 4: "sessions[2] = nil", 5: "let n = sessions.count\nbefore { n }",
      ]) { $1 },
      [3]),
    Example(
      "a seed by a route, above what reads that",
      [
        1: "let items = []", 2: #"route POST "/items" { items.append(1) }"#, 3: #"await post("/items")"#,
        4: "let n = items.count",
      ],
      [
        1: "let items = []", 2: #"route POST "/items" { items.append(1) }"#, 3: #"await post("/items"); 3"#,
        4: "let n = items.count",
      ], [3]),
    Example(
      "a check that fills what a guard reads, and asks a route that does",
      sessions("sessions[n] = 1").merging([3: #"sessions[2] = 2; await get("/in/ann")"#]) { $1 },
      sessions("sessions[n] = 1").merging([3: #"await get("/in/ann")"#]) { $1 }, [1, 3]),
    Example(
      "a variable that a timer fills by a function that asks a route",
      sessions("sessions[n] = 1").merging([
        3: #"func load() { await get("/in/ann") }"#, 4: "every(1h) { load() }",
      ]) { $1 },
      sessions("sessions[n] = 1").merging([
        1: "let sessions = [:] // by name", 3: #"func load() { await get("/in/ann") }"#,
        4: "every(1h) { load() }",
      ]) { $1 },
      [1, 4]),
    Example(
      "a route that a cell has asked, whose handler is another now",
      sessions("sessions[n] = 1").merging([3: #"await post("/in/ann")"#, 8: "8"]) { $1 },
      sessions("sessions[n] = 2").merging([3: #"await post("/in/ann")"#, 8: "8"]) { $1 }, [2]),
    Example(
      "a variable that a cell fills by a function that asks a route which asks another",
      sessions("fill(n)").merging([
        3: #"route "/up/<n>" { await get("/in/\(n)") }"#, 4: "func fill(n) { sessions[n] = 1 }",
        5: #"func seed() { await get("http://localhost:8080/up/ann") }"#, 6: "seed()",
        7: #"await get("/other")"#,
      ]) { $1 },
      sessions("fill(n)").merging([
        1: "let sessions = [1: 1]",
        3: #"route "/up/<n>" { await get("/in/\(n)") }"#, 4: "func fill(n) { sessions[n] = 1 }",
        5: #"func seed() { await get("http://localhost:8080/up/ann") }"#, 6: "seed()",
        7: #"await get("/other")"#,
      ]) { $1 },
      [1, 6]),
    Example(
      "what a text that can't be parsed would declare", [1: "let a = 1", 2: "a"], [1: "let a = (", 2: "a"],
      [1, 2]),
  ]

  @Test(arguments: examples)
  func whatIsToRunIsWhatChangedAndWhatDependsOnIt(_ example: Example) {
    let before = CellDependencies(cells(example.before))
    let after = CellDependencies(cells(example.after))
    let edited = Set(example.after.filter { example.before[$0.key] != $0.value }.map(\.key))
    #expect(after.affected(by: edited, since: before) == example.affected)
  }

  /// A guard that goes from a group to all routes, or into a group, is replaced by the one that is there then.
  @Test func whatSurroundsRoutesIsReplacedInWhateverGroupItStands() {
    let grouped = CellDependencies([(1, "group \"/g\" { before { 1 } }"), (2, "route \"/\" { 1 }")])
    let everywhere = CellDependencies([(2, "route \"/\" { 1 }"), (3, "before { 1 }")])
    #expect(everywhere.heirs(of: 1, in: grouped) == [3] && grouped.heirs(of: 3, in: everywhere) == [1])
    let other = CellDependencies([(4, "after { nil }"), (5, "cors()")])
    #expect(other.heirs(of: 1, in: grouped) == [])
    #expect(grouped.surrounds(1) && !grouped.surrounds(2) && other.surrounds(5))
  }

  /// It is done for a request, as for anybody's, and so belongs to what is kept.
  @Test func whatACellChangesByAskingARouteItDoesNotChangeItself() {
    let cells = CellDependencies([
      (1, "var keys = []"), (2, #"route "/add" { keys.append(1) }"# + "\nawait get(\"/add\")\nthrow 1"),
      (3, #"route "/later" { await get("/add") }"#), (4, "await get(\"/add\")"),
      (5, "await get(\"/add\"); keys.append(2)"), (8, "before { keys }"),
    ])
    #expect((2...5).map(cells.changedItself(by:)) == [[], [], [], ["keys"]])
    #expect((2...5).map { cells.requested(by: $0, in: cells) } == [["keys"], [], ["keys"], []])
    #expect(cells.cellsOfGuards == [1, 2, 5, 8])
  }

  /// Sessions that hold users go on with those that were declared before, and sessions that hold names do not.
  @Test func whoHoldsPartsOfWhatIsDeclaredAnewIsToo() {
    let cells = [
      (1, "let users = [[\"role\": 1]]"), (2, "let sessions = [:]"), (3, "let todos = []"),
      (4, "route POST \"/in\" { let u = users.first { $0.n == request.text }; sessions[1] = u; 1 }"),
      (5, "before { if sessions[1].role != 1 { throw httpError(403) } }"),
      (6, "route POST \"/todos\" { todos.append([\"by\": users[0]]); 1 }"),
    ]
    let edited = [(1, "let users = []")] + cells[1...]
    func spoilt(_ sharing: [String: Set<String>], by number: Int) -> Set<String> {
      let before = CellDependencies(cells, observed: ObservedChanges(sharing: sharing))
      return CellDependencies(edited, knowing: before).spoilt(byEachOf: [number], since: before)[number] ?? []
    }
    let sharing: [String: Set<String>] = [
      "users": ["sessions", "todos"], "sessions": ["users", "todos"], "todos": ["users", "sessions"],
    ]
    #expect(spoilt(sharing, by: 1) == ["sessions", "todos"])
    // The users are not parts of the todos.
    #expect(spoilt(sharing, by: 3) == [] && spoilt([:], by: 1) == [])
  }

  /// Of two variables that a function fills alike the one further down goes with the one further up; where something is
  /// taken from one for the other, wherever they stand.
  @Test func ofTwoThatHaveTheSameOneHoldsPartsOfTheOther() {
    func spoilt(_ first: String, _ second: String, _ filling: String) -> [Set<String>] {
      let cells = [(1, first), (2, second), (3, filling), (4, "before { (users, sessions) }")]
      let sharing: [String: Set<String>] = ["users": ["sessions"], "sessions": ["users"]]
      let before = CellDependencies(cells, observed: ObservedChanges(sharing: sharing))
      return [1, 2].map { number in
        let edited = cells.map { $0.0 == number ? ($0.0, $0.1 + " + []") : $0 }
        return CellDependencies(edited, knowing: before).spoilt(byEachOf: [number], since: before)[number]
          ?? []
      }
    }
    let (users, sessions) = ("let users = []", "let sessions = []")
    let alike = "func signUp(n) { let u = [\"n\": n]; users.append(u); sessions.append(u) }"
    let taken = "route POST \"/in\" { sessions.append(users.first { $0.n == request.text }); 1 }"
    #expect(spoilt(users, sessions, alike) == [["sessions"], []])
    #expect(spoilt(sessions, users, alike) == [["users"], []])
    #expect(spoilt(users, sessions, taken) == [["sessions"], []])
    #expect(spoilt(sessions, users, taken) == [[], ["sessions"]])
    #expect(spoilt(users, sessions, "let x = 1") == [["sessions"], []])
  }

  /// A timer that makes what a guard reads of another value would leave there what that was before.
  @Test func whatMakesAGuardsDataOfAnotherValueByATimerDependsOnThat() {
    func cells(_ keys: String, _ filling: String, _ guarding: String) -> CellDependencies {
      CellDependencies([(1, keys), (2, "let allow = [:]"), (3, guarding), (4, filling)])
    }
    let guarding = "before { allow[request.path] }"
    for filling in [
      "every(1s) { for k in keys { allow[k] = 1 } }",
      "func fill() { for k in keys { allow[k] = 1 } }\nafter(1s) { fill() }",
    ] {
      let before = cells("let keys = [1]", filling, guarding)
      #expect(cells("let keys = [2]", filling, guarding).affected(by: [1], since: before) == [1, 4])
      #expect(before.dependents(of: [1]) == [1, 4] && before.depends(4, on: 1))
      // Of what no guard reads it is looked up each time.
      let other = cells("let keys = [1]", filling, "let x = 1")
      #expect(cells("let keys = [2]", filling, "let x = 1").affected(by: [1], since: other) == [1])
    }
  }

  /// What requests have put into a variable is not lost for who reads it elsewhere.
  @Test func aReaderThatMovesRunsNothingButItselfWhereRequestsFillWhatItReads() {
    let cells = [
      (1, "let items = []"), (2, "route \"/add\" { items.append(1) }"), (3, "items.append(2)"),
      (4, "let n = items.count"),
    ]
    let before = CellDependencies(cells)
    let moved = CellDependencies([cells[0], cells[1], cells[3], cells[2]])
    #expect(moved.affected(by: [], since: before) == [4])
    let guarding = (5, "before { if n > 1 { throw httpError(401) } }")
    let guarded = CellDependencies(cells + [guarding])
    #expect(
      CellDependencies([cells[0], cells[1], cells[3], cells[2], guarding]).affected(by: [], since: guarded)
        == [1, 4, 3])
  }

  @Test func theOrderIsTheNotebooks() {
    let cells = CellDependencies([(7, "let a = 1"), (2, "a"), (5, "1")])
    #expect(cells.affected(by: [7]) == [7, 2])
    #expect(cells.affected(by: [5, 2]) == [2, 5])
    #expect(cells.affected(by: []) == [])
  }

  @Test func heirsDeclareWhatAnotherCellDid() {
    let before = CellDependencies([(1, "let a = 1\nroute \"/x\" { 1 }"), (2, "let b = 2")])
    let after = CellDependencies([(2, "let b = 2"), (3, "let a = 3"), (4, "route \"/x\" { 4 }"), (5, "a")])
    #expect(after.heirs(of: 1, in: before) == [3, 4])
    #expect(after.heirs(of: 2, in: before) == [])
    #expect(after.heirs(of: 9, in: before) == [])
  }

  private func cells(_ texts: [Int: String]) -> [(number: Int, text: String)] {
    texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
