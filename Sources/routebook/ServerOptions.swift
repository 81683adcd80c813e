import ArgumentParser
import KernelCore
import NIOCore
import Web

/// The bounds of the server, an option each. `docs/http.md` says what answers those who go beyond.
struct ServerOptions: ParsableArguments {
  @Option(help: "The largest body that a request may have, in bytes; beyond it 413.")
  var bodyLimit = ServerLimits().maxBodyBytes
  @Option(help: "The largest body that a route may read as it comes, in bytes; beyond it 413.")
  var streamedBodyLimit = ServerLimits().maxStreamedBodyBytes
  @Option(help: "The largest message that may come by a WebSocket, in bytes; beyond it 1009.")
  var messageLimit = ServerLimits().maxMessageBytes
  @Option(
    help:
      "The bodies of all requests, and messages of WebSockets that are held, in bytes; beyond it 503, or 1013."
  )
  var bodiesLimit = ServerLimits().maxHeldBodyBytes
  @Option(help: "All large answers that clients have not taken yet, in bytes; beyond it 503.")
  var answersLimit = ServerLimits().maxHeldAnswerBytes
  @Option(help: "The headers of a request together, in bytes; beyond it 431.")
  var headerLimit = ServerLimits().maxHeaderBytes
  @Option(help: "How many headers a request may have; beyond it 431.")
  var headerCount = ServerLimits().maxHeaderCount
  @Option(help: "The longest address of a request, in bytes; beyond it 414.")
  var targetLimit = ServerLimits().maxTargetBytes
  @Option(help: "Connections at a time; beyond it 503.")
  var connectionLimit = ServerLimits().maxConnections
  @Option(help: "Requests at a time that wait for their answers; beyond it 503.")
  var requestLimit = ServerLimits().maxRequestsInFlight
  @Option(
    help:
      "Bytes that a client may send ahead while it waits for an answer; beyond it that answer is the last.")
  var pipelineLimit = ServerLimits().maxPipelinedBytes
  @Option(help: "Requests that wait for their route while all cells run again; beyond it 503.")
  var queueLimit = KernelConfiguration().maxQueuedRequests
  @Option(help: "How long the head of a request may take to come, as 10s; then 408.")
  var headTimeout = TimeSpan(ServerLimits().headTimeout)
  @Option(help: "How long the body of a request may take to come, as 2m; then 408.")
  var bodyTimeout = TimeSpan(ServerLimits().bodyTimeout)
  @Option(help: "How long a connection may be silent between requests, as 60s; then it is closed.")
  var idleTimeout = TimeSpan(ServerLimits().idleTimeout)
  @Option(help: "How long a client may take nothing of its answer, as 30s; then it is closed.")
  var writeTimeout = TimeSpan(ServerLimits().writeTimeout)

  @Option(help: "How long a WebSocket may be silent before it is pinged, and has to answer, as 30s.")
  var pingInterval = TimeSpan(ServerLimits().pingInterval)

  func validate() throws {
    for (name, value, least) in [
      ("body-limit", bodyLimit, 0), ("streamed-body-limit", streamedBodyLimit, 0),
      ("message-limit", messageLimit, 1), ("bodies-limit", bodiesLimit, 0),
      ("answers-limit", answersLimit, 0),
      ("header-limit", headerLimit, 1), ("header-count", headerCount, 1), ("target-limit", targetLimit, 1),
      ("connection-limit", connectionLimit, 1), ("request-limit", requestLimit, 1),
      ("pipeline-limit", pipelineLimit, 0), ("queue-limit", queueLimit, 0),
    ] where value < least || value > Self.most {
      throw ValidationError("--\(name) is \(least) to \(Self.most), not \(value)")
    }
    for (name, value) in [
      ("head-timeout", headTimeout), ("body-timeout", bodyTimeout), ("idle-timeout", idleTimeout),
      ("write-timeout", writeTimeout), ("ping-interval", pingInterval),
    ] where value.seconds <= 0 {
      throw ValidationError("--\(name) is longer than 0")
    }
  }

  /// Enough for any of them, and sums of them are numbers still.
  private static let most = 1 << 40

  /// Sets the bounds.
  func apply(to configuration: inout KernelConfiguration) {
    var limits = ServerLimits()
    limits.maxBodyBytes = bodyLimit
    limits.maxStreamedBodyBytes = streamedBodyLimit
    limits.maxMessageBytes = messageLimit
    limits.pingInterval = .nanoseconds(Int64(pingInterval.nanoseconds))
    limits.maxHeldBodyBytes = bodiesLimit
    limits.maxHeldAnswerBytes = answersLimit
    limits.maxHeaderBytes = headerLimit
    limits.maxHeaderCount = headerCount
    limits.maxTargetBytes = targetLimit
    limits.maxConnections = connectionLimit
    limits.maxRequestsInFlight = requestLimit
    limits.maxPipelinedBytes = pipelineLimit
    limits.headTimeout = .nanoseconds(Int64(headTimeout.nanoseconds))
    limits.bodyTimeout = .nanoseconds(Int64(bodyTimeout.nanoseconds))
    limits.idleTimeout = .nanoseconds(Int64(idleTimeout.nanoseconds))
    limits.writeTimeout = .nanoseconds(Int64(writeTimeout.nanoseconds))
    configuration.serverLimits = limits
    configuration.maxQueuedRequests = queueLimit
  }
}

extension TimeSpan {
  /// A default of the server as it stands on the command line.
  fileprivate init(_ amount: TimeAmount) { self.init(seconds: Double(amount.nanoseconds) / 1e9) }
}
