import Language
import VM

extension FuzzTarget {
  /// A program that compiles is run within small limits, with everything it started, and its machine shut down.
  static let machine = FuzzTarget(name: "machine") { bytes in
    let source = SourceText(cell: 1, text: String(decoding: bytes, as: UTF8.self))
    let parsed = Parser.parse(source)
    guard parsed.diagnostics.allSatisfy({ $0.severity != .error }) else { return }
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    guard resolution.diagnostics.allSatisfy({ $0.severity != .error }),
      let program = try? Compiler.compile(parsed.program, source: source)
    else { return }
    let host = InstantHost(collector: bytes.count < 64 ? .always : bytes.count < 128 ? .steps : .asNeeded)
    guard let main = try? host.machine.load(program) else { return }
    host.machine.start(main, owner: 1, followsDeferred: true, isCell: true)
    host.settle()
    host.machine.shutDown(within: 1_000_000)
  }
}

/// A host on which time never passes: its timers fire in order as soon as nothing else can run.
private final class InstantHost: MachineHost {
  private(set) var machine: Machine!
  private var timers: [(at: Int, id: Int)] = []
  private var now = 0

  init(collector: CollectorMode) {
    var limits = MachineLimits()
    limits.memory = 16 << 20
    limits.cellTime = 20_000_000
    limits.handlerTime = 20_000_000
    limits.cleanupTime = 1_000_000
    limits.fibers = 1_000
    machine = Machine(limits: limits, host: self, collector: collector)
    machine.define("print", ["values?"], variadic: true, options: ["separator"]) { call throws(Failure) in
      for place in 0..<call.count { _ = call.machine.display(call[place]) }
      return .nil
    }
    machine.define("sleep", ["delay"]) { [unowned self] call throws(Failure) in
      let (id, deferred) = call.machine.beginOperation(owner: call.owner, .listening)
      let (at, overflow) = now.addingReportingOverflow(try call.duration(0))
      let place = timers.firstIndex { $0.at > at } ?? timers.count
      timers.insert((overflow ? .max : at, id), at: place)
      return deferred
    }
  }

  /// Runs what is ready and fires timers, but not for ever.
  func settle() {
    for _ in 0..<200 {
      _ = machine.runReady(limit: 1_000)
      guard !timers.isEmpty else { return }
      let next = timers.removeFirst()
      now = max(now, next.at)
      machine.complete(operation: next.id, .success(.nil))
    }
  }

  func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure) {
  }
  func declare(_ hook: HookDeclaration, body: Value, owner: UInt32) throws(Failure) {}
  func enter(group: String) {}
  func willDefine(global: Int, owner: UInt32) {}
  func advice(onUndefined name: String, owner: UInt32) -> String? { nil }
  func cancel(operation: Int) { timers.removeAll { $0.id == operation } }
  func abandoned(task: TaskID) {}
  func finished(task: TaskID, _ outcome: Outcome) {
    switch outcome {
    case .success(let value): _ = machine.repr(value)
    case .failure(let error): _ = machine.report(of: error)
    }
  }
  func unhandled(error: Value, owner: UInt32) { _ = machine.report(of: error) }
  func describe(operation: Int) -> String { "timer" }
}
