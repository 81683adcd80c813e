import TestSupport
import Testing

@testable import Notebooks

private func read(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

private func error(_ text: String) throws -> JSONError {
  try #require(throws: JSONError.self) { try read(text) }
}

@Test(
  "What Python writes is written again as it was",
  arguments: [
    "null\n", "true\n", "[]\n", "{}\n", "\"\"\n", "-0\n", "1.0\n", "1e-7\n", "1E+400\n",
    "123456789012345678901234567890\n", "NaN\n", "[\n -Infinity,\n Infinity\n]\n",
    "{\n \"a\": [\n  1,\n  {\n   \"b\": null\n  }\n ],\n \"é\": \"\\u0000\\b\\f\\n\\r\\t\\u001f\u{7F}\\\"\\\\/🧊\"\n}\n",
  ])
func jsonIsWrittenAsPythonDoes(text: String) throws {
  #expect(JSONWriter.file(try read(text)).utf8.elementsEqual(text.utf8))
}

@Test("Keys are put in the order of their code points, and of two the last counts")
func jsonKeys() throws {
  let value = try read("{\"\u{FF5E}\": 1, \"🧊\": 2, \"b\": 3, \"B\": 4, \"b\": 5, \"\": 6}")
  #expect(JSONWriter.line(value) == "{\"\": 6, \"B\": 4, \"b\": 5, \"\u{FF5E}\": 1, \"🧊\": 2}")
}

@Test("Keys and texts that Unicode calls equal stay two")
func jsonIsOfBytes() throws {
  let object = try #require(try read("{\"\u{E9}\": 1, \"e\u{301}\": 2}").object)
  #expect(object.count == 2)
  #expect(object["\u{E9}"] == .number("1"))
  #expect(object["e\u{301}"] == .number("2"))
  #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
}

@Test("Members are set, replaced and removed in place")
func jsonObjectChanges() {
  var object = JSONObject()
  for key in ["b", "a", "c", "b"] { object[key] = .string(key) }
  object["a"] = nil
  object["z"] = nil
  #expect(object.keys == ["b", "c"])
}

@Test("Escapes give their characters, pairs of surrogates one")
func jsonEscapes() throws {
  #expect(try read(#""\u00e9\/\uD83E\uddca\\""#) == .string("é/🧊\\"))
}

@Test(
  "What is no JSON is refused with its place",
  arguments: [
    ("", "it ends where a value belongs", 1, 1),
    ("[1,\n 2", "a comma or `]` belongs here", 2, 3),
    ("{\"a\" 1}", "a colon belongs behind a key", 1, 6),
    ("{a: 1}", "a key in quotes belongs here", 1, 2),
    ("[1,]", "a value belongs here", 1, 4),
    ("{} x", "something follows after the end of the value", 1, 4),
    ("\"a", "it ends within a string", 1, 3),
    ("\"a\nb\"", "a string has a control character that is not escaped", 1, 3),
    ("\"\\x\"", "there is no such escape in JSON", 1, 3),
    ("\"\\u12g4\"", "four hexadecimal digits belong behind \\u", 1, 4),
    ("\"ab\\ud83d\"", "a string has half of a surrogate pair, which is no character", 1, 4),
    ("\"\\ude00\"", "a string has half of a surrogate pair, which is no character", 1, 2),
    ("\"\\ud83d\\ud83d\"", "a string has half of a surrogate pair, which is no character", 1, 2),
    ("01", "a number does not begin with 0 and another digit", 1, 3),
    ("1.", "a digit belongs behind the point", 1, 3),
    ("1e+", "a digit belongs into the exponent", 1, 4),
    ("-", "a value belongs here", 1, 1),
  ])
func jsonErrors(text: String, problem: String, line: Int, column: Int) throws {
  #expect(try error(text) == JSONError(problem: problem, line: line, column: column))
}

@Test("Nesting has a bound, on either side of which nothing crashes")
func jsonDepth() throws {
  let depth = JSONReader.maximumDepth
  _ = try read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
  #expect(try error(String(repeating: "[", count: depth + 1)).problem.contains("more than 256 deep"))
  #expect(try error(String(repeating: "{\"a\":", count: 1_000_000)).problem.contains("more than 256 deep"))
}

@Test("Changed and cut texts are read or refused and never crash", arguments: 0..<4)
func hostileJSON(seed: Int) throws {
  var generator = SeededGenerator(seed: UInt64(seed))
  let good = Array(#"{"a": [1.5e3, -0, true, null, "\ud83e\uddca\n é"], "b": {"c": "x", "d": []}}"#.utf8)
  let alphabet = Array("[]{}\":,\\u0dD8eE+-.ntf 1\n".utf8) + [0, 0x80, 0xC3, 0xFF]
  var refused = 0
  for _ in 0..<5000 {
    var bytes = good
    for _ in 0...Int.random(in: 0...3, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[place] = alphabet.randomElement(using: &generator) ?? 0
    }
    if Int.random(in: 0..<4, using: &generator) == 0 {
      bytes.removeLast(Int.random(in: 0..<40, using: &generator))
    }
    guard String(validating: bytes, as: UTF8.self) != nil, let value = try? JSONReader.read(bytes) else {
      refused += 1
      continue
    }
    #expect(try read(JSONWriter.file(value)) == value)
    #expect(try read(JSONWriter.line(value)) == value)
  }
  #expect((1000..<5000).contains(refused))
}
