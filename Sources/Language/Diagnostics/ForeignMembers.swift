/// Members that people know from Swift's library, Python, JavaScript and Twisted, and what to write here.
public enum ForeignMembers {
  /// What to write in place of a member that a type lacks; nil where nothing is known of it.
  public static func advice(on name: String, of type: String) -> String? {
    let instead =
      byType[type]?[name] ?? everywhere[name].flatMap { $0.types.contains(type) ? $0.instead : nil }
    return instead.map { "write \($0)" }
  }

  /// Every name that something is known of, for a type.
  static func names(of type: String) -> Set<String> {
    Set(byType[type, default: [:]].keys).union(everywhere.filter { $0.value.types.contains(type) }.keys)
  }

  private static let collections: Set = ["String", "Array", "Dictionary", "Range", "Bytes"]
  private static let sequences: Set = ["String", "Array", "Range", "Bytes"]
  private static let numbers: Set = ["Int", "Double"]
  private static let values = collections.union(numbers).union(["Duration", "Date", "Bool"])

  private static let everywhere: [String: (types: Set<String>, instead: String)] = [
    "length": (collections, ".count"), "size": (collections, ".count"), "len": (collections, ".count"),
    "isNotEmpty": (collections, "!value.isEmpty"), "includes": (collections, ".contains(x)"),
    "some": (sequences, ".contains { … }"), "every": (sequences, ".allSatisfy { … }"),
    "find": (sequences, ".first { … }, or .firstIndex(of: x)"), "findLast": (sequences, ".last { … }"),
    "indexOf": (sequences, ".firstIndex(of: x)"), "index": (sequences, ".firstIndex(of: x)"),
    "findIndex": (sequences, ".firstIndex { … }"), "lastIndexOf": (sequences, ".lastIndex(of: x)"),
    "findLastIndex": (sequences, ".lastIndex { … }"), "at": (sequences, "xs[2], or xs.last"),
    "slice": (sequences, "[2..<5], or .prefix(n), .dropFirst(n)"), "each": (collections, ".forEach { … }"),
    "startIndex": (sequences, "0"), "endIndex": (sequences, ".count"),
    "formIndex": (sequences, "place + 1: places are Ints"), "distance": (sequences, "b - a: places are Ints"),
    "lazy": (collections, "it without .lazy"), "elementsEqual": (collections, "a == b"),
    "compare": (values, "a < b, a == b"), "isEqual": (values, "a == b"),
    "toString": (values, "String(value), or \"\\(value)\""),
    "description": (values, "String(value), or \"\\(value)\""),
    "debugDescription": (values, "repr(value)"), "toJSON": (values, "toJSON(value)"),
    "advanced": (numbers.union(["Date"]), "a + b"), "toFixed": (numbers, ".formatted(decimals: 2)"),
    "toPrecision": (numbers, ".formatted(decimals: 2)"), "negate": (numbers, "x = -x"),
    "sqrt": (numbers, "sqrt(x)"), "pow": (numbers, "pow(x, n)"), "abs": (numbers, "abs(x)"),
  ]

  private static let byType = texts.merging(lists) { text, _ in text }.merging(others) { own, _ in own }
}
