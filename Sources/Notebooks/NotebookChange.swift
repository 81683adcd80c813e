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

  /// Makes the changes again that a journal kept, and gives those that were made, as they were made now.
  ///
  /// The notebook may have changed since. Nothing that is in it is lost: a cell whose number is taken comes to the end
  /// with a new one, a cell that reads otherwise than when it was edited stays and what was written comes to the end,
  /// and a cell that reads otherwise than when it was deleted stays.
  public mutating func restore(_ changes: [NotebookChange]) -> [NotebookChange] {
    var made: [NotebookChange] = []
    // Cells that the journal brought, by the numbers they had there.
    var numbers: [Int: Int] = [:]
    for change in changes {
      guard let adapted = adapted(change, numbers), let inverse = try? apply(adapted) else { continue }
      if case .removed(let placed) = inverse {
        // It came, perhaps under another number.
        if let number = change.number { numbers[number] = placed.number }
        made.append(.added(placed, at: placed.number.flatMap(index(of:)) ?? cells.count - 1))
      } else {
        made.append(adapted)
      }
    }
    return made
  }

  /// What a change comes to in this notebook; nil where nothing is to be done.
  private func adapted(_ change: NotebookChange, _ numbers: [Int: Int]) -> NotebookChange? {
    switch change {
    case .added(var cell, let index):
      if let number = cell.number, let placed = numbers[number], let present = self[placed] {
        // Entered twice: the later text counts.
        return present.source == cell.source ? nil : .edited(placed, from: present.source, to: cell.source)
      }
      if let number = cell.number, let present = self[number] {
        if present.source == cell.source, present.kind == cell.kind { return nil }
        cell.number = nil
        return .added(cell, at: cells.count)
      }
      if let number = cell.number, !(1...Notebook.maximumNumber).contains(number) { cell.number = nil }
      return .added(cell, at: index)
    case .removed(let cell):
      guard let number = cell.number, let present = self[numbers[number] ?? number],
        present.source == cell.source
      else { return nil }
      return .removed(present)
    case .edited(let number, let from, let to):
      let place = numbers[number] ?? number
      guard let present = self[place] else { return .added(Cell(source: to), at: cells.count) }
      if present.source == to { return nil }
      return present.source == from
        ? .edited(place, from: from, to: to) : .added(Cell(source: to), at: cells.count)
    case .moved(let number, let index):
      let place = numbers[number] ?? number
      return self[place] == nil || self.index(of: place) == index ? nil : .moved(place, to: index)
    }
  }
}
