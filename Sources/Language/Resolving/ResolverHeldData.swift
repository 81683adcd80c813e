// Closures that change what they hold: the variables of the function that has made them, as those in
// `["add": { key in known[key] = true }]`. To call one is to change whatever it was reached by.
//
// Each is known by the member that it is kept as, or where that is not written out, by what gives it.

/// What the resolver has found out about closures and what they hold.
struct HeldData {
  /// A function that is left somewhere when the one around it has run.
  struct Kept {
    enum Function {
      case node(FunctionNode)
      case variable(Variable)
    }

    let function: Function
    /// As which member; nil where that is not written out.
    let member: String?
    /// By which name it can be reached.
    let holder: String?
  }

  private var kept: [Kept] = []
  /// The functions that variables stand for.
  private var functions: [ObjectIdentifier: [FunctionNode]] = [:]
  /// Those that change what they hold.
  private var changing: Set<ObjectIdentifier> = []
  /// To which functions they give what they hold.
  private var giving: [ObjectIdentifier: Set<Taker>] = [:]

  mutating func keep(_ function: Kept) { kept.append(function) }

  mutating func note(_ function: FunctionNode, as variable: Variable) {
    functions[ObjectIdentifier(variable), default: []].append(function)
  }

  /// The functions that a variable may be, as far as they have been passed.
  func functions(of variable: Variable) -> [FunctionNode] { functions[ObjectIdentifier(variable)] ?? [] }

  mutating func noteChange(by functions: some Sequence<FunctionNode>) {
    changing.formUnion(functions.map { ObjectIdentifier($0) })
  }

  mutating func noteGiven(by functions: some Sequence<FunctionNode>, to taker: Taker) {
    for function in functions { giving[ObjectIdentifier(function), default: []].insert(taker) }
  }

  /// Tells each function that is kept and changes what it holds, or gives that to others.
  func eachChanging(_ tell: (Kept, _ changes: Bool, _ givenTo: Set<Taker>) -> Void) {
    if changing.isEmpty, giving.isEmpty { return }
    for kept in kept {
      var seen: Set<ObjectIdentifier> = []
      var changes = false
      var given: Set<Taker> = []
      var open: [FunctionNode] =
        switch kept.function {
        case .node(let function): [function]
        case .variable(let variable): functions(of: variable)
        }
      while let function = open.popLast() {
        guard seen.insert(ObjectIdentifier(function)).inserted else { continue }
        changes = changes || changing.contains(ObjectIdentifier(function))
        given.formUnion(giving[ObjectIdentifier(function)] ?? [])
        for variable in function.captures { open += functions(of: variable) }
      }
      if changes || !given.isEmpty { tell(kept, changes, given) }
    }
  }
}

extension Resolver {
  /// The functions around the place, but for the text itself.
  private var functionsAround: [FunctionNode] { frames.dropFirst().map(\.node) }

  /// Notes that a variable which the functions around the place have from another is changed here.
  func noteChangeOfHeld(_ variable: Variable) {
    guard followsParts else { return }
    held.noteChange(by: functionsAround.reversed().prefix { $0 !== variable.function })
  }

  /// The same of what an expression gives.
  func noteChangeOfHeld(in place: Expression) {
    if let variable = variable(at: place), variable.function !== frame.node {
      noteChangeOfHeld(variable)
    } else {
      noteChangeOfHeld()
    }
  }

  /// The same of some of them, it is not known of which.
  func noteChangeOfHeld() { held.noteChange(by: functionsAround) }

  /// Notes that what the functions around the place hold is given to a function.
  func noteHeldGiven(to taker: Taker) { held.noteGiven(by: functionsAround, to: taker) }

  /// Notes that a member is called, or given to whom may call it: that may change what has it.
  func noteCall(of callee: Expression, _ arguments: [Argument] = []) {
    guard followsParts else { return }
    switch callee.kind {
    case .member(let base, let name, _, _): noteCall(of: name, in: base, arguments)
    case .index(let base, let key, _, _):
      if case .string(let name) = key.kind { return noteCall(of: name, in: base, arguments) }
      noteGiven(parts(in: base).own, to: .element)
    case .optionalChain(let inner): noteCall(of: inner, arguments)
    default: break
    }
  }

  private func noteCall(of member: String, in base: Expression, _ arguments: [Argument]) {
    noteGiven(parts(in: base).own, to: .member(member))
    for (key, parts) in keyed(arguments) {
      for level in SharedLevel.allCases {
        noteGiven(parts[level], to: .argument(of: member, key, level))
      }
    }
  }

  // MARK: Keeping

  /// Notes the functions in a value that is left somewhere.
  ///
  /// - Parameters:
  ///   - member: as which member; nil where that is not known.
  ///   - variable: the local variable that it is the value of.
  ///   - holder: the global; nil for the one that is being declared.
  func noteKept(
    _ value: Expression, as member: String? = nil, in variable: Variable? = nil, of holder: String? = nil
  ) {
    guard followsParts else { return }
    func keep(_ function: HeldData.Kept.Function) {
      held.keep(.init(function: function, member: member, holder: holder ?? declaring))
    }
    func keep(_ value: Expression, _ member: String?) {
      noteKept(value, as: member, in: variable, of: holder)
    }
    switch value.kind {
    case .closure(let function):
      if let variable, member == nil { held.note(function, as: variable) } else { keep(.node(function)) }
    case .name(let reference):
      switch reference.binding {
      case .local(let other), .captured(_, let other): keep(.variable(other))
      case .global:
        if let member {
          resolution.functionsOfMembers[.member(member, of: holder ?? declaring), default: []]
            .insert(reference.name)
        }
      case .unresolved: break
      }
    case .dictionary(let entries):
      for entry in entries {
        if case .string(let key) = entry.key.kind { keep(entry.value, key) } else { keep(entry.value, nil) }
      }
    case .array(let elements): for element in elements { keep(element, nil) }
    case .binary(.coalesce, let one, let other, _), .ternary(_, let one, let other):
      keep(one, member)
      keep(other, member)
    case .conditional(let node): for value in node.values { keep(value, member) }
    case .member(let base, let name, _, _):
      // `let add = store.add`
      if member == nil, let holder = holder ?? declaring {
        let own = parts(in: base).own.subtracting([.held])
        if !own.isEmpty {
          resolution.givenWhenCalled[.given(by: holder), default: [:]][.member(name), default: []].formUnion(
            own)
        }
      }
    case .call(_, let arguments):
      // What is kept as a member may be around what is given.
      if member != nil { for argument in arguments { keep(argument.value, member) } }
    default: break
    }
  }

  /// Resolves what is kept under a key: a function there runs when it is called, and not where it is written.
  func resolve(_ value: Expression, keptAs key: Expression) {
    if case .string(let name) = key.kind { resolve(value, asMember: name) } else { resolve(value) }
  }

  /// Resolves a function that is neither called where it is written nor given to a call: whoever uses the name that is
  /// declared may call it.
  func resolveKept(_ function: FunctionNode) {
    let isLater = followsParts && declaring != nil
    if isLater { laterFunctions += 1 }
    resolve(function)
    if isLater { laterFunctions -= 1 }
  }

  func resolve(_ value: Expression, asMember name: String) {
    guard followsParts, case .closure(let function) = value.kind else { return resolve(value) }
    let outer = member
    member = (name, frames.count + 1)
    laterFunctions += 1
    resolve(function)
    laterFunctions -= 1
    member = outer
  }

  /// Notes the functions that are assigned.
  func noteKept(_ value: Expression, assignedTo target: Expression) {
    switch target.kind {
    case .name(let reference):
      switch reference.binding {
      case .local(let variable), .captured(_, let variable): noteKept(value, in: variable)
      case .global: noteKept(value, of: reference.name)
      case .unresolved: break
      }
    case .member(_, let name, _, _): noteKept(value, as: name)
    case .index(_, let index, _, _):
      if case .string(let key) = index.kind { noteKept(value, as: key) } else { noteKept(value) }
    default: break
    }
  }

  /// Says of the functions that are kept what they change.
  func noteHeldChanges() {
    held.eachChanging { kept, changes, givenTo in
      var changers: [Changer] = []
      if let member = kept.member { changers.append(.member(member, of: kept.holder)) }
      if let holder = kept.holder {
        changers.append(kept.member == nil ? .given(by: holder) : .element(of: holder))
      }
      for changer in changers {
        if changes { resolution.changesPartsWhenCalled[changer, default: []].insert(.receiver) }
        for taker in givenTo {
          resolution.givenWhenCalled[changer, default: [:]][taker, default: []].insert(.receiver)
        }
      }
    }
  }
}
