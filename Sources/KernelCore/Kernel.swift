import Fetch
import Foundation
import Language
import NIOCore
import VM
import Web

/// Runs cells and owns all they make: variables, routes, timers, fibers, calls. A restart drops it whole
/// and makes another; the server and its socket outlive it.
///
/// Confined to the event loop that it is given.
final class Kernel: MachineHost {
  let configuration: KernelConfiguration
  let clock: any Clock
  let server: HTTPServer
  let emit: (KernelEvent) -> Void

  let machine: Machine
  let routes = RouteRegistry()
  let timers: TimerSet
  let ownership: Ownership
  private(set) var calls: OutboundCalls!
  private(set) var desk: RequestDesk!

  private let loop: any EventLoop
  private var nextOwner: UInt32 = 1
  private var isPumping = false
  private var isOver = false

  /// What a task is, besides a request or a tick.
  enum TaskKind {
    case cell(CellRun)
    /// The pending deferred that was the `Out` of a cell.
    case out(Int)
    /// `open` in a replay.
    case opening(String)
  }
  var tasks: [TaskID: TaskKind] = [:]

  init(
    configuration: KernelConfiguration, clock: any Clock, loop: any EventLoop, server: HTTPServer,
    transfers: TransferPool, originToken: String, emit: @escaping (KernelEvent) -> Void
  ) {
    self.configuration = configuration
    self.clock = clock
    self.loop = loop
    self.server = server
    self.emit = emit
    machine = Machine(
      limits: configuration.machineLimits, host: nil, collectsAlways: configuration.collectsAlways)
    timers = TimerSet(clock: clock, machine: machine)
    ownership = Ownership(machine: machine, routes: routes, timers: timers)
    machine.host = self

    let requestClass = RequestObject.define(in: machine)
    let responseClass = ResponseObject.define(in: machine)
    let replyClass = ReplyMaker.define(in: machine)
    calls = OutboundCalls(
      machine: machine, clock: clock, loop: loop, transfers: transfers, server: server,
      responseClass: responseClass, isVirtual: configuration.isClockVirtual, originToken: originToken)
    desk = RequestDesk(
      machine: machine, routes: routes,
      replies: ReplyMaker(machine: machine, replyClass: replyClass, responseClass: responseClass),
      requestClass: requestClass, clock: clock, logsRequests: configuration.logsRequests,
      cellOf: { [unowned self] in ownership.cell(of: $0) }, emit: emit)
    timers.onFire = { [unowned self] in pump() }
    calls.onActivity = { [unowned self] in pump() }
    desk.onActivity = { [unowned self] in pump() }
    calls.respond = { [unowned self] in desk.handle($0) }
    calls.define(in: machine)
    installBuiltins()
    if let out = try? machine.slot(of: "Out") {
      machine.setGlobal(out, (machine.makeDictionary([]), .builtin))
    }
  }

  // MARK: Running

  /// Runs everything that is ready, a bounded number at a time so that sockets get their turn.
  func pump() {
    if isPumping || isOver { return }
    isPumping = true
    let isDone = machine.runReady(limit: 1_000)
    isPumping = false
    if !isDone {
      loop.assumeIsolated().execute { [weak self] in self?.pump() }
    }
    clock.kernelIsIdle(isHeld: !isDone || calls.count > 0 && calls.transferCount > 0)
  }

  /// Whether nothing happens any more by itself: timers that tick do not count.
  var isSettled: Bool {
    machine.isIdle && timers.oneShotCount == 0 && calls.count == 0
      && !tasks.values.contains { if case .opening = $0 { true } else { false } }
  }

  // MARK: Cells

  /// Runs a cell; `completion` is called on the loop when it has ended.
  func run(cell: Int, text: String, executionCount: Int, completion: @escaping (CellResult) -> Void) {
    let started = clock.now
    let source = SourceText(cell: cell, text: text)
    let compiled = compile(source)
    guard let program = compiled.program else {
      let failure = ErrorRenderer().render(compiled.diagnostics, in: source)
      completion(
        CellResult(
          cell: cell, executionCount: executionCount, outcome: .failed(failure), notes: [], duration: .zero))
      return
    }
    // A run of the same cell that still waits gives way.
    for case .cell(let earlier) in tasks.values where earlier.cell == cell { interrupt(earlier) }

    let run = CellRun(
      owner: nextOwner, cell: cell, executionCount: executionCount, source: source,
      hasValue: program.hasValue,
      started: started, previous: ownership.latest[cell], completion: completion)
    nextOwner += 1
    if !compiled.diagnostics.isEmpty {
      run.notes.append(ErrorRenderer().render(compiled.diagnostics, in: source))
    }
    ownership.begin(run)
    emit(.cellStarted(cell))
    do throws(Failure) {
      let main = try machine.load(program)
      let task = machine.upcomingTask
      run.task = task
      tasks[task] = .cell(run)
      machine.start(main, owner: run.owner, followsDeferred: false, isCell: true)
    } catch {
      end(run, .failure(machine.makeErrorValue(error)))
    }
    pump()
  }

  private func compile(_ source: SourceText) -> (program: Program?, diagnostics: [Diagnostic]) {
    let parsed = Parser.parse(source)
    if parsed.diagnostics.contains(where: { $0.severity == .error }) { return (nil, parsed.diagnostics) }
    let resolution = Resolver.resolve(parsed.program, source: source, globals: scope)
    let diagnostics = parsed.diagnostics + resolution.diagnostics
    if resolution.hasErrors { return (nil, diagnostics) }
    do throws(Diagnostic) {
      let program = try Compiler.compile(parsed.program, source: source)
      let problems = patternProblems(program)
      return problems.isEmpty ? (program, diagnostics) : (nil, diagnostics + problems)
    } catch {
      return (nil, diagnostics + [error])
    }
  }

  /// The names that a cell can use, with where they come from.
  private var scope: GlobalScope {
    var scope = GlobalScope()
    for (name, kind) in machine.declaredGlobals {
      let known: GlobalScope.Kind =
        switch kind {
        case .let: .let
        case .var: .var
        case .function: .function
        case .builtin: .builtin
        }
      let slot = (try? machine.slot(of: name)) ?? 0
      scope.declare(name, known, in: ownership.cell(declaringGlobal: slot).map { "cell [\($0)]" })
    }
    return scope
  }

  private func patternProblems(_ program: Program) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for case .route(let route) in program.functions.flatMap(\.constants) {
      do throws(RoutePatternError) {
        _ = try RoutePattern.parse(route.pattern)
      } catch {
        let start = route.patternSpan.start + 1
        let span = Span(
          start + error.range.lowerBound, start + max(error.range.upperBound, error.range.lowerBound + 1))
        problems.append(
          Diagnostic(
            .error, error.message, at: span, help: error.suggestion.map { "did you mean \"\($0)\"?" }))
      }
    }
    return problems
  }

  private func end(_ run: CellRun, _ outcome: Outcome) {
    let result: CellResult.Outcome
    switch outcome {
    case .success(let value):
      ownership.commit(run)
      noteGlobals(run)
      result = .succeeded(showOut(value, of: run))
    case .failure(let error):
      let report = machine.report(of: error)
      ownership.rollBack(run)
      if run.isInterrupted || report.kind == Failure.Kind.interrupted.rawValue {
        result = .interrupted
      } else {
        result = .failed(ErrorRenderer().render(report))
      }
    }
    let finished = CellResult(
      cell: run.cell, executionCount: run.executionCount, outcome: result, notes: run.notes,
      duration: .nanoseconds(clock.now - run.started))
    emit(.cellFinished(finished))
    run.completion(finished)
  }

  /// Keeps the value as `_` and `Out[n]`, and gives what is shown of it.
  private func showOut(_ value: Value, of run: CellRun) -> String? {
    guard run.hasValue, !value.isNil else { return nil }
    let shown = machine.repr(value)
    if let slot = try? machine.slot(of: "_") { machine.setGlobal(slot, (value, .builtin)) }
    if let slot = try? machine.slot(of: "Out"), let out = machine.global(slot) {
      machine.setElement(.int(run.cell), of: out.value, to: value)
    }
    if value.isDeferred, machine.isPending(value) {
      tasks[machine.observe(value, owner: run.owner)] = .out(run.cell)
    }
    return shown
  }

  /// Interrupts the cell that runs or waits; false where none does.
  @discardableResult
  func interrupt() -> Bool {
    machine.interruption.clear()
    let waiting = tasks.values.compactMap { if case .cell(let run) = $0 { run } else { nil } }
    guard let run = waiting.max(by: { $0.owner < $1.owner }) else { return false }
    interrupt(run)
    pump()
    return true
  }

  private func interrupt(_ run: CellRun) {
    guard run.isUnderWay, let task = run.task else { return }
    run.isInterrupted = true
    tasks[task] = nil
    machine.abandon(task, Failure(.interrupted, "interrupted"))
    end(run, .failure(machine.makeErrorValue(Failure(.interrupted, "interrupted"))))
  }

  /// Takes away all that a cell made.
  func removeEffects(of cell: Int) {
    for case .cell(let run) in tasks.values where run.cell == cell { interrupt(run) }
    if let run = ownership.latest[cell] { ownership.remove(run) }
    pump()
  }

  // MARK: Notes

  /// Adds a line to what a cell says that it did.
  func note(_ owner: UInt32, _ text: String) {
    guard let run = ownership.runs[owner], run.isUnderWay else { return }
    run.notes.append(text)
  }

  private func noteGlobals(_ run: CellRun) {
    for slot in run.globals.sorted() {
      guard let global = machine.global(slot) else { continue }
      let name = machine.name(ofGlobal: slot)
      switch global.kind {
      case .function: run.notes.append("func \(name)\(replaced(slot, run))")
      case .let, .var:
        if let replaced = run.replacedGlobals[slot], replaced != run.cell {
          run.notes.append("\(name) replaces the one from [\(replaced)]")
        }
      case .builtin: break
      }
    }
  }

  private func replaced(_ slot: Int, _ run: CellRun) -> String {
    guard let cell = run.replacedGlobals[slot], cell != run.cell else { return "" }
    return " (replaces the one from [\(cell)])"
  }

  // MARK: The end

  /// Stops everything: waiting clients get 503, `defer`s run without waiting. The kernel is not used again.
  func shutDown() {
    isOver = true
    for case .cell(let run) in tasks.values {
      run.isInterrupted = true
      run.isUnderWay = false
      run.completion(
        CellResult(
          cell: run.cell, executionCount: run.executionCount, outcome: .interrupted, notes: [],
          duration: .nanoseconds(clock.now - run.started)))
    }
    tasks.removeAll()
    desk.dismissAll()
    machine.shutDown(within: configuration.machineLimits.cleanupTime)
    timers.cancelAll()
    calls.cancelAll()
  }

  // MARK: MachineHost

  func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure) {
    let pattern: RoutePattern
    do throws(RoutePatternError) {
      pattern = try RoutePattern.parse(route.pattern)
    } catch {
      throw Failure(.argument, error.message)
    }
    let methods: [String?] = route.methods.isEmpty ? [nil] : route.methods
    var replacedCells: [Int] = []
    for method in methods {
      let record = routes.makeRecord(
        method: method.map { .init(rawValue: $0) }, pattern: pattern, handler: machine.pin(handler),
        usesRequest: route.usesRequest, owner: owner, cell: ownership.cell(of: owner))
      if let replaced = ownership.declare(record), let cell = replaced.cell, cell != record.cell {
        replacedCells.append(cell)
      }
    }
    let name = (route.methods.isEmpty ? "" : route.methods.joined(separator: ", ") + " ") + route.pattern
    let address = server.addresses.first.map { "  → \($0.url)\(route.pattern)" } ?? ""
    let replaced = Set(replacedCells).sorted().map { "[\($0)]" }.joined(separator: ", ")
    note(owner, "route \(name)\(address)\(replaced.isEmpty ? "" : "  replaces the one from \(replaced)")")
  }

  func willDefine(global: Int, owner: UInt32) {
    if let cell = ownership.cell(declaringGlobal: global), let run = ownership.runs[owner],
      run.replacedGlobals[global] == nil
    {
      run.replacedGlobals[global] = cell
    }
    ownership.willDefine(global: global, owner: owner)
  }

  func cancel(operation: Int) {
    if timers.cancel(operation: operation) { return }
    _ = calls.cancel(operation: operation)
  }

  func finished(task: TaskID, _ outcome: Outcome) {
    if isOver || desk.finished(task: task, outcome) { return }
    if let ticker = timers.finished(task: task) {
      if case .failure(let error) = outcome { unhandled(error: error, owner: ticker.owner) }
      return
    }
    switch tasks.removeValue(forKey: task) {
    case .cell(let run): end(run, outcome)
    case .out(let cell): emit(fired(cell, outcome))
    case .opening(let url): emit(opened(url, outcome))
    case nil: break
    }
  }

  private func fired(_ cell: Int, _ outcome: Outcome) -> KernelEvent {
    switch outcome {
    case .success(let value): .notice(cell: cell, text: "Out[\(cell)] fired: \(machine.repr(value))")
    case .failure(let error): .failure(cell: cell, text: ErrorRenderer().render(machine.report(of: error)))
    }
  }

  private func opened(_ url: String, _ outcome: Outcome) -> KernelEvent {
    switch outcome {
    case .success(let value):
      let response = machine.payload(of: value, calls.responseClass) as? ResponseObject
      return .opened(url: url, status: response?.status, body: response?.text ?? "")
    case .failure(let error): return .opened(url: url, status: nil, body: machine.report(of: error).message)
    }
  }

  func unhandled(error: Value, owner: UInt32) {
    if isOver { return }
    emit(.failure(cell: ownership.cell(of: owner), text: ErrorRenderer().render(machine.report(of: error))))
  }

  func describe(operation: Int) -> String {
    timers.describe(operation: operation) ?? calls.describe(operation: operation) ?? ""
  }
}
