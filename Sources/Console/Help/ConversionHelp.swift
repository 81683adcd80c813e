extension Catalogue {
  /// What makes a value of a type.
  static let conversions = HelpEntry.list(
    #"""
    Int(value, radix:) -> Int
    A whole number from a text, a Double or a Bool; nil where a text is none.
      Int("42") // → 42

    Double(value) -> Double
    A Double from a text or a number; nil where a text is none.
      Double("2.5") // → 2.5

    Bool(text) -> Bool
    true or false from a text; nil where it is neither.
      Bool("true") // → true

    String(value, radix:) · String(repeating:, count:) · String(scalars:) · String(format:) -> String
    A value as text, a number in another base, a text several times, or the text of Unicode scalars.
      String(42) // → "42"

    Array(sequence) · Array(repeating:, count:) -> Array
    The elements of a range, a text, bytes or a dictionary, or a value several times. Of an array it is
    a copy.
      Array(1...3) // → [1, 2, 3]

    Dictionary(pairs, uniquingKeysWith:) · Dictionary(uniqueKeysWithValues:) · Dictionary(grouping:, by:) -> Dictionary
    A dictionary of pairs, or of arrays by what a function gives. Of a dictionary it is a copy.
      Dictionary([["a", 1], ["b", 2]]) // → ["a": 1, "b": 2]

    Bytes(content) · Bytes(base64:) · Bytes(hex:) -> Bytes
    The bytes of a text or of an array of numbers, or those that Base64 or hexadecimal digits stand for.
      Array(Bytes("né")) // → [110, 195, 169]

    Date(text) · Date(unix:) -> Date
    A date from ISO 8601, from a header, or from seconds since 1970; nil where a text is none.
      Date("2026-01-31T12:00:00Z") // → 2026-01-31T12:00:00.000Z

    Error(message, kind:, fields:) -> Error
    An error to throw, with fields of its own.
      Error("no such user", kind: "user").message // → "no such user"
    """#)
}
