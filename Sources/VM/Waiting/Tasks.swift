// What the host starts and hears of: handlers, cells, ticks; and what the language starts in the host:
// timers and transfers.

extension Machine {
  // MARK: Tasks

  /// What the next task will be called: a host that must know it before the task ends asks first.
  public var upcomingTask: TaskID { TaskID(number: nextTask) }

  /// Runs a closure in a fiber of its own, at once, until it ends or waits. The host hears of its end,
  /// perhaps before this returns. Called while the machine is under way, from a native or from a callback
  /// of the host, it only makes the fiber ready: what is running now never yields to it.
  ///
  /// - Parameters:
  ///   - followsDeferred: whether a deferred that it gives is waited for, as a handler's is.
  ///   - isCell: whether it has the time limit of a cell.
  ///   - requests: what requests it works on; with one at least it outlives
  ///     the run of the cell that owns it.
  ///   - span: what the tracer knows it by.
  @discardableResult
  public func start(
    _ closure: Value, _ arguments: [Value] = [], owner: UInt32, followsDeferred: Bool, isCell: Bool = false,
    requests: RequestChain = .none, span: SpanID = .none
  ) -> TaskID {
    let number = nextTask
    nextTask += 1
    do throws(Failure) {
      let fiber = try makeFiber(closure, arguments, owner: owner, result: nil)
      fiber.pointee.task = followsDeferred ? number : -number
      if isCell { fiber.pointee.header.flags |= FiberObject.isCell }
      fiber.requests = requests
      fiber.pointee.span = span
      tasks[number] = Value(Tag.fiber, fiber)
      resume(fiber)
    } catch {
      let error = makeError(error)
      setOrigin(place(of: closure), of: error)
      host?.finished(task: TaskID(number: number), .failure(error))
    }
    return TaskID(number: number)
  }

  /// A fiber or the deferred it gave has ended. A negative number is that of a task that does not follow
  /// deferreds.
  func finish(task signed: Int, _ outcome: Outcome, _ fiber: UnsafeMutablePointer<FiberObject>?) {
    let number = abs(signed)
    guard tasks[number] != nil else { return }
    if signed > 0, case .success(let value) = outcome, value.tag == Tag.deferred {
      let reaction = newReaction(
        .task, target: nil, function: .nil, index: number, owner: value.deferred.pointee.owner)
      tasks[number] = Value(Tag.reaction, reaction)
      if let span = fiber?.pointee.span, span != .none {
        reaction.pointee.span = span
        tracer?.waits(span, for: self.span(before: value.deferred), at: nil)
      }
      attach(reaction.waiter, to: value.deferred)
      return
    }
    tasks[number] = nil
    host?.finished(task: TaskID(number: number), outcome)
  }

  /// Nobody wants a task's result any more: its fiber is unwound, or it lets go of the deferred it waits
  /// for. The host hears that it was abandoned, not of its end.
  public func abandon(_ task: TaskID, _ failure: Failure = Failure(.cancelled, "cancelled")) {
    guard let value = tasks.removeValue(forKey: task.number) else { return }
    let keep = pin(value)
    busy += 1
    defer {
      busy -= 1
      unpin(keep)
    }
    if value.tag == Tag.fiber {
      stop(value.fiber, failure)
    } else if let source = value.reaction.pointee.source {
      detach(value.reaction.waiter, from: source)
    }
    host?.abandoned(task: task)
  }

  /// Whether a task is still under way.
  public func isUnderWay(_ task: TaskID) -> Bool { tasks[task.number] != nil }

  // MARK: Operations

  /// A deferred that the host fires later: a timer, a transfer. It is kept alive until then.
  ///
  /// - Parameter work: what a tracer is told that it is.
  public func beginOperation(owner: UInt32, _ work: TracedWork) -> (id: Int, deferred: Value) {
    let deferred = newDeferred(owner: owner)
    let id = operationNumbers.next()
    deferred.pointee.number = id
    deferred.pointee.header.flags |= DeferredObject.isOperation
    if let current { deferred.requests = current.requests }
    let site = currentCall
    let span = currentSpan == .none ? .none : traceOperation(work, at: site)
    let value = Value(Tag.deferred, deferred)
    operations[id] = Operation(deferred: value, site: site, span: span)
    return (id, value)
  }

  /// Whether an operation is still wanted.
  public func isUnderWay(operation: Int) -> Bool { operations[operation] != nil }

  /// Fires an operation's deferred; what waits becomes ready. A number that was cancelled is ignored.
  public func complete(operation: Int, _ outcome: Outcome) {
    guard let ended = operations.remove(operation) else { return }
    operationNumbers.release(operation)
    let (deferred, span) = (ended.deferred.deferred, ended.span)
    if span != .none { tracer?.ends(span, TracedOutcome(outcome, wasStopped: false)) }
    switch outcome {
    case .success(let result): settle(deferred, .resolved, result, cause: span)
    case .failure(let error):
      setOrigin(ended.site?.frame, of: error)
      settle(deferred, .rejected, error, cause: span)
    }
  }

  /// Brings near what operations need that are completed soon: where there are very many, each lies far away, and to wait for
  /// all at once takes no longer than for one.
  public func prefetch(operations numbers: [Int]) {
    operations.prefetch(numbers)
    for number in numbers {
      if let operation = operations[number] { VM.prefetch(UnsafePointer(operation.deferred.deferred)) }
    }
    for number in numbers {
      guard let waiter = operations[number]?.deferred.deferred.pointee.first else { continue }
      VM.prefetch(UnsafeRawPointer(waiter).assumingMemoryBound(to: ReactionObject.self))
    }
  }

  /// What the tracer knows an operation by that is under way.
  public func span(ofOperation id: Int) -> SpanID { operations[id]?.span ?? .none }

  /// Cancels an operation by its number, as a person does.
  public func cancel(operation: Int, _ failure: Failure) {
    guard let operation = operations[operation] else { return }
    cancel(operation.deferred.deferred, failure)
  }

  /// An operation's owner.
  public func owner(ofOperation id: Int) -> UInt32? { operations[id]?.deferred.deferred.pointee.owner }

  /// What `after(2s) { … }` gives: a Deferred of what a function gives that is called, without arguments, once
  /// another has fired.
  public func call(_ function: Value, after deferred: Value, owner: UInt32) -> Value {
    guard deferred.tag == Tag.deferred else { return .nil }
    return react(to: deferred.deferred, .call, function, owner: owner)
  }

  /// Follows a deferred on behalf of the host: `finished(task:_:)` is called when it has fired.
  public func observe(_ deferred: Value, owner: UInt32) -> TaskID {
    let number = nextTask
    nextTask += 1
    guard deferred.tag == Tag.deferred else { return TaskID(number: number) }
    let reaction = newReaction(.task, target: nil, function: .nil, index: number, owner: owner)
    tasks[number] = Value(Tag.reaction, reaction)
    attach(reaction.waiter, to: deferred.deferred)
    return TaskID(number: number)
  }

  /// Waits too for all that the fibers of an owner wait for, on behalf of the host, so that it goes on when they are
  /// given up; `abandon` ends that.
  public func holdWhatIsAwaited(byOwner owner: UInt32) -> [TaskID] {
    let sources = livingFibers.filter { $0.pointee.owner == owner }.compactMap(\.pointee.source)
    return sources.map { observe(Value(Tag.deferred, $0), owner: owner) }
  }

  /// An error of the language made of a failure outside it.
  public func makeErrorValue(_ failure: Failure) -> Value { makeError(failure) }
}
