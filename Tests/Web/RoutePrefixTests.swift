import Testing

@testable import Web

/// What begins with the path of a group.
struct RoutePrefixTests {
  private func match(_ prefix: String, _ path: String) throws -> [PathValue]? {
    try RoutePrefix(prefix).match(RequestPath(path))
  }

  @Test(arguments: [
    "/api", "/api/", "/api/x", "/api/x/y", "/%61pi/x", "/ap%69", "/api//x", "/api/%2e%2e/x", "/api/../x",
  ])
  func aPathBeginsWithIt(path: String) throws {
    #expect(try match("/api", path) == [])
    #expect(try match("", path) == [])
  }

  @Test(arguments: ["/", "/ap", "/apis", "/apis/x", "/x/api", "//api", "/api%2Fx", "/API"])
  func aPathDoesNotBeginWithIt(path: String) throws {
    #expect(try match("/api", path) == nil)
    #expect(try match("", path) == [])
  }

  @Test func parametersHaveValues() throws {
    #expect(try match("/users/<int:id>", "/users/7/posts") == [.int(7)])
    #expect(try match("/users/<int:id>", "/users/me/posts") == nil)
    #expect(try match("/<a>/<b>", "/1/2/3/4") == [.string("1"), .string("2")])
    #expect(try match("/<path:a>/end", "/1/2/end/x") == [.string("1/2")])
  }

  @Test func whatCannotBeDecodedBeginsWithNothingButAll() throws {
    #expect(try match("/a", "/a/%zz") == nil)
    #expect(try match("", "/a/%zz") == [])
  }

  /// A route within a group is one whose path begins with the group's.
  @Test func aRouteOfAGroupIsAlwaysWithinIt() throws {
    for (prefix, route, path) in [
      ("/a", "/<path:x>", "/a/b/c"), ("/a/<x>", "/<y>.json", "/a/1/2.json"), ("/<int:n>", "/", "/5"),
    ] {
      let whole = route == "/" ? prefix : prefix + route
      let table = RouteTable(entries: [(nil, try RoutePattern.parse(whole), 1)])
      guard case .match(_, let values) = table.resolve(method: .GET, path: path) else {
        Issue.record("\(whole) does not match \(path)")
        continue
      }
      let own = try #require(try match(prefix, path))
      #expect(Array(values.prefix(own.count)) == own)
    }
  }
}
