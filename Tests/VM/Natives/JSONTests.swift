import Testing

@testable import VM

/// RFC 8259, in both directions.
struct JSONTests {
  private func parse(_ text: String) -> String {
    let machine = ScriptHost(collector: .asNeeded).machine!
    do throws(Failure) { return machine.repr(try machine.parseJSON(Array(text.utf8))) } catch {
      return error.message
    }
  }

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("-12", "-12"), ("1.5e2", "150.0"), ("1E-2", "0.01"), ("0.1", "0.1"),
    ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ("9007199254740993", "9007199254740993"), ("9223372036854775808", "9.223372036854776e+18"),
    ("true", "true"), ("false", "false"), ("null", "nil"), (" \t\r\n 1 \n", "1"), ("\u{FEFF}1", "1"),
    ("\"\"", "\"\""), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "\"a\\\"\\\\/\\u{8}\\u{C}\\n\\r\\tz\""),
    ("\"\\u0041\\u00e9\\u20AC\"", "\"Aé€\""), ("\"\\uD83D\\uDE00\"", "\"😀\""),
    ("\"é€😀\"", "\"é€😀\""), ("\"\\u0000\"", "\"\\u{0}\""),
    ("[]", "[]"), ("[1,[2,[]]]", "[1, [2, []]]"), ("{}", "[:]"),
    ("{\"a\":{\"b\":[true]}}", "[\"a\": [\"b\": [true]]]"),
    ("{\"a\":1,\"a\":2}", "[\"a\": 2]"), ("{\"\":0}", "[\"\": 0]"), ("[ 1 , 2 ]", "[1, 2]"),
    ("1e308", "1e+308"), ("1e-400", "0.0"),
  ])
  func accepts(_ text: String, _ expected: String) { #expect(parse(text) == expected) }

  /// A key that was read before is taken again: only where it is the very same.
  @Test func keysThatAreAlikeAreKeptApart() {
    // Keys are kept once a text has turned out to be long.
    let (before, same) = ("[" + String(repeating: "0,", count: 50), "[" + String(repeating: "0, ", count: 50))
    #expect(
      parse(before + #"{"abc":1,"acc":2,"a\u0062c":3},{"acc":4,"abc":5},{"a\"c":6,"ac":7},{"a\\":8,"a":9}]"#)
        == same + #"["abc": 3, "acc": 2], ["acc": 4, "abc": 5], ["a\"c": 6, "ac": 7], ["a\\": 8, "a": 9]]"#)
    for count in 30...35 {
      let long = String(repeating: "k", count: count)
      #expect(
        parse(before + "{\"\(long)\":1},{\"\(long)\":2}]") == same + "[\"\(long)\": 1], [\"\(long)\": 2]]")
    }
  }

  /// Of keys that begin the same, that need escapes, that come in any order and are more than are kept.
  @Test func manyObjectsHaveTheirOwnKeysInTheirOwnOrder() throws {
    let text = #"""
      seed(5)
      let names = (0..<120).map { i in ["k", "ke", "key"][i % 3] + ["", "\"", "\\", "é"][i % 4] + String(i / 12) }
      for round in 0..<\#(ScriptHost.isStressed ? 2 : 50) {
          let rows = (0..<30).map { row in
              let object = [:]
              for n in 0..<random(in: 0...12) { object[names[random(in: 0..<120)]] = [n, ["key": [:], "k": n]] }
              object
          }
          let text = toJSON(rows)
          let read = json(text)
          expect(read == rows, text)
          expect(toJSON(read) == text, text)
      }
      "same"
      """#
    #expect(try ScriptHost().run(text) == "\"same\"")
  }

  /// An object has room at once for as many entries as the one before it: what it does not need it gives back.
  @Test func smallObjectsBesideLargerOnesTakeNoMoreRoom() throws {
    let machine = ScriptHost(collector: .asNeeded).machine!
    func bytes(_ objects: String) throws -> Int {
      let before = machine.heap.bytesInUse
      _ = try machine.parseJSON(Array("[\(String(repeating: objects + ",", count: 500))0]".utf8))
      return machine.heap.bytesInUse - before
    }
    let large = #"{"a":1,"b":1,"c":1,"d":1,"e":1}"#
    for small in ["{}", #"{"a":1}"#, #"{"a":1,"b":1,"c":1,"d":1}"#] {
      // In the first, none is ever given more than it needs.
      let apart = try bytes(small) + bytes(large)
      #expect(try abs(bytes(small + "," + large) - apart) < apart / 20)
    }
  }

  @Test(arguments: [(17, "12345678901234567"), (18, "999999999999999999"), (19, "1000000000000000000")])
  func wholeNumbersOfAnyLengthAreExact(digits: Int, text: String) {
    #expect(text.count == digits)
    #expect(parse("[\(text),-\(text)]") == "[\(text), -\(text)]")
  }

  @Test(arguments: [
    "", " ", "01", "-", "-01", "+1", "1.", ".5", "1e", "1e+", "0x1", "1e400", "NaN", "Infinity", "-Infinity",
    "tru", "True", "nul", "undefined", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\n\"",
    "\"\u{1}\"",
    "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
    "{a:1}",
    "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "1 2", "[] []", "// x\n1", "[1]x", "\u{A0}1", "--1", "1.2.3",
  ])
  func refuses(_ text: String) { #expect(parse(text).hasPrefix("not JSON: ")) }

  @Test func refusesBytesThatAreNoUTF8() {
    let machine = ScriptHost().machine!
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22], [0xFF],
    ] {
      #expect(throws: Failure.self) { try machine.parseJSON(bytes) }
    }
  }

  @Test func sayWhereItIsWrong() {
    #expect(
      parse("{\n  \"a\": 1,\n  \"é\": oops\n}")
        == "not JSON: unexpected o where a value should be, line 3, column 8")
  }

  /// Counted are arrays and objects, not the value in the innermost.
  @Test(arguments: [("[", "]"), ("[", "1]"), ("{\"a\":", "}")])
  func depthIsBoundedBothWays(_ opening: String, _ closing: String) throws {
    let host = ScriptHost()
    let rest = closing.last.map(String.init) ?? ""
    func nested(_ depth: Int) -> String {
      let core = opening == "{\"a\":" ? "null" : String(closing.dropLast())
      let text = String(repeating: opening, count: depth) + core + String(repeating: rest, count: depth)
      return Machine.quoted(text)
    }
    #expect(try host.run("toJSON(json(\(nested(512)))) == \(nested(512))") == "true")
    #expect(
      try host.run("json(\(nested(513)))").hasPrefix(
        "error: not JSON: nested more than 512 deep, line 1, column "))
    let wrapped = opening == "[" ? "[json(\(nested(512)))]" : "[\"a\": json(\(nested(512)))]"
    #expect(try host.run("toJSON(\(wrapped))") == "error: nested more than 512 deep")
  }

  @Test func whatContainsItselfIsNoJSON() throws {
    let host = ScriptHost()
    #expect(parse(String(repeating: "{\"a\":", count: 100_000)).contains("nested more than 512 deep"))
    #expect(try host.run("let a = []\na.append(a)\ntoJSON(a)") == "error: nested more than 512 deep")
  }

  @Test(arguments: [
    ("toJSON([1, 2.5, true, nil, \"x\"])", "[1,2.5,true,null,\"x\"]"),
    ("toJSON([\"a\": [:], \"b\": []])", "{\"a\":{},\"b\":[]}"),
    ("toJSON(\"\\\"\\\\\\n\\r\\t\\u{1}é😀/\")", "\"\\\"\\\\\\n\\r\\t\\u0001é😀/\""),
    ("toJSON([1: \"a\", 2s: \"b\"])", "{\"1\":\"a\",\"2s\":\"b\"}"),
    ("toJSON(9223372036854775807)", "9223372036854775807"),
    ("toJSON(1e300)", "1e+300"),
    ("toJSON(90s)", "\"1.5m\""),
    ("toJSON(Error(\"bad\"))", "{\"error\":\"bad\"}"),
    (
      "toJSON([\"a\": [1, 2], \"b\": []], pretty: true)", "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}"
    ),
    ("toJSON(html \"<b>\")", "\"<b>\""),
  ])
  func writes(_ text: String, _ expected: String) throws {
    let host = ScriptHost()
    let task = try host.start(text)
    guard case .success(let value) = host.outcomes[task.number] else {
      Issue.record("\(text) failed")
      return
    }
    #expect(host.machine.string(value) == expected)
  }

  @Test(arguments: [
    ("toJSON(1.0 / 0)", "inf cannot be written as JSON"),
    ("toJSON({ 1 })", "Function cannot be written as JSON"),
    ("toJSON([deferred()])", "a value in JSON is a Deferred that was not awaited"),
    ("json(5)", "\"text\" of json must be a String or Bytes, not Int"),
  ])
  func fails(_ text: String, _ message: String) throws {
    #expect(try ScriptHost().run(text) == "error: \(message)")
  }

  @Test func whatIsWrittenIsReadBackTheSame() throws {
    let count = ScriptHost.isStressed ? 10 : 200
    let text = """
      seed(3)
      func make(depth) {
          let kind = random(in: 0...(depth > 3 ? 4 : 6))
          if kind == 0 { return nil }
          if kind == 1 { return random(in: Int.min...Int.max) }
          if kind == 2 { return random() * 1e6 - 5e5 }
          if kind == 3 { return random() < 0.5 }
          if kind == 4 { return "é\\u{1F600}\\n\\"\\\\" + uuid() }
          if kind == 5 { return (0..<random(in: 0...4)).map { make(depth + 1) } }
          let d = [:]
          for i in 0..<random(in: 0...4) { d["k\\(i)"] = make(depth + 1) ?? 0 }
          d
      }
      for i in 0..<\(count) {
          let value = make(0)
          expect(json(toJSON(value)) == value, toJSON(value))
          expect(json(toJSON(value, pretty: true)) == value, toJSON(value))
      }
      "same"
      """
    #expect(try ScriptHost().run(text) == "\"same\"")
  }
}
