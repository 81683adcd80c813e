import Testing

@testable import KernelCore

/// What guards use of the other cells, statement by statement.
struct GuardReachTests {
  private static let guarding = (3, #"before { if sessions[request.path] == nil { throw httpError(401) } }"#)

  private func reach(_ cells: [(Int, String)]) -> CellDependencies {
    CellDependencies(cells.map { (number: $0.0, text: $0.1) })
  }

  /// A cell has the login and routes of something else, or seeds of both.
  @Test(arguments: [
    """
    route POST "/login" { sessions[request.text] = 1 }
    route "/items" { items }
    route POST "/items" { items.append(request.text) }
    """,
    """
    group "/api" {
      route POST "/login" { sessions[request.text] = 1 }
      group "/more" { route POST "/items" { items.append(request.text) } }
    }
    """,
    "let sessions = [:]\nlet items = []",
    "sessions[\"root\"] = 1\nitems.append(\"welcome\")",
    "func login(name) { sessions[name] = 1 }\nfunc add(x) { items.append(x) }",
    // What is only written to goes nowhere.
    "route POST \"/login\" { sessions[request.text] = 1; items.append(\"login\"); items[0] = 2 }",
    "every(1h) { sessions = [:]\n items.removeAll() }",
    // One changes an element, another reads both.
    """
    group "/api" {
      route POST "/promote/<n>" { sessions[n].role = "admin"; 1 }
      route "/items" { items.filter { sessions[$0.by] != nil } }
    }
    """,
    "for s in sessions.values { s.seen = true }\nitems.append(\"welcome\")",
    "sessions[\"root\"] = 1\nexpect(items.count > 0)",
  ])
  func whatStandsBesideWhatAGuardUsesCountsForNothing(_ cell: String) {
    let names = reach([(1, "let sessions = [:]"), (2, "let items = []"), Self.guarding, (4, cell)])
      .namesOfGuards
    #expect(names.contains("sessions") && !names.contains("items"))
  }

  @Test(arguments: [
    "route POST \"/login\" { sessions[request.text] = items.count }",
    "route POST \"/login\" { if items.contains(request.text) { sessions[request.text] = 1 } }",
    "sessions[\"root\"] = items[0]",
    "for x in items { sessions[x] = 1 }",
    "let n = items.count\nlet m = n\nsessions[\"n\"] = m",
    "func login(name) { sessions[name] = 1 }\nroute \"/login\" { login(items[0]) }",
    "func name() { items[0] }\nroute \"/login\" { sessions[name()] = 1 }",
    "route \"/login\" { sessions[items.removeLast()] = 1 }",
    "group \"/api\" { let x = items\n route \"/login\" { sessions[x] = 1 } }",
    // What may end the cell before decides, too.
    "expect(items.count > 0)\nsessions[\"root\"] = 1",
    "if items.isEmpty { throw \"none\" }\nsessions[\"root\"] = 1",
    // What cannot be told apart counts as a whole.
    "guard let x = 1 else { throw 1 }\nroute \"/items\" { items }\nsessions[\"root\"] = x",
    "route \"/items\" { items }\nroute \"/login\" { sessions[Out[1 + 1]] = 1 }",
    "route \"/login\" { sessions[(await get(\"http://localhost:8080/first\")).text] = 1 }\nroute \"/first\" { items[0] }",
  ])
  func whatComesFromOtherNamesDoesNot(_ cell: String) {
    let names = reach([(1, "let sessions = [:]"), (2, "let items = []"), Self.guarding, (4, cell)])
      .namesOfGuards
    #expect(names.contains("items"))
  }

  /// Where a guard stands in a function, or in braces, what leads there decides.
  @Test(arguments: [
    "if isStrict { before { throw httpError(401) } }\nlet other = items",
    "func protect() { before { throw httpError(401) } }\nif isStrict { protect() }",
    "group \"/g\" { let x = isStrict\n before { if x { throw httpError(401) } } }",
  ])
  func whatDecidesWhetherAGuardIsInForceCounts(_ cell: String) {
    #expect(
      reach([(1, "let isStrict = true"), (2, "let items = []"), (3, cell)]).namesOfGuards.contains("isStrict")
    )
  }

  /// What a guard writes down decides nothing.
  @Test(arguments: [
    "log.append(request.path)", "log[request.path, default: 0] += 1", "log = request.path", "log += 1",
    "if sessions[1] == 2 { log.append(1) }",
  ])
  func whatAGuardOnlyWritesIsNotOfIt(_ writing: String) {
    let cells = reach([
      (1, "let sessions = [:]"), (2, "var log = []"),
      (3, "before { \(writing)\n if sessions[request.path] == nil { throw httpError(401) } }"),
      (4, "every(1h) { if log.count > 9 { log.removeFirst() } }"), (5, "route \"/log\" { log }"),
    ])
    #expect(cells.namesOfGuards.contains("sessions") && !cells.namesOfGuards.contains("log"))
    #expect(cells.cellsOfGuards == [1, 3])
  }

  @Test(arguments: [
    "log += 1\n if log > 3 { throw 1 }", "if log.removeFirst() > 3 { throw 1 }", "log += log.count",
  ])
  func whatItReadsAsWellIs(_ guarding: String) {
    let cells = reach([(2, "var log = []"), (3, "before { \(guarding) }"), (4, "log.append(1)")])
    #expect(cells.namesOfGuards.contains("log") && cells.cellsOfGuards == [2, 3, 4])
  }

  @Test func routesThatChangeWhatAGuardReadsDecideNothing() {
    let cells = reach([
      (1, "let sessions = [:]"), Self.guarding, (4, "route \"/login\" { sessions[1] = 1 }"),
      (5, "route \"/login/2\" { sessions[1] = 1 }\nsessions[2] = 2"), (6, "every(1h) { sessions[3] = nil }"),
      (7, "route \"/auth\" { sessions }"), (8, "before { await get(\"http://localhost:8080/auth\") }"),
    ])
    #expect(cells.cellsOfGuards == [1, 3, 4, 5, 6, 7, 8])
    #expect(cells.fillingForRequests == [4])
  }
}
