import VM

/// What the end of a trace had to wait for, found from its end backwards: of a fiber the time in which it ran, of a wait
/// whatever ended it, and so on up to the beginning. Had one of these pieces been shorter, the whole would have been.
struct CriticalPath {
  struct Piece: Equatable {
    let span: SpanID
    let start: Int
    let end: Int
  }

  /// The last first.
  private(set) var pieces: [Piece] = []
  /// The calls through which it goes into a request of this notebook, and those requests, with their times.
  private(set) var calls: [SpanID: (start: Int, end: Int)] = [:]
  private let recorder: TraceRecorder
  /// More steps than a trace has room for, and the requests within it, are not looked at.
  private static let limit = 4_000

  init(of id: SpanID, until end: Int, in recorder: TraceRecorder) {
    self.recorder = recorder
    var next: (id: SpanID, end: Int)? = (id, end)
    for _ in 0..<CriticalPath.limit {
      guard let step = next else { return }
      next = follow(step.id, step.end, root: id)
    }
  }

  /// Adds what a span did up to `end`; gives what came before it.
  private mutating func follow(_ id: SpanID, _ end: Int, root: SpanID) -> (id: SpanID, end: Int)? {
    guard let trace = recorder[id] else { return nil }
    let key = SpanKey(id)
    let span = trace.spans[key.span]
    if let served = recorder.served(by: id).last(where: { $0.spans[0].start < end }) {
      // What is left of the call, on its way there and back, is its own.
      let last = min(end, served.spans[0].end ?? end)
      if calls[id] == nil { calls[id] = (span.start, end) }
      calls[served.id] = (served.spans[0].start, last)
      add(id, last, end)
      return (served.id, last)
    }
    if let wait = trace.waits.last(where: { $0.span == key.span && $0.start < end }) {
      // What is cancelled ends after whoever wanted it.
      let resumed = min(wait.end ?? end, end)
      add(id, resumed, end)
      let blocker = recorder.blocker(of: wait, in: trace)
      if blocker != id, recorder.isWithin(blocker, root) {
        // What fired earlier than it was noticed, as a timer does on a busy loop, still ended then.
        let cause = recorder[blocker].map { $0.spans[SpanKey(blocker).span] }
        // What was over before was not waited for, as by an `all` of what is there already.
        if cause?.endOrder ?? .max > wait.startOrder { return (blocker, min(resumed, cause?.end ?? resumed)) }
      }
      // Nobody knows for what.
      add(id, wait.start, resumed)
      return (id, wait.start)
    }
    add(id, span.start, end)
    if id == root { return nil }
    let before = key.span == 0 ? trace.caller : span.cause
    if before != id, recorder.isWithin(before, root) { return (before, span.start) }
    guard key.span > 0 else { return nil }
    // A callback that was fired from elsewhere: that was waited for.
    let parent = trace.id(ofSpan: span.parent)
    guard let wait = trace.wait(of: span.parent, until: span.start) else { return (parent, span.start) }
    add(parent, wait.start, span.start)
    return (parent, wait.start)
  }

  private mutating func add(_ id: SpanID, _ start: Int, _ end: Int) {
    if end > start { pieces.append(Piece(span: id, start: start, end: end)) }
  }
}
