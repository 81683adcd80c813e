import Language
import VM

/// Who declared what, so that a cell takes effect whole or not at all, and its next run replaces exactly
/// what its last one made.
final class Ownership {
  private let machine: Machine
  private let routes: RouteRegistry
  private let timers: TimerSet
  private var globalOwners: [Int: UInt32] = [:]
  private(set) var runs: [UInt32: CellRun] = [:]
  /// The last successful run of each cell.
  private(set) var latest: [Int: CellRun] = [:]

  init(machine: Machine, routes: RouteRegistry, timers: TimerSet) {
    self.machine = machine
    self.routes = routes
    self.timers = timers
  }

  func cell(of owner: UInt32) -> Int? { runs[owner]?.cell }

  func cell(declaringGlobal slot: Int) -> Int? { globalOwners[slot].flatMap { runs[$0]?.cell } }

  // MARK: A run

  /// A run begins: the timers of the cell's last run stand still until it ends.
  func begin(_ run: CellRun) {
    runs[run.owner] = run
    if let previous = run.previous { timers.pause(owner: previous.owner) }
  }

  func willDefine(global slot: Int, owner: UInt32) {
    guard let run = runs[owner] else { return }
    if run.isUnderWay, run.undo.globals[slot] == nil {
      let content = machine.global(slot).map { (machine.pin($0.value), $0.kind) }
      run.undo.globals[slot] = UndoRecord.Global(content: content, owner: globalOwners[slot])
    }
    run.globals.insert(slot)
    globalOwners[slot] = owner
  }

  /// Puts a route in force on behalf of a run; gives the one that it replaces.
  func declare(_ record: RouteRecord) -> RouteRecord? {
    let replaced = routes.set(record, for: record.key)
    guard let run = runs[record.owner] else { return replaced }
    run.routes.insert(record.key)
    if run.isUnderWay {
      if run.undo.routes[record.key] == nil {
        run.undo.routes[record.key] = .some(replaced)
      } else if let replaced, replaced.owner == record.owner {
        machine.unpin(replaced.handler)
      }
    } else if let replaced {
      machine.unpin(replaced.handler)
    }
    return replaced
  }

  // MARK: Its end

  /// A run succeeded: what it replaced is forgotten, and what the cell's last run left over is gone.
  func commit(_ run: CellRun) {
    run.isUnderWay = false
    for global in run.undo.globals.values { if let content = global.content { machine.unpin(content.value) } }
    for case let record? in run.undo.routes.values { machine.unpin(record.handler) }
    run.undo = UndoRecord()
    if let previous = run.previous { remove(previous) }
    latest[run.cell] = run
  }

  /// A run failed: all that it declared is put back as it was, and the cell's last run goes on.
  func rollBack(_ run: CellRun) {
    run.isUnderWay = false
    timers.cancel(owner: run.owner)
    machine.stopFibers(ofOwner: run.owner)
    for (slot, before) in run.undo.globals {
      if globalOwners[slot] == run.owner {
        machine.setGlobal(slot, before.content.map { (machine.value(of: $0.value), $0.kind) })
        globalOwners[slot] = before.owner
      }
      if let content = before.content { machine.unpin(content.value) }
    }
    for (key, before) in run.undo.routes where routes[key]?.owner == run.owner {
      if let failed = routes.set(before, for: key) { machine.unpin(failed.handler) }
    }
    run.undo = UndoRecord()
    forget(run)
    if let previous = run.previous { timers.resume(owner: previous.owner) }
  }

  /// Takes away all that a run made and that nobody has replaced since.
  func remove(_ run: CellRun) {
    timers.cancel(owner: run.owner)
    machine.stopFibers(ofOwner: run.owner)
    for slot in run.globals where globalOwners[slot] == run.owner {
      machine.setGlobal(slot, nil)
      globalOwners[slot] = nil
    }
    for key in run.routes where routes[key]?.owner == run.owner {
      if let record = routes.set(nil, for: key) { machine.unpin(record.handler) }
    }
    if latest[run.cell] === run { latest[run.cell] = nil }
    forget(run)
  }

  /// A handler under way may still name the run as its owner; it is kept until nothing can.
  private func forget(_ run: CellRun) {
    retired.append(run.owner)
    if retired.count > Ownership.retiredLimit { runs[retired.removeFirst()] = nil }
  }

  private var retired: [UInt32] = []
  private static let retiredLimit = 10_000
}
