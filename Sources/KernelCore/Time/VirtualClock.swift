import DequeModule
import Foundation
import Language
import NIOCore

/// A clock that stands still while anything can run, and then jumps to the next timer: minutes pass in
/// milliseconds, and the same way every time. Tokio's paused clock, with the difference that transfers
/// under way hold it.
public final class VirtualClock: Clock {
  /// What a replay's clock says at its beginning: always the same, so that output is.
  public static let start = Date(timeIntervalSince1970: 1_767_225_600)

  public private(set) var now = 0
  public var date: Date { VirtualClock.start.addingTimeInterval(Double(now) / 1e9) }

  /// When and in which order something is called.
  private struct Turn: Comparable {
    let time: Int
    let place: ClockPlace
    let token: ClockToken

    static func < (one: Turn, other: Turn) -> Bool {
      (one.time, one.place, one.token.number) < (other.time, other.place, other.token.number)
    }
  }

  private struct Entry {
    let turn: Turn
    let client: any ClockClient
    let number: Int

    func call() { client.clockRang(number) }
  }

  /// Ordered by their turns.
  private var entries: Deque<Entry> = []
  private var turns: [ClockToken: Turn] = [:]
  private var next = 1
  private var lastPlace = 0
  /// Lets what a jump woke run before the next jump; nil where a test moves the clock by hand.
  private let loop: (any EventLoop)?
  private var isJumpPlanned = false
  private var pace = ClockPace.free
  /// Where it stands still; nil for nowhere.
  var end: Int? { didSet { planJump() } }

  /// With a loop the clock moves by itself; without one only `advance` moves it.
  public init(loop: (any EventLoop)? = nil) { self.loop = loop }

  public func nextPlace() -> ClockPlace {
    lastPlace += 1
    return ClockPlace(number: lastPlace)
  }

  public func schedule(
    at time: Int, now: Int, place: ClockPlace, _ client: any ClockClient, _ number: Int
  ) -> ClockToken {
    let token = ClockToken(number: next)
    next += 1
    let turn = Turn(time: max(time, now), place: place, token: token)
    entries.insert(Entry(turn: turn, client: client, number: number), at: index(of: turn))
    turns[token] = turn
    return token
  }

  public func cancel(_ token: ClockToken) {
    guard let turn = turns.removeValue(forKey: token) else { return }
    entries.remove(at: index(of: turn))
  }

  /// Where an entry is or goes.
  private func index(of turn: Turn) -> Int { entries.partitioningIndex { $0.turn >= turn } }

  private func takeFirst() -> Entry {
    let first = entries.removeFirst()
    turns[first.turn.token] = nil
    return first
  }

  public func kernelIsIdle(_ pace: @autoclosure () -> ClockPace) {
    self.pace = pace()
    planJump()
  }

  /// Whether the next entry may have its turn.
  private var mayJump: Bool {
    switch pace {
    case .free: !entries.isEmpty && !isAtEnd
    case .present: isDue
    case .held: false
    }
  }

  /// Whether what comes next would be beyond its end.
  var isAtEnd: Bool { end.map { end in entries.first.map { $0.turn.time > end } ?? false } ?? false }

  /// Whether something is due for which no time need pass.
  var isDue: Bool { entries.first.map { $0.turn.time <= now } ?? false }

  /// How much is scheduled.
  var timerCount: Int { entries.count }

  /// Moves by hand, calling what falls due in order.
  public func advance(by nanoseconds: Int) {
    let end = now.addingClamped(nanoseconds)
    while let next = entries.first, next.turn.time <= end {
      let first = takeFirst()
      now = first.turn.time
      first.call()
    }
    now = end
  }

  private func planJump() {
    guard let loop, !isJumpPlanned, mayJump else { return }
    isJumpPlanned = true
    loop.assumeIsolated().execute { [weak self] in self?.jump() }
  }

  /// One timer at a time: what it wakes runs, and says when it is idle, before the next.
  private func jump() {
    isJumpPlanned = false
    guard mayJump else { return }
    let first = takeFirst()
    now = first.turn.time
    first.call()
    planJump()
  }
}
