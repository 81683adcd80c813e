import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Web

@testable import KernelCore

/// The machine's own clock.
final class RealClockTests {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let loop: any EventLoop
  private let clock: NIOLoopBound<RealClock>

  init() throws {
    let loop = group.next()
    self.loop = loop
    clock = try loop.submit {
      NIOLoopBound(RealClock(LoopTurns(eventLoop: loop), loop: loop), eventLoop: loop)
    }.wait()
  }

  deinit { group.shutdownGracefully { _ in } }

  @Test func whatIsDueTogetherRunsInTheOrderOfScheduling() async throws {
    let order = Mutex<[Int]>([])
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      loop.execute { [clock] in
        let due = clock.value.now + 300_000_000
        _ = clock.value.schedule(at: due + 1) { done.resume() }
        for number in 0..<100 {
          _ = clock.value.schedule(at: due) { order.withLock { $0.append(number) } }
        }
        _ = clock.value.schedule(at: due - 200_000_000) { order.withLock { $0.append(-1) } }
      }
    }
    #expect(order.withLock { $0 } == Array(-1..<100))
  }

  @Test func whatWasCancelledIsNotCalledAndDoesNotPileUp() throws {
    let counts = try loop.submit { [clock] in
      let clock = clock.value
      let far = clock.now + 3_600_000_000_000
      _ = clock.schedule(at: far) {}
      for _ in 0..<100_000 { clock.cancel(clock.schedule(at: far) { Issue.record("it is called") }) }
      return clock.counts
    }.wait()
    #expect(counts.scheduled == 1)
    #expect(counts.kept < 2_000)
  }

  /// What was asked for long before may be called later after its time, but not behind what is due later.
  @Test func whatIsDueEarlierIsCalledBeforeWhatWasAskedForLater() async throws {
    let order = Mutex<[Int]>([])
    let (early, late) = (20, 400)
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      loop.execute { [clock, loop] in
        let start = clock.value.now
        let due = start + 1_100_000_000
        for number in 0..<early {
          _ = clock.value.schedule(at: due + number * 40_000) { order.withLock { $0.append(number * 40) } }
        }
        // So that the rest need not wait as long for one another.
        loop.assumeIsolated().scheduleTask(in: .milliseconds(900)) {
          for number in 0..<late {
            _ = clock.value.schedule(at: due + number * 2_000 + 1) {
              order.withLock { $0.append(number * 2 + 1) }
            }
          }
          _ = clock.value.schedule(at: due + 3_000_000) { done.resume() }
        }
      }
    }
    let called = order.withLock { $0 }
    #expect(called.count == early + late)
    #expect(called.map { $0 / 2 } == called.map { $0 / 2 }.sorted())
  }

  /// So that it can have near what it needs for all of them; nobody is told of what is another's.
  @Test func whoIsCalledForManyThingsIsToldBefore() async throws {
    let (one, other) = (ToldClient(), ToldClient())
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      loop.execute { [clock] in
        let clock = clock.value
        let now = clock.now
        for number in 0..<10 {
          _ = clock.schedule(
            at: now + 50_000_000, now: now, place: clock.nextPlace(), number % 3 == 0 ? one : other, number)
        }
        _ = clock.schedule(at: now + 60_000_000) { done.resume() }
      }
    }
    #expect(one.events.withLock { $0 } == ["soon [0, 3, 6, 9]", "0", "3", "6", "9"])
    #expect(other.events.withLock { $0 } == ["1", "2", "4", "5", "7", "8"])
  }

  private final class ToldClient: ClockClient, Sendable {
    let events = Mutex<[String]>([])

    func clockWillRing(_ numbers: [Int]) { events.withLock { $0.append("soon \(numbers)") } }
    func clockRang(_ number: Int) { events.withLock { $0.append("\(number)") } }
  }

  @Test func toCancelWhatIsOverTakesNothingElseAway() async throws {
    let called = Mutex(0)
    await withCheckedContinuation { done in
      loop.execute { [clock] in
        let clock = clock.value
        let start = clock.now
        var tokens: [ClockToken] = []
        for number in 0..<2_000 {
          tokens.append(clock.schedule(at: start + number * 1_000) { called.withLock { $0 += 1 } })
        }
        _ = clock.schedule(at: start + 20_000_000) {
          for _ in 0..<3 { for token in tokens { clock.cancel(token) } }
          #expect(clock.counts.kept < 2_000)
          _ = clock.schedule(at: clock.now + 1_000_000) { called.withLock { $0 += 1 } }
        }
        _ = clock.schedule(at: start + 60_000_000) { done.resume() }
      }
    }
    #expect(called.withLock { $0 } == 2_001)
  }

  @Test func whatIsDueAboutTheSameTimeWakesTheLoopTogether() throws {
    let counts = try loop.submit { [clock] in
      let clock = clock.value
      let due = clock.now + 60_000_000_000
      for number in 0..<1_000 { _ = clock.schedule(at: due + number * 800) {} }
      return clock.counts
    }.wait()
    #expect(counts.scheduled == 1_000)
    #expect((1...2).contains(counts.wakes))
  }

  /// A timer is late by no more than a five-hundredth of its time, and a little more than a millisecond.
  @Test(arguments: [
    (1_000_000_000, 1...2), (100_000_000, 7...8), (1_000_000, 350...500), (0, 500...1_000),
  ])
  func howFarTimersWaitForEachOtherDependsOnTheirTime(delay: Int, wakes: ClosedRange<Int>) {
    for now in [0, 1, 999_999_999, 123_456_789_012_345] {
      let all = (0..<1_000).map { number in
        let due = now + delay + number * 800
        let wake = RealClock.wake(for: due, askedAt: now)
        #expect((due...due + min((due - now) / 500, 1 << 20)).contains(wake))
        return wake
      }
      #expect(wakes.contains(Set(all).count))
    }
    #expect(RealClock.wake(for: .max, askedAt: 0) >= .max - (1 << 20))
  }

  @Test func aCancelledAlarmDoesNotKeepWhatComesLaterFromBeingCalled() async throws {
    await withCheckedContinuation { done in
      loop.execute { [clock] in
        let clock = clock.value
        let first = clock.schedule(at: clock.now + 1_000_000) { Issue.record("it is called") }
        _ = clock.schedule(at: clock.now + 3_000_000) { done.resume() }
        clock.cancel(first)
      }
    }
  }

  @Test func aTimeThatHasPassedIsNotCalledAtOnce() throws {
    let isAtOnce = try loop.submit { [clock] in
      let called = Mutex(false)
      _ = clock.value.schedule(at: 0) { called.withLock { $0 = true } }
      return called.withLock { $0 }
    }.wait()
    #expect(!isAtOnce)
  }

  /// Without turns the loop would come to nothing else before all of them have been called.
  @Test func manyThatAreDueTogetherLeaveTurnsForEverythingElse() throws {
    let total = 20_000
    let called = Atomic<Int>(0)
    try loop.submit { [clock] in
      let due = clock.value.now + 1_000_000
      for _ in 0..<total {
        _ = clock.value.schedule(at: due) {
          let end = DispatchTime.now().uptimeNanoseconds + 10_000
          while DispatchTime.now().uptimeNanoseconds < end {}
          called.add(1, ordering: .relaxed)
        }
      }
    }.wait()
    var turnsBetween = 0
    while called.load(ordering: .relaxed) < total {
      let seen = try loop.submit { called.load(ordering: .relaxed) }.wait()
      if seen > 0, seen < total { turnsBetween += 1 }
    }
    #expect(turnsBetween > 10)
  }
}
