import KernelCore

/// Which cells of a served file run, and when. Made without a kernel: whoever has one takes the steps.
///
/// A reload waits for each cell before it runs the next. Where the file changes meanwhile, the cell that waits goes on by
/// itself, unless the change concerns it, and only the cells that depend on it wait for its end. What depends on a cell
/// that failed is not run; it stays due, as the cell that failed does, for the next change of the file.
struct CellSchedule {
  enum Step: Equatable {
    /// All that a cell made is to go.
    case remove(Int)
    case run(Int, text: String)
    /// A cell that goes on by itself is to be stopped, since one that it depends on is about to run.
    case stop(Int)
    /// Nothing is to be done before the cell that runs has ended.
    case wait(Int)
    /// Nothing is to be done before a cell that goes on by itself ends, or the file changes.
    case rest
  }

  struct Entry {
    let number: Int
    let text: String
    /// It is to run: it is new or edited, or depends on a cell that is.
    var isDue = false
    /// Its text is another than that which last ran well.
    var isEdited = false
    /// It is to run whatever becomes of the text of other cells: one that it depends on has run since.
    var isStale = false
    var hasFailed = false
    var isUnderWay = false
  }

  struct Gone {
    let number: Int
    /// The cells that declare anew what it does. What it serves goes when they have run.
    var heirs: [Int]
  }

  private(set) var entries: [Entry] = []
  private(set) var gone: [Gone] = []
  /// Cells that were gone from the file and have stayed but for what others declare now in their place.
  private var reduced: Set<Int> = []
  private(set) var dependencies = CellDependencies([])
  /// Those of the cells that had run when the file was last adopted.
  private(set) var dependenciesBefore = CellDependencies([])
  /// The cells of the file that declare a guard, or what one uses.
  private(set) var ofGuards: Set<Int> = []
  /// The text of the last run of each cell that succeeded, as long as what it made is there.
  private(set) var texts: [Int: String] = [:]
  /// The text of the last run of each cell that failed and may. It has run as it is meant to, though nothing of it is
  /// there.
  private(set) var failedAsMeant: [Int: String] = [:]
  /// Cells of which an earlier run is in force though they have failed as they may: after a start nothing of them is.
  private var outdated: [Int] = []
  /// When the last good run of each cell ended, as a count of such ends.
  private var ends: [Int: Int] = [:]
  private var endCount = 0
  private(set) var spoilt = SpoiltNames()
  /// What guards use and cells that failed or were stopped have asked routes to change, as long as it is not declared
  /// anew.
  private(set) var requestedByFailed: [Int: Set<String>] = [:]
  /// What was found to depend on cells that have failed or go on by themselves.
  private var knownBlocked: (sources: Set<Int>, blocked: Set<Int>)?
  /// The cell that the reload waits for.
  private var awaited: Int?
  /// Cells under way that are to be stopped.
  private var toStop: [Int] = []
  var hasMoreDue = false
  /// Whether cells have moved when the file was last adopted.
  private var isMoved = false
  /// Whether a cell that is to run or is gone declares something around routes, or what a guard uses, or did.
  private(set) var movesSurroundings = false
  /// Cells that had not ended when the file was adopted, and have the same text: what they had changed was seen.
  private(set) var hadWaited: Set<Int> = []
  /// The cells that have run well, or are gone, since the file was last adopted.
  private(set) var done: Set<Int> = []
  /// Those that have run, well or not, in place of what went on of an earlier run.
  private var replaced: Set<Int> = []

  /// The names that guards use.
  var namesOfGuards: Set<String> { dependencies.namesOfGuards }

  // MARK: The file

  /// The file has these cells now. Gives the cells under way that are to be stopped, since they are gone, have another
  /// text, or depend on a cell that has.
  ///
  /// - Parameters:
  ///   - mayFail: the cells that may fail.
  ///   - observed: what cells were seen to change until now.
  mutating func adopt(
    _ cells: [(number: Int, text: String)], mayFail: Set<Int> = [], observed: ObservedChanges? = nil
  ) -> [Int] {
    noteStale()
    spoilt.add(observed?.ofEarlierRuns ?? [])
    let old = Dictionary(uniqueKeysWithValues: entries.map { ($0.number, $0) })
    // Of what is gone it was told.
    requestedByFailed = requestedByFailed.filter { old[$0.key] != nil }
    let goingOn = cells.filter { cell in
      old[cell.number].map { $0.isUnderWay && isSame($0.text, cell.text) } ?? false
    }
    // What a cell under way is about to make counts as made.
    let present = goingOn.reduce(into: texts) { $0[$1.number] = $1.text }
    let order = gone.map(\.number) + entries.map(\.number)
    let before = CellDependencies(
      order.compactMap { number in present[number].map { (number, $0) } }, knowing: dependencies,
      observed: observed?.settled(
        for: Set(texts.keys).subtracting(goingOn.map(\.number)), failing: [], others: []))
    let overtaken = before.overtaken(ends)
    // One that is stopped has perhaps assigned something by then.
    for entry in entries where entry.isUnderWay && !goingOn.contains(where: { $0.number == entry.number }) {
      spoilt.add(dependencies.changedItself(by: entry.number))
    }
    let requested = entries.filter(\.isUnderWay).map { entry in
      (number: entry.number, names: dependencies.requested(by: entry.number, in: dependencies))
    }
    // So has one that has failed as it may, and is not there any more or has another text.
    for (number, text) in failedAsMeant
    where !cells.contains(where: { $0.number == number && isSame($0.text, text) }) {
      spoilt.add(dependencies.changedItself(by: number))
    }
    let last = failedAsMeant.isEmpty ? nil : allHavingRun(observed, except: goingOn.map(\.number))
    dependencies = CellDependencies(
      cells, knowing: before,
      observed: observed.map { settle($0, for: cells, except: goingOn.map(\.number)) })
    dependenciesBefore = before
    knownBlocked = nil
    let wereOfGuards = ofGuards.union(before.cellsOfGuards)
    ofGuards = dependencies.cellsOfGuards
    let stale = cells.map(\.number).filter { old[$0].map { $0.isStale && !$0.isUnderWay } ?? false }
    let asMeant = failedAsMeant.filter { mayFail.contains($0.key) }
    func differs(_ number: Int, _ text: String, from texts: [Int: String]) -> Bool {
      if failedAsMeant[number] != nil, asMeant[number] == nil { return true }
      return (asMeant[number] ?? texts[number]).map { !isSame($0, text) } ?? true
    }
    var changed = Set(
      cells.filter { differs($0.number, $0.text, from: present) }.map(\.number) + stale
        + cells.map(\.number).filter { overtaken.contains($0) || reduced.contains($0) }
    ).union(dependencies.declaring(spoilt.names.intersection(dependencies.namesOfGuards)))
    let numbers = Set(cells.map(\.number))
    // One that has failed as it may fails no longer, perhaps, where what it reads is another.
    if let last {
      changed.formUnion(Set(dependencies.affected(by: changed, since: last)).intersection(asMeant.keys))
    }
    let guarded = dependencies.namesOfGuards.union(before.namesOfGuards)
    var certain: Set<Int>
    var concerned: Set<Int>
    while true {
      // What they had changed is to be changed anew.
      let names = changed.intersection(asMeant.keys).reduce(into: Set<String>()) { names, number in
        names.formUnion(dependencies.changedItself(by: number))
      }
      spoilt.add(names)
      changed.formUnion(dependencies.declaring(names.intersection(guarded)))
      certain = dependencies.certain(of: changed, beside: Set(goingOn.map(\.number)), since: before)
      concerned = Set(dependencies.affected(by: changed, undoing: certain, since: before))
      // Nor are such cells among those that have run, and what they had changed is declared anew, perhaps.
      let more =
        asMeant.isEmpty
        ? [] : Set(dependencies.affected(by: concerned)).intersection(asMeant.keys).subtracting(changed)
      if more.isEmpty { break }
      changed.formUnion(more)
    }
    let due =
      goingOn.isEmpty
      ? concerned
      : Set(
        dependencies.affected(
          by: changed.union(goingOn.map(\.number)), undoing: certain, since: before))
    isMoved = before.isMoved(in: dependencies)

    let edited = Set(cells.filter { differs($0.number, $0.text, from: texts) }.map(\.number))
    let underWay = Set(goingOn.map(\.number)).subtracting(concerned)
    spoilt.adopt(
      dependencies.spoilt(byEachOf: due, since: before).filter { !underWay.contains($0.key) },
      certain: certain.union(order.filter { !numbers.contains($0) }), guarded: guarded)
    movesSurroundings =
      due.contains { dependencies.surrounds($0) || ofGuards.contains($0) || wereOfGuards.contains($0) }
      || order.contains { wereOfGuards.contains($0) && !numbers.contains($0) }
      || order.contains { before.surrounds($0) && (due.contains($0) || !numbers.contains($0)) }
    let stopped = entries.filter { $0.isUnderWay && !underWay.contains($0.number) }.map(\.number)
    for (number, names) in requested where stopped.contains(number) {
      requestedByFailed[number, default: []].formUnion(names)
    }
    entries = cells.map { number, text in
      Entry(
        number: number, text: text, isDue: due.contains(number), isEdited: edited.contains(number),
        isStale: old[number]?.isStale ?? false, isUnderWay: underWay.contains(number))
    }
    hadWaited = Set(goingOn.map(\.number))
    (awaited, toStop, hasMoreDue, replaced) = (nil, [], false, [])
    gone = order.filter { !numbers.contains($0) }.map { [dependencies] number in
      Gone(number: number, heirs: dependencies.heirs(of: number, in: before).filter(due.contains))
    }
    return stopped
  }

  /// What the cells have to do with one another that the file had until now, as if those had run that failed as they may.
  private func allHavingRun(_ observed: ObservedChanges?, except underWay: [Int]) -> CellDependencies {
    let cells = entries.map { (number: $0.number, text: $0.text) }
    return CellDependencies(
      cells, knowing: dependencies, observed: observed.map { settle($0, for: cells, except: underWay) })
  }

  /// What cells were seen to change, which is all of those that have run with the texts which they have, well or failing
  /// as they may.
  private func settle(
    _ observed: ObservedChanges, for cells: [(number: Int, text: String)], except underWay: [Int]
  ) -> ObservedChanges {
    let ended = cells.filter { number, text in
      (failedAsMeant[number] ?? texts[number]).map { isSame($0, text) } ?? false
    }
    return observed.settled(
      for: Set(ended.map(\.number)).subtracting(underWay), failing: Set(failedAsMeant.keys),
      others: Set(texts.keys))
  }

  // MARK: Running

  /// What is to be done now. A cell that it says to run counts as begun.
  mutating func next() -> Step {
    if let place = gone.firstIndex(where: \.heirs.isEmpty) {
      let number = gone.remove(at: place).number
      texts[number] = nil
      ends[number] = nil
      failedAsMeant[number] = nil
      spoilt.begins(number)
      reduced.remove(number)
      done.insert(number)
      return .remove(number)
    }
    if let number = outdated.popLast() { return .remove(number) }
    if let number = toStop.popLast() { return .stop(number) }
    if let awaited { return .wait(awaited) }
    guard let place = firstReady() else { return .rest }
    let number = entries[place].number
    let names = spoilt.missing(for: number)
    if !names.isEmpty {
      summon(names)
      return next()
    }
    entries[place].isUnderWay = true
    spoilt.begins(number)
    failedAsMeant[number] = nil
    awaited = number
    return .run(number, text: entries[place].text)
  }

  /// The first of the cells that are to run and can.
  private mutating func firstReady() -> Int? {
    let blocked = findBlocked()
    return entries.firstIndex { entry in
      entry.isDue && !entry.hasFailed && !entry.isUnderWay && !blocked.contains(entry.number)
    }
  }

  /// The cells that declare some names are to run before one that had changed them, and what depends on them.
  ///
  /// - Parameter isStale: they are to, whatever becomes of the text of others.
  private mutating func summon(_ names: Set<String>, isStale: Bool = false) {
    let declaring = dependencies.declaring(names)
    // Those that have run already run again, and what they have changed is declared anew, too.
    let concerned = Set(
      dependencies.affected(by: declaring, undoing: declaring.union(done), since: dependencies))
    let again = dependencies.spoilt(byEachOf: concerned.intersection(done), since: dependencies)
    spoilt.summon(again.values.reduce(into: names) { $0.formUnion($1) })
    for index in entries.indices where concerned.contains(entries[index].number) {
      guard entries[index].isUnderWay else { continue }
      (entries[index].isUnderWay, entries[index].isDue) = (false, false)
      spoilt.add(dependencies.changedItself(by: entries[index].number))
      noteRequested(byFailed: entries[index].number)
      toStop.append(entries[index].number)
    }
    if isStale {
      runAgain { concerned.contains($0.number) && !$0.hasFailed }
    } else {
      makeDue { concerned.contains($0.number) && !$0.hasFailed }
    }
  }

  /// Some cells are to run, too.
  private mutating func makeDue(_ isConcerned: (Entry) -> Bool) {
    var fresh: Set<Int> = []
    for index in entries.indices where !entries[index].isDue && isConcerned(entries[index]) {
      entries[index].isDue = true
      fresh.insert(entries[index].number)
    }
    if !fresh.isEmpty { hasMoreDue = true }
    // What they had changed, before the file was adopted or after.
    let (late, early) = (fresh.intersection(done), fresh.subtracting(done))
    for (cells, before) in [(early, dependenciesBefore), (late, dependencies)] where !cells.isEmpty {
      spoilt.add(dependencies.spoilt(byEachOf: cells, since: before).filter { cells.contains($0.key) })
    }
  }

  /// A cell has failed or was stopped: what it has asked routes to change by then is kept.
  private mutating func noteRequested(byFailed number: Int) {
    requestedByFailed[number, default: []].formUnion(dependencies.requested(by: number, in: dependencies))
  }

  /// The run of a cell that `next` asked for has ended. After one that failed and may, those that depend on it run all
  /// the same.
  ///
  /// - Parameter changed: what it had changed by the time it failed; nil where that is to be found from its text.
  mutating func ended(
    _ number: Int, succeeded: Bool, mayFail: Bool = false, changing changed: Set<String>? = nil
  ) {
    guard let place = entries.firstIndex(where: { $0.number == number && $0.isUnderWay }) else { return }
    entries[place].isUnderWay = false
    if awaited == number { awaited = nil }
    if !succeeded { noteRequested(byFailed: number) }
    // What one has assigned that fails as it may is so after a start too.
    if !succeeded, !mayFail {
      entries[place].hasFailed = true
      return noteSpoilt(changed ?? dependencies.changedItself(by: number))
    }
    entries[place].isDue = false
    entries[place].isStale = false
    failedAsMeant[number] = succeeded ? nil : entries[place].text
    let hadRun = texts[number] != nil
    defer { if hadRun { noteWhatWentOn(of: number) } }
    guard succeeded else { return giveUp(number) }
    texts[number] = entries[place].text
    reduced.remove(number)
    done.insert(number)
    noteEnd(of: number)
    let declared = dependencies.names(of: number)
    spoilt.declare(declared)
    if !declared.isEmpty { requestedByFailed = requestedByFailed.mapValues { $0.subtracting(declared) } }
    let overlaying = dependencies.overlaying(number)
    for index in overlaying.isEmpty ? 0..<0 : entries.indices
    where !entries[index].isDue && overlaying.contains(entries[index].number) {
      // It ran beside this one, which has gone on by itself.
      entries[index].isDue = true
      entries[index].isStale = true
    }
    noteHeir(number)
  }

  /// A cell has failed that has changed some names: what a guard reads of that is made anew.
  private mutating func noteSpoilt(_ names: Set<String>) {
    spoilt.add(names)
    let ofGuards = names.intersection(dependencies.namesOfGuards)
    if !ofGuards.isEmpty { summon(ofGuards, isStale: true) }
  }

  /// All that could run has. What the cells have changed was seen by then: where that is more than was to be expected, who
  /// reads it runs again, and what a guard reads is made anew where a cell has failed, or came after one further down.
  mutating func note(_ observed: ObservedChanges) {
    let cells = entries.map { (number: $0.number, text: $0.text) }
    let expected = dependencies
    let seen = settle(observed, for: cells, except: underWay)
    if expected.expects(seen), observed.byFailedRuns.isEmpty { return }
    dependencies = CellDependencies(cells, knowing: expected, observed: seen)
    (knownBlocked, ofGuards) = (nil, dependencies.cellsOfGuards)
    var late: Set<String> = []
    for entry in entries {
      let number = entry.number
      if entry.hasFailed {
        let names = observed.byFailedRuns[number] ?? []
        spoilt.add(names)
        late.formUnion(names)
        continue
      }
      let names = dependencies.changedItself(by: number).subtracting(expected.changedItself(by: number))
      guard !names.isEmpty, let end = ends[number] else { continue }
      let others = Set(dependencies.affected(by: [number])).subtracting([number])
      let early = others.filter { (ends[$0] ?? .max) < end }
      runAgain { early.contains($0.number) && !$0.hasFailed }
      late.formUnion(
        names.filter { name in
          dependencies.changing(name, below: number).contains { (ends[$0] ?? .max) < end }
        })
      // What it has put there for a guard may be made of what cells further down have changed.
      if !names.isDisjoint(with: dependencies.namesOfGuards) {
        late.formUnion(dependencies.changedBelow([number])[number] ?? [])
      }
    }
    let ofGuards = late.intersection(dependencies.namesOfGuards)
    if !ofGuards.isEmpty { summon(ofGuards, isStale: true) }
  }

  /// Some cells are to run, whatever becomes of the text of others.
  private mutating func runAgain(_ isConcerned: (Entry) -> Bool) {
    makeDue(isConcerned)
    for index in entries.indices where isConcerned(entries[index]) { entries[index].isStale = true }
  }

  /// The fibers of the earlier run of a cell are over; its timers stood still. What they had put into what a guard reads
  /// goes too, where the cell that declares that has run before.
  private mutating func noteWhatWentOn(of number: Int) {
    guard replaced.insert(number).inserted else { return }
    let changed = dependenciesBefore.changed(byFibersOf: number)
    let names = changed.filter { name in
      dependencies.namesOfGuards.contains(name) && !dependencies.declaring([name]).isDisjoint(with: done)
    }
    if !names.isEmpty { summon(names, isStale: true) }
  }

  /// What is in force of an earlier run of a cell that has failed as it may goes, but for a guard: better one too many.
  private mutating func giveUp(_ number: Int) {
    noteHeir(number)
    let rest = CellDependencies(
      entries.filter { failedAsMeant[$0.number] == nil }.map { ($0.number, $0.text) }, knowing: dependencies)
    // What others were to take from it they take from one above, which has to have it again.
    var concerned = rest.sources(of: Set(entries.filter { $0.isDue && !$0.hasFailed }.map(\.number)))
    let isInForce = texts[number] != nil && !guardsNow(number)
    if isInForce {
      let before = CellDependencies(
        entries.compactMap { entry in texts[entry.number].map { (entry.number, $0) } }, knowing: dependencies)
      concerned.formUnion(rest.affected(by: [], since: before))
    }
    // What has run since found what is in force now.
    let found = done
    runAgain { concerned.contains($0.number) && !found.contains($0.number) }
    guard isInForce else { return }
    (texts[number], ends[number]) = (nil, nil)
    done.insert(number)
    outdated.append(number)
  }

  /// A cell has ended that is to declare what others do that are gone: they have let go of that.
  private mutating func noteHeir(_ number: Int) {
    for index in gone.indices where gone[index].heirs.contains(number) {
      gone[index].heirs.removeAll { $0 == number }
      reduced.insert(gone[index].number)
    }
  }

  private mutating func noteEnd(of number: Int) {
    endCount += 1
    ends[number] = endCount
  }

  /// A run that was to be stopped had ended well before: what it made is there, and is to go where the file has another
  /// text now.
  mutating func hadEnded(_ number: Int, text: String) {
    guard let place = entries.firstIndex(where: { $0.number == number }) else { return }
    texts[number] = text
    noteEnd(of: number)
    guard !isSame(entries[place].text, text), !entries[place].isUnderWay else { return }
    entries[place].isDue = true
    entries[place].isEdited = true
  }

  /// What is due because of a cell that has run, is gone or stands elsewhere stays so, though the file may change back.
  private mutating func noteStale() {
    defer { done = [] }
    let open = entries.indices.filter { entries[$0].isDue }
    if open.isEmpty || done.isEmpty && !isMoved { return }
    var affected = isMoved ? Set(dependencies.affected(by: [], since: dependenciesBefore)) : []
    if !done.isEmpty {
      affected.formUnion(dependenciesBefore.dependents(of: done))
      affected.formUnion(dependencies.affected(by: done, since: dependencies))
    }
    let isAnyGone = !done.isSubset(of: Set(entries.map(\.number)))
    for place in open {
      let entry = entries[place]
      let mayBeOfOthers =
        !done.isEmpty && (entry.isEdited ? isMoved || isAnyGone : causes(of: entry.number).isEmpty)
      if affected.contains(entry.number) || mayBeOfOthers { entries[place].isStale = true }
    }
  }

  /// What depends on a cell that has failed, or that goes on by itself, as that reads now or as it has run.
  private mutating func findBlocked() -> Set<Int> {
    let sources = Set(entries.filter { $0.hasFailed || $0.isUnderWay }.map(\.number))
    if sources.isEmpty { return [] }
    if let known = knownBlocked, known.sources == sources { return known.blocked }
    let edited = entries.filter(\.isEdited).map(\.number)
    let blocked = dependenciesBefore.dependents(of: sources).subtracting(edited)
      .union(dependencies.dependents(of: sources)).subtracting(sources)
    knownBlocked = (sources, blocked)
    return blocked
  }
}
