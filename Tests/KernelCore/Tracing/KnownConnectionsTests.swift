import Fetch
import Testing

@testable import KernelCore

/// How much longer calls take that begin at once, where one connection was enough for them one after the other.
struct KnownConnectionsTests {
  private typealias Connection = FetchResponse.Connection

  private func known(_ setups: [String: Int]) -> KnownConnections {
    var known = KnownConnections()
    known.note(
      setups.map { Connection(server: $0.key, setup: .milliseconds($0.value)) })
    return known
  }

  private func delays(
    _ known: KnownConnections, _ calls: [[Connection]], _ limits: TransferLimits = TransferLimits(),
    besides others: [[Connection]?] = []
  ) -> [Int]? {
    var users = KnownConnections.Users()
    for other in others { users.add(other) }
    return known.delays(ofCallsAtOnce: calls, besides: users, limits)?.map { $0 / 1_000_000 }
  }

  private static let reused = Connection(server: "a", setup: nil)

  @Test func eachThatUsedAConnectionAgainNeedsOneOfItsOwnButTheFirst() {
    let known = known(["a": 30, "b": 7])
    let made = Connection(server: "a", setup: .milliseconds(25))
    let other = Connection(server: "b", setup: nil)
    #expect(delays(known, [[Self.reused], [Self.reused], [Self.reused]]) == [0, 30, 30])
    #expect(delays(known, [[made], [Self.reused]]) == [0, 30])
    // One that was made then would be made at once as well.
    #expect(delays(known, [[made], [made]]) == [0, 0])
    #expect(delays(known, [[Self.reused], [other], [Self.reused, other]]) == [0, 0, 37])
    // What follows one another within a call, as in the handler that answers it, shares one.
    #expect(delays(known, [[Self.reused], [Self.reused, Self.reused]]) == [0, 30])
    #expect(delays(known, [[Self.reused], [made, Self.reused]]) == [0, 0])
    // Within the process no connection is needed.
    #expect(delays(known, [[], []]) == [0, 0])
  }

  @Test func whatIsNotKnownOrMoreThanMayBeAtOnceIsNotForetold() {
    #expect(delays(known(["b": 7]), [[Self.reused], [Self.reused]]) == nil)
    var limits = TransferLimits()
    limits.connectionsPerHost = 2
    let known = known(["a": 30])
    #expect(delays(known, [[Self.reused], [Self.reused]], limits) == [0, 30])
    #expect(delays(known, [[Self.reused], [Self.reused], [Self.reused]], limits) == nil)
    // What one of them calls in its turn takes places as well.
    #expect(delays(known, [[Self.reused], [Self.reused, Self.reused]], limits) == nil)
    // So do others that are under way, be it to this server or to one that is not known yet.
    let other = Connection(server: "b", setup: nil)
    #expect(delays(known, [[Self.reused], [Self.reused]], limits, besides: [[Self.reused]]) == nil)
    #expect(delays(known, [[Self.reused], [Self.reused]], limits, besides: [nil]) == nil)
    #expect(delays(known, [[Self.reused], [Self.reused]], limits, besides: [[other]]) == [0, 30])
    limits.connections = 2
    #expect(delays(known, [[Self.reused], [Self.reused]], limits, besides: [[other]]) == nil)
    limits = TransferLimits()
    limits.connections = 1
    #expect(delays(known, [[Self.reused], [Self.reused]], limits) == nil)
  }

  @Test func theQuickestConnectionCountsAndTheNumberKeptIsBounded() {
    var known = known(["a": 30])
    known.note([Connection(server: "a", setup: .milliseconds(20)), Self.reused])
    known.note([Connection(server: "a", setup: .milliseconds(90))])
    #expect(delays(known, [[Self.reused], [Self.reused]]) == [0, 20])
    for number in 0..<1_000 {
      known.note([Connection(server: "x\(number)", setup: .milliseconds(1))])
    }
    #expect(delays(known, [[Self.reused], [Self.reused]]) == nil)
  }
}
