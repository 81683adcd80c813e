import Foundation
import HeapModule
import NIOCore
import Web

/// The machine's own clock, with one timer of the event loop for all that is scheduled.
///
/// What falls due at one moment is called for a bounded time, then sockets get their turn: a hundred thousand fibers
/// that wake together hold nobody up for longer than a turn. To wake the loop costs more than to call what is due, so it
/// may be late by a thousandth of the time that was asked for, a millisecond at most: what is due about then is called
/// together, in its order.
final class RealClock: Clock {
  private let turns: LoopTurns
  private let loop: any EventLoop
  /// What is scheduled, each in a place that is another's when it is over: a look there needs no hashing.
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  /// When everything is due; those that were cancelled stay until they are due, or too many.
  private var entries = Heap<Entry>()
  /// When the loop is to be woken, for each entry once at its due or soon after.
  private var wakes = Heap<Int>()
  private var knownWakes: Set<Int> = []
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
  private static let tolerance = 10
  private static let latest = 1 << 20
  /// How many cancelled entries are kept at least, before they are taken out together.
  private static let slack = 1_000

  private struct Slot {
    /// The number of its token; 0 where the place is free.
    var number = 0
    var action: (() -> Void)?
  }

  private struct Entry: Comparable {
    let due: Int
    let place: ClockPlace
    let token: ClockToken

    static func < (one: Entry, other: Entry) -> Bool {
      (one.due, one.place, one.token.number) < (other.due, other.place, other.token.number)
    }
  }

  init(_ turns: LoopTurns, loop: any EventLoop) {
    self.turns = turns
    self.loop = loop
  }

  var now: Int { Int(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }
  var date: Date { Date() }

  /// How much is scheduled, how much of that is kept, the cancelled included, and how often the loop is woken for it.
  var counts: (scheduled: Int, kept: Int, wakes: Int) {
    (slots.count - freeSlots.count, entries.count, wakes.count)
  }

  func nextPlace() -> ClockPlace {
    lastPlace += 1
    return ClockPlace(number: lastPlace)
  }

  func schedule(at time: Int, place: ClockPlace, _ action: @escaping () -> Void) -> ClockToken {
    let slot = freeSlots.popLast() ?? slots.count
    let token = ClockToken(number: next, slot: slot)
    next += 1
    if slot == slots.count { slots.append(Slot()) }
    slots[slot] = Slot(number: token.number, action: action)
    let now = now
    // Never at once: timers of no length that set each other would keep the loop from its sockets.
    let due = min(max(now + RealClock.nearest, time), now.addingClamped(RealClock.farthest))
    entries.insert(Entry(due: due, place: place, token: token))
    noteWake(for: due, now)
    setAlarm()
    return token
  }

  private func noteWake(for due: Int, _ now: Int) {
    let wake = RealClock.wake(for: due, askedAt: now)
    if knownWakes.insert(wake).inserted { wakes.insert(wake) }
  }

  /// When the loop is to be woken for what is due at a time, both in nanoseconds: what is asked for about the same time
  /// comes to the same.
  static func wake(for due: Int, askedAt now: Int) -> Int {
    let most = min(max(1, (due - now) >> tolerance), latest)
    let grain = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    return due.addingClamped(grain - 1) & ~(grain - 1)
  }

  func cancel(_ token: ClockToken) {
    guard take(token) != nil else { return }
    // Fast calls with long timeouts must not pile up.
    if entries.count > 2 * counts.scheduled + RealClock.slack {
      entries = Heap(entries.unordered.filter { isScheduled($0.token) })
      (wakes, knownWakes) = (Heap(), [])
      let now = now
      for entry in entries.unordered { noteWake(for: entry.due, now) }
      setAlarm()
    }
  }

  private func isScheduled(_ token: ClockToken) -> Bool {
    token.slot < slots.count && slots[token.slot].number == token.number
  }

  /// Takes out what is scheduled; nil where that is over.
  private func take(_ token: ClockToken) -> (() -> Void)? {
    guard isScheduled(token), let action = slots[token.slot].action else { return nil }
    slots[token.slot] = Slot()
    freeSlots.append(token.slot)
    // What was needed for very many at once goes back with the last of them.
    if freeSlots.count == slots.count, slots.count > RealClock.slack { (slots, freeSlots) = ([], []) }
    return action
  }

  func kernelIsIdle(_ pace: ClockPace) {}

  private func setAlarm() {
    if isRinging { return }
    guard let wake = wakes.min else {
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
    while let first = entries.min, first.due <= start, moment < start + RealClock.turn {
      entries.removeMin()
      guard let action = take(first.token) else { continue }
      action()
      moment = now
    }
    let isBehind = entries.min.map { $0.due <= moment } == true
    if isBehind { return turns.next { [weak self] in self?.ring() } }
    isRinging = false
    while let wake = wakes.min, wake <= moment {
      wakes.removeMin()
      knownWakes.remove(wake)
    }
    if let next = wakes.min { setAlarm(at: max(next, now + RealClock.nearest)) }
  }
}
