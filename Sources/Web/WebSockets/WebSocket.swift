import DequeModule
import NIOCore

/// An open WebSocket, as its handler has it. Confined to the event loop.
public final class WebSocket {
  /// Called when a message has come after `take` gave nil, and when no more will come.
  public var onArrival: (() -> Void)?
  /// Called once, when the connection is over.
  public var onEnd: (() -> Void)?
  /// Called when more may be sent, after `send` gave false.
  public var onWritable: (() -> Void)?
  /// Called where the server closes it with 1013, since too much is held of the messages of all of them.
  public var onRefusal: (() -> Void)?
  /// How it was closed, by either side; nil while it is open.
  public internal(set) var closure: WebSocketClosure?
  /// Whether the connection is over, so that `onEnd` is not called any more.
  public private(set) var isOver = false
  /// The bytes of the messages sent so far.
  public private(set) var sentBytes = 0

  /// What is held before the connection stops reading.
  static let maxHeldBytes = 256 << 10
  static let maxHeldMessages = 1_000

  private var messages: Deque<WebSocketMessage> = []
  let held: HeldMessages
  weak var handler: WebSocketHandler?

  init(_ held: HeldMessages) {
    self.held = held
  }

  /// Whether messages can be sent.
  public var isOpen: Bool { closure == nil }

  /// Whether messages have come that nobody has taken.
  public var hasMessages: Bool { !messages.isEmpty }

  var isFull: Bool { held.waitingBytes >= Self.maxHeldBytes || messages.count >= Self.maxHeldMessages }

  /// What comes next.
  public enum Next: Equatable, Sendable {
    case message(WebSocketMessage)
    /// Nothing more will come.
    case end
  }

  /// Takes the next message; nil where none has come.
  public func take() -> Next? {
    let wasFull = isFull
    guard let message = messages.popFirst() else { return isOpen ? nil : .end }
    held.waitingBytes -= message.size
    if wasFull, !isFull { handler?.readOn() }
    return .message(message)
  }

  func give(_ message: WebSocketMessage) {
    held.waitingBytes += message.size
    messages.append(message)
    onArrival?()
  }

  /// Forgets the messages that nobody will take.
  public func drop() {
    messages = []
    held.waitingBytes = 0
  }

  /// Whether a message can be sent now without waiting for the client: it has taken what was sent before this turn of the
  /// loop, but for 64 KiB, and this turn has sent less than 1 MiB.
  public var takesMore: Bool { isOpen && handler?.takesMore == true }

  /// Sends a message.
  ///
  /// - Returns: false where the client is slow: what is sent before `onWritable` has been called is held in memory.
  public func send(_ message: WebSocketMessage) -> Bool {
    guard isOpen, let handler else { return true }
    sentBytes += message.size
    return handler.send(message)
  }

  /// Closes it. Messages that have come can still be taken.
  ///
  /// - Parameters:
  ///   - code: one that `WebSocketClosure.isSendable`.
  ///   - reason: at most `WebSocketClosure.maxReasonBytes`.
  public func close(code: Int, reason: String = "") {
    guard isOpen, let handler else { return }
    let closure = WebSocketClosure(code: code, reason: reason)
    self.closure = closure
    handler.close(closure)
    onArrival?()
  }

  /// The other side has closed it, or the connection is lost.
  func ended(_ closure: WebSocketClosure) {
    if self.closure == nil { self.closure = closure }
    onArrival?()
  }

  func connectionIsOver() {
    isOver = true
    let action = onEnd
    onEnd = nil
    onArrival = nil
    onWritable = nil
    onRefusal = nil
    action?()
  }
}
