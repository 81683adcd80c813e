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
  /// The notebook may have changed since. Nothing that is in it is lost: a cell whose number is taken comes with a new
  /// one, a cell that reads otherwise than when it was edited stays and what was written comes to the end, and a cell
  /// that reads otherwise than when it was deleted stays. What comes keeps its order, beside the neighbours that it had.
  ///
  /// - Parameter base: the notebook that the changes were made in, where cells have come to this one since.
  public mutating func restore(_ changes: [NotebookChange], madeIn base: Notebook? = nil) -> [NotebookChange]
  {
    var made: [NotebookChange] = []
    var origin = Origin(base ?? self)
    for change in changes {
      let adapted = adapted(change, origin)
      let inverse = adapted.flatMap { try? apply($0) }
      if case .removed(let placed) = inverse {
        // It came, perhaps under another number, or is what was edited in place of a cell that reads otherwise.
        made.append(.added(placed, at: placed.number.flatMap(index(of:)) ?? cells.count - 1))
        origin.follow(change, as: placed.number)
      } else {
        if inverse != nil, let adapted { made.append(adapted) }
        origin.follow(change, as: nil)
      }
    }
    return made
  }

  /// Where the cells stood for whoever made the changes of a journal.
  private struct Origin {
    /// The cells by the numbers that they have here; 0 for those without one.
    private(set) var order: [Int]
    /// Cells that the journal brought, by the numbers they had there.
    private var numbers: [Int: Int] = [:]
    /// The numbers that those have here.
    private var brought: Set<Int> = []

    init(_ base: Notebook) { order = base.cells.map { $0.number ?? 0 } }

    /// The number here of a cell of the journal.
    func number(_ number: Int) -> Int { numbers[number] ?? number }

    /// Whether the journal has brought a cell with this number of its own.
    func hasBrought(_ number: Int) -> Bool { numbers[number] != nil }

    /// Whether a number here is that of a cell which the journal has brought, under whatever number it had there.
    func isBrought(_ number: Int) -> Bool { brought.contains(number) }

    /// A change was made there; a cell that came has this number here.
    mutating func follow(_ change: NotebookChange, as placed: Int?) {
      switch change {
      case .added(let cell, let index):
        guard let number = cell.number else { return }
        if let placed {
          numbers[number] = placed
          brought.insert(placed)
        }
        let here = self.number(number)
        if !order.contains(here) { order.insert(here, at: min(max(index, 0), order.count)) }
      case .edited(let number, _, _):
        if let placed {
          numbers[number] = placed
          brought.insert(placed)
          if !order.contains(placed) { order.append(placed) }
        }
      case .removed(let cell):
        let here = cell.number.map(self.number)
        order.removeAll { $0 == here }
      case .moved(let number, let index):
        let here = self.number(number)
        guard let old = order.firstIndex(of: here) else { return }
        order.remove(at: old)
        order.insert(here, at: min(max(index, 0), order.count))
      }
    }
  }

  /// Where a cell goes among the cells here but one, that came to a place among those there; nil where nothing of what
  /// stood beside it is here.
  private func place(_ index: Int, _ origin: Origin, without moved: Int? = nil) -> Int? {
    let here = cells.map { $0.number ?? 0 }.filter { $0 != moved }
    let there = origin.order.filter { $0 != moved }
    if here == there { return index }
    let index = min(max(index, 0), there.count)
    let places = Dictionary(here.enumerated().filter { $0.element > 0 }.map { ($0.element, $0.offset) }) {
      $1
    }
    if let before = there[..<index].last(where: { places[$0] != nil }) {
      return places[before].map { $0 + 1 }
    }
    return there[index...].first { places[$0] != nil }.flatMap { places[$0] }
  }

  /// What a change comes to in this notebook; nil where nothing is to be done.
  private func adapted(_ change: NotebookChange, _ origin: Origin) -> NotebookChange? {
    switch change {
    case .added(var cell, let index):
      let isElsewhere = origin.order != cells.map { $0.number ?? 0 }
      let place = place(index, origin) ?? cells.count
      if let number = cell.number, origin.hasBrought(number), let present = self[origin.number(number)] {
        // Entered twice: the later text counts.
        return present.source == cell.source
          ? nil : .edited(origin.number(number), from: present.source, to: cell.source)
      }
      if let number = cell.number, let present = self[number] {
        if !origin.isBrought(number), present.source == cell.source, present.kind == cell.kind { return nil }
        cell.number = nil
        return .added(cell, at: isElsewhere ? place : cells.count)
      }
      if let number = cell.number, !(1...Notebook.maximumNumber).contains(number) { cell.number = nil }
      return .added(cell, at: place)
    case .removed(let cell):
      guard let number = cell.number, let present = self[origin.number(number)],
        present.source == cell.source
      else { return nil }
      return .removed(present)
    case .edited(let number, let from, let to):
      let here = origin.number(number)
      guard let present = self[here] else { return .added(Cell(source: to), at: cells.count) }
      if present.source == to { return nil }
      return present.source == from
        ? .edited(here, from: from, to: to) : .added(Cell(source: to), at: cells.count)
    case .moved(let number, let index):
      let here = origin.number(number)
      guard let old = self.index(of: here), let place = place(index, origin, without: here) else {
        return nil
      }
      return old == place ? nil : .moved(here, to: place)
    }
  }
}
