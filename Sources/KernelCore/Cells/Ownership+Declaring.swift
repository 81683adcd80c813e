import Language
import NIOHTTP1
import VM
import Web

/// What a declaration of a global held when another took its place.
final class KeptGlobal {
  /// Nil while it is in force.
  var content: GlobalContent?
}

/// What a global holds, and how it was declared.
typealias GlobalContent = (value: PinnedValue, kind: GlobalKind)

/// What a global holds for some of the code, and whose declaration that is.
struct SplitGlobal {
  let owner: UInt32?
  let content: GlobalContent?
}

// What is in force of what several runs of cells have declared.

extension Ownership {
  // MARK: Names

  /// A run is about to declare a global, which is its own from now on. Where it is to be that of a cell further down,
  /// it is so for the cells under way alone.
  func willDefine(global slot: Int, owner: UInt32) {
    guard let run = runs[owner] else { return }
    changes[slot] = clock.now
    let holder = globalOwners[slot]
    if holder == nil, let content = machine.global(slot), content.kind == .builtin, builtins[slot] == nil {
      builtins[slot] = PinnedValue(content.value, in: machine)
    }
    let isForOthers = isHidden(slot) || holder.map { rank($0, of: slot) > rank(owner, of: slot) } ?? false
    if split[slot] == nil, run.isUnderWay, isForOthers {
      split[slot] = SplitGlobal(owner: holder, content: content(of: slot))
    } else if let holder, holder != owner {
      nameLayers.find(holder, under: slot)?.content = content(of: slot)
    }
    nameLayers.add(KeptGlobal(), of: owner, under: slot)
    run.globals.append(slot)
    globalOwners[slot] = owner
  }

  private func content(of slot: Int) -> GlobalContent? {
    machine.global(slot).map { (PinnedValue($0.value, in: machine), $0.kind) }
  }

  private func set(_ slot: Int, _ owner: UInt32?, _ content: GlobalContent?) {
    globalOwners[slot] = owner
    machine.setGlobal(slot, content.map { ($0.value.value, $0.kind) })
  }

  /// Code of a cell that runs in this start or reload begins or ends, or code that answers its requests: it sees what the
  /// cells of its kind have declared.
  func swapGlobals() {
    for (slot, other) in split {
      split[slot] = SplitGlobal(owner: globalOwners[slot], content: content(of: slot))
      set(slot, other.owner, other.content)
    }
  }

  /// What is to be found out of the globals that a cell sees which is about to run.
  func asCellsUnderWaySee<Result>(_ body: () -> Result) -> Result {
    swapGlobals()
    defer { swapGlobals() }
    return body()
  }

  /// Gives a global to the run that is to have it. Where cells under way see another's, they go on doing so.
  func putInForce(_ slot: Int) {
    let isHidden = isHidden(slot)
    let top = isHidden ? nil : nameLayers.top(under: slot) { rank($0, of: slot) }
    if let other = split[slot], !isHidden, top == nil || other.owner == top?.owner { joinGlobal(slot, other) }
    guard top?.owner != globalOwners[slot] else { return }
    if let holder = globalOwners[slot] { nameLayers.find(holder, under: slot)?.content = content(of: slot) }
    changes[slot] = clock.now
    set(slot, top?.owner, top.map(\.record.content) ?? builtins[slot].map { ($0, .builtin) })
    top?.record.content = nil
  }

  /// Cells under way see a global again as the last of the cells that run with them has declared it before, else as all
  /// others do.
  private func giveBack(
    _ slot: Int, _ other: SplitGlobal, to before: [DeclarationLayers<Int, KeptGlobal>.Layer]
  ) {
    let last = before.last { machine.hasOwnView($0.owner) && $0.owner != globalOwners[slot] }
    guard let last, let content = last.record.content else { return joinGlobal(slot, other) }
    last.record.content = nil
    split[slot] = SplitGlobal(owner: last.owner, content: content)
  }

  /// Cells under way see a global as all others do from now on.
  private func joinGlobal(_ slot: Int, _ other: SplitGlobal) {
    split[slot] = nil
    guard let owner = other.owner, owner != globalOwners[slot] else { return }
    nameLayers.find(owner, under: slot)?.content = other.content
  }

  // MARK: Routes and what is around them

  /// Declares a route on behalf of a run; gives the one that it replaces.
  func declare(_ record: RouteRecord) -> RouteRecord? {
    let before = routes[record.key]
    routeLayers.add(record, of: record.owner, under: record.key)
    let run = runs[record.owner]
    run?.routes[record.key] = (record.method, record.pattern)
    if !(run?.isUnderWay ?? false) { forgetReplaced(by: record.owner, record.key) }
    putInForce(record.key)
    return routes[record.key] === record ? before : nil
  }

  /// The key of a declaration around routes on behalf of a run.
  func key(of kind: SurroundingKey.Kind, in prefix: RoutePrefix, owner: UInt32) -> SurroundingKey {
    guard kind.hasMany else { return SurroundingKey(kind: kind, prefix: prefix.key, cell: 0, ordinal: 0) }
    let before = runs[owner]?.surroundings.count { $0.kind == kind && $0.prefix == prefix.key } ?? 0
    return SurroundingKey(kind: kind, prefix: prefix.key, cell: cell(of: owner) ?? 0, ordinal: before)
  }

  /// Declares something around routes on behalf of a run; gives what it replaces.
  func declare(_ surrounding: Surrounding) -> Surrounding? {
    let before = surroundings[surrounding.key]
    surroundingLayers.add(surrounding, of: surrounding.owner, under: surrounding.key)
    let run = runs[surrounding.owner]
    run?.surroundings.insert(surrounding.key)
    if !(run?.isUnderWay ?? false) { forgetReplaced(by: surrounding.owner, surrounding.key) }
    putInForce(surrounding.key)
    return surroundings[surrounding.key] === surrounding ? before : nil
  }

  /// Whether what is declared around routes is there for the cells that run in this start or reload, as at a start: not
  /// what cells further down declare, nor what earlier runs of these cells have declared.
  var thereForCells: (Surrounding) -> Bool {
    let cells = Set(runs.values.filter { machine.hasOwnView($0.owner) }.map(\.cell))
    let end = cells.compactMap { places?[$0] }.max() ?? .max
    return { [self] surrounding in
      guard let cell = surrounding.cell, let place = places?[cell] else { return true }
      return place <= end && (!cells.contains(cell) || machine.hasOwnView(surrounding.owner))
    }
  }

  /// The route that answers a request of a cell which runs in this start or reload: of those that the cells of its kind
  /// have declared the last, as at a start, else one that is in force. Nil where that is what answers all others.
  func routeOfCells(method: HTTPMethod, path: String) -> (record: RouteRecord, values: [PathValue])? {
    let own = routeLayers.last(of: machine.hasOwnView).filter { $1 !== routes[$0] && !$1.isSocket }
    if own.isEmpty { return nil }
    let all = routes.records.filter { !$1.isSocket }.merging(own) { $1 }.values.sorted {
      $0.number < $1.number
    }
    let table = RouteTable(entries: all.map { ($0.method, $0.pattern, $0.number) })
    guard case .match(let number, let values) = table.resolve(method: method, path: path),
      let record = own.values.first(where: { $0.number == number })
    else { return nil }
    return (record, values)
  }

  private func putInForce(_ key: RouteKey) {
    let record = hidden.contains(.route(key)) ? nil : routeLayers.top(under: key, rank)?.record
    if routes[key] !== record { routes.set(record, for: key) }
  }

  private func putInForce(_ key: SurroundingKey) {
    var surrounding = surroundingLayers.top(under: key, rank)?.record
    if case .hook(let kind) = key.kind, hidden.contains(.hook(kind, prefix: key.prefix)) { surrounding = nil }
    if surroundings[key] !== surrounding { surroundings.set(surrounding, for: key) }
  }

  // MARK: The end of a run

  /// Takes away what a run declared, or of that what is chosen: what others declared the same is in force instead.
  func removeDeclarations(
    of run: CellRun, global isGlobal: (Int) -> Bool = { _ in true },
    route isRoute: (RouteKey) -> Bool = { _ in true },
    surrounding isSurrounding: (SurroundingKey) -> Bool = { _ in true }
  ) {
    for slot in run.globals where isGlobal(slot) {
      let before = nameLayers.all(before: run.owner, under: slot)
      nameLayers.remove(run.owner, under: slot)
      if let other = split[slot], other.owner == run.owner { giveBack(slot, other, to: before) }
      if globalOwners[slot] == run.owner { putInForce(slot) }
    }
    for key in run.routes.keys where isRoute(key) { remove(key, of: run) }
    for key in run.surroundings where isSurrounding(key) { remove(key, of: run) }
  }

  func remove(_ key: RouteKey, of run: CellRun) {
    routeLayers.remove(run.owner, under: key)
    putInForce(key)
  }

  func remove(_ key: SurroundingKey, of run: CellRun) {
    surroundingLayers.remove(run.owner, under: key)
    putInForce(key)
  }

  // MARK: What is to be declared again

  private func isHidden(_ slot: Int) -> Bool {
    !hidden.isEmpty && hidden.contains(.global(machine.name(ofGlobal: slot)))
  }

  /// What nobody is to declare any more, or has been declared, is in force from now on.
  func bringOut() {
    let shown = hidden.filter { !awaited.contains($0) }
    hidden.subtract(shown)
    for declaration in shown {
      switch declaration {
      case .global(let name): if let slot = try? machine.slot(of: name) { putInForce(slot) }
      case .route(let key): putInForce(key)
      case .hook(let kind, let prefix):
        putInForce(SurroundingKey(kind: .hook(kind), prefix: prefix, cell: 0, ordinal: 0))
      case .surrounding, .around: break
      }
    }
  }

  func isAwaited(_ slot: Int) -> Bool { awaited.contains(.global(machine.name(ofGlobal: slot))) }

  func isAwaited(_ key: RouteKey) -> Bool { awaited.contains(.route(key)) }

  func isAwaited(_ key: SurroundingKey) -> Bool {
    switch key.kind {
    case .hook(let kind) where !key.kind.hasMany: awaited.contains(.hook(kind, prefix: key.prefix))
    default: awaited.contains(.around(key.kind.name))
    }
  }

  /// Takes away what a run that was replaced declared and nobody is to declare again. What it uses itself stays as long
  /// as anything of it does.
  func dropUnawaited(_ run: CellRun) {
    let isAnyAwaited =
      run.routes.keys.contains(where: isAwaited) || run.surroundings.contains(where: isAwaited)
      || run.globals.contains(where: isAwaited)
    if places != nil, isAnyAwaited { return removeUnawaited(run) }
    replacedInPart[run.owner] = nil
    removeDeclarations(of: run)
  }

  func removeUnawaited(_ run: CellRun) {
    for key in run.routes.keys where !isAwaited(key) { remove(key, of: run) }
    for key in run.surroundings where !isAwaited(key) { remove(key, of: run) }
    for slot in run.globals where globalOwners[slot] == run.owner { putInForce(slot) }
  }

  /// Takes away what nobody is to declare again any more.
  func dropReplaced() {
    replacedInPart.values.forEach(dropUnawaited)
    gone.forEach(letGo)
  }

  func forgetReplaced(by owner: UInt32, _ slot: Int) {
    if places == nil { nameLayers.removeAll(before: owner, under: slot) }
  }

  func forgetReplaced(by owner: UInt32, _ key: RouteKey) {
    if places == nil { routeLayers.removeAll(before: owner, under: key) }
  }

  func forgetReplaced(by owner: UInt32, _ key: SurroundingKey) {
    if places == nil { surroundingLayers.removeAll(before: owner, under: key) }
  }

  // MARK: The order of the cells

  /// How far down the cell of a run stands, if that matters.
  private func rank(_ owner: UInt32) -> Int {
    guard let places else { return 0 }
    return cell(of: owner).flatMap { places[$0] } ?? .max
  }

  /// The same of a name. That of a run which was replaced, or whose cell is gone, counts as long as another cell is to
  /// declare it, and then where nobody else does.
  private func rank(_ owner: UInt32, of slot: Int) -> Int {
    guard let places else { return 0 }
    guard let cell = cell(of: owner) else { return -1 }
    let isPresent = runs[owner] != nil && notebook.contains(cell)
    return isPresent || isAwaited(slot) ? places[cell] ?? .max : -1
  }

  /// Of several cells that declare the same the one furthest down has it from now on, whichever ran last.
  ///
  /// - Parameters:
  ///   - awaited: what cells are to declare that have not run since they were edited.
  ///   - isStart: whether nothing has been served yet: then what cells further up declare is not served in its place.
  func setOrder(_ order: [Int], awaiting awaited: AwaitedDeclarations, isStart: Bool) {
    notebook = Set(order)
    places = Dictionary(uniqueKeysWithValues: withGone(order).enumerated().map { ($1, $0) })
    self.awaited = awaited
    if isStart { hidden = awaited.shared }
    bringOut()
    gone = latest.keys.filter { !notebook.contains($0) }
    dropReplaced()
    for key in routeLayers.shared { putInForce(key) }
    for key in surroundingLayers.shared { putInForce(key) }
  }

  /// The notebook's cells, with those that are gone from it and of which something is in force behind the ones that they
  /// stood behind.
  private func withGone(_ order: [Int]) -> [Int] {
    var followers: [Int?: [Int]] = [:]
    var leader: Int?
    for cell in (places ?? [:]).sorted(by: { $0.value < $1.value }).map(\.key) {
      if notebook.contains(cell) {
        leader = cell
      } else if latest[cell] != nil || replacedInPart.values.contains(where: { $0.cell == cell }) {
        followers[leader, default: []].append(cell)
      }
    }
    if followers.isEmpty { return order }
    return (followers[nil] ?? []) + order.flatMap { [$0] + (followers[$0] ?? []) }
  }

  /// All that was to run has run: what goes on of the cells that have ended sees names as all others do, and names are
  /// back with the cells furthest down of those that declare them.
  func settleNames() {
    machine.endOwnViews { runs[$0]?.isUnderWay ?? false }
    if places != nil { Set(nameLayers.shared).union(split.keys).forEach(settle) }
  }

  private func settle(_ slot: Int) {
    if let other = split[slot] {
      if let owner = other.owner, runs[owner]?.isUnderWay ?? false { return }
      joinGlobal(slot, other)
    }
    if let holder = globalOwners[slot], runs[holder]?.isUnderWay ?? false { return }
    putInForce(slot)
  }
}
