import Fetch
import Foundation
import Language
import NIOCore
import NIOPosix
import Synchronization
import VM
import Web

/// A notebook's kernel and server, for other threads: everything it offers is posted to the event loop.
public final class KernelHandle: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let supervisor: NIOLoopBound<Supervisor>
  private let interruption = Interruption()
  private let queue = CellQueue()
  /// How long somebody who is typing waits for an answer: one that comes later is none. So a cell that computes holds
  /// no key up.
  public let patience: Duration

  /// Starts a loop and a kernel on it. `onEvent` is called on the loop and must not block.
  public init(
    _ configuration: KernelConfiguration, patience: Duration = .milliseconds(20),
    onEvent: @escaping @Sendable (KernelEvent) -> Void
  ) throws {
    self.patience = patience
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    self.loop = loop
    supervisor = try loop.submit { [interruption] in
      let supervisor = Supervisor(configuration: configuration, loop: loop, interruption: interruption)
      supervisor.onEvent = onEvent
      return NIOLoopBound(supervisor, eventLoop: loop)
    }.wait()
    // Once the start is over, so that neither it nor the first call has to wait for that.
    loop.scheduleTask(in: .milliseconds(100)) { Thread.detachNewThread { TransferPool.loadAhead() } }
  }

  // MARK: The server

  /// Listens where a notebook without `listen` is served; gives the address to open.
  ///
  /// - Throws: `BindError`, with what to do.
  @discardableResult
  public func listenByDefault() throws -> String {
    try loop.flatSubmit { [supervisor] in supervisor.value.listenByDefault() }.wait().url
  }

  /// Listens on a port of the configured interface; 0 takes any free one.
  ///
  /// - Throws: `BindError`, with what to do.
  public func listen(onPort port: Int) throws -> String {
    try loop.flatSubmit { [supervisor] in supervisor.value.listen(onPort: port) }.wait().url
  }

  /// All cells are gone: what they listened on is given up, but for the last.
  public func giveUpAddresses() { loop.execute { [supervisor] in supervisor.value.giveUpAddresses() } }

  /// The addresses listened on now.
  public func addresses() -> [String] {
    (try? loop.submit { [supervisor] in supervisor.value.shownAddresses }.wait()) ?? []
  }

  /// The same; nil where the loop is busy.
  public func addressesAtOnce() -> [String]? { promptly { $0.shownAddresses } }

  /// The routes in force, in the order of their definition.
  public func routes() -> [RouteInfo] {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.routes.infos }.wait()) ?? []
  }

  /// What is declared around routes, in the order in which it counts.
  public func surroundings() -> [SurroundingInfo] {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.surroundings.infos }.wait()) ?? []
  }

  /// The guards, declared by `before`, that are in force, each with how often it is there; nil where the loop is busy.
  public func guardsAtOnce() -> [GuardText: Int]? { promptly { $0.kernel.guards } }

  /// The routes in force that answer a path, by whatever method. The path is percent-encoded, without a query.
  public func routes(answering path: String) -> [RouteInfo] {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.routes.infos(answering: path) }.wait()) ?? []
  }

  // MARK: Cells

  /// Looks at the cells of a notebook without running them; gives a result for each. Names that cells run so far have
  /// defined are not known to them.
  ///
  /// - Parameters:
  ///   - isWhole: whether the cells are all that there will be, so that a name which none of them defines is an error;
  ///     otherwise it is a warning, as at the prompt.
  ///   - keepsPrograms: whether the results have programs, which take memory.
  public func check(
    _ cells: [SourceText], isWhole: Bool = true, keepsPrograms: Bool = false
  ) -> [CheckedCell] {
    (try? loop.submit { [supervisor] in
      NotebookCheck(
        builtins: supervisor.value.kernel.machine.declaredGlobals.filter { $0.kind == .builtin },
        isWhole: isWhole, keepsPrograms: keepsPrograms
      )
      .checked(cells)
    }.wait()) ?? []
  }

  /// Runs a cell; a run of it that is still under way gives way. `completion` is called on the loop when it has ended, or
  /// by whoever interrupts it before it has begun.
  public func run(cell: Int, text: String, completion: @escaping @Sendable (CellResult) -> Void) {
    queue.takeBack(cell)
    // Else the loop stops the earlier run itself, where the text can run.
    if queue.isAlone(cell), promptly({ _ in true }) == nil { interrupt(cell: cell) }
    let run = queue.add(cell, completion: completion)
    loop.execute { [supervisor, queue] in
      guard queue.begin(run) else { return }
      supervisor.value.run(cell: cell, text: text) { result in
        queue.end(run)
        completion(result)
      }
    }
  }

  /// Drops all that cells made; the socket stays.
  public func restart(completion: @escaping @Sendable () -> Void) {
    stopComputing()
    loop.execute { [supervisor, interruption] in
      interruption.release()
      supervisor.value.restart()
      completion()
    }
  }

  /// Restarts and runs the cells in order up to the first that fails, which `completion` gets; those in `mayFail` may.
  public func rerunAll(
    _ cells: [(number: Int, text: String)], mayFail: Set<Int> = [],
    progress: @escaping @Sendable (CellResult) -> Void,
    completion: @escaping @Sendable (CellResult?) -> Void
  ) {
    stopComputing()
    loop.execute { [supervisor, interruption] in
      interruption.release()
      supervisor.value.rerunAll(cells, mayFail: mayFail, progress: progress, completion: completion)
    }
  }

  /// From now on, requests from outside for a route that is there now wait where it is gone, five seconds at most.
  public func holdRoutes() {
    loop.execute { [supervisor] in supervisor.value.holdRoutes() }
  }

  /// Requests from outside wait no more, and those that do are answered.
  ///
  /// - Parameter routes: those of cells that have still to run: who asks for one of them, or for what nothing answers,
  ///   still waits. Nil where nothing is to come.
  public func releaseRoutes(expecting routes: [DeclaredRoute]? = nil) {
    loop.execute { [supervisor] in supervisor.value.releaseRoutes(expecting: routes) }
  }

  /// Answers the requests that wait by `holdRoutes`, `holdRequests` or `releaseRoutes(expecting:)`, and those that would,
  /// with 503: what they wait for will not come.
  public func endHolding() {
    loop.execute { [supervisor] in supervisor.value.endHolding() }
  }

  /// Until `releaseRoutes` all requests from outside wait, five seconds at most: what is to surround their routes may
  /// not be there yet.
  public func holdRequests() {
    loop.execute { [supervisor] in supervisor.value.holdRequests() }
  }

  /// Ends `holdRequests`: only requests for a route that is gone for the moment still wait, as by `holdRoutes`.
  public func releaseRequests() {
    loop.execute { [supervisor] in supervisor.value.releaseRequests() }
  }

  /// Ends `rerunAll` at the cell that waits, which goes on by itself; gives its number, and nil where the loop is busy.
  /// What the cell comes to is told as that of the others. Between two cells the next one counts as interrupted, and nil
  /// is given.
  public func leaveRerun() -> Int? { promptly { $0.leaveRerun() } ?? nil }

  /// The same as `staleCells`; nil where the loop is busy.
  public func staleCellsAtOnce(in order: [Int], edited: Set<Int> = []) -> [Int]? {
    promptly { $0.kernel.staleness.stale(in: order, edited: edited) }
  }

  /// The cells of a notebook that would come to something else if they ran again, in its order: what they read has
  /// changed since, or is read by a cell that is stale itself.
  ///
  /// - Parameter edited: cells whose text is no longer the one that ran.
  public func staleCells(in order: [Int], edited: Set<Int> = []) -> [Int] {
    (try? loop.submit { [supervisor] in
      supervisor.value.kernel.staleness.stale(in: order, edited: edited)
    }.wait()) ?? []
  }

  /// The globals that cells have declared, in the order of their names.
  public func variables() -> [VariableInfo] {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.variables() }.wait()) ?? []
  }

  /// The notebook's date, and the time since its clock began; a virtual clock moves only when it must.
  public func clock() -> (date: Date, elapsed: Duration, isVirtual: Bool) {
    (try? loop.submit { [supervisor] in
      let supervisor = supervisor.value
      return (
        supervisor.clock.date, .nanoseconds(supervisor.clock.now), supervisor.configuration.isClockVirtual
      )
    }.wait()) ?? (Date(), .zero, false)
  }

  /// A global that a cell has declared; nil for any other name.
  public func variable(named name: String) -> VariableInfo? {
    (try? loop.submit { [supervisor] in
      supervisor.value.kernel.variable(name, valueLimit: VariableInfo.valueLimit)
    }.wait()) ?? nil
  }

  /// What goes on by itself, the oldest first.
  public func activities() -> [Activity] {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.activities() }.wait()) ?? []
  }

  /// Stops what `activities` gave a number; false where that has ended.
  public func cancel(activity number: Int) -> Bool {
    (try? loop.submit { [supervisor] in supervisor.value.kernel.cancel(activity: number) }.wait()) ?? false
  }

  // MARK: Traces

  /// Where the time of a request, a cell or a tick went; nil where there is no such trace, or none is recorded.
  public func trace(_ choice: TraceChoice) -> Waterfall? {
    (try? loop.submit { [supervisor] in
      supervisor.value.waterfall(choice)
    }.wait()) ?? nil
  }

  /// The last traces that are kept; nil where none is recorded.
  public func traces(limit: Int) -> TraceList? {
    (try? loop.submit { [supervisor] in
      supervisor.value.recorder?.list(limit: limit, now: supervisor.value.clock.now)
    }.wait()) ?? nil
  }

  // MARK: For whoever is typing

  /// What can be found behind a value by a dot, looked up without running code of the language. Nil where there is no
  /// such value, and where the loop is busy, unless `waits` says to wait for it however long it takes.
  public func members(of path: ValuePath, waits: Bool = false) -> ValueMembers? {
    if waits {
      return (try? loop.submit { [supervisor] in supervisor.value.kernel.members(of: path) }.wait()) ?? nil
    }
    return promptly { $0.kernel.members(of: path) } ?? nil
  }

  /// The globals that cells have declared and whose name begins so, in the order of their names; at most
  /// `VariableInfo.proposalLimit`. Nil where the loop is busy.
  public func variables(startingWith prefix: String) -> [VariableInfo]? {
    promptly { $0.kernel.variables(startingWith: prefix) }
  }

  /// The routes in force, as `routes()` gives them. Nil where the loop is busy.
  public func routesAtOnce() -> [RouteInfo]? { promptly { $0.kernel.routes.infos } }

  /// What goes on by itself, as `activities()` gives it. Nil where the loop is busy.
  public func activitiesAtOnce() -> [Activity]? { promptly { $0.kernel.activities() } }

  /// The paths of requests whose traces are kept, each once, those asked for last first; at most 100. Nil where the loop
  /// is busy.
  public func tracedPathsAtOnce() -> [String]? { promptly { $0.recorder?.paths(limit: 100) ?? [] } }

  /// What variables have in common now and who has changed it, as far as that is noted: where `setOrder` has said that the
  /// order decides. Some variables are looked at before others; of much data not all is looked at. Nil where the loop is
  /// busy.
  public func observedChangesAtOnce(first: Set<String>) -> ObservedChanges? {
    promptly { $0.kernel.ownership.observedChanges(first: first, effort: KernelHandle.effortOfLooking) }
  }

  /// Some ten milliseconds of the loop.
  private static let effortOfLooking = 1_000_000

  /// What the loop answers within `patience`. A question that nobody waits for any more is not looked at.
  private func promptly<Answer: Sendable>(_ question: @escaping @Sendable (Supervisor) -> Answer) -> Answer? {
    let slot = PromptAnswer<Answer>()
    loop.execute { [supervisor] in slot.give { question(supervisor.value) } }
    return slot.wait(patience)
  }

  // MARK: Effects

  /// Takes away all that a cell made.
  public func removeEffects(of cell: Int) {
    queue.takeBack(cell)
    if queue.isAlone(cell) { interrupt(cell: cell) }
    loop.execute { [supervisor] in supervisor.value.kernel.removeEffects(of: cell) }
  }

  /// Says in which order the notebook's cells stand: what they declare around routes runs in that order, whichever cell
  /// ran first.
  ///
  /// - Parameters:
  ///   - decides: whether of several cells that declare the same route or name the one furthest down has it, as after a
  ///     start, whichever ran last. While a cell runs, the names are its own that it declares.
  ///   - awaited: where that is so, what cells are to declare that have not run since they were edited.
  ///   - isStart: whether nothing has been served yet. Then what is to be that of a cell further down is not served before
  ///     that has run.
  public func setOrder(
    _ cells: [Int], decides: Bool = false, awaiting awaited: AwaitedDeclarations = .init(),
    isStart: Bool = false
  ) {
    loop.execute { [supervisor] in
      supervisor.value.setOrder(cells, decides: decides, awaiting: awaited, isStart: isStart)
    }
  }

  /// The timers of some cells stand still, those of all others go on: what cells have begun that are to run again changes
  /// nothing before they do.
  public func pauseTimers(ofCells cells: Set<Int>) {
    loop.execute { [supervisor] in supervisor.value.kernel.ownership.pauseTimers(ofCells: cells) }
  }

  /// Gives names back to the cells furthest down of those that declare them, where these have not run after one above
  /// that has. Of no effect where the order decides nothing.
  public func settleNames() {
    loop.execute { [supervisor] in supervisor.value.kernel.ownership.settleNames() }
  }

  /// Stops what computes now and the cell that waits. Returns at once.
  public func interrupt() {
    interruption.request()
    loop.execute { [supervisor] in supervisor.value.interrupt() }
  }

  /// Stops a cell. One that has not begun, since another computes, is over at once, and the other goes on. One that waits
  /// while another computes can't be told before that is stopped, too. Returns within `patience`.
  public func interrupt(cell: Int) {
    let wasTakenBack = queue.takeBack(cell)
    // Those of a re-run were never in the queue.
    guard queue.hasBegun(cell) || !wasTakenBack, promptly({ $0.kernel.interrupt(cell: cell) }) == nil else {
      return
    }
    // Whoever asked is answered already where a later run was taken back.
    if !wasTakenBack { interruption.request() }
    loop.execute { [supervisor] in supervisor.value.kernel.interrupt(cell: cell) }
  }

  /// Whether a cell that was to run waits for its turn, since another computes.
  public func waitsForItsTurn(cell: Int) -> Bool { queue.waits(cell) }

  /// How far it is that nothing happens any more by itself.
  public enum Settling: Sendable {
    case underWay, settled
    /// A virtual clock has come to the limit before.
    case timeIsUp
  }

  /// Whether nothing happens any more by itself; timers that tick do not count. Asking lets a virtual clock
  /// that stands between two cells run on until it is so, but no further than `limit` from where it stood first.
  public func settle(within limit: Duration) -> Settling {
    let limit = limit.nanoseconds
    return (try? loop.submit { [supervisor] in supervisor.value.settle(within: limit) }.wait()) ?? .settled
  }

  /// Whether a cell waits though nothing is left that could end its wait: no timer, no call, nothing that runs. Returns
  /// within `patience`: what computes does not wait.
  public func waitsInVain() -> Bool { promptly { $0.kernel.waitsInVain } ?? false }

  // MARK: Calls by hand

  /// Makes a call; `completion` is called on the loop with what came. Gives what takes it back.
  public func ask(
    _ call: PromptCall, completion: @escaping @Sendable (Result<Answer, PromptCallError>) -> Void
  ) -> @Sendable () -> Void {
    let started = loop.submit { [supervisor] in
      supervisor.value.kernel.ask(call, completion: completion)
    }
    return { [supervisor] in
      started.whenSuccess { task in
        if let task { supervisor.value.kernel.abandon(promptCall: task) }
      }
    }
  }

  /// From now on a `KernelEvent.served` is sent for each request, or no more.
  public func logRequests(_ isOn: Bool) {
    loop.execute { [supervisor] in supervisor.value.logsRequests = isOn }
  }

  // MARK: The end

  /// Stops what computes, and what is begun after it: nobody waits for several cells one after another.
  public func stopComputing() {
    interruption.hold()
    queue.takeBack()
  }

  /// Lets requests under way finish within `grace`, then ends everything. Blocks until it is done.
  ///
  /// - Parameter lingering: how long requests and connections are still let in that have come already and that a busy loop
  ///   has not seen.
  public func shutDown(grace: Duration, lingering: Duration = .zero) {
    if lingering > .zero {
      // What came while it was busy is read when it need be no longer.
      try? loop.submit {}.wait()
      try? loop.flatScheduleTask(in: lingering.timeAmount) { [loop] in loop.makeSucceededVoidFuture() }
        .futureResult.wait()
    }
    try? loop.flatSubmit { [supervisor] in supervisor.value.shutDown(grace: grace.timeAmount) }.wait()
    try? group.syncShutdownGracefully()
  }
}

extension Duration {
  fileprivate var timeAmount: TimeAmount {
    .nanoseconds(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
  }
}
