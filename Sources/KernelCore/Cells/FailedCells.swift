/// The cells that did not succeed when they last ran, with the names that the notebook lacks since.
struct FailedCells {
  private var runs: [Int: (names: Set<String>, wasStopped: Bool)] = [:]

  /// A run of a cell failed or was stopped, and with it what its text declares.
  mutating func fail(_ cell: Int, declaring declared: Set<String>, wasStopped: Bool = false) {
    runs[cell] = (declared, wasStopped)
  }

  /// A run of a cell succeeded, or the cell is gone.
  mutating func forget(_ cell: Int) { runs[cell] = nil }

  /// How the last run of a cell ended, where it was no success.
  func end(of cell: Int) -> String? { runs[cell].map { $0.wasStopped ? "was stopped" : "failed" } }

  /// What to do about a name that the last run of a cell failed to declare; of several cells the first counts.
  func advice(on name: String) -> String? {
    guard let (cell, run) = runs.filter({ $0.value.names.contains(name) }).min(by: { $0.key < $1.key }) else {
      return nil
    }
    return run.wasStopped
      ? "cell [\(cell)], which declares it, was stopped: run that one again"
      : "cell [\(cell)], which declares it, failed: mend that one first"
  }
}
