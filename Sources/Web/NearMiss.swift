/// The route nearest to a path that none matches, and why it doesn't.
public struct NearMiss: Sendable, Equatable {
  /// The route's pattern.
  public let pattern: RoutePattern
  /// Why it does not match: what follows "The nearest is /greet/<user>:", printable, without a full stop.
  public let reason: String

  /// At most so many routes are compared, so that a path nobody has costs little even in a large table.
  static let maxCompared = 500
  /// What is farther away than this is no help to anybody.
  fileprivate static let maxCost = 7

  /// Finds the nearest of `patterns`, if one is near at all.
  static func find(for path: PathSegments, among patterns: some Sequence<RoutePattern>) -> NearMiss? {
    var best: (cost: Int, miss: NearMiss)?
    for pattern in patterns.prefix(maxCompared) {
      var comparison = Comparison(path: path, pattern: pattern)
      guard let (cost, reason) = comparison.run(), cost <= maxCost, cost < best?.cost ?? .max else {
        continue
      }
      best = (cost, NearMiss(pattern: pattern, reason: reason()))
    }
    return best?.miss
  }
}

/// Compares one path with one pattern that does not match it.
private struct Comparison {
  let path: PathSegments
  let pattern: RoutePattern

  private var cost = 0
  /// The literal parts that agree, at least nearly; without any the two have nothing in common.
  private var likeness = 0
  private var literalReason: (() -> String)?
  private var valueReason: (() -> String)?

  init(path: PathSegments, pattern: RoutePattern) {
    self.path = path
    self.pattern = pattern
  }

  mutating func run() -> (cost: Int, reason: () -> String)? {
    let segments = pattern.segments
    if path.count == segments.count + 1, path[path.count - 1].isEmpty, segments.last != .literal([]),
      isMatch(path.count - 1)
    {
      return (1, { "the path ends in a slash, the route does not" })
    }
    if path.count + 1 == segments.count, segments.last == .literal([]), isMatch(path.count) {
      return (1, { "the route ends in a slash, the path does not" })
    }
    var parameter = 0
    let pathIndex = segments.firstIndex(of: .path)
    let compared = min(path.count, pathIndex.map { $0 + 1 } ?? segments.count)
    for index in 0..<min(compared, segments.count) {
      compare(index, parameter)
      parameter += segments[index].parameterCount
      if cost > NearMiss.maxCost { return nil }
    }
    let isFarInLength = pathIndex == nil ? path.count != segments.count : path.count < segments.count
    if isFarInLength { cost += 3 * abs(path.count - segments.count) }
    let isAllParameters = !segments.contains {
      if case .literal(let text) = $0 { !text.isEmpty } else { false }
    }
    guard likeness > 0 || isAllParameters && !isFarInLength && valueReason != nil else { return nil }
    if let literalReason { return (cost, literalReason) }
    if isFarInLength { return (cost, lengthReason) }
    return valueReason.map { (cost, $0) } ?? (cost + 3, { "what follows the path parameter does not fit" })
  }

  /// Whether the first `count` segments match one by one.
  private func isMatch(_ count: Int) -> Bool {
    guard count >= 0, count <= pattern.segments.count, !pattern.segments.contains(.path) else { return false }
    var values: [PathValue] = []
    return (0..<count).allSatisfy { pattern.segments[$0].match(path[$0], into: &values) }
  }

  private mutating func compare(_ index: Int, _ parameter: Int) {
    let segment = pattern.segments[index]
    let given = path[index]
    var values: [PathValue] = []
    if segment.match(given, into: &values) {
      if case .literal = segment, !given.isEmpty { likeness += 1 }
      return
    }
    let path = self.path
    let written = pattern.segmentTexts[index]
    switch segment {
    case .literal(let literal):
      let isNear =
        given.elementsEqual(literal) { $0 | 0x20 == $1 | 0x20 }
        || SpellingDistance.between(given, literal, limit: literal.count > 4 ? 2 : 1) != nil
          && literal.count > 1
      cost += isNear ? 2 : 6
      likeness += isNear ? 1 : 0
      literalReason = literalReason ?? { Self.difference(path.text(index), written) }
    case .mixed:
      cost += 2
      valueReason =
        valueReason ?? { "\"\(path.text(index).printable(limit: 40))\" does not have the form \(written)" }
    case .path:
      cost += 2
      let name = pattern.parameterNames[parameter]
      valueReason = valueReason ?? { "the part for <\(name)> is empty" }
    case .parameter(let converter):
      cost += 2
      let name = pattern.parameterNames[parameter]
      valueReason = valueReason ?? { converter.refusal(of: path.text(index), parameter: name) }
    }
  }

  private static func difference(_ given: String, _ written: String) -> String {
    if given.isEmpty { return "the path has an empty part where the route has \"\(written)\"" }
    if written.isEmpty {
      return "the route ends in a slash where the path has \"\(given.printable(limit: 40))\""
    }
    return "\"\(given.printable(limit: 40))\" is not \"\(written)\""
  }

  private func lengthReason() -> String {
    // A slash at the end makes an empty last segment, which a person doesn't count.
    let has = path.count - (path[path.count - 1].isEmpty ? 1 : 0)
    let needs = pattern.segments.count - (pattern.segments.last == .literal([]) ? 1 : 0)
    let least = pattern.segments.contains(.path) ? " at least" : ""
    return "the path has \(has) \(has == 1 ? "part" : "parts"), the route has \(needs)\(least)"
  }
}
