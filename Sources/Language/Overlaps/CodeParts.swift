// What stands within what in a tree, for those that look at all of it.

/// One thing of a tree.
enum CodePart {
  case statement(Statement)
  case expression(Expression)
  case function(FunctionNode)
  /// Statements that run one after the other, all of them or up to one that leaves.
  case block([Statement])
}

extension CodePart {
  /// What it consists of, in the order of the text.
  var parts: [CodePart] {
    switch self {
    case .statement(let statement): statement.parts
    case .expression(let value): value.parts
    case .function(let node):
      node.parameters.compactMap { $0.defaultValue.map(CodePart.expression) } + [.block(node.body)]
    case .block(let statements): statements.map(CodePart.statement)
    }
  }
}

extension Statement {
  fileprivate var parts: [CodePart] {
    switch kind {
    case .expression(let value), .throw(let value): [.expression(value)]
    case .declaration(let node): [.expression(node.value)]
    case .assignment(let target, _, _, let value): [.expression(target), .expression(value)]
    case .function(_, let node), .defer(let node): [.function(node)]
    case .route(let node): [.function(node.handler)]
    case .hook(let node): [.function(node.handler)]
    case .group(let node): [.block(node.body.statements)]
    case .conditional(let node): node.parts
    case .guard(let conditions, let otherwise): conditions.map(\.part) + [.block(otherwise.statements)]
    case .whileLoop(let conditions, let body): conditions.map(\.part) + [.block(body.statements)]
    case .forLoop(_, _, let sequence, let body): [.expression(sequence), .block(body.statements)]
    case .return(let value): value.map { [.expression($0)] } ?? []
    case .do(let body, _, let handler):
      [.block(body.statements)] + (handler.map { [.block($0.statements)] } ?? [])
    case .break, .continue, .invalid: []
    }
  }
}

extension Condition {
  fileprivate var part: CodePart {
    switch self {
    case .expression(let value): .expression(value)
    case .binding(let node): .expression(node.value)
    }
  }
}

extension IfNode {
  fileprivate var parts: [CodePart] {
    let rest: [CodePart] =
      switch otherwise {
      case .block(let block): [.block(block.statements)]
      case .conditional(let next): next.parts
      case nil: []
      }
    return conditions.map(\.part) + [.block(then.statements)] + rest
  }

  /// The names that its conditions bind, with what they are bound to.
  var bindings: [DeclarationNode] {
    let own = conditions.compactMap { if case .binding(let node) = $0 { node } else { nil } }
    return if case .conditional(let next)? = otherwise { own + next.bindings } else { own }
  }
}

extension Expression {
  fileprivate var parts: [CodePart] {
    switch kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .name, .invalid: []
    case .interpolation(let parts, _):
      parts.compactMap { if case .value(let value) = $0 { .expression(value) } else { nil } }
    case .array(let elements): elements.map(CodePart.expression)
    case .dictionary(let pairs): pairs.flatMap { [.expression($0.key), .expression($0.value)] }
    case .unary(_, let value), .member(let value, _, _, _), .optionalChain(let value), .await(let value):
      [.expression(value)]
    case .binary(_, let left, let right, _), .range(let left, let right, _):
      [.expression(left), .expression(right)]
    case .ternary(let condition, let then, let otherwise):
      [.expression(condition), .expression(then), .expression(otherwise)]
    case .index(let base, let key, let fallback, _):
      [.expression(base), .expression(key)] + (fallback.map { [.expression($0)] } ?? [])
    case .call(let callee, let arguments):
      [.expression(callee)] + arguments.map { .expression($0.value) }
    case .closure(let node), .async(let node): [.function(node)]
    case .conditional(let node): node.parts
    }
  }
}
