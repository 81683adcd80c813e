import Language
import Web

/// Which routes of a notebook a call of it may ask.
enum CalledRoutes {
  private static let ownHosts: Set<Substring> = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]"]

  /// Whether one of some routes may answer what is called. In doubt, as of an address that a variable has, any may.
  static func mayAnswer(_ routes: [DeclaredRoute], _ address: Resolution.CalledAddress) -> Bool {
    if routes.isEmpty { return false }
    guard let path = ownPath(of: address) else { return false }
    return routes.contains { route in
      guard agrees(route.method, address.method) else { return false }
      guard let pattern = try? RoutePattern.parse(route.pattern) else { return false }
      return address.isWhole ? answers(pattern, path) : mayAnswer(route.pattern, path)
    }
  }

  /// Whether a route has the method of a call, nil being any; one of `GET` answers `HEAD` too.
  private static func agrees(_ method: String?, _ called: String?) -> Bool {
    guard let method = method?.uppercased(), let called else { return true }
    return method == called || method == "GET" && called == "HEAD"
  }

  private static func answers(_ pattern: RoutePattern, _ path: Substring) -> Bool {
    let table = RouteTable(entries: [(method: nil, pattern: pattern, target: true)])
    if case .match = table.resolve(method: .GET, path: String(path)) { return true }
    return false
  }

  /// Whether a pattern agrees with the segments at the beginning of a path that are written out.
  private static func mayAnswer(_ pattern: String, _ beginning: Substring) -> Bool {
    // The last one may go on.
    let known = beginning.split(separator: "/", omittingEmptySubsequences: true)
      .dropLast(beginning.hasSuffix("/") ? 0 : 1)
    for (segment, other) in zip(known, pattern.split(separator: "/")) {
      if other.contains("<") || segment.contains("%") || segment.contains("?") { return true }
      if segment != other { return false }
    }
    return true
  }

  /// The path of a call to the notebook itself, as far as it is written; nil where the call is to somebody else.
  private static func ownPath(of address: Resolution.CalledAddress) -> Substring? {
    let text = address.beginning
    if text.hasPrefix("/") { return text.prefix { $0 != "?" && $0 != "#" } }
    guard let colon = text.firstRange(of: "://") else {
      return address.isWhole && !text.isEmpty ? nil : ""
    }
    guard text[..<colon.lowerBound].lowercased() == "http" else { return nil }
    let rest = text[colon.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.split(separator: "@").last ?? ""
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    // Where the host is written to its end.
    let isKnown = address.isWhole || authority.count < rest.count || host.contains(":")
    if isKnown, !ownHosts.contains(Substring(name.lowercased())) { return nil }
    let path = rest.dropFirst(authority.count).prefix { $0 != "?" && $0 != "#" }
    return path.isEmpty && address.isWhole ? "/" : path
  }
}
