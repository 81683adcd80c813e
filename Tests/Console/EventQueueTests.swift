import KernelCore
import Testing

@testable import Console

@Suite struct EventQueueTests {
  /// What a handler printed in a loop took gigabytes before anybody read it.
  @Test func whatIsPrintedFasterThanItIsReadIsDroppedBySize() throws {
    let queue = EventQueue()
    let text = String(repeating: "x", count: 1 << 20)
    for _ in 0..<200 { queue.post(.output(cell: 1, text: text)) }
    queue.post(.output(cell: 1, text: "the last"))
    let events = queue.take()
    #expect(events.count < 70)
    guard case .notice(nil, let notice)? = events.first, case .output(1, let last)? = events.last else {
      Issue.record("\(events.count) events")
      return
    }
    #expect(
      notice == "\(202 - events.count) older lines were dropped: they came faster than they could be shown")
    #expect(last == "the last")
    queue.post(.output(cell: 1, text: text))
    #expect(queue.take().count == 1)
  }

  @Test func whatIsPrintedFasterThanItIsReadIsDroppedByNumber() throws {
    let queue = EventQueue()
    for number in 0...300_000 { queue.post(.output(cell: 1, text: "\(number)")) }
    #expect(queue.hasDropped)
    let events = queue.take()
    #expect(events.count > 200_000 && events.count < 270_000)
    guard case .output(1, "300000")? = events.last else {
      Issue.record("the last is not the newest")
      return
    }
  }

  @Test func whoIsWokenBeforeHeWaitsDoesNotWait() {
    let queue = EventQueue()
    queue.wake()
    let start = ContinuousClock.now
    #expect(queue.take(timeout: 30).isEmpty)
    #expect(ContinuousClock.now - start < .seconds(10))
    // Only once.
    #expect(queue.take(timeout: 0.001).isEmpty)
  }

  @Test func oneTextLargerThanAllThatMayWaitIsKept() {
    let queue = EventQueue()
    queue.post(.output(cell: 1, text: String(repeating: "x", count: 65 << 20)))
    #expect(queue.take().count == 1)
  }
}
