import Language

/// What the guards of a notebook use, themselves or by way of others, found from the texts: too much rather than too
/// little.
struct GuardReach {
  /// The places of the cells that declare a guard or what one uses.
  private(set) var cells: Set<Int> = []
  /// Those among them that have no more to do with it than that their routes change what a guard reads: by requests, and
  /// not as they run.
  private(set) var fillingByRoutes: Set<Int> = []
  /// The names that guards use.
  private(set) var names: Set<String> = []

  private let texts: [CellText]
  private let givers: [String: [Int]]
  private let statements: NotebookStatements
  /// By the place of the cell, what it changes, be it by another name.
  private let changed: [Int: ChangedNames]
  /// The places of the cells that declare a name, and what those use.
  private let declarers: [String: [Int]]
  private var leading: [String: Set<String>] = [:]
  private var whole: Set<Int> = []
  private var open: [Step] = []
  private var seen: Set<Step> = []

  /// What is still to be looked at: what gives a name in a cell, and the routes of it that an address asks.
  private enum Step: Hashable {
    case name(String, Int)
    case address(Resolution.CalledAddress, Int)
  }

  init(
    _ texts: [CellText], _ givers: [String: [Int]], declarers: [String: [Int]],
    _ statements: NotebookStatements, _ changed: [Int: ChangedNames]
  ) {
    (self.texts, self.givers, self.statements, self.changed) = (texts, givers, statements, changed)
    self.declarers = declarers
    for place in texts.indices where texts[place].guards {
      cells.insert(place)
      let guards = statements.ofCell(at: place)?.filter(\.guards) ?? []
      // A guard that a function declares, or that stands in braces, depends on what leads there.
      if guards.isEmpty || texts[place].declaresAroundByCalls || !guards.allSatisfy(\.guardsAlone) {
        follow(whole: place)
      } else {
        for guarding in guards {
          follow(guarding)
        }
      }
    }
    var byStatements = cells
    while let step = open.popLast() {
      switch step {
      case .name(let name, let place):
        let names = changed[place] ?? ChangedNames()
        let found = found(at: place, changing: name, isSeen: names.all.contains(name))
        cells.insert(place)
        if found.isEmpty {
          follow(whole: place)
        } else {
          found.forEach { follow($0) }
        }
        if found.isEmpty || !found.allSatisfy(\.isRoute) || names.all.contains(name) {
          byStatements.insert(place)
        }
      case .address(let address, let place):
        let found = statements.ofCell(at: place)?.filter { CalledRoutes.mayAnswer($0.routes, address) } ?? []
        cells.insert(place)
        byStatements.insert(place)
        if found.isEmpty { follow(whole: place) } else { found.forEach { follow($0) } }
      }
    }
    fillingByRoutes = cells.subtracting(byStatements)
  }

  /// The statements of a cell that give a name a value or change it. One that does so by another name does not tell, but
  /// leads to it; a route counts so where nothing else is found, since what it does for requests is kept anyway. What
  /// stands before those and may end the cell is among them.
  private mutating func found(at place: Int, changing name: String, isSeen: Bool) -> [CellUnit] {
    let all = statements.ofCell(at: place) ?? []
    var found = all.indices.filter {
      statements.gives(all[$0], name) || isSeen && !all[$0].isRoute && leads(all[$0], to: name)
    }
    if found.isEmpty, isSeen { found = all.indices.filter { leads(all[$0], to: name) } }
    guard let last = found.last(where: { !all[$0].isRoute }) else { return found.map { all[$0] } }
    return all.indices.filter { found.contains($0) || $0 < last && all[$0].mayEnd }.map { all[$0] }
  }

  /// Whether what a statement uses may hold what a name does, or functions that use it.
  private mutating func leads(_ unit: CellUnit, to name: String) -> Bool {
    if unit.mentions.contains(name) { return true }
    var found = unit.mentions
    var open = Array(found)
    while let used = open.popLast() {
      if leading[used] == nil {
        leading[used] = (declarers[used] ?? []).reduce(into: []) { $0.formUnion(texts[$1].mentions) }
      }
      for inner in leading[used] ?? [] where found.insert(inner).inserted {
        if inner == name { return true }
        open.append(inner)
      }
    }
    return false
  }

  private mutating func follow(_ unit: CellUnit) { follow(unit.takes, unit.addresses) }

  private mutating func follow(whole place: Int) {
    guard whole.insert(place).inserted else { return }
    follow(texts[place].mentions, texts[place].calledAddresses)
  }

  private mutating func follow(_ used: Set<String>, _ addresses: Set<Resolution.CalledAddress>) {
    for name in used where names.insert(name).inserted {
      for giver in givers[name] ?? [] { look(at: .name(name, giver)) }
    }
    for address in addresses {
      for place in texts.indices where CalledRoutes.mayAnswer(texts[place].routes, address) {
        look(at: .address(address, place))
      }
    }
  }

  private mutating func look(at step: Step) {
    if seen.insert(step).inserted { open.append(step) }
  }
}
