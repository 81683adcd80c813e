import Language

/// The statements of a notebook's cells, each found when it is first asked for.
final class NotebookStatements {
  private let texts: [CellText]
  private let staleness: Staleness
  private var units: [Int: [CellUnit]?] = [:]
  /// The functions that change a name when they are called.
  private var changing: [String: Set<String>] = [:]

  init(_ texts: [CellText], _ staleness: Staleness) { (self.texts, self.staleness) = (texts, staleness) }

  /// Those of the cell at a place; nil where they can't be told apart.
  func ofCell(at place: Int) -> [CellUnit]? {
    if let known = units[place] { return known }
    let text = texts[place]
    let found = text.isBroken || text.mentionsAnyOut ? nil : CellUnit.units(of: text.text, in: text.number)
    units[place] = .some(found)
    return found
  }

  /// Whether a statement gives a name a value or changes it, itself or by a function that it calls or is.
  func gives(_ unit: CellUnit, _ name: String) -> Bool {
    if unit.gives.contains(name) { return true }
    let functions =
      changing[name]
      ?? Set(staleness.functionNames.filter { staleness.assigned(byCalling: [$0]).contains(name) })
    changing[name] = functions
    return !functions.isDisjoint(with: unit.mentions)
  }

  /// Whether any statement of some cells gives a name something and takes another: it may hold parts of that.
  func give(_ name: String, from other: String, at places: [Int]) -> Bool {
    places.contains { place in
      (ofCell(at: place) ?? []).contains { $0.takes.contains(other) && gives($0, name) }
    }
  }
}
