import Language

/// A fiber that has not ended, as a listing shows it.
public struct FiberInfo {
  /// Names it as long as its machine lives.
  public let id: UInt32
  /// The run of a cell that owns it.
  public let owner: UInt32
  /// The task that it runs for; nil for one that `async` or a callback began.
  public let task: TaskID?
  /// What it runs and where that is written; nil where it is the machine's own.
  public let place: TraceFrame?
  public let wait: Wait
  /// When it was made, by `Machine.moment`.
  public let made: Int
}

/// What a fiber or a task waits for.
public enum Wait: Equatable, Sendable {
  /// It runs as soon as it is its turn.
  case ready
  /// An operation of the host will wake it, perhaps through callbacks.
  case operation(Int)
  /// Something else will; with words for it, where there are any.
  case other(String?)
}

extension Machine {
  /// All fibers that have not ended, the oldest first.
  public var fibers: [FiberInfo] {
    livingFibers.map { fiber in
      let task = fiber.pointee.task
      return FiberInfo(
        id: fiber.pointee.id, owner: fiber.pointee.owner,
        task: task == 0 ? nil : TaskID(number: abs(task)), place: place(of: fiber.pointee.stack[0]),
        wait: fiber.has(FiberObject.isReady) ? .ready : wait(for: fiber.pointee.source),
        made: fiber.pointee.made)
    }
  }

  /// What a task's fiber, or the deferred that it follows, waits for; nil where it has ended.
  public func wait(of task: TaskID) -> Wait? {
    guard let value = tasks[task.number] else { return nil }
    if value.tag == Tag.fiber {
      return value.fiber.has(FiberObject.isReady) ? .ready : wait(for: value.fiber.pointee.source)
    }
    return wait(for: value.reaction.pointee.source)
  }

  private func wait(for source: UnsafeMutablePointer<DeferredObject>?) -> Wait {
    guard let source else { return .ready }
    let origin = origin(of: source)
    if !origin.isPending { return .ready }
    if origin.pointee.header.flags & DeferredObject.isOperation != 0 {
      return .operation(origin.pointee.number)
    }
    return .other(whatFires(origin))
  }

  /// Unwinds a fiber; its `defer`s run in their turn. False where there is no such fiber any more.
  public func stop(fiber id: UInt32, _ failure: Failure) -> Bool {
    guard let fiber = livingFibers.first(where: { $0.pointee.id == id }) else { return false }
    stop(fiber, failure)
    return true
  }
}
