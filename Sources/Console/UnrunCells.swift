import Notebooks
import Synchronization

/// The cells of a notebook that have not run, for whoever looks for the one that declares a name. Asked on the kernel's
/// thread.
final class UnrunCells: Sendable {
  private let cells: Mutex<[Cell]>
  private let hasRun: @Sendable (Int) -> Bool

  /// - Parameter hasRun: whether a cell has, by its number.
  init(_ cells: [Cell] = [], hasRun: @escaping @Sendable (Int) -> Bool) {
    self.cells = Mutex(cells)
    self.hasRun = hasRun
  }

  /// These are the cells from now on.
  func set(_ cells: [Cell]) { self.cells.withLock { $0 = cells } }

  /// The last of those that declare a name for the whole notebook.
  func cell(declaring name: String) -> Int? {
    let cells = cells.withLock(\.self)
    return cells.last { cell in
      guard cell.kind == .code, let number = cell.number, !hasRun(number) else { return false }
      return cell.source.contains(name) && Completer.names(declaredIn: cell.source).contains(name)
    }?.number
  }
}
