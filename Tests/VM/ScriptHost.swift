import Language

@testable import VM

/// A host with a clock of its own: it prints to a list, fires timers in order, and keeps what it heard.
final class ScriptHost: MachineHost {
  private(set) var machine: Machine!
  var output: [String] = []
  var unhandled: [String] = []
  var cancelled: [Int] = []
  var outcomes: [Int: Outcome] = [:]
  /// The next one last.
  private var timers: [(at: Int, id: Int)] = []
  private var now = 0

  init(limits: MachineLimits = MachineLimits(), collector: CollectorMode = ScriptHost.collector) {
    machine = Machine(limits: limits, host: self, collector: collector)
    machine.define("print", ["value"]) { [unowned self] call throws(Failure) in
      output.append(call.machine.display(call[0]))
      return .nil
    }
    machine.define("after", ["delay", "body?"]) { [unowned self] call throws(Failure) in
      let delay = try call.duration(0)
      let (id, deferred) = call.machine.beginOperation(owner: call.owner, .listening)
      addTimer(at: now + delay, id)
      guard call.has(1) else { return deferred }
      return call.machine.call(try call.functionWithoutArguments(1), after: deferred, owner: call.owner)
    }
    machine.define("sleep", ["delay"]) { [unowned self] call throws(Failure) in
      let (id, deferred) = call.machine.beginOperation(owner: call.owner, .listening)
      addTimer(at: now + (try call.duration(0)), id)
      return deferred
    }
    machine.define("__monotonic", []) { [unowned self] call throws(Failure) in .duration(nanoseconds: now) }
  }

  /// With ROUTEBOOK_GC=always every safe point collects, with ROUTEBOOK_GC=steps it takes a small step.
  static var collector: CollectorMode {
    CollectorMode(rawValue: environmentFlag("ROUTEBOOK_GC") ?? "") ?? .asNeeded
  }
  static var isStressed: Bool { collector != .asNeeded }

  /// Runs a text and everything it started; gives its value as `Out` would show it, or the error.
  @discardableResult
  func run(_ text: String, cell: Int = 1, owner: UInt32 = 1) throws -> String {
    let task = try start(text, cell: cell, owner: owner)
    settle()
    switch outcomes[task.number] {
    case .success(let value): return machine.repr(value)
    case .failure(let error):
      let report = machine.report(of: error)
      return "error: \(report.message)"
    case nil: return "waiting"
    }
  }

  func start(_ text: String, cell: Int = 1, owner: UInt32 = 1) throws -> TaskID {
    let program = try compile(text, cell: cell)
    return machine.start(try machine.load(program), owner: owner, followsDeferred: false, isCell: true)
  }

  func compile(_ text: String, cell: Int = 1) throws -> Program {
    let source = SourceText(cell: cell, text: text)
    let parsed = Parser.parse(source)
    if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) { throw problem }
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    if let problem = resolution.diagnostics.first(where: { $0.severity == .error }) { throw problem }
    return try Compiler.compile(parsed.program, source: source)
  }

  /// Runs what is ready and fires timers until nothing is left.
  func settle() {
    while true {
      _ = machine.runReady()
      guard let next = timers.popLast() else { return }
      now = next.at
      machine.complete(operation: next.id, .success(.nil))
    }
  }

  private func addTimer(at time: Int, _ id: Int) {
    var (low, high) = (0, timers.count)
    while low < high {
      let middle = (low + high) / 2
      if timers[middle].at <= time { high = middle } else { low = middle + 1 }
    }
    timers.insert((time, id), at: low)
  }

  // MARK: MachineHost

  func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure) {
  }
  func declare(_ hook: HookDeclaration, body: Value, owner: UInt32) throws(Failure) {}
  func enter(group: String) {}
  func willDefine(global: Int, owner: UInt32) {}
  func advice(onUndefined name: String, owner: UInt32) -> String? { nil }
  func cancel(operation: Int) {
    cancelled.append(operation)
    timers.removeAll { $0.id == operation }
  }
  func abandoned(task: TaskID) {}
  func finished(task: TaskID, _ outcome: Outcome) {
    switch outcome {
    case .success(let value), .failure(let value): _ = machine.pin(value)
    }
    outcomes[task.number] = outcome
  }
  func unhandled(error: Value, owner: UInt32) { unhandled.append(machine.report(of: error).message) }
  func describe(operation: Int) -> String { "timer" }
}
