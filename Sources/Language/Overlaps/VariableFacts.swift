/// What a text says of its variables: what they are ever given, and so whether somebody else could change what they hold
/// while a fiber waits.
struct VariableFacts {
  /// What a variable holds.
  enum Content: Sendable {
    /// A number, a text, or another value that nobody can change.
    case scalar
    /// What a call of this very function gave, a part of that, or a collection that it made of such: nobody else has it.
    case answer
    /// A call of this very function that has been begun.
    case call
    /// What a function was given.
    case argument
    case unknown
  }

  /// All functions of the text, the text itself first.
  private(set) var functions: [FunctionNode] = []
  /// All pieces of the text whose statements run one after the other, each with the function that it belongs to.
  private(set) var blocks: [(statements: [Statement], isMain: Bool)] = []
  private var values: [ObjectIdentifier: [Expression]] = [:]
  /// What the loops go over that have one name, and what is gone over by a member that is given a closure for each.
  private var sequences: [ObjectIdentifier: Expression] = [:]
  private var connections: Set<ObjectIdentifier> = []
  private(set) var escapes = VariableEscapes()
  /// Of variables that may hold parts of each other, those of which a part is changed.
  private var changedGroups: Set<ObjectIdentifier> = []
  let globals: GlobalFacts
  /// What was found out, so that each variable is looked at once.
  private let known = Known()

  /// How many expressions and variables it is looked through; beyond that nothing is known.
  private static let depthLimit = 250

  private final class Known {
    var contents: [ObjectIdentifier: Content] = [:]
  }

  init(_ program: FunctionNode, globals: GlobalFacts) {
    self.globals = globals
    visit(.function(program), in: program, isLoop: false)
    changedGroups = escapes.changedGroups
  }

  private mutating func visit(_ part: CodePart, in function: FunctionNode, isLoop: Bool) {
    var (function, isLoop) = (function, isLoop)
    switch part {
    case .function(let node):
      functions.append(node)
      (function, isLoop) = (node, false)
    case .block(let statements): blocks.append((statements, function.role == .main))
    case .statement(let statement):
      switch statement.kind {
      case .whileLoop, .forLoop: isLoop = true
      default: break
      }
      note(statement, isLoop)
    case .expression(let value):
      if case .conditional(let node) = value.kind { note(node.bindings, isLoop) }
      if case .call(let callee, let arguments) = value.kind {
        note(callee, arguments, at: isLoop ? 0 : value.span.start)
      }
    }
    for next in part.parts { visit(next, in: function, isLoop: isLoop) }
  }

  private mutating func note(_ statement: Statement, _ isLoop: Bool) {
    switch statement.kind {
    case .declaration(let node): note([node], isLoop)
    case .assignment(let target, _, _, let value):
      if case .name(let reference) = target.kind, let variable = reference.variable {
        values[ObjectIdentifier(variable), default: []].append(value)
        escapes.join(variable, value)
      } else {
        escapes.note(value, at: isLoop ? 0 : statement.span.start)
        escapes.noteChange(of: target)
      }
    case .conditional(let node): note(node.bindings, isLoop)
    // Whoever catches it has it.
    case .throw(let value): escapes.note(value, at: isLoop ? 0 : statement.span.start)
    case .guard(let conditions, _), .whileLoop(let conditions, _):
      note(conditions.compactMap { if case .binding(let node) = $0 { node } else { nil } }, isLoop)
    case .forLoop(false, let names, let sequence, _):
      for variable in names.compactMap(\.variable) { escapes.join(variable, sequence) }
      guard names.count == 1, let variable = names[0].variable else { return }
      sequences[ObjectIdentifier(variable)] = sequence
    case .route(let node):
      if node.isSocket, let first = node.handler.parameterVariables.first {
        connections.insert(ObjectIdentifier(first))
      }
    default: break
    }
  }

  private mutating func note(_ declarations: [DeclarationNode], _ isLoop: Bool) {
    for node in declarations {
      if let variable = node.name.variable {
        values[ObjectIdentifier(variable), default: []].append(node.value)
        escapes.join(variable, node.value)
      } else {
        escapes.note(node.value, at: isLoop ? 0 : node.name.span.start)
      }
    }
  }

  /// What is called may keep what it is given, unless it is known not to.
  private mutating func note(_ callee: Expression, _ arguments: [Argument], at offset: Int) {
    noteParameters(of: callee, arguments)
    switch callee.kind {
    case .member(let base, let name, _, _) where ChangingMembers.all.contains(name):
      escapes.noteChange(of: base)
    default: break
    }
    switch callee.kind {
    case .name(let reference):
      if case .global = reference.binding, globals.isBuiltin(reference.name) { return }
    case .member(let base, let name, _, _):
      if PureNames.members.contains(name) || PureNames.deferredMembers.contains(name) {
        // A function that is no closure of this place is given parts of what it is called for, and may keep them.
        if !arguments.allSatisfy(\.value.isWritten) { escapes.note(base, at: offset) }
        return
      }
    default: break
    }
    for argument in arguments { escapes.note(argument.value, at: offset) }
  }

  /// A closure may be given whatever the others are, or what it is called for.
  private mutating func noteParameters(of callee: Expression, _ arguments: [Argument]) {
    for case .closure(let node) in arguments.map(\.value.kind) {
      if case .member(let base, let name, _, _) = callee.kind, PureNames.membersForEach.contains(name),
        arguments.count == 1, node.parameterVariables.count == 1
      {
        sequences[ObjectIdentifier(node.parameterVariables[0])] = base
      }
      for variable in node.parameterVariables {
        escapes.join(variable, callee)
        for argument in arguments { escapes.join(variable, argument.value) }
      }
    }
  }

  /// Whether a part of what a variable holds is changed, by whatever name.
  private func isChanged(_ variable: Variable) -> Bool {
    changedGroups.contains(escapes.group(of: ObjectIdentifier(variable)))
  }

  /// What a variable is ever given.
  func values(of variable: Variable) -> [Expression] { values[ObjectIdentifier(variable)] ?? [] }

  // MARK: What a variable holds

  /// - Parameter depth: how far within others it is looked at.
  func content(of variable: Variable, depth: Int = 0) -> Content {
    let id = ObjectIdentifier(variable)
    if let content = known.contents[id] { return content }
    // Where it comes from itself.
    known.contents[id] = .unknown
    let content = findContent(of: variable, depth: depth)
    known.contents[id] = content
    return content
  }

  private func findContent(of variable: Variable, depth: Int) -> Content {
    // Whoever shares it may give it another value at any time.
    if depth > Self.depthLimit || (variable.isCaptured && variable.isReassigned) { return .unknown }
    switch variable.origin {
    case .parameter: return content(ofParameter: variable, depth: depth)
    case .loop: return content(ofLoop: variable, depth: depth)
    case .caughtError, .function: return .unknown
    case .declaration: break
    }
    let values = values(of: variable)
    if values.isEmpty { return .unknown }
    if values.allSatisfy({ isScalar($0, depth: depth + 1) }) { return .scalar }
    if variable.isCaptured || isChanged(variable) { return .unknown }
    if values.allSatisfy({ isScalar($0, depth: depth + 1) || isAnswer($0, depth: depth + 1) }) {
      return .answer
    }
    return values.allSatisfy { isCall($0, depth: depth + 1) } ? .call : .unknown
  }

  /// Whether what is gone over is written in its place, as a range or an array of numbers and texts.
  private func holdsScalars(_ sequence: Expression, depth: Int) -> Bool {
    switch sequence.kind {
    case .range: true
    case .array(let elements): elements.allSatisfy { isScalar($0, depth: depth + 1) }
    default: false
    }
  }

  private func content(ofLoop variable: Variable, depth: Int) -> Content {
    guard let sequence = sequences[ObjectIdentifier(variable)] else { return .unknown }
    if holdsScalars(sequence, depth: depth) { return .scalar }
    let isOwn = !variable.isCaptured && !isChanged(variable) && isAnswer(sequence, depth: depth + 1)
    return isOwn ? .answer : .unknown
  }

  private func content(ofParameter variable: Variable, depth: Int) -> Content {
    switch variable.function.role {
    case .handler, .hook:
      // Those of a path are numbers and texts.
      let isOfPath =
        !["request", "response", "error"].contains(variable.name)
        && !connections.contains(ObjectIdentifier(variable))
      return isOfPath ? .scalar : .unknown
    case .function: return .argument
    case .closure:
      guard let sequence = sequences[ObjectIdentifier(variable)], values(of: variable).isEmpty,
        holdsScalars(sequence, depth: depth)
      else { return .argument }
      return .scalar
    case .main, .task, .cleanup: return .unknown
    }
  }

  /// Whether what an expression gives is a number, a text, or another value that nobody can change.
  func isScalar(_ value: Expression, depth: Int = 0) -> Bool {
    if depth > Self.depthLimit { return false }
    switch value.kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .interpolation, .range: return true
    case .unary: return true
    case .binary(let operation, let left, let right, _):
      if operation.isComparison || operation == .and || operation == .or { return true }
      let sides = [left, right].filter { isScalar($0, depth: depth + 1) }
      // A number or a text is joined with its like alone.
      return operation == .coalesce ? sides.count == 2 : !sides.isEmpty
    case .ternary(_, let then, let otherwise):
      return isScalar(then, depth: depth + 1) && isScalar(otherwise, depth: depth + 1)
    case .conditional(let node): return isScalar(node, depth: depth + 1)
    case .name(let reference):
      guard let variable = reference.variable else { return globals.isConstant(reference.name) }
      return content(of: variable, depth: depth + 1) == .scalar
    case .call(let callee, _):
      switch callee.kind {
      case .name(let reference): return globals.isOwn(reference, in: PureNames.scalarFunctions)
      case .member(let base, let name, _, _):
        return PureNames.scalarMembers.contains(name) && isScalar(base, depth: depth + 1)
      default: return false
      }
    case .member(let base, let name, _, _):
      if isRequest(base) { return PureNames.requestTexts.contains(name) }
      return isRequestField(base, in: PureNames.requestTextFields)
        || (["count", "isEmpty"].contains(name) && isScalar(base, depth: depth + 1))
    case .index(let base, _, nil, _):
      return isRequestField(base, in: PureNames.requestTextFields) || isScalar(base, depth: depth + 1)
    default: return false
    }
  }

  /// The same of an `if` with all its branches.
  private func isScalar(_ node: IfNode, depth: Int) -> Bool {
    func givesScalar(_ block: BlockNode) -> Bool {
      guard case .expression(let value)? = block.statements.last?.kind else { return false }
      return isScalar(value, depth: depth + 1)
    }
    if depth > Self.depthLimit || !givesScalar(node.then) { return false }
    return switch node.otherwise {
    case .block(let block)?: givesScalar(block)
    case .conditional(let next)?: isScalar(next, depth: depth + 1)
    case nil: false
    }
  }

  /// Whether what an expression gives came by a call that it makes itself, is a part of such, or is made of such.
  func isAnswer(_ value: Expression, depth: Int = 0) -> Bool {
    if depth > Self.depthLimit { return false }
    func isOwn(_ value: Expression) -> Bool {
      isScalar(value, depth: depth + 1) || isAnswer(value, depth: depth + 1)
    }
    if isRequestField(value) { return true }
    switch value.kind {
    case .await(let chain): return isAwaited(chain, depth: depth + 1)
    case .member(let base, _, _, _), .optionalChain(let base): return isAnswer(base, depth: depth + 1)
    case .index(let base, _, let fallback, _):
      return isAnswer(base, depth: depth + 1) && fallback.map(isOwn) ?? true
    case .binary(.coalesce, let left, let right, _): return isOwn(left) && isOwn(right)
    case .ternary(_, let then, let otherwise): return isOwn(then) && isOwn(otherwise)
    case .array(let elements): return elements.allSatisfy(isOwn)
    case .dictionary(let pairs): return pairs.allSatisfy { isOwn($0.key) && isOwn($0.value) }
    case .name(let reference):
      guard let variable = reference.variable else { return false }
      return content(of: variable, depth: depth + 1) == .answer
    case .call(let callee, let arguments):
      guard case .member(let base, let name, _, _) = callee.kind else { return false }
      return PureNames.members.contains(name) && isOwn(base) && arguments.allSatisfy { givesPart($0.value) }
    default: return false
    }
  }

  /// The same of what stands behind an `await`, which is for the call at its beginning.
  private func isAwaited(_ chain: Expression, depth: Int) -> Bool {
    if depth > Self.depthLimit { return false }
    switch chain.kind {
    case .member(let base, _, _, _), .optionalChain(let base), .index(let base, _, nil, _):
      return isAwaited(base, depth: depth + 1)
    case .call(let callee, let arguments):
      if case .member(let base, let name, _, _) = callee.kind, PureNames.members.contains(name) {
        return isAwaited(base, depth: depth + 1) && arguments.allSatisfy { givesPart($0.value) }
      }
      return isCall(chain, depth: depth + 1)
    default: return isCall(chain, depth: depth + 1)
    }
  }

  /// Whether an expression is a call that is begun there and not awaited: it changes when its answer comes.
  func isCall(_ value: Expression, depth: Int = 0) -> Bool {
    if depth > Self.depthLimit { return false }
    switch value.kind {
    case .name(let reference):
      guard let variable = reference.variable else { return false }
      return content(of: variable, depth: depth + 1) == .call
    case .call(let callee, let arguments):
      switch callee.kind {
      case .name(let reference): return globals.isOwn(reference, in: ["get"])
      case .member(let base, let name, _, _):
        return ["then", "timeout"].contains(name) && isCall(base, depth: depth + 1)
          && arguments.allSatisfy { givesPart($0.value) }
      default: return false
      }
    default: return false
    }
  }

  /// Whether an argument is no function, or one that gives a part of what it is given.
  private func givesPart(_ value: Expression) -> Bool {
    guard case .closure(let node) = value.kind else { return isScalar(value) }
    guard node.body.count == 1, case .expression(var part) = node.body[0].kind else { return false }
    if isScalar(part) { return true }
    while true {
      switch part.kind {
      case .member(let base, _, _, _), .index(let base, _, nil, _), .optionalChain(let base): part = base
      case .name(let reference):
        return reference.variable.map { variable in node.parameterVariables.contains { $0 === variable } }
          ?? false
      default: return false
      }
    }
  }

  /// Whether a variable of whatever function holds nothing that changes by itself, as a Deferred or a jar of cookies does,
  /// whoever gives it something.
  func isInert(_ variable: Variable) -> Bool {
    if variable.isFunction || content(of: variable) == .scalar { return true }
    let values = values(of: variable)
    if values.isEmpty { return false }
    let isShared =
      isChanged(variable) || escapes.hasEscaped(variable, before: .max)
    return values.allSatisfy { isScalar($0) } || !isShared && values.allSatisfy { isWrittenOut($0) }
  }

  /// Whether a value is written with all its parts, which are numbers and texts.
  private func isWrittenOut(_ value: Expression, depth: Int = 0) -> Bool {
    if depth > Self.depthLimit { return false }
    return switch value.kind {
    case .array(let elements): elements.allSatisfy { isWrittenOut($0, depth: depth + 1) }
    case .dictionary(let pairs):
      pairs.allSatisfy {
        isWrittenOut($0.key, depth: depth + 1) && isWrittenOut($0.value, depth: depth + 1)
      }
    default: isScalar(value, depth: depth)
    }
  }

  // MARK: The request

  /// Whether an expression is the `request` of a handler.
  func isRequest(_ value: Expression) -> Bool {
    guard case .name(let reference) = value.kind, let variable = reference.variable else { return false }
    let role = variable.function.role
    return variable.name == "request" && variable.origin == .parameter && (role == .handler || role == .hook)
      && !isChanged(variable)
  }

  /// Whether an expression is one of the dictionaries of a `request` that no other function reaches.
  func isRequestField(_ value: Expression, in fields: Set<String> = PureNames.requestFields) -> Bool {
    guard case .member(let base, let name, _, _) = value.kind else { return false }
    return isRequestField(name, of: base, in: fields)
  }

  func isRequestField(_ name: String, of base: Expression, in fields: Set<String> = PureNames.requestFields)
    -> Bool
  {
    guard isRequest(base), case .name(let reference) = base.kind else { return false }
    return fields.contains(name) && reference.variable?.isCaptured == false
  }
}

/// What is known of the names that a text uses and does not hold itself.
struct GlobalFacts {
  let names: any GlobalNames
  /// What the text declares.
  let declared: Set<String>
  /// Whether a global of the notebook is constant, and holds a number, a text, or another value that nobody can change.
  let isConstant: (String) -> Bool
  /// Whether one is constant and holds an Array, which may change.
  let isArray: (String) -> Bool

  /// Whether a name is the program's own and one of those.
  func isOwn(_ reference: NameReference, in set: Set<String>) -> Bool {
    guard case .global = reference.binding, set.contains(reference.name) else { return false }
    return isBuiltin(reference.name)
  }

  func isBuiltin(_ name: String) -> Bool { !declared.contains(name) && names.kind(of: name) == .builtin }
}

extension NameReference {
  /// The variable that it refers to; nil for a global.
  var variable: Variable? {
    switch binding {
    case .local(let variable), .captured(_, let variable): variable
    case .global, .unresolved: nil
    }
  }
}

extension Expression {
  /// Whether it is a literal, or a closure.
  fileprivate var isWritten: Bool {
    switch kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .interpolation, .array, .dictionary,
      .closure:
      true
    default: false
    }
  }
}
