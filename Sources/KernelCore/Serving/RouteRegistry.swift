import NIOHTTP1
import VM
import Web

/// Which route: of two with the same key the later replaces the earlier.
struct RouteKey: Hashable, Sendable {
  let method: String?
  let pattern: String
}

/// One route and what it has seen.
final class RouteRecord {
  let number: Int
  let key: RouteKey
  let method: HTTPMethod?
  let pattern: RoutePattern
  let handler: PinnedValue
  let usesRequest: Bool
  /// The run of the cell that declared it, and that cell.
  let owner: UInt32
  let cell: Int?
  var hits = 0
  var errors = 0
  var latency = LatencyHistogram()

  init(
    number: Int, key: RouteKey, method: HTTPMethod?, pattern: RoutePattern, handler: PinnedValue,
    usesRequest: Bool,
    owner: UInt32, cell: Int?
  ) {
    self.number = number
    self.key = key
    self.method = method
    self.pattern = pattern
    self.handler = handler
    self.usesRequest = usesRequest
    self.owner = owner
    self.cell = cell
  }
}

/// The routes in force. They are collected here and published as a finished table, which requests search;
/// the table is built when the next request asks, however many routes have changed.
final class RouteRegistry {
  private(set) var records: [RouteKey: RouteRecord] = [:]
  private var byNumber: [Int: RouteRecord] = [:]
  private var next = 1
  private var published: RouteTable<Int>?
  /// Called when routes change.
  var onChange: (() -> Void)?

  var table: RouteTable<Int> {
    if let published { return published }
    let ordered = records.values.sorted { $0.number < $1.number }
    let table = RouteTable(entries: ordered.map { ($0.method, $0.pattern, $0.number) })
    published = table
    return table
  }

  subscript(key: RouteKey) -> RouteRecord? { records[key] }

  func record(_ number: Int) -> RouteRecord? { byNumber[number] }

  var infos: [RouteInfo] {
    records.values.sorted { $0.number < $1.number }.map(info)
  }

  private func info(_ record: RouteRecord) -> RouteInfo {
    RouteInfo(
      method: record.method?.rawValue, pattern: record.pattern.text, cell: record.cell, hits: record.hits,
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
    return Set(found).sorted().compactMap { record($0).map(info) }
  }

  func makeRecord(
    method: HTTPMethod?, pattern: RoutePattern, handler: PinnedValue, usesRequest: Bool, owner: UInt32,
    cell: Int?
  ) -> RouteRecord {
    defer { next += 1 }
    return RouteRecord(
      number: next, key: RouteKey(method: method?.rawValue, pattern: pattern.key), method: method,
      pattern: pattern, handler: handler, usesRequest: usesRequest, owner: owner, cell: cell)
  }

  /// Puts a route in force, or with nil takes away what the key has; gives what it replaces.
  @discardableResult
  func set(_ record: RouteRecord?, for key: RouteKey) -> RouteRecord? {
    let before = records[key]
    if let before { byNumber[before.number] = nil }
    records[key] = record
    if let record { byNumber[record.number] = record }
    published = nil
    onChange?()
    return before
  }
}
