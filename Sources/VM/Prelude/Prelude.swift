import Language

/// What is written in the language itself: everything that calls a function it was given, so that the
/// function may await. A name `Type_member` becomes that type's member.
enum Prelude {
  static let program = Machine.compileLibrary(
    name: "prelude", text: [array, collections, waiting].joined(separator: "\n"))

  /// The names that a library may use: all, since hosts and other libraries define them, before or after it.
  struct Names: GlobalNames {
    func entry(named name: String) -> GlobalScope.Entry? { GlobalScope.Entry(kind: .builtin) }
    var names: [String] { [] }
    var nameCount: Int { 0 }
  }
}

extension Machine {
  /// Compiles a text of functions that hosts add to the language.
  public static func compileLibrary(name: String, text: String) -> Result<Program, Diagnostic> {
    let source = SourceText(name: name, text: text)
    let parsed = Parser.parse(source)
    if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) { return .failure(problem) }
    let resolution = Resolver.resolve(parsed.program, source: source, globals: Prelude.Names())
    if let problem = resolution.diagnostics.first(where: { $0.severity == .error }) {
      return .failure(problem)
    }
    return Result { () throws(Diagnostic) in try Compiler.compile(parsed.program, source: source) }
  }

  /// Compiles the prelude where that has not been done yet: once a process, whoever asks first.
  public static func compilePrelude() { _ = Prelude.program }

  func installPrelude() { install(library: Prelude.program) }

  /// Adds the functions of a library as built-in ones. Chains of calls don't show them, and a notebook that
  /// gives one of their names another meaning changes nothing for the others. A name `Class_member` becomes the method
  /// of a class that the host has defined before.
  public func install(library: Result<Program, Diagnostic>) {
    do {
      let program = try library.get()
      let main = try load(program, isPrelude: true)
      resume(try makeFiber(main, [], owner: 0, result: nil))
      for name in program.globals { try adopt(name) }
    } catch {
      preconditionFailure("a library does not compile: \(error)")
    }
  }

  /// A function of a library that only the host calls: those whose names begin with `__`. Nil where there is none.
  public func libraryFunction(named name: String) -> Value? {
    globalNumbers[Machine.hidden(name)].flatMap { global($0)?.value }
  }

  /// `Array_map` becomes the method `map` of arrays, `Array_min_by` what the native `min` is with a function
  /// or the label `by`; other names become built-in functions.
  private func adopt(_ name: String) throws(Failure) {
    guard let slot = globalNumbers[Machine.hidden(name)], let global = global(slot),
      global.value.tag == Tag.closure
    else { return }
    if name == "__apply" { applier = global.value }
    if name == "__finish" { finisher = global.value }
    if name.hasPrefix("__") { return }
    let tags: [Substring: UInt] = [
      "Array": Tag.array, "Dictionary": Tag.dictionary, "Range": Tag.range, "String": Tag.string,
      "Deferred": Tag.deferred, "Bytes": Tag.bytes,
    ]
    let parts = name.split(separator: "_")
    if parts.count == 2, let type = classes.first(where: { $0.name == parts[0] }) {
      return type.add(method: global.value, member: memberNumber(String(parts[1])))
    }
    guard parts.count > 1, let tag = tags[parts[0]] else {
      return setGlobal(try self.slot(of: name), (global.value, .builtin))
    }
    let member = String(parts[1])
    if parts.count == 2 { return setMethod(member, of: tag, global.value) }
    setVariant(String(parts[2]), of: member, tag, global.value)
    // What a function alone means, the method says where it is written in the language itself. A place is none.
    let isPlace = ["upTo", "through", "from"].contains(parts[2])
    if !isPlace, method(tag, memberNumber(member)).tag == Tag.native {
      setVariant("", of: member, tag, global.value)
    }
  }
}
