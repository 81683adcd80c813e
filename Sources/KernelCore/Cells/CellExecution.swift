import Language
import VM

// From the text of a cell to its end.

extension Kernel {
  /// Runs a cell; `completion` is called on the loop when it has ended.
  func run(cell: Int, text: String, executionCount: Int, completion: @escaping (CellResult) -> Void) {
    isSettling = false
    (clock as? VirtualClock)?.end = nil
    let started = clock.now
    let source = SourceText(cell: cell, text: text)
    let compiled = ownership.asCellsUnderWaySee {
      CompiledCell(
        source, globals: KnownNames(machine: machine, ownership: ownership),
        reserved: configuration.inspects ? Inspector.path : nil)
    }
    guard let program = compiled.program, let resolution = compiled.resolution else {
      failedCells.fail(cell, declaring: Set(compiled.declared.keys))
      let failure = errorRenderer.render(compiled.diagnostics, in: source)
      let result = CellResult(
        cell: cell, executionCount: executionCount, outcome: .failed(failure), notes: [], duration: .zero)
      emit(.cellStarted(cell))
      emit(.cellFinished(result))
      return completion(result)
    }
    // A run of the same cell that still waits gives way, and this one begins when that has been undone.
    if let earlier = active.values.first(where: { $0.cell == cell }) {
      // What it waits for is not given up before this run has come to wait for it as well.
      let holds = machine.holdWhatIsAwaited(byOwner: earlier.owner)
      earlier.whenOver.append { [weak self] in
        guard let self else { return }
        self.run(cell: cell, text: text, executionCount: executionCount, completion: completion)
        machine.enqueue { [weak self] in
          for hold in holds { self?.machine.abandon(hold) }
        }
      }
      interrupt(earlier)
      return pump()
    }

    let run = CellRun(
      owner: nextOwner, cell: cell, executionCount: executionCount, source: source,
      uses: CellUses(resolution), since: staleness.time, hasValue: program.hasValue, started: started,
      previous: ownership.latest[cell], completion: completion)
    run.soughtOut = compiled.soughtOut
    nextOwner += 1
    active[run.owner] = run
    if !compiled.diagnostics.isEmpty {
      run.warnings.append(errorRenderer.render(compiled.diagnostics, in: source))
    }
    ownership.asCellsUnderWaySee { noteAssignments(run, compiled.assigned) }
    ownership.begin(run)
    emit(.cellStarted(cell))
    do throws(Failure) {
      let main = try machine.load(program)
      let task = machine.upcomingTask
      run.task = task
      machine.moment = started
      tasks[task] = .cell(run)
      run.span = recorder?.begin(.cell(source), cell: cell) ?? .none
      machine.start(main, owner: run.owner, followsDeferred: false, isCell: true, span: run.span)
    } catch {
      end(run, .failure(machine.makeErrorValue(error)))
    }
    pump()
  }

  // MARK: Its end

  /// The text of a cell has run to its end.
  func end(_ run: CellRun, _ outcome: Outcome) {
    switch outcome {
    case .success(let value):
      let previous = run.previous
      ownership.commit(run)
      staleness.ran(run.cell, run.uses, since: run.since)
      failedCells.forget(run.cell)
      if let previous { dropObservers(of: previous) }
      for address in listening.cell(run.cell, wants: run.addresses) {
        run.add(note: "\(address.shown) is no longer listened on")
      }
      noteGlobals(run)
      finish(run, .succeeded(showOut(value, of: run)))
    case .failure(let error):
      let report = machine.report(of: error)
      if report.kind == Failure.Kind.interrupted.rawValue, !run.isInterrupted {
        run.isInterrupted = true
        hasStoppedComputing = true
      }
      // What its fibers clean up with must still be there.
      if machine.stopFibers(ofOwner: run.owner) == 0 { return fail(run, report) }
      machine.enqueue { [weak self] in self?.fail(run, report) }
    }
  }

  private func fail(_ run: CellRun, _ report: ErrorReport) {
    if isOver { return }
    let kept = keptAssignments(run)
    ownership.rollBack(run)
    failedCells.fail(run.cell, declaring: run.uses.declares, wasStopped: run.isInterrupted)
    dropObservers(of: run)
    listening.giveUp(run.addresses)
    run.forgetNotes()
    if run.isInterrupted {
      if let kept { run.warnings.append(kept) }
      return finish(run, .interrupted)
    }
    // The error says what a warning had foreseen.
    if report.kind == Failure.Kind.name.rawValue {
      run.warnings.removeAll { report.help != nil || !$0.contains("help:") }
    }
    let text = errorRenderer.render(report)
    finish(run, .failed(kept.map { "\(text)\n  note: \($0)" } ?? text))
  }

  private func finish(_ run: CellRun, _ outcome: CellResult.Outcome) {
    run.isUnderWay = false
    let isSuccess = if case .succeeded = outcome { true } else { false }
    recorder?.end(run.span, isSuccess ? .succeeded : run.isInterrupted ? .cancelled : .failed)
    // Under a virtual clock what the cell started, as far as it takes no time, is done before it ends.
    // A cell that was stopped ends now: what it started may never come to rest.
    let wait = run.isInterrupted ? { $0() } : atRest
    wait { [weak self] in
      guard let self, active.removeValue(forKey: run.owner) != nil else { return }
      tellEnd(of: run, outcome)
      for next in run.whenOver { next() }
      run.whenOver = []
    }
  }

  func tellEnd(of run: CellRun, _ outcome: CellResult.Outcome) {
    let result = CellResult(
      cell: run.cell, executionCount: run.executionCount, outcome: outcome, value: run.shownValue,
      digest: run.digest, warnings: run.warnings, notes: run.warnings + run.allNotes,
      duration: .nanoseconds(clock.now - run.started))
    emit(.cellFinished(result))
    run.completion(result)
  }

  /// Keeps the value as `_` and `Out[n]`, and gives what is shown of it.
  private func showOut(_ value: Value, of run: CellRun) -> String? {
    guard run.hasValue, !value.isNil else {
      // After a start there would be none.
      if ownership.places != nil { forgetOut(of: run.cell) }
      if let number = run.soughtOut { run.add(note: missingOut(number)) }
      return nil
    }
    // Before it is kept: `Out` itself does not yet hold what is shown.
    let text = machine.repr(value)
    run.shownValue = shown(value)
    run.digest = digest(of: value, cell: run.cell)
    if let slot = try? machine.slot(of: "_") { machine.setGlobal(slot, (value, .builtin)) }
    if let slot = try? machine.slot(of: "Out"), let out = machine.global(slot) {
      machine.setElement(.int(run.cell), of: out.value, to: value)
    }
    if value.isDeferred, machine.isPending(value) {
      tasks[machine.observe(value, owner: run.owner)] = .out(run)
    }
    return text
  }

  private func forgetOut(of cell: Int) {
    guard let slot = try? machine.slot(of: "Out"), let out = machine.global(slot) else { return }
    machine.removeElement(.int(cell), of: out.value)
  }

  /// Why an `Out` is nothing, which would show nothing.
  private func missingOut(_ number: Int) -> String {
    let reason =
      ownership.latest[number] != nil
      ? "cell [\(number)] gave no value"
      : failedCells.end(of: number).map { "cell [\(number)] \($0)" } ?? "no cell [\(number)] has run"
    return "there is no Out[\(number)]: \(reason)"
  }

  /// Nobody looks any more at what a run left to be shown later.
  private func dropObservers(of run: CellRun) {
    for (task, kind) in tasks.sorted(by: { $0.key.number < $1.key.number }) {
      switch kind {
      case .out(let owner) where owner === run: break
      case .opening(_, run.owner): break
      default: continue
      }
      tasks[task] = nil
      machine.abandon(task, Ownership.replaced)
    }
  }

  // MARK: Interrupting

  /// Interrupts the cell that began last of those that run or wait; false where none does.
  @discardableResult
  func interrupt() -> Bool {
    machine.interruption.clear()
    if hasStoppedComputing {
      hasStoppedComputing = false
      return true
    }
    let waiting = active.values.filter { $0.isUnderWay && !$0.isInterrupted }
    guard let run = waiting.max(by: { $0.owner < $1.owner }) else { return false }
    interrupt(run)
    pump()
    return true
  }

  /// Interrupts a cell that runs or waits, whatever else an interruption has stopped that was meant for it.
  func interrupt(cell: Int) {
    machine.interruption.clear()
    hasStoppedComputing = false
    guard let run = active.values.first(where: { $0.cell == cell }) else { return }
    interrupt(run)
    pump()
  }

  func interrupt(_ run: CellRun) {
    guard run.isUnderWay, !run.isInterrupted, let task = run.task else { return }
    if machine.stop(task, Failure(.interrupted, "interrupted")) { run.isInterrupted = true }
  }

  /// Takes away all that a cell made.
  func removeEffects(of cell: Int) {
    if let run = active.values.first(where: { $0.cell == cell }) {
      run.whenOver.append { [weak self] in self?.removeEffects(of: cell) }
      interrupt(run)
    } else if let run = ownership.latest[cell] {
      let names = run.globals.filter { ownership.cell(declaringGlobal: $0) == cell }.map(
        machine.name(ofGlobal:))
      ownership.remove(run)
      staleness.removed(cell, names: names)
      dropObservers(of: run)
      if ownership.places != nil { forgetOut(of: cell) }
      _ = listening.cell(cell, wants: [])
    }
    failedCells.forget(cell)
    pump()
  }

  // MARK: Notes

  /// Adds a line to what a cell says that it did.
  func note(_ owner: UInt32, _ text: String) {
    guard let run = ownership.runs[owner], run.isUnderWay else { return }
    run.add(note: text)
  }

  private func noteGlobals(_ run: CellRun) {
    for slot in run.globals {
      guard let global = machine.global(slot) else { continue }
      let name = machine.name(ofGlobal: slot)
      switch global.kind {
      case .function: run.add(note: "func \(name)\(replaced(slot, run))")
      case .let, .var:
        if let replaced = run.replacedGlobals[slot], replaced != run.cell {
          run.add(note: "\(name) replaces the one from [\(replaced)]")
        }
      case .builtin: break
      }
    }
  }

  private func replaced(_ slot: Int, _ run: CellRun) -> String {
    guard let cell = run.replacedGlobals[slot], cell != run.cell else { return "" }
    return " (replaces the one from [\(cell)])"
  }

  /// Remembers what variables of other cells hold that the text assigns to.
  private func noteAssignments(_ run: CellRun, _ names: [String]) {
    for name in names {
      guard let slot = try? machine.slot(of: name), let global = machine.global(slot),
        let cell = ownership.cell(declaringGlobal: slot), cell != run.cell
      else { continue }
      run.assigned.append((name, slot, PinnedValue(global.value, in: machine)))
    }
  }

  /// What a failed run says about the variables of other cells that it assigned to: they are not put back.
  private func keptAssignments(_ run: CellRun) -> String? {
    let names = run.assigned.filter { entry in
      guard let global = machine.global(entry.slot) else { return false }
      return !global.value.isIdentical(to: entry.before.value)
    }.map { "\"\($0.name)\"" }
    guard let last = names.last else { return nil }
    let list = names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
    return
      "\(list) \(names.count == 1 ? "keeps" : "keep") what was assigned; only what the cell declares is put back"
  }
}
