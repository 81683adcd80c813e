import Glibc

/// Hosts that are called without a proxy: what `no_proxy` lists, with commas or spaces between.
///
/// An entry is a name, which stands for all names below it too, whether it begins with a dot or not; an address; a
/// network, as `10.0.0.0/8`; or `*`, which is everybody.
struct ProxyExceptions: Sendable {
  private var names: [String] = []
  private var networks: [Network] = []
  private var hasAll = false

  /// More entries than this are not looked at.
  static let limit = 10_000

  init(_ text: String) {
    let entries = text.lowercased().split { $0 == "," || $0.isWhitespace }.prefix(Self.limit)
    for entry in entries {
      if entry == "*" {
        hasAll = true
      } else if let network = Network(entry) {
        networks.append(network)
      } else {
        names.append(Self.withoutDots(entry))
      }
    }
  }

  /// Whether a host is among them.
  ///
  /// - Parameter host: in lower case, an IPv6 address in brackets.
  func contains(_ host: String) -> Bool {
    if hasAll { return true }
    if let address = Network.bytes(of: host[...]) { return networks.contains { $0.contains(address) } }
    let host = Self.withoutDots(host[...])
    return names.contains { host == $0 || host.hasSuffix("." + $0) }
  }

  /// A dot before a name, or the one that ends it, changes nothing.
  private static func withoutDots(_ name: Substring) -> String {
    var name = name
    if name.hasPrefix(".") { name.removeFirst() }
    if name.hasSuffix(".") { name.removeLast() }
    return String(name)
  }

  /// An IP address, or those that begin with the same bits.
  private struct Network: Sendable {
    let bytes: [UInt8]
    let bits: Int

    init?(_ text: Substring) {
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let bytes = Self.bytes(of: parts[0]) else { return nil }
      let bits = parts.count == 1 ? bytes.count * 8 : Int(parts[1])
      guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
      self.bytes = bytes
      self.bits = bits
    }

    func contains(_ address: [UInt8]) -> Bool {
      guard address.count == bytes.count else { return false }
      let whole = bits / 8
      guard address[..<whole] == bytes[..<whole] else { return false }
      let rest = bits % 8
      return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }

    /// The bytes of an IPv4 or IPv6 address, the latter with or without brackets.
    static func bytes(of text: Substring) -> [UInt8]? {
      let text = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
      for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: count)
        if inet_pton(family, String(text), &bytes) == 1 { return bytes }
      }
      return nil
    }
  }
}
