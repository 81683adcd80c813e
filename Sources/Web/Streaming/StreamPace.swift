import NIOCore

/// When what is written bit by bit, to a body or a WebSocket, goes out.
struct StreamPace {
  /// What is written waits for the end of this turn of the loop.
  var isFlushPlanned = false
  var unflushedBytes = 0
  static let maxUnflushedBytes = 16 << 10
  var isResumePlanned = false
  /// Between the pieces for a client that takes them at once: the loop looks at its other sockets only when no task is
  /// due, and such a stream would keep it from that for ever.
  static let pause = TimeAmount.microseconds(100)
}
