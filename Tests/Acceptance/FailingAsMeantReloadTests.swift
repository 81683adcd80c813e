import TestSupport
import Testing

/// Edits of a file with a guard and a cell that fails as its tag says: what that has changed by then is as after a start.
@Suite struct FailingAsMeantReloadTests {
  private static let tag = " tags=[\"raises-exception\"]"
  private static let guarding = """
    group "/in" {
      before { if allowed[request.headers["x-t"] ?? ""] == nil { throw httpError(401) } }
      route "/" { "in" }
    }
    """

  /// A file of cells, each with its number; those that begin with `# tagged` may fail.
  private static func file(_ cells: [(number: Int, text: String)]) -> String {
    cells.map { number, text in
      "# %% \(number)\(text.hasPrefix("# tagged") ? tag : "")\n\(text)\n"
    }.joined()
  }

  /// Who of ann, bob and eve is let in when a file has been edited, and after a start of the same file.
  private func letIn(
    _ first: [(number: Int, text: String)], _ edits: [[(number: Int, text: String)]]
  ) throws -> (edited: [Int], fresh: [Int]) {
    func asked(_ serving: Serving) throws -> [Int] {
      try ["ann", "bob", "eve"].map { try serving.ask("/in", headers: [("x-t", $0)]).status }
    }
    let path = try Serving.temporaryFile(Self.file(first))
    let serving = try Serving.start(path, ["--watch"])
    for (count, edit) in edits.enumerated() {
      try Self.file(edit).write(toFile: path, atomically: true, encoding: .utf8)
      try serving.program.wait(for: "reloaded: ", times: count + 1, in: .error)
    }
    let edited = try asked(serving)
    try serving.stop()
    let other = try Serving.start(cells: Self.file(edits[edits.count - 1]))
    let fresh = try asked(other)
    try other.stop()
    return (edited, fresh)
  }

  static let failing: [String] = [
    "allowed.eve = nil\nthrow \"x\"",
    "for name in [\"eve\"] { allowed[name] = nil }\nexpect(allowed.count == 9)",
    "let all = [allowed]\nall[0].eve = nil\nawait get(\"/nothing\")",
  ]

  /// A cell that has filled, or emptied, what a guard reads does so again where that begins anew for another.
  @Test(arguments: failing) func itFillsAgainWhatBeginsAnewForAnother(_ text: String) async throws {
    try await onOwnThread {
      func cells(_ name: String) -> [(number: Int, text: String)] {
        [
          (1, "let allowed = [\"eve\": 1]"), (2, Self.guarding), (3, "# tagged\n\(text)"),
          (4, "allowed.\(name) = 1"),
        ]
      }
      let found = try letIn(cells("ann"), [cells("bob")])
      #expect(found.edited == [401, 200, 401] && found.fresh == found.edited)
    }
  }

  /// Where it runs again for what it reads, what it had changed is there no more.
  @Test(arguments: ["allowed[name] = 1", "func add(n) { allowed[n] = 1 }\nadd(name)"])
  func whatItHadChangedGoesWhereItRunsAgain(_ text: String) async throws {
    try await onOwnThread {
      func cells(_ name: String) -> [(number: Int, text: String)] {
        [
          (7, "let name = \"\(name)\""), (1, "let allowed = [:]"), (2, Self.guarding),
          (5, "# tagged\n\(text)\nthrow \"x\""),
        ]
      }
      let found = try letIn(cells("ann"), [cells("bob")])
      #expect(found.edited == [401, 200, 401] && found.fresh == found.edited)
    }
  }

  /// It runs again where it, or another across it, has moved.
  @Test(arguments: [[1, 2, 5, 4], [1, 4, 2, 5]]) func itRunsAgainWhereTheOrderIsAnother(_ order: [Int])
    async throws
  {
    try await onOwnThread {
      let texts = [
        1: "let allowed = [\"ann\": 1]", 2: Self.guarding, 4: "allowed.bob = 1",
        5: "# tagged\nif allowed.count > 1 { allowed.eve = 1 }\nthrow \"x\"",
      ]
      func cells(_ order: [Int]) -> [(number: Int, text: String)] { order.map { ($0, texts[$0] ?? "") } }
      let first = order == [1, 2, 5, 4] ? [1, 2, 4, 5] : [1, 2, 5, 4]
      let found = try letIn(cells(first), [cells(order)])
      #expect(found.edited == found.fresh)
      #expect(found.fresh == [200, 200, order.last == 5 ? 200 : 401])
    }
  }

  /// Where one that has nothing to do with it is gone or moves, it does not, and what clients have put in stays.
  @Test(arguments: [[1, 2, 3, 5], [1, 2, 3, 6, 5], [6, 1, 2, 3, 5]])
  func itDoesNotRunAgainForCellsThatHaveNothingToDoWithIt(_ order: [Int]) async throws {
    try await onOwnThread {
      let texts = [
        1: "let allowed = [\"ann\": 1]", 2: Self.guarding,
        3: "route POST \"/up\" { allowed[request.text] = 1; 1 }",
        5: "# tagged\nallowed.eve = 1\nprint(\"again\")\nexpect(allowed.count == 9)",
        6: "route \"/other\" { 1 }",
      ]
      func file(_ order: [Int]) -> String { Self.file(order.map { ($0, texts[$0] ?? "") }) }
      let path = try Serving.temporaryFile(file([1, 2, 3, 5, 6]))
      let serving = try Serving.start(path, ["--watch"])
      #expect(try serving.ask("/up", method: "POST", body: "bob").status == 200)
      try file(order).write(toFile: path, atomically: true, encoding: .utf8)
      try serving.program.wait(
        for: "reloaded: \(order.contains(6) ? "no code has changed" : "6 is gone")", in: .error)
      #expect(try serving.ask("/in", headers: [("x-t", "bob")]).status == 200)
      #expect(serving.program.output.components(separatedBy: "again").count == 2)
      try serving.stop()
    }
  }

  /// A guard that failed so, and has its old text and no tag again, runs, and nothing stays closed.
  @Test(arguments: [true, false]) func aGuardThatIsMendedRunsAgain(isEditedBetween: Bool) async throws {
    try await onOwnThread {
      func cells(_ guarding: String, _ name: String) -> [(number: Int, text: String)] {
        [(1, "let allowed = [\"ann\": 1]"), (2, guarding), (4, "allowed.\(name) = 1")]
      }
      let failing = "# tagged\n\(Self.guarding)\nexpect(await get(\"/in\").status == 200)"
      let found = try letIn(
        cells(Self.guarding, "bob"),
        [
          cells(failing, "bob"),
          cells(isEditedBetween ? failing : Self.guarding, isEditedBetween ? "eve" : "bob"),
          cells(Self.guarding, "eve"),
        ])
      #expect(found.edited == [200, 401, 200] && found.fresh == found.edited)
    }
  }
}
