import TestSupport
import Testing

@testable import Language

@Suite("Brackets")
struct BracketTests {
  /// The brackets with the offsets of their partners: `(0-3 )3-0`.
  private func brackets(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return Bracket.all(in: text).map { bracket in
      let partner = bracket.partner.map { "-\($0)" } ?? (bracket.isClosing ? " wrong" : " open")
      return "\(Character(Unicode.Scalar(bytes[bracket.offset])))\(bracket.offset)\(partner)"
    }.joined(separator: ", ")
  }

  @Test(
    "pairs",
    arguments: [
      ("f(a)[0]", "(1-3, )3-1, [4-6, ]6-4"), ("{ ( ) }", "{0-6, (2-4, )4-2, }6-0"), ("", ""),
      ("ö(ö)", "(2-5, )5-2"), ("(", "(0 open"), (")", ")0 wrong"), ("(]", "(0 open, ]1 wrong"),
      ("{ ( }", "{0-4, (2 open, }4-0"), ("(()", "(0 open, (1-2, )2-1"), ("())", "(0-1, )1-0, )2 wrong"),
    ])
  func pairs(text: String, expected: String) {
    #expect(brackets(text) == expected)
  }

  @Test(
    "strings and comments have none, interpolations do",
    arguments: [
      ("\"(\" + \")\"", ""), ("// (\n/* { */ # [", ""), ("#\"(\"#", ""), ("\"\"\"\n(\n\"\"\"", ""),
      ("\"\\(f(1))\"", "(2-7, (4-6, )6-4, )7-2"),
      ("\"\\(a", "(2 open"), ("\"\\([1)\" ]", "(2-5, [3 open, )5-2, ]8 wrong"),
      ("{ \"\\(})\"", "{0 open, (4-6, }5 wrong, )6-4"), ("(\"open)", "(0 open"),
    ])
  func onlyCode(text: String, expected: String) {
    #expect(brackets(text) == expected)
  }

  @Test("partners name each other, whatever the text")
  func partnersNameEachOther() {
    let pieces = ["(", ")", "[", "]", "{", "}", "\"", "\\(", "a", "\n", "/*", "*/", "#\"", "\"\"\""]
    var generator = SeededGenerator(seed: 88)
    for _ in 0..<2_000 {
      let text = (0..<12).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let all = Bracket.all(in: text)
      let byOffset = Dictionary(all.map { ($0.offset, $0) }) { first, _ in first }
      #expect(byOffset.count == all.count, "\(text)")
      for bracket in all {
        guard let partner = bracket.partner else { continue }
        #expect(byOffset[partner]?.partner == bracket.offset, "\(text)")
        #expect(byOffset[partner]?.isClosing == !bracket.isClosing, "\(text)")
      }
    }
  }
}
