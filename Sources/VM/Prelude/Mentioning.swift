import Language

/// Functions of libraries come into the machine when a program that mentions their name is loaded.

/// A function of a library that no program has mentioned yet.
struct UnmentionedFunction {
  /// What it becomes.
  enum Role {
    /// A function that is called by its name.
    case global
    /// The method of a type; with a label, what the method is when it is called with that, as `min(by:)`.
    case method(String, tag: UInt, label: String?)
    /// The method of a class that the host has defined.
    case methodOfClass(String, InstanceClass)
  }

  let library: Library
  let function: Library.Function
  let role: Role
}

extension Machine {
  /// Adds the functions of a library as built-in ones. Chains of calls don't show them, and a notebook that
  /// gives one of their names another meaning changes nothing for the others.
  ///
  /// `Array_map` becomes the method `map` of arrays, or of a class that the host has defined before; `Array_min_by` what
  /// the method `min` is with a function or the label `by`. What begins with `__` only the host and libraries call.
  public func install(library: Library) {
    for function in library.functions {
      let parts = function.name.split(separator: "_").map(String.init)
      guard !function.name.hasPrefix("__"), parts.count > 1, let role = methodRole(parts) else {
        unmentionedGlobals[function.name] = UnmentionedFunction(
          library: library, function: function, role: .global)
        if mentionedByLibraries.contains(function.name) { bringIn(global: function.name) }
        continue
      }
      // Only the first few hundred numbers can be those of methods: it has one before any name that a cell brings.
      let member = parts[1]
      _ = memberNumber(member)
      unmentionedMembers[member, default: []].append(
        UnmentionedFunction(library: library, function: function, role: role))
      if mentionedByLibraries.contains(member) { bringIn(member: member) }
    }
  }

  private func methodRole(_ parts: [String]) -> UnmentionedFunction.Role? {
    if parts.count == 2, let type = classes.first(where: { $0.name == parts[0] }) {
      return .methodOfClass(parts[1], type)
    }
    let tag: UInt? =
      switch parts[0] {
      case "Array": Tag.array
      case "Dictionary": Tag.dictionary
      case "Range": Tag.range
      case "String": Tag.string
      case "Deferred": Tag.deferred
      case "Bytes": Tag.bytes
      default: nil
      }
    return tag.map { .method(parts[1], tag: $0, label: parts.count > 2 ? parts[2] : nil) }
  }

  /// Compiles and loads what a program mentions of libraries, before it runs.
  func bringIn(mentionedBy program: Program, ofLibrary isLibrary: Bool) {
    // A library that is installed later may have what another mentions.
    if isLibrary { mentionedByLibraries.formUnion(program.globals + program.members) }
    for name in program.globals { bringIn(global: name) }
    for name in program.members { bringIn(member: name) }
  }

  func bringIn(global name: String) {
    guard let unmentioned = unmentionedGlobals.removeValue(forKey: name) else { return }
    load(unmentioned)
  }

  func bringIn(member name: String) {
    guard let unmentioned = unmentionedMembers.removeValue(forKey: name) else { return }
    unmentioned.forEach(load)
  }

  private func load(_ unmentioned: UnmentionedFunction) {
    let name = unmentioned.function.name
    do {
      let function = try closure(of: unmentioned.library.program(of: unmentioned.function))
      setGlobal(try slot(of: Machine.hidden(name)), (function, .builtin))
      switch unmentioned.role {
      case .global: if !name.hasPrefix("__") { setGlobal(try slot(of: name), (function, .builtin)) }
      case .methodOfClass(let member, let type): type.add(method: function, member: memberNumber(member))
      case .method(let member, let tag, nil): setMethod(member, of: tag, function)
      case .method(let member, let tag, let label?):
        setVariant(label, of: member, tag, function)
        // What a function alone means, the method says where it is written in the language itself. A place is none.
        let isPlace = ["upTo", "through", "from"].contains(label)
        if !isPlace, method(tag, memberNumber(member)).tag == Tag.native {
          setVariant("", of: member, tag, function)
        }
      }
    } catch {
      preconditionFailure("a library cannot be loaded: \(error)")
    }
  }

  /// The function that the text of a program defines; it captures nothing.
  private func closure(of program: Program) throws(Failure) -> Value {
    let main = try load(program, isPrelude: true)
    guard let unit = prototype(of: main)?.unit,
      let definition = program.main.code.first(where: { $0.opcode == .closure })
    else { preconditionFailure("a text of a library defines no function") }
    return makeClosure(unit.numbers[definition.wide], registers: scratch)
  }
}
