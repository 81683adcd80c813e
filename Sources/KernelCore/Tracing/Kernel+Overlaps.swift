import Language
import VM

// What of a trace could overlap, with what a kernel knows of its names.

extension Supervisor {
  /// A trace laid out in rows, with what of it could overlap; nil where it is not kept.
  func waterfall(_ choice: TraceChoice) -> Waterfall? {
    guard let recorder, let trace = recorder.trace(choice, now: clock.now) else { return nil }
    var waterfall = WaterfallBuilder(recorder, trace, now: clock.now).waterfall
    // What names meant before the kernel was restarted is not known any more.
    guard trace.number >= recorder.firstOfKernel else { return waterfall }
    let names = NamesEver(known: KnownNames(machine: kernel.machine, ownership: kernel.ownership))
    let type = { [unowned self] name in kernel.typeOfConstant(name, in: trace) }
    var overlaps = TraceOverlaps(
      recorder,
      .init(
        calls: transfers.limits,
        requests: min(
          configuration.serverLimits.maxRequestsInFlight, configuration.serverLimits.maxConnections)),
      names: names,
      isConstant: { type($0).map(Kernel.scalars.contains) ?? false },
      isArray: { type($0) == "Array" },
      changesByItself: { [unowned self] name in
        kernel.changesByItself(name, in: trace)
      },
      placeOfFunction: { [unowned self] name in
        kernel.machine.declaredGlobal(named: name).flatMap { kernel.machine.global($0.slot)?.value }
          .flatMap(kernel.machine.place).map(RecordedTrace.Place.init)
      })
    waterfall.overlaps = overlaps.overlaps(in: trace)
    return waterfall
  }
}

/// The names of a notebook as they may have been at any time: one that a cell has ever declared for itself is not taken for
/// the built-in one.
private struct NamesEver: GlobalNames {
  let known: KnownNames

  func entry(named name: String) -> GlobalScope.Entry? {
    guard var entry = known.entry(named: name) else { return nil }
    if entry.kind == .builtin, let (slot, _) = known.machine.declaredGlobal(named: name),
      known.ownership.hasTakenBuiltin(slot)
    {
      entry.kind = .function
    }
    return entry
  }

  var names: [String] { known.names }
  var nameCount: Int { known.nameCount }
}

extension Kernel {
  /// The types of values that nobody can change.
  fileprivate static let scalars: Set = [
    "Bool", "Bytes", "Date", "Double", "Duration", "HTML", "Int", "Range", "String", "nil",
  ]

  /// Those of instances that are as they are.
  fileprivate static let inertClasses: Set = ["Cookie", "Response"]

  /// The type of what a global holds that is a `let`, and was that when a trace began; one that the cell of the trace
  /// declares may have come with it. Nil for others.
  fileprivate func typeOfConstant(_ name: String, in trace: RecordedTrace) -> String? {
    guard let (slot, kind) = machine.declaredGlobal(named: name), kind == .let, isStillMeant(slot, trace)
    else { return nil }
    return (machine.global(slot)?.value).map(machine.typeName)
  }

  /// Whether a global may have held in a trace what changes though no code of the notebook runs.
  fileprivate func changesByItself(_ name: String, in trace: RecordedTrace) -> Bool {
    guard let (slot, _) = machine.declaredGlobal(named: name), let value = machine.global(slot)?.value else {
      return true
    }
    return !isStillMeant(slot, trace) || machine.hasHeldWhatChanges(slot)
      || !machine.isInert(value, classes: Kernel.inertClasses)
  }

  private func isStillMeant(_ slot: Int, _ trace: RecordedTrace) -> Bool {
    ownership.isUnchanged(slot, since: trace.spans[0].start)
      || ownership.cell(declaringGlobal: slot) == trace.spans[0].cell
        && ownership.isUnchanged(slot, since: trace.spans[0].end ?? .max)
  }
}
