import Testing

@testable import Language

@Suite("Completeness")
struct CompletenessTests {
  @Test(
    "a prompt goes on where a text ends within something",
    arguments: [
      ("", .complete), ("1 + 1", .complete), ("f { 1 }", .complete), ("a\n", .complete),
      ("return", .complete),
      ("// c", .complete), ("do { }", .complete), ("if a { }", .complete), ("route", .complete),
      ("route \"/\" {", .incomplete(indent: 4)), ("f(", .incomplete(indent: 4)),
      ("f([", .incomplete(indent: 4)),
      ("if a {\n  f {", .incomplete(indent: 8)), ("if a {\n  f {\n  }", .incomplete(indent: 4)),
      ("1 +", .incomplete(indent: 0)), ("let x =", .incomplete(indent: 0)), ("let x", .incomplete(indent: 0)),
      ("\"\"\"", .incomplete(indent: 0, isInText: true)),
      ("\"\"\"\nabc \\(f(", .incomplete(indent: 4, isInText: true)),
      ("f(\"\"\"\na\n", .incomplete(indent: 4, isInText: true)),
      ("f(\"\"\"\na\n\"\"\"", .incomplete(indent: 4)),
      ("/* a", .incomplete(indent: 0, isInText: true)), ("if a { } else", .incomplete(indent: 0)),
      ("f(1,", .incomplete(indent: 4)), ("[1,\n2,", .incomplete(indent: 4)), ("a.", .incomplete(indent: 0)),
      ("a ? b", .incomplete(indent: 0)), ("func f(a", .incomplete(indent: 4)),
      ("func f(a)", .incomplete(indent: 0)),
      ("f { x,", .incomplete(indent: 4)), ("f { (x, y)", .incomplete(indent: 4)),
      ("f { x in", .incomplete(indent: 4)),
      ("for (k,", .incomplete(indent: 4)), ("for x in", .incomplete(indent: 0)),
      ("await", .incomplete(indent: 0)),
      ("guard a", .incomplete(indent: 0)), ("route GET", .incomplete(indent: 0)),
      ("[:", .incomplete(indent: 4)),
      ("do { } catch", .incomplete(indent: 0)), ("throw", .incomplete(indent: 0)),
      ("f(a:", .incomplete(indent: 4)),
      ("let = 3\nf {", .invalid), ("}", .invalid), ("\"abc", .invalid), ("a b", .invalid), ("f(]", .invalid),
      ("\"abc \\(x", .invalid), ("@", .invalid),
    ] as [(String, Completeness)])
  func completeness(_ text: String, _ expected: Completeness) {
    #expect(Parser.parse(SourceText(cell: 1, text: text)).completeness == expected)
  }
}
