import NIOCore

/// The body of an answer that goes out on a connection piece by piece.
final class StreamedBody: BodySink {
  var onWritable: (() -> Void)?
  /// Nothing more is to be written before `onWritable`.
  var isStalled = false
  private var connection: ConnectionHandler?
  private let isChunked: Bool

  /// - Parameter isChunked: false where the end of the connection is the end of the body.
  init(_ connection: ConnectionHandler, isChunked: Bool) {
    self.connection = connection
    self.isChunked = isChunked
  }

  /// One that takes pieces and sends none.
  init() {
    isChunked = false
  }

  var takesMore: Bool { connection?.takesMore ?? true }

  func write(_ bytes: ByteBuffer) -> Bool {
    guard let connection, bytes.readableBytes > 0 else { return !isStalled }
    return connection.write(piece: isChunked ? Self.chunk(bytes) : bytes)
  }

  /// RFC 9112 §7.1.
  private static func chunk(_ bytes: ByteBuffer) -> ByteBuffer {
    var chunk = ByteBuffer()
    chunk.reserveCapacity(bytes.readableBytes + 20)
    chunk.writeString(String(bytes.readableBytes, radix: 16))
    chunk.writeStaticString("\r\n")
    chunk.writeImmutableBuffer(bytes)
    chunk.writeStaticString("\r\n")
    return chunk
  }

  func finish() {
    guard let connection = detach() else { return }
    connection.endStream(isChunked ? ByteBuffer(string: "0\r\n\r\n") : ByteBuffer())
  }

  func abort() {
    guard let connection = detach() else { return }
    connection.cutStream()
  }

  /// Nothing goes out any more.
  @discardableResult
  func detach() -> ConnectionHandler? {
    defer { connection = nil }
    onWritable = nil
    return connection
  }
}
