import Language

/// What the text of a cell has to do with globals. Many look at it, who need no copies of all these sets.
final class CellUses: Sendable {
  /// What it reads as it runs.
  let reads: Set<String>
  /// What it declares.
  let declares: Set<String>
  /// What it assigns to as it runs, and whose elements it changes.
  let assigns: Set<String>
  /// For each global that it declares, what functions in its value read when they are called.
  let readsWhenCalled: [String: Set<String>]
  /// For each global that it declares, what functions in its value assign to and change when they are called.
  let assignsWhenCalled: [String: Set<String>]
  /// What its timers and fibers have to do with globals.
  let goingOn: Resolution.GoingOn
  /// What its timers and fibers assign to and change by what they call.
  let assignsLater: Set<String>
  /// The same of those that functions begin when they are called, for each global that it declares.
  let goingOnWhenCalled: [String: Resolution.GoingOn]

  /// - Parameter declares: the globals that it declares, where more is known of them than the resolution says.
  init(_ resolution: Resolution, declares: Set<String>? = nil) {
    let declares = declares ?? Set(resolution.declared.keys)
    self.declares = declares
    var reads: Set<String> = []
    for (name, use) in resolution.reads where use.isAtOnce { reads.insert(name) }
    for cell in resolution.outsRead { reads.insert(Resolution.outName(of: cell)) }
    self.reads = reads
    var assigns: Set<String> = []
    for uses in [resolution.writes, resolution.changes] {
      for (name, use) in uses where use.isAtOnce && !declares.contains(name) { assigns.insert(name) }
    }
    self.assigns = assigns
    assignsLater = []
    readsWhenCalled = resolution.readsWhenCalled
    assignsWhenCalled = resolution.assignsWhenCalled
    (goingOn, goingOnWhenCalled) = (resolution.goingOn, resolution.goingOnWhenCalled)
  }

  private init(_ uses: CellUses, assigns: Set<String>, later: Set<String>) {
    (reads, declares, self.assigns, assignsLater) = (uses.reads, uses.declares, assigns, later)
    (readsWhenCalled, assignsWhenCalled) = (uses.readsWhenCalled, uses.assignsWhenCalled)
    (goingOn, goingOnWhenCalled) = (uses.goingOn, uses.goingOnWhenCalled)
  }

  /// The same where it assigns to some more as it runs, and later.
  func assigning(_ names: Set<String>, later: Set<String>) -> CellUses {
    CellUses(
      self, assigns: assigns.union(names.subtracting(declares)), later: assignsLater.union(later))
  }

  /// Tells the names that it declares whose values have functions that use globals.
  func eachFunction(_ tell: (String) -> Void) {
    for name in readsWhenCalled.keys { tell(name) }
    for name in assignsWhenCalled.keys where readsWhenCalled[name] == nil { tell(name) }
  }

  /// The globals that those of its own functions use that are among some names, and those that they call.
  func named(byOwnFunctionsAmong names: Set<String>) -> Set<String> {
    var found: Set<String> = []
    var open = Array(names.intersection(declares))
    while let name = open.popLast() {
      for inner in (readsWhenCalled[name] ?? []).union(assignsWhenCalled[name] ?? [])
      where found.insert(inner).inserted && declares.contains(inner) {
        open.append(inner)
      }
    }
    return found
  }
}

/// Which cells would come to something else if they ran again: what they read has changed since they ran, or what they
/// declared was replaced by a cell that has gone since.
///
/// A cell reads and assigns a global itself, or through a function that it names. What handlers and timers read counts
/// for nothing, since they look it up each time; an `after` whose value is used has read it for good. An assignment
/// counts for the cells below it alone, so that two cells which add to the same counter do not make each other stale
/// for ever. Whoever assigns to a global has to do so again where that is declared anew. Each run of a cell declares its `Out`; `_` counts for nothing, since it is another with each cell that runs.
struct Staleness: Sendable {
  private struct Run {
    let uses: CellUses
    /// What it assigned to, itself or through functions, and did not declare.
    let assigns: Set<String>
    /// When it began.
    let since: Int
  }

  private struct Change {
    let time: Int
    let isDeclaration: Bool
  }

  /// Counts changes.
  private(set) var time = 0
  /// The last successful run of each cell.
  private var runs: [Int: Run] = [:]
  /// For each name whose value has functions that use globals, the cells that declare it.
  private var functions: [String: Set<Int>] = [:]
  /// For each name the last change by each cell, those included that are gone.
  private var changes: [String: [Int: Change]] = [:]
  /// The names whose last declaration is gone: whoever declared them before would do so again.
  private var lost: Set<String> = []

  /// A run that began at `since` has succeeded.
  ///
  /// - Parameter assigning: to what it was seen to assign; nil where that is to be found from what it and functions use.
  mutating func ran(_ cell: Int, _ uses: CellUses, since: Int, assigning seen: Set<String>? = nil) {
    time += 1
    // What it no longer declares is gone.
    let dropped = runs[cell]?.uses.declares.subtracting(uses.declares) ?? []
    for name in dropped where lastDeclaration(of: name) == cell { lost.insert(name) }
    if !lost.isEmpty { lost.subtract(uses.declares) }
    noteFunctions(of: cell, uses)
    let assigns = seen?.subtracting(uses.declares) ?? names(assignedBy: uses, of: cell)
    let change = Change(time: time, isDeclaration: true)
    for name in assigns { changes[name, default: [:]][cell] = Change(time: time, isDeclaration: false) }
    for name in uses.declares { changes[name, default: [:]][cell] = change }
    for name in dropped { changes[name, default: [:]][cell] = change }
    changes[Resolution.outName(of: cell), default: [:]][cell] = change
    runs[cell] = Run(uses: uses, assigns: assigns, since: since)
  }

  private mutating func noteFunctions(of cell: Int, _ uses: CellUses?) {
    runs[cell]?.uses.eachFunction { functions[$0]?.remove(cell) }
    uses?.eachFunction { functions[$0, default: []].insert(cell) }
  }

  /// A cell is gone with all that it made; `names` are those that no other cell has taken over since.
  mutating func removed(_ cell: Int, names: [String]) {
    noteFunctions(of: cell, nil)
    guard runs.removeValue(forKey: cell) != nil else { return }
    time += 1
    lost.formUnion(names)
    for name in names + [Resolution.outName(of: cell)] {
      changes[name, default: [:]][cell] = Change(time: time, isDeclaration: true)
    }
  }

  /// The cell whose declaration of a name was the last.
  private func lastDeclaration(of name: String) -> Int? {
    changes[name]?.filter(\.value.isDeclaration).max { $0.value.time < $1.value.time }?.key
  }

  /// The stale cells of a notebook, in its order.
  ///
  /// - Parameters:
  ///   - edited: cells whose text is no longer the one that ran.
  ///   - takesFromAbove: whether of several cells that declare a name a cell has it from the nearest above it, if there is
  ///     one, as it is at a start.
  func stale(in order: [Int], edited: Set<Int> = [], takesFromAbove: Bool = false) -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let inputs = order.compactMap { cell in
      runs[cell].map { (cell: cell, since: $0.since, names: names(readBy: $0.uses)) }
    }

    func comes(_ other: Int, before cell: Int, declaring name: String) -> Bool {
      if other == cell { return false }
      if changes[name]?[other]?.isDeclaration == true {
        guard takesFromAbove, let place = places[cell] else { return true }
        let above = changes[name]?.filter { $1.isDeclaration && $0 != cell && places[$0] ?? .max < place }
        let nearest = above?.keys.max { places[$0] ?? 0 < places[$1] ?? 0 }
        return nearest.map { $0 == other } ?? true
      }
      return places[other] ?? -1 < places[cell] ?? 0
    }
    var stale = edited.intersection(runs.keys)
    for cell in order where runs[cell].map({ !$0.uses.declares.isDisjoint(with: lost) }) ?? false {
      stale.insert(cell)
    }
    for (cell, since, names) in inputs {
      let hasChanged = names.contains { name in
        changes[name]?.contains { $1.time > since && comes($0, before: cell, declaring: name) } ?? false
      }
      let isOverwritten = assigned(by: cell).contains { name in
        changes[name]?.contains { $0 != cell && $1.isDeclaration && $1.time > since } ?? false
      }
      if hasChanged || isOverwritten { stale.insert(cell) }
    }
    // What a stale cell gives will change too. Each is looked at once.
    var readers: [String: [Int]] = [:]
    var writers: [String: [Int]] = [:]
    for (cell, _, names) in inputs {
      for name in names { readers[name, default: []].append(cell) }
      for name in assigned(by: cell) { writers[name, default: []].append(cell) }
    }
    var open = Array(stale)
    while let cell = open.popLast() {
      guard places[cell] != nil, let run = runs[cell] else { continue }
      for name in run.uses.declares.union(run.assigns).union([Resolution.outName(of: cell)]) {
        for reader in readers[name] ?? []
        where !stale.contains(reader) && comes(cell, before: reader, declaring: name) {
          stale.insert(reader)
          open.append(reader)
        }
      }
      for name in run.uses.declares {
        for writer in writers[name] ?? [] where stale.insert(writer).inserted { open.append(writer) }
      }
    }
    return order.filter(stale.contains)
  }

  /// What the last run of a cell assigned to and did not declare.
  func assigned(by cell: Int) -> Set<String> { runs[cell]?.assigns ?? [] }

  /// What the timers and fibers of a cell assign to and change, by functions that they call too.
  func assigned(laterBy cell: Int) -> Set<String> {
    assigned(byWhatGoesOnOf: cell, \.all).union(runs[cell]?.uses.assignsLater ?? [])
  }

  /// What the timers and fibers of a cell read, by functions that they call too.
  func read(laterBy cell: Int) -> Set<String> {
    guard let uses = runs[cell]?.uses else { return [] }
    return reached(from: goingOn(of: uses).reduce(into: []) { $0.formUnion($1.all.reads) })
  }

  /// What goes on when a cell has run: what it begins itself, and what functions begin that it calls.
  func goingOn(of uses: CellUses) -> [Resolution.GoingOn] {
    var all = [uses.goingOn]
    for name in reached(from: uses.reads.union(uses.goingOn.all.reads)) {
      all += (functions[name] ?? []).compactMap { runs[$0]?.uses.goingOnWhenCalled[name] }
    }
    return all
  }

  /// The same of its fibers alone.
  func assigned(byFibersOf cell: Int) -> Set<String> {
    assigned(byWhatGoesOnOf: cell, \.inFibers)
  }

  private func assigned(
    byWhatGoesOnOf cell: Int, _ part: (Resolution.GoingOn) -> Resolution.GlobalUses
  ) -> Set<String> {
    guard let uses = runs[cell]?.uses else { return [] }
    let all = goingOn(of: uses).map(part)
    let reads = all.reduce(into: Set()) { $0.formUnion($1.reads) }
    return all.reduce(into: assigned(byCalling: reads)) { $0.formUnion($1.assigns) }
  }

  /// Some names, and what functions read that they stand for.
  func reached(from names: Set<String>) -> Set<String> { reached(from: names) { runs[$0]?.uses } }

  /// The names whose values have functions that use globals.
  var functionNames: [String] { functions.compactMap { $1.isEmpty ? nil : $0 } }

  /// Whether a name's value has functions that use globals.
  func isFunction(_ name: String) -> Bool { functions[name] != nil }

  /// What functions assign to and change that some names stand for, and those that they call.
  func assigned(byCalling names: Set<String>) -> Set<String> {
    var found: Set<String> = []
    for name in reached(from: names, { runs[$0]?.uses }) {
      for cell in functions[name] ?? [] { found.formUnion(runs[cell]?.uses.assignsWhenCalled[name] ?? []) }
    }
    return found
  }

  /// What a cell reads itself and what the functions read that it names, but for what it declares.
  private func names(readBy uses: CellUses) -> Set<String> {
    reached(from: uses.reads) { runs[$0]?.uses }.subtracting(uses.declares)
  }

  /// What a cell that has just run assigned to itself, and what the functions assign to that it names, but for what it
  /// declares.
  private func names(assignedBy uses: CellUses, of cell: Int) -> Set<String> {
    func latest(_ other: Int) -> CellUses? { other == cell ? uses : runs[other]?.uses }
    var found = uses.assigns
    for name in reached(from: uses.reads, latest) {
      for other in functions[name] ?? [] { found.formUnion(latest(other)?.assignsWhenCalled[name] ?? []) }
    }
    return found.subtracting(uses.declares)
  }

  /// Some names and what the functions read that they stand for.
  private func reached(from names: Set<String>, _ uses: (Int) -> CellUses?) -> Set<String> {
    var found = names
    // Few are functions.
    var open = names.filter { functions[$0] != nil }
    while let name = open.popFirst() {
      for cell in functions[name] ?? [] {
        for inner in uses(cell)?.readsWhenCalled[name] ?? [] where found.insert(inner).inserted {
          if functions[inner] != nil { open.insert(inner) }
        }
      }
    }
    return found
  }
}
