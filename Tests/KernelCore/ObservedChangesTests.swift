import Testing

@testable import KernelCore

/// What cells were seen to change decides what they change, in place of what their texts look like.
@Suite struct ObservedChangesTests {
  private func cells(_ texts: [String]) -> [(number: Int, text: String)] {
    texts.enumerated().map { (number: $0 + 1, text: $1) }
  }

  /// What the cells of a notebook change where the last was seen to change some names.
  private func changed(
    _ texts: String..., seen names: Set<String>, later: Set<String> = [], isComplete: Bool = true
  ) -> Set<String> {
    var observed = ObservedChanges(isComplete: isComplete)
    observed.byCell[texts.count] = ChangedNames(atOnce: names, later: later)
    let settled = observed.settled(for: Set(1...texts.count), failing: [], others: [])
    return CellDependencies(cells(texts), observed: settled).changedItself(by: texts.count)
  }

  @Test func ofWhatTheTextLooksLikeNothingCountsWhereAllWasSeen() {
    let (users, trim) = ("let users = [1]", "func trim() { if users.count > 9 { users.removeAll() } }")
    #expect(CellDependencies(cells([users, trim, "trim()"])).changedItself(by: 3) == ["users"])
    #expect(changed(users, trim, "trim()", seen: []) == [])
  }

  /// Where not all was looked at, a cell counts as changing all that it takes and a guard reads.
  @Test func ofWhatWasNotLookedAtWhatGuardsReadCounts() {
    let texts = ["let users = []\nlet others = []", "func first() { users[0] }"]
    let guarding = "before { users.isEmpty }"
    for use in ["for u in users { u.n = 1 }", "first().n = 1", "print(users, others)"] {
      #expect(changed(texts[0], texts[1], guarding, use, seen: [], isComplete: false) == ["users"])
      #expect(changed(texts[0], texts[1], guarding, use, seen: []) == [])
      #expect(changed(texts[0], texts[1], "let x = 1", use, seen: [], isComplete: false) == [])
    }
    #expect(
      changed(texts[0], texts[1], guarding, "every(1h) { first().n = 1 }", seen: [], isComplete: false)
        == ["users"])
    #expect(changed(texts[0], texts[1], guarding, "print(others)", seen: [], isComplete: false) == [])
  }

  /// Whether a condition was met, and whether what a cell keeps was called, no text tells.
  @Test func whatWasNotDoneDoesNotCount() {
    #expect(changed("var n = 0\nlet list = []", "if n > 1 { n = 2; list.append(1) }", seen: []) == [])
    #expect(changed("let list = []", "let undo = [{ list.removeAll() }]", seen: []) == [])
    #expect(changed("let list = []\nfunc f(n) { if n > 1 { list.append(n) } }", "f(1)", seen: []) == [])
    #expect(changed("let list = []", "after(1h) { list.append(1) }", seen: []) == [])
    #expect(changed("let list = []", "every(1h) { list.append(1) }", seen: [], isComplete: false) == ["list"])
  }

  /// What is reached through `ann` is of `users`, since `ann` was taken from there; what two hold of which neither was taken
  /// from the other is of both.
  @Test func whatANameWasTakenFromHasWhatIsReachedThroughIt() {
    #expect(
      changed("let users = []", "let ann = users[0]", "f()", seen: ["users", "ann"]) == ["users"])
    #expect(
      changed(
        "let users = []", "func find() { users[0] }", "let ann = find()", "f()", seen: ["users", "ann"])
        == ["users"])
    #expect(changed("let users = []", "let pool = []", "f()", seen: ["users", "pool"]) == ["users", "pool"])
    #expect(
      changed("let users = []\nlet pool = users", "f()", seen: ["users", "pool"]) == ["users", "pool"])
    // A function of its cell names the other, and the cell itself does not run again with it.
    #expect(
      changed(
        "let users = []", "let tokens = [:]\nfunc signUp(u) { users.append(u); tokens[1] = u }", "f()",
        seen: ["users", "tokens"]) == ["users", "tokens"])
    #expect(changed("let a = { b }", "let b = { a }", "f()", seen: ["a", "b"]) == ["a", "b"])
    #expect(changed("let users = []", "f()", seen: [], later: ["users"]) == ["users"])
  }

  /// A guard that reads `users` misses nothing because they hold what `pool` does, too.
  @Test func whatAGuardReadsCountsThoughItWasTakenFromAnother() {
    let texts = ["let pool = []", "let users = [pool.first]", "group \"/a\" { before { users } }", "f()"]
    #expect(changed(texts[0], texts[1], texts[3], seen: ["users", "pool"]) == ["pool"])
    let guarded = "before { if visits.isEmpty { throw 1 } }"
    #expect(
      changed(
        "let pool = []", "let visits = []\nprint(pool.count)", guarded, "f()", seen: ["visits", "pool"])
        == ["visits", "pool"])
  }

  @Test func ofAnotherTextThatAloneCountsWhichIsNewInIt() {
    let (users, trim) = ("let users = [1]", "func trim() { if users.count > 9 { users.removeAll() } }")
    func changed(from first: String, to text: String) -> Set<String> {
      let old = cells([users, trim, first])
      let ran = ObservedChanges().settled(for: [1, 2, 3], failing: [], others: [])
      let before = CellDependencies(old, knowing: CellDependencies(old), observed: ran)
      let edited = ObservedChanges().settled(for: [1, 2], failing: [], others: [3])
      return CellDependencies(cells([users, trim, text]), knowing: before, observed: edited)
        .changedItself(by: 3)
    }
    #expect(changed(from: "trim()", to: "trim()\nprint(2)") == [])
    #expect(changed(from: "print(1)", to: "trim()") == ["users"])
  }

  @Test func whatACellHasAskedRoutesToChangeIsToldApart() {
    var observed = ObservedChanges()
    observed.requested[2] = ["users"]
    let dependencies = CellDependencies(
      cells(["let users = []\nbefore { users.first }", "await get(address)"]),
      observed: observed.settled(for: [1, 2], failing: [], others: []))
    #expect(dependencies.changedItself(by: 2) == [])
    #expect(dependencies.requested(by: 2, in: dependencies) == ["users"])
  }

  /// Of a cell that is gone also what its routes had changed.
  @Test func whatARouteWasSeenToChangeGoesWithIt() {
    let texts = [
      "let users = []", "before { users.isEmpty }", "route \"/in\" { for u in users { u.n = 1 } }",
    ]
    var observed = ObservedChanges()
    observed.byRoutes[3] = ["users"]
    let before = CellDependencies(
      cells(texts), observed: observed.settled(for: [1, 2, 3], failing: [], others: []))
    #expect(CellDependencies(cells([texts[0], texts[1]])).affected(by: [], since: before) == [1])
    // Where a reader moves, what requests have put in stays.
    let reading = ["let n = users.count", "users.append(1)"]
    observed.byCell[5] = ChangedNames(atOnce: ["users"])
    let all = CellDependencies(
      cells([texts[0], "1", texts[2]] + reading),
      observed: observed.settled(for: [1, 2, 3, 4, 5], failing: [], others: []))
    let order = [1, 2, 3, 5, 4].map { number in all.texts.first { $0.number == number }! }
    let moved = CellDependencies(order.map { ($0.number, $0.text) }, knowing: all)
    #expect(moved.affected(by: [], since: all) == [4])
  }

  /// A run that failed as it may has changed what it has changed after a start, too.
  @Test func whatARunThatFailedHasChangedCountsWhereItMay() {
    var observed = ObservedChanges()
    observed.byFailedRuns[2] = ["users"]
    func changed(_ failing: Set<Int>) -> Set<String> {
      CellDependencies(
        cells(["let users = []", "f()"]),
        observed: observed.settled(for: [1, 2], failing: failing, others: [])
      ).changedItself(by: 2)
    }
    #expect(changed([]) == [] && changed([2]) == ["users"])
  }
}
