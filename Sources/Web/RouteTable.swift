import NIOHTTP1

/// All routes of a server, ready to be searched: a trie of segments that never changes.
///
/// The most specific pattern wins whatever the order of the entries: at each segment, from left to right, a
/// literal comes before a parameter, the narrower converter before the wider, and `path` last and as short as it
/// can be. A way that leads nowhere is given up for the next, so `/a/<int:x>/c` and `/a/<y>/d` live together.
public struct RouteTable<Target: Sendable>: Sendable {
  /// What a path and method come to.
  public enum Resolution: Sendable {
    /// A route, with the values of its parameters from left to right.
    case match(Target, values: [PathValue])
    /// The path has routes, but none for the method.
    case methodNotAllowed(allow: [HTTPMethod])
    /// An OPTIONS request that no route answers itself.
    case options(allow: [HTTPMethod])
    /// No route has the path.
    case notFound(NearMiss?)
    /// The path can't be decoded; the reason is a sentence without its full stop.
    case badPath(String)

    /// The methods that the path has, where the one that was asked for is none of them; empty otherwise.
    public var allowed: [HTTPMethod] {
      switch self {
      case .methodNotAllowed(let allow), .options(let allow): allow
      case .match, .notFound, .badPath: []
      }
    }
  }

  /// One route as it is in the table.
  public struct Entry: Sendable {
    /// The method; nil is any.
    public let method: HTTPMethod?
    /// The pattern.
    public let pattern: RoutePattern
    /// What it leads to.
    public let target: Target
  }

  /// The routes in the order given, without those that later ones replaced.
  public let entries: [Entry]
  @usableFromInline let finder: RouteFinder

  /// Makes a table. Of entries with the same method and pattern (names of parameters apart) the last one counts.
  public init(entries: [(method: HTTPMethod?, pattern: RoutePattern, target: Target)] = []) {
    var lastOf: [RouteIdentity: Int] = [:]
    for (index, entry) in entries.enumerated() {
      lastOf[RouteIdentity(method: entry.method?.rawValue, key: entry.pattern.key)] = index
    }
    let kept = entries.indices.filter { index in
      lastOf[RouteIdentity(method: entries[index].method?.rawValue, key: entries[index].pattern.key)] == index
    }
    self.entries = kept.map {
      Entry(method: entries[$0].method, pattern: entries[$0].pattern, target: entries[$0].target)
    }
    var builder = RouteTrieBuilder()
    for (index, entry) in self.entries.enumerated() {
      builder.insert(entry.pattern, method: entry.method, route: index)
    }
    finder = RouteFinder(
      trie: builder.build(), patterns: self.entries.map(\.pattern), methods: self.entries.map(\.method))
  }

  /// Finds what answers a request. `path` is percent-encoded, without a query. The work is bounded by the length
  /// of the path times the number of patterns that agree with its beginning.
  @inlinable
  public func resolve(method: HTTPMethod, path: String) -> Resolution {
    switch finder.find(method: method, path: path) {
    case .match(let route, let values): .match(entries[route].target, values: values)
    case .methodNotAllowed(let allow): .methodNotAllowed(allow: allow)
    case .options(let allow): .options(allow: allow)
    case .notFound(let near): .notFound(near)
    case .badPath(let reason): .badPath(reason)
    }
  }

  /// The values for segments that are decoded, from the first route that matches with any method.
  func values(of segments: PathSegments) -> [PathValue]? { finder.values(of: segments) }
}

/// What makes two routes the same one.
private struct RouteIdentity: Hashable {
  let method: String?
  let key: String
}
