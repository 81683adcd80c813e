import Language
import Testing

/// What a text could do at once, seen in its tree alone; `Tests/Golden/overlaps` has the many cases.
struct OverlapAnalysisTests {
  private func analysis(_ text: String, constants: Set<String> = []) -> OverlapAnalysis {
    let builtins = ["after", "all", "get", "json", "post", "print", "sleep", "String"]
    var names = GlobalScope(Dictionary(uniqueKeysWithValues: builtins.map { ($0, .builtin) }))
    for name in constants { names.declare(name, .let) }
    return OverlapAnalysis(SourceText(cell: 1, text: text), names: names) { constants.contains($0) }
  }

  private func lines(_ text: String, constants: Set<String> = []) -> [[Int]] {
    let source = SourceText(cell: 1, text: text)
    return analysis(text, constants: constants).groups.map { $0.calls.map(source.lineNumber(of:)) }
  }

  @Test func callsAreFoundByTheirNames() {
    let text = "route \"/\" {\n  let a = await get(\"/a\")\n  a.text + await get(\"/b\").text\n}"
    let groups = analysis(text).groups
    #expect(groups.count == 1)
    let bytes = Array(text.utf8)
    #expect(
      groups.first?.calls.map { String(decoding: bytes[$0..<($0 + 7)], as: UTF8.self) } == [
        "get(\"/a", "get(\"/b",
      ])
  }

  @Test func aGlobalCountsOnlyWhereItIsConstant() {
    let text = "route \"/\" {\nlet a = await get(\"\\(base)/a\")\nlet b = await get(\"\\(base)/b\")\n}"
    #expect(lines(text, constants: ["base"]) == [[2, 3]])
    #expect(lines(text) == [])
  }

  @Test func whatACellDeclaresInBetweenIsTold() {
    let text = "let a = await get(\"/a\")\nlet b = 1\nlet c = await get(\"/c\")\nlet d = 2"
    #expect(analysis(text).groups.map(\.declares) == [["a", "b"]])
    #expect(lines(text) == [[1, 3]])
  }

  @Test func aTextWithErrorsHasNone() {
    #expect(lines("let a = await get(\"/a\")\nlet b = await get(\"/b\")\nlet") == [])
    #expect(lines("let a = await get(\"/a\")\nlet b = await get(\"/b\")\na = 1") == [])
  }

  @Test func aNameThatTheTextGivesAnotherMeaningIsNotTheProgramsOwn() {
    #expect(lines("func get(x) { x }\nlet a = await get(\"/a\")\nlet b = await get(\"/b\")") == [])
    #expect(lines("func String(x) { x }\nlet a = await get(\"/a\")\nlet b = await get(String(1))") == [])
    #expect(lines("let a = await get(\"/a\")\nlet b = await get(String(1))") == [[1, 2]])
  }

  @Test(arguments: [
    ("items", true), ("let n = [1]; n.append(items); n", true), ("await sleep(1s); json(items)", true),
    ("func half(x) { x / 2 }\n half(items)", true), ("await get(\"/other\").json", true),
    ("count += 1", false), ("items.append(1)", false), ("items[0] = 1", false), ("print(items)", false),
    ("post(\"/x\")", false), ("change(items)", false), ("let change = items\n change()", false),
    ("request.state[\"a\"] = 1", false), ("let own = [items]; own[0].append(1)", false),
    ("let alias = items; alias.append(1)", false), ("items.map(change)", false), ("after(1s, change)", false),
    ("async { count += 1 }", false), ("defer { count += 1 }; items", false), ("{ count += 1 }()", false),
  ])
  func whatAHandlerChangesIsSeen(body: String, isReading: Bool) {
    let text = "let items = []\nvar count = 0\nfunc change(x) { count += x }\nroute \"/x\" {\n\(body)\n}"
    let start = text.utf8.count - body.utf8.count - "route \"/x\" {\n\n}".utf8.count
    let effects = analysis(text).effectsOfFunction(at: start)
    let reads = effects.flatMap { $0.writes.isEmpty ? $0.reads : nil }
    #expect((reads != nil) == isReading)
    if isReading, body.contains("items") { #expect(reads == ["items"]) }
  }

  /// What a global stands for may be changed by way of others that hold the same.
  @Test(arguments: [
    ("count += 1", ["count"]), ("count = 2 * count", ["count"]), ("items = []", nil), ("count = items", nil),
    ("items += [1]", nil), ("items[0] = 1", nil), ("let own = 1; items.append(own)", nil), ("1", []),
  ])
  func whichGlobalsAFunctionSetsIsSeen(body: String, writes: [String]?) {
    let text = "var items = []\nvar count = 0\nevery(1s) {\n\(body)\n}"
    let start = text.utf8.count - body.utf8.count - "{\n\n}".utf8.count
    #expect(analysis(text).effectsOfFunction(at: start)?.writes.sorted() == writes)
  }

  @Test func whatStandsAroundAHandlerIsNotItsOwn() {
    let text =
      "group \"/a\" {\n  var n = 0\n  func count() { n += 1 }\n  route \"/x\" { n }\n  route \"/y\" { n += 1 }\n  route \"/z\" { count() }\n}"
    let found = analysis(text)
    let reads = (0..<text.utf8.count).map { found.effectsOfFunction(at: $0)?.writes.isEmpty ?? false }
    let routes = text.ranges(of: "route").map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
    #expect(routes.map { reads[$0] } == [true, false, false])
    #expect(reads.count { $0 } == 1)
  }

  @Test func whatIsDeepOrLongEndsSoon() {
    let deep =
      String(repeating: "(", count: 200) + "await get(\"/a\").text" + String(repeating: ")", count: 200)
    #expect(lines("let a = \(deep)\nlet b = await get(\"/b\")").count == 1)
    let chain = (1...400).map { "let v\($0) = v\($0 - 1) + v\($0 - 1)" }.joined(separator: "\n")
    let text =
      "route \"/\" {\nlet v0 = 1\n\(chain)\nlet a = await get(\"/\\(v5)\")\nlet b = await get(\"/\\(v5)\")\n}"
    #expect(lines(text) == [[403, 404]])
    let ternaries = String(repeating: "v ? 1 : ", count: 200) + "2"
    #expect(
      lines(
        "route \"/<v>\" {\nlet a = await get(\"/a\")\nlet n = \(ternaries)\nlet b = await get(\"/\\(n)\")\n}"
      ).count == 1)
  }

  /// It is done on the event loop when somebody looks at a trace.
  @Test func aLongTextIsAnalysedInAMoment() {
    let handler = #"""
      {
        let a = await get("/a/\(n)").json
        let b = a.items.map { $0.id + n }
        let c = await get("/b")
        if a.ok { for x in b { print(x) } }
        "\(a.name) \(b) \(c.text)"
      }

      """#
    let text = (0..<350).map { "route \"/x\($0)/<int:n>\" " + handler }.joined()
    #expect(text.utf8.count > 60_000)
    let start = ContinuousClock.now
    #expect(analysis(text).groups.count == 350)
    // A second in a debug build that has the machine for itself.
    #expect(ContinuousClock.now - start < .seconds(30))
  }
}
