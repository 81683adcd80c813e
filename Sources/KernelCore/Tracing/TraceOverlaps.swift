import Fetch
import Language
import VM

/// Joins what the notebook's texts could do at once with what a trace shows was done one after the other.
///
/// That GETs change nothing is taken for granted of other services. Of this notebook's own routes it is looked at what
/// their handlers do.
struct TraceOverlaps {
  let recorder: TraceRecorder
  let limits: CallLimits
  let names: any GlobalNames
  let isConstant: (String) -> Bool
  private let isArray: (String) -> Bool
  let changesByItself: (String) -> Bool
  let placeOfFunction: (String) -> RecordedTrace.Place?
  private var analyses: [ObjectIdentifier: OverlapAnalysis?] = [:]
  private var bytes = 0
  var functions: [Function: CodeEffects?] = [:]
  /// Requests that have been looked at, to see what they do.
  var looks = 0

  /// Texts longer than this, or more than this together, are not analysed: it is done on the event loop.
  private static let textLimit = 32_768
  private static let textsLimit = 65_536
  /// Requests that are looked at.
  static let traceLimit = 500
  static let lookLimit = 200_000
  /// How many callbacks one after the other are followed to the call that they waited for.
  private static let callbackLimit = 20
  /// What is told at most, and looked at for that.
  private static let limit = 5
  private static let candidateLimit = 8

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

  struct Function: Hashable {
    let source: ObjectIdentifier
    let offset: Int
  }

  struct Call {
    let trace: RecordedTrace
    let span: Int
    let place: RecordedTrace.Place
    /// In which a fiber waited for it, by its place among the waits; nil where it was there when it was awaited.
    let wait: Int?
    /// How long that was.
    let start: Int
    let end: Int

    /// Whether it had been begun before the first call of a run was waited for.
    func isBegun(before run: [Call]) -> Bool {
      guard let first = run[0].wait, let wait else { return true }
      if span != run[0].span { return startOrder < trace.waits[first].startOrder }
      // By a statement of its own.
      guard let waited = trace.waits[wait].place else { return true }
      return waited.source !== place.source || waited.offset > place.offset
    }
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

  private struct CallSites: Hashable {
    let source: ObjectIdentifier
    let offsets: [Int]
  }

  /// GETs of one text that could overlap, all the times that they were made one after the other.
  private struct Candidate {
    let source: SourceText
    let offsets: [Int]
    /// Those of the calls that were begun before, and only waited for then.
    let begun: Set<Int>
    var cuts: [TraceTimeline.Cut] = []

    /// How much less they would take by themselves.
    var saving: Int { cuts.reduce(0) { $0 + $1.end - $1.start - $1.duration } }

    /// How long was waited for them. Of what several fibers did at the same time it is one time.
    var duration: Int {
      let times = cuts.map { $0.start..<max($0.start, $0.end) }
      return SharedTime.union(of: times, within: .min..<Int.max).reduce(0) { $0 + $1.count }
    }

    func overlap(saving: Int, needsOthers: Bool) -> Waterfall.Overlap {
      let before = Duration.nanoseconds(duration)
      return Waterfall.Overlap(
        cell: source.cell, lines: offsets.map(source.lineNumber(of:)),
        begunLines: offsets.filter(begun.contains).map(source.lineNumber(of:)), before: before,
        after: max(.zero, before - .nanoseconds(saving)), needsOthers: needsOthers)
    }
  }

  /// What could overlap in a trace and the requests that it led to, where it saves something worth telling: that which
  /// saves most, in the order of the text.
  mutating func overlaps(in root: RecordedTrace) -> [Waterfall.Overlap] {
    let traces = traces(within: root)
    var candidates: [CallSites: Candidate] = [:]
    for trace in traces {
      for calls in callsByFiber(of: trace) { collect(calls, &candidates) }
    }
    let likely = Self.likely(among: candidates.values)
    guard !likely.isEmpty, let timeline = TraceTimeline(traces, in: recorder) else { return [] }
    return told(of: likely, in: timeline).sorted { ($0.cell ?? 0, $0.lines[0]) < ($1.cell ?? 0, $1.lines[0]) }
  }

  /// Those that make the whole shorter: first what does so alone, each time what does most beside those before; then what
  /// helps only together, as calls of two fibers that are waited for at the same time.
  private func told(of candidates: [Candidate], in timeline: TraceTimeline) -> [Waterfall.Overlap] {
    func saving(_ chosen: [Candidate]) -> Int { timeline.saving(with: cuts(of: chosen)) }
    var told: [Waterfall.Overlap] = []
    var chosen: [Candidate] = []
    var rest = candidates
    var saved = 0
    while !rest.isEmpty, told.count < Self.limit {
      let savings = rest.map { saving(chosen + [$0]) - saved }
      guard let best = rest.indices.max(by: { savings[$0] < savings[$1] }) else { break }
      let overlap = rest[best].overlap(
        saving: savings[best], needsOthers: !chosen.isEmpty && savings[best] > saving([rest[best]]))
      guard overlap.isNotable else { break }
      told.append(overlap)
      chosen.append(rest.remove(at: best))
      saved += savings[best]
    }
    rest = Array(rest.prefix(Self.limit - told.count))
    while rest.count > 1 {
      let all = saving(chosen + rest)
      let overlaps = rest.indices.map { place in
        var others = rest
        others.remove(at: place)
        return rest[place].overlap(saving: all - saving(chosen + others), needsOthers: true)
      }
      // What is not told does not help the others.
      let notable = rest.indices.filter { overlaps[$0].isNotable }
      if notable.count == rest.count { return told + overlaps }
      rest = notable.map { rest[$0] }
    }
    return told
  }

  /// Those that save most. A cell that has run again has a text of its own each time: of one cell one text is told of.
  private static func likely(among candidates: some Sequence<Candidate>) -> [Candidate] {
    var sources: [Int?: SourceText] = [:]
    var found: [Candidate] = []
    for candidate in candidates.sorted(by: { ($1.saving, $0.offsets[0]) < ($0.saving, $1.offsets[0]) })
    where sources[candidate.source.cell, default: candidate.source] === candidate.source {
      sources[candidate.source.cell] = candidate.source
      found.append(candidate)
    }
    return Array(found.prefix(candidateLimit))
  }

  /// Those that can be made together.
  private func cuts(of candidates: [Candidate]) -> [TraceTimeline.Cut] {
    var chosen: [TraceTimeline.Cut] = []
    for cut in candidates.flatMap(\.cuts) where !chosen.contains(where: cut.intersects) { chosen.append(cut) }
    return chosen
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
        let code = span.place
      else { continue }
      let fiber = Fiber(parent: span.parent, source: ObjectIdentifier(code.source))
      let wait = wait(for: place, until: end, in: trace)
      let (from, to) = wait.map { (trace.waits[$0].start, trace.waits[$0].end) } ?? (end, end)
      calls[fiber, default: []].append(
        Call(trace: trace, span: place, place: code, wait: wait, start: from, end: to ?? end))
    }
    return calls.values.filter { $0.count > 1 }
  }

  /// The wait for a call that came to its end then.
  private func wait(for place: Int, until end: Int, in trace: RecordedTrace) -> Int? {
    let span = trace.spans[place]
    return trace.waits.firstIndex { wait in
      wait.span == span.parent && wait.kind == .await && wait.start >= span.start && wait.start <= end
        && wait.end.map { $0 >= end } ?? false
        && comes(recorder.blocker(of: wait, in: trace), of: trace.id(ofSpan: place), in: trace)
    }
  }

  /// Whether something is a call, or a callback that was waiting for it.
  private func comes(_ id: SpanID, of call: SpanID, in trace: RecordedTrace) -> Bool {
    var next = id
    for _ in 0..<Self.callbackLimit where next != call {
      let key = SpanKey(next)
      guard recorder[next] === trace, case .fiber = trace.spans[key.span].work else { return false }
      next = trace.spans[key.span].cause
    }
    return next == call
  }

  /// Adds what calls of one fiber could overlap.
  private mutating func collect(_ calls: [Call], _ candidates: inout [CallSites: Candidate]) {
    let source = calls[0].place.source
    guard let analysis = analysis(of: source) else { return }
    for group in analysis.groups {
      for run in runs(of: group, among: calls) {
        for part in reading(run, group) where isQuiet(part, group) {
          guard let cut = cut(of: part, group) else { continue }
          let offsets = part.map(\.place.offset)
          let key = CallSites(source: ObjectIdentifier(source), offsets: offsets)
          let begun = Set(part.filter { $0.isBegun(before: part) }.map(\.place.offset))
          candidates[key, default: Candidate(source: source, offsets: offsets, begun: begun)].cuts.append(cut)
        }
      }
    }
  }

  /// The time of a run, and how long it would be had its calls been made at once; nil where that is no less, or not known.
  private func cut(of run: [Call], _ group: OverlapGroup) -> TraceTimeline.Cut? {
    let (first, last) = (run[0], run[run.count - 1])
    guard let duration = timeAtOnce(of: run, group), duration < last.end - first.start else { return nil }
    let waits = first.trace.waits
    guard let from = first.wait.map({ waits[$0].startOrder }),
      let to = last.wait.flatMap({ waits[$0].endOrder })
    else { return nil }
    return TraceTimeline.Cut(
      fiber: first.trace.id(ofSpan: first.trace.spans[first.span].parent),
      calls: run.filter { !$0.isBegun(before: run) }.map { $0.trace.id(ofSpan: $0.span) },
      startOrder: from, endOrder: to, start: first.start, end: last.end, duration: duration)
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

  /// The times that the calls of a group were made, all of them and each awaited after the one before had come. Those that
  /// were there already as they were awaited are left out.
  private func runs(of group: OverlapGroup, among calls: [Call]) -> [[Call]] {
    var runs: [[Call]] = []
    var run: [Call] = []
    var next = 0
    for call in calls where group.calls.contains(call.place.offset) {
      let isAfter = call.wait == nil || call.start >= run.last?.end ?? .min
      let isNext = call.place.offset == group.calls[next] && isAfter
      if !isNext { (run, next) = ([], 0) }
      if isNext || call.place.offset == group.calls[0] {
        if call.wait != nil { run.append(call) }
        next += 1
      }
      if next == group.calls.count {
        if run.count > 1, awaitsNothingElse(run) { runs.append(run) }
        (run, next) = ([], 0)
      }
    }
    return runs
  }

  /// Whether the fiber of a run has waited for nothing but its calls: one may be made of what else was waited for.
  private func awaitsNothingElse(_ run: [Call]) -> Bool {
    let trace = run[0].trace
    guard let first = run[0].wait, let last = run[run.count - 1].wait else { return false }
    return (first...last).allSatisfy { place in
      let wait = trace.waits[place]
      return wait.span != trace.spans[run[0].span].parent || wait.end == wait.start
        || run.contains { $0.wait == place }
    }
  }

  mutating func analysis(of source: SourceText) -> OverlapAnalysis? {
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
}
