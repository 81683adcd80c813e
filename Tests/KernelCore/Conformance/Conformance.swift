import TestSupport
import Testing

@testable import KernelCore

/// Twisted's rules of time: `task.LoopingCall` is `every`, `task.deferLater` and `callLater` are `after` and `sleep`.
///
/// Those of waiting are among the tests of the VM. Each program runs in a kernel whose clock moves by itself, as in a
/// replay.
enum Conformance {
  static func check(_ rule: Rule) {
    let bench = Bench(movesClock: true)
    let end = bench.awaited("\(rule.program)\nnil")
    #expect(end == "ok")
    #expect(bench.output == rule.prints)
    let failures = bench.failures
    #expect(failures.count == rule.reports.count, "\(failures)")
    for (failure, message) in zip(failures, rule.reports) { #expect(failure.contains("error: \(message)")) }
  }
}
