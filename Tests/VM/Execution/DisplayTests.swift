import Testing

struct DisplayTests {
  @Test(arguments: [
    (
      "[nil, true, 1, 1.0, 2s, \"a\", [], [:], 1..<2, { 1 }, print]",
      "[nil, true, 1, 1.0, 2s, \"a\", [], [:], 1..<2, <Function>, <Function print>]"
    ),
    ("func f() { 1 }\nf", "<Function f>"),
    ("Error(\"bad\")", "<Error error: bad>"),
    ("let a = [1]\na.append(a)\na", "[1, [1, [1, [1, [1, [1, [1, [1, […]]]]]]]]]"),
    (
      "let d = [:]\nd.me = d\nd",
      "[\"me\": [\"me\": [\"me\": [\"me\": [\"me\": [\"me\": [\"me\": [\"me\": […]]]]]]]]]"
    ),
    ("Array(0..<300).count", "300"),
    ("repr(Array(0..<300)).hasSuffix(\"198, 199, … 100 more]\")", "true"),
    ("repr(\"x\".repeated(1_000_000)).count < 200_000", "true"),
    ("repr((0..<150).map { \"x\".repeated(10_000) }).count < 300_000", "true"),
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
  func shows(_ text: String, _ expected: String) throws {
    let host = ScriptHost()
    let task = try host.start(text)
    if case .success(let value) = host.outcomes[task.number] {
      #expect(host.machine.repr(value) == expected)
    } else {
      Issue.record("\(text) failed")
    }
  }
}
