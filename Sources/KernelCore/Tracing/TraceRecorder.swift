import Fetch
import VM

/// Records where time goes: each request, run of a cell and tick leaves a trace. The last are kept, and bounded: so many,
/// so many spans each, so much of all together.
final class TraceRecorder: MachineTracer {
  /// How many requests and cells are kept; ticks and requests that no route answers have a room of their own, since they
  /// come by themselves.
  static let capacity = 750
  static let asideCapacity = 250
  /// Spans and waits of one trace, and of all. Beyond that each span has one wait at most that stands for all.
  static let traceLimit = 1_000
  static let limit = 100_000
  /// Of all together the part that is for traces with few spans and waits, and how many those are: what is new has room
  /// beside many that take much.
  private static let limitOfLarge = limit / 4 * 3
  private static let small = 100
  /// How long another service may still be doing what nobody has heard the end of, in nanoseconds.
  static let unheard = 60_000_000_000

  private let clock: any Clock
  private var requests = TraceRing(capacity: capacity)
  private var asides = TraceRing(capacity: asideCapacity)
  private var nextNumber = 1
  private(set) var connections = KnownConnections()
  /// How much has been recorded.
  private var order = 0
  /// The last end of what is no whole trace.
  private var lastEnd = (span: SpanID.none, order: 0, time: 0)
  /// How much there is to be, and how many traces have to end, before it is worth it to look for room again.
  private var fullSize = 0
  private var endsToCome = 0
  /// When something was last heard of a trace that is not kept any more: where in the order.
  private var strayed = 0
  /// When what runs now was let run, a tenth of a millisecond ago as a rule; nil where that is not known.
  var batchBegan: Int?
  /// A trace that has no room left, where something was heard of it last.
  private var crowded = BorrowedReference<RecordedTrace>()
  /// The number of the first trace of the kernel that there is.
  private(set) var firstOfKernel = 1

  init(clock: any Clock) { self.clock = clock }

  private func moment(at time: Int? = nil) -> RecordedTrace.Moment {
    order += 1
    return RecordedTrace.Moment(time: time ?? clock.now, order: order)
  }

  // MARK: Whole traces

  /// Something of the host's begins; gives the span to start its task with.
  ///
  /// - Parameters:
  ///   - caller: the span of the notebook's own call that led to it.
  ///   - isOwn: whether there was such a call.
  ///   - code: what answers a request, where nothing that surrounds its path runs too; the function of a tick.
  ///   - runsCode: whether any code of the notebook runs for it.
  ///   - arrived: when the request came, where it was held until now.
  ///   - time: now, where that is known.
  func begin(
    _ subject: RecordedTrace.Subject, cell: Int?, caller: SpanID = .none, isOwn: Bool = false,
    code: RecordedTrace.Place? = nil, runsCode: Bool = true, arrived: Int? = nil,
    at time: Int? = nil
  ) -> SpanID {
    let now = moment(at: time)
    let isTick = if case .tick = subject { true } else { false }
    let isAside = isTick || !runsCode
    let id = SpanKey(place: isAside ? asides.upcoming : requests.upcoming, isAside: isAside, span: 0).id
    let beginning = RecordedTrace.Beginning(
      number: nextNumber, id: id, subject: subject, cell: cell, caller: caller, isOwn: isOwn, code: code,
      runsCode: runsCode, arrived: arrived, moment: now)
    // What is heard of the trace that gives way is not kept any more.
    crowded.object = nil
    if isAside { asides.append(consume beginning) } else { requests.append(consume beginning) }
    nextNumber += 1
    if caller != .none { change(caller) { $0.spans[$1].served.append(id) } }
    return id
  }

  /// - Parameter time: now, where that is known.
  func end(_ id: SpanID, _ outcome: TracedOutcome, status: Int? = nil, at time: Int? = nil) {
    let key = SpanKey(id)
    var event = TraceEvent(.ends, span: key.span, at: moment(at: time))
    event.outcome = outcome
    event.detail = status ?? 0
    endsToCome -= 1
    if note(event, of: key) == nil { write(event, of: id) }
  }

  /// Something is done only so long.
  func limits(_ id: SpanID) { self[id]?.hasLimits = true }

  /// A call has its answer.
  func answered(_ status: Int, _ connections: [FetchResponse.Connection], _ id: SpanID) {
    if id == .none { return }
    self.connections.note(connections)
    change(id) {
      $0.spans[$1].status = status
      if !connections.isEmpty { $0.connections[$1] = connections }
    }
  }

  /// The body of an answer is read as it comes.
  func readsAsItComes(_ id: SpanID) { change(id) { $0.spans[$1].isReadAsItComes = true } }

  /// The status of a request.
  func setStatus(_ status: Int?, of id: SpanID) {
    if id != .none, status != nil { change(id) { $0.spans[$1].status = status } }
  }

  /// The body of a request's answer is written by code that its handler only names.
  func streams(_ id: SpanID) { self[id]?.isStreamed = true }

  /// The kernel is dropped with all that is under way.
  func endAll() {
    firstOfKernel = nextNumber
    for trace in (requests.unfinished + asides.unfinished).sorted(by: { $0.number < $1.number }) {
      for place in trace.spans.indices.dropFirst() { ends(trace.id(ofSpan: place), .cancelled) }
      if !trace.isOver { end(trace.id, .cancelled) }
    }
  }

  // MARK: What the machine tells

  // To look at the clock is the dearest part of it: what is not kept goes without.

  func begins(
    _ work: TracedWork, parent: SpanID, cause: SpanID, at place: @autoclosure () -> CodePlace?
  ) -> SpanID {
    if crowded.withObject({ $0.drops(work, parent: parent) }) == true {
      order += 1
      return .none
    }
    let key = SpanKey(parent)
    if mayNote(key), let event = TraceEvent(work, parent: key.span, cause: cause, at: moment()),
      let span = note(event, at: place(), of: key)
    {
      return key.with(span: span).id
    }
    return writeBeginning(of: work, parent: parent, cause: cause, at: place)
  }

  func waits(_ id: SpanID, for source: @autoclosure () -> SpanID, at place: @autoclosure () -> CodePlace?) {
    if crowded.withObject({ $0.waitsAgain(id) }) == true {
      order += 1
      return
    }
    let key = SpanKey(id)
    guard mayNote(key) else { return writeWait(of: id, for: source, at: place) }
    var event = TraceEvent(.waits, span: key.span, at: moment())
    event.other = source()
    _ = note(event, at: place(), of: key)
  }

  func goesOn(_ id: SpanID, cause: SpanID) {
    if let now = batchBegan,
      crowded.withObject({ $0.goesOnAgain(id, at: RecordedTrace.Moment(time: now, order: order + 1)) })
        == true
    {
      order += 1
      return
    }
    let key = SpanKey(id)
    // What ended right before is what it waited for: it is not worth it to look at the clock again.
    let isAtOnce = lastEnd.order == order && lastEnd.span == cause
    let now = moment(at: isAtOnce ? lastEnd.time : nil)
    guard mayNote(key) else {
      kept(id)?.goOn(span: key.span, cause: cause, at: now)
      return
    }
    var event = TraceEvent(.goesOn, span: key.span, at: now)
    event.other = cause
    _ = note(event, of: key)
  }

  func ends(_ id: SpanID, _ outcome: TracedOutcome) {
    let key = SpanKey(id)
    var event = TraceEvent(.ends, span: key.span, at: moment())
    event.outcome = outcome
    lastEnd = (id, event.moment.order, event.moment.time)
    if note(event, of: key) == nil { write(event, of: id) }
  }

  /// Whether what is heard of a trace can be noted, as most is.
  @inline(__always)
  private func mayNote(_ key: SpanKey) -> Bool {
    size < TraceRecorder.limit
      && (key.isAside ? asides.mayNote(in: key.place) : requests.mayNote(in: key.place))
  }

  /// Notes what was heard, without looking at the trace; nil where that is not enough.
  @inline(__always)
  private func note(_ event: TraceEvent, at place: CodePlace? = nil, of key: SpanKey) -> Int? {
    if size >= TraceRecorder.limit { return nil }
    return key.isAside
      ? asides.note(event, at: place, in: key.place) : requests.note(event, at: place, in: key.place)
  }

  // MARK: Traces that are laid out

  @inline(never)
  private func writeBeginning(
    of work: TracedWork, parent: SpanID, cause: SpanID, at place: () -> CodePlace?
  ) -> SpanID {
    guard let trace = kept(parent) else { return .none }
    guard hasRoom(trace) else {
      order += 1
      noteCrowded(trace)
      trace.drop(work)
      return .none
    }
    let key = SpanKey(parent)
    trace.begin(work, parent: key.span, cause: cause, place: place(), at: moment())
    grew(key)
    return trace.id(ofSpan: trace.spans.count - 1)
  }

  @inline(never)
  private func writeWait(of id: SpanID, for source: () -> SpanID, at place: () -> CodePlace?) {
    guard let trace = kept(id) else { return }
    let key = SpanKey(id)
    if let last = trace.spans[key.span].lastWait, !hasRoom(trace) {
      order += 1
      noteCrowded(trace)
      return trace.foldWait(last)
    }
    trace.wait(span: key.span, for: source(), place: place(), at: moment())
    grew(key)
  }

  /// That something goes on or ends.
  @inline(never)
  private func write(_ event: TraceEvent, of id: SpanID) {
    guard let trace = kept(id) else { return }
    trace.write(event, at: nil)
    let key = SpanKey(id)
    if event.kind == .ends, key.span == 0 {
      let time = event.moment.time
      if key.isAside { asides.ended(key.place, at: time) } else { requests.ended(key.place, at: time) }
    }
  }

  /// The trace that something is heard of, as long as it is kept.
  private func kept(_ id: SpanID) -> RecordedTrace? {
    if let trace = self[id] { return trace }
    if id != .none { strayed = moment().order }
    return nil
  }

  // MARK: Finding

  /// Those that are kept, in the order of their numbers.
  var all: [RecordedTrace] { (requests.all + asides.all).sorted { $0.number < $1.number } }

  /// The trace that a span belongs to, as long as it is kept.
  subscript(id: SpanID) -> RecordedTrace? {
    let key = SpanKey(id)
    return key.isAside ? asides[key.place] : requests[key.place]
  }

  /// What may have run since a span began; nil where some of that is not kept any more.
  func traces(from span: RecordedTrace.Span, to end: Int) -> [RecordedTrace]? {
    guard max(requests.forgotten, asides.forgotten) < span.start, strayed < span.startOrder else {
      return nil
    }
    return (requests.all + asides.all).filter { $0.spans[0].start <= end }
  }

  /// The requests of this notebook that a call led to, those that it was redirected to among them.
  func served(by call: SpanID) -> [RecordedTrace] {
    self[call]?.spans[SpanKey(call).span].served.compactMap { self[$0] } ?? []
  }

  /// What ended a wait, or is to end it, as far as that is known.
  func blocker(of wait: RecordedTrace.Wait, in trace: RecordedTrace) -> SpanID {
    if wait.cause != .none || wait.source == .none { return wait.cause }
    let end = wait.end ?? .max
    let goesOn = { (span: RecordedTrace.Span) in (span.end ?? .max) >= end }
    if let source = self[wait.source]?.spans[SpanKey(wait.source).span], goesOn(source) { return wait.source }
    // Of several that are waited for at once it was the first, and another is left.
    let rest = trace.spans.indices.dropFirst().last {
      trace.spans[$0].parent == wait.span && trace.spans[$0].start <= end && goesOn(trace.spans[$0])
    }
    return rest.map(trace.id(ofSpan:)) ?? .none
  }

  /// A span's parent; for a request the call that led to it.
  func parent(of id: SpanID) -> SpanID? {
    guard let trace = self[id] else { return nil }
    let place = SpanKey(id).span
    if place > 0 { return trace.id(ofSpan: trace.spans[place].parent) }
    return trace.caller == .none ? nil : trace.caller
  }

  /// Whether a span belongs to a trace, or to a request that it led to.
  func isWithin(_ id: SpanID, _ root: SpanID) -> Bool {
    var trace = self[id]
    for _ in 0..<OwnCallMark.depthLimit {
      guard let found = trace else { return false }
      if found.id == root { return true }
      trace = self[found.caller]
    }
    return false
  }

  // MARK: Showing

  /// The last traces that are kept and were not made by others, the last first; of ticks only some.
  func list(limit: Int, now: Int) -> TraceList {
    let traces = all.filter { !$0.isOwn }
    let (ticks, others) = (traces.filter(\.isTick), traces.filter { !$0.isTick })
    let shown = (others.suffix(limit) + ticks.suffix(limit / 6)).sorted { $0.number > $1.number }
    return TraceList(
      traces: shown.map { $0.summary(now: now) }, olderCount: max(0, others.count - limit),
      olderTickCount: max(0, ticks.count - limit / 6))
  }

  /// The paths that were asked for, each once, the last first.
  func paths(limit: Int) -> [String] {
    var paths: [String] = []
    var known: Set<String> = []
    for trace in requests.all.reversed() where paths.count < limit {
      guard case .request(_, let target) = trace.subject else { continue }
      let path = String(target.prefix { $0 != "?" }).printable(limit: 200)
      if known.insert(path).inserted { paths.append(path) }
    }
    return paths
  }

  /// A trace that is wanted; nil where it is not kept.
  func trace(_ choice: TraceChoice, now: Int) -> RecordedTrace? {
    let chosen = all.filter { !$0.isTick }
    return
      switch choice
    {
    // What no route answers is as a rule a browser's, for an icon.
    case .last: chosen.last { !$0.isOwn && $0.runsCode } ?? chosen.last { !$0.isOwn }
    case .number(let number): all.first { $0.number == number }
    // A browser asks for the methods of a path before it asks for it.
    case .path(let path):
      chosen.last { $0.isRequest(for: path) && !$0.isAboutMethods }
        ?? chosen.last { $0.isRequest(for: path) }
    case .slowest: chosen.filter(\.isOver).max { $0.duration(now: now) < $1.duration(now: now) }
    }
  }

  /// A trace laid out in rows; nil where it is not kept.
  func waterfall(_ choice: TraceChoice, now: Int) -> Waterfall? {
    trace(choice, now: now).map { WaterfallBuilder(self, $0, now: now).waterfall }
  }

  // MARK: Changing

  private func change(_ id: SpanID, _ body: (RecordedTrace, Int) -> Void) {
    if let trace = self[id] { body(trace, SpanKey(id).span) }
  }

  /// What is heard of a trace that has no room left is not to be looked up each time.
  private func noteCrowded(_ trace: RecordedTrace) {
    if trace.size >= TraceRecorder.traceLimit, crowded.object !== trace { crowded.object = trace }
  }

  private func hasRoom(_ trace: RecordedTrace) -> Bool {
    if trace.size >= TraceRecorder.traceLimit { return false }
    let limit = trace.size < TraceRecorder.small ? TraceRecorder.limit : TraceRecorder.limitOfLarge
    if size < limit { return true }
    if endsToCome <= 0 || size >= fullSize { makeRoom(besides: trace, limit) }
    return size < limit
  }

  private var size: Int { requests.size + asides.size }

  /// Gives up what is oldest, a tenth of all, so that what is new is seen: traces that have ended, but for the last of
  /// them; the single waits of those that are under way; in the end all that have ended. For a large one only large ones
  /// give way.
  private func makeRoom(besides trace: RecordedTrace, _ limit: Int) {
    let aim = limit / 10 * 9
    let old = all.filter { $0 !== trace }
    // Looking through all is dear where nothing can be given up.
    defer { (fullSize, endsToCome) = (size + TraceRecorder.traceLimit, max(Self.lastKept, old.count / 10)) }
    let isLarge = trace.size >= TraceRecorder.small
    let ended = old.filter { $0.isOver && (!isLarge || $0.size >= TraceRecorder.small) }
    let steps: [(ArraySlice<RecordedTrace>, (RecordedTrace) -> Void)] = [
      (ended.dropLast(Self.lastKept), drop),
      (old.filter { !$0.isOver && $0.waits.count > $0.spans.count }[...], fold),
      (isLarge ? [] : ended.suffix(Self.lastKept), drop),
    ]
    for (traces, giveUp) in steps {
      for trace in traces {
        if size <= aim { return }
        giveUp(trace)
      }
    }
  }

  /// How many traces that have ended are kept as long as others can be given up.
  private static let lastKept = 50

  private func drop(_ trace: RecordedTrace) {
    crowded.object = nil
    let key = SpanKey(trace.id)
    if key.isAside { asides.drop(key.place, at: clock.now) } else { requests.drop(key.place, at: clock.now) }
  }

  private func fold(_ trace: RecordedTrace) {
    crowded.object = nil
    let before = trace.size
    trace.fold()
    if SpanKey(trace.id).isAside {
      asides.shrank(by: before - trace.size)
    } else {
      requests.shrank(by: before - trace.size)
    }
  }

  private func grew(_ key: SpanKey) {
    if key.isAside { asides.grew() } else { requests.grew() }
  }
}

/// What a span is found by: the place of its trace in a ring, and its own in the trace.
struct SpanKey {
  let place: Int
  let isAside: Bool
  let span: Int

  init(place: Int, isAside: Bool, span: Int) {
    self.place = place
    self.isAside = isAside
    self.span = span
  }

  init(_ id: SpanID) {
    place = id.bits >> 13
    isAside = id.bits & 1 << 12 != 0
    span = id.bits & (1 << 12 - 1)
  }

  func with(span: Int) -> SpanKey { SpanKey(place: place, isAside: isAside, span: span) }

  var id: SpanID { SpanID(bits: place << 13 | (isAside ? 1 << 12 : 0) | span) }
}
