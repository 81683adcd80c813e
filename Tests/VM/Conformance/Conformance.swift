import TestSupport
import Testing

@testable import VM

/// Twisted's rules of waiting, one after the other: its documentation and its own tests say what they are.
///
/// Each subject has a table of rules that hold here too, and one of those that are different on purpose. The second is
/// the table of the decision "Where waiting differs from Twisted", row by row.
enum Conformance {
  /// How long chains are that must not use the thread's stack.
  static let depth = ScriptHost.isStressed ? 200 : 100_000

  static func check(_ rule: Rule) throws {
    let host = ScriptHost()
    let end = try host.run(rule.program)
    #expect(!end.hasPrefix("error: "), "\(end)")
    #expect(end != "waiting")
    #expect(host.output == rule.prints)
    #expect(host.unhandled == rule.reports)
    if let stops = rule.stops { #expect(host.cancelled.count == stops) }
    #expect(host.machine.isIdle)
  }
}
