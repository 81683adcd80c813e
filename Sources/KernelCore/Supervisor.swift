import Fetch
import Foundation
import NIOCore
import NIOHTTP1
import Web

/// Owns what outlives a kernel: the loop's server with its socket, the transfers, the clock. It makes
/// kernels, restarts them, and keeps requests waiting while all cells are run again.
///
/// Confined to its event loop; other threads use a `KernelHandle`.
final class Supervisor: Responder {
  /// How long a request waits for its route to come back, and how many may wait.
  private static let holdTime = TimeAmount.seconds(5)
  private static let holdLimit = 1_000

  let configuration: KernelConfiguration
  let loop: any EventLoop
  let server: HTTPServer
  let transfers: TransferPool
  let clock: any Clock
  var onEvent: (KernelEvent) -> Void = { _ in }

  private(set) var kernel: Kernel!
  private var executionCount = 0
  private let originToken = UUID().uuidString
  /// Counts restarts: what was begun before one does not go on after it.
  private var generation = 0

  // While all cells are run again.
  private var expectedRoutes: RouteTable<Int>?
  private var held: [Held] = []
  private var rerun: Rerun?

  private final class Held {
    let exchange: Exchange
    var timeout: Scheduled<Void>?
    init(_ exchange: Exchange) { self.exchange = exchange }
  }

  private struct Rerun {
    var rest: [(number: Int, text: String)]
    let progress: (CellResult) -> Void
    let completion: (CellResult?) -> Void
  }

  init(configuration: KernelConfiguration, loop: any EventLoop) {
    self.configuration = configuration
    self.loop = loop
    server = HTTPServer(eventLoop: loop, limits: configuration.serverLimits, responder: nil)
    transfers = TransferPool()
    clock = configuration.isClockVirtual ? VirtualClock(loop: loop) : RealClock(loop: loop)
    kernel = makeKernel()
    server.responder = self
  }

  private func makeKernel() -> Kernel {
    let kernel = Kernel(
      configuration: configuration, clock: clock, loop: loop, server: server, transfers: transfers,
      originToken: originToken, emit: { [unowned self] in onEvent($0) })
    kernel.routes.onChange = { [unowned self] in releaseMatching() }
    return kernel
  }

  // MARK: Requests

  func respond(to exchange: Exchange) {
    if expectedRoutes != nil, isHeld(exchange) { return }
    kernel.desk.handle(exchange)
  }

  /// Keeps a request from outside for a route that existed before the restart and is not back yet.
  private func isHeld(_ exchange: Exchange) -> Bool {
    let request = exchange.request
    guard request.headers.first(name: OutboundCalls.originHeader) != originToken else { return false }
    guard let expectedRoutes, !hasRoute(kernel.routes.table, request), hasRoute(expectedRoutes, request)
    else { return false }
    guard held.count < Supervisor.holdLimit else {
      exchange.respond(StandardPages.unavailable("the notebook's cells are being run again"))
      return true
    }
    let entry = Held(exchange)
    held.append(entry)
    entry.timeout = loop.assumeIsolated().scheduleTask(in: Supervisor.holdTime) { [weak self, weak entry] in
      guard let self, let entry, take(entry) else { return }
      entry.exchange.respond(
        StandardPages.unavailable("the notebook's cells are still being run again", retryAfterSeconds: 5))
    }
    exchange.onDisconnect = { [weak self, weak entry] in
      guard let self, let entry else { return }
      _ = take(entry)
    }
    return true
  }

  private func hasRoute(_ table: RouteTable<Int>, _ request: Request) -> Bool {
    if case .match = table.resolve(method: request.method, path: request.path) { true } else { false }
  }

  private func take(_ entry: Held) -> Bool {
    guard let place = held.firstIndex(where: { $0 === entry }) else { return false }
    held.remove(at: place)
    entry.timeout?.cancel()
    return true
  }

  private var isReleasing = false

  /// A route has come: the requests that wait for it go on, in a turn of their own.
  private func releaseMatching() {
    if held.isEmpty || isReleasing { return }
    isReleasing = true
    loop.assumeIsolated().execute { [weak self] in
      guard let self else { return }
      isReleasing = false
      for entry in held where hasRoute(kernel.routes.table, entry.exchange.request) { release(entry) }
    }
  }

  private func release(_ entry: Held) {
    guard take(entry) else { return }
    entry.exchange.onDisconnect = nil
    kernel.desk.handle(entry.exchange)
  }

  // MARK: The server

  /// Listens where a notebook without `listen` is served.
  func listenByDefault() -> EventLoopFuture<BoundAddress> {
    server.listen(
      on: .tcp(host: configuration.host, port: configuration.port ?? KernelConfiguration.defaultPort))
  }

  // MARK: Cells

  func run(cell: Int, text: String, completion: @escaping (CellResult) -> Void) {
    executionCount += 1
    kernel.run(cell: cell, text: text, executionCount: executionCount, completion: completion)
  }

  /// Drops the kernel and makes another. The socket stays bound; its routes are gone.
  func restart() {
    generation += 1
    if let rerun {
      self.rerun = nil
      endHolding()
      rerun.completion(nil)
    }
    kernel.shutDown()
    executionCount = 0
    kernel = makeKernel()
  }

  /// Restarts, then runs the cells in order, up to the first that fails. `completion` gets the cell that
  /// failed, or nil.
  func rerunAll(
    _ cells: [(number: Int, text: String)], progress: @escaping (CellResult) -> Void,
    completion: @escaping (CellResult?) -> Void
  ) {
    let before = kernel.routes.table
    restart()
    expectedRoutes = before
    rerun = Rerun(rest: cells, progress: progress, completion: completion)
    runNext(generation)
  }

  private func runNext(_ generation: Int) {
    guard generation == self.generation, var current = rerun else { return }
    guard !current.rest.isEmpty else { return endRerun(nil) }
    let cell = current.rest.removeFirst()
    rerun = current
    run(cell: cell.number, text: cell.text) { [weak self] result in
      guard let self, generation == self.generation, let rerun else { return }
      rerun.progress(result)
      guard result.isSuccess else { return endRerun(result) }
      // In a turn of its own, so that many cells do not nest.
      loop.assumeIsolated().execute { [weak self] in self?.runNext(generation) }
    }
  }

  private func endRerun(_ failed: CellResult?) {
    guard let rerun else { return }
    self.rerun = nil
    endHolding()
    rerun.completion(failed)
  }

  private func endHolding() {
    expectedRoutes = nil
    for entry in held { release(entry) }
  }

  /// Stops the cell that runs or waits.
  func interrupt() {
    kernel.machine.interruption.clear()
    kernel.interrupt()
  }

  // MARK: The end

  /// Whether nothing happens any more by itself.
  var isSettled: Bool { kernel.isSettled && kernel.desk.count == 0 && held.isEmpty }

  /// Lets requests under way finish within `grace`, then ends everything.
  func shutDown(grace: TimeAmount) -> EventLoopFuture<Void> {
    server.shutDown(grace: grace).assumeIsolated().map { [self] in
      generation += 1
      kernel.shutDown()
      transfers.shutDown()
    }.nonisolated()
  }
}
