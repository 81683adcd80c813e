import Notebooks

/// The code cells of a file that is read again and again, each with a number that it keeps as long as it is there: that
/// which the file gives it, and where the file gives none, the one that it was given when it first appeared.
struct TrackedCells {
  struct Cell: Equatable {
    let number: Int
    let source: String
    /// The line of the file at which the source begins, where that is known.
    let firstLine: Int?
    /// Whether the file itself gives the number.
    let isNumbered: Bool
    /// Whether the file says that it may fail.
    var mayFail = false
  }

  /// In the file's order.
  let cells: [Cell]
  /// The greatest number so far: none is given twice.
  private let highest: Int

  /// The cells of a file that is read for the first time.
  init(_ notebook: Notebook) { self.init(notebook, numbers: notebook.codeNumbers, atLeast: 0) }

  private init(_ notebook: Notebook, numbers: [Int], atLeast lowest: Int) {
    cells = zip(notebook.codeCells, numbers).map {
      Cell(
        number: $1, source: $0.source, firstLine: $0.firstLine, isNumbered: !$0.hasCountedNumber,
        mayFail: $0.mayFail)
    }
    highest = numbers.reduce(lowest, max)
  }

  /// The cells of the same file, read again.
  ///
  /// Which cell is which goes by the numbers that the file gives; of cells without one, those that begin and end the
  /// file as before are the same, then those with the same text, wherever they stand, and then those that stand beside
  /// a cell that was found. Any other is new.
  func followed(by notebook: Notebook) -> TrackedCells {
    let new = notebook.codeCells
    var found: [Int?] = new.map { $0.hasCountedNumber ? nil : $0.number }
    var tracks = Tracks(self, new, found)
    tracks.matchEnds()
    tracks.matchSources()
    tracks.matchNeighbours()
    let lowest = found.reduce(highest) { max($0, $1 ?? 0) }
    var next = lowest + 1
    for place in new.indices where found[place] == nil {
      if let old = tracks.oldPlaces[place] {
        found[place] = cells[old].number
      } else {
        found[place] = next
        next += 1
      }
    }
    return TrackedCells(notebook, numbers: found.compactMap(\.self), atLeast: highest)
  }
}

/// Which cells of a file without numbers are which of those that it had before.
private struct Tracks {
  private let old: [TrackedCells.Cell]
  private let new: [Cell]
  /// For each new cell the place of the old one, where it was found.
  private(set) var oldPlaces: [Int?]
  private var isTaken: [Bool]
  /// The cells that the file gives a number are known.
  private let isNumbered: [Bool]

  init(_ before: TrackedCells, _ new: [Cell], _ numbers: [Int?]) {
    old = before.cells
    self.new = new
    isNumbered = numbers.map { $0 != nil }
    let places = Dictionary(uniqueKeysWithValues: old.enumerated().map { ($1.number, $0) })
    oldPlaces = numbers.map { number in number.flatMap { places[$0] } }
    isTaken = Array(repeating: false, count: old.count)
    for place in oldPlaces { if let place { isTaken[place] = true } }
  }

  /// The cells at the beginning and at the end that read as before.
  mutating func matchEnds() {
    for place in 0..<min(old.count, new.count) {
      if oldPlaces[place] == place { continue }
      guard matchIfSame(place, place) else { break }
    }
    for distance in 1...max(1, min(old.count, new.count)) {
      let (place, oldPlace) = (new.count - distance, old.count - distance)
      guard place >= 0, oldPlace >= 0 else { break }
      if oldPlaces[place] == oldPlace { continue }
      guard matchIfSame(place, oldPlace) else { break }
    }
  }

  private mutating func matchIfSame(_ place: Int, _ oldPlace: Int) -> Bool {
    isSame(new[place].source, old[oldPlace].source) && match(place, oldPlace)
  }

  /// Cells with the same text, in their order.
  mutating func matchSources() {
    var waiting: [[UInt8]: [Int]] = [:]
    for place in old.indices.reversed() where !isTaken[place] {
      waiting[Array(old[place].source.utf8), default: []].append(place)
    }
    for place in new.indices where isOpen(place) {
      if let oldPlace = waiting[Array(new[place].source.utf8)]?.popLast() { _ = match(place, oldPlace) }
    }
  }

  /// Cells that stand beside one that was found, as they did before.
  mutating func matchNeighbours() {
    for place in new.indices where isOpen(place) {
      let before = place == 0 ? -1 : oldPlaces[place - 1]
      if let before { _ = match(place, before + 1) }
    }
    for place in new.indices.reversed() where isOpen(place) {
      let behind = place == new.count - 1 ? old.count : oldPlaces[place + 1]
      if let behind { _ = match(place, behind - 1) }
    }
  }

  private func isOpen(_ place: Int) -> Bool { !isNumbered[place] && oldPlaces[place] == nil }

  private mutating func match(_ place: Int, _ oldPlace: Int) -> Bool {
    guard isOpen(place), old.indices.contains(oldPlace), !isTaken[oldPlace] else { return false }
    oldPlaces[place] = oldPlace
    isTaken[oldPlace] = true
    return true
  }
}

/// Whether two texts are the same bytes; Unicode calls more texts equal.
func isSame(_ one: String, _ other: String) -> Bool { one.hasSameBytes(as: other) }
