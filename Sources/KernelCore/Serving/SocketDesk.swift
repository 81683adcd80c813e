import NIOCore
import VM
import Web

/// Where WebSockets meet fibers: runs the handler of one for as long as the connection lasts.
///
/// When the connection ends, a handler that waits for a message goes on behind its loop; one that has messages left
/// takes them first; any other is cancelled, as one whose client has gone.
final class SocketDesk {
  private let machine: Machine
  private let operations: StreamOperations
  private let clock: any Clock
  private let ownership: Ownership
  private let recorder: TraceRecorder?
  private let desk: RequestDesk
  private let emit: (KernelEvent) -> Void
  private let socketClass: InstanceClass
  /// Lets what became ready run.
  var onActivity: () -> Void = {}

  private struct Work {
    let object: SocketObject
    let request: Request
    let route: RouteRecord
    let started: Int
    let span: SpanID
  }
  private var underWay: [TaskID: Work] = [:]

  init(
    machine: Machine, operations: StreamOperations, clock: any Clock,
    ownership: Ownership, recorder: TraceRecorder?, desk: RequestDesk, emit: @escaping (KernelEvent) -> Void
  ) {
    self.machine = machine
    self.operations = operations
    self.clock = clock
    self.ownership = ownership
    self.recorder = recorder
    self.desk = desk
    self.emit = emit
    socketClass = SocketObject.define(in: machine)
  }

  /// The handlers that have not ended.
  var count: Int { underWay.count }

  /// Opens the WebSocket that a request asks for, or refuses it.
  ///
  /// - Parameters:
  ///   - arguments: what its handler is called with behind the socket, the request last.
  ///   - started: when it was asked for.
  ///   - span: where something has run before it, that of the request.
  func open(
    _ exchange: Exchange, _ route: RouteRecord, _ arguments: [Value], started: Int, span known: SpanID?
  ) {
    let request = exchange.request
    let socket: WebSocket
    switch exchange.acceptWebSocket() {
    case .success(let accepted?): socket = accepted
    case .success(nil):
      if let known { recorder?.end(known, .cancelled) }
      return
    case .failure(let refusal):
      if let problem = refusal.problem {
        emit(.failure(cell: ownership.cell(of: route.owner), text: "no WebSocket can be opened: \(problem)"))
      }
      return desk.answer(exchange, refusal.response, span: known)
    }
    route.hit(at: clock.now)
    let object = SocketObject(socket, operations)
    let span =
      known ?? recorder?.begin(
        .request(request.method, target: request.target), cell: ownership.cell(of: route.owner))
      ?? .none
    let task = machine.upcomingTask
    underWay[task] = Work(
      object: object, request: request, route: route, started: started, span: span)
    socket.onEnd = { [weak self] in self?.connectionEnded(task) }
    socket.onRefusal = { [weak self] in self?.tellRefusal(of: request, route) }
    machine.moment = clock.now
    machine.start(
      route.handler.value, [machine.makeInstance(socketClass, payload: object)] + arguments,
      owner: route.owner, followsDeferred: true, requests: RequestChain.none.next, span: span)
    // Whoever sends ahead and is gone at once was gone before anybody could hear of it.
    if socket.isOver { connectionEnded(task) }
    onActivity()
  }

  // MARK: Ending

  /// A handler has ended; false where the task is none of these.
  func finished(task: TaskID, _ outcome: Outcome) -> Bool {
    guard let work = underWay.removeValue(forKey: task) else { return false }
    switch outcome {
    case .success:
      work.object.socket.close(code: 1000)
      end(work, .succeeded)
    case .failure(let error):
      machine.setOrigin(machine.place(of: work.route.handler.value), of: error)
      work.route.errors += 1
      desk.reporter.tell(error, of: work.route, work.request, what: "the socket was closed with 1011:")
      work.object.socket.close(code: 1011, reason: "the handler failed")
      end(work, .failed)
    }
    return true
  }

  private func connectionEnded(_ task: TaskID) {
    guard let work = underWay[task], !work.object.isReadToTheEnd else { return }
    // It may be about to ask for the next message.
    if machine.wait(of: task) == .ready {
      machine.enqueue { [weak self] in self?.giveUp(task) }
      return onActivity()
    }
    giveUp(task)
  }

  private func giveUp(_ task: TaskID) {
    guard let work = underWay[task], !work.object.isReadToTheEnd else { return }
    underWay[task] = nil
    end(work, .cancelled)
    machine.abandon(task, Failure(.cancelled, "cancelled: the client has gone"))
    onActivity()
  }

  /// The server has closed a socket, since there is no room for more of what it sends.
  private func tellRefusal(of request: Request, _ route: RouteRecord) {
    emit(
      .failure(
        cell: ownership.cell(of: route.owner),
        text:
          "the socket was closed with 1013: GET \(request.target.printable(limit: 200)): too much is held of the "
          + "messages and bodies of all clients (--bodies-limit)"))
  }

  private func end(_ work: Work, _ outcome: TracedOutcome) {
    work.object.drop()
    recorder?.end(work.span, outcome, status: 101)
    desk.reporter.log(
      work.request, status: 101, bytes: work.object.socket.sentBytes, work.route, started: work.started)
  }

  /// What is under way: the tasks and their requests.
  var requests: [(task: TaskID, request: Request, owner: UInt32, started: Int)] {
    underWay.map { ($0, $1.request, $1.route.owner, $1.started) }
  }

  /// Ends a socket on behalf of a person; false where the task is none.
  func cancel(_ task: TaskID, _ hand: CancellingHand) -> Bool {
    guard let work = underWay.removeValue(forKey: task) else { return false }
    close(work, reason: "closed \(hand.rawValue)")
    machine.abandon(task, hand.failure)
    onActivity()
    return true
  }

  /// The clients are told that the server ends.
  func dismissAll() {
    for work in underWay.values { close(work, reason: "the notebook is being stopped") }
    underWay = [:]
  }

  /// The kernel ends.
  func close() {
    for work in underWay.values { close(work, reason: "the notebook's kernel was restarted", code: 1012) }
    underWay = [:]
  }

  private func close(_ work: Work, reason: String, code: Int = 1001) {
    work.object.socket.onEnd = nil
    work.object.socket.close(code: code, reason: reason)
    end(work, .cancelled)
  }
}
