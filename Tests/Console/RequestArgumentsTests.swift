import Testing

@testable import Console

/// What stands behind `%get` and `%post`.
struct RequestArgumentsTests {
  private func parse(_ text: String, _ method: String = "POST") throws -> RequestArguments {
    try RequestArguments.parse(text, method: method).get()
  }

  private func problem(_ text: String, _ method: String = "POST") -> String? {
    if case .failure(let problem) = RequestArguments.parse(text, method: method) {
      problem.message
    } else {
      nil
    }
  }

  @Test func aTextInQuotesHasTheEscapesOfTheLanguage() throws {
    for (text, expected) in [
      ("\"a\\nb \\u{e9} \\\"c\\\"\"", "a\nb \u{e9} \"c\""), ("\"\"", ""), ("\"\\(1)\"", "\\(1)"),
      ("a\\nb", "a\\nb"),
    ] {
      let body = try parse("/x body=\(text)").call.body
      #expect(body.map { String(decoding: $0, as: UTF8.self) } == expected, "\(text)")
    }
  }

  @Test func anAddressWithBodyHeadersAndTime() throws {
    let json = try parse("/items json={\"a\": [1, \"x y\"]} X-Token:5 timeout=1.5s")
    #expect(json.call.url == "/items" && json.call.method == "POST")
    #expect(json.call.body.map { String(decoding: $0, as: UTF8.self) } == "{\"a\": [1, \"x y\"]}")
    #expect(
      json.call.headers.map { "\($0.name)=\($0.value)" } == ["content-type=application/json", "X-Token=5"])
    #expect(json.call.timeout == .milliseconds(1_500))
    #expect(!json.isInBackground)
    let form = try parse("https://example.com/?a=1 form=a=1&b=2 &")
    #expect(form.call.url == "https://example.com/?a=1" && form.isInBackground)
    #expect(form.call.headers.map(\.value) == ["application/x-www-form-urlencoded"])
    #expect(
      try parse("/x body=\"some \\\"text\\\"\"").call.body.map { String(decoding: $0, as: UTF8.self) }
        == "some \"text\"")
    #expect(try parse("/x Content-Type:text/csv body=a,b").call.headers.map(\.value) == ["text/csv"])
    // It was sent beside the one that the body implies.
    for body in ["body=a,b", "json={\"a\": 1}", "form=a=1"] {
      let headers = try parse("/x \(body) X-A:1 content-type:text/csv").call.headers
      #expect(headers.map { "\($0.name)=\($0.value)" } == ["X-A=1", "content-type=text/csv"])
    }
    #expect(try parse("/x json=5").call.body == Array("5".utf8))
    #expect(try parse("/a/b", "GET").call.body == nil)
  }

  @Test(arguments: [
    ("/a b/x", "GET", "/a%20b/x"), ("/greet/Ada Lovelace", "GET", "/greet/Ada%20Lovelace"),
    ("/find?q=a b timeout=5s &", "GET", "/find?q=a%20b"), ("/a b/x json=1", "POST", "/a%20b/x"),
    ("/a b/x X-A:5", "HEAD", "/a%20b/x"), ("\"/a b=c\" json=1", "POST", "/a%20b=c"),
    ("\"/a b/x\"", "GET", "/a%20b/x"), ("/a%20b json=1", "POST", "/a%20b"),
  ])
  func aPathMayHaveSpaces(_ text: String, _ method: String, _ url: String) throws {
    let arguments = try parse(text, method)
    #expect(arguments.call.url == url)
    #expect((arguments.call.body != nil) == text.contains("json="))
    #expect(arguments.isInBackground == text.hasSuffix("&"))
  }

  @Test(arguments: [
    ("", "%post takes a path, as %post /greet/you"), ("items", "%post takes a path, as %post /items"),
    ("/x json={\"a\": }", "json= is followed by JSON"), ("/x json=", "json= is followed by JSON"),
    ("/x timeout=5", "5 is no time"), ("/x timeout=-5s", "-5s is no time"),
    ("/x what", "\"what\" is nothing to send"), ("/x {\"a\": 1}", "\"{\"a\": 1}\" is nothing to send"),
    ("'/a b/x'", "a path with spaces stands in double quotes: %post \"/a b/x\""),
    ("\"/a b", "the quote before the path is not closed"),
    ("\"", "the quote before the path"), ("/x body=\"a b", "the quote behind body= is not closed"),
    ("/x X-A:\"a", "the quote behind X-A: is not closed"),
    ("/x colour=red", "\"colour=\" is not known here"), ("/x json=1 body=2", "a request has one body"),
    ("/x =5", "\"=5\" is nothing to send"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ message: String) {
    #expect(problem(text)?.hasPrefix(message) == true, "\(problem(text) ?? "no problem")")
  }

  @Test func aGetCarriesNoBody() {
    #expect(problem("/x json=1", "GET") == "a GET carries no body; %post sends one")
    #expect(problem("/x body=1", "HEAD")?.hasPrefix("a HEAD carries no body") == true)
  }
}
