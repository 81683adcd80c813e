import Glibc
import TestSupport
import Testing

/// What SIGHUP does.
@Suite struct HangupTests {
  @Test(arguments: [[], ["--watch"]])
  func itReadsTheFileAgain(_ options: [String]) async throws {
    try await onOwnThread {
      let edited = try EditedFile(
        ["var hits = 0", #"route "/" { hits += 1; hits }"#, #"route "/x" { 1 }"#], options)
      #expect(try edited.text("/") == "1")
      try edited.write(["var hits = 0", #"route "/" { hits += 1; hits }"#, #"route "/x" { 2 }"#])
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: cell 3 in ")
      #expect(try edited.text("/x") == "2")
      #expect(try edited.text("/") == "2")
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: no code has changed\n")
      try edited.write(["var hits = ", #"route "/" { hits += 1; hits }"#])
      edited.serving.program.signal(SIGHUP)
      try edited.told("not reloaded: what was served before goes on\n")
      #expect(try edited.text("/") == "3")
      try edited.serving.stop()
    }
  }

  /// It came while somebody had emptied the file to write it, and all cells were gone.
  @Test(arguments: [[], ["--watch"]])
  func aFileThatIsBeingWrittenIsWaitedFor(_ options: [String]) async throws {
    try await onOwnThread {
      let cells = ["var hits = 0", #"route "/" { hits += 1; hits }"#]
      var edited: EditedFile
      var took: Duration
      repeat {
        edited = try EditedFile(cells, options)
        #expect(try edited.text("/") == "1")
        let start = ContinuousClock.now
        try edited.write("", atomically: false)
        edited.serving.program.signal(SIGHUP)
        usleep(300_000)
        try edited.write(cells + [#"route "/x" { 1 }"#])
        took = ContinuousClock.now - start
        // An empty file has a second; a machine that was too slow for that tries again.
        if took >= .seconds(1) { try edited.serving.stop() }
      } while took >= .seconds(1)
      try edited.told("reloaded: cell 3 in ")
      #expect(try edited.text("/") == "2")
      // One that stays empty has no cells.
      try edited.write("", atomically: false)
      edited.serving.program.signal(SIGHUP)
      try edited.told("1, 2 and 3 are gone")
      try edited.serving.stop()
    }
  }

  @Test func withoutItNothingIsReadAgain() async throws {
    try await onOwnThread {
      let edited = try EditedFile([#"route "/" { 1 }"#], [])
      try edited.write([#"route "/" { 2 }"#])
      #expect(try edited.text("/") == "1")
      edited.serving.program.signal(SIGHUP)
      try edited.told("reloaded: cell 1 in ")
      #expect(try edited.text("/") == "2")
      try edited.serving.stop()
    }
  }

  @Test func whatCanBeReadOnlyOnceGoesOn() async throws {
    try await onOwnThread {
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", "-", "--port", "0"], environment: Serving.environment, input: .stream)
      try program.write("route \"/\" { 1 }\n")
      program.closeInput()
      let serving = Serving(program: program, port: try Serving.port(of: program))
      program.signal(SIGHUP)
      try program.wait(for: "standard input can be read only once; what is served goes on\n", in: .error)
      #expect(try serving.ask("/").text == "1")
      try serving.stop()
    }
  }
}
