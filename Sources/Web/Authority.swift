/// The host and port that a request is for (RFC 9110 §7.2, RFC 3986 §3.2), in Host or in an absolute target.
enum Authority {
  /// Whether `text` is `uri-host [ ":" port ]`, without user information; `isEmptyAllowed` is for Host, which is empty
  /// where the target has no authority (RFC 9112 §3.2).
  static func isSound(_ text: Substring, isEmptyAllowed: Bool) -> Bool {
    if text.isEmpty { return isEmptyAllowed }
    let bytes = text.utf8
    let host: Substring.UTF8View.SubSequence
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let literal = bytes[bytes.index(after: bytes.startIndex)..<end]
      guard !literal.isEmpty, literal.allSatisfy(isLiteralByte) else { return false }
      host = bytes[...end]
    } else {
      host = bytes.prefix { $0 != UInt8(ascii: ":") }
      guard !host.isEmpty, isName(host) else { return false }
    }
    let rest = bytes[host.endIndex...]
    guard let colon = rest.first else { return true }
    let port = rest.dropFirst()
    return colon == UInt8(ascii: ":") && port.allSatisfy { (0x30...0x39).contains($0) }
      && (port.isEmpty || UInt16(Substring(port)) != nil)
  }

  /// A registered name or an IPv4 address: unreserved characters, sub-delimiters, escapes.
  private static func isName(_ text: Substring.UTF8View.SubSequence) -> Bool {
    let bytes = text.span
    var escape = 0
    for place in bytes.indices {
      let byte = bytes[place]
      if escape > 0 {
        guard PercentEncoding.hexValue(byte) != nil else { return false }
        escape -= 1
      } else if byte == UInt8(ascii: "%") {
        escape = 2
      } else {
        guard isNameByte(byte) else { return false }
      }
    }
    return escape == 0
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: "-._~!$&'()*+,;=".utf8.contains(byte)
    }
  }

  /// What an IPv6 address has, and those of the future.
  private static func isLiteralByte(_ byte: UInt8) -> Bool { isNameByte(byte) || byte == UInt8(ascii: ":") }
}
