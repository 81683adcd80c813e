import Language
import NIOHTTP1
import VM
import Web

/// Who declared what, so that a cell takes effect whole or not at all, and its next run replaces exactly
/// what its last one made.
final class Ownership {
  let machine: Machine
  let routes: RouteRegistry
  let surroundings: Surroundings
  private let timers: TimerSet
  /// Whose declaration of each global is in force.
  var globalOwners: [Int: UInt32] = [:]
  var nameLayers = DeclarationLayers<Int, KeptGlobal>()
  var routeLayers = DeclarationLayers<RouteKey, RouteRecord>()
  var surroundingLayers = DeclarationLayers<SurroundingKey, Surrounding>()
  /// Where the cells stand, if of several that declare the same the one furthest down is to have it; those too that are
  /// gone and of which something is in force. Without it the last to run has it, and what it replaced is forgotten when
  /// it has succeeded.
  var places: [Int: Int]?
  /// The cells of the notebook, where `places` says more than that.
  var notebook: Set<Int> = []
  /// What cells are to declare that have not run since they were edited.
  var awaited = AwaitedDeclarations()
  /// What is not in force until the cell that is to have it has run: nothing was served of it before.
  var hidden: Set<CellText.Declaration> = []
  /// Cells that are gone from the notebook, and of which something may be in force.
  var gone: [Int] = []
  /// Runs that others have replaced and of which something is in force until that is declared again.
  var replacedInPart: [UInt32: CellRun] = [:]
  /// What globals hold for the side that does not run now, of those that are not the same for the cells under way and
  /// for all others.
  var split: [Int: SplitGlobal] = [:]
  /// Built-in names that a cell has declared for itself, now or earlier; they come back when it is gone.
  var builtins: [Int: PinnedValue] = [:]
  /// When a global was last declared or came back, in nanoseconds of the kernel's clock.
  var changes: [Int: Int] = [:]
  let clock: any Clock
  /// Runs under way and the last successful one of each cell.
  private(set) var runs: [UInt32: CellRun] = [:]
  /// The last successful run of each cell.
  private(set) var latest: [Int: CellRun] = [:]
  /// The cells whose timers stand still until they run again.
  private var paused: Set<Int> = []
  /// The cells of runs, those that are over included: a request that they began may still be under way.
  private var cells: [UInt32: Int] = [:]
  private var over: [UInt32] = []
  /// The last run of each cell, however it ended.
  private var lastRuns: [Int: UInt32] = [:]
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
    if places != nil { machine.beginOwnView(of: run.owner) }
    cells[run.owner] = run.cell
    if let last = lastRuns.updateValue(run.owner, forKey: run.cell), runs[last] == nil {
      machine.forgetAssignments(by: last)
    }
    if let previous = run.previous { timers.pause(owner: previous.owner) }
  }

  /// The timers of the last runs of some cells stand still, those of all others go on; but of a cell that runs.
  func pauseTimers(ofCells cells: Set<Int>) {
    for cell in cells.subtracting(paused) {
      if let run = latest[cell] { timers.pause(owner: run.owner) }
    }
    for cell in paused.subtracting(cells)
    where !runs.values.contains(where: { $0.cell == cell && $0.isUnderWay }) {
      if let run = latest[cell] { timers.resume(owner: run.owner) }
    }
    paused = cells
  }

  /// Whether a built-in name has ever been declared by a cell.
  func hasTakenBuiltin(_ slot: Int) -> Bool { builtins[slot] != nil }

  /// Whether a global has meant what it means now since a moment.
  func isUnchanged(_ slot: Int, since time: Int) -> Bool { changes[slot].map { $0 <= time } ?? true }

  // MARK: Its end

  /// A run succeeded: what it replaced is forgotten, and what the cell's last run left over is gone.
  func commit(_ run: CellRun) {
    run.isUnderWay = false
    noteChanges(of: run)
    awaited.ran(run.cell)
    if let previous = run.previous {
      removeDeclarations(of: previous) {
        run.globals.contains($0)
      } route: {
        run.routes[$0] != nil
      } surrounding: {
        run.surroundings.contains($0)
      }
      remove(previous)
    }
    run.previous = nil
    latest[run.cell] = run
    dropReplaced()
    bringOut()
    for slot in run.globals where split[slot]?.owner == run.owner { putInForce(slot) }
    for slot in run.globals { forgetReplaced(by: run.owner, slot) }
    for key in run.routes.keys { forgetReplaced(by: run.owner, key) }
    for key in run.surroundings { forgetReplaced(by: run.owner, key) }
  }

  /// A run failed: all that it declared is put back as it was, and the cell's last run goes on.
  func rollBack(_ run: CellRun) {
    run.isUnderWay = false
    noteChanges(of: run)
    stopWork(of: run)
    removeDeclarations(of: run)
    forget(run)
    if let previous = run.previous { timers.resume(owner: previous.owner) }
    run.previous = nil
  }

  /// Takes away all that a run made and that nobody has replaced since.
  func remove(_ run: CellRun) {
    stopWork(of: run)
    replacedInPart[run.owner] = run
    dropUnawaited(run)
    if latest[run.cell] === run { latest[run.cell] = nil }
    forget(run)
  }

  /// A cell is gone from the notebook: what it declared stays as far as others are to declare it, until they have.
  func letGo(ofCell cell: Int) {
    guard let run = latest[cell] else { return }
    stopWork(of: run)
    removeUnawaited(run)
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
    machine.endOwnView(of: run.owner)
    if lastRuns[run.cell] != run.owner { machine.forgetAssignments(by: run.owner) }
    over.append(run.owner)
    if over.count > Ownership.overLimit {
      let oldest = over.removeFirst()
      if replacedInPart[oldest] == nil { cells[oldest] = nil }
    }
  }

  // MARK: What runs have changed

  /// A run has ended: what it has changed is looked for, before others give its variables other values.
  private func noteChanges(of run: CellRun) {
    if machine.notesChanges { machine.endChanges(byRunOf: run.owner, effort: Ownership.effortOfLooking) }
  }

  /// A millisecond or less.
  private static let effortOfLooking = 50_000

  /// What variables of the notebook have in common, and which runs have changed it.
  ///
  /// - Parameters:
  ///   - first: the variables that are looked at before the others.
  ///   - effort: about how much is looked at, an element being 1.
  func observedChanges(first: Set<String>, effort: Int) -> ObservedChanges {
    let held = machine.heldByGlobals(first: first, effort: effort)
    var observed = ObservedChanges(
      sharing: held.sharing, knowsRoutes: held.isComplete && held.knowsAnswers, isComplete: held.isComplete)
    for (author, names) in held.assignments {
      guard let cell = cells[author.owner] else { continue }
      if held.unclear.contains(author) { observed.unclear.insert(cell) }
      guard runs[author.owner] != nil else {
        if lastRuns[cell] == author.owner, author.occasion == .run || author.occasion == .afterwards {
          observed.assignedByFailedRuns[cell, default: []].formUnion(names)
        }
        continue
      }
      switch author.occasion {
      case .run: observed.byCell[cell, default: ChangedNames()].atOnce.formUnion(names)
      case .afterwards: observed.byCell[cell, default: ChangedNames()].later.formUnion(names)
      case .request: observed.requested[cell, default: []].formUnion(names)
      case .answer: observed.byRoutes[cell, default: []].formUnion(names)
      }
    }
    for (author, names) in held.changes {
      guard let cell = cells[author.owner] else { continue }
      let isInForce = runs[author.owner] != nil
      switch author.occasion {
      case .request where isInForce || lastRuns[cell] == author.owner:
        observed.requested[cell, default: []].formUnion(names)
      case .answer where isInForce: observed.byRoutes[cell, default: []].formUnion(names)
      case .request, .answer: break
      case .run where isInForce: observed.byCell[cell, default: ChangedNames()].atOnce.formUnion(names)
      case .afterwards where isInForce: observed.byCell[cell, default: ChangedNames()].later.formUnion(names)
      default:
        if lastRuns[cell] == author.owner {
          observed.byFailedRuns[cell, default: []].formUnion(names)
        } else {
          observed.ofEarlierRuns.formUnion(names)
        }
      }
    }
    return observed
  }

  // MARK: Routes that are not in force

  /// The cells that declare a route for a path that none in force answers: another cell took it over and
  /// was deleted. Running one of them brings the route back.
  func cellsDeclaring(method: HTTPMethod, path: String) -> [Int] {
    let lost = latest.values.filter { run in
      let entries = run.routes.filter { routes[$0.key] == nil && !hidden.contains(.route($0.key)) }
      if entries.isEmpty { return false }
      let table = RouteTable(entries: entries.values.map { ($0.method, $0.pattern, 0) })
      if case .match = table.resolve(method: method, path: path) { return true }
      return false
    }
    return lost.map(\.cell).sorted()
  }
}
