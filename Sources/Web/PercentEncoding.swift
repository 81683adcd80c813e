/// Percent-decoding of request targets (RFC 3986 §2.1) and of `application/x-www-form-urlencoded` text.
public enum PercentEncoding {
  /// Why a piece of a target can't be decoded.
  public enum Problem: Error, Equatable, Sendable {
    /// A `%` that two hexadecimal digits don't follow.
    case badEscape
    /// The decoded bytes aren't UTF-8.
    case notUTF8
  }

  /// Decodes `text`, which must come to valid UTF-8; `plusIsSpace` is the rule for forms and queries.
  public static func decode(
    _ text: some StringProtocol, plusIsSpace: Bool = false
  ) throws(Problem) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    guard append(text.utf8, to: &bytes, plusIsSpace: plusIsSpace) else { throw .badEscape }
    guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    return decoded
  }

  /// Decodes as browsers do: what is no escape stays as it is, and what is no UTF-8 becomes U+FFFD.
  static func decodeLeniently(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    _ = append(text.utf8, to: &bytes, plusIsSpace: plusIsSpace, keepingBadEscapes: true)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the decoded bytes of `source`; false at a bad escape, unless those are kept as they are.
  static func append(
    _ source: some Sequence<UInt8>, to bytes: inout [UInt8], plusIsSpace: Bool = false,
    keepingBadEscapes: Bool = false
  ) -> Bool {
    var pending: [UInt8] = []
    for byte in source {
      switch pending.count {
      case 0 where byte == UInt8(ascii: "%"):
        pending.append(byte)
      case 0:
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      case 1 where hexValue(byte) != nil:
        pending.append(byte)
      case 2 where hexValue(byte) != nil:
        bytes.append(hexValue(pending[1])! << 4 | hexValue(byte)!)
        pending.removeAll(keepingCapacity: true)
      default:
        guard keepingBadEscapes else { return false }
        bytes.append(contentsOf: pending)
        pending.removeAll(keepingCapacity: true)
        if byte == UInt8(ascii: "%") {
          pending.append(byte)
        } else {
          bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
      }
    }
    guard pending.isEmpty || keepingBadEscapes else { return false }
    bytes.append(contentsOf: pending)
    return true
  }

  /// The value of a hexadecimal digit.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
