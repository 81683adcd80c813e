import NIOHTTP1
import Web

extension FuzzTarget {
  /// Lines up to an empty one are patterns, those after it paths: the table finds a route where one of the patterns
  /// matches alone, and none where none does.
  static let routes = FuzzTarget(name: "routes") { bytes in
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let patterns = lines.prefix { !$0.isEmpty }.prefix(20).compactMap { try? RoutePattern.parse(String($0)) }
    let table = RouteTable(entries: patterns.enumerated().map { (method: nil, pattern: $1, target: $0) })
    for path in lines.drop(while: { !$0.isEmpty }).dropFirst().prefix(20) where path.hasPrefix("/") {
      let request = Request(method: .GET, target: String(path))
      guard let segments = try? request.pathSegments else {
        _ = table.resolve(method: .GET, path: request.path)
        continue
      }
      let isMatched = patterns.contains { $0.match(segments: segments) != nil }
      switch table.resolve(method: .GET, path: request.path) {
      case .match: promise(isMatched, "the table finds what no pattern matches: \(path)")
      default: promise(!isMatched, "the table does not find what a pattern matches: \(path)")
      }
    }
  }
}
