import DequeModule
import NIOCore

/// Lets whatever would go on at once, again and again, take turns with the sockets of its loop.
///
/// A loop looks at its sockets only when none of its tasks is due. Streams whose clients take all that they get, fibers that
/// make each other ready and timers that are behind would each keep it from that, alone or by turns, were each planned by
/// itself. Here all of them have one turn together, and then a pause in which nothing is due.
///
/// Confined to its loop.
public final class LoopTurns {
  private let eventLoop: any EventLoop
  private var actions = Deque<() -> Void>()
  private var isPlanned = false
  private var isRunning = false

  /// How long a turn goes on before what is left waits for the next.
  private static let length = TimeAmount.milliseconds(2)
  /// The pause between two turns: longer than it takes the loop to find that nothing is due.
  private static let pause = TimeAmount.microseconds(20)

  public init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Calls `action` in the next turn, after what is planned for it already.
  public func next(_ action: @escaping () -> Void) {
    actions.append(action)
    if !isRunning, !isPlanned { plan() }
  }

  /// Calls `action` at once; where a turn is planned, in that.
  public func nowOrNext(_ action: @escaping () -> Void) {
    if isRunning || isPlanned { actions.append(action) } else { action() }
  }

  private func plan() {
    isPlanned = true
    // The pause begins behind what this task of the loop leaves to be done at once, as flushes.
    eventLoop.assumeIsolated().execute { [self] in
      eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [weak self] in self?.run() }
    }
  }

  private func run() {
    isRunning = true
    let end = NIODeadline.now() + Self.length
    // What they plan in turn is for the next.
    var left = actions.count
    while left > 0, let action = actions.popFirst() {
      left -= 1
      action()
      if NIODeadline.now() >= end { break }
    }
    isRunning = false
    isPlanned = false
    if !actions.isEmpty { plan() }
  }
}
