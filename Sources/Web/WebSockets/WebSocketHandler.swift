import NIOCore
import NIOWebSocket

/// The connection of a WebSocket behind NIO's codec: messages in and out, pings, the closing handshake.
final class WebSocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = Never
  typealias OutboundOut = WebSocketFrame

  private enum Phase {
    case open
    /// We have sent a close frame and wait for the client's.
    case closing
    /// Both have closed; what still comes is dropped.
    case lingering
    case over
  }

  let socket: WebSocket
  private let limits: ServerLimits
  private let turns: LoopTurns
  private var scanner = FrameScanner()
  private var assembler: MessageAssembler
  private var pongs = PongQueue()
  private var context: ChannelHandlerContext?
  private var phase = Phase.open
  private var isReadingPaused = false
  private var isStalled = false
  private var pace = StreamPace()
  /// A message has come since what is held was counted.
  private var gotMessage = false
  /// The client has shown since the last look that it is there.
  private var isAlive = true
  private var pings: Scheduled<Void>?
  private var deadline: Scheduled<Void>?
  /// Ends the wait for the rest of a message.
  private var messageTimeout: Scheduled<Void>?
  private var lastBufferedBytes = Int.max
  /// What has come since our close frame was sent.
  private var bytesAfterClose = 0
  /// Succeeds when our close frame has gone out.
  private var closeSent: EventLoopFuture<Void>?

  /// How long the client has for its close frame.
  private static let closeTimeout = TimeAmount.seconds(5)

  init(_ socket: WebSocket, limits: ServerLimits, turns: LoopTurns) {
    self.socket = socket
    self.limits = limits
    self.turns = turns
    assembler = MessageAssembler(limit: limits.maxMessageBytes)
  }

  // MARK: - Life

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    planPing(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(WebSocketClosure(code: WebSocketClosure.lost, reason: ""))
    context.fireChannelInactive()
  }

  private func end(_ closure: WebSocketClosure) {
    guard phase != .over else { return }
    phase = .over
    context = nil
    pings?.cancel()
    deadline?.cancel()
    forgetUnfinished()
    socket.ended(closure)
    socket.connectionIsOver()
  }

  /// Looks now and then whether the client is still there: one that has sent nothing is pinged, and one that does not
  /// answer is given up.
  private func planPing(_ context: ChannelHandlerContext) {
    pings = context.eventLoop.assumeIsolated().scheduleTask(in: limits.pingInterval) { [weak self] in
      guard let self, phase == .open, let context = self.context else { return }
      // Where nothing is read, no answer is heard. A client that takes nothing has a time of its own.
      if mayRead(context) {
        guard isAlive else { return context.close(promise: nil) }
        isAlive = false
      }
      if context.channel.isWritable {
        write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()), context)
      }
      planPing(context)
    }
  }

  // MARK: - Reading

  /// Takes bytes as they come, before they are decoded.
  ///
  /// - Parameter decode: hands them to the decoder, which calls `channelRead`.
  func receive(_ bytes: ByteBuffer, decode: (ByteBuffer) -> Void) {
    guard let context, phase != .over else { return }
    // Within a frame nobody can answer a ping.
    isAlive = true
    if phase != .open {
      bytesAfterClose += bytes.readableBytes
      guard bytesAfterClose <= limits.maxLingerBytes else { return context.close(promise: nil) }
      guard phase == .closing else { return }
    }
    let end = scanner.scan(bytes.readableBytesUInt8Span)
    let sound = end.flatMap { bytes.getSlice(at: bytes.readerIndex, length: $0) } ?? bytes
    if sound.readableBytes > 0 { decode(sound) }
    guard phase == .open || phase == .closing else { return }
    if end != nil {
      return fail(
        WebSocketClosure(
          code: WebSocketClosure.protocolError, reason: "a length is written in its shortest form"), context)
    }
    countHeld(context)
  }

  /// Counts what is held of this client's messages, and gives it up where all together are too much.
  private func countHeld(_ context: ChannelHandlerContext) {
    let before = socket.held.unfinishedBytes
    let now = scanner.heldBytes + assembler.heldBytes
    socket.held.unfinishedBytes = now
    let grows = now > before || gotMessage
    if gotMessage || now == 0 {
      messageTimeout?.cancel()
      messageTimeout = nil
    }
    if now > 0, messageTimeout == nil, phase == .open { planMessageTimeout(context) }
    gotMessage = false
    guard phase == .open, grows, socket.held.isTooMuch else { return }
    socket.onRefusal?()
    fail(
      WebSocketClosure(
        code: WebSocketClosure.tryAgainLater, reason: "too much is held of the messages of all clients"),
      context)
  }

  /// A message has its time to come whole, as a body has.
  private func planMessageTimeout(_ context: ChannelHandlerContext) {
    messageTimeout = context.eventLoop.assumeIsolated().scheduleTask(in: limits.bodyTimeout) { [weak self] in
      guard let self, phase == .open, let context = self.context else { return }
      // Where nothing is read, nothing can come.
      if !mayRead(context) { return planMessageTimeout(context) }
      fail(
        WebSocketClosure(
          code: WebSocketClosure.policyViolation, reason: "the rest of a message has not come in time"),
        context)
    }
  }

  private func forgetUnfinished() {
    messageTimeout?.cancel()
    messageTimeout = nil
    assembler = MessageAssembler(limit: limits.maxMessageBytes)
    socket.held.unfinishedBytes = 0
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .open || phase == .closing else { return }
    switch assembler.consume(unwrapInboundIn(data)) {
    case .nothing, .pong: break
    case .message(let message):
      if phase == .open {
        gotMessage = true
        socket.give(message)
      }
    case .ping(let data):
      if phase == .open, let due = pongs.answer(data) { sendPong(due, context) }
    case .close(let closure):
      // RFC 6455, section 5.5.1: it is sent back what it said.
      if phase == .open {
        socket.ended(closure)
        sendClose(closure, context)
      }
      closeConnection(context)
    case .failure(let closure): fail(closure, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What comes behind a frame that was refused is dropped: a reset would take the close frame from the client.
    if phase == .lingering, error is ByteToMessageDecoderError { return }
    guard let error = error as? NIOWebSocketError else {
      context.close(promise: nil)
      return
    }
    guard phase == .open || phase == .closing else { return }
    switch error {
    case .invalidFrameLength:
      fail(
        WebSocketClosure(
          code: WebSocketClosure.tooLarge, reason: "more than \(limits.maxMessageBytes) bytes"), context)
    case .fragmentedControlFrame, .multiByteControlFrameLength:
      fail(
        WebSocketClosure(code: WebSocketClosure.protocolError, reason: "a control frame is short and whole"),
        context)
    }
  }

  /// RFC 6455, section 7.1.7.
  private func fail(_ closure: WebSocketClosure, _ context: ChannelHandlerContext) {
    if phase == .open {
      socket.ended(closure)
      sendClose(closure, context)
    }
    closeConnection(context)
  }

  /// A client whose messages nobody takes is not heard further, nor one that does not take what is sent to it: otherwise
  /// what it asks for would pile up.
  private func mayRead(_ context: ChannelHandlerContext) -> Bool {
    phase != .open || !socket.isFull && context.channel.isWritable
  }

  func read(context: ChannelHandlerContext) {
    if mayRead(context) {
      context.read()
    } else {
      isReadingPaused = true
    }
  }

  /// There is room again, for messages or for what is sent.
  func readOn() {
    guard isReadingPaused, let context, mayRead(context) else { return }
    isReadingPaused = false
    isAlive = true
    context.read()
  }

  // MARK: - Writing

  /// Whether a message can be sent without waiting for the client.
  var takesMore: Bool {
    phase == .open && context.map { pace.takesMore(isWritable: $0.channel.isWritable) } == true
  }

  func send(_ message: WebSocketMessage) -> Bool {
    guard phase == .open, let context else { return true }
    switch message {
    case .text(let text):
      write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)), context)
    case .binary(let bytes): write(WebSocketFrame(fin: true, opcode: .binary, data: bytes), context)
    }
    let goesOn = context.channel.isWritable && pace.unflushedBytes < StreamPace.maxUnflushedBytes
    isStalled = !goesOn
    return goesOn
  }

  private func sendPong(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
    let taken = context.eventLoop.makePromise(of: Void.self)
    write(WebSocketFrame(fin: true, opcode: .pong, data: data), context, taken)
    taken.futureResult.assumeIsolated().whenComplete { [weak self] _ in
      guard let self, let next = pongs.taken(), phase == .open, let context = self.context else { return }
      sendPong(next, context)
    }
  }

  private func write(
    _ frame: WebSocketFrame, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil
  ) {
    let isPlanned = pace.isFlushPlanned
    if !isPlanned { pace.begin(isWritable: context.channel.isWritable) }
    pace.unflushedBytes += frame.data.readableBytes
    context.write(wrapOutboundOut(frame), promise: promise)
    if isPlanned { return }
    context.eventLoop.assumeIsolated().execute { [self] in
      pace.isFlushPlanned = false
      pace.unflushedBytes = 0
      guard let context = self.context else { return }
      context.flush()
      resume(context)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      if phase == .open {
        deadline?.cancel()
        deadline = nil
      }
      resume(context)
      readOn()
    } else if phase == .open, deadline == nil {
      watchSlowReader(context)
    }
    context.fireChannelWritabilityChanged()
  }

  private func resume(_ context: ChannelHandlerContext) {
    guard isStalled, context.channel.isWritable, !pace.isResumePlanned else { return }
    pace.isResumePlanned = true
    turns.next { [weak self] in
      guard let self else { return }
      pace.isResumePlanned = false
      guard isStalled, let context = self.context, context.channel.isWritable else { return }
      isStalled = false
      socket.onWritable?()
    }
  }

  /// A client that takes nothing at all is given up in the end.
  private func watchSlowReader(_ context: ChannelHandlerContext) {
    lastBufferedBytes = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? .max
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limits.writeTimeout) { [weak self] in
      guard let self, phase == .open, let context = self.context, !context.channel.isWritable else { return }
      let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? .max
      guard buffered < lastBufferedBytes else { return context.close(promise: nil) }
      watchSlowReader(context)
    }
  }

  // MARK: - Closing

  /// Begins the closing handshake.
  func close(_ closure: WebSocketClosure) {
    guard phase == .open, let context else { return }
    sendClose(closure, context)
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout) { [weak self] in
      self?.context?.close(promise: nil)
    }
    readOn()
  }

  private func sendClose(_ closure: WebSocketClosure, _ context: ChannelHandlerContext) {
    phase = .closing
    pings?.cancel()
    deadline?.cancel()
    bytesAfterClose = 0
    var data = ByteBuffer()
    if WebSocketClosure.isSendable(closure.code) {
      data.writeInteger(UInt16(closure.code))
      data.writeString(closure.reason)
    }
    let promise = context.eventLoop.makePromise(of: Void.self)
    closeSent = promise.futureResult
    context.writeAndFlush(
      wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)), promise: promise)
  }

  /// The server closes the connection first (RFC 6455, section 7.1.1), when its close frame has gone out.
  private func closeConnection(_ context: ChannelHandlerContext) {
    phase = .lingering
    forgetUnfinished()
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limits.lingerTimeout) { [weak self] in
      self?.context?.close(promise: nil)
    }
    closeSent?.assumeIsolated().whenComplete { [weak self] _ in
      self?.context?.close(mode: .output, promise: nil)
    }
    readOn()
  }
}
