import Foundation
import KernelCore
import Language
import Notebooks

/// The cells of a served file: runs them, and when the file has changed runs what the change concerns.
///
/// Nothing of it waits: whoever owns it calls `proceed` when `wake` was called.
final class ServedCells {
  private let path: String
  private let kernel: KernelHandle
  private let log: ServerLog
  /// Called on another thread when a cell has ended.
  private let wake: @Sendable () -> Void
  /// Whether nothing more is run when a cell fails at the start, since nobody looks whether the file changes.
  private let needsAll: Bool

  private var cells: TrackedCells
  private var schedule = CellSchedule()
  private struct Run {
    let text: String
    /// What it comes to.
    let result = Slot<CellResult>()
  }

  /// The runs under way, by their cells.
  private var runs: [Int: Run] = [:]
  /// Those that were told to stop and have not ended.
  private var stopping: [(number: Int, run: Run)] = []
  private var reload: Reload?
  /// The guards that were in force when all had run that may declare one; nil before that.
  private var guards: GuardText.Counts?
  /// The guards that were in force when a cell was last served as the file has it.
  private var guardsOfCells: [Int: GuardText.Counts] = [:]
  /// The cells that have run since no guard of the file was missing.
  private var ranSinceGuarded: Set<Int> = []
  /// The cells whose routes nobody gets.
  private var withheld: Set<Int> = []
  /// Whether it was not known which are in force when that was asked.
  private var mustLookAgain = false
  /// Whether requests from outside are answered: at the latest when the start is over.
  private var isServing = false

  /// The start, or a reload, until nothing is left to be done at once.
  private struct Reload {
    let isStart: Bool
    /// When the file was last taken over.
    var began = ContinuousClock.now
    var report = ReloadReport()
    var hasToldOfWait = false
  }

  /// - Parameter kernel: it holds requests already.
  init(
    _ notebook: Notebook, at path: String, needsAll: Bool, _ kernel: KernelHandle, _ log: ServerLog,
    wake: @escaping @Sendable () -> Void
  ) {
    self.needsAll = needsAll
    self.path = path
    self.kernel = kernel
    self.log = log
    self.wake = wake
    cells = TrackedCells(notebook)
    kernel.setOrder(cells.texts.map(\.number))
    _ = schedule.adopt(cells.texts)
    reload = Reload(isStart: true)
  }

  /// The cell that failed at the start, where all must run.
  var failure: Int? {
    guard needsAll, let reload, reload.isStart else { return nil }
    return reload.report.failed.first?.number
  }

  /// Gives up what is under way, since nothing more is to be served.
  func stop() {
    if !runs.isEmpty || !stopping.isEmpty { kernel.interrupt() }
    kernel.endHolding()
  }

  // MARK: Running

  /// Whether all cells have had their turn once.
  private(set) var isStartOver = false

  /// Does what is to be done now; true where that ended the start or a reload, or where what has run is served from now on
  /// though the start goes on.
  func proceed() -> Bool {
    collectResults()
    if reload == nil, mustLookAgain { _ = letIn() }
    while reload != nil, failure == nil {
      switch schedule.next() {
      case .remove(let number):
        kernel.removeEffects(of: number)
        stopping.removeAll { $0.number == number }
        reload?.report.removed.append(number)
      case .run(let number, let text): run(number, text)
      case .wait(let number):
        let isServing = serveDespiteWait()
        tellOfWait(number)
        return isServing
      case .rest:
        finish()
        return true
      }
    }
    return false
  }

  private func run(_ number: Int, _ text: String) {
    let run = Run(text: text)
    runs[number] = run
    kernel.run(cell: number, text: text) { [wake, slot = run.result] result in
      slot.set(result)
      wake()
    }
  }

  private func collectResults() {
    for (number, run) in stopping where run.result.value?.isSuccess == true {
      if reload == nil { begin() }
      schedule.hadEnded(number, text: run.text)
    }
    stopping.removeAll { $0.run.result.value != nil }
    for (number, run) in runs.sorted(by: { $0.key < $1.key }) {
      guard let result = run.result.value else { continue }
      runs[number] = nil
      // What it printed stands before what it came to.
      log.writeAll()
      // It went on by itself, and others may have waited for it.
      if reload == nil { begin() }
      let mayFail = mayFail(number)
      schedule.ended(number, succeeded: result.isSuccess, mayFail: mayFail)
      if result.isSuccess {
        ranSinceGuarded.insert(number)
        for warning in result.warnings { Stream.complain("cell [\(number)]: \(Sanitizer.visible(warning))") }
      }
      if result.isSuccess || mayFail {
        // One that ran again, since the file changed meanwhile, is told once.
        reload?.report.ran.removeAll { $0.number == number }
        reload?.report.ran.append((number, []))
      }
      if !result.isSuccess {
        if let text = Transcript.result(result) { Stream.complain(text.rendered(color: false)) }
        if let place = place(of: number) { Stream.complain("  cell [\(number)] begins at \(place)") }
        if !mayFail { reload?.report.failed.append((number, schedule.isServed(number))) }
        if schedule.failsToGuard(number) {
          Stream.complain("cell [\(number)] fails as its tag says: its `before` guards nothing")
        }
      }
    }
  }

  private func mayFail(_ number: Int) -> Bool { cells.cells.contains { $0.number == number && $0.mayFail } }

  /// Where a cell stands in the file now, for a file that gives it no number; nil for others.
  private func place(of number: Int) -> String? {
    guard let cell = cells.cells.first(where: { $0.number == number }), !cell.isNumbered else { return nil }
    return cell.firstLine.map { "\(fileName(path)):\($0)" }
  }

  private func begin() {
    reload = Reload(isStart: false)
    kernel.holdRoutes()
  }

  private func finish() {
    guard var reload else { return }
    self.reload = nil
    for place in reload.report.ran.indices.prefix(ReloadReport.limit) {
      reload.report.ran[place].causes = schedule.causes(of: reload.report.ran[place].number)
    }
    reload.report.isWatched = !needsAll
    reload.report.held = schedule.held
    reload.report.failedBefore = schedule.failed.filter { cell in
      !reload.report.failed.contains { $0.number == cell }
    }
    reload.report.underWay = schedule.underWay
    reload.report.kept = schedule.keptThoughGone
    (isServing, isStartOver) = (true, true)
    let guards = letIn()
    defer { tellOfMissing(guards) }
    if !reload.isStart {
      Stream.complain(reload.report.line(.now - reload.began))
    } else if let problems = reload.report.problems {
      Stream.complain("not all of \(fileName(path)) is served: \(problems)")
    }
  }

  /// Lets requests in, unless what is to guard their routes is not there: then they go on waiting. Gives the cells that
  /// are to declare it.
  ///
  /// Before all guards have been there once, that is each cell that may declare one. Then it is an edit that took one
  /// away which has been in force, and has a cell that may declare it again and has not run.
  private func letIn() -> [Int] {
    let open = schedule.openGuards
    let now = kernel.guardsAtOnce()
    mustLookAgain = now == nil
    var missing = open
    if let guards {
      if let now, !guards.hasMore(than: now) { missing = [] }
    } else {
      missing = schedule.missingGuards
    }
    if open.isEmpty, let now { guards = now }
    withheld = withheldCells(now)
    if missing.isEmpty { kernel.releaseRoutes(withholding: withheld) } else { kernel.holdRequests() }
    return missing
  }

  /// The cells whose routes are not for everybody, where an edit has not been taken over as a whole: those that have run
  /// since a guard is to come that is not there, and those that stay from before, though a guard that they had is gone.
  private func withheldCells(_ now: GuardText.Counts?) -> Set<Int> {
    let kept = schedule.kept
    let isComing = !schedule.missingGuards.isEmpty
    if !isComing { ranSinceGuarded = [] }
    let bared = kept.filter { cell in guardsOfCells[cell].map { $0.hasMore(than: now ?? [:]) } ?? false }
    if !isComing, let now {
      for cell in schedule.inForce where !kept.contains(cell) { guardsOfCells[cell] = now }
    }
    return bared.union(ranSinceGuarded)
  }

  /// How long a cell is waited for before that is told.
  private static let patience = Duration.seconds(2)

  /// A start that waits, perhaps for a request from outside, goes on beside them; true where that begins now. Where a
  /// guard is to come nobody is served before.
  private func serveDespiteWait() -> Bool {
    guard let reload, reload.isStart, !isServing, .now - reload.began > ServedCells.patience,
      schedule.missingGuards.isEmpty
    else { return false }
    isServing = true
    kernel.releaseRoutes(expecting: schedule.routesToCome)
    return true
  }

  /// Says which cell the others wait for.
  private func tellOfWait(_ number: Int) {
    guard let reload, !reload.hasToldOfWait, .now - reload.began > ServedCells.patience else { return }
    let guards = reload.isStart ? schedule.missingGuards : []
    self.reload?.hasToldOfWait = true
    let consequence =
      !needsAll || !reload.isStart
      ? "an edit of it interrupts it, and any other edit goes on beside it"
      : "the cells behind it run when it has" + (guards.isEmpty ? ", and what has run is served" : "")
    Stream.complain("cell [\(number)] has not ended; \(consequence)")
    tellOfMissing(guards)
  }

  /// Says that nobody is served before a guard is there, and why; or whose routes nobody gets.
  private func tellOfMissing(_ guards: [Int]) {
    guard let names = ReloadReport.list(guards) else {
      guard let cells = ReloadReport.list(withheld.sorted()) else { return }
      return Stream.complain(
        "requests for what \(withheld.count == 1 ? "cell \(cells) declares" : "cells \(cells) declare") are answered with 503: a `before` that is to guard it is not in force"
      )
    }
    Stream.complain(
      "requests are answered with 503: `before` in \(guards.count == 1 ? "cell" : "cells") \(names) has still to run, and what it guards is not served without it"
    )
  }

  // MARK: The file

  /// Takes over what the file has now, unless a cell of it is wrong: then that is told and all stays as it is.
  func adopt(_ notebook: Notebook) {
    let new = cells.followed(by: notebook)
    guard isSound(new) else { return }
    collectResults()
    cells = new
    kernel.setOrder(cells.texts.map(\.number))
    // A start that the change overtakes before anything is served is told as such when it ends.
    if isServing, reload?.isStart ?? true { begin() }
    reload?.began = .now
    reload?.hasToldOfWait = false
    let stopped = schedule.adopt(new.texts)
    if schedule.movesSurroundings || !schedule.missingGuards.isEmpty { kernel.holdRequests() }
    for number in stopped {
      if let run = runs.removeValue(forKey: number) { stopping.append((number, run)) }
      kernel.interrupt(cell: number)
      Stream.complain("cell [\(number)] is interrupted: the file has changed")
    }
  }

  /// Whether nothing is wrong with the cells that was not wrong with the same text before; tells what is.
  private func isSound(_ new: TrackedCells) -> Bool {
    let known = Dictionary(uniqueKeysWithValues: cells.cells.map { ($0.number, $0.source) })
    let found = errors(in: new)
    if found.isEmpty { return true }
    let old = errors(in: cells).reduce(into: [:]) { $0[$1.source.cell] = Set($1.errors.map(\.message)) }
    let fresh = found.filter { source, errors in
      guard let text = source.cell.flatMap({ known[$0] }), isSame(text, source.text) else { return true }
      return !(old[source.cell] ?? []).isSuperset(of: errors.map(\.message))
    }
    for (source, errors) in fresh { Stream.complain(ErrorRenderer().render(errors, in: source)) }
    if !fresh.isEmpty { tellNothingIsReloaded() }
    return fresh.isEmpty
  }

  /// The cells that can't be compiled where the notebook is these cells. Looked at by a kernel of their own, so that
  /// nobody waits for that who is served.
  private func errors(in cells: TrackedCells) -> [(source: SourceText, errors: [Diagnostic])] {
    let sources = cells.cells.map { cell in
      SourceText(
        cell: cell.number, text: cell.source,
        file: cell.firstLine.map { .init(path: fileName(path), line: $0) })
    }
    guard let checked = try? withUnlistenedKernel({ $0.check(sources) }) else { return [] }
    return zip(sources, checked).compactMap { source, cell in
      let errors = cell.diagnostics.filter { $0.severity == .error }
      return errors.isEmpty ? nil : (source, errors)
    }
  }
}

/// Says that a change of the file comes to nothing; why has been told.
func tellNothingIsReloaded() { Stream.complain("not reloaded: what was served before goes on") }

extension TrackedCells {
  /// What is run.
  var texts: [(number: Int, text: String)] { cells.map { ($0.number, $0.source) } }
}
