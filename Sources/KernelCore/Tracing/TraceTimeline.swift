import VM

/// A trace and the requests that it led to, gone through again from the beginning as if some of what it awaited had taken
/// less: how much sooner it would have been over.
///
/// What code computed takes as long as it did, and what it waited for ends when that would have ended. What was there
/// already as it was awaited has left no wait. So code goes on no sooner than everything has ended that it had begun and
/// that had ended by then: what is found is reached, and may be more.
struct TraceTimeline {
  /// A time of one fiber that is made shorter.
  struct Cut {
    let fiber: SpanID
    /// What is begun at once then; what was begun before ends when it would.
    let calls: [SpanID]
    /// Where it begins and ends in the order of all that was recorded.
    let startOrder: Int
    let endOrder: Int
    let start: Int
    let end: Int
    /// How long it takes then, in nanoseconds.
    let duration: Int

    func intersects(_ other: Cut) -> Bool {
      fiber == other.fiber && startOrder < other.endOrder && other.startOrder < endOrder
    }
  }

  private struct Span {
    /// What runs or calls it, by its place in the timeline; -1 for the whole.
    let parent: Int
    let isRequest: Bool
    let isCode: Bool
    let start: Int
    let startOrder: Int
    let end: Int?
    let isCancelled: Bool
    /// What it begins after, if not when its parent begins it; -1 where nothing here is known to be that.
    let cause: Int?
    /// Of a call the last request that it led to.
    var served: Int?
  }

  private enum Event {
    case begins, ends, waits
    /// With what ended the wait, -1 where that is not known.
    case goesOn(Int)
    /// A cut begins or ends.
    case cuts(Cut)
    case rejoins(Cut)
  }

  private struct Moment {
    let order: Int
    /// Of what has one place in the order: what ends a wait comes before the rest, and a cut is around all.
    let rank: Int
    let time: Int
    let span: Int
    let event: Event
  }

  private var spans: [Span] = []
  private var moments: [Moment] = []
  private var places: [SpanID: Int] = [:]

  /// More spans and waits than this are not looked at.
  private static let limit = 20_000

  /// - Parameters:
  ///   - traces: the whole first, and the requests that it led to, each after what called it.
  /// - Returns: nil where it is too much to look at.
  init?(_ traces: [RecordedTrace], in recorder: TraceRecorder) {
    guard traces.reduce(0, { $0 + $1.size }) <= Self.limit else { return nil }
    for trace in traces {
      for place in trace.spans.indices { places[trace.id(ofSpan: place)] = places.count }
    }
    for trace in traces {
      for place in trace.spans.indices { add(place, of: trace) }
      for wait in trace.waits { add(wait, of: trace, in: recorder) }
    }
    moments.sort { ($0.order, $0.rank) < ($1.order, $1.rank) }
  }

  private mutating func add(_ place: Int, of trace: RecordedTrace) {
    let (span, index) = (trace.spans[place], spans.count)
    var cause: Int?
    var parent = -1
    if place > 0 {
      parent = places[trace.id(ofSpan: span.parent)] ?? -1
      if span.cause != trace.id(ofSpan: span.parent) { cause = places[span.cause] ?? -1 }
    } else if let caller = places[trace.caller] {
      parent = caller
      // After a redirect.
      cause = spans[caller].served
      spans[caller].served = index
    }
    let isCode =
      switch span.work {
      case nil, .fiber: true
      default: false
      }
    spans.append(
      Span(
        parent: parent, isRequest: place == 0, isCode: isCode, start: span.start, startOrder: span.startOrder,
        end: span.end, isCancelled: span.outcome == .cancelled, cause: cause))
    moments.append(Moment(order: span.startOrder, rank: 2, time: span.start, span: index, event: .begins))
    if let end = span.end, let order = span.endOrder {
      moments.append(Moment(order: order, rank: 3, time: end, span: index, event: .ends))
    }
  }

  private mutating func add(_ wait: RecordedTrace.Wait, of trace: RecordedTrace, in recorder: TraceRecorder) {
    guard let span = places[trace.id(ofSpan: wait.span)] else { return }
    moments.append(Moment(order: wait.startOrder, rank: 1, time: wait.start, span: span, event: .waits))
    guard let end = wait.end, let order = wait.endOrder else { return }
    let blocker = wait.kind == .await ? places[recorder.blocker(of: wait, in: trace)] ?? -1 : -1
    moments.append(Moment(order: order, rank: 1, time: end, span: span, event: .goesOn(blocker)))
  }

  /// How much sooner the whole would have been over, in nanoseconds; of one that goes on how much sooner its last wait
  /// would have begun.
  func saving(with cuts: [Cut]) -> Int {
    var replay = Replay(spans, isWithinCut: Set(cuts.flatMap(\.calls).compactMap { places[$0] }))
    let edges = cuts.flatMap { cut -> [Moment] in
      guard let fiber = places[cut.fiber] else { return [] }
      return [
        Moment(order: cut.startOrder, rank: 0, time: cut.start, span: fiber, event: .cuts(cut)),
        Moment(order: cut.endOrder, rank: 4, time: cut.end, span: fiber, event: .rejoins(cut)),
      ]
    }.sorted { ($0.order, $0.rank) < ($1.order, $1.rank) }
    var next = edges[...]
    for moment in moments {
      while let edge = next.first, (edge.order, edge.rank) < (moment.order, moment.rank) {
        replay.take(edge)
        next.removeFirst()
      }
      replay.take(moment)
    }
    for edge in next { replay.take(edge) }
    return replay.saving
  }

  /// When everything is, with the cuts.
  private struct Replay {
    /// A piece of code at some moment: as it was, and as it would have been.
    private struct Clock {
      var old: Int
      var new: Int
      var isStopped = false
      var cut: Cut?

      func time(at time: Int) -> Int {
        if let cut { return new + min(max(0, time - old), cut.duration) }
        return isStopped ? new : new + time - old
      }
    }

    private let spans: [Span]
    private var starts: [Int]
    private var ends: [Int?]
    private var clocks: [Clock?]
    /// What a cut is made of.
    private var isWithinCut: [Bool]
    /// When what each has begun would have been over, of what is over, with when it was begun by the order.
    private var over: [[(startOrder: Int, end: Int)]]

    init(_ spans: [Span], isWithinCut: Set<Int>) {
      self.spans = spans
      starts = Array(repeating: 0, count: spans.count)
      ends = Array(repeating: nil, count: spans.count)
      clocks = Array(repeating: nil, count: spans.count)
      self.isWithinCut = spans.indices.map(isWithinCut.contains)
      over = Array(repeating: [], count: spans.count)
    }

    var saving: Int {
      if let end = spans[0].end { return ends[0].map { end - $0 } ?? 0 }
      return clocks[0].map { $0.old - $0.new } ?? 0
    }

    mutating func take(_ moment: Moment) {
      let (place, time) = (moment.span, moment.time)
      switch moment.event {
      case .begins: begin(place)
      case .ends: end(place, at: time)
      case .waits: stop(place, at: time)
      case .goesOn(let blocker): goOn(place, after: blocker, at: time)
      case .cuts(let cut):
        guard let clock = clocks[place], !clock.isStopped else { return }
        clocks[place] = Clock(old: time, new: clock.time(at: time), cut: cut)
      case .rejoins(let cut):
        guard let clock = clocks[place], clock.cut?.startOrder == cut.startOrder else { return }
        set(place, old: time, new: clock.new + cut.duration)
      }
    }

    private mutating func begin(_ place: Int) {
      let span = spans[place]
      let parent = span.parent
      if parent >= 0, span.cause != nil, clocks[parent]?.cut != nil { isWithinCut[place] = true }
      if parent < 0 {
        starts[place] = span.start
      } else if let cause = span.cause {
        starts[place] = max(starts[parent], newTime(of: cause, at: span.start))
      } else if spans[parent].isCode {
        let clock = clocks[parent]
        // What else is begun in between is begun behind, at the latest.
        let isBehind = clock?.cut != nil && !isWithinCut[place]
        starts[place] =
          clock.map { isBehind ? $0.new + ($0.cut?.duration ?? 0) : $0.time(at: span.start) } ?? span.start
      } else {
        starts[place] = starts[parent] + span.start - spans[parent].start
      }
      if span.isCode { clocks[place] = Clock(old: span.start, new: starts[place]) }
    }

    /// When what was at a time since a span had come to something would have been. Of what nobody knows that is when it was.
    private func newTime(of place: Int, at time: Int) -> Int {
      if place < 0 { return time }
      if let new = ends[place], let old = spans[place].end { return new + max(0, time - old) }
      return clocks[place]?.time(at: time) ?? time
    }

    private mutating func end(_ place: Int, at time: Int) {
      let span = spans[place]
      let new: Int
      if span.isCode {
        new = clocks[place]?.time(at: time) ?? time
      } else if let served = span.served {
        new = newTime(of: served, at: time)
      } else {
        new = starts[place] + time - span.start
      }
      ends[place] = new
      if !span.isCancelled, !isWithinCut[place], span.parent >= 0 {
        over[span.parent].append((span.startOrder, new))
      }
    }

    private mutating func stop(_ place: Int, at time: Int) {
      guard let clock = clocks[place], clock.cut == nil else { return }
      set(place, old: time, new: clock.time(at: time))
      clocks[place]?.isStopped = true
    }

    private mutating func goOn(_ place: Int, after blocker: Int, at time: Int) {
      guard let clock = clocks[place], clock.cut == nil else { return }
      // It may have been over before it was waited for, or some time before that was noticed.
      if blocker >= 0, let end = ends[blocker], let old = spans[blocker].end {
        set(place, old: time, new: max(clock.new, end) + max(0, time - max(old, clock.old)))
      } else {
        set(place, old: time, new: max(clock.new, newTime(of: blocker == place ? -1 : blocker, at: time)))
      }
    }

    /// Code goes on, no sooner than all is over that it may have awaited by then.
    private mutating func set(_ place: Int, old: Int, new: Int) {
      var latest = over[place].reduce(new) { max($0, $1.end) }
      var next = place
      // What those had begun before by which it was begun, it may have been given.
      while !spans[next].isRequest {
        next = spans[next].parent
        for (startOrder, end) in over[next] where startOrder < spans[place].startOrder {
          latest = max(latest, end)
        }
      }
      clocks[place] = Clock(old: old, new: latest)
    }
  }
}
