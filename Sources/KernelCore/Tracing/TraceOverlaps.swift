import Fetch
import Language
import VM

/// Joins what the notebook's texts could do at once with what a trace shows was done one after the other.
///
/// That GETs change nothing is taken for granted of other services. Of this notebook's own routes it is looked at what
/// their handlers do.
struct TraceOverlaps {
  private let recorder: TraceRecorder
  private let limits: CallLimits
  private let names: any GlobalNames
  private let isConstant: (String) -> Bool
  private let isArray: (String) -> Bool
  private let changesByItself: (String) -> Bool
  private let placeOfFunction: (String) -> RecordedTrace.Place?
  private var analyses: [ObjectIdentifier: OverlapAnalysis?] = [:]
  private var bytes = 0
  private var functions: [Function: CodeEffects?] = [:]
  /// Requests that have been looked at, to see what they do.
  private var looks = 0

  /// Texts longer than this, or more than this together, are not analysed: it is done on the event loop.
  private static let textLimit = 32_768
  private static let textsLimit = 65_536
  /// Requests that are looked at.
  private static let traceLimit = 500
  private static let lookLimit = 200_000
  /// What is told at most.
  private static let limit = 5

  /// - Parameters:
  ///   - isConstant: whether a global is a `let` with a value that nobody can change.
  ///   - isArray: whether one is a `let` with an Array.
  ///   - changesByItself: whether one holds what changes though no code of the notebook runs, as a Deferred does.
  ///   - placeOfFunction: where one begins that is a function of the notebook.
  init(
    _ recorder: TraceRecorder, _ limits: CallLimits, names: any GlobalNames,
    isConstant: @escaping (String) -> Bool,
    isArray: @escaping (String) -> Bool, changesByItself: @escaping (String) -> Bool,
    placeOfFunction: @escaping (String) -> RecordedTrace.Place?
  ) {
    self.placeOfFunction = placeOfFunction
    self.changesByItself = changesByItself
    self.recorder = recorder
    self.limits = limits
    self.names = names
    self.isConstant = isConstant
    self.isArray = isArray
  }

  /// How much may be under way.
  struct CallLimits {
    let calls: TransferLimits
    let requests: Int
  }

  private struct Function: Hashable {
    let source: ObjectIdentifier
    let offset: Int
  }

  private struct Call {
    let trace: RecordedTrace
    let span: Int
    let place: RecordedTrace.Place
    /// How long a fiber waited for it.
    let start: Int
    let end: Int

    var startOrder: Int { trace.spans[span].startOrder }
    var endOrder: Int { trace.spans[span].endOrder ?? .max }

    /// Whether its address is made of texts and numbers alone, as far as one can see: none that shows an array, a
    /// dictionary, an answer or a Deferred.
    var tellsTexts: Bool {
      guard case .call(_, let url) = trace.spans[span].work else { return false }
      let letters = url.replacing("%5B", with: "[").replacing("%3C", with: "<").replacing("%28", with: "(")
      return !letters.contains { "[(<".contains($0) }
    }
  }

  /// One piece of code, run by one fiber.
  private struct Fiber: Hashable {
    let parent: Int
    let source: ObjectIdentifier
  }

  /// What could overlap in a trace and the requests that it led to, where it saves something worth telling: that which
  /// saves most, in the order of the text.
  mutating func overlaps(in root: RecordedTrace) -> [Waterfall.Overlap] {
    var found: [Waterfall.Overlap] = []
    for trace in traces(within: root) {
      for calls in callsByFiber(of: trace) {
        for overlap in overlaps(among: calls) {
          let same = found.firstIndex { $0.cell == overlap.cell && $0.lines == overlap.lines }
          guard let same else {
            found.append(overlap)
            continue
          }
          if overlap.saving > found[same].saving { found[same] = overlap }
        }
      }
    }
    return found.sorted { $0.saving > $1.saving }.prefix(Self.limit)
      .sorted { ($0.cell ?? 0, $0.lines[0]) < ($1.cell ?? 0, $1.lines[0]) }
  }

  private func traces(within root: RecordedTrace) -> [RecordedTrace] {
    var all = [root]
    var next = 0
    while next < all.count, all.count < Self.traceLimit {
      let trace = all[next]
      next += 1
      all += trace.spans.flatMap(\.served).compactMap { recorder[$0] }
    }
    return Array(all.prefix(Self.traceLimit))
  }

  /// The GETs of a trace that a fiber waited for, those of each fiber and text by themselves, in their order.
  private func callsByFiber(of trace: RecordedTrace) -> [[Call]] {
    var calls: [Fiber: [Call]] = [:]
    for (place, span) in trace.spans.enumerated() {
      guard case .call("GET", _) = span.work, let end = span.end, span.outcome != .cancelled,
        let code = span.place, let wait = wait(for: span, until: end, in: trace)
      else { continue }
      let fiber = Fiber(parent: span.parent, source: ObjectIdentifier(code.source))
      calls[fiber, default: []].append(
        Call(trace: trace, span: place, place: code, start: wait.start, end: wait.end ?? end))
    }
    return calls.values.filter { $0.count > 1 }
  }

  /// The wait in which a call came to its end.
  private func wait(for span: RecordedTrace.Span, until end: Int, in trace: RecordedTrace) -> RecordedTrace
    .Wait?
  {
    trace.waits.first {
      $0.span == span.parent && $0.kind == .await && $0.start >= span.start && $0.start <= end
        && $0.end.map { $0 >= end } ?? false
    }
  }

  private mutating func overlaps(among calls: [Call]) -> [Waterfall.Overlap] {
    let source = calls[0].place.source
    guard let analysis = analysis(of: source) else { return [] }
    var times: [[Int]: (before: Int, after: Int)] = [:]
    for group in analysis.groups {
      for run in runs(of: group, among: calls) {
        for part in reading(run, group) where isQuiet(part, group) {
          guard let after = timeAtOnce(of: part, group) else { continue }
          let offsets = part.map(\.place.offset)
          times[offsets, default: (0, 0)].before += part.reduce(0) { $0 + $1.end - $1.start }
          times[offsets, default: (0, 0)].after += after
        }
      }
    }
    return times.sorted { $0.key[0] < $1.key[0] }.map { offsets, time in
      Waterfall.Overlap(
        cell: source.cell, lines: offsets.map(source.lineNumber(of:)), before: .nanoseconds(time.before),
        after: .nanoseconds(time.after))
    }.filter(\.isNotable)
  }

  /// How long it would take until all calls of a run have their answers, or the first has failed, had they been begun at
  /// once. Nil where that is not known, and where one of them would come so much later than it did that a time limit may
  /// make it something else: since others compute meanwhile, or since it needs a connection of its own.
  private func timeAtOnce(of run: [Call], _ group: OverlapGroup) -> Int? {
    let connections = run.map { call in
      let traces = served(by: call.trace.spans[call.span]).compactMap { recorder[$0] }
      return (call.trace.connections[call.span] ?? []) + traces.flatMap { $0.connections.values.joined() }
    }
    let others = othersUnderWay(beside: run)
    let requests = run.reduce(others.requests) { $0 + served(by: $1.trace.spans[$1.span]).count }
    guard requests <= limits.requests,
      let delays = recorder.connections.delays(
        ofCallsAtOnce: connections, besides: others.connections, limits.calls)
    else { return nil }
    let works = zip(run, delays).map { call, delay in
      SharedTime.Work(
        duration: call.end - call.start + delay,
        computing: computing(for: call).map { $0.lowerBound + delay..<$0.upperBound + delay })
    }
    let ends = SharedTime.ends(of: works)
    var failures: [Int] = []
    for (place, call) in run.enumerated() {
      let (span, duration) = (call.trace.spans[call.span], call.end - call.start)
      let hasLimits =
        group.limited.contains(call.place.offset)
        || served(by: span).contains { recorder[$0]?.hasLimits ?? true }
      // Of a call that leaves the notebook and has no limit nobody minds when it connects.
      let late = ends[place] - duration - (hasLimits || !span.served.isEmpty ? 0 : delays[place])
      if late > (hasLimits ? Self.leastDelay : max(Self.smallestDelay, duration / 4)) { return nil }
      if span.outcome == .failed, !group.caught.contains(call.place.offset) { failures.append(ends[place]) }
    }
    return failures.min() ?? ends.max()
  }

  /// What else is under way in the time of a run and so takes room: requests to this notebook, and of calls what they
  /// have of connections; those that have no answer yet may be to any server.
  private func othersUnderWay(beside run: [Call]) -> (requests: Int, connections: KnownConnections.Users) {
    let (first, last) = (run[0], run[run.count - 1])
    let answering = Set(run.flatMap { served(by: $0.trace.spans[$0.span]) })
    let own = Set(run.map { $0.trace.id(ofSpan: $0.span) })
    var requests = 0
    var users = KnownConnections.Users()
    for trace in recorder.traces(from: first.trace.spans[first.span], to: last.end) ?? []
    where !answering.contains(trace.id) {
      func isUnderWay(_ span: RecordedTrace.Span) -> Bool {
        span.startOrder < last.endOrder && span.endOrder ?? .max > first.startOrder
      }
      if case .request = trace.subject, isUnderWay(trace.spans[0]) { requests += 1 }
      for (place, span) in trace.spans.enumerated() where isUnderWay(span) {
        guard case .call = span.work, span.served.isEmpty, !own.contains(trace.id(ofSpan: place)) else {
          continue
        }
        users.add(trace.connections[place])
      }
    }
    return (requests, users)
  }

  /// A delay in nanoseconds that changes nothing; of what takes longer it is a quarter.
  private static let smallestDelay = 5_000_000
  /// One that changes nothing though the code says how long something may take.
  private static let leastDelay = 1_000_000

  /// When this notebook computed for a call, since it was waited for. The way of request and answer is computing too,
  /// where both ends are here.
  private func computing(for call: Call) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var waiting: [Range<Int>] = []
    for id in served(by: call.trace.spans[call.span]) {
      guard let trace = recorder[id] else { continue }
      ranges += trace.computing
      if call.trace.spans[call.span].served.contains(id), let end = trace.spans[0].end {
        waiting.append(trace.spans[0].start..<max(trace.spans[0].start, end))
      }
    }
    guard let first = waiting.first, let last = waiting.last else { return [] }
    let whole = call.start..<max(call.start, call.end)
    ranges += [
      min(call.start, first.lowerBound)..<first.lowerBound, last.upperBound..<max(last.upperBound, call.end),
    ]
    return SharedTime.union(of: ranges, within: whole).map {
      $0.lowerBound - call.start..<$0.upperBound - call.start
    }
  }

  /// The longest parts of a run, in their order, whose calls change nothing.
  private mutating func reading(_ run: [Call], _ group: OverlapGroup) -> [[Call]] {
    var parts: [[Call]] = [[]]
    for call in run {
      let isReading = isReading(call.trace.spans[call.span], besides: group.declares, depth: 0)
      if isReading, !group.tellsArguments || call.tellsTexts {
        parts[parts.count - 1].append(call)
      } else {
        parts.append([])
      }
    }
    return parts.filter { $0.count > 1 }
  }

  /// The times that the calls of a group were made, all of them and each after the one before had come.
  private func runs(of group: OverlapGroup, among calls: [Call]) -> [[Call]] {
    var runs: [[Call]] = []
    var run: [Call] = []
    for call in calls where group.calls.contains(call.place.offset) {
      let isNext = call.place.offset == group.calls[run.count] && call.start >= run.last?.end ?? .min
      if !isNext { run = [] }
      if isNext || call.place.offset == group.calls[0] { run.append(call) }
      if run.count == group.calls.count {
        runs.append(run)
        run = []
      }
    }
    return runs
  }

  private mutating func analysis(of source: SourceText) -> OverlapAnalysis? {
    let id = ObjectIdentifier(source)
    if let known = analyses[id] { return known }
    var analysis: OverlapAnalysis?
    if source.byteCount <= Self.textLimit, bytes + source.byteCount <= Self.textsLimit {
      bytes += source.byteCount
      analysis = OverlapAnalysis(source, names: names, isConstant: isConstant, isArray: isArray)
    }
    analyses[id] = .some(analysis)
    return analysis
  }

  // MARK: Own routes

  /// Whether no code of the notebook ran from the first call of a run to the last, besides what answered them, that may
  /// have changed something: had all been begun at once, they might have found it as it was before.
  private mutating func isQuiet(_ run: [Call], _ group: OverlapGroup) -> Bool {
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
    for other in all where !answering.contains(other.id) {
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

  private func served(by span: RecordedTrace.Span) -> [SpanID] {
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

  private mutating func isReading(_ span: RecordedTrace.Span, besides declared: Set<String>, depth: Int)
    -> Bool
  {
    guard case .call(let method, let url) = span.work, method == "GET", depth < OwnCallMark.depthLimit else {
      return false
    }
    // A path of this notebook that no handler answered, or one that is not kept any more.
    if span.served.isEmpty { return !url.hasPrefix("/") }
    for id in span.served {
      looks += 1
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
