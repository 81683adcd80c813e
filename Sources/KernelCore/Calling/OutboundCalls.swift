import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import VM
import Web

/// Calls from the language to HTTP services: others by libcurl, this server itself by its own address, or
/// within the process under a virtual clock.
final class OutboundCalls {
  /// Marks calls of the notebook to itself, which are never held back.
  static let originHeader = "routebook-origin"

  private let machine: Machine
  private let clock: any Clock
  private let loop: any EventLoop
  private let transfers: TransferPool
  private let server: HTTPServer
  let responseClass: InstanceClass
  private let isVirtual: Bool
  private let originToken: String
  /// Takes a request within the process, as the server would.
  var respond: (Exchange) -> Void = { _ in }
  var onActivity: () -> Void = {}

  private var underWay: [Int: Call] = [:]

  private struct Call {
    let method: String
    let url: String
    let started: Int
    let checks: Bool
    var transfer: TransferID?
    var exchange: Exchange?
  }

  init(
    machine: Machine, clock: any Clock, loop: any EventLoop, transfers: TransferPool, server: HTTPServer,
    responseClass: InstanceClass, isVirtual: Bool, originToken: String
  ) {
    self.machine = machine
    self.clock = clock
    self.loop = loop
    self.transfers = transfers
    self.server = server
    self.responseClass = responseClass
    self.isVirtual = isVirtual
    self.originToken = originToken
  }

  var count: Int { underWay.count }
  /// Calls that leave the process: while there are any, virtual time stands still.
  var transferCount: Int { underWay.values.count { $0.transfer != nil } }

  // MARK: Starting

  struct Options {
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// Nanoseconds; nil for no limit.
    var timeout: Int?
    var followsRedirects = true
    /// Whether a status of 400 or more fails the call.
    var checks = true
  }

  /// Starts a call; gives the deferred of its response.
  func start(_ method: String, _ url: String, _ options: Options, owner: UInt32) throws(Failure) -> Value {
    let target = try self.target(of: url)
    let (id, deferred) = machine.beginOperation(owner: owner)
    var call = Call(method: method, url: url, started: clock.now, checks: options.checks)
    if target.isOwn, isVirtual || target.absolute == nil {
      let exchange = makeExchange(method, target.path, options, id)
      call.exchange = exchange
      underWay[id] = call
      // The handler starts when the running code waits or ends.
      loop.assumeIsolated().execute { [weak self] in self?.respond(exchange) }
      return deferred
    }
    underWay[id] = call
    underWay[id]?.transfer = startTransfer(method, target, options, id)
    return deferred
  }

  private struct Target {
    let isOwn: Bool
    /// Path and query.
    let path: String
    /// Nil where this server has no address.
    let absolute: String?
    let unixPath: String?
  }

  /// A relative URL is this server's own; so is one that names an address of it.
  private func target(of url: String) throws(Failure) -> Target {
    if url.hasPrefix("/"), !url.hasPrefix("//") {
      let address = server.addresses.first
      return Target(
        isOwn: true, path: url, absolute: address.map { $0.url + url }, unixPath: address?.unixPath)
    }
    if !url.contains("://") {
      throw Failure(
        .argument, "\"\(url.printable(limit: 200))\" is no address to call",
        help: "begin with / for a route of this notebook, or with http:// or https://")
    }
    for address in server.addresses where address.unixPath == nil {
      for base in [address.url, address.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")]
      where url == base || url.hasPrefix(base + "/") {
        let path = String(url.dropFirst(base.count))
        return Target(isOwn: true, path: path.isEmpty ? "/" : path, absolute: url, unixPath: nil)
      }
    }
    return Target(isOwn: false, path: "", absolute: url, unixPath: nil)
  }

  private func startTransfer(_ method: String, _ target: Target, _ options: Options, _ id: Int) -> TransferID
  {
    var headers = options.headers
    if target.isOwn { headers.append((OutboundCalls.originHeader, originToken)) }
    let request = FetchRequest(
      method: method, url: target.absolute ?? "", headers: headers, body: options.body,
      timeout: options.timeout.map { .nanoseconds($0) }, redirectLimit: options.followsRedirects ? 10 : 0,
      unixSocketPath: target.unixPath)
    let bound = NIOLoopBound(WeakCalls(self), eventLoop: loop)
    let loop = loop
    return transfers.start(request) { result in
      loop.execute { bound.value.calls?.completed(id, result) }
    }
  }

  private func makeExchange(_ method: String, _ path: String, _ options: Options, _ id: Int) -> Exchange {
    let request = Request(
      method: HTTPMethod(rawValue: method), target: path,
      headers: HTTPHeaders(options.headers.map { ($0.name, $0.value) } + [("host", "localhost")]),
      body: ByteBuffer(bytes: options.body ?? []),
      remoteAddress: try? SocketAddress(ipAddress: "127.0.0.1", port: 0))
    return Exchange(request: request) { [weak self] response in
      guard let self else { return }
      let body = method == "HEAD" ? [] : Array(response.body.readableBytesView)
      let result = FetchResponse(
        status: Int(response.status.code), reason: response.status.reasonPhrase,
        headers: response.headers.map { ($0.name, $0.value) }, body: body, url: path, elapsed: .zero)
      // What the answer wakes runs in its own turn.
      loop.assumeIsolated().execute { [weak self] in self?.completed(id, .success(result)) }
    }
  }

  // MARK: Ending

  private func completed(_ id: Int, _ result: Result<FetchResponse, FetchError>) {
    guard let call = underWay.removeValue(forKey: id) else { return }
    switch result {
    case .success(let response):
      let object = ResponseObject(
        method: call.method, status: response.status, reason: response.reason, headers: response.headers,
        body: response.body, url: response.url, elapsed: clock.now - call.started)
      let value = machine.makeInstance(responseClass, payload: object)
      if call.checks, response.status >= 400 {
        machine.complete(operation: id, .failure(badStatus(call, response, value)))
      } else {
        machine.complete(operation: id, .success(value))
      }
    case .failure(let error):
      let kind: Failure.Kind = error.kind == .timedOut ? .timeout : .network
      machine.complete(
        operation: id,
        .failure(
          machine.makeErrorValue(
            Failure(kind, "\(call.method) \(call.url.printable(limit: 200)): \(error.message)"))))
    }
    onActivity()
  }

  private func badStatus(_ call: Call, _ response: FetchResponse, _ value: Value) -> Value {
    let reason =
      response.reason.isEmpty ? HTTPResponseStatus(statusCode: response.status).reasonPhrase : response.reason
    let failure = Failure(
      .http,
      "\(call.method) \(call.url.printable(limit: 200)) gave \(response.status) \(reason.printable(limit: 100))",
      help: "pass check: false to look at such answers yourself",
      fields: [("response", value), ("status", .int(response.status))])
    return machine.makeErrorValue(failure)
  }

  /// Nobody wants the answer any more; false where the operation is no call.
  func cancel(operation: Int) -> Bool {
    guard let call = underWay.removeValue(forKey: operation) else { return false }
    if let transfer = call.transfer { transfers.cancel(transfer) }
    if let exchange = call.exchange {
      // Its handler learns of it in its own turn, as from a connection that closes.
      loop.assumeIsolated().execute { exchange.disconnect() }
    }
    return true
  }

  func describe(operation: Int) -> String? {
    underWay[operation].map { "\($0.method) \($0.url.printable(limit: 200))" }
  }

  func cancelAll() {
    for id in Array(underWay.keys) { _ = cancel(operation: id) }
  }
}

/// Lets a transfer that ends after its kernel find nobody.
private final class WeakCalls {
  weak var calls: OutboundCalls?
  init(_ calls: OutboundCalls) { self.calls = calls }
}
