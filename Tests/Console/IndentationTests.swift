import Testing

@testable import Console

struct IndentationTests {
  private let hooks = Hooks(completeness: { text in
    if text.contains("let =") { return .invalid }
    let depth = text.count { $0 == "{" } - text.count { $0 == "}" }
    return depth > 0 ? .incomplete(indent: 4 * depth) : .complete
  })

  /// An error further up says nothing of the place where a line is added.
  @Test(arguments: [
    ("f {", 4), ("f { }", 0), ("let = 3", 0), ("let = 3\n    if a {", 8), ("let = 3\n        b", 8),
    ("let = 3\n    [ ", 8),
  ])
  func aLineIsIndented(behind text: String, by spaces: Int) {
    #expect(Indentation(hooks).behind(text.unicodeScalars.map(\.value)) == spaces)
  }
}
