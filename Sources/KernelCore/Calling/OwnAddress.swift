import Web

/// Finds out whether an absolute address names this very server.
enum OwnAddress {
  /// The path and query of `url` where its host and port are those of one of the addresses; nil where it is
  /// somebody else's.
  static func path(of url: String, among addresses: [BoundAddress]) -> String? {
    guard url.prefix(7).lowercased() == "http://" else { return nil }
    let rest = url.dropFirst(7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // A name and a password before the host say who calls, not whom.
    let server = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    guard let (host, port) = split(server.lowercased()) else { return nil }
    guard addresses.contains(where: { $0.port == port && names(of: $0).contains(host) }) else { return nil }
    let path = rest.dropFirst(authority.count)
    return path.hasPrefix("/") ? String(path) : "/" + path
  }

  /// All that names one of the addresses: `localhost:8080`, `[::1]:8080`.
  static func authorities(of addresses: [BoundAddress]) -> Set<String> {
    var all: Set<String> = []
    for address in addresses {
      guard let port = address.port else { continue }
      for name in names(of: address) {
        all.insert(name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)")
      }
    }
    return all
  }

  private static func split(_ authority: String) -> (host: String, port: Int)? {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let host = String(authority[authority.index(after: authority.startIndex)..<end])
      return port(authority[authority.index(after: end)...]).map { (host, $0) }
    }
    let host = authority.prefix { $0 != ":" }
    return port(authority.dropFirst(host.count)).map { (String(host), $0) }
  }

  /// What follows the host: nothing, or a colon and perhaps a port.
  private static func port(_ text: Substring) -> Int? {
    if text.isEmpty || text == ":" { return 80 }
    return text.hasPrefix(":") ? Int(text.dropFirst()) : nil
  }

  /// The hosts by which people call what listens on an address.
  private static func names(of address: BoundAddress) -> [String] {
    switch address.host {
    case "127.0.0.1": ["127.0.0.1", "localhost"]
    case "0.0.0.0": ["127.0.0.1", "localhost", "0.0.0.0"]
    case "::1": ["::1", "localhost"]
    case "::": ["::1", "localhost", "127.0.0.1", "::"]
    case let host?: [host.lowercased()]
    case nil: []
    }
  }
}
