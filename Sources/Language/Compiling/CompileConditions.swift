extension FunctionCompiler {
  // MARK: if

  mutating func conditional(_ node: IfNode, tail: Tail) {
    let before = temporary
    let failures = branch(unless: node.conditions)
    at(node.then.span) { $0.block(node.then.statements, tail: tail) }
    switch node.otherwise {
    case nil:
      if case .into(let register) = tail {
        let past = jump(.jump)
        land(failures)
        emit(.loadNil, a: register)
        land(past)
      } else {
        land(failures)
      }
    case .block(let block)?:
      let past = jump(.jump)
      land(failures)
      at(block.span) { $0.block(block.statements, tail: tail) }
      land(past)
    case .conditional(let next)?:
      let past = jump(.jump)
      land(failures)
      at(next.span) { $0.conditional(next, tail: tail) }
      land(past)
    }
    temporary = before
  }

  /// Tests conditions in order; gives the jumps taken when one fails.
  mutating func branch(unless conditions: [Condition]) -> [Int] {
    var failures: [Int] = []
    for condition in conditions {
      switch condition {
      case .expression(let test): failures += branch(if: test, is: false)
      case .binding(let declaration):
        guard let variable = declaration.name.variable else {
          failures.append(bindGlobal(declaration))
          continue
        }
        expression(declaration.value, into: variable.register)
        failures.append(jump(.jumpIfNil, a: variable.register))
        if variable.isBoxed { emit(.newBox, a: variable.register) }
      }
    }
    return failures
  }

  /// A binding that makes a global, as that of a `guard` at the outermost level, or one of `_`.
  private mutating func bindGlobal(_ declaration: DeclarationNode) -> Int {
    scoped { compiler in
      let register = compiler.allocate()
      compiler.expression(declaration.value, into: register)
      let failure = compiler.jump(.jumpIfNil, a: register)
      if declaration.name.name != "_" {
        compiler.at(declaration.name.span) {
          $0.defineGlobal(declaration.name, from: register, kind: declaration.isLet ? .let : .var)
        }
      }
      return failure
    }
  }

  // MARK: Tests

  /// Evaluates a test; gives the jumps taken when it is `sense`.
  mutating func branch(if test: Expression, is sense: Bool) -> [Int] {
    scoped { compiler in compiler.at(test.span) { $0.testJumps(test, sense) } }
  }

  private mutating func testJumps(_ test: Expression, _ sense: Bool) -> [Int] {
    switch test.kind {
    case .unary(.not, let operand): return branch(if: operand, is: !sense)
    case .binary(.and, let left, let right, _):
      if !sense { return branch(if: left, is: false) + branch(if: right, is: false) }
      let failures = branch(if: left, is: false)
      let successes = branch(if: right, is: true)
      land(failures)
      return successes
    case .binary(.or, let left, let right, _):
      if sense { return branch(if: left, is: true) + branch(if: right, is: true) }
      let successes = branch(if: left, is: true)
      let failures = branch(if: right, is: false)
      land(successes)
      return failures
    case .binary(let operation, let left, let right, let sign):
      if let jump = comparisonJump(operation, left, right, sense) {
        note(left.span, operator: sign, right.span)
        return [jump]
      }
    default: break
    }
    let register = operand(test)
    return [jump(sense ? .jumpIfTrue : .jumpIfFalse, a: register)]
  }

  /// A comparison and the jump on it as one instruction.
  private mutating func comparisonJump(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ sense: Bool
  ) -> Int? {
    if let small = Self.smallInteger(right) {
      switch operation {
      case .equal, .notEqual:
        let wanted = (operation == .equal) == sense
        return jump(wanted ? .jumpIfEqualInteger : .jumpUnlessEqualInteger, a: operand(left), b: small)
      case .less: return jump(sense ? .jumpIfLessInteger : .jumpUnlessLessInteger, a: operand(left), b: small)
      default: break
      }
    }
    let opcodes: (positive: Opcode, negative: Opcode)
    switch operation {
    case .less, .greater: opcodes = (.jumpIfLess, .jumpUnlessLess)
    case .lessOrEqual, .greaterOrEqual: opcodes = (.jumpIfLessOrEqual, .jumpUnlessLessOrEqual)
    case .equal: opcodes = (.jumpIfEqual, .jumpUnlessEqual)
    case .notEqual: opcodes = (.jumpUnlessEqual, .jumpIfEqual)
    default: return nil
    }
    let first = operand(left, before: right)
    let second = operand(right)
    let isSwapped = operation == .greater || operation == .greaterOrEqual
    return jump(
      sense ? opcodes.positive : opcodes.negative, k: isSwapped ? 1 : 0, a: isSwapped ? second : first,
      b: isSwapped ? first : second)
  }

  /// The value of a literal that fits into an instruction.
  static func smallInteger(_ value: Expression) -> Int? {
    guard case .integer(let number) = value.kind, Int(Int16(truncatingIfNeeded: number)) == number else {
      return nil
    }
    return number
  }
}
