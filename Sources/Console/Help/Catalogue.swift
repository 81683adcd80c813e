/// What the language has, with a sentence and an example for each: its functions, its words, its types with their
/// members. A test holds it to what the machine registers.
enum Catalogue {
  static let functions: [HelpEntry] =
    pages + calls + waiting.filter { !["await", "async"].contains($0.name) } + data + conversions
    + mathematics

  static let keywords: [HelpEntry] = waiting.filter { ["await", "async"].contains($0.name) } + words

  static let types: [TypeHelp] = [
    .string, .html, .array, .dictionary, .range, .int, .double, .duration, .date, .bytes, .deferred, .timer,
    .error, .request, .chunks, .reply, .file, .stream, .writer, .socket, .cookie, .response, .pieces,
    .cookieJar,
    .function,
  ]

  private static let entriesByName = Dictionary(
    (functions + keywords + notebook).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  private static let typesByName = Dictionary(uniqueKeysWithValues: types.map { ($0.name, $0) })

  /// A function, a word, or what the notebook has a name for.
  static func entry(named name: String) -> HelpEntry? { entriesByName[name] }

  static func type(named name: String) -> TypeHelp? { typesByName[name] }

  static func member(_ name: String, of type: String) -> HelpEntry? { typesByName[type]?.member(name) }

  /// The types that have a member of this name.
  static func types(withMember name: String) -> [TypeHelp] { types.filter { $0.member(name) != nil } }

  /// What a type carries of its own: `Int.max`. Empty for what carries nothing.
  static func members(ofTypeItself name: String) -> [HelpEntry] {
    TypeHelp.function.members.filter { entry in
      entry.signature.split(separator: " ").contains { $0.hasPrefix(name + ".") }
    }
  }

  /// All names that can be asked about.
  static let names: [String] = (functions + keywords).map(\.name) + types.map(\.name)
}
