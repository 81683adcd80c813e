/// A header field of the form `value; name=value; name="value"`: `Content-Type` (RFC 9110 §8.3) and
/// `Content-Disposition` (RFC 7578 §4.2).
struct HeaderParameters {
  /// What stands before the first `;`, in lower case.
  let value: String
  /// The parameters by their names in lower case.
  private let parameters: [String: String]

  subscript(_ name: String) -> String? { parameters[name] }

  /// Why a field cannot be read, as the end of a sentence.
  struct Problem: Error, Equatable {
    let reason: String
  }

  /// Reads a field.
  ///
  /// Within quotes `\"` and `\\` stand for a quote and a backslash; a backslash before anything else is one, since
  /// some clients send paths of Windows.
  ///
  /// - Throws: `Problem` for a parameter without `=`, quotes that do not end, and a name that comes twice.
  init(_ text: String) throws(Problem) {
    var rest = text.utf8[...]
    value = Self.text(Self.trimmed(rest.prefix { $0 != UInt8(ascii: ";") })).lowercased()
    rest = rest.drop { $0 != UInt8(ascii: ";") }
    var found: [String: String] = [:]
    while rest.popFirst() != nil {
      let name = Self.text(
        Self.trimmed(rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") })
      ).lowercased()
      rest = rest.drop { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
      if name.isEmpty, rest.first != UInt8(ascii: "=") { continue }
      guard rest.popFirst() == UInt8(ascii: "="), !name.isEmpty, name.utf8.allSatisfy(HeaderRules.isTokenByte)
      else { throw Problem(reason: "a parameter that is not name=value") }
      let content = try Self.takeValue(&rest, of: name)
      guard found.updateValue(content, forKey: name) == nil else {
        throw Problem(reason: "\(name.printable(limit: 40)) twice")
      }
    }
    parameters = found
  }

  /// Takes a parameter's value, up to the next `;`.
  private static func takeValue(_ rest: inout Substring.UTF8View, of name: String) throws(Problem) -> String {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.first == UInt8(ascii: "\"") else {
      let content = trimmed(rest.prefix { $0 != UInt8(ascii: ";") })
      rest = rest.drop { $0 != UInt8(ascii: ";") }
      return text(content)
    }
    rest.removeFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.isEmpty || rest.first == UInt8(ascii: ";") else {
          throw Problem(reason: "something behind the quotes of \(name.printable(limit: 40))")
        }
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
        bytes.append(rest.removeFirst())
      default: bytes.append(byte)
      }
    }
    throw Problem(reason: "quotes that do not end, of \(name.printable(limit: 40))")
  }

  private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes
  }

  private static func text(_ bytes: Substring.UTF8View) -> String { String(decoding: bytes, as: UTF8.self) }
}
