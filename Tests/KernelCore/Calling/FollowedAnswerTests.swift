import Foundation
import Synchronization
import Testing
import VM

@testable import KernelCore

/// Answers to calls by hand that do not come at once. Their patience is by the real clock.
struct FollowedAnswerTests {
  /// What somebody at the prompt sees of a call.
  private final class Watcher: @unchecked Sendable {
    let bench: Bench
    private(set) var head: Answer?
    private(set) var lines: [String] = []
    private(set) var result: Result<Answer, PromptCallError>?
    private(set) var task: TaskID?

    init(_ bench: Bench, _ url: String) {
      self.bench = bench
      var call = PromptCall(method: "GET", url: url)
      call.onProgress = { [weak self] progress in
        switch progress {
        case .begun(let answer): self?.head = answer
        case .lines(let lines): self?.lines += lines
        }
      }
      bench.on { self.task = bench.kernel.ask(call) { self.result = $0 } }
    }

    func waits(for lines: [String]) -> Bool { bench.wait { self.lines == lines } }

    var answer: Answer? { bench.on { try? self.result?.get() } }
    var message: String? {
      bench.on { if case .failure(let error) = self.result { error.message } else { nil } }
    }
  }

  @Test func whatComesAtOnceIsTakenWhole() throws {
    let bench = Bench()
    bench.run("route \"/s\" { stream { out in out.write(\"a\\n\"); out.write(\"b\") } }\nnil")
    let watcher = Watcher(bench, "/s")
    #expect(bench.wait { watcher.result != nil })
    #expect(watcher.answer?.text == "a\nb")
    #expect(watcher.head == nil && watcher.lines == [])
    #expect(bench.on { bench.kernel.promptCallCount } == 0)
  }

  @Test func aStreamIsShownAsItComesAndItsLinesAreWhole() throws {
    let bench = Bench()
    bench.run("var out = nil; let end = deferred()\nroute \"/s\" { stream { o in out = o; await end } }\nnil")
    let watcher = Watcher(bench, "/s")
    #expect(bench.wait { watcher.head != nil })
    #expect(watcher.head?.status == 200 && watcher.head?.body == [])
    #expect(watcher.head?.header("content-type")?.hasPrefix("text/plain") == true)
    bench.run("out.write(\"one\\r\\ntwo\\n\\nthr\"); out.write(\"ee\\n\")\nnil", cell: 2)
    #expect(watcher.waits(for: ["one", "two", "", "three"]))
    // A line that does not end is not held back for ever, nor a character cut in two.
    bench.run("out.write(Bytes([0x66, 0xc3, 0xa4, 0xe7, 0x95]))\nnil", cell: 3)
    #expect(watcher.waits(for: ["one", "two", "", "three", "fä"]))
    bench.run("out.write(Bytes([0x8c, 0x0a])); out.write(\"end\"); end.resolve(1)\nnil", cell: 4)
    #expect(bench.wait { watcher.result != nil })
    #expect(watcher.lines == ["one", "two", "", "three", "fä", "界", "end"])
    #expect(watcher.answer?.status == 200 && watcher.answer?.body == [])
    #expect(bench.on { bench.kernel.promptCallCount + bench.kernel.followedAnswers.count } == 0)
  }

  @Test func aStreamThatIsTakenBackEndsItsHandlerAndTellsNothing() throws {
    let bench = Bench()
    bench.run(
      "route \"/s\" { stream { o in defer { print(\"left\") }\no.write(\"x\\n\"); await deferred() } }\nnil")
    let watcher = Watcher(bench, "/s")
    #expect(watcher.waits(for: ["x"]))
    let task = try #require(watcher.task)
    bench.on { bench.kernel.abandon(promptCall: task) }
    #expect(bench.wait { bench.output == ["left"] })
    #expect(bench.on { watcher.result == nil })
    #expect(bench.on { bench.kernel.promptCallCount + bench.kernel.followedAnswers.count } == 0)
    // Twice is once.
    bench.on { bench.kernel.abandon(promptCall: task) }
    #expect(bench.on { bench.kernel.promptCallCount } == 0)
  }

  @Test(arguments: [true, false])
  func anAnswerThatBreaksOffSaysSo(isLive: Bool) throws {
    let bench = Bench()
    bench.run(
      "let go = deferred()\nroute \"/s\" { stream { o in o.write(\"x\"); await go; throw \"lost\" } }\nnil")
    let watcher = Watcher(bench, "/s")
    if isLive { #expect(watcher.waits(for: ["x"])) }
    bench.run("go.resolve(1)\nnil", cell: 2)
    #expect(bench.wait { watcher.result != nil })
    #expect(watcher.message?.hasSuffix("/s: the answer ended before it was whole") == true)
    #expect((watcher.head != nil) == isLive)
  }

  @Test func anAnswerThatComesAtOnceHasALimit() throws {
    let bench = Bench { $0.calls.bodyLimit = 100_000 }
    bench.run("route \"/s\" { stream { o in for n in 0..<200 { o.write(\"x\".repeated(1000)) } } }\nnil")
    let watcher = Watcher(bench, "/s")
    #expect(bench.wait { watcher.result != nil })
    #expect(watcher.message?.hasSuffix("the answer is longer than the limit of 100000 bytes") == true)
    #expect(bench.on { bench.kernel.promptCallCount + bench.kernel.followedAnswers.count } == 0)
  }

  @Test func aRestartEndsAStream() throws {
    let bench = Bench()
    bench.run("route \"/s\" { stream { o in o.write(\"x\\n\"); await deferred() } }\nnil")
    let watcher = Watcher(bench, "/s")
    #expect(watcher.waits(for: ["x"]))
    bench.on { bench.supervisor.restart() }
    #expect(watcher.message == "the kernel was restarted")
  }
}
