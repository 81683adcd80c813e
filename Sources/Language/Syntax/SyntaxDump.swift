/// A tree on one line, in the manner of Lisp: two texts that mean the same have the same.
///
/// It has all that the compiler goes by, but no places and no comments. It grows by one piece after the other, so that it
/// takes time in proportion to its length; the parser bounds the tree's depth.
package struct SyntaxDump {
  private var text = ""

  /// The tree of a program, or of any other function's body.
  package static func dump(_ program: FunctionNode) -> String {
    var dump = SyntaxDump()
    dump.add(program.body)
    return dump.text
  }

  private init() {}

  private mutating func add(_ word: String) { text += word }

  /// `(name …)`.
  private mutating func add(_ name: String, _ rest: (inout SyntaxDump) -> Void) {
    text += "("
    text += name
    rest(&self)
    text += ")"
  }

  private mutating func add<Element>(
    all elements: some Collection<Element>, between separator: String = " ",
    _ element: (inout SyntaxDump, Element) -> Void
  ) {
    for (index, next) in elements.enumerated() {
      if index > 0 { text += separator }
      element(&self, next)
    }
  }

  // MARK: - Statements

  private mutating func add(_ body: [Statement]) { add(all: body) { $0.add($1) } }

  private mutating func add(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value): add(value)
    case .declaration(let node): add(node)
    case .assignment(let target, let op, _, let value):
      add("\(op?.rawValue ?? "")=") { $0.add(behindSpace: target, value) }
    case .function(let name, let node):
      add("func \(name.name) ") { $0.add(node) }
    case .route(let node):
      if node.isSocket {
        return add("socket ") { dump in
          dump.add(quoted: node.pattern)
          dump.add(" ")
          dump.add(node.handler)
        }
      }
      add("route [\(node.methods.map(\.name).joined(separator: ","))] ") { dump in
        dump.add(quoted: node.literal)
        dump.add(" ")
        dump.add(node.handler)
      }
    case .hook(let node): add("\(node.kind.rawValue) ") { $0.add(node.handler) }
    case .group(let node):
      add("group ") { dump in
        dump.add(quoted: node.literal)
        dump.add(" ")
        dump.add(node.body)
      }
    case .conditional(let node): add(node)
    case .guard(let conditions, let otherwise): add("guard ") { $0.add(conditions, otherwise) }
    case .whileLoop(let conditions, let body): add("while ") { $0.add(conditions, body) }
    case .forLoop(let awaits, let names, let sequence, let body):
      add("for \(awaits ? "await " : "")\(names.map(\.name).joined(separator: ","))") { dump in
        dump.add(behindSpace: sequence)
        dump.add(" ")
        dump.add(body)
      }
    case .return(let value): add("return") { dump in value.map { dump.add(behindSpace: $0) } }
    case .break: add("(break)")
    case .continue: add("(continue)")
    case .throw(let value): add("throw") { $0.add(behindSpace: value) }
    case .do(let body, let name, let handler):
      add("do ") { dump in
        dump.add(body)
        guard let name, let handler else { return }
        dump.add(" catch \(name.name) ")
        dump.add(handler)
      }
    case .defer(let node): add("defer ") { $0.add(node) }
    case .invalid: add("<invalid>")
    }
  }

  private mutating func add(_ node: DeclarationNode) {
    add("\(node.isLet ? "let" : "var") \(node.name.name)") { $0.add(behindSpace: node.value) }
  }

  private mutating func add(_ conditions: [Condition], _ body: BlockNode) {
    add(all: conditions, between: ", ") { dump, condition in
      switch condition {
      case .expression(let value): dump.add(value)
      case .binding(let node): dump.add(node)
      }
    }
    add(" ")
    add(body)
  }

  private mutating func add(_ node: IfNode) {
    add("if ") { dump in
      dump.add(node.conditions, node.then)
      switch node.otherwise {
      case .block(let body)?:
        dump.add(" else ")
        dump.add(body)
      case .conditional(let next)?:
        dump.add(" else ")
        dump.add(next)
      case nil: break
      }
    }
  }

  private mutating func add(_ block: BlockNode) {
    add("{")
    add(block.statements)
    add("}")
  }

  private mutating func add(_ node: FunctionNode) {
    add(node.role == .closure && !node.hasExplicitParameters ? "{*" : "{")
    add(all: node.parameters, between: ",") { dump, parameter in
      dump.add(parameter.name)
      guard let value = parameter.defaultValue else { return }
      dump.add("=")
      dump.add(value)
    }
    add("| ")
    add(node.body)
    add("}")
  }

  // MARK: - Expressions

  private mutating func add(behindSpace values: Expression...) {
    for value in values {
      add(" ")
      add(value)
    }
  }

  private mutating func add(_ value: Expression) {
    switch value.kind {
    case .nilLiteral: add("nil")
    case .bool(let bool): add("\(bool)")
    case .integer(let integer): add("\(integer)")
    case .double(let double): add("\(double)")
    case .duration(let nanoseconds): add("\(nanoseconds)ns")
    case .string(let text): add(quoted: text)
    case .interpolation(let parts, let isHTML):
      add(isHTML ? "html " : "string ") { dump in
        dump.add(all: parts) { dump, part in
          switch part {
          case .text(let text): dump.add(quoted: text)
          case .value(let value): dump.add(value)
          }
        }
      }
    case .array(let elements):
      add("[")
      add(all: elements) { $0.add($1) }
      add("]")
    case .dictionary(let pairs): add(pairs)
    case .name(let reference): add(reference.name)
    case .unary(let op, let operand): add(op.rawValue) { $0.add(behindSpace: operand) }
    case .binary(let op, let left, let right, _): add(op.rawValue) { $0.add(behindSpace: left, right) }
    case .ternary(let condition, let then, let otherwise):
      add("?") { $0.add(behindSpace: condition, then, otherwise) }
    case .range(let lower, let upper, let isClosed):
      add(isClosed ? "..." : "..<") { $0.add(behindSpace: lower, upper) }
    case .member(let base, let name, _, let isOptional):
      add(isOptional ? "?." : ".") { dump in
        dump.add(behindSpace: base)
        dump.add(" \(name)")
      }
    case .index(let base, let index, let fallback, let isOptional):
      add(isOptional ? "?[]" : "[]") { dump in
        dump.add(behindSpace: base, index)
        guard let fallback else { return }
        dump.add(" default:")
        dump.add(behindSpace: fallback)
      }
    case .call(let callee, let arguments): add(call: callee, arguments)
    case .optionalChain(let inner): add("chain") { $0.add(behindSpace: inner) }
    case .closure(let node): add(node)
    case .await(let inner): add("await") { $0.add(behindSpace: inner) }
    case .async(let node): add("async ") { $0.add(node) }
    case .conditional(let node): add(node)
    case .invalid: add("<invalid>")
    }
  }

  private mutating func add(_ pairs: [(key: Expression, value: Expression)]) {
    add("[")
    if pairs.isEmpty { add(":") }
    add(all: pairs) { dump, pair in
      dump.add(pair.key)
      dump.add(":")
      dump.add(behindSpace: pair.value)
    }
    add("]")
  }

  private mutating func add(call callee: Expression, _ arguments: [Argument]) {
    add("") { dump in
      dump.add(callee)
      for argument in arguments {
        dump.add(argument.isTrailing ? " ~" : " ")
        if let label = argument.label { dump.add("\(label):") }
        dump.add(argument.value)
      }
    }
  }

  private mutating func add(quoted text: String) {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing(
      "\"", with: "\\\"")
    add("\"\(escaped)\"")
  }
}
