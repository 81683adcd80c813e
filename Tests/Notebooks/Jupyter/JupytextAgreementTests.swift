import Foundation
import TestSupport
import Testing

@testable import Notebooks

/// jupytext reads our files as we do, and we read what it writes of them. Where it differs by design, which the guide
/// lists, just that is tested.
@Suite(.enabled(if: JupyterTools.python != nil, JupyterTools.missing))
struct JupytextAgreementTests {
  /// What jupytext says of a text.
  private struct Reading: Decodable, Sendable {
    struct Cell: Decodable, Sendable {
      let type: String
      let source: String
      let metadata: [String: AnyJSON]
    }
    let cells: [Cell]
    let written: String
  }

  private func ask(_ texts: [String]) async throws -> [Reading] {
    try await JupyterTools.run("read_with_jupytext.py", texts, as: Reading.self)
  }

  private static let files: [URL] = {
    let package = URL(filePath: BuiltProgram.packageFolder)
    return ["Tests/Golden/cells", "cells"].flatMap { name in
      let folder = package.appending(path: name)
      return (FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".cells") }.sorted().map { folder.appending(path: $0) }
    }
  }()

  /// A cell of ours in jupytext's words: its number begins its title, and its stored outputs end its source.
  private static func inItsWords(_ cell: Cell) -> Reading.Cell {
    let label = [cell.written?.isNumbered == true ? cell.number.map(String.init) : nil, cell.title]
    let title = label.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    var metadata: [String: AnyJSON] = title.isEmpty ? [:] : ["title": AnyJSON(.string(title))]
    for member in CellLabels.values(of: cell.metadata) { metadata[member.key] = AnyJSON(member.value) }
    let outputs = cell.storedOutputs.map { $0.isEmpty ? "#>" : "#> \($0)" }
    let lines = (cell.source.isEmpty ? [] : [cell.source]) + outputs
    return Reading.Cell(type: cell.kind.rawValue, source: lines.joined(separator: "\n"), metadata: metadata)
  }

  private func expectAgreement(_ text: String, _ name: String, _ reading: Reading) throws {
    let notebook = try CellsFile.parse(text, name: name)
    let ours = notebook.cells.map(Self.inItsWords)
    // What it notes for itself of blank lines is no metadata of the cell.
    let its = reading.cells.map { cell in
      Reading.Cell(
        type: cell.type, source: cell.source,
        metadata: cell.metadata.filter { !$0.key.hasPrefix("lines_to_") })
    }
    #expect(ours.map(\.type) == its.map(\.type), "\(name)")
    #expect(ours.map(\.source) == its.map(\.source), "\(name)")
    #expect(ours.map(\.metadata) == its.map(\.metadata), "\(name)")
    let again = try CellsFile.parse(reading.written, name: "jupytext's \(name)")
    #expect(again.cells.map(Self.plain) == notebook.cells.map(Self.plain), "\(name) → \(reading.written)")
  }

  /// A cell with its values spelled in one way.
  private static func plain(_ cell: Cell) -> Cell {
    var cell = cell
    cell.metadata = CellLabels.values(of: cell.metadata).map {
      Metadatum(key: $0.key, value: JSONWriter.line($0.value))
    }
    return cell
  }

  @Test func everyNotebookOfOursIsReadAlikeAndComesBackTheSame() async throws {
    let texts = try Self.files.map { try String(contentsOf: $0, encoding: .utf8) }
    try #require(texts.count > 300)
    for (file, (text, reading)) in zip(Self.files, zip(texts, try await ask(texts))) {
      try expectAgreement(text, file.lastPathComponent, reading)
    }
  }

  @Test func generatedNotebooksAreReadAlikeAndComeBackTheSame() async throws {
    var random = PlainNotebooks(generator: SeededGenerator(seed: 7))
    let texts = (0..<400).map { _ in random.make() }
    for (text, reading) in zip(texts, try await ask(texts)) {
      try expectAgreement(text, text.debugDescription, reading)
    }
  }

  // MARK: Where it differs by design

  /// The rows of the guide's table.
  @Test func differencesAreThoseThatTheGuideLists() async throws {
    let texts = [
      "# %% 3 greeting\n1\n", "# %% 3\n1\n#> 1\n", "# In[3]:\n1\n", "# %% a=word\n1\n", "# %% k\n1\n",
      "# about\n\n# %% 1\n1\n", "# %%%% deeper\n1\n",
      "# %% 1\nlet s = \"\"\"\n  # %%\n  \"\"\"\n",
    ]
    let readings = try await ask(texts)
    let cells = readings.map { $0.cells.first }
    #expect(cells[0]?.metadata["title"] == AnyJSON(.string("3 greeting")))
    #expect(cells[1]?.source == "1\n#> 1")
    #expect(cells[2]?.metadata["title"] == nil)
    #expect(cells[3]?.metadata["a"] == nil)
    #expect(try parse(texts[3]).cells[0].metadata == [Metadatum(key: "a", value: "word")])
    #expect(cells[4]?.metadata["title"] == AnyJSON(.string("k")))
    #expect(readings[5].cells.count == 2)
    #expect(try parse(texts[5]).cells.count == 1)
    #expect(cells[6]?.metadata["cell_depth"] == AnyJSON(.number("2")))
    #expect(try parse(texts[6]).cells[0].title == "deeper")
    #expect(readings[7].cells.count == 1)
    #expect(try parse(texts[7]).cells.count == 2)
  }
}

/// Any JSON that another program gave, compared as we compare it.
struct AnyJSON: Decodable, Equatable, Sendable {
  let value: JSON

  init(_ value: JSON) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .null
    } else if let bool = try? container.decode(Bool.self) {
      value = .bool(bool)
    } else if let number = try? container.decode(Int.self) {
      value = .integer(number)
    } else if let number = try? container.decode(Double.self) {
      value = .number("\(number)")
    } else if let text = try? container.decode(String.self) {
      value = .string(text)
    } else if let array = try? container.decode([AnyJSON].self) {
      value = .array(array.map(\.value))
    } else {
      let object = try container.decode([String: AnyJSON].self)
      value = .object(JSONObject(object.map { JSONObject.Member(key: $0, value: $1.value) }))
    }
  }
}
