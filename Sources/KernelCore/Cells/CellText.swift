import Language
import Web

/// What the text of a cell has to do with the other cells of its notebook, as far as it can be read.
struct CellText: Sendable {
  let number: Int
  let text: String
  private(set) var uses: CellUses
  /// The globals and routes that it may declare: of two cells that declare one, the one further down has it.
  var declares: Set<Declaration>
  /// Whether it can't be compiled.
  let isBroken: Bool
  /// What it declares around routes that stands beside the same of others.
  var surrounds: Set<Declaration>
  /// The routes among `declares`, as they are written.
  var routes: [DeclaredRoute] = []
  /// What whoever gets at a function declares that it leaves under a name.
  var whenCalled: [String: Around] = [:]
  /// The names that it uses, as far as it can be read, and those that it gives a value or changes. The value of a cell
  /// is among them.
  var mentions: Set<String>
  var gives: Set<String>
  /// The names that it reads, assigns to or changes as it runs, by functions of its own too, but for those that are its
  /// own by then.
  let takes: Set<String>
  /// Whether it leaves a function that may be called when it has run.
  let hasFunctions: Bool
  /// Whether it may read the value of any cell.
  let mentionsAnyOut: Bool
  /// What it calls, in functions too.
  let calledAddresses: Set<Resolution.CalledAddress>
  /// What it calls as it runs; and what its functions call, by their names.
  let calledAtOnce: Set<Resolution.CalledAddress>
  let calledByFunctions: [String: Set<Resolution.CalledAddress>]
  /// Its routes with what their handlers do.
  private(set) var handlers: [Handler] = []

  /// Whether what it declares around routes comes in part from functions that it calls or hands on.
  private(set) var declaresAroundByCalls = false

  /// What answers requests.
  struct Handler: Sendable {
    let route: DeclaredRoute
    let uses: Resolution.GlobalUses
    let addresses: Set<Resolution.CalledAddress>
  }

  /// What something declares that is called.
  struct Around {
    var declares: Set<Declaration> = []
    var surrounds: Set<Declaration> = []
    var count: Int { declares.count + surrounds.count }

    mutating func form(union other: Around) {
      declares.formUnion(other.declares)
      surrounds.formUnion(other.surrounds)
    }
  }

  enum Declaration: Hashable {
    case global(String)
    case route(RouteKey)
    /// Of `notFound` and `onError` there is one in a group; the others stand side by side.
    case hook(HookKind, prefix: String)
    /// Of `cors` there is one in a group, and of `files` one for a path; nil where that is no plain text.
    case surrounding(String, prefix: String?)
    /// What declares something around routes beside others, in whatever group: a guard may move from one to another.
    case around(String)

    var isName: Bool { if case .global = self { true } else { false } }
    var isHook: Bool { if case .hook = self { true } else { false } }
  }

  init(_ text: String, of number: Int) {
    let source = SourceText(cell: number, text: text)
    let parsed = Parser.parse(source)
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    let names = Set(CompiledCell.declarations(of: source, parsed).keys)
    // What cannot be read may be meant as a guard, and nothing is served without it.
    isBroken = resolution.hasErrors || parsed.diagnostics.contains { $0.severity == .error }
    (self.number, self.text) = (number, text)
    uses = CellUses(resolution, declares: names)
    hasFunctions = resolution.hasFunctions
    mentionsAnyOut = resolution.mentionsAnyOut
    calledAddresses = resolution.calledAddresses
    calledAtOnce = resolution.addressesCalledAtOnce
    calledByFunctions = resolution.addressesWhenCalled
    var takes = uses.reads.union(uses.assigns).filter { name in
      guard names.contains(name) else { return true }
      guard let declared = resolution.declared[name]?.valueEnd, let use = resolution.reads[name] else {
        return false
      }
      return use.span.start < declared
    }
    gives = names.union(resolution.writes.keys).union(resolution.changes.keys)
    gives.insert(Resolution.outName(of: number))
    mentions = isBroken ? Self.words(of: text) : Set(resolution.reads.keys)
    mentions.formUnion(resolution.outsMentioned.map(Resolution.outName))
    // A function that came into a name by an assignment may be any of the text.
    let isAnyCalled =
      hasFunctions && uses.reads.contains { resolution.writes[$0] != nil || resolution.changes[$0] != nil }
    takes.formUnion(
      (isAnyCalled ? mentions.union(gives) : uses.named(byOwnFunctionsAmong: uses.reads)).subtracting(names))
    self.takes = takes

    var made = Made(names: Set(names.map(Declaration.global)), gives: gives)
    for route in resolution.routes {
      guard let key = try? RoutePattern.parse(route.pattern).key else { continue }
      var methods: [String?] = route.methods
      if route.isSocket { methods = [RouteKey.socket] } else if methods.isEmpty { methods = [nil] }
      let declared = DeclaredRoute.all(route)
      routes += declared
      handlers += declared.map { Handler(route: $0, uses: route.uses, addresses: route.addresses) }
      let keys = methods.map { Declaration.route(RouteKey(method: $0, pattern: key)) }
      made.add(Around(declares: Set(keys)), route.standing)
      // In a handler it is declared when that answers; in a function with a name, by whoever calls it.
      if route.standing.function == nil { made.whole.declares.formUnion(keys) }
    }
    for hook in resolution.hooks {
      guard let prefix = try? RoutePrefix(hook.prefix) else { continue }
      made.add(
        SurroundingKey.Kind.hook(hook.kind).hasMany
          ? Around(surrounds: [.around(hook.kind.rawValue)])
          : Around(declares: [.hook(hook.kind, prefix: prefix.key)]), hook.standing)
    }
    for call in resolution.surroundingCalls {
      let prefix = call.prefix.flatMap { try? RoutePrefix($0).key }
      let around = Around(
        declares: [.surrounding(call.name, prefix: prefix)], surrounds: [.around(call.name)])
      made.add(around, call.standing)
    }
    for name in ["cors", "files"] where resolution.reads[name] != nil {
      made.whole.surrounds.insert(.around(name))
    }
    if isBroken, text.contains(HookKind.before.rawValue) {
      made.whole.surrounds.insert(.around(HookKind.before.rawValue))
    }
    (declares, surrounds) = (made.whole.declares, made.whole.surrounds)
    whenCalled = made.whenCalled
  }

  /// What a text declares, put together.
  private struct Made {
    var whole: Around
    var whenCalled: [String: Around] = [:]
    private let gives: Set<String>

    init(names: Set<Declaration>, gives: Set<String>) {
      whole = Around(declares: names)
      self.gives = gives
    }

    mutating func add(_ around: Around, _ standing: Resolution.Standing) {
      // A function without a name of its own may be left under any.
      let holders = standing.function.map { [$0] } ?? Array(gives)
      for name in standing.isInFunction ? holders : [] {
        whenCalled[name, default: Around()].form(union: around)
      }
      if standing.isAtOnce { whole.form(union: around) }
    }
  }

  /// All that may be a name in a text that cannot be read.
  private static func words(of text: String) -> Set<String> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
  }

  /// Whether it declares what runs before the handlers of routes, and may keep them from running.
  var guards: Bool { surrounds.contains(.around(HookKind.before.rawValue)) }

  /// Notes that it assigns to some names as it runs, and later, by what it calls.
  mutating func noteAssignments(to names: ChangedNames) {
    uses = uses.assigning(names.atOnce, later: names.later)
    gives.formUnion(names.all)
  }

  // MARK: Of a whole notebook

  /// `Out[n]` is the value of any cell.
  static func noteOuts(_ texts: inout [CellText]) {
    let outs = Set(texts.map { Resolution.outName(of: $0.number) })
    for place in texts.indices where texts[place].mentionsAnyOut { texts[place].mentions.formUnion(outs) }
  }

  /// `before({ … })` is a call of a name that nothing has, and meant as a guard.
  static func noteMisspelt(_ texts: inout [CellText]) {
    let name = HookKind.before.rawValue
    if texts.contains(where: { $0.gives.contains(name) }) { return }
    for place in texts.indices where texts[place].mentions.contains(name) {
      texts[place].surrounds.insert(.around(name))
      texts[place].declaresAroundByCalls = true
    }
  }

  /// A cell that names a function may call it, or leave it under the names that it gives a value; so it counts as
  /// declaring what is declared in it.
  static func follow(calls texts: inout [CellText]) {
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
      if !around.surrounds.isEmpty { texts[place].declaresAroundByCalls = true }
    }
  }
}
