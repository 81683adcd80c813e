import Testing

@testable import VM

/// What the prelude alone calls is nobody's business: no list and no message has its names.
struct MemberNameTests {
  private static let tags = FamiliarMembersTests.tags.values + [Tag.native, Tag.html, Tag.nil, Tag.bool]

  @Test func noListNamesWhatIsForThePreludeAlone() {
    let machine = Machine(host: nil)
    machine.bringInAll()
    #expect(machine.memberNames.contains { $0.hasPrefix("__") }, "else this says nothing")
    for tag in Self.tags {
      #expect(machine.memberNames(of: tag).filter { $0.contains("_") } == [], "members of \(Tag.name(tag))")
    }
    #expect(machine.declaredGlobals.map(\.name).filter { $0.hasPrefix("__") } == [])
  }

  /// A message names a native as it was defined, and a function of the prelude by the member that it is.
  @Test func whatMessagesSayOfAFunctionIsItsPublicName() {
    let machine = Machine(host: nil)
    machine.bringInAll()
    let members = Set(Self.tags.flatMap { machine.memberNames(of: $0) })
    let functions = Set(machine.declaredGlobals.map(\.name))
    for native in machine.natives where !Self.isWithoutArguments(native) {
      let parts = native.name.split(separator: ".").map(String.init)
      let isPublic =
        parts.count == 2 ? members.contains(parts[1]) : functions.union(members).contains(native.name)
      // The one that a statement calls says which.
      #expect(isPublic || native.name == "for await", "\(native.name)")
    }
    let shown = machine.prototypes.compactMap { $0 }.filter {
      $0.unit.isPrelude && $0.function.role == .function
    }
    #expect(shown.count > 100)
    for prototype in shown where !["__apply()", "__finish()"].contains(prototype.name) {
      let name = String(prototype.name.dropLast(2))
      #expect(members.contains(name) || functions.contains(name), "\(prototype.name)")
    }
  }

  /// One that takes nothing and is given nothing says nothing of itself.
  private static func isWithoutArguments(_ native: NativeFunction) -> Bool {
    native.parameters.isEmpty && native.name.contains("__")
  }

  /// The table of members has room for so many names; one beyond would lie in that of another type.
  @Test func allMembersFitTheTable() {
    let machine = Machine(host: nil)
    machine.bringInAll()
    let count = machine.memberNames.count
    #expect(count > 150 && count < Machine.memberCapacity - 32)
  }

  @Test(arguments: [
    ("Dictionary(nil)", "\"pairs\" of Dictionary must be an Array of pairs or a Dictionary, not nil"),
    ("Dictionary(grouping: [1])", "Dictionary(grouping:) takes a function, not nil"),
    ("Dictionary([1])", "element 0 is Int, not a pair"),
    ("[1, 2].flatMap { $0 }", "the function of flatMap() must give an Array, not Int"),
    (
      "[1].flatMap { deferred() }",
      "what the function of flatMap() gives is a Deferred that was not awaited"
    ),
    (
      "[1].append(contentsOf: 5)",
      "\"contentsOf\" of Array.append must be an Array, a Range, a String, Bytes or a Dictionary, not Int"
    ),
    (
      "[1].insert(contentsOf: 5, at: 0)",
      "\"contentsOf\" of Array.insert must be an Array, a Range, a String, Bytes or a Dictionary, not Int"
    ),
    ("\"a\".split(5)", "\"separator\" of String.split must be a String, not Int"),
    ("[1].split(separator: 1, maxSplits: \"x\")", "\"maxSplits\" of Array.split must be an Int, not String"),
    ("[1].split(maxSplits: \"x\") { true }", "\"maxSplits\" of split must be an Int, not String"),
    ("[1].split()", "split() of an Array takes a separator"),
    ("[1, 2].first(2)", "first() takes a function, not Int"),
    ("(1...2).last(2)", "last() takes a function, not Int"),
    ("\"hello\".count(\"l\")", "count() takes a function, not String"),
    ("deferred().timeout(5)", "\"limit\" of timeout must be a Duration, not a number"),
    ("[1].first(deferred())", "what first() is given is a Deferred that was not awaited"),
  ])
  func messagesHavePublicNames(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  /// `appendAll` was a member that the page had no word of.
  @Test func whatWasAMemberByAccidentIsNone() throws {
    #expect(try ScriptHost().run("[1].appendAll([2])") == "error: Array has no member \"appendAll\"")
  }
}
