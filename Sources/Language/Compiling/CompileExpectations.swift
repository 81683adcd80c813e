/// A condition with what it is made of in registers, so that an `expect` that fails can show it: `"12" == "7"`,
/// `!"a page".contains("page")`.
public struct ExpectedCondition: Hashable, Sendable {
  public enum Piece: Hashable, Sendable {
    case text(String)
    /// Of the frame that made the call.
    case value(register: Int)
  }

  public let pieces: [Piece]

  /// The registers of what is compared, where `==` compares it.
  public var equatedRegisters: (left: Int, right: Int)? {
    guard pieces.count == 3, case .value(let left) = pieces[0], pieces[1] == .text(" == "),
      case .value(let right) = pieces[2]
    else { return nil }
    return (left, right)
  }
}

extension FunctionCompiler {
  /// Whether this is the function of the language, as long as no cell declares another by its name.
  static func isExpect(_ callee: Expression) -> Bool {
    guard case .name(let name) = callee.kind, name.name == "expect" else { return false }
    return switch name.binding {
    case .global, .unresolved: true
    case .local, .captured: false
    }
  }

  /// Evaluates the condition of an `expect`. What it looks at stays in registers until the call is over.
  ///
  /// - Returns: nil for a condition of another form, of which there is nothing to show.
  mutating func expectation(_ condition: Expression, into target: Int) -> ExpectedCondition? {
    var pieces: [ExpectedCondition.Piece] = []
    guard let kept = keep(condition, &pieces) else {
      expression(condition, into: target)
      return nil
    }
    expression(kept, into: target)
    return ExpectedCondition(pieces: pieces)
  }

  /// Evaluates the parts of a condition, and gives the same condition of those values.
  private mutating func keep(_ condition: Expression, _ pieces: inout [ExpectedCondition.Piece])
    -> Expression?
  {
    let kind: Expression.Kind
    switch condition.kind {
    case .unary(.not, let operand):
      pieces.append(.text("!"))
      guard let kept = keep(operand, &pieces) else { return nil }
      kind = .unary(.not, kept)
    case .binary(let sign, let left, let right, let signSpan) where sign.isComparison:
      let first = keepValue(left, &pieces)
      pieces.append(.text(" \(sign.rawValue) "))
      kind = .binary(sign, first, keepValue(right, &pieces), operatorSpan: signSpan)
    case .member(let receiver, let name, let nameSpan, isOptional: false):
      let value = keepValue(receiver, &pieces)
      pieces.append(.text(".\(name)"))
      kind = .member(value, name: name, nameSpan: nameSpan, isOptional: false)
    case .call(let callee, let arguments):
      guard case .member(let receiver, let name, let nameSpan, isOptional: false) = callee.kind,
        !ChangingMembers.all.contains(name)
      else { return nil }
      let value = keepValue(receiver, &pieces)
      pieces.append(.text(".\(name)("))
      var kept: [Argument] = []
      for (place, argument) in arguments.enumerated() {
        let label = argument.label.map { "\($0): " } ?? ""
        pieces.append(.text((place > 0 ? ", " : "") + label))
        var argument = argument
        if case .closure = argument.value.kind {
          pieces.append(.text("{ … }"))
        } else {
          argument.value = keepValue(argument.value, &pieces)
        }
        kept.append(argument)
      }
      pieces.append(.text(")"))
      let member = Expression(
        .member(value, name: name, nameSpan: nameSpan, isOptional: false), callee.span)
      kind = .call(callee: member, arguments: kept)
    default: return nil
    }
    return Expression(kind, condition.span)
  }

  /// Evaluates into a register, and gives an expression that reads it.
  private mutating func keepValue(_ value: Expression, _ pieces: inout [ExpectedCondition.Piece])
    -> Expression
  {
    let register = allocate()
    expression(value, into: register)
    pieces.append(.value(register: register))
    let reference = NameReference("", value.span)
    reference.binding = .local(
      Variable(
        name: "", isLet: true, span: value.span, function: node, register: register, origin: .declaration))
    return Expression(.name(reference), value.span)
  }
}
