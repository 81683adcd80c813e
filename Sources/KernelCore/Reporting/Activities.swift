import VM

/// Something that goes on in a kernel by itself, as `%ps` lists it.
public struct Activity: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case cell, request, fiber, timer, call
  }

  /// What it can be cancelled by; it has the same one in each listing.
  public let number: Int
  public let kind: Kind
  /// `GET /block`, `every 5s`, `async`.
  public let name: String
  /// What it waits for; nil where nothing is known of that.
  public let waitsFor: String?
  /// The cell that it belongs to.
  public let cell: Int?
  /// The line of the cell that began it.
  public let line: Int?
  /// Since when it has been under way.
  public let age: Duration
}

/// The same for the inspector's page, which asks again and again.
struct LiveActivity {
  let key: ActivityNumbers.Key
  /// Its number is 0.
  let activity: Activity
  /// By the kernel's clock, in nanoseconds.
  let began: Int
  /// It is a request that waits for what another is to fire.
  let isLongPoll: Bool
}

/// The numbers by which what goes on is cancelled.
struct ActivityNumbers {
  enum Key: Hashable {
    case cell(owner: UInt32)
    case request(TaskID)
    case fiber(UInt32)
    case ticker(Int)
    case operation(Int)
  }

  private var numbers: [Key: Int] = [:]
  private var next = 1

  /// Numbers what goes on; what has ended gives its number up for good.
  mutating func number(_ keys: [Key]) -> [Int] {
    let before = numbers
    numbers = [:]
    for key in keys {
      numbers[key] = before[key] ?? next
      if before[key] == nil { next += 1 }
    }
    return keys.map { numbers[$0] ?? 0 }
  }

  func key(_ number: Int) -> Key? { numbers.first { $0.value == number }?.key }
}

extension Kernel {
  /// What goes on, the oldest first. A timer or a call that something else in the list waits for is told with that.
  func activities() -> [Activity] {
    let all = activityEntries
    return zip(activityNumbers.number(all.map(\.key)), all).map(activity)
  }

  /// The oldest of what goes on, for somebody who looks again and again and knows it by its keys; and how many more there
  /// are. Takes time for all of them, but little for those that are not given.
  func oldestActivities(limit: Int) -> (shown: [LiveActivity], hidden: Int) {
    let all = activityEntries
    let shown = all.prefix(limit).map { entry in
      let isLongPoll = if entry.kind == .request, case .other(nil) = entry.wait { true } else { false }
      return LiveActivity(
        key: entry.key, activity: activity(0, entry), began: entry.began, isLongPoll: isLongPoll)
    }
    return (shown, all.count - shown.count)
  }

  private var activityEntries: [Entry] {
    let found = cellEntries + requestEntries + fiberEntries + tickerEntries
    let awaited = Set(found.compactMap { if case .operation(let id)? = $0.wait { id } else { nil } })
    return (found + operationEntries.filter { !awaited.contains($0.operation ?? 0) })
      .sorted { $0.began < $1.began }
  }

  private func activity(_ number: Int, _ entry: Entry) -> Activity {
    Activity(
      number: number, kind: entry.kind, name: entry.name(), waitsFor: entry.wait.flatMap(words),
      cell: ownership.cell(of: entry.owner), line: entry.line(),
      age: .nanoseconds(max(0, clock.now - entry.began)))
  }

  /// Stops what a listing gave a number; false where that has ended, or never was.
  func cancel(activity number: Int) -> Bool {
    activityNumbers.key(number).map { cancel($0, .atPrompt) } ?? false
  }

  /// Stops something that goes on; false where that has ended, or never was.
  func cancel(_ key: ActivityNumbers.Key, _ hand: CancellingHand) -> Bool {
    defer { pump() }
    switch key {
    case .cell(let owner):
      guard let run = active[owner], run.isUnderWay else { return false }
      interrupt(run)
    case .request(let task):
      guard machine.isUnderWay(task) else { return false }
      if !sockets.cancel(task, hand) { desk.cancel(task, hand) }
    case .fiber(let id): return machine.stop(fiber: id, hand.failure)
    case .ticker(let id):
      guard let ticker = timers.tickers[id] else { return false }
      timers.stop(ticker)
    case .operation(let id):
      guard machine.owner(ofOperation: id) != nil else { return false }
      machine.cancel(operation: id, hand.failure)
    }
    return true
  }

  private struct Entry {
    let key: ActivityNumbers.Key
    let kind: Activity.Kind
    /// Not made before it is shown: there may be many entries.
    let name: () -> String
    var wait: Wait?
    let owner: UInt32
    var line: () -> Int? = { nil }
    let began: Int

    var operation: Int? { if case .operation(let id) = key { id } else { nil } }
  }

  private var cellEntries: [Entry] {
    active.values.map { run in
      Entry(
        key: .cell(owner: run.owner), kind: .cell, name: { "cell" },
        wait: run.task.flatMap(machine.wait(of:)),
        owner: run.owner, began: run.started)
    }
  }

  private var requestEntries: [Entry] {
    (desk.requests + sockets.requests).map { task, request, owner, started in
      Entry(
        key: .request(task), kind: .request,
        name: {
          "\(request.method.rawValue.printable(limit: 20)) \(request.target.printable(limit: 200))"
        },
        wait: machine.wait(of: task), owner: owner, began: started)
    }
  }

  /// Fibers that nothing else stands for.
  private var fiberEntries: [Entry] {
    machine.fibers.filter { $0.task == nil }.map { fiber in
      let isTask = fiber.place?.role == .task
      return Entry(
        key: .fiber(fiber.id), kind: .fiber,
        name: { isTask ? "async" : fiber.place.map { "\($0.function)()" } ?? "callback" }, wait: fiber.wait,
        owner: fiber.owner, line: { fiber.place.map { $0.source.lineNumber(of: $0.span.start) } },
        began: fiber.made)
    }
  }

  private var tickerEntries: [Entry] {
    timers.tickers.values.map { ticker in
      Entry(
        key: .ticker(ticker.number), kind: .timer,
        name: { "every \(Machine.text(ofDuration: ticker.interval))" },
        wait: ticker.task.flatMap(machine.wait(of:)), owner: ticker.owner, began: ticker.start)
    }
  }

  private var operationEntries: [Entry] {
    let oneShots = timers.operations.map { timer in
      Entry(
        key: .operation(timer.id), kind: .timer, name: { "after \(Machine.text(ofDuration: timer.delay))" },
        owner: timer.owner, began: timer.set)
    }
    let transfers = calls.operations.map { [calls] call in
      Entry(
        key: .operation(call.id), kind: .call,
        name: { calls?.describe(operation: call.id) ?? "call" },
        owner: machine.owner(ofOperation: call.id) ?? 0, began: call.started)
    }
    return oneShots + transfers
  }

  private func words(for wait: Wait) -> String? {
    switch wait {
    case .ready: "its turn"
    case .operation(let id): describe(operation: id)
    case .other(let text): text ?? "a deferred"
    }
  }
}

/// Where a person has stopped something.
enum CancellingHand: String {
  case atPrompt = "at the prompt"
  case onPage = "on the page of the notebook"

  var failure: Failure { Failure(.cancelled, "cancelled \(rawValue)") }
}
