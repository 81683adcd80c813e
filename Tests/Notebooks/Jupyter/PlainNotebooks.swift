import TestSupport

/// Random cells files of what every reader of the percent format agrees on.
struct PlainNotebooks {
  var generator: SeededGenerator

  private static let headers = [
    "",
    "# ---\n# jupyter:\n#   kernelspec: {display_name: Routebook, language: routebook, name: routebook}\n# ---\n\n",
  ]
  private static let titles = ["", "", " greeting", " two words", " ünï 🧊", " v1.2", " (see below)"]
  private static let values = [
    "", "", "", " tags=[\"slow\"]", " a=1 b={\"c\": [1, \"]\"], \"d\": null}", " k=\"v w\"", " x=true y=-1.5",
  ]
  private static let code = [
    "route \"/\" { 1 }", "// comment", "let s = \"🧊 ünï\"", "", "  indented", "#comment", "x.map { $0 + 1 }",
    "\"\"\"one\"\"\"",
  ]
  private static let text = ["# words", "#", "# # Title", "#   indented", "# - item", "# ünï 🧊"]

  private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }
  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }

  mutating func make() -> String {
    var file = pick(Self.headers)
    var number = 0
    let isNumbered = chance(80)
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      number += Int.random(in: 1...3, using: &generator)
      let kind = ["", "", " [markdown]", " [raw]"].randomElement(using: &generator) ?? ""
      file +=
        "# %%" + (isNumbered && kind.isEmpty ? " \(number)" : "") + pick(Self.titles) + kind
        + pick(Self.values)
      file += "\n"
      // Text at both ends: what is blank there belongs to no cell.
      let lines = kind.isEmpty ? Self.code : Self.text
      let ends = kind.isEmpty ? ["let a = 1", "a"] : ["# first", "# last"]
      file += ends[0] + "\n"
      for _ in 0..<Int.random(in: 0...4, using: &generator) { file += pick(lines) + "\n" }
      file += ends[1] + "\n"
      if kind.isEmpty, chance(25) { file += "#> 1\n#>\n#> two words\n" }
      file += "\n"
    }
    file.removeLast()
    return file
  }
}
