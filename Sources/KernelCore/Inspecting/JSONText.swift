/// Writes JSON (RFC 8259) as text, member by member.
struct JSONText {
  private(set) var text = ""
  private var needsComma = false

  /// An object that is written member by member, and then `closed`.
  static func object() -> JSONText {
    var json = JSONText()
    json.text = "{"
    return json
  }

  /// The text of an object begun with `object()`.
  func closed() -> String { text + "}" }

  /// A whole object as text.
  static func object(_ body: (inout JSONText) -> Void) -> String {
    var json = JSONText()
    json.object(body)
    return json.text
  }

  /// Writes a member; `value` writes exactly one value.
  mutating func member(_ name: String, _ value: (inout JSONText) -> Void) {
    separate()
    append(name)
    text += ":"
    needsComma = false
    value(&self)
    needsComma = true
  }

  mutating func member(_ name: String, _ value: String?) {
    if let value { member(name) { $0.string(value) } }
  }

  mutating func member(_ name: String, _ value: Int?) {
    if let value { member(name) { $0.number(value) } }
  }

  mutating func member(_ name: String, _ value: Bool) {
    member(name) { $0.raw(value ? "true" : "false") }
  }

  /// A time in milliseconds, with three digits behind the point at most.
  mutating func member(_ name: String, milliseconds value: Duration?) {
    if let value { member(name) { $0.raw(JSONText.milliseconds(value)) } }
  }

  mutating func string(_ value: String) {
    separate()
    append(value)
    needsComma = true
  }

  mutating func number(_ value: Int) { raw("\(value)") }

  /// Writes a value that is JSON already.
  mutating func raw(_ value: String) {
    separate()
    text += value
    needsComma = true
  }

  mutating func object(_ body: (inout JSONText) -> Void) { enclosed("{", "}", body) }

  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void
  ) {
    enclosed("[", "]") { json in
      for element in elements { write(&json, element) }
    }
  }

  private mutating func enclosed(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
    separate()
    text += open
    needsComma = false
    body(&self)
    text += close
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = false
  }

  private mutating func append(_ value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      // Line ends of JavaScript, and control characters, which JSON forbids.
      case "\u{2028}", "\u{2029}", "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// Milliseconds in decimal digits, rounded to microseconds.
  static func milliseconds(_ value: Duration) -> String {
    let micro = (value.nanoseconds + (value.nanoseconds < 0 ? -500 : 500)) / 1_000
    let (whole, rest) = micro.magnitude.quotientAndRemainder(dividingBy: 1_000)
    let sign = micro < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: 3 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
  }
}
