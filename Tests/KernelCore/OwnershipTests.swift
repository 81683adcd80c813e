import Testing

@testable import KernelCore

/// A cell owns what it makes.
struct OwnershipTests {
  /// It was given up with the run that waited for it, so that the new run failed at once, and each one after it.
  @Test(arguments: [
    "await gate", "await all([gate])[0]", "await gate.then { $0 }", "await async { await gate }",
  ])
  func whatACellWaitsForIsStillThereWhenItRunsAgain(text: String) {
    let bench = Bench()
    bench.run("let gate = deferred()")
    let first = bench.start(text, cell: 2)
    let second = bench.start(text, cell: 2)
    let third = bench.start(text, cell: 2)
    #expect(Shown(first.value).contains("interrupted") && Shown(second.value).contains("interrupted"))
    #expect(third.value == nil)
    #expect(bench.run("gate.resolve(5)", cell: 3) == "true")
    #expect(Shown(third.value).contains("5"))
  }

  @Test func whatOnlyTheEarlierRunWaitedForIsGivenUp() {
    let bench = Bench()
    bench.run("let gate = deferred()")
    bench.start("await gate", cell: 2)
    #expect(bench.run("1", cell: 2) == "1")
    #expect(bench.run("gate.isPending", cell: 3) == "false")
    bench.start("await sleep(9s)", cell: 4)
    #expect(bench.on { bench.clock.timerCount } == 1)
    bench.start("await sleep(5s)", cell: 4)
    #expect(bench.on { bench.clock.timerCount } == 1)
  }

  @Test func runningACellAgainReplacesExactlyWhatItsLastRunMade() {
    let bench = Bench()
    bench.run(
      """
      var kept = 1
      let gone = 1
      func lost() { 1 }
      route "/kept" { "old" }
      route GET, POST "/gone" { "old" }
      every(1s) { print("old tick") }
      after(3s) { print("old once") }
      async { await sleep(3s)
      print("old fiber") }
      nil
      """)
    bench.run("var other = 7\nroute \"/other\" { \"other\" }", cell: 2)
    #expect(
      bench.run("var kept = 2\nroute \"/kept\" { \"new\" }\nevery(2s) { print(\"new tick\") }\nnil") == "ok")
    let count = bench.output.count
    bench.advance(.seconds(4))
    #expect(bench.output.dropFirst(count) == ["new tick", "new tick"])
    #expect(bench.failures == [])
    #expect(bench.get("/kept") == "new")
    #expect(bench.ask("/gone").status == 404)
    #expect(bench.ask("/gone", .POST).status == 404)
    #expect(bench.get("/other") == "other")
    #expect(bench.value("kept + other") == "9")
    #expect(bench.run("gone", cell: 3).contains("not defined"))
    #expect(bench.run("lost()", cell: 3).contains("not defined"))
  }

  @Test func timersStandStillWhileTheirCellRunsAgainAndGoOnWhereItFails() {
    let bench = Bench()
    bench.run("every(5s) { print(\"tick \\(now())\") }\nafter(12s) { print(\"once\") }\nnil")
    #expect(bench.output.count == 1)
    bench.advance(.seconds(4))
    let again = bench.start("await sleep(9s)\nthrow \"no\"")
    bench.advance(.seconds(8))
    #expect(bench.output.count == 1)
    bench.advance(.seconds(1))
    #expect(Shown(again.value).contains("no"))
    // What fell due meanwhile comes at once, and then the old rhythm is kept.
    bench.advance(.zero)
    #expect(bench.output.count == 3)
    #expect(bench.output.contains("once"))
    bench.advance(.seconds(2))
    #expect(bench.output.count == 4)
    bench.advance(.seconds(5))
    #expect(bench.output.count == 5)
  }

  @Test func aTickThatIsUnderWayEndsWithItsCell() {
    let bench = Bench()
    bench.run("every(5s) { defer { print(\"cleaned\") }\nawait deferred() }\nnil")
    bench.run("nil")
    #expect(bench.output == ["cleaned"])
    #expect(bench.failures == [])
  }

  @Test func callsOfTheLastRunThatNobodyAwaitsEnd() {
    let bench = Bench()
    bench.run("route \"/slow\" { defer { print(\"stopped\") }\nawait deferred() }", cell: 2)
    bench.run("let answer = get(\"/slow\")")
    #expect(bench.on { bench.kernel.calls.count } == 1)
    bench.run("nil")
    #expect(bench.on { bench.kernel.calls.count } == 0)
    #expect(bench.output == ["stopped"])
    #expect(bench.failures == [])
  }

  @Test func whatACellLeftToBeShownLaterGoesWithIt() {
    let bench = Bench()
    #expect(bench.run("after(5s) { 42 }") == "<Deferred pending: timer 5s>")
    bench.run("after(6s) { 43 }")
    bench.advance(.seconds(10))
    #expect(bench.notices == ["Out[1] fired: 43"])
    #expect(bench.failures == [])
  }

  @Test func deletingTheCellThatReplacedARouteBringsNoOlderOneBackAndThe404NamesIt() {
    let bench = Bench()
    bench.run("route \"/r\" { \"one\" }")
    #expect(
      bench.start("route \"/r\" { \"two\" }", cell: 2).value?.notes == ["route /r  replaces the one from [1]"]
    )
    #expect(bench.get("/r") == "two")
    bench.on { bench.kernel.removeEffects(of: 2) }
    let answer = bench.ask("/r")
    #expect(answer.status == 404)
    #expect(answer.text?.contains("Cell [1] defines it") == true)
    #expect(bench.ask("/r", isFromThisMachine: false).text?.contains("[1]") == false)
    bench.run("route \"/r\" { \"one\" }")
    #expect(bench.get("/r") == "one")
  }

  /// Where the order of the cells decides, as of a file that is served.
  @Test func ofCellsThatDeclareTheSameTheOneFurthestDownHasItWhicheverRanLast() {
    let bench = Bench()
    bench.on { bench.supervisor.setOrder([1, 2, 3], decides: true) }
    let first =
      "route \"/r/<a>\" { \"one\" }\nlet n = \"one\"\nroute \"/n\" { n }\nnotFound { \"none of one\" }"
    let last = "route \"/r/<b>\" { \"two\" }\nlet n = \"two\"\nnotFound { \"none of two\" }"
    func answers() -> [String] { ["/r/1", "/n", "/x"].map { bench.get($0) ?? "" } }
    bench.run(first)
    bench.run(last, cell: 3)
    #expect(answers() == ["two", "two", "none of two"])
    // The names are its own for a cell that runs, and for those behind it until one of them declares them.
    bench.run(first + "\nawait sleep(1s)\nprint(n)")
    #expect(answers() == ["two", "two", "none of two"])
    bench.advance(.seconds(1))
    bench.run("print(n)\nfunc f() { n }", cell: 2)
    #expect(bench.output == ["one", "one"])
    #expect(answers() == ["two", "two", "none of two"])
    bench.run(last + "\n1 / 0", cell: 3)
    #expect(answers() == ["two", "two", "none of two"])
    bench.run(first)
    bench.on { bench.kernel.ownership.settleNames() }
    bench.run("print(n)", cell: 2)
    #expect(bench.output == ["one", "one", "two"])
    #expect(answers() == ["two", "two", "none of two"])
    // Where it has failed itself nothing is to be given back.
    bench.run(first + "\n1 / 0")
    bench.on { bench.kernel.ownership.settleNames() }
    #expect(answers() == ["two", "two", "none of two"])
    // What a cell lets go of is that of the next one up; one that is gone has its own until it is removed.
    bench.run("nil", cell: 3)
    #expect(answers() == ["one", "one", "none of one"])
    bench.run(last, cell: 3)
    bench.on { bench.supervisor.setOrder([1, 2], decides: true) }
    #expect(answers() == ["one", "one", "none of one"])
  }

  /// A cell that is gone, or has let go of something, is replaced by one that has still to run.
  @Test(arguments: [false, true])
  func whatIsToBeDeclaredAgainStaysUntilThen(isGone: Bool) {
    let bench = Bench()
    bench.on { bench.supervisor.setOrder([1, 2], decides: true) }
    func plain(_ word: String) -> String {
      "let n = \"\(word)\"\nroute \"/r\" { \"\(word)\" }\nroute \"/n\" { n }\nnotFound { \"none of \(word)\" }"
    }
    func answers() -> [String] { ["/r", "/n", "/x", "/only"].map { bench.get($0) ?? "" } }
    bench.run(plain("one"))
    bench.run(plain("two") + "\nroute \"/only\" { \"two\" }\nevery(1s) { print(\"tick\") }\nnil", cell: 2)
    let ticks = bench.output
    let texts = [(1, plain("one"))] + (isGone ? [] : [(2, "let q = 1")]) + [(5, plain("five"))]
    let awaited = CellDependencies(texts.map { (number: $0.0, text: $0.1) }).awaited(isGone ? [5] : [2, 5])
    bench.on { bench.supervisor.setOrder(texts.map(\.0), decides: true, awaiting: awaited) }
    if !isGone { bench.run("let q = 1", cell: 2) }
    #expect(Array(answers().prefix(3)) == ["two", "two", "none of two"])
    // What nobody is to declare again is gone.
    #expect(answers()[3] == "none of two")
    bench.advance(.seconds(5))
    #expect(bench.output == ticks)
    bench.run(plain("five") + "\n1 / 0", cell: 5)
    bench.run(plain("one"))
    #expect(Array(answers().prefix(3)) == ["two", "two", "none of two"])
    bench.run(plain("five"), cell: 5)
    #expect(Array(answers().prefix(3)) == ["five", "five", "none of five"])
    bench.on { bench.kernel.removeEffects(of: 5) }
    #expect(Array(answers().prefix(3)) == ["one", "one", "none of one"])
  }

  /// At a start the cells find what has been declared so far, and who asks from outside is told to wait for the last.
  @Test func whatALaterCellIsToDeclareIsThereForTheCellsAlone() {
    let bench = Bench()
    let texts = [
      "var v = 1\nroute \"/r\" { \"one\" }", "route \"/x\" { v }",
      "let n = (await get(\"/x\")).text + (await get(\"/r\")).text\nvar later = 0\nevery(1s) { later = v }",
      "var v = 5\nroute \"/r\" { \"two\" }",
    ]
    let cells = texts.enumerated().map { (number: $0 + 1, text: $1) }
    let awaited = CellDependencies(cells).awaited([1, 2, 3, 4])
    bench.on { bench.supervisor.setOrder([1, 2, 3, 4], decides: true, awaiting: awaited, isStart: true) }
    for cell in cells.dropLast() { bench.run(cell.text, cell: cell.number) }
    bench.advance(.seconds(1))
    let early = bench.ask("/x")
    #expect(early.status == 503)
    #expect(early.text?.contains("\"v\" is not there yet: a cell that declares it has still to run") == true)
    #expect(bench.ask("/r").status == 404)
    #expect(bench.awaited("[n, later]", cell: 9) == "[\"1one\", 1]")
    bench.run(texts[3], cell: 4)
    bench.on { bench.kernel.ownership.settleNames() }
    #expect(bench.get("/x") == "5" && bench.get("/r") == "two")
  }

  @Test func cellsThatMoveTakeOverFromEachOtherWithoutRunning() {
    let bench = Bench()
    bench.on { bench.supervisor.setOrder([1, 2], decides: true) }
    bench.run("route \"/r\" { \"one\" }\nbefore { nil }\ncors(\"http://one\")")
    bench.run("route \"/r\" { \"two\" }\ncors(\"http://two\")", cell: 2)
    #expect(bench.get("/r") == "two")
    bench.on { bench.supervisor.setOrder([2, 1], decides: true) }
    #expect(bench.get("/r") == "one")
    #expect(bench.on { bench.kernel.surroundings.count } == 2)
    // A handler that declares a route does so for its cell.
    bench.run("route \"/make\" { route \"/r\" { \"three\" }; 1 }", cell: 2)
    #expect(bench.get("/make") == "1")
    #expect(bench.get("/r") == "one")
  }

  @Test func runningAgainTheCellWhoseRouteAnotherTookOverTakesItBack() {
    let bench = Bench()
    bench.run("route \"/r\" { \"one\" }")
    bench.run("route \"/r\" { \"two\" }", cell: 2)
    bench.run("route \"/r\" { \"one again\" }")
    #expect(bench.get("/r") == "one again")
    // The other's next run without it does not touch it.
    bench.run("nil", cell: 2)
    #expect(bench.get("/r") == "one again")
  }

  @Test func aDeletedCellTakesAllItMadeAndNothingElse() {
    let bench = Bench()
    bench.run("var a = 1\nfunc f() { 1 }\nroute \"/a\" { 1 }\nevery(1s) { print(\"tick\") }\nnil")
    bench.run("var b = 2\nroute \"/b\" { b }", cell: 2)
    bench.on { bench.kernel.removeEffects(of: 1) }
    let count = bench.output.count
    bench.advance(.seconds(5))
    #expect(bench.output.count == count)
    #expect(bench.ask("/a").status == 404)
    #expect(bench.run("a", cell: 3).contains("not defined"))
    #expect(bench.get("/b") == "2")
  }

  @Test func deletingACellThatWaitsInterruptsItFirst() {
    let bench = Bench()
    bench.run("let old = 1")
    let waiting = bench.start("let new = 1\nawait deferred()")
    bench.on { bench.kernel.removeEffects(of: 1) }
    #expect(waiting.value?.outcome == .interrupted)
    #expect(bench.run("old", cell: 3).contains("not defined"))
    #expect(bench.run("new", cell: 3).contains("not defined"))
  }

  @Test func aBuiltInNameComesBackWhenTheCellThatTookItIsGone() {
    let bench = Bench()
    bench.run("func min(a, b) { \"mine\" }")
    #expect(bench.value("min(2, 1)") == "\"mine\"")
    bench.run("throw \"no\"")
    #expect(bench.value("min(2, 1)") == "\"mine\"")
    bench.on { bench.kernel.removeEffects(of: 1) }
    #expect(bench.value("min(2, 1)") == "1")
  }

  @Test func requestsUnderWayEndOnTheCodeTheyBeganWith() {
    let bench = Bench()
    bench.run("var gate = deferred()\nfunc word() { \"old\" }", cell: 2)
    bench.run("let suffix = \"!\"\nroute \"/r\" { await gate\nawait sleep(1s)\nword() + \" code\" }")
    let request = bench.ask("/r")
    bench.run("route \"/r\" { \"new code\" }")
    #expect(request.value == nil)
    bench.run("gate.resolve(1)", cell: 3)
    bench.advance(.seconds(1))
    #expect(request.text == "old code")
    #expect(bench.get("/r") == "new code")
  }

  @Test func handlersSeeANewValueOfAGlobalAtTheirNextRead() {
    let bench = Bench()
    bench.run("var word = \"old\"")
    bench.run("route \"/r\" { let first = word\nawait sleep(1s)\n\"\\(first) \\(word)\" }", cell: 2)
    let request = bench.ask("/r")
    bench.run("var word = \"new\"")
    bench.advance(.seconds(1))
    #expect(request.text == "old new")
  }

  @Test func aCapturedCounterStartsAnewWithItsCell() {
    let bench = Bench()
    let text = "func make() { var n = 0\nreturn { n += 1\nn } }\nlet next = make()\nroute \"/n\" { next() }"
    bench.run(text)
    #expect(bench.get("/n") == "1")
    #expect(bench.get("/n") == "2")
    bench.run(text)
    #expect(bench.get("/n") == "1")
  }

  @Test func whatAHandlerMakesAfterItsCellRanAgainBelongsToTheNewRun() {
    let bench = Bench()
    let text =
      "route \"/start\" { await sleep(1s)\nevery(1s) { print(\"tick\") }\nroute \"/made\" { 1 }\nnil }"
    bench.run(text)
    let request = bench.ask("/start")
    bench.run(text)
    bench.advance(.seconds(1))
    #expect(request.status == 204)
    #expect(bench.get("/made") == "1")
    bench.run("nil")
    let count = bench.output.count
    bench.advance(.seconds(5))
    #expect(bench.output.count == count)
    #expect(bench.ask("/made").status == 404)
  }

  @Test func aHandlerWhoseCellIsGoneCannotMakeWhatNobodyWouldOwn() {
    let bench = Bench()
    bench.run("route \"/start\" { await sleep(1s)\nroute \"/made\" { 1 }\nnil }")
    let request = bench.ask("/start")
    bench.on { bench.kernel.removeEffects(of: 1) }
    bench.advance(.seconds(1))
    #expect(request.status == 500)
    #expect(
      request.text?.contains(
        "the cell that this code belongs to is gone, so it cannot make anything that stays") == true)
    #expect(bench.ask("/made").status == 404)
  }

  @Test func runningACellAThousandTimesKeepsNothingOfTheOldRuns() {
    let bench = Bench()
    for number in 0..<1_000 {
      bench.run(
        "let n = \(number)\nroute \"/n\" { n }\nevery(1h) { }\nafter(1h) { n }\nasync { await deferred() }\nnil"
      )
    }
    #expect(bench.on { bench.kernel.ownership.runs.count } == 1)
    #expect(bench.on { bench.kernel.timers.tickers.count } == 1)
    #expect(bench.on { bench.kernel.timers.oneShotCount } == 1)
    #expect(bench.on { bench.kernel.machine.fiberCount } == 1)
    #expect(bench.on { bench.kernel.tasks.count } == 0)
    #expect(bench.get("/n") == "999")
  }

  @Test func aCellThatMakesManyThingsNamesTheFirstAndCountsTheRest() {
    let bench = Bench()
    bench.run("let ts = (0..<150).map { every(1h) { 1 } }")
    bench.run("(1...150).forEach { n in every(n * 1s) { 1 } }")
    let notes = bench.events.compactMap {
      if case .cellFinished(let result) = $0 { result.notes } else { nil }
    }
    #expect(notes.first == ["every 1h  150 times"])
    #expect(notes.last?.count == 31)
    #expect(notes.last?.first == "every 1s")
    #expect(notes.last?.last == "… and 120 more")
  }
}
