import Fetch
import Foundation
import Language
import NIOCore
import VM
import Web

/// Runs cells and owns all they make: variables, routes, timers, fibers, calls. A restart drops it whole
/// and makes another; the server and its socket outlive it.
///
/// Confined to the event loop that it is given.
final class Kernel {
  let configuration: KernelConfiguration
  /// How errors are told here, as wide as the window is now.
  var errorRenderer: ErrorRenderer { ErrorRenderer(columns: configuration.columns()) }
  /// For what stands behind the number of its cell.
  var labelledRenderer: ErrorRenderer {
    ErrorRenderer(columns: configuration.columns().map { $0 - Kernel.labelWidth })
  }
  /// Columns of `[123] `.
  static let labelWidth = 6
  let clock: any Clock
  let server: HTTPServer
  let listening: ListeningCells
  let emit: (KernelEvent) -> Void

  let machine: Machine
  /// Records where the time goes, where that is wanted.
  let recorder: TraceRecorder?
  let routes = RouteRegistry()
  let surroundings = Surroundings()
  let timers: TimerSet
  let streams: StreamOperations
  let ownership: Ownership
  private(set) var calls: OutboundCalls!
  private(set) var desk: RequestDesk!
  private(set) var sockets: SocketDesk!
  private(set) var replies: ReplyMaker!

  let loop: any EventLoop
  private var isPumping = false
  /// What is ready was too much for one turn; the next is planned.
  private(set) var hasMoreToRun = false
  private(set) var isOver = false

  /// What a task is, besides a request or a tick.
  enum TaskKind {
    case cell(CellRun)
    /// The pending deferred that was the `Out` of a cell.
    case out(CellRun)
    /// `open` in a replay.
    case opening(url: String, owner: UInt32)
    /// A call that a person makes by hand.
    case promptCall(PromptCallWait)
  }
  var tasks: [TaskID: TaskKind] = [:]
  /// How many calls by hand have not come to their end.
  var promptCallCount = 0
  /// The answers to calls by hand that are shown as they come.
  var followedAnswers: [TaskID: FollowedAnswer] = [:]
  var nextOwner: UInt32 = 1
  /// The group in which what is called next was called.
  var groupOfCall = ""
  /// What to tell of errors that nobody awaits.
  var unawaited = Repetition(of: "errors that nobody awaited were")
  /// Runs of cells whose end has not been told.
  var active: [UInt32: CellRun] = [:]
  var failedCells = FailedCells()
  var staleness = Staleness()
  var activityNumbers = ActivityNumbers()
  /// Somebody's interruption has stopped a cell as it computed.
  var hasStoppedComputing = false
  /// Sockets that are being bound, and files that are being opened.
  var bindings = 0
  /// Somebody waits until all that cells started has ended.
  var isSettling = false
  private var whenIdle: [() -> Void] = []
  private var batch = largestBatch

  init(
    configuration: KernelConfiguration, clock: any Clock, loop: any EventLoop, server: HTTPServer,
    listening: ListeningCells, transfers: TransferPool, mark: OwnCallMark, recorder: TraceRecorder?,
    interruption: Interruption,
    emit: @escaping (KernelEvent) -> Void
  ) {
    self.configuration = configuration
    self.clock = clock
    self.loop = loop
    self.server = server
    self.listening = listening
    self.emit = emit
    machine = Machine(
      limits: configuration.machineLimits, host: nil, collector: configuration.collector,
      interruption: interruption, tracer: recorder)
    if configuration.isClockVirtual { machine.seed(0) }
    self.recorder = recorder
    routes.countsRates = configuration.inspects
    timers = TimerSet(clock: clock, machine: machine, recorder: recorder)
    streams = StreamOperations(machine: machine)
    ownership = Ownership(
      machine: machine, routes: routes, surroundings: surroundings, timers: timers, clock: clock)
    machine.host = self

    let fileClass = UploadedFile.define(in: machine)
    let requestClass = RequestObject.define(in: machine, fileClass: fileClass)
    let responseClass = ResponseObject.define(in: machine, operations: streams)
    let streamClasses = StreamObject.define(in: machine)
    replies = ReplyMaker(
      machine: machine, replyClass: ReplyMaker.define(in: machine), responseClass: responseClass,
      fileClass: machine.defineClass("StaticFile"), streamClass: streamClasses.stream)
    calls = OutboundCalls(
      machine: machine, clock: clock, loop: loop, transfers: transfers, server: server,
      streamOperations: streams, streams: streamClasses, responseClass: responseClass, fileClass: fileClass,
      configuration: configuration,
      mark: mark, recorder: recorder)
    let reporter = RequestReporter(
      machine: machine, ownership: ownership, clock: clock, recorder: recorder, emit: emit)
    reporter.sendsServerTiming = configuration.sendsServerTiming
    reporter.columns = configuration.columns
    desk = RequestDesk(
      machine: machine, routes: routes, surroundings: surroundings, replies: replies,
      requestClass: requestClass,
      bodies: BodyWriting(
        operations: streams, clock: clock, writerClass: streamClasses.writer,
        hasHeartbeats: !configuration.isClockVirtual),
      clock: clock, ownership: ownership, origin: calls.origin(of:), recorder: recorder,
      reporter: reporter)
    sockets = SocketDesk(
      machine: machine, operations: streams, clock: clock, ownership: ownership,
      recorder: recorder, desk: desk, emit: emit)
    desk.sockets = sockets
    timers.onFire = { [unowned self] in pump() }
    streams.onActivity = { [unowned self] in pump() }
    calls.onActivity = { [unowned self] in pump() }
    sockets.onActivity = { [unowned self] in pump() }
    desk.onActivity = { [unowned self] in pump() }
    calls.onUncheckedCertificate = { [unowned self] owner, host in
      emit(
        .notice(
          cell: ownership.cell(of: owner),
          text:
            "insecure: true: the certificate of \(host.printable(limit: 200)) is not checked, it may be anybody's"
        ))
    }
    ownership.onStop = { [unowned self] owner in calls.closeBodies(ofOwner: owner) }
    calls.readsBodyAsItComes = { [unowned self] method, target in
      routes.readsBodyAsItComes(method: .init(rawValue: method), path: Request.path(ofTarget: target))
    }
    desk.onStream = { [unowned self] in calls.handOver(from: $0, to: $1) }
    calls.respond = { [unowned self] in desk.handle($0, isOwn: true) }
    calls.define(in: machine)
    installBuiltins()
    if let out = try? machine.slot(of: "Out") {
      machine.setGlobal(out, (machine.makeDictionary([]), .builtin))
    }
  }

  // MARK: Running

  /// How long what is ready may run before sockets get their turn, in nanoseconds.
  private static let turn = 2_000_000
  /// How much of what is ready runs between two looks at the clock: so much at most, and less where that took longer than so
  /// many nanoseconds.
  private static let largestBatch = 16
  private static let batchTime = 100_000

  /// Runs everything that is ready, for a bounded time so that sockets get their turn.
  func pump() {
    // Whoever is running or pumping goes on with what is ready afterwards.
    if isPumping || isOver || machine.isRunning { return }
    // So does the next turn where one is planned, lest each of many sockets have a turn of its own. Under a virtual clock
    // nothing depends on how long something takes.
    if hasMoreToRun, !configuration.isClockVirtual { return }
    if machine.isBusy {
      planPump()
      return clock.kernelIsIdle(.held)
    }
    isPumping = true
    let isReal = !configuration.isClockVirtual
    machine.moment = clock.now
    let end = (isReal ? machine.moment : RealClock.uptime) + Kernel.turn
    var (isDone, isLong) = (false, false)
    repeat {
      if isReal { recorder?.batchBegan = machine.moment }
      isDone = machine.runReady(limit: isReal ? batch : Kernel.largestBatch, yields: isReal)
      let now = RealClock.uptime
      isLong = now >= end
      if isReal {
        batch = now - machine.moment > Kernel.batchTime ? 1 : min(batch * 2, Kernel.largestBatch)
        machine.moment = now
      }
    } while !isDone && !isLong
    recorder?.batchBegan = nil
    isPumping = false
    // After a long turn others have theirs before whatever the next socket brings, too.
    if !isDone || isReal && isLong { planPump() }
    if isDone, bindings == 0, !whenIdle.isEmpty {
      let actions = whenIdle
      whenIdle.removeAll()
      for action in actions { action() }
    }
    if !isOver { clock.kernelIsIdle(machine.isIdle ? pace : .held) }
  }

  /// In a later turn rather than at once, and once at a time: fibers that make each other ready would keep the loop from its
  /// sockets for ever.
  private func planPump() {
    if hasMoreToRun { return }
    hasMoreToRun = true
    server.turns.next { [weak self] in
      self?.hasMoreToRun = false
      self?.pump()
    }
  }

  /// Calls `action` when nothing can run any more until time passes or somebody calls from outside. Without
  /// a virtual clock it is called at once.
  func atRest(_ action: @escaping () -> Void) {
    if configuration.isClockVirtual { whenIdle.append(action) } else { action() }
  }

  /// How far a virtual clock may move: not beyond the present while something outside this process is under way, and not
  /// at all where nobody waits for anything. Timers that tick for ever are no reason to move on.
  ///
  /// In a replay only a cell under way, a call by hand, a client, and the wait for the end move time, so that it stands where
  /// the last cell left it when the next begins, however long that takes in the real world.
  private var pace: ClockPace {
    let isOutside = calls.isWaitingForOthers || bindings > 0 || streams.awaitedFromOutside > 0
    if !active.isEmpty || desk.clientCount > 0 || sockets.count > 0 || promptCallCount > 0 {
      return isOutside ? .present : .free
    }
    if configuration.holdsTimeBetweenCells && !isSettling { return .held }
    if isOutside { return .present }
    return pendingCount == 0 && (isSettled || !isSettling) ? .held : .free
  }

  /// What comes by itself when its time has come, and once: timers, and calls that wait to be made again.
  private var pendingCount: Int { timers.oneShotCount + calls.pauseCount }

  /// Whether nothing happens any more by itself. Timers that tick do not count unless they are due at this very moment,
  /// nor does what waits for ever.
  var isSettled: Bool {
    guard machine.isIdle, pendingCount == 0, !calls.isWaitingForOthers, bindings == 0,
      whenIdle.isEmpty, (clock as? VirtualClock)?.isDue != true
    else { return false }
    // Only a tick could still wake what waits.
    let isWaiting = desk.count > 0 || sockets.count > 0 || calls.count > 0 || !active.isEmpty
    return !isWaiting || timers.tickers.isEmpty
  }

  /// Whether a cell waits though nothing is left that could end its wait.
  var waitsInVain: Bool {
    isSettled && desk.clientCount == 0 && sockets.count == 0
      && active.values.contains(where: \.isUnderWay)
  }

  /// Lets a virtual clock run until all that cells started has ended, but for no more than some nanoseconds.
  func settle(within limit: Int) {
    if isSettling { return }
    isSettling = true
    (clock as? VirtualClock)?.end = clock.now.addingClamped(limit)
    pump()
  }

  /// Whether a virtual clock has come to the end of the time in which all was to end.
  var hasSettledInVain: Bool {
    isSettling && machine.isIdle && pace == .free && (clock as? VirtualClock)?.isAtEnd == true
  }

  // MARK: The end

  /// Stops everything: waiting clients get 503, `defer`s run without waiting. The kernel is not used again.
  ///
  /// - Parameter reason: what those are told who have called a route by hand.
  func shutDown(_ reason: String) {
    isOver = true
    let runs = active.values.sorted { $0.owner < $1.owner }
    active.removeAll()
    let error = PromptCallError(message: reason)
    for case .promptCall(let wait) in tasks.values { wait.completion(.failure(error)) }
    for answer in followedAnswers.values { answer.stop(error) }
    followedAnswers.removeAll()
    tasks.removeAll()
    whenIdle.removeAll()
    desk.close()
    sockets.close()
    machine.shutDown(within: configuration.machineLimits.cleanupTime)
    timers.cancelAll()
    calls.cancelAll()
    recorder?.endAll()
    for run in runs {
      run.isUnderWay = false
      tellEnd(of: run, .interrupted)
    }
    machine.releasePayloads()
  }
}
