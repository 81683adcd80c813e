/// The order of a notebook's cells by their numbers, as it is after each change; 0 stands for a cell without one.
struct CellOrder {
  private(set) var cells: [Int]

  init(_ cells: [Int]) { self.cells = cells }

  /// Does what the change does to the order of a notebook.
  mutating func follow(_ change: NotebookChange) {
    switch change {
    case .added(let cell, let index):
      let number = cell.number ?? 0
      if number == 0 || !cells.contains(number) { cells.insert(number, at: min(max(index, 0), cells.count)) }
    case .edited: break
    case .removed(let cell):
      if let number = cell.number { cells.removeAll { $0 == number } }
    case .moved(let number, let index):
      guard let old = cells.firstIndex(of: number) else { return }
      cells.remove(at: old)
      cells.insert(number, at: min(max(index, 0), cells.count))
    }
  }
}

extension Notebook {
  /// The numbers of all cells, in the order of the cells; 0 for one without a number.
  var order: [Int] { cells.map { $0.number ?? 0 } }
}
