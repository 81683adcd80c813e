import TestSupport
import Testing

@testable import Web

@Suite struct RoutePatternTests {
  /// The values that `pattern` takes from an encoded path.
  private func values(_ pattern: String, _ path: String) throws -> [PathValue]? {
    let table = RouteTable(entries: [(method: nil, pattern: try RoutePattern.parse(pattern), target: 0)])
    guard case .match(_, let values) = table.resolve(method: .GET, path: path) else { return nil }
    return values
  }

  @Test("Converters take what Werkzeug's take")
  func converters() throws {
    #expect(try values("/", "/") == [])
    #expect(try values("/<user>", "/bob") == [.string("bob")])
    #expect(try values("/<string:user>", "/") == nil)
    #expect(try values("/<string(length=2):code>", "/de") == [.string("de")])
    #expect(try values("/<string(length=2):code>", "/%C3%A4%C3%B6") == [.string("äö")])
    #expect(try values("/<string(length=2):code>", "/deu") == nil)
    #expect(try values("/<string(minlength=2,maxlength=3):code>", "/d") == nil)
    #expect(try values("/<string(minlength=2,maxlength=3):code>", "/deut") == nil)
    #expect(try values("/<int:n>", "/007") == [.int(7)])
    #expect(try values("/<int:n>", "/-7") == nil)
    #expect(try values("/<int(signed=True):n>", "/-7") == [.int(-7)])
    #expect(try values("/<int:n>", "/9223372036854775807") == [.int(.max)])
    #expect(try values("/<int:n>", "/9223372036854775808") == nil)
    #expect(try values("/<int(signed):n>", "/-9223372036854775808") == [.int(.min)])
    #expect(try values("/<int(min=1,max=9):n>", "/0") == nil)
    #expect(try values("/<int(min=1,max=9):n>", "/10") == nil)
    #expect(try values("/<int(min=1,max=9):n>", "/9") == [.int(9)])
    #expect(try values("/<int:n>", "/+1") == nil)
    #expect(try values("/<int:n>", "/%D9%A1") == nil)
    #expect(try values("/<float:x>", "/1.5") == [.float(1.5)])
    #expect(try values("/<float:x>", "/10") == [.float(10)])
    #expect(try values("/<float:x>s", "/10s") == [.float(10)])
    #expect(try values("/<float:x>.json", "/10.json") == [.float(10)])
    #expect(try values("/<float:x>", "/.5") == nil)
    #expect(try values("/<float:x>", "/1.") == nil)
    #expect(try values("/<float(signed):x>", "/-1.5") == [.float(-1.5)])
    #expect(try values("/<path:p>", "/a/b/c") == [.string("a/b/c")])
    #expect(try values("/<path:p>", "/a/b/") == [.string("a/b/")])
    #expect(try values("/<path:p>", "/") == nil)
    #expect(try values("/<path:p>/edit", "/a/edit/edit") == [.string("a/edit")])
    #expect(
      try values("/<uuid:id>", "/123e4567-e89b-12d3-a456-42661417400F") == [
        .string("123e4567-e89b-12d3-a456-42661417400F")
      ])
    #expect(try values("/<uuid:id>", "/123e4567-e89b-12d3-a456-42661417400g") == nil)
    #expect(try values("/<any(red,'deep blue'):c>", "/deep%20blue") == [.string("deep blue")])
    #expect(try values("/<any(red,green):c>", "/blue") == nil)
  }

  @Test("Text and parameters may share a segment; the earlier parameter takes what it can")
  func mixed() throws {
    #expect(try values("/v<int:n>.json", "/v12.json") == [.int(12)])
    #expect(try values("/v<int:n>.json", "/v12.jso") == nil)
    #expect(try values("/<a>-<b>", "/x-y-z") == [.string("x-y"), .string("z")])
    #expect(try values("/<a>-<b>", "/x-") == nil)
    #expect(try values("/<string(maxlength=1):a>-<b>", "/x-y-z") == [.string("x"), .string("y-z")])
    #expect(try values("/<int:a><int:b>", "/123") == [.int(12), .int(3)])
    #expect(try values("/<float:a>x<int:b>", "/1.25x3") == [.float(1.25), .int(3)])
    #expect(try values("/<any(a,ab):x>c", "/abc") == [.string("ab")])
    #expect(try values("/<int(signed):a>,<int(signed):b>", "/-1,-2") == [.int(-1), .int(-2)])
    #expect(try values("/<uuid:id>.txt", "/123e4567-e89b-12d3-a456-426614174000.txt") != nil)
  }

  @Test("A mixed segment takes linear time where trying each way would take for ever")
  func mixedIsBounded() throws {
    let pattern = "/<a>x<b>x<c>x<d>x<e>x<f>x<g>y"
    #expect(try values(pattern, "/" + String(repeating: "x", count: 8_000)) == nil)
  }

  @Test("Names, defaults and the order of arguments make no other route")
  func keys() throws {
    func key(_ text: String) throws -> String { try RoutePattern.parse(text).key }
    #expect(try key("/<a>") == key("/<string:b>"))
    #expect(try key("/<int(min=1,max=2):a>") == key("/<int( max = 2 , min=1 ):b>"))
    #expect(try key("/<string(length=2):a>") == key("/<string(minlength=2,maxlength=2):a>"))
    #expect(try key("/<any(a,b):x>") == key("/<any(b,'a'):x>"))
    #expect(try key("/<any(a,b):x>") != key("/<any('a,b'):x>"))
    #expect(try key("/<int:a>") != key("/<int(signed):a>"))
    #expect(try key("/a") != key("/a/"))
    #expect(try RoutePattern.parse("/<a>/<int:b>-<c>").parameterNames == ["a", "b", "c"])
    #expect(
      try RoutePattern.parse("/<a>/<int:b>").match(segments: ["x/y", "3"]) == [.string("x/y"), .int(3)])
    #expect(try RoutePattern.parse("/<a>/<int:b>").match(segments: ["x", "y"]) == nil)
  }

  @Test(
    "A pattern that can't be read says what is wrong and where",
    arguments: [
      ("greet", 0..<1, "a route begins with a slash"), ("", 0..<0, "a route begins with a slash"),
      ("/<user", 1..<6, "this < has no > after it"), ("/a>b", 2..<3, "this > has no < before it"),
      ("/<>", 1..<3, "a parameter needs a name: <name> or <int:name>"),
      ("/<1x>", 2..<4, "\"1x\" is no name: letters, digits and _ are, not beginning with a digit"),
      ("/<a>/<a>", 6..<7, "the name a comes twice in this route"),
      ("/ä/<int(mni=1):n>", 9..<14, "int has no argument \"mni\": it takes min, max, signed"),
      ("/<int(min=x):n>", 6..<11, "\"x\" is not an int, as in min=1"),
      ("/<int(min=3,max=2):n>", 6..<17, "no number is from 3 to 2"),
      ("/<uuid(x):n>", 7..<8, "uuid takes no arguments"),
      ("/<any():n>", 2..<5, "any needs its words: <any(red,green):n>"),
      ("/x<path:p>", 2..<10, "a path parameter stands alone between slashes, for it takes slashes itself"),
      ("/a%20b", 2..<5, "a route is written decoded: write the character itself for %20"),
      ("/a?b=c", 2..<6, "a route has a path only; a query is read from request.query"),
      ("/a\nb", 2..<3, "a route has no control characters"),
      (
        "/a/../b", 3..<5,
        "clients take . and .. out of a path before they ask for it, so nobody could reach this"
      ),
      (
        "/.", 1..<2, "clients take . and .. out of a path before they ask for it, so nobody could reach this"
      ),
      ("/<int(min=1)>", 1..<13, "a parameter with arguments needs a name: <int(min=1):name>"),
      ("/<int(min=1:n>", 2..<13, "a parameter with arguments needs a name: <int(min=1):name>"),
    ])
  func errors(text: String, range: Range<Int>, message: String) {
    let error = #expect(throws: RoutePatternError.self) { try RoutePattern.parse(text) }
    if text != "/<int(min=1:n>" {
      #expect(error?.message == message)
      #expect(error?.range == range)
    }
  }

  @Test("A misspelt converter or argument comes with the right spelling")
  func suggestions() {
    func suggestion(_ text: String) -> String? {
      (#expect(throws: RoutePatternError.self) { try RoutePattern.parse(text) })?.suggestion
    }
    #expect(suggestion("/<itn:n>") == "int")
    #expect(suggestion("/<integer:n>") == "int")
    #expect(suggestion("/<str:n>") == "string")
    #expect(suggestion("/<n:int>") == "<int:n>")
    #expect(suggestion("/<string(lenght=2):n>") == "length")
    #expect(suggestion("/<banana:n>") == nil)
    #expect(suggestion("greet") == "\"/greet\"")
  }

  @Test("No text whatever crashes the parser, and no error points outside of it")
  func garbage() {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "/", "<", ">", "(", ")", ":", ",", "=", "int", "any", "path", "string", "'", "\"", "a", "1", "-", "%",
      "%4", "é", " ", "\u{0}", "min", "max",
    ]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
      do {
        let pattern = try RoutePattern.parse(text)
        #expect(pattern.text == text)
      } catch {
        #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count, "\(text)")
      }
    }
  }
}
