import KernelCore
import Synchronization

/// What became of each cell when it last ran. Cells in the background end on other threads.
final class CellStates: Sendable {
  enum State: Sendable {
    /// It runs, or waits in the background.
    case underWay
    case ended(CellResult)
  }

  /// One run of a cell.
  struct Run: Sendable {
    let cell: Int
    fileprivate let id: Int
  }

  private struct Content {
    var states: [Int: (id: Int, text: String, state: State)] = [:]
    var nextID = 0
  }

  private let content = Mutex(Content())

  subscript(_ cell: Int) -> State? { content.withLock { $0.states[cell]?.state } }

  /// Which run was the last of a cell; nil where it has not run.
  func lastRun(of cell: Int) -> Int? { content.withLock { $0.states[cell]?.id } }

  /// The text that a cell had when it last ran.
  func text(of cell: Int) -> String? { content.withLock { $0.states[cell]?.text } }

  func begin(_ cell: Int, _ text: String) -> Run {
    content.withLock { content in
      content.nextID += 1
      content.states[cell] = (content.nextID, text, .underWay)
      return Run(cell: cell, id: content.nextID)
    }
  }

  /// Keeps what a run came to; false where a later run of the cell, or a restart, has made it meaningless.
  @discardableResult
  func end(_ run: Run, _ result: CellResult) -> Bool {
    content.withLock { content in
      guard content.states[run.cell]?.id == run.id else { return false }
      content.states[run.cell]?.state = .ended(result)
      return true
    }
  }

  /// Whether the cell of a run has begun again since.
  func hasBegunAgain(_ run: Run) -> Bool {
    content.withLock { content in content.states[run.cell].map { $0.id > run.id } ?? false }
  }

  /// Keeps a result of a cell that was not begun one by one.
  func note(_ result: CellResult, _ text: String) { end(begin(result.cell, text), result) }

  func forget(_ cell: Int) { content.withLock { $0.states[cell] = nil } }

  /// Gives the cells that were under way, in order.
  @discardableResult
  func forgetAll() -> [Int] {
    content.withLock { content in
      let underWay = content.states.filter { if case .underWay = $0.value.state { true } else { false } }
      content.states.removeAll()
      return underWay.keys.sorted()
    }
  }
}

/// The run of a cell that the prompt waits for: what the cell prints needs no label.
final class RunningCell: Sendable {
  private let value = Mutex<CellStates.Run?>(nil)

  var number: Int? { value.withLock { $0?.cell } }

  /// Says that the prompt waits for a run.
  func begin(_ run: CellStates.Run) { value.withLock { $0 = run } }

  /// Says that the prompt no longer waits for a run; false where it did not.
  @discardableResult
  func end(_ run: CellStates.Run) -> Bool {
    value.withLock { value in
      guard value?.id == run.id else { return false }
      value = nil
      return true
    }
  }
}

/// Something that has happened, told from another thread.
final class Flag: Sendable {
  private let value = Mutex(false)

  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }

  /// Whether it has happened; from now on it has not.
  func take() -> Bool {
    value.withLock { value in
      defer { value = false }
      return value
    }
  }
}

/// Results that come one by one from another thread.
final class ResultList: Sendable {
  private struct Content {
    var results: [CellResult] = []
    /// Where the results of cells go that nobody waits for any more.
    var others: [Int: Slot<CellResult>] = [:]
  }

  private let content = Mutex(Content())

  var all: [CellResult] { content.withLock { $0.results } }
  /// How many cells have ended or were left to themselves.
  var count: Int { content.withLock { $0.results.count + $0.others.count } }

  func add(_ result: CellResult) {
    let slot = content.withLock { content in
      if content.others[result.cell] == nil { content.results.append(result) }
      return content.others[result.cell]
    }
    slot?.set(result)
  }

  /// From now on what a cell comes to goes elsewhere; so does what it has come to already.
  func leave(_ cell: Int, to slot: Slot<CellResult>) {
    let result = content.withLock { content in
      content.others[cell] = slot
      let place = content.results.firstIndex { $0.cell == cell }
      return place.map { content.results.remove(at: $0) }
    }
    if let result { slot.set(result) }
  }
}
