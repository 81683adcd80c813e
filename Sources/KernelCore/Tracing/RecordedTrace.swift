import Fetch
import Foundation
import Language
import NIOHTTP1
import VM

/// What a request, a run of a cell or a tick came to: the fibers and operations that it began, as spans on one time axis,
/// and what each of its fibers waited for. Times are nanoseconds of the kernel's clock.
final class RecordedTrace {
  enum Subject {
    case request(HTTPMethod, target: String)
    case cell(SourceText)
    case tick(interval: Int)
  }

  typealias Place = CodePlace

  /// When something was. Of what was at the same time, as is usual on a virtual clock, the order tells what was first.
  struct Moment {
    let time: Int
    let order: Int
  }

  struct Span {
    /// Nil for what the trace is of.
    let work: TracedWork?
    /// The place of its parent among the spans.
    let parent: Int
    /// What had to be over before it began.
    let cause: SpanID
    var place: Place?
    let start: Int
    /// Among all that was recorded.
    var startOrder = 0
    var end: Int?
    var endOrder: Int?
    var outcome: TracedOutcome?
    /// The status of an answer.
    var status: Int?
    /// The place of its last among `waits`; it is in that one if that has no end.
    var lastWait: Int?
    /// Whether the body of an answer is read as it comes: its end is not recorded.
    var isReadAsItComes = false
    /// The requests of this notebook that a call led to: one, and those that it was redirected to.
    var served: [SpanID] = []
    /// The cell of what is whole.
    var ownCell: Int?

    var cell: Int? { place?.cell ?? ownCell }
    var line: Int? { place?.line }

    /// What it came to, where that says something.
    var words: String? {
      if let status { return String(status) }
      return switch outcome {
      case .failed: "failed"
      case .cancelled: "cancelled"
      case .succeeded, nil: nil
      }
    }
  }

  /// Methods that change nothing (RFC 9110 §9.2.1).
  private static let safeMethods: Set = ["GET", "HEAD", "OPTIONS", "TRACE"]

  /// Whether something is a call that may change something in another service.
  static func mayWriteElsewhere(_ work: TracedWork?) -> Bool {
    if case .call(let method, _) = work { !safeMethods.contains(method) } else { false }
  }

  /// A time in which a fiber could not go on.
  struct Wait {
    enum Kind {
      case await
      /// It stands for several, with what was done between them: there was no room for each.
      case many
      /// A request for a route that was being defined again.
      case held
    }

    let span: Int
    /// What was to end it, as far as that was known.
    private(set) var source: SpanID
    let place: Place?
    let start: Int
    let startOrder: Int
    private(set) var end: Int?
    private(set) var endOrder: Int?
    /// What ended it.
    private(set) var cause: SpanID
    private(set) var kind: Kind
    /// Of several in one, when the fiber went on: the last times, by the order, and how many there were.
    private(set) var runs: [Int] = []
    private var runCount = 0

    /// So many of those times are kept.
    private static let runLimit = 32

    init(
      span: Int, source: SpanID = .none, place: Place?, start: Int, startOrder: Int = 0, end: Int? = nil,
      endOrder: Int? = nil, cause: SpanID = .none, kind: Kind = .await
    ) {
      self.span = span
      self.source = source
      self.place = place
      self.start = start
      self.startOrder = startOrder
      self.end = end
      self.endOrder = endOrder
      self.cause = cause
      self.kind = kind
    }

    /// The fiber need wait no longer; where this stands for several it may do so again.
    mutating func goOn(cause: SpanID, at moment: Moment) {
      (end, endOrder) = (moment.time, moment.order)
      guard kind == .many else {
        self.cause = cause
        return
      }
      self.cause = .none
      if runCount < Wait.runLimit {
        runs.append(moment.order)
      } else {
        runs[runCount % Wait.runLimit] = moment.order
      }
      runCount += 1
    }

    /// The fiber waits once more, and this stands for that too.
    mutating func fold() {
      (end, endOrder) = (nil, nil)
      kind = .many
      source = .none
    }

    /// Whether the fiber may have run between two places of the order.
    func mayHaveRun(from start: Int, to end: Int) -> Bool {
      let oldest = runCount > Wait.runLimit ? runs[runCount % Wait.runLimit] : runs.first
      guard let oldest, oldest <= start else { return startOrder < end && start < endOrder ?? .max }
      return runs.contains { start < $0 && $0 < end }
    }
  }

  /// What is known as it begins.
  struct Beginning {
    /// What a person names it by.
    let number: Int
    /// Its first span, as the machine knows it.
    let id: SpanID
    let subject: Subject
    let cell: Int?
    /// The call of this notebook that led to it; `none` where that left no trace.
    var caller = SpanID.none
    /// Whether the notebook made it itself.
    var isOwn = false
    /// The handler that answers a request, where nothing that surrounds its path runs too; the function of a tick.
    var code: Place?
    /// Whether any code of the notebook runs for it: of a request that no route answers none does.
    var runsCode = true
    /// When the request came, where it was held until it began.
    var arrived: Int?
    let moment: Moment

    /// Whether the request waited before.
    var wasHeld: Bool { arrived.map { $0 < moment.time } ?? false }
  }

  private var beginning: Beginning
  var number: Int { beginning.number }
  var id: SpanID { beginning.id }
  var subject: Subject { beginning.subject }
  var caller: SpanID { beginning.caller }
  var isOwn: Bool { beginning.isOwn }
  var code: Place? { beginning.code }
  var runsCode: Bool { beginning.runsCode }
  /// The first is the whole.
  var spans: [Span] = []
  var waits: [Wait] = []
  /// What the calls that have left the process had of connections, by their spans.
  var connections: [Int: [FetchResponse.Connection]] = [:]
  /// Whether the body of its answer is written piece by piece.
  var isStreamed = false
  /// Whether some of it is done only so long: a call has a limit, or a timer was stopped before its time.
  var hasLimits = false
  /// Spans that there was no room for, and those of them that were fibers.
  var dropped = 0
  var droppedFibers = 0
  /// Whether one of them was a call that may change something elsewhere.
  var hasDroppedWrites = false

  init(_ beginning: Beginning) {
    self.beginning = beginning
    noteBeginning()
  }

  /// Becomes another, with the room that it has: of most requests as much is recorded as of the one before.
  func begin(_ beginning: Beginning) {
    self.beginning = beginning
    let keepsRoom = spans.capacity <= RecordedTrace.keptRoom && waits.capacity <= RecordedTrace.keptRoom
    spans.removeAll(keepingCapacity: keepsRoom)
    waits.removeAll(keepingCapacity: keepsRoom)
    if !connections.isEmpty { connections = [:] }
    (isStreamed, hasLimits, dropped, droppedFibers, hasDroppedWrites) = (false, false, 0, 0, false)
    noteBeginning()
  }

  private func noteBeginning() {
    let now = beginning.moment
    let start = beginning.arrived ?? now.time
    spans.append(
      Span(
        work: nil, parent: 0, cause: caller, start: start, startOrder: now.order, ownCell: beginning.cell))
    if beginning.wasHeld {
      waits.append(
        Wait(
          span: 0, place: nil, start: start, startOrder: now.order, end: now.time, endOrder: now.order,
          kind: .held))
    }
  }

  /// The most spans or waits that there is room left for.
  private static let keptRoom = 16

  func id(ofSpan place: Int) -> SpanID { SpanKey(id).with(span: place).id }

  /// Something begins for a span.
  func begin(_ work: TracedWork, parent: Int, cause: SpanID, place: Place?, at moment: Moment) {
    spans.append(
      Span(
        work: work, parent: parent, cause: cause, place: place, start: moment.time,
        startOrder: moment.order))
  }

  /// Something begins that there is no room for.
  func drop(_ work: TracedWork) {
    dropped += 1
    if case .fiber = work { droppedFibers += 1 }
    if RecordedTrace.mayWriteElsewhere(work) { hasDroppedWrites = true }
  }

  /// The same; false where the span that it begins for is another trace's.
  func drops(_ work: TracedWork, parent: SpanID) -> Bool {
    guard has(parent) else { return false }
    drop(work)
    return true
  }

  private func has(_ id: SpanID) -> Bool { SpanKey(id).with(span: 0).id == self.id }

  /// A span waits from now on.
  func wait(span: Int, for source: SpanID, place: Place?, at moment: Moment) {
    spans[span].lastWait = waits.count
    waits.append(
      Wait(
        span: span, source: source, place: place, start: moment.time, startOrder: moment.order))
  }

  /// A span waits once more, and there is no room: its last wait stands for all.
  func foldWait(_ place: Int) {
    waits[place].fold()
  }

  /// A span waits once more whose waits have one that stands for all already. False where they have none, or the span is
  /// another trace's.
  func waitsAgain(_ id: SpanID) -> Bool {
    guard let wait = lastOfMany(id) else { return false }
    waits[wait].fold()
    return true
  }

  /// A span need wait no longer of which one wait stands for all.
  ///
  /// - Parameter moment: not before it went on; that the wait began later is left out of account.
  func goesOnAgain(_ id: SpanID, at moment: Moment) -> Bool {
    guard let wait = lastOfMany(id) else { return false }
    if waits[wait].end == nil {
      waits[wait].goOn(
        cause: .none, at: Moment(time: max(moment.time, waits[wait].start), order: moment.order))
    }
    return true
  }

  private func lastOfMany(_ id: SpanID) -> Int? {
    guard has(id), let wait = spans[SpanKey(id).span].lastWait, waits[wait].kind == .many else { return nil }
    return wait
  }

  /// A span need wait no longer.
  func goOn(span: Int, cause: SpanID, at moment: Moment) {
    guard let wait = spans[span].lastWait, waits[wait].end == nil else { return }
    waits[wait].goOn(cause: cause, at: moment)
  }

  /// A span is over, unless it is already.
  func end(span place: Int, _ outcome: TracedOutcome, status: Int? = nil, at moment: Moment) {
    func end(_ span: inout Span) {
      if status != nil { span.status = status }
      if span.end != nil { return }
      (span.end, span.endOrder) = (moment.time, moment.order)
      span.outcome = outcome
      if outcome == .cancelled, case .timer = span.work { hasLimits = true }
    }
    goOn(span: place, cause: .none, at: moment)
    end(&spans[place])
  }

  /// Leaves of what each span has waited for one wait that stands for all, to give back the room of the others.
  func fold() {
    var folded: [Wait] = []
    var places: [Int: Int] = [:]
    for wait in waits {
      guard let place = places[wait.span] else {
        places[wait.span] = folded.count
        folded.append(wait)
        continue
      }
      let first = folded[place]
      folded[place] = Wait(
        span: wait.span, place: wait.place, start: first.start, startOrder: first.startOrder, end: wait.end,
        endOrder: wait.endOrder, kind: .many)
    }
    waits = folded
    for (span, place) in places { spans[span].lastWait = place }
  }

  /// The wait that a span is in when something of it begins.
  func wait(of span: Int, until time: Int) -> Wait? {
    waits.last { $0.span == span && $0.start < time && time <= $0.end ?? time }
  }

  /// When something of a span may have been last, where nothing more is heard of it.
  func lastMoment(ofSpan place: Int, at now: Int) -> Int {
    if let end = spans[place].end { return end }
    // When what it has begun runs is heard, but not what another service does for it.
    return RecordedTrace.mayWriteElsewhere(spans[place].work) ? now.addingClamped(TraceRecorder.unheard) : now
  }

  /// The last moment of any of it.
  func lastMoment(at now: Int) -> Int {
    spans.indices.reduce(.min) { max($0, lastMoment(ofSpan: $1, at: now)) }
  }

  /// Whether any code ran between two places of the order, that of one fiber left out.
  func ran(from start: Int, to end: Int, besides fiber: Int? = nil) -> Bool {
    func isWithin(_ order: Int?) -> Bool { order.map { start < $0 && $0 < end } ?? false }
    func isCode(_ place: Int) -> Bool {
      if place == fiber { return false }
      return switch spans[place].work {
      case nil, .fiber: true
      default: false
      }
    }
    return spans.indices.contains {
      isCode($0) && (isWithin(spans[$0].startOrder) || isWithin(spans[$0].endOrder))
    }
      || waits.contains {
        isCode($0.span)
          && (isWithin($0.startOrder) || isWithin($0.endOrder)
            || $0.kind == .many && $0.mayHaveRun(from: start, to: end))
      }
  }

  /// When its code ran, or could have but for other code: what lies between its waits.
  var computing: [Range<Int>] {
    spans.indices.flatMap { place -> [Range<Int>] in
      switch spans[place].work {
      case nil, .fiber: break
      default: return []
      }
      var ranges: [Range<Int>] = []
      var start = spans[place].start
      for wait in waits where wait.span == place {
        if wait.start > start { ranges.append(start..<wait.start) }
        start = max(start, wait.end ?? .max)
      }
      let end = spans[place].end ?? start
      if end > start { ranges.append(start..<end) }
      return ranges
    }
  }

  var isOver: Bool { spans[0].end != nil }
  /// Whether anything of it is, be it what goes on when it is over.
  var isUnderWay: Bool { spans.contains { $0.end == nil } }
  /// How much memory it takes, in spans and waits.
  var size: Int { spans.count + waits.count }
  /// Nanoseconds.
  func duration(now: Int) -> Int { (spans[0].end ?? now) - spans[0].start }

  // MARK: For people

  /// Whether it came to nothing but which methods a path has: what no route answers, of a path that has some.
  var isAboutMethods: Bool { !runsCode && spans[0].status != 404 }
  var isTick: Bool { if case .tick = subject { true } else { false } }

  func name(ofSpan place: Int) -> String {
    switch spans[place].work {
    case nil: title
    case .fiber(let kind): kind.rawValue
    case .timer(let delay): "timer \(Machine.text(ofDuration: delay))"
    case .call(let method, let url): "\(method) \(url.withLettersDecoded.printable(limit: 200))"
    case .listening: "listen"
    case .stream(let what): what
    case .file: "open a file"
    }
  }

  var title: String {
    switch subject {
    case .request(let method, let target):
      "\(method.rawValue.printable(limit: 20)) \(target.withLettersDecoded.printable(limit: 200))"
    case .cell: "cell"
    case .tick(let interval): "every \(Machine.text(ofDuration: interval))"
    }
  }

  func isRequest(for path: String) -> Bool {
    guard case .request(_, let target) = subject else { return false }
    let wanted = path.removingPercentEncoding ?? path
    return [target[...], target.prefix { $0 != "?" }].contains {
      ($0.removingPercentEncoding ?? String($0)) == wanted
    }
  }

  func summary(now: Int) -> TraceSummary {
    TraceSummary(
      number: number, title: title, cell: spans[0].cell, outcome: spans[0].words,
      duration: .nanoseconds(duration(now: now)), isOpen: !isOver, age: .nanoseconds(now - spans[0].start),
      began: .nanoseconds(spans[0].start))
  }
}
