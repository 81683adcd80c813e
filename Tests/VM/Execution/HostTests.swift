import Language
import Testing

@testable import VM

/// What a host may do from its callbacks, and what it is told.
struct HostTests {
  /// Starts tasks from wherever it is called.
  final class Restless: MachineHost {
    var machine: Machine!
    var log: [String] = []
    var next: Value?
    var startsOnEnd = 0

    init() {
      machine = Machine(host: self, collector: ScriptHost.collector)
      machine.define("note", ["value"]) { [unowned self] call throws(Failure) in
        log.append(call.machine.display(call[0]))
        return .nil
      }
      machine.define("startNow", ["body"]) { [unowned self] call throws(Failure) in
        machine.start(try call.function(0), owner: 1, followsDeferred: false)
        _ = machine.runReady()
        return .nil
      }
    }

    func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure)
    {}
    func declare(_ hook: HookDeclaration, body: Value, owner: UInt32) throws(Failure) {}
    func enter(group: String) {}
    func willDefine(global: Int, owner: UInt32) {}
    func advice(onUndefined name: String, owner: UInt32) -> String? { nil }
    func cancel(operation: Int) {
      log.append("cancel")
      if let next { machine.start(next, owner: 1, followsDeferred: false) }
    }
    func abandoned(task: TaskID) {}
    func finished(task: TaskID, _ outcome: Outcome) {
      guard startsOnEnd > 0, let next else { return }
      startsOnEnd -= 1
      machine.start(next, owner: 1, followsDeferred: false)
      _ = machine.runReady()
    }
    func unhandled(error: Value, owner: UInt32) {
      log.append("unhandled")
      if let next { machine.start(next, owner: 1, followsDeferred: false) }
    }
    func describe(operation: Int) -> String { "" }

    func run(_ text: String) throws {
      let source = SourceText(cell: 1, text: text)
      let parsed = Parser.parse(source)
      _ = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
      machine.start(
        try machine.load(try Compiler.compile(parsed.program, source: source)), owner: 1,
        followsDeferred: false)
      _ = machine.runReady()
    }
  }

  // A run within a run marked only the inner one's frames, and a collection freed the outer one's.
  @Test func whatANativeStartsRunsAfterTheFiberThatCalledIt() throws {
    let host = Restless()
    try host.run(
      "let keep = [1, 2, 3]\nstartNow { note(\"inner\")\n for i in 0..<50 { [i, [i]] } }\nnote(\"outer \\([keep, \"x\\(keep.count)\"])\")"
    )
    #expect(host.log == ["outer [[1, 2, 3], \"x3\"]", "inner"])
  }

  @Test func whatAHostStartsAtAnEndRunsInTurn() throws {
    let host = Restless()
    try host.run("func tick() { note(\"tick\")\n for i in 0..<50 { [i] } }")
    host.next = try #require(host.machine.global(host.machine.slot(of: "tick"))).value
    host.startsOnEnd = 1_000
    try host.run("1")
    #expect(host.log.count == 1_000)
  }

  @Test func whatAHostStartsWhileItIsToldOfACancellationWaits() throws {
    let host = Restless()
    try host.run("func tick() { note(\"tick\")\n for i in 0..<50 { [i] } }")
    host.next = try #require(host.machine.global(host.machine.slot(of: "tick"))).value
    let operations = (0..<5).map { _ in host.machine.beginOperation(owner: 1, .listening) }
    let all = host.machine.makeArray(operations.map(\.deferred))
    host.machine.setGlobal(try host.machine.slot(of: "operations"), (all, .let))
    try host.run("let r = race(operations)\nr.cancel()\nnote(\"cancelled\")")
    #expect(
      host.log == Array(repeating: "cancel", count: 5) + ["cancelled"] + Array(repeating: "tick", count: 5))
  }

  @Test func whatAHostStartsForAnErrorNobodyAwaitsRuns() throws {
    let host = Restless()
    try host.run("func tick() { note(\"tick\") }")
    host.next = try #require(host.machine.global(host.machine.slot(of: "tick"))).value
    try host.run("async { throw \"lost\" }\n1")
    _ = host.machine.runReady()
    #expect(host.log == ["unhandled", "tick"])
  }

  @Test func payloadsCountAndAreGivenBack() throws {
    final class Body {}
    let host = ScriptHost()
    let type = host.machine.defineClass("Body", fields: ["size"])
    let before = host.machine.heap.bytesInUse
    weak var body: Body?
    do {
      let object = Body()
      body = object
      _ = host.machine.makeInstance(type, fields: [.int(3)], payload: object, payloadBytes: 1 << 20)
    }
    #expect(host.machine.heap.bytesInUse >= before + 1 << 20)
    #expect(body != nil)
    host.machine.collect()
    #expect(body == nil)
    #expect(host.machine.heap.bytesInUse < before + 1 << 20)
  }

  @Test func pinnedValuesLive() throws {
    let host = ScriptHost()
    let pin = host.machine.pin(host.machine.makeString("kept"))
    host.machine.collect()
    #expect(host.machine.string(host.machine.value(of: pin)) == "kept")
    host.machine.unpin(pin)
    #expect(host.machine.value(of: pin).isNil)
  }

  @Test func aGlobalCanBePutBack() throws {
    let host = ScriptHost()
    _ = try host.run("let a = 1")
    let slot = try host.machine.slot(of: "a")
    let before = host.machine.global(slot)
    _ = try host.run("var a = 2\na = 3")
    host.machine.setGlobal(slot, before)
    #expect(try host.run("a") == "1")
    host.machine.setGlobal(slot, nil)
    #expect(try host.run("a") == "error: \"a\" is not defined")
  }

  @Test func machineNamesAreNotAmongTheDeclared() throws {
    let names = ScriptHost().machine.declaredGlobals.map(\.name)
    #expect(names.contains("print") && names.contains("elapsed"))
    #expect(!names.contains { $0.hasPrefix("__") || $0.contains(" ") })
  }
}
