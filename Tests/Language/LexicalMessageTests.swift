import Testing

@testable import Language

@Suite("Messages about words")
struct LexicalMessageTests {
  @Test(
    "explains words that are none",
    arguments: [
      (
        "'hello'",
        [
          #"strings are written with double quotes ['hello'] — write "…" instead of '…'"#
        ]
      ),
      (
        "print(“hello”)",
        [
          #"strings are written with straight quotes [“hello”] — write "…" with the plain quote character"#
        ]
      ),
      (
        "let s = ‘it’",
        [
          #"strings are written with straight quotes [‘it’] — write "…" with the plain quote character"#
        ]
      ),
      (
        #"""
        let s = "abc
        let t = 4
        """#,
        [
          ##"this string is not closed at the end of its line ["] — close it with ", or use """ for a text of several lines"##
        ]
      ),
      (
        #"""
        let s = "abc \(x
        let t = 4
        """#,
        [
          #"an interpolation in this string is not closed at the end of its line ["] — close it with )"#
        ]
      ),
      (
        #"let s = "a\(f("b"#,
        [
          ##"this string is not closed at the end of its line ["] — close it with ", or use """ for a text of several lines"##
        ]
      ),
      (
        ##"""
        """
          abc
         d
          """
        """##,
        [
          ##"this line is indented less than the closing """ [ ] — indent every line at least as far as the closing quotes, with the same tabs or spaces"##
        ]
      ),
      (
        ##"""
        """abc
          """
        """##,
        [
          ##"the text of a """ string begins on the line below its quotes ["""]"##
        ]
      ),
      (
        ##"""
        let text = """
          a,"b ""c"""
          Grace,85,
          """
        xs.map(\.name)
        """##,
        [
          ##"the closing """ stands on a line of its own ["""] — within the text write \""""##
        ]
      ),
      (
        ##"""
        """
        abc """
        """##,
        [
          ##"the closing """ stands on a line of its own ["""]"##
        ]
      ),
      (
        ##"""
        """
        abc
        """##,
        [
          ##"this """ string is never closed ["""]"##
        ]
      ),
      (
        "/* abc",
        [
          "this comment is never closed [/*] — close it with */"
        ]
      ),
      (
        #""\q \u{110000} \u12""#,
        [
          #"there is no escape \q [\q] — the escapes are \n \t \r \0 \\ \" \' \u{…} and \(…); write \\ for a backslash"#,
          #"a character is written \u{…} with 1 to 8 hexadecimal digits of a Unicode scalar [\u{110000}]"#,
          #"a character is written \u{…} with 1 to 8 hexadecimal digits of a Unicode scalar [\u]"#,
        ]
      ),
      (
        "a § b",
        [
          #"unexpected character "§" [§]"#
        ]
      ),
      (
        "a \u{202E} b",
        [
          "unexpected character U+202E [\u{202E}]"
        ]
      ),
      (
        "`a",
        [
          "a name in backticks ends with a backtick [`a] — write `name`"
        ]
      ),
      (
        "$x",
        [
          "names do not contain $ [$x] — $0, $1 … stand for the parameters of a closure"
        ]
      ),
      (
        "$99",
        [
          "a function has at most 64 parameters [$99]"
        ]
      ),
      (
        "1e999",
        [
          "this number does not fit a Double [1e999]"
        ]
      ),
      (
        "9223372036854775808",
        [
          "this number does not fit an Int (64 bits) [9223372036854775808] — write it with a fraction, as in 1e20, for a Double"
        ]
      ),
      (
        "18446744073709551616",
        [
          "this number does not fit an Int (64 bits) [18446744073709551616] — write it with a fraction, as in 1e20, for a Double"
        ]
      ),
      (
        "0xfg; 0b12; 0x",
        [
          "these are not digits of base 16 [0xfg] — write them as in 0xff",
          "these are not digits of base 2 [0b12] — write them as in 0b1010",
          "these are not digits of base 16 [0x] — write them as in 0xff",
        ]
      ),
      (
        "5x; 5min; 2d3",
        [
          #"there is no unit "x" [x] — the units of durations are ns, us, ms, s, m, h and d; a name does not begin with a digit"#,
          #"there is no unit "min" [min] — write 5m"#,
          #"there is no unit "d3" [d3] — the units of durations are ns, us, ms, s, m, h and d; a name does not begin with a digit"#,
        ]
      ),
      (
        "999999999h",
        [
          "a Duration holds at most 292 years [999999999h]"
        ]
      ),
    ] as [(String, [String])])
  func words(_ text: String, _ expected: [String]) {
    #expect(check(text) == expected)
  }
}
