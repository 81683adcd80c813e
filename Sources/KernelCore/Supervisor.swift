import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import VM
import Web

/// Owns what outlives a kernel: the loop's server with its socket, the transfers, the clock. It makes
/// kernels, restarts them, and keeps requests waiting while all cells are run again.
///
/// Confined to its event loop; other threads use a `KernelHandle`.
final class Supervisor: Responder {
  /// How long a request waits for its route to come back, in nanoseconds.
  private static let holdTime = 5_000_000_000
  /// What clients have for taking the answer that the server stops.
  private static let dismissalTime = TimeAmount.milliseconds(200)

  let configuration: KernelConfiguration
  let loop: any EventLoop
  let server: HTTPServer
  private let listening: ListeningCells
  let transfers: TransferPool
  let clock: any Clock
  /// What was recorded outlives a kernel too.
  let recorder: TraceRecorder?
  /// Clients are outside and wait in their own time, whatever the notebook's clock says.
  private let holdClock: any Clock
  var onEvent: (KernelEvent) -> Void = { _ in }
  /// Whether a `KernelEvent.served` is sent for each request.
  var logsRequests: Bool {
    didSet { kernel.desk.reporter.logsRequests = logsRequests }
  }

  private(set) var kernel: Kernel!
  private var executionCount = 0
  private let mark = OwnCallMark()
  /// Stops what computes, from any thread and whichever kernel there is.
  let interruption: Interruption
  /// Counts restarts: what was begun before one does not go on after it.
  private(set) var generation = 0
  /// The page for whoever sits at this machine, where that is wanted.
  private(set) var inspector: Inspector?

  /// The routes of the kernel before a restart, as long as no cell has run since.
  private var routesBefore: RouteTable<Int>?

  // While all cells are run again.
  private var expectedRoutes: [RouteTable<Int>] = []
  /// Requests from outside wait whatever they ask for.
  private var isHoldingAll = false
  /// The routes of cells that have still to run, while whoever asks for what is not there waits for it.
  private var comingRoutes: [DeclaredRoute]?
  /// Those and the routes in force in one table, with the number of each that is to come.
  private var comingTable: RouteTable<Int?>?
  private var held: [Held] = []
  private var isStopping = false
  private var rerun: Rerun?

  private final class Held {
    let exchange: Exchange
    /// By the kernel's clock.
    let arrived: Int
    var timeout: ClockToken?

    init(_ exchange: Exchange, arrived: Int) {
      self.exchange = exchange
      self.arrived = arrived
    }
  }

  private struct Rerun {
    var rest: ArraySlice<(number: Int, text: String)>
    /// The cells after which the next one runs, though they fail.
    let mayFail: Set<Int>
    /// The guards that were in force before.
    let guards: GuardText.Counts
    /// The cell that runs now.
    var current = 0
    /// The same; nil between two cells.
    var awaited: Int?
    /// It was to be interrupted when no cell ran.
    var isInterrupted = false
    let progress: (CellResult) -> Void
    let completion: (CellResult?) -> Void
  }

  /// - Parameters:
  ///   - clock: what the notebook's time comes from, in place of what the configuration says.
  ///   - holdClock: what the time comes from that requests are held for.
  init(
    configuration: KernelConfiguration, loop: any EventLoop, clock: (any Clock)? = nil,
    holdClock: (any Clock)? = nil, interruption: Interruption = Interruption()
  ) {
    self.interruption = interruption
    self.configuration = configuration
    self.loop = loop
    server = HTTPServer(
      eventLoop: loop, limits: configuration.serverLimits, bindsSockets: configuration.bindsSockets,
      responder: nil)
    listening = ListeningCells(server)
    transfers = TransferPool(
      limits: configuration.calls.limits, certificateFile: configuration.calls.certificateFile,
      proxies: configuration.calls.proxies
    ) { ended in
      loop.execute { for transfer in ended { transfer.tell() } }
    }
    self.clock =
      clock ?? (configuration.isClockVirtual ? VirtualClock(loop: loop) : RealClock(server.turns, loop: loop))
    recorder = configuration.recordsTraces ? TraceRecorder(clock: self.clock) : nil
    self.holdClock = holdClock ?? RealClock(server.turns, loop: loop)
    logsRequests = configuration.logsRequests
    if configuration.inspects { inspector = Inspector(self) }
    kernel = makeKernel()
    server.responder = self
    server.onRefusal = { [unowned self] in
      if logsRequests { onEvent(.served(ServedRequest(refused: $0))) }
    }
  }

  func readsBodyAsItComes(method: HTTPMethod, target: String) -> Bool {
    guard kernel.routes.hasChunkReaders else { return false }
    let path = Request.path(ofTarget: target)
    if inspector != nil, Inspector.owns(path) { return false }
    return kernel.routes.readsBodyAsItComes(method: method, path: path)
  }

  func fields(ofRefused request: Request) -> HTTPHeaders {
    if kernel.surroundings.isEmpty || inspector != nil && Inspector.owns(request.path) {
      return HTTPHeaders()
    }
    return kernel.surroundings.around(request.path).policy?.fields(for: request) ?? HTTPHeaders()
  }

  /// The cells of the notebook in its order, as far as that was said.
  private var order: [Int] = []
  /// Whether of several cells that declare the same the one furthest down is to have it.
  private var orderDecides = false

  func setOrder(
    _ cells: [Int], decides: Bool = false, awaiting awaited: AwaitedDeclarations = .init(),
    isStart: Bool = false
  ) {
    order = cells
    orderDecides = decides
    setOrder(of: kernel, awaited, isStart: isStart)
  }

  private func setOrder(
    of kernel: Kernel, _ awaited: AwaitedDeclarations = .init(), isStart: Bool = false
  ) {
    kernel.surroundings.setOrder(order)
    guard orderDecides else { return }
    kernel.machine.notesChanges = true
    kernel.ownership.setOrder(order, awaiting: awaited, isStart: isStart)
  }

  private func makeKernel() -> Kernel {
    let kernel = Kernel(
      configuration: configuration, clock: clock, loop: loop, server: server, listening: listening,
      transfers: transfers,
      mark: mark, recorder: recorder, interruption: interruption, emit: { [unowned self] in onEvent($0) })
    kernel.desk.reporter.logsRequests = logsRequests
    setOrder(of: kernel)
    kernel.routes.onChange = { [unowned self] in releaseMatching() }
    if let inspector {
      let respond = kernel.calls.respond
      kernel.calls.respond = { Inspector.owns($0.request.path) ? inspector.respond(to: $0) : respond($0) }
    }
    return kernel
  }

  // MARK: Requests

  func respond(to exchange: Exchange) {
    if let inspector, Inspector.owns(exchange.request.path) { return inspector.respond(to: exchange) }
    if isHoldingAll || rerun != nil || !expectedRoutes.isEmpty || comingRoutes != nil, isHeld(exchange) {
      return
    }
    kernel.desk.handle(exchange)
  }

  /// Whether a request is for a route that existed before the restart and is not back yet, or may be for something that
  /// is to come.
  private func isToWait(_ request: Request) -> Bool {
    if isHoldingAll || comingRoutes != nil && isForWhatComes(request) { return true }
    // A route is back before its guard.
    if let rerun, !rerun.guards.isEmpty, rerun.guards.hasMore(than: kernel.guards) { return true }
    return !hasRoute(kernel.routes.table, request) && expectedRoutes.contains { hasRoute($0, request) }
  }

  private func isForWhatComes(_ request: Request) -> Bool {
    guard kernel.desk.hasAnswer(for: request) else { return true }
    let table = comingTable ?? DeclaredRoute.table(of: comingRoutes ?? [], beside: kernel.routes.table)
    comingTable = table
    guard case .match(_?, _) = table.resolve(method: request.method, path: request.path) else { return false }
    return true
  }

  /// Keeps a request from outside that is to wait.
  private func isHeld(_ exchange: Exchange) -> Bool {
    let request = exchange.request
    guard !mark.isOn(request), isToWait(request) else { return false }
    if isStopping {
      kernel.desk.answer(exchange, Supervisor.stopping)
      return true
    }
    guard held.count < configuration.maxQueuedRequests else {
      kernel.desk.answer(exchange, StandardPages.unavailable("the notebook's cells are being run again"))
      return true
    }
    let entry = Held(exchange, arrived: clock.now)
    held.append(entry)
    entry.timeout = holdClock.schedule(at: holdClock.now + Supervisor.holdTime) { [weak self, weak entry] in
      guard let self, let entry, take(entry) else { return }
      kernel.desk.answer(
        entry.exchange,
        StandardPages.unavailable("the notebook's cells are still being run", retryAfterSeconds: 5),
        arrived: entry.arrived)
    }
    exchange.onDisconnect = { [weak self, weak entry] in
      guard let self, let entry, take(entry) else { return }
      kernel.desk.hasLeft(entry.exchange.request, arrived: entry.arrived)
    }
    return true
  }

  private func hasRoute(_ table: RouteTable<Int>, _ request: Request) -> Bool {
    if case .match = table.resolve(method: request.method, path: request.path) { true } else { false }
  }

  private func take(_ entry: Held) -> Bool {
    guard let place = held.firstIndex(where: { $0 === entry }) else { return false }
    held.remove(at: place)
    if let timeout = entry.timeout { holdClock.cancel(timeout) }
    return true
  }

  private var isReleasing = false

  /// A route has come: the requests that wait for it go on, in a turn of their own.
  private func releaseMatching() {
    comingTable = nil
    if held.isEmpty || isReleasing || isHoldingAll { return }
    isReleasing = true
    loop.assumeIsolated().execute { [weak self] in
      guard let self else { return }
      isReleasing = false
      if isHoldingAll { return }
      for entry in held where !isToWait(entry.exchange.request) { release(entry) }
    }
  }

  private func release(_ entry: Held) {
    guard take(entry) else { return }
    entry.exchange.onDisconnect = nil
    kernel.desk.handle(entry.exchange, arrived: entry.arrived)
  }

  /// The number of requests of which each was made for the next, up to this one.
  func depth(of request: Request) -> Int { mark.origin(of: request).requests.count }

  // MARK: The server

  /// The addresses listened on, as a person is told them.
  var shownAddresses: [String] { server.addresses.map(\.shown) }

  /// Listens where a notebook without `listen` is served.
  func listenByDefault() -> EventLoopFuture<BoundAddress> {
    listen(onPort: configuration.port ?? KernelConfiguration.defaultPort)
  }

  /// Listens on a port of the usual interface: as long as it runs where the command line names the port, else until a
  /// cell says where.
  func listen(onPort port: Int) -> EventLoopFuture<BoundAddress> {
    server.listen(on: .tcp(host: configuration.host, port: port)).assumeIsolated().map { [self] address in
      if configuration.port != nil { listening.keep(address) } else { listening.fallBack(to: address) }
      return address
    }.nonisolated()
  }

  /// All cells are gone: what they listened on is given up, but for the last.
  func giveUpAddresses() { listening.keepOnly([]) }

  // MARK: Cells

  func run(cell: Int, text: String, completion: @escaping (CellResult) -> Void) {
    executionCount += 1
    routesBefore = nil
    kernel.run(cell: cell, text: text, executionCount: executionCount, completion: completion)
  }

  /// Drops the kernel and makes another. The socket stays bound; its routes are gone. Cells that are being
  /// run again are no longer, and what was held for their routes is answered 503.
  func restart() {
    let routes = routesBefore ?? kernel.routes.table
    let interrupted = replaceKernel()
    routesBefore = routes
    for entry in held where take(entry) {
      entry.exchange.onDisconnect = nil
      kernel.desk.answer(
        entry.exchange, StandardPages.unavailable("the notebook's kernel was restarted"),
        arrived: entry.arrived)
    }
    interrupted?()
  }

  /// Gives what tells whoever had all cells run again that they were not.
  ///
  /// - Parameter next: what brings the routes back.
  private func replaceKernel(for next: Rerun? = nil) -> (() -> Void)? {
    generation += 1
    let before = rerun
    executionCount = 0
    // First what is to come and the new one: an answer of the old one may bring its connection's next request.
    rerun = next
    // What was held for a rerun that did not come to its end goes on waiting for this one.
    expectedRoutes = next == nil ? [] : expectedRoutes.prefix(1) + [routesBefore ?? kernel.routes.table]
    let old = kernel
    kernel = makeKernel()
    old?.shutDown("the kernel was restarted")
    clock.kernelIsIdle(.held)
    return before.map { rerun in
      { rerun.completion(Supervisor.interrupted(rerun.current)) }
    }
  }

  private static func interrupted(_ cell: Int) -> CellResult {
    CellResult(cell: cell, executionCount: 0, outcome: .interrupted, notes: [], duration: .zero)
  }

  /// Restarts, then runs the cells in order, up to the first that fails. `completion` gets the cell that
  /// failed, or nil.
  func rerunAll(
    _ cells: [(number: Int, text: String)], mayFail: Set<Int> = [], progress: @escaping (CellResult) -> Void,
    completion: @escaping (CellResult?) -> Void
  ) {
    let next = Rerun(
      rest: cells[...], mayFail: mayFail, guards: rerun?.guards ?? kernel.guards, progress: progress,
      completion: completion)
    let interrupted = replaceKernel(for: next)
    listening.keepOnly(Set(cells.map(\.number)))
    interrupted?()
    runNext(generation)
  }

  private func runNext(_ generation: Int) {
    guard generation == self.generation, let cell = rerun?.rest.first else {
      return generation == self.generation ? endRerun(nil) : ()
    }
    if rerun?.isInterrupted == true { return endRerun(Supervisor.interrupted(cell.number)) }
    rerun?.rest.removeFirst()
    rerun?.current = cell.number
    rerun?.awaited = cell.number
    let progress = rerun?.progress
    run(cell: cell.number, text: cell.text) { [weak self] result in
      guard let self, generation == self.generation else { return }
      progress?(result)
      guard rerun?.awaited == cell.number else { return }
      rerun?.awaited = nil
      let mayFail = rerun?.mayFail.contains(cell.number) ?? false
      guard result.isSuccess || mayFail && result.outcome != .interrupted else { return endRerun(result) }
      // In a turn of its own, so that many cells do not nest.
      loop.assumeIsolated().execute { [weak self] in self?.runNext(generation) }
    }
  }

  /// Ends a re-run at the cell that runs, which goes on by itself; gives that one's number. What it comes to is told as
  /// that of the others. Between two cells it ends as by `interrupt`, and gives nil.
  func leaveRerun() -> Int? {
    guard let rerun else { return nil }
    guard let number = rerun.awaited else {
      self.rerun?.isInterrupted = true
      return nil
    }
    endRerun(nil)
    return number
  }

  /// Cells are about to run one after another, and a route may go from one to another: until `releaseRoutes`, requests
  /// from outside for a route that is there now wait where it is gone for a moment, as in a re-run.
  func holdRoutes() {
    if rerun == nil { expectedRoutes = expectedRoutes.prefix(1) + [kernel.routes.table] }
  }

  /// What surrounds routes may be gone for a moment: until `releaseRoutes` all requests from outside wait.
  func holdRequests() { isHoldingAll = true }

  /// What surrounds routes is there: requests wait only where their route is gone for the moment.
  func releaseRequests() {
    isHoldingAll = false
    for entry in held where !isToWait(entry.exchange.request) { release(entry) }
  }

  /// What is gone now stays so: the requests that wait for it are answered.
  ///
  /// - Parameter routes: those of cells that have still to run; nil where nothing is to come any more.
  func releaseRoutes(expecting routes: [DeclaredRoute]? = nil) {
    isHoldingAll = false
    (comingRoutes, comingTable) = (routes, nil)
    guard rerun == nil else { return }
    expectedRoutes = []
    for entry in held where !isToWait(entry.exchange.request) { release(entry) }
  }

  /// Nothing more is to come: whoever waits is answered that it will not be served, and so is who comes yet.
  func endHolding() {
    isStopping = true
    for entry in held where take(entry) {
      kernel.desk.answer(entry.exchange, Supervisor.stopping, arrived: entry.arrived)
    }
  }

  private static var stopping: Response { StandardPages.unavailable("the notebook is being stopped") }

  private func endRerun(_ failed: CellResult?) {
    guard let rerun else { return }
    self.rerun = nil
    expectedRoutes = []
    for entry in held { release(entry) }
    rerun.completion(failed)
  }

  /// Stops the cell that runs or waits, and the running of all cells.
  func interrupt() {
    if let rerun, rerun.awaited == nil {
      // Between two of its cells; one that waits in the background is not meant.
      interruption.clear()
      self.rerun?.isInterrupted = true
      return
    }
    if !kernel.interrupt() { rerun?.isInterrupted = true }
  }

  // MARK: The end

  /// Lets time pass until nothing happens any more by itself, up to a limit of a virtual clock in nanoseconds.
  func settle(within limit: Int) -> KernelHandle.Settling {
    kernel.settle(within: limit)
    if kernel.isSettled && held.isEmpty { return .settled }
    return kernel.hasSettledInVain ? .timeIsUp : .underWay
  }

  /// Lets requests under way finish within `grace`, tells the others that they won't, then ends everything.
  func shutDown(grace: TimeAmount) -> EventLoopFuture<Void> {
    inspector?.close()
    let dismissal = loop.assumeIsolated().scheduleTask(in: grace) { [self] in
      kernel.desk.dismissAll()
      server.refuseUnfinished()
    }
    return server.shutDown(grace: grace + Supervisor.dismissalTime).assumeIsolated().map { [self] in
      dismissal.cancel()
      generation += 1
      kernel.shutDown("the program ends")
      transfers.shutDown()
    }.nonisolated()
  }
}
