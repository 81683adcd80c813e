import NIOCore

/// Lets the answers of one turn of the loop go out close behind one another.
///
/// A write that wakes its client takes half as long again. Of answers that follow one another closely only the first finds a
/// client of many connections asleep, and the code that writes stays in the processor's caches.
///
/// Confined to its loop.
final class FlushBatch {
  private let eventLoop: any EventLoop
  private var waiting: [ConnectionHandler] = []
  /// When the first of them began to wait.
  private var began = NIODeadline.distantPast
  /// When the last went out.
  private var flushed = NIODeadline.distantPast
  private var isPlanned = false
  private var isFlushing = false

  /// So many wait at most.
  static let limit = 32
  /// Where a turn goes on for longer, those before go out with the next.
  var longestWait = TimeAmount.microseconds(500)
  /// After a pause that long one goes out at once: there may be no other, and where each takes that long to find, waking a
  /// client is a small part.
  var pause = TimeAmount.microseconds(40)

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    waiting.reserveCapacity(Self.limit)
  }

  /// Flushes what a connection has just written, where nothing waits and nothing has gone out for a while.
  func flushAtOnce(_ connection: ConnectionHandler) {
    guard waiting.isEmpty, !isFlushing, NIODeadline.now() - flushed >= pause else { return }
    connection.flush()
    flushed = .now()
  }

  /// Flushes what a connection has written, at the end of this turn at the latest.
  func add(_ connection: ConnectionHandler) {
    waiting.append(connection)
    if isFlushing { return }
    let now = NIODeadline.now()
    if waiting.count == 1 { began = now }
    if waiting.count == Self.limit || now - began >= longestWait
      || waiting.count == 1 && now - flushed >= pause
    {
      return flush()
    }
    if isPlanned { return }
    isPlanned = true
    eventLoop.assumeIsolated().execute { [self] in
      isPlanned = false
      flush()
    }
  }

  /// Flushes the connections that no code waits for. It may be called while code runs, as it calls none.
  func flushAtRest() {
    if isFlushing || waiting.isEmpty { return }
    isFlushing = true
    let atRest = waiting.filter(\.isAtRest)
    waiting.removeAll(where: \.isAtRest)
    for connection in atRest { connection.flush() }
    isFlushing = false
  }

  private func flush() {
    isFlushing = true
    var next = 0
    // What is written meanwhile goes out with them.
    while next < waiting.count {
      waiting[next].flush()
      next += 1
    }
    waiting.removeAll(keepingCapacity: true)
    isFlushing = false
    flushed = .now()
  }
}
