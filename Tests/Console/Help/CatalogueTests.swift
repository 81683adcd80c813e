import Examples
import Foundation
import NIOPosix
import Testing

@testable import Console
@testable import KernelCore
@testable import Language
@testable import VM

/// The help knows all that the machine registers, and says nothing of it that is not so.
struct CatalogueTests {
  @Test func everyFunctionAndEveryMemberHasAnEntry() throws {
    try Registered.read { registered in
      #expect(registered.functions.count > 60)
      let known = Set(Catalogue.functions.map(\.name))
      #expect(
        registered.functions.filter { !known.contains($0) && !["_", "Out"].contains($0) }.sorted() == [])
      #expect(registered.members.count >= Catalogue.types.count)
      for (type, members) in registered.members {
        let entries = Set((Catalogue.type(named: type)?.members ?? []).map(\.name))
        #expect(members.filter { !entries.contains($0) }.sorted() == [], "members of \(type)")
      }
    }
  }

  @Test func everyArgumentIsExplained() {
    var names: Set<String> = []
    for entry in Catalogue.functions + Catalogue.types.flatMap(\.members) {
      for label in entry.parameters.joined() {
        names.formUnion([label, "\(entry.name).\(label)"])
        #expect(Catalogue.argument(label, of: entry.name) != nil, "\(label) of \(entry.name)")
      }
    }
    #expect(Catalogue.explainedArguments.filter { !names.contains($0) } == [])
  }

  @Test func noEntryIsOfWhatThereIsNot() throws {
    try Registered.read { registered in
      let written = ["route", "request", "html", "socket", "before", "notFound", "onError", "group"]
      #expect(
        Catalogue.functions.map(\.name).filter { !registered.functions.contains($0) && !written.contains($0) }
          == [])
      for type in Catalogue.types {
        let members = registered.members[type.name] ?? []
        #expect(type.members.map(\.name).filter { !members.contains($0) } == [], "members of \(type.name)")
        #expect(Set(type.members.map(\.name)).count == type.members.count, "\(type.name)")
      }
      for (type, members) in registered.carried {
        #expect(Set(Catalogue.members(ofTypeItself: type).map(\.name)) == members, "\(type)")
      }
      let words = Keyword.allCases.map(\.rawValue)
      #expect(Set(Catalogue.keywords.map(\.name)) == Set(words))
      #expect(Set(Catalogue.names).isSuperset(of: words))
    }
  }

  /// A label that a signature shows is one that the call takes, and all that it takes are shown.
  @Test func signaturesHaveTheParametersOfTheCall() throws {
    try Registered.read { registered in
      for entry in Catalogue.functions {
        guard let taken = registered.parameters[entry.name] else { continue }
        #expect(Set(entry.parameters.joined()) == taken, "\(entry.signature)")
      }
      for type in Catalogue.types {
        for entry in type.members {
          let taken = registered.parameters["\(type.name).\(entry.name)"] ?? []
          let shown = Set(entry.parameters.joined())
          #expect(shown.isSubset(of: taken), "\(type.name).\(entry.signature) takes \(taken)")
        }
      }
    }
  }

  @Test func everyEntryHasASignatureASentenceAndAnExample() {
    let entries = Catalogue.functions + Catalogue.keywords + Catalogue.types.flatMap(\.members)
    #expect(entries.count > 350)
    for entry in entries {
      #expect(entry.signature.contains(entry.name), "\(entry.name)")
      #expect(entry.explanation.hasSuffix("."), "\(entry.signature)")
      #expect(entry.summary.count < 140 && !entry.summary.isEmpty, "\(entry.signature)")
      #expect(entry.example.contains(entry.name) && entry.example.contains("// → "), "\(entry.signature)")
      #expect((entry.signature + entry.example).allSatisfy { $0 != "\n" }, "\(entry.signature)")
    }
    for type in Catalogue.types { #expect(type.explanation.hasSuffix("."), "\(type.name)") }
  }

  /// What a signature says that it gives is a type that there is.
  @Test func whatIsGivenIsAType() {
    let types = Catalogue.types.map(\.name) + ["nil", "Bool"]
    for entry in Catalogue.functions + Catalogue.keywords + Catalogue.types.flatMap(\.members) {
      guard let gives = entry.gives else { continue }
      #expect(types.contains(gives.type) || gives.type == "Element", "\(entry.signature)")
      if let element = gives.element { #expect(types.contains(element), "\(entry.signature)") }
    }
  }

  @Test func everyExampleGivesWhatItSays() throws {
    let kernel = try ExampleKernel(forgetsExamples: true)
    defer { kernel.shutDown() }
    for entry in Catalogue.functions + Catalogue.keywords + Catalogue.types.flatMap(\.members) {
      let parts = entry.example.components(separatedBy: " // → ")
      guard parts.count == 2 else {
        Issue.record("\(entry.signature): \(entry.example)")
        continue
      }
      #expect(kernel.run(parts[0]) == parts[1], "\(entry.signature): \(parts[0])")
    }
  }

  @Test func aParagraphIsASignatureSentencesAndAnExample() {
    let entry = HelpEntry.list("f(a, b:) · f(c:) -> Array of Int\nDoes this. And\nthat.\n  f(1) // → 2")[0]
    #expect(entry.name == "f")
    #expect(entry.explanation == "Does this. And that.")
    #expect(entry.summary == "Does this")
    #expect(entry.example == "f(1) // → 2")
    #expect(entry.parameters == [["a", "b"], ["c"]])
    #expect(entry.gives?.type == "Array" && entry.gives?.element == "Int")
    #expect(!entry.isProperty)
    let property = HelpEntry.list("Int.max · max(values…) -> Any\nThe greatest.\n  1")[0]
    #expect(property.name == "max" && property.gives == nil && property.isProperty)
    #expect(property.parameters == [[], []])
  }
}

/// What a kernel's machine has registered.
private struct Registered {
  var functions: Set<String> = []
  /// By the name of the type.
  var members: [String: Set<String>] = [:]
  /// What types carry themselves, as `Int.max`.
  var carried: [String: Set<String>] = [:]
  /// The names of the parameters, by the name of a function, or of a type and its member.
  var parameters: [String: Set<String>] = [:]

  /// Reads it on the loop that the machine is confined to.
  static func read(_ body: @escaping (Registered) throws -> Void) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let loop = group.next()
    let registered = try loop.submit {
      let supervisor = Supervisor(configuration: KernelConfiguration(), loop: loop)
      let registered = Registered(supervisor.kernel.machine)
      return (registered, supervisor.shutDown(grace: .zero)).0
    }.wait()
    try body(registered)
  }

  private init(_ machine: Machine) {
    // What is written in the language is loaded when it is mentioned.
    while let name = machine.unmentionedGlobals.keys.first { machine.bringIn(global: name) }
    while let name = machine.unmentionedMembers.keys.first { machine.bringIn(member: name) }
    for (name, kind) in machine.declaredGlobals where kind == .builtin {
      functions.insert(name)
      guard let value = machine.global(machine.globalNumbers[name]!)?.value else { continue }
      parameters[name] = Registered.parameters(of: value, in: machine)
    }
    for tag in 0..<UInt(Tag.count) {
      let names = machine.memberNames(of: tag)
      if names.isEmpty { continue }
      members[Tag.name(tag)] = Set(names)
      for name in names {
        let key = Machine.MemberKey(tag: tag, member: machine.memberNumber(name))
        let functions = [machine.method(tag, key.member)] + (machine.memberVariants[key] ?? [:]).values
        parameters["\(Tag.name(tag)).\(name)"] = functions.reduce(into: []) {
          $0.formUnion(Registered.parameters(of: $1, in: machine))
        }
        let labels = (machine.memberVariants[key] ?? [:]).keys.filter { !$0.isEmpty }
        parameters["\(Tag.name(tag)).\(name)"]?.formUnion(labels)
      }
    }
    carried = machine.typeMembers.mapValues(Set.init)
    for type in machine.classes {
      members[type.name] = Set(type.memberNames(machine))
      for name in type.memberNames(machine) {
        parameters["\(type.name).\(name)"] = Registered.parameters(
          of: type.method(machine.memberNumber(name)), in: machine)
      }
    }
  }

  private static func parameters(of value: Value, in machine: Machine) -> Set<String> {
    var names = Set(machine.parameterNames(of: value) ?? []).subtracting(["self"])
    if value.tag == Tag.native {
      let native = machine.natives[value.native.pointee.number]
      if native.isVariadic { names = [] }
      names.formUnion(native.options)
    }
    return names
  }
}
