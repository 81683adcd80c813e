/// Which cells of a notebook are which of an older file of it.
struct CellMatching {
  /// For each cell of the notebook the place of the older one, or nil.
  private(set) var places: [Int?]
  private var isTaken: [Bool]

  /// Finds them by the number that the file gives, then by source where as many cells have it now as then, by number
  /// and source, by source, by number, and by place: as the next of its kind behind the same cell. Where numbers were
  /// counted and not written, an inserted cell has shifted them, so that the source says more.
  init(_ cells: [Cell], in document: JupyterDocument) {
    places = Array(repeating: nil, count: cells.count)
    isTaken = Array(repeating: false, count: document.mapped.count)
    let old = document.mapped
    match(cells, old) { cell, place in
      let isGiven = place.map { document.cells[$0].cell.number == cell.number } ?? true
      return isGiven ? cell.number.map { Key(kind: cell.kind, number: $0) } : nil
    }
    match(cells, old, onlyAsMany: true) { cell, _ in
      Key(kind: cell.kind, source: Array(cell.normalizedSource.utf8))
    }
    match(cells, old) { cell, _ in
      cell.number.map { Key(kind: cell.kind, number: $0, source: Array(cell.normalizedSource.utf8)) }
    }
    match(cells, old) { cell, _ in Key(kind: cell.kind, source: Array(cell.normalizedSource.utf8)) }
    match(cells, old) { cell, _ in cell.number.map { Key(kind: cell.kind, number: $0) } }
    matchNeighbours(cells, old)
  }

  /// What two cells must have in common.
  private struct Key: Hashable {
    let kind: Cell.Kind
    var number: Int?
    // Bytes, since texts that Unicode calls equal are not the same source.
    var source: [UInt8]?
  }

  /// Matches cells with one key in their order; with `onlyAsMany` none where their counts differ. `key` gets the place
  /// of an older cell, and nil for a new one.
  private mutating func match(
    _ cells: [Cell], _ old: [Cell], onlyAsMany: Bool = false, by key: (Cell, Int?) -> Key?
  ) {
    var waiting: [Key: [Int]] = [:]
    for place in old.indices.reversed() where !isTaken[place] {
      if let key = key(old[place], place) { waiting[key, default: []].append(place) }
    }
    let wanted = cells.indices.compactMap { index -> (Int, Key)? in
      places[index] == nil ? key(cells[index], nil).map { (index, $0) } : nil
    }
    if onlyAsMany {
      let counts = Dictionary(wanted.map { ($0.1, 1) }, uniquingKeysWith: +)
      waiting = waiting.filter { $0.value.count == counts[$0.key] }
    }
    for (index, key) in wanted {
      if let place = waiting[key]?.popLast() { take(place, for: index) }
    }
  }

  private mutating func matchNeighbours(_ cells: [Cell], _ old: [Cell]) {
    for index in cells.indices where places[index] == nil {
      let place: Int? = index == 0 ? 0 : places[index - 1].map { $0 + 1 }
      guard let place, place < old.count, !isTaken[place], cells[index].kind != .code,
        old[place].kind == cells[index].kind
      else { continue }
      take(place, for: index)
    }
  }

  private mutating func take(_ place: Int, for index: Int) {
    places[index] = place
    isTaken[place] = true
  }
}
