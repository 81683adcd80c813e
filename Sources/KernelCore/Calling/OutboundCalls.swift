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
  let clock: any Clock
  let loop: any EventLoop
  let transfers: TransferPool
  let server: HTTPServer
  let streamOperations: StreamOperations
  let streams: StreamObject.Classes
  let responseClass: InstanceClass
  let fileClass: InstanceClass
  let jarClass: InstanceClass
  /// For boundaries and waits.
  var random: CallRandom
  let configuration: CallConfiguration
  let isVirtual: Bool
  let mark: OwnCallMark
  let recorder: TraceRecorder?
  /// What names the server by the addresses that it had.
  private var known: (addresses: [BoundAddress], authorities: Set<String>) = ([], [])
  /// Takes a request within the process, as the server would.
  var respond: (Exchange) -> Void = { _ in }
  var onActivity: () -> Void = {}
  /// Told on whose behalf, and of which host, the certificate is not checked.
  var onUncheckedCertificate: (_ owner: UInt32, _ host: String) -> Void = { _, _ in }
  var uncheckedHosts = UncheckedHosts()

  var underWay: [Int: Call] = [:]
  /// This, for what comes of calls that have left the process, maybe when nobody wants it any more.
  private(set) lazy var reference = NIOLoopBound(WeakCalls(self), eventLoop: loop)
  /// Calls that leave the process: while there are any, virtual time stands still.
  var transferCount = 0
  /// Bodies that are read as they come, from their heads to their ends.
  var openBodies = OpenBodies()
  /// Bodies of calls that are being written, by the calls' numbers.
  var writings: [Int: CallWriting] = [:]
  /// Which call each of their fibers writes for.
  var writingTasks: [TaskID: Int] = [:]
  /// Whether a route of this notebook reads the body of a request as it comes.
  var readsBodyAsItComes: (_ method: String, _ target: String) -> Bool = { _, _ in false }
  /// Calls that wait until they are made again.
  var pauseCount = 0

  init(
    machine: Machine, clock: any Clock, loop: any EventLoop, transfers: TransferPool, server: HTTPServer,
    streamOperations: StreamOperations, streams: StreamObject.Classes, responseClass: InstanceClass,
    fileClass: InstanceClass,
    configuration: KernelConfiguration, mark: OwnCallMark, recorder: TraceRecorder?
  ) {
    self.recorder = recorder
    self.machine = machine
    self.clock = clock
    self.loop = loop
    self.transfers = transfers
    self.server = server
    self.streamOperations = streamOperations
    self.streams = streams
    self.responseClass = responseClass
    self.fileClass = fileClass
    jarClass = CookieJarObject.define(in: machine) { Self.seconds(of: clock) }
    self.configuration = configuration.calls
    isVirtual = configuration.isClockVirtual
    random = CallRandom(repeats: configuration.isClockVirtual)
    self.mark = mark
  }

  var count: Int { underWay.count }

  /// The calls under way, by the numbers of their operations.
  var operations: [(id: Int, started: Int)] { underWay.map { ($0, $1.started) } }

  /// The requests of which each was made for the next, up to this one, and the call that made it.
  func origin(of request: Request) -> (requests: RequestChain, caller: SpanID) {
    underWay.isEmpty ? (RequestChain.none.next, .none) : mark.origin(of: request)
  }

  // MARK: Starting

  /// Starts a call; gives the deferred of its response.
  ///
  /// - Parameter requests: on behalf of which it is made.
  func start(
    _ method: String, _ url: String, _ options: Options, owner: UInt32, requests: RequestChain = .none,
    task: TaskID? = nil
  ) throws(Failure) -> Value {
    if underWay.count + openBodies.count >= OutboundCalls.limit { throw OutboundCalls.tooMany }
    let target = try self.target(of: url)
    if target.ownPath != nil, requests.count >= OwnCallMark.depthLimit { throw OutboundCalls.endlessChain }
    let (id, deferred) = machine.beginOperation(owner: owner, .call(method: method, url: url.withoutPassword))
    underWay[id] = Call(method, url, options, owner: owner, requests: requests, task: task, at: clock.now)
    if options.timeout != nil || options.connectTimeout != nil {
      recorder?.limits(machine.span(ofOperation: id))
    }
    attempt(id, target)
    return deferred
  }

  /// Makes a call, once.
  func attempt(_ id: Int, _ target: Target) {
    guard let call = underWay[id] else { return }
    let options = call.options
    call.begun = clock.now
    call.deadline = options.timeout.map { call.begun.addingClamped($0) }
    let staysInProcess =
      isVirtual || options.staysInProcess || server.addresses.isEmpty
      || transferCount + openBodies.count >= ownTransfers
    let request = request(for: call, to: target)
    if target.ownPath != nil, staysInProcess {
      call.own = OwnRequest(request: request, isWritten: options.writes != nil)
      if let timeout = options.timeout { limit(id, to: timeout) }
      // The handler starts when the running code waits or ends.
      let attempt = call.number
      machine.enqueue { [weak self] in self?.ask(id, attempt: attempt) }
    } else {
      transfer(id, request, isOwn: target.ownPath != nil)
    }
  }

  /// Where so many calls have left the process, those to this server itself stay within it: handlers that call each
  /// other, or others, would otherwise hold all connections while what they wait for queues for one.
  private var ownTransfers: Int {
    min(256, transfers.limits.connectionsPerHost, transfers.limits.connections / 2)
  }

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
    let absolute: String
    var unixPath: String?
  }

  /// A relative URL is this server's own; so is one that names an address of it.
  func target(of url: String) throws(Failure) -> Target {
    if url.hasPrefix("/"), !url.hasPrefix("//") {
      let address = server.addresses.first
      return Target(
        ownPath: url, absolute: (address?.url ?? "http://localhost") + url, unixPath: address?.unixPath)
    }
    if url.endOfScheme == nil {
      throw Failure(
        .argument, "\"\(url.withoutPassword.printable(limit: 200))\" is no address to call",
        help: "begin with / for a route of this notebook, or with http:// or https://"
      ).at(parameter: 0)
    }
    return Target(ownPath: OwnAddress.path(of: url, among: server.addresses), absolute: url)
  }

  /// All that names this server.
  var ownAuthorities: Set<String> {
    let addresses = server.addresses
    if known.addresses != addresses { known = (addresses, OwnAddress.authorities(of: addresses)) }
    return known.authorities
  }

  /// The time of cookies, in seconds since 1970.
  var seconds: Int { Self.seconds(of: clock) }

  private static func seconds(of clock: any Clock) -> Int {
    // A virtual clock goes further than anything lasts.
    Int(min(clock.date.timeIntervalSince1970, 1e15))
  }

  /// A call was redirected more often than it may be, at last by an answer.
  func tooManyRedirects(_ call: Call, lastly answer: FetchResponse) -> FetchError {
    .tooManyRedirects(
      from: (try? target(of: call.url))?.absolute ?? call.url, limit: OwnRequest.redirectLimit,
      lastly: answer.location ?? "")
  }

  /// - Parameter left: what is left of it, where some of it is over.
  func limit(_ id: Int, to timeout: Int, left: Int? = nil) {
    underWay[id]?.timeout = clock.schedule(at: clock.now.addingClamped(left ?? timeout)) { [weak self] in
      guard let self, let call = underWay[id] else { return }
      call.timeout = nil
      if let exchange = call.exchange { machine.enqueue { exchange.disconnect() } }
      // A redirect may have led out of the process.
      if let transfer = call.transfer { transfers.cancel(transfer) }
      completed(id, .failure(FetchError(kind: .timedOut, message: Self.noAnswer(within: timeout))))
    }
  }

  // MARK: Ending

  /// Ends what an attempt holds: its connection, its limit, its wait for the next.
  func release(_ id: Int) {
    guard let call = underWay[id] else { return }
    releaseTransfer(of: call)
    if let token = call.timeout { clock.cancel(token) }
    call.timeout = nil
    if let token = call.pause {
      clock.cancel(token)
      pauseCount -= 1
    }
    call.pause = nil
  }

  func completed(_ id: Int, _ result: Result<FetchResponse, FetchError>) {
    release(id)
    if let pause = pauseBeforeAnother(id, after: result) {
      wait(id, pause)
      return onActivity()
    }
    finish(id, result)
  }

  /// Gives a call what has come of it.
  ///
  /// - Parameter stream: the body of the answer, where that comes in pieces.
  func finish(_ id: Int, _ result: Result<FetchResponse, FetchError>, stream: AnswerBody? = nil) {
    guard let call = underWay.removeValue(forKey: id) else { return }
    // Of an answer that is read as it comes, the rest may depend on what is still written.
    if stream?.source == nil { endWriting(id) }
    switch result {
    case .success(let response):
      recorder?.answered(response.status, response.connections, machine.span(ofOperation: id))
      let object = ResponseObject(
        method: call.method, status: response.status, reason: response.reason, headers: response.headers,
        body: response.body, url: response.url, elapsed: clock.now - call.started, stream: stream)
      let value = machine.makeInstance(
        responseClass, payload: object,
        payloadBytes: stream == nil ? response.body.count : IncomingBody.maxHeldBytes)
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

  /// Nobody wants the answer any more.
  func cancel(operation: Int) {
    guard let call = underWay[operation] else { return }
    let transfer = call.transfer
    release(operation)
    underWay[operation] = nil
    endWriting(operation)
    call.body?.close()
    if let transfer { transfers.cancel(transfer) }
    if let exchange = call.exchange {
      // Its handler learns of it in its own turn, as from a connection that closes.
      machine.enqueue { exchange.disconnect() }
    }
  }

  func describe(operation: Int) -> String? {
    underWay[operation].map { call in
      let again = call.number > 0 ? ", attempt \(call.number + 1)" : ""
      return "\(call.name)\(again)"
    }
  }

  func cancelAll() {
    for id in underWay.keys.sorted() { cancel(operation: id) }
    closeBodies()
    for id in writings.keys.sorted() { endWriting(id) }
  }
}

/// Lets what comes of a transfer find nobody, where the kernel is gone.
final class WeakCalls {
  private(set) weak var calls: OutboundCalls?

  init(_ calls: OutboundCalls) { self.calls = calls }
}
