// Local variables that may hold a part of what a global does: to change what such a one holds is to change the global.

extension Resolver {
  // MARK: Noting

  /// Notes what a variable may hold a part of.
  func noteSources(of name: NameDeclaration, in value: Expression) {
    guard followsParts else { return }
    noteKept(value, in: name.variable)
    if let variable = name.variable {
      variable.shared = parts(in: value)
    } else {
      noteOtherName(name.name, of: parts(in: value))
    }
  }

  /// Notes what a function may give.
  func noteSources(of name: NameDeclaration, givenBy function: FunctionNode) {
    guard followsParts else { return }
    if let variable = name.variable {
      variable.shared = function.gives
      held.note(function, as: variable)
    } else {
      noteOtherName(name.name, of: function.gives)
    }
  }

  private func noteOtherName(_ name: String, of parts: SharedParts) {
    for level in SharedLevel.allCases {
      let part = SharedPart.global(name, level)
      let others = parts[level].subtracting([part, .held])
      if !others.isEmpty { resolution.otherNames[part, default: []].formUnion(others) }
    }
  }

  /// The same of one that gets another value.
  func noteSources(of target: Expression, assigned value: Expression) {
    guard followsParts else { return }
    noteKept(value, assignedTo: target)
    switch target.kind {
    case .name(let reference):
      switch reference.binding {
      case .local(let variable), .captured(_, let variable): add(parts(in: value), to: variable)
      case .global: noteOtherName(reference.name, of: parts(in: value))
      case .unresolved: break
      }
    case .member(let base, _, _, _), .index(let base, _, _, _): noteStored(parts(in: value), in: base)
    default: break
    }
  }

  /// Notes what the elements of a collection may be parts of, over which a loop goes.
  func noteSources(ofElement name: NameDeclaration, in sequence: Expression) {
    if followsParts { name.variable?.shared = parts(in: sequence).taken }
  }

  /// Notes that something lies in an array or a dictionary now.
  func noteStored(_ value: SharedParts, in place: Expression) {
    if value.isEmpty { return }
    let stored = value.wrapped
    if let variable = variable(at: place) { add(stored, to: variable) }
    for case .global(let name, _) in parts(in: place).own {
      noteOtherName(name, of: stored.mapped { $0.isOf(name) ? [] : [$0] })
    }
  }

  /// A variable that gets many values in turn would have ever more to be given on with each: it stands for them itself
  /// then.
  private func add(_ parts: SharedParts, to variable: Variable) {
    variable.shared.formUnion(parts)
    guard variable.shared.count > Self.partLimit else { return }
    let name = SharedPart.nameOfVariable(variable.name, at: variable.span)
    var others = SharedParts()
    var own = SharedParts { .global(name, $0) }
    for level in SharedLevel.allCases {
      for part in variable.shared[level] {
        switch part {
        case .global, .handed: others[level].insert(part)
        case .held, .parameter, .receiver: own[level].insert(part)
        }
      }
    }
    noteOtherName(name, of: others)
    variable.shared = own
  }

  private static let partLimit = 100

  /// The variable that a place begins with.
  func variable(at place: Expression) -> Variable? {
    switch place.kind {
    case .name(let reference):
      switch reference.binding {
      case .local(let variable), .captured(_, let variable): variable
      case .global, .unresolved: nil
      }
    case .member(let base, _, _, _), .index(let base, _, _, _), .optionalChain(let base): variable(at: base)
    default: nil
    }
  }

  /// Notes that what an expression gives is changed.
  func noteChangeOfShared(_ changed: Expression) {
    guard followsParts else { return }
    if case .name(let reference) = changed.kind, case .global = reference.binding { return }
    let names = parts(in: changed).own
    if names.contains(.held) { noteChangeOfHeld(in: changed) }
    noteShared(names)
  }

  /// Notes what a function is given, which may change it.
  func noteGiven(to callee: Expression, _ arguments: [Argument]) {
    guard followsParts else { return }
    noteCall(of: callee, arguments)
    if case .member(let receiver, let name, _, _) = callee.kind, !ChangingMembers.all.contains(name) {
      for argument in arguments {
        noteGiven(parts(in: receiver).taken, elementwise: argument.value)
        noteCall(of: argument.value)
      }
    }
    guard case .name(let reference) = callee.kind else { return }
    switch reference.binding {
    case .global:
      for (key, parts) in keyed(arguments) {
        for level in SharedLevel.allCases {
          noteGiven(parts[level], to: .function(reference.name, key, level))
        }
      }
      noteGiven(parts(in: callee).own, to: .itself)
      // One that is given another by its name may call that with what it has.
      for argument in arguments {
        if case .name = argument.value.kind, let parts = closureParts(in: callee, arguments).first {
          noteGiven(parts, elementwise: argument.value)
        }
      }
    case .local(let variable), .captured(_, let variable):
      for (key, parts) in keyed(arguments) {
        if parts.own.contains(.held) { noteChangeOfHeld() }
        for function in held.functions(of: variable) where function.changedParameters.contains(key) {
          noteShared(parts.all)
        }
        // Whoever gives a function such a closure is handed that.
        if variable.origin == .parameter { variable.function.gives.formUnion(parts) }
      }
    case .unresolved: break
    }
  }

  /// Notes what a function is given that is named where a closure may stand, as in `all.forEach(show)`.
  private func noteGiven(_ parts: SharedParts, elementwise function: Expression) {
    guard case .name(let reference) = function.kind else { return }
    let keys = [ParameterKey.place(0), .place(1)]
    switch reference.binding {
    case .global:
      for key in keys { noteGiven(parts.own, to: .function(reference.name, key, .own)) }
    case .local(let variable), .captured(_, let variable):
      for function in held.functions(of: variable) where !function.changedParameters.isDisjoint(with: keys) {
        noteShared(parts.own)
      }
    case .unresolved: break
    }
  }

  /// What a call gives as which parameters.
  func keyed(_ arguments: [Argument]) -> [(ParameterKey, SharedParts)] {
    arguments.enumerated().map { place, argument in
      (argument.label.map(ParameterKey.label) ?? .place(place), parts(in: argument.value))
    }
  }

  /// What the variable of a parameter may be a part of.
  ///
  /// - Parameter given: what its function is given, where that is given to a call itself.
  func parts(ofParameter place: Int, _ parameter: Parameter, _ given: [SharedParts]?) -> SharedParts {
    var found = SharedParts()
    if !followsParts { return found }
    if let given {
      if !given.isEmpty { found = given[min(place, given.count - 1)] }
    } else if frame.node.role == .function || frame.node.role == .closure {
      for key in [ParameterKey.place(place), .label(parameter.name)] {
        found.formUnion(SharedParts { .parameter(key, $0, depth: frames.count) })
      }
    }
    if let value = parameter.defaultValue { found.formUnion(parts(in: value)) }
    return found
  }

  /// What the parameters of a closure may be parts of that a call is given, the last for all that follow.
  func closureParts(in callee: Expression, _ arguments: [Argument]) -> [SharedParts] {
    guard followsParts else { return [] }
    let others = arguments.filter { if case .closure = $0.value.kind { false } else { true } }
    switch callee.kind {
    case .member(let receiver, let name, _, _):
      let taken = parts(in: receiver).taken
      return name == "reduce" ? [all(others.map(\.value)), taken] : [taken]
    default:
      var given = all(others.map(\.value))
      given.formUnion(parts(in: callee))
      return [given.taken]
    }
  }

  /// Notes what a function gives that ends with a value.
  func noteGives(_ value: Expression) {
    guard followsParts else { return }
    noteKept(value)
    frame.node.gives.formUnion(parts(in: value))
  }

  // MARK: Finding

  /// Members that make a collection of what is in theirs.
  private static let making: Set = [
    "chunks", "compactMap", "compactMapValues", "drop", "dropFirst", "dropLast", "enumerated", "filter",
    "flatMap", "grouped", "joined", "keys", "map", "mapValues", "merging", "prefix", "reversed", "shuffled",
    "sorted", "split", "suffix", "uniqued", "values", "windows",
  ]

  /// Those that make it of what a closure gives.
  private static let mapping: Set = ["compactMap", "compactMapValues", "flatMap", "map", "mapValues"]

  /// Functions that do.
  private static let makers: Set = ["Array", "Dictionary", "zip"]

  /// Members that give something of their own, and no part of what has them.
  private static let giving: Set = [
    "allSatisfy", "contains", "count", "firstIndex", "hasPrefix", "hasSuffix", "indices", "isEmpty",
    "lastIndex",
    "lowercased", "ranges", "starts", "sum", "trimmed", "uppercased",
  ]

  /// What an expression may give a part of.
  func parts(in expression: Expression) -> SharedParts {
    switch expression.kind {
    case .name(let reference): return parts(in: reference)
    case .optionalChain(let base), .await(let base): return parts(in: base)
    case .closure(let function), .async(let function): return function.gives
    case .member(let base, let name, _, _):
      if Self.giving.contains(name) { return SharedParts() }
      let found = parts(in: base)
      return Self.making.contains(name) ? found.remade : found.taken
    case .index(let base, let index, let fallback, _):
      if case .range = index.kind { return parts(in: base).remade }
      var found = parts(in: base).taken
      if let fallback { found.formUnion(parts(in: fallback)) }
      return found
    case .call(let callee, let arguments): return parts(inCallOf: callee, arguments)
    case .binary(.add, let one, let other, _): return all([one, other]).remade
    case .binary(.coalesce, let one, let other, _), .ternary(_, let one, let other): return all([one, other])
    case .array(let elements): return all(elements).wrapped
    case .dictionary(let entries): return all(entries.map(\.value)).wrapped
    case .conditional(let node): return all(node.values)
    default: return SharedParts()
    }
  }

  private func parts(in reference: NameReference) -> SharedParts {
    switch reference.binding {
    case .global:
      if let known = globalParts[reference.name] { return known }
      let parts = SharedParts { .global(reference.name, $0) }
      globalParts[reference.name] = parts
      return parts
    case .local(let variable): return variable.shared
    case .captured(_, let variable):
      var found = variable.shared
      found.own.insert(.held)
      return found
    case .unresolved: return SharedParts()
    }
  }

  private func parts(inCallOf callee: Expression, _ arguments: [Argument]) -> SharedParts {
    switch callee.kind {
    case .member(let base, "reduce", _, _):
      var found = arguments.first.map { parts(in: $0.value) } ?? SharedParts()
      found.formUnion(parts(in: base).remade)
      return found
    case .member(_, let name, _, _) where Self.mapping.contains(name):
      if case .closure(let function)? = arguments.last?.value.kind {
        var found = function.gives.wrapped
        if name == "flatMap" { found.formUnion(function.gives.remade) }
        return found
      }
      return parts(in: callee)
    case .name(let reference):
      let given = keyed(arguments)
      guard case .global = reference.binding else {
        guard let variable = variable(at: callee),
          let depth = frames.firstIndex(where: { $0.node === variable.function })
        else { return parts(in: callee) }
        return parts(in: callee).mapped { part in
          guard case .parameter(let key, let level, depth + 2) = part else { return [part] }
          return given.filter { $0.0 == key }.reduce(into: []) { $0.formUnion($1.1[level]) }
        }
      }
      if Self.makers.contains(reference.name) { return all(arguments.map(\.value)).remade }
      var found = parts(in: callee)
      if given.contains(where: { !$0.1.isEmpty }) { resolution.handing.insert(reference.name) }
      for (key, parts) in given { found.formUnion(parts.handed(as: key, by: reference.name)) }
      return found
    default: return parts(in: callee)
    }
  }

  private func all(_ expressions: [Expression]) -> SharedParts {
    expressions.reduce(into: SharedParts()) { $0.formUnion(parts(in: $1)) }
  }
}

extension SharedPart {
  fileprivate func isOf(_ name: String) -> Bool {
    if case .global(name, _) = self { true } else { false }
  }
}

extension IfNode {
  /// The values of its branches that have one.
  var values: [Expression] {
    let others: [Expression] =
      switch otherwise {
      case .block(let block)?: block.statements.lastValues
      case .conditional(let next)?: next.values
      case nil: []
      }
    return then.statements.lastValues + others
  }
}

extension [Statement] {
  /// The values that they may end with.
  var lastValues: [Expression] {
    switch last?.kind {
    case .expression(let value): [value]
    case .conditional(let node): node.values
    default: []
    }
  }
}
