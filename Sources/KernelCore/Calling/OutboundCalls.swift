import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import VM
import Web

/// Calls from the language to HTTP services: others by libcurl, this server itself by its own address, or
/// within the process under a virtual clock.
final class OutboundCalls {
  private let machine: Machine
  private let clock: any Clock
  private let loop: any EventLoop
  private let transfers: TransferPool
  private let server: HTTPServer
  let responseClass: InstanceClass
  private let isVirtual: Bool
  private let mark: OwnCallMark
  private let recorder: TraceRecorder?
  /// Takes a request within the process, as the server would.
  var respond: (Exchange) -> Void = { _ in }
  var onActivity: () -> Void = {}

  private var underWay: [Int: Call] = [:]
  /// Calls that leave the process: while there are any, virtual time stands still.
  private(set) var transferCount = 0

  private struct Call {
    let method: String
    let url: String
    let started: Int
    let options: Options
    /// On behalf of how many requests it is made, each made for the next.
    let depth: Int
    var transfer: TransferID?
    var own: OwnRequest?
    var exchange: Exchange?
    var timeout: ClockToken?
  }

  init(
    machine: Machine, clock: any Clock, loop: any EventLoop, transfers: TransferPool, server: HTTPServer,
    responseClass: InstanceClass, isVirtual: Bool, mark: OwnCallMark, recorder: TraceRecorder?
  ) {
    self.recorder = recorder
    self.machine = machine
    self.clock = clock
    self.loop = loop
    self.transfers = transfers
    self.server = server
    self.responseClass = responseClass
    self.isVirtual = isVirtual
    self.mark = mark
  }

  var count: Int { underWay.count }

  /// The calls under way, by the numbers of their operations.
  var operations: [(id: Int, started: Int)] { underWay.map { ($0, $1.started) } }

  /// The number of requests of which each was made for the next, up to this one, and the call that made it.
  func origin(of request: Request) -> (depth: Int, caller: SpanID) {
    underWay.isEmpty ? (1, .none) : mark.origin(of: request)
  }

  // MARK: Starting

  struct Options {
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// Nanoseconds; nil for no limit.
    var timeout: Int?
    var followsRedirects = true
    /// Whether a status of 400 or more fails the call.
    var checks = true
    /// Whether a call to this server itself takes its turn within the process, as under a virtual clock: so
    /// several arrive in the order in which they were made, which connections do not promise.
    var staysInProcess = false
  }

  /// Starts a call; gives the deferred of its response.
  ///
  /// - Parameter depth: on behalf of how many requests it is made, each made for the next.
  func start(
    _ method: String, _ url: String, _ options: Options, owner: UInt32, depth: Int = 0
  ) throws(Failure) -> Value {
    if underWay.count >= OutboundCalls.limit { throw OutboundCalls.tooMany }
    let target = try self.target(of: url)
    if target.ownPath != nil, depth >= OwnCallMark.depthLimit { throw OutboundCalls.endlessChain }
    let (id, deferred) = machine.beginOperation(owner: owner, .call(method: method, url: url))
    underWay[id] = Call(method: method, url: url, started: clock.now, options: options, depth: depth)
    let staysInProcess =
      isVirtual || options.staysInProcess || target.absolute == nil
      || transferCount >= OutboundCalls.ownTransfers
    if let path = target.ownPath, staysInProcess {
      underWay[id]?.own = OwnRequest(
        method: method, target: path, headers: options.headers, body: options.body,
        followsRedirects: options.followsRedirects)
      if let timeout = options.timeout { limit(id, to: timeout) }
      // The handler starts when the running code waits or ends.
      machine.enqueue { [weak self] in self?.ask(id) }
    } else {
      startTransfer(id, method, target, options.headers, options.body)
    }
    return deferred
  }

  /// Where so many calls have left the process, those to this server itself stay within it: handlers that call each
  /// other would otherwise hold all connections while what they wait for queues for one.
  static let ownTransfers = 256

  /// How many calls may be under way at once: more take seconds to stop.
  static let limit = 20_000

  private static let tooMany = Failure(
    .limit, "\(limit) calls are under way already",
    help: "await them in parts: for part in urls.chunks(ofCount: 100) { await all(part.map { get($0) }) }")

  private static var endlessChain: Failure {
    Failure(
      .limit,
      "\(OwnCallMark.depthLimit) requests wait for one another already, each of them made by the handler of the one before",
      help: "does a route call itself?",
      fields: [("status", .int(Int(HTTPResponseStatus.loopDetected.code)))])
  }

  private struct Target {
    /// Path and query, where it is this server's own.
    let ownPath: String?
    /// Nil where this server has no address.
    let absolute: String?
    var unixPath: String?
  }

  /// A relative URL is this server's own; so is one that names an address of it.
  private func target(of url: String) throws(Failure) -> Target {
    if url.hasPrefix("/"), !url.hasPrefix("//") {
      let address = server.addresses.first
      return Target(ownPath: url, absolute: address.map { $0.url + url }, unixPath: address?.unixPath)
    }
    if !url.contains("://") {
      throw Failure(
        .argument, "\"\(url.printable(limit: 200))\" is no address to call",
        help: "begin with / for a route of this notebook, or with http:// or https://"
      ).at(parameter: 0)
    }
    return Target(ownPath: OwnAddress.path(of: url, among: server.addresses), absolute: url)
  }

  private func startTransfer(
    _ id: Int, _ method: String, _ target: Target, _ headers: [(name: String, value: String)],
    _ body: [UInt8]?
  ) {
    guard let call = underWay[id] else { return }
    var headers = headers
    if target.ownPath != nil {
      headers.append(mark.field(depth: call.depth, span: machine.span(ofOperation: id)))
    }
    var request = FetchRequest(
      method: method, url: target.absolute ?? "", headers: headers, body: body,
      timeout: call.options.timeout.map { .nanoseconds($0) },
      redirectLimit: call.options.followsRedirects ? OwnRequest.redirectLimit : 0,
      unixSocketPath: target.unixPath)
    request.confidentialHeaders = [OwnCallMark.header]
    let bound = NIOLoopBound(WeakCalls(self), eventLoop: loop)
    let loop = loop
    transferCount += 1
    underWay[id]?.transfer = transfers.start(request) { result in
      loop.execute { bound.value.calls?.completed(id, result) }
    }
  }

  // MARK: Within the process

  /// The turn of a request to this server itself.
  private func ask(_ id: Int) {
    guard let call = underWay[id], let own = call.own else { return }
    if own.body?.count ?? 0 > server.limits.maxBodyBytes {
      return answered(id, StandardPages.bodyTooLarge(limit: server.limits.maxBodyBytes))
    }
    let host = server.addresses.first { $0.unixPath == nil }.map { String($0.url.dropFirst(7)) }
    let field = mark.field(depth: call.depth, span: machine.span(ofOperation: id))
    let request = own.request(host: host ?? "localhost", mark: field)
    let exchange = Exchange(request: request) { [weak self] response in
      self?.answered(id, response)
    }
    underWay[id]?.exchange = exchange
    respond(exchange)
  }

  private func answered(_ id: Int, _ response: Response) {
    guard let own = underWay[id]?.own else { return }
    underWay[id]?.exchange = nil
    if let (location, next) = own.following(response) { return follow(id, location, next) }
    var headers = response.headers.map { (name: $0.name, value: $0.value) }
    let hasBody = response.status != .noContent && response.status != .notModified
    if hasBody, !response.headers.contains(name: "content-length") {
      headers.append(("content-length", "\(response.body.readableBytes)"))
    }
    let base = server.addresses.first?.url ?? ""
    completed(
      id,
      .success(
        FetchResponse(
          status: Int(response.status.code), reason: response.status.reasonPhrase, headers: headers,
          body: own.method == "HEAD" || !hasBody ? [] : Array(response.body.readableBytesView),
          url: base + own.target, elapsed: .zero)))
  }

  private func follow(_ id: Int, _ location: String, _ next: OwnRequest) {
    if next.redirects > OwnRequest.redirectLimit {
      let text = "redirected more than \(OwnRequest.redirectLimit) times, at last to \(location)"
      return completed(id, .failure(FetchError(kind: .tooManyRedirects, message: text.printable(limit: 300))))
    }
    do throws(Failure) {
      let target = try target(of: location)
      var next = next
      if let path = target.ownPath {
        next.target = path
        underWay[id]?.own = next
        machine.enqueue { [weak self] in self?.ask(id) }
      } else {
        underWay[id]?.own = nil
        // Credentials go to nobody else.
        let headers = next.headers.filter {
          !["authorization", "cookie", "proxy-authorization", "host"].contains($0.name.lowercased())
        }
        startTransfer(id, next.method, target, headers, next.body)
      }
    } catch {
      completed(id, .failure(FetchError(kind: .badURL, message: error.message)))
    }
  }

  private func limit(_ id: Int, to timeout: Int) {
    underWay[id]?.timeout = clock.schedule(at: clock.now.addingClamped(timeout)) { [weak self] in
      guard let self, let call = underWay[id] else { return }
      underWay[id]?.timeout = nil
      if let exchange = call.exchange { machine.enqueue { exchange.disconnect() } }
      completed(id, .failure(FetchError(kind: .timedOut, message: Self.noAnswer(within: timeout))))
    }
  }

  // MARK: Ending

  private func take(_ id: Int) -> Call? {
    guard let call = underWay.removeValue(forKey: id) else { return nil }
    if call.transfer != nil { transferCount -= 1 }
    if let token = call.timeout { clock.cancel(token) }
    return call
  }

  private func completed(_ id: Int, _ result: Result<FetchResponse, FetchError>) {
    guard let call = take(id) else { return }
    switch result {
    case .success(let response):
      recorder?.setStatus(response.status, of: machine.span(ofOperation: id))
      let object = ResponseObject(
        method: call.method, status: response.status, reason: response.reason, headers: response.headers,
        body: response.body, url: response.url, elapsed: clock.now - call.started)
      let value = machine.makeInstance(
        responseClass, payload: object, payloadBytes: response.body.count)
      if call.options.checks, response.status >= 400 {
        machine.complete(operation: id, .failure(badStatus(call, response, value)))
      } else {
        machine.complete(operation: id, .success(value))
      }
    case .failure(let error):
      let failure = Failure(
        error.kind == .timedOut ? .timeout : .network,
        "\(call.method) \(call.url.printable(limit: 200)): \(reason(of: error, call))",
        fields: [("url", machine.makeString(call.url))])
      machine.complete(operation: id, .failure(machine.makeErrorValue(failure)))
    }
    onActivity()
  }

  /// Of a handler of this notebook one hears the same whether the request has gone over a connection or not.
  private func reason(of error: FetchError, _ call: Call) -> String {
    guard error.kind == .timedOut, let timeout = call.options.timeout, isOwn(call) else {
      return error.message
    }
    return Self.noAnswer(within: timeout)
  }

  private static func noAnswer(within timeout: Int) -> String {
    "no answer within \(Machine.text(ofDuration: timeout))"
  }

  /// Whether a call is one to this server itself.
  private func isOwn(_ call: Call) -> Bool {
    call.own != nil || (try? target(of: call.url))?.ownPath != nil
  }

  private func badStatus(_ call: Call, _ response: FetchResponse, _ value: Value) -> Value {
    let reason =
      response.reason.isEmpty ? HTTPResponseStatus(statusCode: response.status).reasonPhrase : response.reason
    // What the other side says about it, where it says so in a line of text.
    let isText = response.headers.contains {
      $0.name.lowercased() == "content-type" && $0.value.lowercased().hasPrefix("text/plain")
    }
    let line = isText ? response.body.prefix { $0 != 10 && $0 != 13 } : []
    let says = String(decoding: line, as: UTF8.self)
    let said = line.isEmpty || says.contains(reason) ? "" : ": \(says.printable(limit: 200))"
    let failure = Failure(
      isEndlessChain(call, response) ? .limit : .http,
      "\(call.method) \(call.url.printable(limit: 200)) gave \(response.status) \(reason.printable(limit: 100))\(said)",
      help: "pass check: false to look at such answers yourself",
      fields: [("response", value), ("status", .int(response.status))])
    return machine.makeErrorValue(failure)
  }

  /// Whether a call to this server itself has come to nothing because the chain of such calls has no end.
  private func isEndlessChain(_ call: Call, _ response: FetchResponse) -> Bool {
    response.status == Int(HTTPResponseStatus.loopDetected.code) && isOwn(call)
  }

  /// Nobody wants the answer any more.
  func cancel(operation: Int) {
    guard let call = take(operation) else { return }
    if let transfer = call.transfer { transfers.cancel(transfer) }
    if let exchange = call.exchange {
      // Its handler learns of it in its own turn, as from a connection that closes.
      machine.enqueue { exchange.disconnect() }
    }
  }

  func describe(operation: Int) -> String? {
    underWay[operation].map { "\($0.method) \($0.url.printable(limit: 200))" }
  }

  func cancelAll() {
    for id in underWay.keys.sorted() { cancel(operation: id) }
  }
}

/// Lets a transfer that ends after its kernel find nobody.
private final class WeakCalls {
  weak var calls: OutboundCalls?
  init(_ calls: OutboundCalls) { self.calls = calls }
}
