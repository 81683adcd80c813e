import Testing

@testable import KernelCore

/// What functions hold that a value has, as the dictionary of a store of which `add` and `has` know alone.
@Suite struct HeldDataTests {
  /// `store` stands for what a guard asks, and `call` changes what its functions hold.
  struct Example: CustomTestStringConvertible, Sendable {
    let maker: String
    let call: String
    var asks = "store.has(1)"

    var testDescription: String { "\(maker.replacing("\n", with: "; ")) / \(call)" }
  }

  private static let list = """
    func make() {
      let d = []
      ["add": { d.append($0) }, "has": { d.contains($0) }]
    }
    """

  static let examples: [Example] = [
    .init(
      maker: """
        func make() {
          let d = [:]
          ["add": { k in d[k] = true; nil }, "has": { k in d[k] ?? false }]
        }
        """, call: "store.add(1)"),
    .init(
      maker: list, call: "let add = store.add\nadd(1)"),
    .init(
      maker: """
        func part() {
          let d = []
          ["add": { d.append($0) }, "has": { d.contains($0) }]
        }
        func make() { ["a": part(), "has": { 1 }] }
        """, call: "store.a.add(1)"),
    .init(
      maker: """
        func make() {
          let me = ["n": 1]
          me.add = { me.n += $0 }
          me.has = { me.n > $0 }
          me
        }
        """, call: "[store][0].add(1)"),
    .init(
      maker: """
        func Store() {
          let d = [:]
          ["add": { k in d[k] = true; nil }, "has": { k in d[k] ?? false }]
        }
        func make() { Store() }
        """, call: "store.add(1)"),
    .init(
      maker: """
        func make() {
          let stores = [["add": { 1 }]]
          let own = Store()
          stores.append(own)
          stores[1]
        }
        func Store() {
          var n = 0
          ["add": { k in n += k }, "has": { n > 0 }]
        }
        """, call: "store.add(1)"),
    .init(
      maker: """
        func make() {
          var n = 0
          func add(k) { n += k }
          let has = { n > 0 }
          return ["add": add, "has": has]
        }
        """, call: "for k in [1, 2] { store.add(k) }"),
    .init(
      maker: """
        func make() {
          let d = [:]
          func put(k) { d[k] = true }
          func add(k) { if k > 0 { put(k) } }
          let own = [:]
          own.add = add
          own["has"] = { k in d[k] ?? false }
          own
        }
        """, call: "[1, 2].forEach(store.add)"),
    .init(
      maker: """
        func make() {
          let d = ["a": ["n": 0]]
          ["add": { k in if let one = d[k] { one.n += 1 } }, "has": { d.count }]
        }
        """, call: "store[\"add\"](1)"),
    .init(
      maker: """
        func make() {
          let d = []
          ["add": { list in list.forEach { d.append($0) } }, "has": { d.contains($0) }]
        }
        """, call: "func fill(s) { s.add([1]) }\nfill(store)"),
    .init(
      maker: """
        func put(list, k) { list.append(k) }
        func make() {
          let d = []
          ["add": { put(d, $0) }, "has": { d.contains($0) }]
        }
        """, call: "func fill() { store.add(1) }\nfill()"),
    .init(
      maker: """
        func inner() {
          let d = []
          ["add": { d.append($0) }, "has": { d.contains($0) }]
        }
        func make() {
          let own = inner()
          ["put": { own.add($0) }, "has": { own.has($0) }]
        }
        """, call: "store.put(1)"),
    .init(
      maker: """
        func make() {
          let d = []
          let own = [:]
          for name in ["add", "has"] { own[name] = { k in d.append(k) } }
          own
        }
        """, call: "store.add(1)"),
    .init(
      maker: "func make() { var n = 0; return { n += 1; n } }", call: "store()", asks: "store() > 3"),
    .init(
      maker: "func make() { var n = 0; let f = { n += 1 }; if true { f } else { nil } }",
      call: "let next = store\nnext()",
      asks: "store() > 3"),
    .init(
      maker: list, call: "for name in [\"add\"] { store[name](1) }"),
    .init(
      maker: list, call: "every(1h) { store.add(1) }"),
  ]

  private func cells(_ example: Example, _ call: String?) -> CellDependencies {
    let cells = [
      (1, example.maker), (2, "let other = []\nlet store = make()"),
      (3, "before { if !\(example.asks) { throw httpError(401) } }"),
    ]
    return CellDependencies(cells + (call.map { [(4, $0)] } ?? []))
  }

  /// A cell that is taken out has let nobody in: what its call had changed is made anew, and nothing else.
  @Test(arguments: examples)
  func whatACallOfAMemberChangesOfWhatItHoldsGoesWithTheCell(_ example: Example) {
    let (without, with) = (cells(example, nil), cells(example, example.call))
    #expect(with.texts.allSatisfy { !$0.isBroken } && without.affected(by: [], since: with) == [2])
    #expect(with.affected(by: [4], since: with) == [2, 4])
    #expect(with.cellsOfGuards == [1, 2, 3, 4])
  }

  /// Other members of the same value, and functions of other values, change nothing.
  @Test(arguments: [
    "store.has(1)", "expect(store.has(1))", "let own = store.has\nown(1)", "show(store)", "double(2)",
    "counters.forEach { $0.n += 1 }", "let c = sum([1])", "let text = \"add\"", "total.n",
    "func add(k) { k }\nadd(1)",
    "route \"/\" { store.add(1) }", "let list = [1].map { store.has($0) }",
  ])
  func whatOnlyReadsDoesNot(_ call: String) {
    let maker = """
      func make() {
        let d = [:]
        let names = []
        func list() { sorted(names) }
        ["add": { k in d[k] = true }, "has": { k in d[k] ?? false }, "all": list, "found": {
          let found = []
          d.forEach { k, v in found.append(k) }
          found
        }]
      }
      func sum(list) {
        var n = 0
        list.forEach { n += $0 }
        return n
      }
      func show(s) { s.has(1) }
      let double = { $0 * 2 }
      let counters = []
      let total = ["n": sum([1])]
      """
    for call in [call, "store.all()", "store.found()"] {
      let cells = CellDependencies([
        (1, maker), (2, "let store = make()"), (3, "before { store.has(1) }"), (4, call),
      ])
      #expect(cells.texts.allSatisfy { !$0.isBroken } && !cells.changedItself(by: 4).contains("store"))
    }
  }

  /// A dictionary of functions over a variable of the notebook, or over what they are given.
  @Test(arguments: [
    (
      "let perms = [\"grant\": { k in allow[k] = true; nil }, \"has\": { k in allow[k] ?? false }]",
      "perms.grant(1)"
    ),
    ("func grant(k) { allow[k] = true }\nlet perms = [\"grant\": grant]", "perms.grant(1)"),
    ("func make() { [\"grant\": { k in allow[k] = true; nil }] }\nlet perms = make()", "perms.grant(1)"),
    ("let perms = [:]\nperms.grant = { k in allow[k] = true }", "perms.grant(1)"),
    ("let perms = [:]\nperms[\"grant\"] = { k in allow[k] = true }", "[1].forEach(perms.grant)"),
    ("let perms = [\"grant\": { k in allow[k] = true }]\nfunc give(k) { perms.grant(k) }", "give(1)"),
    ("let perms = [\"grant\": { u, t in u[t] = true }]", "perms.grant(allow, 1)"),
    ("func grant(u, t) { u[t] = true }\nlet perms = [\"grant\": grant]", "perms[\"grant\"](allow, 1)"),
    ("func make() { [\"grant\": { u in u.t = true }] }\nlet perms = make()", "perms.grant(u: allow)"),
  ])
  func whatAMemberChangesOfOtherNamesIsTheCallers(_ maker: String, _ call: String) {
    let cells = [
      (1, "let allow = [:]"), (2, maker), (3, "before { if !allow[1] { throw httpError(401) } }"), (4, call),
      (
        5,
        "let names = [\"perms\": { k in allow[k] }]\nnames.perms(1)\nlet u = [\"grant\": 1]\nprint(u.grant)"
      ),
    ]
    let (with, without) = (CellDependencies(cells), CellDependencies(cells.filter { $0.0 != 4 }))
    #expect(with.texts.allSatisfy { !$0.isBroken } && with.changedItself(by: 4) == ["allow"])
    // Whoever names a function with a name may call it.
    let named: Set = maker.contains("func grant") ? ["allow", "perms"] : ["perms"]
    #expect(with.changedItself(by: 2).isSubset(of: named) && with.changedItself(by: 5).isEmpty)
    #expect(without.affected(by: [], since: with).contains(1))
  }

  /// Cells below read what a function of a member has changed.
  @Test func whoReadsWhatAMemberChangesRunsAgain() {
    let cells = CellDependencies([
      (1, "var n = 0\nlet counter = [\"up\": { n += 1; n }, \"get\": { n }]"), (2, "counter.up()"),
      (3, "let x = n"),
      (4, "let y = counter.get()"),
    ])
    #expect(cells.affected(by: [2]) == [2, 3, 4])
  }

  /// A field has the name of a function that something else has.
  @Test func aFieldIsNoFunctionOfAnotherThing() {
    let cells = CellDependencies([
      (
        1,
        "let users = []\nfunc make() { let seen = []; [\"login\": { n in seen.append(n) }] }\nlet auth = make()"
      ),
      (2, "for u in users { print(u.login) }"), (3, "for u in users { u.login(1) }"), (4, "auth.login(1)"),
      (5, "func first(list, n) { n }\nfirst(users, 1).login(1)"),
    ])
    #expect([2, 3, 5].allSatisfy { cells.changedItself(by: $0).isEmpty })
    #expect(cells.changedItself(by: 4) == ["auth"])
  }

  /// As of an array or a dictionary of the notebook.
  @Test func whatARouteFillsSoIsOfRequests() {
    let cells = [
      (1, Self.examples[0].maker), (2, "let store = make()"), (3, "before { store.has(1) }"),
      (4, "route POST \"/in\" { store.add(request.text); 1 }"),
    ]
    let before = CellDependencies(cells)
    #expect(before.fillingForRequests == [4])
    #expect(CellDependencies(Array(cells[..<3])).affected(by: [], since: before) == [2])
  }
}
