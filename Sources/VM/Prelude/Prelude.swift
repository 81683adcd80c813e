/// What is written in the language itself: everything that calls a function it was given, so that the
/// function may await. A name `Type_member` becomes that type's member.
enum Prelude {
  static let library = Library(
    name: "prelude", text: [array, collections, waiting].joined(separator: "\n"))
}

extension Machine {
  func installPrelude() {
    install(library: Prelude.library)
    // The machine calls them by itself, whatever is mentioned.
    applier = libraryFunction(named: "__apply") ?? .nil
    finisher = libraryFunction(named: "__finish") ?? .nil
  }

  /// A function of a library that only the host calls: those whose names begin with `__`. Nil where there is none.
  public func libraryFunction(named name: String) -> Value? {
    bringIn(global: name)
    return globalNumbers[Machine.hidden(name)].flatMap { global($0)?.value }
  }
}
