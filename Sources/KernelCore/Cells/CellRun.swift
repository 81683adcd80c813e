import Language
import VM

/// One run of a cell: what it declared, and while it is under way what that replaced.
final class CellRun {
  /// The number that everything it makes carries as its owner.
  let owner: UInt32
  let cell: Int
  let executionCount: Int
  let source: SourceText
  let hasValue: Bool
  let started: Int
  /// The run of the same cell before it, whose effects it takes over when it succeeds.
  let previous: CellRun?
  var task: TaskID?
  var isUnderWay = true
  /// How it was stopped, where it was.
  var isInterrupted = false
  let completion: (CellResult) -> Void

  var globals: Set<Int> = []
  /// For each global that it took over from a cell, that cell.
  var replacedGlobals: [Int: Int] = [:]
  var routes: Set<RouteKey> = []
  var notes: [String] = []
  var undo = UndoRecord()

  init(
    owner: UInt32, cell: Int, executionCount: Int, source: SourceText, hasValue: Bool, started: Int,
    previous: CellRun?, completion: @escaping (CellResult) -> Void
  ) {
    self.owner = owner
    self.cell = cell
    self.executionCount = executionCount
    self.source = source
    self.hasValue = hasValue
    self.started = started
    self.previous = previous
    self.completion = completion
  }
}

/// What a run replaced, to be put back if it fails.
struct UndoRecord {
  struct Global {
    /// Nil where nothing was declared.
    let content: (value: Pin, kind: GlobalKind)?
    let owner: UInt32?
  }

  var globals: [Int: Global] = [:]
  /// Nil where there was no such route.
  var routes: [RouteKey: RouteRecord?] = [:]
}
