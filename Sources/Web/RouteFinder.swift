import NIOHTTP1

/// Finds the place of a route among those of a table. What it leads to is no matter, so that it is compiled once.
@usableFromInline
struct RouteFinder: Sendable {
  /// What a path and method come to, with the place of the route.
  @usableFromInline typealias Resolution = RouteTable<Int>.Resolution

  private let trie: RouteTrie
  private let patterns: [RoutePattern]
  private let methods: [HTTPMethod?]

  init(trie: RouteTrie, patterns: [RoutePattern], methods: [HTTPMethod?]) {
    self.trie = trie
    self.patterns = patterns
    self.methods = methods
  }

  @usableFromInline
  func find(method: HTTPMethod, path: String) -> Resolution {
    if path == "*", method == .OPTIONS { return .options(allow: RouteSearch.allowList(methods)) }
    let segments: PathSegments
    do {
      segments = try PathSegments(encoded: path)
    } catch {
      return .badPath(error.reason)
    }
    var search = RouteSearch(trie: trie, segments: segments, method: method)
    if let route = search.run() { return .match(route, values: search.values) }
    if !search.allowed.isEmpty {
      let allow = RouteSearch.allowList(search.allowed)
      return method == .OPTIONS ? .options(allow: allow) : .methodNotAllowed(allow: allow)
    }
    return .notFound(NearMiss.find(for: segments, among: patterns))
  }

  func values(of segments: PathSegments) -> [PathValue]? {
    var search = RouteSearch(trie: trie, segments: segments, method: .GET)
    return search.run() == nil ? nil : search.values
  }
}
