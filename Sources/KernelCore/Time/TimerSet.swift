import VM

/// The timers of a kernel: those that fire a deferred once, and those that tick. All are owned by the run
/// of a cell.
final class TimerSet {
  private let clock: any Clock
  private let machine: Machine
  private let recorder: TraceRecorder?
  /// Called after a timer has made something ready.
  var onFire: () -> Void = {}
  private var oneShots = OperationTable<OneShot>()
  private(set) var tickers: [Int: Ticker] = [:]
  private var nextTicker = 1
  /// Whom the clock calls; it does not keep this.
  private let bell = Bell()

  private final class Bell: ClockClient {
    /// Nil while none is set: it would keep those of a kernel that is over.
    var timers: TimerSet?

    func clockRang(_ number: Int) { timers?.fire(number) }

    func clockWillRing(_ numbers: [Int]) { timers?.prefetch(numbers) }
  }

  /// A timer that fires once, by the number of its operation. There are many: small fields stand behind the last large one.
  private struct OneShot {
    let delay: Int
    let setAt: Int
    /// Among all that is due at the same moment.
    let place: ClockPlace
    var token: ClockToken?
    /// It belongs to a request: runs of cells don't touch it.
    let servesRequest: Bool
    let owner: UInt32

    /// A time that has passed is the present; one beyond all time is its end.
    var due: Int { setAt.addingClamped(max(0, delay)) }
  }

  init(clock: any Clock, machine: Machine, recorder: TraceRecorder? = nil) {
    self.clock = clock
    self.machine = machine
    self.recorder = recorder
  }

  /// How many timers there may be that fire once, and that tick.
  static let limit = 250_000
  static let tickerLimit = 10_000

  /// Timers that will fire by themselves, tickers not counted.
  var oneShotCount: Int { oneShots.count }

  // MARK: One-shot timers

  /// A deferred that fires with nil after `delay` nanoseconds.
  ///
  /// - Throws: the failure of a limit: what is set without an end would take all memory, and seconds to be stopped.
  func after(_ delay: Int, owner: UInt32, servesRequest: Bool) throws(Failure) -> Value {
    if oneShots.count >= TimerSet.limit {
      throw Failure(.limit, "\(TimerSet.limit) timers are set already", help: "wait for some of them to end")
    }
    let (id, deferred) = machine.beginOperation(owner: owner, .timer(delay))
    let now = clock.now
    var timer = OneShot(
      delay: delay, setAt: now, place: clock.nextPlace(), token: nil,
      servesRequest: servesRequest, owner: owner)
    timer.token = schedule(id, timer, now: now)
    oneShots[id] = timer
    if oneShots.count == 1 { bell.timers = self }
    return deferred
  }

  private func schedule(_ id: Int, _ timer: OneShot, now: Int) -> ClockToken {
    clock.schedule(at: timer.due, now: now, place: timer.place, bell, id)
  }

  private func prefetch(_ ids: [Int]) {
    oneShots.prefetch(ids)
    machine.prefetch(operations: ids)
  }

  private func take(_ id: Int) -> OneShot? {
    guard let timer = oneShots.remove(id) else { return nil }
    if oneShots.count == 0 { bell.timers = nil }
    return timer
  }

  private func fire(_ id: Int) {
    guard take(id) != nil else { return }
    machine.complete(operation: id, .success(.nil))
    onFire()
  }

  /// The operation was cancelled; false where it is no timer's.
  func cancel(operation: Int) -> Bool {
    guard let timer = take(operation) else { return false }
    if let token = timer.token { clock.cancel(token) }
    return true
  }

  /// The timers that fire once, by the numbers of their operations.
  var operations: [(id: Int, delay: Int, set: Int, owner: UInt32)] {
    oneShots.all.map { ($0, $1.delay, $1.setAt, $1.owner) }
  }

  /// What an operation waits for, for people.
  func describe(operation: Int) -> String? {
    oneShots[operation].map { "timer \(Machine.text(ofDuration: $0.delay))" }
  }

  // MARK: Tickers

  /// Calls a function every `interval` nanoseconds, first as soon as the running code waits or ends.
  ///
  /// - Throws: the failure of a limit, as `after`.
  func every(_ interval: Int, _ body: Value, owner: UInt32) throws(Failure) -> Ticker {
    if tickers.count >= TimerSet.tickerLimit {
      throw Failure(
        .limit, "\(TimerSet.tickerLimit) loops of every() run already",
        help: "stop some with .stop(), or do more in one")
    }
    let ticker = Ticker(
      number: nextTicker, interval: max(1, interval), body: PinnedValue(body, in: machine), owner: owner,
      start: clock.now, place: clock.nextPlace())
    nextTicker += 1
    tickers[ticker.number] = ticker
    ticker.due = ticker.start
    machine.enqueue { [weak self, weak ticker] in
      if let self, let ticker { tick(ticker) }
    }
    return ticker
  }

  private func plan(_ ticker: Ticker, at due: Int) {
    ticker.due = due
    ticker.token = clock.schedule(at: due, place: ticker.place) { [weak self, weak ticker] in
      guard let self, let ticker else { return }
      ticker.token = nil
      tick(ticker)
      onFire()
    }
  }

  private func tick(_ ticker: Ticker) {
    guard tickers[ticker.number] === ticker, !ticker.isPaused, ticker.task == nil else { return }
    ticker.ticks += 1
    let task = machine.upcomingTask
    ticker.task = task
    if let recorder {
      let place = machine.place(of: ticker.body.value)
      ticker.span = recorder.begin(
        .tick(interval: ticker.interval), cell: place?.source.cell, code: place.map(RecordedTrace.Place.init))
    }
    runningTickers[task] = ticker
    machine.start(ticker.body.value, owner: ticker.owner, followsDeferred: true, span: ticker.span)
  }

  private var runningTickers: [TaskID: Ticker] = [:]

  /// A tick has ended: the next is planned for the next multiple of the interval, as LoopingCall does; the
  /// ticks that fell into a long one are counted. Nil where the task is no tick's.
  func finished(task: TaskID, _ outcome: Outcome) -> Ticker? {
    guard let ticker = runningTickers.removeValue(forKey: task) else { return nil }
    ticker.task = nil
    recorder?.end(ticker.span, TracedOutcome(outcome, wasStopped: false))
    if tickers[ticker.number] === ticker { planNext(ticker) }
    return ticker
  }

  private func planNext(_ ticker: Ticker) {
    let passed = (clock.now - ticker.start) / ticker.interval
    let last = (ticker.due - ticker.start) / ticker.interval
    ticker.skipped += max(0, passed - last)
    let next = ticker.start.addingClamped((passed + 1).multipliedClamped(ticker.interval))
    if ticker.isPaused { ticker.due = next } else { plan(ticker, at: next) }
  }

  /// Ends a ticker; a tick under way is let finish. False where it had ended.
  @discardableResult
  func stop(_ ticker: Ticker) -> Bool {
    guard tickers.removeValue(forKey: ticker.number) != nil else { return false }
    if let token = ticker.token { clock.cancel(token) }
    ticker.token = nil
    return true
  }

  // MARK: Owners

  /// What a run of a cell started stands still.
  func pause(owner: UInt32) {
    for (id, timer) in oneShots.all where timer.owner == owner && !timer.servesRequest {
      if let token = timer.token { clock.cancel(token) }
      oneShots[id]?.token = nil
    }
    for ticker in tickers.values where ticker.owner == owner {
      ticker.isPaused = true
      if let token = ticker.token { clock.cancel(token) }
      ticker.token = nil
    }
  }

  /// It goes on; what fell due meanwhile fires now.
  func resume(owner: UInt32) {
    for (id, timer) in oneShots.all.sorted(by: { ($0.entry.due, $0.number) < ($1.entry.due, $1.number) })
    where timer.owner == owner && timer.token == nil {
      oneShots[id]?.token = schedule(id, timer, now: clock.now)
    }
    for ticker in tickers.values.sorted(by: { $0.number < $1.number })
    where ticker.owner == owner && ticker.isPaused {
      ticker.isPaused = false
      if ticker.task == nil { plan(ticker, at: max(ticker.due, clock.now)) }
    }
  }

  /// Ends the tickers of a run, with the ticks that are under way.
  func cancelTickers(owner: UInt32) {
    for ticker in tickers.values.sorted(by: { $0.number < $1.number }) where ticker.owner == owner {
      stop(ticker)
      if let task = ticker.task {
        runningTickers[task] = nil
        ticker.task = nil
        recorder?.end(ticker.span, .cancelled)
        machine.abandon(task, Ownership.replaced)
      }
    }
  }

  func cancelAll() {
    for (_, timer) in oneShots.all { if let token = timer.token { clock.cancel(token) } }
    oneShots.removeAll()
    bell.timers = nil
    for ticker in tickers.values { if let token = ticker.token { clock.cancel(token) } }
    tickers.removeAll()
    runningTickers.removeAll()
  }
}

/// A timer that ticks: Twisted's LoopingCall.
final class Ticker {
  let number: Int
  /// Nanoseconds, at least 1.
  let interval: Int
  let body: PinnedValue
  let owner: UInt32
  /// When it was started: ticks fall on multiples of the interval from here.
  let start: Int
  /// Among all that is due at the same moment: it ticks before what was set after it began.
  let place: ClockPlace
  var due = 0
  var token: ClockToken?
  /// The tick under way.
  var task: TaskID?
  /// What that is traced as.
  var span = SpanID.none
  var isPaused = false
  var ticks = 0
  /// What to tell of ticks that fail.
  var failures = Repetition(of: "ticks have failed")
  /// Ticks that did not happen, since the one before was still under way.
  var skipped = 0

  init(number: Int, interval: Int, body: PinnedValue, owner: UInt32, start: Int, place: ClockPlace) {
    self.number = number
    self.interval = interval
    self.body = body
    self.owner = owner
    self.start = start
    self.place = place
  }
}

extension Int {
  /// The sum, or the greatest number where it would be greater: a timer for the end of time.
  func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func multipliedClamped(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
