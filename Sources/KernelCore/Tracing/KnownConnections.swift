import Fetch

/// How long it takes to connect to the servers that were called: calls that are begun at once need a connection each,
/// where calls one after the other share one.
struct KnownConnections {
  /// As many servers are kept in mind.
  private static let limit = 1_000

  /// How long a connection took to be made at least, in nanoseconds: one of many at once waits for the others.
  private var setups: [String: Int] = [:]

  mutating func note(_ connections: [FetchResponse.Connection]) {
    for connection in connections {
      guard let setup = connection.setup else { continue }
      if setups.count >= Self.limit, setups[connection.server] == nil { setups = [:] }
      setups[connection.server] = min(setups[connection.server] ?? .max, Int(setup / .nanoseconds(1)))
    }
  }

  /// How many calls are under way, by their servers as far as those are known.
  struct Users {
    fileprivate var ofServer: [String: Int] = [:]
    fileprivate var unknown = 0
    fileprivate var all: Int { ofServer.values.reduce(unknown, +) }

    /// Counts a call with what it has had of connections; nil where it is too early to know.
    mutating func add(_ connections: [FetchResponse.Connection]?) {
      guard let connections else { return unknown += 1 }
      for connection in connections { ofServer[connection.server, default: 0] += 1 }
    }
  }

  /// How much longer each of some calls would take if all began at once; nil where that is not known, or more of them
  /// go to one server than may at once.
  ///
  /// - Parameters:
  ///   - calls: what each had of connections when they were made one after the other, and what the routes of the notebook
  ///     had of some that answered it.
  ///   - others: what else is under way meanwhile.
  ///   - limits: how many may be under way.
  func delays(
    ofCallsAtOnce calls: [[FetchResponse.Connection]], besides others: Users, _ limits: TransferLimits
  ) -> [Int]? {
    var users: [String: Int] = [:]
    var delays: [Int] = []
    for connections in calls {
      var delay = 0
      for (server, uses) in Dictionary(grouping: connections, by: \.server) {
        let isFirst = users[server] == nil
        users[server, default: 0] += uses.count
        if isFirst || uses.contains(where: { $0.setup != nil }) { continue }
        guard let setup = setups[server] else { return nil }
        delay += setup
      }
      delays.append(delay)
    }
    let isWithinLimits =
      users.values.reduce(others.all, +) <= limits.connections
      && users.allSatisfy { server, count in
        count + others.ofServer[server, default: 0] + others.unknown <= limits.connectionsPerHost
      }
    return isWithinLimits ? delays : nil
  }
}
