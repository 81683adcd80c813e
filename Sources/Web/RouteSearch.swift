import NIOHTTP1

/// One search in a trie, depth first, the most specific way first.
///
/// Without `path` parameters a node can be come to in one way only, so each is visited once at most. A node after
/// one can be come to with each number of segments left; such failures are remembered, so that it is visited once
/// for each. Nothing is exponential.
struct RouteSearch {
  private let trie: RouteTrie
  private let segments: PathSegments
  private let method: HTTPMethod
  private var failures: Set<Int> = []

  /// The values of the parameters on the way.
  private(set) var values: [PathValue] = []
  /// The methods of routes that have the path but not the method; nil is any method.
  private(set) var allowed: [HTTPMethod?] = []

  init(trie: RouteTrie, segments: PathSegments, method: HTTPMethod) {
    self.trie = trie
    self.segments = segments
    self.method = method
  }

  /// The index of the route; nil if none matches.
  mutating func run() -> Int? {
    visit(0, 0)
  }

  private mutating func visit(_ node: Int, _ index: Int) -> Int? {
    let mark = node * (PathSegments.maxCount + 1) + index
    let isShared = trie.nodes[node].followsPath
    if isShared, failures.contains(mark) { return nil }
    if let route = index == segments.count ? choose(node) : descend(node, index) { return route }
    if isShared { failures.insert(mark) }
    return nil
  }

  private mutating func descend(_ node: Int, _ index: Int) -> Int? {
    if let child = trie.literal(segments[index], after: node), let route = visit(child, index + 1) {
      return route
    }
    let depth = values.count
    for (segment, child) in trie.nodes[node].parameters {
      if segment.match(segments[index], into: &values), let route = visit(child, index + 1) { return route }
      values.removeLast(values.count - depth)
    }
    let path = trie.nodes[node].path
    guard path >= 0, !segments[index].isEmpty else { return nil }
    // Its text is made only when the end is known.
    values.append(.string(""))
    var end = trie.nodes[path].isLast ? segments.count : index + 1
    while end <= segments.count {
      if let route = visit(path, end) {
        values[depth] = .string(segments.joined(index..<end))
        return route
      }
      end += 1
    }
    values.removeLast(values.count - depth)
    return nil
  }

  /// The route for the method among those that end at a node: the method itself before GET for HEAD before any.
  private mutating func choose(_ node: Int) -> Int? {
    var best: (rank: Int, route: Int)?
    for (candidate, route) in trie.nodes[node].routes {
      let rank: Int
      switch candidate {
      case method?: rank = 0
      case .GET? where method == .HEAD: rank = 1
      // OPTIONS is answered with `Allow`, unless a route names it.
      case nil where method != .OPTIONS: rank = 2
      default: continue
      }
      if rank < best?.rank ?? .max { best = (rank, route) }
    }
    if let best { return best.route }
    allowed.append(contentsOf: trie.nodes[node].routes.map(\.method))
    return nil
  }

  /// The methods for an `Allow` header, each once and in a fixed order; nil stands for the usual ones.
  static func allowList(_ methods: [HTTPMethod?]) -> [HTTPMethod] {
    let usual: [HTTPMethod] = [.GET, .HEAD, .POST, .PUT, .PATCH, .DELETE]
    var names = Set(methods.compactMap { $0?.rawValue })
    if methods.contains(nil) { names.formUnion(usual.map(\.rawValue)) }
    if names.contains("GET") { names.insert("HEAD") }
    names.insert("OPTIONS")
    let order = usual.map(\.rawValue) + ["OPTIONS"]
    let known = order.filter { names.contains($0) }
    return (known + names.subtracting(order).sorted()).map { HTTPMethod(rawValue: $0) }
  }
}
