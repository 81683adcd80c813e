import TestSupport

/// A notebook that changes at random, and of which a fresh start always runs as far as no cell is to fail.
///
/// Several of its cells declare the same names and routes, some of them in branches or by functions; cells move; and
/// guards stand among them. A variable that a guard reads is assigned to. All others are only declared: what cells
/// assign is kept, and so need not be what a fresh start has.
struct RandomNotebook {
  /// A cell, with what it needs to run well.
  struct Entry {
    var text: String
    var declares: Set<String> = []
    var needs: Set<String> = []
    /// The functions that it calls as it runs.
    var calls: Set<String> = []
    /// For each function that it declares what that needs when it is called.
    var functions: [String: Set<String>] = [:]
    /// The functions that it has under another name.
    var aliases: [String: String] = [:]
    var fails = false
  }

  private(set) var cells: [(number: Int, entry: Entry)] = []
  private var next = 20
  private static let limit = 14

  var texts: [(number: Int, text: String)] {
    cells.map { ($0.number, $0.entry.fails ? $0.entry.text + "\n1 / 0" : $0.entry.text) }
  }
  /// Whether a cell fails that must not.
  var fails: Bool { cells.contains { $0.entry.fails && !mayFail.contains($0.number) } }
  /// Whether one fails that may.
  var failsAsMeant: Bool { cells.contains { $0.entry.fails && mayFail.contains($0.number) } }
  /// The cells that may fail; none that guards.
  var mayFail: Set<Int> {
    Set(
      cells.filter { $0.number > 3 && $0.number % 2 == 0 && !$0.entry.text.contains("before") }.map(\.number))
  }

  init() {
    cells = [
      (1, Entry(text: "var free = []", declares: ["free"])),
      (
        2,
        Entry(text: "func allow(x) { free.append(x) }", declares: ["allow"], functions: ["allow": ["free"]])
      ),
      (3, Entry(text: "before { if free.contains(request.path) { nil } }")),
    ]
  }

  /// Edits, moves, adds or takes out some cells; mostly one.
  mutating func change(_ random: inout SeededGenerator, mayFail: Bool) {
    for place in cells.indices { cells[place].entry.fails = false }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      // A change after which the notebook would not run is left out.
      var changed = self
      changed.changeOne(&random)
      if changed.runs { self = changed }
    }
    if mayFail, Int.random(in: 0..<3, using: &random) == 0 {
      cells[Int.random(in: 0..<cells.count, using: &random)].entry.fails = true
    }
  }

  private mutating func changeOne(_ random: inout SeededGenerator) {
    let place = Int.random(in: 0..<cells.count, using: &random)
    let isFixed = cells[place].number <= 3
    switch Int.random(in: 0..<8, using: &random) {
    case 0...2 where cells.count < Self.limit:
      cells.insert(
        (next, entry(next, &random)), at: Int.random(in: 0...cells.count, using: &random))
      next += 1
    case 3 where !isFixed: cells.remove(at: place)
    case 4, 5:
      let cell = cells.remove(at: place)
      cells.insert(cell, at: Int.random(in: 0...cells.count, using: &random))
    case 6 where !isFixed:
      cells[place].number = next
      next += 1
    case _ where cells[place].number == 1:
      cells[place].entry.text = "var free = [\(Int.random(in: 0..<9, using: &random))]"
    case _ where !isFixed: cells[place].entry = entry(cells[place].number, &random)
    default: break
    }
  }

  private var runs: Bool {
    var defined: Set<String> = []
    var functions: [String: Set<String>] = [:]
    for (_, cell) in cells {
      let called = cell.calls.union(cell.aliases.values)
      let needed = cell.calls.reduce(cell.needs.union(called)) { $0.union(functions[$1] ?? []) }
      guard needed.isSubset(of: defined) else { return false }
      defined.formUnion(cell.declares)
      functions.merge(cell.functions) { $1 }
      functions.merge(cell.aliases.mapValues { functions[$0] ?? [] }) { $1 }
    }
    return true
  }

  // MARK: Cells

  private func entry(_ number: Int, _ random: inout SeededGenerator) -> Entry {
    var entry = Entry(text: "")
    let value = Int.random(in: 0..<100, using: &random)
    let input = input(&entry, &random)
    let shared = "s\(Int.random(in: 0..<3, using: &random))"
    let function = "g\(Int.random(in: 0..<2, using: &random))"
    let route = route(&random)
    switch Int.random(in: 0..<17, using: &random) {
    case 0, 1:
      entry.text = "\(Bool.random(using: &random) ? "let" : "var") \(shared) = (\(input) + \(value)) % 97"
      entry.declares = [shared]
    case 2:
      entry = Entry(text: "func \(function)() { \(shared) + \(value) }", declares: [function])
      entry.functions = [function: [shared]]
    case 3:
      entry = Entry(text: "let h = \(function)", declares: ["h"])
      entry.aliases = ["h": function]
    case 4: entry.text = "\(route) { \(input) }"
    case 5: entry.text = "if \(input) % 2 > 0 { \(route) { \(value) } } else { \(self.route(&random)) { 1 } }"
    case 6: entry = Entry(text: "\(route) { \(value) }\nlet y = \(value)", declares: ["y"])
    case 7:
      entry = Entry(text: "func make() { \(route) { \(value) } }", declares: ["make"])
      entry.functions = ["make": []]
    case 8: entry = Entry(text: "make()", calls: ["make"])
    case 9: entry.text = "if \(input) % 2 > 0 { before { \(value) } }"
    case 10: entry.text = "group \"/g\" { before { \(shared) }\n \(route) { 1 } }\nlet x\(number) = \(input)"
    case 11:
      entry.text = "if \(input) % 2 > 0 { \(around(&random)) } else { \(around(&random)) }"
    case 12:
      let way = Int.random(in: 0..<7, using: &random)
      if way > 0 { entry = Entry(text: "", calls: way == 1 ? ["allow"] : []) }
      entry.needs.insert("free")
      entry.text =
        [
          "free.append(\(input))", "allow(\(value))", "free = [\(value)]", "free.append(\(value))",
          // By another name; and not at all.
          "[[free]][0][0].append(\(value))",
          "let k\(number) = [\"f\": { $0.append(\(value)) }]\nk\(number).f(free)",
          "if \(value) < 0 { free.append(1) }",
        ][way]
      if way == 5 { entry.declares = ["k\(number)"] }
    case 13, 14:
      // By a function or a closure of its own.
      let other = "s\(Int.random(in: 0..<3, using: &random))"
      let code =
        Bool.random(using: &random)
        ? "func k\(number)() { \(shared) + \(value) }" : "let k\(number) = { \(shared) + \(value) }"
      entry = Entry(text: "\(code)\nlet \(other) = k\(number)() % 97", needs: [shared])
      entry.declares = [other, "k\(number)"]
      if other == shared { entry.text = "\(code)\nlet x\(number) = k\(number)()" }
      if other == shared { entry.declares = ["x\(number)", "k\(number)"] }
    case 15:
      entry = Entry(
        text: "let x\(number) = free.count\ngroup \"/g\" { before { x\(number) } }", needs: ["free"])
    default:
      entry.text = "let x\(number) = [1].map { n in n + \(input) }"
    }
    return entry
  }

  /// Something with a value, noted as needed.
  private func input(_ entry: inout Entry, _ random: inout SeededGenerator) -> String {
    let number = Int.random(in: 0..<3, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1, 2:
      entry.needs = ["s\(number)"]
      return "s\(number)"
    case 3:
      let name = number == 2 ? "h" : "g\(number)"
      entry.calls = [name]
      return "\(name)()"
    case 4:
      entry.needs = ["y"]
      return "y"
    default: return "\(number)"
    }
  }

  private func route(_ random: inout SeededGenerator) -> String {
    let method = ["", "GET ", "POST "][Int.random(in: 0..<3, using: &random)]
    return "route \(method)\"/r\(Int.random(in: 0..<2, using: &random))\""
  }

  private func around(_ random: inout SeededGenerator) -> String {
    [
      "notFound { 1 }", "group \"/g\" { notFound { 2 } }", "onError { 3 }", "cors(\"http://a.b\")",
      "after { nil }",
    ][Int.random(in: 0..<5, using: &random)]
  }
}
