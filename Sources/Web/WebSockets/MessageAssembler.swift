import NIOCore
import NIOWebSocket

/// Puts the frames of a client together (RFC 6455, sections 5 and 7): a pure state machine, frames in, events out.
struct MessageAssembler {
  enum Event: Equatable {
    /// A frame that is part of a message.
    case nothing
    case message(WebSocketMessage)
    case ping(ByteBuffer)
    case pong
    /// The client closes; what is to be sent back.
    case close(WebSocketClosure)
    /// What came is against the rules: the connection is failed with this.
    case failure(WebSocketClosure)
  }

  private let limit: Int
  private var partial: (isText: Bool, bytes: ByteBuffer)?

  /// The bytes that have come of a message that is not whole.
  var heldBytes: Int { partial?.bytes.readableBytes ?? 0 }

  /// - Parameter limit: the bytes of a message.
  init(limit: Int) {
    self.limit = limit
  }

  mutating func consume(_ frame: WebSocketFrame) -> Event {
    guard frame.maskKey != nil else { return Self.violation("the frames of a client are masked") }
    if frame.rsv1 || frame.rsv2 || frame.rsv3 { return Self.violation("no extension was agreed on") }
    let data = frame.unmaskedData
    switch frame.opcode {
    case .ping: return .ping(data)
    case .pong: return .pong
    case .connectionClose: return close(data)
    case .text, .binary:
      if partial != nil { return Self.violation("a message begins within another") }
      return add(data, to: (frame.opcode == .text, ByteBuffer()), isLast: frame.fin)
    case .continuation:
      guard let partial else { return Self.violation("nothing is to be continued") }
      return add(data, to: partial, isLast: frame.fin)
    default: return Self.violation("an opcode that is not known")
    }
  }

  private mutating func add(
    _ data: ByteBuffer, to begun: (isText: Bool, bytes: ByteBuffer), isLast: Bool
  ) -> Event {
    guard begun.bytes.readableBytes + data.readableBytes <= limit else {
      return .failure(WebSocketClosure(code: WebSocketClosure.tooLarge, reason: "more than \(limit) bytes"))
    }
    var bytes = begun.bytes
    if bytes.readableBytes == 0 { bytes = data } else { bytes.writeImmutableBuffer(data) }
    guard isLast else {
      partial = (begun.isText, bytes)
      return .nothing
    }
    partial = nil
    guard begun.isText else { return .message(.binary(bytes)) }
    guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
      return .failure(WebSocketClosure(code: WebSocketClosure.invalidText, reason: "the text is no UTF-8"))
    }
    return .message(.text(text))
  }

  private func close(_ data: ByteBuffer) -> Event {
    var data = data
    if data.readableBytes == 0 { return .close(WebSocketClosure(code: WebSocketClosure.noCode, reason: "")) }
    guard let code = data.readInteger(as: UInt16.self), WebSocketClosure.isSendable(Int(code)) else {
      return Self.violation("a close frame without a valid code")
    }
    guard let reason = String(validating: data.readableBytesView, as: UTF8.self) else {
      return .failure(WebSocketClosure(code: WebSocketClosure.invalidText, reason: "the reason is no UTF-8"))
    }
    return .close(WebSocketClosure(code: Int(code), reason: reason))
  }

  private static func violation(_ reason: String) -> Event {
    .failure(WebSocketClosure(code: WebSocketClosure.protocolError, reason: reason))
  }
}
