import Foundation
import Testing

@testable import VM

struct CancellationTests {
  @Test(arguments: [
    // Firing a cancelled one gives false and does nothing.
    (
      "let d = deferred()\nd.cancel()\n[d.resolve(1), d.isCancelled, d.reject(\"x\")]", "[false, true, false]"
    ),
    ("let d = deferred()\n[d.cancel(), d.cancel()]", "[true, false]"),
    ("let d = deferred()\nd.resolve(1)\nd.cancel()", "false"),
    // Whoever awaits it gets an error that can be caught.
    ("let d = deferred()\nafter(1s) { d.cancel() }\ndo { await d } catch { error.kind }", "\"cancelled\""),
    ("let d = deferred()\nlet e = d.catch { $0.kind }\nd.cancel()\nawait e", "\"cancelled\""),
    // Upwards only when the last consumer goes.
    (
      "let d = deferred()\nlet a = d.then { 1 }\nlet b = d.then { 2 }\na.cancel()\nlet still = d.isPending\nb.cancel()\n[still, d.isCancelled]",
      "[true, true]"
    ),
    ("let d = deferred()\nlet e = d.then { 1 }.then { 2 }.catch { 3 }\ne.cancel()\nd.isCancelled", "true"),
    (
      "let d = deferred()\nlet e = async { await d }\nawait async { 1 }\ne.cancel()\nawait async { 1 }\nd.isCancelled",
      "true"
    ),
    (
      "let d = deferred()\nlet a = async { await d }\nlet b = d.then { $0 }\nawait async { 1 }\na.cancel()\nawait async { 1 }\nd.resolve(4)\nawait b",
      "4"
    ),
    ("let d = deferred()\nlet r = race([d, 1])\nawait r\nd.isCancelled", "true"),
    (
      "let a = deferred()\nlet b = deferred()\nlet r = all([a, b])\nr.cancel()\n[a.isCancelled, b.isCancelled]",
      "[true, true]"
    ),
    ("let a = deferred()\nlet outer = deferred()\nouter.resolve(a)\nouter.cancel()\na.isCancelled", "true"),
    // Through what a callback gave.
    (
      "let inner = deferred()\nlet d = deferred()\nlet e = d.then { inner }\nd.resolve(1)\nawait async { 1 }\ne.cancel()\ninner.isCancelled",
      "true"
    ),
    // The `/block` pattern: a waiter whose client has gone is skipped.
    (
      "let waiting = []\nfunc wait() { let r = deferred()\n waiting.append(r)\n r.then { $0.uppercased() } }\nlet gone = wait()\nlet there = wait()\ngone.cancel()\nwhile !waiting.removeFirst().resolve(\"hi\") { }\n[await there, waiting.count]",
      "[\"HI\", 0]"
    ),
    // Defers run, catch cannot swallow it, what follows does not run.
    (
      "var log = []\nlet d = async { defer { log.append(\"defer\") }\n do { await sleep(9s) } catch { log.append(\"caught\") }\n log.append(\"after\") }\nawait async { 1 }\nd.cancel()\nawait async { 1 }\nlog",
      "[\"defer\"]"
    ),
    (
      "var log = []\nfunc f(n) { defer { log.append(n) }\n if n == 0 { await sleep(9s) } else { f(n - 1) } }\nlet d = async f(3)\nawait async { 1 }\nd.cancel()\nawait async { 1 }\nlog",
      "[0, 1, 2, 3]"
    ),
    (
      "var log = []\nlet d = async { defer { log.append(1) }\n [1].map { x in defer { log.append(2) }\n await sleep(9s) } }\nawait async { 1 }\nd.cancel()\nawait async { 1 }\nlog",
      "[2, 1]"
    ),
    (
      "var log = []\nlet d = async { while true { do { await sleep(1s)\n log.append(1) } catch { log.append(\"no\") } } }\nawait sleep(2500ms)\nd.cancel()\nawait sleep(5s)\nlog",
      "[1, 1]"
    ),
    // A fiber that has not begun does not begin.
    (
      "var log = []\nlet d = async { defer { log.append(1) }\n log.append(2) }\nd.cancel()\nawait sleep(1s)\nlog",
      "[]"
    ),
    // The body of a `finally` runs even where it is cancelled before its fiber has begun.
    (
      "var log = []\nlet d = deferred()\nd.finally { log.append(\"finally\") }.cancel()\nawait sleep(1s)\n[log, d.isCancelled]",
      "[[\"finally\"], true]"
    ),
    (
      "var log = []\nlet d = deferred()\nd.resolve(1)\nd.finally { do { throw 1 } catch { log.append(\"caught\") } }.cancel()\nawait sleep(1s)\nlog",
      "[\"caught\"]"
    ),
    // It is a consumer from the start.
    (
      "let d = deferred()\nlet a = d.finally { 1 }\nlet b = d.then { 2 }\nb.cancel()\nlet still = d.isPending\na.cancel()\n[still, d.isCancelled]",
      "[true, true]"
    ),
    // It passes a cancellation on as one, which nobody has to await.
    (
      "let d = deferred()\nlet e = d.finally { 1 }\nd.cancel()\nawait sleep(1s)\n[e.isCancelled, e.isFailed]",
      "[true, false]"
    ),
    // One that was woken and waits for its turn is stopped all the same.
    (
      "var log = []\nlet g = deferred()\nlet d = async { defer { log.append(\"defer\") }\n await g\n log.append(\"went on\") }\nawait async { 1 }\ng.resolve(1)\nd.cancel()\nawait async { 1 }\nlog",
      "[\"defer\"]"
    ),
    // One that cancels itself goes on until it would wait.
    (
      "var log = []\nvar d = nil\nd = async { defer { log.append(\"defer\") }\n await sleep(1s)\n d.cancel()\n log.append(\"still\")\n await sleep(1s)\n log.append(\"no\") }\nawait sleep(5s)\nlog",
      "[\"still\", \"defer\"]"
    ),
    ("var d = nil\nd = async { await sleep(1s)\n d.cancel()\n 5 }\nawait sleep(5s)\nd.isCancelled", "true"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    let host = ScriptHost()
    #expect(try host.run(text) == expected)
    #expect(host.unhandled == [])
  }

  @Test func anErrorOfADeferLeavesTheOthersRunning() throws {
    let host = ScriptHost()
    let text =
      "var log = []\nlet d = async { defer { log.append(1) }\n defer { throw \"x\" }\n await sleep(9s) }\nawait async { 1 }\nd.cancel()\nawait async { 1 }\nlog"
    #expect(try host.run(text) == "[1]")
    #expect(host.unhandled == ["x"])
  }

  @Test func theWorkBehindIsStopped() throws {
    let host = ScriptHost()
    _ = try host.run("let d = after(9s) { 1 }\nd.cancel()")
    _ = try host.run("let e = async { await sleep(9s) }\nawait async { 1 }\ne.cancel()")
    _ = try host.run("all([sleep(9s), sleep(8s)]).cancel()")
    #expect(host.cancelled.count == 4)
  }

  @Test func anAbandonedTaskIsUnwoundAndNotHeardOf() throws {
    let host = ScriptHost()
    let task = try host.start("defer { print(\"cleaned\") }\nawait deferred()\nprint(\"no\")")
    #expect(host.machine.isUnderWay(task))
    host.machine.abandon(task)
    host.settle()
    #expect(host.output == ["cleaned"])
    #expect(host.outcomes[task.number] == nil && !host.machine.isUnderWay(task))
    #expect(host.machine.fiberCount == 0)
  }

  @Test func anAbandonedHandlerLetsGoOfTheDeferredItGave() throws {
    let host = ScriptHost()
    _ = try host.run(
      "let blocking = []\nfunc block() { let r = deferred()\n blocking.append(r)\n r.then { $0 } }")
    let handler = try #require(host.machine.global(host.machine.slot(of: "block"))).value
    let task = host.machine.start(handler, owner: 2, followsDeferred: true)
    host.settle()
    #expect(host.machine.isUnderWay(task))
    host.machine.abandon(task)
    #expect(try host.run("blocking.removeFirst().resolve(1)") == "false")
  }

  @Test func aTaskFollowsTheDeferredItGives() throws {
    let host = ScriptHost()
    _ = try host.run("func page() { after(2s) { after(1s) { \"done\" } } }")
    let handler = try #require(host.machine.global(host.machine.slot(of: "page"))).value
    let task = host.machine.start(handler, owner: 2, followsDeferred: true)
    host.settle()
    guard case .success(let value) = host.outcomes[task.number] else {
      Issue.record("it should have ended")
      return
    }
    #expect(host.machine.string(value) == "done")
  }

  // Each link was cancelled within the one before, and a long chain overran the thread's stack.
  @Test func chainsOfAnyLengthAreCancelled() throws {
    let count = ScriptHost.isStressed ? 100 : 100_000
    let host = ScriptHost()
    let text =
      "let first = deferred()\nvar last = first\nfor i in 0..<\(count) { last = last.then { $0 } }\nlast.cancel()\nfirst.isCancelled"
    #expect(try host.run(text) == "true")
  }

  @Test func chainsOfAnyLengthFire() throws {
    let count = ScriptHost.isStressed ? 100 : 100_000
    let text =
      "let first = deferred()\nvar last = first\nfor i in 0..<\(count) { last = last.then { $0 + 1 } }\nfirst.resolve(0)\nawait last"
    #expect(try ScriptHost().run(text) == "\(count)")
  }

  // They were lost: nobody awaits a fiber that was cancelled.
  @Test(arguments: [
    ("wait()", "a defer or finally cannot wait while its fiber is being stopped"),
    ("throw \"in defer\"", "in defer"),
    ("while true { }", "stopped: the defers of what was stopped took longer than 100 ms"),
  ])
  func errorsOfDefersThatACancellationRunsAreReported(_ cleanup: String, _ message: String) throws {
    let host = ScriptHost()
    let text =
      "func wait() { await sleep(1s) }\nlet t = async { defer { \(cleanup) }\nawait sleep(10s) }\nawait sleep(1s)\nt.cancel()\nawait sleep(1s)\n7"
    #expect(try host.run(text) == "7")
    #expect(host.unhandled == [message])
  }

  @Test func theFibersOfARunAreStoppedButNotThoseThatServe() throws {
    let host = ScriptHost()
    _ = try host.run("func page() { defer { print(\"page\") }\n await deferred() }")
    _ = try host.start("async { defer { print(\"background\") }\n await deferred() }")
    let page = try #require(host.machine.global(host.machine.slot(of: "page"))).value
    host.settle()
    let task = host.machine.start(page, owner: 1, followsDeferred: true, requests: RequestChain(count: 1))
    host.machine.stopFibers(ofOwner: 1)
    host.settle()
    #expect(host.output == ["background"])
    #expect(host.unhandled == [])
    #expect(host.machine.isUnderWay(task))
  }

  @Test func shuttingDownRunsDefersWithoutWaiting() throws {
    let host = ScriptHost()
    _ = try host.start("defer { print(\"one\") }\nawait deferred()")
    _ = try host.start(
      "defer { await sleep(1s) }\ndefer { print(\"two\") }\nawait deferred()".replacingOccurrences(
        of: "await sleep(1s)", with: "wait()"
      ).appending("\nfunc wait() { await sleep(1s) }"))
    _ = try host.start("defer { while true { } }\nawait deferred()")
    host.machine.shutDown(within: 100_000_000)
    #expect(host.output.sorted() == ["one", "two"])
    #expect(host.outcomes.isEmpty)
  }
}
