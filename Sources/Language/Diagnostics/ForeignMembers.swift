/// Members that people know from Swift's library, Python, JavaScript and Twisted, and what to write here.
public enum ForeignMembers {
  /// What to write in place of a member that a type lacks; nil where nothing is known of it.
  public static func advice(on name: String, of type: String) -> String? {
    let instead =
      byType[type]?[name] ?? everywhere[name].flatMap { $0.types.contains(type) ? $0.instead : nil }
    return instead.map { "write \($0)" }
  }

  private static let collections: Set = ["String", "Array", "Dictionary", "Range", "Bytes"]
  private static let sequences: Set = ["String", "Array", "Range", "Bytes"]
  private static let numbers: Set = ["Int", "Double"]

  private static let everywhere: [String: (types: Set<String>, instead: String)] = [
    "length": (collections, ".count"), "size": (collections, ".count"), "len": (collections, ".count"),
    "includes": (collections, ".contains(x)"), "some": (sequences, ".contains { … }"),
    "every": (sequences, ".allSatisfy { … }"), "find": (sequences, ".first { … }"),
    "indexOf": (sequences, ".firstIndex(of: x)"), "index": (sequences, ".firstIndex(of: x)"),
    "findIndex": (sequences, ".firstIndex { … }"), "lastIndexOf": (sequences, ".lastIndex(of: x)"),
    "slice": (sequences, "[2..<5], or .prefix(n), .dropFirst(n)"), "each": (collections, ".forEach { … }"),
    "toString": (collections.union(numbers), "String(value), or \"\\(value)\""),
    "description": (collections.union(numbers), "String(value), or \"\\(value)\""),
    "isNotEmpty": (collections, "!value.isEmpty"), "toFixed": (numbers, ".formatted(decimals: 2)"),
    "lazy": (collections, "it without .lazy"),
  ]

  private static let byType: [String: [String: String]] = [
    "String": [
      "append": "text += …; a String is a value", "insert": "a new String; a String is a value",
      "removeLast": "text = text.dropLast(); a String is a value",
      "removeFirst": "text = text.dropFirst(); a String is a value",
      "upper": ".uppercased()", "toUpperCase": ".uppercased()", "lower": ".lowercased()",
      "toLowerCase": ".lowercased()", "title": ".capitalized()", "strip": ".trimmed()", "trim": ".trimmed()",
      "trimmingCharacters": ".trimmed(), or .trimmed(\"/\")", "startswith": ".hasPrefix(text)",
      "startsWith": ".hasPrefix(text)", "endswith": ".hasSuffix(text)", "endsWith": ".hasSuffix(text)",
      "replace": ".replacing(a, with: b)", "replaceAll": ".replacing(a, with: b)",
      "replacingOccurrences": ".replacing(a, with: b)", "components": ".split(\", \")",
      "substring": "text[2..<5]", "charAt": "text[2]", "splitlines": ".lines",
      "padStart": ".leftPadded(to: n)",
      "padEnd": ".padded(to: n)", "zfill": ".leftPadded(to: n, with: \"0\")", "repeat": ".repeated(n)",
      "join": "parts.joined(\", \")", "format": "\"\\(value)\"", "encode": "Bytes(text)",
      "startIndex": "0", "endIndex": ".count", "padding": ".padded(to: n)", "utf16": ".scalars, or .utf8",
      "caseInsensitiveCompare": "a.lowercased() == b.lowercased()", "sha256": "sha256(text)",
      "firstRange": ".ranges(of: text).first", "chunks": "Array(text).chunks(ofCount: n)",
      "windows": "Array(text).windows(ofCount: n)", "uniqued": "Array(text).uniqued()",
      "grouped": "Array(text).grouped { … }", "elementsEqual": "a == b",
      "data": "Bytes(text)", "bytes": ".utf8", "base64Decoded": "Bytes(base64: text)",
      "hexDecoded": "Bytes(hex: text)", "hex": ".hexEncoded()",
      "unicodeScalars": ".scalars", "asciiValue": ".scalars[0]", "isdigit": ".isNumber",
      "isalpha": ".isLetter",
      "addingPercentEncoding": ".percentEncoded()", "removingPercentEncoding": ".percentDecoded()",
      "match": ".contains(text), .ranges(of: text); there are no regular expressions",
    ],
    "Array": [
      "push": ".append(x)", "add": ".append(x)", "extend": ".append(contentsOf: xs)",
      "concat": "a + b, or .append(contentsOf: xs)",
      "pop": ".removeLast(), or .popLast() for nil where it is empty",
      "shift": ".removeFirst(), or .popFirst() for nil where it is empty", "unshift": ".insert(x, at: 0)",
      "join": ".joined(\", \")", "flat": ".joined()", "clear": ".removeAll()", "copy": "Array(xs)",
      "filterMap": ".compactMap { … }", "average": "xs.sum() / Double(xs.count)", "groupBy": ".grouped { … }",
      "chunked": ".chunks(ofCount: n)", "unique": ".uniqued()", "zip": "zip(a, b)", "startIndex": "0",
      "endIndex": ".count", "partition": ".filter { … } twice", "splice": ".replaceSubrange(2..<5, with: xs)",
    ],
    "Dictionary": [
      "max": "Array(d).max { a, b in a.value < b.value }",
      "min": "Array(d).min { a, b in a.value < b.value }",
      "first": "Array(d).first { pair in … }", "last": "Array(d).last", "enumerated": "Array(d).enumerated()",
      "flatMap": "Array(d).flatMap { pair in … }", "prefix": "Array(d).prefix(n)", "sum": "d.values.sum()",
      "randomElement": "Array(d).randomElement()", "shuffled": "Array(d).shuffled()",
      "reversed": "Array(d).reversed()", "items": "for (key, value) in d", "has": ".contains(key)",
      "hasOwnProperty": ".contains(key)", "entries": "Array(d)", "get": "d[key, default: x]",
      "setdefault": "d[key, default: x]", "pop": ".removeValue(forKey: key)", "update": ".merge(other)",
      "updateValue": "d[key] = value", "joined": "Array(d).map { … }.joined()",
    ],
    "Int": [
      "times": "for i in 0..<n { … }", "toDouble": "Double(n)", "squareRoot": "sqrt(n)",
      "remainder": "a % b", "isEven": ".isMultiple(of: 2)",
    ],
    "Double": ["toInt": "Int(x)", "round": ".rounded()", "floor": "floor(x)", "ceil": "ceil(x)"],
    "Bytes": [
      "text": "String(bytes)", "decode": "String(bytes)", "hex": ".hexEncoded()",
      "base64": ".base64Encoded()",
      "json": "json(bytes)", "append": "a + b; Bytes cannot be changed",
    ],
    "Date": [
      "timeIntervalSince1970": ".unix", "timestamp": ".unix", "getTime": ".unix",
      "addingTimeInterval": "date + 2s",
      "isoformat": "String(date)", "toISOString": "String(date)", "strftime": ".formatted(\"yyyy-MM-dd\")",
      "timeIntervalSince": "a - b, a Duration",
    ],
    "Duration": ["total_seconds": ".seconds", "components": ".seconds", "inSeconds": ".seconds"],
    "Bool": ["toggle": "flag = !flag"],
    "Deferred": [
      "addCallback": ".then { … }", "addErrback": ".catch { … }", "addBoth": ".finally { … }",
      "callback": ".resolve(value)", "errback": ".reject(error)", "addTimeout": ".timeout(2s)",
      "fulfill": ".resolve(value)", "called": ".isPending", "value": "await deferred",
      "result": "await deferred",
    ],
    "Error": ["localizedDescription": ".message", "description": ".message", "code": ".kind"],
    "Response": [
      "statusCode": ".status", "status_code": ".status", "content": ".body", "data": ".body",
      "code": ".status",
    ],
    "Request": [
      "args": ".query", "queryParams": ".query", "url": ".path", "uri": ".path", "content": ".body",
      "data": ".body", "verb": ".method",
    ],
    "Timer": ["cancel": ".stop()", "invalidate": ".stop()"],
  ]
}
