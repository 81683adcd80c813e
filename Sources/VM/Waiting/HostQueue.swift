// What the host puts in the machine's own queue, so that it runs in turn with the fibers.

extension Machine {
  /// Lets `job` run when its turn comes, after what is ready now. It may start tasks.
  ///
  /// A request to the own server, the first tick of a timer: what the language starts, runs after the fiber
  /// that started it has parked, and in the order of starting.
  public func enqueue(_ job: @escaping () -> Void) {
    let number = nextJob
    nextJob += 1
    jobs[number] = job
    let reaction = newReaction(.job, target: nil, function: .nil, index: number, owner: 0)
    enqueue(reaction.waiter)
  }

  /// Whether the fiber that runs may wait: one that is being unwound may not.
  public var mayWait: Bool {
    current.map { !$0.has(FiberObject.isStopping) && !$0.has(FiberObject.isUnwinding) } ?? true
  }

  /// Whether code of the language is running now: the host is being called by it.
  public var isRunning: Bool { current != nil }

  /// Whether the machine is in the middle of something, as when it tells that a task has ended: until it is done, what is
  /// ready does not run.
  public var isBusy: Bool { busy > 0 }

  /// The turn of a job.
  func runJob(_ number: Int) { jobs.removeValue(forKey: number)?() }

  /// Stops a task's fiber: its `defer`s run when its turn comes, and then the host hears of its end. False
  /// where the task has ended, or only waits for the deferred that its fiber gave.
  @discardableResult
  public func stop(_ task: TaskID, _ failure: Failure) -> Bool {
    guard let value = tasks[task.number], value.tag == Tag.fiber else { return false }
    stop(value.fiber, failure)
    return true
  }

  /// Cancels the operations that a run of a cell began, but not those that work on requests.
  public func cancelOperations(ofOwner owner: UInt32, _ failure: Failure) {
    for id in operations.all.map(\.number).sorted() {
      guard let deferred = operations[id]?.deferred.deferred, deferred.pointee.owner == owner,
        deferred.requests == .none
      else { continue }
      cancel(deferred, failure)
    }
  }
}
