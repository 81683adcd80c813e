import Language
import Testing

@testable import KernelCore

/// What a notebook is found to have wrong before any of it has run.
struct NotebookCheckTests {
  /// For each cell its diagnostics: severity, message, the marked text, help.
  private func check(_ cells: String...) throws -> [[String]] {
    let kernel = try KernelHandle(KernelConfiguration()) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    let sources = cells.enumerated().map { SourceText(cell: $0.offset + 1, text: $0.element) }
    return zip(sources, kernel.check(sources)).map { source, cell in
      cell.diagnostics.map { found in
        "\(found.severity): \(found.message) [\(source.slice(found.span))]"
          + (found.help.map { " — \($0)" } ?? "")
      }
    }
  }

  @Test func namesOfEarlierCellsAndOfTheProgramAreKnown() throws {
    #expect(
      try check("let x = 1\nfunc twice(n) { n * 2 }", "print(twice(x), _, Out[1])\nroute \"/\" { get(x) }")
        == [
          [], [],
        ])
  }

  @Test func aFunctionMayUseWhatACellFurtherDownDeclares() throws {
    #expect(try check("route \"/\" { count += step; count }", "var count = 0\nlet step = 2") == [[], []])
  }

  @Test func aCellMayNotUseItsOwnVariableBeforeItHasAValue() throws {
    let help = " — declare it above its first use"
    #expect(
      try check(
        "print(a)\nlet a = 1", "let b = b", "let c = a\nf()\nlet a = c\nfunc f() { 1 }",
        "[1].map { d }\nlet d = 2", "let n = { n(1) }\nn", "let m = { m(1) }")
        == [
          ["error: \"a\" is used before it is declared [a]\(help)"],
          ["error: \"b\" is used before it is declared [b]\(help)"],
          ["warning: \"a\" of cell [1] is replaced by this one [a] — give one of them another name"],
          [], [], [],
        ])
  }

  @Test func aCellItselfMayNotUseWhatACellFurtherDownDeclares() throws {
    #expect(
      try check("let y = x + 1", "1", "let x = 1", "let x = 2") == [
        [
          "error: \"x\" is not defined yet: cell [3], further down, declares it [x]"
            + " — move that cell up, or this one down"
        ], [], [], ["warning: \"x\" of cell [3] is replaced by this one [x] — give one of them another name"],
      ])
  }

  @Test func aNameThatTwoCellsDeclareIsToldOfTheLater() throws {
    #expect(
      try check("let a = 1\nfunc f() { 1 }", "func f() { a }", "a + f()", "let d = 1") == [
        [], ["warning: \"f\" of cell [1] is replaced by this one [f] — give one of them another name"], [],
        [],
      ])
  }

  @Test func aNameThatNobodyDefinesIsAnErrorInAFunctionToo() throws {
    #expect(
      try check("route \"/\" { cuont }", "let count = 1", "func f() { len([1]) }", "[colour: 1]") == [
        ["error: \"cuont\" is not defined [cuont] — did you mean \"count\"?"], [],
        ["error: \"len\" is not defined [len] — write xs.count"],
        [
          "error: \"colour\" is not defined [colour] — a key that is a text stands in quotes: write \"colour\""
        ],
      ])
  }

  @Test func whatIsConstantInAnEarlierCellCannotBeAssigned() throws {
    #expect(
      try check("let x = 1", "x = 2") == [
        [], ["error: cannot assign to \"x\" [x] — declare it with var"],
      ])
  }

  @Test func patternsAreChecked() throws {
    #expect(
      try check("route \"/<itn:n>\" { n }") == [
        [
          "error: there is no converter \"itn\": there are string, int, float, path, uuid, any [itn]"
            + " — did you mean \"int\"?"
        ]
      ])
  }

  @Test func ofACellThatCannotBeReadTheNamesAreKnownAsFarAsTheyGo() throws {
    let found = try check("let good = 1\nlet bad = = 2", "good")
    #expect(found[0].count == 1)
    #expect(found[1] == [])
    #expect(try check("let bad = = 2", "bad")[1] == [])
  }

  @Test func patternsAndNamesAreToldTogether() throws {
    #expect(
      try check("route \"/<foo:a>\" { b }")[0].map { $0.prefix { $0 != "[" } } == [
        "error: there is no converter \"foo\": there are string, int, float, path, uuid, any ",
        "error: \"b\" is not defined ",
      ])
  }

  @Test func whereCellsAreToComeAnUnknownNameIsAWarning() throws {
    let kernel = try KernelHandle(KernelConfiguration()) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    let found = kernel.check(
      [SourceText(cell: 1, text: "route \"/x\" { zz }")], isWhole: false, keepsPrograms: true)
    #expect(found[0].diagnostics.map(\.severity) == [.warning])
    #expect(found[0].program != nil)
  }

  @Test func nothingRuns() throws {
    let sources = [SourceText(cell: 1, text: "print(1)\nlisten(\"tcp:0\")")]
    let kernel = try KernelHandle(KernelConfiguration()) { Issue.record("\($0)") }
    defer { kernel.shutDown(grace: .zero) }
    #expect(kernel.check(sources, keepsPrograms: true).map { $0.program != nil } == [true])
    #expect(kernel.addresses() == [])
  }

  @Test func aThousandCellsThatNameEachOtherTakeNoQuadraticTime() throws {
    let cells = (1...3_000).map {
      SourceText(cell: $0, text: "func f\($0)() { f\($0 % 3_000 + 1)() }\nf\($0)")
    }
    let kernel = try KernelHandle(KernelConfiguration()) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    let clock = ContinuousClock()
    let few = clock.measure { _ = kernel.check(Array(cells.prefix(300))) }
    var found: [CheckedCell] = []
    let many = clock.measure { found = kernel.check(cells, keepsPrograms: true) }
    #expect(found.allSatisfy { $0.program != nil })
    #expect(many < few * 40 + .seconds(1))
  }
}
