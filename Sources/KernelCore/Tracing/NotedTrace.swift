import Language
import VM

/// Something that was heard of a trace. It refers to nothing, so that thousands of them are written over at no cost.
struct TraceEvent {
  enum Kind: UInt8 {
    case fiber, timer, waits, goesOn, ends
  }

  let kind: Kind
  var fiber = FiberKind.async
  var outcome = TracedOutcome.succeeded
  /// The place among the spans of what waits, goes on or ends; of what begins that of its parent.
  let span: Int32
  /// Where in the notebook's texts: the place among the trace's sources, and in that.
  fileprivate var source: Int32 = -1
  fileprivate var offset: Int32 = 0
  /// What it waits for, or what was over before.
  var other = SpanID.none
  /// The delay of a timer in nanoseconds, or the status of an answer.
  var detail = 0
  let moment: RecordedTrace.Moment

  init(_ kind: Kind, span: Int, at moment: RecordedTrace.Moment) {
    self.kind = kind
    self.span = Int32(truncatingIfNeeded: span)
    self.moment = moment
  }

  /// Something begins; nil where that is more than can be noted.
  init?(
    _ work: TracedWork, parent: Int, cause: SpanID, at moment: @autoclosure () -> RecordedTrace.Moment
  ) {
    switch work {
    case .fiber(let kind):
      self.init(.fiber, span: parent, at: moment())
      fiber = kind
    case .timer(let delay):
      self.init(.timer, span: parent, at: moment())
      detail = delay
    case .call, .listening, .stream, .file: return nil
    }
    other = cause
  }
}

/// A trace as it is noted: what was heard of it, one after the other. What that comes to is laid out when somebody looks,
/// or when more is heard than fits here; most requests are forgotten before.
struct NotedTrace {
  /// Of what is noted: spans and waits, and all that is heard. Beyond that it is laid out.
  private static let sizeLimit = 64
  private static let eventLimit = 128
  /// The room and the texts that the next trace in its place is left.
  private static let keptEvents = 32
  private static let keptSources = 4

  private var beginning: RecordedTrace.Beginning?
  /// Whether there is none.
  private(set) var isEmpty = true
  private var events: [TraceEvent] = []
  private var eventCount = 0
  /// The texts that its events refer to.
  private var sources: [SourceText] = []
  /// What it comes to; or an earlier trace, whose room the next one takes.
  private var trace: RecordedTrace?
  private var isLaidOut = false
  private var spanCount = 0
  private var waitCount = 0
  /// The spans that have not ended, a bit for each.
  private var openSpans: UInt64 = 0
  private var lastEnd = Int.min

  var isOver: Bool { isLaidOut ? trace?.isOver ?? true : openSpans & 1 == 0 }
  /// As `RecordedTrace` has it.
  var isUnderWay: Bool { isLaidOut ? trace?.isUnderWay ?? false : openSpans != 0 }
  /// How much memory it takes, in spans and waits.
  var size: Int { isLaidOut ? trace?.size ?? 0 : spanCount + waitCount }

  /// Another trace takes its place.
  mutating func begin(_ beginning: consuming RecordedTrace.Beginning) {
    waitCount = beginning.wasHeld ? 1 : 0
    self.beginning = consume beginning
    if events.count > Self.keptEvents { events = [] }
    if sources.count > Self.keptSources { sources = [] }
    (isEmpty, eventCount, isLaidOut, spanCount, openSpans, lastEnd) = (false, 0, false, 1, 1, .min)
  }

  mutating func clear() { self = NotedTrace() }

  // MARK: Writing

  /// Whether there is room, and nobody has looked.
  var mayNote: Bool {
    !isEmpty && !isLaidOut && eventCount < Self.eventLimit && spanCount + waitCount < Self.sizeLimit
  }

  /// Notes what was heard; gives the place of what begins among the spans, and that of what it is of for others. Nil where
  /// it is laid out, and has to hear it itself.
  @inline(__always)
  mutating func note(_ event: TraceEvent, at place: CodePlace?) -> Int? {
    guard mayNote else { return nil }
    var span = Int(event.span)
    switch event.kind {
    case .fiber, .timer:
      span = spanCount
      openSpans |= 1 << UInt64(truncatingIfNeeded: span)
      spanCount += 1
    case .waits: waitCount += 1
    case .goesOn: break
    case .ends:
      openSpans &= ~(1 << UInt64(truncatingIfNeeded: span))
      lastEnd = event.moment.time
    }
    var event = event
    if let place {
      event.source = Int32(truncatingIfNeeded: number(of: place.source))
      event.offset = Int32(truncatingIfNeeded: place.offset)
    }
    if eventCount < events.count { events[eventCount] = event } else { events.append(event) }
    eventCount += 1
    return span
  }

  private mutating func number(of source: SourceText) -> Int {
    for place in sources.indices where sources[place] === source { return place }
    sources.append(source)
    return sources.count - 1
  }

  // MARK: Reading

  /// What it comes to, which hears itself what more there is to hear; nil where there is none.
  mutating func laidOut() -> RecordedTrace? {
    if isLaidOut { return trace }
    guard let beginning else { return nil }
    isLaidOut = true
    let trace: RecordedTrace
    if isKnownUniquelyReferenced(&self.trace), let former = self.trace {
      former.begin(beginning)
      trace = former
    } else {
      trace = RecordedTrace(beginning)
      self.trace = trace
    }
    for event in events.prefix(eventCount) {
      let source = event.source < 0 ? nil : sources[Int(event.source)]
      trace.write(event, at: source.map { CodePlace(source: $0, offset: Int(event.offset)) })
    }
    return trace
  }

  /// The last moment of it.
  func lastMoment(at now: Int) -> Int {
    if isLaidOut { return trace?.lastMoment(at: now) ?? .min }
    return openSpans == 0 ? lastEnd : now
  }
}

extension RecordedTrace {
  /// Takes over what was heard of it.
  func write(_ event: TraceEvent, at place: CodePlace?) {
    let span = Int(event.span)
    switch event.kind {
    case .fiber: begin(.fiber(event.fiber), parent: span, cause: event.other, place: place, at: event.moment)
    case .timer: begin(.timer(event.detail), parent: span, cause: event.other, place: place, at: event.moment)
    case .waits: wait(span: span, for: event.other, place: place, at: event.moment)
    case .goesOn: goOn(span: span, cause: event.other, at: event.moment)
    case .ends:
      end(span: span, event.outcome, status: event.detail == 0 ? nil : event.detail, at: event.moment)
    }
  }
}
