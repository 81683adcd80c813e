/// The cells that failed when they last ran, with the names that the notebook lacks since.
struct FailedCells {
  private var names: [Int: Set<String>] = [:]

  /// A run of a cell failed, and with it what its text declares.
  mutating func fail(_ cell: Int, declaring declared: Set<String>) {
    names[cell] = declared
  }

  /// A run of a cell succeeded, or the cell is gone.
  mutating func forget(_ cell: Int) { names[cell] = nil }

  func contains(_ cell: Int) -> Bool { names[cell] != nil }

  /// The cell whose last run failed to declare a name; of several the first.
  func cell(declaring name: String) -> Int? { names.filter { $0.value.contains(name) }.keys.min() }
}
