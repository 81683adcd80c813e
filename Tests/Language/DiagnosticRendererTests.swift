import Testing

@testable import Language

@Suite("Rendering diagnostics")
struct DiagnosticRendererTests {
  private func render(_ text: String, _ diagnostic: Diagnostic, width: Int = 100, color: Bool = false)
    -> String
  {
    DiagnosticRenderer(usesColor: color, lineWidth: width).render(
      diagnostic, in: SourceText(cell: 5, text: text))
  }

  @Test("shows place, line, carets, notes and help")
  func whole() {
    let source = SourceText(cell: 5, text: "let x = 3\n\nfunc f() {\n    x = 4\n}")
    let resolution = Resolver.resolve(
      Parser.parse(source).program, source: source, globals: GlobalScope())
    #expect(
      DiagnosticRenderer().render(resolution.diagnostics, in: source) == """
        error: cannot assign to "x"
          cell [5], line 4
          4 |     x = 4
            |     ^
          note: declared here with let
          1 | let x = 3
            |     ^
          help: declare it with var
        """)
  }

  @Test("numbers are set in one column")
  func gutter() {
    let text = "a" + String(repeating: "\n", count: 9) + "b\n"
    let diagnostic = Diagnostic(
      .error, "wrong", at: Span(10, 11), notes: [.init("since", Span(0, 0)), .init("and so")])
    #expect(
      render(text, diagnostic) == """
        error: wrong
          cell [5], line 10
          10 | b
             | ^
          note: since
           1 | a
             | ^
          note: and so
        """)
  }

  @Test(
    "carets stand under what a terminal shows",
    arguments: [
      ("\tx = 1", Span(1, 2), "    x = 1", "    ^"), ("a\tb", Span(2, 3), "a   b", "    ^"),
      ("a\tb", Span(1, 2), "a   b", " ^^^"), ("日本 = x", Span(9, 10), "日本 = x", "       ^"),
      ("日本 = x", Span(0, 6), "日本 = x", "^^^^"), ("é = x", Span(5, 6), "é = x", "    ^"),
      ("e\u{301} = x", Span(6, 7), "e\u{301} = x", "    ^"), ("👩‍👩‍👧 x", Span(19, 20), "👩‍👩‍👧 x", "   ^"),
      ("\u{1B}[31m x", Span(6, 7), "␛[31m x", "      ^"), ("\u{7F}\u{0}", Span(1, 2), "␡␀", " ^"),
      ("a \u{202E} b", Span(6, 7), "a \\u{202E} b", "           ^"), ("ab", Span(2, 2), "ab", "  ^"),
      ("ab", Span(0, 2), "ab", "^^"), ("ab\r\ncd", Span(1, 5), "ab", " ^"), ("", Span(0, 0), "", "^"),
    ])
  func carets(_ text: String, _ span: Span, _ line: String, _ carets: String) {
    #expect(
      render(text, Diagnostic(.error, "m", at: span)).split(separator: "\n", omittingEmptySubsequences: false)
        .dropFirst(2)
        .joined(separator: "\n") == "  1 |\(line.isEmpty ? "" : " ")\(line)\n    | \(carets)")
  }

  @Test("a long line is cut around the place")
  func longLine() {
    let text = String(repeating: "a", count: 50) + "XY" + String(repeating: "b", count: 50)
    let lines = render(text, Diagnostic(.error, "m", at: Span(50, 52)), width: 22).split(separator: "\n")
    #expect(lines[2] == "  1 | …aaaaaaaaaXYbbbbbbbbb…")
    #expect(lines[3] == "    |           ^^")
    let start = render(text, Diagnostic(.error, "m", at: Span(0, 1)), width: 22).split(separator: "\n")
    #expect(start[2] == "  1 | " + String(repeating: "a", count: 20) + "…")
    let whole = render(text, Diagnostic(.error, "m", at: Span(0, 102)), width: 22).split(separator: "\n")
    #expect(whole[3] == "    | " + String(repeating: "^", count: 20))
  }

  @Test("a very long line costs no more than it shows")
  func veryLongLine() {
    let text = String(repeating: "日", count: 300_000) + "X"
    let lines = render(text, Diagnostic(.error, "m", at: Span(900_000, 900_001)), width: 22).split(
      separator: "\n")
    #expect(lines[2] == "  1 | …" + String(repeating: "日", count: 9) + "X")
    #expect(lines[3].hasSuffix("^"))
  }

  @Test("colours only when asked, and never lets the text write to the terminal")
  func colors() {
    let diagnostic = Diagnostic(.warning, "bad \u{1B}[0m", at: Span(0, 1), help: "write\u{7}")
    let plain = render("\u{1B}x", diagnostic)
    #expect(!plain.contains("\u{1B}") && !plain.contains("\u{7}"))
    let colored = render("ax", diagnostic, color: true)
    #expect(colored.contains("\u{1B}[1;33mwarning:\u{1B}[0m"))
    #expect(colored.contains("\u{1B}[1;33m^\u{1B}[0m"))
    #expect(colored.contains("bad ␛[0m"))
  }

  @Test("spans outside the text are drawn at its end")
  func outside() {
    #expect(render("ab", Diagnostic(.error, "m", at: Span(90, 95))).hasSuffix("  1 | ab\n    |   ^"))
  }

  @Test("positions count lines and characters")
  func positions() {
    let source = SourceText(name: "prelude", text: "日本x\nab\r\nc")
    #expect(source.position(of: 6) == (1, 3))
    #expect(source.position(of: 8) == (2, 1))
    #expect(source.position(of: 12) == (3, 1))
    #expect(source.lineCount == 3)
    #expect(source.line(2) == "ab")
    #expect(source.lineStart(3) == 12)
    #expect(source.lineNumber(of: 100) == 3)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  @Test(
    "finds what was meant",
    arguments: [
      ("uppercase", "uppercased"), ("lenght", "length"), ("Count", "count"), ("cuont", "count"),
      ("GTE", "GET"),
      ("xyz", nil), ("a", nil), ("A", "a"), ("conut", "count"), ("", nil), ("pront", "print"),
    ] as [(String, String?)])
  func nearest(_ written: String, _ meant: String?) {
    let names = ["uppercased", "lowercased", "count", "length", "GET", "PUT", "print", "a", "b", "COUNTRY"]
    #expect(Suggestion.nearest(to: written, among: names) == meant)
  }

  @Test("prefers the same case, then the alphabet, and never the name itself")
  func ties() {
    #expect(Suggestion.nearest(to: "Item", among: ["ITEM", "item"]) == "item")
    #expect(Suggestion.nearest(to: "cat1", among: ["cat3", "cat2"]) == "cat2")
    #expect(Suggestion.nearest(to: "count", among: ["count"]) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "x", count: 1_000), among: ["x"]) == nil)
  }

  @Test("counts insertions, removals, replacements and swaps")
  func distance() {
    #expect(Suggestion.editDistance(Array("kitten"), Array("sitting")) == 3)
    #expect(Suggestion.editDistance(Array("ab"), Array("ba")) == 1)
    #expect(Suggestion.editDistance(Array(""), Array("abc")) == 3)
  }
}
