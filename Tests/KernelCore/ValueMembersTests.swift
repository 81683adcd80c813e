import Testing

@testable import KernelCore

/// What can be found behind a value by a dot.
struct ValueMembersTests {
  private let bench = Bench()

  private func members(_ name: String, _ steps: [ValuePath.Step] = []) -> ValueMembers? {
    bench.on { self.bench.kernel.members(of: ValuePath(name, steps)) }
  }

  @Test func aWayLeadsToAPartOfAGlobal() {
    #expect(bench.run("let user = [\"name\": \"Ada\", \"tags\": [\"x\"]]\nlet users = [user]") == "ok")
    #expect(members("user")?.type == "Dictionary")
    #expect(
      members("user")?.own.map { "\($0.name) \($0.type) \($0.value)" } == [
        "name String \"Ada\"", "tags Array [\"x\"]",
      ])
    #expect(members("users")?.element == "Dictionary")
    #expect(members("users", [.index(0), .member("tags"), .index(0)])?.type == "String")
    #expect(members("users", [.member("first"), .key("name")])?.type == "String")
    #expect(members("user", [.member("nothing")]) == nil)
    #expect(members("nobody") == nil)
    #expect(members("get")?.type == "Function")
  }

  @Test func aResponseHasItsMembersAndItsJSON() {
    #expect(bench.run("route \"/data\" { [\"origin\": \"here\"] }") == "ok")
    #expect(bench.run("let r = await get(\"/data\")", cell: 2) == "ok")
    #expect(members("r")?.type == "Response")
    #expect(members("r", [.member("json")])?.own.map(\.name) == ["origin"])
    #expect(members("r", [.member("json"), .member("origin")])?.type == "String")
  }

  @Test func awaitGoesThroughWhatHasFired() {
    #expect(bench.run("let d = deferred(); d.resolve(\"x\"); let e = deferred(); let v = 5") == "ok")
    #expect(
      members("d") == ValueMembers(type: "Deferred", element: "String", own: [], value: "<Deferred: \"x\">"))
    #expect(members("d", [.awaited])?.type == "String")
    #expect(members("e", [.awaited]) == nil)
    #expect(members("v", [.awaited])?.type == "Int")
  }

  @Test func aLongWayIsNotGone() {
    #expect(bench.run("let loop = [:]; loop.again = loop") == "ok")
    #expect(members("loop", Array(repeating: .member("again"), count: ValuePath.stepLimit)) != nil)
    #expect(members("loop", Array(repeating: .member("again"), count: ValuePath.stepLimit + 1)) == nil)
  }

  @Test func variablesAreBoundedAndInOrder() {
    let text = (0..<2_300).map { "let name\($0) = \($0)" }.joined(separator: "\n")
    #expect(bench.run(text + "\nfunc naming(a, b = 1) { a }") == "ok")
    let found = bench.on { self.bench.kernel.variables(startingWith: "nam") }
    #expect(found.count == VariableInfo.proposalLimit)
    #expect(found.map(\.name) == found.map(\.name).sorted())
    let function = bench.on { self.bench.kernel.variables(startingWith: "naming") }
    #expect(function.map(\.parameters) == [["a", "b"]])
  }

  /// An answer that comes too late is none, and what was asked is not worked out then.
  @Test func nobodyWaitsForABusyLoop() {
    let late = PromptAnswer<Int>()
    #expect(late.wait(.zero) == nil)
    late.give {
      Issue.record("nobody waits for this")
      return 1
    }
    let early = PromptAnswer<Int>()
    early.give { 7 }
    #expect(early.wait(.zero) == 7)
  }
}
