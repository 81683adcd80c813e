import Testing

@testable import VM

struct ChangesTests {
  /// What each of some runs changes that it has not made, as owners 1, 2 and so on, by the globals that reach it.
  private func changes(_ runs: String..., notes: Bool = true) throws -> [Author: Set<String>] {
    let host = ScriptHost()
    host.machine.notesChanges = notes
    for (place, text) in runs.enumerated() {
      _ = try host.run(text, cell: place + 1, owner: UInt32(place + 1))
    }
    return host.machine.heldByGlobals(first: [], effort: 100_000).changes
  }

  private func run(_ owner: UInt32) -> Author { Author(owner: owner, occasion: .run) }

  @Test(arguments: [
    "a.append(1)", "a[0] = 2", "a.insert(1, at: 0)", "a.remove(at: 0)", "a.removeLast()",
    "a.removeFirst()", "a.removeAll()", "a.removeAll { $0 == 1 }", "a.sort()", "a.reverse()",
    "a.swapAt(0, 1)",
    "a[0..<1] = [7]", "a.append(contentsOf: [4])", "d.x = 2", "d[\"y\"] = 2", "d.x = nil",
    "d.removeValue(\"x\")",
    "d.removeAll()", "d[\"l\"].append(2)", "f()", "let b = a\nb.append(1)", "for e in rows { e.done = true }",
    "rows.forEach { $0.done = true }", "rows.filter { $0.n == 1 }[0].done = true",
  ])
  func whatARunChangesOfOthersIsNoted(_ text: String) throws {
    let first = """
      var a = [1, 3]
      let d = ["x": 1, "l": [1]]
      let rows = [["n": 1], ["n": 2]]
      let f = { var n = 0; return { n += 1 } }()
      """
    let found = try changes(first, text)
    let name = text.hasPrefix("f()") ? "f" : text.contains("rows") ? "rows" : text.hasPrefix("d") ? "d" : "a"
    #expect(found.filter { $0.key.occasion == .run && $0.value.contains(name) }.map(\.key) == [run(2)])
  }

  /// Of what a run makes itself nothing is noted, nor where notes are not asked for.
  @Test func whatARunMakesItselfIsNotNoted() throws {
    #expect(
      try changes("let a = []\nfor i in 0..<9 { a.append([i]) }\na[0].append(1)\nlet n = a.count") == [:])
    #expect(try changes("let a = []", "let b = [a]\nlet c = a.map { $0 }\nc.append(1)") == [:])
    #expect(try changes("let a = []", "a.append(1)", notes: false) == [:])
    #expect(try changes("let a = [1]", "a.removeAll { $0 == 2 }") == [:])
  }

  @Test func whoChangedWhatIsToldByAllNamesThatReachIt() throws {
    let found = try changes(
      """
      let users = []
      let byName = [:]
      func add(name) {
        let user = ["name": name, "tokens": []]
        users.append(user)
        byName[name] = user
        return user
      }
      """,
      "let ann = add(\"ann\")", "ann.tokens.append(1)", "users.append(1)", "let twice = [1].map { $0 * 2 }")
    #expect(found[run(2)] == ["users", "byName"])
    #expect(found[run(3)] == ["users", "byName", "ann"])
    #expect(found[run(4)] == ["users"])
    #expect(found[run(5)] == nil)
  }

  @Test func whatFibersAndTimersChangeIsToldApart() throws {
    let found = try changes(
      "let a = []\nlet b = []", "async { a.append(1) }\nafter(1s) { b.append(1) }\nb.append(0)")
    #expect(found == [Author(owner: 2, occasion: .afterwards): ["a", "b"], run(2): ["b"]])
  }

  @Test func toWhatARunAssignsIsNotedUntilNobodyAsks() throws {
    let host = ScriptHost()
    host.machine.notesChanges = true
    _ = try host.run("var a = 1\nvar b = 1\nlet set = [\"b\": { b = $0 }]", owner: 1)
    _ = try host.run("a = 2\nvar c = 1\nset.b(3)\nasync { a = 3 }", owner: 2)
    func assignments() -> [Author: Set<String>] {
      host.machine.heldByGlobals(first: [], effort: 1_000).assignments
    }
    #expect(assignments() == [run(2): ["a", "b"], Author(owner: 2, occasion: .afterwards): ["a"]])
    host.machine.forgetAssignments(by: 2)
    #expect(assignments() == [:])
  }

  /// What was freed is forgotten, and another in its place has nothing to do with it.
  @Test func whatIsDeadIsForgotten() throws {
    let host = ScriptHost()
    host.machine.notesChanges = true
    _ = try host.run("var a = []\nvar kept = []", owner: 1)
    for round in 0..<50 {
      _ = try host.run("a.append(\(round))\nkept.append(0)", owner: 2)
      _ = try host.run("a = []", owner: 1)
      host.machine.collect()
    }
    #expect(host.machine.heap.state.pointee.changes.count == 1)
    #expect(host.machine.heldByGlobals(first: [], effort: 1_000).changes == [run(2): ["kept"]])
  }

  /// Beyond the last stamp authors share one, and what they change is noted all the same.
  @Test func thereMayBeMoreAuthorsThanStamps() throws {
    let host = ScriptHost()
    host.machine.notesChanges = true
    _ = try host.run("let a = []\nlet b = []", owner: 1)
    for owner in 2..<UInt32(UInt16.max) + 5 {
      host.machine.heap.state.pointee.beginChanges(by: Author(owner: owner, occasion: .run))
    }
    _ = try host.run("a.append(1)\nb.append(1)", owner: 70_000)
    _ = try host.run("a.append(1)", owner: 70_001)
    let found = host.machine.heldByGlobals(first: [], effort: 1_000).changes
    #expect(found == [run(70_000): ["a", "b"], run(70_001): ["a"]])
  }
}
