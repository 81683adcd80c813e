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
  private var candidates: [Candidate] = []
  private var places: [SpanID: Int] = [:]
  /// The rows of waits that no span stands for.
  private var waitPlaces: [WaitKey: Int] = [:]
  /// What there was no room for.
  private var dropped = 0

  static let rowLimit = 200
  /// More than this are not even chosen from.
  private static let candidateLimit = 20_000

  private struct WaitKey: Hashable {
    let span: SpanID
    let start: Int
  }

  private struct Candidate {
    let row: Waterfall.Row
    /// The place of the row that it stands within.
    let parent: Int
    /// How much of the end's time it took, and of all.
    let weight: (critical: Duration, all: Duration)
    /// It tells of others that are not there.
    let isMany: Bool
  }

  /// - Parameter now: until when what has not ended is drawn.
  init(_ recorder: TraceRecorder, _ root: RecordedTrace, now: Int) {
    self.recorder = recorder
    self.root = root
    self.now = now
    start = root.spans[0].start
    end = root.spans[0].end ?? now
    path = CriticalPath(of: root.id, until: end, in: recorder)
    critical = Dictionary(grouping: path.pieces.reversed(), by: \.span)
    add(root, 0, within: 0, depth: 0)
  }

  var waterfall: Waterfall {
    let shown = chosen
    let rows = shown.map { candidates[$0].row }
    let numbers = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    return Waterfall(
      trace: root.summary(now: now), rows: rows, hidden: candidates.count - rows.count + dropped,
      critical: steps(numbers))
  }

  /// The places of the rows that are shown: of too many those that took most time, first of what the end had to wait for,
  /// and what they stand within.
  private var chosen: [Int] {
    if candidates.count <= WaterfallBuilder.rowLimit { return Array(candidates.indices) }
    let sorted = candidates.indices.sorted {
      let (one, other) = (candidates[$0], candidates[$1])
      return (one.isMany ? 1 : 0, one.weight.critical, one.weight.all, $1)
        > (other.isMany ? 1 : 0, other.weight.critical, other.weight.all, $0)
    }
    var shown: Set<Int> = [0]
    for place in sorted.prefix(WaterfallBuilder.rowLimit) {
      var next = place
      while shown.insert(next).inserted { next = candidates[next].parent }
    }
    return shown.sorted()
  }

  private func steps(_ numbers: [Int: Int]) -> [Waterfall.Step] {
    var steps: [Waterfall.Step] = []
    for piece in path.pieces.reversed() {
      let wait = waitPlaces[WaitKey(span: piece.span, start: piece.start)]
      guard let place = wait ?? places[piece.span], let row = numbers[place] else { continue }
      let time = Duration.nanoseconds(piece.end - piece.start)
      if steps.last?.row == row {
        steps[steps.count - 1].duration += time
      } else {
        steps.append(Waterfall.Step(row: row, duration: time))
      }
    }
    return steps.filter { $0.duration > .zero }
  }

  // MARK: Rows

  /// Adds a span and what it began.
  private mutating func add(_ trace: RecordedTrace, _ place: Int, within parent: Int, depth: Int) {
    if candidates.count >= WaterfallBuilder.candidateLimit {
      dropped += 1
      return
    }
    let id = trace.id(ofSpan: place)
    let row = candidates.count
    places[id] = row
    append(self.row(trace, place, depth), within: parent)
    addWithin(trace, place, row, depth: depth)
    guard depth < OwnCallMark.depthLimit else { return }
    let served = recorder.served(by: id)
    if served.count > 1 {
      for trace in served { add(trace, 0, within: row, depth: depth + 1) }
    } else if let only = served.first {
      // A call stands for the request that it led to.
      places[only.id] = row
      addWithin(only, 0, row, depth: depth)
    }
  }

  private mutating func append(_ row: Waterfall.Row, within parent: Int, isMany: Bool = false) {
    let critical = row.pieces.filter(\.isCritical).map { $0.end - $0.start }.reduce(.zero, +)
    candidates.append(
      Candidate(row: row, parent: parent, weight: (critical, row.duration), isMany: isMany))
  }

  private mutating func addWithin(_ trace: RecordedTrace, _ place: Int, _ row: Int, depth: Int) {
    if place == 0 { dropped += trace.dropped }
    let children = trace.spans.indices.dropFirst().filter {
      trace.spans[$0].parent == place && !isOfPrelude(trace, $0)
    }
    let foreign = trace.waits.filter {
      $0.span == place && !recorder.isWithin(recorder.blocker(of: $0, in: trace), root.id)
    }
    var waits = (foreign + callbackWaits(trace, place, children)).sorted { $0.start < $1.start }[...]
    for child in children {
      while let wait = waits.first, wait.start <= trace.spans[child].start {
        add(wait, in: trace, row, depth: depth + 1)
        waits.removeFirst()
      }
      add(trace, child, within: row, depth: depth + 1)
    }
    for wait in waits { add(wait, in: trace, row, depth: depth + 1) }
  }

  /// The times until callbacks of a span were fired from elsewhere.
  private func callbackWaits(_ trace: RecordedTrace, _ place: Int, _ children: [Int])
    -> [RecordedTrace.Wait]
  {
    children.compactMap { child in
      let span = trace.spans[child]
      guard case .fiber = span.work, !recorder.isWithin(span.cause, root.id),
        let wait = trace.wait(of: place, until: span.start)
      else { return nil }
      return RecordedTrace.Wait(
        span: place, place: span.place, start: wait.start, end: span.start, cause: span.cause)
    }
  }

  /// What members like `timeout` are made of says nothing to a person.
  private func isOfPrelude(_ trace: RecordedTrace, _ place: Int) -> Bool {
    guard case .fiber = trace.spans[place].work, trace.spans[place].place == nil else { return false }
    return !trace.spans.contains { $0.work != nil && $0.parent == place }
  }

  private func row(_ trace: RecordedTrace, _ place: Int, _ depth: Int) -> Waterfall.Row {
    let span = trace.spans[place]
    let waits = trace.waits.filter { $0.span == place }.map { ($0.start, $0.end ?? now) }
    // A `finally` is there from the moment that it was set, and begins when it need no longer wait.
    let first = span.work == .fiber(.finally) ? waits.first?.1 : nil
    let begin = first ?? span.start
    return Waterfall.Row(
      name: trace.name(ofSpan: place), depth: depth, cell: span.cell, line: span.line,
      start: .nanoseconds(begin - start), duration: .nanoseconds((span.end ?? now) - begin),
      isOpen: span.end == nil, outcome: span.words,
      pieces: pieces(
        begin, span.end ?? now, waits: waits, critical: criticalTimes(trace.id(ofSpan: place))))
  }

  private func criticalTimes(_ id: SpanID) -> [(start: Int, end: Int)] {
    if let call = path.calls[id] { return [call] }
    return (critical[id] ?? []).map { ($0.start, $0.end) }
  }

  /// Adds a wait for something that no row stands for.
  private mutating func add(_ wait: RecordedTrace.Wait, in trace: RecordedTrace, _ row: Int, depth: Int) {
    let end = wait.end ?? now
    // Whatever has been there already is waited for in no time.
    guard end > wait.start else { return }
    waitPlaces[WaitKey(span: trace.id(ofSpan: wait.span), start: wait.start)] = candidates.count
    append(
      Waterfall.Row(
        name: name(of: wait, in: trace), depth: depth, cell: wait.place?.cell, line: wait.place?.line,
        start: .nanoseconds(wait.start - start), duration: .nanoseconds(end - wait.start),
        isOpen: wait.end == nil, outcome: nil,
        pieces: pieces(
          wait.start, end, waits: [], critical: criticalTimes(trace.id(ofSpan: wait.span)))),
      within: row, isMany: wait.kind == .many)
  }

  private func name(of wait: RecordedTrace.Wait, in waiting: RecordedTrace) -> String {
    let verb = wait.end == nil ? "waits" : "waited"
    switch wait.kind {
    case .many: return "\(verb) for more than is kept"
    case .held: return "held while cells ran again"
    case .await: break
    }
    guard let trace = recorder[recorder.blocker(of: wait, in: waiting)] else {
      return "\(verb) for a Deferred"
    }
    let cell = trace.spans[0].cell.map { " [\($0)]" } ?? ""
    return (wait.cause == .none ? "\(verb) for" : "fired by")
      + " trace \(trace.number), \(trace.title)\(cell)"
  }

  /// Cuts a time where something begins or ends.
  private func pieces(
    _ from: Int, _ to: Int, waits: [(start: Int, end: Int)], critical: [(start: Int, end: Int)]
  ) -> [Waterfall.Piece] {
    let (from, to) = (max(from, start), min(to, end))
    guard from <= to else { return [] }
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
