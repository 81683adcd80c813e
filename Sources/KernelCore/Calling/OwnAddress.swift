import Web

/// Finds out whether an absolute address names this very server.
enum OwnAddress {
  /// The path and query of `url` where its host and port are those of one of the addresses; nil where it is
  /// somebody else's.
  static func path(of url: String, among addresses: [BoundAddress]) -> String? {
    let bytes = url.utf8.span
    guard let authority = authority(bytes), let (host, port) = split(bytes, authority),
      addresses.contains(where: { $0.port == port })
    else { return nil }
    func text(_ range: Range<Int>) -> Substring {
      let start = url.utf8.index(url.utf8.startIndex, offsetBy: range.lowerBound)
      return url[start..<url.utf8.index(start, offsetBy: range.count)]
    }
    let name = text(host).lowercased()
    guard addresses.contains(where: { $0.port == port && names(of: $0).contains(name) }) else { return nil }
    let path = text(authority.upperBound..<bytes.count)
    return path.utf8.first == slash ? String(path) : "/" + path
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

  /// Where the host and the port are in the address of an `http` service. A name and a password before them say who calls,
  /// not whom.
  private static func authority(_ bytes: Span<UInt8>) -> Range<Int>? {
    var end = 0
    for byte in "http://".utf8 {
      // A letter in upper case differs by one bit.
      guard end < bytes.count,
        bytes[end] == byte || byte >= UInt8(ascii: "a") && bytes[end] | 0x20 == byte
      else { return nil }
      end += 1
    }
    var start = end
    while end < bytes.count {
      let byte = bytes[end]
      if byte == slash || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
      end += 1
      if byte == UInt8(ascii: "@") { start = end }
    }
    return start..<end
  }

  private static func split(_ bytes: Span<UInt8>, _ authority: Range<Int>) -> (host: Range<Int>, port: Int)? {
    if let start = authority.first, bytes[start] == UInt8(ascii: "["),
      let end = authority.first(where: { bytes[$0] == UInt8(ascii: "]") })
    {
      return port(bytes, end + 1..<authority.upperBound).map { (start + 1..<end, $0) }
    }
    let end = authority.first { bytes[$0] == colon } ?? authority.upperBound
    return port(bytes, end..<authority.upperBound).map { (authority.lowerBound..<end, $0) }
  }

  /// What follows the host: nothing, or a colon and perhaps a port.
  private static func port(_ bytes: Span<UInt8>, _ place: Range<Int>) -> Int? {
    guard let first = place.first else { return 80 }
    guard bytes[first] == colon else { return nil }
    var port = 0
    for place in place.dropFirst() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]), port <= 65_535 else { return nil }
      port = port * 10 + Int(bytes[place] - UInt8(ascii: "0"))
    }
    return place.count == 1 ? 80 : port
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
