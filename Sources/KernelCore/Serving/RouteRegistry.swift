import NIOHTTP1
import VM
import Web

/// Which route: of two with the same key the later replaces the earlier.
struct RouteKey: Hashable, Sendable {
  let method: String?
  let pattern: String

  /// What stands for the method of a WebSocket: no request has it.
  static let socket = "SOCKET"
}

/// One route and what it has seen.
final class RouteRecord {
  let number: Int
  let key: RouteKey
  let method: HTTPMethod?
  let pattern: RoutePattern
  let handler: PinnedValue
  let usesRequest: Bool
  /// Whether it is a WebSocket.
  let isSocket: Bool
  /// Whether it reads the body of its request as it comes.
  let usesChunks: Bool
  /// The run of the cell that declared it, and that cell.
  let owner: UInt32
  let cell: Int?
  private(set) var hits = 0
  /// Answers of 500 and above, and what failed when its answer was under way.
  var errors = 0
  /// Where its handler stands, once somebody has asked.
  private var place: RecordedTrace.Place?
  var latency = LatencyHistogram()
  /// The requests of the last minute, where somebody may look at them.
  private(set) var rate: RequestRate?

  init(
    number: Int, key: RouteKey, method: HTTPMethod?, pattern: RoutePattern, handler: PinnedValue,
    usesRequest: Bool, usesChunks: Bool,
    isSocket: Bool, owner: UInt32, cell: Int?, countsRate: Bool = false
  ) {
    if countsRate { rate = RequestRate() }
    self.number = number
    self.key = key
    self.method = method
    self.pattern = pattern
    self.handler = handler
    self.usesRequest = usesRequest
    self.usesChunks = usesChunks
    self.isSocket = isSocket
    self.owner = owner
    self.cell = cell
  }

  /// Where its handler stands; nil where no text of the notebook has it.
  func place(in machine: Machine) -> RecordedTrace.Place? {
    if place == nil { place = machine.place(of: handler.value).map(RecordedTrace.Place.init) }
    return place
  }

  /// A request has come for it.
  ///
  /// - Parameter time: when, in nanoseconds of the kernel's clock.
  func hit(at time: Int) {
    hits += 1
    rate?.add(at: time)
  }
}

/// The routes in force. They are collected here and published as a finished table, which requests search;
/// the table is built when the next request asks, however many routes have changed.
final class RouteRegistry {
  private(set) var records: [RouteKey: RouteRecord] = [:]
  private var byNumber: [Int: RouteRecord] = [:]
  private var next = 1
  /// How many routes read bodies as they come.
  private var chunkReaders = 0
  private var published: RouteTable<Int>?
  private var publishedSockets: RouteTable<Int>?
  /// Whether the routes that are made from now on count their requests by seconds.
  var countsRates = false
  /// Called when routes change.
  var onChange: (() -> Void)?

  var table: RouteTable<Int> {
    if let published { return published }
    let table = table(ofSockets: false)
    published = table
    return table
  }

  /// The WebSockets, as a table of their own: a page and a socket can have the same path.
  var sockets: RouteTable<Int> {
    if let publishedSockets { return publishedSockets }
    let table = table(ofSockets: true)
    publishedSockets = table
    return table
  }

  private func table(ofSockets isSocket: Bool) -> RouteTable<Int> {
    let ordered = records.values.filter { $0.isSocket == isSocket }.sorted { $0.number < $1.number }
    return RouteTable(entries: ordered.map { ($0.method, $0.pattern, $0.number) })
  }

  /// The WebSocket at a path.
  func socket(at path: String) -> (record: RouteRecord, values: [PathValue])? {
    guard case .match(let number, let values) = sockets.resolve(method: .GET, path: path),
      let record = byNumber[number]
    else { return nil }
    return (record, values)
  }

  /// Whether any route reads bodies as they come.
  var hasChunkReaders: Bool { chunkReaders > 0 }

  /// Whether the route that answers a request reads its body as it comes.
  func readsBodyAsItComes(method: HTTPMethod, path: String) -> Bool {
    guard hasChunkReaders, case .match(let number, _) = table.resolve(method: method, path: path) else {
      return false
    }
    return byNumber[number]?.usesChunks ?? false
  }

  subscript(key: RouteKey) -> RouteRecord? { records[key] }

  func record(_ number: Int) -> RouteRecord? { byNumber[number] }

  var infos: [RouteInfo] {
    records.values.sorted { $0.number < $1.number }.map(info)
  }

  private func info(_ record: RouteRecord) -> RouteInfo {
    RouteInfo(
      method: record.key.method, pattern: record.pattern.text, cell: record.cell, hits: record.hits,
      errors: record.errors,
      median: record.latency.percentile(0.5).map { .nanoseconds($0) },
      slowest: record.latency.percentile(0.99).map { .nanoseconds($0) })
  }

  /// The routes that answer a path, be it by whatever method.
  func infos(answering path: String) -> [RouteInfo] {
    let methods = Set(records.values.map { $0.method ?? .GET }.map(\.rawValue)).sorted()
    let found = methods.compactMap { method -> Int? in
      if case .match(let number, _) = table.resolve(method: HTTPMethod(rawValue: method), path: path) {
        return number
      }
      return nil
    }
    let socket = socket(at: path).map { [$0.record.number] } ?? []
    return Set(found + socket).sorted().compactMap { record($0).map(info) }
  }

  func makeRecord(
    method: HTTPMethod?, pattern: RoutePattern, handler: PinnedValue, usesRequest: Bool,
    usesChunks: Bool = false, isSocket: Bool = false, owner: UInt32, cell: Int?
  ) -> RouteRecord {
    defer { next += 1 }
    return RouteRecord(
      number: next,
      key: RouteKey(method: isSocket ? RouteKey.socket : method?.rawValue, pattern: pattern.key),
      method: method,
      pattern: pattern, handler: handler, usesRequest: usesRequest, usesChunks: usesChunks,
      isSocket: isSocket, owner: owner,
      cell: cell, countsRate: countsRates)
  }

  /// Puts a route in force, or with nil takes away what the key has; gives what it replaces.
  @discardableResult
  func set(_ record: RouteRecord?, for key: RouteKey) -> RouteRecord? {
    let before = records[key]
    if let before {
      byNumber[before.number] = nil
      if before.usesChunks { chunkReaders -= 1 }
    }
    records[key] = record
    if let record {
      byNumber[record.number] = record
      if record.usesChunks { chunkReaders += 1 }
    }
    published = nil
    publishedSockets = nil
    onChange?()
    return before
  }
}
