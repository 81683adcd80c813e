import NIOCore

/// Which pings are answered (RFC 6455, section 5.5.3): each one while the client takes the pongs, and of those that come
/// while several wait for it only the last. So a client that sends pings and reads nothing fills no memory.
struct PongQueue {
  /// The pongs that may wait for the client.
  static let most = 16

  private var waiting = 0
  private var last: ByteBuffer?

  /// Takes the data of a ping.
  ///
  /// - Returns: what to send at once; nil where the answer waits, or will never come.
  mutating func answer(_ data: ByteBuffer) -> ByteBuffer? {
    guard waiting < Self.most else {
      last = data
      return nil
    }
    waiting += 1
    return data
  }

  /// A pong has gone out.
  ///
  /// - Returns: what to send in its place.
  mutating func taken() -> ByteBuffer? {
    guard let next = last else {
      waiting -= 1
      return nil
    }
    last = nil
    return next
  }
}
