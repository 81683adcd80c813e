extension Catalogue {
  /// What an argument of a function or member of the language is, in a few words.
  ///
  /// - Parameter owner: the name of the function or member.
  static func argument(_ label: String, of owner: String) -> String? {
    arguments["\(owner).\(label)"] ?? arguments[label]
  }

  /// By label, and by owner and label where that means something else there.
  private static let arguments: [String: String] = [
    "a": "the first", "b": "the second", "at": "the place, from 0", "base": "what is raised",
    "base64": "text in base64",
    "body": "what to do: { … }", "by": "whether one comes before the other: { $0 < $1 }", "byte": "0 to 255",
    "callback": "what to do with it: { value in … }", "characters": "which to take off",
    "check": "false: a status of 400 or more is no error", "combine": "{ result, element in … }",
    "condition": "what must hold", "content": "a text or Bytes", "contentsOf": "an array of what is added",
    "count": "how many", "decimals": "digits behind the point", "default": "what to give where it is not set",
    "deferreds": "an array: [a, b]", "description": "where to listen: \"tcp:8080\"",
    "dividingBy": "the divisor",
    "duration": "as 2s or 250ms", "element": "a value", "error": "an Error or a text",
    "exponent": "how often it is taken",
    "fields": "more about it: [\"code\": 7]", "follow": "false: a redirect is given as it is",
    "forKey": "a key",
    "form": "fields of a form: [\"name\": \"Ada\"]", "format": "there are no formats", "from": "the first",
    "grouping": "what to sort into groups", "headers": "[\"X-Name\": \"value\"]",
    "hex": "pairs of hexadecimal digits",
    "in": "a Range: 1...6", "initial": "the result to begin with",
    "into": "a collection that each call changes",
    "isIncluded": "whether to keep it: { $0 > 0 }", "json": "a value that is sent as JSON", "key": "a key",
    "kind": "one word for what went wrong", "limit": "how long it may take, as 2s",
    "maxReplacements": "how many at most", "maxSplits": "how often at most", "message": "what went wrong",
    "name": "a variable of the environment", "number": "a number", "of": "what to look for",
    "ofCount": "how many in each",
    "omittingEmptySubsequences": "whether to leave out empty parts", "on": "what must differ: { $0.name }",
    "other": "another one", "pairs": "[key, value] each", "pattern": "Unicode's letters: \"yyyy-MM-dd\"",
    "predicate": "what must hold: { $0 > 0 }",
    "prefix": "how it may begin", "pretty": "true: over several lines",
    "query": "what stands behind the ?: [\"q\": \"tea\"]",
    "radix": "2 to 36", "range": "which places: 0..<2", "repeating": "what is repeated",
    "scalars": "numbers of Unicode scalars",
    "separator": "what stands between", "sequence": "what has elements", "status": "a status of HTTP: 201",
    "suffix": "how it may end", "text": "a text", "through": "the last, included",
    "timeout": "how long it may take, as 2s",
    "to": "the end, not included", "transform": "what to make of each: { $0 * 2 }",
    "uniqueKeysWithValues": "pairs whose keys differ",
    "uniquingKeysWith": "one value of two: { old, new in new }",
    "unix": "seconds since 1970", "upTo": "the end, not included", "update": "{ result, element in … }",
    "url": "a path of this notebook, or an address", "urlSafe": "true: - and _ in place of + and /",
    "value": "a value",
    "where": "what must hold: { $0 > 0 }", "whereSeparator": "whether to split there: { $0 == 0 }",
    "while": "as long as it holds: { $0 > 0 }", "with": "what comes in place of it", "x": "a number",
    "y": "a number",
    "after.body": "what to do then: { … }", "Bytes.content": "a text, or an array of numbers",
    "clamped.to": "a Range: 0...100", "delete.body": "a text or Bytes to send",
    "get.body": "a text or Bytes to send",
    "grouped.by": "what they have in common: { $0.city }",
    "Dictionary.by": "what they have in common: { $0.city }",
    "head.body": "a text or Bytes to send", "isMultiple.of": "a number",
    "leftPadded.to": "how many characters",
    "leftPadded.with": "what fills it up: \"0\"", "padded.to": "how many characters",
    "padded.with": "what fills it up: \" \"",
    "patch.body": "a text or Bytes to send", "post.body": "a text or Bytes to send",
    "put.body": "a text or Bytes to send",
    "redirect.to": "a path, or an address", "respond.body": "a text, html, JSON or Bytes",
    "respond.headers": "[\"X-Name\": \"value\"]",
    "split.separator": "what to split at", "starts.with": "how it may begin",
    "stride.by": "how far each step goes",
    "stride.through": "the end, included", "hmacSHA256.key": "a text or Bytes", "contains.key": "a key",
    "rounded.decimals": "digits behind the point", "redirect.status": "301, 302, 303, 307 or 308",
  ]

  /// Owners and labels that have a meaning here.
  static var explainedArguments: [String] { Array(arguments.keys) }
}
