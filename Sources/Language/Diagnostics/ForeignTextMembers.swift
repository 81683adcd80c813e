extension ForeignMembers {
  /// Of texts and bytes.
  static let texts: [String: [String: String]] = [
    "String": string,
    "Bytes": [
      "text": "String(bytes)", "decode": "String(bytes)", "utf8": "String(bytes)", "hex": ".hexEncoded()",
      "base64": ".base64Encoded()", "base64EncodedString": ".base64Encoded()", "json": "json(bytes)",
      "append": "a + b; Bytes cannot be changed", "percentDecoded": "String(bytes).percentDecoded()",
      "hasPrefix": "bytes.prefix(n) == other", "starts": "bytes.prefix(n) == other",
      "hasSuffix": "bytes.suffix(n) == other",
      "lexicographicallyPrecedes": "Array(a), and compare the elements",
      "sum": ".reduce(0, +)", "min": "Array(bytes).min()", "max": "Array(bytes).max()",
      "joined": "a + b", "lines": "String(bytes).lines", "trimmed": "Bytes(String(bytes).trimmed())",
      "replacing": "Bytes(String(bytes).replacing(a, with: b))", "subdata": "bytes[2..<5]",
    ],
  ]

  private static let string = swiftString.merging(otherString) { own, _ in own }

  private static let swiftString: [String: String] = [
    "append": "text += …; a String is a value", "appending": "a + b",
    "insert": "a new String; a String is a value",
    "remove": "text[..<2] + text[3...]; a String is a value",
    "removeAll": "text = \"\", or text.filter { … }; a String is a value",
    "removeLast": "text = text.dropLast(); a String is a value",
    "removeFirst": "text = text.dropFirst(); a String is a value",
    "popLast": "text.last, and text = text.dropLast()", "popFirst": "text.first, and text = text.dropFirst()",
    "removeSubrange": "text[..<2] + text[5...]; a String is a value",
    "replaceSubrange": "text[..<2] + other + text[5...]; a String is a value",
    "replace": "text = text.replacing(a, with: b)", "trimPrefix": "text = text.trimmingPrefix(a)",
    "replacingOccurrences": ".replacing(a, with: b)", "replacingCharacters": ".replacing(a, with: b)",
    "trimmingCharacters": ".trimmed(), or .trimmed(\"/\")", "trimming": ".trimmed(), or .trimmed(\"/\")",
    "components": ".split(\", \")", "range": ".firstRange(of: text)", "substring": "text[2..<5]",
    "padding": ".padded(to: n)", "paddingLeft": ".leftPadded(to: n)", "capitalizedString": ".capitalized()",
    "utf16": ".scalars, or .utf8", "unicodeScalars": ".scalars", "asciiValue": ".scalars[0]",
    "utf8CString": ".utf8", "data": "Bytes(text)", "bytes": ".utf8",
    "addingPercentEncoding": ".percentEncoded()", "removingPercentEncoding": ".percentDecoded()",
    "caseInsensitiveCompare": "a.lowercased() == b.lowercased()",
    "localizedCaseInsensitiveContains": "a.lowercased().contains(b.lowercased())",
    "localizedCompare": "a < b", "lexicographicallyPrecedes": "a < b", "isMathSymbol": ".isSymbol",
    "isCurrencySymbol": ".isSymbol", "isCased": ".isUppercase || text.isLowercase",
    "wholeMatch": matching, "firstMatch": matching, "prefixMatch": matching, "matches": matching,
    "chunks": "Array(text).chunks(ofCount: n)", "windows": "Array(text).windows(ofCount: n)",
    "uniqued": "Array(text).uniqued()", "grouped": "Array(text).grouped { … }",
    "joined": "parts.joined(\", \")",
    "sum": "Array(text).compactMap { Int($0) }.sum()", "swapAt": "a new String; a String is a value",
    "sort": "Array(text).sorted().joined()", "reverse": ".reversed()", "shuffle": ".shuffled().joined()",
    "sha256": "sha256(text)", "base64Decoded": "Bytes(base64: text)", "hexDecoded": "Bytes(hex: text)",
    "hex": ".hexEncoded()", "toInt": "Int(text)", "intValue": "Int(text)", "doubleValue": "Double(text)",
  ]

  private static let matching = ".contains(text), .ranges(of: text); there are no regular expressions"

  private static let otherString: [String: String] = [
    // Python.
    "upper": ".uppercased()", "lower": ".lowercased()", "casefold": ".lowercased()",
    "title": ".capitalized()",
    "capitalize": ".capitalized()",
    "swapcase": ".map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()",
    "strip": ".trimmed()", "lstrip": ".drop(while: { $0.isWhitespace })", "rstrip": ".trimmed()",
    "startswith": ".hasPrefix(text)", "endswith": ".hasSuffix(text)", "removeprefix": ".trimmingPrefix(text)",
    "removesuffix": ".trimmingSuffix(text)", "splitlines": ".lines", "rsplit": ".split(\", \")",
    "partition": ".split(\"=\", maxSplits: 1)", "rpartition": ".lastIndex(of: text), and text[..<place]",
    "join": "parts.joined(\", \")", "format": "\"\\(value)\"", "format_map": "\"\\(value)\"",
    "encode": "Bytes(text)", "rfind": ".lastIndex(of: text)", "rindex": ".lastIndex(of: text)",
    "ljust": ".padded(to: n)", "rjust": ".leftPadded(to: n)", "zfill": ".leftPadded(to: n, with: \"0\")",
    "center": ".padded(to: n), or .leftPadded(to: n)", "expandtabs": ".replacing(\"\\t\", with: \"    \")",
    "translate": ".map { … }.joined()", "isdigit": ".isNumber", "isnumeric": ".isNumber",
    "isdecimal": ".isWholeNumber", "isalpha": ".isLetter", "isspace": ".isWhitespace",
    "islower": ".isLowercase",
    "isupper": ".isUppercase", "isascii": ".isASCII", "isalnum": ".allSatisfy { $0.isLetter || $0.isNumber }",
    "istitle": "text == text.capitalized()",
    // JavaScript.
    "toUpperCase": ".uppercased()", "toLowerCase": ".lowercased()", "toLocaleUpperCase": ".uppercased()",
    "toLocaleLowerCase": ".lowercased()", "trim": ".trimmed()",
    "trimStart": ".drop(while: { $0.isWhitespace })",
    "trimEnd": ".trimmed()", "startsWith": ".hasPrefix(text)", "endsWith": ".hasSuffix(text)",
    "replaceAll": ".replacing(a, with: b)", "charAt": "text[2]", "charCodeAt": ".scalars[2]",
    "codePointAt": ".scalars[2]", "substr": "text[2..<5]", "concat": "a + b", "localeCompare": "a < b",
    "padStart": ".leftPadded(to: n)", "padEnd": ".padded(to: n)", "repeat": ".repeated(n)", "match": matching,
    "matchAll": matching, "search": matching, "valueOf": "the text itself",
  ]
}
