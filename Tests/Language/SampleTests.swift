import Testing

@testable import Language

@Suite("Whole programs")
struct SampleTests {
  @Test("parse and resolve without a diagnostic", arguments: Samples.all)
  func samples(_ text: String) {
    #expect(check(text) == [])
    #expect(Parser.parse(SourceText(cell: 1, text: text)).completeness == .complete)
  }

  @Test("no prefix that ends at a line end is invalid", arguments: Samples.all)
  func prefixes(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for count in 0...lines.count {
      let prefix = lines.prefix(count).joined(separator: "\n")
      for end in ["", "\n"] {
        let result = Parser.parse(SourceText(cell: 1, text: prefix + end))
        #expect(result.completeness != .invalid, "\(prefix)")
        #expect((result.completeness == .complete) == result.diagnostics.isEmpty, "\(prefix)")
      }
    }
  }

  @Test("the tutorial declares, reads and writes what it does")
  func dependencies() {
    let source = SourceText(cell: 1, text: Samples.tutorial)
    let resolution = Resolver.resolve(
      Parser.parse(source).program, source: source, globals: testGlobals())
    #expect(
      resolution.declared.mapValues(\.kind) == [
        "httpbin": .let, "remoteAdd": .function, "counter": .var, "loops": .var, "blocking": .var,
      ])
    #expect(resolution.writes.keys.sorted() == ["counter", "loops"])
    #expect(resolution.writes["counter"]?.isAtTopLevel == false)
    #expect(resolution.reads["after"]?.isAtTopLevel == true)
    #expect(resolution.reads["httpbin"]?.isAtTopLevel == false)
    #expect(resolution.reads["blocking"] != nil)
  }
}
