import Foundation
import NIOCore

/// The machine's own clock, with timers on the event loop.
final class RealClock: Clock {
  private let loop: any EventLoop
  private var scheduled: [ClockToken: Scheduled<Void>] = [:]
  private var next = 1
  /// The longest that a timer is set for, a century: what is due later never fires.
  private static let farthest = 100 * 365 * 86_400 * 1_000_000_000
  /// The least time until anything scheduled is called, in nanoseconds.
  private static let nearest = 50_000

  init(loop: any EventLoop) { self.loop = loop }

  var now: Int { Int(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }
  var date: Date { Date() }

  func schedule(at time: Int, _ action: @escaping () -> Void) -> ClockToken {
    let token = ClockToken(number: next)
    next += 1
    // Never at once: timers of no length that set each other would keep the loop from its sockets.
    let earliest = now + RealClock.nearest
    let due = min(max(earliest, time), now.addingClamped(RealClock.farthest))
    let deadline = NIODeadline.uptimeNanoseconds(UInt64(due))
    scheduled[token] = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard self?.scheduled.removeValue(forKey: token) != nil else { return }
      action()
    }
    return token
  }

  func cancel(_ token: ClockToken) { scheduled.removeValue(forKey: token)?.cancel() }

  func kernelIsIdle(isHeld: Bool) {}
}
