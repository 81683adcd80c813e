import Testing

@testable import VM

/// Looking at parts of values runs nothing and changes nothing.
struct PeekingTests {
  private let host = ScriptHost()
  private var machine: Machine { host.machine }

  /// A value of the language, kept by a global.
  private func value(_ text: String) throws -> Value {
    try host.run("let kept = \(text)")
    return try #require(machine.declaredGlobal(named: "kept").flatMap { machine.global($0.slot)?.value })
  }

  @Test func readsKeysFieldsAndProperties() throws {
    for (text, name, expected) in [
      ("[\"a\": 1]", "a", "1"), ("[\"a\": 1]", "count", "1"), ("[\"a\": 1]", "keys", "[\"a\"]"),
      ("[1, 2]", "first", "1"), ("\"abc\"", "count", "3"), ("Error(\"no\", fields: [\"id\": 7])", "id", "7"),
      ("Error(\"no\")", "message", "\"no\""), ("1...3", "upperBound", "3"), ("90s", "minutes", "1.5"),
      ("deferred()", "isPending", "true"),
    ] {
      let value = try value(text)
      #expect(machine.peek(name, of: value).map { machine.repr($0) } == expected, "\(text).\(name)")
    }
  }

  /// A function of the language counts as a member before anybody has called it.
  @Test func aMethodIsNotRead() throws {
    let value = try value("[\"map\": 1, \"a\": 2]")
    #expect(machine.peek("map", of: value) == nil)
    #expect(machine.ownMembers(of: value, most: 5).map(\.name) == ["a"])
  }

  @Test func readsElements() throws {
    let pairs: [(String, Value)] = [
      ("[7, 8]", .int(1)), ("[5: 8]", .int(5)), ("6...9", .int(2)), ("Bytes([0, 8])", .int(1)),
    ]
    for (text, key) in pairs {
      let value = try value(text)
      #expect(machine.peek(key, of: value).map { machine.repr($0) } == "8", "\(text)")
    }
  }

  @Test func whatIsNotThereIsNilAndLeavesNoFailure() throws {
    for (text, name) in [
      ("[\"a\": 1]", "b"), ("[1]", "map"), ("[\"a\": 1]", "map"), ("nil", "x"), ("5", "x"),
      ("\"a\"", "never"),
      ("{ 1 }", "max"),
    ] {
      let value = try value(text)
      #expect(machine.peek(name, of: value) == nil, "\(text).\(name)")
      #expect(machine.failure == nil)
    }
    let array = try value("[1]")
    #expect(machine.peek(.int(5), of: array) == nil)
    #expect(machine.failure == nil)
  }

  @Test func aNameThatIsAskedForIsNotKept() throws {
    let value = try value("[\"a\": 1]")
    let count = machine.memberNames.count
    for number in 0..<100 { _ = machine.peek("unheard\(number)", of: value) }
    #expect(machine.memberNames.count == count)
  }

  @Test func ofLargeValuesNoPropertyIsComputed() throws {
    #expect(try machine.peek("first", of: value("Array(0..<100_000)")) == nil)
    #expect(try machine.peek("count", of: value("\"a\".repeated(100_000)")) == nil)
    #expect(try machine.peek(.int(0), of: value("\"a\".repeated(100_000)")) == nil)
    #expect(try machine.peek(.int(0), of: value("Array(0..<100_000)")) != nil)
  }

  @Test func ownMembersAreKeysThatCanStandBehindADot() throws {
    let value = try value(
      "[\"name\": 1, \"count\": 2, \"two words\": 3, 4: 4, \"größe\": 5, \"\": 6, \"_x\": 7]")
    #expect(machine.ownMembers(of: value, most: 10).map(\.name) == ["name", "größe", "_x"])
    #expect(machine.ownMembers(of: value, most: 1).map(\.name) == ["name"])
    #expect(try machine.ownMembers(of: self.value("[1]"), most: 10).isEmpty)
    let error = try self.value("Error(\"no\", fields: [\"id\": 7])")
    #expect(machine.ownMembers(of: error, most: 10).map(\.name) == ["id"])
  }

  @Test func aDeferredThatHasFiredHasAValue() throws {
    #expect(try machine.firedValue(of: value("deferred()")) == nil)
    try host.run("let d = deferred(); d.resolve(5)")
    let slot = try #require(machine.declaredGlobal(named: "d")?.slot)
    #expect(machine.firedValue(of: try #require(machine.global(slot)).value)?.asInt == 5)
  }
}
