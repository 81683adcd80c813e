// Deferreds after Twisted's: one result, callbacks in the order they were added, errors that travel until
// somebody takes them. Unlike Twisted's, firing one only enqueues what waits for it, and cancelling goes
// up only when the last consumer has gone.

extension Machine {
  func newDeferred(owner: UInt32) -> UnsafeMutablePointer<DeferredObject> {
    let deferred = heap.allocate(MemoryLayout<DeferredObject>.size, Tag.deferred)
      .assumingMemoryBound(to: DeferredObject.self)
    deferred.pointee.value = .nil
    deferred.pointee.first = nil
    deferred.pointee.last = nil
    deferred.pointee.origin = .nil
    deferred.pointee.number = 0
    deferred.pointee.creator = current
    deferred.pointee.owner = owner
    return deferred
  }

  // MARK: Waiters

  func attach(_ waiter: UnsafeMutablePointer<WaiterObject>, to deferred: UnsafeMutablePointer<DeferredObject>)
  {
    heap.willMove(waiter)
    waiter.pointee.source = deferred
    // `all` answers for one error alone, and says which when it comes to that.
    if waiter.isFiber || waiter.reaction.pointee.header.aux != ReactionObject.Kind.all.rawValue {
      deferred.pointee.header.flags |= DeferredObject.isHandled
    }
    if !deferred.isPending {
      enqueue(waiter)
      return
    }
    waiter.pointee.next = nil
    waiter.pointee.previous = deferred.pointee.last
    if let last = deferred.pointee.last {
      last.pointee.next = waiter
    } else {
      deferred.pointee.first = waiter
    }
    deferred.pointee.last = waiter
  }

  /// Takes a waiter away from a pending deferred.
  func detach(
    _ waiter: UnsafeMutablePointer<WaiterObject>, from deferred: UnsafeMutablePointer<DeferredObject>
  ) {
    heap.willMove(waiter)
    waiter.pointee.source = nil
    guard deferred.isPending else { return }
    if let previous = waiter.pointee.previous {
      previous.pointee.next = waiter.pointee.next
    } else {
      deferred.pointee.first = waiter.pointee.next
    }
    if let next = waiter.pointee.next {
      next.pointee.previous = waiter.pointee.previous
    } else {
      deferred.pointee.last = waiter.pointee.previous
    }
    waiter.pointee.next = nil
    waiter.pointee.previous = nil
    // It was the last consumer: nobody wants the result any more.
    if deferred.pointee.first == nil {
      cancel(deferred, Failure(.cancelled, "cancelled: whoever waited for it has gone"))
    }
  }

  // MARK: Firing

  enum Settlement {
    case resolved
    case rejected
    case cancelled
  }

  /// Gives a deferred its result; what waits for it becomes ready. False when it had one already.
  ///
  /// - Parameter cause: what fires it, by its span; what runs now where nothing else is said.
  @discardableResult
  func settle(
    _ deferred: UnsafeMutablePointer<DeferredObject>, _ settlement: Settlement, _ value: Value,
    cause: SpanID? = nil
  ) -> Bool {
    guard deferred.isPending else { return false }
    if settlement == .resolved, value.tag == Tag.deferred { return follow(value.deferred, by: deferred) }
    heap.willChange(deferred)
    switch settlement {
    case .resolved: deferred.state = DeferredObject.resolved
    case .rejected: deferred.state = DeferredObject.rejected
    case .cancelled: deferred.state = DeferredObject.cancelled
    }
    deferred.pointee.value = value
    deferred.pointee.origin = .nil
    deferred.cause = cause ?? current?.pointee.span ?? .none
    if settlement == .rejected, deferred.pointee.first == nil {
      noteUnawaited(deferred)
    } else if settlement != .rejected || deferred.isHandled {
      deferred.pointee.creator = nil
    }
    var waiter = deferred.pointee.first
    deferred.pointee.first = nil
    deferred.pointee.last = nil
    while let next = waiter {
      waiter = next.pointee.next
      enqueue(next)
    }
    return true
  }

  /// A deferred that is resolved with another takes over whatever that one gives.
  private func follow(
    _ inner: UnsafeMutablePointer<DeferredObject>, by outer: UnsafeMutablePointer<DeferredObject>
  ) -> Bool {
    if waits(inner, for: { $0 == outer }) {
      return settle(outer, .rejected, makeError(.waitsForItself))
    }
    outer.pointee.header.flags |= DeferredObject.isFollowing
    let reaction = newReaction(.follow, target: outer, function: .nil, index: 0, owner: outer.pointee.owner)
    heap.willChange(outer)
    outer.pointee.origin = Value(Tag.reaction, reaction)
    attach(reaction.waiter, to: inner)
    return true
  }

  /// Whether a deferred, or one that must fire before it, is one that `isSought` says yes to. Where very much comes
  /// before it, only some of that is looked at.
  func waits(
    _ deferred: UnsafeMutablePointer<DeferredObject>,
    for isSought: (UnsafeMutablePointer<DeferredObject>) -> Bool
  ) -> Bool {
    var next = deferred
    // Mostly there is one thing to wait for, and no list of them.
    var open: [UnsafeMutablePointer<DeferredObject>] = []
    for _ in 0..<1_000 {
      if isSought(next) { return true }
      let origin = next.isPending ? next.pointee.origin : .nil
      var source: UnsafeMutablePointer<DeferredObject>?
      switch origin.tag {
      case Tag.reaction: source = origin.reaction.pointee.source
      case Tag.fiber
      where !origin.fiber.has(FiberObject.hasFinished) && !origin.fiber.has(FiberObject.isReady):
        source = origin.fiber.pointee.source
      case Tag.array:
        for place in 0..<min(origin.array.pointee.count, 1_000) {
          if let input = origin.array.pointee.elements[place].reaction.pointee.source { open.append(input) }
        }
      default: break
      }
      guard let found = source ?? open.popLast() else { return false }
      next = found
    }
    return false
  }

  // MARK: Reactions

  func newReaction(
    _ kind: ReactionObject.Kind, target: UnsafeMutablePointer<DeferredObject>?, function: Value, index: Int,
    owner: UInt32
  ) -> UnsafeMutablePointer<ReactionObject> {
    let reaction = heap.allocate(MemoryLayout<ReactionObject>.size, Tag.reaction)
      .assumingMemoryBound(to: ReactionObject.self)
    reaction.pointee.header.aux = kind.rawValue
    reaction.pointee.next = nil
    reaction.pointee.previous = nil
    reaction.pointee.source = nil
    reaction.pointee.target = target
    reaction.pointee.function = function
    reaction.pointee.index = index
    reaction.pointee.owner = owner
    reaction.pointee.requests = current?.requests ?? .none
    reaction.pointee.span = current?.pointee.span ?? .none
    return reaction
  }

  /// `then`, `catch`: a new deferred for what the callback gives.
  func react(
    to deferred: UnsafeMutablePointer<DeferredObject>, _ kind: ReactionObject.Kind, _ function: Value,
    owner: UInt32
  ) -> Value {
    let target = newDeferred(owner: owner)
    let reaction = newReaction(kind, target: target, function: function, index: 0, owner: owner)
    target.pointee.origin = Value(Tag.reaction, reaction)
    attach(reaction.waiter, to: deferred)
    return Value(Tag.deferred, target)
  }

  /// What a reaction does once its deferred has fired.
  func fire(_ reaction: UnsafeMutablePointer<ReactionObject>) {
    guard let kind = ReactionObject.Kind(rawValue: reaction.pointee.header.aux) else { return }
    if kind == .job { return runJob(reaction.pointee.index) }
    guard let source = reaction.pointee.source else { return }
    heap.willChange(reaction)
    reaction.pointee.source = nil
    let hasResult = source.state == DeferredObject.resolved
    let value = source.pointee.value
    let outcome: Outcome = hasResult ? .success(value) : .failure(value)
    if kind == .task {
      if reaction.pointee.span != .none { tracer?.goesOn(reaction.pointee.span, cause: source.cause) }
      return finish(task: reaction.pointee.index, outcome, nil)
    }
    guard let target = reaction.pointee.target, target.isPending else {
      if kind == .all { noteLaterFailure(source, reaction.pointee.target) }
      return
    }
    switch kind {
    case .then where hasResult, .call where hasResult, .catch where !hasResult:
      do throws(Failure) {
        let fiber = try makeFiber(
          reaction.pointee.function, kind == .call ? [] : [value], owner: reaction.pointee.owner,
          result: target)
        fiber.requests = reaction.pointee.requests
        if reaction.pointee.span != .none { trace(fiber, callbackOf: reaction, cause: source.cause) }
        heap.willChange(target)
        target.pointee.origin = Value(Tag.fiber, fiber)
        resume(fiber)
      } catch {
        let error = makeError(error)
        setOrigin(place(of: reaction.pointee.function), of: error)
        settle(target, .rejected, error)
      }
    case .then, .call, .catch, .follow, .race:
      let origins = target.pointee.origin
      settle(
        target, hasResult ? .resolved : source.state == DeferredObject.cancelled ? .cancelled : .rejected,
        value, cause: source.cause)
      // The others of a race lose this consumer.
      if kind == .race { abandon(origins) }
    case .all, .settled:
      if !hasResult { takeError(of: source) }
      gather(reaction, target, outcome, cause: source.cause)
    case .task, .job: break
    }
  }

  // MARK: Combinators

  /// `all`, `settled` and `race` over the elements of an array; those that are no deferreds count as fired.
  func combine(_ kind: ReactionObject.Kind, _ inputs: [Value], owner: UInt32) -> Value {
    let target = newDeferred(owner: owner)
    let result = Value(Tag.deferred, target)
    if inputs.isEmpty, kind != .race {
      settle(target, .resolved, heap.makeArray([]))
      return result
    }
    let reactions = heap.newArray(capacity: inputs.count)
    target.pointee.origin = Value(Tag.array, reactions)
    target.pointee.number = inputs.count
    target.pointee.value =
      kind == .race ? .nil : heap.makeArray(Array(repeating: Value.nil, count: inputs.count))
    for (place, input) in inputs.enumerated() {
      let reaction = newReaction(kind, target: target, function: .nil, index: place, owner: owner)
      reactions.pointee.elements[place] = Value(Tag.reaction, reaction)
      reactions.pointee.count = place + 1
      if input.tag == Tag.deferred {
        attach(reaction.waiter, to: input.deferred)
      } else {
        let fired = newDeferred(owner: owner)
        settle(fired, .resolved, input)
        attach(reaction.waiter, to: fired)
      }
    }
    return result
  }

  private func gather(
    _ reaction: UnsafeMutablePointer<ReactionObject>, _ target: UnsafeMutablePointer<DeferredObject>,
    _ outcome: Outcome, cause: SpanID
  ) {
    let isSettled = reaction.pointee.header.aux == ReactionObject.Kind.settled.rawValue
    let element: Value
    switch outcome {
    case .success(let value): element = isSettled ? settledEntry("value", value) : value
    case .failure(let error):
      if !isSettled {
        settle(target, .rejected, error, cause: cause)
        return
      }
      element = settledEntry("error", error)
    }
    let array = target.pointee.value.array
    heap.store(element, at: array.pointee.elements + reaction.pointee.index, in: array)
    target.pointee.number -= 1
    if target.pointee.number == 0 { settle(target, .resolved, target.pointee.value, cause: cause) }
  }

  /// What `settled` gives for each input: `["ok": true, "value": v]` or `["ok": false, "error": e]`.
  private func settledEntry(_ name: String, _ value: Value) -> Value {
    makePair(.bool(name == "value"), value, names: ("ok", name))
  }

  // MARK: Cancelling

  /// Stops the work behind a deferred; whoever awaits it gets a `cancelled` error. False when it had fired.
  ///
  /// What is behind it may be a chain of any length: each link is taken in turn, not within the one before.
  @discardableResult
  func cancel(_ deferred: UnsafeMutablePointer<DeferredObject>, _ failure: Failure) -> Bool {
    guard deferred.isPending else { return false }
    cancelling.append((Value(Tag.deferred, deferred), failure))
    if isCancelling { return true }
    isCancelling = true
    busy += 1
    var next = 0
    while next < cancelling.count {
      let (value, failure) = cancelling[next]
      next += 1
      cancelOne(value.deferred, failure)
    }
    cancelling.removeAll()
    isCancelling = false
    busy -= 1
    return true
  }

  private func cancelOne(_ deferred: UnsafeMutablePointer<DeferredObject>, _ failure: Failure) {
    guard deferred.isPending else { return }
    let origin = deferred.pointee.origin
    let operation =
      deferred.pointee.header.flags & DeferredObject.isOperation != 0 ? deferred.pointee.number : 0
    settle(deferred, .cancelled, makeError(failure))
    if operation != 0, let ended = operations.remove(operation) {
      operationNumbers.release(operation)
      if ended.span != .none { tracer?.ends(ended.span, .cancelled) }
      host?.cancel(operation: operation)
    }
    abandon(origin)
  }

  /// Gives up interest in what would have fired a deferred.
  private func abandon(_ origin: Value) {
    switch origin.tag {
    case Tag.fiber: stop(origin.fiber, Failure(.cancelled, "cancelled"))
    case Tag.reaction:
      if let source = origin.reaction.pointee.source { detach(origin.reaction.waiter, from: source) }
    case Tag.array:
      for place in 0..<origin.array.pointee.count {
        let reaction = origin.array.pointee.elements[place].reaction
        if let source = reaction.pointee.source { detach(reaction.waiter, from: source) }
      }
    default: break
    }
  }

  // MARK: Errors that nobody awaits

  private func takeError(of deferred: UnsafeMutablePointer<DeferredObject>) {
    deferred.pointee.header.flags |= DeferredObject.isHandled
    heap.willChange(deferred)
    deferred.pointee.creator = nil
  }

  /// An input of an `all` has failed after another one: whoever awaits the `all` never hears of this error.
  private func noteLaterFailure(
    _ deferred: UnsafeMutablePointer<DeferredObject>, _ all: UnsafeMutablePointer<DeferredObject>?
  ) {
    guard deferred.state == DeferredObject.rejected, !deferred.isHandled else { return }
    // Of an `all` that was cancelled nobody wants to hear anything.
    if all?.state == DeferredObject.rejected { noteUnawaited(deferred) } else { takeError(of: deferred) }
  }

  private func noteUnawaited(_ deferred: UnsafeMutablePointer<DeferredObject>) {
    unawaited.append(Value(Tag.deferred, deferred))
  }

  /// Reports errors that came while nobody waited, as soon as whoever could still await them has ended.
  ///
  /// - Parameter limit: how many at most.
  func reportUnawaited(limit: Int = .max) {
    hasMoreUnawaited = false
    if unawaited.isEmpty { return }
    var waiting: [Value] = []
    // One error may have gone down several branches, and been awaited there.
    var reported: Set<UInt> = []
    var roots: Set<ObjectIdentifier> = []
    var place = 0
    while place < unawaited.count, reported.count < limit {
      let value = unawaited[place]
      let deferred = value.deferred
      place += 1
      heap.willChange(deferred)
      if deferred.isHandled {
        deferred.pointee.creator = nil
        continue
      }
      if let creator = deferred.pointee.creator, !creator.has(FiberObject.hasFinished) {
        waiting.append(value)
        continue
      }
      deferred.pointee.creator = nil
      deferred.pointee.header.flags |= DeferredObject.isHandled
      if let root = root(of: deferred.pointee.value), !roots.insert(root).inserted { continue }
      if reported.insert(deferred.pointee.value.bits).inserted {
        host?.unhandled(error: deferred.pointee.value, owner: deferred.pointee.owner)
      }
    }
    hasMoreUnawaited = place < unawaited.count
    unawaited.replaceSubrange(..<place, with: waiting)
  }
}
