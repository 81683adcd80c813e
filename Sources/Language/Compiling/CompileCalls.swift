extension FunctionCompiler {
  // MARK: Members

  /// Evaluates what a member, index or call is applied to. Inside an `await` chain it lies in a register
  /// of its own, since awaiting it there writes the register.
  mutating func receiver(_ value: Expression, isAwaited: Bool) -> Int {
    guard isAwaited else { return operand(value) }
    let register = allocate()
    at(value.span) { $0.evaluate(value, into: register, isAwaited: true) }
    return register
  }

  mutating func member(
    _ receiver: Expression, _ name: String, _ nameSpan: Span, isOptional: Bool, into target: Int,
    isAwaited: Bool
  ) {
    let object = self.receiver(receiver, isAwaited: isAwaited)
    let symbol = builder.members.number(of: name)
    if isAwaited { emit(.awaitUnlessMember, a: object, c: symbol) }
    if isOptional { noteNil(object) }
    at(nameSpan) { $0.emit(.getMember, k: isOptional ? 1 : 0, a: target, b: object, c: symbol) }
    if isOptional, !nilExits.isEmpty { noteNil(target) } else { hint(isNil: changedInPlace(receiver)) }
  }

  /// A chain with `?.`: the first nil receiver ends it with nil.
  mutating func optionalChain(_ chain: Expression, into target: Int, isAwaited: Bool) {
    nilExits.append([])
    at(chain.span) { $0.evaluate(chain, into: target, isAwaited: isAwaited) }
    let past = jump(.jump)
    land(nilExits.removeLast())
    emit(.loadNil, a: target)
    land(past)
  }

  mutating func noteNil(_ register: Int) { noteExit(jump(.jumpIfNil, a: register)) }

  private mutating func noteExit(_ exit: Int) {
    if !nilExits.isEmpty { nilExits[nilExits.count - 1].append(exit) }
  }

  // MARK: Elements

  /// `receiver[key]`, with a default or without.
  ///
  /// - Parameter storesFallback: whether a default that is used becomes the element.
  mutating func index(
    _ value: Expression, into target: Int, isAwaited: Bool, storesFallback: Bool = false
  ) {
    guard case .index(let receiver, let key, let fallback, let isOptional) = value.kind else { return }
    let object =
      isAwaited
      ? self.receiver(receiver, isAwaited: true)
      : storesFallback && isPlaceWithFallback(receiver) ? place(receiver) : operand(receiver, before: key)
    if isAwaited { emit(.await, a: object, b: object) }
    if isOptional { noteNil(object) }
    guard let fallback else {
      let place = operand(key)
      emit(.index, a: target, b: object, c: place)
      return note([receiver.span, key.span])
    }
    let place = operand(key, before: fallback)
    // The default may look at what is written here.
    let element = allocate()
    emit(.index, a: element, b: object, c: place)
    note([receiver.span, key.span])
    self.fallback(fallback, into: element) { compiler in
      if storesFallback { compiler.emit(.setIndex, a: object, b: place, c: element) }
    }
    emit(.move, a: target, b: element)
  }

  /// Puts the default into a register that holds nil, and then does what `store` says.
  mutating func fallback(
    _ value: Expression, into register: Int, store: (inout FunctionCompiler) -> Void = { _ in }
  ) {
    let present = jump(.jumpIfNotNil, a: register)
    expression(value, into: register)
    store(&self)
    land(present)
  }

  /// Whether this is an element with a default, which a change to it makes a real one, or lies within such a one.
  func isPlaceWithFallback(_ value: Expression) -> Bool {
    switch value.kind {
    case .index(_, _, .some, _): true
    case .index(let receiver, _, nil, isOptional: false), .member(let receiver, _, _, isOptional: false):
      isPlaceWithFallback(receiver)
    default: false
    }
  }

  /// Such an element, there from now on.
  mutating func place(_ value: Expression) -> Int {
    let register = allocate()
    place(value, into: register)
    return register
  }

  private mutating func place(_ value: Expression, into target: Int) {
    scoped { compiler in
      guard case .member(let receiver, let name, let nameSpan, _) = value.kind else {
        return compiler.at(value.span) {
          $0.index(value, into: target, isAwaited: false, storesFallback: true)
        }
      }
      let object = compiler.place(receiver)
      let symbol = compiler.builder.members.number(of: name)
      compiler.at(nameSpan) { $0.emit(.getMember, a: target, b: object, c: symbol) }
    }
  }

  // MARK: Calls

  mutating func call(_ callee: Expression, _ arguments: [Argument], into target: Int, isAwaited: Bool) {
    if case .member(let object, let name, let nameSpan, let isOptional) = callee.kind {
      invoke(
        object, name, nameSpan, isOptional: isOptional, arguments, into: target, isAwaited: isAwaited)
      return
    }
    let base = frameBase(target, 2 + arguments.count)
    if isAwaited {
      at(callee.span) { $0.evaluate(callee, into: base, isAwaited: true) }
      if case .name = callee.kind {} else { emit(.await, a: base, b: base) }
    } else {
      expression(callee, into: base)
    }
    var condition: ExpectedCondition?
    for (offset, argument) in arguments.enumerated() {
      if offset == 0, FunctionCompiler.isExpect(callee) {
        condition = at(argument.value.span) { $0.expectation(argument.value, into: base + 2) }
      } else {
        expression(argument.value, into: base + 2 + offset)
      }
    }
    let place = if case .name = callee.kind { callee.span } else { span }
    if case .name(let name) = callee.kind, let prefix = name.groupPrefix {
      // What is called asks for it in this very call.
      emit(.declare, a: base, wide: constant(.group(prefix)))
    }
    at(place) { $0.finishCall(.call, arguments, base: base, member: 0) }
    hint(condition: condition)
    if base != target { emit(.move, a: target, b: base) }
  }

  private mutating func invoke(
    _ object: Expression, _ name: String, _ nameSpan: Span, isOptional: Bool, _ arguments: [Argument],
    into target: Int, isAwaited: Bool
  ) {
    let base = frameBase(target, 3 + arguments.count)
    let symbol = builder.members.number(of: name)
    if isAwaited {
      at(object.span) { $0.evaluate(object, into: base + 2, isAwaited: true) }
      emit(.awaitUnlessMember, a: base + 2, c: symbol)
    } else if ChangingMembers.all.contains(name), isPlaceWithFallback(object) {
      place(object, into: base + 2)
    } else {
      expression(object, into: base + 2)
    }
    if isOptional {
      noteNil(base + 2)
      emit(.hasMember, a: base, b: base + 2, c: symbol)
      noteExit(jump(.jumpIfFalse, a: base))
    }
    for (offset, argument) in arguments.enumerated() { expression(argument.value, into: base + 3 + offset) }
    at(nameSpan) { $0.finishCall(.invoke, arguments, base: base, member: symbol) }
    if ChangingMembers.all.contains(name) {
      let element = missingElement(
        object, initial: name.hasPrefix("merge") || name.hasPrefix("update") ? "[:]" : "[]")
      hint(isNil: element ?? changedInPlace(object))
    } else {
      hint(isNil: changedInPlace(object))
    }
    if base != target { emit(.move, a: target, b: base) }
  }

  /// Where a call's frame begins: at the target, when that is the topmost temporary, so that the result
  /// need not be moved.
  private mutating func frameBase(_ target: Int, _ size: Int) -> Int {
    if target == temporary - 1, target >= node.registerCount {
      _ = allocate(size - 1)
      return target
    }
    return allocate(size)
  }

  private mutating func finishCall(_ opcode: Opcode, _ arguments: [Argument], base: Int, member: Int) {
    let labels = arguments.map(\.label)
    let hasLabels = labels.contains { $0 != nil }
    emit(opcode, k: hasLabels ? 1 : 0, a: base, b: arguments.count, c: member)
    note(arguments)
    if hasLabels { emit(.labels, a: base, wide: constant(.labels(labels))) }
  }
}
