extension TypeHelp {
  static let bytes = TypeHelp(
    "Bytes",
    #"What a body, a file, a digest consists of. It can't be changed. Bytes(text) makes it, String(bytes) reads it."#,
    members: #"""
      count · count(where:) -> Int
      How many bytes it has, or how many a function picks.
        Bytes("abc").count // → 3

      isEmpty -> Bool
      Whether it has no bytes.
        Bytes().isEmpty // → true

      first · first(where:) -> Int
      Its first byte, or the first that a function picks; nil where there is none.
        Bytes("abc").first // → 97

      last · last(where:) -> Int
      Its last byte, or the last that a function picks; nil where there is none.
        Bytes("abc").last // → 99

      prefix(count) · prefix(upTo:) · prefix(through:) -> Bytes
      The first bytes: so many, or up to an index.
        String(Bytes("abc").prefix(2)) // → "ab"

      suffix(count) · suffix(from:) -> Bytes
      The last bytes: so many, or from an index on.
        String(Bytes("abc").suffix(2)) // → "bc"

      dropFirst(count) -> Bytes
      The bytes without the first, or the first few.
        String(Bytes("abc").dropFirst()) // → "bc"

      dropLast(count) -> Bytes
      The bytes without the last, or the last few.
        String(Bytes("abc").dropLast()) // → "ab"

      contains(byte) · contains(where:) -> Bool
      Whether it has a byte, or one that a function picks.
        Bytes("abc").contains(97) // → true

      firstIndex(of:) · firstIndex(where:) -> Int
      Where a byte first stands in it; nil where it does not.
        Bytes("abc").firstIndex(of: 98) // → 1

      lastIndex(of:) · lastIndex(where:) -> Int
      Where a byte last stands in it; nil where it does not.
        Bytes("aba").lastIndex(of: 97) // → 2

      split(separator, maxSplits:, omittingEmptySubsequences:) -> Array of Bytes
      The parts between bytes that are equal to one. Empty parts stay.
        Bytes("a\nb").split(separator: 10).map { String($0) } // → ["a", "b"]

      sorted(by:) -> Bytes
      The bytes in order, or in the order that a function says.
        String(Bytes("cab").sorted()) // → "abc"

      enumerated() -> Array of Dictionary
      The bytes with their places, as pairs of offset and element.
        Bytes("a").enumerated() // → [["offset": 0, "element": 97]]

      map(transform) -> Array
      What a function gives for each byte.
        Bytes("a\nb").split(separator: 10).map { String($0) } // → ["a", "b"]

      flatMap(transform) -> Array
      The arrays that a function gives for each byte, joined.
        Bytes("ab").flatMap { [$0, 0] } // → [97, 0, 98, 0]

      compactMap(transform) -> Array
      What a function gives for each byte, without the nils.
        Bytes("ab").compactMap { if $0 > 97 { $0 } else { nil } } // → [98]

      filter(isIncluded) -> Bytes
      The bytes that a function picks.
        String(Bytes("abc").filter { $0 != 98 }) // → "ac"

      reduce(initial, combine) · reduce(into:, update) -> Any
      One value made of all bytes: a function combines what there is with the next.
        Bytes("abc").reduce(0, +) // → 294

      forEach(body) -> nil
      Calls a function with each byte.
        Bytes("ab").forEach { print($0) } // → prints 97, 98

      allSatisfy(predicate) -> Bool
      Whether a function gives true for every byte.
        Bytes("abc").allSatisfy { $0 > 96 } // → true

      reversed() -> Bytes
      The bytes in the opposite order.
        String(Bytes("abc").reversed()) // → "cba"

      chunks(ofCount:) -> Array of Bytes
      Parts of so many bytes each; the last may be shorter.
        Bytes("abc").chunks(ofCount: 2).map { $0.count } // → [2, 1]

      hexEncoded() -> String
      The bytes in hexadecimal digits.
        Bytes("abc").hexEncoded() // → "616263"

      base64Encoded(urlSafe:) -> String
      The bytes in Base64.
        Bytes("abc").base64Encoded() // → "YWJj"

      percentEncoded() -> Bytes
      The bytes as they may stand in an address.
        String(Bytes("a b").percentEncoded()) // → "a%20b"
      """#)
}
