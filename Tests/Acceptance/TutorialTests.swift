import Foundation
import TestSupport
import Testing

/// What the pages of the tutorial answer, asked over sockets; all at the same time, as the pages of one server.
@Suite(.servers) struct TutorialTests {
  @Test("the first page greets, whatever the method", arguments: Tutorial.both)
  func greetsEverybody(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      for method in ["GET", "POST", "PUT"] {
        let response = try serving.ask("/", method: method, body: method == "GET" ? nil : "x=1")
        #expect(response.status == 200)
        #expect(response["content-type"] == "text/plain; charset=utf-8")
        #expect(response.text == tutorial.hello)
      }
    }
  }

  @Test("HEAD gives the length and no body", arguments: Tutorial.both)
  func answersHead(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      let client = try serving.connect()
      try client.sendRequest("HEAD", "/")
      let head = try client.readResponse(toHead: true)
      #expect(head.status == 200)
      #expect(head["content-length"] == "\(tutorial.hello.utf8.count)")
      // What comes next is the next answer, not a body.
      try client.sendRequest("GET", "/")
      #expect(try client.readResponse().text == tutorial.hello)
    }
  }

  @Test("a part of the path is a parameter", arguments: Tutorial.both)
  func greetsByName(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      for (name, shown) in [
        ("your-name", "YOUR-NAME"), ("%C3%A9", "É"), ("a%20b", "A B"), ("%3Cb%3Eyou", "<B>YOU"),
        ("a%2Fb", "A/B"),
      ] {
        let response = try serving.ask("\(tutorial.greet)/\(name)")
        #expect(response.status == 200)
        #expect(response.text == tutorial.greeting(shown))
      }
    }
  }

  @Test("a path that no route matches is told the nearest route and why", arguments: Tutorial.both)
  func explainsMisses(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    let (greet, add) = (tutorial.greet, tutorial.add)
    let greeting = "\(greet)/<user>"
    let sum = "\(add)/<int:a>/<int:b>"
    try await onOwnThread {
      for (path, nearest, reason) in [
        ("\(greet)/", greeting, "the part for <user> is empty"),
        ("\(greet)/a/b", greeting, "the path has 3 parts, the route has 2"),
        ("\(greet)/bob/", greeting, "the path ends in a slash, the route does not"),
        ("\(add)/x/4", sum, "\"x\" is not an int"),
        ("\(add)/3/4/", sum, "the path ends in a slash, the route does not"),
      ] {
        let response = try serving.ask(path)
        #expect(response.status == 404)
        #expect(
          response.text.hasPrefix("No route matches GET \(path).\nThe nearest is \(nearest): \(reason)"))
        #expect(response.text.contains(/It is defined in cell \[\d+\]\.\n$/))
      }
    }
  }

  @Test("a number beyond 64 bits is refused plainly, and the process lives", arguments: Tutorial.both)
  func refusesHugeNumbers(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      let response = try serving.ask("\(tutorial.add)/99999999999999999999/1")
      #expect(response.status == 404)
      #expect(response.text.contains("99999999999999999999 is too large for an int"))
      // Each fits, the sum does not: an error of the handler, not the end of the process.
      let overflow = try serving.ask("\(tutorial.add)/9223372036854775807/1")
      #expect(overflow.status == 500)
      #expect(overflow.text.contains("a + b"))
      #expect(try serving.ask("/").text == tutorial.hello)
    }
  }

  @Test("a page that calls another service shows its answer", arguments: Tutorial.both)
  func tellsAddress(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      let response = try serving.ask(tutorial.ip)
      #expect(response.status == 200)
      #expect(response.text == tutorial.from + "127.0.0.1")
    }
  }

  @Test("two calls at once take half the time of two in a row", arguments: Tutorial.both)
  func comparesInHalfTheTime(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    async let slow = onOwnThread { try serving.timed(tutorial.compare) }
    async let fast = onOwnThread { try serving.timed(tutorial.fasterCompare) }
    let (inARow, atOnce) = try await (slow, fast)
    #expect(inARow.response.text == "\(tutorial.same)127.0.0.1==127.0.0.1")
    #expect(atOnce.response.text == inARow.response.text)
    #expect(takes(tutorial.backendDelay * 2, inARow.seconds))
    #expect(takes(tutorial.backendDelay, atOnce.seconds))
    #expect((1.5...2.5).contains(inARow.seconds / atOnce.seconds))
  }

  @Test("a sum takes its time, and fifty at once take no more", arguments: Tutorial.both)
  func addsLater(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      let one = try serving.timed("\(tutorial.add)/3/4")
      #expect(one.response.text == "7")
      #expect(takes(tutorial.addDelay, one.seconds))
      let start = ContinuousClock.now
      let texts = try RawHTTPClient.concurrently(50) { try serving.ask("\(tutorial.add)/\($0)/\($0)").text }
      #expect(takes(tutorial.addDelay, (ContinuousClock.now - start) / .seconds(1)))
      #expect(texts == (0..<50).map { "\($0 * 2)" })
    }
  }

  @Test("four numbers are added in three steps, or in two", arguments: Tutorial.both)
  func addsFour(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    async let slow = onOwnThread { try serving.timed("\(tutorial.add4)/\(tutorial.fourAddends)") }
    async let fast = onOwnThread { try serving.timed("\(tutorial.fastAdd4)/\(tutorial.fourAddends)") }
    let (inARow, atOnce) = try await (slow, fast)
    #expect(inARow.response.text == "\(tutorial.sum)")
    #expect(atOnce.response.text == "\(tutorial.sum)")
    #expect(takes(tutorial.addDelay * 3, inARow.seconds))
    #expect(takes(tutorial.addDelay * 2, atOnce.seconds))
  }

  @Test("a counter counts its visits, and no other route takes its name over", arguments: Tutorial.both)
  func counts(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      for visit in 1...3 {
        #expect(try serving.ask(tutorial.count).text == "\(visit * tutorial.countStep)")
      }
      // Visits at once each get a number of their own.
      let texts = try RawHTTPClient.concurrently(20) { _ in try serving.ask(tutorial.count).text }
      #expect(Set(texts) == Set((4...23).map { "\($0 * tutorial.countStep)" }))
    }
  }

  @Test("other pages are answered at once while slow ones wait", arguments: Tutorial.both)
  func answersWhileOthersWait(_ tutorial: Tutorial) async throws {
    let serving = try WithServers.serving(tutorial)
    try await onOwnThread {
      let waiting = try (0..<20).map { _ in
        let client = try serving.connect()
        try client.sendRequest("GET", "\(tutorial.add)/20/3")
        return client
      }
      let quick = try serving.timed("/")
      #expect(quick.response.text == tutorial.hello)
      #expect(quick.seconds < tutorial.addDelay / 2)
      for client in waiting { #expect(try client.readResponse().text == "23") }
    }
  }
}
