import Testing

@testable import VM

struct IncrementalCollectorTests {
  // MARK: What changes while marking goes on

  /// What is there, what is done to it after a cycle has begun, and what must be there still.
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let before: String
    let change: String
    let check: String

    init(_ name: String, _ before: String, _ change: String, _ check: String) {
      testDescription = name
      self.before = before
      self.change = change
      self.check = check
    }
  }

  static let changes: [Change] = [
    Change(
      "a captured variable is assigned",
      "func make() { var held = [\"a\"]\n [{ held }, { x in held = x }] }\nlet ends = make()",
      "let taken = ends[0]()\nends[1](nil)", "taken == [\"a\"]"),
    Change(
      "a text grows where others end", "var text = \"a\".repeated(300)\ntext += \"b\"\ntext += \"c\"",
      "let taken = text\ntext += \"d\"\nlet other = taken + \"e\"\ntext = nil",
      "taken == \"a\".repeated(300) + \"bc\" && other == taken + \"e\""),
    Change(
      "an element is assigned", "let list = [[\"a\"]]", "let taken = list[0]\nlist[0] = nil",
      "taken == [\"a\"]"),
    Change(
      "the first and the last element are removed", "let list = (0..<9).map { [\"\\($0)\"] }",
      "let taken = [list.removeFirst(), list.popLast(), list.remove(at: 2)]",
      "taken == [[\"0\"], [\"8\"], [\"3\"]]"),
    Change(
      "all elements are removed", "let list = (0..<2000).map { [\"\\($0)\"] }",
      "let taken = list[1000]\nlist.removeAll()", "taken == [\"1000\"]"),
    Change(
      "some elements are removed", "let list = (0..<2000).map { [\"\\($0)\"] }",
      "let taken = list[10...]\nlist.removeSubrange(5..<1900)",
      "taken[990] == [\"1000\"] && list.count == 105"),
    Change(
      "an array is reversed, swapped, sorted", "let list = (0..<100).map { \"x\\(($0 * 37) % 100)\" }",
      "list.reverse()\nlist.swapAt(3, 50)\nlist.sort()\nlet taken = list.removeFirst()",
      "taken == \"x0\" && list.last == \"x99\""),
    Change(
      "a value and a key are replaced and removed",
      "let table = [\"a\": [\"1\"], \"b\": [\"2\"], \"c\": [\"3\"]]",
      "let taken = [table.a, table.removeValue(forKey: \"b\"), table.c]\ntable.a = 1\ntable.removeAll()",
      "taken == [[\"1\"], [\"2\"], [\"3\"]]"),
    Change(
      "a dictionary is compacted", "let table = [:]\nfor i in 0..<3000 { table[\"k\\(i)\"] = [\"\\(i)\"] }",
      "for i in 0..<2900 { table[\"k\\(i)\"] = nil }\nfor i in 0..<5000 { table[\"n\\(i)\"] = [i] }",
      "table.count == 5100 && table.k2950 == [\"2950\"]"),
    Change(
      "a chain of deferreds fires",
      "let gate = deferred()\nlet end = gate.then { [$0, \"b\"] }.then { [$0, \"c\"] }",
      "gate.resolve([\"a\"])", "await end == [[[\"a\"], \"b\"], \"c\"]"),
    Change(
      "a deferred follows another",
      "let inner = deferred()\nlet gate = deferred()\nlet end = gate.then { inner }",
      "gate.resolve(1)\nafter(1s) { inner.resolve([\"a\"]) }", "await end == [\"a\"]"),
    Change(
      "fibers are woken",
      """
      let gate = deferred()
      let log = []
      for i in 0..<5 { async { let mine = ["\\(i)"]
          await gate
          log.append(mine) } }
      """,
      "gate.resolve(1)\nlet other = async { await sleep(1s)\n [\"o\"] }",
      "await other\nlog.last == [\"4\"] && log.count == 5"
    ),
    Change(
      "fibers are woken and wait for something new",
      """
      var next = nil
      let gate = deferred()
      let log = []
      for i in 0..<5 { async { let mine = ["\\(i)"]
          await gate
          await next
          log.append(mine) } }
      """,
      "next = deferred()\ngate.resolve(1)\nawait sleep(1ms)",
      "next.resolve(1)\nawait sleep(1ms)\nlog.last == [\"4\"] && log.count == 5"),
    Change(
      "a fiber leaves to a global what it held",
      """
      var taken = nil
      let gate = deferred()
      async { let mine = ["a"]
          await gate
          taken = mine }
      """, "gate.resolve(1)\nawait sleep(1ms)", "taken == [\"a\"]"),
    Change(
      "fibers are cancelled",
      """
      let gate = deferred()
      let log = []
      let all = (0..<5).map { i in async { let mine = ["\\(i)"]
          defer { log.append(mine) }
          await gate } }
      await sleep(1ms)
      """, "all[1].cancel()\nall[3].cancel()\nall[4].cancel()", "log == [[\"1\"], [\"3\"], [\"4\"]]"),
    Change(
      "inputs of a gathering fire", "let gates = [deferred(), deferred(), deferred()]\nlet both = all(gates)",
      "for gate in gates { gate.resolve([\"a\"]) }", "await both == [[\"a\"], [\"a\"], [\"a\"]]"),
  ]

  @Test(arguments: changes, [0, 1, 40, 400])
  func whatWasReachableWhenACycleBeganIsMarked(_ change: Change, effort: Int) throws {
    let host = ScriptHost(collector: .asNeeded)
    _ = try host.run(change.before)
    host.machine.collect()
    host.machine.collectWhatIsDue()
    let state = host.machine.heap.state
    // The program itself, before anything of the notebook.
    host.machine.goOnMarking(effort: effort)
    #expect(state.pointee.phase == .marking)
    let given = try host.run(change.change)
    #expect(!given.hasPrefix("error"), "\(given)")
    host.machine.goOnMarking(effort: .max)
    #expect(host.machine.unmarked() == nil)
    host.machine.finishCycle()
    #expect(try host.run(change.check) == "true")
  }

  @Test(arguments: changes)
  func smallStepsMissNothing(_ change: Change) throws {
    for _ in 0..<(ScriptHost.isStressed ? 1 : 3) {
      let host = ScriptHost(collector: .steps)
      _ = try host.run(change.before)
      _ = try host.run(change.change)
      #expect(try host.run(change.check) == "true")
    }
  }

  /// What changes an array that is gone over in slices: nothing of it may be passed over.
  @Test func anArrayMayChangeBetweenTwoSlices() throws {
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let host = ScriptHost(collector: .asNeeded)
      _ = try host.run("let list = (0..<9000).map { [\"\\($0)\"] }\nvar taken = nil")
      host.machine.collect()
      host.machine.collectWhatIsDue()
      let state = host.machine.heap.state
      while state.pointee.sliced == nil { host.machine.goOnMarking(effort: 50) }
      for _ in 0..<20 {
        let place = Int.random(in: 0..<5000, using: &numbers)
        let text = [
          "taken = list.removeFirst()", "taken = list.popLast()", "taken = list.remove(at: \(place))",
          "list.insert([\"new\"], at: \(place))",
          "taken = list[\(place)]\nlist.removeSubrange(\(place)..<\(place + 50))",
          "list.replaceSubrange(\(place)..<\(place + 9), with: [1, [2], 3])",
          "list.swapAt(\(place), \(place + 900))",
          "list.reverse()", "list[\(place)] = taken",
        ].randomElement(using: &numbers)!
        _ = try host.run(text)
        host.machine.goOnMarking(effort: 300)
      }
      host.machine.goOnMarking(effort: .max)
      #expect(host.machine.unmarked() == nil)
      host.machine.finishCycle()
    }
  }

  // MARK: Pace

  @Test func aLargeHeapIsCollectedInSmallSteps() throws {
    if ScriptHost.isStressed { return }
    let host = ScriptHost(collector: .asNeeded)
    _ = try host.run(
      "let keep = (0..<60000).map { [\"id\": $0, \"name\": \"name \\($0)\", \"a\": 1, \"b\": 2, \"c\": 3] }")
    host.machine.collect()
    let state = host.machine.heap.state
    let live = state.pointee.live
    state.pointee.largestStep = 0
    let before = state.pointee.collections
    var most = 0
    for _ in 0..<100 {
      _ = try host.run(
        "for i in 0..<2000 { [\"id\": i, \"name\": \"name \\(i)\", \"a\": 1, \"b\": 2, \"c\": 3] }")
      most = max(most, host.machine.heap.bytesInUse)
    }
    #expect(state.pointee.collections > before)
    // A step, and the last of what it went over: a slice, or a block full of dictionaries.
    #expect(state.pointee.largestStep < HeapState.largestStepEffort + 20_000)
    #expect(most < 3 * live)
    #expect(try host.run("keep.count") == "60000")
  }

  @Test func fibersThatNothingCanWakeAreFoundInSteps() throws {
    if ScriptHost.isStressed { return }
    let host = ScriptHost(collector: .asNeeded)
    #expect(try host.run("for i in 0..<400 { async { await deferred() } }\nawait sleep(1s)\n1") == "1")
    #expect(host.machine.fiberCount >= 400)
    let before = host.machine.heap.state.pointee.collections
    while host.machine.heap.state.pointee.collections < before + 2 {
      _ = try host.run("for i in 0..<2000 { [\"id\": i, \"name\": \"name \\(i)\"] }")
    }
    #expect(host.machine.fiberCount == 0)
  }

  @Test func aMachineMayEndInAnyPhase() throws {
    for steps in 0..<12 {
      let host = ScriptHost(collector: .asNeeded)
      _ = try host.run(
        "let keep = (0..<500).map { [\"\\($0)\", \"x\".repeated(300)] }\nkeep.removeSubrange(100..<400)")
      host.machine.heap.state.pointee.effortOfStep = 400
      for _ in 0..<steps { host.machine.collectWhatIsDue() }
      #expect(try host.run("keep.count") == "200")
    }
  }

  @Test func allIsCollectedWhateverIsUnderWay() throws {
    let host = ScriptHost(collector: .asNeeded)
    _ = try host.run("var keep = Array(0..<1000).map { \"\\($0)\".repeated(100) }")
    host.machine.collect()
    let full = host.machine.heap.state.pointee.live
    for steps in 1..<6 {
      _ = try host.run("var keep = Array(0..<1000).map { \"\\($0)\".repeated(100) }")
      for _ in 0..<steps { host.machine.collectWhatIsDue() }
      _ = try host.run("var keep = nil")
      host.machine.collect()
      #expect(host.machine.heap.state.pointee.live < full - 100_000)
    }
  }

  // MARK: Pace

  /// A native makes megabytes from one safe point to the next.
  @Test func whatNativesAllocateAtOnceIsCollectedAsSoonAsWhatCodeDoes() throws {
    let host = ScriptHost(collector: .asNeeded)
    defer { withExtendedLifetime(host) {} }
    try host.run("let kept = (0..<150_000).map { [$0] }")
    try host.run("let text = toJSON((0..<8_000).map { [\"id\": $0, \"tags\": [\"a\", \"b\"]] })")
    var most = 0
    for _ in 0..<100 {
      try host.run("json(text).count")
      most = max(most, host.machine.heap.bytesInUse)
    }
    #expect(host.machine.heap.state.pointee.collections > 2)
    #expect(most < 180 << 20, "\(most >> 20)")
  }
}
