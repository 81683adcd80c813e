import TestSupport
import Testing

/// Windows that change their size, and small ones: the block is there once, whole where it fits, with nothing left of
/// what was painted before.
@Suite struct LineEditorResizeTests {
  private static let sizes = [
    (20, 10), (80, 24), (20, 4), (33, 3), (20, 2), (20, 1), (120, 30), (9, 5), (80, 1),
  ]

  @Test func aCellStaysWholeThroughAnySizes() throws {
    let probe = try Probe()
    try probe.send("route {\rawait something(rather, long)\rlast")
    try probe.wait(for: "last")
    for (columns, rows) in Self.sizes {
      probe.terminal.resize(columns: columns, rows: rows)
      try probe.send("x\u{7F}")
      try probe.wait(for: "the end of the cell in \(columns) by \(rows)") {
        $0.cursorLine.hasSuffix("last") && $0.columns == columns
      }
    }
    probe.terminal.resize(columns: 80, rows: 24)
    try probe.send("!")
    try probe.wait(for: "the cell once") { screen in
      screen.text.components("last!") == 1
        && screen.text.hasSuffix("   ...:   await something(rather, long)\n   ...:   last!")
    }
    try probe.send("\r}\r")
    try probe.wait(for: "<route {|  await something(rather, long)|  last!|}>")
  }

  @Test func aMenuFollowsTheWindow() throws {
    let probe = try Probe()
    try probe.send("r\t\t")
    try probe.wait(for: "> route")
    for (columns, rows) in Self.sizes {
      probe.terminal.resize(columns: columns, rows: rows)
      try probe.send(Keys.down + Keys.up)
      try probe.wait(for: "the word in \(columns) by \(rows)") {
        $0.cursorLine.contains("route") && $0.columns == columns && $0.text.components("answers") <= 1
      }
    }
    probe.terminal.resize(columns: 80, rows: 24)
    try probe.wait(for: "the menu whole") {
      $0.text.hasSuffix(
        "In [1]: route\n> route   answers requests for a path\n  routes  the live table\n  return  leaves a function"
      )
    }
    try probe.send("\r\r")
    try probe.wait(for: "<route>")
    #expect(!probe.screen.text.contains("the live table"))
  }

  @Test func aSpinnerFollowsTheWindow() throws {
    let probe = try Probe()
    try probe.send("wait\r")
    try probe.wait(for: "working")
    for (columns, rows) in Self.sizes {
      probe.terminal.resize(columns: columns, rows: rows)
      try probe.wait(for: "the spinner in \(columns) by \(rows)") {
        $0.text.hasSuffix(" working".prefix(columns - 2).description) && $0.columns == columns
          && $0.text.components("working") <= 1
      }
    }
    try probe.send(Keys.control("c"))
    probe.terminal.resize(columns: 80, rows: 24)
    try probe.wait(for: "the prompt") { $0.cursorLine == "In [2]:" }
    #expect(!probe.screen.fullText.contains("working"))
    #expect(probe.screen.fullText.components("interrupted") == 1)
  }

  /// The line above was taken for one of the block's.
  @Test func aWindowThatIsAsWideAsTheTextTakesNothingOfWhatStandsAbove() throws {
    let probe = try Probe(columns: 100)
    try probe.send("above\r")
    try probe.wait(for: "<above>\nIn [2]:")
    let text = String(repeating: "y", count: 52)
    try probe.send(text)
    try probe.wait(for: text)
    for columns in [60, 30, 100, 61, 20] {
      probe.terminal.resize(columns: columns, rows: 24)
      // One key after the other: what is painted for the one width while the window has the next goes astray in any
      // terminal.
      for (key, end) in [("x", "x"), ("\u{7F}", "")] {
        try probe.send(key)
        try probe.wait(for: "the cell in \(columns)") {
          $0.columns == columns
            && $0.text.split(separator: "\n").joined().hasSuffix("<above>In [2]: " + text + end)
        }
      }
    }
    probe.terminal.resize(columns: 100, rows: 24)
    try probe.send("\u{15}wait\r")
    try probe.wait(for: "working")
    // A spinner, a space and the word.
    for columns in [9, 20, 9] {
      probe.terminal.resize(columns: columns, rows: 24)
      try probe.wait(for: "the spinner in \(columns)") {
        $0.columns == columns && $0.text.hasSuffix(" working".prefix(columns - 2).description)
          && $0.text.split(separator: "\n").joined().contains("<above>In [2]: wait")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func aCellCanBeWrittenInAFewRows(_ rows: Int) throws {
    let probe = try Probe(columns: 20, rows: rows)
    try probe.send("f {\rone\rtwo " + String(repeating: "x", count: 30))
    try probe.wait(for: "the end of a long line") {
      $0.cursorLine.hasSuffix("xxx") && $0.cursor.row == rows - 1
    }
    for _ in 0..<4 { try probe.send(Keys.up) }
    try probe.send(Keys.home + "g")
    try probe.wait(for: "the first line") { $0.cursorLine == "In [1]: gf {" }
    try probe.send("\t\t" + Keys.control("g") + Keys.control("r") + "zz" + Keys.control("g"))
    for _ in 0..<4 { try probe.send(Keys.down) }
    try probe.send(Keys.end + "\r}\r")
    try probe.wait(for: "the next prompt") { $0.cursorLine == "In [2]:" }
    let all = probe.screen.fullText.split(separator: "\n").joined()
    #expect(all.components("|  one|  two xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|}>") == 1)
  }

  @Test func aSearchFollowsTheWindow() throws {
    let probe = try Probe()
    try probe.send("alpha {\rbeta\r}\r" + Keys.control("r") + "bet")
    try probe.wait(for: "search: bet")
    for (columns, rows) in Self.sizes where columns >= 20 {
      probe.terminal.resize(columns: columns, rows: rows)
      try probe.wait(for: "the match in \(columns) by \(rows)") {
        $0.cursorLine.contains("beta") && $0.columns == columns && $0.text.components("search: bet") <= 1
      }
    }
    try probe.send("\r")
    try probe.wait(for: "In [3]:")
  }
}
