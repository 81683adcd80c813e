/// Goes through a function and looks for what could change anything but variables of its own and what globals stand for.
struct ReadingCheck {
  private let facts: VariableFacts
  private let handler: FunctionNode
  private var reads: Set<String> = []
  private var writes: Set<String> = []
  private var changes = false

  private init(_ handler: FunctionNode, _ facts: VariableFacts) {
    self.handler = handler
    self.facts = facts
  }

  /// What a function does with globals; nil where it may change something else.
  static func effects(of function: FunctionNode, _ facts: VariableFacts) -> CodeEffects? {
    var check = ReadingCheck(function, facts)
    check.visit(.function(function))
    return check.changes ? nil : CodeEffects(reads: check.reads, writes: check.writes)
  }

  private mutating func visit(_ part: CodePart) {
    switch part {
    case .statement(let statement): look(at: statement)
    case .expression(let value): look(at: value)
    case .function, .block: break
    }
    if changes { return }
    for next in part.parts { visit(next) }
  }

  private mutating func look(at statement: Statement) {
    switch statement.kind {
    case .assignment(let target, _, _, let value):
      if isOwnPlace(target) { return }
      // `xs += [1]` changes the array that others may have by other names; of what it is given somebody may keep a part.
      guard case .name(let reference) = target.kind, case .global = reference.binding, facts.isScalar(value)
      else {
        changes = true
        return
      }
      writes.insert(reference.name)
    case .route, .hook, .group, .forLoop(awaits: true, _, _, _), .invalid: changes = true
    default: break
    }
  }

  private mutating func look(at value: Expression) {
    switch value.kind {
    case .name(let reference):
      if case .global = reference.binding, !facts.globals.isBuiltin(reference.name) {
        reads.insert(reference.name)
      }
      // What the text around the handler holds may come to something else while nothing of the notebook runs.
      if let variable = reference.variable, !isOwn(variable), !facts.isInert(variable) { changes = true }
    case .member(_, let name, _, _):
      // It changes by itself.
      if PureNames.stateMembers.contains(name) { changes = true }
    case .call(let callee, let arguments):
      if !isReading(callee, arguments) { changes = true }
    default: break
    }
  }

  private func isReading(_ callee: Expression, _ arguments: [Argument]) -> Bool {
    switch callee.kind {
    case .name(let reference):
      if let variable = reference.variable { return isFunctionOfText(variable) }
      // A jar is written to by the answer.
      if arguments.contains(where: { $0.label == "cookies" && !$0.value.isDictionaryLiteral }) {
        return false
      }
      // Whoever loses a race is cancelled where nobody else waits for it.
      if reference.name == "race", !arguments.allSatisfy({ areCalls($0.value) }) { return false }
      let mayCall = ["Dictionary", "after"].contains(reference.name)
      return facts.globals.isOwn(reference, in: PureNames.readingFunctions)
        && (!mayCall || arguments.allSatisfy { isNoForeignFunction($0.value) })
    case .member(let base, let name, _, _):
      if ChangingMembers.all.contains(name), !PureNames.members.contains(name) {
        // A function under such a key of a dictionary is what is called.
        return isOwnCollection(base, of: \.isArrayLiteral)
          && (PureNames.storingMembers.contains(name)
            || arguments.allSatisfy { isNoForeignFunction($0.value) })
      }
      return PureNames.members.union(PureNames.deferredMembers).contains(name)
        && (PureNames.dictionaryMembers.contains(name) || isNoDictionary(base))
        && arguments.allSatisfy { isNoForeignFunction($0.value) }
    default: return false
    }
  }

  /// Whether a value is known for none that could hold a function under the name of a member: a dictionary that the
  /// notebook has made is read by its keys.
  private func isNoDictionary(_ value: Expression, depth: Int = 0) -> Bool {
    if depth > ReadingCheck.depthLimit { return false }
    if facts.isScalar(value) || facts.isAnswer(value) || facts.isCall(value) || isPartOfRequest(value) {
      return true
    }
    switch value.kind {
    case .array: return true
    case .optionalChain(let base): return isNoDictionary(base, depth: depth + 1)
    case .name(let reference):
      guard let variable = reference.variable else { return facts.globals.isArray(reference.name) }
      guard isOwn(variable) else { return false }
      let values = facts.values(of: variable)
      return !values.isEmpty && values.allSatisfy { isNoDictionary($0, depth: depth + 1) }
    case .await(let chain): return isNoDictionary(chain, depth: depth + 1)
    case .call(let callee, _):
      if case .name(let reference) = callee.kind {
        return facts.globals.isOwn(reference, in: PureNames.functionsThatGiveArrays)
      }
      guard case .member(let base, let name, _, _) = callee.kind else { return false }
      return (PureNames.givingNoDictionary.contains(name) || PureNames.givingTheLike.contains(name))
        && (!PureNames.givingTheLike.contains(name) || isNoDictionary(base, depth: depth + 1))
        && (PureNames.dictionaryMembers.contains(name) || isNoDictionary(base, depth: depth + 1))
    default: return false
    }
  }

  private static let depthLimit = 50

  /// Whether a value is an array, written in its place, of calls that nobody else knows.
  private func areCalls(_ value: Expression) -> Bool {
    guard case .array(let elements) = value.kind else { return false }
    return elements.allSatisfy { element in
      guard case .call(let callee, let arguments) = element.kind, case .name(let reference) = callee.kind
      else {
        return false
      }
      return facts.globals.isOwn(reference, in: ["get", "sleep"])
        && arguments.allSatisfy { isNoForeignFunction($0.value) }
    }
  }

  private func isPartOfRequest(_ value: Expression) -> Bool {
    var value = value
    while true {
      if facts.isRequest(value) { return true }
      switch value.kind {
      case .member(let base, _, _, _), .index(let base, _, nil, _), .optionalChain(let base): value = base
      default: return false
      }
    }
  }

  /// Whether what an argument does, if it is a function, stands in the text that is looked at.
  private func isNoForeignFunction(_ value: Expression) -> Bool {
    switch value.kind {
    case .closure, .array, .dictionary: true
    default: facts.isScalar(value)
    }
  }

  /// Whether a variable is a function whose body is looked at with all else, since it stands in a handler.
  private func isFunctionOfText(_ variable: Variable) -> Bool {
    guard isOwn(variable) else { return false }
    if variable.isFunction { return true }
    let values = facts.values(of: variable)
    return !values.isEmpty
      && values.allSatisfy { if case .closure = $0.kind { true } else { false } }
  }

  /// Whether an assignment concerns a variable of the handler, or what such a one alone holds.
  private func isOwnPlace(_ target: Expression) -> Bool {
    switch target.kind {
    case .name(let reference): reference.variable.map(isOwn) ?? false
    case .member(let base, _, _, _), .index(let base, _, _, _):
      isOwnCollection(base) { $0.isArrayLiteral || $0.isDictionaryLiteral }
    default: false
    }
  }

  /// Whether a variable is the handler's, or that of a function within it: what is around it lives longer.
  private func isOwn(_ variable: Variable) -> Bool {
    var function: FunctionNode? = variable.function
    while let next = function, next !== handler { function = next.parent }
    return function != nil
  }

  /// Whether an expression names a variable that is given nothing but literals of a kind.
  private func isOwnCollection(_ value: Expression, of isOfKind: (Expression) -> Bool) -> Bool {
    guard case .name(let reference) = value.kind, let variable = reference.variable, isOwn(variable) else {
      return false
    }
    let values = facts.values(of: variable)
    return !values.isEmpty && values.allSatisfy(isOfKind)
  }
}

extension Expression {
  fileprivate var isArrayLiteral: Bool { if case .array = kind { true } else { false } }
  var isDictionaryLiteral: Bool { if case .dictionary = kind { true } else { false } }
}
