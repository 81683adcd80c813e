import NIOHTTP1

/// The trie of a route table, flat: nodes refer to each other by index, and the first one is the root.
struct RouteTrie: Sendable {
  /// A place after some segments.
  struct Node: Sendable {
    /// Literal segments, ordered by `RouteTrie.precedes`, for binary search.
    var literals: [(text: [UInt8], node: Int)] = []
    /// Other segments but `path`, the most specific first.
    var parameters: [(segment: SegmentPattern, node: Int)] = []
    /// The place after a `path` parameter; -1 for none.
    var path = -1
    /// The routes that end here.
    var routes: [(method: HTTPMethod?, route: Int)] = []
    /// Whether a `path` parameter is on the way here: then the place may be come to with different segments left.
    var followsPath = false

    /// Whether no segment follows.
    var isLast: Bool { literals.isEmpty && parameters.isEmpty && path < 0 }
  }

  var nodes: [Node]

  /// Shorter first, then by bytes.
  static func precedes(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    one.count != other.count ? one.count < other.count : one.lexicographicallyPrecedes(other)
  }

  /// The node after a literal segment.
  func literal(_ text: ArraySlice<UInt8>, after node: Int) -> Int? {
    let literals = nodes[node].literals
    var (low, high) = (0, literals.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(literals[middle].text, text) { low = middle + 1 } else { high = middle }
    }
    guard low < literals.count, literals[low].text.elementsEqual(text) else { return nil }
    return literals[low].node
  }
}

/// Collects patterns and makes the trie of them.
struct RouteTrieBuilder {
  private var nodes = [RouteTrie.Node()]
  private var children: [[SegmentPattern: Int]] = [[:]]

  /// Adds a route.
  mutating func insert(_ pattern: RoutePattern, method: HTTPMethod?, route: Int) {
    var node = 0
    for segment in pattern.segments {
      if let child = children[node][segment] {
        node = child
      } else {
        node = add(segment, to: node)
      }
    }
    nodes[node].routes.append((method, route))
  }

  private mutating func add(_ segment: SegmentPattern, to parent: Int) -> Int {
    var node = RouteTrie.Node()
    let index = nodes.count
    node.followsPath = nodes[parent].followsPath
    switch segment {
    case .literal(let text): nodes[parent].literals.append((text, index))
    case .path:
      node.followsPath = true
      nodes[parent].path = index
    case .parameter, .mixed: nodes[parent].parameters.append((segment, index))
    }
    nodes.append(node)
    children.append([:])
    children[parent][segment] = index
    return index
  }

  /// The trie, with the children of each node in order.
  consuming func build() -> RouteTrie {
    var nodes = nodes
    for index in nodes.indices {
      nodes[index].literals.sort { RouteTrie.precedes($0.text, $1.text) }
      nodes[index].parameters.sort { SegmentPattern.isMoreSpecific($0.segment, than: $1.segment) }
    }
    return RouteTrie(nodes: nodes)
  }
}
