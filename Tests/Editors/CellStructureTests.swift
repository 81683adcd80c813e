import Foundation
import Notebooks
import Testing

/// What the grammar sees in the lines around the code is what the reader of cells files sees.
struct CellStructureTests {
  private let text: String
  private let notebook: Notebook
  private let pieces: [TextMateTokenizer.Piece]

  init() throws {
    text = try String(contentsOf: SampleNotebooks.everything, encoding: .utf8)
    notebook = try CellsFile.parse(text, name: "everything")
    var tokenizer = try TextMateTokenizer(.load())
    pieces = try tokenizer.pieces(of: text)
  }

  /// The texts that have a scope, in order; pieces beside each other are one.
  private func texts(_ scope: String, in line: Range<Int>? = nil) -> [String] {
    let bytes = Array(text.utf8)
    var ranges: [Range<Int>] = []
    for piece in pieces where piece.scopes.contains(scope + ".routebook") {
      if let line, !line.contains(piece.range.lowerBound) { continue }
      if let last = ranges.last, last.upperBound == piece.range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<piece.range.upperBound
      } else {
        ranges.append(piece.range)
      }
    }
    return ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Where the marker lines are, as UTF-8 offsets.
  private var markerLines: [Range<Int>] {
    pieces.filter { $0.scopes.last == "punctuation.definition.cell.routebook" }
      .reduce(into: []) { lines, piece in
        if lines.last?.contains(piece.range.lowerBound) ?? false { return }
        let rest = text.utf8.dropFirst(piece.range.lowerBound)
        lines.append(piece.range.lowerBound..<piece.range.lowerBound + rest.prefix { $0 != 10 }.count)
      }
  }

  @Test func markersSayTheSameAsToTheReader() throws {
    let lines = markerLines
    try #require(lines.count == notebook.cells.count)
    for (line, cell) in zip(lines, notebook.cells) {
      let kinds = texts("keyword.other.cell", in: line)
      #expect(kinds == (cell.kind == .code ? [] : kinds.first == "[md]" ? ["[md]"] : ["[\(cell.kind)]"]))
      #expect(texts("entity.name.section", in: line).joined(separator: " ") == cell.title)
      #expect(texts("entity.other.attribute-name.cell", in: line) == cell.metadata.map(\.key))
      #expect(texts("string.unquoted.cell", in: line) == cell.metadata.map(\.value))
      let number = texts("constant.numeric.cell", in: line).first
      // Cells without a number get one that stands in no marker.
      #expect(number == nil || number == cell.number.map(String.init))
    }
    #expect(lines.filter { !texts("constant.numeric.cell", in: $0).isEmpty }.count >= 9)
    #expect(lines.filter { !texts("string.unquoted.cell", in: $0).isEmpty }.count == 2)
  }

  @Test func outputsAreThoseThatAreStored() {
    let stored = notebook.cells.flatMap(\.storedOutputs)
    #expect(stored.count == 3)
    #expect(texts("string.unquoted.output") == stored)
  }

  @Test func textCellsHoldNoCode() {
    for cell in notebook.cells where cell.kind != .code {
      #expect(!cell.source.isEmpty)
    }
    let scopes = pieces.filter { piece in piece.scopes.contains { $0.hasPrefix("meta.cell.") } }.flatMap(
      \.scopes)
    #expect(!scopes.isEmpty)
    #expect(!scopes.contains { $0.hasPrefix("keyword.control") || $0.hasPrefix("string.quoted") })
  }

  @Test func markdownIsMarkedUp() {
    #expect(texts("markup.heading") == ["# All that can stand in a notebook"])
    #expect(texts("markup.bold") == ["**bold**"])
    #expect(texts("markup.italic") == ["*italic*", "_italic_"])
    #expect(texts("markup.inline.raw") == ["`code`", "``a ` in code``"])
    #expect(texts("markup.underline.link") == ["https://example.org/a", "https://example.org"])
    #expect(texts("markup.quote") == ["> a quotation"])
    #expect(texts("punctuation.definition.list") == ["-", "1."])
    #expect(texts("markup.raw.block").count == 3)
  }

  @Test func patternsOfRoutesShowTheirParameters() {
    #expect(texts("variable.parameter.path") == ["id", "name", "code", "x", "id"])
    #expect(texts("support.type.converter") == ["int", "string", "any", "uuid"])
    #expect(texts("variable.parameter.converter") == ["length=2", "a,b"])
  }

  /// A rule that nothing uses would be tested by nothing.
  @Test func everyRuleIsUsed() throws {
    let grammar = try TextMateGrammar.load()
    var tokenizer = try TextMateTokenizer(grammar)
    _ = try tokenizer.pieces(of: text)
    let used = tokenizer.used
    for rule in grammar.rules where rule.match != nil || rule.begin != nil {
      let isUsed = used.contains(ObjectIdentifier(rule))
      #expect(isUsed, "\(rule.summary)")
    }
  }
}
