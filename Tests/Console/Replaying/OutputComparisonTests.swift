import Notebooks
import Synchronization
import Testing

@testable import Console

struct OutputComparisonTests {
  private func comparisons(_ text: String) throws -> [Int: OutputComparison] {
    try OutputComparison.all(of: try CellsFile.parse(text, name: "a.cells"))
  }

  @Test func whatAPatternMatchesCountsAsTheSame() throws {
    let cell = try #require(comparisons("# %% 1 sanitize=[\"[0-9]+ ms\", \"id=\\\\w+\"]\n1\n")[1])
    #expect(try cell.isSame(["took 3 ms, id=a1"], ["took 17 ms, id=zz"]))
    #expect(try !cell.isSame(["took 3 ms"], ["took 3 s"]))
    #expect(try !cell.isSame(["took 3 ms"], ["took 3 ms", "more"]))
  }

  /// Each line was looked at alone.
  @Test func aPatternMayMatchSeveralLines() throws {
    let all = try comparisons(
      "# %% 1 sanitize=[\"begin[\\\\s\\\\S]*end\"]\n1\n# %% 2 sanitize=[\"^at .*\\\\n\"]\n2\n# %% 3 sanitize=[\"x*\"]\n3\n"
    )
    #expect(try all[1]?.isSame(["a", "begin", "X", "end"], ["a", "begin", "Y", "Z", "end"]) == true)
    #expect(try all[1]?.isSame(["a", "begin", "X", "end"], ["b", "begin", "X", "end"]) == false)
    #expect(try all[2]?.isSame(["a", "at 1", "b"], ["a", "at 2", "at 3", "b"]) == false)
    #expect(try all[2]?.isSame(["a", "at 1", "b"], ["a", "at 3", "b"]) == true)
    // The ends of lines count, and nothing is not an empty line.
    #expect(try all[3]?.isSame(["ab"], ["a", "b"]) == false)
    #expect(try all[3]?.isSame([], [""]) == false)
    #expect(try all[3]?.isSame(["xé🙂x"], ["xxé🙂xxx"]) == true)
  }

  @Test func ofALongValueCountsWhatThePatternsLeave() throws {
    let all = try comparisons(
      "# %% 1 sanitize=[\"id-[a-z]+\"]\n1\n# %% 2\n2\n# %% 3 sanitize=[\"(a+)+$\"]\n3\n")
    let form = try #require(all[1]?.formOfLongValue { _ in Issue.record("it takes too long") })
    #expect(form("[\"id-a\", 1]") == form("[\"id-bcd\", 1]"))
    #expect(form("[\"id-a\", 1]") != form("[\"id-a\", 2]"))
    let many = (1...200_000).map { "id-\($0 % 2 == 0 ? "a" : "b")" }.joined(separator: ", ")
    #expect(form(many) == form(many.replacing("b", with: "c")))
    #expect(all[2]?.formOfLongValue { _ in } == nil)
    let tooSlow = Mutex<String?>(nil)
    let slow = all[3]?.formOfLongValue(within: .milliseconds(50)) { error in
      tooSlow.withLock { $0 = error.pattern }
    }
    let text = String(repeating: "a", count: 48) + "b"
    #expect(slow?(text) == text)
    #expect(tooSlow.withLock { $0 } == "(a+)+$")
  }

  @Test func patternsOfATextCellHoldForAllCellsBelowIt() throws {
    let all = try comparisons(
      """
      # %% 1
      1
      # %% [markdown] sanitize=["[0-9]+"]
      # Numbers differ
      # %% 2
      2
      # %% 3 sanitize=["[a-z]+"]
      3
      """)
    #expect(try all[1]?.isSame(["1"], ["2"]) == false)
    #expect(try all[2]?.isSame(["1"], ["2"]) == true)
    #expect(try all[2]?.isSame(["a"], ["b"]) == false)
    #expect(try all[3]?.isSame(["a 1"], ["b 2"]) == true)
  }

  /// It went on for ever, whatever the time limit.
  @Test func aPatternThatWouldNeverEndIsGivenUp() throws {
    let text = String(repeating: "a", count: 48)
    let all = try comparisons("# %% 1 sanitize=[\"(a+)+$\"]\n1\n")
    let start = ContinuousClock.now
    #expect(throws: OutputPattern.TooSlow.self) { try all[1]?.isSame([text + "b"], [text + "c"]) }
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(try all[1]?.isSame([text], [text + "aa"]) == true)
  }

  @Test func aCellWhoseOutputIsIgnoredIsNotCompared() throws {
    let all = try comparisons("# %% 1 tags=[\"ignore-output\"]\n1\n# %% 2 tags=[\"slow\"]\n1\n")
    #expect(try all[1]?.isSame(["1"], []) == true)
    #expect(try all[2]?.isSame(["1"], []) == false)
  }

  /// A cell that failed passed as long as its output was ignored.
  @Test func aFailureIsMeantWhereTheSameErrorIsStored() throws {
    let all = try comparisons(
      "# %% 1 tags=[\"ignore-output\"]\n1\n# %% 2\n1\n# %% 3 sanitize=[\"[0-9]+\", \"^.*x$\"]\n1\n")
    let error = ["error: no", "  cell [1], line 1"]
    for number in 1...3 {
      #expect(try all[number]?.isSameFailure(error, error) == true)
      #expect(try all[number]?.isSameFailure(error + ["printed later"], error) == true)
      #expect(try all[number]?.isSameFailure([], error) == false)
      #expect(try all[number]?.isSameFailure(["5"], error) == false)
      #expect(try all[number]?.isSameFailure(["error: yes", "  cell [1], line 1"], error) == false)
    }
    // What was printed before the error is output, and ignored.
    #expect(try all[1]?.isSameFailure(["17 ms"] + error, ["3 ms", "4 ms"] + error) == true)
    #expect(try all[2]?.isSameFailure(["17 ms"] + error, ["3 ms"] + error) == false)
    #expect(try all[3]?.isSameFailure(["17 ms"] + error, ["3 ms"] + error) == true)
    // A pattern that matches all there is makes no error of what is none.
    #expect(try all[3]?.isSameFailure(["ax"], ["error: x"]) == false)
  }

  /// What a pattern makes equal is no difference beside one that is.
  @Test func linesThatCountAsTheSameAreNotTold() throws {
    let cell = try #require(comparisons("# %% 1 sanitize=[\"id [0-9]+\"]\n1\n")[1])
    #expect(
      LineChange.list(
        from: ["id 1", "three", "id 2"], to: ["id 7", "four", "id 8"], comparing: cell.forms(of:)) == [
          .same("id 1"), .removed("three"), .added("four"), .same("id 2"),
        ])
  }

  /// Swift takes a letter with its accent apart for the same; in a file and in the language they differ.
  @Test func composedAndDecomposedLettersDiffer() throws {
    let cell = try #require(comparisons("# %% 1\n1\n")[1])
    #expect(try !cell.isSame(["e\u{301}"], ["\u{e9}"]))
    #expect(
      LineChange.list(from: ["a", "e\u{301}", "b"], to: ["a", "\u{e9}", "b"]) == [
        .same("a"), .removed("e\u{301}"), .added("\u{e9}"), .same("b"),
      ])
  }

  @Test(arguments: ["[\"(\"]", "[\"\"]", "[1]", "word", "{\"a\": 1}"])
  func aPatternThatCannotBeUsedIsRefused(_ value: String) throws {
    #expect(throws: OutputComparison.BadPattern.self) {
      try comparisons("# %% 1 sanitize=\(value)\n1\n")
    }
  }

  // MARK: Differences

  @Test(arguments: [
    (["a", "b", "c"], ["a", "x", "c"], ["  a", "- b", "+ x", "  c"]),
    ([], ["a"], ["+ a"]),
    (["a"], [], ["- a"]),
    (["a", "a"], ["a"], ["  a", "- a"]),
    (["a", "b"], ["b", "a"], ["- a", "  b", "+ a"]),
  ])
  func aDifferenceIsAsSmallAsCanBe(_ old: [String], _ new: [String], _ expected: [String]) {
    #expect(LineChange.list(from: old, to: new).map(\.text) == expected)
  }

  @Test func differencesLeadFromOneTextToTheOther() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      func text() -> [String] {
        (0..<Int.random(in: 0...12, using: &generator)).map { _ in
          String(Int.random(in: 0...3, using: &generator))
        }
      }
      let (old, new) = (text(), text())
      let changes = LineChange.list(from: old, to: new)
      let before = changes.compactMap { change -> String? in
        switch change {
        case .same(let line), .removed(let line): line
        case .added: nil
        }
      }
      let after = changes.compactMap { change -> String? in
        switch change {
        case .same(let line), .added(let line): line
        case .removed: nil
        }
      }
      #expect(before == old && after == new, "\(old) to \(new)")
    }
  }

  @Test func ofALongTextOnlyWhatIsNearAChangeIsShown() {
    let old = (1...5_000).map(String.init)
    var new = old
    new[2_499] = "x"
    #expect(
      LineChange.excerpt(LineChange.list(from: old, to: new)) == [
        "  … 2497 lines", "  2498", "  2499", "- 2500", "+ x", "  2501", "  2502", "  … 2498 lines",
      ])
    let other = old.map { "\($0)!" }
    #expect(LineChange.excerpt(LineChange.list(from: old, to: other)).count <= 81)
  }
}
