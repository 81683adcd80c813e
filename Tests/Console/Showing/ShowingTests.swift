import KernelCore
import Testing

@testable import Console

/// How values are laid out for a person.
struct ShowingTests {
  private func number(_ value: Int) -> ShownValue { .atom("\(value)", .number) }
  private func text(_ value: String) -> ShownValue { .atom("\"\(value)\"", .text) }
  private func row(_ pairs: (String, ShownValue)...) -> ShownValue {
    .dictionary(pairs.map { ShownValue.Pair(key: text($0.0), value: $0.1) }, count: pairs.count)
  }

  private func shown(_ value: ShownValue, columns: Int = 40, offset: Int = 8) -> [String] {
    ValueView(columns: columns).lines(value, offset: offset).map(\.plain)
  }

  @Test func whatFitsStandsOnOneLine() {
    #expect(shown(.array([number(1), number(2)], count: 2)) == ["[1, 2]"])
    #expect(shown(.array([], count: 0)) == ["[]"])
    #expect(shown(.dictionary([], count: 0)) == ["[:]"])
    #expect(shown(row(("a", number(1)))) == ["[\"a\": 1]"])
    #expect(shown(text(String(repeating: "x", count: 90))).count == 1)
  }

  @Test func elementsFillTheLinesAndTheRestIsCounted() {
    let lines = shown(.array((0..<200).map(number), count: 5_000))
    #expect(lines.first == "[" && lines.last == "]")
    #expect(lines[1] == "  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,")
    #expect(lines.allSatisfy { $0.count <= 40 })
    #expect(lines.count == 23)
    #expect(
      lines[21] == "  … \(5_000 - lines[1...20].reduce(0) { $0 + $1.count(where: { $0 == "," }) }) more")
  }

  @Test func aDictionaryHasALineForEachKey() {
    let value = row(
      ("name", text("Ada Lovelace")), ("tags", .array([text("mathematics"), text("engines")], count: 2)),
      ("more", .array((0..<20).map(number), count: 20)))
    #expect(
      shown(value) == [
        "[", "  \"name\": \"Ada Lovelace\",", "  \"tags\": [\"mathematics\", \"engines\"],", "  \"more\": [",
        "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,", "    11, 12, 13, 14, 15, 16, 17, 18, 19,", "  ],", "]",
      ])
  }

  @Test func likeDictionariesAreATable() {
    let rows = (1...3).map { row(("id", number($0 * 50)), ("name", text("n\($0)"))) }
    #expect(
      shown(.array(rows, count: 3), columns: 80) == [
        " id  name", "───  ────", " 50  n1", "100  n2", "150  n3",
      ])
    // Two rows are read as well on a line where they fit there.
    #expect(shown(.array(Array(rows.prefix(2)), count: 2), columns: 80).count == 1)
    let many = (1...200).map { row(("id", number($0)), ("name", text("n"))) }
    #expect(shown(.array(many, count: 999), columns: 80).last == "… 969 more")
  }

  /// It was none, as most JSON is not.
  @Test func whatIsNestedAndShortAndKeysInAnotherOrderMakeATableToo() {
    let rows = (1...3).map { count in
      let tags = ("tags", ShownValue.array([text("a"), number(count)], count: 2))
      return count == 2 ? row(tags, ("id", number(count))) : row(("id", number(count)), tags)
    }
    #expect(
      shown(.array(rows, count: 3), columns: 80) == [
        "id  tags", "──  ────────", " 1  [\"a\", 1]", " 2  [\"a\", 2]", " 3  [\"a\", 3]",
      ])
  }

  @Test func wideCellsAreCutAndWhatIsNoTableIsNone() {
    let long = (1...3).map { row(("id", number($0)), ("text", text(String(repeating: "漢字", count: 30)))) }
    let lines = shown(.array(long, count: 3), columns: 30)
    #expect(lines.allSatisfy { Layout.width(of: $0) <= 30 })
    #expect(lines[2].hasSuffix("…"))
    let unlike = [row(("a", number(1))), row(("b", number(2))), row(("a", number(3)))]
    #expect(shown(.array(unlike, count: 3), columns: 80).count == 1)
    let nested = (1...3).map { _ in row(("a", .array((0..<30).map(number), count: 30))) }
    #expect(TableView(.array(nested, count: 3), columns: 80) == nil)
    let wide = (1...3).map { _ in
      ShownValue.dictionary(
        (0..<15).map { .init(key: text("column \($0)"), value: number($0)) }, count: 15)
    }
    #expect(TableView(.array(wide, count: 3), columns: 40) == nil)
  }

  @Test(arguments: [
    (
      "{\"a\":[1,2.5e3,{}],\"b\":null}",
      ["{", "  \"a\": [", "    1,", "    2.5e3,", "    {}", "  ],", "  \"b\": null", "}"]
    ),
    ("[]", ["[]"]), ("  \"text\\\"s\" ", ["\"text\\\"s\""]),
    ("12345678901234567890", ["12345678901234567890"]),
  ])
  func jsonIsIndentedAndStaysAsItWasWritten(_ text: String, _ lines: [String]) {
    #expect(JSONView.lines(text)?.first.map(\.plain) == lines)
  }

  @Test(arguments: ["", "{", "[1}", "nope", "\"open", "[[1]"])
  func whatIsNoJSONIsNotTakenForIt(_ text: String) { #expect(JSONView.lines(text) == nil) }

  @Test func ofLongJSONTheFirstLinesAreKeptAndAllAreCounted() {
    let text =
      "[" + Array(repeating: "{\"id\": 1, \"text\": \"a\"}", count: 100_000).joined(separator: ", ") + "]"
    let shown = JSONView.lines(text, most: 3)
    #expect(shown?.first.map(\.plain) == ["[", "  {", "    \"id\": 1,"])
    #expect(shown?.count == 400_002)
    #expect(JSONView.lines("[1, 2]", most: 3)?.first.count == 3)
    #expect(JSONView.lines("[1, 2]", most: 3)?.count == 4)
    #expect(JSONView.lines("[1, 2", most: 1) == nil)
  }

  @Test func deepJSONIsLeftAlone() {
    #expect(JSONView.lines(String(repeating: "[", count: 500) + String(repeating: "]", count: 500)) == nil)
  }

  private func answer(_ type: String?, _ body: String, status: Int = 200) -> Answer {
    Answer(
      status: status, reason: "OK", headers: type.map { [.init(name: "Content-Type", value: $0)] } ?? [],
      body: Array(body.utf8), text: body, url: "/", elapsed: .milliseconds(12))
  }

  private func shown(_ answer: Answer) -> [String] { AnswerView(columns: 80).lines(answer).map(\.plain) }

  @Test func anAnswerIsStatusHeadersAndTheBodyByItsType() {
    #expect(
      shown(answer("text/plain", "a\nb\n")) == [
        "200 OK  12 ms, 4 bytes", "Content-Type: text/plain", "", "a", "b",
      ])
    #expect(shown(answer("application/json", "{\"a\":1}")).suffix(3) == ["{", "  \"a\": 1", "}"])
    #expect(shown(answer("application/json", "{oops")).last == "{oops")
    #expect(shown(answer("image/png", "\u{1}\u{2}")).last == "<2 bytes of image/png>")
    #expect(shown(answer(nil, "text")).last == "text")
    #expect(shown(answer(nil, "a\0b")).last == "<3 bytes of unknown type>")
    #expect(shown(answer("text/plain", "")) == ["200 OK  12 ms, 0 bytes", "Content-Type: text/plain"])
    #expect(shown(answer("text/plain", String(repeating: "x\n", count: 500))).last == "… 440 more lines")
  }

  /// It ended after 100,000 characters without a word, in a file too.
  @Test func whatIsLeftOutOfALongBodyIsCountedAndNothingWhereNobodyLooks() {
    let long = answer("text/plain", String(repeating: "x", count: 200_000))
    let lines = shown(long)
    #expect(lines.last == "… 195201 more characters")
    #expect(lines.dropLast().last?.count == 60 * 80)
    #expect(
      shown(answer("text/plain", String(repeating: "y", count: 9_000) + "\na\nb")).last
        == "… 4201 more characters and 2 more lines")
    let whole = AnswerView(columns: nil).lines(long).map(\.plain)
    #expect(whole.last?.count == 200_000)
    let json = answer("application/json", "[" + String(repeating: "1,", count: 60_000) + "1]")
    #expect(shown(json).last == "… 59943 more lines")
    #expect(AnswerView(columns: nil).lines(json).count == 60_001 + 5)
  }

  @Test func controlCharactersAreNeverActedOn() {
    let view = AnswerView(columns: 80).lines(answer("text/plain", "a\u{1B}[2Jb\rc"))
    let rendered = view.map { $0.rendered(color: false) }.joined()
    #expect(!rendered.contains("\u{1B}") && !rendered.contains("\r"))
  }
}
