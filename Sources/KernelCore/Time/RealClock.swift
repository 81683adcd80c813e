import Foundation
import HeapModule
import NIOCore
import Web

/// The machine's own clock, with one timer of the event loop for all that is scheduled.
///
/// What falls due at one moment is called for a bounded time, then sockets get their turn: a hundred thousand fibers
/// that wake together hold nobody up for longer than a turn. To wake the loop costs more than to call what is due, so it
/// may be late by a five-hundredth of the time that was asked for, a millisecond at most: what is due about then is called
/// together, in its order.
final class RealClock: Clock {
  private let turns: LoopTurns
  private let loop: any EventLoop
  /// What is scheduled, by when the loop is to be woken for it, and the order of that.
  private var later: [Int: [Entry]] = [:]
  private var laterWakes = Heap<Int>()
  /// What is due soon, in its order, and when the loop is to be woken for that.
  private var soon = Heap<Entry>()
  private var soonWakes = Heap<Int>()
  private var knownSoonWakes: Set<Int> = []
  /// What the loop is to be woken for until then is due soon.
  private var horizon = Int.min
  /// How many entries there are in both.
  private var entryCount = 0
  /// Those that were cancelled stay until they are due, or too many.
  private var cancelled: Set<ClockToken> = []
  private var next = 1
  private var lastPlace = 0
  /// The loop's timer, and what it is set for.
  private var alarm: (wake: Int, timer: Scheduled<Void>)?
  /// It calls what is due, or does so in the next turn.
  private var isRinging = false

  /// The longest that a timer is set for, a century: what is due later never fires.
  private static let farthest = 100 * 365 * 86_400 * 1_000_000_000
  /// The least time until anything scheduled is called, in nanoseconds; between two turns as well.
  private static let nearest = 50_000
  /// How long what is due is called before sockets get their turn, in nanoseconds.
  private static let turn = 2_000_000
  /// By what power of two something may be late of the time that was asked for, and in nanoseconds.
  private static let tolerance = 9
  private static let latest = 1 << 20
  /// How many cancelled entries are kept at least, before they are taken out together.
  private static let slack = 500

  private struct Entry: Comparable {
    let due: Int
    let place: ClockPlace
    let token: ClockToken
    let client: any ClockClient
    /// What the client knows it by.
    let number: Int

    static func < (one: Entry, other: Entry) -> Bool {
      (one.due, one.place, one.token.number) < (other.due, other.place, other.token.number)
    }

    static func == (one: Entry, other: Entry) -> Bool { one.token == other.token }
  }

  init(_ turns: LoopTurns, loop: any EventLoop) {
    self.turns = turns
    self.loop = loop
  }

  var now: Int { RealClock.uptime }
  /// What the machine's clock says, in nanoseconds.
  static var uptime: Int { Int(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }
  var date: Date { Date() }

  /// How much is scheduled, how much of that is kept, the cancelled included, and how often the loop is woken for it.
  var counts: (scheduled: Int, kept: Int, wakes: Int) {
    (entryCount - cancelled.count, entryCount, laterWakes.count + soonWakes.count)
  }

  func nextPlace() -> ClockPlace {
    lastPlace += 1
    return ClockPlace(number: lastPlace)
  }

  func schedule(
    at time: Int, now: Int, place: ClockPlace, _ client: any ClockClient, _ number: Int
  ) -> ClockToken {
    let token = ClockToken(number: next)
    next += 1
    // Never at once: timers of no length that set each other would keep the loop from its sockets.
    let due = min(max(now + RealClock.nearest, time), now.addingClamped(RealClock.farthest))
    insert(Entry(due: due, place: place, token: token, client: client, number: number), now)
    setAlarm()
    return token
  }

  private func insert(_ entry: Entry, _ now: Int) {
    entryCount += 1
    let wake = RealClock.wake(for: entry.due, askedAt: now)
    if wake <= horizon {
      soon.insert(entry)
      noteSoon(wake)
    } else if RealClock.append(entry, to: &later[wake, default: []]) {
      laterWakes.insert(wake)
    }
  }

  /// Whether it is the first.
  private static func append(_ entry: Entry, to entries: inout [Entry]) -> Bool {
    entries.append(entry)
    return entries.count == 1
  }

  private func noteSoon(_ wake: Int) {
    if knownSoonWakes.insert(wake).inserted { soonWakes.insert(wake) }
  }

  /// All that may be due at a time is due soon from then on.
  private func look(aheadOf time: Int) {
    horizon = max(horizon, time.addingClamped(RealClock.latest))
    while let wake = laterWakes.min, wake <= horizon {
      laterWakes.removeMin()
      noteSoon(wake)
      let entries = later.removeValue(forKey: wake) ?? []
      soon.insert(contentsOf: entries)
      if entries.count > 1, let client = entries.first?.client {
        client.clockWillRing(entries.lazy.filter { $0.client === client }.map(\.number))
      }
    }
  }

  private func forgetWakes(until time: Int) {
    while let wake = soonWakes.min, wake <= time {
      soonWakes.removeMin()
      knownSoonWakes.remove(wake)
    }
  }

  /// When the loop is to be woken next.
  private var nextWake: Int? {
    guard let soon = soonWakes.min else { return laterWakes.min }
    return min(soon, laterWakes.min ?? .max)
  }

  /// When the loop is to be woken for what is due at a time, both in nanoseconds: what is asked for about the same time
  /// comes to the same.
  static func wake(for due: Int, askedAt now: Int) -> Int {
    let most = min(max(1, (due - now) >> tolerance), latest)
    let grain = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    return due.addingClamped(grain - 1) & ~(grain - 1)
  }

  func cancel(_ token: ClockToken) {
    // It may be over.
    if entryCount > 0 { cancelled.insert(token) }
    // Fast calls with long timeouts must not pile up.
    if cancelled.count > entryCount / 2 + RealClock.slack { dropCancelled() }
  }

  private func dropCancelled() {
    let entries = (soon.unordered + later.values.joined()).filter { !cancelled.contains($0.token) }
    (later, laterWakes, soon, soonWakes, knownSoonWakes) = ([:], Heap(), Heap(), Heap(), [])
    (entryCount, horizon, cancelled) = (0, .min, [])
    let now = now
    for entry in entries { insert(entry, now) }
    setAlarm()
  }

  func kernelIsIdle(_: @autoclosure () -> ClockPace) {}

  private func setAlarm() {
    if isRinging { return }
    guard let wake = nextWake else {
      alarm?.timer.cancel()
      alarm = nil
      return
    }
    if let alarm, alarm.wake <= wake { return }
    setAlarm(at: wake)
  }

  private func setAlarm(at wake: Int) {
    alarm?.timer.cancel()
    let deadline = NIODeadline.uptimeNanoseconds(UInt64(wake))
    let timer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      alarm = nil
      isRinging = true
      turns.nowOrNext { [weak self] in self?.ring() }
    }
    alarm = (wake, timer)
  }

  private func ring() {
    let start = now
    var moment = start
    look(aheadOf: start)
    while let first = soon.min, first.due <= start, moment < start + RealClock.turn {
      soon.removeMin()
      entryCount -= 1
      if !cancelled.isEmpty, cancelled.remove(first.token) != nil { continue }
      first.client.clockRang(first.number)
      moment = now
    }
    if let first = soon.min, first.due <= start { return turns.next { [weak self] in self?.ring() } }
    isRinging = false
    if entryCount == 0 { cancelled = [] }
    // What has fallen due meanwhile may wait as long as anything else.
    forgetWakes(until: start)
    if let next = nextWake { setAlarm(at: max(next, now + RealClock.nearest)) }
  }
}
