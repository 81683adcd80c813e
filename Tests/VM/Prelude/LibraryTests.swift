import Language
import Testing

@testable import VM

extension Machine {
  /// Loads all functions of all libraries.
  func bringInAll() {
    while let name = unmentionedGlobals.keys.first { bringIn(global: name) }
    while let name = unmentionedMembers.keys.first { bringIn(member: name) }
  }
}

/// Functions that are written in the language are loaded once they are mentioned, and nobody notices.
struct LibraryTests {
  private func loadedFunctions(_ machine: Machine) -> Set<String> {
    Set(machine.prototypes.compactMap { $0 }.filter { $0.unit.isPrelude }.map(\.function.name))
  }

  @Test func allFunctionsOfTheLanguageCompile() {
    let machine = Machine(host: nil)
    machine.bringInAll()
    #expect(Prelude.library.functions.count > 100)
    #expect(loadedFunctions(machine).isSuperset(of: Prelude.library.functions.map(\.name)))
  }

  @Test func onlyWhatIsMentionedIsLoaded() throws {
    let host = ScriptHost()
    #expect(!loadedFunctions(host.machine).contains("Array_map"))
    #expect(try host.run("[1, 2].map { $0 + 1 }") == "[2, 3]")
    #expect(loadedFunctions(host.machine).contains("Array_map"))
    #expect(!loadedFunctions(host.machine).contains("Array_filter"))
  }

  @Test func aFunctionMentionsOthers() throws {
    // In the language: of pieces of an array, each as bytes.
    #expect(try ScriptHost().run("Bytes([1, 2, 3]).chunks(ofCount: 2).map { $0.count }") == "[2, 1]")
  }

  @Test func aLabelOrAFunctionFindsWhatIsWrittenInTheLanguage() throws {
    #expect(try ScriptHost().run("[3, 1].min(by: { a, b in a > b })") == "3")
    #expect(try ScriptHost().run("[3, 1].contains { $0 == 1 }") == "true")
    #expect(try ScriptHost().run("[3, 1].contains(2)") == "false")
  }

  @Test func aLaterLibraryHasWhatAnEarlierOneMentions() throws {
    let host = ScriptHost()
    host.machine.install(library: Library(name: "first", text: "func twice(box) { box.doubled(helper(1)) }"))
    #expect(host.machine.libraryFunction(named: "twice") != nil)
    _ = host.machine.defineClass("Box", fields: ["value"])
    host.machine.install(
      library: Library(
        name: "second", text: "func helper(x) {\n    x + 1\n}\nfunc Box_doubled(self, by) { self.value * by }"
      ))
    let type = try #require(host.machine.classes.first { $0.name == "Box" })
    let box = host.machine.makeInstance(type, fields: [.int(21)])
    host.machine.setGlobal(try host.machine.slot(of: "box"), (box, .let))
    #expect(try host.run("twice(box)") == "42")
  }

  /// A method has its number before names that a notebook brings, of which only the first few hundred can be methods.
  @Test func methodsAreFoundBehindThousandsOfNames() throws {
    let host = ScriptHost()
    let names = (0..<2_000).map { "d.name\($0) = \($0)" }.joined(separator: "\n")
    try host.run("let d = [:]\n" + names)
    #expect(try host.run("[d.name1999].map { $0 + 1 }") == "[2000]")
  }

  /// Functions of libraries mention names of their own, which must have room.
  @Test(arguments: [
    ("d.n", "there are more than 65,000 names of members"),
    ("let g", "there are more than 65,000 global names"),
  ])
  func aNotebookWithAsManyNamesAsItMayHaveCanCallThem(beginning: String, limit: String) throws {
    let host = ScriptHost()
    try host.run("let d = [:]")
    var refusal = ""
    for round in 0..<70 where refusal.isEmpty {
      let names = (0..<1_000).map { "\(beginning)\(round)_\($0) = 1" }.joined(separator: "\n")
      do { try host.run(names) } catch let failure as Failure { refusal = failure.message }
    }
    #expect(refusal == limit)
    host.machine.bringInAll()
    #expect(try host.run("[1, 2].map { $0 + 1 }") == "[2, 3]")
  }

  @Test func aNotebookThatGivesANameAnotherMeaningKeepsIt() throws {
    let host = ScriptHost()
    #expect(try host.run("func elapsed(x) { x + 1 }\nelapsed(1)") == "2")
    #expect(try host.run("[elapsed(2)].map { $0 }") == "[3]")
  }

  @Test func membersAreListedBeforeTheyAreMentioned() {
    let (fresh, full) = (Machine(host: nil), Machine(host: nil))
    full.bringInAll()
    for tag in 0..<Tag.count {
      #expect(
        Set(fresh.memberNames(of: UInt(tag))) == Set(full.memberNames(of: UInt(tag))),
        "\(Tag.name(UInt(tag)))")
    }
    #expect(Set(fresh.declaredGlobals.map(\.name)) == Set(full.declaredGlobals.map(\.name)))
  }
}
