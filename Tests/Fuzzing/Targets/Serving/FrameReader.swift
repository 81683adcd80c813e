import NIOCore
import Web

/// Reads the frames that a server has written, as a client does (RFC 6455, section 5).
enum FrameReader {
  /// They are sound: the messages are those that were sent, and nothing comes behind a close frame.
  static func check(_ bytes: ArraySlice<UInt8>, echoes: [WebSocketMessage]) {
    var rest = ByteBuffer(bytes: bytes)
    var messages: [WebSocketMessage] = []
    var isClosed = false
    while rest.readableBytes > 0 {
      promise(!isClosed, "a frame comes behind the close frame")
      guard let (opcode, data) = take(&rest) else { fatalError("a frame is cut off") }
      switch opcode {
      case 1: messages.append(.text(String(buffer: data)))
      case 2: messages.append(.binary(data))
      case 8:
        isClosed = true
        checkClose(data)
      case 9, 10: promise(data.readableBytes <= 125, "a control frame is long")
      default: fatalError("a frame has the opcode \(opcode)")
      }
    }
    promise(messages == echoes, "\(echoes.count) messages were sent, \(messages.count) have come")
  }

  private static func take(_ rest: inout ByteBuffer) -> (opcode: UInt8, data: ByteBuffer)? {
    guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else {
      return nil
    }
    promise(first & 0xF0 == 0x80, "a frame is no whole message")
    promise(second & 0x80 == 0, "a frame of the server is masked")
    var length = Int(second)
    if length == 126 {
      guard let long = rest.readInteger(as: UInt16.self) else { return nil }
      promise(long > 125, "a length is longer than need be")
      length = Int(long)
    }
    promise(length < 127 || second == 126, "a message is longer than what was sent")
    return rest.readSlice(length: length).map { (first & 0x0F, $0) }
  }

  private static func checkClose(_ data: ByteBuffer) {
    var data = data
    promise(data.readableBytes <= 125, "a close frame is long")
    if data.readableBytes == 0 { return }
    guard let code = data.readInteger(as: UInt16.self) else { fatalError("a close frame has half a code") }
    promise(WebSocketClosure.isSendable(Int(code)), "a socket is closed with \(code)")
  }
}
