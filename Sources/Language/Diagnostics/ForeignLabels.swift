/// Labels of arguments that people know from other libraries, and what to write here.
public enum ForeignLabels {
  /// What to write in place of a label, where the function has what is meant; nil where nothing is known of it.
  public static func advice(on label: String, of parameters: [String]) -> String? {
    instead.first { $0.label == label && parameters.contains($0.parameter) }.map { "write \($0.own)" }
  }

  /// The parameter is one by which the function is known: what the label is called here, or the first.
  private static let instead: [(label: String, parameter: String, own: String)] = [
    // Calls and answers.
    ("params", "query", "query: [\"key\": value]"), ("queryItems", "query", "query: [\"key\": value]"),
    ("data", "body", "body: text, json: value or form: [\"key\": value]"),
    ("content", "body", "body: text, or the text without a label"),
    ("text", "body", "the text without a label"), ("html", "body", "html \"…\" without a label"),
    ("contentType", "headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    ("content_type", "headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    ("mimetype", "headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    ("auth", "headers", "headers: [\"Authorization\": \"Basic \\(\"user:password\".base64Encoded())\"]"),
    ("cookies", "headers", "headers: [\"Cookie\": \"name=value\"]"),
    ("allow_redirects", "follow", "follow: false"), ("redirect", "follow", "follow: false"),
    ("code", "status", "status: 201"), ("statusCode", "status", "status: 201"),
    ("status_code", "status", "status: 201"),
    ("json", "status", "the value without a label: a Dictionary or an Array is sent as JSON"),
    // Swift's conversions.
    ("describing", "value", "String(x)"), ("reflecting", "value", "repr(x)"),
    ("data", "scalars", "String(bytes)"), ("decoding", "scalars", "String(bytes)"),
    ("bytes", "scalars", "String(bytes)"), ("utf8String", "scalars", "String(bytes)"),
    ("encoding", "scalars", "String(bytes): bytes are read as UTF-8"),
    ("exactly", "value", "the number without a label: what is behind the point is cut off"),
    ("truncating", "value", "the number without a label"),
    ("clamping", "value", "Int(x.clamped(to: 0...100))"), ("base", "radix", "radix: 16"),
    ("base64Encoded", "base64", "Bytes(base64: text)"),
    ("base64EncodedString", "base64", "Bytes(base64: text)"),
    ("hexString", "hex", "Bytes(hex: text)"),
    ("timeIntervalSince1970", "unix", "Date(unix: seconds)"), ("timestamp", "unix", "Date(unix: seconds)"),
    ("timeIntervalSinceNow", "unix", "now() + 2s"),
    // Members.
    ("of", "where", "{ $0 == x }, or of a text .ranges(of: part).count"),
    (
      "options", "with",
      "only what is replaced and with what; text.lowercased() first where case is no matter"
    ),
    ("count", "maxReplacements", "maxReplacements: 1"), ("maxsplit", "maxSplits", "maxSplits: 1"),
    ("limit", "maxSplits", "maxSplits: 1"), ("reverse", "by", ".sorted().reversed(), or .sorted { $0 > $1 }"),
    ("key", "by", "{ a, b in a.name < b.name }"), ("indent", "pretty", "pretty: true"),
    ("terminator", "separator", "all of a line in one print: print(a, b, separator: \"\")"),
    ("end", "separator", "all of a line in one print: print(a, b, separator: \"\")"),
    ("sep", "separator", "separator: \", \""), ("fillchar", "with", "with: \"0\""),
  ]
}
