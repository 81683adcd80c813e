import Language

/// A tree on one line, in the manner of Lisp, to compare with what a test expects.
enum SyntaxDump {
  static func dump(_ text: String) -> String {
    let result = Parser.parse(SourceText(cell: 1, text: text))
    guard result.diagnostics.isEmpty else { return result.diagnostics.map(\.message).joined(separator: "; ") }
    return statements(result.program.body)
  }

  static func statements(_ body: [Statement]) -> String { body.map(statement).joined(separator: " ") }

  static func statement(_ statement: Statement) -> String {
    switch statement.kind {
    case .expression(let value): return expression(value)
    case .declaration(let node): return declaration(node)
    case .assignment(let target, let op, _, let value):
      return "(\(op?.rawValue ?? "")= \(expression(target)) \(expression(value)))"
    case .function(let name, let node):
      return "(func \(name.name) \(function(node)))"
    case .route(let node):
      let methods = node.methods.map(\.name).joined(separator: ",")
      return "(route [\(methods)] \(quote(node.pattern)) \(function(node.handler)))"
    case .conditional(let node): return conditional(node)
    case .guard(let conditions, let otherwise):
      return "(guard \(all(conditions)) \(block(otherwise)))"
    case .whileLoop(let conditions, let body): return "(while \(all(conditions)) \(block(body)))"
    case .forLoop(let names, let sequence, let body):
      return "(for \(names.map(\.name).joined(separator: ",")) \(expression(sequence)) \(block(body)))"
    case .return(let value): return value.map { "(return \(expression($0)))" } ?? "(return)"
    case .break: return "(break)"
    case .continue: return "(continue)"
    case .throw(let value): return "(throw \(expression(value)))"
    case .do(let body, let name, let handler):
      guard let name, let handler else { return "(do \(block(body)))" }
      return "(do \(block(body)) catch \(name.name) \(block(handler)))"
    case .defer(let node): return "(defer \(function(node)))"
    case .invalid: return "<invalid>"
    }
  }

  static func expression(_ value: Expression) -> String {
    switch value.kind {
    case .nilLiteral: return "nil"
    case .bool(let bool): return "\(bool)"
    case .integer(let integer): return "\(integer)"
    case .double(let double): return "\(double)"
    case .duration(let nanoseconds): return "\(nanoseconds)ns"
    case .string(let text): return quote(text)
    case .interpolation(let parts, let isHTML):
      let inner = parts.map {
        switch $0 {
        case .text(let text): quote(text)
        case .value(let value): expression(value)
        }
      }
      return "(\(isHTML ? "html" : "string") \(inner.joined(separator: " ")))"
    case .array(let elements): return "[\(elements.map(expression).joined(separator: " "))]"
    case .dictionary(let pairs):
      return pairs.isEmpty
        ? "[:]"
        : "[\(pairs.map { "\(expression($0.key)): \(expression($0.value))" }.joined(separator: " "))]"
    case .name(let reference): return reference.name
    case .unary(let op, let operand): return "(\(op.rawValue) \(expression(operand)))"
    case .binary(let op, let left, let right, _):
      return "(\(op.rawValue) \(expression(left)) \(expression(right)))"
    case .ternary(let condition, let then, let otherwise):
      return "(? \(expression(condition)) \(expression(then)) \(expression(otherwise)))"
    case .range(let lower, let upper, let isClosed):
      return "(\(isClosed ? "..." : "..<") \(expression(lower)) \(expression(upper)))"
    case .member(let base, let name, _, let isOptional):
      return "(\(isOptional ? "?." : ".") \(expression(base)) \(name))"
    case .index(let base, let index, let fallback, let isOptional):
      return "(\(isOptional ? "?[]" : "[]") \(expression(base)) \(expression(index))"
        + (fallback.map { " default: \(expression($0))" } ?? "") + ")"
    case .call(let callee, let arguments):
      let inner = arguments.map {
        ($0.isTrailing ? "~" : "") + ($0.label.map { "\($0):" } ?? "") + expression($0.value)
      }
      return "(\(([expression(callee)] + inner).joined(separator: " ")))"
    case .optionalChain(let inner): return "(chain \(expression(inner)))"
    case .closure(let node): return function(node)
    case .await(let inner): return "(await \(expression(inner)))"
    case .async(let node): return "(async \(function(node)))"
    case .conditional(let node): return conditional(node)
    case .invalid: return "<invalid>"
    }
  }

  static func function(_ node: FunctionNode) -> String {
    let parameters = node.parameters.map {
      $0.name + ($0.defaultValue.map { "=\(expression($0))" } ?? "")
    }
    let mark = node.role == .closure && !node.hasExplicitParameters ? "*" : ""
    return "{\(mark)\(parameters.joined(separator: ","))| \(statements(node.body))}"
  }

  private static func declaration(_ node: DeclarationNode) -> String {
    "(\(node.isLet ? "let" : "var") \(node.name.name) \(expression(node.value)))"
  }

  private static func all(_ conditions: [Condition]) -> String {
    conditions.map {
      switch $0 {
      case .expression(let value): expression(value)
      case .binding(let node): declaration(node)
      }
    }.joined(separator: ", ")
  }

  private static func conditional(_ node: IfNode) -> String {
    let otherwise =
      switch node.otherwise {
      case .block(let body)?: " else \(block(body))"
      case .conditional(let next)?: " else \(conditional(next))"
      case nil: ""
      }
    return "(if \(all(node.conditions)) \(block(node.then))\(otherwise))"
  }

  private static func block(_ node: BlockNode) -> String { "{\(statements(node.statements))}" }

  private static func quote(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
      + "\""
  }
}
