import Notebooks
import Testing

@testable import Console

struct CellParameterTests {
  private func set(_ texts: [String], in text: String) throws -> String? {
    var notebook = try CellsFile.parse(text, name: "a.cells")
    try CellParameter.set(texts.map { try #require(CellParameter($0)) }, in: &notebook)
    return notebook.codeCells.first?.source
  }

  @Test(arguments: [
    ("user=Ada", "let user = \"Ada\"\nvar n = 2 // two"),
    ("user=\"Ada\"", "let user = \"Ada\"\nvar n = 2 // two"),
    ("user=a \"b\" \\ c", "let user = \"a \\\"b\\\" \\\\ c\"\nvar n = 2 // two"),
    ("user=", "let user = \"\"\nvar n = 2 // two"),
    ("user=a=b", "let user = \"a=b\"\nvar n = 2 // two"),
    ("user=f(1)", "let user = \"f(1)\"\nvar n = 2 // two"),
    ("n=-5", "let user = f(\"x\")\nvar n = -5 // two"),
    ("n=1.5", "let user = f(\"x\")\nvar n = 1.5 // two"),
    ("n=250ms", "let user = f(\"x\")\nvar n = 250ms // two"),
    ("n=[1, 2]", "let user = f(\"x\")\nvar n = [1, 2] // two"),
    ("n=[\"a\": nil]", "let user = f(\"x\")\nvar n = [\"a\": nil] // two"),
    ("n=12 # rear", "let user = f(\"x\")\nvar n = \"12 # rear\" // two"),
    ("n=12 // rear", "let user = f(\"x\")\nvar n = \"12 // rear\" // two"),
    ("n= 12 ", "let user = f(\"x\")\nvar n = 12 // two"),
    ("n=true", "let user = f(\"x\")\nvar n = true // two"),
  ])
  func aValueTakesThePlaceOfTheOneThatIsDeclared(_ text: String, _ expected: String) throws {
    #expect(
      try set([text], in: "# %% 1 tags=[\"parameters\"]\nlet user = f(\"x\")\nvar n = 2 // two\n") == expected
    )
  }

  @Test func severalAreSetAndTheLastOfANameWins() throws {
    #expect(
      try set(["b=20", "a=10", "b=30"], in: "# %% 1 tags=[\"parameters\"]\nlet a = 1, b = 2\n")
        == "let a = 10, b = 30")
  }

  @Test func whatCannotBeSetSaysSo() throws {
    let problem = try #require(throws: CellParameter.Problem.self) {
      try set(["usr=1"], in: "# %% 4 tags=[\"parameters\"]\nlet user = 1\n")
    }
    #expect(problem.text == "cell [4] declares no \"usr\" to set; did you mean \"user\"?")
    let other = try #require(throws: CellParameter.Problem.self) {
      try set(["a=1"], in: "# %% 1\nlet a = 1\n")
    }
    #expect(other.text.hasPrefix("no cell is tagged \"parameters\""))
  }

  @Test(arguments: ["", "name", "=1"])
  func whatHasNoNameIsNoParameter(_ text: String) { #expect(CellParameter(text) == nil) }

  @Test func numbersOfCellsAreReadAsRanges() throws {
    let some = try #require(CellNumbers("1,4-6"))
    #expect((1...7).filter(some.contains) == [1, 4, 5, 6])
    for text in ["", "0", "5-3", "a", "1-", "-2", "1,,2", "1-2-3"] {
      #expect(CellNumbers(text) == nil, "\(text)")
    }
  }
}
