import Testing

@testable import VM

struct SharingTests {
  private func sharing(_ text: String, effort: Int = 10_000) throws -> [String: Set<String>] {
    let host = ScriptHost()
    _ = try host.run(text)
    return host.machine.heldByGlobals(first: [], effort: effort).sharing
  }

  @Test func arraysAndDictionariesInCommonAreFound() throws {
    let found = try sharing(
      """
      let users = [["n": "ann"], ["n": "bob"]]
      let sessions = ["t": users[0]]
      let deep = [[["u": users[1]]]]
      let names = users.map { $0.n }
      let copy = users.map { ["n": $0.n] }
      let other = ["t": ["n": "ann"]]
      func find() { users }
      """)
    #expect(found == ["users": ["sessions", "deep"], "sessions": ["users"], "deep": ["users"]])
  }

  /// What functions hold that a value has, and what an error and a bound member have.
  @Test func whatFunctionsHoldIsLookedInto() throws {
    let found = try sharing(
      """
      func store(d) {
        var n = 0
        return [{ n += 1 }, { n }, { d }]
      }
      let data = []
      let all = store(data)
      let add = all[0]
      let get = all[1]
      let own = store([])
      let method = data.append
      """)
    #expect(found["add"] == ["all", "get"] && found["data"] == ["all", "method"] && found["own"] == nil)
  }

  @Test func aRingEndsAndTheEffortIsBounded() throws {
    let ring = "let a = [1]\nlet b = [a]\na.append(b)\nlet c = [[2]]"
    #expect(try sharing(ring) == ["a": ["b"], "b": ["a"]])
    let many = "let many = [0]\nfor i in 0..<1_000 { many.append([i]) }\nlet last = [many[1]]"
    #expect(try sharing(many, effort: 20_000) == ["many": ["last"], "last": ["many"]])
    #expect(try sharing(many, effort: 100) == [:])
  }
}
