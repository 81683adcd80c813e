import TestSupport
import Testing

@testable import Language

@Suite("A text that is being typed")
struct LexedTextTests {
  private static let words = [
    "let", "func", "route", "GET", "POST", "name", "f", "x", "1", "2.5", "3s", "\"", "\"a\"", "\"\\(", ")\"",
    "#\"",
    "\"#", "'", "(", ")", "[", "]", "{", "}", ",", ".", "?.", "\\", "=", "+", "//", "/*", "*/", "#", "before",
    "Date",
    "é", "日本", "\u{A0}", "`a`", "$0",
  ]

  private func expectSame(_ lexed: LexedText, as text: String, _ comment: String) {
    let whole = Lexer.lex(text)
    #expect(lexed.comments == whole.comments, "\(comment)")
    let isSame =
      lexed.tokens.count == whole.tokens.count
      && zip(lexed.tokens, whole.tokens).allSatisfy {
        $0.kind == $1.kind && $0.span == $1.span && $0.startsLine == $1.startsLine
          && $0.spaceBefore == $1.spaceBefore
      }
    #expect(isSame, "\(comment)")
  }

  private func edit(_ text: inout [Unicode.Scalar], _ words: [String], _ generator: inout SeededGenerator) {
    let start = Int.random(in: 0...text.count, using: &generator)
    let removed =
      Bool.random(using: &generator) ? 0 : Int.random(in: 0...min(6, text.count - start), using: &generator)
    var inserted = words.randomElement(using: &generator)!
    if Int.random(in: 0..<4, using: &generator) == 0 { inserted = "\n" + inserted }
    if Int.random(in: 0..<3, using: &generator) == 0 { inserted = "" }
    text.replaceSubrange(start..<start + removed, with: Array(inserted.unicodeScalars))
  }

  private func string(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  @Test("after any edit its tokens are those of the whole text", arguments: 0..<40 as Range<UInt64>)
  func sameTokens(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // Every fourth text has long strings too, which are cut as a whole.
    let words = Self.words + (seed % 4 == 0 ? ["\"\"\"", "\n\"\"\"\n"] : [])
    var text: [Unicode.Scalar] = []
    for _ in 0..<60 {
      text += Array((words.randomElement(using: &generator)! + " ").unicodeScalars)
      if Int.random(in: 0..<4, using: &generator) == 0 { text.append("\n") }
    }
    var lexed = LexedText(string(text))
    for step in 0..<150 {
      edit(&text, words, &generator)
      lexed.update(to: string(text))
      expectSame(lexed, as: string(text), "seed \(seed), step \(step)")
    }
  }

  @Test("a part has the colours that it has within the whole", arguments: 0..<20 as Range<UInt64>)
  func sameColors(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var text = Array(Samples.tutorial.unicodeScalars)
    var lexed = LexedText(string(text))
    for step in 0..<60 {
      edit(&text, Self.words, &generator)
      lexed.update(to: string(text))
      let whole = LexedText(string(text)).highlights(in: 0..<Int.max)
      #expect(lexed.highlights(in: 0..<Int.max) == whole, "seed \(seed), step \(step)")
      let count = string(text).utf8.count
      let start = Int.random(in: 0...count, using: &generator)
      let part = start..<Int.random(in: start...count, using: &generator)
      #expect(
        lexed.highlights(in: part).filter { $0.range.overlaps(part) }
          == whole.filter { $0.range.overlaps(part) },
        "seed \(seed), step \(step), \(part)")
    }
  }

  @Test("a line more or less moves what follows")
  func moved() {
    var lexed = LexedText("let a = 1\nlet b = 2 // two\nf(b)")
    for text in [
      "let a = 1\n\nlet b = 2 // two\nf(b)", "let b = 2 // two\nf(b)", "", "f(b)", "\u{FEFF}f(b)",
      "/* \nf(b)", "\"\nf(b)",
      "func\nf(b)", "x.\nf(b)", "x\nf(b)",
    ] {
      lexed.update(to: text)
      expectSame(lexed, as: text, text)
      #expect(lexed.highlights(in: 0..<Int.max) == Highlighter.tokens(in: text))
    }
  }

  @Test("a key in a long text takes about as long as one in a short text")
  func costOfAKey() {
    func time(_ lines: Int) -> Duration {
      let text = (0..<lines).map { "let name\($0) = f(\"a \\($0)\", [1, 2]) // \($0)\n" }.joined()
      var lexed = LexedText(text)
      return (0..<50).map { round in
        let changed = text + String(repeating: "x", count: round + 1)
        let start = ContinuousClock.now
        lexed.update(to: changed)
        _ = lexed.highlights(in: text.utf8.count - 400..<changed.utf8.count)
        return ContinuousClock.now - start
      }.min()!
    }
    func wholeTime(_ lines: Int) -> Duration {
      let text = (0..<lines).map { "let name\($0) = f(\"a \\($0)\", [1, 2]) // \($0)\n" }.joined()
      return (0..<3).map { _ in ContinuousClock().measure { _ = Highlighter.tokens(in: text) } }.min()!
    }
    #expect(time(1_000) < wholeTime(1_000) / 3)
  }
}
