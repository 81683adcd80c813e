import Foundation
import Glibc
import TestSupport
import Testing

/// What becomes of requests and cells that are under way when the file is edited.
@Suite struct EditsWhileBusyTests {
  @Test func aRequestUnderWayEndsOnTheCodeItBeganWith() async throws {
    try await onOwnThread {
      let gate =
        "let gate = deferred()\nroute \"/open\" { gate.resolve(1); \"open\" }\nvar waiting = 0\nroute \"/waiting\" { waiting }"
      let edited = try EditedFile([gate, #"route "/" { waiting += 1; await gate; "old" }"#])
      let client = try edited.serving.connect()
      try client.sendRequest("GET", "/")
      while try edited.text("/waiting") != "1" {}
      try edited.write([gate, #"route "/" { "new" }"#])
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/") == "new")
      #expect(try edited.text("/open") == "open")
      #expect(try client.readResponse().text == "old")
      // The connection goes on with the new code.
      try client.sendRequest("GET", "/")
      #expect(try client.readResponse().text == "new")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatWaitsForEverKeepsNoEditFromBeingTaken() async throws {
    try await onOwnThread {
      let edited = try EditedFile([#"route "/a" { 1 }"#, "let b = 1", #"route "/c" { b }"#])
      let waiting = "print(\"begun\")\nawait deferred()"
      try edited.write([#"route "/a" { 1 }"#, "let b = 2\n\(waiting)", #"route "/c" { b }"#])
      try edited.serving.program.wait(for: "begun")
      // Another edit goes on beside it.
      try edited.write([#"route "/a" { 2 }"#, "let b = 2\n\(waiting)", #"route "/c" { b }"#])
      try edited.told("reloaded: cell 1 in ")
      try edited.told("; 2 has not ended\n")
      #expect(try edited.text("/a") == "2")
      // An edit of the cell interrupts it.
      try edited.write([#"route "/a" { 2 }"#, "let b = 3", #"route "/c" { b }"#])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 2 in ")
      #expect(try edited.text("/c") == "3")
      try edited.serving.stop()
    }
  }

  @Test func aCellThatComputesIsInterruptedByAnEditOfIt() async throws {
    try await onOwnThread {
      let edited = try EditedFile([#"route "/" { 1 }"#, "2"], ["--watch", "--cpu-limit", "1h"])
      try edited.write([#"route "/" { 1 }"#, "print(\"spins\")\nwhile true { }"])
      try edited.serving.program.wait(for: "spins")
      try edited.write([#"route "/" { 2 }"#, "2"])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "2")
      try edited.serving.stop()
    }
  }

  // Where the server is served was asked of the loop, which answered when the cell had ended.
  @Test func aCellThatComputesKeepsNoSignalFromBeingHeard() async throws {
    try await onOwnThread {
      let edited = try EditedFile(["1", "2"], ["--watch", "--cpu-limit", "1h"])
      let spinning = ["1", "print(\"spins\")\nwhile true { }"]
      try edited.write(spinning)
      try edited.serving.program.wait(for: "spins")
      try edited.write(EditedFile.file(spinning) + "# %% [markdown]\n# # A title\n")
      try edited.told("2 has not ended\n")
      try edited.write(["1", "3"])
      try edited.told("cell [2] is interrupted: the file has changed\n")
      try edited.told("reloaded: cell 2 in ")
      try edited.write(["1", "print(\"spins again\")\nwhile true { }"])
      try edited.serving.program.wait(for: "spins again")
      edited.serving.program.signal(SIGTERM)
      #expect(try edited.serving.program.waitForExit(timeout: 5) == .code(0))
    }
  }

  @Test func editsThatComeWhileACellWaitsAreAllTaken() async throws {
    try await onOwnThread {
      let gate = "let gate = deferred()\nroute \"/open\" { gate.resolve(1); \"open\" }"
      let edited = try EditedFile([gate, "let b = 1", #"route "/c" { b }"#, "let d = b"])
      let slow = "print(\"begun\")\nawait gate\nlet b = 2"
      try edited.write([gate, slow, #"route "/c" { b }"#, "let d = b"])
      try edited.serving.program.wait(for: "begun")
      for number in 1...3 {
        try edited.write([
          gate, slow, #"route "/c" { b + \#(number * 100) }"#, "let d = b\nroute \"/d\" { d + \(number) }",
        ])
        try edited.told("reloaded: cell 3 in ", times: number)
      }
      // What depends on the cell waits for it.
      try edited.told("4, which depends on it, waits\n", times: 3)
      #expect(try edited.text("/open") == "open")
      try edited.told("reloaded: cells 2, 4 in ")
      #expect(try edited.text("/c") == "302")
      #expect(try edited.text("/d") == "5")
      try edited.serving.stop()
    }
  }

  @Test func aSignalEndsAReloadAtOnce() async throws {
    try await onOwnThread {
      for cell in ["await deferred()", "while true { }"] {
        let edited = try EditedFile(["1"], ["--watch", "--cpu-limit", "1h"])
        try edited.write(["print(\"begun\")\n\(cell)"])
        try edited.serving.program.wait(for: "begun")
        edited.serving.program.signal(SIGTERM)
        #expect(try edited.serving.program.waitForExit(timeout: 5) == .code(0))
      }
    }
  }

  @Test func aRouteThatGoesToACellThatIsYetToRunIsServedUntilThen() async throws {
    try await onOwnThread {
      let gate = "let gate = deferred()\nroute \"/open\" { gate.resolve(1); \"open\" }"
      let edited = try EditedFile([gate, #"route "/a" { 1 }"#, "3", "4"])
      try edited.write([gate, "2", "print(\"begun\")\nawait gate", #"route "/a" { 4 }"#])
      try edited.serving.program.wait(for: "begun")
      #expect(try edited.text("/a") == "1")
      #expect(try edited.text("/open") == "open")
      try edited.told("reloaded: cells 2, 3, 4 in ")
      #expect(try edited.text("/a") == "4")
      // From a cell that is gone; and the end of the program waits for none of it.
      let cells = ["1\n\(gate)", "3\nprint(\"begun\")\nawait deferred()", "5\nroute \"/a\" { 5 }"]
      try edited.write(cells.map { "# %% \($0)\n" }.joined())
      try edited.serving.program.wait(for: "begun", times: 2)
      #expect(try edited.text("/a") == "4")
      edited.serving.program.signal(SIGTERM)
      #expect(try edited.serving.program.waitForExit(timeout: 5) == .code(0))
    }
  }

  @Test func noRequestFailsWhileTheFileIsEdited() async throws {
    try await onOwnThread {
      let edited = try EditedFile(["let a = 0", #"route "/" { a }"#, #"route "/b" { "b" }"#])
      let stop = Stop()
      let clients = (0..<8).map { number in
        Client(edited.serving, number % 2 == 0 ? "/" : "/b", until: stop)
      }
      for edit in 1...12 {
        // The route goes from one cell to another, is renumbered, and stands beside others.
        let cells = [
          "# %% 1\nlet a = \(edit)\n", "# %% \(edit % 3 == 0 ? 2 : 20 + edit)\nroute \"/\" { a }\n",
          "# %% 3\nroute \"/b\" { \"b\" }\nroute \"/c\" { \(edit) }\n",
        ]
        try edited.write((edit % 2 == 0 ? cells : cells.reversed()).joined())
        try edited.serving.program.wait(for: "reload \(edit)", in: .error) { text in
          text.ranges(of: "reloaded: cells ").count == edit ? true : nil
        }
      }
      stop.set()
      for client in clients {
        let (count, failure) = client.outcome()
        #expect(failure == nil)
        #expect(count > 10)
      }
      #expect(try edited.text("/c") == "12")
      try edited.serving.stop()
    }
  }
}

/// A client that asks for one page over and over on one connection.
private final class Client: @unchecked Sendable {
  private let ended = DispatchSemaphore(value: 0)
  // Written before `ended` is signalled.
  private var count = 0
  private var failure: String?

  init(_ serving: Serving, _ target: String, until stop: Stop) {
    let thread = Thread { [self] in
      do {
        let client = try serving.connect()
        while !stop.isSet || count <= 10 {
          try client.sendRequest("GET", target)
          let response = try client.readResponse()
          if response.status != 200 {
            failure = "\(target) gave \(response.status): \(response.text)"
            break
          }
          count += 1
        }
      } catch {
        failure = "\(error)"
      }
      ended.signal()
    }
    thread.start()
  }

  func outcome() -> (count: Int, failure: String?) {
    ended.wait()
    return (count, failure)
  }
}

private final class Stop: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}
