import NIOHTTP1

/// The forms that a request's target has (RFC 9112 §3.2).
enum TargetForm: Equatable {
  /// A path, perhaps with a query.
  case origin
  /// `http://` with a host, which stands in for Host.
  case absolute(authority: Substring)
  /// `*`, for OPTIONS.
  case asterisk
  /// A host and a port, for CONNECT.
  case authority
  /// An address of another scheme than http: this server is not the one for it.
  case otherScheme
  /// None of them; the reason is a sentence without its full stop.
  case malformed(String)

  /// Finds the form of a target without control characters.
  static func of(_ target: String, method: HTTPMethod) -> TargetForm {
    if method == .CONNECT {
      return isHostAndPort(target) ? .authority : .malformed("CONNECT asks for a host and a port")
    }
    if target.utf8.first == UInt8(ascii: "/") { return .origin }
    if target == "*" {
      return method == .OPTIONS ? .asterisk : .malformed("the address * is for OPTIONS alone")
    }
    guard let mark = target.firstRange(of: "://") else {
      return .malformed("the address is neither a path nor begins with http://")
    }
    let scheme = target[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return .otherScheme }
    let rest = target[mark.upperBound...]
    let authority = rest[..<(rest.utf8.firstIndex { "/?".utf8.contains($0) } ?? rest.endIndex)]
    if authority.utf8.contains(UInt8(ascii: "@")) {
      return .malformed("the address has a user in it (RFC 9110, section 4.2.4)")
    }
    guard Authority.isSound(authority, isEmptyAllowed: false) else {
      return .malformed("the address has no sound host")
    }
    return scheme == "http" ? .absolute(authority: authority) : .otherScheme
  }

  private static func isHostAndPort(_ target: String) -> Bool {
    guard let colon = target.utf8.lastIndex(of: UInt8(ascii: ":")), target.last != ":" else { return false }
    return colon > target.startIndex && Authority.isSound(target[...], isEmptyAllowed: false)
      && !target[target.utf8.index(after: colon)...].utf8.contains(UInt8(ascii: "]"))
  }
}
