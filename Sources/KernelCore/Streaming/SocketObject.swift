import NIOCore
import VM
import Web

/// `ws` in `socket "/chat" { ws in … }`.
final class SocketObject {
  let socket: WebSocket
  private let operations: StreamOperations
  private let reader: PieceReader
  private let waiting: WaitingWriters

  init(_ socket: WebSocket, _ operations: StreamOperations) {
    self.socket = socket
    self.operations = operations
    waiting = WaitingWriters(operations, for: "a slow client", isOutside: true)
    let machine = operations.machine
    reader = PieceReader(operations, what: "message") { [unowned machine] in
      switch socket.take() {
      case nil: nil
      case .end: .end
      case .message(.text(let text)): .value(machine.makeString(text))
      case .message(.binary(let bytes)): .value(machine.makeBytes(bytes.readableBytesView))
      }
    }
    socket.onArrival = { [weak self] in
      guard let self else { return }
      reader.arrived()
      if !socket.isOpen { release(false) }
    }
    socket.onWritable = { [weak self] in self?.release(true) }
  }

  /// Nobody takes its messages any more.
  func drop() { socket.drop() }

  /// Whether its handler comes by itself to the end of what was sent, or has come to it.
  var isReadToTheEnd: Bool { reader.hasEnded || reader.isRead && socket.hasMessages }

  /// - Parameter waits: false where nothing is sent to a client that would have to be waited for.
  private func send(_ message: WebSocketMessage, waits: Bool, owner: UInt32) -> Value {
    if !waits {
      guard socket.takesMore else { return .bool(false) }
      _ = socket.send(message)
      return .bool(socket.isOpen)
    }
    guard socket.isOpen else {
      return operations.givingWay(.bool(false), owner: owner, "a client that has gone")
    }
    // A `defer` that says goodbye waits for nobody.
    if socket.send(message) || !operations.machine.mayWait { return .bool(socket.isOpen) }
    return waiting.wait(owner: owner)
  }

  private func release(_ isSent: Bool) {
    guard !waiting.isEmpty else { return }
    waiting.release(isSent)
    operations.onActivity()
  }

  // MARK: In the language

  /// Written in the language, since it waits.
  static let library = """
    func Socket_send(self, message, wait = true) { await self.__send(message, wait) }
    """

  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Socket")
    let object = { [unowned machine, unowned type] (value: Value) in
      machine.payload(of: value, type) as? SocketObject
    }
    type.describe = { value in
      guard let closure = object(value)?.socket.closure else { return "<Socket>" }
      return "<Socket, closed with \(closure.code)>"
    }
    machine.defineMethod(type, Machine.nextPiece) { call throws(Failure) in
      try object(call[0])?.reader.next(owner: call.owner) ?? .nil
    }
    machine.defineMethod(type, "__send", ["message", "wait"], shown: "send") { call throws(Failure) in
      let message = try message(call)
      let waits = try call.bool(2, default: true)
      return object(call[0])?.send(message, waits: waits, owner: call.owner) ?? .bool(false)
    }
    machine.defineMethod(type, "close", ["code?", "reason?"]) { call throws(Failure) in
      let code = try call.int(1, default: 1000)
      guard WebSocketClosure.isSendable(code) else {
        throw Failure(
          .argument, "\(code) is no code to close a socket with",
          help: "use 1000, 1001, 1011, or one of your own from 4000 to 4999"
        ).at(parameter: 0)
      }
      let reason = try call.string(2, default: "")
      guard reason.utf8.count <= WebSocketClosure.maxReasonBytes else {
        throw Failure(
          .argument, "the reason of close() has \(WebSocketClosure.maxReasonBytes) bytes at most"
        ).at(parameter: 1)
      }
      object(call[0])?.socket.close(code: code, reason: reason)
      return .nil
    }
    machine.defineProperty(type, "isOpen") { call throws(Failure) in
      .bool(object(call[0])?.socket.isOpen ?? false)
    }
    machine.defineProperty(type, "closeCode") { call throws(Failure) in
      object(call[0])?.socket.closure.map { .int($0.code) } ?? .nil
    }
    machine.defineProperty(type, "closeReason") { call throws(Failure) in
      object(call[0])?.socket.closure.map { call.machine.makeString($0.reason) } ?? .nil
    }
    return type
  }

  /// A text is sent as text, Bytes as binary, and what has a JSON form as that.
  private static func message(_ call: borrowing NativeCall) throws(Failure) -> WebSocketMessage {
    let machine = call.machine
    if machine.isBytes(call[1]), let bytes = machine.withBytes(of: call[1], { ByteBuffer(bytes: $0) }) {
      return .binary(bytes)
    }
    if call[1].isNil {
      throw Failure(.type, "nil cannot be sent", help: "send a text, Bytes, or what has a JSON form").at(
        parameter: 0)
    }
    if call[1].isDeferred { throw call.wrongType(1, expected: "a text or Bytes") }
    return .text(try machine.sentText(of: call[1]))
  }
}
