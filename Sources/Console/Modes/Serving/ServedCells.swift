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
    let began = ContinuousClock.now
    /// What it comes to.
    let result = Slot<CellResult>()
  }

  /// The runs under way, by their cells.
  private var runs: [Int: Run] = [:]
  /// Those that were told to stop and have not ended.
  private var stopping: [(number: Int, run: Run)] = []
  private var reload: Reload?
  /// Why requests are kept out.
  private enum Closing {
    /// These cells are to declare a guard, or what one uses, and have not.
    case isMissing([Int])
    /// These cells are served as they were, and their guards are not what they were.
    case hasChanged([Int])
  }

  /// Whether all guards that the file had at the start have been in force.
  private var hasHadGuards = false
  /// The guards that were in force when nothing was served any more that the file does not have.
  private var guards: GuardText.Counts = [:]
  /// Whether a cell has run since that declares a guard, or what one uses.
  private var hasRunGuards = false
  /// Whether requests are kept out, until all of the file has run that may matter.
  private var isClosed = false
  /// Whether a cell has run since no guard of the file had still to run.
  private var hasRunBesideGuards = false
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
    /// Whether all requests wait; while a cell waits for longer, it is looked at once whether they have to.
    var holdsAll = false
    /// Whether a cell has run since it was looked at what cells have changed, and how often that was.
    var hasRunUnseen = false
    var looks = 0
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
    _ = schedule.adopt(cells.texts, mayFail: cells.mayFail)
    setOrder(isStart: true)
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
        let isGone = !cells.cells.contains { $0.number == number }
        // Of one that has failed as it may nothing is to be declared any more.
        if !isGone { setOrder() }
        kernel.removeEffects(of: number)
        stopping.removeAll { $0.number == number }
        if isGone { reload?.report.removed.append(number) }
      case .run(let number, let text):
        if let due = schedule.grownDue() { kernel.pauseTimers(ofCells: due) }
        run(number, text)
      case .stop(let number): stop(number)
      case .wait(let number):
        let isServing = serveDespiteWait()
        tellOfWait(number)
        return isServing
      case .rest:
        if look() { continue }
        finish()
        return true
      }
    }
    return false
  }

  /// Looks at what the cells have changed that have run, once all have; true where there may be more to do then. At a start
  /// they have run in order, and it matters only where one has failed.
  private func look() -> Bool {
    guard let reload, reload.hasRunUnseen, reload.looks < ServedCells.lookLimit,
      !reload.isStart || !reload.report.failed.isEmpty
    else { return false }
    self.reload?.looks += 1
    self.reload?.hasRunUnseen = false
    guard let observed = kernel.observedChangesAtOnce(first: schedule.namesOfGuards) else { return false }
    schedule.note(observed)
    return true
  }

  /// After so many it is left as it is: what cells change is another thing each time, perhaps.
  private static let lookLimit = 4

  private func run(_ number: Int, _ text: String) {
    reload?.hasRunUnseen = true
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
      schedule.ended(
        number, succeeded: result.isSuccess, mayFail: mayFail,
        changing: result.isSuccess || mayFail ? nil : changed(byFailing: number))
      if result.isSuccess {
        hasRunBesideGuards = true
        if schedule.decidesGuards(number) { hasRunGuards = true }
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

  /// What the run of a cell has changed by the time it failed; nil where that is not known.
  private func changed(byFailing number: Int) -> Set<String>? {
    guard let observed = kernel.observedChangesAtOnce(first: schedule.namesOfGuards), observed.isComplete,
      !observed.unclear.contains(number)
    else { return nil }
    return (observed.byFailedRuns[number] ?? []).union(observed.assignedByFailedRuns[number] ?? [])
  }

  private func mayFail(_ number: Int) -> Bool { cells.mayFail.contains(number) }

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
    // A cell that has failed as it is meant to declares nothing more.
    setOrder()
    kernel.settleNames()
    kernel.pauseTimers(ofCells: [])
    // One above may have run later, as another was about to need it.
    let places = Dictionary(uniqueKeysWithValues: cells.texts.enumerated().map { ($1.number, $0) })
    reload.report.ran.sort { (places[$0.number] ?? 0) < (places[$1.number] ?? 0) }
    for place in reload.report.ran.indices.prefix(ReloadReport.limit) {
      let number = reload.report.ran[place].number
      reload.report.ran[place].causes = schedule.causes(of: number)
      if schedule.begins(anew: number) { reload.report.begunAnew.insert(number) }
    }
    for number in reload.report.removed + reload.report.ran.map(\.number) + reload.report.failed.map(\.number)
    {
      let names = schedule.keptOfRequests(of: number)
      if !names.isEmpty { reload.report.keptOfRequests.append((number, names)) }
    }
    reload.report.isWatched = !needsAll
    reload.report.held = schedule.held
    reload.report.failedBefore = schedule.failed.filter { cell in
      !reload.report.failed.contains { $0.number == cell }
    }
    reload.report.underWay = schedule.underWay
    reload.report.kept = schedule.keptThoughGone
    (isServing, isStartOver) = (true, true)
    let closing = letIn()
    defer { tell(closing) }
    if !reload.isStart {
      Stream.complain(reload.report.line(.now - reload.began))
    } else if let problems = reload.report.problems {
      Stream.complain("not all of \(fileName(path)) is served: \(problems)")
    }
  }

  /// Lets requests in, unless that could serve something without its guard: then they go on waiting. Gives why.
  ///
  /// At a start each cell that may declare a guard is to run first. After that nobody is kept out by an edit that is taken
  /// over as a whole, nor by one of which nothing but a guard has failed. Of any other the guards and what they guard may
  /// not belong together.
  private func letIn() -> Closing? {
    let (pending, kept, now) = (schedule.pendingGuards, schedule.kept, kernel.guardsAtOnce())
    mustLookAgain = now == nil
    if pending.isEmpty { hasRunBesideGuards = false }
    let closing = closing(pending, kept, now)
    isClosed = closing != nil
    if kept.isEmpty, pending.isEmpty, let now { (guards, hasRunGuards) = (now, false) }
    if closing == nil { kernel.releaseRoutes() } else { kernel.holdRequests() }
    return closing
  }

  /// Why nobody is to be let in as things are.
  private func closing(_ pending: [Int], _ kept: Set<Int>, _ now: GuardText.Counts?) -> Closing? {
    let areChanged = hasRunGuards || now.map { guards.hasMore(than: $0) } ?? !guards.isEmpty
    var closing: Closing?
    if !hasHadGuards {
      let missing = schedule.missingGuards
      if missing.isEmpty { hasHadGuards = true } else { closing = .isMissing(missing) }
    }
    if closing == nil, !pending.isEmpty, isClosed || hasRunBesideGuards || areChanged {
      closing = .isMissing(schedule.declaringGuards(pending))
    } else if closing == nil, !kept.isEmpty, isClosed || areChanged {
      closing = .hasChanged(kept.sorted())
    }
    return closing
  }

  /// How long a cell is waited for before that is told.
  private static let patience = Duration.seconds(2)

  /// A start that waits, perhaps for a request from outside, goes on beside them; true where that begins now. Where a
  /// guard is to come nobody is served before.
  private func serveDespiteWait() -> Bool {
    guard let reload, reload.isStart, !isServing, .now - reload.began > ServedCells.patience,
      schedule.missingGuards.isEmpty, schedule.pendingGuards.isEmpty, let now = kernel.guardsAtOnce()
    else { return false }
    (isServing, hasHadGuards) = (true, true)
    (guards, hasRunGuards, hasRunBesideGuards) = (now, false, false)
    kernel.releaseRoutes(expecting: schedule.routesToCome)
    return true
  }

  /// A cell of a reload that waits holds requests up no longer where all guards are in force, with what they use, unless it
  /// may take back what others have changed of that. False where that can't be told now.
  private func letInDespiteWait() -> Bool {
    guard let reload, !reload.isStart, reload.holdsAll, !isClosed, schedule.pendingGuards.isEmpty else {
      return true
    }
    guard let observed = kernel.observedChangesAtOnce(first: schedule.namesOfGuards),
      let now = kernel.guardsAtOnce()
    else { return false }
    if schedule.mayChangeGuards && schedule.haveChangedGuards(observed) { return true }
    if closing([], schedule.kept, now) != nil { return true }
    self.reload?.holdsAll = false
    kernel.releaseRequests()
    return true
  }

  /// Says which cell the others wait for.
  private func tellOfWait(_ number: Int) {
    guard let reload, !reload.hasToldOfWait, let began = runs[number]?.began,
      .now - began > ServedCells.patience, letInDespiteWait()
    else { return }
    let holdsAll = self.reload?.holdsAll ?? false
    let areHeld = reload.isStart || holdsAll
    var guards = areHeld ? schedule.declaringGuards(schedule.pendingGuards) : []
    if guards.isEmpty, holdsAll { guards = [number] }
    self.reload?.hasToldOfWait = true
    let consequence =
      !needsAll || !reload.isStart
      ? "an edit of it interrupts it, and any other edit goes on beside it"
      : "the cells behind it run when it has" + (guards.isEmpty ? ", and what has run is served" : "")
    Stream.complain("cell [\(number)] has not ended; \(consequence)")
    if !guards.isEmpty { tell(.isMissing(guards)) }
  }

  /// Says that nobody is served, and why.
  private func tell(_ closing: Closing?) {
    switch closing {
    case nil: break
    case .isMissing(let cells):
      let names = ReloadReport.list(cells) ?? ""
      let list = "\(cells.count == 1 ? "cell" : "cells") \(names)"
      let what =
        cells.contains(where: schedule.declaresGuard)
        ? "`before` in \(list) has"
        : "\(list), which a `before` uses, \(cells.count == 1 ? "has" : "have")"
      Stream.complain(
        "requests are answered with 503: \(what) still to run, and what it guards is not served without it")
    case .hasChanged(let cells):
      let names = ReloadReport.list(cells) ?? ""
      Stream.complain(
        "requests are answered with 503: what \(cells.count == 1 ? "cell" : "cells") \(names) served before goes on, and its guards have changed"
      )
    }
  }

  private func setOrder(isStart: Bool = false) {
    kernel.setOrder(
      cells.texts.map(\.number), decides: true, awaiting: schedule.awaitedDeclarations, isStart: isStart)
  }

  // MARK: The file

  /// Takes over what the file has now, unless a cell of it is wrong: then that is told and all stays as it is.
  func adopt(_ notebook: Notebook) {
    let new = cells.followed(by: notebook)
    guard isSound(new) else { return }
    collectResults()
    // What has run was to be guarded by what the file may not have any more.
    let pending = schedule.pendingGuards
    // Nor may anybody be let in for another change of the file while a cell waits that decides who is.
    let isHeld = reload.map { !$0.isStart && $0.holdsAll } ?? false
    let isWaiting = isHeld && schedule.underWay.contains(where: pending.contains)
    if !pending.isEmpty, hasRunBesideGuards || !hasHadGuards || isWaiting { isClosed = true }
    cells = new
    // A start that the change overtakes before anything is served is told as such when it ends.
    if isServing, reload?.isStart ?? true { begin() }
    reload?.began = .now
    reload?.hasToldOfWait = false
    reload?.looks = 0
    let observed = kernel.observedChangesAtOnce(first: schedule.namesOfGuards)
    let stopped = schedule.adopt(new.texts, mayFail: new.mayFail, observed: observed)
    kernel.pauseTimers(ofCells: schedule.due)
    let holdsAll =
      schedule.movesSurroundings || schedule.mayChangeGuards || !schedule.missingGuards.isEmpty
    reload?.holdsAll = holdsAll
    if holdsAll { kernel.holdRequests() }
    setOrder()
    stopped.forEach(stop)
  }

  private func stop(_ number: Int) {
    if let run = runs.removeValue(forKey: number) { stopping.append((number, run)) }
    kernel.interrupt(cell: number)
    Stream.complain("cell [\(number)] is interrupted: the file has changed")
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

  /// Those that may fail.
  var mayFail: Set<Int> { Set(cells.filter(\.mayFail).map(\.number)) }
}
