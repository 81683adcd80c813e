// Collecting garbage: only at safe points, where no Swift variable holds a value that is not pinned or otherwise rooted.

extension Machine {
  /// Collects all garbage there is now.
  func collect() {
    let start = Machine.monotonicTime()
    finishCycle()
    beginCycle()
    finishCycle()
    let end = Machine.monotonicTime()
    restUntil = end + 4 * (end - start)
    mayHaveFreed = false
    endedFibers = 0
    enoughEnded = max(64, fiberCount / 4)
  }

  /// The same for an instruction that is tried again. Where it gets further there is a safe point at once, so that it is
  /// known to have: the next time that it lacks memory it may be tried again.
  func collectForRetrial() {
    collect()
    heap.state.pointee.threshold = min(heap.state.pointee.threshold, heap.state.pointee.debt - 1)
  }

  /// What is due at a safe point: a step, or everything where memory is at its limit.
  func collectWhatIsDue() {
    if !heap.isFull { return takeStep() }
    // What is under way may do.
    if heap.state.pointee.phase != .idle, !heap.state.pointee.collectsAlways {
      finishCycle()
      if !heap.isFull { return }
    }
    collect()
  }

  /// Whether memory was over its limit after the last collection, which was a moment ago, and few fibers have ended
  /// since. Another would find hardly more to free, and the server would do nothing but collect.
  var isTooSoonToCollect: Bool {
    let state = heap.state
    return state.pointee.live > limits.memory && !mayHaveFreed && !state.pointee.isStressed
      && endedFibers < enoughEnded && Machine.monotonicTime() < restUntil
  }

  // MARK: Cycles

  /// A part of a cycle; begins one where none is under way.
  private func takeStep() {
    let state = heap.state
    let before = state.pointee.effort
    let effort = state.pointee.takeEffort()
    switch state.pointee.phase {
    case .idle: beginCycle()
    case .marking: if goOnMarking(effort: effort) { endMarking() }
    case .sweeping: if heap.sweep(effort: effort) { endCycle() }
    }
    if state.pointee.phase != .idle { state.pointee.awaitNextStep() }
    state.pointee.largestStep = max(state.pointee.largestStep, state.pointee.effort - before)
    settleSwept()
  }

  /// All that is left of a cycle.
  func finishCycle() {
    if heap.state.pointee.phase == .marking {
      goOnMarking(effort: .max)
      endMarking()
    }
    if heap.state.pointee.phase == .sweeping {
      _ = heap.sweep(effort: .max)
      endCycle()
    }
    settleSwept()
  }

  /// Marks for so much effort; true when nothing is left.
  @discardableResult func goOnMarking(effort: Int) -> Bool {
    Marker(heap: heap, prototypes: prototypes).mark(effort: effort)
  }

  private func beginCycle() {
    let state = heap.state
    state.pointee.beginMarking(prototypeCount: prototypes.count)
    eachRoot { heap.remember($0) }
    if let current { heap.markFrames(of: current) }
    state.pointee.planSteps()
  }

  private func endMarking() {
    let state = heap.state
    if state.pointee.mode == .steps, let missed = unmarked() {
      fatalError("\(missed) would be freed while it is in use")
    }
    state.pointee.endMarking()
    releasePrototypes(used: state.pointee.usedPrototypes)
    heap.beginSweeping()
  }

  private func endCycle() {
    heap.state.pointee.endCycle()
    heap.buffers.trim()
  }

  /// Swift objects go, and fibers that nothing can wake are no longer counted.
  private func settleSwept() {
    let state = heap.state
    fiberCount -= state.pointee.lostFibers
    state.pointee.lostFibers = 0
    if state.pointee.deadPayloads.isEmpty { return }
    let dead = state.pointee.deadPayloads
    state.pointee.deadPayloads.removeAll(keepingCapacity: true)
    for number in dead { payloads.remove(number) }
  }

  /// What is alive by itself, but for the frames of the fiber that runs.
  private func eachRoot(_ body: (Value) -> Void) {
    for slot in globalNames.indices { body(globals[slot]) }
    memberStrings.forEach(body)
    memberFunctions.forEach(body)
    for type in classes { type.eachMember(body) }
    tasks.values.forEach(body)
    operations.each { body($0.deferred) }
    pins.values.forEach(body)
    unawaited.forEach(body)
    for value in cancelling { body(value.deferred) }
    for (_, failure) in cancelling { for field in failure.fields { body(field.value) } }
    asciiStrings.forEach(body)
    for failure in stopReasons.values { for field in failure.fields { body(field.value) } }
    body(applier)
    body(finisher)
    body(thrown)
    if let failure { for field in failure.fields { body(field.value) } }
    if let current { body(Value(Tag.fiber, current)) }
    if let firstReady { body(Value(UInt(firstReady.pointee.header.kind), firstReady)) }
  }

  private func releasePrototypes(used: [Bool]) {
    for number in prototypes.indices where prototypes[number] != nil && number < used.count && !used[number] {
      prototypes[number] = nil
      templates[number] = nil
      unusedPrototypes.append(number)
    }
  }

  // MARK: Proof

  /// Walks over everything that can be reached now; says what of it has no mark, when marking has ended: something was
  /// changed without a word to the collector.
  func unmarked() -> String? {
    var seen: Set<RawPointer> = []
    var open: [RawPointer] = []
    var missed: String?
    func visit(_ object: UnsafeMutablePointer<Header>, from place: @autoclosure () -> String) {
      if !heap.isMarked(object) {
        missed = missed ?? "an object of kind \(object.pointee.kind) in \(place())"
      }
      if seen.insert(RawPointer(object)).inserted { open.append(RawPointer(object)) }
    }
    func visit(_ value: Value, from place: @autoclosure () -> String) {
      if value.isObject { visit(value.header, from: place()) }
    }
    eachRoot { visit($0, from: "a root") }
    while let object = open.popLast() {
      let kind = UInt(object.load(as: UInt8.self))
      Heap.eachReference(of: object) { visit($0, from: "an object of kind \(kind)") }
      if kind == Tag.fiber {
        let fiber = object.assumingMemoryBound(to: FiberObject.self)
        if fiber.has(FiberObject.hasFinished) { continue }
        for place in 0..<(fiber.top - fiber.pointee.stack) {
          visit(fiber.pointee.stack[place], from: "place \(place) of a fiber's frames")
        }
      } else if kind == Tag.closure {
        let number = Int(object.assumingMemoryBound(to: ClosureObject.self).pointee.prototype)
        let used = heap.state.pointee.usedPrototypes
        if number < used.count, !used[number] { missed = missed ?? "a program" }
        guard let prototype = prototypes[number] else { continue }
        for place in 0..<prototype.constantCount { visit(prototype.constants[place], from: "a constant") }
      }
    }
    return missed
  }
}
