// What expressions do on the way from one call to the next.

extension OverlapFinder {
  /// Visits an expression in the order in which it is evaluated; gives the calls that its value comes from.
  mutating func visit(_ value: Expression) -> Set<Int> {
    switch value.kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string: return []
    case .interpolation(let parts, _):
      return parts.reduce(into: []) { if case .value(let part) = $1 { $0.formUnion(visit(part)) } }
    case .array(let elements): return elements.reduce(into: []) { $0.formUnion(visit($1)) }
    case .dictionary(let pairs):
      return pairs.reduce(into: []) { $0.formUnion(visit($1.key).union(visit($1.value))) }
    case .name(let reference): return read(reference)
    case .unary(_, let operand): return visit(operand)
    case .binary(let operation, let left, let right, _):
      let isLazy = [.and, .or, .coalesce].contains(operation)
      if !isLazy, !operation.isComparison {
        return visitOperand(left, beside: right).union(visitOperand(right, beside: left))
      }
      return visit(left).union(isLazy ? visitPerhaps(right) : visit(right))
    case .ternary(let condition, let then, let otherwise):
      return visit(condition).union(visitPerhaps(then)).union(visitPerhaps(otherwise))
    case .range(let lower, let upper, _): return visit(lower).union(visit(upper))
    case .member(let base, let name, _, _): return visitPart(of: base, name)
    case .index(let base, let key, let fallback, _):
      let origins = visitPart(of: base, nil).union(optionalChains > 0 ? visitPerhaps(key) : visit(key))
      return fallback.map { origins.union(visitPerhaps($0)) } ?? origins
    case .call(let callee, let arguments): return visitCall(callee, arguments)
    case .optionalChain(let chain): return visitOptional { $0.visit(chain) }
    case .await(let chain): return visitAwaited(chain)
    case .closure, .async, .conditional, .invalid:
      barrier()
      return []
    }
  }

  /// Visits the address of a call, which is a text: so is what it is joined of.
  mutating func visitAddress(_ value: Expression) -> Set<Int> {
    switch value.kind {
    case .name(let reference):
      guard let variable = reference.variable, facts.content(of: variable) == .argument else { break }
      return inputs[Name(reference)] ?? []
    case .binary(.add, let left, let right, _): return visitAddress(left).union(visitAddress(right))
    case .interpolation(let parts, _):
      return parts.reduce(into: []) { origins, part in
        guard case .value(let part) = part else { return }
        isInAddress = if case .name = part.kind { true } else { false }
        origins.formUnion(visit(part))
        isInAddress = false
      }
    default: break
    }
    return visit(value)
  }

  /// Visits a side of a calculation: what a function was given is a number or a text where the other side is.
  private mutating func visitOperand(_ value: Expression, beside other: Expression) -> Set<Int> {
    if case .name(let reference) = value.kind, let variable = reference.variable,
      facts.content(of: variable) == .argument, facts.isScalar(other)
    {
      return inputs[Name(reference)] ?? []
    }
    return visit(value)
  }

  /// Visits a dictionary of texts and numbers.
  mutating func visitFields(_ value: Expression) -> Set<Int> {
    guard case .dictionary(let pairs) = value.kind else { return visit(value) }
    return pairs.reduce(into: []) { origins, pair in
      origins.formUnion(visit(pair.key))
      if case .name(let reference) = pair.value.kind, let variable = reference.variable,
        facts.content(of: variable) == .argument
      {
        origins.formUnion(inputs[Name(reference)] ?? [])
        hasToldArgument = true
      } else {
        origins.formUnion(visit(pair.value))
      }
    }
  }

  /// Visits a chain that may end at each `?` in it: what its calls are given is evaluated in some cases only.
  mutating func visitOptional(_ visit: (inout OverlapFinder) -> Set<Int>) -> Set<Int> {
    optionalChains += 1
    defer { optionalChains -= 1 }
    return visit(&self)
  }

  /// Visits what is evaluated in some cases only: nothing may be called there.
  mutating func visitPerhaps(_ value: Expression) -> Set<Int> {
    if let origins = plainly({ $0.visit(value) }) { return origins }
    barrier()
    return []
  }

  /// What a visit gives where it meets no call and no barrier; else nil, and nothing of it counts.
  private mutating func plainly(_ visit: (inout OverlapFinder) -> Set<Int>) -> Set<Int>? {
    var trial = self
    let origins = visit(&trial)
    return trial.stretch == stretch && trial.number == number ? origins : nil
  }

  private mutating func visitPart(of base: Expression, _ member: String?) -> Set<Int> {
    if facts.isRequest(base) {
      let isSafe =
        member.map { PureNames.requestTexts.contains($0) || facts.isRequestField($0, of: base) } ?? false
      if !isSafe { barrier() }
      return []
    }
    if facts.isRequestField(base) { return [] }
    if let member, PureNames.takingMembers.contains(member) { barrier() }
    if case .name(let reference) = base.kind, reference.variable == nil, answers.contains(reference.name),
      let member, PureNames.answerTexts.contains(member)
    {
      return inputs[Name(reference)] ?? []
    }
    return visit(base)
  }

  private mutating func visitCall(_ callee: Expression, _ arguments: [Argument]) -> Set<Int> {
    var origins: Set<Int> = []
    switch callee.kind {
    case .name(let name):
      let isPlain = visit(arguments, of: nil, into: &origins)
      if !isPlain || !facts.globals.isOwn(name, in: PureNames.functions) { barrier() }
    case .member(let base, let member, _, _):
      origins = visitPart(of: base, member)
      let isPlain = visit(arguments, of: base, into: &origins)
      if !isPlain || !PureNames.members.contains(member) { barrier() }
    default:
      _ = visit(callee)
      _ = visit(arguments, of: nil, into: &origins)
      barrier()
    }
    return origins
  }

  /// Visits arguments; gives whether none of them may do something when it is called.
  mutating func visit(_ arguments: [Argument], of base: Expression?, into origins: inout Set<Int>)
    -> Bool
  {
    var isPlain = true
    for argument in arguments {
      if case .closure(let node) = argument.value.kind {
        let receiver = origins
        guard let own = plainly({ $0.visit(node, givenPartsOf: receiver) }) else {
          isPlain = false
          continue
        }
        origins.formUnion(own)
      } else {
        origins.formUnion(optionalChains > 0 ? visitPerhaps(argument.value) : visit(argument.value))
        if !facts.isScalar(argument.value), mayBeFunction(argument.value) { isPlain = false }
      }
    }
    return isPlain
  }

  private func mayBeFunction(_ value: Expression) -> Bool {
    switch value.kind {
    case .name, .await: !facts.isAnswer(value)
    case .binary(.coalesce, let left, let right, _): mayBeFunction(left) || mayBeFunction(right)
    case .array, .dictionary, .interpolation, .binary, .unary, .range: false
    default: !facts.isScalar(value)
    }
  }

  /// Visits what a closure does, which is called with parts of something that comes from those calls.
  private mutating func visit(_ closure: FunctionNode, givenPartsOf origins: Set<Int>) -> Set<Int> {
    for variable in closure.parameterVariables {
      parts.insert(ObjectIdentifier(variable))
      inputs[.variable(ObjectIdentifier(variable))] = origins
    }
    var all: Set<Int> = []
    for statement in closure.body {
      switch statement.kind {
      case .expression(let value): all.formUnion(visit(value))
      case .declaration(let node):
        all.formUnion(visit(node.value))
        inputs[Name(node.name)] = all
      default: barrier()
      }
    }
    return all
  }

  /// Reads a variable or a global; gives the calls that it comes from.
  private mutating func read(_ reference: NameReference) -> Set<Int> {
    let name = Name(reference)
    // A call that has been begun goes somewhere.
    if pending[name] != nil { barrier() }
    let origins = inputs[name] ?? []
    if let variable = reference.variable {
      if parts.contains(ObjectIdentifier(variable)) { return origins }
      switch facts.content(of: variable) {
      case .scalar: break
      case .answer: if facts.escapes.hasEscaped(variable, before: reference.span.start) { barrier() }
      case .argument:
        // It may be an array that others change; the address that was called shows whether it was one.
        if isInAddress { hasToldArgument = true } else { barrier() }
      case .call, .unknown: barrier()
      }
    } else {
      let global = reference.name
      let isSafe =
        answerTexts.contains(global) || facts.globals.isBuiltin(global) || facts.globals.isConstant(global)
      if !isSafe { barrier() }
    }
    return origins
  }
}
