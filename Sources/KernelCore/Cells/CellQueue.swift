import Synchronization

/// The runs of cells that were asked for and are not over, for whoever is not on the loop. While one computes, those
/// asked for after it have not begun; they can be taken back without the loop's help.
final class CellQueue: Sendable {
  /// One run, from being asked for to its end.
  struct Run: Sendable {
    let cell: Int
    fileprivate let id: Int
    fileprivate let completion: @Sendable (CellResult) -> Void
    fileprivate var hasBegun = false
  }

  private struct Content {
    var runs: [Run] = []
    var nextID = 0
  }

  private let content = Mutex(Content())

  /// A run is asked for.
  func add(_ cell: Int, completion: @escaping @Sendable (CellResult) -> Void) -> Run {
    content.withLock { content in
      content.nextID += 1
      let run = Run(cell: cell, id: content.nextID, completion: completion)
      content.runs.append(run)
      return run
    }
  }

  /// The loop comes to a run; false where it was taken back.
  func begin(_ run: Run) -> Bool {
    content.withLock { content in
      guard let place = content.runs.firstIndex(where: { $0.id == run.id }) else { return false }
      content.runs[place].hasBegun = true
      return true
    }
  }

  /// A run is over.
  func end(_ run: Run) { content.withLock { $0.runs.removeAll { $0.id == run.id } } }

  /// Takes the runs back that have not begun, of one cell or of all: they are over now, interrupted. False where there
  /// are none.
  @discardableResult
  func takeBack(_ cell: Int? = nil) -> Bool {
    let taken = content.withLock { content in
      let taken = content.runs.filter { !$0.hasBegun && (cell ?? $0.cell) == $0.cell }
      content.runs.removeAll { run in taken.contains { $0.id == run.id } }
      return taken
    }
    for run in taken {
      run.completion(
        CellResult(cell: run.cell, executionCount: 0, outcome: .interrupted, notes: [], duration: .zero))
    }
    return !taken.isEmpty
  }

  /// Whether a run of this cell has not begun, and none other of it is under way.
  func waits(_ cell: Int) -> Bool {
    content.withLock { content in
      let own = content.runs.filter { $0.cell == cell }
      return !own.isEmpty && !own.contains(where: \.hasBegun)
    }
  }

  /// Whether a run of this cell has begun.
  func hasBegun(_ cell: Int) -> Bool {
    content.withLock { $0.runs.contains { $0.hasBegun && $0.cell == cell } }
  }

  /// Whether of all cells this one alone has begun, so that no other can be the one that computes.
  func isAlone(_ cell: Int) -> Bool {
    content.withLock { content in
      let begun = content.runs.filter(\.hasBegun)
      return !begun.isEmpty && begun.allSatisfy { $0.cell == cell }
    }
  }
}
