import Foundation
import TestSupport
import Testing

/// The pages of the tutorial that keep state, each with a server of its own.
@Suite struct LongPollTests {
  @Test("a loop counts at once and then once every interval", arguments: Tutorial.both)
  func loops(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let serving = try Serving.start(tutorial.path)
      let client = try serving.connect()
      func value() throws -> Int? {
        try client.sendRequest("GET", tutorial.loops)
        return Int(try client.readResponse().text)
      }
      #expect(try value() == tutorial.loopStep)
      var moments: [ContinuousClock.Instant] = []
      for expected in 2...4 {
        while try value() == (expected - 1) * tutorial.loopStep { usleep(5_000) }
        moments.append(.now)
        #expect(try value() == expected * tutorial.loopStep)
      }
      for (earlier, later) in zip(moments, moments.dropFirst()) {
        #expect(abs((later - earlier) / .seconds(1) - tutorial.loopInterval) < 0.5)
      }
      try serving.stop()
    }
  }

  @Test(
    "messages go to those who wait, in order, and none to a client that has gone", arguments: Tutorial.both)
  func handsMessagesOver(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let serving = try Serving.start(tutorial.path)
      let waiting = try (0..<3).map { _ in
        let client = try serving.connect()
        try client.sendRequest("GET", tutorial.block)
        // Once this is answered, the server has taken what was sent before it.
        #expect(try serving.ask("/").status == 200)
        return client
      }
      waiting[0].close()
      #expect(try serving.ask("/").status == 200)
      #expect(try serving.ask("\(tutorial.unblock)/one").text == "\(tutorial.unblocked)one")
      #expect(try waiting[1].readResponse().text == "ONE")
      let second = try serving.ask("\(tutorial.unblock)/two%20words")
      #expect(second.text == "\(tutorial.unblocked)two words")
      #expect(try waiting[2].readResponse().text == "TWO WORDS")
      try serving.stop()
    }
  }

  @Test("a hundred waiters get a hundred messages though every third has gone", arguments: Tutorial.both)
  func losesNoMessage(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let serving = try Serving.start(tutorial.path)
      let waiting = try (0..<100).map { _ in
        let client = try serving.connect()
        try client.sendRequest("GET", tutorial.block)
        #expect(try serving.ask("/").status == 200)
        return client
      }
      for index in stride(from: 0, to: 100, by: 3) { waiting[index].close() }
      #expect(try serving.ask("/").status == 200)
      let staying = waiting.indices.filter { $0 % 3 != 0 }
      for index in staying {
        #expect(try serving.ask("\(tutorial.unblock)/m\(index)").status == 200)
        #expect(try waiting[index].readResponse().text == "M\(index)")
      }
      try serving.stop()
    }
  }

  @Test("a message with nobody waiting is an error that says what and where", arguments: Tutorial.both)
  func explainsEmptyQueue(_ tutorial: Tutorial) async throws {
    try await onOwnThread {
      let serving = try Serving.start(tutorial.path)
      let response = try serving.ask("\(tutorial.unblock)/x")
      #expect(response.status == 500)
      #expect(
        response.text == """
          500 Internal Server Error

          error: removeFirst() on an array that was empty
            cell [21], line 10
            10 |     while !blocking.removeFirst().resolve(value) { }
               |                     ^^^^^^^^^^^
            help: look at isEmpty first

          """)
      try serving.program.wait(for: "[21] 500 for GET \(tutorial.unblock)/x", in: .error)
      try serving.stop()
    }
  }
}
