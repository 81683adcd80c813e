import TestSupport
import Testing

@testable import Console

/// What is run, and in which order, as a served file changes.
struct CellScheduleTests {
  /// A schedule whose steps are taken at once: what it says is kept, and every cell ends as told.
  private final class Played {
    private(set) var schedule = CellSchedule()
    /// Cells whose runs fail, and those whose runs don't end.
    var failing: Set<Int> = []
    /// Those of the failing that may fail.
    var mayFail: Set<Int> = []
    var waiting: Set<Int> = []
    private(set) var steps: [String] = []
    private(set) var stopped: [Int] = []

    init(_ texts: [Int: String]) { take(texts) }

    /// The file becomes these cells; gives the steps of the reload.
    @discardableResult
    func take(_ texts: [Int: String]) -> [String] { take(texts.sorted { $0.key < $1.key }) }

    @discardableResult
    func take(_ cells: [(key: Int, value: String)]) -> [String] {
      stopped = schedule.adopt(cells.map { ($0.key, $0.value) }, mayFail: mayFail)
      return play()
    }

    /// A cell that waited has ended.
    func end(_ number: Int, succeeded: Bool = true) -> [String] {
      waiting.remove(number)
      schedule.ended(number, succeeded: succeeded)
      return play()
    }

    /// A cell had ended before it was to be stopped.
    func hadEnded(_ number: Int, _ text: String) -> [String] {
      schedule.hadEnded(number, text: text)
      return play()
    }

    private func play() -> [String] {
      steps = []
      // Each cell at most once, and each that is gone.
      for _ in 0..<1_000 {
        switch schedule.next() {
        case .remove(let number): steps.append("-\(number)")
        case .run(let number, _):
          steps.append("\(number)")
          if !waiting.contains(number) {
            schedule.ended(
              number, succeeded: !failing.contains(number), mayFail: mayFail.contains(number))
          }
        case .stop(let number):
          stopped.append(number)
          steps.append("stop \(number)")
        case .wait(let number): return steps + ["wait \(number)"]
        case .rest: return steps
        }
      }
      Issue.record("there is no end of steps")
      return steps
    }
  }

  private let chain = [1: "let a = 1", 2: "let b = a", 3: "b", 4: "4"]

  private func edited(_ texts: [Int: String], _ changes: [Int: String?]) -> [Int: String] {
    changes.reduce(into: texts) { $0[$1.key] = $1.value }
  }

  @Test func allRunAtTheStartInTheFilesOrder() {
    #expect(Played(chain).steps == ["1", "2", "3", "4"])
    let played = Played([:])
    #expect(played.take([(9, "1"), (2, "2"), (5, "3")]) == ["9", "2", "5"])
  }

  @Test func anEditRunsItsCellAndWhatDependsOnIt() {
    let played = Played(chain)
    #expect(played.take(chain) == [])
    #expect(played.take(edited(chain, [2: "let b = a + 1"])) == ["2", "3"])
    #expect(played.schedule.causes(of: 2) == [] && played.schedule.causes(of: 3) == [2])
    #expect(played.take(edited(chain, [2: "let b = a + 1", 4: "5"])) == ["4"])
    #expect(played.take(edited(chain, [1: "let a = 2"])) == ["1", "2", "3", "4"])
  }

  @Test func anotherOrderRunsNothing() {
    let played = Played(chain)
    #expect(played.take([(4, "4"), (1, "let a = 1"), (2, "let b = a"), (3, "b")]) == [])
  }

  @Test func whatIsGoneIsTakenAway() {
    let played = Played(chain)
    #expect(played.take(edited(chain, [3: nil, 4: nil])) == ["-3", "-4"])
    #expect(played.take(chain) == ["3", "4"])
  }

  @Test func whatIsGoneStaysUntilWhatReplacesItHasRun() {
    let before = [1: #"route "/a" { 1 }"#, 2: "2"]
    var played = Played(before)
    #expect(played.take([2: "2", 3: #"route "/a" { 3 }"#]) == ["3", "-1"])
    played = Played(before)
    played.failing = [3]
    #expect(played.take([2: "3", 3: #"route "/a" { 3 }"#]) == ["2", "3"])
    #expect(played.schedule.keptThoughGone == [1])
    #expect(played.schedule.isServed(1) && !played.schedule.isServed(3))
    played.failing = []
    #expect(played.take([2: "3", 3: #"route "/a" { 4 }"#]) == ["3", "-1"])
    #expect(played.schedule.keptThoughGone == [])
    // Nothing replaces it any more.
    played = Played(before)
    played.failing = [3]
    played.take([2: "2", 3: #"route "/a" { 3 }"#])
    #expect(played.take([2: "2", 3: "3"]) == ["-1", "3"])
  }

  /// Of what it declared a part is with the cell that took it over.
  @Test func whatComesBackAfterOthersHaveTakenItsPlaceInPartRunsAgain() {
    let texts = [2: "route \"/a\" { 1 }\nroute \"/b\" { 1 }", 9: "9"]
    let played = Played(texts)
    played.failing = [4]
    #expect(played.take([3: "route \"/a\" { 1 }", 4: "route \"/b\" { 1 }\nthrow 1", 9: "9"]) == ["3", "4"])
    #expect(played.take(texts).sorted() == ["-3", "-4", "2"])
    #expect(played.take(texts) == [])
  }

  @Test func whatDependsOnACellThatFailedIsNotRunAndIsTriedAgain() {
    let played = Played(chain)
    played.failing = [1]
    let broken = edited(chain, [1: "let a = 2", 4: "5"])
    #expect(played.take(broken) == ["1", "4"])
    #expect(played.schedule.held == [2, 3])
    #expect(played.schedule.isServed(1))
    #expect(played.take(broken) == ["1"])
    played.failing = []
    #expect(played.take(broken) == ["1", "2", "3"])
    #expect(played.take(broken) == [])
  }

  /// Its timer would go on filling what went on.
  @Test func whatFillsWhatACellDeclaresThatFailedIsNotRun() {
    let texts = [
      1: "let todos = []", 2: "func fill() { todos.append(1) }", 3: "every(1h) { todos.append(2) }",
      4: "every(1h) { fill() }", 5: "route \"/\" { todos }", 6: "every(1h) { 3 }",
    ]
    let played = Played(texts)
    played.failing = [1]
    let broken = edited(texts, [1: "let todos = []\nthrow 1"])
    #expect(played.take(broken) == ["1"])
    #expect(played.schedule.held == [3, 4])
    played.failing = []
    #expect(played.take(texts) == [])
    #expect(played.take(edited(texts, [1: "let todos = [0]"])) == ["1", "3", "4"])
  }

  /// Nothing of it has run, and nobody is to be signed out for that.
  @Test func anEditThatFailsBeforeWhatFillsAGuardsDataAndIsTakenBackRunsNothing() {
    let texts = [
      1: "let sessions = [\"s\": 1]", 2: "before { sessions }", 3: "route \"/in\" { sessions[\"t\"] = 2 }",
      4: "every(1h) { sessions[\"x\"] = nil }",
    ]
    let played = Played(texts)
    played.failing = [1]
    #expect(played.take(edited(texts, [1: "let sessions = [\"s\": 1]\nthrow 1"])) == ["1"])
    played.failing = []
    #expect(played.take(texts) == [])
    // Where it runs again, what it had changed is made anew.
    #expect(played.take(edited(texts, [4: "every(1h) { sessions[\"y\"] = nil }"])) == ["1", "4"])
  }

  /// Of a cell that never runs since the one before it fails, nothing is to be undone.
  @Test func whatACellHadChangedOfAGuardsDataIsMadeAnewWhenItIsAboutToRunAgain() {
    let texts = [
      1: "let sessions = [:]", 2: "before { sessions }",
      3: #"route POST "/login" { sessions["t"] = 1; "t" }"#, 4: #"let token = await post("/login").text"#,
      5: "sessions[token] = nil", 6: #"route "/" { 1 }"#, 7: "await post(\"/login\")",
    ]
    let played = Played(texts)
    played.failing = [4]
    let failing = edited(texts, [4: #"let token = await post("/login").text; throw 1"#])
    #expect(played.take(failing) == ["4"])
    #expect(played.schedule.held == [5] && played.schedule.pendingGuards == [4, 5])
    #expect(played.take(edited(failing, [6: #"route "/" { 2 }"#])) == ["4", "6"])
    played.failing = []
    #expect(played.take(texts) == ["6"])
    // What the cell had asked for is lost with all that was put in, so it asks again.
    let good = edited(texts, [4: #"let token = await post("/login").text + "2""#])
    #expect(played.take(good) == ["4", "1", "4", "5", "7"])
    #expect(played.schedule.begins(anew: 1) && !played.schedule.begins(anew: 5))
    #expect(played.take(good) == [])
    // Edited itself, it runs whatever becomes of others.
    #expect(played.take(edited(good, [5: "sessions[token] = 2"])) == ["1", "4", "5", "7"])
    played.failing = [4]
    #expect(played.take(edited(failing, [5: "sessions[token] = 3"])) == ["4"])
    #expect(played.schedule.held == [5])
  }

  @Test func aCellThatGoesOnIsStoppedWhereWhatItReadsIsMadeAnew() {
    let texts = [
      1: "let sessions = [:]", 2: "before { sessions }", 3: "let n = sessions.count\nsleep(1h)",
      4: #"route "/" { 1 }"#, 5: #"let token = "t""#, 6: "sessions[token] = 1",
    ]
    let played = Played(texts)
    played.waiting = [3]
    let first = edited(texts, [3: "let n = sessions.count\nsleep(2h)"])
    #expect(played.take(first) == ["3", "wait 3"])
    played.failing = [5]
    #expect(played.take(edited(first, [5: "let token = 1 / 0"])) == ["5"])
    #expect(played.stopped == [] && played.schedule.underWay == [3])
    played.failing = []
    #expect(played.take(edited(first, [5: #"let token = "u""#])) == ["5", "stop 3", "1", "3", "wait 3"])
    #expect(played.end(3) == ["6"])
  }

  /// What it had changed before was seen to when it began.
  @Test func aCellThatFillsAGuardsDataGoesOnBesideOtherEdits() {
    let texts = [
      1: "let sessions = [:]", 2: "before { sessions }", 3: "sleep(1h)\nsessions[9] = 1",
      4: #"route "/" { 1 }"#,
    ]
    let played = Played(texts)
    played.waiting = [3]
    let first = edited(texts, [3: "sleep(2h)\nsessions[9] = 1"])
    #expect(played.take(first) == ["1", "3", "wait 3"])
    #expect(played.take(edited(first, [4: #"route "/" { 2 }"#])) == ["4"])
    #expect(played.stopped == [] && played.schedule.underWay == [3])
    // But not where no guard used it then.
    let unguarded = edited(texts, [2: nil])
    let other = Played(unguarded)
    other.waiting = [3]
    let second = edited(unguarded, [3: "sleep(3h)\nsessions[9] = 1"])
    #expect(other.take(second) == ["3", "wait 3"])
    #expect(other.take(edited(second, [2: "before { sessions }"])) == ["1", "2", "3", "wait 3"])
    #expect(other.stopped == [3])
  }

  /// Fibers of the earlier run had filled it until then.
  @Test func whatRunsAgainForFibersIsAsAfterAStart() {
    let texts = [
      1: #"let base = "a""#, 2: "let sessions = [:]", 3: "var quota = 10",
      4: "before { if sessions.isEmpty || quota < 15 { throw 1 } }", 5: "sessions[base] = 1\nquota += 10",
      6: "async { sessions[base] = 2 }\nquota += 1",
    ]
    let played = Played(texts)
    let steps = played.take(edited(texts, [6: "async { sessions[base] = 3 }\nquota += 1"]))
    // Both variables are declared anew before what changes them runs, whenever that is.
    #expect(steps == ["2", "3", "5", "6", "2", "3", "5", "6"])
  }

  /// It reads what cells have left that have gone since.
  @Test func whatAGuardComesToReadIsMadeAnewWhereCellsHadChangedItThatAreGone() {
    let texts = [1: #"let admins = ["root"]"#, 2: #"route "/" { admins }"#, 4: #"admins.append("eve")"#]
    let played = Played(texts)
    let guarding = "before { if admins.isEmpty { throw 1 } }"
    #expect(played.take(edited(texts, [4: nil])) == ["-4"])
    #expect(played.take(edited(texts, [3: guarding, 4: nil])) == ["1", "3"])
    #expect(played.schedule.begins(anew: 1))
    // Nothing has changed it.
    let other = Played(edited(texts, [4: nil]))
    #expect(other.take(edited(texts, [3: guarding, 4: nil])) == ["3"])
    // It was edited, or failed.
    let third = Played(texts)
    third.failing = [4]
    #expect(third.take(edited(texts, [4: #"admins.append("bob"); throw 1"#])) == ["4"])
    third.failing = []
    #expect(third.take(edited(texts, [3: guarding])) == ["1", "3", "4"])
  }

  /// It fills what a guard reads for requests, and so decides nothing of what is in force.
  @Test func aLoginIsNoPartOfTheGuardsThatAreToRun() {
    let texts = [
      1: "let sessions = [:]", 2: "before { sessions }", 3: #"route "/login" { sessions[1] = 1 }"#,
      4: "let a = 1",
    ]
    let played = Played(texts)
    played.failing = [3]
    played.take(edited(texts, [3: #"route "/login" { sessions[1] = 2 }; throw 1"#, 4: "let a = 2"]))
    #expect(played.schedule.failed == [3] && played.schedule.pendingGuards == [])
    #expect(!played.schedule.decidesGuards(3) && played.schedule.decidesGuards(1))
  }

  @Test func whatIsDueSinceCellsHaveMovedStaysSoWhenAnEditIsTakenBack() {
    let (first, last) = ((key: 1, value: "let s = 1"), (key: 3, value: "var s = s + 1"))
    let reader = (key: 2, value: "let y = s")
    let played = Played([:])
    #expect(played.take([first, reader, last]) == ["1", "2", "3"])
    played.failing = [1]
    #expect(played.take([(key: 1, value: "let s = 1\n1 / 0"), last, reader]) == ["1"])
    played.failing = []
    #expect(Set(played.take([first, last, reader])).isSuperset(of: ["2", "3"]))
  }

  @Test func aGuardStaysThoughTheCellMayFail() {
    let played = Played([1: "before { nil }\nlet a = 1", 2: "let b = a"])
    (played.failing, played.mayFail) = ([1], [1])
    #expect(played.take([1: "before { nil }\nlet a = 2", 2: "let b = a"]) == ["1", "2"])
    #expect(played.schedule.isServed(1))
  }

  @Test func behindACellThatMayFailWhatDependsOnItRuns() {
    let played = Played(chain)
    played.failing = [1]
    played.mayFail = [1]
    let broken = edited(chain, [1: "let a = 2"])
    // What its last good run declared goes, as nothing of it would be there after a start.
    #expect(played.take(broken) == ["1", "-1", "2", "3"])
    #expect(played.schedule.held == [] && played.schedule.failed == [])
    #expect(!played.schedule.isServed(1))
    // It has run as it is meant to: other edits leave it alone, and one of it runs it.
    #expect(played.take(broken) == [])
    #expect(played.take(edited(broken, [3: "let c = b + 2"])) == ["3"])
    #expect(played.take(edited(chain, [1: "let a = 3", 3: "let c = b + 2"])) == ["1", "2", "3"])
    // Where it may fail no longer it is tried again, and has failed.
    played.mayFail = []
    #expect(played.take(edited(chain, [1: "let a = 3", 3: "let c = b + 2"])) == ["1"])
    #expect(played.schedule.failed == [1])
    played.failing = []
    #expect(played.take(edited(chain, [3: "let c = b + 2"])) == ["1", "2", "3"])
  }

  @Test func anEditThatFailedAndIsTakenBackRunsNothing() {
    let played = Played(chain)
    played.failing = [1]
    #expect(played.take(edited(chain, [1: "let a = 2"])) == ["1"])
    #expect(played.take(chain) == [])
    // What a good run has made stale stays to be run.
    played.failing = [2]
    let edit = edited(chain, [1: "let a = 3"])
    #expect(played.take(edit) == ["1", "2"])
    #expect(played.schedule.held == [3])
    played.failing = []
    #expect(played.take(edited(edit, [4: "44"])) == ["2", "3", "4"])
  }

  @Test func theNextCellWaitsForTheOneBeforeIt() {
    let played = Played(chain)
    played.waiting = [2]
    #expect(played.take(edited(chain, [2: "let b = 3", 4: "5"])) == ["2", "wait 2"])
    #expect(played.schedule.underWay == [2])
    #expect(played.end(2) == ["3", "4"])
  }

  @Test func aCellThatWaitsKeepsNoOtherEditFromBeingTaken() {
    let played = Played(chain)
    played.waiting = [2]
    let first = edited(chain, [2: "let b = 3"])
    #expect(played.take(first) == ["2", "wait 2"])
    #expect(played.take(edited(first, [4: "5"])) == ["4"])
    #expect(played.stopped == [])
    #expect(played.schedule.underWay == [2] && played.schedule.held == [3])
    #expect(played.end(2) == ["3"])
    #expect(played.take(edited(first, [4: "5"])) == [])
  }

  @Test func anEditOfACellThatWaitsStopsIt() {
    let played = Played(chain)
    played.waiting = [2]
    #expect(played.take(edited(chain, [2: "let b = 3"])) == ["2", "wait 2"])
    played.waiting = []
    #expect(played.take(edited(chain, [2: "let b = 4"])) == ["2", "3"])
    #expect(played.stopped == [2])
    // So does an edit of what it depends on, and its end.
    played.waiting = [2]
    played.take(edited(chain, [2: "let b = a + 5"]))
    played.waiting = []
    #expect(played.take(edited(chain, [1: "let a = 9", 2: "let b = a + 5"])) == ["1", "2", "3"])
    #expect(played.stopped == [2])
    played.waiting = [2]
    played.take(edited(chain, [1: "let a = 9", 2: "let b = 6", 3: nil]))
    #expect(played.take([1: "let a = 9", 4: "4"]) == ["-2"])
    #expect(played.stopped == [2])
  }

  @Test func aCellThatWaitsAndIsChangedBackKeepsWhatItHadMade() {
    let played = Played(chain)
    played.waiting = [2]
    played.take(edited(chain, [2: "let b = 3"]))
    #expect(played.take(chain) == [])
    #expect(played.stopped == [2])
    #expect(played.schedule.underWay == [])
  }

  @Test func aCellThatGoesOnByItselfAndFailsIsTriedAgain() {
    let played = Played(chain)
    played.waiting = [3]
    #expect(played.take(edited(chain, [2: "let b = a + 1"])) == ["2", "3", "wait 3"])
    let second = edited(chain, [2: "let b = a + 1", 4: "5"])
    #expect(played.take(second) == ["4"])
    #expect(played.end(3, succeeded: false) == [])
    #expect(played.take(second) == ["3"])
    #expect(played.take(second) == [])
  }

  @Test func aRunThatHadEndedWhenItWasToBeStoppedCounts() {
    let played = Played(chain)
    played.waiting = [4]
    played.take(edited(chain, [4: "5"]))
    #expect(played.take(chain) == [])
    #expect(played.stopped == [4])
    // It had ended before, so that the kernel has what the file no longer has.
    played.waiting = []
    #expect(played.hadEnded(4, "5") == ["4"])
    #expect(played.take(chain) == [])
    // Its cell runs again by now.
    played.waiting = [4]
    played.take(edited(chain, [4: "6"]))
    played.take(edited(chain, [4: "7"]))
    #expect(played.hadEnded(4, "6") == ["wait 4"])
    #expect(played.end(4, succeeded: false) == [])
    #expect(played.take(chain) == ["4"])
    // It is gone, too.
    #expect(played.take(edited(chain, [4: nil])) == ["-4"])
    #expect(played.hadEnded(4, "4") == [])
    #expect(!played.schedule.isServed(4))
  }

  @Test func theEndOfARunThatWasStoppedIsNotThatOfTheNext() {
    let played = Played(chain)
    played.waiting = [4]
    played.take(edited(chain, [4: "5"]))
    played.take(edited(chain, [4: "6"]))
    #expect(played.schedule.underWay == [4])
    #expect(!played.schedule.isServed(7))
  }

  /// Whatever is edited, fails or waits: once nothing does any more, the last text of each cell has run last, no cell
  /// has run again for nothing, and all that are gone have been taken away.
  @Test(arguments: 0..<400)
  func onceNothingFailsOrWaitsAllIsAsTheFileHasIt(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var texts: [Int: String] = [:]
    let played = Played([:])
    /// For each cell the text that ran well last.
    var ran: [Int: String] = [:]
    func some(of count: Int) -> Set<Int> {
      Set((1...6).filter { _ in Int.random(in: 0..<count, using: &random) == 0 })
    }
    func note(_ steps: [String]) {
      for step in steps {
        if step.hasPrefix("-") { ran[Int(step.dropFirst()) ?? 0] = nil }
        guard let cell = Int(step), cell > 0, let text = texts[cell] else { continue }
        #expect(ran[cell] != text || !text.contains("v\(cell) ="))
        if !played.failing.contains(cell), !played.waiting.contains(cell) { ran[cell] = text }
      }
    }
    func end(_ cell: Int, succeeded: Bool) {
      let steps = played.end(cell, succeeded: succeeded)
      if succeeded { ran[cell] = texts[cell] }
      note(steps)
    }
    for edit in 0..<12 {
      let number = Int.random(in: 1...6, using: &random)
      let input = Int.random(in: 1...6, using: &random)
      let text =
        Bool.random(using: &random) ? "let v\(number) = \(edit)" : "let w\(number) = v\(input) + \(edit)"
      texts[number] = Int.random(in: 0..<4, using: &random) > 0 ? text : nil
      played.failing = edit == 11 ? [] : some(of: 4)
      played.waiting = edit == 11 ? [] : some(of: 3).union(played.schedule.underWay)
      note(played.take(texts))
      for cell in played.schedule.underWay where edit == 11 || Bool.random(using: &random) {
        end(cell, succeeded: edit == 11 || Bool.random(using: &random))
      }
    }
    #expect(ran == texts)
    #expect(played.schedule.held == [] && played.schedule.underWay == [])
    #expect(played.schedule.keptThoughGone == [])
    #expect(played.take(texts) == [])
  }
}
