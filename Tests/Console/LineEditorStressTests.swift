import Glibc
import TestSupport
import Testing

/// What no person types, and the editor must survive.
@Suite struct LineEditorStressTests {
  @Test(arguments: ["", "bind -v\n", "bind \"^X\" ed-prev-history\nbind ^Q nonsense\n\"\\\nedit\n"])
  func noKeysEndIt(_ configuration: String) throws {
    let home = TemporaryFolder()
    home.write(configuration, to: ".editrc")
    let probe = try Probe(columns: 33, rows: 7, home: home, environment: ["EDITOR": "/bin/true"])
    var generator = SeededGenerator(seed: 4)
    let keys: [String] = [
      "a", "b ", "{", "}", "(", "世", "e\u{301}", "\r", "\t", Keys.up, Keys.down, Keys.left, Keys.right,
      Keys.home,
      Keys.end, Keys.delete, Keys.backTab, Keys.pageUp, Keys.altEnter, "\u{1B}b", "\u{1B}f", "\u{1B}d",
      "\u{7F}", "\u{8}",
      Keys.control("r"), Keys.control("s"), Keys.control("g"), Keys.control("k"), Keys.control("u"),
      Keys.control("w"), Keys.control("y"), Keys.control("a"), Keys.control("e"), Keys.control("c"),
      Keys.control("l"),
      Keys.control("t"), Keys.control("v"), Keys.control("n"), Keys.control("p"), Keys.control("x"), "\u{1B}",
      "\u{1B}[200~one\rtwo\u{1B}[201~", "_", "G", "/", "n", "d", "w", "x", "u", "r",
      Keys.control("_"), "\u{1B}_", Keys.control("o"), "\u{1B}OQ", "👨‍👩‍👧", "🇩🇪", "👍🏽",
      Keys.control("x") + Keys.control("u"),
      "c", "y", "p", "P", ".", "i(", "o", "O", "J", "v", "%", "A", "f", "R", "S", "D", "$", "3", ";", "~",
      "\u{1B}[99~", "\u{0}",
    ]
    for _ in 0..<40 {
      try probe.send((0..<40).map { _ in keys.randomElement(using: &generator)! }.joined())
      probe.terminal.resize(
        columns: [33, 5, 12, 80, 1].randomElement(using: &generator)!,
        rows: [7, 2, 1, 30].randomElement(using: &generator)!)
    }
    probe.terminal.resize(columns: 80, rows: 24)
    // Out of any mode, then a cell that shows that all is well. Of these keys the external editor may have had some:
    // while it has the terminal, Ctrl-C is its own and takes what was typed before with it. Then they come once more.
    let attempts = 30
    for attempt in 1...attempts {
      do {
        try probe.send("\u{1B}\u{1B}" + Keys.control("g") + Keys.control("c"))
        try probe.terminal.wait(for: "an empty cell", timeout: 1) {
          $0.cursorLine.hasSuffix("]:") && $0.cursor.column == $0.cursorLine.count + 1
        }
        try probe.send("still here\r")
        try probe.terminal.wait(for: "<still here>", timeout: 2)
        break
      } catch  where attempt < attempts {
        continue
      }
    }
  }

  /// The cell was read again with each line, and Ctrl-C waited behind all of them.
  @Test func manyLinesThatAreNotMarkedAsAPasteComeAtOnce() throws {
    let probe = try Probe()
    let lines = (1...6_000).map { "    (line \($0))," }.joined(separator: "\r")
    let start = ContinuousClock.now
    try probe.send("let big = [\r" + lines + "\r]\r")
    let count = "let big = [".count + 1 + lines.count + 2
    try probe.wait(for: "<\(count) characters>")
    try probe.send("let big = [\r" + lines + Keys.control("c") + "ok\r")
    try probe.wait(for: "),^C")
    try probe.wait(for: "<ok>")
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func aCellOfOneVeryLongLineCanBeEdited() throws {
    let probe = try Probe()
    // More than the 1,024 characters at which libedit's own history loses a line.
    try probe.paste(String(repeating: "x", count: 5_000))
    try probe.wait(for: "its end") { $0.cursor.row > 10 }
    try probe.send(Keys.up + Keys.up + Keys.down + Keys.down + "y\r")
    try probe.wait(for: "<5001 characters>")
    try probe.send(Keys.up + "z\r")
    try probe.wait(for: "<5002 characters>")
  }

  @Test func aPasteThatIsTooLongIsRefusedAndSaidSo() throws {
    let probe = try Probe()
    try probe.send("a")
    try probe.paste(String(repeating: "x", count: 1_000_000))
    try probe.wait(for: "not inserted: a cell holds at most 1000000 characters")
    try probe.send("b\r")
    try probe.wait(for: "<ab>")
  }
}
