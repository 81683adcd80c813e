/// When what is written bit by bit, to a body or a WebSocket, goes out.
struct StreamPace {
  /// What is written waits for the end of this turn of the loop.
  var isFlushPlanned = false
  var unflushedBytes = 0
  static let maxUnflushedBytes = 16 << 10
  /// Whether the client took what was written before this turn.
  private var beganWritable = true
  /// What may be written in one turn to a client that is not waited for.
  static let maxBytesInTurn = 1 << 20

  /// The first bytes of a turn are about to be written.
  mutating func begin(isWritable: Bool) {
    isFlushPlanned = true
    beganWritable = isWritable
  }

  /// Whether more may be written without waiting for the client. What this turn has written tells nothing of how quick it
  /// is, for that has not gone out.
  func takesMore(isWritable: Bool) -> Bool {
    isFlushPlanned ? beganWritable && unflushedBytes < Self.maxBytesInTurn : isWritable
  }
  /// Who writes goes on in the next turn.
  var isResumePlanned = false
}
