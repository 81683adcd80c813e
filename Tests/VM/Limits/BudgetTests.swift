import Foundation
import Testing

@testable import VM

/// What computes too long without waiting is stopped, and nothing keeps it from being stopped.
@Suite(.serialized) struct BudgetTests {
  static var limits: MachineLimits {
    var limits = MachineLimits()
    limits.cellTime = 60_000_000
    limits.handlerTime = 60_000_000
    limits.cleanupTime = 20_000_000
    limits.memory = 64 << 20
    return limits
  }

  @Test(arguments: [
    "while true { }",
    "while !false { }",
    "while !(2 < 1) { }",
    "while !(2 <= 1) { }",
    "var n = 5\nwhile !(n < 1) { }",
    "var n = 5\nwhile n > 1 { }",
    "var n = 5\nwhile n >= 1 { }",
    "var n = 5\nwhile n == 5 { }",
    "var n = 5\nwhile n != 4 { }",
    "var n = 5\nwhile \"a\" != \"b\" { }",
    "var n = 5\nwhile !(\"a\" == \"b\") { }",
    "var n = 5\nwhile n == 5 && true { continue }",
    "while let x = 1 { }",
    "while true { do { while true { } } catch { } }",
    "while true { do { throw \"x\" } catch { } }",
    "while true { do { [][0] } catch { continue } }",
    "func f() { defer { while true { } }\n 1 }\nf()",
    "func f() { defer { while true { do { while true { } } catch { } } }\n throw \"x\" }\nf()",
    "func f() { defer { f() }\n f() }\nf()",
    "func f() { do { f() } catch { f() } }\nf()",
    "func f(n) { if n == 0 { 0 } else { f(n - 1) + f(n - 1) } }\nf(60)",
    "for i in 0..<9223372036854775807 { }",
    "let a = [1]\nfor x in a { a.append(x)\n a.removeFirst() }\nwhile true { }",
    "let s = \"ab\".repeated(500_000)\nwhile true { s.contains(\"ba0\") }",
    "let s = \"ab\".repeated(500_000)\nwhile true { s.split(\"b\").count }",
    "let s = \"ab\".repeated(500_000)\nwhile true { s.replacing(\"a\", with: \"c\") }",
    "let s = \"ab\".repeated(500_000)\nlet t = \"ab\".repeated(500_000)\nwhile s == t { }",
    "let s = \"ab\".repeated(500_000)\nlet t = \"ab\".repeated(500_000)\nwhile s <= t { }",
    "let a = Array(0..<500_000)\nwhile true { a.contains(-1) }",
    "let a = Array(0..<500_000)\nwhile true { a.sorted() }",
    "let a = Array(0..<500_000)\nlet b = Array(0..<500_000)\nwhile a == b { }",
    "let a = Array(0..<500_000)\nwhile true { a.insert(0, at: 0)\n a.removeFirst() }",
    "let a = Array(0..<200_000)\nwhile true { json(toJSON(a)) }",
    "var a = [1]\nvar b = [1]\nfor i in 0..<60 { a = [a, a]\n b = [b, b] }\na == b",
    "let d = [:]\nfor i in 0..<100_000 { d[i] = i }\nwhile true { d.keys }",
    "while true { \"é\".repeated(100_000)[99_999] }",
    "while true { min(Array(0..<100_000)) }",
  ])
  func stops(_ text: String) throws {
    // Freeing everything at every step takes too long to be stopped within a second.
    if ScriptHost.isStressed { return }
    let start = Machine.processorTime()
    let result = try ScriptHost(limits: Self.limits).run(text)
    let milliseconds = (Machine.processorTime() - start) / 1_000_000
    #expect(result.hasPrefix("error: stopped"), "\(text) gave \(result)")
    #expect(milliseconds < 2_000, "\(text) ran on for \(milliseconds) ms")
  }

  // The place of a jump whose budget was used up was that of its target, before the region of the defer.
  @Test(arguments: [
    "func f() { defer { print(\"cleaned\") }\n while true { } }\nf()",
    "func f() { defer { print(\"cleaned\") }\n while let x = 1 { } }\nf()",
    "func f() { defer { print(\"cleaned\") }\n while let x = 1, true { continue } }\nf()",
    "func f() { defer { print(\"cleaned\") }\n for i in 0..<9223372036854775807 { } }\nf()",
    "func f() { defer { print(\"cleaned\") }\n g() }\nfunc g() { while true { } }\nf()",
  ])
  func defersRunWhenALoopIsStopped(_ text: String) throws {
    let host = ScriptHost(limits: Self.limits)
    _ = try host.run(text)
    #expect(host.output == ["cleaned"])
  }

  @Test func aLoopInADeferDoesNotKeepTheOthersFromRunning() throws {
    let host = ScriptHost(limits: Self.limits)
    _ = try host.run(
      "func f() { defer { print(\"outer\") }\n defer { while true { } }\n while true { } }\nf()")
    #expect(host.output == ["outer"])
  }

  @Test func waitingStartsTheTimeAnew() throws {
    let text = "var n = 0\nfor i in 0..<200 { for j in 0..<5_000 { n += 1 }\n await sleep(1ms) }\nn"
    #expect(try ScriptHost(limits: Self.limits).run(text) == "1000000")
  }

  @Test func anInterruptionFromAnotherThreadStopsAComputation() throws {
    let host = ScriptHost()
    let interruption = host.machine.interruption
    let thread = Thread {
      // Whenever it comes: the loop has no other end.
      interruption.request()
    }
    thread.start()
    #expect(try host.run("do { while true { } } catch { }\nprint(\"went on\")") == "error: interrupted")
    #expect(host.output == [])
  }

  @Test func anInterruptionIsTakenOnce() throws {
    let host = ScriptHost()
    host.machine.interruption.request()
    #expect(try host.run("while true { }") == "error: interrupted")
    #expect(try host.run("var n = 0\nwhile n < 100_000 { n += 1 }\nn") == "100000")
  }
}
