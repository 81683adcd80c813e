import TestSupport
import Testing

@testable import Fetch

struct AdmissionQueueTests {
  private func id(_ number: Int) -> TransferID { TransferID(number: UInt64(number)) }

  private func admitted(_ queue: inout AdmissionQueue) -> [Int] {
    var numbers: [Int] = []
    while let id = queue.next() { numbers.append(Int(id.number)) }
    return numbers
  }

  @Test func serversTakeTurnsAndEachKeepsItsOrder() {
    var queue = AdmissionQueue(perServer: 10, total: 10)
    for number in 1...3 { queue.enqueue(id(number), server: "a") }
    for number in 4...5 { queue.enqueue(id(number), server: "b") }
    #expect(admitted(&queue) == [1, 4, 2, 5, 3])
    #expect(queue.active == 5 && queue.waiting == 0)
  }

  @Test func aServerAtItsBoundHoldsUpNobody() {
    var queue = AdmissionQueue(perServer: 2, total: 3)
    for number in 1...5 { queue.enqueue(id(number), server: "a") }
    #expect(admitted(&queue) == [1, 2])
    queue.enqueue(id(6), server: "b")
    queue.enqueue(id(7), server: "b")
    #expect(admitted(&queue) == [6])
    #expect(!queue.mayAdmit)
    queue.ended(server: "a")
    #expect(Set(admitted(&queue)).count == 1)
    queue.ended(server: "b")
    #expect(Set(admitted(&queue)).count == 1)
    #expect(queue.active == 3 && queue.waiting == 2)
  }

  @Test func aServerNotYetReachedGetsAFew() {
    var queue = AdmissionQueue(perServer: 1_000, total: 1_000)
    for number in 0..<200 { queue.enqueue(id(number), server: "a") }
    #expect(admitted(&queue).count == AdmissionQueue.firstContactLimit)
    queue.reached("a")
    #expect(admitted(&queue).count == 200 - AdmissionQueue.firstContactLimit)
  }

  @Test func whoLeavesTheLineIsNotAdmitted() {
    var queue = AdmissionQueue(perServer: 1, total: 1)
    for number in 1...4 { queue.enqueue(id(number), server: "a") }
    #expect(admitted(&queue) == [1])
    queue.withdraw(id(2), server: "a")
    queue.withdraw(id(4), server: "a")
    queue.ended(server: "a")
    #expect(admitted(&queue) == [3])
    queue.ended(server: "a")
    #expect(admitted(&queue).isEmpty)
    #expect(queue.active == 0 && queue.waiting == 0)
  }

  /// Whatever happens in whatever order, the bounds hold, each transfer begins at most once and none is forgotten.
  @Test(arguments: 0..<20)
  func theBoundsHoldInAnyOrderOfEvents(seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 1)
    var queue = AdmissionQueue(perServer: 3, total: 7)
    var waiting: [TransferID: String] = [:]
    var active: [(id: TransferID, server: String)] = []
    var number = 0
    for _ in 0..<3_000 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1:
        number += 1
        let server = String("abcdef".randomElement(using: &random)!)
        waiting[id(number)] = server
        queue.enqueue(id(number), server: server)
      case 2:
        guard let (left, server) = waiting.randomElement(using: &random) else { continue }
        waiting[left] = nil
        queue.withdraw(left, server: server)
      case 3:
        guard let index = active.indices.randomElement(using: &random) else { continue }
        queue.ended(server: active.remove(at: index).server)
      default:
        while let next = queue.next() {
          guard let server = waiting.removeValue(forKey: next) else {
            Issue.record("\(next) was admitted twice, or after it had left")
            return
          }
          active.append((next, server))
          #expect(active.count { $0.server == server } <= 3)
        }
        let isFull = active.count == 7
        let blocked = waiting.values.allSatisfy { server in active.count { $0.server == server } == 3 }
        #expect(isFull || blocked)
      }
      #expect(queue.active == active.count && queue.waiting == waiting.count && active.count <= 7)
    }
  }
}

struct DeadlineHeapTests {
  @Test(arguments: 0..<10)
  func deadlinesComeInOrderWhateverTheOrderOfTheirMaking(seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 7)
    let start = ContinuousClock.now
    let offsets = (0..<500).map { _ in Int.random(in: 0..<1_000, using: &random) }
    var heap = DeadlineHeap()
    for (number, offset) in offsets.enumerated() {
      heap.insert(TransferID(number: UInt64(number)), start + .seconds(offset))
    }
    #expect(heap.popExpired(start - .seconds(1)) == nil)
    var popped: [Int] = []
    while let id = heap.popExpired(start + .seconds(499)) { popped.append(offsets[Int(id.number)]) }
    #expect(popped == offsets.filter { $0 < 500 }.sorted())
    #expect(heap.earliest.map { $0 > start + .seconds(499) } ?? true)
  }

  @Test func deadlinesOfEndedTransfersDoNotPileUp() {
    var heap = DeadlineHeap()
    let now = ContinuousClock.now
    for number in 0..<10_000 {
      heap.insert(TransferID(number: UInt64(number)), now + .seconds(60))
      if number > 0 { heap.noteEnded { $0.number == 0 } }
    }
    #expect(heap.count < 1_000)
    #expect(heap.popExpired(now + .seconds(61)) != nil)
  }
}
