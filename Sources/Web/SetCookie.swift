import Glibc

/// A cookie as a response sets it: the field `Set-Cookie` (RFC 6265bis §4.1).
public struct SetCookie: Sendable, Equatable {
  /// With which requests from other sites a browser sends it.
  public enum SameSite: String, Sendable, CaseIterable {
    /// With none.
    case strict = "Strict"
    /// With those that lead a person here.
    case lax = "Lax"
    /// With all; such a cookie must be `Secure`.
    case none = "None"
  }

  public var value: String
  /// The paths that it is sent with: this one and those below it.
  public var path = "/"
  /// The host that it is sent to, with those below it; nil for the host that sets it alone.
  public var domain: String?
  /// When it ends, in seconds since 1970; nil where it does not say.
  public var expires: Int?
  /// How many seconds it lasts, at least 1, or 0 for one that has expired; wins over `expires`. Without both it lasts as long as the browser runs.
  public var maxAge: Int?
  /// Only over HTTPS, and to this machine itself.
  public var isSecure = false
  /// Not to be read by scripts.
  public var isHTTPOnly = false
  public var sameSite = SameSite.lax
  /// Kept apart for each site that embeds this one.
  public var isPartitioned = false

  public init(value: String) {
    self.value = value
  }

  /// A cookie that has expired: whoever has one of that name, path and domain drops it. It says so twice, for some clients
  /// take 1970 for no date at all.
  public static var expired: SetCookie {
    var cookie = SetCookie(value: "")
    cookie.expires = 0
    cookie.maxAge = 0
    return cookie
  }

  /// The field's value, for a cookie without a problem.
  public func text(name: String) -> String {
    var text = "\(name)=\(value); Path=\(path)"
    if let domain { text += "; Domain=\(domain)" }
    if let expires { text += "; Expires=\(HTTPDate.format(time_t(expires)))" }
    if let maxAge { text += "; Max-Age=\(maxAge)" }
    if isSecure { text += "; Secure" }
    if isHTTPOnly { text += "; HttpOnly" }
    text += "; SameSite=\(sameSite.rawValue)"
    if isPartitioned { text += "; Partitioned" }
    return text
  }
}

/// What cookies may hold. What passes here is taken by clients as it was meant.
extension SetCookie {
  /// Bytes of name and value together, and of an attribute's value; clients drop a cookie with more
  /// (RFC 6265bis §5.6).
  public static let pairLimit = 4_096
  public static let attributeLimit = 1_024

  /// What is wrong with a name and a value, as a sentence; nil for sound ones.
  public static func problem(name: String, value: String) -> String? {
    let shown = name.printable(limit: 40)
    if name.isEmpty { return "a cookie needs a name" }
    if !name.utf8.allSatisfy(HeaderRules.isTokenByte) {
      return "\"\(shown)\" is no name of a cookie: letters, digits and !#$%&'*+-.^_`|~ are allowed"
    }
    if !value.utf8.allSatisfy(isValueByte) {
      return
        "the value of the cookie \(shown) has a space, a quote, a comma, a semicolon, a backslash or a character beyond ASCII in it"
    }
    let count = name.utf8.count + value.utf8.count
    if count > pairLimit {
      return
        "the cookie \(shown) has \(count) bytes, more than the \(pairLimit) that clients keep of a name and its value"
    }
    return nil
  }

  /// What is wrong with a path, as a sentence; nil for a sound one.
  public static func problem(path: String) -> String? {
    guard path.utf8.first == UInt8(ascii: "/"), isAttribute(path) else {
      return "\"\(path.printable(limit: 80))\" is no path of a cookie: it begins with / and has no ; in it"
    }
    return nil
  }

  /// What is wrong with a domain, as a sentence; nil for a sound one.
  public static func problem(domain: String) -> String? {
    let isHost = domain.utf8.allSatisfy { byte in
      byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        || HeaderRules.isTokenByte(byte) && !"!#$%&'*+^`|~".utf8.contains(byte)
    }
    guard isHost, isAttribute(domain), !domain.hasPrefix("."), !domain.hasSuffix("."), !domain.isEmpty else {
      return "\"\(domain.printable(limit: 80))\" is no domain of a cookie: write a host as example.com"
    }
    return nil
  }

  /// What is wrong with the cookie as a whole under a name, as a sentence; nil for a sound one.
  public func problem(name: String) -> String? {
    if let problem = Self.problem(name: name, value: value) { return problem }
    if sameSite == .none, !isSecure {
      return "the cookie \(name) is for all sites, SameSite=None, so it must be secure too"
    }
    if isPartitioned, !isSecure { return "the cookie \(name) is partitioned, so it must be secure too" }
    let lowered = name.lowercased()
    if lowered.hasPrefix("__secure-"), !isSecure {
      return "the cookie \(name) must be secure, for its name begins with __Secure-"
    }
    if lowered.hasPrefix("__host-"), !isSecure || domain != nil || path != "/" {
      return
        "the cookie \(name) must be secure, of the path / and without a domain, for its name begins with __Host-"
    }
    return nil
  }

  /// Whether a byte may stand in a value (`cookie-octet` of RFC 6265bis §4.1.1).
  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"\",;\\".utf8.contains(byte)
  }

  private static func isAttribute(_ text: String) -> Bool {
    text.utf8.count <= attributeLimit
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") }
  }
}
