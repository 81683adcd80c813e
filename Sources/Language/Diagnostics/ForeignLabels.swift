/// Labels of arguments that people know from other libraries, and what to write here.
public enum ForeignLabels {
  /// What to write in place of a label, where the function has what is meant; nil where nothing is known of it.
  public static func advice(on label: String, of parameters: [String]) -> String? {
    guard let (parameter, own) = instead[label], parameters.contains(parameter) else { return nil }
    return "write \(own)"
  }

  private static let instead: [String: (parameter: String, own: String)] = [
    "params": ("query", "query: [\"key\": value]"), "queryItems": ("query", "query: [\"key\": value]"),
    "data": ("body", "body: text, json: value or form: [\"key\": value]"),
    "content": ("body", "body: text, or the text without a label"),
    "text": ("body", "the text without a label"), "html": ("body", "html \"…\" without a label"),
    "contentType": ("headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    "content_type": ("headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    "mimetype": ("headers", "headers: [\"Content-Type\": \"text/plain\"]"),
    "omittingEmptySubsequences": ("separator", ".filter { !$0.isEmpty } behind it"),
    "auth": ("headers", "headers: [\"Authorization\": \"Basic \\(\"user:password\".base64Encoded())\"]"),
    "cookies": ("headers", "headers: [\"Cookie\": \"name=value\"]"),
    "allow_redirects": ("follow", "follow: false"), "redirect": ("follow", "follow: false"),
    "code": ("status", "status: 201"), "statusCode": ("status", "status: 201"),
    "status_code": ("status", "status: 201"),
    "json": ("status", "the value without a label: a Dictionary or an Array is sent as JSON"),
  ]
}
