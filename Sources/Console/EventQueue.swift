import Foundation
import KernelCore

/// Hands what a kernel tells from its loop to the main thread. The loop never waits for it.
public final class EventQueue: @unchecked Sendable {
  // Guarded by `condition`.
  private var events: [KernelEvent] = []
  private var dropped = 0
  private var isUnawaited = false
  private let condition = NSCondition()
  /// Called after an event came, on the thread that brought it: what wakes a prompt.
  private let onArrival: @Sendable () -> Void

  /// Events that wait at most; beyond that the oldest go, and are counted.
  private static let limit = 100_000

  public init(onArrival: @escaping @Sendable () -> Void = {}) { self.onArrival = onArrival }

  /// Whether an error came that nobody awaited.
  public var hasUnawaited: Bool { condition.withLock { isUnawaited } }

  public func post(_ event: KernelEvent) {
    condition.lock()
    if case .unawaited = event { isUnawaited = true }
    if events.count >= EventQueue.limit {
      events.removeFirst(EventQueue.limit / 10)
      dropped += EventQueue.limit / 10
    }
    events.append(event)
    condition.signal()
    condition.unlock()
    onArrival()
  }

  /// Wakes whoever waits in `take`, without an event.
  public func wake() {
    condition.lock()
    condition.broadcast()
    condition.unlock()
    onArrival()
  }

  /// All events that have come; waits for one at most `timeout` seconds.
  public func take(timeout: TimeInterval = 0) -> [KernelEvent] {
    condition.lock()
    defer { condition.unlock() }
    if events.isEmpty, timeout > 0 { _ = condition.wait(until: Date().addingTimeInterval(timeout)) }
    var taken = events
    events.removeAll()
    if dropped > 0 {
      taken.insert(
        .notice(
          cell: nil, text: "\(dropped) older lines were dropped: they came faster than they could be shown"),
        at: 0)
      dropped = 0
    }
    return taken
  }
}
