import Testing

@testable import VM

/// `defer`, `catch` and the way of an error.
struct UnwindingTests {
  @Test(arguments: [
    (
      "var log = []\nfunc f() { defer { log.append(1) }\n defer { log.append(2) }\n log.append(0) }\nf()\nlog",
      "[0, 2, 1]"
    ),
    (
      "var log = []\nfor i in 0..<3 { defer { log.append(i) }\n if i == 1 { continue }\n log.append(-i) }\nlog",
      "[0, 0, 1, -2, 2]"
    ),
    ("var log = []\nfor i in 0..<3 { defer { log.append(i) }\n if i == 1 { break } }\nlog", "[0, 1]"),
    (
      "var log = []\nfunc f() { for i in 0..<3 { defer { log.append(i) }\n do { defer { log.append(\"in\") }\n if i == 1 { return \"out\" } } catch { } } }\n[f(), log]",
      "[\"out\", [\"in\", 0, \"in\", 1]]"
    ),
    (
      "var log = []\nfunc f() { defer { log.append(\"d\") }\n do { throw \"a\" } catch e { log.append(e.message)\n throw \"b\" } }\ndo { f() } catch e { log.append(e.message) }\nlog",
      "[\"a\", \"d\", \"b\"]"
    ),
    (
      "var log = []\ndo { do { throw \"a\" } catch { throw \"b\" } } catch e { log.append(e.message) }\nlog",
      "[\"b\"]"
    ),
    (
      "var log = []\nfunc f() { defer { throw \"from defer\" }\n 1 }\ndo { f() } catch e { log.append(e.message) }\nlog",
      "[\"from defer\"]"
    ),
    (
      "var log = []\nfunc f() { defer { log.append(1) }\n defer { throw \"second\" }\n throw \"first\" }\ndo { f() } catch e { log.append(e.message) }\nlog",
      "[1, \"second\"]"
    ),
    (
      "var log = []\nfunc f() { do { defer { throw \"x\" }\n log.append(1) } catch e { log.append(e.message) } }\nf()\nlog",
      "[1, \"x\"]"
    ),
    ("var x = 1\nfunc f() { defer { x += 1 }\n return x }\n[f(), x]", "[1, 2]"),
    ("func f() { var x = 1\n defer { x = 100 }\n x }\nf()", "1"),
    (
      "var log = []\nfunc f(n) { if n == 0 { throw \"deep\" }\n defer { log.append(n) }\n f(n - 1) }\ndo { f(3) } catch { }\nlog",
      "[1, 2, 3]"
    ),
    (
      "let r = []\nfor i in 0..<3 { do { if i == 1 { throw \"x\" }\n r.append(i) } catch { r.append(\"c\") } }\nr",
      "[0, \"c\", 2]"
    ),
    ("func f() { while true { do { return 1 } catch { } } }\nf()", "1"),
    ("func f() { while true { do { throw \"x\" } catch { break } }\n 2 }\nf()", "2"),
    ("do { [1, 2].map { throw \"in map\" } } catch e { e.message }", "\"in map\""),
    ("do { 1 + nil } catch { error.kind }", "\"type\""),
    ("let e = Error(\"later\")\ndo { throw e } catch x { x == e }", "true"),
    ("func f() { if true { defer { 1 }\n 5 } else { 6 } }\nf()", "5"),
    ("let x = if true { defer { 1 }\n 5 } else { 6 }\nx", "5"),
  ])
  func gives(_ text: String, _ expected: String) throws {
    #expect(try ScriptHost().run(text) == expected)
  }

  @Test func aTraceNamesTheCallsAnErrorPassed() throws {
    let host = ScriptHost()
    let task = try host.start("func a(n) { b(n) }\nfunc b(n) { [1][n] }\n[5].map { a($0) }", cell: 3)
    host.settle()
    guard case .failure(let error) = host.outcomes[task.number] else {
      Issue.record("it should have failed")
      return
    }
    let report = host.machine.report(of: error)
    #expect(report.frames.map(\.function) == ["b", "a", "closure", "cell"] || report.frames.count == 4)
    #expect(report.kind == "index")
  }

  @Test func aTraceGoesAcrossFibers() throws {
    let host = ScriptHost()
    let task = try host.start(
      "func load() { await sleep(1s)\n throw \"lost\" }\nfunc page() { await async load() }\npage()")
    host.settle()
    guard case .failure(let error) = host.outcomes[task.number] else {
      Issue.record("it should have failed")
      return
    }
    let names = host.machine.report(of: error).frames.map(\.function)
    #expect(names.contains("load") && names.contains("page"))
    #expect(host.machine.report(of: error).frames.contains { $0.isAwait })
  }

  @Test func aDeepRecursionKeepsAShortTrace() throws {
    let host = ScriptHost()
    let task = try host.start("func f(n) { f(n + 1) }\nf(0)")
    host.settle()
    guard case .failure(let error) = host.outcomes[task.number] else {
      Issue.record("it should have failed")
      return
    }
    #expect(host.machine.report(of: error).isCut)
    #expect(host.machine.report(of: error).frames.count == 40)
  }

  // An inner defer of a cleanup kept the cleanup's own catch from catching.
  @Test func aCleanupMayCatchItsOwnErrorsWhileItsFiberIsStopped() throws {
    let host = ScriptHost()
    _ = try host.run(
      """
      func clean() {
          do {
              defer { print("inner") }
              throw "x"
          } catch e { print("caught \\(e.message)") }
          print("rest")
      }
      let d = async {
          defer { clean() }
          await sleep(9s)
      }
      await sleep(1s)
      d.cancel()
      await sleep(1s)
      """)
    #expect(host.output == ["inner", "caught x", "rest"])
  }
}
