import NIOHTTP1
import Testing

@testable import Web

@Suite struct RouteTableTests {
  /// A table of `METHOD /pattern` or `/pattern`; each leads to its own text.
  static func table(_ routes: [String]) throws -> RouteTable<String> {
    RouteTable(
      entries: try routes.map { text in
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        let hasMethod = !text.hasPrefix("/")
        return (
          method: hasMethod ? HTTPMethod(rawValue: parts[0]) : nil,
          pattern: try RoutePattern.parse(hasMethod ? parts[1] : text), target: text
        )
      })
  }

  /// What a path comes to, as text.
  private func outcome(_ table: RouteTable<String>, _ path: String, _ method: HTTPMethod = .GET) -> String {
    switch table.resolve(method: method, path: path) {
    case .match(let target, let values): "\(target) \(values.map(Self.show))"
    case .methodNotAllowed(let allow): "405 \(allow.map(\.rawValue).joined(separator: ","))"
    case .options(let allow): "OPTIONS \(allow.map(\.rawValue).joined(separator: ","))"
    case .notFound(let miss): "404 " + (miss.map { "\($0.pattern.text): \($0.reason)" } ?? "")
    case .badPath(let reason): "400 \(reason)"
    }
  }

  private static func show(_ value: PathValue) -> String {
    switch value {
    case .string(let text): text
    case .int(let number): "\(number)i"
    case .float(let number): "\(number)f"
    }
  }

  @Test("The most specific pattern wins, whatever the order of definition")
  func specificity() throws {
    let routes = [
      "/<path:rest>", "/<x>", "/<string(length=3):x>", "/<x>.json", "/<float:x>", "/<int:x>",
      "/<int(max=5):x>",
      "/<any(red,7):x>", "/new",
    ]
    for routes in [routes, routes.reversed()] {
      let table = try Self.table(routes)
      #expect(outcome(table, "/new") == "/new []")
      #expect(outcome(table, "/red") == "/<any(red,7):x> [\"red\"]")
      #expect(outcome(table, "/7") == "/<any(red,7):x> [\"7\"]")
      #expect(outcome(table, "/5") == "/<int(max=5):x> [\"5i\"]")
      #expect(outcome(table, "/8") == "/<int:x> [\"8i\"]")
      #expect(outcome(table, "/1.5") == "/<float:x> [\"1.5f\"]")
      #expect(outcome(table, "/a.json") == "/<x>.json [\"a\"]")
      #expect(outcome(table, "/abc") == "/<string(length=3):x> [\"abc\"]")
      #expect(outcome(table, "/abcd") == "/<x> [\"abcd\"]")
      #expect(outcome(table, "/a/b") == "/<path:rest> [\"a/b\"]")
      #expect(outcome(table, "/new/") == "/<path:rest> [\"new/\"]")
    }
  }

  @Test("A way that leads nowhere is given up for the next")
  func backtracking() throws {
    let table = try Self.table(["/a/<int:x>/c", "/a/<y>/d", "/<path:p>/e", "/a/5/<z>"])
    #expect(outcome(table, "/a/5/c") == "/a/5/<z> [\"c\"]")
    #expect(outcome(table, "/a/6/c") == "/a/<int:x>/c [\"6i\"]")
    #expect(outcome(table, "/a/6/d") == "/a/<y>/d [\"6\"]")
    #expect(outcome(table, "/a/6/e") == "/<path:p>/e [\"a/6\"]")
    let methods = try Self.table(["POST /items/new", "GET /items/<id>"])
    #expect(outcome(methods, "/items/new", .GET) == "GET /items/<id> [\"new\"]")
    #expect(outcome(methods, "/items/new", .POST) == "POST /items/new []")
  }

  @Test("A segment is decoded after the path is split; what can't be decoded is a bad path")
  func decoding() throws {
    let table = try Self.table(["/<x>", "/<x>/<y>", "/a b", "/ä"])
    #expect(outcome(table, "/a%2Fb") == "/<x> [\"a/b\"]")
    #expect(outcome(table, "/a%20b") == "/a b []")
    #expect(outcome(table, "/%C3%A4") == "/ä []")
    #expect(outcome(table, "/a+b") == "/<x> [\"a+b\"]")
    #expect(outcome(table, "/%ff") == "400 the path is not UTF-8 when it is decoded")
    // Two halves of a character in two segments are no character.
    #expect(outcome(table, "/%C3/%A4") == "400 the path is not UTF-8 when it is decoded")
    for path in ["/%", "/%4", "/%zz", "/%4/1"] {
      #expect(outcome(table, path) == "400 a % in the path is not followed by two hexadecimal digits")
    }
    #expect(outcome(table, "x") == "400 the path does not begin with a slash")
    #expect(outcome(table, String(repeating: "/a", count: 300)) == "400 the path has more than 256 parts")
  }

  @Test("A slash at the end counts")
  func slashes() throws {
    let table = try Self.table(["/a", "/b/", "/"])
    #expect(outcome(table, "/a") == "/a []")
    #expect(outcome(table, "/a/") == "404 /a: the path ends in a slash, the route does not")
    #expect(outcome(table, "/b") == "404 /b/: the route ends in a slash, the path does not")
    #expect(outcome(table, "/") == "/ []")
    #expect(outcome(table, "//") == "404 ")
  }

  @Test("Methods: the named beats any, GET serves HEAD, OPTIONS and 405 name what there is")
  func methods() throws {
    let table = try Self.table([
      "/any", "GET /x", "PUT /x", "/both", "POST /both", "GET /o", "OPTIONS /o", "GET /h", "HEAD /h",
      "PURGE /p",
    ])
    #expect(outcome(table, "/any", .DELETE) == "/any []")
    #expect(outcome(table, "/any", HTTPMethod(rawValue: "BREW")) == "/any []")
    #expect(outcome(table, "/both", .POST) == "POST /both []")
    #expect(outcome(table, "/both", .PUT) == "/both []")
    #expect(outcome(table, "/x", .HEAD) == "GET /x []")
    #expect(outcome(table, "/h", .HEAD) == "HEAD /h []")
    #expect(outcome(table, "/x", .POST) == "405 GET,HEAD,PUT,OPTIONS")
    #expect(outcome(table, "/p", .GET) == "405 OPTIONS,PURGE")
    #expect(outcome(table, "/x", .OPTIONS) == "OPTIONS GET,HEAD,PUT,OPTIONS")
    #expect(outcome(table, "/any", .OPTIONS) == "OPTIONS GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS")
    #expect(outcome(table, "/o", .OPTIONS) == "OPTIONS /o []")
    #expect(outcome(table, "*", .OPTIONS) == "OPTIONS GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS,PURGE")
  }

  @Test("The same method and pattern again replaces the route, whatever its parameters are called")
  func replacing() throws {
    let table = try Self.table(["GET /<a>", "/<a>", "GET /<string:b>", "POST /<c>"])
    #expect(table.entries.map(\.target) == ["/<a>", "GET /<string:b>", "POST /<c>"])
    #expect(outcome(table, "/x") == "GET /<string:b> [\"x\"]")
    #expect(outcome(table, "/x", .PUT) == "/<a> [\"x\"]")
  }

  @Test(
    "A path that no route has names the nearest and why it does not match",
    arguments: [
      ("/greet/", "/greet/<user>: the part for <user> is empty"),
      ("/greet/a/b", "/greet/<user>: the path has 3 parts, the route has 2"),
      ("/greet", "/greet/<user>: the path has 1 part, the route has 2"),
      ("/greet/bob/", "/greet/<user>: the path ends in a slash, the route does not"),
      ("/add/x/4", "/add/<int:a>/<int:b>: \"x\" is not an int"),
      ("/add/-1/4", "/add/<int:a>/<int:b>: \"-1\" is negative, which <a> takes only as int(signed)"),
      ("/add/99999999999999999999/1", "/add/<int:a>/<int:b>: 99999999999999999999 is too large for an int"),
      ("/gret/bob", "/greet/<user>: \"gret\" is not \"greet\""),
      ("/GREET/bob", "/greet/<user>: \"GREET\" is not \"greet\""),
      ("/day/0", "/day/<int(min=1,max=31):n>: 0 is less than the 1 that <n> takes"),
      ("/day/40", "/day/<int(min=1,max=31):n>: 40 is more than the 31 that <n> takes"),
      ("/files/", "/files/<path:p>: the part for <p> is empty"),
      ("/files", "/files/<path:p>: the path has 1 part, the route has 2 at least"),
      ("/v/vx.json", "/v/v<int:n>.json: \"vx.json\" does not have the form v<int:n>.json"),
      ("/add/%1b%5b2J/4", "/add/<int:a>/<int:b>: \"\u{FFFD}[2J\" is not an int"),
      ("/favicon.ico", ""), ("/", ""), ("/wp-admin/setup.php", ""),
    ])
  func nearMiss(path: String, expected: String) throws {
    let table = try Self.table([
      "/greet/<user>", "/add/<int:a>/<int:b>", "/day/<int(min=1,max=31):n>", "/files/<path:p>",
      "/v/v<int:n>.json",
    ])
    #expect(outcome(table, path) == "404 " + expected)
  }

  @Test("Many path parameters in one pattern take no exponential time")
  func pathsAreBounded() throws {
    let pattern = "/" + (0..<12).map { "<path:p\($0)>/x/" }.joined() + "end"
    let table = try Self.table([pattern])
    #expect(outcome(table, String(repeating: "/x", count: 250)).hasPrefix("404"))
  }

  @Test("A table of thousands of routes answers as one of a few")
  func largeTable() throws {
    let routes = (0..<5_000).flatMap { ["/api/r\($0)/<int:id>", "/r\($0)/<x>/edit"] }
    let table = try Self.table(routes)
    for number in stride(from: 0, to: 5_000, by: 7) {
      #expect(outcome(table, "/api/r\(number)/4") == "/api/r\(number)/<int:id> [\"4i\"]")
      #expect(outcome(table, "/r\(number)/4/edit") == "/r\(number)/<x>/edit [\"4\"]")
    }
  }
}
