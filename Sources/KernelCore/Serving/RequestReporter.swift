import VM
import Web

/// What is told of requests: errors behind their answers, a line of the log for each, and what an answer itself says of how
/// long it took.
final class RequestReporter {
  private let machine: Machine
  private let ownership: Ownership
  private let clock: any Clock
  private let recorder: TraceRecorder?
  /// Hears of errors behind a 500 and of answered requests.
  private let emit: (KernelEvent) -> Void
  var logsRequests = false
  /// Whether answers tell what they waited for.
  var sendsServerTiming = false
  /// How wide the window is in which errors are read.
  var columns: () -> Int? = { nil }

  /// What a log says, as nginx's does, of a client that went before its answer came: nobody is sent it.
  static let clientGone = 499

  init(
    machine: Machine, ownership: Ownership, clock: any Clock, recorder: TraceRecorder?,
    emit: @escaping (KernelEvent) -> Void
  ) {
    self.machine = machine
    self.ownership = ownership
    self.clock = clock
    self.recorder = recorder
    self.emit = emit
  }

  /// The standard page of an error that ended a request. One that nobody asked for is told.
  func page(of error: Value, _ route: RouteRecord, _ request: Request) -> Response {
    // An error that no code has thrown, as of a deferred that was cancelled, is at least the handler's.
    machine.setOrigin(machine.place(of: route.handler.value), of: error)
    let report = machine.report(of: error)
    let status = ErrorPage.status(of: error, report, in: machine)
    if report.kind == Failure.Kind.status.rawValue { return .text(status, report.message + "\n") }
    // An endless chain of calls is told where it was stopped, not by each of those that wait for it.
    let isToldAlready = status == .loopDetected && !machine.errorField("response", of: error).isNil
    if !isToldAlready { tell(error, of: route, request, what: "\(status.code) for") }
    return ErrorPage.response(report, status: status, to: request)
  }

  /// Tells of an error of a handler, or of what it has left behind to stream.
  func tell(_ error: Value, of route: RouteRecord, _ request: Request, what: String) {
    let target = "\(request.method.rawValue.printable(limit: 20)) \(request.target.printable(limit: 200))"
    let renderer = ErrorRenderer(columns: columns().map { $0 - Kernel.labelWidth })
    emit(
      .failure(
        cell: ownership.cell(of: route.owner),
        text: "\(what) \(target)\n" + renderer.render(machine.report(of: error))))
  }

  /// Tells that a request is over, where that is logged.
  ///
  /// - Parameters:
  ///   - bytes: how long the body of the answer is; to `HEAD` it is not sent.
  ///   - started: when it came, in nanoseconds of the kernel's clock; now where nobody waited.
  ///   - now: what the time is, where that is known.
  func log(
    _ request: Request, status: Int, bytes: Int, _ route: RouteRecord? = nil, started: Int? = nil,
    now: Int? = nil
  ) {
    guard logsRequests else { return }
    let now = now ?? clock.now
    emit(
      .served(
        ServedRequest(
          method: request.method.rawValue, target: request.target, status: status,
          nanoseconds: now - (started ?? now), bytes: request.method == .HEAD ? 0 : bytes,
          remote: request.remoteHost ?? "local",
          cell: route.flatMap { ownership.cell(of: $0.owner) })))
  }

  /// An answer with the times of what it waited for until now, where that is wanted. A handler may have written such a
  /// field, too.
  func timed(_ response: Response, started: Int, _ span: SpanID) -> Response {
    guard sendsServerTiming else { return response }
    var response = response
    let (now, trace) = (clock.now, recorder?[span])
    response.headers.add(
      name: "server-timing", value: ServerTiming.value(total: now - started, trace, now: now))
    return response
  }
}
