extension TypeHelp {
  static let string = TypeHelp(
    "String",
    #"Text in Unicode. It counts, indexes and cuts by what a reader sees as characters, and no member changes it."#,
    members: #"""
      count · count(where:) -> Int
      How many characters it has, as a reader counts them, or how many a function picks.
        "héllo".count // → 5

      isEmpty -> Bool
      Whether it has no characters.
        "".isEmpty // → true

      first · first(where:) -> String
      Its first character, or the first that a function picks; nil where there is none.
        "abc".first // → "a"

      last · last(where:) -> String
      Its last character, or the last that a function picks; nil where there is none.
        "abc".last // → "c"

      indices -> Range
      The places of its characters, for loops.
        "abc".indices // → 0..<3

      lines -> Array of String
      Its lines, without their line ends.
        "one\ntwo\n".lines // → ["one", "two"]

      utf8 -> Bytes
      Its bytes in UTF-8.
        "né".utf8 == Bytes([110, 195, 169]) // → true

      scalars -> Array of Int
      The numbers of its Unicode scalars.
        "né".scalars // → [110, 233]

      isLetter -> Bool
      Whether it has characters and all are letters.
        "abc".isLetter // → true

      isNumber -> Bool
      Whether it has characters and all are numbers.
        "12".isNumber // → true

      isWhitespace -> Bool
      Whether it has characters and all are white space.
        " \t".isWhitespace // → true

      isUppercase -> Bool
      Whether it has characters and all are capital letters.
        "AB".isUppercase // → true

      isLowercase -> Bool
      Whether it has characters and all are small letters.
        "ab".isLowercase // → true

      isPunctuation -> Bool
      Whether it has characters and all are punctuation.
        "!?".isPunctuation // → true

      isSymbol -> Bool
      Whether it has characters and all are symbols, as + and €.
        "+".isSymbol // → true

      isNewline -> Bool
      Whether it has characters and all are line ends.
        "\r\n".isNewline // → true

      isWholeNumber -> Bool
      Whether it has characters and all are digits.
        "7".isWholeNumber // → true

      isHexDigit -> Bool
      Whether it has characters and all are hexadecimal digits.
        "c0de".isHexDigit // → true

      isASCII -> Bool
      Whether all of its characters are ASCII.
        "né".isASCII // → false

      wholeNumberValue -> Int
      The number that a single digit stands for; nil for any other text.
        "7".wholeNumberValue // → 7

      hexDigitValue -> Int
      The number that a single hexadecimal digit stands for; nil for any other text.
        "f".hexDigitValue // → 15

      uppercased() -> String
      The text in capital letters.
        "hello".uppercased() // → "HELLO"

      lowercased() -> String
      The text in small letters.
        "HELLO".lowercased() // → "hello"

      capitalized() -> String
      The text with a capital letter at the beginning of each word.
        "ada lovelace".capitalized() // → "Ada Lovelace"

      trimmed(characters) -> String
      The text without white space at its ends, or without those characters there.
        "  hi \n".trimmed() // → "hi"

      reversed() -> String
      The characters in the opposite order.
        "abc".reversed() // → "cba"

      hasPrefix(prefix) -> Bool
      Whether it begins with a text.
        "hello".hasPrefix("he") // → true

      starts(with:) -> Bool
      Whether it begins with a text, as hasPrefix.
        "hello".starts(with: "he") // → true

      hasSuffix(suffix) -> Bool
      Whether it ends with a text.
        "hello".hasSuffix("lo") // → true

      contains(text) · contains(where:) -> Bool
      Whether a text stands in it, or a character that a function picks.
        "hello".contains("ell") // → true

      firstIndex(of:) · firstIndex(where:) -> Int
      Where a text first stands in it, counted in characters; nil where it does not.
        "banana".firstIndex(of: "an") // → 1

      lastIndex(of:) · lastIndex(where:) -> Int
      Where a text last stands in it, counted in characters; nil where it does not.
        "banana".lastIndex(of: "an") // → 3

      ranges(of:) -> Array of Range
      All places where a text stands in it.
        "a-b-c".ranges(of: "-") // → [1..<2, 3..<4]

      firstRange(of:) -> Range
      The first place where a text stands in it; nil where it does not.
        "a-b-c".firstRange(of: "-") // → 1..<2

      trimmingPrefix(text) -> String
      The text without that beginning, where it has it.
        "https://x".trimmingPrefix("https://") // → "x"

      trimmingSuffix(text) -> String
      The text without that end, where it has it.
        "page.html".trimmingSuffix(".html") // → "page"

      split(separator, maxSplits:, omittingEmptySubsequences:) · split(whereSeparator:) -> Array of String
      The parts between a separator, between characters that a function picks, or between white space.
      Empty parts stay.
        "a, b, c".split(", ") // → ["a", "b", "c"]

      replacing(text, with:, maxReplacements:) -> String
      The text with another in place of each place where one stands.
        "a-b".replacing("-", with: "+") // → "a+b"

      repeated(count) -> String
      The text so many times in a row.
        "ab".repeated(3) // → "ababab"

      prefix(count) · prefix(upTo:) · prefix(through:) · prefix(while:) -> String
      The first characters: so many, up to an index, or as long as a function gives true.
        "hello".prefix(2) // → "he"

      suffix(count) · suffix(from:) -> String
      The last characters: so many, or from an index on.
        "hello".suffix(2) // → "lo"

      dropFirst(count) -> String
      The text without its first character, or the first few.
        "hello".dropFirst() // → "ello"

      dropLast(count) -> String
      The text without its last character, or the last few.
        "hello".dropLast(2) // → "hel"

      drop(while:) -> String
      The text without the characters at its beginning for which a function gives true.
        "abc12".drop(while: { $0.isLetter }) // → "12"

      padded(to:, with:) -> String
      The text made so long with spaces behind it, or with another character.
        "7".padded(to: 3) + "|" // → "7  |"

      leftPadded(to:, with:) -> String
      The text made so long with spaces before it, or with another character.
        "7".leftPadded(to: 3, with: "0") // → "007"

      map(transform) -> Array
      What a function gives for each character.
        "abc".map { $0 + "!" } // → ["a!", "b!", "c!"]

      compactMap(transform) -> Array
      What a function gives for each character, without the nils.
        "a1b2".compactMap { Int($0) } // → [1, 2]

      flatMap(transform) -> Array
      The arrays that a function gives for each character, joined.
        "ab".flatMap { [$0, $0] } // → ["a", "a", "b", "b"]

      filter(isIncluded) -> String
      The characters that a function picks.
        "a1b2".filter { $0.isLetter } // → "ab"

      reduce(initial, combine) · reduce(into:, update) -> Any
      One value made of all characters: a function combines what there is with the next.
        "abc".reduce("") { $1 + $0 } // → "cba"

      forEach(body) -> nil
      Calls a function with each character.
        "ab".forEach { print($0) } // → prints a, b

      allSatisfy(predicate) -> Bool
      Whether a function gives true for every character.
        "abc".allSatisfy { $0.isLetter } // → true

      sorted(by:) -> Array of String
      Its characters in order.
        "cab".sorted() // → ["a", "b", "c"]

      enumerated() -> Array of Dictionary
      Its characters with their places, as pairs of offset and element.
        "ab".enumerated() // → [["offset": 0, "element": "a"], ["offset": 1, "element": "b"]]

      min(by:) -> String
      Its least character; nil of an empty text.
        "cab".min() // → "a"

      max(by:) -> String
      Its greatest character; nil of an empty text.
        "cab".max() // → "c"

      shuffled() -> Array of String
      Its characters in a random order.
        "abc".shuffled().count // → 3

      randomElement() -> String
      One of its characters at random; nil of an empty text.
        ["a", "b"].contains("ab".randomElement()) // → true

      percentEncoded() -> String
      The text as it may stand in an address.
        "a b&c".percentEncoded() // → "a%20b%26c"

      percentDecoded() -> String
      The text that percent signs encode; nil where that is none.
        "a%20b".percentDecoded() // → "a b"

      htmlEscaped() -> String
      The text as it may stand in a page.
        "<b>".htmlEscaped() // → "&lt;b&gt;"

      base64Encoded(urlSafe:) -> String
      Its bytes in Base64.
        "hello".base64Encoded() // → "aGVsbG8="

      hexEncoded() -> String
      Its bytes in hexadecimal digits.
        "hello".hexEncoded() // → "68656c6c6f"
      """#)
}
