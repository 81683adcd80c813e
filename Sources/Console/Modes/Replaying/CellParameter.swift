import Foundation
import Language
import Notebooks

/// A value for a name of the cell that is tagged `parameters`, as papermill has it: `--param name=value`.
///
/// The value is a literal of the language; what is none is a text.
public struct CellParameter: Sendable, Equatable {
  public let name: String
  public let value: String

  /// Nil where the text has no name before a `=`.
  public init?(_ text: String) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
    name = String(text[..<sign])
    value = String(text[text.index(after: sign)...])
  }

  struct Problem: Error {
    let text: String
  }

  /// Puts the values in place of those that the cell's declarations have.
  ///
  /// - Parameter selection: the only cells that run; nil for all.
  static func set(
    _ parameters: [CellParameter], in notebook: inout Notebook, of selection: CellNumbers? = nil
  ) throws(Problem) {
    if parameters.isEmpty { return }
    guard let cell = notebook.codeCells.first(where: { $0.tags.contains("parameters") }) else {
      throw Problem(
        text:
          "no cell is tagged \"parameters\", so there is nothing to set; write # %% 1 tags=[\"parameters\"]")
    }
    if let selection, let number = cell.number, !selection.contains(number) {
      throw Problem(
        text:
          "cell [\(number)], which is tagged \"parameters\", is not among the cells that run; write --only"
          + " \(number),\(selection.text)")
    }
    let source = SourceText(cell: cell.number ?? 0, text: cell.source)
    var places: [String: Span] = [:]
    for statement in Parser.parse(source).program.body {
      if case .declaration(let node) = statement.kind { places[node.name.name] = node.value.span }
    }
    var text = Array(cell.source.utf8)
    var changes: [(span: Span, value: String)] = []
    for parameter in parameters {
      guard let span = places[parameter.name] else {
        let near = Suggestion.nearest(to: parameter.name, among: Array(places.keys.sorted()))
        throw Problem(
          text: "cell [\(cell.number ?? 0)] declares no \"\(parameter.name)\" to set"
            + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
      }
      changes.removeAll { $0.span == span }
      changes.append((span, parameter.literal))
    }
    for (span, value) in changes.sorted(by: { $0.span.start > $1.span.start }) {
      text.replaceSubrange(span.start..<span.end, with: Array(value.utf8))
    }
    try? notebook.replace(cell.number ?? 0, source: String(decoding: text, as: UTF8.self))
  }

  /// The value as the language writes it.
  private var literal: String {
    let parsed = Parser.parse(SourceText(name: "value", text: value))
    if parsed.diagnostics.isEmpty, parsed.program.body.count == 1,
      case .expression(let expression) = parsed.program.body[0].kind, Self.isLiteral(expression)
    {
      // A comment behind it would take away the rest of the line.
      let literal = value.trimmingCharacters(in: .whitespacesAndNewlines)
      if expression.span.end - expression.span.start == literal.utf8.count { return literal }
    }
    return "\"" + value.unicodeScalars.map(Self.escaped).joined() + "\""
  }

  private static func isLiteral(_ expression: Language.Expression) -> Bool {
    switch expression.kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string: true
    case .array(let elements): elements.allSatisfy(isLiteral)
    case .dictionary(let pairs): pairs.allSatisfy { isLiteral($0.key) && isLiteral($0.value) }
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": "\\\(scalar)"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: scalar.value < 0x20 ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }
}
