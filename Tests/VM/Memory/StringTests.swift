import Testing

@testable import VM

/// Characters are Swift's: what a reader sees as one.
struct StringTests {
  /// Bytes are looked at in groups of eight.
  @Test(arguments: ["\u{c}", "\r", "\r\n", "\u{e}", "\u{7f}", "\u{80}", "\u{8d}", "é", "e\u{301}"])
  func charactersAreCountedAsSwiftCountsThemWhereverTheyStand(_ part: String) {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    for before in 0..<18 {
      for after in 0..<10 {
        let text = String(repeating: "a", count: before) + part + String(repeating: "\n", count: after)
        #expect(heap.characterCount(heap.makeString(text).string) == text.count)
      }
    }
  }

  /// What a text is made of says whether its characters have to be counted.
  @Test func whatIsPutTogetherIsThereByteForByteAndCountsAsSwiftCountsIt() throws {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    let heap = host.machine.heap
    let parts = (0..<40).map {
      String(repeating: "abcdefg", count: 6).prefix($0) + ["", "é", "\r", "\n"][$0 % 4]
    }
    for one in parts {
      for other in parts {
        let values = [heap.makeString(String(one)), heap.makeString(String(other))]
        // Some have been counted before.
        if one.count % 3 == 0 { for value in values { _ = heap.characterCount(value.string) } }
        let sum = try heap.concatenate(values[0].string, values[1].string, tag: Tag.string).string
        let joined = try #require(try heap.join(heap.makeArray(values).array, values[0].string)).string
        #expect(heap.text(sum) == one + other)
        #expect(heap.characterCount(sum) == (one + other).count)
        #expect(heap.text(joined) == one + one + other)
        #expect(heap.characterCount(joined) == (one + one + other).count)
      }
    }
  }

  @Test(arguments: [
    (
      "[\"é\", \"\\r\", \"a\", \"\"].map { \"\\($0)x\\($0)\\n12\\(-7)\".count }", "[8, 7, 8, 6]"
    ),
    ("[1.5, -10, \"\\r\", 1s, nil].map { \"\\($0)\\n\".count }", "[4, 4, 1, 3, 4]"),
    ("json(\"[\\\"a\\\\r\\\\n\\\", \\\"ab\\\"]\").map { $0.count }", "[2, 2]"),
    ("\"👨‍👩‍👧‍👦\".count", "1"),
    ("\"e\\u{301}\".count", "1"),
    ("\"🇩🇪🇫🇷\".count", "2"),
    ("\"a\\r\\nb\".count", "3"),
    ("\"a👍🏽b\"[1] == \"👍🏽\"", "true"),
    ("\"a👍🏽b\".reversed()", "\"b👍🏽a\""),
    ("Array(\"e\\u{301}x\").count", "2"),
    ("\"👍🏽👍\".prefix(1) == \"👍🏽\"", "true"),
    ("\"naïve\".uppercased() + \"ÄÖ\".lowercased()", "\"NAÏVEäö\""),
    ("\"straße\".uppercased()", "\"STRASSE\""),
    ("\"añb\".firstIndex(of: \"b\")", "2"),
    ("\"a,b,,c\".split(\",\")", "[\"a\", \"b\", \"\", \"c\"]"),
    ("\"  a  b \".split()", "[\"a\", \"b\"]"),
    ("\"a=b=c\".split(\"=\", maxSplits: 1)", "[\"a\", \"b=c\"]"),
    ("\"\".split(\",\")", "[\"\"]"),
    ("\"aaa\".replacing(\"aa\", with: \"b\")", "\"ba\""),
    ("\"a.b\".replacing(\".\", with: \"\")", "\"ab\""),
    ("\"äöü\".replacing(\"ö\", with: \"oe\")", "\"äoeü\""),
    ("\" \\t x \\n\".trimmed()", "\"x\""),
    ("\"one\\ntwo\\r\\nthree\\n\".lines", "[\"one\", \"two\", \"three\"]"),
    (
      "[\"abc\".hasPrefix(\"ab\"), \"abc\".hasSuffix(\"bc\"), \"abc\".contains(\"d\"), \"abc\".contains(\"\")]",
      "[true, true, false, true]"
    ),
    (
      "[\"abcd\".dropFirst(), \"abcd\".dropLast(2), \"abcd\".suffix(2), \"ab\".prefix(9)]",
      "[\"bcd\", \"ab\", \"cd\", \"ab\"]"
    ),
    (
      "[\"7\".leftPadded(to: 3, with: \"0\"), \"7\".padded(to: 3), \"long\".padded(to: 2)]",
      "[\"007\", \"7  \", \"long\"]"
    ),
    ("\"ab\".repeated(3) + \"x\".repeated(0)", "\"ababab\""),
    ("[\"abc\".first, \"abc\".last, \"\".first, \"\".isEmpty]", "[\"a\", \"c\", nil, true]"),
    ("\"hello world\".capitalized()", "\"Hello World\""),
    ("\"a1b2\".filter { Int($0) != nil }", "\"12\""),
    ("\"ab\".map { $0 + \"!\" }", "[\"a!\", \"b!\"]"),
    ("\"abc\".contains { $0 == \"b\" }", "true"),
    ("\"ab\" < \"abc\" && \"Z\" < \"a\" && \"z\" < \"ä\"", "true"),
    ("\"\\u{0}a\".count", "2"),
    ("repr(\"q\\\"\\\\\\n\\u{1}\")", "\"\\\"q\\\\\\\"\\\\\\\\\\\\n\\\\u{1}\\\"\""),
    ("String([1, \"a\", nil])", "\"[1, \\\"a\\\", nil]\""),
    ("String(255, radix: 16) + \"\\(Int(\"ff\", radix: 16))\"", "\"ff255\""),
    ("Bytes([104, 105]) == \"hi\".utf8", "true"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("\"a\".split(\"\")", "the separator of split() is empty"),
    ("\"a\".repeated(-1)", "String.repeated(): the count must not be negative, but is -1"),
    ("\"a\".prefix(-1)", "prefix(-1): the count must not be negative"),
    ("\"a\".padded(to: 3, with: \"xy\")", "\"with\" of padded() must be one character"),
    ("String(Bytes([255]))", "the bytes are not valid UTF-8"),
    ("Bytes([256])", "element 0 of the bytes is no Int from 0 to 255"),
    ("Int(\"7\", radix: 99)", "a radix is 2 to 36, not 99"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }
}
