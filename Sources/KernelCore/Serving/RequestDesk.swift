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
  private let clock: any Clock
  /// Hears of errors behind a 500 and of answered requests.
  private let emit: (KernelEvent) -> Void
  private let logsRequests: Bool
  /// Lets what became ready run.
  var onActivity: () -> Void = {}
  /// What a route's number was declared by, for pages and listings.
  private let cellOf: (UInt32) -> Int?

  private var underWay: [TaskID: Work] = [:]
  /// The exchange whose handler runs for the first time: most end there, and are never looked up.
  private var starting: (task: TaskID, work: Work)?

  private struct Work {
    let exchange: Exchange
    let route: RouteRecord
    let started: Int
  }

  init(
    machine: Machine, routes: RouteRegistry, replies: ReplyMaker, requestClass: InstanceClass,
    clock: any Clock, logsRequests: Bool, cellOf: @escaping (UInt32) -> Int?,
    emit: @escaping (KernelEvent) -> Void
  ) {
    self.machine = machine
    self.routes = routes
    self.replies = replies
    self.requestClass = requestClass
    self.clock = clock
    self.logsRequests = logsRequests
    self.cellOf = cellOf
    self.emit = emit
  }

  var count: Int { underWay.count }

  // MARK: Asking

  func handle(_ exchange: Exchange) {
    let request = exchange.request
    switch routes.table.resolve(method: request.method, path: request.path) {
    case .match(let number, let values):
      guard let route = routes.record(number) else { return }
      start(route, values, exchange)
    case .methodNotAllowed(let allow):
      answer(
        exchange, StandardPages.methodNotAllowed(method: request.method, path: request.path, allow: allow))
    case .options(let allow): answer(exchange, StandardPages.options(allow: allow))
    case .notFound(let nearMiss):
      answer(exchange, notFound(request, nearMiss))
    case .badPath(let reason): answer(exchange, StandardPages.badRequest(reason))
    }
  }

  private func notFound(_ request: Request, _ nearMiss: NearMiss?) -> Response {
    var response = StandardPages.notFound(method: request.method, path: request.path, nearMiss: nearMiss)
    let cells = routes.infos.filter { $0.pattern == nearMiss?.pattern.text }.compactMap(\.cell)
    if let cell = cells.first, request.isFromThisMachine {
      response.body.writeString("It is defined in cell [\(cell)].\n")
    }
    return response
  }

  private func start(_ route: RouteRecord, _ values: [PathValue], _ exchange: Exchange) {
    route.hits += 1
    var arguments: [Value] = []
    arguments.reserveCapacity(values.count + 1)
    for value in values {
      switch value {
      case .string(let text): arguments.append(machine.makeString(text))
      case .int(let number): arguments.append(.int(number))
      case .float(let number): arguments.append(.double(number))
      }
    }
    arguments.append(route.usesRequest ? requestObject(exchange.request, route, arguments) : .nil)
    let task = machine.upcomingTask
    let work = Work(exchange: exchange, route: route, started: clock.now)
    starting = (task, work)
    machine.start(
      machine.value(of: route.handler), arguments, owner: route.owner, followsDeferred: true,
      servesRequest: true)
    if let starting, starting.task == task {
      self.starting = nil
      underWay[task] = work
      exchange.onDisconnect = { [weak self] in self?.abandon(task) }
    }
    onActivity()
  }

  private func requestObject(_ request: Request, _ route: RouteRecord, _ values: [Value]) -> Value {
    let params = Array(zip(route.pattern.parameterNames, values))
    return machine.makeInstance(
      requestClass, fields: [machine.makeDictionary(params)], payload: RequestObject(request, params: params))
  }

  // MARK: Answering

  /// A handler has ended; false where the task is none of this desk's.
  func finished(task: TaskID, _ outcome: Outcome) -> Bool {
    let work: Work
    if let starting, starting.task == task {
      work = starting.work
      self.starting = nil
    } else if let found = underWay.removeValue(forKey: task) {
      work = found
    } else {
      return false
    }
    do throws(Failure) {
      switch outcome {
      case .success(let value): finish(work, try replies.response(for: value))
      case .failure(let error): fail(work, error)
      }
    } catch {
      fail(work, machine.makeErrorValue(error))
    }
    return true
  }

  private func fail(_ work: Work, _ error: Value) {
    let report = machine.report(of: error)
    let status = ErrorPage.status(of: error, report, in: machine)
    if report.kind == Failure.Kind.status.rawValue {
      return finish(work, .text(status, report.message + "\n"))
    }
    work.route.errors += 1
    let request = work.exchange.request
    emit(
      .failure(
        cell: cellOf(work.route.owner),
        text:
          "\(status.code) for \(request.method.rawValue.printable(limit: 20)) \(request.target.printable(limit: 200))\n"
          + ErrorRenderer().render(report)))
    finish(work, ErrorPage.response(report, status: status, to: request))
  }

  private func finish(_ work: Work, _ response: Response) {
    if logsRequests { log(work.exchange.request, response, work.route, started: work.started) }
    work.exchange.respond(response)
  }

  private func answer(_ exchange: Exchange, _ response: Response) {
    if logsRequests { log(exchange.request, response, nil, started: clock.now) }
    exchange.respond(response)
  }

  private func log(_ request: Request, _ response: Response, _ route: RouteRecord?, started: Int) {
    emit(
      .served(
        ServedRequest(
          method: request.method.rawValue, target: request.target, status: Int(response.status.code),
          duration: .nanoseconds(clock.now - started), bytes: response.body.readableBytes,
          remote: request.remoteAddress?.ipAddress ?? "local", cell: route.flatMap { cellOf($0.owner) })))
  }

  // MARK: Going

  private func abandon(_ task: TaskID) {
    guard underWay.removeValue(forKey: task) != nil else { return }
    machine.abandon(task, Failure(.cancelled, "cancelled: the client has gone"))
    onActivity()
  }

  /// The kernel ends: whoever waits is told so.
  func dismissAll() {
    let waiting = underWay.values
    underWay.removeAll()
    for work in waiting {
      finish(work, StandardPages.unavailable("the notebook's kernel was restarted"))
    }
  }
}
