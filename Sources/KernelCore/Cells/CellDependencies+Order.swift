// What depends on which of several cells that give a name a value, and on where they stand.

extension CellDependencies {
  /// The cells that have run and take a name now from another cell, or come to it behind other assignments, since cells
  /// have moved or are gone; those that declare what they take, unless that loses what requests have put in; and those that
  /// are to have a name now, of several whose order is another.
  func moved(since before: CellDependencies) -> Set<Int> {
    let order = texts.map(\.number).filter { before.places[$0] != nil }
    let isMoved = before.isMoved(in: self)
    let several = before.sharedNames.union(sharedNames)
    if !isMoved && several.isEmpty { return [] }
    var moved: Set<Int> = []
    let taken = namesTaken()
    for number in order {
      guard let place = places[number], let placeBefore = before.places[number] else { continue }
      for name in taken(place) where isMoved || several.contains(name) {
        let source = source(of: name, for: place, among: before)
        let sourceBefore = before.source(of: name, for: placeBefore, among: before)
        guard isMoved || source != sourceBefore else { continue }
        let isSame =
          source == sourceBefore
          && assigning(name, before: place, in: before)
            == before.assigning(name, before: placeBefore, in: self)
        if isSame { continue }
        moved.insert(number)
        // What requests have put in is kept, unless a guard is to read it.
        if let source, source != sourceBefore || cellsOfGuards.contains(number) || !isGivenForRequests(name) {
          moved.insert(source)
        }
      }
    }
    return isMoved ? moved.union(movedDeclarers(since: before)) : moved
  }

  /// Whether a name is given a value, or what it holds is changed, by what answers requests, or may be by functions.
  private func isGivenForRequests(_ name: String) -> Bool {
    seenByRoutes.values.contains { $0.contains(name) }
      || (givers[name] ?? []).contains { place in
        let text = texts[place]
        return !text.uses.declares.contains(name) && !changedItself(by: text.number).contains(name)
      }
  }

  /// Whether cells stand in another order in another notebook.
  public func isMoved(in other: CellDependencies) -> Bool {
    texts.map(\.number).filter { other.places[$0] != nil }
      != other.texts.map(\.number).filter { places[$0] != nil }
  }

  /// The cells that have lost a name to one further up, since that has run after them.
  ///
  /// - Parameter ends: when each cell has run.
  public func overtaken(_ ends: [Int: Int]) -> Set<Int> {
    var overtaken: Set<Int> = []
    for places in declarers.values where places.count > 1 {
      let latest = places.dropLast().compactMap { ends[texts[$0].number] }.max() ?? 0
      if let last = places.last, ends[texts[last].number] ?? 0 < latest {
        overtaken.insert(texts[last].number)
      }
    }
    return overtaken
  }

  /// The cells of which one is to have a name that several declare, where those stand in another order.
  private func movedDeclarers(since before: CellDependencies) -> Set<Int> {
    var moved: Set<Int> = []
    for (name, places) in declarers where places.count > 1 {
      let numbers = places.map { texts[$0].number }.filter { before.places[$0] != nil }
      let numbersBefore = (before.declarers[name] ?? []).map { before.texts[$0].number }
      if numbers != numbersBefore.filter({ self.places[$0] != nil }) {
        moved.formUnion(last(declaring: name, []))
      }
    }
    return moved
  }

  /// The cells that declare what some others take from them as they run, where a cell further down has declared it
  /// again: what those have to take has to be there again.
  public func sources(of cells: Set<Int>) -> Set<Int> {
    let shared = sharedNames
    if shared.isEmpty { return [] }
    var sources: Set<Int> = []
    let taken = namesTaken()
    for number in cells {
      guard let place = places[number] else { continue }
      for name in taken(place).intersection(shared) {
        guard let all = declarers[name], let source = all.last(where: { $0 < place }),
          all.contains(where: { $0 >= place })
        else { continue }
        sources.insert(texts[source].number)
      }
    }
    return sources
  }

  /// The names that one of some cells had assigned to or changed, itself or by a timer, or one that is gone, be it for a
  /// request; and those that one of the cells is to assign to, or for a guard to read, where others assign to them further
  /// down. Of what a guard uses they are made anew, so that it is as after a start.
  ///
  /// - Parameter due: all that are to run; nil for those cells.
  func spoilt(by cells: Set<Int>, of due: Set<Int>? = nil, since before: CellDependencies) -> Set<String> {
    spoilt(byEachOf: cells, of: due, since: before).values.reduce(into: []) { $0.formUnion($1) }
  }

  /// The same by the cell that does it as it runs, or goes.
  public func spoilt(
    byEachOf cells: Set<Int>, of due: Set<Int>? = nil, since before: CellDependencies
  ) -> [Int: Set<String>] {
    if before.texts.isEmpty { return [:] }
    var spoilt: [Int: Set<String>] = [:]
    let givenAnew = (due ?? cells).reduce(into: Set<String>()) { given, number in
      guard let text = places[number].map({ texts[$0] }) else { return }
      given.formUnion(text.gives.subtracting(text.uses.declares))
      given.formUnion(staleness.assigned(byCalling: text.mentions))
    }
    for text in before.texts {
      let isGone = places[text.number] == nil
      guard isGone || cells.contains(text.number) else { continue }
      spoilt[text.number] = before.changedItself(by: text.number)
        .union(before.holders(ofWhatIsDeclaredBy: text))
      // Also what was done for requests, unless another cell does that from now on.
      if isGone {
        let given =
          before.seenByRoutes[text.number]
          ?? text.gives.union(before.staleness.assigned(byCalling: text.mentions))
        spoilt[text.number, default: []].formUnion(given.subtracting(givenAnew))
      }
    }
    for (number, names) in changedBelow(cells) { spoilt[number, default: []].formUnion(names) }
    return spoilt.filter { !$0.value.isEmpty }
  }

  /// For each of some cells what it assigns to, or takes for a guard to read, and cells further down change.
  public func changedBelow(_ cells: Set<Int>) -> [Int: Set<String>] {
    let taken = cellsOfGuards.isEmpty ? { _ in [] } : namesTaken()
    var found: [Int: Set<String>] = [:]
    for number in cells {
      guard let place = places[number] else { continue }
      let used = staleness.assigned(by: number)
        .union(cellsOfGuards.contains(number) ? taken(place) : [])
      found[number] = used.filter { name in
        givers[name]?.contains { $0 > place && changedItself(by: texts[$0].number).contains(name) } ?? false
      }
    }
    return found
  }

  /// The names of others that hold a part of what a cell has declared, as sessions that clients have hold users: they
  /// would go on with what was declared before.
  private func holders(ofWhatIsDeclaredBy text: CellText) -> Set<String> {
    var names = Set<String>()
    for name in text.uses.declares { names.formUnion(holders[name] ?? []) }
    return names.subtracting(text.uses.declares)
  }

  /// Those of some names that guards use, or have used.
  public func ofGuards(_ names: Set<String>, since before: CellDependencies) -> Set<String> {
    names.filter { namesOfGuards.contains($0) || before.namesOfGuards.contains($0) }
  }

  /// What a cell assigns to or changes, itself or by what it begins, and not by asking a route.
  public func changedItself(by number: Int) -> Set<String> {
    staleness.assigned(by: number).union(seenLater[number] ?? staleness.assigned(laterBy: number))
  }

  /// The cells below one that assign to a name or change what it holds, as they run or by what they begin.
  public func changing(_ name: String, below number: Int) -> [Int] {
    guard let place = places[number] else { return [] }
    return (givers[name] ?? []).filter { $0 > place }.map { texts[$0].number }
      .filter { changedItself(by: $0).contains(name) }
  }

  /// The names that guards of a notebook use and a cell has asked routes to change, as it ran or by what it began.
  public func requested(by number: Int, in notebook: CellDependencies) -> Set<String> {
    guard let names = requested[number]?.all.intersection(notebook.namesOfGuards), !names.isEmpty else {
      return []
    }
    return names.subtracting(changedItself(by: number))
  }

  /// The cells whose timers and fibers assign to what some cells declare, or that have asked routes to change it: they
  /// have to do so again, since the first tick comes at once. And those that take what the timers and fibers of one of
  /// these assign to above them.
  func refilling(_ cells: Set<Int>) -> Set<Int> {
    let declared = Set(cells.flatMap(names))
    let assigned = texts.map { staleness.assigned(laterBy: $0.number) }
    var found: Set<Int> = []
    var given: Set<String> = []
    let taken = namesTaken()
    for (place, text) in texts.enumerated() {
      if !assigned[place].isDisjoint(with: declared)
        || !(requested[text.number]?.all ?? []).isDisjoint(with: declared)
        || (!given.isEmpty && !given.isDisjoint(with: taken(place)))
      {
        found.insert(text.number)
      }
      if cells.contains(text.number) { given.formUnion(seenLater[text.number] ?? assigned[place]) }
    }
    return found
  }

  /// What the fibers of a cell assign to or change as long as they go on.
  public func changed(byFibersOf number: Int) -> Set<String> {
    let found = staleness.assigned(byFibersOf: number)
    return seenLater[number].map(found.intersection) ?? found
  }

  /// The cells whose timers and fibers make what guards read of what some cells declare or assign to.
  func refeeding(_ cells: Set<Int>) -> Set<Int> {
    if namesOfGuards.isEmpty { return [] }
    let changed = cells.reduce(into: Set<String>()) {
      $0.formUnion(names(of: $1))
      $0.formUnion(staleness.assigned(by: $1))
    }
    var found: Set<Int> = []
    for text in texts where !staleness.assigned(laterBy: text.number).isDisjoint(with: namesOfGuards) {
      if !staleness.read(laterBy: text.number).isDisjoint(with: changed) { found.insert(text.number) }
    }
    return found
  }

  /// The names that a cell declares.
  public func names(of number: Int) -> Set<String> { places[number].map { texts[$0].uses.declares } ?? [] }

  /// The cells that declare some names.
  public func declaring(_ names: Set<String>) -> Set<Int> {
    Set(names.flatMap { declarers[$0] ?? [] }.map { texts[$0].number })
  }

  /// The cells further down than one that declare a name of it.
  public func overlaying(_ number: Int) -> Set<Int> {
    guard let place = places[number] else { return [] }
    return Set(
      texts[place].uses.declares.flatMap { declarers[$0] ?? [] }.filter { $0 > place }.map {
        texts[$0].number
      })
  }

  /// The names that several cells declare.
  private var sharedNames: Set<String> {
    Set(declarers.filter { $0.value.count > 1 }.keys)
  }

  /// The cell from which the one at a place takes a name, of those that an earlier notebook has too.
  private func source(of name: String, for place: Int, among before: CellDependencies) -> Int? {
    declarers[name]?.last { $0 < place && before.places[texts[$0].number] != nil }
      .map { texts[$0].number }
  }

  /// The cells of both notebooks that stand in front of a place and assign to a name or change what it holds.
  private func assigning(_ name: String, before place: Int, in other: CellDependencies) -> Set<Int> {
    let cells = (givers[name] ?? []).prefix { $0 < place }.map { texts[$0].number }
    return Set(
      cells.filter { other.places[$0] != nil && staleness.assigned(by: $0).contains(name) })
  }

  /// Gives for the place of a cell the names that it may take as it runs, be it by functions that it has from others.
  func namesTaken() -> (Int) -> Set<String> {
    let functions = functionNames
    return { [self] place in
      var found = texts[place].takes
      var open = found.filter(functions.contains)
      while let name = open.popFirst() {
        for giver in givers[name] ?? [] where functions.contains(name) {
          for inner in texts[giver].mentions.union(texts[giver].gives) where found.insert(inner).inserted {
            if functions.contains(inner) { open.insert(inner) }
          }
        }
      }
      return found
    }
  }

  /// The names that may stand for functions, or for what holds some.
  var functionNames: Set<String> {
    var places: [String: [Int]] = [:]
    for (place, text) in texts.enumerated() {
      for name in text.mentions { places[name, default: []].append(place) }
    }
    var found: Set<String> = []
    var open: [String] = []
    func add(_ text: CellText) {
      for name in text.gives where found.insert(name).inserted { open.append(name) }
    }
    for text in texts where text.hasFunctions { add(text) }
    while let name = open.popLast() {
      for place in places[name] ?? [] { add(texts[place]) }
    }
    return found
  }
}
