import Language
import Testing

@testable import VM

/// Limits raise errors of the language; none takes the process down.
struct LimitTests {
  static var small: MachineLimits {
    var limits = MachineLimits()
    limits.memory = 48 << 20
    limits.stringLength = 1 << 20
    limits.collectionCount = 250_000
    limits.stackValues = 20_000
    limits.fibers = 500
    return limits
  }

  @Test(arguments: [
    ("func f(n) { 1 + f(n + 1) }\nf(0)", "calls are nested too deeply"),
    ("func f() { [1].map { f() } }\nf()", "calls are nested too deeply"),
    ("var s = \"ab\"\nwhile true { s = s + s }", "a string of"),
    ("var s = \"ab\"\nwhile true { s = \"\\(s)\\(s)\" }", "a string of"),
    ("\"ab\".repeated(9_000_000_000_000_000_000)", "a string of"),
    ("\"a\".repeated(1000).replacing(\"a\", with: \"b\".repeated(10_000))", "a string of"),
    ("\"a\".padded(to: 9_000_000_000_000_000_000)", "a string of"),
    ("Array(0..<1000).map { \"a\".repeated(2000) }.joined()", "a string of"),
    ("toJSON(Array(0..<1000).map { \"a\".repeated(2000) })", "a string of"),
    ("html \"\\(\"&\".repeated(500_000))\"", "a string of"),
    ("let a = []\nwhile true { a.append(1) }", "a collection of"),
    ("let d = [:]\nvar i = 0\nwhile true { d[i] = i\n i += 1 }", "a collection of"),
    ("var a = [1]\nwhile true { a = a + a }", "a collection of"),
    ("Array(0..<9223372036854775807)", "a collection of"),
    ("Array((-9223372036854775807)...9223372036854775807)", "the range is too long to be made an Array"),
    ("stride(from: 0, to: 9223372036854775807, by: 1)", "a collection of"),
    (
      "((-9223372036854775807)..<9223372036854775807).count",
      "the count of the range does not fit into an Int"
    ),
    ("while true { async { await deferred() } }", "there are more than 500 fibers"),
    (
      "let keep = []\nwhile true { keep.append(\"x\".repeated(100_000)) }",
      "the notebook's memory limit of 48 MiB is reached"
    ),
    ("let keep = []\nwhile true { keep.append([1, 2, 3]) }", "a collection of"),
    (
      "let keep = []\nwhile true { keep.append(Array(0..<50)) }",
      "the notebook's memory limit of 48 MiB is reached"
    ),
    (
      "let keep = []\nwhile true { keep.append(Array(0..<10_000)) }",
      "the notebook's memory limit of 48 MiB is reached"
    ),
    (
      "let keep = []\nwhile true { var d = [:]\n d.a = 1\n keep.append(d) }",
      "the notebook's memory limit of 48 MiB is reached"
    ),
    (
      "let keep = []\nwhile true { do { throw \"x\" } catch e { keep.append([e, [e]]) } }",
      "the notebook's memory limit of 48 MiB is reached"
    ),
    ("Array(0..<249_999).enumerated()", ""),
    ("json(\"[\" + \"[],\".repeated(99_990) + \"1]\").count", ""),
    ("json(\"[\" + \"{},\".repeated(99_990) + \"1]\").count", ""),
    ("json(\"[\".repeated(600))", "not JSON: nested more than 512 deep, line 1, column 513"),
  ])
  func raises(_ text: String, _ message: String) throws {
    if ScriptHost.isStressed { return }
    let result = try ScriptHost(limits: Self.small).run(text)
    if message.isEmpty {
      #expect(
        !result.hasPrefix("error") || result.contains("memory limit"), "\(text) gave \(result.prefix(100))")
    } else {
      #expect(result.hasPrefix("error: \(message)"), "\(text) gave \(result.prefix(100))")
    }
  }

  // A native that lacked memory failed although most of what was taken was garbage.
  @Test func garbageIsCollectedBeforeMemoryIsRefused() throws {
    if ScriptHost.isStressed { return }
    let host = ScriptHost(limits: Self.small)
    #expect(
      try host.run("var n = 0\nfor i in 0..<200 { n += \"x\".repeated(1_000_000).count }\nn") == "200000000")
    #expect(
      try host.run(
        "let up = \"x\".repeated(1_000_000).uppercased\nvar m = 0\nfor i in 0..<100 { m += up().count }\nm")
        == "100000000")
    #expect(try host.run("for i in 0..<500 { Array(0..<99_999) }\n1") == "1")
    #expect(try host.run("for i in 0..<20 { json(\"[\" + \"[],\".repeated(50_000) + \"1]\") }\n1") == "1")
  }

  /// Each of them lacks memory where the last one did, and has it after a collection.
  @Test func oneInstructionMayLackMemoryAgainAndAgain() throws {
    var limits = MachineLimits()
    limits.memory = 64 << 20
    let host = ScriptHost(limits: limits, collector: .asNeeded)
    let program = """
      let text = "0123456789".repeated(2000000)
      var total = 0
      for i in 0..<20 { total += text.utf8.count }
      total
      """
    #expect(try host.run(program) == "400000000")
  }

  @Test func memoryIsFreeAgainAfterAnErrorOfTheLimit() throws {
    if ScriptHost.isStressed { return }
    let host = ScriptHost(limits: Self.small)
    let text = "func fill() { let keep = []\n while true { keep.append(\"x\".repeated(100_000)) } }\n"
    #expect(try host.run(text + "do { fill() } catch { error.kind }") == "\"memory\"")
    #expect(try host.run("\"y\".repeated(1_000_000).count") == "1000000")
  }

  @Test func aProgramThatCatchesTheMemoryErrorAndGoesOnIsStopped() throws {
    if ScriptHost.isStressed { return }
    // 65,536 of these arrays fit; to hold one more, a larger array does not: every round collects.
    var limits = Self.small
    limits.cellTime = 300_000_000
    let host = ScriptHost(limits: limits)
    let text = "let keep = []\nwhile true { do { keep.append(Array(0..<50)) } catch { } }"
    #expect(try host.run(text).hasPrefix("error: "))
    #expect(host.machine.heap.bytesInUse < 120 << 20)
  }

  /// Each fiber that woke collected once more, and nobody was served meanwhile.
  @Test func fibersThatHoldAllMemoryWakeWithoutACollectionEach() throws {
    if ScriptHost.isStressed { return }
    var limits = Self.small
    limits.fibers = 100_000
    limits.memory = 16 << 20
    let host = ScriptHost(limits: limits)
    let text =
      "var made = 0\nwhile true { async { let mine = Array(0..<200)\n await sleep(1s)\n [mine.count] }\n made += 1 }"
    #expect(try host.run(text).contains("memory limit"))
    #expect(try #require(Int(try host.run("made"))) > 5_000)
    #expect(host.machine.heap.state.pointee.collections < 100)
    #expect(host.machine.fiberCount < 10)
    #expect(try host.run("\"y\".repeated(1_000_000).count") == "1000000")
  }

  /// It was refused too, and with it the way out.
  @Test func whatFreesMemoryRunsWhileItIsOverItsLimit() throws {
    if ScriptHost.isStressed { return }
    var limits = Self.small
    limits.collectionCount = 1_000_000
    let host = ScriptHost(limits: limits)
    _ = try host.run("var keep = []\nvar log = []")
    let fill = "do { while true { keep.append([1, 2, 3, 4]) } } catch { error.kind }"
    #expect(try host.run(fill) == "\"memory\"")
    _ = try host.run("for i in 0..<100 { keep.append([1, 2, 3, 4]) }")
    host.machine.collect()
    let state = host.machine.heap.state
    #expect(state.pointee.live > limits.memory)
    // As it is after a collection between two runs that freed too little.
    for text in [
      "keep.count > 100", "defer { log.append(1) }\nlog.count == 0",
      "await async { await sleep(1ms)\n[log.count] }.then { $0 == [1] }", "keep.removeAll()\ntrue",
    ] {
      state.pointee.debt = state.pointee.threshold + 1
      #expect(try host.run(text) == "true", "\(text)")
    }
    host.machine.collect()
    #expect(state.pointee.live < 1 << 20)
  }

  /// What failed behind an instruction was taken for its own failure, and it ran again where a second collection had
  /// freed enough: a call with its result in place of the function, or with the registers of what it had entered.
  @Test func aSafePointThatFailsDoesNotRunItsInstructionAgain() throws {
    if ScriptHost.isStressed { return }
    var limits = Self.small
    limits.collectionCount = 1_000_000
    let host = ScriptHost(limits: limits)
    _ = try host.run("var keep = []\nvar calls = 0\nfunc note(x) { calls += 1\n [x, x, x, x] }")
    _ = try host.run("do { while true { keep.append([1, 2, 3, 4]) } } catch { }")
    _ = try host.run("for i in 0..<100 { keep.append([1, 2, 3, 4]) }")
    host.machine.collect()
    let state = host.machine.heap.state
    #expect(state.pointee.live > limits.memory)
    for text in ["note(1)", "[i, i]", "[1, 2].map { [$0] }", "({ [$0, $0] })(1)", "\"\\(calls)\""] {
      // The fiber has taken more than it may when a collection is due.
      host.machine.mayHaveFreed = true
      state.pointee.debt = state.pointee.threshold - 20_000
      let before = state.pointee.collections
      #expect(try host.run("for i in 0..<2000 { \(text) }").contains("memory limit"), "\(text)")
      // One at the safe point that fails, one when the fiber has ended.
      #expect(state.pointee.collections - before == 2, "\(text)")
    }
  }

  @Test func fibersThatTakeLittleEachDoNotOutgrowTheMemoryTogether() throws {
    if ScriptHost.isStressed { return }
    var limits = Self.small
    limits.fibers = 1_000_000
    limits.memory = 16 << 20
    let host = ScriptHost(limits: limits)
    _ = try host.run("var keep = []\nfunc more() { keep.append(Array(0..<900)) }")
    for _ in 0..<2_000 { _ = try? host.run("more()") }
    host.machine.collect()
    #expect(host.machine.heap.bytesInUse > 16 << 20)
    #expect(host.machine.heap.bytesInUse < 21 << 20)
  }

  @Test func parkedFibersThatNothingCanWakeAreForgotten() throws {
    let host = ScriptHost(limits: Self.small)
    #expect(try host.run("for i in 0..<400 { async { await deferred() } }\nawait sleep(1s)\n1") == "1")
    host.machine.collect()
    #expect(host.machine.fiberCount == 0)
  }

  @Test func aProgramWithTooManyNamesLeavesNoneBehind() throws {
    let host = ScriptHost()
    let reads = (0..<70_000).map { "n\($0)" }.joined(separator: "\n")
    #expect(throws: (any Error).self) { try host.run("if false {\n\(reads)\n}") }
    #expect(try host.run("let fresh = 1\nfresh") == "1")
  }

  @Test func manyLevelsOfNestingAreRefusedOrRun() throws {
    let text = String(repeating: "[", count: 200) + "1" + String(repeating: "]", count: 200)
    #expect(try ScriptHost().run("let a = \(text)\na.count") == "1")
    #expect(throws: (any Error).self) {
      try ScriptHost().run(String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000))
    }
  }
}
