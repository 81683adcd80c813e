extension FunctionCompiler {
  /// Evaluates into a register of the compiler's choice; a plain variable is used where it lies.
  mutating func operand(_ value: Expression) -> Int {
    if case .name(let name) = value.kind, case .local(let variable) = name.binding, !variable.isBoxed {
      return variable.register
    }
    let register = allocate()
    expression(value, into: register)
    return register
  }

  /// The same for a value that is used after those in `later` have been evaluated: where one of them may
  /// assign, a variable's value is copied, so that operands are read from left to right.
  mutating func operand(_ value: Expression, before later: Expression...) -> Int {
    operand(value, before: later)
  }

  mutating func operand(_ value: Expression, before later: [Expression]) -> Int {
    guard case .name = value.kind, later.contains(where: \.mayAssign) else { return operand(value) }
    let register = allocate()
    expression(value, into: register)
    return register
  }

  /// Evaluates into `target`, which is written only when everything else is done.
  mutating func expression(_ value: Expression, into target: Int) {
    scoped { compiler in compiler.at(value.span) { $0.evaluate(value, into: target, isAwaited: false) } }
  }

  mutating func evaluate(_ value: Expression, into target: Int, isAwaited: Bool) {
    switch value.kind {
    case .nilLiteral: emit(.loadNil, a: target)
    case .bool(let flag): emit(.loadBool, a: target, b: flag ? 1 : 0)
    case .integer(let number):
      if Int(Int32(truncatingIfNeeded: number)) == number {
        emit(.loadInteger, a: target, wide: number)
      } else {
        load(.integer(number), into: target)
      }
    case .double(let number): load(.double(number), into: target)
    case .duration(let nanoseconds): load(.duration(nanoseconds: nanoseconds), into: target)
    case .string(let text): load(.string(text), into: target)
    case .interpolation(let parts, let isHTML): interpolation(parts, isHTML: isHTML, into: target)
    case .array(let elements): array(elements, into: target)
    case .dictionary(let pairs): dictionary(pairs, into: target)
    case .name(let name): read(name, into: target)
    case .unary(.not, let operand):
      let register = self.operand(operand)
      emit(.not, a: target, b: register)
      note(operand.span)
    case .unary(.negate, let operand):
      let register = self.operand(operand)
      emit(.negate, a: target, b: register)
      note(operand.span)
    case .binary(let operation, let left, let right, let sign):
      binary(operation, left, sign, right, into: target)
    case .ternary(let condition, let then, let otherwise):
      let failures = branch(if: condition, is: false)
      expression(then, into: target)
      let past = jump(.jump)
      land(failures)
      expression(otherwise, into: target)
      land(past)
    case .range(let lower, let upper, let isClosed):
      let first = operand(lower, before: upper)
      let second = operand(upper)
      emit(.range, k: isClosed ? 1 : 0, a: target, b: first, c: second)
      note([lower.span, upper.span])
    case .member(let receiver, let name, let nameSpan, let isOptional):
      member(receiver, name, nameSpan, isOptional: isOptional, into: target, isAwaited: isAwaited)
    case .index: index(value, into: target, isAwaited: isAwaited)
    case .call(let callee, let arguments): call(callee, arguments, into: target, isAwaited: isAwaited)
    case .optionalChain(let chain): optionalChain(chain, into: target, isAwaited: isAwaited)
    case .closure(let function): closure(function, into: target)
    case .await(let awaited):
      let register = allocate()
      at(awaited.span) { $0.evaluate(awaited, into: register, isAwaited: true) }
      emit(.await, a: target, b: register)
    case .async(let function):
      let register = allocate()
      closure(function, into: register)
      emit(.async, a: target, b: register)
    case .conditional(let node): conditional(node, tail: .into(target))
    case .invalid: emit(.loadNil, a: target)
    }
  }

  private mutating func load(_ value: Constant, into target: Int) {
    emit(.loadConstant, a: target, wide: constant(value))
  }

  private mutating func read(_ name: NameReference, into target: Int) {
    switch name.binding {
    case .local(let variable):
      if variable.isBoxed {
        emit(.getBox, a: target, b: variable.register)
      } else if variable.register != target {
        emit(.move, a: target, b: variable.register)
      }
    case .captured(let index, let variable):
      emit(variable.isBoxed ? .getBoxedCapture : .getCapture, a: target, b: index)
    case .global, .unresolved:
      emit(.getGlobal, a: target, wide: builder.globals.number(of: name.name))
    }
  }

  mutating func closure(_ function: FunctionNode, into target: Int) {
    emit(.closure, a: target, wide: builder.add(function))
  }

  // MARK: Operators

  private mutating func binary(
    _ operation: BinaryOperator, _ left: Expression, _ sign: Span, _ right: Expression, into target: Int
  ) {
    switch operation {
    case .and, .or:
      let failures = branch(
        if: Expression(.binary(operation, left, right, operatorSpan: sign), span), is: false)
      emit(.loadBool, a: target, b: 1)
      let past = jump(.jump)
      land(failures)
      emit(.loadBool, a: target, b: 0)
      land(past)
    case .coalesce:
      expression(left, into: target)
      let present = jump(.jumpIfNotNil, a: target)
      expression(right, into: target)
      land(present)
    default:
      let first = operand(left, before: right)
      combine(operation, first, right, into: target)
      note(left.span, operator: sign, right.span)
    }
  }

  /// An operator whose left side lies in a register already.
  mutating func combine(_ operation: BinaryOperator, _ left: Int, _ right: Expression, into target: Int) {
    if let small = Self.smallInteger(right) {
      switch operation {
      case .add: return emit(.addInteger, a: target, b: left, c: small)
      case .subtract where small != Int(Int16.min):
        return emit(.addInteger, k: 1, a: target, b: left, c: -small)
      case .multiply: return emit(.multiplyInteger, a: target, b: left, c: small)
      case .remainder where small > 0: return emit(.remainderInteger, a: target, b: left, c: small)
      default: break
      }
    }
    if case .double(let number) = right.kind, let opcode = Self.constantOpcode(operation) {
      let place = constant(.double(number))
      if fusesConstants, place < Int(UInt16.max) {
        hasFusedConstants = true
        return emit(opcode, a: target, b: left, c: place)
      }
    }
    let second = operand(right)
    switch operation {
    case .add: emit(.add, a: target, b: left, c: second)
    case .subtract: emit(.subtract, a: target, b: left, c: second)
    case .multiply: emit(.multiply, a: target, b: left, c: second)
    case .divide: emit(.divide, a: target, b: left, c: second)
    case .remainder: emit(.remainder, a: target, b: left, c: second)
    case .equal: emit(.equal, a: target, b: left, c: second)
    case .notEqual: emit(.notEqual, a: target, b: left, c: second)
    case .less: emit(.less, a: target, b: left, c: second)
    case .lessOrEqual: emit(.lessOrEqual, a: target, b: left, c: second)
    case .greater: emit(.less, k: 1, a: target, b: second, c: left)
    case .greaterOrEqual: emit(.lessOrEqual, k: 1, a: target, b: second, c: left)
    case .and, .or, .coalesce: break
    }
  }

  private static func constantOpcode(_ operation: BinaryOperator) -> Opcode? {
    switch operation {
    case .add: .addConstant
    case .subtract: .subtractConstant
    case .multiply: .multiplyConstant
    case .divide: .divideConstant
    default: nil
    }
  }

  // MARK: Literals

  /// Values pass through this many registers at a time, so that a long literal needs no long frame.
  private static let batch = 48

  private mutating func array(_ elements: [Expression], into target: Int) {
    let result = elements.count > Self.batch ? allocate() : target
    for start in stride(from: 0, to: max(elements.count, 1), by: Self.batch) {
      let part = elements[start..<min(start + Self.batch, elements.count)]
      scoped { compiler in
        let first = compiler.allocate(max(part.count, 1))
        for (offset, element) in part.enumerated() { compiler.expression(element, into: first + offset) }
        compiler.emit(start == 0 ? .array : .appendAll, a: result, b: first, c: part.count)
      }
    }
    if result != target { emit(.move, a: target, b: result) }
  }

  private mutating func dictionary(_ pairs: [(key: Expression, value: Expression)], into target: Int) {
    let isLong = pairs.count > Self.batch
    let result = isLong ? allocate() : target
    scoped { compiler in
      let head = pairs.prefix(Self.batch)
      let first = compiler.allocate(max(head.count * 2, 1))
      for (offset, pair) in head.enumerated() {
        compiler.expression(pair.key, into: first + 2 * offset)
        if case .name(let name) = pair.key.kind, compiler.code.last?.opcode == .getGlobal {
          compiler.hint(undeclared: .key(name: name.name))
        }
        compiler.expression(pair.value, into: first + 2 * offset + 1)
      }
      compiler.emit(.dictionary, a: result, b: first, c: head.count)
      compiler.note(head.lazy.map(\.key.span))
    }
    for pair in pairs.dropFirst(Self.batch) {
      scoped { compiler in
        let key = compiler.operand(pair.key, before: pair.value)
        let value = compiler.operand(pair.value)
        compiler.at(pair.key.span) { $0.emit(.setIndex, k: 1, a: result, b: key, c: value) }
      }
    }
    if result != target { emit(.move, a: target, b: result) }
  }

  private mutating func interpolation(_ parts: [StringPart], isHTML: Bool, into target: Int) {
    let opcode: Opcode = isHTML ? .concatenateHTML : .concatenate
    var rest = parts[...]
    var isFirst = true
    var page = HTMLScanner()
    let whole = allocate()
    repeat {
      let room = Self.batch - (isFirst ? 0 : 1)
      let head = rest.prefix(room)
      rest = rest.dropFirst(room)
      scoped { compiler in
        let first = compiler.allocate(head.count + (isFirst ? 0 : 1))
        var count = 0
        if !isFirst {
          compiler.emit(.move, a: first, b: whole)
          count = 1
        }
        for part in head {
          switch part {
          case .text(let text):
            if isHTML { page.scan(text) }
            compiler.load(.string(text), into: first + count)
          case .value(let value):
            compiler.expression(value, into: first + count)
            if isHTML {
              let place = page.value().place
              compiler.at(value.span) { $0.emit(.escapeHTML, k: place.operand, a: first + count) }
            }
          }
          count += 1
        }
        let valueSpan = head.lazy.compactMap { part -> Span? in
          if case .value(let value) = part { value.span } else { nil }
        }.first
        compiler.at(head.count <= 2 ? valueSpan ?? compiler.span : compiler.span) {
          $0.emit(opcode, a: rest.isEmpty ? target : whole, b: first, c: count)
        }
        compiler.note(head, isFirst: isFirst)
      }
      isFirst = false
    } while !rest.isEmpty
  }

  /// Notes where the pieces of a text stand; what has been joined before comes first.
  private mutating func note(_ pieces: ArraySlice<StringPart>, isFirst: Bool) {
    let places = pieces.map { piece in
      if case .value(let value) = piece { value.span } else { span }
    }
    note((isFirst ? [] : [span]) + places)
  }
}

extension Expression {
  /// Whether evaluating it may assign to a variable of the function that it stands in: only the blocks of
  /// an `if` used for its value hold statements.
  var mayAssign: Bool {
    switch kind {
    case .conditional: true
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .name, .closure, .async, .invalid: false
    case .interpolation(let parts, _):
      parts.contains { if case .value(let value) = $0 { value.mayAssign } else { false } }
    case .array(let elements): elements.contains(where: \.mayAssign)
    case .dictionary(let pairs): pairs.contains { $0.key.mayAssign || $0.value.mayAssign }
    case .unary(_, let operand): operand.mayAssign
    case .binary(_, let left, let right, _): left.mayAssign || right.mayAssign
    case .ternary(let condition, let then, let otherwise):
      condition.mayAssign || then.mayAssign || otherwise.mayAssign
    case .range(let lower, let upper, _): lower.mayAssign || upper.mayAssign
    case .member(let receiver, _, _, _): receiver.mayAssign
    case .index(let receiver, let key, let fallback, _):
      receiver.mayAssign || key.mayAssign || fallback?.mayAssign ?? false
    case .call(let callee, let arguments): callee.mayAssign || arguments.contains { $0.value.mayAssign }
    case .optionalChain(let chain), .await(let chain): chain.mayAssign
    }
  }

  /// Whether it may be compiled twice: it holds no function, whose own body would be compiled twice again.
  var isRepeatable: Bool {
    switch kind {
    case .conditional, .closure, .async: false
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .name, .invalid: true
    case .interpolation(let parts, _):
      parts.allSatisfy { if case .value(let value) = $0 { value.isRepeatable } else { true } }
    case .array(let elements): elements.allSatisfy(\.isRepeatable)
    case .dictionary(let pairs): pairs.allSatisfy { $0.key.isRepeatable && $0.value.isRepeatable }
    case .unary(_, let operand): operand.isRepeatable
    case .binary(_, let left, let right, _): left.isRepeatable && right.isRepeatable
    case .ternary(let condition, let then, let otherwise):
      condition.isRepeatable && then.isRepeatable && otherwise.isRepeatable
    case .range(let lower, let upper, _): lower.isRepeatable && upper.isRepeatable
    case .member(let receiver, _, _, _): receiver.isRepeatable
    case .index(let receiver, let key, let fallback, _):
      receiver.isRepeatable && key.isRepeatable && fallback == nil
    case .call(let callee, let arguments): callee.isRepeatable && arguments.allSatisfy(\.value.isRepeatable)
    case .optionalChain(let chain), .await(let chain): chain.isRepeatable
    }
  }
}
