/// Which cells of a notebook are which of an older file of it.
struct CellMatching {
  /// For each cell of the notebook the place of the older one, or nil.
  private(set) var places: [Int?]
  private var isTaken: [Bool]

  /// Finds them by the number that the file gives, then by source where as many cells have it now as then, by number
  /// and source, by source, by the attachments that a text shows, by the words that two have in common, by number, and by
  /// place: as the next of its kind behind the same cell. Where numbers were counted and not written, an inserted cell has
  /// shifted them, so that the source says more.
  init(_ cells: [Cell], in document: JupyterDocument) {
    places = Array(repeating: nil, count: cells.count)
    isTaken = Array(repeating: false, count: document.mapped.count)
    let old = document.mapped
    match(cells, old) { cell, place in
      let isGiven = place.map { document.cells[$0].cell.number == cell.number } ?? !cell.hasCountedNumber
      return isGiven ? cell.number.map { Key(kind: cell.kind, number: $0) } : nil
    }
    match(cells, old, onlyAsMany: true) { cell, _ in
      Key(kind: cell.kind, source: Array(cell.normalizedSource.utf8))
    }
    match(cells, old) { cell, _ in
      cell.number.map { Key(kind: cell.kind, number: $0, source: Array(cell.normalizedSource.utf8)) }
    }
    match(cells, old) { cell, _ in Key(kind: cell.kind, source: Array(cell.normalizedSource.utf8)) }
    match(cells, old) { cell, _ in
      let names = CellMatching.attachments(in: cell)
      return names.isEmpty ? nil : Key(kind: cell.kind, attachments: names)
    }
    matchLike(cells, old)
    match(cells, old) { cell, _ in cell.number.map { Key(kind: cell.kind, number: $0) } }
    matchNeighbours(cells, old)
  }

  /// The attachments that a text names, as `![plot](attachment:plot.png)` does.
  private static func attachments(in cell: Cell) -> Set<String> {
    if cell.kind == .code || !cell.source.contains("attachment:") { return [] }
    return Set(cell.source.matches(of: #/attachment:([^)\s"']+)/#).map { String($0.output.1) })
  }

  /// Matches edited cells of which no number says which they are with those that have most words in common, and at least
  /// half of them.
  private mutating func matchLike(_ cells: [Cell], _ old: [Cell]) {
    func words(_ cell: Cell) -> Set<Substring> { Set(cell.source.split(whereSeparator: \.isWhitespace)) }
    let fresh = cells.indices.filter {
      places[$0] == nil && (cells[$0].number == nil || cells[$0].hasCountedNumber)
    }
    let left = old.indices.filter { !isTaken[$0] }
    if fresh.isEmpty || left.isEmpty || fresh.count * left.count > CellMatching.likenessLimit { return }
    let oldWords = left.map { (place: $0, words: words(old[$0])) }
    var pairs: [(likeness: Double, index: Int, place: Int)] = []
    for index in fresh {
      let own = words(cells[index])
      for (place, others) in oldWords where old[place].kind == cells[index].kind {
        let likeness = Double(own.intersection(others).count) / Double(max(own.count, others.count, 1))
        if likeness >= 0.5 { pairs.append((likeness, index, place)) }
      }
    }
    pairs.sort { ($1.likeness, $0.index, $0.place) < ($0.likeness, $1.index, $1.place) }
    for pair in pairs where places[pair.index] == nil && !isTaken[pair.place] {
      take(pair.place, for: pair.index)
    }
  }

  /// Of how many pairs of cells the words are compared: a notebook of which more has changed is another.
  private static let likenessLimit = 40_000

  /// What two cells must have in common.
  private struct Key: Hashable {
    let kind: Cell.Kind
    var number: Int?
    // Bytes, since texts that Unicode calls equal are not the same source.
    var source: [UInt8]?
    var attachments: Set<String> = []
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
