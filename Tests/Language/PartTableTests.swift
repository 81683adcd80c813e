import Testing

@testable import Language

/// What failures look up: where the parts of an instruction stand.
@Suite("Parts of instructions")
struct PartTableTests {
  @Test("gives the parts of the instructions that have some, and none of the others")
  func lookup() {
    var table = PartTable()
    #expect(table[0].isEmpty)
    table.append([InstructionPart(value: Span(1, 2))], for: 3)
    table.append([], for: 4)
    let two = [InstructionPart(mark: Span(4, 5), value: Span(6, 7)), InstructionPart(value: Span(8, 9))]
    table.append(two, for: 7)
    table.append([InstructionPart(value: Span(10, 11))], for: 8)
    #expect(Array(table[3]) == [InstructionPart(value: Span(1, 2))])
    #expect(Array(table[7]) == two)
    #expect(Array(table[8]) == [InstructionPart(value: Span(10, 11))])
    for number in [0, 2, 4, 6, 9, -1, 1_000] { #expect(table[number].isEmpty, "\(number)") }
  }

  @Test("an instruction that took the place of another keeps what was noted first")
  func repeated() {
    var table = PartTable()
    table.append([InstructionPart(value: Span(1, 2))], for: 5)
    table.append([InstructionPart(value: Span(3, 4))], for: 5)
    table.append([InstructionPart(value: Span(3, 4))], for: 2)
    #expect(Array(table[5]) == [InstructionPart(value: Span(1, 2))])
    #expect(table[2].isEmpty)
  }

  @Test(
    "calls and operators have their parts in the order of the text",
    arguments: [
      ("f(1, b: x + 2)", [["1", "b|x + 2"], ["x", "+|2"]]),
      ("x.map { $0 }", [["{ $0 }"]]),
      ("a > b", [["a", ">|b"]]),
      ("if a >= b { }", [["a", ">=|b"]]),
      ("x += y", [["x", "+=|y"]]),
      ("xs[x] = y", [["xs", "x", "y"]]),
      ("-x", [["x"]]),
      ("a...b", [["a", "b"]]),
      ("[x: 1, y: 2]", [["x", "y"]]),
    ])
  func compiled(_ text: String, _ expected: [[String]]) throws {
    let source = SourceText(cell: 1, text: text)
    let parsed = Parser.parse(source)
    _ = Resolver.resolve(parsed.program, source: source, globals: testGlobals())
    let main = try Compiler.compile(parsed.program, source: source).main
    let parts = main.code.indices.map { main.parts[$0] }.filter { !$0.isEmpty }
    let written = parts.map { part in
      part.map { ($0.mark.map { source.slice($0) + "|" } ?? "") + source.slice($0.value) }
    }
    #expect(Set(written) == Set(expected))
    #expect(written.count == expected.count)
  }
}
