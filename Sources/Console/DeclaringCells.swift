import Notebooks
import Synchronization

/// The cells of a notebook, for what an error advises where the kernel lacks a name that one of them declares. Asked on
/// the kernel's thread.
final class DeclaringCells: Sendable {
  private let cells: Mutex<[Cell]>
  private let hasRun: @Sendable (Int) -> Bool

  /// - Parameter hasRun: whether a cell has, by its number.
  init(_ cells: [Cell] = [], hasRun: @escaping @Sendable (Int) -> Bool) {
    self.cells = Mutex(cells)
    self.hasRun = hasRun
  }

  /// These are the cells from now on.
  func set(_ cells: [Cell]) { self.cells.withLock { $0 = cells } }

  /// Which cell to run for a name; nil where none but the asking one declares it for the whole notebook.
  func advice(on name: String, askedBy asking: Int?) -> String? {
    let cells = cells.withLock(\.self)
    let declaring = cells.last { cell in
      cell.kind == .code && cell.number != asking && cell.source.contains(name)
        && Completer.names(declaredIn: cell.source).contains(name)
    }
    guard let number = declaring?.number else { return nil }
    return hasRun(number)
      ? "cell [\(number)] declares it: run that one again"
      : "cell [\(number)], which declares it, has not run: run that one first"
  }
}
