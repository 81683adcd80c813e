import Dispatch
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import VM
import Web

@testable import KernelCore

/// A supervisor on an event loop of its own, with clocks that only the test moves.
///
/// Every method runs on the loop and gives back when all that could run has run, so that tests neither sleep
/// nor race.
final class Bench: @unchecked Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let loop: any EventLoop
  /// Only to be touched on the loop.
  private(set) var supervisor: Supervisor!
  private(set) var clock: VirtualClock!
  private(set) var holdClock: VirtualClock!
  private var heard: [KernelEvent] = []

  /// - Parameter movesClock: whether the notebook's clock moves by itself, as in a replay.
  init(movesClock: Bool = false, _ configure: (inout KernelConfiguration) -> Void = { _ in }) {
    var configuration = KernelConfiguration()
    configuration.isClockVirtual = true
    configuration.port = 0
    let mode = ProcessInfo.processInfo.environment["ROUTEBOOK_GC"] ?? ""
    configuration.collector = CollectorMode(rawValue: mode) ?? .asNeeded
    configure(&configuration)
    let final = configuration
    loop = group.next()
    on {
      self.clock = VirtualClock(loop: movesClock ? self.loop : nil)
      self.holdClock = VirtualClock()
      let isReal = !final.isClockVirtual
      self.supervisor = Supervisor(
        configuration: final, loop: self.loop, clock: isReal ? nil : self.clock, holdClock: self.holdClock)
      self.supervisor.onEvent = { self.heard.append($0) }
    }
  }

  private var socketPaths: [String] = []

  /// A path for a Unix socket; what lies there at the end is removed.
  func makeSocketPath() -> String {
    let path = "/tmp/rb-\(UUID().uuidString.prefix(8)).sock"
    socketPaths.append(path)
    return path
  }

  deinit {
    for path in socketPaths { unlink(path) }
    // The last to let go may be the loop itself, which must not wait for its own end.
    let supervisor = Unchecked(supervisor!)
    DispatchQueue.global().async { [loop, group] in
      try? loop.flatSubmit { supervisor.value.shutDown(grace: .zero) }.wait()
      try? group.syncShutdownGracefully()
    }
  }

  /// Does something while the loop waits for it, so that all that it sends comes in one turn.
  func holdingLoop<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (isHeld, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    loop.execute {
      isHeld.signal()
      isDone.wait()
    }
    isHeld.wait()
    defer { isDone.signal() }
    return try body()
  }

  @discardableResult
  func on<Result>(_ body: @escaping () throws -> Result) rethrows -> Result {
    if loop.inEventLoop { return try body() }
    let box = Box<Swift.Result<Result, any Error>>()
    let work = Unchecked(body)
    // Twice, so that what the first left to the loop's next turn has run too.
    try! loop.submit { box.value = Swift.Result { try work.value() } }.wait()
    try! loop.submit {}.wait()
    // What was too much for one turn of the kernel goes on in later ones.
    let end = Date().addingTimeInterval(3)
    while try! loop.submit({ self.supervisor?.kernel.hasMoreToRun ?? false }).wait(), Date() < end {
      usleep(200)
    }
    return try! box.value!.get()
  }

  /// Waits until something that other threads bring about is so; fails the wait after ten seconds.
  func wait(until condition: @escaping () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(10)
    while !on(condition) {
      if Date() > end { return false }
      usleep(1_000)
    }
    return true
  }

  var kernel: Kernel { supervisor.kernel }

  // MARK: Cells

  /// Begins to run a cell.
  @discardableResult
  func start(_ text: String, cell: Int = 1) -> Pending<CellResult> {
    let pending = Pending<CellResult>(self)
    on { self.supervisor.run(cell: cell, text: text) { pending.set($0) } }
    return pending
  }

  /// Runs a cell that ends without time passing; `waiting` where it does not.
  @discardableResult
  func run(_ text: String, cell: Int = 1) -> Shown { Shown(start(text, cell: cell).value) }

  /// The value of a cell that waits for what comes from outside; nil where it fails or takes ten seconds.
  func awaited(_ text: String, cell: Int = 900) -> String? {
    let pending = start(text, cell: cell)
    guard wait(until: { pending.valueOnLoop != nil }) else { return nil }
    return Shown(pending.value).text
  }

  struct NoPort: Error {}

  /// Listens on a free port; gives it, and what the cell shows.
  func listen() throws -> (port: Int, shown: String) {
    guard let shown = awaited("listen(\"tcp:0\")"),
      let port = Int(shown.dropLast().split(separator: ":").last ?? "")
    else { throw NoPort() }
    return (port, shown)
  }

  // MARK: Time

  func advance(_ duration: Duration) {
    let parts = duration.components
    on { self.clock.advance(by: Int(parts.seconds) * 1_000_000_000 + Int(parts.attoseconds / 1_000_000_000)) }
  }

  func advanceHold(_ duration: Duration) {
    on { self.holdClock.advance(by: Int(duration.components.seconds) * 1_000_000_000) }
  }

  /// Seconds of the notebook's clock.
  var now: Double { on { Double(self.clock.now) / 1e9 } }

  // MARK: Requests

  /// A request from outside, as the server hands it over.
  @discardableResult
  func ask(
    _ target: String, _ method: HTTPMethod = .GET, headers: [(String, String)] = [], body: String = "",
    isFromThisMachine: Bool = true
  ) -> Asked {
    let pending = Asked(self)
    on {
      let request = Request(
        method: method, target: target, headers: HTTPHeaders(headers), body: ByteBuffer(string: body),
        remoteHost: "127.0.0.1",
        isFromThisMachine: isFromThisMachine)
      let exchange = Exchange(request: request) { result in
        pending.set((try? result.get()) ?? .text(.badGateway, "cut off"))
      }
      pending.exchange = exchange
      self.supervisor.respond(to: exchange)
    }
    return pending
  }

  /// The text of the answer to a GET, which must come at once.
  func get(_ target: String) -> String? { ask(target).text }

  // MARK: Events

  var events: [KernelEvent] { on { self.heard } }

  /// What was printed, in order.
  var output: [String] { events.compactMap { if case .output(_, let text) = $0 { text } else { nil } } }

  /// Errors that nobody awaited, of ticks, and behind a 500.
  var failures: [String] {
    events.compactMap { event in
      switch event {
      case .failure(_, let text), .unawaited(_, let text): text
      default: nil
      }
    }
  }

  /// Whether something is told of an error that has a text in it, which may still be on its way.
  func heard(_ text: String) -> Bool {
    wait {
      self.heard.contains { event in
        switch event {
        case .failure(_, let told), .unawaited(_, let told): told.contains(text)
        default: false
        }
      }
    }
  }

  /// The lines of the log: method, target, status and bytes.
  var served: [String] {
    events.compactMap { event in
      guard case .served(let request) = event else { return nil }
      return "\(request.method) \(request.target) \(request.status) \(request.bytes)"
    }
  }

  var notices: [String] { events.compactMap { if case .notice(_, let text) = $0 { text } else { nil } } }

  /// A value of the language as `Out` would show it.
  func value(_ expression: String) -> String? {
    if case .succeeded(let text) = start(expression, cell: 9_999).value?.outcome { text } else { nil }
  }

  var routes: [RouteInfo] { on { self.kernel.routes.infos } }
}

extension RouteInfo {
  /// What is the same each time, as text.
  var counts: String { "\(method ?? "any") \(pattern) [\(cell ?? 0)] \(hits) hits \(errors) errors" }
}

/// Something that comes later.
class Pending<Value>: @unchecked Sendable {
  fileprivate let bench: Bench
  private var result: Value?

  init(_ bench: Bench) { self.bench = bench }

  func set(_ value: Value) { result = value }

  /// The same, asked on the loop.
  var valueOnLoop: Value? { result }

  /// Nil as long as it has not come.
  var value: Value? { bench.on { self.result } }
}

/// A request under way.
final class Asked: Pending<Response>, @unchecked Sendable {
  fileprivate var exchange: Exchange?

  var status: Int? { value.map { Int($0.status.code) } }
  var text: String? { value.map { String(buffer: $0.body) } }
  var type: String? { value?.headers.first(name: "content-type") }

  /// The client goes.
  func disconnect() { bench.on { self.exchange?.disconnect() } }
}

/// What a cell shows, for comparing.
struct Shown: Equatable, CustomStringConvertible, ExpressibleByStringLiteral {
  let text: String
  var description: String { text }

  init(stringLiteral text: String) { self.text = text }

  init(_ result: CellResult?) {
    text =
      switch result?.outcome {
      case .succeeded(let value): value ?? "ok"
      case .failed(let error): error
      case .interrupted: "interrupted"
      case nil: "waiting"
      }
  }

  func contains(_ part: String) -> Bool { text.contains(part) }
}

final class Box<Value>: @unchecked Sendable {
  var value: Value?
}

struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
