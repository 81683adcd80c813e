/// What is held of the messages of one WebSocket: of frames and messages that are not whole, and whole ones that nobody
/// has taken. It counts among the bodies of all requests, for it is memory that strangers fill in the same way.
final class HeldMessages {
  private weak var server: HTTPServer?
  private let limit: Int
  /// The bytes of the frame and of the message that are coming.
  var unfinishedBytes = 0 { didSet { count(unfinishedBytes - oldValue) } }
  /// The bytes of the messages that wait to be taken.
  var waitingBytes = 0 { didSet { count(waitingBytes - oldValue) } }

  init(_ server: HTTPServer) {
    self.server = server
    limit = server.limits.maxHeldBodyBytes
  }

  deinit { count(-(unfinishedBytes + waitingBytes)) }

  /// Whether this one holds something, and all together hold more than they may.
  var isTooMuch: Bool {
    guard let server, unfinishedBytes + waitingBytes > 0 else { return false }
    return server.heldBodyBytes > limit
  }

  private func count(_ bytes: Int) { server?.heldBodyBytes += bytes }
}
