import Glibc
import TestSupport
import Testing

@testable import Language

/// Takes a text through everything in this module.
private func exercise(_ text: String) {
  let source = SourceText(cell: 1, text: text)
  let result = Parser.parse(source)
  #expect(result.diagnostics.count <= Parser.diagnosticLimit)
  #expect((result.completeness == .complete) == result.diagnostics.isEmpty)
  for diagnostic in result.diagnostics {
    #expect(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.start >= 0)
    #expect(diagnostic.span.end <= max(source.byteCount, diagnostic.span.start))
  }
  let resolution = Resolver.resolve(result.program, source: source, globals: testGlobals())
  _ = DiagnosticRenderer(usesColor: true).render(result.diagnostics + resolution.diagnostics, in: source)
  checkHighlights(text)
}

private func checkHighlights(_ text: String) {
  var end = 0
  var isInOrder = true
  for highlight in Highlighter.tokens(in: text) {
    isInOrder = isInOrder && highlight.range.lowerBound >= end && !highlight.range.isEmpty
    end = highlight.range.upperBound
  }
  #expect(isInOrder && end <= text.utf8.count)
}

/// The seconds that this thread has computed.
private func threadTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

@Suite("Bad input")
struct RobustnessTests {
  private static let words = [
    "let", "var", "func", "if", "else", "guard", "while", "for", "in", "break", "continue", "return",
    "throw", "do", "catch", "defer", "await", "async", "nil", "true", "route", "html", "GET", "x", "y", "$0",
    "f", "`a", "1", "2.5", "3s", "0x", "9x", "\"", "\"\"\"", "\"a\"", "\"\\(", "\\(", "#\"", "\"#", "'", "“",
    "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "?.", "?", "=", "+=", "+", "-", "*", "/", "%", "==",
    "!=", "<", ">", "&&", "||", "??", "!", "...", "..<", "->", "++", "===", "&", "|", "=>", ":=", "..", "@",
    "\\", "//", "/*", "*/", "#", "\n", "\n", "\n", "\r\n", "\t", "é", "日本", "👩‍👩‍👧", "\u{0}", "\u{7F}",
    "\u{202E}", "\u{A0}", "\"/<a>/<int:b>\"", "and", "not", "elif", "def", "const", "++", "_",
  ]

  @Test("random words never crash anything", arguments: 0..<40)
  func soup(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<10 {
      let count = Int.random(in: 1...120, using: &generator)
      var text = ""
      for _ in 0..<count {
        text += Self.words.randomElement(using: &generator) ?? ""
        if Bool.random(using: &generator) { text += " " }
      }
      exercise(text)
    }
  }

  @Test("texts cut anywhere never crash anything", arguments: Samples.all)
  func truncated(_ text: String) {
    var offset = 0
    for index in text.indices {
      offset += 1
      if offset % 7 == 0 { exercise(String(text[..<index])) }
    }
  }

  @Test("texts with a word changed never crash anything", arguments: 0..<10)
  func mutated(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    for sample in Samples.all {
      for _ in 0..<10 {
        var text = Array(sample)
        for _ in 0..<3 {
          let place = Int.random(in: 0..<text.count, using: &generator)
          text[place] = Character(Self.words.filter { $0.count == 1 }.randomElement(using: &generator) ?? " ")
        }
        exercise(String(text))
      }
    }
  }

  @Test(
    "nesting is bounded, however deep it is",
    arguments: [
      "(", "[", "{", "f {", "f { x in ", "!", "- ", "await ", "async ", "a ? ", "a ? b : ", "a ?? ", "f(",
      "a[",
      "\"\\(", "\"\"\"\n\\(", "if a { ", "if a { } else ", "x = if a { ", "do { ", "func f() { ", "async { ",
      "route \"/\" { ", "for x in xs { ", "defer { ", "[1: ", "not ", "func f(a = {", "if (",
      "{a: ", "{ \"a\": [", "{...a, b: ", "[...[", "try { ", "try? ", "html html ", "function (x) { ",
      "a if b else ", "f?(", "async def f(a) { ", "f\"\\(",
    ])
  func nesting(_ unit: String) async throws {
    try await onOwnThread {
      let text = String(repeating: unit, count: min(100_000, Parser.textLimit / unit.utf8.count))
      let result = Parser.parse(SourceText(cell: 1, text: text))
      #expect(result.completeness == .invalid)
      #expect(result.diagnostics.contains { $0.message.hasPrefix("this is nested too deeply") })
    }
  }

  @Test(
    "nesting within the bound is read",
    arguments: [
      ("(", "1", ")"), ("[", "1", "]"), ("f {", "1", "}"), ("do {", "1", "}"), ("if a {", "1", "}"),
      ("-(", "1", ")"),
    ])
  func deepButFine(_ open: String, _ inner: String, _ close: String) async throws {
    try await onOwnThread {
      let depth = 120
      let text = String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
      #expect(check(text) == [])
    }
  }

  @Test(
    "chains are bounded, however long they are",
    arguments: ["1 + ", "a.b", ".c", "(1)", "[1]", " * 2", " && a", "?.b", " { }", ".f { }"])
  func chains(_ unit: String) async throws {
    try await onOwnThread {
      let start = unit.hasPrefix("1") ? "" : "a"
      let text = start + String(repeating: unit, count: 100_000) + (unit.hasSuffix(" ") ? "1" : "")
      let diagnostics = Parser.parse(SourceText(cell: 1, text: text)).diagnostics
      #expect(diagnostics.count == 1)
      #expect(diagnostics.first?.message.hasPrefix("this expression has too many parts in a row") == true)
    }
  }

  @Test("chains in the first part of chains count too")
  func chainsInChains() async throws {
    try await onOwnThread {
      var text = "1"
      for _ in 0..<30 { text = "(" + text + String(repeating: " + 1", count: 20) + ")" }
      #expect(check(text).first?.hasPrefix("this expression has too many parts in a row") == true)
      let fine = "1" + String(repeating: " + (1 + 1 + 1)", count: 400)
      #expect(check(fine) == [])
    }
  }

  @Test("a text over 1 MiB is not parsed")
  func tooLong() {
    let text = String(repeating: " ", count: Parser.textLimit + 1)
    let result = Parser.parse(SourceText(cell: 1, text: text))
    #expect(result.diagnostics.map(\.message) == ["a text has at most 1 MiB"])
    #expect(result.completeness == .invalid)
    #expect(Parser.parse(SourceText(cell: 1, text: String(text.dropLast()))).completeness == .complete)
  }

  @Test(
    "large texts take time in proportion to their length",
    // Most of it is the wait for one of the threads.
    .timeLimit(.minutes(15)),
    arguments: [
      "let x = 1 + f(2, [3, 4])\n", "\"\\(a)\"\n", "x = [1]; ", "[1],", "}", ")", "f(]\n", "let = 3\n", "'",
      "\"",
      "#\"", "\"\"\"\n\\(a)\n\"\"\"\n", "# comment\n", "/* ", "$0 ", "a b\n", "unknown1 = 2\n", "\\", "###\"",
      "é",
      "{ a, b, c, ", "{ (x, y) in x }\n", "route GET \"/<a>\" { a }\n", "if a { } else { }\n", "f { $0 }\n",
      "func f(a, b) { a + b }\n", "\"\\q\"\n", "[1\n", "f([\n1\n2\n],\n", "`", "`a ${", "x: [\n",
      "a, ", "a, b = 1, 2\n", "switch (a", "[...a, ", "1 if a else 2\n", "f?(1)\n", "{a: 1},\n",
      "function(a, b) ",
      "let x =\n",
    ])
  func largeTexts(_ unit: String) async throws {
    try await onOwnThread {
      let start = threadTime()
      let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
      exercise(text)
      exercise("let s = \"\"\"\n" + text)
      #expect(threadTime() - start < 30)
    }
  }

  @Test("at most 20 errors and 20 warnings are told")
  func manyErrors() {
    #expect(check(String(repeating: "let = 3\n", count: 100)).count == 20)
    #expect(check((0..<100).map { "unknown\($0)()" }.joined(separator: "\n")).count == 20)
  }

  @Test("a list without any comma is read once, however long it is")
  func listsWithoutCommas() async throws {
    try await onOwnThread {
      let start = threadTime()
      let lines = String(repeating: "1\n", count: 20_000)
      // An error before them keeps those of the commas from being told, but not from being looked for.
      for text in ["[\n\(lines)]", "['\n\(lines)]", "[\n\(lines)", "f(\n\(lines)]"] {
        let result = Parser.parse(SourceText(cell: 1, text: text))
        #expect(result.completeness != .complete)
        #expect(result.diagnostics.count <= Parser.diagnosticLimit)
      }
      let rows = String(repeating: "[\n1\n2\n]\n", count: 4_000)
      #expect(check("[\n\(rows)]").count == Parser.diagnosticLimit)
      #expect(threadTime() - start < 10)
    }
  }
}
