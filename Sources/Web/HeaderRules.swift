import NIOHTTP1

/// What header fields may hold (RFC 9110 §5.1, §5.5), so that no text from elsewhere can end a header line and
/// begin a line or an answer of its own.
public enum HeaderRules {
  /// What is wrong with a header field, as a sentence; nil for a sound one.
  public static func problem(name: String, value: String) -> String? {
    if name.isEmpty { return "a header needs a name" }
    if !name.utf8.allSatisfy(isTokenByte) {
      return
        "\"\(name.printable(limit: 40))\" is no header name: letters, digits and !#$%&'*+-.^_`|~ are allowed"
    }
    if !value.utf8.allSatisfy(isValueByte) {
      return "the value of the header \(name) has a line break or another control character in it"
    }
    return nil
  }

  /// The first problem of `headers`; nil when all are sound.
  public static func firstProblem(in headers: HTTPHeaders) -> String? {
    for (name, value) in headers {
      if let problem = problem(name: name, value: value) { return problem }
    }
    return nil
  }

  /// Whether this is a token, what names of headers and methods are made of (RFC 9110 §5.6.2).
  public static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

  /// Whether a byte may stand in a token (RFC 9110 §5.6.2).
  static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Whether a byte may stand in a field value: no control character but the tab.
  static func isValueByte(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7f || byte == 0x09
  }
}
