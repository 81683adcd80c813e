import VM

/// Lays the spans of a trace, and of the requests that it led to, out in rows.
struct WaterfallBuilder {
  private let recorder: TraceRecorder
  private let root: RecordedTrace
  private let start: Int
  private let end: Int
  private let now: Int
  private let path: CriticalPath
  private let critical: [SpanID: [CriticalPath.Piece]]
  private var rows: [Waterfall.Row] = []
  private var places: [SpanID: Int] = [:]
  private var hidden = 0
  /// What is in the way of the end, and what that is within: those have room beyond the limit.
  private var important: Set<SpanID> = []

  static let rowLimit = 200

  /// - Parameter now: until when what has not ended is drawn.
  init(_ recorder: TraceRecorder, _ root: RecordedTrace, now: Int) {
    self.recorder = recorder
    self.root = root
    self.now = now
    start = root.spans[0].start
    end = root.spans[0].end ?? now
    path = CriticalPath(of: root.id, until: end, in: recorder)
    critical = Dictionary(grouping: path.pieces.reversed(), by: \.span)
    for piece in path.pieces {
      var id: SpanID? = piece.span
      while let found = id, important.insert(found).inserted { id = recorder.parent(of: found) }
    }
    add(root, 0, depth: 0)
  }

  var waterfall: Waterfall {
    Waterfall(trace: root.summary(now: now), rows: rows, hidden: hidden, critical: steps)
  }

  /// Times of under a fiftieth of the whole say nothing.
  private var steps: [Waterfall.Step] {
    var steps: [Waterfall.Step] = []
    for piece in path.pieces.reversed() {
      guard let row = places[piece.span] else { continue }
      let time = Duration.nanoseconds(piece.end - piece.start)
      if steps.last?.row == row {
        steps[steps.count - 1].duration += time
      } else {
        steps.append(Waterfall.Step(row: row, duration: time))
      }
    }
    return steps.filter { $0.duration * 50 >= .nanoseconds(end - start) && $0.duration > .zero }
  }

  // MARK: Rows

  /// Adds a span and what it began.
  private mutating func add(_ trace: RecordedTrace, _ place: Int, depth: Int) {
    let id = trace.id(ofSpan: place)
    guard hasRoom(for: id) else {
      hidden += 1
      return
    }
    places[id] = rows.count
    rows.append(row(trace, place, depth))
    addWithin(trace, place, depth: depth)
    // A call stands for the request that it led to.
    if let served = recorder.served(by: id), depth < OwnCallMark.depthLimit {
      places[served.id] = places[id]
      addWithin(served, 0, depth: depth)
    }
  }

  private func hasRoom(for id: SpanID) -> Bool {
    rows.count < (important.contains(id) ? 2 : 1) * WaterfallBuilder.rowLimit
  }

  private mutating func addWithin(_ trace: RecordedTrace, _ place: Int, depth: Int) {
    if place == 0 { hidden += trace.dropped }
    let children = trace.spans.indices.dropFirst().filter {
      trace.spans[$0].parent == place && !isOfPrelude(trace, $0)
    }
    var waits = trace.waits.filter { wait in
      wait.span == place && !recorder.isWithin(wait.cause, root.id)
        // Cancelled with what it waited for.
        && !children.contains { trace.spans[$0].outcome == .cancelled && trace.spans[$0].end == wait.end }
    }[...]
    for child in children {
      while let wait = waits.first, wait.start <= trace.spans[child].start {
        add(wait, in: trace, depth: depth + 1)
        waits.removeFirst()
      }
      add(trace, child, depth: depth + 1)
    }
    for wait in waits { add(wait, in: trace, depth: depth + 1) }
  }

  /// What members like `timeout` are made of says nothing to a person.
  private func isOfPrelude(_ trace: RecordedTrace, _ place: Int) -> Bool {
    guard case .fiber = trace.spans[place].work, trace.spans[place].place == nil else { return false }
    return !trace.spans.contains { $0.work != nil && $0.parent == place }
  }

  private func row(_ trace: RecordedTrace, _ place: Int, _ depth: Int) -> Waterfall.Row {
    let span = trace.spans[place]
    let waits = trace.waits.filter { $0.span == place }.map { ($0.start, $0.end ?? now) }
    return Waterfall.Row(
      name: trace.name(ofSpan: place), depth: depth, cell: span.cell, line: span.line,
      start: .nanoseconds(span.start - start),
      duration: .nanoseconds((span.end ?? now) - span.start), isOpen: span.end == nil, outcome: span.words,
      pieces: pieces(
        span.start, span.end ?? now, waits: waits, critical: criticalTimes(trace.id(ofSpan: place))))
  }

  private func criticalTimes(_ id: SpanID) -> [(start: Int, end: Int)] {
    if let call = path.calls[id] { return [call] }
    return (critical[id] ?? []).map { ($0.start, $0.end) }
  }

  /// Adds a wait for something that no row stands for.
  private mutating func add(_ wait: RecordedTrace.Wait, in trace: RecordedTrace, depth: Int) {
    let end = wait.end ?? now
    // Whatever has been there already is waited for in no time.
    guard end > wait.start, hasRoom(for: trace.id(ofSpan: wait.span)) else { return }
    rows.append(
      Waterfall.Row(
        name: name(of: wait), depth: depth, cell: wait.place?.cell, line: wait.place?.line,
        start: .nanoseconds(wait.start - start), duration: .nanoseconds(end - wait.start),
        isOpen: wait.end == nil, outcome: nil,
        pieces: pieces(
          wait.start, end, waits: [], critical: criticalTimes(trace.id(ofSpan: wait.span)))))
  }

  private func name(of wait: RecordedTrace.Wait) -> String {
    guard !wait.isMany, wait.cause != .none, let trace = recorder[wait.cause] else {
      return (wait.end == nil ? "waits" : "waited")
        + (wait.isMany ? " for more than is kept" : " for a Deferred")
    }
    let cell = trace.spans[0].cell.map { " [\($0)]" } ?? ""
    return "fired by trace \(trace.number), \(trace.title)\(cell)"
  }

  /// Cuts a time where something begins or ends.
  private func pieces(
    _ from: Int, _ to: Int, waits: [(start: Int, end: Int)], critical: [(start: Int, end: Int)]
  ) -> [Waterfall.Piece] {
    let (from, to) = (max(from, start), min(to, end))
    let edges = (waits + critical).flatMap { [$0.start, $0.end] }.filter { from < $0 && $0 < to }
    let cuts = Set([from, to] + edges).sorted()
    return zip(cuts, cuts.dropFirst()).map { one, next in
      let isIn = { (time: (start: Int, end: Int)) in time.start <= one && next <= time.end }
      return Waterfall.Piece(
        start: .nanoseconds(one - start), end: .nanoseconds(next - start),
        isWaiting: waits.contains(where: isIn), isCritical: critical.contains(where: isIn))
    }
  }
}
