import Testing

struct MemberTests {
  @Test(arguments: [
    ("[\"a\": [\"b\": [1, 2]]].a.b[1]", "2"),
    ("let d = [:]\nd.x = 1\nd[\"y\"] = 2\nd.x += 5\nd", "[\"x\": 6, \"y\": 2]"),
    // Its own members won as properties, but not as methods.
    (
      "let d = [\"map\": 1, \"count\": 2]\n[type(of: d.map), d.count, d[\"map\"], d[\"count\"]]",
      "[\"Function\", 2, 1, 2]"
    ),
    ("let d = [\"a\": 1]\nd[\"a\"] = nil\nd", "[:]"),
    (
      "let d = [1: \"x\", 1.5: \"y\", true: \"z\", 2s: \"w\"]\n[d[1.0], d[1.5], d[true], d[2s], d[3]]",
      "[\"x\", \"y\", \"z\", \"w\", nil]"
    ),
    ("let d = [\"a\": nil]\n[d.a, d.contains(\"a\"), d.count]", "[nil, true, 1]"),
    ("let a = [1, 2, 3, 4]\n[a[0], a[1..<3], a[2...3], a[0..<0]]", "[1, [2, 3], [3, 4], []]"),
    ("\"héllo\"[1] + \"abc\"[2]", "\"éc\""),
    ("[\"abcdef\"[1..<3], \"ábcdéf\"[3...4], \"abc\"[3..<3]]", "[\"bc\", \"dé\", \"\"]"),
    ("let b = \"hi\".utf8\n[b[0], b.count, String(b)]", "[104, 2, \"hi\"]"),
    ("nil?.a", "nil"),
    ("let d = [\"a\": nil]\nd.a?.b.c(1)[2]", "nil"),
    ("let d = [\"f\": { 3 }]\nd?.f()", "3"),
    ("let a = nil\na?[0]", "nil"),
    ("do { throw \"x\" } catch e { [e.message, e.kind] }", "[\"x\", \"error\"]"),
    (
      "do { throw Error(\"bad\", kind: \"mine\", fields: [\"code\": 7]) } catch e { [e.kind, e.code] }",
      "[\"mine\", 7]"
    ),
    ("do { throw [\"code\": 7] } catch e { e.value.code }", "7"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test(arguments: [
    ("[1][-1]", "index -1 is out of range: the array has 1 element, at 0"),
    ("[][0]", "index 0 is out of range: the array was empty"),
    ("[1, 2][1...2]", "1...2 is out of range: the array has 2 elements"),
    ("[1][\"a\"]", "an index of an array must be an Int, not String"),
    ("\"abc\"[3]", "index 3 is out of range: the string has 3 elements, 0 to 2"),
    ("[1] = 2", "refused"),
    ("let d = [:]\nd.count = 1", "\"count\" is a member of Dictionary and cannot be assigned"),
    ("let d = [:]\nd[[1]] = 1", "Array cannot be a key"),
    ("let d = [:]\nd[[1]] = nil", "Array cannot be a key"),
    ("let s = \"abc\"\ns[0] = \"x\"", "characters of a String cannot be assigned"),
    ("[:].foo", "the dictionary has no key \"foo\": it has no keys"),
    ("[1, 2].lenght", "Array has no member \"lenght\""),
    ("nil[0]", "nil cannot be indexed"),
  ])
  func fails(_ text: String, _ message: String) throws {
    if message == "refused" {
      #expect(throws: (any Error).self) { try ScriptHost().run(text) }
    } else {
      #expect(try ScriptHost().run(text) == "error: \(message)")
    }
  }
}
