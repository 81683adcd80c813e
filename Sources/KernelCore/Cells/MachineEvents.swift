import Language
import VM
import Web

// What the machine asks of the kernel and tells it.

extension Kernel: MachineHost {
  func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure) {
    let owner = try present(owner)
    let pattern: RoutePattern
    do throws(RoutePatternError) {
      pattern = try RoutePattern.parse(route.pattern)
    } catch {
      throw Failure(.argument, error.message)
    }
    let methods: [String?] = route.methods.isEmpty ? [nil] : route.methods
    let pinned = PinnedValue(handler, in: machine)
    var replacedCells: Set<Int> = []
    for method in methods {
      let record = routes.makeRecord(
        method: method.map { .init(rawValue: $0) }, pattern: pattern, handler: pinned,
        usesRequest: route.usesRequest, usesChunks: route.usesChunks,
        isSocket: route.isSocket, owner: owner,
        cell: ownership.cell(of: owner))
      if let replaced = ownership.declare(record), let cell = replaced.cell, cell != record.cell {
        replacedCells.insert(cell)
      }
    }
    let name =
      route.isSocket
      ? "socket \(route.pattern)"
      : "route \(route.methods.joined(separator: ", "))\(route.methods.isEmpty ? "" : " ")\(route.pattern)"
    let address =
      server.addresses.first { $0.unixPath == nil }.map { address in
        "  → \(route.isSocket ? "ws\(address.url.dropFirst(4))" : address.url)\(route.pattern)"
      } ?? ""
    let replaced = replacedCells.sorted().map { "[\($0)]" }.joined(separator: ", ")
    note(owner, "\(name)\(address)\(replaced.isEmpty ? "" : "  replaces the one from \(replaced)")")
  }

  func declare(_ hook: HookDeclaration, body: Value, owner: UInt32) throws(Failure) {
    let prefix = try routePrefix(hook.prefix)
    try declare(.hook(hook.kind), in: prefix, PinnedValue(body, in: machine), owner: owner)
  }

  func enter(group: String) { groupOfCall = group }

  /// The path of a group.
  func routePrefix(_ text: String) throws(Failure) -> RoutePrefix {
    do throws(RoutePatternError) {
      return try RoutePrefix(text)
    } catch {
      throw Failure(.argument, error.message)
    }
  }

  /// Puts something around the routes of a group.
  ///
  /// - Throws: a limit failure where there is too much of it.
  func declare(
    _ kind: SurroundingKey.Kind, in prefix: RoutePrefix, _ function: PinnedValue, policy: CORSPolicy? = nil,
    folder: (folder: StaticFolder, name: String)? = nil,
    owner: UInt32
  ) throws(Failure) {
    let owner = try present(owner)
    guard surroundings.count < Surroundings.limit else {
      throw Failure(
        .limit, "there are more than \(Surroundings.limit) before, after and the like",
        help: "declare each once, at the outermost level of a cell")
    }
    let pattern: RoutePattern
    do throws(RoutePatternError) {
      pattern = try RoutePattern.parse(prefix.text.isEmpty ? "/" : prefix.text)
    } catch {
      throw Failure(.argument, error.message)
    }
    let cell = ownership.cell(of: owner)
    let record = routes.makeRecord(
      method: nil, pattern: pattern, handler: function, usesRequest: true, owner: owner, cell: cell)
    let surrounding = Surrounding(
      key: ownership.key(of: kind, in: prefix, owner: owner), prefix: prefix, record: record, policy: policy,
      folder: folder)
    let replaced = ownership.declare(surrounding)?.cell
    let from = replaced.flatMap { $0 == cell ? nil : "  replaces the one from [\($0)]" } ?? ""
    let place =
      folder.map { " \(prefix.text.isEmpty ? "/" : prefix.text) → \($0.name)" }
      ?? (prefix.text.isEmpty ? "" : " in \(prefix.text)")
    note(owner, "\(kind.name)\(place)\(from)")
  }

  /// The owner of what code makes now.
  ///
  /// - Throws: a failure where the code's cell is gone, so that nothing could ever take away what it makes.
  func present(_ owner: UInt32) throws(Failure) -> UInt32 {
    if let present = ownership.presentOwner(for: owner) { return present }
    throw Failure(
      .cancelled, "the cell that this code belongs to is gone, so it cannot make anything that stays",
      help: "run the cell again")
  }

  func willDefine(global: Int, owner: UInt32) {
    if let cell = ownership.cell(declaringGlobal: global), let run = ownership.runs[owner],
      run.replacedGlobals[global] == nil
    {
      run.replacedGlobals[global] = cell
    }
    ownership.willDefine(global: global, owner: owner)
  }

  func swapGlobals() { ownership.swapGlobals() }

  func computesOn() { server.writeAnswers() }

  func advice(onUndefined name: String, owner: UInt32) -> String? {
    let waiting = active.values.filter {
      $0.owner != owner && $0.isUnderWay && $0.uses.declares.contains(name)
    }
    if let cell = waiting.map(\.cell).min() {
      return "cell [\(cell)], which declares it, still waits: try again when it has ended"
    }
    return failedCells.advice(on: name)
      ?? configuration.adviceOnMissing(name, ownership.cell(of: owner))
  }

  /// Nobody is at fault who asks for what a cell is to have that the start has not come to.
  func failure(onUndefined name: String) -> Failure? {
    guard ownership.hidden.contains(.global(name)) else { return nil }
    return Failure(
      .status, "\"\(name)\" is not there yet: a cell that declares it has still to run",
      fields: [("status", .int(503))])
  }

  func cancel(operation: Int) {
    if timers.cancel(operation: operation) || streams.cancel(operation: operation) { return }
    calls.cancel(operation: operation)
  }

  func finished(task: TaskID, _ outcome: Outcome) {
    if calls.openBodies.count > 0 { closeBodies(of: task, outcome) }
    if isOver || desk.finished(task: task, outcome) || sockets.finished(task: task, outcome) { return }
    if calls.finished(task: task, outcome) { return }
    if let ticker = timers.finished(task: task, outcome) {
      if case .failure(let error) = outcome,
        let text = ticker.failures.telling(labelledRenderer.render(machine.report(of: error)))
      {
        emit(.unawaited(cell: ownership.cell(of: ticker.owner), text: text))
      }
      return
    }
    switch tasks.removeValue(forKey: task) {
    case .cell(let run): end(run, outcome)
    case .out(let run):
      let event = fired(run.cell, outcome)
      // What has fired already stands below the Out that it belongs to.
      if active[run.owner] === run {
        run.whenOver.append { [weak self] in self?.emit(event) }
      } else {
        emit(event)
      }
    case .opening(let url, _): emit(opened(url, outcome))
    case .promptCall(let wait): came(outcome, task, wait)
    case nil: break
    }
  }

  func abandoned(task: TaskID) { calls.closeBodies(ofTask: task) }

  private func closeBodies(of task: TaskID, _ outcome: Outcome) {
    if case .failure = outcome { return calls.closeBodies(ofTask: task) }
    // A fiber that it has begun, to read one of them, has its turn first.
    machine.enqueue { [weak self] in self?.calls.closeBodies(ofTask: task) }
  }

  private func fired(_ cell: Int, _ outcome: Outcome) -> KernelEvent {
    switch outcome {
    case .success(let value):
      .notice(
        cell: cell,
        text: "Out[\(cell)] fired: \(machine.repr(value))"
          + (digest(of: value, cell: cell).map { "\n\(TextDigest.line($0))" } ?? ""))
    case .failure(let error): .unawaited(cell: cell, text: labelledRenderer.render(machine.report(of: error)))
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
    guard let text = unawaited.telling(labelledRenderer.render(machine.report(of: error))) else { return }
    emit(.unawaited(cell: ownership.cell(of: owner), text: text))
  }

  func describe(operation: Int) -> String {
    timers.describe(operation: operation) ?? streams.describe(operation: operation) ?? calls.describe(
      operation: operation) ?? ""
  }
}
