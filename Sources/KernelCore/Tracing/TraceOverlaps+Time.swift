import Language
import VM

// How long calls would take that were made at once.

extension TraceOverlaps {
  /// How long it would take until all calls of a run have their answers, or the first has failed, had they been begun at
  /// once. Nil where that is not known, and where one of them would come so much later than it did that a time limit may
  /// make it something else: since others compute meanwhile, or since it needs a connection of its own.
  func timeAtOnce(of run: [Call], _ group: OverlapGroup) -> Int? {
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
      // What was begun before ends when it did.
      let delay = call.isBegun(before: run) ? call.start - run[0].start : delay
      return SharedTime.Work(
        duration: call.end - call.start + delay,
        computing: computing(for: call).map { $0.lowerBound + delay..<$0.upperBound + delay })
    }
    let ends = SharedTime.ends(of: works)
    var failures: [Int] = []
    for (place, call) in run.enumerated() {
      let (span, duration) = (call.trace.spans[call.span], works[place].duration - delays[place])
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
}
