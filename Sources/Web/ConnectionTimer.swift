import NIOCore

/// The one deadline of a connection. Moving it later costs nothing: the callback that is scheduled finds, when
/// it comes, that it came too early, and is scheduled anew.
struct ConnectionTimer {
  private(set) var deadline: NIODeadline?
  private var scheduled: NIOScheduledCallback?
  private var scheduledFor = NIODeadline.distantFuture

  /// Sets the deadline, or none.
  mutating func set(_ deadline: NIODeadline?, on eventLoop: any EventLoop, handler: ConnectionHandler) {
    self.deadline = deadline
    guard let deadline, deadline < scheduledFor else { return }
    scheduled?.cancel()
    schedule(deadline, on: eventLoop, handler: handler)
  }

  /// To be called by the callback: whether the deadline has passed. If it hasn't, waits for it anew.
  mutating func fired(on eventLoop: any EventLoop, handler: ConnectionHandler) -> Bool {
    scheduled = nil
    scheduledFor = .distantFuture
    guard let deadline else { return false }
    if eventLoop.now >= deadline { return true }
    schedule(deadline, on: eventLoop, handler: handler)
    return false
  }

  /// Ends it for good.
  mutating func cancel() {
    deadline = nil
    scheduled?.cancel()
    scheduled = nil
  }

  private mutating func schedule(
    _ deadline: NIODeadline, on eventLoop: any EventLoop, handler: ConnectionHandler
  ) {
    scheduledFor = deadline
    scheduled = try? eventLoop.assumeIsolated().scheduleCallback(at: deadline, handler: handler)
  }
}

/// What a connection is waiting for.
enum ConnectionWait {
  case nextRequest, head, body, answer, slowReader, linger

  /// How long it may take; nil for as long as it likes.
  func timeLimit(_ limits: ServerLimits) -> TimeAmount? {
    switch self {
    case .nextRequest: limits.idleTimeout
    case .head: limits.headTimeout
    case .body: limits.bodyTimeout
    case .answer: nil
    case .slowReader: limits.writeTimeout
    case .linger: limits.lingerTimeout
    }
  }
}
