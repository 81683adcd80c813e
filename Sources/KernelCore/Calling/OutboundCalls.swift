import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import VM
import Web

/// Calls from the language to HTTP services: others by libcurl, this server itself by its own address, or
/// within the process under a virtual clock.
final class OutboundCalls {
  let machine: Machine
  private let clock: any Clock
  private let loop: any EventLoop
  private let transfers: TransferPool
  private let server: HTTPServer
  let responseClass: InstanceClass
  let fileClass: InstanceClass
  let jarClass: InstanceClass
  /// For boundaries and waits.
  var random: CallRandom
  private let isVirtual: Bool
  private let mark: OwnCallMark
  private let recorder: TraceRecorder?
  /// Takes a request within the process, as the server would.
  var respond: (Exchange) -> Void = { _ in }
  var onActivity: () -> Void = {}

  private var underWay: [Int: Call] = [:]
  /// Calls that leave the process: while there are any, virtual time stands still.
  private(set) var transferCount = 0
  /// Calls that wait until they are made again.
  private(set) var pauseCount = 0

  struct Call {
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
    /// What has left the process, without what is only for its address: cookies and our own mark.
    var request: FetchRequest?
    /// How many redirects of it were followed here.
    var redirects = 0
    /// When this attempt must have its answer, by the clock.
    var deadline: Int?
    /// When this attempt began, by the clock.
    var begun: Int
    var attempts: RepeatedAttempts
    /// Brings the next attempt.
    var pause: ClockToken?

    /// Tells what comes of this attempt from what comes late of one before.
    var number: Int { attempts.ended.count }
  }

  init(
    machine: Machine, clock: any Clock, loop: any EventLoop, transfers: TransferPool, server: HTTPServer,
    responseClass: InstanceClass, fileClass: InstanceClass, isVirtual: Bool,
    mark: OwnCallMark, recorder: TraceRecorder?
  ) {
    self.recorder = recorder
    self.machine = machine
    self.clock = clock
    self.loop = loop
    self.transfers = transfers
    self.server = server
    self.responseClass = responseClass
    self.fileClass = fileClass
    jarClass = CookieJarObject.define(in: machine) { Self.seconds(of: clock) }
    random = CallRandom(repeats: isVirtual)
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
    /// Nanoseconds for each attempt; nil for no limit.
    var timeout: Int?
    /// How many times the call is made again where that may help.
    var retries = 0
    /// Where cookies come from and go to.
    var jar: CookieJarObject?
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
    underWay[id] = Call(
      method: method, url: url, started: clock.now, options: options, depth: depth, begun: clock.now,
      attempts: RepeatedAttempts(retries: options.retries))
    attempt(id, target)
    return deferred
  }

  /// Makes a call, once.
  private func attempt(_ id: Int, _ target: Target) {
    guard let call = underWay[id] else { return }
    let options = call.options
    underWay[id]?.begun = clock.now
    underWay[id]?.deadline = options.timeout.map { clock.now.addingClamped($0) }
    let staysInProcess =
      isVirtual || options.staysInProcess || target.absolute == nil
      || transferCount >= OutboundCalls.ownTransfers
    if let path = target.ownPath, staysInProcess {
      underWay[id]?.own = OwnRequest(
        method: call.method, target: path, headers: options.headers, body: options.body,
        followsRedirects: options.followsRedirects)
      if let timeout = options.timeout { limit(id, to: timeout) }
      // The handler starts when the running code waits or ends.
      machine.enqueue { [weak self] in self?.ask(id, attempt: call.number) }
    } else {
      startTransfer(id, call.method, target, options.headers, options.body)
    }
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

  struct Target {
    /// Path and query, where it is this server's own.
    let ownPath: String?
    /// Nil where this server has no address.
    let absolute: String?
    var unixPath: String?
  }

  /// A relative URL is this server's own; so is one that names an address of it.
  func target(of url: String) throws(Failure) -> Target {
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
    let request = FetchRequest(
      method: method, url: target.absolute ?? "", headers: headers, body: body,
      redirectLimit: call.options.followsRedirects ? OwnRequest.redirectLimit : 0,
      unixSocketPath: target.unixPath)
    transfer(id, request, isOwn: target.ownPath != nil)
  }

  /// Lets a request leave the process.
  private func transfer(_ id: Int, _ request: FetchRequest, isOwn: Bool) {
    guard let call = underWay[id] else { return }
    underWay[id]?.request = request
    var request = request
    if isOwn { request.headers.append(mark.field(depth: call.depth, span: machine.span(ofOperation: id))) }
    request.confidentialHeaders = [OwnCallMark.header]
    if let jar = call.options.jar {
      // Each answer on the way may set cookies, so each is looked at here.
      request.redirectLimit = 0
      request.headers = jar.adding(to: request.headers, for: request.url, now: seconds)
    }
    if let timeout = call.options.timeout {
      let left = call.redirects > 0 ? (call.deadline ?? .max) - clock.now : timeout
      request.timeout = .nanoseconds(max(1, left))
    }
    let bound = NIOLoopBound(WeakCalls(self), eventLoop: loop)
    let (loop, attempt) = (loop, call.number)
    transferCount += 1
    underWay[id]?.transfer = transfers.start(request) { result in
      loop.execute { bound.value.calls?.transferred(id, attempt: attempt, result) }
    }
  }

  /// What has left the process has come back.
  private func transferred(_ id: Int, attempt: Int, _ result: Result<FetchResponse, FetchError>) {
    guard let call = underWay[id], call.number == attempt else { return }
    releaseTransfer(id)
    guard case .success(let response) = result, let jar = call.options.jar, let request = call.request else {
      return completed(id, result)
    }
    jar.take(response.headers, from: response.url, now: seconds)
    guard call.options.followsRedirects else { return completed(id, result) }
    do throws(FetchError) {
      guard let next = try request.following(response) else { return completed(id, result) }
      if call.redirects == OwnRequest.redirectLimit { throw Self.redirected(to: next.url) }
      underWay[id]?.redirects += 1
      transfer(id, next, isOwn: OwnAddress.path(of: next.url, among: server.addresses) != nil)
    } catch {
      completed(id, .failure(error))
    }
  }

  private func releaseTransfer(_ id: Int) {
    if underWay[id]?.transfer == nil { return }
    underWay[id]?.transfer = nil
    transferCount -= 1
  }

  /// The time of cookies, in seconds since 1970.
  private var seconds: Int { Self.seconds(of: clock) }

  private static func seconds(of clock: any Clock) -> Int {
    // A virtual clock goes further than anything lasts.
    Int(min(clock.date.timeIntervalSince1970, 1e15))
  }

  // MARK: Within the process

  /// The turn of a request to this server itself.
  private func ask(_ id: Int, attempt: Int) {
    guard let call = underWay[id], let own = call.own, call.number == attempt else { return }
    if own.body?.count ?? 0 > server.limits.maxBodyBytes {
      return answered(id, attempt: attempt, StandardPages.bodyTooLarge(limit: server.limits.maxBodyBytes))
    }
    let host = server.addresses.first { $0.unixPath == nil }.map { String($0.url.dropFirst(7)) }
    let field = mark.field(depth: call.depth, span: machine.span(ofOperation: id))
    var asked = own
    if let jar = call.options.jar {
      asked.headers = jar.adding(to: own.headers, for: address(of: own), now: seconds)
    }
    let request = asked.request(host: host ?? "localhost", mark: field)
    let exchange = Exchange(request: request, bodyLimit: FetchRequest.defaultBodyLimit) {
      [weak self] result in
      switch result {
      case .success(let response): self?.answered(id, attempt: attempt, response)
      case .failure(let failure): self?.broken(id, attempt: attempt, failure)
      }
    }
    underWay[id]?.exchange = exchange
    respond(exchange)
  }

  /// The absolute address of a request to this server itself.
  private func address(of own: OwnRequest) -> String {
    (server.addresses.first?.url ?? "http://localhost") + own.target
  }

  private func answered(_ id: Int, attempt: Int, _ response: Response) {
    guard let call = underWay[id], let own = call.own, call.number == attempt else { return }
    underWay[id]?.exchange = nil
    call.options.jar?.take(
      response.headers.map { (name: $0.name, value: $0.value) }, from: address(of: own), now: seconds)
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

  private func broken(_ id: Int, attempt: Int, _ failure: BodyFailure) {
    guard let call = underWay[id], call.own != nil, call.number == attempt else { return }
    underWay[id]?.exchange = nil
    completed(id, .failure(Self.error(of: failure)))
  }

  private func follow(_ id: Int, _ location: String, _ next: OwnRequest) {
    if next.redirects > OwnRequest.redirectLimit {
      return completed(id, .failure(Self.redirected(to: location)))
    }
    do throws(Failure) {
      let target = try target(of: location)
      var next = next
      if let path = target.ownPath {
        next.target = path
        underWay[id]?.own = next
        guard let attempt = underWay[id]?.number else { return }
        machine.enqueue { [weak self] in self?.ask(id, attempt: attempt) }
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

  private static func redirected(to location: String) -> FetchError {
    let text = "redirected more than \(OwnRequest.redirectLimit) times, at last to \(location)"
    return FetchError(kind: .tooManyRedirects, message: text.printable(limit: 300))
  }

  private func limit(_ id: Int, to timeout: Int) {
    underWay[id]?.timeout = clock.schedule(at: clock.now.addingClamped(timeout)) { [weak self] in
      guard let self, let call = underWay[id] else { return }
      underWay[id]?.timeout = nil
      if let exchange = call.exchange { machine.enqueue { exchange.disconnect() } }
      // A redirect may have led out of the process.
      if let transfer = call.transfer { transfers.cancel(transfer) }
      completed(id, .failure(FetchError(kind: .timedOut, message: Self.noAnswer(within: timeout))))
    }
  }

  // MARK: Ending

  /// Ends what an attempt holds: its connection, its limit, its wait for the next.
  private func release(_ id: Int) {
    releaseTransfer(id)
    if let token = underWay[id]?.timeout { clock.cancel(token) }
    underWay[id]?.timeout = nil
    if let token = underWay[id]?.pause {
      clock.cancel(token)
      pauseCount -= 1
    }
    underWay[id]?.pause = nil
  }

  private func completed(_ id: Int, _ result: Result<FetchResponse, FetchError>) {
    release(id)
    if let pause = pauseBeforeAnother(id, after: result) {
      wait(id, pause)
      return onActivity()
    }
    guard let call = underWay.removeValue(forKey: id) else { return }
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
      machine.complete(operation: id, .failure(noAnswer(call, error)))
    }
    onActivity()
  }

  // MARK: Again

  /// Notes how an attempt ended; gives the wait before the next in nanoseconds, or nil where there is none.
  private func pauseBeforeAnother(_ id: Int, after result: Result<FetchResponse, FetchError>) -> Int? {
    guard let call = underWay[id], call.options.retries > 0 else { return nil }
    var (status, reason, wish): (Int?, String, Int?) = (nil, "", nil)
    switch result {
    case .success(let response):
      (status, wish) = (response.status, response.retryAfter(now: seconds))
    case .failure(let error): reason = self.reason(of: error, call)
    }
    let attempt = RepeatedAttempts.Attempt(
      begun: call.begun - call.started, status: status, reason: reason)
    return underWay[id]?.attempts.note(
      attempt, isWorthRepeating: RepeatedAttempts.isWorthRepeating(result), wish: wish,
      chance: random.fraction())
  }

  private func wait(_ id: Int, _ pause: Int) {
    underWay[id]?.own = nil
    underWay[id]?.exchange = nil
    underWay[id]?.request = nil
    underWay[id]?.redirects = 0
    pauseCount += 1
    underWay[id]?.pause = clock.schedule(at: clock.now.addingClamped(pause)) { [weak self] in
      guard let self, let call = underWay[id] else { return }
      pauseCount -= 1
      underWay[id]?.pause = nil
      do throws(Failure) {
        attempt(id, try target(of: call.url))
      } catch {
        completed(id, .failure(FetchError(kind: .badURL, message: error.message)))
      }
      onActivity()
    }
  }

  /// Nobody wants the answer any more.
  func cancel(operation: Int) {
    guard let call = underWay[operation] else { return }
    release(operation)
    underWay[operation] = nil
    if let transfer = call.transfer { transfers.cancel(transfer) }
    if let exchange = call.exchange {
      // Its handler learns of it in its own turn, as from a connection that closes.
      machine.enqueue { exchange.disconnect() }
    }
  }

  func describe(operation: Int) -> String? {
    underWay[operation].map { call in
      let again = call.number > 0 ? ", attempt \(call.number + 1)" : ""
      return "\(call.method) \(call.url.printable(limit: 200))\(again)"
    }
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
