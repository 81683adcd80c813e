import Testing

@testable import Language

@Suite("Highlighting")
struct HighlighterTests {
  private func highlights(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return Highlighter.tokens(in: text).map {
      "\($0.kind.rawValue):\(String(decoding: bytes[$0.range], as: UTF8.self))"
    }
  }

  @Test(
    "colours by kind",
    arguments: [
      (
        "route GET, PUT \"/a\" { 1 } // c",
        ["keyword:route", "routeMethod:GET", "routeMethod:PUT", "string:\"/a\"", "number:1", "comment:// c"]
      ),
      (
        "let x = f(2s) + Int(y)",
        ["keyword:let", "operator:=", "functionName:f", "number:2s", "operator:+", "type:Int"]
      ),
      ("func go() { }", ["keyword:func", "functionName:go"]),
      (
        "html \"<b>\\(x.y)</b>\"",
        ["keyword:html", "string:\"<b>", "interpolation:\\(", "interpolation:)", "string:</b>\""]
      ),
      ("\"\"\"\n  a\n  \"\"\"", ["string:\"\"\"\n  a\n  \"\"\""]),
      ("# %% 1\n#\"raw\"#", ["comment:# %% 1", "string:#\"raw\"#"]),
      ("d.catch { }", []), ("d.catch({ })", ["functionName:catch"]), ("nil", ["keyword:nil"]),
      ("d?.catch({ })", ["operator:?.", "functionName:catch"]),
      ("a.map(\\.count) \\ b", ["functionName:map", "operator:\\", "invalid:\\"]),
      ("%run 3", ["command:%run"]), ("  %cells", ["command:%cells"]),
      ("\"open", ["string:\"open"]), ("\"a\\(b", ["string:\"a", "interpolation:\\("]),
      ("'x'", ["string:'x'"]),
      ("/* open", ["comment:/* open"]), ("a @ §", ["invalid:@", "invalid:§"]),
      ("a /* b */ + c", ["comment:/* b */", "operator:+"]),
      (
        "\"\\(f(\"in\"))\"",
        ["string:\"", "interpolation:\\(", "functionName:f", "string:\"in\"", "interpolation:)", "string:\""]
      ),
      ("before { 1 }", ["keyword:before", "number:1"]), ("after(2s)", ["functionName:after", "number:2s"]),
      ("group \"/a\" { onError { } }", ["keyword:group", "string:\"/a\"", "keyword:onError"]),
      ("x.after { }; notFound", []),
      ("日本 = 1", ["operator:=", "number:1"]), ("", []), ("route(1)", ["functionName:route", "number:1"]),
    ] as [(String, [String])])
  func kinds(_ text: String, _ expected: [String]) {
    #expect(highlights(text) == expected)
  }
}
