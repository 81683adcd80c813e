// Statements, and what may stand where.

extension Resolver {
  func resolveStatements(_ statements: [Statement]) {
    var leaving: String?
    for statement in statements {
      // A function is known in the whole block, so that it may stand behind what leaves it.
      if let keyword = leaving, !statement.declaresFunction {
        report(.neverReached(keyword), at: statement.span, .warning)
        leaving = nil
      }
      resolve(statement)
      switch statement.kind {
      case .return: leaving = "return"
      case .throw: leaving = "throw"
      case .break: leaving = "break"
      case .continue: leaving = "continue"
      default: break
      }
    }
    // The last may be the value of a body.
    statements.dropLast().forEach(warnOfSleep)
  }

  /// `sleep(1s)` as a statement of its own, which is over at once.
  private func warnOfSleep(_ statement: Statement) {
    guard case .expression(let value) = statement.kind, case .call(let callee, _) = value.kind,
      case .name(let name) = callee.kind, name.name == "sleep", globals.isBuiltin("sleep"),
      resolution.declared["sleep"] == nil, case .global = name.binding
    else { return }
    report(.sleepWaitsForNothing, at: value.span, .warning)
  }

  private func resolve(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value):
      unused = value.span
      resolve(value)
    case .declaration(let node): withDeclaring(node.name) { $0.resolve(node) }
    case .assignment(let target, let combining, _, let value):
      switch target.kind {
      case .member, .index: resolveKept(value)
      default: resolve(value)
      }
      resolveTarget(target, isRead: combining != nil)
    case .function(let name, let function):
      withDeclaring(name) { resolver in resolver.runningLater { $0.resolveFunction(name, function) } }
    case .route(let node):
      resolution.routes.append(
        .init(
          methods: node.methods.map(\.name), prefix: node.prefix, literal: node.literal,
          span: node.patternSpan, isSocket: node.isSocket, standing: standing))
      warnOfForeignParameters(in: node.literal, at: node.patternSpan)
      let outer = handledRoute
      handledRoute = resolution.routes.count - 1
      handling(node.handler)
      handledRoute = outer
    case .hook(let node):
      resolution.hooks.append(
        .init(
          kind: node.kind, prefix: node.prefix, standing: standing, standsAlone: isWithinGroupsAlone))
      let hook = resolution.hooks.count - 1
      handling(node.handler)
      if !node.handler.captures.isEmpty { resolution.hooks[hook].standsAlone = false }
    case .group(let node): resolve(node)
    case .conditional(let node): resolve(node)
    case .guard(let conditions, let otherwise): resolveGuard(conditions, otherwise)
    case .whileLoop(let conditions, let body):
      withScope {
        conditions.forEach(resolve)
        resolveLoopBody(body)
      }
    case .forLoop(_, let names, let sequence, let body):
      resolve(sequence)
      withScope {
        for name in names { declare(name, isLet: true, .loop) }
        resolveLoopBody(body)
      }
    case .return(let value):
      switch frame.node.role {
      case .main: report(.returnFromCell, at: statement.span)
      case .cleanup: report(.returnFromDefer, at: statement.span)
      default: break
      }
      if let value { resolve(value) }
    case .break: checkLoop("break", statement.span)
    case .continue: checkLoop("continue", statement.span)
    case .throw(let value): resolve(value)
    case .do(let body, let errorName, let handler):
      resolve(body)
      if let handler {
        withScope {
          if let errorName { declare(errorName, isLet: true, .caughtError) }
          resolve(handler)
        }
      }
    case .defer(let function): resolve(function)
    case .invalid: break
    }
  }

  private func resolve(_ group: GroupNode) {
    let outer = groupPrefix
    groupPrefix = group.prefix
    let known = group.prefix.utf8.count - group.literal.utf8.count
    resolution.groups.append(
      .init(
        methods: [], prefix: String(decoding: group.prefix.utf8.prefix(known), as: UTF8.self),
        literal: group.literal, span: group.pathSpan))
    warnOfForeignParameters(in: group.literal, at: group.pathSpan)
    let isOutermost = isWithinGroupsAlone
    if isOutermost { outermostGroups += 1 }
    resolve(group.body)
    if isOutermost { outermostGroups -= 1 }
    groupPrefix = outer
  }

  /// Whether nothing is around the place but groups.
  private var isWithinGroupsAlone: Bool { frames.count == 1 && frame.scopes.count == outermostGroups }

  /// When what is declared here is in force.
  var standing: Resolution.Standing {
    let isInFunction = frames.count > 1
    return .init(
      function: isInFunction ? declaring : nil, isInFunction: isInFunction, isAtOnce: laterFunctions == 0)
  }

  /// Resolves the declaration of a name, which is a global at the outermost level.
  private func withDeclaring(_ name: NameDeclaration, _ body: (Resolver) -> Void) {
    guard isAtOutermostLevel else { return body(self) }
    declaring = name.name
    body(self)
    declaring = nil
  }

  private func runningLater(_ body: (Resolver) -> Void) {
    laterFunctions += 1
    body(self)
    laterFunctions -= 1
  }

  /// Resolves what is neither called where it is written nor given to a call: whoever uses the name that is declared may
  /// call a function there.
  private func resolveKept(_ value: Expression) {
    guard case .closure(let function) = value.kind else { return resolve(value) }
    if declaring == nil { resolve(function) } else { runningLater { $0.resolve(function) } }
  }

  private func handling(_ handler: FunctionNode) {
    handlers += 1
    runningLater { $0.resolve(handler) }
    handlers -= 1
  }

  /// What runs in the body goes on when the text has run.
  private func goingOn(isFiber: Bool, _ body: (Resolver) -> Void) {
    if goingOn == 0 { beginner = laterFunctions > 0 ? declaring : nil }
    goingOn += 1
    if isFiber { fibers += 1 }
    body(self)
    if isFiber { fibers -= 1 }
    goingOn -= 1
  }

  private func checkLoop(_ keyword: String, _ span: Span) {
    guard frame.loops == 0 else { return }
    let function =
      switch frame.node.role {
      case .closure: "a closure"
      case .task: "async"
      case .cleanup: "defer"
      case .main, .function, .handler, .hook: "a function"
      }
    report(
      frames.contains { $0.loops > 0 } ? .outOfFunction(keyword, function) : .outsideLoop(keyword),
      at: span)
  }

  private func resolveLoopBody(_ body: BlockNode) {
    frame.loops += 1
    resolve(body)
    frame.loops -= 1
    if let last = body.statements.last { warnOfSleep(last) }
  }

  private func resolve(_ node: DeclarationNode) {
    let name = node.name.name
    if isAtOutermostLevel || name == "_" {
      // A closure that gets a name is called by it.
      if case .closure = node.value.kind {
        runningLater { $0.resolve(node.value) }
      } else {
        resolve(node.value)
      }
    } else {
      // In its own value a name means what it meant before: `let user = user`.
      let scope = frame.scopes.count - 1
      frame.scopes[scope].reach(name)
      initializing.append((name, frames.count))
      resolve(node.value)
      initializing.removeLast()
    }
    declare(node.name, isLet: node.isLet, .declaration)
  }

  private func resolveFunction(_ name: NameDeclaration, _ function: FunctionNode) {
    if isAtOutermostLevel { declare(name, isLet: true, .function) }
    resolve(function)
    guard let variable = name.variable else { return }
    passedFunctions.insert(ObjectIdentifier(variable))
    // A function used above its declaration must not need what is declared between the two.
    if let use = earlyUses[ObjectIdentifier(variable)], let scope = frame.scopes.last,
      let needed = function.captures.first(where: {
        !$0.isFunction && scope.variable($0.name) === $0 && $0.span.start > use.span.start
      })
    {
      report(
        .calledTooEarly(name.name, before: needed.name), at: use.span,
        notes: [.init("\"\(needed.name)\" is declared here", needed.span)])
    }
  }

  // MARK: - Conditions

  func resolve(_ node: IfNode) {
    withScope {
      node.conditions.forEach(resolve)
      resolve(node.then)
    }
    switch node.otherwise {
    case .block(let block)?: resolve(block)
    case .conditional(let next)?: resolve(next)
    case nil: break
    }
  }

  private func resolve(_ condition: Condition) {
    switch condition {
    case .expression(let value): resolve(value)
    case .binding(let node):
      // `if let user = user`: in its value the name means what it meant before.
      if !isAtOutermostLevel { frame.scopes[frame.scopes.count - 1].reach(node.name.name) }
      resolve(node.value)
      checkAwaited(node.value)
      declare(node.name, isLet: node.isLet, .declaration)
    }
  }

  private func resolveGuard(_ conditions: [Condition], _ otherwise: BlockNode) {
    // First, since what the conditions bind is not there when they do not hold.
    resolve(otherwise)
    if !leaves(otherwise) { report(.guardFallsThrough(waysToLeave), at: otherwise.span) }
    conditions.forEach(resolve)
  }

  /// The words that leave the place where a statement stands.
  private var waysToLeave: [String] {
    let loop = frame.loops > 0 ? ["break", "continue"] : []
    return switch frame.node.role {
    case .main, .cleanup: ["throw"] + loop
    case .function, .closure, .handler, .hook, .task: ["return", "throw"] + loop
    }
  }

  /// Whether a block cannot be run to its end.
  private func leaves(_ block: BlockNode) -> Bool {
    block.statements.contains { statement in
      switch statement.kind {
      // An invalid statement may have been meant to leave.
      case .return, .throw, .break, .continue, .invalid: true
      case .conditional(let node): leaves(node)
      case .do(let body, _, let handler): leaves(body) && (handler.map(leaves) ?? true)
      default: false
      }
    }
  }

  private func leaves(_ node: IfNode) -> Bool {
    guard leaves(node.then) else { return false }
    switch node.otherwise {
    case .block(let block)?: return leaves(block)
    case .conditional(let next)?: return leaves(next)
    case nil: return false
    }
  }

  // MARK: - Assignment

  /// What an array or a dictionary holds is changed: to whoever reads the global it lies in, that is an assignment.
  ///
  /// - Parameter isAll: the place is named for that alone, and what it holds goes nowhere.
  private func noteChange(in place: Expression, isAll: Bool) {
    switch place.kind {
    case .name(let reference):
      guard case .global = reference.binding else { return }
      if isAll { readsToChange[reference.name, default: 0] += 1 }
      let use = use(of: reference)
      resolution.changes[reference.name, default: use].join(use)
      noteAssignmentWhenCalled(reference)
    case .member(let receiver, _, _, _), .index(let receiver, _, _, _): noteChange(in: receiver, isAll: isAll)
    default: break
    }
  }

  private func resolveTarget(_ target: Expression, isRead: Bool) {
    guard case .name(let reference) = target.kind else {
      resolve(target)
      return noteChange(in: target, isAll: true)
    }
    guard let variable = bind(reference, isRead: isRead, isWrite: true) else {
      if isRead { readsToChange[reference.name, default: 0] += 1 }
      if case .global = reference.binding { checkGlobal(reference) }
      return
    }
    variable.isReassigned = true
    guard variable.isLet else { return }
    let name = variable.name
    switch variable.origin {
    case .declaration:
      report(.assignsLet(name), at: reference.span, notes: [.init("declared here with let", variable.span)])
    case .parameter:
      let names = variable.function.parameters.map(\.name)
      let isCollected = isRead && variable.function.role == .closure && names.count == 2 && names[0] == name
      report(.assignsParameter(name, collecting: isCollected ? names[1] : nil), at: reference.span)
    case .loop: report(.assignsLoopVariable(name), at: reference.span)
    case .caughtError: report(.assignsCaughtError(name), at: reference.span)
    case .function:
      report(.assignsFunction(name), at: reference.span, notes: [.init("declared here", variable.span)])
    }
  }

  private func checkGlobal(_ reference: NameReference) {
    let name = reference.name
    let declared = resolution.declared[name]
    let span = declared?.span
    let entry = span == nil ? globals.entry(named: name) : nil
    guard let kind = declared?.kind ?? entry?.kind else { return }
    let place = entry?.origin.map { "in \($0)" } ?? "in another cell"
    switch kind {
    case .var: break
    case .let:
      let note = span == nil ? "declared \(place) with let" : "declared here with let"
      report(.assignsLet(name), at: reference.span, notes: [.init(note, span)])
    case .function:
      let note = span == nil ? "declared \(place)" : "declared here"
      report(.assignsFunction(name), at: reference.span, notes: [.init(note, span)])
    case .builtin: report(.assignsBuiltin(name), at: reference.span)
    }
  }

  // MARK: - Expressions

  func resolve(_ expression: Expression) {
    switch expression.kind {
    case .nilLiteral, .bool, .integer, .double, .duration, .string, .invalid: break
    case .interpolation(let parts, _):
      for case .value(let value) in parts { resolve(value) }
    case .array(let elements): elements.forEach(resolve)
    case .dictionary(let pairs):
      for pair in pairs {
        if case .name = pair.key.kind { isKey = true }
        resolve(pair.key)
        isKey = false
        resolveKept(pair.value)
      }
    case .name(let reference): bind(reference, isRead: true, isWrite: false)
    case .unary(_, let operand): resolve(operand)
    case .binary(let operation, let left, let right, _):
      resolve(left)
      resolve(right)
      checkAwaited(operation, left, right)
    case .ternary(let condition, let then, let otherwise):
      resolve(condition)
      resolve(then)
      resolve(otherwise)
    case .range(let lower, let upper, _):
      resolve(lower)
      resolve(upper)
    case .member(let base, let name, _, _):
      resolve(base)
      if name == "chunks" { noteChunks(of: base) }
    case .index(let base, let index, let fallback, _):
      resolve(base)
      resolve(index)
      noteOut(in: base, at: index)
      if let fallback { resolve(fallback) }
    case .call(let callee, let arguments):
      if case .closure(let function) = callee.kind { resolve(function) } else { resolve(callee) }
      noteGroup(of: callee, arguments)
      if case .member(let receiver, let name, _, _) = callee.kind, ChangingMembers.all.contains(name) {
        noteChange(in: receiver, isAll: ChangingMembers.givingNil.contains(name))
      }
      let isTimer = if case .name(let name) = callee.kind { isTimer(name.name, expression) } else { false }
      for argument in arguments {
        guard case .closure(let function) = argument.value.kind else {
          resolve(argument.value)
          continue
        }
        if isTimer {
          goingOn(isFiber: false) { $0.runningLater { $0.resolve(function) } }
        } else {
          resolve(function)
        }
      }
      noteAddress(of: callee, arguments)
    case .optionalChain(let inner): resolve(inner)
    case .closure: resolveKept(expression)
    case .async(let function):
      goingOn(isFiber: true) { $0.resolve(function) }
    case .await(let inner):
      if frame.node.role == .cleanup { report(.awaitInDefer, at: expression.span) }
      resolve(inner)
    case .conditional(let node): resolve(node)
    }
  }

  /// Whether what a call is given looks names up later, each time. An `after` whose value is awaited or kept gives what
  /// it has read once.
  private func isTimer(_ name: String, _ call: Expression) -> Bool {
    name == "every" || name == "after" && call.span == unused
  }
}

extension Statement {
  fileprivate var declaresFunction: Bool { if case .function = kind { true } else { false } }
}
