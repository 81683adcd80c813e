import Testing

@testable import VM

struct StringSearchTests {
  /// What Characters are made of, so that many a match begins or ends within one.
  private static let pieces = [
    "a", "b", "\r", "\n", "\u{301}", "\u{1F1E9}", "\u{1F1EA}", "\u{1F469}", "\u{200D}", "é",
  ]

  /// Searching from the front by code points gave places within a Character: `"\r\nx".firstIndex(of: "\n")` was 1.
  @Test func placesAgreeWithCharacterByCharacterSearch() throws {
    let host = ScriptHost()
    for _ in 0..<(ScriptHost.isStressed ? 40 : 400) {
      let text = Self.random(upTo: 12)
      let part = Self.random(upTo: 3)
      let places = Self.places(of: part, in: text)
      let (t, p) = (Self.literal(text), Self.literal(part))
      let given = try host.run("[\(t).firstIndex(of: \(p)), \(t).lastIndex(of: \(p)), \(t).ranges(of: \(p))]")
      let ranges = Self.apart(places).map { "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: ", ")
      let ends = [places.first, places.last].map { $0.map { "\($0.lowerBound)" } ?? "nil" }
      #expect(given == "[\(ends[0]), \(ends[1]), [\(ranges)]]", "\(p) in \(t)")
      let first = Self.apart(places).first.map { "\($0.lowerBound)..<\($0.upperBound)" } ?? "nil"
      #expect(try host.run("\(t).firstRange(of: \(p))") == first)
    }
  }

  @Test func splittingAgreesWithSwift() throws {
    let host = ScriptHost()
    for _ in 0..<(ScriptHost.isStressed ? 20 : 200) {
      let elements = (0..<Int.random(in: 0...9)).map { _ in Int.random(in: 0...2) }
      let most = Int.random(in: 0...4)
      let omits = Bool.random()
      let expected = elements.split(separator: 0, maxSplits: most, omittingEmptySubsequences: omits).map(
        Array.init)
      let options = "maxSplits: \(most), omittingEmptySubsequences: \(omits)"
      #expect(try host.run("\(elements).split(separator: 0, \(options))") == "\(expected)")
      #expect(try host.run("\(elements).split(\(options)) { $0 == 0 }") == "\(expected)")
      let text = elements.map(String.init).joined()
      let parts = expected.map { $0.map(String.init).joined() }
      #expect(try host.run("\"\(text)\".split(\"0\", \(options))") == "\(parts)")
      #expect(try host.run("\"\(text)\".split(\(options)) { $0 == \"0\" }") == "\(parts)")
      #expect(
        try host.run("Bytes(\(elements)).split(separator: 0, \(options)).map { Array($0) }") == "\(expected)")
    }
  }

  @Test(arguments: [
    ("\"a\\r\\nb\".split(\"\\n\")", "[\"a\\r\", \"b\"]"),
    ("\"\\r\\n\".contains(\"\\n\")", "true"),
    ("\"a\\u{301}\".hasPrefix(\"a\")", "true"),
    ("\"a\\u{301}\".replacing(\"a\", with: \"o\") == \"o\\u{301}\"", "true"),
    ("\"a\\u{301}\".trimmingPrefix(\"a\").count", "1"),
    (
      "[\"\".contains(\"\"), \"a\".hasSuffix(\"\"), \"\".firstIndex(of: \"\"), \"\".lastIndex(of: \"\")]",
      "[true, true, 0, 0]"
    ),
    (
      "[\"a\".hasSuffix(\"ba\"), \"\".hasPrefix(\"a\"), \"a\".trimmingSuffix(\"ba\")]",
      "[false, false, \"a\"]"
    ),
  ])
  func whatGivesNoPlaceFindsWhatStandsThere(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  // MARK: A slow search

  /// Where the Characters of a text are the part, code point by code point.
  private static func places(of part: String, in text: String) -> [Range<Int>] {
    let characters = Array(text)
    var places: [Range<Int>] = []
    for start in characters.indices {
      for end in (start + 1)...characters.count
      where characters[start..<end].flatMap({ Array(String($0).utf8) }) == Array(part.utf8) {
        places.append(start..<end)
      }
    }
    return places
  }

  private static func apart(_ places: [Range<Int>]) -> [Range<Int>] {
    places.reduce(into: []) { kept, place in
      if kept.last.map({ $0.upperBound <= place.lowerBound }) ?? true { kept.append(place) }
    }
  }

  /// At least one piece.
  private static func random(upTo count: Int) -> String {
    (0..<Int.random(in: 1...count)).map { _ in pieces.randomElement() ?? "" }.joined()
  }

  private static func literal(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { "\\u{\(String($0.value, radix: 16))}" }.joined() + "\""
  }
}
