import NIOCore
import NIOHTTP1
import Web

/// Tells pages what has changed, by Server-Sent Events (HTML Standard, section 9.2).
///
/// Twice a second at most, and less often where looking takes long, so that it takes a fiftieth of the loop's time at most.
/// A page that does not take what it is sent is sent nothing until it has: then it gets the difference to what it has seen.
/// While no page is open nothing is done at all. Confined to its event loop.
final class InspectorEvents {
  /// Pages at a time.
  static let watcherLimit = 16
  private static let interval = TimeAmount.milliseconds(500)
  /// The loop's time for which looking may take a unit of it.
  private static let share: Int64 = 50
  /// A silent stream tells after this that it is still there, so that whoever has gone is noticed.
  private static let silence = TimeAmount.seconds(15)
  /// How long a page waits, in milliseconds, before it connects again.
  private static let retry = 1_000

  private var tables: InspectorTables
  private let loop: any EventLoop
  private var watchers: [ObjectIdentifier: Watcher] = [:]
  private var next: Scheduled<Void>?
  private var refreshed = NIODeadline.distantPast
  private var pause = InspectorEvents.interval
  private var isOver = false

  private final class Watcher {
    let sink: any BodySink
    var seen = InspectorTables.Versions()
    var isStalled = false
    var written = NIODeadline.now()

    init(_ sink: any BodySink) { self.sink = sink }
  }

  init(_ tables: InspectorTables, loop: any EventLoop) {
    self.tables = tables
    self.loop = loop
  }

  /// How many pages look.
  var watcherCount: Int { watchers.count }
  /// Whether it will look at what has changed; false where no page is open.
  var isLooking: Bool { next != nil }

  /// Begins to tell a page what changes.
  func stream(to exchange: Exchange) {
    if isOver { return exchange.respond(StandardPages.unavailable("the notebook is being stopped")) }
    guard watchers.count < InspectorEvents.watcherLimit else {
      return exchange.respond(
        StandardPages.unavailable("\(watchers.count) pages look at this notebook already; close one of them"))
    }
    let response = Inspector.private(Response(status: .ok, type: "text/event-stream", body: ByteBuffer()))
    let isHead = exchange.request.method == .HEAD
    let sink = exchange.begin(response)
    if isHead { return sink.finish() }
    let watcher = Watcher(sink)
    let id = ObjectIdentifier(watcher)
    watchers[id] = watcher
    exchange.onDisconnect = { [weak self] in self?.remove(id) }
    sink.onWritable = { [weak watcher] in watcher?.isStalled = false }
    write("retry: \(InspectorEvents.retry)\n\n", to: watcher)
    if NIODeadline.now() - refreshed > .milliseconds(100) { refresh() }
    tell(watcher)
    plan(in: pause)
  }

  /// Something was changed by a page: those that look are not to wait long for it.
  func refreshSoon() {
    next?.cancel()
    next = nil
    plan(in: .milliseconds(20))
  }

  /// Ends all streams; nobody is told anything any more.
  func close() {
    isOver = true
    next?.cancel()
    next = nil
    for watcher in watchers.values { watcher.sink.finish() }
    watchers = [:]
  }

  private func remove(_ id: ObjectIdentifier) {
    watchers[id] = nil
    guard watchers.isEmpty else { return }
    next?.cancel()
    next = nil
  }

  private func plan(in pause: TimeAmount) {
    guard next == nil, !watchers.isEmpty else { return }
    next = loop.assumeIsolated().scheduleTask(in: pause) { [weak self] in self?.look() }
  }

  /// Tells all pages that are not behind what has changed.
  func look() {
    next?.cancel()
    next = nil
    refresh()
    for watcher in watchers.values where !watcher.isStalled { tell(watcher) }
    plan(in: pause)
  }

  private func refresh() {
    let start = NIODeadline.now()
    tables.refresh()
    refreshed = .now()
    pause = max(
      InspectorEvents.interval, .nanoseconds((refreshed - start).nanoseconds * InspectorEvents.share))
  }

  /// Sends what a page has not seen.
  private func tell(_ watcher: Watcher) {
    if let data = tables.changes(since: &watcher.seen) {
      write("data: \(data)\n\n", to: watcher)
    } else if NIODeadline.now() - watcher.written > InspectorEvents.silence {
      write(":\n\n", to: watcher)
    }
  }

  private func write(_ text: String, to watcher: Watcher) {
    watcher.written = .now()
    if !watcher.sink.write(ByteBuffer(string: text)) { watcher.isStalled = true }
  }
}
