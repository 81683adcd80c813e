import Testing

struct ErrorTests {
  @Test(arguments: [
    ("expect(1 < 2)", "nil"),
    (
      "do { expect(1 > 2, \"one is \\(1)\") } catch { [error.kind, error.message] }",
      "[\"expectation\", \"one is 1: 1 > 2\"]"
    ),
    ("do { expect(nil) } catch { error.message }", "\"\\\"condition\\\" of expect must be a Bool, not nil\""),
    ("do { expect(false) } catch { error.message }", "\"the expectation does not hold\""),
    ("do { expect(1) } catch { error.message }", "\"\\\"condition\\\" of expect must be a Bool, not Int\""),
    ("let e = Error(\"m\")\n[e.message, e.kind, type(of: e)]", "[\"m\", \"error\", \"Error\"]"),
    (
      "do { throw Error(\"m\", kind: \"k\", fields: [\"a\": 1]) } catch { [error.kind, error.a] }",
      "[\"k\", 1]"
    ),
    ("do { 1 + nil } catch { error.help != nil }", "true"),
    ("do { throw 5 } catch { [error.message, error.value] }", "[\"5\", 5]"),
    ("do { throw nil } catch { error.message }", "\"nil\""),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }
}
