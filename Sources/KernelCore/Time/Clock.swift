import Foundation

/// Where a kernel's time comes from: the machine's clock, or one that tests and replays move themselves.
/// Confined to the kernel's event loop.
public protocol Clock: AnyObject {
  /// Nanoseconds on a clock that never goes back.
  var now: Int { get }
  /// The date and time that people would say.
  var date: Date { get }
  /// Calls `client` with `number` at `time`, or as soon as possible where that has passed; never before this returns.
  /// What is scheduled for the same time is called in the order of the places, then in the order of scheduling.
  ///
  /// - Parameter now: what this clock says now.
  func schedule(
    at time: Int, now: Int, place: ClockPlace, _ client: any ClockClient, _ number: Int
  ) -> ClockToken
  /// A place behind all that were given before.
  func nextPlace() -> ClockPlace
  /// Takes back what has not been called yet.
  func cancel(_ token: ClockToken)
  /// The kernel has nothing to run: a virtual clock may move on, as far as is said.
  func kernelIsIdle(_ pace: @autoclosure () -> ClockPace)
}

/// How far a virtual clock may move while nothing runs.
public enum ClockPace: Sendable {
  /// To the next timer.
  case free
  /// Time stands still, since something outside is under way, a transfer; what is due at this moment happens.
  case present
  /// Nothing happens.
  case held
}

/// Is called by a clock for each thing that it has scheduled, with the number that it gave: of those of whom there are a
/// hundred thousand at a time none has memory of its own to be taken and given back.
public protocol ClockClient: AnyObject {
  /// What these numbers stand for is called soon, most of it.
  func clockWillRing(_ numbers: [Int])
  func clockRang(_ number: Int)
}

extension ClockClient {
  public func clockWillRing(_: [Int]) {}
}

extension Clock {
  /// The same for a single action.
  func schedule(at time: Int, place: ClockPlace, _ action: @escaping () -> Void) -> ClockToken {
    schedule(at: time, now: now, place: place, SingleAction(action), 0)
  }

  /// The same, in a place of its own.
  func schedule(at time: Int, _ action: @escaping () -> Void) -> ClockToken {
    schedule(at: time, place: nextPlace(), action)
  }
}

private final class SingleAction: ClockClient {
  private let action: () -> Void

  init(_ action: @escaping () -> Void) { self.action = action }

  func clockRang(_: Int) { action() }
}

/// Names something scheduled. Later ones have greater numbers.
public struct ClockToken: Hashable, Sendable {
  let number: Int
}

/// Where something stands among all that falls due at the same moment. A timer keeps its place from when it was made,
/// however often it is scheduled: a clock in real time, where no two are made at the same moment, would call them in
/// that order too.
public struct ClockPlace: Comparable, Sendable {
  let number: Int

  public static func < (one: ClockPlace, other: ClockPlace) -> Bool { one.number < other.number }
}
