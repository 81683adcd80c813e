import KernelCore

// What a schedule says of itself: what is to run, what is missing, and why a cell runs.

extension CellSchedule {
  /// The cells that are due where there are more than when that was last asked, or the file was adopted.
  mutating func grownDue() -> Set<Int>? {
    defer { hasMoreDue = false }
    return hasMoreDue ? due : nil
  }

  /// The cells that are to run: what goes on of their earlier runs is to change nothing any more.
  var due: Set<Int> { Set(entries.filter(\.isDue).map(\.number)) }

  /// Cells that are to run and don't, since a cell that they depend on has failed or still waits.
  var held: [Int] { entries.filter { $0.isDue && !$0.hasFailed && !$0.isUnderWay }.map(\.number) }

  /// The cells that have failed since the file was last adopted, and must not.
  var failed: [Int] { entries.filter(\.hasFailed).map(\.number) }

  /// The cells that may declare a guard and have not run as they read now, though they are meant to succeed.
  private var openGuards: [Int] {
    entries.filter { entry in
      guard dependencies.guards(entry.number), failedAsMeant[entry.number] == nil else { return false }
      return texts[entry.number].map { !isSame($0, entry.text) } ?? true
    }.map(\.number)
  }

  /// Those of them of which no guard is in force, and none of a cell that is gone in their place.
  var missingGuards: [Int] {
    openGuards.filter { number in
      !guardsNow(number) && !gone.contains { $0.heirs.contains(number) }
    }
  }

  /// The cells that declare a guard, or what one uses, and have failed or have still to run, whatever is in force of them.
  var pendingGuards: [Int] {
    entries.filter { ($0.hasFailed || $0.isDue || $0.isUnderWay) && decidesGuards($0.number) }.map(\.number)
  }

  /// Whether a cell declares a guard itself.
  func declaresGuard(_ number: Int) -> Bool { dependencies.guards(number) }

  /// Of some cells those that declare a guard themselves; all where none does.
  func declaringGuards(_ cells: [Int]) -> [Int] {
    let declaring = cells.filter(dependencies.guards)
    return declaring.isEmpty ? cells : declaring
  }

  /// Whether a cell declares a guard, or what one uses. One does not that has routes alone which change that for requests:
  /// whom they let in is let in by the guard that there is.
  func decidesGuards(_ number: Int) -> Bool {
    ofGuards.contains(number) && !dependencies.fillingForRequests.contains(number)
  }

  /// The cells of which something of an earlier run is in force, in place of what the file has: they have failed, or have
  /// still to run, or are gone.
  var kept: Set<Int> {
    let late = entries.filter { $0.hasFailed || $0.isDue || $0.isUnderWay || failedAsMeant[$0.number] != nil }
    let cells = (late.map(\.number) + gone.map(\.number)).filter { texts[$0] != nil }
    if cells.isEmpty { return [] }
    let now = CellDependencies(texts.map { ($0.key, $0.value) }, knowing: dependencies)
    return Set(cells.filter(now.leavesSomething))
  }

  /// The routes of the cells that have still to run.
  var routesToCome: [DeclaredRoute] {
    dependencies.routes(of: Set(entries.filter { $0.isDue || $0.isUnderWay }.map(\.number)))
  }

  /// Whether a cell has failed as it is meant to and is to declare a guard, of which none is in force.
  func failsToGuard(_ number: Int) -> Bool {
    dependencies.guards(number) && failedAsMeant[number] != nil && !guardsNow(number)
  }

  /// Whether what is in force of a cell, if anything is, declares a guard.
  func guardsNow(_ number: Int) -> Bool {
    guard texts[number] != nil else { return false }
    return CellDependencies(texts.map { ($0.key, $0.value) }, knowing: dependencies).guards(number)
  }

  /// What cells are to declare that have not run as they read now.
  var awaitedDeclarations: AwaitedDeclarations {
    let pending = entries.filter { entry in
      failedAsMeant[entry.number] == nil
        && (texts[entry.number].map { !isSame($0, entry.text) } ?? true)
    }
    return dependencies.awaited(Set(pending.map(\.number)))
  }

  /// Whether a cell that is to run or has not ended takes what a guard uses, and so may change it by another name than its
  /// own. Of one that has run with the same text, or has begun to, it is known.
  var mayChangeGuards: Bool {
    entries.contains { entry in
      (entry.isDue || entry.isUnderWay) && entry.isEdited && !hadWaited.contains(entry.number)
        && dependencies.takesOfGuards(entry.number)
    }
  }

  /// Whether a cell that has run since the file was adopted, or has not ended, was seen to change what a guard uses.
  func haveChangedGuards(_ observed: ObservedChanges) -> Bool {
    let names = dependencies.namesOfGuards
    return (done.union(underWay)).contains { !(observed.byCell[$0]?.all.isDisjoint(with: names) ?? true) }
      || entries.contains {
        $0.hasFailed && !(observed.byFailedRuns[$0.number] ?? []).isDisjoint(with: names)
      }
  }

  /// The cells that have not ended.
  var underWay: [Int] { entries.filter(\.isUnderWay).map(\.number) }

  /// The cells that are gone from the file and stay, since a cell that takes their place has failed or still waits.
  var keptThoughGone: [Int] { gone.map(\.number) }

  /// Whether a run of the cell that succeeded is in force.
  func isServed(_ number: Int) -> Bool { texts[number] != nil }

  /// The edited cells that a cell depends on; none for one that was edited itself. Of many edited cells the first are
  /// looked at.
  func causes(of number: Int) -> [Int] {
    let edited = entries.filter(\.isEdited).map(\.number)
    if edited.contains(number) { return [] }
    return edited.prefix(CellSchedule.causeLimit).filter { dependencies.depends(number, on: $0) }
  }

  /// Whether a cell runs though it neither was edited nor depends on what was: since a guard reads what it declares, and
  /// others had changed that.
  func begins(anew number: Int) -> Bool {
    guard !entries.contains(where: { $0.number == number && $0.isEdited }), causes(of: number).isEmpty else {
      return false
    }
    return dependencies.declaring(spoilt.due).contains(number)
  }

  /// What a guard uses and keeps of what a run of a cell, an earlier one or one that failed, has asked routes to put into
  /// it.
  func keptOfRequests(of number: Int) -> Set<String> {
    let names = dependenciesBefore.requested(by: number, in: dependencies)
      .union(requestedByFailed[number] ?? [])
    return spoilt.leaving(names)
  }

  private static let causeLimit = 12
}
