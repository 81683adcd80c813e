/// A condition with what it is made of in registers, so that an `expect` that fails can show it: `"12" == "7"`,
/// `!"a page".contains("page")`, `false && …`.
public struct ExpectedCondition: Hashable, Sendable {
  /// What `&&` and `||` join, or the whole.
  public struct Part: Hashable, Sendable {
    public internal(set) var pieces: [Piece] = []

    /// The registers of what is compared, where `==` compares it.
    public var equatedRegisters: (left: Int, right: Int)? {
      guard pieces.count == 3, case .value(let left) = pieces[0], pieces[1] == .text(" == "),
        case .value(let right) = pieces[2]
      else { return nil }
      return (left, right)
    }
  }

  public enum Piece: Hashable, Sendable {
    case text(String)
    /// Of the frame that made the call.
    case value(register: Int)
  }

  public internal(set) var parts: [Part] = []
  /// What stands before each part, and behind the last: `(`, ` && `.
  public internal(set) var joints: [String] = [""]
  /// The register that holds the place of the part evaluated last; nil where there is but one.
  public internal(set) var reachedRegister: Int?
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
  /// - Returns: nil for a condition of which there is nothing to show.
  mutating func expectation(_ condition: Expression, into target: Int) -> ExpectedCondition? {
    var shown = ExpectedCondition()
    if Self.isJoined(condition) {
      let reached = allocate()
      shown.reachedRegister = reached
      join(condition, into: target, &shown, reached)
      return shown
    }
    var pieces: [ExpectedCondition.Piece] = []
    guard let kept = keep(condition, &pieces) else {
      expression(condition, into: target)
      return nil
    }
    expression(kept, into: target)
    shown.parts = [ExpectedCondition.Part(pieces: pieces)]
    shown.joints.append("")
    return shown
  }

  // MARK: Parts that are joined

  private static func isJoined(_ condition: Expression) -> Bool {
    switch condition.kind {
    case .binary(.and, _, _, _), .binary(.or, _, _, _): true
    case .unary(.not, let operand): isJoined(operand)
    default: false
    }
  }

  /// Evaluates parts from left to right, as far as they are needed.
  private mutating func join(
    _ condition: Expression, into target: Int, _ shown: inout ExpectedCondition, _ reached: Int
  ) {
    func add(_ text: String) { shown.joints[shown.joints.count - 1] += text }
    switch condition.kind {
    case .binary(let sign, let left, let right, _) where sign == .and || sign == .or:
      joinSide(left, of: sign, into: target, &shown, reached)
      let past = at(left.span) { $0.jump(sign == .and ? .jumpIfFalse : .jumpIfTrue, a: target) }
      add(" \(sign.rawValue) ")
      joinSide(right, of: sign, into: target, &shown, reached)
      land(past)
    case .unary(.not, let operand) where Self.isJoined(operand):
      add("!(")
      join(operand, into: target, &shown, reached)
      add(")")
      at(condition.span) { $0.emit(.not, a: target, b: target) }
      note(operand.span)
    default:
      emit(.loadInteger, a: reached, wide: shown.parts.count)
      var pieces: [ExpectedCondition.Piece] = []
      if let kept = keep(condition, &pieces) {
        expression(kept, into: target)
      } else {
        expression(keepValue(condition, &pieces), into: target)
      }
      shown.parts.append(ExpectedCondition.Part(pieces: pieces))
      shown.joints.append("")
    }
  }

  /// A side of `&&` or `||`, in parentheses where it has the other sign.
  private mutating func joinSide(
    _ side: Expression, of sign: BinaryOperator, into target: Int, _ shown: inout ExpectedCondition,
    _ reached: Int
  ) {
    let isOther =
      if case .binary(let inner, _, _, _) = side.kind { inner != sign && Self.isJoined(side) } else { false }
    if isOther { shown.joints[shown.joints.count - 1] += "(" }
    join(side, into: target, &shown, reached)
    if isOther { shown.joints[shown.joints.count - 1] += ")" }
  }

  // MARK: A part

  /// Evaluates what a condition is made of, and gives the same condition of those values; nil, with nothing done, for one
  /// of another form.
  private mutating func keep(_ condition: Expression, _ pieces: inout [ExpectedCondition.Piece])
    -> Expression?
  {
    let kind: Expression.Kind
    switch condition.kind {
    case .unary(.not, let operand):
      // Without parentheses it would be the left side alone that is turned round.
      let isCompared = if case .binary(let sign, _, _, _) = operand.kind { sign.isComparison } else { false }
      pieces.append(.text(isCompared ? "!(" : "!"))
      guard let kept = keep(operand, &pieces) else {
        pieces.removeLast()
        return nil
      }
      if isCompared { pieces.append(.text(")")) }
      kind = .unary(.not, kept)
    case .binary(let sign, let left, let right, let signSpan) where sign.isComparison:
      let first = keepValue(left, &pieces)
      pieces.append(.text(" \(sign.rawValue) "))
      kind = .binary(sign, first, keepValue(right, &pieces), operatorSpan: signSpan)
    case .member(let receiver, let name, let nameSpan, isOptional: false):
      let value = keepReceiver(receiver, &pieces)
      pieces.append(.text(".\(name)"))
      kind = .member(value, name: name, nameSpan: nameSpan, isOptional: false)
    case .call(let callee, let arguments):
      if case .name(let name) = callee.kind, arguments.contains(where: \.isShown) {
        pieces.append(.text("\(name.name)("))
        let kept = keep(arguments, &pieces)
        pieces.append(.text(")"))
        return Expression(.call(callee: callee, arguments: kept), condition.span)
      }
      guard case .member(let receiver, let name, let nameSpan, isOptional: false) = callee.kind,
        !ChangingMembers.all.contains(name)
      else { return nil }
      let value = keepReceiver(receiver, &pieces)
      pieces.append(.text(".\(name)("))
      let kept = keep(arguments, &pieces)
      pieces.append(.text(")"))
      let member = Expression(
        .member(value, name: name, nameSpan: nameSpan, isOptional: false), callee.span)
      kind = .call(callee: member, arguments: kept)
    default: return nil
    }
    return Expression(kind, condition.span)
  }

  private mutating func keepReceiver(_ receiver: Expression, _ pieces: inout [ExpectedCondition.Piece])
    -> Expression
  {
    guard case .range = receiver.kind else { return keepValue(receiver, &pieces) }
    pieces.append(.text("("))
    defer { pieces.append(.text(")")) }
    return keepValue(receiver, &pieces)
  }

  private mutating func keep(_ arguments: [Argument], _ pieces: inout [ExpectedCondition.Piece]) -> [Argument]
  {
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
    return kept
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

extension Argument {
  /// Whether it is shown by its value.
  fileprivate var isShown: Bool { if case .closure = value.kind { false } else { true } }
}
