import Foundation
import KernelCore

/// Hands what a kernel tells from its loop to the main thread. The loop never waits for it.
public final class EventQueue: @unchecked Sendable {
  // Guarded by `condition`.
  private var events: [(date: Date, event: KernelEvent)] = []
  /// Bytes of their texts.
  private var size = 0
  private var dropped = 0
  private var isUnawaited = false
  /// Whether somebody called `wake` since events were last taken.
  private var isWoken = false
  private let condition = NSCondition()
  /// Called after an event came, on the thread that brought it: what wakes a prompt.
  private let onArrival: @Sendable () -> Void

  /// Events that wait at most, and the bytes of their texts; beyond that the oldest go, and are counted.
  private static let limit = 100_000
  private static let sizeLimit = 64 << 20

  public init(onArrival: @escaping @Sendable () -> Void = {}) { self.onArrival = onArrival }

  /// Whether an error came that nobody awaited.
  public var hasUnawaited: Bool { condition.withLock { isUnawaited } }

  public func post(_ event: KernelEvent) {
    condition.lock()
    if case .unawaited = event { isUnawaited = true }
    events.append((Date(), event))
    size += event.size
    if events.count > EventQueue.limit || size > EventQueue.sizeLimit { dropOldest() }
    condition.signal()
    condition.unlock()
    onArrival()
  }

  /// A tenth more than must go, so that not every event that follows moves all the others.
  private func dropOldest() {
    var count = 0
    while count < events.count - 1,
      events.count - count > EventQueue.limit * 9 / 10 || size > EventQueue.sizeLimit * 9 / 10
    {
      size -= events[count].event.size
      count += 1
    }
    events.removeFirst(count)
    dropped += count
  }

  /// Wakes whoever waits in `take`, without an event; where nobody waits, whoever waits next.
  public func wake() {
    condition.lock()
    isWoken = true
    condition.broadcast()
    condition.unlock()
    onArrival()
  }

  /// All events that have come; waits for one at most `timeout` seconds.
  public func take(timeout: TimeInterval = 0) -> [KernelEvent] { takeDated(timeout: timeout).map(\.event) }

  /// The same, each with the moment when it came.
  func takeDated(timeout: TimeInterval = 0) -> [(date: Date, event: KernelEvent)] {
    condition.lock()
    defer { condition.unlock() }
    if events.isEmpty, !isWoken, timeout > 0 {
      _ = condition.wait(until: Date().addingTimeInterval(timeout))
    }
    isWoken = false
    var taken = events
    events.removeAll()
    size = 0
    if dropped > 0 {
      let notice = KernelEvent.notice(
        cell: nil, text: "\(dropped) older lines were dropped: they came faster than they could be shown")
      taken.insert((taken.first?.date ?? Date(), notice), at: 0)
      dropped = 0
    }
    return taken
  }
}

extension KernelEvent {
  /// Bytes of its text.
  fileprivate var size: Int {
    switch self {
    case .output(_, let text), .notice(_, let text), .failure(_, let text), .unawaited(_, let text):
      text.utf8.count
    case .opened(_, _, let body): body.utf8.count
    default: 0
    }
  }
}
