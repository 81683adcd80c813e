import Language
import VM

// Whether anything ran while calls were made one after the other, that would have found something else had they been made at
// once.

extension TraceOverlaps {
  /// Whether no code of the notebook ran from the first call of a run to the last, besides what answered them, that may
  /// have changed something: had all been begun at once, they might have found it as it was before.
  mutating func isQuiet(_ run: [Call], _ group: OverlapGroup) -> Bool {
    let trace = run[0].trace
    let (start, end) = (run[0].startOrder, run[run.count - 1].endOrder)
    guard let all = recorder.traces(from: trace.spans[run[0].span], to: run[run.count - 1].end) else {
      return false
    }
    let answering = Set(run.flatMap { served(by: $0.trace.spans[$0.span]) })
    // What answers the calls, and other requests: another service may have made them for one of these.
    var reads = answering.reduce(into: group.declares) { names, id in
      names.formUnion(recorder[id]?.code.flatMap { effects(of: $0) }?.reads ?? [])
    }
    var writes: Set<String> = []
    let waiting = callers(of: trace).map { ObjectIdentifier($0) }
    let fiber = trace.spans[run[0].span].parent
    for other in all where other.runsCode && !answering.contains(other.id) {
      looks += other.size
      guard looks < Self.lookLimit, !other.mayWriteElsewhere(from: start, to: end, at: run[0].start) else {
        return false
      }
      let isOwn = other === trace
      if !other.ran(from: start, to: end, besides: isOwn ? fiber : nil) { continue }
      // What a function was given may be something that fibers of the same code change.
      if other.droppedFibers > 0 || isOwn && group.tellsArguments { return false }
      let source = run[0].place.source
      // The calls may stand in a function of another cell, whose text says nothing of this one.
      if isOwn, case .cell = other.subject, source.cell == other.spans[0].cell {
        // Its fibers may look for what it declares between the calls.
        guard let analysis = analysis(of: source), analysis.isReadingText,
          analysis.readsOfFunctions?.isDisjoint(with: group.declares) ?? false
        else { return false }
      } else if let effects = effects(of: other, besides: group.declares),
        other.isTick || effects.writes.isEmpty
      {
        // Who waits for the calls may look behind them at what its fibers have come to.
        if waiting.contains(ObjectIdentifier(other)), !hasQuietFibers(other) { return false }
        writes.formUnion(effects.writes)
        if !other.isTick { reads.formUnion(effects.reads) }
      } else {
        return false
      }
    }
    return !asksForProgress(run)
      && (writes.isEmpty || writes.isDisjoint(with: reads) && isIndifferent(run, to: writes))
  }

  /// Whether the code that makes calls, or that which waits for them, asks how far something else has come, or may have it
  /// asked by what is given that.
  private mutating func asksForProgress(_ run: [Call]) -> Bool {
    let hasBegun = hasBegunMore(beside: run)
    let own = [run[0].place] + placesOfCallers(of: run[0].trace).compactMap { $0 }
    var open = own.map { (place: $0, isOwn: true) }
    var known: Set<Function> = []
    while let (place, isOwn) = open.popLast() {
      let key = Function(source: ObjectIdentifier(place.source), offset: place.offset)
      if !isOwn, !known.insert(key).inserted { continue }
      guard known.count <= Self.functionLimit,
        let progress = analysis(of: place.source)?.progress(around: place.offset)
      else { return true }
      // A function asks for what it is given, which is new where nothing has been begun.
      if progress.isAskedFor, isOwn || hasBegun { return true }
      if progress.isHandedOn, isOwn, hasBegun { return true }
      if progress.globals.contains(where: changesByItself) { return true }
      open += progress.globals.compactMap(placeOfFunction).map { ($0, false) }
    }
    return false
  }

  /// So many functions are looked at that the code around calls comes to.
  private static let functionLimit = 100

  /// Whether the code that makes calls, or that which waits for them, has begun anything before that is under way.
  private func hasBegunMore(beside run: [Call]) -> Bool {
    let (fiber, start) = (run[0].trace.spans[run[0].span].parent, run[0].startOrder)
    var called = SpanID.none
    for trace in callers(of: run[0].trace) {
      let isAny = trace.spans.enumerated().dropFirst().contains { place, span in
        span.startOrder < start && span.endOrder ?? .max > start && trace.id(ofSpan: place) != called
          && !(trace === run[0].trace && place == fiber)
      }
      if isAny { return true }
      called = trace.caller
    }
    return false
  }

  /// Whether the code that makes calls reads none of some variables later: it would come to that sooner. A function of the
  /// notebook may read whatever.
  private mutating func isIndifferent(_ run: [Call], to variables: Set<String>) -> Bool {
    ([run[0].place] + placesOfCallers(of: run[0].trace)).allSatisfy { place in
      guard let place, let uses = analysis(of: place.source)?.uses else { return false }
      return uses.isDisjoint(with: variables)
        && uses.allSatisfy { names.kind(of: $0) == .builtin || isConstant($0) }
    }
  }

  /// A trace, and those that have called it, each the one before.
  private func callers(of trace: RecordedTrace) -> [RecordedTrace] {
    var traces = [trace]
    while traces.count < OwnCallMark.depthLimit, let caller = recorder[traces[traces.count - 1].caller] {
      traces.append(caller)
    }
    return traces
  }

  private mutating func hasQuietFibers(_ trace: RecordedTrace) -> Bool {
    trace.code.flatMap { analysis(of: $0.source)?.hasQuietFibers(inFunctionAt: $0.offset) } ?? false
  }

  /// Where that stands which waits for a trace to end: its own handler or the code of its cell, and the calls that have led
  /// to it. Nil for each that is not known, as where something surrounds a path.
  private func placesOfCallers(of trace: RecordedTrace) -> [RecordedTrace.Place?] {
    var places: [RecordedTrace.Place?] = []
    var called = SpanID.none
    for caller in callers(of: trace) {
      if called != .none { places.append(caller.spans[SpanKey(called).span].place) }
      switch caller.subject {
      case .request, .tick: places.append(caller.code)
      // All of the text, as what stands outside of its functions.
      case .cell(let source): places.append(RecordedTrace.Place(source: source, offset: source.byteCount))
      }
      called = caller.caller
    }
    // The last may have been called by what is not kept.
    return called == .none ? places : places + [nil]
  }

  func served(by span: RecordedTrace.Span) -> [SpanID] {
    var ids = span.served
    var next = 0
    while next < ids.count, ids.count < Self.traceLimit {
      ids += recorder[ids[next]]?.spans.flatMap(\.served) ?? []
      next += 1
    }
    return ids
  }

  /// Whether all that a request came to changed nothing.
  private mutating func isReading(_ trace: RecordedTrace, besides declared: Set<String>) -> Bool {
    effects(of: trace, besides: declared)?.writes.isEmpty ?? false
  }

  /// What a request or a tick came to, where that is known and has nothing to do with some globals.
  private mutating func effects(of trace: RecordedTrace, besides declared: Set<String>) -> CodeEffects? {
    guard !trace.isStreamed, let code = trace.code, let effects = effects(of: code),
      effects.reads.isDisjoint(with: declared), !effects.reads.contains(where: changesByItself),
      runsOwnCode(trace, of: code)
    else { return nil }
    return effects
  }

  /// Whether each fiber of a request or a tick was begun by the text of its function.
  private mutating func runsOwnCode(_ trace: RecordedTrace, of code: RecordedTrace.Place) -> Bool {
    guard let range = analysis(of: code.source)?.rangeOfFunction(at: code.offset) else { return false }
    return trace.spans.dropFirst().allSatisfy { span in
      guard case .fiber = span.work else { return true }
      return span.place.map { $0.source === code.source && range.contains($0.offset) } ?? false
    }
  }

  mutating func isReading(_ span: RecordedTrace.Span, besides declared: Set<String>, depth: Int)
    -> Bool
  {
    guard case .call(let method, let url) = span.work, method == "GET", depth < OwnCallMark.depthLimit else {
      return false
    }
    // A path of this notebook that no handler answered, or one that is not kept any more.
    if span.served.isEmpty { return !url.hasPrefix("/") }
    for id in span.served {
      looks += 1
      if let trace = recorder[id], !trace.runsCode { continue }
      // What was cancelled may have cancelled something in its turn.
      guard looks < Self.lookLimit, let trace = recorder[id], trace.dropped == 0,
        trace.spans[0].outcome != .cancelled, isReading(trace, besides: declared)
      else { return false }
      for span in trace.spans {
        guard case .call = span.work else { continue }
        if !isReading(span, besides: declared, depth: depth + 1) { return false }
      }
    }
    return true
  }

  /// What a function does with globals; nil where it may change something else.
  private mutating func effects(of code: RecordedTrace.Place) -> CodeEffects? {
    let key = Function(source: ObjectIdentifier(code.source), offset: code.offset)
    if let known = functions[key] { return known }
    let effects = analysis(of: code.source)?.effectsOfFunction(at: code.offset)
    functions[key] = .some(effects)
    return effects
  }
}

extension RecordedTrace {
  /// Whether another service may have changed something between two places of the order, the first of which was at a
  /// time, since it was called to do so.
  fileprivate func mayWriteElsewhere(from start: Int, to end: Int, at time: Int) -> Bool {
    if hasDroppedWrites, spans[0].end.map({ $0.addingClamped(TraceRecorder.unheard) >= time }) ?? true {
      return true
    }
    return spans.contains { span in
      guard Self.mayWriteElsewhere(span.work), span.served.isEmpty, span.startOrder < end else {
        return false
      }
      if span.status == nil || span.isReadAsItComes, let last = span.end {
        return last.addingClamped(TraceRecorder.unheard) >= time
      }
      return span.endOrder ?? .max > start
    }
  }
}
