/// Where the value of a body's last expression goes.
enum Tail {
  /// It is what the function gives.
  case returned
  /// It goes into a register: a branch of an `if` used for its value.
  case into(Int)
  case discarded
}

extension FunctionCompiler {
  /// A function's whole body.
  mutating func body(_ statements: [Statement]) {
    block(statements, tail: node.role == .cleanup ? .discarded : .returned)
    let end = statements.last.map { Span($0.span.end, $0.span.end) } ?? span
    at(end) { $0.emit(.returnNil) }
  }

  /// Statements with a scope of their own.
  mutating func block(_ statements: [Statement], tail: Tail) {
    let before = temporary
    let regionDepth = regions.count
    var hoisted = hoistFunctions(of: statements)
    for (index, next) in statements.enumerated() {
      let isLast = index == statements.count - 1
      at(next.span) { $0.statement(next, tail: isLast ? tail : .discarded) }
      // Few blocks have any.
      if !hoisted.isEmpty { for function in hoisted.removeValue(forKey: index) ?? [] { define(function) } }
    }
    if statements.isEmpty, case .into(let register) = tail { emit(.loadNil, a: register) }
    while regions.count > regionDepth { endCleanup() }
    temporary = before
  }

  private typealias LocalFunction = (name: NameDeclaration, node: FunctionNode)

  /// Functions are there before the first statement, so that they can call each other. One that uses
  /// variables of the block comes right after the last statement that declares one of them: gives those,
  /// by the statement's place.
  private mutating func hoistFunctions(of statements: [Statement]) -> [Int: [LocalFunction]] {
    var functions: [LocalFunction] = []
    for case .function(let name, let function) in statements.lazy.map(\.kind) {
      functions.append((name, function))
    }
    if functions.isEmpty { return [:] }
    for function in functions {
      guard let variable = function.name.variable, variable.isBoxed else { continue }
      emit(.loadNil, a: variable.register)
      emit(.newBox, a: variable.register)
    }
    let places = declarationPlaces(statements)
    var later: [Int: [LocalFunction]] = [:]
    for function in functions {
      if let place = function.node.captures.compactMap({ places[ObjectIdentifier($0)] }).max() {
        later[place, default: []].append(function)
      } else {
        define(function)
      }
    }
    return later
  }

  /// Where in a block each of its variables is declared.
  private func declarationPlaces(_ statements: [Statement]) -> [ObjectIdentifier: Int] {
    var places: [ObjectIdentifier: Int] = [:]
    for (index, statement) in statements.enumerated() {
      switch statement.kind {
      case .declaration(let node):
        if let variable = node.name.variable { places[ObjectIdentifier(variable)] = index }
      case .guard(let conditions, _):
        for case .binding(let node) in conditions {
          if let variable = node.name.variable { places[ObjectIdentifier(variable)] = index }
        }
      default: break
      }
    }
    return places
  }

  private mutating func define(_ function: LocalFunction) {
    at(function.name.span) { $0.define(function.name, function.node) }
  }

  private mutating func define(_ name: NameDeclaration, _ function: FunctionNode) {
    scoped { compiler in
      guard let variable = name.variable else {
        let register = compiler.allocate()
        compiler.closure(function, into: register)
        compiler.defineGlobal(name, from: register, kind: .function)
        return
      }
      if variable.isBoxed {
        let register = compiler.allocate()
        compiler.closure(function, into: register)
        compiler.emit(.setBox, a: variable.register, b: register)
      } else {
        compiler.closure(function, into: variable.register)
      }
    }
  }

  mutating func defineGlobal(_ name: NameDeclaration, from register: Int, kind: GlobalKind) {
    emit(.defineGlobal, k: Int(kind.rawValue), a: register, wide: builder.globals.number(of: name.name))
  }

  // MARK: One statement

  mutating func statement(_ statement: Statement, tail: Tail) {
    switch statement.kind {
    case .expression(let value): finish(value, tail: tail)
    case .conditional(let node): conditional(node, tail: tail)
    case .do(let body, let errorName, let handler):
      doCatch(body, errorName: errorName, handler: handler, tail: tail)
    default:
      // Temporaries of a `defer` live to the end of its block; the others are free again.
      if case .defer(let function) = statement.kind {
        beginCleanup(function)
      } else {
        scoped { $0.plainStatement(statement) }
      }
      if case .into(let register) = tail { emit(.loadNil, a: register) }
    }
  }

  private mutating func finish(_ value: Expression, tail: Tail) {
    scoped { compiler in
      switch tail {
      case .returned: compiler.returnValue(of: value)
      case .into(let register): compiler.expression(value, into: register)
      case .discarded: compiler.expression(value, into: compiler.allocate())
      }
    }
  }

  private mutating func plainStatement(_ statement: Statement) {
    switch statement.kind {
    case .declaration(let declaration): declare(declaration)
    case .assignment(let target, let operation, let operatorSpan, let value):
      assign(target, operation, operatorSpan, value)
    case .route(let route): declare(route)
    case .hook(let hook): declare(hook)
    case .group(let group): block(group.body.statements, tail: .discarded)
    case .guard(let conditions, let otherwise):
      let failures = branch(unless: conditions)
      let past = jump(.jump)
      land(failures)
      block(otherwise.statements, tail: .discarded)
      // A `guard` that does not leave would run on without what it promised.
      land(past)
    case .whileLoop(let conditions, let body): whileLoop(conditions, body)
    case .forLoop(let awaits, let names, let sequence, let body):
      if awaits {
        awaitingLoop(names[0], sequence, body)
      } else {
        forLoop(names, sequence, body)
      }
    case .return(let value):
      if let value {
        returnValue(of: value)
      } else {
        leaveRegions(downTo: 0) { $0.emit(.returnNil) }
      }
    case .break:
      guard let loop = loops.last else { return }
      leaveRegions(downTo: loop.regionDepth) { $0.loops[$0.loops.count - 1].breaks.append($0.jump(.jump)) }
    case .continue:
      guard let loop = loops.last else { return }
      leaveRegions(downTo: loop.regionDepth) { $0.loops[$0.loops.count - 1].continues.append($0.jump(.jump)) }
    case .throw(let value):
      let register = operand(value)
      emit(.throw, a: register)
    case .function, .expression, .conditional, .do, .defer, .invalid: break
    }
  }

  mutating func returnValue(of value: Expression) {
    let register = operand(value)
    leaveRegions(downTo: 0) { $0.emit(.returnValue, a: register) }
  }

  // MARK: Declarations

  mutating func declare(_ declaration: DeclarationNode) {
    guard let variable = declaration.name.variable else {
      scoped { compiler in
        let register = compiler.allocate()
        compiler.expression(declaration.value, into: register)
        if declaration.name.name == "_" { return }
        compiler.at(declaration.name.span) {
          $0.defineGlobal(declaration.name, from: register, kind: declaration.isLet ? .let : .var)
        }
      }
      return
    }
    expression(declaration.value, into: variable.register)
    if variable.isBoxed { emit(.newBox, a: variable.register) }
  }

  private mutating func declare(_ route: RouteNode) {
    let register = allocate()
    closure(route.handler, into: register)
    let declaration = RouteDeclaration(
      methods: route.methods.map(\.name), pattern: route.pattern, patternSpan: route.patternSpan,
      usesRequest: route.handler.usesRequest, usesChunks: route.handler.usesChunks,
      isSocket: route.isSocket)
    at(route.patternSpan) { $0.emit(.declare, a: register, wide: $0.constant(.route(declaration))) }
  }

  private mutating func declare(_ hook: HookNode) {
    let register = allocate()
    closure(hook.handler, into: register)
    let declaration = HookDeclaration(kind: hook.kind, prefix: hook.prefix)
    at(hook.wordSpan) { $0.emit(.declare, a: register, wide: $0.constant(.hook(declaration))) }
  }

  // MARK: Assignments

  private mutating func assign(
    _ target: Expression, _ operation: BinaryOperator?, _ operatorSpan: Span, _ value: Expression
  ) {
    switch target.kind {
    case .name(let name):
      if case .local(let variable) = name.binding, !variable.isBoxed {
        if operation == nil, !Self.readsTargetLate(value) {
          expression(value, into: variable.register)
        } else {
          guard let operation else {
            let register = allocate()
            expression(value, into: register)
            return emit(.move, a: variable.register, b: register)
          }
          // The operator reads both sides before it writes.
          combine(operation, operand(target, before: value), value, into: variable.register)
          note(target.span, operator: operatorSpan, value.span)
        }
        return
      }
      let register = updated(target, operation, operatorSpan, value)
      at(target.span) { $0.store(register, to: name) }
    case .member(let receiver, let member, let nameSpan, _):
      let object = container(receiver, before: value)
      let isNil = missingElement(receiver, initial: "[:]")
      let symbol = builder.members.number(of: member)
      let register: Int
      if let operation {
        let current = allocate()
        let element = missingElement(target, initial: Self.initial(for: value))
        at(nameSpan) { $0.emit(.getMember, a: current, b: object, c: symbol) }
        hint(missingKey: element, isNil: isNil)
        register = combined(current, target, operation, operatorSpan, value)
        hint(isNil: element)
      } else {
        register = operand(value)
      }
      at(nameSpan) { $0.emit(.setMember, a: object, b: register, c: symbol) }
      hint(isNil: isNil)
    case .index(let receiver, let key, let fallback, _):
      let object = container(receiver, before: key, value)
      let isNil = missingElement(receiver, initial: "[:]")
      let place = operand(key, before: value)
      let register: Int
      if let operation {
        let current = allocate()
        at(target.span) { $0.emit(.index, a: current, b: object, c: place) }
        note([receiver.span, key.span])
        hint(isNil: isNil)
        if let fallback { self.fallback(fallback, into: current) }
        register = combined(current, target, operation, operatorSpan, value)
        hint(isNil: missingElement(target, initial: Self.initial(for: value)))
      } else {
        register = operand(value)
      }
      at(target.span) { $0.emit(.setIndex, a: object, b: place, c: register) }
      note([receiver.span, key.span, value.span])
      hint(isNil: isNil)
    default: break
    }
  }

  /// What holds the element that is assigned.
  private mutating func container(_ receiver: Expression, before others: Expression...) -> Int {
    let start = code.count
    let register = isPlaceWithFallback(receiver) ? place(receiver) : operand(receiver, before: others)
    // Where it is a member or an element itself, that was read last.
    guard code.count > start, let last = code.last?.opcode, last == .getMember || last == .index else {
      return register
    }
    switch receiver.kind {
    case .member(let inner, _, _, _), .index(let inner, _, _, _):
      hint(
        missingKey: missingElement(receiver, initial: "[:]"), isNil: missingElement(inner, initial: "[:]"))
    default: break
    }
    return register
  }

  /// Whether a value may still read the variable after the first write to its register.
  private static func readsTargetLate(_ value: Expression) -> Bool {
    switch value.kind {
    case .binary(let operation, _, _, _): operation == .and || operation == .or || operation == .coalesce
    case .ternary, .conditional, .optionalChain, .await: true
    default: false
    }
  }

  private mutating func updated(
    _ target: Expression, _ operation: BinaryOperator?, _ operatorSpan: Span, _ value: Expression
  ) -> Int {
    guard let operation else {
      let register = allocate()
      expression(value, into: register)
      return register
    }
    let current = operand(target, before: value)
    if case .name(let name) = target.kind, code.last?.opcode == .getGlobal {
      hint(undeclared: .declaration(name: name.name))
    }
    return combined(current, target, operation, operatorSpan, value)
  }

  private mutating func combined(
    _ current: Int, _ target: Expression, _ operation: BinaryOperator, _ operatorSpan: Span,
    _ value: Expression
  ) -> Int {
    let result = allocate()
    combine(operation, current, value, into: result)
    note(target.span, operator: operatorSpan, value.span)
    return result
  }

  private mutating func store(_ register: Int, to name: NameReference) {
    switch name.binding {
    case .local(let variable): emit(.setBox, a: variable.register, b: register)
    case .captured(let index, _): emit(.setBoxedCapture, a: index, b: register)
    case .global, .unresolved:
      emit(.setGlobal, a: register, wide: builder.globals.number(of: name.name))
    }
  }

  // MARK: do, catch, defer

  private mutating func doCatch(
    _ body: BlockNode, errorName: NameDeclaration?, handler: BlockNode?, tail: Tail
  ) {
    guard let handler else {
      block(body.statements, tail: tail)
      return
    }
    let before = temporary
    let error = allocate()
    openRegion(.catching)
    block(body.statements, tail: tail)
    suspendRegion(regions.count - 1)
    let past = jump(.jump)
    closeRegion(target: code.count, register: error)
    if let variable = errorName?.variable {
      emit(.move, a: variable.register, b: error)
      if variable.isBoxed { emit(.newBox, a: variable.register) }
    }
    block(handler.statements, tail: tail)
    land(past)
    temporary = before
  }

  private mutating func beginCleanup(_ function: FunctionNode) {
    let register = allocate()
    closure(function, into: register)
    openRegion(.cleanup(register))
  }

  /// The end of a block with a `defer`: what falls through runs it, what fails runs it and fails on.
  private mutating func endCleanup() {
    guard let region = regions.last, case .cleanup(let closure) = region.kind else { return }
    suspendRegion(regions.count - 1)
    at(region.span) { $0.callCleanup(closure) }
    let past = jump(.jump)
    let error = allocate()
    closeRegion(target: code.count, register: error)
    let start = code.count
    at(region.span) { $0.callCleanup(closure) }
    let end = code.count
    emit(.rethrow, a: error)
    // The defer failed in its turn: that error goes on, in the register that the closure no longer needs, and keeps
    // the one that it took the place of.
    handlers.append(
      HandlerRange(start: start, end: end, target: code.count, register: closure, kind: .cleanup))
    emit(.rethrow, k: 1, a: closure, b: error)
    land(past)
  }
}
