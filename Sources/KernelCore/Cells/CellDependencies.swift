import Language
import Web

/// What the cells of a notebook have to do with one another, found from their texts without running them: which of them
/// come to something else when others are edited, are new or are gone.
///
/// The rules are those of `Staleness`. They are asked of a notebook in which every cell has just run, so that what is
/// stale is so by the edit alone.
public struct CellDependencies: Sendable {
  private struct Text: Sendable {
    let number: Int
    let uses: CellUses
    /// The globals and routes that it declares: of two cells that declare one, the last to run has it.
    var declares: Set<Declaration>
    /// What it declares around routes that stands beside the same of others.
    var surrounds: Set<Declaration>
    /// The routes among `declares`, as they are written.
    var routes: [DeclaredRoute] = []
    /// The same two of whoever gets at a function that it leaves under a name.
    var whenCalled: [String: Around] = [:]
    /// The names that it uses, as far as it can be read, and those that it gives a value or changes.
    let mentions: Set<String>
    let gives: Set<String>
  }

  /// What something declares around routes.
  private struct Around {
    var declares: Set<Declaration> = []
    var surrounds: Set<Declaration> = []
    var count: Int { declares.count + surrounds.count }

    mutating func form(union other: Around) {
      declares.formUnion(other.declares)
      surrounds.formUnion(other.surrounds)
    }
  }

  private enum Declaration: Hashable {
    case global(String)
    case route(RouteKey)
    /// Of `notFound` and `onError` there is one in a group; the others stand side by side.
    case hook(HookKind, prefix: String)
    /// What declares something around routes beside others, in whatever group: a guard may move from one to another.
    case around(String)
  }

  private let texts: [Text]
  private let order: [Int]
  /// As if all had run.
  private let staleness: Staleness

  /// - Parameter cells: the cells in the notebook's order, each with a number of its own.
  public init(_ cells: [(number: Int, text: String)]) {
    var texts = cells.map { CellDependencies.read($0.text, of: $0.number) }
    CellDependencies.follow(calls: &texts)
    CellDependencies.noteMisspelt(&texts)
    self.texts = texts
    order = texts.map(\.number)
    var staleness = Staleness()
    for text in texts { staleness.ran(text.number, text.uses, since: CellDependencies.always) }
    self.staleness = staleness
  }

  /// When a cell began whose input has not changed since.
  private static let always = Int.max

  private static func read(_ text: String, of number: Int) -> Text {
    let source = SourceText(cell: number, text: text)
    let parsed = Parser.parse(source)
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    let names = Set(CompiledCell.declarations(of: source, parsed, resolution).keys)
    var declares = Set(names.map(Declaration.global))
    var routes: [DeclaredRoute] = []
    for route in resolution.routes {
      guard let key = try? RoutePattern.parse(route.pattern).key else { continue }
      var methods: [String?] = route.methods
      if route.isSocket { methods = [RouteKey.socket] } else if methods.isEmpty { methods = [nil] }
      routes += methods.map { DeclaredRoute(method: route.isSocket ? "GET" : $0, pattern: route.pattern) }
      declares.formUnion(methods.map { .route(RouteKey(method: $0, pattern: key)) })
    }
    var surrounds: Set<Declaration> = []
    var whenCalled: [String: Around] = [:]
    let gives = names.union(resolution.writes.keys).union(resolution.changes.keys)
    for hook in resolution.hooks {
      guard let prefix = try? RoutePrefix(hook.prefix) else { continue }
      var around = Around()
      if SurroundingKey.Kind.hook(hook.kind).hasMany {
        around.surrounds = [.around(hook.kind.rawValue)]
      } else {
        around.declares = [.hook(hook.kind, prefix: prefix.key)]
      }
      // A function without a name of its own may be left under any.
      let holders = hook.function.map { [$0] } ?? Array(gives)
      for name in hook.isInFunction ? holders : [] {
        whenCalled[name, default: Around()].form(union: around)
      }
      if hook.isAtOnce {
        declares.formUnion(around.declares)
        surrounds.formUnion(around.surrounds)
      }
    }
    for name in ["cors", "files"] where resolution.reads[name] != nil { surrounds.insert(.around(name)) }
    // What cannot be read may be meant as a guard, and nothing is served without it.
    let isBroken = resolution.hasErrors || parsed.diagnostics.contains { $0.severity == .error }
    if isBroken, text.contains(HookKind.before.rawValue) {
      surrounds.insert(.around(HookKind.before.rawValue))
    }
    return Text(
      number: number, uses: CellUses(resolution, declares: names), declares: declares, surrounds: surrounds,
      routes: routes, whenCalled: whenCalled,
      mentions: isBroken ? words(of: text) : Set(resolution.reads.keys), gives: gives)
  }

  /// All that may be a name in a text that cannot be read.
  private static func words(of text: String) -> Set<String> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
  }

  /// `before({ … })` is a call of a name that nothing has, and meant as a guard.
  private static func noteMisspelt(_ texts: inout [Text]) {
    let name = HookKind.before.rawValue
    if texts.contains(where: { $0.gives.contains(name) }) { return }
    for place in texts.indices where texts[place].mentions.contains(name) {
      texts[place].surrounds.insert(.around(name))
    }
  }

  /// A cell that names a function may call it, or leave it under the names that it gives a value; so it counts as declaring
  /// what is declared in it.
  private static func follow(calls texts: inout [Text]) {
    var functions: [String: Around] = texts.reduce(into: [:]) { functions, text in
      for (name, around) in text.whenCalled { functions[name, default: Around()].form(union: around) }
    }
    if functions.isEmpty { return }
    var places: [String: [Int]] = [:]
    for (place, text) in texts.enumerated() {
      for name in text.mentions { places[name, default: []].append(place) }
    }
    var found = Array(repeating: Around(), count: texts.count)
    // The names that lead to more than was known when they were followed last.
    var open = Array(functions.keys)
    while let name = open.popLast() {
      guard let around = functions[name] else { continue }
      for place in places[name] ?? [] {
        let before = found[place].count
        found[place].form(union: around)
        if found[place].count == before { continue }
        for given in texts[place].gives {
          let known = functions[given]?.count ?? 0
          functions[given, default: Around()].form(union: found[place])
          if functions[given]?.count != known { open.append(given) }
        }
      }
    }
    for (place, around) in found.enumerated() {
      texts[place].declares.formUnion(around.declares)
      texts[place].surrounds.formUnion(around.surrounds)
    }
  }

  // MARK: Asking

  /// Some cells and those that depend on them, in the notebook's order.
  public func affected(by cells: Set<Int>) -> [Int] { staleness.stale(in: order, edited: cells) }

  /// The cells of this notebook that are to run so that it is as if all had run, where an earlier state of it has run:
  /// some, those that depend on them or on what is gone, and those that declare what a cell before them now declares
  /// again, or what no cell declares any more that had taken it over.
  ///
  /// - Parameters:
  ///   - edited: cells that are new, that have another text now, or whose run is missing.
  ///   - before: the cells that have run, with the texts that they had then.
  public func affected(by edited: Set<Int>, since before: CellDependencies) -> [Int] {
    var staleness = before.staleness
    for text in before.texts where !order.contains(text.number) {
      let names = text.uses.declares.filter { before.last(declaring: .global($0)) == text.number }
      staleness.removed(text.number, names: Array(names))
    }
    for text in texts where edited.contains(text.number) {
      staleness.ran(text.number, text.uses, since: CellDependencies.always)
    }
    var affected = edited.union(regaining(before, edited))
    while true {
      let grown = affected.union(staleness.stale(in: order, edited: affected)).union(overlaid(by: affected))
      if grown.count == affected.count { return order.filter(affected.contains) }
      affected = grown
    }
  }

  /// Whether two cells declare the same name or route: the last to run has it.
  public func declareSame(_ one: Int, _ other: Int) -> Bool {
    let both = texts.filter { $0.number == one || $0.number == other }
    return both.count == 2 && !both[0].declares.isDisjoint(with: both[1].declares)
  }

  /// Whether a cell declares anything around routes.
  public func surrounds(_ number: Int) -> Bool {
    texts.contains { text in
      text.number == number
        && (!text.surrounds.isEmpty
          || text.declares.contains { if case .hook = $0 { true } else { false } })
    }
  }

  /// The routes that some cells declare, as far as it can be read.
  public func routes(of numbers: Set<Int>) -> [DeclaredRoute] {
    texts.filter { numbers.contains($0.number) }.flatMap(\.routes)
  }

  /// Whether a cell declares what runs before the handlers of routes, and may keep them from running.
  public func guards(_ number: Int) -> Bool {
    texts.contains { $0.number == number && guards($0) }
  }

  private func guards(_ text: Text) -> Bool { text.surrounds.contains(.around(HookKind.before.rawValue)) }

  /// The cells whose names a guard may use, itself or by way of others, and those that declare one.
  public var cellsOfGuards: Set<Int> {
    var open = texts.indices.filter { guards(texts[$0]) }
    if open.isEmpty { return [] }
    var givers: [String: [Int]] = [:]
    for (place, text) in texts.enumerated() {
      for name in text.gives { givers[name, default: []].append(place) }
    }
    var found = Set(open)
    while let place = open.popLast() {
      for giver in texts[place].mentions.flatMap({ givers[$0] ?? [] }) where found.insert(giver).inserted {
        open.append(giver)
      }
    }
    return Set(found.map { texts[$0].number })
  }

  /// Whether anything is left of a run of a cell that may come to light: something that answers requests or surrounds them,
  /// a name that others use, or what it calls does.
  public func leavesSomething(_ number: Int) -> Bool {
    guard let text = texts.first(where: { $0.number == number }) else { return false }
    let answers = text.declares.contains { if case .global = $0 { false } else { true } }
    return answers || !text.surrounds.isEmpty
      || texts.contains { other in
        other.number != number
          && !(other.mentions.isDisjoint(with: text.gives) && other.gives.isDisjoint(with: text.mentions))
      }
  }

  /// The cells of this notebook that declare something of what a cell of an earlier one declared there, or the same
  /// around routes, itself left out.
  public func heirs(of number: Int, in before: CellDependencies) -> [Int] {
    guard let text = before.texts.first(where: { $0.number == number }) else { return [] }
    return texts.filter {
      $0.number != number
        && !($0.declares.isDisjoint(with: text.declares) && $0.surrounds.isDisjoint(with: text.surrounds))
    }.map(\.number)
  }

  private func last(declaring declaration: Declaration, otherThan numbers: Set<Int> = []) -> Int? {
    texts.last { $0.declares.contains(declaration) && !numbers.contains($0.number) }?.number
  }

  /// The cells that declare what another had taken over from them, which declares it no longer. One that is edited may
  /// fail, and leaves it to the one before it.
  private func regaining(_ before: CellDependencies, _ edited: Set<Int>) -> Set<Int> {
    let kept = Dictionary(uniqueKeysWithValues: texts.map { ($0.number, $0.declares) })
    var regained: Set<Int> = []
    for text in before.texts {
      for declaration in text.declares.subtracting(kept[text.number] ?? []) {
        guard before.last(declaring: declaration) == text.number,
          let next = last(declaring: declaration, otherThan: edited)
        else { continue }
        regained.insert(next)
      }
    }
    return regained
  }

  /// The cells behind one of these that declare the same: theirs is what counts.
  private func overlaid(by cells: Set<Int>) -> Set<Int> {
    var declared: Set<Declaration> = []
    var overlaid: Set<Int> = []
    for text in texts {
      if cells.contains(text.number) {
        declared.formUnion(text.declares)
      } else if !text.declares.isDisjoint(with: declared) {
        overlaid.insert(text.number)
        declared.formUnion(text.declares)
      }
    }
    return overlaid
  }
}
