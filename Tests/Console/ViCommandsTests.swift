import TestSupport
import Testing

@testable import Console

/// vi's commands on texts where `|` stands for the cursor.
@Suite struct ViCommandsTests {
  /// What the keys make of a text. Behind a command that inserts, what follows is typed until `␛`.
  private func result(_ marked: String, _ keys: String) -> String {
    var machine = Machine(marked)
    for key in keys { machine.type(key) }
    return machine.marked
  }

  private struct Machine {
    var text: [UInt32]
    var cursor: Int
    var vi = ViCommands()
    var isInserting = false
    var others: [ViCommands.Effect] = []

    init(_ marked: String) {
      let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
      text = parts.joined().unicodeScalars.map(\.value)
      cursor = parts[0].unicodeScalars.count
    }

    var marked: String {
      String(scalars: text[..<cursor]) + "|" + String(scalars: text[cursor...])
    }

    mutating func type(_ key: Character) {
      for scalar in key.unicodeScalars.map(\.value) {
        if isInserting {
          if key == "␛" {
            if let (more, place) = vi.endInsertion(text) {
              text.insert(contentsOf: more, at: place)
              cursor = place + more.count
            }
            isInserting = false
            if cursor > Lines.start(text, cursor) { cursor = Clusters.start(text, before: cursor) }
          } else {
            text.insert(scalar, at: cursor)
            cursor += 1
          }
          continue
        }
        let surroundings = ViCommands.Surroundings(partner: partner, indentation: { _ in 2 })
        switch vi.type(scalar, text, cursor, surroundings) {
        case .move(let place): cursor = place
        case .change(let changed, let place, let begins):
          (text, cursor, isInserting) = (changed, place, begins)
        case let effect: others.append(effect)
        }
      }
    }

    /// Round brackets alone.
    private func partner(_ place: Int) -> Int? {
      var open: [Int] = []
      for (index, scalar) in text.enumerated() {
        if scalar == 0x28 { open.append(index) }
        if scalar == 0x29, let start = open.popLast() {
          if start == place { return index }
          if index == place { return start }
        }
      }
      return nil
    }
  }

  @Test(arguments: [
    ("one\nt|wo\nthree", "dd", "one\n|three"), ("one\ntwo\nth|ree", "dd", "one\n|two"), ("o|ne", "dd", "|"),
    ("|a\nb\nc\nd", "2dd", "|c\nd"), ("a\nb|\nc", "9dd", "|a"), ("a\n  b|b\nc", "cc", "a\n  |\nc"),
    ("a\n  b|b\nc", "SX␛", "a\n  |X\nc"), ("one two\nth|ree", "D", "one two\nt|h"),
    ("on|e\ntwo", "D", "o|n\ntwo"), ("on|e\ntwo", "CX␛", "on|X\ntwo"), ("one\ntw|o", "0", "one\n|two"),
    ("one\n  tw|o", "^", "one\n  |two"), ("o|ne\ntwo", "$", "on|e\ntwo"), ("o|ne\ntwo", "A!␛", "one|!\ntwo"),
    ("one\n  tw|o", "I!␛", "one\n  |!two"), ("on|e\ntwo", "oX␛", "one\n  |X\ntwo"),
    ("one\n  tw|o", "OX␛", "one\n  |X\n  two"), ("o|ne\ntwo", "dj", "|"),
    ("one\nt|wo\nthree", "dk", "|three"),
    ("one\ntwo\n|three", "dgg", "|"), ("one\nt|wo\nthree", "dG", "|one"),
    ("one\nt|wo\nthree", "d0", "one\n|wo\nthree"),
  ])
  func linesAreThoseOfTheCursor(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test(arguments: [
    ("|", "3ixy␛", "xyxyx|y"), ("a|b", "2Ac␛", "abc|c"), ("  |b", "2Ic␛", "  c|cb"), ("|ab", "2ac␛", "ac|cb"),
    ("  o|ne\ntwo", "2ox␛", "  one\n  x\n  |x\ntwo"), ("a|", "2Ox␛", "x\n|x\na"), ("a|", "3i␛", "|a"),
    ("|", "2ix␛.", "xx|xx"), ("|ab", "2sx␛", "|x"),
  ])
  func aCountHasWhatIsTypedGoInSoOften(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test(arguments: [
    ("o|ne\ntwo", "yyp", "one\n|one\ntwo"), ("one\nt|wo", "Yp", "one\ntwo\n|two"),
    ("one\nt|wo", "yyP", "one\n|two\ntwo"), ("|one\ntwo", "ddp", "two\n|one"),
    ("|one", "yy2p", "one\n|one\none"),
    ("a|bc", "xp", "ac|b"), ("a|bc", "x2P", "ab|bc"), ("|one two", "dwP", "one| two"),
    ("on|e", "yyjp", "one\n|one"),
    ("a |b", "ylp", "a b|b"), ("|", "p", "|"),
  ])
  func whatWasDeletedOrYankedIsPut(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test(arguments: [
    ("|one two", "w", "one |two"), ("one|.two", "w", "one.|two"), ("|one.two x", "W", "one.two |x"),
    ("one tw|o", "b", "one |two"), ("one |two", "b", "|one two"), ("|one two", "e", "on|e two"),
    ("on|e two", "e", "one tw|o"), ("|one\ntwo", "w", "one\n|two"), ("|a b c d", "3w", "a b c |d"),
    ("|a.b(c)", "fb", "a.|b(c)"), ("|abcb", "fb;", "abc|b"), ("|abcb", "fb;,", "a|bcb"),
    ("|abcb", "tc", "a|bcb"),
    ("a|bcab", "Fa", "|abcab"), ("|abcabc", "tc;", "abca|bc"), ("|f(a(b))", "%", "f(a(b)|)"),
    ("f(a|(b))", "%", "f(a(b|))"), ("ab|c", "h", "a|bc"), ("a\n|b", "h", "a\n|b"), ("a|b\nc", "l", "a|b\nc"),
    ("|abcd", "3|", "ab|cd"), ("a\nb\n|c", "gg", "|a\nb\nc"), ("|a\nb\nc", "2G", "a\n|b\nc"),
    ("|a\nb\nc", "G", "a\nb\n|c"),
    ("caf|e\u{301}x", "l", "cafe\u{301}|x"), ("e\u{301}|👨‍👩‍👧", "h", "|e\u{301}👨‍👩‍👧"),
  ])
  func motionsLeadWhereViLeads(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test(arguments: [
    ("|one two three", "d2w", "|three"), ("|one two three", "2dw", "|three"),
    ("one |two\nx", "dw", "one| \nx"),
    ("|one two", "cwX␛", "|X two"), ("o|ne two", "cwX␛", "o|X two"), ("|a b c", "c2wX␛", "|X c"),
    ("|one", "de", "|"),
    ("one| two", "db", "| two"), ("f(|a, b)", "dt)", "f(|)"), ("f(|a, b)", "df)", "f|("),
    ("f|(a)+1", "d%", "f|+1"),
    ("|👨‍👩‍👧x", "x", "|x"), ("a|bc", "X", "|bc"), ("|abc", "2s-␛", "|-c"), ("|abc", "rX", "|Xbc"),
    ("|abc", "3rX", "XX|X"),
    ("|abc", "4rX", "|abc"), ("|aBc", "~~~", "Ab|C"), ("one two| three", "ciwX␛", "one two|Xthree"),
    ("one t|wo three", "ciwX␛", "one |X three"), ("one t|wo three", "daw", "one |three"),
    ("f(a, |b)", "ci(X␛", "f(|X)"), ("f(a, |b)", "da(", "|f"), ("g(\"a |b\")", "ci\"X␛", "g(\"|X\")"),
    ("a|\n  b\nc", "J", "a| b\nc"), ("|a\nb\nc", "3J", "a b| c"),
  ])
  func operatorsTakeWhatTheirMotionCovers(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test(arguments: [
    ("|a\nb\nc", "dd.", "|c"), ("|abcd", "x..", "|d"), ("|one two three", "cwX␛w.", "X |X three"),
    ("|a\nb", "A;␛0", "|a;\nb"), ("|a\nb", "A;␛.", "a;|;\nb"), ("|ab", "ione ␛.", "oneone|  ab"),
    ("|a b c d", "dw2.", "|d"), ("a|b", "yl.", "a|b"),
  ])
  func aDotRepeatsTheLastChange(_ text: String, _ keys: String, _ expected: String) {
    #expect(result(text, keys) == expected)
  }

  @Test func otherKeysAreHandedOn() {
    var machine = Machine("a|b")
    for key in "j2kuJ" { machine.type(key) }
    #expect(machine.others == [.vertical(1), .pending, .vertical(-2), .undo, .newer])
    #expect(machine.marked == "a|b")
  }

  @Test func countsAreBounded() {
    #expect(result("|ab", "99999999999999999999x") == "|")
    #expect(result("|ab", "yy99999999999999999999p").utf8.count == 2 + 3 * 9_999 + 1)
    var machine = Machine("|a")
    for _ in 0..<100 { machine.type("1") }
    #expect(machine.marked == "|a")
  }

  @Test func noKeysLeadOutOfTheText() {
    var generator = SeededGenerator(seed: 7)
    let keys = Array("dcyxXDCSYpPoOiaIA0^$hlwbeWBEfFtT;,%gGJ~r.u|jk_123␛ab( \"'")
    for _ in 0..<400 {
      var machine = Machine("f(a, \"b\") {|\n  e\u{301}👍🏽 = [1]\n\n}")
      machine.vi.reset()
      for _ in 0..<60 {
        machine.type(keys.randomElement(using: &generator)!)
        #expect((0...machine.text.count).contains(machine.cursor))
      }
    }
  }
}
