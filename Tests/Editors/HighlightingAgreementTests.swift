import Foundation
import Language
import Notebooks
import Testing

/// What an editor colours by the grammar is what the prompt colours: byte by byte, in every sample notebook.
struct HighlightingAgreementTests {
  /// What the scopes of the grammar are at the prompt. The innermost scope that has a kind decides.
  static let kinds: [String: Highlight.Kind] = [
    "keyword.control": .keyword, "keyword.control.waiting": .keyword, "keyword.other.route": .keyword,
    "keyword.other.html": .keyword, "storage.type.function": .keyword, "storage.type.variable": .keyword,
    "constant.language": .keyword,
    "string.quoted.double": .string, "string.quoted.triple": .string, "string.quoted.double.html": .string,
    "string.quoted.triple.html": .string, "string.quoted.double.raw": .string,
    "string.quoted.triple.raw": .string, "string.quoted.double.path": .string,
    "string.quoted.single": .string, "string.quoted.other": .string,
    "punctuation.section.interpolation.begin": .interpolation,
    "punctuation.section.interpolation.end": .interpolation,
    "constant.numeric.integer": .number, "constant.numeric.integer.hexadecimal": .number,
    "constant.numeric.integer.binary": .number, "constant.numeric.integer.octal": .number,
    "constant.numeric.float": .number, "constant.numeric.duration": .number,
    "comment.block": .comment, "comment.line.double-slash": .comment, "comment.line.number-sign": .comment,
    "entity.name.function": .functionName, "entity.name.function.call": .functionName,
    "support.function": .functionName,
    "entity.name.type": .type,
    "keyword.operator.range": .operator, "keyword.operator.member": .operator,
    "keyword.operator.arrow": .operator, "keyword.operator.optional": .operator,
    "keyword.operator.logical": .operator, "keyword.operator.comparison": .operator,
    "keyword.operator.assignment": .operator, "keyword.operator.arithmetic": .operator,
    "keyword.operator.conditional": .operator,
    "support.constant.method": .routeMethod,
    "invalid.illegal.number": .invalid, "invalid.illegal.operator": .invalid,
    "invalid.illegal.parameter": .invalid, "invalid.illegal.name": .invalid,
    "invalid.illegal.character": .invalid,
  ]

  /// Scopes within which nothing has a colour but what has one of its own.
  static let colourless: Set<String> = ["meta.embedded.line", "meta.embedded.block"]

  /// Scopes that say more than the prompt shows: the next scope outwards decides.
  static let finer: Set<String> = [
    "constant.character.entity", "constant.character.escape", "constant.character.escape.newline",
    "constant.other.placeholder", "entity.name.tag", "invalid.illegal.escape", "keyword.other.unit",
    "meta.interpolation", "meta.route", "punctuation.accessor", "punctuation.definition.comment",
    "punctuation.definition.comment.begin", "punctuation.definition.comment.end",
    "punctuation.definition.placeholder.begin", "punctuation.definition.placeholder.end",
    "punctuation.definition.string.begin", "punctuation.definition.string.end", "punctuation.definition.tag",
    "punctuation.section.arguments.begin", "punctuation.section.arguments.end",
    "punctuation.section.block.begin", "punctuation.section.block.end",
    "punctuation.section.brackets.begin", "punctuation.section.brackets.end",
    "punctuation.section.parens.begin", "punctuation.section.parens.end", "punctuation.separator.colon",
    "punctuation.separator.comma", "punctuation.separator.converter", "punctuation.terminator.statement",
    "support.type.converter", "variable.language", "variable.other", "variable.other.member",
    "variable.parameter.anonymous", "variable.parameter.converter", "variable.parameter.path",
  ]

  @Test func everyScopeOfCodeHasItsPlaceInOneTable() throws {
    let grammar = try TextMateGrammar.load()
    let tables = [Set(Self.kinds.keys), Self.colourless, Self.finer]
    let known = tables.reduce(into: Set<String>()) { $0.formUnion($1) }
    #expect(known.count == tables.map(\.count).reduce(0, +))
    #expect(codeScopes(of: grammar) == known)
  }

  /// The scopes of all rules that can match in code.
  private func codeScopes(of grammar: TextMateGrammar) -> Set<String> {
    var scopes: Set<String> = []
    var reached: Set<ObjectIdentifier> = []
    func reach(_ rule: TextMateRule) {
      guard reached.insert(ObjectIdentifier(rule)).inserted else { return }
      scopes.formUnion(rule.scopes.map { String($0.dropLast(".routebook".count)) })
      if let include = rule.include, let target = grammar.repository[String(include.dropFirst())] {
        reach(target)
      }
      rule.patterns?.forEach(reach)
    }
    grammar.repository["code"].map(reach)
    return scopes
  }

  @Test func theSampleNotebooksAreColouredAsAtThePrompt() throws {
    var tokenizer = try TextMateTokenizer(.load())
    var seen: [Highlight.Kind: Int] = [:]
    for file in SampleNotebooks.files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let kinds = kinds(try tokenizer.pieces(of: text), count: text.utf8.count)
      for cell in SampleNotebooks.cells(of: text) {
        let expected = Highlighter.tokens(in: cell.source)
        for token in expected { seen[token.kind, default: 0] += 1 }
        let given = Array(kinds[cell.start..<cell.start + cell.source.utf8.count])
        compare(given, expected, of: cell.source, in: "\(file.lastPathComponent):\(cell.line)")
      }
    }
    for kind in Set(Self.kinds.values) {
      #expect(seen[kind, default: 0] >= 10, "\(kind)")
    }
  }

  /// What is being typed is coloured as well: each cell up to each place that is not within a word, but where the
  /// last line is a marker so far.
  @Test func unfinishedCellsAreColouredAsAtThePrompt() throws {
    var tokenizer = try TextMateTokenizer(.load())
    let text = try String(contentsOf: SampleNotebooks.everything, encoding: .utf8)
    var count = 0
    for cell in SampleNotebooks.cells(of: text) {
      for end in cell.source.indices.dropFirst() {
        let source = String(cell.source[..<end])
        if cell.source[end].isLetter, source.last?.isLetter ?? false { continue }
        if CellsFile.markerLine(in: source) != nil { continue }
        let kinds = kinds(try tokenizer.pieces(of: source), count: source.utf8.count)
        compare(kinds, Highlighter.tokens(in: source), of: source, in: "line \(cell.line)")
        count += 1
      }
    }
    #expect(count > 1000)
  }

  // MARK: - Comparing

  /// Compares byte by byte, but for line ends, and records the first difference.
  private func compare(
    _ given: [Highlight.Kind?], _ tokens: [Highlight], of source: String, in place: String
  ) {
    let bytes = Array(source.utf8)
    var expected = [Highlight.Kind?](repeating: nil, count: bytes.count)
    for token in tokens {
      for index in token.range { expected[index] = token.kind }
    }
    for index in bytes.indices where given[index] != expected[index] && bytes[index] != UInt8(ascii: "\n") {
      if isBeyondGrammar(given[index], tokens, at: index) { continue }
      let before = String(decoding: bytes[max(0, index - 40)..<index], as: UTF8.self)
      let after = String(decoding: bytes[index..<min(bytes.count, index + 20)], as: UTF8.self)
      let names = [expected[index], given[index]].map { $0?.rawValue ?? "nothing" }
      Issue.record("\(place): \(names[0]) became \(names[1]): \(before)⟨here⟩\(after)")
      return
    }
  }

  /// What no expression can tell: whether the digits of a number are more than the machine can hold, and whether a
  /// line is a command of the prompt, which in a file it never is.
  private func isBeyondGrammar(_ given: Highlight.Kind?, _ tokens: [Highlight], at index: Int) -> Bool {
    guard let token = tokens.first(where: { $0.range.contains(index) }) else { return false }
    return token.kind == .command || (token.kind == .invalid && given == .number)
  }

  /// The kind of each byte.
  private func kinds(_ pieces: [TextMateTokenizer.Piece], count: Int) -> [Highlight.Kind?] {
    var kinds = [Highlight.Kind?](repeating: nil, count: count)
    for piece in pieces {
      let kind = kind(piece.scopes)
      for index in piece.range { kinds[index] = kind }
    }
    return kinds
  }

  private func kind(_ scopes: [String]) -> Highlight.Kind? {
    for scope in scopes.reversed() {
      let name = String(scope.dropLast(".routebook".count))
      if let kind = Self.kinds[name] { return kind }
      if Self.colourless.contains(name) { return nil }
    }
    return nil
  }
}
