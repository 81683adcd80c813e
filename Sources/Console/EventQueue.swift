import Foundation
import KernelCore

/// Hands what a kernel tells from its loop to the main thread. The loop never waits for it.
public final class EventQueue: @unchecked Sendable {
  // Guarded by `condition`.
  private var events: [(date: Date, event: KernelEvent)] = []
  /// Bytes that they take.
  private var size = 0
  private var dropped = 0
  private var isUnawaited = false
  /// Whether somebody called `wake` since events were last taken.
  private var isWoken = false
  private let condition = NSCondition()
  /// Called after an event came, on the thread that brought it: what wakes a prompt.
  private let onArrival: @Sendable () -> Void

  /// Bytes that waiting events take at most; beyond that the oldest go, and are counted.
  private let sizeLimit: Int
  private var hasLost = false

  /// - Parameter sizeLimit: bytes, with those that an event takes besides its text.
  public init(sizeLimit: Int = 64 << 20, onArrival: @escaping @Sendable () -> Void = {}) {
    self.sizeLimit = sizeLimit
    self.onArrival = onArrival
  }

  /// Whether events went that nobody had taken.
  public var hasDropped: Bool { condition.withLock { hasLost } }

  /// Whether an error came that nobody awaited.
  public var hasUnawaited: Bool { condition.withLock { isUnawaited } }

  public func post(_ event: KernelEvent) {
    condition.lock()
    if case .unawaited = event { isUnawaited = true }
    let isFirst = events.isEmpty
    events.append((Date(), event))
    size += event.size
    if size > sizeLimit { dropOldest() }
    condition.unlock()
    // Whoever takes them waits for the first alone, and where there is one core runs at once.
    if isFirst { condition.signal() }
    onArrival()
  }

  /// A tenth more than must go, so that not every event that follows moves all the others.
  private func dropOldest() {
    var count = 0
    while count < events.count - 1, size > sizeLimit / 10 * 9 {
      size -= events[count].event.size
      count += 1
    }
    events.removeFirst(count)
    dropped += count
    hasLost = true
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

  /// How long requests that were served are gathered, in microseconds: whoever takes them is not woken for each.
  private static let gatheringTime: UInt32 = 5_000

  /// The same, each with the moment when it came.
  ///
  /// - Parameter gatheringServed: whether a request that was served is not taken before a moment has passed in which
  ///   others may come.
  func takeDated(
    timeout: TimeInterval = 0, gatheringServed: Bool = false
  ) -> [(date: Date, event: KernelEvent)] {
    condition.lock()
    defer { condition.unlock() }
    if events.isEmpty, !isWoken, timeout > 0 {
      _ = condition.wait(until: Date().addingTimeInterval(timeout))
      if gatheringServed, case .served? = events.last?.event {
        condition.unlock()
        usleep(Self.gatheringTime)
        condition.lock()
      }
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
  /// About the bytes that it takes.
  fileprivate var size: Int {
    switch self {
    case .output(_, let text), .notice(_, let text), .failure(_, let text), .unawaited(_, let text):
      256 + text.utf8.count
    case .opened(_, _, let body): 256 + body.utf8.count
    default: 256
    }
  }
}
