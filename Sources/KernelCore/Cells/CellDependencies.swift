import Language
import Web

/// What the cells of a notebook have to do with one another: which of them come to something else when others are edited,
/// are new or are gone. It is found from their texts without running them, and of those that have run from what they were
/// seen to change.
///
/// The rules are those of `Staleness`. They are asked of a notebook in which every cell has just run, so that what is
/// stale is so by the edit alone.
public struct CellDependencies: Sendable {
  typealias Declaration = CellText.Declaration

  let texts: [CellText]
  private let observed: ObservedChanges
  /// As they are by themselves.
  private let read: NotebookTexts
  /// What a cell assigns to and changes as it was found from the text with which it was seen, where it has another now.
  private let foundBefore: [Int: ChangedNames]
  /// For each name those that hold parts of its value.
  private(set) var holders: [String: Set<String>]
  private let order: [Int]
  /// Where each cell stands.
  let places: [Int: Int]
  /// As if all had run.
  let staleness: Staleness
  /// By their numbers, what cells have asked routes to change. That is done for a request, as for anybody's: whoever reads
  /// it does not depend on the cell, but where a variable is declared anew, the cell asks again.
  let requested: [Int: ChangedNames]
  /// What timers and fibers of cells were seen to change, or are to in addition, and what routes were; of cells that are not
  /// in it all is not known.
  let seenLater: [Int: Set<String>]
  let seenByRoutes: [Int: Set<String>]
  /// The places of the cells that declare a name.
  var declarers: [String: [Int]] { read.declarers }
  /// The places of the cells that give a name a value or change what it holds, by functions that they call too.
  let givers: [String: [Int]]
  /// The cells whose names a guard may use, itself or by way of others, and those that declare one.
  public let cellsOfGuards: Set<Int>
  /// Those among them that change what a guard reads by their routes alone, for requests, and not as they run.
  public let fillingForRequests: Set<Int>
  /// The names that those use.
  public let namesOfGuards: Set<String>

  /// - Parameters:
  ///   - cells: the cells in the notebook's order, each with a number of its own.
  ///   - known: cells that have been read already: reading a text takes most of the time.
  ///   - observed: what cells were seen to change; of those that are not in it, or where not everything was seen, it is
  ///     found from the texts. Nil for what is known.
  public init(
    _ cells: [(number: Int, text: String)], knowing known: CellDependencies? = nil,
    observed: ObservedChanges? = nil
  ) {
    let observed = observed ?? known?.observed ?? ObservedChanges()
    self.observed = observed
    let read =
      if let known, known.read.areOf(cells) { known.read } else {
        NotebookTexts(cells, knowing: known?.read)
      }
    self.read = read
    var (texts, staleness) = (read.texts, read.staleness)
    order = texts.map(\.number)
    places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1.number, $0) })
    foundBefore = observed.unsettled.reduce(into: [:]) { found, number in
      let isSame = known?.read.alone[number]?.text == read.alone[number]?.text
      found[number] = isSame ? known?.foundBefore[number] : known?.read.found(by: number)
    }
    var seen = SeenNames(observed, read)
    var changed = seen.changed()
    let statements = NotebookStatements(texts, staleness)
    // What the text of a cell changes that the one with which it was seen did not; nothing of those of which all was seen.
    var added = foundBefore.reduce(into: [Int: ChangedNames]()) { added, before in
      let (number, known) = before
      let found = read.found(by: number)
      added[number] = ChangedNames(
        atOnce: found.atOnce.subtracting(known.atOnce), later: found.later.subtracting(known.later))
    }
    for text in texts where observed.isSettled(text.number) { added[text.number] = ChangedNames() }
    var givers: [String: [Int]] = [:]
    var reach: GuardReach
    repeat {
      for (place, text) in texts.enumerated() {
        let names = changed[place]
        let known = added[text.number]
        if names == nil && known == nil { continue }
        texts[place].noteAssignments(to: names ?? ChangedNames())
        staleness.ran(
          text.number, texts[place].uses, since: CellDependencies.always,
          assigning: known?.atOnce.union(names?.atOnce ?? []))
      }
      givers = [:]
      for (place, text) in texts.enumerated() {
        for name in text.gives.union(staleness.assigned(by: text.number)) {
          givers[name, default: []].append(place)
        }
      }
      reach = GuardReach(texts, givers, declarers: read.declarers, statements, changed)
    } while seen.grow(&changed, among: reach.names)
    var requests = read.requests
    seen.add(to: &requests)
    let settled = texts.filter { observed.isSettled($0.number) }.map(\.number)
    seenLater = added.reduce(into: [:]) { [places] later, seen in
      later[seen.key] = seen.value.later.union(places[seen.key].flatMap { changed[$0]?.later } ?? [])
    }
    seenByRoutes =
      observed.knowsRoutes
      ? Dictionary(
        uniqueKeysWithValues: settled.map { number in
          (number, seen.roots(of: observed.byRoutes[number] ?? []))
        })
      : [:]
    requested = Dictionary(uniqueKeysWithValues: requests.map { [texts] in (texts[$0].number, $1) })
    self.texts = texts
    self.staleness = staleness
    self.givers = givers
    let numbers = { [texts] (places: Set<Int>) in Set(places.map { texts[$0].number }) }
    (cellsOfGuards, namesOfGuards) = (numbers(reach.cells), reach.names)
    fillingForRequests = numbers(reach.fillingByRoutes)
    holders = [:]
    holders = holders(among: observed.sharing, statements)
  }

  /// For each of some names that have parts of their values in common those that hold parts of it, as far as guards use
  /// either: what is put into one by a statement that takes the other; where that tells nothing, the one further down.
  private func holders(
    among sharing: [String: Set<String>], _ statements: NotebookStatements
  ) -> [String: Set<String>] {
    func fills(_ name: String, from other: String) -> Bool {
      statements.give(name, from: other, at: givers[name] ?? [])
    }
    var holders: [String: Set<String>] = [:]
    for (name, others) in namesOfGuards.isEmpty ? [:] : sharing {
      let isUsed = namesOfGuards.contains(name)
      for other in others where name < other && (isUsed || namesOfGuards.contains(other)) {
        let isFilled = fills(name, from: other)
        let isHolder =
          isFilled == fills(other, from: name)
          ? (declarers[name]?.last ?? 0) > (declarers[other]?.last ?? 0) : isFilled
        if isHolder {
          holders[other, default: []].insert(name)
        } else {
          holders[name, default: []].insert(other)
        }
      }
    }
    return holders
  }

  /// When a cell began whose input has not changed since.
  static let always = Int.max

  /// Whether cells were seen to change what it was found that they would.
  public func expects(_ seen: ObservedChanges) -> Bool {
    seen.requested == observed.requested
      && Set(seen.byCell.keys).union(observed.byCell.keys).allSatisfy { number in
        (seen.byCell[number] ?? ChangedNames()) == observed.byCell[number] ?? ChangedNames()
      }
  }

  // MARK: Asking

  /// Some cells and those that depend on them, in the notebook's order.
  public func affected(by cells: Set<Int>) -> [Int] { staleness.stale(in: order, edited: cells) }

  /// Whether a cell is to run again where another does.
  public func depends(_ number: Int, on other: Int) -> Bool {
    affected(by: [other]).contains(number) || refilling([other]).contains(number)
      || refeeding([other]).contains(number)
  }

  /// Some cells and those that take anything from them as they run, themselves or by way of others, or whose timers,
  /// fibers and requests fill what these declare.
  public func dependents(of cells: Set<Int>) -> Set<Int> {
    var found = cells.filter { places[$0] != nil }
    let taken = namesTaken()
    while true {
      var grown = found.union(staleness.stale(in: order, edited: found, takesFromAbove: true))
        .union(refilling(found)).union(refeeding(found))
      // What declares anew a name that it takes from another depends on that.
      for (place, text) in texts.enumerated() where !grown.contains(text.number) {
        let names = text.uses.declares.intersection(taken(place))
        let sources = names.compactMap { name in declarers[name]?.last { $0 < place } }
        if sources.contains(where: { grown.contains(texts[$0].number) }) { grown.insert(text.number) }
      }
      if grown.count == found.count { return found }
      found = grown
    }
  }

  /// The cells of this notebook that are to run so that it is as if all had run, where an earlier state of it has run:
  /// some, those that depend on them or on what is gone, be it that a name is the program's own again, and those that declare a name which a cell before them now
  /// declares again, or which no cell declares any more that had taken it over.
  ///
  /// - Parameters:
  ///   - edited: cells that are new, that have another text now, or whose run is missing.
  ///   - certain: those that run whatever becomes of others; nil for all that are edited. What a guard uses and they had
  ///     changed is declared anew, and what is gone had. Others may never run.
  ///   - before: the cells that have run, with the texts that they had then.
  public func affected(
    by edited: Set<Int>, undoing certain: Set<Int>? = nil, since before: CellDependencies
  ) -> [Int] {
    var staleness = before.staleness
    for text in before.texts where places[text.number] == nil {
      let names = text.uses.declares.filter { before.holds(text.number, $0) }
      staleness.removed(text.number, names: Array(names))
    }
    for text in texts where edited.contains(text.number) {
      staleness.ran(
        text.number, text.uses, since: CellDependencies.always,
        assigning: self.staleness.assigned(by: text.number))
    }
    var affected = edited.union(moved(since: before))
    while true {
      let grown = affected.union(staleness.stale(in: order, edited: affected))
        .union(overlaid(by: affected)).union(regaining(before, affected, edited)).union(sources(of: affected))
        .union(bereft(before, affected))
        .union(refilling(affected)).union(refeeding(affected))
        .union(
          declaring(
            ofGuards(
              spoilt(by: affected.intersection(certain ?? edited), of: affected, since: before), since: before
            )))
      if grown.count == affected.count { return order.filter(affected.contains) }
      affected = grown
    }
  }

  /// The cells of some that run whatever becomes of others: none that depends on others of them or on those that have not
  /// ended.
  public func certain(
    of edited: Set<Int>, beside underWay: Set<Int>, since before: CellDependencies
  ) -> Set<Int> {
    if before.texts.isEmpty { return edited }
    let spoiling = spoilt(byEachOf: edited, since: before)
      .filter { edited.contains($0) && !ofGuards($1, since: before).isEmpty }.keys
    // Of many nobody would wait for that.
    if spoiling.count > CellDependencies.certainLimit { return edited }
    let others = edited.union(underWay)
    return edited.subtracting(
      spoiling.filter { dependents(of: others.subtracting([$0])).contains($0) })
  }

  private static let certainLimit = 12

  /// What some cells are to declare that have not run as they read now.
  public func awaited(_ pending: Set<Int>) -> AwaitedDeclarations {
    AwaitedDeclarations(texts, pending: pending)
  }

  /// Whether a cell declares anything around routes.
  public func surrounds(_ number: Int) -> Bool {
    text(number).map { !$0.surrounds.isEmpty || $0.declares.contains(where: \.isHook) } ?? false
  }

  private func text(_ number: Int) -> CellText? { places[number].map { texts[$0] } }

  /// The routes that some cells declare, as far as it can be read.
  public func routes(of numbers: Set<Int>) -> [DeclaredRoute] {
    texts.filter { numbers.contains($0.number) }.flatMap(\.routes)
  }

  /// Whether a cell takes anything that guards use and cells declare, as it runs or by what goes on then: it may change that.
  public func takesOfGuards(_ number: Int) -> Bool {
    guard let text = text(number), !namesOfGuards.isEmpty else { return false }
    let taken = staleness.reached(from: text.uses.reads).union(staleness.read(laterBy: number))
    return taken.contains { namesOfGuards.contains($0) && declarers[$0] != nil }
  }

  /// Whether a cell declares what runs before the handlers of routes, and may keep them from running.
  public func guards(_ number: Int) -> Bool { text(number)?.guards ?? false }

  /// Whether anything is left of a run of a cell that may come to light: something that answers requests or surrounds them,
  /// a name that others use, or what it calls does.
  public func leavesSomething(_ number: Int) -> Bool {
    guard let text = text(number) else { return false }
    if text.declares.contains(where: { !$0.isName }) || !text.surrounds.isEmpty { return true }
    let called = functionNames.intersection(text.mentions)
    return texts.contains { other in
      other.number != number
        && !(other.mentions.isDisjoint(with: text.gives) && other.gives.isDisjoint(with: called))
    }
  }

  /// The cells of this notebook that declare something of what a cell of an earlier one declared there, or the same
  /// around routes, itself left out.
  public func heirs(of number: Int, in before: CellDependencies) -> [Int] {
    guard let text = before.text(number) else { return [] }
    return texts.filter {
      $0.number != number
        && !($0.declares.isDisjoint(with: text.declares) && $0.surrounds.isDisjoint(with: text.surrounds))
    }.map(\.number)
  }

  /// The cells that declare a name which another had, that declares it no longer: the last of them is to have it. One
  /// that is edited may fail; then it is left to the one before.
  private func regaining(
    _ before: CellDependencies, _ affected: Set<Int>, _ edited: Set<Int>
  ) -> Set<Int> {
    var regained: Set<Int> = []
    for text in before.texts where places[text.number] == nil || affected.contains(text.number) {
      for name in text.uses.declares.subtracting(names(of: text.number)) where before.holds(text.number, name)
      {
        regained.formUnion(last(declaring: name, edited))
      }
    }
    return regained
  }

  /// The cells that take a name which no cell declares any more.
  private func bereft(_ before: CellDependencies, _ affected: Set<Int>) -> Set<Int> {
    var names: Set<String> = []
    var isAnyGone = false
    for text in before.texts {
      let isGone = places[text.number] == nil
      guard isGone || affected.contains(text.number) else { continue }
      names.formUnion(text.uses.declares.subtracting(self.names(of: text.number)))
      if isGone { names.insert(Resolution.outName(of: text.number)) }
      isAnyGone = isAnyGone || isGone
    }
    names = names.filter { declarers[$0] == nil }
    if names.isEmpty { return [] }
    let taken = namesTaken()
    return Set(
      texts.indices.filter { place in
        isAnyGone && texts[place].mentionsAnyOut || !taken(place).isDisjoint(with: names)
      }.map { texts[$0].number })
  }

  /// The cells of which one has a name when all have run: those behind the last that does not fail.
  func last(declaring name: String, _ edited: Set<Int>) -> Set<Int> {
    var found: Set<Int> = []
    for place in (declarers[name] ?? []).reversed() {
      let text = texts[place]
      found.insert(text.number)
      if !text.isBroken, !edited.contains(text.number) { break }
    }
    return found
  }

  /// Whether a name is that of a cell when all have run.
  private func holds(_ number: Int, _ name: String) -> Bool {
    places[number].map { declarers[name]?.last == $0 } ?? false
  }

  /// The cells behind one of these that declare the same names: theirs are what counts.
  private func overlaid(by cells: Set<Int>) -> Set<Int> {
    var declared: Set<String> = []
    var overlaid: Set<Int> = []
    for text in texts {
      if cells.contains(text.number) {
        declared.formUnion(text.uses.declares)
      } else if !text.uses.declares.isDisjoint(with: declared) {
        overlaid.insert(text.number)
        declared.formUnion(text.uses.declares)
      }
    }
    return overlaid
  }
}
