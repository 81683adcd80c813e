import Language

extension Machine {
  /// A fiber on a closure; nil with `failure` set where there are too many.
  func makeFiber(
    _ closure: Value, _ arguments: [Value], owner: UInt32, result: UnsafeMutablePointer<DeferredObject>?
  ) throws(Failure) -> UnsafeMutablePointer<FiberObject> {
    guard fiberCount < limits.fibers else {
      throw Failure(.limit, "there are more than \(limits.fibers) fibers", help: "wait for some to end")
    }
    // Anything that can be called runs in a fiber; what is no plain closure is called by a prelude one.
    if closure.tag != Tag.closure || closure.closure.pointee.parameterCount != Int32(arguments.count) {
      return try makeFiberSlowly(closure, arguments, owner: owner, result: result)
    }
    let fiber = newFiber(width: Int(closure.closure.pointee.registerCount) + 2)
    fiber.pointee.stack[0] = closure
    for (place, argument) in arguments.enumerated() { fiber.pointee.stack[2 + place] = argument }
    fiber.pointee.ip = closure.closure.pointee.entry
    fiber.pointee.owner = owner
    fiber.pointee.result = result
    return fiber
  }

  private func newFiber(width: Int) -> UnsafeMutablePointer<FiberObject> {
    let fiber = heap.allocate(MemoryLayout<FiberObject>.size, Tag.fiber).assumingMemoryBound(
      to: FiberObject.self)
    let (stack, size) = heap.allocateStack(width)
    stack[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: outermostReturn + 1))
    fiber.pointee.next = nil
    fiber.pointee.previous = nil
    fiber.pointee.source = nil
    fiber.pointee.stack = stack
    fiber.pointee.limit = stack + size
    fiber.pointee.registers = stack + 2
    fiber.pointee.task = 0
    fiber.pointee.made = moment
    fiber.pointee.span = .none
    fiber.pointee.id = nextFiberID
    nextFiberID &+= 1
    fiberCount += 1
    return fiber
  }

  /// Natives, bound methods, closures that take any number of arguments.
  private func makeFiberSlowly(
    _ callee: Value, _ arguments: [Value], owner: UInt32, result: UnsafeMutablePointer<DeferredObject>?
  ) throws(Failure) -> UnsafeMutablePointer<FiberObject> {
    if callee.tag == Tag.closure, let prototype = prototype(of: callee), prototype.function.takesAnyCount {
      let wanted = prototype.function.parameterNames.count
      if arguments.count < wanted { throw .tooFewAnonymous(wanted, given: arguments.count) }
      let fiber = newFiber(width: max(prototype.function.registerCount, arguments.count) + 3)
      fiber.pointee.stack[0] = callee
      for (place, argument) in arguments.enumerated() { fiber.pointee.stack[2 + place] = argument }
      fiber.pointee.ip = prototype.entry
      fiber.pointee.owner = owner
      fiber.pointee.result = result
      return fiber
    }
    guard callee.isFunction else {
      throw Failure(.type, "\(typeName(callee)) cannot be called: it is no function")
    }
    return try makeFiber(
      applier, [callee, heap.makeArray(arguments)], owner: owner, result: result)
  }

  // MARK: The ready queue

  func enqueue(_ waiter: UnsafeMutablePointer<WaiterObject>) {
    heap.willMove(waiter)
    waiter.pointee.next = nil
    waiter.pointee.previous = lastReady
    waiter.pointee.header.flags |= FiberObject.isReady
    if let lastReady { lastReady.pointee.next = waiter } else { firstReady = waiter }
    lastReady = waiter
  }

  private func dequeue() -> UnsafeMutablePointer<WaiterObject>? {
    guard let waiter = firstReady else { return nil }
    heap.willMove(waiter)
    firstReady = waiter.pointee.next
    if let firstReady { firstReady.pointee.previous = nil } else { lastReady = nil }
    waiter.pointee.next = nil
    waiter.pointee.header.flags &= ~FiberObject.isReady
    return waiter
  }

  /// Whether nothing is ready to run, and no error that nobody awaited is still to be told.
  public var isIdle: Bool { firstReady == nil && !hasMoreUnawaited }

  /// Runs what is ready, first in, first out; true when nothing is left.
  ///
  /// - Parameters:
  ///   - limit: how many pieces at most.
  ///   - yields: whether to stop after one that computed for long, so that the host can do other things.
  ///
  /// Called by the host while the machine is under way, as from `finished(task:_:)`, it does nothing: what
  /// is ready runs when the outer call goes on.
  public func runReady(limit: Int = .max, yields: Bool = false) -> Bool {
    if busy > 0 { return false }
    var count = 0
    hasLookedAtClock = false
    while count < limit, !(yields && hasLookedAtClock), let waiter = dequeue() {
      count += 1
      if waiter.isFiber { resume(waiter.fiber) } else { fire(waiter.reaction) }
      // Errors for lack of memory must not be what takes it.
      if unawaited.count > Machine.unawaitedLimit, heap.state.pointee.live > limits.memory {
        tellUnawaited(limit: Machine.unawaitedAtOnce)
      }
    }
    if firstReady == nil { tellUnawaited(limit: max(limit, Machine.unawaitedAtOnce)) }
    return isIdle
  }

  /// Errors that nobody awaited which are kept while memory is over its limit, in the hope that somebody does.
  private static let unawaitedLimit = 1_000
  /// So many are told at once at least, where there are so many: each time all are looked through.
  private static let unawaitedAtOnce = 100

  private func tellUnawaited(limit: Int = .max) {
    busy += 1
    reportUnawaited(limit: limit)
    busy -= 1
  }

  // MARK: Running

  /// Whether code sees globals of its own: that of an owner that does, but for requests from elsewhere, and all that
  /// answers its requests.
  func seesOwnGlobals(_ fiber: UnsafeMutablePointer<FiberObject>) -> Bool {
    fiber.requests == .none ? ownViews.contains(fiber.pointee.owner) : fiber.requests.seesOwnGlobals
  }

  /// Runs a fiber until it ends or waits. Only one runs at a time: what it starts in turn is made ready.
  func resume(_ fiber: UnsafeMutablePointer<FiberObject>) {
    if busy > 0 { return enqueue(fiber.waiter) }
    busy += 1
    current = fiber
    if heap.state.pointee.isMarking { heap.markFrames(of: fiber) }
    if fiber.pointee.span != .none, fiber.mayHaveWaited { traceResume(fiber) }
    deadline = 0
    heap.state.pointee.work = Machine.workSlice
    debtAtStart = heap.state.pointee.debt
    thrown = .unset
    // Seldom is there one, and to take one away that is large costs as much as all else here.
    if case .some = failure { failure = nil }
    let seesOwnGlobals = !ownViews.isEmpty && seesOwnGlobals(fiber)
    if seesOwnGlobals { host?.swapGlobals() }
    if notesChanges { beginChanges(by: fiber) }
    let status: RunStatus
    if fiber.has(FiberObject.isStopping) {
      status = unwindStopping(fiber)
    } else {
      fiber.pointee.header.flags |= FiberObject.hasStarted
      status = run(fiber)
    }
    if seesOwnGlobals { host?.swapGlobals() }
    if notesChanges { endChanges() }
    current = nil
    switch status {
    case .suspended: break
    case .finished: end(fiber, .success(fiber.pointee.stack[0]))
    case .failed:
      let error = thrown
      thrown = .unset
      if fiber.has(FiberObject.isStopping) { reportCleanup(error, fiber) }
      end(fiber, .failure(error))
    }
    if mayHaveFreed || heap.isDue && !isTooSoonToCollect { collectBetweenRuns() }
    busy -= 1
  }

  /// Between two runs only what is rooted is alive.
  private func collectBetweenRuns() {
    if mayHaveFreed { collect() } else { collectWhatIsDue() }
    // What came in between, as bodies of responses do, is refused where the next fiber looks.
    let state = heap.state
    if state.pointee.live > limits.memory { state.pointee.debt = state.pointee.threshold + 1 }
  }

  private func end(_ fiber: UnsafeMutablePointer<FiberObject>, _ outcome: Outcome) {
    let task = fiber.pointee.task
    let result = fiber.pointee.result
    let wasStopped = fiber.has(FiberObject.isStopping)
    let span = fiber.pointee.span
    heap.willChange(fiber)
    fiber.pointee.result = nil
    release(fiber)
    if span != .none, task == 0 { tracer?.ends(span, TracedOutcome(outcome, wasStopped: wasStopped)) }
    if task != 0 { return finish(task: task, outcome, fiber) }
    guard let result else { return }
    switch outcome {
    case .success(let value): settle(result, .resolved, value, cause: span)
    case .failure(let error): settle(result, wasStopped ? .cancelled : .rejected, error, cause: span)
    }
  }

  /// A fiber's stack goes back at once; the object itself when nothing refers to it any more.
  private func release(_ fiber: UnsafeMutablePointer<FiberObject>) {
    heap.willChange(fiber)
    heap.freeStack(fiber.pointee.stack, fiber.pointee.limit - fiber.pointee.stack)
    fiber.pointee.header.flags |= FiberObject.hasFinished
    fiber.pointee.source = nil
    if fiber.has(FiberObject.isStopping) { stopReasons[fiber.pointee.id] = nil }
    fiberCount -= 1
    endedFibers += 1
  }

  /// Parks the running fiber on a deferred, or says why it goes on: false with `thrown` or `failure` set.
  func park(_ fiber: UnsafeMutablePointer<FiberObject>, on deferred: UnsafeMutablePointer<DeferredObject>)
    -> Bool
  {
    guard deferred.isPending else {
      deferred.pointee.header.flags |= DeferredObject.isHandled
      thrown = deferred.pointee.value
      wasAwaited = true
      return false
    }
    if fiber.has(FiberObject.isUnwinding) {
      // Not a cancellation, which nobody would be told of.
      failure = Failure(
        .argument, "a defer or finally cannot wait while its fiber is being stopped",
        help: "start what takes longer with async { … }")
      return false
    }
    if fiber.has(FiberObject.isStopping) {
      // It was stopped by what it did itself.
      thrown = makeError(
        stopReasons.removeValue(forKey: fiber.pointee.id) ?? Failure(.cancelled, "cancelled"))
      beginUnwinding(fiber)
      return false
    }
    if !deferred.pointee.origin.isNil, waitsForEnd(of: fiber, deferred) {
      failure = Failure(.argument, "this would wait for itself", help: "what is awaited here never fires")
      return false
    }
    attach(fiber.waiter, to: deferred)
    if fiber.pointee.span != .none { traceWait(fiber) }
    return true
  }

  private func waitsForEnd(
    of fiber: UnsafeMutablePointer<FiberObject>, _ deferred: UnsafeMutablePointer<DeferredObject>
  ) -> Bool {
    waits(
      deferred,
      for: {
        $0.isPending && $0.pointee.origin.tag == Tag.fiber && $0.pointee.origin.fiber == fiber
      })
  }

  // MARK: Stopping

  /// Lets a fiber be unwound when its turn comes: its `defer`s run, nothing catches. What it would have
  /// given fails with `failure`.
  func stop(_ fiber: UnsafeMutablePointer<FiberObject>, _ failure: Failure) {
    if fiber.has(FiberObject.hasFinished) || fiber.has(FiberObject.isStopping) { return }
    fiber.pointee.header.flags |= FiberObject.isStopping
    stopReasons[fiber.pointee.id] = failure
    // The one that is running goes on until it would wait.
    if fiber.has(FiberObject.isReady) || fiber == current { return }
    if let source = fiber.pointee.source { detach(fiber.waiter, from: source) }
    enqueue(fiber.waiter)
  }

  /// A stopped fiber's result is wanted by nobody; an error of one of its `defer`s must still be seen.
  private func reportCleanup(_ error: Value, _ fiber: UnsafeMutablePointer<FiberObject>) {
    let kind = report(of: error).kind
    if kind == Failure.Kind.cancelled.rawValue || kind == Failure.Kind.interrupted.rawValue { return }
    host?.unhandled(error: error, owner: fiber.pointee.owner)
  }

  /// The turn of a fiber that is to be stopped.
  private func unwindStopping(_ fiber: UnsafeMutablePointer<FiberObject>) -> RunStatus {
    thrown = makeError(stopReasons.removeValue(forKey: fiber.pointee.id) ?? Failure(.cancelled, "cancelled"))
    if !fiber.has(FiberObject.hasStarted) {
      guard fiber.hasCleanups else { return .failed }
      thrown = .unset
      fiber.pointee.header.flags |= FiberObject.hasStarted
      beginUnwinding(fiber)
      return run(fiber)
    }
    // It stands before the `await` that it was to try again; the failure is that instruction's.
    fiber.pointee.ip += 1
    beginUnwinding(fiber)
    guard unwind(fiber, isRethrown: false) else { return .failed }
    return run(fiber)
  }

  /// Stops all fibers that `isChosen` says yes to, parked ones that nothing refers to included.
  /// Gives how many of them have cleanups to run, perhaps.
  private func stopFibers(_ failure: Failure, where isChosen: (UnsafeMutablePointer<FiberObject>) -> Bool)
    -> Int
  {
    busy += 1
    defer { busy -= 1 }
    var started = 0
    // One that is stopped may end another.
    for fiber in livingFibers where !fiber.has(FiberObject.hasFinished) && isChosen(fiber) {
      if fiber.hasCleanups { started += 1 }
      stop(fiber, failure)
    }
    return started
  }

  /// All fibers that have not ended, the oldest first, parked ones that nothing refers to included: from here on they are
  /// kept until the next cycle of the collector.
  var livingFibers: [UnsafeMutablePointer<FiberObject>] {
    var living: [UnsafeMutablePointer<FiberObject>] = []
    if fiberCount == 0 { return living }
    heap.objects(of: Tag.fiber, size: MemoryLayout<FiberObject>.size) { object in
      let fiber = object.assumingMemoryBound(to: FiberObject.self)
      if !fiber.has(FiberObject.hasFinished) {
        heap.willMove(fiber.waiter)
        living.append(fiber)
      }
      // Under load most that are there have ended: the rest need not be looked at.
      return living.count < fiberCount
    }
    return living.sorted { $0.pointee.id < $1.pointee.id }
  }

  /// Stops the fibers that a run of a cell started, but not those that work on requests. Gives how many of
  /// them had begun and may have `defer`s to run, in their turn.
  @discardableResult
  public func stopFibers(ofOwner owner: UInt32, except task: TaskID? = nil) -> Int {
    stopFibers(Failure(.cancelled, "cancelled: the cell that started it was run again")) {
      $0.pointee.owner == owner && $0.requests == .none
        && (task == nil || abs($0.pointee.task) != task?.number)
    }
  }

  /// Stops everything. The `defer`s of what was under way run without waiting, for `time` nanoseconds of
  /// processor time at most; the host hears of no task's end.
  public func shutDown(within time: Int) {
    let failure = Failure(.cancelled, "cancelled: the kernel was restarted")
    tasks.removeAll()
    operations.removeAll()
    operationNumbers.releaseAll()
    jobs.removeAll()
    _ = stopFibers(failure) { _ in true }
    // What was to be interrupted is being stopped.
    interruption.clear()
    let end = Machine.processorTime() + time
    cleanupEnd = end
    while firstReady != nil, Machine.processorTime() < end {
      guard let waiter = dequeue() else { return }
      // Only unwinding goes on: nothing new starts.
      if waiter.isFiber, waiter.fiber.has(FiberObject.isStopping) { resume(waiter.fiber) }
    }
  }

  // MARK: async and finally

  func startAsync(_ closure: Value, from fiber: UnsafeMutablePointer<FiberObject>, into target: ValuePointer)
    -> Bool
  {
    do throws(Failure) {
      let deferred = newDeferred(owner: fiber.pointee.owner)
      let task = try makeFiber(closure, [], owner: fiber.pointee.owner, result: deferred)
      task.requests = fiber.requests
      if fiber.pointee.span != .none { trace(task, of: closure, startedBy: fiber, .async) }
      deferred.pointee.origin = Value(Tag.fiber, task)
      enqueue(task.waiter)
      target.pointee = Value(Tag.deferred, deferred)
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// `finally`: a fiber that waits for a deferred from this moment, before it has begun to run, so that it has its
  /// place among the callbacks and counts as a consumer.
  func finish(_ deferred: UnsafeMutablePointer<DeferredObject>, _ body: Value, owner: UInt32)
    throws(Failure) -> Value
  {
    let result = newDeferred(owner: owner)
    let fiber = try makeFiber(finisher, [Value(Tag.deferred, deferred), body], owner: owner, result: result)
    fiber.requests = current?.requests ?? .none
    fiber.pointee.header.flags |= FiberObject.isFinisher
    if let current, current.pointee.span != .none {
      trace(fiber, of: body, startedBy: current, .finally)
      tracer?.waits(fiber.pointee.span, for: span(before: deferred), at: nil)
    }
    result.pointee.origin = Value(Tag.fiber, fiber)
    attach(fiber.waiter, to: deferred)
    return Value(Tag.deferred, result)
  }

  /// Throws in a fiber that is being stopped.
  func leaveIfStopped() throws(Failure) {
    if current?.has(FiberObject.isStopping) == true { throw Failure(.cancelled, "cancelled") }
  }
}
