import Testing

@testable import Console
@testable import KernelCore

@Suite struct TranscriptTests {
  @Test func aCellIsShownWithPromptsOfOneWidth() {
    #expect(
      Transcript.input(12, "a {\n\n  b\n}").rendered(color: false)
        == "In [12]: a {\n    ...:\n    ...:   b\n    ...: }")
  }

  @Test func outputIsLabelledUnlessItsCellIsTheOneThatRuns() {
    let event = KernelEvent.output(cell: 3, text: "hello")
    #expect(Transcript.event(event)?.rendered(color: false) == "[3] hello")
    #expect(Transcript.event(event, whileRunning: 3)?.rendered(color: false) == "hello")
    #expect(Transcript.event(event, whileRunning: 4)?.rendered(color: false) == "[3] hello")
    // A failure always says whose it is.
    let failure = KernelEvent.failure(cell: 3, text: "error")
    #expect(Transcript.event(failure, whileRunning: 3)?.rendered(color: false) == "[3] error")
  }

  @Test func aPersonIsToldHowLongACellTookUnlessThatIsSaidElsewhere() {
    let result = CellResult(
      cell: 1, executionCount: 1, outcome: .succeeded(nil), notes: [], duration: .seconds(2))
    #expect(Transcript.result(result, columns: 80)?.plain == "took 2.0 s")
    #expect(Transcript.result(result, columns: 80, tellsTime: false) == nil)
    #expect(Transcript.result(result) == nil)
  }

  @Test(arguments: [
    (Duration.microseconds(20), "<1 ms"), (.milliseconds(3), "3 ms"), (.microseconds(999_400), "999 ms"),
    (.microseconds(999_600), "1.0 s"), (.milliseconds(1_250), "1.2 s"), (.milliseconds(9_960), "10 s"),
    (.seconds(75), "75 s"),
  ])
  func durationsAreShort(_ duration: Duration, _ text: String) {
    #expect(Prompt.duration(duration) == text)
  }
}
