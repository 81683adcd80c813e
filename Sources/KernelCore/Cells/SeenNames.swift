/// What cells were seen to change, by the names that it belongs to: what is reached through `ann` is changed of `users`, where
/// the cell of `ann` took it from there, and so runs again with `users`.
struct SeenNames {
  private let observed: ObservedChanges
  /// The places of cells.
  private let places: [Int: Int]
  private let texts: [CellText]
  private let staleness: Staleness
  /// The places of the cells that declare a name.
  private var declarers: [String: [Int]] = [:]
  /// For names what `sources(of:)` gave.
  private var sources: [String: Set<String>] = [:]

  init(_ observed: ObservedChanges, _ texts: [CellText], _ staleness: Staleness) {
    (self.observed, self.texts, self.staleness) = (observed, texts, staleness)
    places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1.number, $0) })
    if observed.byCell.isEmpty && observed.requested.isEmpty && observed.byRoutes.isEmpty { return }
    for (place, text) in texts.enumerated() {
      for name in text.uses.declares { declarers[name, default: []].append(place) }
    }
  }

  /// What cells change by another name, by their places: as they were seen to, the others as was found from the texts.
  ///
  /// - Parameter foundBefore: what was found from the text with which a cell was seen, where it has another now. Of that
  ///   nothing more counts than was seen.
  mutating func changed(
    _ byTexts: [Int: ChangedNames], foundBefore: [Int: ChangedNames]
  ) -> [Int: ChangedNames] {
    var changed = byTexts
    for (number, names) in observed.byCell {
      guard let place = places[number] else { continue }
      var seen = ChangedNames(
        atOnce: roots(of: names.atOnce), later: roots(of: names.later),
        forRequests: byTexts[place]?.forRequests ?? [])
      if !observed.isComplete || observed.unsettled.contains(number) {
        let known = foundBefore[number] ?? ChangedNames()
        seen.atOnce.formUnion(byTexts[place]?.atOnce.subtracting(known.atOnce) ?? [])
        seen.later.formUnion(byTexts[place]?.later.subtracting(known.later) ?? [])
      }
      changed[place] = seen.isEmpty ? nil : seen
    }
    return changed
  }

  /// Adds those that guards use, though they belong to others that guards do not use; true where there are more now.
  mutating func grow(_ changed: inout [Int: ChangedNames], among guarded: Set<String>) -> Bool {
    var hasGrown = false
    for (number, names) in observed.byCell {
      guard let place = places[number] else { continue }
      let atOnce = roots(of: names.atOnce.intersection(guarded))
      let later = roots(of: names.later.intersection(guarded))
      let known = changed[place] ?? ChangedNames()
      if atOnce.isSubset(of: known.atOnce), later.isSubset(of: known.later) { continue }
      changed[place, default: ChangedNames()].atOnce.formUnion(atOnce)
      changed[place, default: ChangedNames()].later.formUnion(later)
      hasGrown = true
    }
    return hasGrown
  }

  /// Adds what cells have asked routes to change, by their places.
  mutating func add(to requests: inout [Int: ChangedNames]) {
    for (number, names) in observed.requested {
      if let place = places[number] {
        requests[place, default: ChangedNames()].atOnce.formUnion(roots(of: names))
      }
    }
  }

  /// Those of some names whose cells do not run again with others of them.
  mutating func roots(of names: Set<String>) -> Set<String> {
    if names.count < 2 { return names }
    for name in names where sources[name] == nil { sources[name] = sources(of: name) }
    return names.filter { name in
      !(sources[name] ?? []).contains { other in
        other != name && names.contains(other) && !(sources[other] ?? []).contains(name)
      }
    }
  }

  /// The names of which the cell that declares a name runs again where they are declared anew, be it by way of others.
  private func sources(of name: String) -> Set<String> {
    var found: Set<String> = []
    var cells: Set<Int> = []
    var open = [name]
    while let name = open.popLast() {
      for place in declarers[name] ?? [] where cells.insert(place).inserted {
        let uses = texts[place].uses
        for read in staleness.reached(from: uses.reads)
        where !uses.declares.contains(read) && found.insert(read).inserted {
          open.append(read)
        }
      }
    }
    return found
  }
}
