import NIOCore
import NIOHTTP1
import VM
import Web

/// Where requests meet fibers: finds the route, runs its handler, answers with what it gives.
final class RequestDesk {
  private let machine: Machine
  private let routes: RouteRegistry
  private let replies: ReplyMaker
  private let requestClass: InstanceClass
  private let bodies: BodyWriting
  private let clock: any Clock
  /// Hears of errors behind a 500 and of answered requests.
  private let emit: (KernelEvent) -> Void
  var logsRequests = false
  /// How wide the window is in which errors are read.
  var columns: () -> Int? = { nil }
  /// Lets what became ready run.
  var onActivity: () -> Void = {}
  /// Takes the requests for WebSockets.
  unowned var sockets: SocketDesk!
  private let ownership: Ownership
  /// How many requests, each made for the next, have led to a request, and what call of them made it.
  private let origin: (Request) -> (depth: Int, caller: SpanID)
  private let recorder: TraceRecorder?
  private var isOver = false

  private var underWay: [TaskID: Work] = [:]
  /// The exchange whose handler runs for the first time: most end there, and are never looked up.
  private var starting: (task: TaskID, work: Work)?

  private struct Work {
    let exchange: Exchange
    let route: RouteRecord
    let started: Int
    /// The notebook asks itself, within the process.
    let isOwn: Bool
    let span: SpanID
    /// Where its body is written to, while it streams.
    var writer: StreamWriter?
    /// That of its head; 0 before it streams.
    var status = 0
  }

  init(
    machine: Machine, routes: RouteRegistry, replies: ReplyMaker, requestClass: InstanceClass,
    bodies: BodyWriting, clock: any Clock, ownership: Ownership,
    origin: @escaping (Request) -> (depth: Int, caller: SpanID), recorder: TraceRecorder?,
    emit: @escaping (KernelEvent) -> Void
  ) {
    self.machine = machine
    self.routes = routes
    self.replies = replies
    self.requestClass = requestClass
    self.bodies = bodies
    self.clock = clock
    self.ownership = ownership
    self.origin = origin
    self.recorder = recorder
    self.emit = emit
  }

  /// Requests whose handlers have not ended.
  var count: Int { underWay.count }
  /// Those of them that came from outside.
  private(set) var clientCount = 0

  // MARK: Asking

  /// - Parameters:
  ///   - isOwn: whether the notebook asks itself within the process.
  ///   - arrived: when it came, where it was held until now.
  func handle(_ exchange: Exchange, isOwn: Bool = false, arrived: Int? = nil) {
    if isOver { return exchange.respond(RequestDesk.restarted) }
    let request = exchange.request
    if request.asksForWebSocket, sockets.handle(exchange) { return }
    switch routes.table.resolve(method: request.method, path: request.path) {
    case .match(let number, let values):
      guard let route = routes.record(number) else { return }
      start(route, values, exchange, isOwn: isOwn, arrived: arrived)
    case .methodNotAllowed(let allow):
      answer(
        exchange, StandardPages.methodNotAllowed(method: request.method, path: request.path, allow: allow))
    case .options(let allow): answer(exchange, StandardPages.options(allow: allow))
    case .notFound where routes.socket(at: request.path) != nil:
      answer(exchange, StandardPages.upgradeRequired(path: request.path))
    case .notFound(let nearMiss):
      answer(exchange, notFound(request, nearMiss))
    case .badPath(let reason): answer(exchange, StandardPages.badRequest(reason))
    }
  }

  private func notFound(_ request: Request, _ nearMiss: NearMiss?) -> Response {
    var response = StandardPages.notFound(method: request.method, path: request.path, nearMiss: nearMiss)
    guard request.isFromThisMachine else { return response }
    let lost = ownership.cellsDeclaring(method: request.method, path: request.path)
    if !lost.isEmpty {
      let list = lost.map { "[\($0)]" }.joined(separator: ", ")
      response.body.writeString(
        "Cell \(list) defines it, and another cell that replaced it is gone: run \(list) again.\n")
    } else if let near = nearMiss?.pattern,
      let cell = routes.records.values.first(where: { $0.pattern.key == near.key })?.cell
    {
      response.body.writeString("It is defined in cell [\(cell)].\n")
    }
    return response
  }

  private func start(
    _ route: RouteRecord, _ values: [PathValue], _ exchange: Exchange, isOwn: Bool, arrived: Int?
  ) {
    route.hits += 1
    let arguments = self.arguments(of: route, values, exchange)
    let task = machine.upcomingTask
    let request = exchange.request
    let (depth, caller) = origin(request)
    let span =
      recorder?.begin(
        .request(request.method, target: request.target), cell: ownership.cell(of: route.owner),
        caller: caller, isOwn: caller != .none || depth > 1, arrived: arrived)
      ?? .none
    let work = Work(exchange: exchange, route: route, started: arrived ?? clock.now, isOwn: isOwn, span: span)
    machine.moment = clock.now
    starting = (task, work)
    machine.start(
      route.handler.value, arguments, owner: route.owner, followsDeferred: true,
      requestDepth: depth, span: span)
    if let starting, starting.task == task {
      self.starting = nil
      underWay[task] = work
      if !isOwn { clientCount += 1 }
      exchange.onDisconnect = { [weak self] in self?.abandon(task) }
    }
    onActivity()
  }

  /// What a handler is called with: the parameters of its pattern, and the request where it uses that.
  func arguments(of route: RouteRecord, _ values: [PathValue], _ exchange: Exchange) -> [Value] {
    var arguments: [Value] = []
    arguments.reserveCapacity(values.count + 1)
    for value in values {
      switch value {
      case .string(let text): arguments.append(machine.makeString(text))
      case .int(let number): arguments.append(.int(number))
      case .float(let number): arguments.append(.double(number))
      }
    }
    arguments.append(route.usesRequest ? requestObject(exchange, route, arguments) : .nil)
    return arguments
  }

  private func requestObject(_ exchange: Exchange, _ route: RouteRecord, _ values: [Value]) -> Value {
    let params = Array(zip(route.pattern.parameterNames, values))
    let request = exchange.request
    let chunks = RequestChunks(
      bodies.operations, exchange.incomingBody ?? IncomingBody(whole: request.body),
      comesInPieces: exchange.incomingBody != nil)
    return machine.makeInstance(
      requestClass, fields: [machine.makeDictionary(params)],
      payload: RequestObject(request, params: params, chunks: chunks),
      payloadBytes: request.body.readableBytes)
  }

  // MARK: Answering

  /// A handler has ended; false where the task is none of this desk's.
  func finished(task: TaskID, _ outcome: Outcome) -> Bool {
    let work: Work
    if let starting, starting.task == task {
      work = starting.work
      self.starting = nil
    } else if let found = take(task) {
      work = found
    } else {
      return false
    }
    if work.writer != nil {
      bodyEnded(work, outcome)
      return true
    }
    do throws(Failure) {
      switch outcome {
      case .success(let value):
        let response = try replies.response(for: value)
        if let (stream, body) = replies.stream(in: value) {
          begin(work, response, stream, body)
        } else {
          finish(work, response)
        }
      case .failure(let error): fail(work, error)
      }
    } catch {
      // No code has thrown this: it is the handler's value that is wrong.
      let error = machine.makeErrorValue(error)
      machine.setOrigin(machine.place(of: work.route.handler.value), of: error)
      fail(work, error)
    }
    return true
  }

  private func take(_ task: TaskID) -> Work? {
    guard let work = underWay.removeValue(forKey: task) else { return nil }
    if !work.isOwn { clientCount -= 1 }
    return work
  }

  // MARK: Streaming

  /// Starts the body of a streamed answer, as a fiber of its own.
  private func begin(_ work: Work, _ head: Response, _ stream: StreamObject, _ body: Value) {
    let writer = bodies.writer(for: work.exchange, head: head, stream)
    var work = work
    work.writer = writer
    work.status = Int(head.status.code)
    work.route.latency.add(clock.now - work.started)
    if work.exchange.request.method == .HEAD { return bodyEnded(work, .success(.nil)) }
    let task = machine.upcomingTask
    underWay[task] = work
    if !work.isOwn { clientCount += 1 }
    work.exchange.onDisconnect = { [weak self] in self?.abandon(task) }
    machine.start(
      body, [bodies.value(of: writer)], owner: work.route.owner, followsDeferred: true,
      requestDepth: origin(work.exchange.request).depth, span: work.span)
    // Once it waits for the first time its head goes out.
    machine.enqueue { writer.begin() }
    onActivity()
  }

  /// The body of a streamed answer is written, or has failed.
  private func bodyEnded(_ work: Work, _ outcome: Outcome) {
    guard let writer = work.writer else { return }
    switch outcome {
    case .success:
      writer.finish()
      end(work, writer)
    case .failure(let error):
      if !writer.hasBegun {
        writer.abort()
        var work = work
        work.writer = nil
        return fail(work, error)
      }
      tell(error, of: work, what: "after \(writer.byteCount) bytes of the answer to")
      writer.abort()
      end(work, writer, .failed)
    }
  }

  /// A streamed answer is over.
  private func end(_ work: Work, _ writer: StreamWriter, _ outcome: TracedOutcome = .succeeded) {
    recorder?.end(work.span, outcome, status: work.status)
    if logsRequests {
      log(
        work.exchange.request, status: work.status, bytes: writer.byteCount, work.route, started: work.started
      )
    }
  }

  // MARK: Failing

  private func fail(_ work: Work, _ error: Value) {
    // An error that no code has thrown, as of a deferred that was cancelled, is at least the handler's.
    machine.setOrigin(machine.place(of: work.route.handler.value), of: error)
    let report = machine.report(of: error)
    let status = ErrorPage.status(of: error, report, in: machine)
    if report.kind == Failure.Kind.status.rawValue {
      return finish(work, .text(status, report.message + "\n"))
    }
    let request = work.exchange.request
    // An endless chain of calls is told where it was stopped, not by each of those that wait for it.
    let isToldAlready = status == .loopDetected && !machine.errorField("response", of: error).isNil
    if isToldAlready {
      work.route.errors += 1
    } else {
      tell(error, of: work, what: "\(status.code) for")
    }
    finish(work, ErrorPage.response(report, status: status, to: request))
  }

  /// Tells of an error of a handler, or of what it has left behind to stream.
  private func tell(_ error: Value, of work: Work, what: String) {
    tell(error, of: work.route, work.exchange.request, what: what)
  }

  func tell(_ error: Value, of route: RouteRecord, _ request: Request, what: String) {
    route.errors += 1
    emit(
      .failure(
        cell: ownership.cell(of: route.owner),
        text:
          "\(what) \(request.method.rawValue.printable(limit: 20)) \(request.target.printable(limit: 200))\n"
          + ErrorRenderer(columns: columns().map { $0 - Kernel.labelWidth }).render(
            machine.report(of: error))))
  }

  private func finish(_ work: Work, _ response: Response) {
    if let writer = work.writer {
      // Its answer is under way: all that can be done is to end it.
      if writer.hasBegun {
        writer.abort()
        return end(work, writer, .cancelled)
      }
      writer.abort()
    }
    recorder?.end(
      work.span, response.status.code < 500 ? .succeeded : .failed, status: Int(response.status.code))
    if work.status == 0 { work.route.latency.add(clock.now - work.started) }
    if logsRequests {
      log(
        work.exchange.request, status: Int(response.status.code), bytes: response.body.readableBytes,
        work.route, started: work.started)
    }
    work.exchange.respond(response)
  }

  private func answer(_ exchange: Exchange, _ response: Response) {
    if logsRequests {
      log(
        exchange.request, status: Int(response.status.code), bytes: response.body.readableBytes, nil,
        started: clock.now)
    }
    exchange.respond(response)
  }

  /// What a log says, as nginx's does, of a client that went before its answer came: nobody is sent it.
  private static let clientGone = 499

  func log(_ request: Request, status: Int, bytes: Int, _ route: RouteRecord?, started: Int) {
    emit(
      .served(
        ServedRequest(
          method: request.method.rawValue, target: request.target, status: status,
          duration: .nanoseconds(clock.now - started), bytes: bytes,
          remote: request.remoteAddress?.ipAddress ?? "local",
          cell: route.flatMap { ownership.cell(of: $0.owner) })))
  }

  // MARK: Going

  /// What is under way: the tasks and their requests.
  var requests: [(task: TaskID, request: Request, owner: UInt32, started: Int)] {
    underWay.map { ($0, $1.exchange.request, $1.route.owner, $1.started) }
  }

  /// Ends a request on behalf of a person: its client is answered 503, its handler is unwound.
  func cancel(_ task: TaskID) {
    guard let work = take(task) else { return }
    finish(work, StandardPages.unavailable("the request was cancelled at the prompt"))
    machine.abandon(task, .cancelledAtPrompt)
    onActivity()
  }

  private func abandon(_ task: TaskID) {
    guard let work = take(task) else { return }
    if let writer = work.writer {
      writer.close()
      end(work, writer, .cancelled)
    } else {
      recorder?.end(work.span, .cancelled)
    }
    if logsRequests, work.writer == nil {
      log(work.exchange.request, status: RequestDesk.clientGone, bytes: 0, work.route, started: work.started)
    }
    machine.abandon(task, Failure(.cancelled, "cancelled: the client has gone"))
    onActivity()
  }

  /// Whoever waits is told that the server ends.
  func dismissAll() {
    for task in underWay.keys.sorted(by: { $0.number < $1.number }) {
      if let work = take(task) { finish(work, StandardPages.unavailable("the notebook is being stopped")) }
    }
    sockets.dismissAll()
  }

  /// The kernel ends: whoever waits is told so, and whoever comes.
  func close() {
    isOver = true
    for task in underWay.keys.sorted(by: { $0.number < $1.number }) {
      if let work = take(task) { finish(work, RequestDesk.restarted) }
    }
  }

  private static var restarted: Response {
    StandardPages.unavailable("the notebook's kernel was restarted")
  }
}
