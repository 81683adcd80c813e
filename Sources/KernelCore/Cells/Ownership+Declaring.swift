import Language
import NIOHTTP1
import VM
import Web

/// What a declaration of a global held when another took its place.
final class KeptGlobal {
  /// Nil while it is in force.
  var content: (value: PinnedValue, kind: GlobalKind)?
}

// What is in force of what several runs of cells have declared.

extension Ownership {
  // MARK: Names

  /// A run is about to declare a global, which is its own from now on.
  func willDefine(global slot: Int, owner: UInt32) {
    guard let run = runs[owner] else { return }
    changes[slot] = clock.now
    if let holder = globalOwners[slot] {
      if holder != owner { keepContent(of: slot, for: holder) }
    } else if let content = machine.global(slot), content.kind == .builtin, builtins[slot] == nil {
      builtins[slot] = PinnedValue(content.value, in: machine)
    }
    nameLayers.add(KeptGlobal(), of: owner, under: slot)
    run.globals.append(slot)
    globalOwners[slot] = owner
  }

  /// What a global holds is kept for when its declaration is in force again.
  private func keepContent(of slot: Int, for holder: UInt32) {
    nameLayers.find(holder, under: slot)?.content = machine.global(slot).map {
      (PinnedValue($0.value, in: machine), $0.kind)
    }
  }

  func putInForce(_ slot: Int) {
    let top = nameLayers.top(under: slot, rankForNames)
    guard top?.owner != globalOwners[slot] else { return }
    if let holder = globalOwners[slot] { keepContent(of: slot, for: holder) }
    changes[slot] = clock.now
    globalOwners[slot] = top?.owner
    let content = top.map(\.record.content) ?? builtins[slot].map { ($0, .builtin) }
    machine.setGlobal(slot, content.map { ($0.value.value, $0.kind) })
    top?.record.content = nil
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

  private func putInForce(_ key: RouteKey) {
    let record = routeLayers.top(under: key, rank)?.record
    if routes[key] !== record { routes.set(record, for: key) }
  }

  private func putInForce(_ key: SurroundingKey) {
    let surrounding = surroundingLayers.top(under: key, rank)?.record
    if surroundings[key] !== surrounding { surroundings.set(surrounding, for: key) }
  }

  // MARK: The end of a run

  /// Takes away what a run declared: what others declared the same is in force instead.
  func removeDeclarations(of run: CellRun) {
    for slot in run.globals {
      nameLayers.remove(run.owner, under: slot)
      if globalOwners[slot] == run.owner { putInForce(slot) }
    }
    for key in run.routes.keys {
      routeLayers.remove(run.owner, under: key)
      putInForce(key)
    }
    for key in run.surroundings {
      surroundingLayers.remove(run.owner, under: key)
      putInForce(key)
    }
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

  /// The same, but that a cell which is gone has a name only until another has declared it.
  private func rankForNames(_ owner: UInt32) -> Int {
    guard let places else { return 0 }
    return cell(of: owner).flatMap { notebook.contains($0) ? places[$0] : nil } ?? -1
  }

  /// Of several cells that declare the same the one furthest down has it from now on, whichever ran last.
  func setOrder(_ order: [Int]) {
    notebook = Set(order)
    places = Dictionary(uniqueKeysWithValues: withGone(order).enumerated().map { ($1, $0) })
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
      } else if latest[cell] != nil {
        followers[leader, default: []].append(cell)
      }
    }
    if followers.isEmpty { return order }
    return (followers[nil] ?? []) + order.flatMap { [$0] + (followers[$0] ?? []) }
  }

  /// Gives names back to the cells furthest down of those that declare them, where a cell above has them since it has
  /// run again and ended.
  func settleNames() {
    if places != nil { nameLayers.shared.forEach(settle) }
  }

  func settle(_ slot: Int) {
    if let holder = globalOwners[slot], runs[holder]?.isUnderWay ?? false { return }
    putInForce(slot)
  }
}
