@testable import Language

/// What the naive evaluator computes with.
indirect enum Walked: Equatable {
  case `nil`
  case bool(Bool)
  case int(Int)
  case string(String)
  case array(Box)
  case function(Lambda)

  /// Arrays are shared.
  final class Box: Equatable {
    var elements: [Walked]
    init(_ elements: [Walked]) { self.elements = elements }
    static func == (a: Box, b: Box) -> Bool { a.elements == b.elements }
  }

  final class Lambda: Equatable {
    let node: FunctionNode
    let scope: TreeWalker.Scope
    init(_ node: FunctionNode, _ scope: TreeWalker.Scope) {
      self.node = node
      self.scope = scope
    }
    static func == (a: Lambda, b: Lambda) -> Bool { a === b }
  }

  var shown: String {
    switch self {
    case .nil: "nil"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .string(let text):
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    case .array(let box): "[" + box.elements.map(\.shown).joined(separator: ", ") + "]"
    case .function: "<Function>"
    }
  }
}

/// Runs a tree as it stands, by names: slow, plain, and made without a look at the compiler.
final class TreeWalker {
  final class Scope {
    var values: [String: Walked] = [:]
    let outer: Scope?
    init(_ outer: Scope?) { self.outer = outer }

    func holder(of name: String) -> Scope? { values[name] != nil ? self : outer?.holder(of: name) }
  }

  /// What ends a body early.
  enum Exit: Error {
    case error(String)
    case returned
    case broken
    case continued
    /// The program does what the generator should not have made.
    case unsupported
  }

  private(set) var output: [String] = []
  private var steps = 0
  /// The value of the `return` under way.
  private var returned = Walked.nil

  /// The value of a text, or the message of its error.
  func run(_ program: FunctionNode) throws -> String {
    do { return try body(program.body, Scope(nil)).shown } catch Exit.error(let message) {
      return "error: \(message)"
    }
  }

  private func body(_ statements: [Statement], _ scope: Scope) throws -> Walked {
    var deferred: [FunctionNode] = []
    var result = Result<Walked, any Error>.success(.nil)
    for case .function(let name, let node) in statements.map(\.kind) {
      scope.values[name.name] = .function(.init(node, scope))
    }
    for statement in statements {
      do { result = .success(try run(statement, scope, &deferred)) } catch {
        result = .failure(error)
        break
      }
    }
    for node in deferred.reversed() {
      do { _ = try body(node.body, Scope(scope)) } catch { result = .failure(error) }
    }
    return try result.get()
  }

  private func run(_ statement: Statement, _ scope: Scope, _ deferred: inout [FunctionNode]) throws -> Walked
  {
    steps += 1
    if steps > 200_000 { throw Exit.unsupported }
    switch statement.kind {
    case .expression(let value): return try evaluate(value, scope)
    case .declaration(let node): scope.values[node.name.name] = try evaluate(node.value, scope)
    case .assignment(let target, let operation, _, let value): try assign(target, operation, value, scope)
    case .function: break
    case .conditional(let node): return try conditional(node, scope)
    case .whileLoop(let conditions, let block):
      loop: while true {
        let inner = Scope(scope)
        guard try holds(conditions, inner) else { break }
        steps += 1
        if steps > 200_000 { throw Exit.unsupported }
        do { _ = try body(block.statements, Scope(inner)) } catch Exit.broken { break loop } catch Exit
          .continued
        {}
      }
    case .forLoop(_, let names, let sequence, let block):
      var place = 0
      let walked = try evaluate(sequence, scope)
      guard case .array(let box) = walked else { throw Exit.unsupported }
      loop: while place < box.elements.count {
        let inner = Scope(scope)
        inner.values[names[0].name] = box.elements[place]
        place += 1
        do { _ = try body(block.statements, Scope(inner)) } catch Exit.broken { break loop } catch Exit
          .continued
        {}
      }
    case .return(let value):
      returned = try value.map { try evaluate($0, scope) } ?? .nil
      throw Exit.returned
    case .break: throw Exit.broken
    case .continue: throw Exit.continued
    case .throw(let value):
      guard case .string(let text) = try evaluate(value, scope) else { throw Exit.unsupported }
      throw Exit.error(text)
    case .do(let block, let name, let handler):
      guard let handler else { return try body(block.statements, Scope(scope)) }
      do { return try body(block.statements, Scope(scope)) } catch Exit.error(let message) {
        let inner = Scope(scope)
        inner.values[name?.name ?? "error"] = .string(message)
        return try body(handler.statements, Scope(inner))
      }
    case .defer(let node): deferred.append(node)
    default: throw Exit.unsupported
    }
    return .nil
  }

  private func conditional(_ node: IfNode, _ scope: Scope) throws -> Walked {
    let inner = Scope(scope)
    if try holds(node.conditions, inner) { return try body(node.then.statements, Scope(inner)) }
    switch node.otherwise {
    case .block(let block)?: return try body(block.statements, Scope(scope))
    case .conditional(let next)?: return try conditional(next, scope)
    case nil: return .nil
    }
  }

  private func holds(_ conditions: [Condition], _ scope: Scope) throws -> Bool {
    for condition in conditions {
      switch condition {
      case .expression(let test): if try !truth(evaluate(test, scope)) { return false }
      case .binding(let node):
        let value = try evaluate(node.value, scope)
        if value == .nil { return false }
        scope.values[node.name.name] = value
      }
    }
    return true
  }

  private func truth(_ value: Walked) throws -> Bool {
    guard case .bool(let flag) = value else {
      throw Exit.error("a condition must be a Bool, not \(type(value))")
    }
    return flag
  }

  private func type(_ value: Walked) -> String {
    switch value {
    case .nil: "nil"
    case .bool: "Bool"
    case .int: "Int"
    case .string: "String"
    case .array: "Array"
    case .function: "Function"
    }
  }

  private func assign(
    _ target: Expression, _ operation: BinaryOperator?, _ value: Expression, _ scope: Scope
  ) throws {
    switch target.kind {
    case .name(let reference):
      guard let holder = scope.holder(of: reference.name), let before = holder.values[reference.name] else {
        throw Exit.unsupported
      }
      let new = try evaluate(value, scope)
      holder.values[reference.name] = try operation.map { try apply($0, before, new) } ?? new
    case .index(let receiver, let key, _, _):
      let object = try evaluate(receiver, scope)
      let place = try evaluate(key, scope)
      let before = operation == nil ? .nil : try element(object, place)
      let new = try evaluate(value, scope)
      let result = try operation.map { try apply($0, before, new) } ?? new
      _ = try element(object, place)
      guard case .array(let box) = object, case .int(let number) = place else { throw Exit.unsupported }
      box.elements[number] = result
    default: throw Exit.unsupported
    }
  }

  private func element(_ object: Walked, _ place: Walked) throws -> Walked {
    guard case .array(let box) = object else { throw Exit.unsupported }
    guard case .int(let number) = place else {
      throw Exit.error("an index of an array must be an Int, not \(type(place))")
    }
    guard box.elements.indices.contains(number) else {
      let extent =
        switch box.elements.count {
        case 0: "the array was empty"
        case 1: "the array has 1 element, at 0"
        default: "the array has \(box.elements.count) elements, 0 to \(box.elements.count - 1)"
        }
      throw Exit.error("index \(number) is out of range: \(extent)")
    }
    return box.elements[number]
  }

  private func evaluate(_ expression: Expression, _ scope: Scope) throws -> Walked {
    switch expression.kind {
    case .nilLiteral: return .nil
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .int(number)
    case .string(let text): return .string(text)
    case .interpolation(let parts, _):
      return .string(
        try parts.map {
          switch $0 {
          case .text(let text): return text
          case .value(let value):
            let walked = try evaluate(value, scope)
            if case .string(let text) = walked { return text }
            return walked.shown
          }
        }.joined())
    case .array(let elements): return .array(.init(try elements.map { try evaluate($0, scope) }))
    case .name(let reference):
      guard let value = scope.holder(of: reference.name)?.values[reference.name] else {
        throw Exit.unsupported
      }
      return value
    case .unary(.not, let operand):
      guard case .bool(let flag) = try evaluate(operand, scope) else { throw Exit.unsupported }
      return .bool(!flag)
    case .unary(.negate, let operand): return try apply(.subtract, .int(0), evaluate(operand, scope))
    case .binary(.and, let left, let right, _):
      return .bool(try truth(evaluate(left, scope)) && truth(evaluate(right, scope)))
    case .binary(.or, let left, let right, _):
      return .bool(try truth(evaluate(left, scope)) || truth(evaluate(right, scope)))
    case .binary(.coalesce, let left, let right, _):
      let value = try evaluate(left, scope)
      return value == .nil ? try evaluate(right, scope) : value
    case .binary(let operation, let left, let right, _):
      let first = try evaluate(left, scope)
      return try apply(operation, first, evaluate(right, scope))
    case .ternary(let condition, let then, let otherwise):
      return try truth(evaluate(condition, scope)) ? evaluate(then, scope) : evaluate(otherwise, scope)
    case .range(let lower, let upper, let isClosed):
      guard case .int(let first) = try evaluate(lower, scope),
        case .int(let last) = try evaluate(upper, scope),
        first <= last
      else { throw Exit.unsupported }
      return .array(.init((isClosed ? Array(first...last) : Array(first..<last)).map { .int($0) }))
    case .index(let receiver, let key, _, _):
      let object = try evaluate(receiver, scope)
      return try element(object, evaluate(key, scope))
    case .member(let receiver, "count", _, _):
      guard case .array(let box) = try evaluate(receiver, scope) else { throw Exit.unsupported }
      return .int(box.elements.count)
    case .call(let callee, let arguments): return try call(callee, arguments, scope)
    case .closure(let node): return .function(.init(node, scope))
    case .conditional(let node): return try conditional(node, scope)
    default: throw Exit.unsupported
    }
  }

  private func call(_ callee: Expression, _ arguments: [Argument], _ scope: Scope) throws -> Walked {
    if case .name(let reference) = callee.kind, reference.name == "print" {
      let value = try evaluate(arguments[0].value, scope)
      if case .string(let text) = value { output.append(text) } else { output.append(value.shown) }
      return .nil
    }
    if case .member(let receiver, let name, _, _) = callee.kind {
      guard case .array(let box) = try evaluate(receiver, scope) else { throw Exit.unsupported }
      let given = try arguments.map { try evaluate($0.value, scope) }
      switch name {
      case "append":
        box.elements.append(given[0])
        return .nil
      case "map":
        guard case .function(let lambda) = given[0] else { throw Exit.unsupported }
        var result: [Walked] = []
        var place = 0
        while place < box.elements.count {
          result.append(try invoke(lambda, [box.elements[place]]))
          place += 1
        }
        return .array(.init(result))
      default: throw Exit.unsupported
      }
    }
    guard case .function(let lambda) = try evaluate(callee, scope) else { throw Exit.unsupported }
    return try invoke(lambda, arguments.map { try evaluate($0.value, scope) })
  }

  private func invoke(_ lambda: Walked.Lambda, _ arguments: [Walked]) throws -> Walked {
    steps += 1
    if steps > 200_000 { throw Exit.unsupported }
    let inner = Scope(lambda.scope)
    for (place, parameter) in lambda.node.parameters.enumerated() {
      inner.values[parameter.name] = place < arguments.count ? arguments[place] : .nil
    }
    do { return try body(lambda.node.body, Scope(inner)) } catch Exit.returned { return returned }
  }

  private func apply(_ operation: BinaryOperator, _ left: Walked, _ right: Walked) throws -> Walked {
    if operation == .equal { return .bool(left == right) }
    if operation == .notEqual { return .bool(left != right) }
    switch (left, right) {
    case (.int(let a), .int(let b)):
      switch operation {
      case .less: return .bool(a < b)
      case .lessOrEqual: return .bool(a <= b)
      case .greater: return .bool(a > b)
      case .greaterOrEqual: return .bool(a >= b)
      default: return .int(try integer(operation, a, b))
      }
    case (.string(let a), .string(let b)):
      switch operation {
      case .add: return .string(a + b)
      case .less: return .bool(a < b)
      case .lessOrEqual: return .bool(a <= b)
      case .greater: return .bool(a > b)
      case .greaterOrEqual: return .bool(a >= b)
      default: break
      }
    case (.array(let a), .array(let b)) where operation == .add: return .array(.init(a.elements + b.elements))
    default: break
    }
    throw Exit.error("\(operation.rawValue) cannot be applied to \(type(left)) and \(type(right))")
  }

  private func integer(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws -> Int {
    let (result, overflow): (Int, Bool)
    switch operation {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .divide:
      if b == 0 { throw Exit.error("division by zero") }
      (result, overflow) = a.dividedReportingOverflow(by: b)
    default:
      if b == 0 { throw Exit.error("division by zero in a remainder") }
      (result, overflow) = a.remainderReportingOverflow(dividingBy: b)
    }
    if overflow { throw Exit.error("\(a) \(operation.rawValue) \(b) does not fit into an Int") }
    return result
  }
}
