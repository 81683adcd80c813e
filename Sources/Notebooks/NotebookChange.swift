/// A change that a person made to a notebook: it can be made, kept in a journal, made again, and taken back.
public enum NotebookChange: Equatable, Sendable {
  /// A cell came to a place among the cells, counted from 0.
  case added(Cell, at: Int)
  /// A cell went, as it was.
  case removed(Cell)
  /// A cell got another source in place of the one it had.
  case edited(Int, from: String, to: String)
  /// A cell went to a place among the other cells, counted from 0.
  case moved(Int, to: Int)
}

extension NotebookChange {
  /// The number of the cell that it is about; nil for a cell that has none.
  public var number: Int? {
    switch self {
    case .added(let cell, _), .removed(let cell): cell.number
    case .edited(let number, _, _), .moved(let number, _): number
    }
  }
}

extension Notebook {
  /// Makes a change; gives the one that takes it back.
  ///
  /// Throws when a cell that it names does not exist, or one that comes has a number that is taken.
  @discardableResult
  public mutating func apply(_ change: NotebookChange) throws(NotebookError) -> NotebookChange {
    switch change {
    case .added(let cell, let index):
      return .removed(try insert(cell, at: index))
    case .removed(let cell):
      guard let number = cell.number, let index = index(of: number) else {
        throw .noCell(cell.number ?? 0, existing: cells.compactMap(\.number).sorted())
      }
      return .added(try delete(number), at: index)
    case .edited(let number, _, let source):
      let before = self[number]?.source ?? ""
      try replace(number, source: source)
      return .edited(number, from: source, to: before)
    case .moved(let number, let index):
      let before = self.index(of: number) ?? 0
      try move(number, to: index)
      return .moved(number, to: before)
    }
  }
}
