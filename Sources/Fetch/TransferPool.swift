import CCurl
import Dispatch
import Glibc

/// Names a transfer of one ``TransferPool``. Numbers are never used again.
public struct TransferID: Hashable, Sendable {
  public let number: UInt64
}

/// Called once with how a transfer ended.
public typealias FetchCompletion = @Sendable (Result<FetchResponse, FetchError>) -> Void

/// The bounds of a ``TransferPool``. Values below 1 count as 1.
public struct TransferLimits: Sendable, Equatable {
  /// The most transfers that are under way with one server (scheme, host and port) at once; the rest wait, in the
  /// order in which they came.
  public var connectionsPerHost = 2_048
  /// The most transfers that are under way at once. It is lowered to half of the descriptors that the process may open.
  public var connections = 2_560
  /// The most transfers that are under way or waiting; one more fails with
  /// ``FetchError/Kind/tooManyTransfers``.
  public var transfers = 20_000
  /// How many connections are kept open for reuse while no transfer uses them, at least: so many as were in use at once
  /// in the last half minute are. After that each later transfer that ends closes one.
  public var idleConnections = 256
  /// The most bytes that all response bodies being received may hold together.
  public var bodyBytes = 512 * 1024 * 1024

  public init() {}
}

/// Outbound HTTP on a thread of its own, on libcurl's multi interface. No call blocks its caller, but for
/// ``shutDown()``.
///
/// Every transfer completes exactly once. Completions run one after another: where the pool is told to have them run, else
/// on the transfer thread, where they hold up all transfers and should only pass the result on. They may start and cancel
/// transfers.
public final class TransferPool: Sendable {
  /// The bounds in force, as far as they could be had.
  public let limits: TransferLimits
  private let mailbox: Mailbox
  private let settings: EasySettings
  private let teller: TransferTeller

  /// What `User-Agent` says in requests that don't say it themselves.
  public static let usualUserAgent = "routebook/0.1.0"

  /// Makes a pool. Its thread starts with the first transfer.
  ///
  /// - Parameters:
  ///   - userAgent: What `User-Agent` says in requests that don't say it themselves; characters that no header may
  ///     have are left out.
  ///   - certificateFile: A PEM file of the authorities to trust, in place of the system's.
  ///   - proxies: By which proxy a call goes; none where nothing is said.
  ///   - teller: Has each of the transfers told that have ended, in this order. It is called on the transfer thread, and
  ///     holds it up.
  public init(
    limits: TransferLimits = TransferLimits(), userAgent: String = TransferPool.usualUserAgent,
    certificateFile: String? = nil, proxies: ProxyRules = ProxyRules(),
    teller: @escaping TransferTeller = { for transfer in $0 { transfer.tell() } }
  ) {
    var limits = limits
    limits.transfers = max(1, limits.transfers)
    limits.connections = max(1, min(limits.connections, Self.raiseDescriptorLimit() / 2))
    limits.connectionsPerHost = max(1, min(limits.connectionsPerHost, limits.connections))
    limits.idleConnections = max(1, min(limits.idleConnections, limits.connections))
    limits.bodyBytes = max(1, limits.bodyBytes)
    self.limits = limits
    self.teller = teller
    mailbox = Mailbox(limit: limits.transfers)
    settings = EasySettings(
      userAgent: String(
        userAgent.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F }),
      certificateFile: certificateFile, proxies: proxies)
  }

  deinit { shutDown() }

  /// Loads what the first call would have to wait for some milliseconds: for a thread that has nothing else to do.
  public static func loadAhead() {
    try? CurlLibrary.load()
  }

  /// Starts a transfer. It has begun when this returns, or waits for its turn.
  ///
  /// - Parameters:
  ///   - receiver: Who takes the answer's body in pieces, as it comes. ``FetchRequest/timeout`` then bounds the wait for
  ///     the head, and after that each wait for the next piece; ``FetchRequest/bodyLimit`` bounds nothing.
  ///   - sender: Who gives the request's body in pieces; the request then has none.
  ///   - completion: Called once. When the pool has been shut down, or when as many refusals as
  ///     ``TransferLimits/transfers`` wait to be told, that is asked for here, before this returns.
  /// - Returns: What ``cancel(_:)`` takes.
  @discardableResult
  public func start(
    _ request: FetchRequest, receiving receiver: TransferReceiver? = nil,
    sending sender: TransferSender? = nil,
    completion: @escaping FetchCompletion
  ) -> TransferID {
    let streams = TransferStreams(receiver: receiver, sender: sender)
    let (id, refusal) = mailbox.start(request, streams, completion, startThread: startThread)
    if let refusal { teller([EndedTransfer(completion: completion, result: .failure(refusal))]) }
    return id
  }

  /// Aborts a transfer: its connection is closed, so that the server notices, and it completes with
  /// ``FetchError/Kind/cancelled``. One that has completed, or is about to, is left alone.
  public func cancel(_ id: TransferID) {
    mailbox.cancel(id)
  }

  /// Says that bytes of an answer that is told in pieces have been had, so that as many more may come.
  public func received(_ id: TransferID, _ count: Int) {
    if count > 0 { mailbox.post(.received(id, count), for: id) }
  }

  /// Adds the next piece to a body that is sent in pieces.
  public func send(_ id: TransferID, _ piece: [UInt8]) {
    if !piece.isEmpty { mailbox.post(.send(id, piece), for: id) }
  }

  /// Says that the body is whole.
  public func endSending(_ id: TransferID) {
    mailbox.post(.endSending(id), for: id)
  }

  /// How many transfers have been started and have not completed.
  public var transfersUnderWay: Int { mailbox.transfersUnderWay }

  /// Cancels all transfers, closes all connections and waits until it has been asked for that each completion runs.
  /// Transfers started afterwards complete with ``FetchError/Kind/cancelled``. Called from a completion on the transfer
  /// thread it does not wait.
  public func shutDown() {
    mailbox.shutDown()
  }

  private func startThread() -> pthread_t? {
    let loop = Unmanaged.passRetained(
      TransferLoopSeed(mailbox: mailbox, limits: limits, settings: settings, teller: teller))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { seed in
        guard let seed else { return nil }
        Unmanaged<TransferLoopSeed>.fromOpaque(seed).takeRetainedValue().run()
        return nil
      }, loop.toOpaque())
    if code == 0 { return thread }
    loop.release()
    return nil
  }

  /// Allows this process as many descriptors as the system lets it have, because each connection takes one.
  ///
  /// - Returns: How many that is.
  private static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = limit.rlim_max
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }
}

/// What the new thread makes its loop from; the loop itself never leaves that thread.
private final class TransferLoopSeed: Sendable {
  let mailbox: Mailbox
  let limits: TransferLimits
  let settings: EasySettings
  let teller: TransferTeller

  init(mailbox: Mailbox, limits: TransferLimits, settings: EasySettings, teller: @escaping TransferTeller) {
    self.teller = teller
    self.mailbox = mailbox
    self.limits = limits
    self.settings = settings
  }

  func run() {
    // libcurl's global state is made here, off the caller's thread, because OpenSSL takes milliseconds.
    do {
      try CurlLibrary.load()
      if ccurl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = ccurl_multi_init() {
        TransferLoop(
          multi: ccurl_multi(raw: multi), mailbox: mailbox, limits: limits, settings: settings, teller: teller
        )
        .run()
      } else {
        teller(
          mailbox.close(FetchError(.other, "outbound calls are not possible: libcurl could not be started")))
      }
    } catch {
      teller(mailbox.close(error))
    }
    mailbox.threadEnded()
  }
}
