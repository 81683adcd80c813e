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

  static let examples: [Example] = [
    .init(
      maker: """
        func make() {
          let d = [:]
          ["add": { k in d[k] = true; nil }, "has": { k in d[k] ?? false }]
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
      maker: """
        func make() {
          let d = []
          ["add": { d.append($0) }, "has": { d.contains($0) }]
        }
        """, call: "for name in [\"add\"] { store[name](1) }"),
    .init(
      maker: """
        func make() {
          let d = []
          ["add": { d.append($0) }, "has": { d.contains($0) }]
        }
        """, call: "every(1h) { store.add(1) }"),
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
