/// What cells were seen to change, by the names that it belongs to: what is reached through `ann` is changed of `users`, where
/// the cell of `ann` took it from there, and so runs again with `users`.
struct SeenNames {
  private let observed: ObservedChanges
  /// The places of cells.
  private let places: [Int: Int]
  private let texts: [CellText]
  private let staleness: Staleness
  /// The places of the cells that declare a name.
  private let declarers: [String: [Int]]
  /// For names what `sources(of:)` gave.
  private var sources: [String: Set<String>] = [:]
  /// What guards use by what was seen.
  private var guardedFirst: Set<String>?

  init(_ observed: ObservedChanges, _ read: NotebookTexts) {
    (self.observed, texts, staleness, declarers) = (observed, read.texts, read.staleness, read.declarers)
    places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1.number, $0) })
  }

  /// What cells were seen to change, by their places.
  mutating func changed() -> [Int: ChangedNames] {
    var changed: [Int: ChangedNames] = [:]
    for (number, names) in observed.byCell {
      guard let place = places[number] else { continue }
      let seen = ChangedNames(atOnce: roots(of: names.atOnce), later: roots(of: names.later))
      if !seen.isEmpty { changed[place] = seen }
    }
    return changed
  }

  /// Adds those that guards use, though they belong to others that guards do not use, and of cells of which not all was
  /// seen all that guards use and they take; true where there are more now.
  mutating func grow(_ changed: inout [Int: ChangedNames], among guarded: Set<String>) -> Bool {
    var hasGrown = false
    // What is only taken to be changed leads to no more.
    let guardedFirst = guardedFirst ?? guarded
    self.guardedFirst = guardedFirst
    for (number, names) in observed.byCell {
      guard let place = places[number] else { continue }
      var atOnce = roots(of: names.atOnce.intersection(guarded))
      var later = roots(of: names.later.intersection(guarded))
      if !observed.isComplete || observed.unclear.contains(number) {
        let uses = texts[place].uses
        let mayChange = guardedFirst.subtracting(uses.declares)
        atOnce.formUnion(staleness.reached(from: uses.reads).intersection(mayChange))
        later.formUnion(staleness.read(laterBy: number).intersection(mayChange))
      }
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
