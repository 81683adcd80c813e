extension Notebook {
  /// Makes the changes again that a journal kept, and gives those that were made, as they were made now.
  ///
  /// The notebook may have changed since. Nothing that is in it is lost: a cell whose number is taken comes with a new
  /// one, a cell that reads otherwise than when it was edited stays and what was written comes to the end, and a cell
  /// that reads otherwise than when it was deleted stays. What comes or was moved goes where it stood in the end, beside
  /// the neighbours that it had; of cells that were not touched the order stays.
  ///
  /// - Parameters:
  ///   - changes: what all of the journal comes to. The places in them do not count.
  ///   - order: the order in which the cells stood in the end, by the numbers of the journal; 0 for those without one.
  public mutating func restore(_ changes: [NotebookChange], inOrder order: [Int]) -> [NotebookChange] {
    var made: [NotebookChange] = []
    var restoring = Restoring(changes, order)
    for change in changes {
      guard let adapted = restoring.adapted(change, in: self), let inverse = try? apply(adapted) else {
        restoring.settle(change)
        continue
      }
      if case .removed(let placed) = inverse {
        // It came, perhaps under another number, or is what was edited in place of a cell that reads otherwise.
        made.append(.added(placed, at: placed.number.flatMap(index(of:)) ?? cells.count - 1))
        restoring.settle(change, as: placed.number)
      } else {
        made.append(adapted)
        restoring.settle(change)
      }
    }
    return made
  }
}

/// What is known of a journal's cells while its changes are made again.
private struct Restoring {
  /// The order in the end, by the numbers of the journal; those of cells without one count down from -1.
  private let order: [Int]
  private let inOrder: Set<Int>
  /// How many of them have no number.
  private let unnumbered: Int
  /// Cells of the journal that are still to come or to be moved: what lies in the notebook under these numbers stands
  /// elsewhere, or is another cell.
  private var unsettled: Set<Int>
  /// The numbers here of cells that came with the journal, or as what was edited in it.
  private var numbers: [Int: Int] = [:]
  /// The numbers here of the cells that stand in the order as those of the journal.
  private var placed: [Int: Int] = [:]
  /// The same numbers alone.
  private var placedHere: Set<Int> = []

  init(_ changes: [NotebookChange], _ order: [Int]) {
    self.order = Restoring.labels(order)
    inOrder = Set(order)
    unnumbered = order.count { $0 == 0 }
    unsettled = Set(
      changes.compactMap { change in
        switch change {
        case .added, .moved: change.number
        case .edited, .removed: nil
        }
      })
  }

  /// Numbers for all cells, also for those without one.
  private static func labels(_ order: [Int]) -> [Int] {
    var last = 0
    return order.map { number in
      if number == 0 { last -= 1 }
      return number == 0 ? last : number
    }
  }

  /// The number here of a cell of the journal.
  private func number(_ number: Int) -> Int { numbers[number] ?? number }

  /// A change was made or not; the cell that came by it has this number here.
  mutating func settle(_ change: NotebookChange, as number: Int? = nil) {
    guard let own = change.number else { return }
    if let number { numbers[own] = number }
    switch change {
    case .added:
      if let number {
        placed[own] = number
        placedHere.insert(number)
      }
      unsettled.remove(own)
    case .moved: unsettled.remove(own)
    case .edited, .removed: break
    }
  }

  /// What a change comes to in a notebook; nil where nothing is to be done.
  func adapted(_ change: NotebookChange, in notebook: Notebook) -> NotebookChange? {
    let end = notebook.cells.count
    switch change {
    case .added(var cell, _):
      let place = cell.number.flatMap { self.place(of: $0, in: notebook) } ?? end
      guard let number = cell.number else { return .added(cell, at: end) }
      if let present = notebook[number] {
        let isBrought = numbers.values.contains(number)
        if !isBrought, present.source == cell.source, present.kind == cell.kind { return nil }
        cell.number = nil
      }
      if !(1...Notebook.maximumNumber).contains(number) { cell.number = nil }
      return .added(cell, at: place)
    case .removed(let cell):
      guard let number = cell.number, let present = notebook[self.number(number)],
        present.source == cell.source
      else { return nil }
      return .removed(present)
    case .edited(let number, let from, let to):
      let here = self.number(number)
      guard let present = notebook[here] else { return .added(Cell(source: to), at: end) }
      if present.source == to { return nil }
      return present.source == from
        ? .edited(here, from: from, to: to) : .added(Cell(source: to), at: end)
    case .moved(let number, _):
      let here = self.number(number)
      guard let old = notebook.index(of: here), let place = self.place(of: number, in: notebook, moving: here)
      else { return nil }
      return old == place ? nil : .moved(here, to: place)
    }
  }

  /// Where a cell of the journal goes among the cells here, without itself: behind the nearest of those that stood before
  /// it and what has come there since, else before the nearest that stood behind it; nil where none of them is here.
  private func place(of number: Int, in notebook: Notebook, moving moved: Int? = nil) -> Int? {
    guard let index = order.firstIndex(of: number) else { return nil }
    var here = notebook.order
    if let moved { here.removeAll { $0 == moved } }
    // Cells without a number are told apart by their order alone.
    let isSame = here.count { $0 == 0 } == unnumbered
    here = Restoring.labels(here)
    func place(of neighbour: Int) -> Int? {
      if let placed = placed[neighbour] { return here.firstIndex(of: placed) }
      return unsettled.contains(neighbour) || neighbour < 0 && !isSame ? nil : here.firstIndex(of: neighbour)
    }
    guard let before = order[..<index].reversed().lazy.compactMap(place(of:)).first else {
      return order[(index + 1)...].lazy.compactMap(place(of:)).first
    }
    return here[(before + 1)...].firstIndex { $0 < 0 ? isSame : isSettled($0) } ?? here.count
  }

  /// Whether the cell with this number here stands where the journal has it.
  private func isSettled(_ number: Int) -> Bool {
    placedHere.contains(number)
      || inOrder.contains(number) && !unsettled.contains(number) && placed[number] == nil
  }
}
