/// A cookie as a client keeps it (RFC 6265, section 5.3).
public struct Cookie: Sendable, Equatable {
  public var name: String
  public var value: String
  /// The host that it belongs to, in lower case.
  public var domain: String
  /// Whether it goes to that host alone, and not to those below it.
  public var isHostOnly: Bool
  /// The paths that it is sent with: this one and those below it.
  public var path: String
  /// When it ends, in seconds since 1970; `nil` for one that lasts as long as its jar.
  public var expires: Int?
  /// Whether it is sent only over HTTPS, or to this machine itself.
  public var isSecure: Bool
  /// Whether the server keeps it from scripts; here everybody sees it.
  public var isHTTPOnly: Bool

  /// Bytes of name and value together, and of an attribute, which is ignored where it has more
  /// (RFC 6265bis, section 5.6).
  static let pairLimit = 4_096
  static let attributeLimit = 1_024
  /// No cookie lasts longer (RFC 6265bis, section 5.5).
  static let longestLife = 400 * 86_400

  /// Reads a `Set-Cookie` that came from an address; `nil` for what a client ignores: what is no cookie, is too long,
  /// has a control character in it, or is for a host that the address does not belong to.
  init?(_ text: String, from address: WebAddress, now: Int) {
    if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) { return nil }
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    guard let (name, value) = Self.pair(parts[0]), let value, !name.isEmpty,
      name.utf8.count + value.utf8.count <= Self.pairLimit
    else { return nil }
    self.name = name
    self.value = value
    (domain, isHostOnly, path) = (address.host, true, address.defaultCookiePath)
    (isSecure, isHTTPOnly) = (false, false)
    var wishedDomain = ""
    var maxAge: Int?
    for part in parts.dropFirst() {
      guard let (attribute, content) = Self.pair(part), content?.utf8.count ?? 0 <= Self.attributeLimit else {
        continue
      }
      switch attribute.lowercased() {
      case "domain": wishedDomain = Self.withoutDot(content ?? "").lowercased()
      case "path": path = content?.hasPrefix("/") == true ? content ?? "/" : address.defaultCookiePath
      case "expires": if let date = CookieDate.seconds(of: content ?? "") { expires = date }
      case "max-age": maxAge = Self.maxAge(content ?? "") ?? maxAge
      case "secure": isSecure = true
      case "httponly": isHTTPOnly = true
      default: break
      }
    }
    if let maxAge { expires = maxAge <= 0 ? .min : now + min(maxAge, Self.longestLife) }
    if let end = expires { expires = min(end, now + Self.longestLife) }
    guard take(domain: wishedDomain, of: address), isTrusted(address) else { return nil }
  }

  /// The name, and what stands behind `=` where there is one, both without the blanks around them.
  private static func pair(_ text: Substring) -> (name: String, value: String?)? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first else { return nil }
    return (trimmed(name), parts.count > 1 ? trimmed(parts[1]) : nil)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }

  private static func withoutDot(_ domain: String) -> String {
    domain.hasPrefix(".") ? String(domain.dropFirst()) : domain
  }

  /// A whole number, the greatest or least where it would be more; `nil` for anything else.
  private static func maxAge(_ text: String) -> Int? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text) ?? (text.hasPrefix("-") ? .min : .max)
  }

  /// Takes the domain that the server wishes for; false where the address does not belong to it. Without a list of
  /// public suffixes a single label, as `com`, is refused, and what lies deeper, as `co.uk`, is not.
  private mutating func take(domain wished: String, of address: WebAddress) -> Bool {
    if wished.isEmpty || wished == address.host { return takeExact(wished) }
    guard wished.contains("."), Self.domain(wished, covers: address) else { return false }
    (domain, isHostOnly) = (wished, false)
    return true
  }

  private mutating func takeExact(_ wished: String) -> Bool {
    // The hosts below one of a single label, and an address of numbers, are nobody's own.
    isHostOnly = wished.isEmpty || !wished.contains(".") || Self.isNumeric(wished)
    return true
  }

  /// What a server may not ask for: a secure cookie over an open connection, and a name whose prefix promises what the
  /// cookie does not keep (RFC 6265bis, section 5.7).
  private func isTrusted(_ address: WebAddress) -> Bool {
    if isSecure, !address.isSecureForCookies { return false }
    let lowered = name.lowercased()
    if lowered.hasPrefix("__secure-"), !isSecure { return false }
    return !lowered.hasPrefix("__host-") || isSecure && isHostOnly && path == "/"
  }
}

extension Cookie {
  /// Whether it is sent with a request to an address (RFC 6265, section 5.4).
  func goes(to address: WebAddress, now: Int) -> Bool {
    if let expires, expires <= now { return false }
    if isSecure, !address.isSecureForCookies { return false }
    let isOfHost = isHostOnly ? domain == address.host : Self.domain(domain, covers: address)
    return isOfHost && Self.path(path, covers: address.pathForCookies)
  }

  /// What it takes up, in bytes.
  var size: Int { name.utf8.count + value.utf8.count + domain.utf8.count + path.utf8.count + 100 }

  /// Section 5.1.3.
  private static func domain(_ domain: String, covers address: WebAddress) -> Bool {
    domain == address.host || address.host.hasSuffix("." + domain) && !isNumeric(address.host)
  }

  /// Section 5.1.4.
  private static func path(_ path: String, covers asked: String) -> Bool {
    asked == path
      || asked.hasPrefix(path) && (path.hasSuffix("/") || asked.dropFirst(path.count).hasPrefix("/"))
  }

  /// Whether a host is an address of numbers.
  private static func isNumeric(_ host: String) -> Bool {
    host.hasPrefix("[") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
  }
}

extension WebAddress {
  /// The path, without the query.
  var pathForCookies: String {
    let rest = text.dropFirst(scheme.count + 3)
    let path = rest[(rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex)...].prefix {
      $0 != "?" && $0 != "#"
    }
    return path.isEmpty ? "/" : String(path)
  }

  /// The path that a cookie has where its server names none: up to the last slash (RFC 6265, section 5.1.4).
  var defaultCookiePath: String {
    let path = pathForCookies
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  /// Whether secure cookies go there: over HTTPS, and, as browsers have it, to this machine itself.
  var isSecureForCookies: Bool { scheme == "https" || isLoopback }
}
