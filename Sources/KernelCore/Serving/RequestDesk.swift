import NIOCore
import NIOHTTP1
import VM
import Web

/// Where requests meet fibers: finds the route, runs its handler, answers with what it gives.
final class RequestDesk {
  private let machine: Machine
  private let routes: RouteRegistry
  private let surroundings: Surroundings
  private let replies: ReplyMaker
  let requestClass: InstanceClass
  private let bodies: BodyWriting
  private let clock: any Clock
  let reporter: RequestReporter
  /// Told of a handler that has given a stream, and of the task that writes it.
  var onStream: (_ handler: TaskID, _ stream: TaskID) -> Void = { _, _ in }
  /// Lets what became ready run.
  var onActivity: () -> Void = {}
  /// Takes the requests for WebSockets.
  unowned var sockets: SocketDesk!
  private let ownership: Ownership
  /// How many requests, each made for the next, have led to a request, and what call of them made it.
  private let origin: (Request) -> (requests: RequestChain, caller: SpanID)
  private let recorder: TraceRecorder?
  private var surrounded: SurroundedRequests!
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
    /// Nil where nothing surrounds its path.
    let surrounded: Surrounded?
    /// Where its body is written to, while it streams.
    var writer: StreamWriter?
    /// That of its head; 0 before it streams.
    var status = 0
    /// What opens the WebSocket that it asks for, once what surrounds the path lets it.
    var opening: ((Work) -> Void)?
    /// It is what an error of an answer that was to be streamed has come to.
    var isRecovered = false

    /// Closes the file that was opened to answer it.
    func closeFile(_ desk: RequestDesk) {
      guard let request = surrounded?.request.value else { return }
      (desk.machine.payload(of: request, desk.requestClass) as? RequestObject)?.opened?.close()
    }
  }

  /// What surrounds the path of a request, and the `request` that all of it sees.
  private final class Surrounded {
    let around: Around
    let request: PinnedValue

    init(_ around: Around, _ request: PinnedValue) {
      self.around = around
      self.request = request
    }
  }

  init(
    machine: Machine, routes: RouteRegistry, surroundings: Surroundings, replies: ReplyMaker,
    requestClass: InstanceClass, bodies: BodyWriting, clock: any Clock, ownership: Ownership,
    origin: @escaping (Request) -> (requests: RequestChain, caller: SpanID), recorder: TraceRecorder?,
    reporter: RequestReporter
  ) {
    self.machine = machine
    self.routes = routes
    self.surroundings = surroundings
    self.replies = replies
    self.requestClass = requestClass
    self.bodies = bodies
    self.clock = clock
    self.ownership = ownership
    self.origin = origin
    self.recorder = recorder
    self.reporter = reporter
    surrounded = SurroundedRequests(
      machine: machine, replies: replies,
      page: { reporter.page(of: $0, $1, $2) })
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
    let isOfCells = machine.hasOwnViews && origin(request).requests.seesOwnGlobals
    let coming = Coming(
      exchange: exchange,
      around: surroundings.isEmpty
        ? nil : surroundings.around(request.path, where: isOfCells ? ownership.thereForCells : nil),
      isOwn: isOwn, arrived: arrived, now: clock.now)
    if request.asksForWebSocket, let (route, values) = routes.socket(at: request.path) {
      return begin(route, values, coming)
    }
    if isOfCells,
      let (route, values) = ownership.routeOfCells(method: request.method, path: request.path)
    {
      return start(route, values, coming)
    }
    let resolution = routes.table.resolve(method: request.method, path: request.path)
    if let policy = coming.around?.policy {
      exchange.fields = policy.fields(for: request)
      if CORSPolicy.isPreflight(request) {
        return answer(exchange, policy.preflight(request, allow: methods(of: coming, resolution.allowed)))
      }
    }
    switch resolution {
    case .match(let number, let values):
      guard let route = routes.record(number) else { return }
      start(route, values, coming)
    case .methodNotAllowed(let allow), .options(let allow):
      let page =
        request.method == .OPTIONS
        ? StandardPages.options(allow: allow)
        : StandardPages.methodNotAllowed(method: request.method, path: request.path, allow: allow)
      // A form may be posted to the page that it stands on.
      if let around = coming.around, let files = around.files {
        return serve(files, coming, around, missing: page, notFounds: [])
      }
      give(page, to: coming)
    case .notFound where routes.socket(at: request.path) != nil:
      give(StandardPages.upgradeRequired(path: request.path), to: coming)
    case .notFound(let nearMiss):
      if let around = coming.around, let files = around.files {
        return serve(
          files, coming, around, missing: noFile(request, files, nearMiss), notFounds: around.notFounds)
      }
      give(notFound(request, nearMiss), to: coming, missing: coming.around?.notFounds ?? [])
    case .badPath(let reason): give(StandardPages.badRequest(reason), to: coming)
    }
  }

  /// Whether a route answers a request, or a folder of files may.
  func hasAnswer(for request: Request) -> Bool {
    if request.asksForWebSocket, routes.socket(at: request.path) != nil { return true }
    if case .match = routes.table.resolve(method: request.method, path: request.path) { return true }
    return !surroundings.isEmpty && surroundings.around(request.path).files != nil
  }

  /// The methods that the path of a preflight has: those of its routes, and of what else may be there.
  private func methods(of coming: Coming, _ routed: [HTTPMethod]) -> [HTTPMethod] {
    if coming.around?.files != nil { return StaticFolder.methods(with: routed) }
    return routed.isEmpty && routes.socket(at: coming.exchange.request.path) != nil ? [.GET] : routed
  }

  /// A request that has come, with what surrounds its path; nil where nothing is declared around routes at all.
  private struct Coming {
    let exchange: Exchange
    let around: Around?
    let isOwn: Bool
    /// When it came, where it was held until now.
    let arrived: Int?
    let now: Int
  }

  /// Gives an answer that no route makes, through what surrounds its path.
  ///
  /// - Parameter missing: what may answer in its place.
  private func give(_ response: Response, to coming: Coming, missing: [Around.Step] = []) {
    guard let around = coming.around, let first = missing.first ?? around.afters.last else {
      return answer(coming.exchange, response, arrived: coming.arrived)
    }
    let route = first.surrounding.record
    let values = first.values.map(machine.value)
    let request = requestObject(coming.exchange, route, values)
    if !missing.isEmpty { route.hit(at: coming.now) }
    let call = surrounded.call(
      route, coming.exchange, handler: nil, missing: missing, around, request: request, standard: response)
    run(call, of: route, coming, request)
  }

  /// Of what is asked for below the path of a folder no route is near, unless that is all paths.
  private func noFile(_ request: Request, _ files: Around.Step, _ nearMiss: NearMiss?) -> Response {
    let prefix = files.surrounding.prefix.text
    if prefix == "/" || prefix.isEmpty { return notFound(request, nearMiss) }
    return StandardPages.noFile(method: request.method, path: request.path, below: prefix)
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

  /// Answers with a file.
  ///
  /// - Parameter missing: what is answered where there is none.
  private func serve(
    _ files: Around.Step, _ coming: Coming, _ around: Around, missing: Response, notFounds: [Around.Step]
  ) {
    let route = files.surrounding.record
    route.hit(at: coming.now)
    let request = requestObject(coming.exchange, route, files.values.map(machine.value))
    let call = surrounded.call(
      route, coming.exchange, handler: [.int(route.number), .bool(coming.isOwn), request],
      missing: notFounds, around, request: request, standard: missing)
    run(call, of: route, coming, request)
  }

  private func start(_ route: RouteRecord, _ values: [PathValue], _ coming: Coming) {
    route.hit(at: coming.now)
    let around = coming.around.flatMap { $0.surroundsHandlers ? $0 : nil }
    var (arguments, request) = self.arguments(
      of: route, values, coming.exchange, withRequest: route.usesRequest || around != nil)
    arguments.append(request)
    guard let around else { return run((route.handler.value, arguments), of: route, coming, nil) }
    let call = surrounded.call(
      route, coming.exchange, handler: arguments, missing: [], around, request: request,
      standard: Response(status: .noContent))
    run(call, of: route, coming, request)
  }

  /// Opens a WebSocket, where what comes before the path does not answer itself.
  private func begin(_ route: RouteRecord, _ values: [PathValue], _ coming: Coming) {
    let around = coming.around.flatMap { $0.befores.isEmpty ? nil : $0 }
    let exchange = coming.exchange
    let (parameters, request) = arguments(
      of: route, values, exchange, withRequest: route.usesRequest || around != nil)
    guard let around else {
      return sockets.open(exchange, route, parameters + [request], started: coming.now, span: nil)
    }
    // What it is called with lives longer than the fiber of those before it.
    let pinned = (parameters + [request]).map { PinnedValue($0, in: machine) }
    let call = surrounded.admission(route, exchange, around, request: request)
    run(call, of: route, coming, request) { [unowned self] work in
      sockets.open(exchange, route, pinned.map(\.value), started: work.started, span: work.span)
    }
  }

  /// What a handler is called with: the parameters of its pattern, and `request`.
  func arguments(
    of route: RouteRecord, _ values: [PathValue], _ exchange: Exchange, withRequest: Bool
  ) -> (values: [Value], request: Value) {
    var arguments: [Value] = []
    arguments.reserveCapacity(values.count + 1)
    for value in values { arguments.append(machine.value(value)) }
    return (arguments, withRequest ? requestObject(exchange, route, arguments) : .nil)
  }

  /// Runs what answers a request.
  ///
  /// - Parameter value: `request` in all that surrounds its path; nil where nothing does.
  private func run(
    _ call: (function: Value, arguments: [Value]), of route: RouteRecord, _ coming: Coming, _ value: Value?,
    opening: ((Work) -> Void)? = nil
  ) {
    let exchange = coming.exchange
    let request = exchange.request
    let (requests, caller) = origin(request)
    let span =
      recorder?.begin(
        .request(request.method, target: request.target), cell: route.cell,
        caller: caller, isOwn: caller != .none || requests.count > 1,
        code: value == nil && opening == nil ? route.place(in: machine) : nil,
        arrived: coming.arrived, at: coming.now)
      ?? .none
    var surrounded: Surrounded?
    if let around = coming.around, let value {
      surrounded = Surrounded(around, PinnedValue(value, in: machine))
    }
    let work = Work(
      exchange: exchange, route: route, started: coming.arrived ?? coming.now, isOwn: coming.isOwn,
      span: span,
      surrounded: surrounded, opening: opening)
    start(call, work, requests, at: coming.now)
  }

  private func start(
    _ call: (function: Value, arguments: [Value]), _ work: Work, _ requests: RequestChain, at now: Int
  ) {
    let task = machine.upcomingTask
    machine.moment = now
    starting = (task, work)
    machine.start(
      call.function, call.arguments, owner: work.route.owner, followsDeferred: true, requests: requests,
      span: work.span)
    if let starting, starting.task == task {
      self.starting = nil
      underWay[task] = work
      if !work.isOwn { clientCount += 1 }
      work.exchange.onDisconnect = { [weak self] in self?.abandon(task) }
    }
    onActivity()
  }

  private func requestObject(_ exchange: Exchange, _ route: RouteRecord, _ values: [Value]) -> Value {
    let params = Array(zip(route.pattern.parameterNames, values))
    let request = exchange.request
    let chunks = RequestChunks(
      bodies.operations, exchange.incomingBody ?? IncomingBody(whole: request.body),
      comesInPieces: exchange.incomingBody != nil, isOutside: exchange.isOverConnection)
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
        if let opening = work.opening, value.isNil {
          opening(work)
          return true
        }
        let response = try replies.response(for: value)
        if let stream = replies.stream(in: value) {
          recorder?.streams(work.span)
          begin(work, response, stream, behind: task)
        } else {
          finish(work, response)
        }
      // What stops a handler that computes for too long stops what surrounds it, too.
      case .failure(let error) where machine.report(of: error).kind == Failure.Kind.cpu.rawValue:
        recover(work, error)
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
  private func begin(
    _ work: Work, _ head: Response, _ stream: ReplyMaker.Streamed, behind handler: TaskID
  ) {
    let writer = bodies.writer(
      for: work.exchange,
      head: { [reporter, work] in reporter.timed(head, started: work.started, work.span) }, stream.object)
    var work = work
    work.writer = writer
    work.status = Int(head.status.code)
    work.route.latency.add(clock.now - work.started)
    if work.exchange.request.method == .HEAD { return bodyEnded(work, .success(.nil)) }
    let task = machine.upcomingTask
    onStream(handler, task)
    underWay[task] = work
    if !work.isOwn { clientCount += 1 }
    work.exchange.onDisconnect = { [weak self] in self?.abandon(task) }
    machine.start(
      stream.body, [bodies.value(of: writer)] + stream.further, owner: work.route.owner,
      followsDeferred: true,
      requests: origin(work.exchange.request).requests, span: work.span)
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
        return recover(work, error)
      }
      work.route.errors += 1
      reporter.tell(
        error, of: work.route, work.exchange.request,
        what: "after \(writer.byteCount) bytes of the answer to")
      writer.abort()
      end(work, writer, .failed)
    }
  }

  /// A streamed answer is over.
  private func end(_ work: Work, _ writer: StreamWriter, _ outcome: TracedOutcome = .succeeded) {
    recorder?.end(work.span, outcome, status: work.status)
    reporter.log(
      work.exchange.request, status: work.status, bytes: writer.byteCount, work.route, started: work.started)
  }

  // MARK: Failing

  /// Answers an error of a body before its first piece, or one that has stopped a handler with all that surrounds it, as any
  /// other: by `onError`, where there is one. An answer that this gives is not recovered from again.
  private func recover(_ work: Work, _ error: Value) {
    var work = work
    work.writer = nil
    guard !work.isRecovered, let kept = work.surrounded,
      !kept.around.onErrors.isEmpty || !kept.around.afters.isEmpty
    else { return fail(work, error) }
    work.isRecovered = true
    let call = surrounded.recovery(
      work.route, work.exchange, kept.around, request: kept.request.value, error: error)
    start(call, work, origin(work.exchange.request).requests, at: clock.now)
  }

  private func fail(_ work: Work, _ error: Value) {
    finish(work, reporter.page(of: error, work.route, work.exchange.request))
  }

  /// - Parameter isCounted: whether how long it took says something of its route.
  private func finish(_ work: Work, _ response: Response, isCounted: Bool = true) {
    if let writer = work.writer {
      // Its answer is under way: all that can be done is to end it.
      if writer.hasBegun {
        writer.abort()
        return end(work, writer, .cancelled)
      }
      writer.abort()
    }
    let now = clock.now
    let (status, bytes) = (Int(response.status.code), response.length)
    work.exchange.respond(reporter.timed(response, started: work.started, work.span)) {
      recorder?.end(work.span, status < 500 ? .succeeded : .failed, status: status, at: now)
      if status >= 500, isCounted { work.route.errors += 1 }
      if work.status == 0, isCounted { work.route.latency.add(now - work.started) }
      reporter.log(
        work.exchange.request, status: status, bytes: bytes, work.route, started: work.started,
        now: now)
    }
    work.closeFile(self)
  }

  /// Gives an answer that no handler made.
  ///
  /// - Parameters:
  ///   - arrived: when the request came, where it was held until now.
  ///   - span: that of the request, where something has run for it.
  func answer(_ exchange: Exchange, _ response: Response, arrived: Int? = nil, span: SpanID? = nil) {
    let (status, bytes) = (Int(response.status.code), response.length)
    exchange.respond(response) {
      if let recorder {
        recorder.end(
          span ?? begin(exchange.request, in: recorder, arrived: arrived), .succeeded, status: status)
      }
      reporter.log(exchange.request, status: status, bytes: bytes, started: arrived)
    }
  }

  /// The client of a request has gone that was held until now.
  func hasLeft(_ request: Request, arrived: Int) {
    if let recorder { recorder.end(begin(request, in: recorder, arrived: arrived), .cancelled) }
    reporter.log(request, status: RequestReporter.clientGone, bytes: 0, started: arrived)
  }

  /// The trace of a request that no code of the notebook answers.
  private func begin(_ request: Request, in recorder: TraceRecorder, arrived: Int?) -> SpanID {
    let (requests, caller) = origin(request)
    return recorder.begin(
      .request(request.method, target: request.target), cell: nil, caller: caller,
      isOwn: caller != .none || requests.count > 1, runsCode: false, arrived: arrived)
  }

  // MARK: Going

  /// What is under way: the tasks and their requests.
  var requests: [(task: TaskID, request: Request, owner: UInt32, started: Int)] {
    underWay.map { ($0, $1.exchange.request, $1.route.owner, $1.started) }
  }

  /// Ends a request on behalf of a person: its client is answered 503, its handler is unwound.
  func cancel(_ task: TaskID, _ hand: CancellingHand) {
    guard let work = take(task) else { return }
    finish(work, StandardPages.unavailable("the request was cancelled \(hand.rawValue)"), isCounted: false)
    machine.abandon(task, hand.failure)
    onActivity()
  }

  private func abandon(_ task: TaskID) {
    guard let work = take(task) else { return }
    work.closeFile(self)
    if let writer = work.writer {
      writer.close()
      end(work, writer, .cancelled)
    } else {
      recorder?.end(work.span, .cancelled)
    }
    if work.writer == nil {
      reporter.log(
        work.exchange.request, status: RequestReporter.clientGone, bytes: 0, work.route, started: work.started
      )
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
