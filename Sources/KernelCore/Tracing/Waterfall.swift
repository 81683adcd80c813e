import VM

/// A trace as a person looks at it: a row for each thing that it began, on one axis from its beginning to its end.
public struct Waterfall: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// `GET /ip`, `timer 2s`, `async`; for a wait what it was for.
    public let name: String
    /// How many rows it is within.
    public let depth: Int
    public let cell: Int?
    public let line: Int?
    /// Since the beginning of the whole.
    public let start: Duration
    public let duration: Duration
    /// It has not ended.
    public let isOpen: Bool
    /// The status of an answer, or that it failed or was cancelled.
    public let outcome: String?
    /// In order, without a gap.
    public let pieces: [Piece]
  }

  /// A time in which a row did one thing.
  public struct Piece: Sendable, Equatable {
    public let start: Duration
    public let end: Duration
    /// Whether a fiber waited for something else.
    public let isWaiting: Bool
    /// Whether the end of the whole had to wait for it.
    public let isCritical: Bool
  }

  public let number: Int
  public let title: String
  public let cell: Int?
  public let outcome: String?
  public let duration: Duration
  public let isOpen: Bool
  /// How long ago it began.
  public let age: Duration
  public let rows: [Row]
  /// Things that there was no room for.
  public let hidden: Int
  /// What its end had to wait for, in order, without what took next to no time: rows of `rows` and how long each was in
  /// the way.
  public let critical: [(row: Int, duration: Duration)]

  public static func == (one: Waterfall, other: Waterfall) -> Bool {
    one.number == other.number && one.rows == other.rows && one.duration == other.duration
  }
}

/// Which trace is wanted.
public enum TraceChoice: Sendable, Equatable {
  /// The last request or cell that the notebook did not make itself.
  case last
  case number(Int)
  /// The last request for a path.
  case path(String)
  case slowest
}

/// One line of the list of traces.
public struct TraceSummary: Sendable, Equatable {
  public let number: Int
  public let title: String
  public let cell: Int?
  public let outcome: String?
  public let duration: Duration
  public let isOpen: Bool
  public let age: Duration
}

extension TraceRecorder {
  /// The traces that are kept and were not made by others, the last first.
  func summaries(limit: Int, now: Int) -> [TraceSummary] {
    all.reversed().filter { $0.caller == .none }.prefix(limit).map { trace in
      TraceSummary(
        number: trace.number, title: trace.title, cell: trace.spans[0].cell,
        outcome: trace.spans[0].words,
        duration: .nanoseconds((trace.spans[0].end ?? now) - trace.spans[0].start),
        isOpen: !trace.isOver, age: .nanoseconds(now - trace.spans[0].start))
    }
  }

  func waterfall(_ choice: TraceChoice, now: Int) -> Waterfall? {
    let found: RecordedTrace? =
      switch choice {
      case .last:
        all.last { $0.caller == .none && !$0.isTick && $0.isOver }
          ?? all.last { $0.caller == .none && !$0.isTick }
      case .number(let number): all.first { $0.number == number }
      case .path(let path): all.last { $0.isRequest(for: path) }
      case .slowest: all.filter { !$0.isTick && $0.isOver }.max { $0.duration(now) < $1.duration(now) }
      }
    return found.map { WaterfallBuilder(self, $0, now: now).waterfall }
  }
}

extension RecordedTrace {
  var isTick: Bool { if case .tick = subject { true } else { false } }

  var title: String {
    switch subject {
    case .request(let method, let target):
      "\(method.rawValue.printable(limit: 20)) \(target.printable(limit: 200))"
    case .cell: "cell"
    case .tick(let interval): "every \(Machine.text(ofDuration: interval))"
    }
  }

  func isRequest(for path: String) -> Bool {
    guard case .request(_, let target) = subject else { return false }
    return target == path || target.prefix { $0 != "?" } == path
  }

  func duration(_ now: Int) -> Int { (spans[0].end ?? now) - spans[0].start }
}

extension RecordedTrace.Span {
  /// What it came to, where that says something.
  fileprivate var words: String? {
    if let status { return String(status) }
    return switch outcome {
    case .failed: "failed"
    case .cancelled: "cancelled"
    case .succeeded, nil: nil
    }
  }
}

/// Lays the spans of a trace, and of the requests that it led to, out in rows.
private struct WaterfallBuilder {
  let recorder: TraceRecorder
  let root: RecordedTrace
  let start: Int
  let end: Int
  let now: Int
  private var critical: [SpanID: [CriticalPath.Piece]] = [:]
  private var path: CriticalPath
  private var rows: [Waterfall.Row] = []
  private var places: [SpanID: Int] = [:]
  private var hidden = 0

  static let rowLimit = 200

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
    Waterfall(
      number: root.number, title: root.title, cell: root.spans[0].cell, outcome: root.spans[0].words,
      duration: .nanoseconds(end - start), isOpen: !root.isOver, age: .nanoseconds(now - start), rows: rows,
      hidden: hidden, critical: steps)
  }

  /// Times of under a fiftieth of the whole say nothing.
  private var steps: [(row: Int, duration: Duration)] {
    var steps: [(row: Int, duration: Duration)] = []
    for piece in path.pieces.reversed() {
      guard let row = places[piece.span] else { continue }
      let time = Duration.nanoseconds(piece.end - piece.start)
      if steps.last?.row == row { steps[steps.count - 1].duration += time } else { steps.append((row, time)) }
    }
    return steps.filter { $0.duration * 50 >= .nanoseconds(end - start) && $0.duration > .zero }
  }

  // MARK: Rows

  private mutating func add(_ trace: RecordedTrace, _ place: Int, depth: Int, under call: SpanID? = nil) {
    hidden += place == 0 ? trace.dropped : 0
    let span = trace.spans[place]
    let id = SpanKey(place: SpanKey(trace.id).place, isTick: trace.isTick, span: place).id
    let isShown = call == nil
    if isShown {
      if rows.count >= WaterfallBuilder.rowLimit {
        hidden += 1
        return
      }
      places[id] = rows.count
      rows.append(row(trace, span, id, place, depth))
    } else if let call, let row = places[call] {
      // The call stands for the request that it led to.
      places[id] = row
    }
    if depth > OwnCallMark.depthLimit { return }
    let children = trace.spans.indices.dropFirst().filter { trace.spans[$0].parent == place }
    var waits = trace.waits.filter { $0.span == place && isForeign($0) }[...]
    for child in children {
      while let wait = waits.first, wait.start <= trace.spans[child].start {
        add(wait, in: trace, depth: depth + 1)
        waits.removeFirst()
      }
      add(trace, child, depth: depth + 1)
    }
    for wait in waits { add(wait, in: trace, depth: depth + 1) }
    if span.served != .none, let served = recorder[span.served], served.id != root.id {
      add(served, 0, depth: depth, under: id)
    }
  }

  private func row(
    _ trace: RecordedTrace, _ span: RecordedTrace.Span, _ id: SpanID, _ place: Int, _ depth: Int
  ) -> Waterfall.Row {
    let name =
      switch span.work {
      case .whole: trace.title
      case .fiber(let name), .operation(let name): name
      }
    let waits = trace.waits.filter { $0.span == place }.map { ($0.start, $0.end ?? now) }
    return Waterfall.Row(
      name: name, depth: depth, cell: span.cell, line: span.line, start: .nanoseconds(span.start - start),
      duration: .nanoseconds((span.end ?? now) - span.start), isOpen: span.end == nil, outcome: span.words,
      pieces: pieces(span.start, span.end ?? now, waits: waits, critical: criticalTimes(id)))
  }

  private func criticalTimes(_ id: SpanID) -> [(start: Int, end: Int)] {
    if let call = path.calls[id] { return [call] }
    return (critical[id] ?? []).map { ($0.start, $0.end) }
  }

  /// A wait for something that no row stands for.
  private func isForeign(_ wait: RecordedTrace.Wait) -> Bool {
    guard wait.cause != .none, let trace = recorder[wait.cause] else { return true }
    var found: RecordedTrace? = trace
    for _ in 0..<OwnCallMark.depthLimit {
      guard let next = found else { return true }
      if next.id == root.id { return false }
      found = next.caller == .none ? nil : recorder[next.caller]
    }
    return true
  }

  private mutating func add(_ wait: RecordedTrace.Wait, in trace: RecordedTrace, depth: Int) {
    let end = wait.end ?? now
    let id = SpanKey(place: SpanKey(trace.id).place, isTick: trace.isTick, span: wait.span).id
    // Whatever has been there already is waited for in no time.
    guard end > wait.start, rows.count < WaterfallBuilder.rowLimit else { return }
    rows.append(
      Waterfall.Row(
        name: name(of: wait), depth: depth, cell: wait.cell, line: wait.line,
        start: .nanoseconds(wait.start - start), duration: .nanoseconds(end - wait.start),
        isOpen: wait.end == nil, outcome: nil,
        pieces: pieces(wait.start, end, waits: [], critical: criticalTimes(id))))
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
    let from = max(from, start)
    let to = min(to, end)
    let cuts = Set(
      [from, to] + (waits + critical).flatMap { [$0.start, $0.end] }.filter { from < $0 && $0 < to }
    )
    .sorted()
    return zip(cuts, cuts.dropFirst()).map { one, next in
      let isIn = { (time: (start: Int, end: Int)) in time.start <= one && next <= time.end }
      return Waterfall.Piece(
        start: .nanoseconds(one - start), end: .nanoseconds(next - start),
        isWaiting: waits.contains(where: isIn),
        isCritical: critical.contains(where: isIn))
    }
  }
}
