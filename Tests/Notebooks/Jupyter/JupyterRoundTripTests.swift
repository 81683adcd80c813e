import Foundation
import TestSupport
import Testing

@testable import Notebooks

private func throughJupyter(_ notebook: Notebook) throws -> Notebook {
  try readJupyter(try JupyterNotebook.serialize(notebook)).notebook
}

@Test("Any cells file is the same notebook after a way through Jupyter's format", arguments: 0..<8)
func cellsThroughJupyter(seed: Int) throws {
  var random = RandomFile(generator: SeededGenerator(seed: UInt64(500 + seed)))
  var compared = 0
  for _ in 0..<500 {
    let file = random.make()
    guard let notebook = try? parse(file) else { continue }
    let again = try throughJupyter(notebook)
    #expect(again.cells == notebook.cells, "\(file.debugDescription)")
    #expect(again.header.hasSameBytes(as: notebook.header))
    #expect(try parse(CellsFile.serialize(again)).cells == notebook.cells, "\(file.debugDescription)")
    compared += 1
  }
  #expect(compared > 200)
}

@Test("A cells file in its usual form comes back byte for byte", arguments: 0..<4)
func usualFormThroughJupyter(seed: Int) throws {
  var random = PlainNotebooks(generator: SeededGenerator(seed: UInt64(seed)))
  for _ in 0..<300 {
    // Written once from nothing but what it means, it is in its usual form.
    let notebook = try parse(random.make())
    let usual = try CellsFile.serialize(throughJupyter(notebook))
    let again = try CellsFile.serialize(throughJupyter(parse(usual)))
    #expect(again.utf8.elementsEqual(usual.utf8), "\(usual.debugDescription) → \(again.debugDescription)")
  }
}

@Test("Every notebook of ours comes back byte for byte")
func ourNotebooksThroughJupyter() throws {
  let text = try String(contentsOfFile: BuiltProgram.packageFolder + "/cells/tutorial.cells", encoding: .utf8)
  #expect(try CellsFile.serialize(throughJupyter(parse(text))) == text)
}

/// Random notebooks as front ends write them, and a little worse.
private struct RandomJupyter {
  var generator: SeededGenerator

  private static let notebookMetadata = [
    #""kernelspec": {"name": "python3", "language": "python"}"#,
    #""language_info": {"name": "routebook", "x": 1}"#,
    #""kernelspec": {"name": "routebook"}, "language_info": {"name": "routebook"}"#,
  ]
  private static let sources = [
    #""a""#, #"["a\n", "b\n", "\n"]"#, #""""#, #""é 🧊\r\n x""#, #""same""#, #""same""#,
  ]
  private static let metadata = [
    "", #""tags": ["slow"]"#, #""title": "a title", "k": null"#, #""@a/b": 1.50, "k": 1.50"#,
    #""title": "c a=b""#,
    #""collapsed": true, "execution": {"x": "y"}"#, #""jupyter": {"source_hidden": true}"#,
  ]
  private static let outputs = [
    "", #"{"output_type": "stream", "name": "stderr", "text": ["\u001b[31mx\n", "y"]}"#,
    #"{"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGk=", "application/json": {"a": 1.0}}}"#,
    #"{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a"]}"#,
  ]
  private static let attachments = ["{}", #"{"a.png": {"image/png": "aGk="}}"#]

  private mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int.random(in: 0..<choices.count, using: &generator)]
  }

  mutating func make() -> String {
    let cells = (0..<Int.random(in: 0...7, using: &generator)).map { cell($0) }.joined(separator: ", ")
    let metadata = #"{"authors": [1.0], \#(pick(Self.notebookMetadata))}"#
    return
      #"{"cells": [\#(cells)], "metadata": \#(metadata), "nbformat": 4, "nbformat_minor": 5, "odd": [1E5, NaN]}"#
  }

  private mutating func cell(_ place: Int) -> String {
    let kind = pick(["code", "code", "markdown", "raw"])
    var members = [
      #""cell_type": "\#(kind)""#, #""id": "\#(place)-\#(pick(Array(0..<500)))""#,
      #""source": \#(pick(Self.sources))"#, #""metadata": {\#(pick(Self.metadata))}"#,
    ]
    if kind == "code" {
      members.append(#""execution_count": \#(pick(["null", "3", "12"]))"#)
      members.append(#""outputs": [\#(pick(Self.outputs))]"#)
    } else if kind == "markdown" {
      members.append(#""attachments": \#(pick(Self.attachments))"#)
    }
    return "{\(members.joined(separator: ", "))}"
  }
}

/// The notebook without what we note in it.
private func withoutOurs(_ text: String, isForRoutebook: Bool) throws -> JSON {
  func stripped(_ object: JSONObject) -> JSONObject {
    var object = object
    object["routebook"] = nil
    return object
  }
  var root = try #require(try JSONReader.read(Array(text.utf8)).object)
  var metadata = stripped(root["metadata"]?.object ?? JSONObject())
  if isForRoutebook {
    metadata["kernelspec"] = nil
    metadata["language_info"] = nil
  }
  root["metadata"] = .object(metadata)
  guard case .array(let cells)? = root["cells"] else { return .null }
  root["cells"] = .array(
    cells.compactMap(\.object).map { cell in
      var cell = cell
      cell["metadata"] = .object(stripped(cell["metadata"]?.object ?? JSONObject()))
      return .object(cell)
    })
  return .object(root)
}

@Test("Through a cells file and back over itself, a Jupyter notebook keeps all that it has", arguments: 0..<6)
func jupyterThroughCells(seed: Int) throws {
  var random = RandomJupyter(generator: SeededGenerator(seed: UInt64(seed)))
  for _ in 0..<300 {
    let text = random.make()
    let contents = try readJupyter(text)
    let cells = try CellsFile.serialize(contents.notebook)
    let written = try JupyterNotebook.serialize(parse(cells), updating: Array(text.utf8), name: "x")
    let isForRoutebook = contents.foreignLanguage == nil
    #expect(
      try withoutOurs(written, isForRoutebook: isForRoutebook)
        == withoutOurs(text, isForRoutebook: isForRoutebook),
      "\(text)\n→ \(written)")
    // Once it has our numbers, nothing changes any more.
    #expect(try JupyterNotebook.serialize(parse(cells), updating: Array(written.utf8)) == written)
    #expect(
      try JupyterNotebook.serialize(readJupyter(written).notebook, updating: Array(written.utf8)) == written)
  }
}

@Test("Changed and cut notebooks are read or refused and never crash", arguments: 0..<4)
func hostileJupyter(seed: Int) throws {
  var random = RandomJupyter(generator: SeededGenerator(seed: UInt64(100 + seed)))
  let replacements = [
    "null", "3", "\"x\"", "[]", "{}", "[[]]", "true", "-1e99", "\"\\ud800\"", "{\"number\": 1}",
  ]
  var read = 0
  var refused = 0
  for _ in 0..<1500 {
    var text = random.make()
    // Puts something else in the place of a value.
    let places = text.matches(of: /: ("[^"]*"|null|\[\]|\d+)/)
    if let place = places.randomElement(using: &random.generator) {
      text.replaceSubrange(
        place.1.startIndex..<place.1.endIndex, with: replacements.randomElement(using: &random.generator)!)
    }
    guard let notebook = try? readJupyter(text).notebook else {
      refused += 1
      continue
    }
    read += 1
    let written = try JupyterNotebook.serialize(notebook, updating: Array(text.utf8))
    #expect(try readJupyter(written).notebook.cells == notebook.cells, "\(text)")
  }
  #expect(read > 200 && refused > 200)
}

/// What we write is valid to Jupyter, and in its own layout.
@Suite(.enabled(if: JupyterTools.python != nil, JupyterTools.missing))
struct NbformatAgreementTests {
  private func validate(_ texts: [String]) async throws {
    try #require(!texts.isEmpty)
    for (text, again) in zip(
      texts, try await JupyterTools.run("validate_with_nbformat.py", texts, as: String?.self))
    {
      #expect(again?.utf8.elementsEqual(text.utf8) == true, "\(text.prefix(2000)) → \(again ?? "invalid")")
    }
  }

  @Test func whatWeWriteIsValidAndInItsLayout() async throws {
    var random = RandomFile(generator: SeededGenerator(seed: 77))
    let files = (0..<500).map { _ in random.make() }
    let tutorial = try String(
      contentsOfFile: BuiltProgram.packageFolder + "/cells/tutorial.cells", encoding: .utf8)
    let texts = try (files + [tutorial]).compactMap { try? parse($0) }.map {
      try JupyterNotebook.serialize($0)
    }
    #expect(texts.count > 200)
    try await validate(texts)
  }

  @Test func valuesThatJupyterRefusesStandOnlyInTheTextOfTheMarkerLine() async throws {
    let values = [
      #"tags=["slow", "slow"]"#, #"tags=["a,b", "", 1, "ok"]"#, #"tags="x""#, "tags=[1]", "tags=[]", "tags=x",
      #"name="""#, #"name="a\nb""#, "name=3", #"name="fine""#, "jupyter=1",
      #"jupyter={"source_hidden": true}"#,
      #"collapsed="x""#, "collapsed=true", "scrolled=3", #"scrolled="auto""#, "execution=3",
      #"execution={"a": 1}"#, #"execution={"a": "b"}"#, "format=3", #"format="text/html""#,
    ]
    var texts: [String] = []
    for kind in ["", "[markdown] ", "[raw] "] {
      for value in values {
        let notebook = try parse("# %% 1 a \(kind)\(value)\n# 1\n")
        try #require(notebook.cells[0].metadata.count == 1)
        texts.append(try JupyterNotebook.serialize(notebook))
        #expect(try throughJupyter(notebook).cells == notebook.cells, "\(kind)\(value)")
      }
    }
    try await validate(texts)
    #expect(texts[0].contains("\"slow\"\n") && texts[1].contains("[\n     \"ok\"\n    ]"))
  }

  @Test func notebooksOfOlderVersionsAreValidOnceWeHaveWrittenThem() async throws {
    let cells =
      #"{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": ["a"], "metadata": {}}"#
    let texts = try (0...5).map { minor in
      let old = #"{"cells": [\#(cells)], "nbformat": 4, "nbformat_minor": \#(minor)}"#
      return try JupyterNotebook.serialize(readJupyter(old).notebook, updating: Array(old.utf8))
    }
    // Jupyter splits every source into its lines; what nobody changed we leave.
    try await validate(
      texts.map { $0.replacing("\"source\": \"1\"", with: "\"source\": [\n    \"1\"\n   ]") })
  }
}
