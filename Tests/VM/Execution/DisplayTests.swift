import Testing
import VM

struct DisplayTests {
  @Test(arguments: [
    (
      "[nil, true, 1, 1.0, 2s, \"a\", [], [:], 1..<2, { 1 }, print]",
      "[nil, true, 1, 1.0, 2s, \"a\", [], [:], 1..<2, <Function>, <Function print>]"
    ),
    ("func f() { 1 }\nf", "<Function f>"),
    ("Error(\"bad\")", "<Error error: bad>"),
    ("let a = [1]\na.append(a)\na", "[1, […]]"),
    ("let d = [:]\nd.me = d\nd", "[\"me\": […]]"),
    ("let a = [1]\nlet b = [a, a]\n[b, b]", "[[[1], [1]], [[1], [1]]]"),
    ("Array(0..<300).count", "300"),
    ("\"\\(\"a\")\\([\"a\"])\\(nil)\\(1.5)\"", "\"a[\\\"a\\\"]nil1.5\""),
    ("deferred()", "<Deferred pending>"),
    ("after(5s)", "<Deferred pending: timer>"),
    ("after(5s).then { 1 }.then { 2 }", "<Deferred pending: timer>"),
    ("async { await sleep(5s) }", "<Deferred pending: async>"),
    ("all([sleep(1s), sleep(2s)])", "<Deferred pending: 2 of 2>"),
    ("let d = deferred()\nd.resolve(1)\nd", "<Deferred: 1>"),
    ("let d = deferred()\nd.cancel()\nd", "<Deferred cancelled>"),
    ("html \"<b>\\(\"<&>\\\"'\")</b>\"", "html \"<b>&lt;&amp;&gt;&quot;&#39;</b>\""),
    ("html \"\\(rawHTML(\"<i>\"))\\(html \"<b>\")\\(1 < 2)\\(nil)\"", "html \"<i><b>truenil\""),
    (
      "html \"<ul>\\([\"<a>\", \"b\"].map { html \"<li>\\($0)</li>\" })</ul>\"",
      "html \"<ul><li>&lt;a&gt;</li><li>b</li></ul>\""
    ),
    ("html \"\\([\"<\"])\"", "html \"[&quot;&lt;&quot;]\""),
  ])
  func shows(_ text: String, _ expected: String) throws { #expect(try shown(text) == expected) }

  private func shown(_ text: String) throws -> String {
    let host = ScriptHost()
    let task = try host.start(text)
    guard case .success(let value) = host.outcomes[task.number] else { return "\(text) failed" }
    return host.machine.repr(value)
  }

  @Test func whatIsShownHasBoundsAndCountsWhatIsLeftOut() throws {
    #expect(try shown("Array(0..<300)").hasSuffix("198, 199, … 100 more]"))
    #expect(try shown("\"x\".repeated(1_000_000)").hasSuffix("x\"… 900000 more bytes"))
    #expect(try shown("(0..<150).map { \"x\".repeated(10_000) }").count < 120_000)
    #expect(try shown("(1...20).reduce(0) { a, b in [a] }") == "[[[[[[[[[…]]]]]]]]]")
  }

  @Test(arguments: [
    ("[1, \"a\", [2]]", true), ("let a = [1]\na.append(a)\na", true), ("Array(0..<200)", true),
    ("Array(0..<201)", false), ("Dictionary((0..<201).map { [$0, $0] })", false),
    ("\"x\".repeated(100_000)", true), ("\"x\".repeated(100_001)", false),
    ("(1...8).reduce(0) { a, b in [a] }", true), ("(1...9).reduce(0) { a, b in [a] }", false),
    ("(0..<150).map { \"x\".repeated(10_000) }", false), ("[\"x\".repeated(100_000), 1]", false),
  ])
  func whatIsLeftOutIsKnownAndCanBeHadInPieces(_ text: String, _ isWhole: Bool) throws {
    let host = ScriptHost()
    let task = try host.start(text)
    guard case .success(let value) = host.outcomes[task.number] else { throw Failed() }
    let excerpt = host.machine.excerpt(of: value)
    #expect(excerpt.isWhole == isWhole)
    var pieces: [String] = []
    host.machine.writeWhole(value) { pieces.append($0) }
    let whole = pieces.joined()
    #expect((whole == excerpt.text) == isWhole)
    #expect(whole.utf8.count < 1 << 20 || pieces.count > 1)
  }

  /// Each layer holds the one below it twice.
  @Test func aValueThatIsAsGoodAsEndlessIsWrittenUpToTheLengthOfATextOnly() throws {
    var limits = MachineLimits()
    limits.stringLength = 1 << 20
    let host = ScriptHost(limits: limits)
    let task = try host.start("(1...40).reduce(0) { a, b in [a, a] }")
    guard case .success(let value) = host.outcomes[task.number] else { throw Failed() }
    var length = 0
    host.machine.writeWhole(value) { length += $0.utf8.count }
    #expect((1 << 20...(1 << 20) + 1_000).contains(length))
  }

  private struct Failed: Error {}

  @Test(arguments: [
    ("\"\\(Array(0..<300))\".suffix(9)", "\"298, 299]\""),
    ("String(Array(0..<1000)) == \"[\" + (0..<1000).map { \"\\($0)\" }.joined(\", \") + \"]\"", "true"),
    ("repr(\"x\".repeated(1_000_000)).count", "1000002"),
    ("\"\\((1...20).reduce(0) { a, b in [a] })\"", "\"[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]\""),
    (
      "toJSON([1.5h, 3661s, 100001ms, 86399s, 1h + 1ns])",
      "\"[\\\"1.5h\\\",\\\"3661s\\\",\\\"100.001s\\\",\\\"86399s\\\",\\\"3600.000000001s\\\"]\""
    ),
  ])
  func aTextOfAValueIsWhole(_ text: String, _ expected: String) throws {
    #expect(try shown(text) == expected)
  }

  @Test(arguments: [
    ("\"\\((1...600).reduce(0) { a, b in [a] })\"", "the value is nested more than 512 deep"),
    (
      "let a = Array(repeating: \"x\".repeated(1_000_000), count: 200)\nrepr(a)",
      "longer than the limit of 67108864"
    ),
  ])
  func aTextThatCannotBeWholeIsAnError(_ text: String, _ message: String) throws {
    let said = try ScriptHost().run(text)
    #expect(said.hasPrefix("error: ") && said.contains(message), "\(said)")
  }
}
