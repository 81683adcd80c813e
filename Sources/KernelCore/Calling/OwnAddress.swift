import Web

/// Finds out whether an absolute address names this very server.
enum OwnAddress {
  /// The path and query of `url` where its host and port are those of one of the addresses; nil where it is
  /// somebody else's.
  static func path(of url: String, among addresses: [BoundAddress]) -> String? {
    let bytes = url.utf8
    guard bytes.prefix(7).elementsEqual("http://".utf8, by: { lowercase($0) == $1 }) else { return nil }
    let rest = bytes.dropFirst(7)
    let authority = rest.prefix { $0 != slash && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    // A name and a password before the host say who calls, not whom.
    let server =
      authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] } ?? authority
    guard let (host, port) = split(server), addresses.contains(where: { $0.port == port }) else { return nil }
    let name = Substring(host).lowercased()
    guard addresses.contains(where: { $0.port == port && names(of: $0).contains(name) }) else { return nil }
    let path = rest[authority.endIndex...]
    return path.first == slash ? String(Substring(path)) : "/" + Substring(path)
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

  private static let slash = UInt8(ascii: "/")
  private static let colon = UInt8(ascii: ":")

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func split(
    _ authority: Substring.UTF8View
  ) -> (host: Substring.UTF8View, port: Int)? {
    if authority.first == UInt8(ascii: "["), let end = authority.firstIndex(of: UInt8(ascii: "]")) {
      return port(authority[authority.index(after: end)...]).map { (authority[..<end].dropFirst(), $0) }
    }
    let host = authority.prefix { $0 != colon }
    return port(authority[host.endIndex...]).map { (host, $0) }
  }

  /// What follows the host: nothing, or a colon and perhaps a port.
  private static func port(_ text: Substring.UTF8View) -> Int? {
    guard let first = text.first else { return 80 }
    if first != colon { return nil }
    let digits = text.dropFirst()
    return digits.isEmpty ? 80 : Int(Substring(digits))
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
