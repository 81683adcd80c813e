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
    if rows.count >= WaterfallBuilder.rowLimit {
      hidden += 1
      return
    }
    let id = trace.id(ofSpan: place)
    places[id] = rows.count
    rows.append(row(trace, place, depth))
    addWithin(trace, place, depth: depth)
    // A call stands for the request that it led to.
    if let served = recorder.served(by: id), depth < OwnCallMark.depthLimit {
      places[served.id] = places[id]
      addWithin(served, 0, depth: depth)
    }
  }

  private mutating func addWithin(_ trace: RecordedTrace, _ place: Int, depth: Int) {
    if place == 0 { hidden += trace.dropped }
    var waits = trace.waits.filter { $0.span == place && isForeign($0) }[...]
    for child in trace.spans.indices.dropFirst() where trace.spans[child].parent == place {
      while let wait = waits.first, wait.start <= trace.spans[child].start {
        add(wait, in: trace, depth: depth + 1)
        waits.removeFirst()
      }
      add(trace, child, depth: depth + 1)
    }
    for wait in waits { add(wait, in: trace, depth: depth + 1) }
  }

  private func row(_ trace: RecordedTrace, _ place: Int, _ depth: Int) -> Waterfall.Row {
    let span = trace.spans[place]
    let name =
      switch span.work {
      case .whole: trace.title
      case .fiber(let name), .operation(let name): name
      }
    let waits = trace.waits.filter { $0.span == place }.map { ($0.start, $0.end ?? now) }
    return Waterfall.Row(
      name: name, depth: depth, cell: span.cell, line: span.line, start: .nanoseconds(span.start - start),
      duration: .nanoseconds((span.end ?? now) - span.start), isOpen: span.end == nil, outcome: span.words,
      pieces: pieces(
        span.start, span.end ?? now, waits: waits, critical: criticalTimes(trace.id(ofSpan: place))))
  }

  private func criticalTimes(_ id: SpanID) -> [(start: Int, end: Int)] {
    if let call = path.calls[id] { return [call] }
    return (critical[id] ?? []).map { ($0.start, $0.end) }
  }

  /// A wait for something that no row stands for.
  private func isForeign(_ wait: RecordedTrace.Wait) -> Bool { !recorder.isWithin(wait.cause, root.id) }

  private mutating func add(_ wait: RecordedTrace.Wait, in trace: RecordedTrace, depth: Int) {
    let end = wait.end ?? now
    // Whatever has been there already is waited for in no time.
    guard end > wait.start, rows.count < WaterfallBuilder.rowLimit else { return }
    rows.append(
      Waterfall.Row(
        name: name(of: wait), depth: depth, cell: wait.place?.cell, line: wait.place?.line,
        start: .nanoseconds(wait.start - start), duration: .nanoseconds(end - wait.start),
        isOpen: wait.end == nil, outcome: nil,
        pieces: pieces(
          wait.start, end, waits: [], critical: criticalTimes(trace.id(ofSpan: wait.span)))))
  }

  private func name(of wait: RecordedTrace.Wait) -> String {
    guard wait.cause != .none, let trace = recorder[wait.cause] else {
      return wait.end == nil ? "waits for a Deferred" : "waited for a Deferred"
    }
    let cell = trace.spans[0].cell.map { " [\($0)]" } ?? ""
    return "Deferred, fired by \(trace.title)\(cell), trace \(trace.number)"
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
