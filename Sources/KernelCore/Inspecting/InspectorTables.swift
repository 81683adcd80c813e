import NIOHTTP1
import VM
import Web

/// What the inspector's page shows, as tables of which only the difference is sent.
struct InspectorTables {
  /// Rows of each table; of more the page says how many.
  static let routeLimit = 500
  static let activityLimit = 200
  static let traceLimit = 60

  /// What somebody has seen.
  struct Versions {
    fileprivate var kernel: Int?
    fileprivate var routes: LiveTable.Version = 0
    fileprivate var activities: LiveTable.Version = 0
    fileprivate var traces: LiveTable.Version = 0
    fileprivate var now = -1
    fileprivate var addresses: [String] = []
  }

  private unowned let supervisor: Supervisor
  private var routes = LiveTable()
  private var activities = LiveTable()
  private var traces = LiveTable()
  private var addresses: [String] = []
  /// The rows of routes that nothing has happened to since they were written.
  private var written: [String: (state: [Int], json: String)] = [:]

  init(_ supervisor: Supervisor) { self.supervisor = supervisor }

  /// Looks at what there is now.
  mutating func refresh() {
    addresses = supervisor.shownAddresses
    refreshRoutes()
    refreshActivities()
    guard let list = supervisor.recorder?.list(limit: InspectorTables.traceLimit, now: supervisor.clock.now)
    else {
      return
    }
    traces.update(
      list.traces.map { ("\($0.number)", json(of: $0)) }, hidden: list.olderCount + list.olderTickCount)
  }

  /// What has changed, as JSON on one line; nil where nothing has. A page that has seen nothing is told all.
  func changes(since seen: inout Versions) -> String? {
    let now = supervisor.clock.now
    let isVirtual = supervisor.configuration.isClockVirtual
    let isNew = seen.kernel != supervisor.generation || seen.addresses != addresses
    let found = [
      ("routes", routes.changes(since: seen.routes)),
      ("activities", activities.changes(since: seen.activities)),
      ("traces", traces.changes(since: seen.traces)),
    ].compactMap { name, changes in changes.map { (name, $0) } }
    guard isNew || !found.isEmpty || isVirtual && seen.now != now else { return nil }
    defer {
      seen = Versions(
        kernel: supervisor.generation, routes: routes.version, activities: activities.version,
        traces: traces.version, now: now, addresses: addresses)
    }
    return JSONText.object { json in
      if seen.kernel == nil { json.member("isFirst", true) }
      json.member("kernel", supervisor.generation)
      json.member("now", milliseconds: .nanoseconds(now))
      if isVirtual { json.member("isVirtual", true) }
      if supervisor.recorder == nil { json.member("isUntraced", true) }
      if isNew { json.member("addresses") { json in json.array(addresses) { $0.string($1) } } }
      for (name, changes) in found { json.member(name) { $0.raw(changes) } }
    }
  }

  // MARK: Routes

  private mutating func refreshRoutes() {
    let records = supervisor.kernel.routes.records.values
    let shown = records.sorted { $0.number < $1.number }.prefix(InspectorTables.routeLimit)
    var rows: [(key: String, json: String)] = []
    var written: [String: (state: [Int], json: String)] = [:]
    for record in shown {
      let key = "\(supervisor.generation).\(record.number)"
      let state = [record.hits, record.errors, record.latency.total]
      let json =
        self.written[key].flatMap { $0.state == state ? $0.json : nil } ?? InspectorTables.json(of: record)
      written[key] = (state, json)
      rows.append((key, json))
    }
    self.written = written
    routes.update(rows, hidden: records.count - rows.count)
  }

  private static func json(of record: RouteRecord) -> String {
    JSONText.object { json in
      json.member("method", record.isSocket ? RouteKey.socket : record.method?.rawValue ?? "any")
      json.member("pattern", record.pattern.text)
      json.member("cell", record.cell)
      json.member("hits", record.hits)
      json.member("errors", record.errors)
      for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        json.member(name, milliseconds: record.latency.percentile(share).map { .nanoseconds($0) })
      }
      guard let (second, counts) = record.rate?.latest else { return }
      json.member("second", second)
      json.member("rate") { json in json.array(counts) { $0.number($1) } }
    }
  }

  // MARK: What goes on

  private mutating func refreshActivities() {
    let (shown, hidden) = supervisor.kernel.oldestActivities(limit: InspectorTables.activityLimit)
    activities.update(
      shown.map { ("\(supervisor.generation).\($0.key.text)", InspectorTables.json(of: $0)) }, hidden: hidden)
  }

  private static func json(of live: LiveActivity) -> String {
    JSONText.object { json in
      json.member("kind", live.isLongPoll ? "long poll" : live.activity.kind.rawValue)
      json.member("name", live.activity.name)
      json.member("waitsFor", live.activity.waitsFor)
      json.member("cell", live.activity.cell)
      json.member("line", live.activity.line)
      json.member("began", milliseconds: .nanoseconds(live.began))
    }
  }

  /// The kernel and the key that the key of a row stands for; nil where it is none.
  static func activity(_ row: String) -> (kernel: Int, key: ActivityNumbers.Key)? {
    let parts = row.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kernel = Int(parts[0]), let key = ActivityNumbers.Key(text: parts[1]) else {
      return nil
    }
    return (kernel, key)
  }

  // MARK: Traces

  private func json(of trace: TraceSummary) -> String {
    JSONText.object { json in
      write(trace, to: &json)
      json.member("began", milliseconds: trace.began)
    }
  }

  private func write(_ trace: TraceSummary, to json: inout JSONText) {
    InspectorTables.write(trace, to: &json)
  }

  private static func write(_ trace: TraceSummary, to json: inout JSONText) {
    json.member("number", trace.number)
    json.member("title", trace.title)
    json.member("cell", trace.cell)
    json.member("outcome", trace.outcome)
    if trace.isOpen {
      json.member("isOpen", true)
    } else {
      json.member("duration", milliseconds: trace.duration)
    }
  }

  /// A waterfall, with its times in milliseconds since its beginning.
  static func json(of waterfall: Waterfall) -> String {
    JSONText.object { json in
      write(waterfall.trace, to: &json)
      json.member("length", milliseconds: waterfall.trace.duration)
      json.member("hidden", waterfall.hidden)
      json.member("rows") { json in
        json.array(waterfall.rows) { json, row in json.object { write(row, to: &$0) } }
      }
      json.member("advice") { json in
        json.array(waterfall.overlaps) { json, overlap in
          let sentence = overlap.sentence(in: waterfall.trace)
          json.string(
            "\(sentence.prefix(1).uppercased() + sentence.dropFirst()); to begin them at once: \(overlap.idiom)"
          )
        }
      }
      json.member("critical") { json in
        json.array(waterfall.notableSteps) { json, step in
          json.object { json in
            json.member("row", step.row)
            json.member("duration", milliseconds: step.duration)
          }
        }
      }
    }
  }

  private static func write(_ row: Waterfall.Row, to json: inout JSONText) {
    json.member("name", row.name)
    json.member("depth", row.depth)
    json.member("cell", row.cell)
    json.member("line", row.line)
    json.member("start", milliseconds: row.start)
    json.member("duration", milliseconds: row.duration)
    if row.isOpen { json.member("isOpen", true) }
    json.member("outcome", row.outcome)
    json.member("pieces") { json in
      json.array(row.pieces) { json, piece in
        json.object { json in
          json.member("start", milliseconds: piece.start)
          json.member("end", milliseconds: piece.end)
          if piece.isWaiting { json.member("isWaiting", true) }
          if piece.isCritical { json.member("isCritical", true) }
        }
      }
    }
  }
}

extension ActivityNumbers.Key {
  /// As a part of an address.
  var text: String {
    switch self {
    case .cell(let owner): "cell-\(owner)"
    case .request(let task): "request-\(task.number)"
    case .fiber(let id): "fiber-\(id)"
    case .ticker(let id): "ticker-\(id)"
    case .operation(let id): "operation-\(id)"
    }
  }

  /// Nil for what is no such text.
  init?(text: some StringProtocol) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let number = Int(parts[1]), number >= 0 else { return nil }
    switch parts[0] {
    case "cell": self = .cell(owner: UInt32(clamping: number))
    case "request": self = .request(TaskID(number: number))
    case "fiber": self = .fiber(UInt32(clamping: number))
    case "ticker": self = .ticker(number)
    case "operation": self = .operation(number)
    default: return nil
    }
  }
}
