import TestSupport
import Testing

@testable import Notebooks

/// Random files, made of what real ones and hostile ones are made of.
struct RandomFile {
  var generator: SeededGenerator

  private static let headers = [
    "", "", "# ---\n# jupyter:\n# ---\n\n", "#!/usr/bin/env routebook\n", "# about\n\n", "// about\n",
    "\n \n",
    "# ---\n# ---\n", "#!x\n# ---\n# a\n# ---\n# more\n", "let unmarked = 1\n\n", "# ---\n", "#> 1\n",
  ]
  private static let signs = [
    "# %%", "# %%", "#%%", "# %%%", "  # %%", "#\t%%", "# In[NUMBER]:", "# <codecell>",
  ]
  private static let titles = [
    "", "", " greeting", "  two  words ", " ünï\u{301}cødé 🧊", " a=b c", " [note]", " x==y", "\ttab",
    " 20240101",
  ]
  private static let metadata = [
    "", "", " tags=[\"slow\"]", " a=1 b={\"c\": [1, \"]\"]}", " k=\"v w\"  ", " bare=word", " t=[",
  ]
  private static let code = [
    "route \"/\" { 1 }", "", "  ", "\t", "# comment", "let s = \"🧊 ünï\"", "// %% no", "x\ry", "\"e\u{301}\"",
    "\u{2028}", "  #> indented", "##", "[1, 2]", "#> 1", "%%",
  ]
  private static let text = [
    "# words", "#", "#words", "", "  # indented", "# # Title", "#  two", "\t", "#> quote",
  ]
  private static let outputs = ["#> 1", "#>", "#>2", "#> 🧊", "#>  two"]

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

  mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }

  mutating func lines(_ choices: [String], _ counts: ClosedRange<Int>) -> String {
    (0..<Int.random(in: counts, using: &generator)).map { _ in pick(choices) + "\n" }.joined()
  }

  mutating func make() -> String {
    var file = chance(10) ? "\u{FEFF}" : ""
    file += pick(RandomFile.headers)
    var number = 0
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      number += Int.random(in: 1...3, using: &generator)
      let sign = pick(RandomFile.signs).replacing("NUMBER", with: chance(50) ? "\(number)" : " ")
      let isPercent = sign.hasSuffix("%")
      let isText = isPercent && chance(30)
      file += sign
      if isPercent {
        if chance(50) { file += " \(chance(3) ? 1 : number)" }
        file += pick(RandomFile.titles) + (isText ? " [markdown]" : "") + pick(RandomFile.metadata)
      }
      file += "\n"
      if isText {
        file += lines(RandomFile.text, 0...4)
      } else {
        file += lines(RandomFile.code.dropLast(chance(95) ? 2 : 0), 0...4)
        if chance(25) { file += lines(RandomFile.outputs, 1...3) }
      }
      file += lines(["", "", " "], 0...3)
    }
    if chance(20) { file = file.replacing("\n", with: "\r\n") }
    if chance(5) { file = file.replacing("\n\n", with: "\r\n\n") }
    if chance(20) { while file.utf8.last == 10 || file.utf8.last == 13 { file.unicodeScalars.removeLast() } }
    return file
  }
}

@Test("Every file that parses is written back byte for byte", arguments: 0..<8)
func roundTripIsIdentical(seed: Int) throws {
  var random = RandomFile(generator: SeededGenerator(seed: UInt64(seed)))
  var parsed = 0
  for _ in 0..<1000 {
    let file = random.make()
    guard let notebook = try? parse(file) else { continue }
    parsed += 1
    let written = try CellsFile.serialize(notebook)
    #expect(written.utf8.elementsEqual(file.utf8), "\(file.debugDescription) → \(written.debugDescription)")
  }
  #expect(parsed > 400, "most random files are to be good ones")
}

@Test("After any changes, what is written reads back as the same cells", arguments: 0..<8)
func changesReadBack(seed: Int) throws {
  var random = RandomFile(generator: SeededGenerator(seed: UInt64(1000 + seed)))
  var written = 0
  for _ in 0..<600 {
    let file = random.make()
    guard var notebook = try? parse(file) else { continue }
    for _ in 0..<Int.random(in: 1...5, using: &random.generator) { change(&notebook, &random) }
    guard let text = try? CellsFile.serialize(notebook) else {
      Issue.record("\(file.debugDescription) can't be written after changes")
      continue
    }
    let again = try parse(text)
    #expect(again.cells == notebook.cells, "\(file.debugDescription) → \(text.debugDescription)")
    #expect(try CellsFile.serialize(again).utf8.elementsEqual(text.utf8))
    written += 1
  }
  #expect(written > 200)
}

private func change(_ notebook: inout Notebook, _ random: inout RandomFile) {
  let numbers = notebook.cells.compactMap(\.number)
  let source = "let new = \(Int.random(in: 0...9, using: &random.generator))\n\n// 🧊"
  guard let number = numbers.randomElement(using: &random.generator) else {
    notebook.append(code: source)
    return
  }
  switch Int.random(in: 0..<8, using: &random.generator) {
  case 0: notebook.append(code: source, title: "new")
  case 1: _ = try? notebook.insert(Cell(source: source), at: Int.random(in: 0...4, using: &random.generator))
  case 2:
    _ = try? notebook.insert(
      Cell(kind: .markdown, source: "text\n\n  more\n"), at: Int.random(in: 0...4, using: &random.generator))
  case 3: _ = try? notebook.delete(number)
  case 4: try? notebook.move(number, to: .random(in: -1...numbers.count, using: &random.generator))
  case 5: try? notebook.move(number, to: .max)
  case 6: try? notebook.update(number) { if $0.kind == .code { $0.storedOutputs = ["1", "", " 🧊"] } }
  default:
    try? notebook.update(number) {
      $0.title = "changed"
      if $0.kind == .code { $0.source = source }
    }
  }
}

@Test("Random bytes never crash the reader, and what it accepts is written back", arguments: 0..<4)
func randomBytes(seed: Int) throws {
  var generator = SeededGenerator(seed: UInt64(seed))
  let alphabet = Array("#%> -[]In3:=\"{}\r\n\t mdx<codecell>".utf8) + [0xEF, 0xBB, 0xBF, 0xC3, 0xA9]
  for _ in 0..<4000 {
    let count = Int.random(in: 0...40, using: &generator)
    let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
    guard let notebook = try? CellsFile.parse(bytes: bytes, name: "x") else { continue }
    #expect(try CellsFile.serialize(notebook).utf8.elementsEqual(bytes), "\(bytes)")
  }
}
