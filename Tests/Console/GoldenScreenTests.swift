import Foundation
import TestSupport
import Testing

/// What a person sees in the main situations: the rows, the cursor, and how each part looks, as they are kept in
/// `Screens`.
///
/// With `ROUTEBOOK_GOLDEN=update` the pictures are stored instead; look at each of them before it is committed.
struct GoldenScreenTests {
  struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    var columns = 60
    var rows = 12
    /// What is entered before, to be in the history.
    var history: [String] = []
    var keys: String
    /// A text that is seen, and where the cursor is, when all keys have had their effect.
    var shows: String
    var cursor: (row: Int, column: Int)

    var testDescription: String { name }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Screens")

  static let situations: [Situation] = [
    Situation(
      name: "block", keys: "route {\rawait get(1)\rif x {\ry\r}", shows: "   ...:   }", cursor: (4, 11)),
    Situation(name: "menu", keys: "x r\t\t\t", shows: "> routes", cursor: (0, 16)),
    Situation(
      name: "search", history: ["route one {\rx\r}", "await two"], keys: "draft" + Keys.control("r") + "one",
      shows: "search: one", cursor: (6, 17)),
    Situation(
      name: "search-without-match", history: ["await two"], keys: "draft" + Keys.control("r") + "two!",
      shows: "no match: two!", cursor: (2, 13)),
    Situation(
      name: "suggestion", history: ["await get {\rx\r}"], keys: "aw", shows: "await get {…", cursor: (4, 10)),
    Situation(
      name: "twenty-columns", columns: 20, keys: "route {\rawait something long(1)\r\"世界世界世界世界\"",
      shows: "世界\"", cursor: (4, 9)),
    Situation(
      name: "eight-columns", columns: 8, keys: "f(abcdefgh)" + Keys.home, shows: ")", cursor: (0, 2)),
    Situation(
      name: "wide-characters", keys: "(\"世界 e\u{301} 👍🏽 👨‍👩‍👧 🇩🇪 ❤️\")" + Keys.altEnter + "\"ﾊﾝ한국\"",
      shows: "ﾊﾝ한국", cursor: (1, 16)),
    Situation(
      name: "brackets", keys: "f(a[1], \")(\") + g {\rx\r}" + Keys.left, shows: "   ...: }", cursor: (2, 8)),
    Situation(name: "a-wrong-bracket", keys: "f(a[1]))", shows: "))", cursor: (0, 16)),
    Situation(
      name: "a-long-cell-in-five-rows", rows: 5, keys: "{\ra\rb\rc\rd\re\rf" + Keys.up + Keys.up + Keys.up,
      shows: "   ...:   c", cursor: (2, 11)),
    Situation(
      name: "control-characters", keys: "a\u{16}\u{1B}b\u{16}\u{7}c", shows: "^G", cursor: (0, 15)),
  ]

  @Test(arguments: situations)
  func looksAsItIsKept(_ situation: Situation) throws {
    let probe = try Probe(
      columns: situation.columns, rows: situation.rows, firstPrompt: situation.columns < 20 ? ">" : "In [1]:")
    for (number, text) in situation.history.enumerated() {
      try probe.send(text + "\r")
      try probe.wait(for: "In [\(number + 2)]:")
    }
    try probe.send(situation.keys)
    try probe.wait(for: "\(situation.shows), the cursor at \(situation.cursor)") {
      $0.text.contains(situation.shows) && $0.cursor == situation.cursor
    }
    let picture = probe.screen.picture
    let file = Self.folder.appending(path: situation.name + ".txt")
    if ProcessInfo.processInfo.environment["ROUTEBOOK_GOLDEN"] == "update" {
      try picture.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    #expect(picture == kept, "\(situation.name): seen is\n\(picture)")
  }

  @Test func everyPictureBelongsToASituation() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
    #expect(Set(files) == Set(Self.situations.map { $0.name + ".txt" }))
  }
}

extension Screen {
  /// The rows, the place of the cursor counted from 0, and the parts that are not plain.
  fileprivate var picture: String {
    let styled = lines.indices.flatMap { row in styledParts(of: row) }
    return ([text, "", "cursor at row \(cursor.row), column \(cursor.column)"] + styled).joined(
      separator: "\n") + "\n"
  }

  private func styledParts(of row: Int) -> [String] {
    var parts: [(style: Set<Int>, start: Int, text: String)] = []
    for column in 0..<columns {
      let cell = cell(row: row, column: column)
      if let last = parts.last, last.style == cell.style {
        parts[parts.count - 1].text += cell.text
      } else {
        parts.append((cell.style, column, cell.text))
      }
    }
    return parts.filter { !$0.style.isEmpty }.map { part in
      let names = part.style.sorted().map { Self.names[$0] ?? "\($0)" }.joined(separator: " ")
      return "row \(row), column \(part.start): \(names) \"\(part.text)\""
    }
  }

  private static let names: [Int: String] = [
    1: "bold", 2: "dim", 4: "underlined", 7: "reversed", 31: "red", 32: "green", 33: "yellow", 34: "blue",
    35: "magenta", 36: "cyan",
  ]
}
