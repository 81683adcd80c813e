import Dispatch
import Synchronization
import Testing

@testable import KernelCore

/// Cells that are asked for while another computes, and which of them an interruption stops.
struct CellQueueTests {
  /// What cells came to, from whichever thread.
  private final class Ends: Sendable {
    private let outcomes = Mutex<[Int: [CellResult.Outcome]]>([:])
    private let changed = DispatchSemaphore(value: 0)

    func add(_ result: CellResult) {
      outcomes.withLock { $0[result.cell, default: []].append(result.outcome) }
      changed.signal()
    }

    subscript(_ cell: Int) -> [CellResult.Outcome] { outcomes.withLock { $0[cell] ?? [] } }

    /// Waits until so many cells have ended.
    func wait(_ count: Int) -> Bool {
      (0..<count).allSatisfy { _ in changed.wait(timeout: .now() + 30) == .success }
    }
  }

  /// A kernel on a loop of its own, where only an interruption ends what computes.
  private static func withKernel(_ body: (KernelHandle, _ begins: DispatchSemaphore) throws -> Void) throws {
    var configuration = KernelConfiguration()
    configuration.machineLimits.cellTime = 3_600_000_000_000
    let begins = DispatchSemaphore(value: 0)
    let kernel = try KernelHandle(configuration) { event in
      if case .output = event { begins.signal() }
    }
    defer {
      kernel.stopComputing()
      kernel.shutDown(grace: .zero)
    }
    try body(kernel, begins)
  }

  @Test func aRunIsTakenBackOnlyBeforeItHasBegun() {
    let (queue, ends) = (CellQueue(), Ends())
    let first = queue.add(1) { ends.add($0) }
    let again = queue.add(1) { ends.add($0) }
    let other = queue.add(2) { ends.add($0) }
    #expect(!queue.hasBegun(1) && !queue.isAlone(1))
    #expect(queue.begin(first) && queue.hasBegun(1) && queue.isAlone(1) && !queue.isAlone(2))
    #expect(queue.takeBack(1))
    #expect(ends[1] == [.interrupted] && ends[2].isEmpty)
    #expect(!queue.takeBack(1) && !queue.begin(again))
    #expect(queue.begin(other) && !queue.isAlone(1))
    queue.end(other)
    #expect(queue.isAlone(1) && !queue.hasBegun(2))
    queue.end(first)
    #expect(!queue.isAlone(1))
    for cell in 3...5 { _ = queue.add(cell) { ends.add($0) } }
    #expect(queue.takeBack())
    #expect((3...5).allSatisfy { ends[$0] == [.interrupted] })
  }

  @Test func anInterruptionStopsTheCellThatIsMeant() throws {
    try Self.withKernel { kernel, begins in
      let ends = Ends()
      kernel.run(cell: 1, text: "print(1); while true { }") { ends.add($0) }
      begins.wait()
      kernel.run(cell: 2, text: "print(2); while true { }") { ends.add($0) }
      kernel.run(cell: 3, text: "3") { ends.add($0) }
      kernel.interrupt(cell: 2)
      #expect(ends[2] == [.interrupted] && ends[1].isEmpty && ends[3].isEmpty)
      kernel.interrupt(cell: 1)
      #expect(ends.wait(3))
      #expect(ends[1] == [.interrupted] && ends[3] == [.succeeded("3")] && ends[2].count == 1)
    }
  }

  @Test func aCellThatWaitsIsStoppedAloneUnlessAnotherComputes() throws {
    try Self.withKernel { kernel, begins in
      let ends = Ends()
      for cell in 1...3 {
        kernel.run(cell: cell, text: "print(\(cell)); await deferred()") { ends.add($0) }
        begins.wait()
      }
      kernel.interrupt(cell: 1)
      #expect(ends.wait(1))
      #expect(ends[1] == [.interrupted] && ends[2].isEmpty && ends[3].isEmpty)
      kernel.run(cell: 4, text: "print(4); while true { }") { ends.add($0) }
      begins.wait()
      kernel.interrupt(cell: 2)
      #expect(ends.wait(2))
      #expect(ends[2] == [.interrupted] && ends[4] == [.interrupted] && ends[3].isEmpty)
    }
  }

  @Test func aCellThatComputesGivesWayWhereItIsRunAgain() throws {
    try Self.withKernel { kernel, begins in
      let ends = Ends()
      kernel.run(cell: 1, text: "print(1); while true { }") { ends.add($0) }
      begins.wait()
      kernel.run(cell: 1, text: "\"again\"") { ends.add($0) }
      #expect(ends.wait(2))
      #expect(ends[1] == [.interrupted, .succeeded("\"again\"")])
      kernel.run(cell: 2, text: "print(2); while true { }") { ends.add($0) }
      begins.wait()
      kernel.removeEffects(of: 2)
      #expect(ends.wait(1))
      #expect(ends[2] == [.interrupted])
    }
  }

  /// As long as something can still be learnt of the text.
  @Test func aTextThatCannotRunStopsNothing() throws {
    try Self.withKernel { kernel, begins in
      let ends = Ends()
      kernel.run(cell: 1, text: "let go = deferred()") { ends.add($0) }
      kernel.run(cell: 2, text: "print(2); await go") { ends.add($0) }
      begins.wait()
      kernel.run(cell: 2, text: "let") { ends.add($0) }
      #expect(ends.wait(2) && ends[2].count == 1 && ends[2] != [.interrupted])
      kernel.run(cell: 3, text: "go.resolve(5); nil") { ends.add($0) }
      #expect(ends.wait(2))
      #expect(ends[2].last == .succeeded("5"))
    }
  }
}
