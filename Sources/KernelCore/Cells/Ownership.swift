import Language
import NIOHTTP1
import VM
import Web

/// Who declared what, so that a cell takes effect whole or not at all, and its next run replaces exactly
/// what its last one made.
final class Ownership {
  private let machine: Machine
  private let routes: RouteRegistry
  private let surroundings: Surroundings
  private let timers: TimerSet
  private var globalOwners: [Int: UInt32] = [:]
  /// Built-in names that a cell has declared for itself, now or earlier; they come back when it is gone.
  private var builtins: [Int: PinnedValue] = [:]
  /// When a global was last declared or came back, in nanoseconds of the kernel's clock.
  private var changes: [Int: Int] = [:]
  private let clock: any Clock
  /// Runs under way and the last successful one of each cell.
  private(set) var runs: [UInt32: CellRun] = [:]
  /// The last successful run of each cell.
  private(set) var latest: [Int: CellRun] = [:]
  /// The cells of runs, those that are over included: a request that they began may still be under way.
  private var cells: [UInt32: Int] = [:]
  private var over: [UInt32] = []
  private static let overLimit = 10_000
  /// Told that what a run does is stopped, but not what works on requests.
  var onStop: (UInt32) -> Void = { _ in }

  init(
    machine: Machine, routes: RouteRegistry, surroundings: Surroundings, timers: TimerSet, clock: any Clock
  ) {
    self.machine = machine
    self.clock = clock
    self.routes = routes
    self.surroundings = surroundings
    self.timers = timers
  }

  func cell(of owner: UInt32) -> Int? { cells[owner] }

  func cell(declaringGlobal slot: Int) -> Int? { globalOwners[slot].flatMap { cells[$0] } }

  /// On whose behalf code of a run makes things now: a handler that outlived its run makes them for the
  /// cell's present one. Nil where the cell is gone.
  func presentOwner(for owner: UInt32) -> UInt32? {
    if owner == 0 || runs[owner] != nil { return owner }
    return cells[owner].flatMap { latest[$0]?.owner }
  }

  // MARK: A run

  /// A run begins: the timers of the cell's last run stand still until it ends.
  func begin(_ run: CellRun) {
    runs[run.owner] = run
    cells[run.owner] = run.cell
    if let previous = run.previous { timers.pause(owner: previous.owner) }
  }

  /// Whether a built-in name has ever been declared by a cell.
  func hasTakenBuiltin(_ slot: Int) -> Bool { builtins[slot] != nil }

  /// Whether a global has meant what it means now since a moment.
  func isUnchanged(_ slot: Int, since time: Int) -> Bool { changes[slot].map { $0 <= time } ?? true }

  func willDefine(global slot: Int, owner: UInt32) {
    guard let run = runs[owner] else { return }
    changes[slot] = clock.now
    let content = machine.global(slot).map { (PinnedValue($0.value, in: machine), $0.kind) }
    if run.isUnderWay, run.undo.globals[slot] == nil {
      run.undo.globals[slot] = UndoRecord.Global(content: content, owner: globalOwners[slot])
    }
    if let content, content.1 == .builtin, globalOwners[slot] == nil, builtins[slot] == nil {
      builtins[slot] = content.0
    }
    run.globals.append(slot)
    globalOwners[slot] = owner
  }

  /// Puts a route in force on behalf of a run; gives the one that it replaces.
  func declare(_ record: RouteRecord) -> RouteRecord? {
    let replaced = routes.set(record, for: record.key)
    guard let run = runs[record.owner] else { return replaced }
    run.routes[record.key] = (record.method, record.pattern)
    if run.isUnderWay, run.undo.routes[record.key] == nil { run.undo.routes[record.key] = .some(replaced) }
    return replaced
  }

  /// The key of a declaration around routes on behalf of a run.
  func key(of kind: SurroundingKey.Kind, in prefix: RoutePrefix, owner: UInt32) -> SurroundingKey {
    guard kind.hasMany else { return SurroundingKey(kind: kind, prefix: prefix.key, cell: 0, ordinal: 0) }
    let before = runs[owner]?.surroundings.count { $0.kind == kind && $0.prefix == prefix.key } ?? 0
    return SurroundingKey(kind: kind, prefix: prefix.key, cell: cells[owner] ?? 0, ordinal: before)
  }

  /// Puts a declaration around routes in force on behalf of a run; gives the one that it replaces.
  func declare(_ surrounding: Surrounding) -> Surrounding? {
    let replaced = surroundings.set(surrounding, for: surrounding.key)
    guard let run = runs[surrounding.owner] else { return replaced }
    run.surroundings.insert(surrounding.key)
    if run.isUnderWay, run.undo.surroundings[surrounding.key] == nil {
      run.undo.surroundings[surrounding.key] = .some(replaced)
    }
    return replaced
  }

  // MARK: Its end

  /// A run succeeded: what it replaced is forgotten, and what the cell's last run left over is gone.
  func commit(_ run: CellRun) {
    run.isUnderWay = false
    run.undo = UndoRecord()
    if let previous = run.previous { remove(previous) }
    run.previous = nil
    latest[run.cell] = run
  }

  /// A run failed: all that it declared is put back as it was, and the cell's last run goes on.
  func rollBack(_ run: CellRun) {
    run.isUnderWay = false
    stopWork(of: run)
    for (slot, before) in run.undo.globals {
      if globalOwners[slot] == run.owner { restore(before, at: slot) }
      // A later run that is under way must not bring back what this one had declared.
      for other in othersUnderWay where other.undo.globals[slot]?.owner == run.owner {
        other.undo.globals[slot] = before
      }
    }
    for (key, before) in run.undo.routes {
      if routes[key]?.owner == run.owner { routes.set(before, for: key) }
      for other in othersUnderWay where other.undo.routes[key]??.owner == run.owner {
        other.undo.routes[key] = .some(before)
      }
    }
    for (key, before) in run.undo.surroundings {
      if surroundings[key]?.owner == run.owner { surroundings.set(before, for: key) }
      for other in othersUnderWay where other.undo.surroundings[key]??.owner == run.owner {
        other.undo.surroundings[key] = .some(before)
      }
    }
    run.undo = UndoRecord()
    forget(run)
    if let previous = run.previous { timers.resume(owner: previous.owner) }
    run.previous = nil
  }

  private var othersUnderWay: [CellRun] { runs.values.filter(\.isUnderWay) }

  private func restore(_ before: UndoRecord.Global, at slot: Int) {
    changes[slot] = clock.now
    machine.setGlobal(slot, before.content.map { ($0.value.value, $0.kind) })
    globalOwners[slot] = before.owner
  }

  /// Takes away all that a run made and that nobody has replaced since.
  func remove(_ run: CellRun) {
    stopWork(of: run)
    for slot in run.globals {
      let before = UndoRecord.Global(content: builtins[slot].map { ($0, .builtin) }, owner: nil)
      if globalOwners[slot] == run.owner { restore(before, at: slot) }
      for other in othersUnderWay where other.undo.globals[slot]?.owner == run.owner {
        other.undo.globals[slot] = before
      }
    }
    for key in run.routes.keys {
      if routes[key]?.owner == run.owner { routes.set(nil, for: key) }
      for other in othersUnderWay where other.undo.routes[key]??.owner == run.owner {
        other.undo.routes[key] = .some(nil)
      }
    }
    for key in run.surroundings {
      if surroundings[key]?.owner == run.owner { surroundings.set(nil, for: key) }
      for other in othersUnderWay where other.undo.surroundings[key]??.owner == run.owner {
        other.undo.surroundings[key] = .some(nil)
      }
    }
    if latest[run.cell] === run { latest[run.cell] = nil }
    forget(run)
  }

  /// Ends the timers, fibers and calls of a run, but not those that work on requests.
  private func stopWork(of run: CellRun) {
    machine.stopFibers(ofOwner: run.owner)
    timers.cancelTickers(owner: run.owner)
    machine.cancelOperations(ofOwner: run.owner, Ownership.replaced)
    onStop(run.owner)
  }

  static let replaced = Failure(.cancelled, "cancelled: the cell that started it was run again or deleted")

  private func forget(_ run: CellRun) {
    runs[run.owner] = nil
    over.append(run.owner)
    if over.count > Ownership.overLimit { cells[over.removeFirst()] = nil }
  }

  // MARK: Routes that are not in force

  /// The cells that declare a route for a path that none in force answers: another cell took it over and
  /// was deleted. Running one of them brings the route back.
  func cellsDeclaring(method: HTTPMethod, path: String) -> [Int] {
    let lost = latest.values.filter { run in
      let entries = run.routes.filter { routes[$0.key] == nil }
      if entries.isEmpty { return false }
      let table = RouteTable(entries: entries.values.map { ($0.method, $0.pattern, 0) })
      if case .match = table.resolve(method: method, path: path) { return true }
      return false
    }
    return lost.map(\.cell).sorted()
  }
}
