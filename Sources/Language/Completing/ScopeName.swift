/// A name that a text introduces and that can be used at some place of it.
public struct ScopeName {
  public enum Kind {
    /// Of the function with this name.
    case parameter(of: String)
    /// Of a closure, the parameter at a place; `$0` too.
    case closureParameter(Int)
    /// Of the pattern of a route, with its converter: `int`.
    case routeParameter(converter: String)
    /// The connection in a `socket`.
    case socket
    /// `request` in a handler.
    case request
    /// `response` in the body of `after`.
    case response
    case loopVariable
    case `let`
    case `var`
    case function(parameters: [String])
    /// What `catch` has caught.
    case error
  }

  public let name: String
  public let kind: Kind
  /// What it is declared with; of a loop's variable, what the loop goes over; of a closure's parameter, what the
  /// closure is given to: `users.map`.
  public let value: Expression?
  /// Whether it becomes a global of the notebook.
  public let isGlobal: Bool

  /// The names in scope at the end of a text, the innermost first, and the functions that follow further down.
  static func inScope(of text: OpenText, further: [String]) -> [ScopeName] {
    let walk = walk(to: text)
    var seen: Set<String> = []
    let later = further.map {
      ScopeName(name: $0, kind: .function(parameters: []), value: nil, isGlobal: false)
    }
    return (walk.names.reversed() + later).filter { $0.name != "_" && seen.insert($0.name).inserted }
  }

  /// A name that stands for what is being typed, and what closes all that is open, make it a text that can be read.
  private static func walk(to text: OpenText) -> ScopeWalk {
    let start = text.word.start
    let before = String(decoding: Array(text.text.utf8)[..<start], as: UTF8.self) + "placeholder"
    var first: ScopeWalk?
    for closing in text.closings {
      var walk = ScopeWalk(target: start)
      walk.walk(Parser.parse(SourceText(name: "cell", text: before + closing)).program.body, isGlobal: true)
      if walk.isThere { return walk }
      first = first ?? walk
    }
    return first ?? ScopeWalk(target: start)
  }
}

/// Goes down a tree to a place and gathers the names that can be used there. The parser bounds the tree's depth.
private struct ScopeWalk {
  /// A UTF-8 offset.
  let target: Int
  /// The outermost first.
  var names: [ScopeName] = []
  /// Whether the name at the target was found; otherwise what stands there could not be read.
  var isThere = false

  func holds(_ span: Span) -> Bool { span.start <= target && target < span.end }

  mutating func add(
    _ name: String, _ kind: ScopeName.Kind, _ value: Expression? = nil, isGlobal: Bool = false
  ) {
    names.append(ScopeName(name: name, kind: kind, value: value, isGlobal: isGlobal))
  }

  // MARK: Statements

  mutating func walk(_ statements: [Statement], isGlobal: Bool = false) {
    for statement in statements {
      guard case .function(let name, let node) = statement.kind else { continue }
      add(name.name, .function(parameters: node.parameters.map(\.name)), isGlobal: isGlobal)
    }
    for statement in statements {
      if statement.span.end <= target {
        declare(statement, isGlobal)
      } else {
        if holds(statement.span) { walk(statement) }
        return
      }
    }
  }

  private mutating func declare(_ statement: Statement, _ isGlobal: Bool) {
    switch statement.kind {
    case .declaration(let node): declare(node, isGlobal)
    case .guard(let conditions, _):
      for case .binding(let node) in conditions { declare(node, isGlobal) }
    default: break
    }
  }

  private mutating func declare(_ node: DeclarationNode, _ isGlobal: Bool = false) {
    add(node.name.name, node.isLet ? .let : .var, node.value, isGlobal: isGlobal)
  }

  private mutating func walk(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value), .throw(let value): walk(value)
    case .declaration(let node): walk(node.value)
    case .assignment(let target, _, _, let value):
      walk(target)
      walk(value)
    case .function(let name, let node): walk(function: node, named: name.name)
    case .route(let node): walk(node)
    case .hook(let node): walk(node)
    case .group(let node): walk(node.body)
    case .conditional(let node): walk(node)
    case .guard(let conditions, let block):
      if holds(block.span) { return walk(block.statements) }
      walk(conditions)
    case .whileLoop(let conditions, let body):
      walk(conditions)
      walk(body)
    case .forLoop(_, let loopNames, let sequence, let body):
      guard holds(body.span) else { return walk(sequence) }
      // Of a pair nothing is known but that it has two parts.
      for name in loopNames { add(name.name, .loopVariable, loopNames.count == 1 ? sequence : nil) }
      walk(body.statements)
    case .return(let value):
      if let value { walk(value) }
    case .do(let body, let errorName, let handler):
      walk(body)
      guard let handler, holds(handler.span) else { return }
      add(errorName?.name ?? "error", .error)
      walk(handler.statements)
    case .defer(let node): walk(node.body)
    case .break, .continue, .invalid: break
    }
  }

  private mutating func walk(_ block: BlockNode) {
    if holds(block.span) { walk(block.statements) }
  }

  private mutating func walk(_ conditions: [Condition]) {
    for condition in conditions {
      switch condition {
      case .expression(let value): walk(value)
      case .binding(let node):
        walk(node.value)
        if node.value.span.end <= target { declare(node) }
      }
    }
  }

  private mutating func walk(_ node: IfNode) {
    switch node.otherwise {
    case .block(let block) where holds(block.span): return walk(block.statements)
    case .conditional(let next) where holds(next.span): return walk(next)
    default: break
    }
    walk(node.conditions)
    walk(node.then)
  }

  private mutating func walk(function: FunctionNode, named name: String) {
    for parameter in function.parameters {
      if let value = parameter.defaultValue, holds(value.span) { return walk(value) }
      add(parameter.name, .parameter(of: name))
    }
    walk(function.body)
  }

  private mutating func walk(closure: FunctionNode, givenTo callee: Expression?) {
    for (place, parameter) in closure.parameters.enumerated() {
      add(parameter.name, .closureParameter(place), callee)
    }
    walk(closure.body)
  }

  private mutating func walk(_ route: RouteNode) {
    if route.isSocket, let connection = route.handler.parameters.first { add(connection.name, .socket) }
    for parameter in route.handler.parameters.dropLast().dropFirst(route.isSocket ? 1 : 0) {
      add(parameter.name, .routeParameter(converter: Self.converter(of: parameter.name, in: route.pattern)))
    }
    add("request", .request)
    walk(route.handler.body)
  }

  private mutating func walk(_ hook: HookNode) {
    for parameter in hook.handler.parameters {
      switch parameter.name {
      case "request": add("request", .request)
      case "response" where hook.kind == .after: add("response", .response)
      case "error" where hook.kind == .onError: add("error", .error)
      default:
        add(
          parameter.name, .routeParameter(converter: Self.converter(of: parameter.name, in: hook.prefix)))
      }
    }
    walk(hook.handler.body)
  }

  /// The word before the colon, or the one before the parentheses with the converter's arguments.
  private static func converter(of name: String, in pattern: String) -> String {
    for placeholder in pattern.split(separator: "<").dropFirst() {
      let inner = placeholder.prefix { $0 != ">" }
      guard inner.hasSuffix(":" + name) else { continue }
      return String(inner.prefix { $0 != ":" && $0 != "(" })
    }
    return "string"
  }

  // MARK: Expressions

  private mutating func walk(_ value: Expression) {
    guard holds(value.span) else { return }
    switch value.kind {
    case .interpolation(let parts, _):
      for case .value(let part) in parts { walk(part) }
    case .array(let elements):
      for element in elements { walk(element) }
    case .dictionary(let pairs):
      for pair in pairs {
        walk(pair.key)
        walk(pair.value)
      }
    case .unary(_, let operand), .await(let operand), .optionalChain(let operand): walk(operand)
    case .member(let base, _, let name, _):
      if name.start == target { isThere = true }
      walk(base)
    case .binary(_, let left, let right, _):
      walk(left)
      walk(right)
    case .range(let lower, let upper, _):
      walk(lower)
      walk(upper)
    case .ternary(let condition, let then, let otherwise):
      for part in [condition, then, otherwise] { walk(part) }
    case .index(let base, let key, let fallback, _):
      for part in [base, key, fallback] { if let part { walk(part) } }
    case .call(let callee, let arguments):
      walk(callee)
      for argument in arguments where holds(argument.value.span) {
        if case .closure(let node) = argument.value.kind {
          walk(closure: node, givenTo: callee)
        } else {
          walk(argument.value)
        }
      }
    case .closure(let node), .async(let node): walk(closure: node, givenTo: nil)
    case .conditional(let node): walk(node)
    case .name(let reference): isThere = isThere || reference.span.start == target
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .invalid: break
    }
  }
}
