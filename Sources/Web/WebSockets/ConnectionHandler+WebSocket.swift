import NIOCore
import NIOWebSocket

/// The connection becomes a WebSocket.
extension ConnectionHandler {
  /// Answers a request with a WebSocket. What the client has sent ahead goes to it.
  func becomeWebSocket(accept: String) -> WebSocket? {
    guard exchange != nil, phase == .serving, let context else { return nil }
    let socket = WebSocket(HeldMessages(server))
    let handler = WebSocketHandler(socket, limits: limits, turns: server.turns)
    do {
      let pipeline = context.pipeline.syncOperations
      try pipeline.addHandlers([
        WebSocketFrameEncoder(),
        ByteToMessageHandler(
          WebSocketFrameDecoder(maxFrameSize: min(limits.maxMessageBytes, Int(UInt32.max)))),
        handler,
      ])
    } catch {
      context.close(promise: nil)
      return nil
    }
    exchange = nil
    server.requestsInFlight -= 1
    releaseBody()
    phase = .upgraded
    webSocket = socket
    socket.handler = handler
    timer.cancel()
    var head = ByteBuffer()
    head.writeStaticString(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n")
    head.writeString("sec-websocket-accept: \(accept)\r\n\r\n")
    context.writeAndFlush(wrapOutboundOut(head), promise: nil)
    let ahead = input.takeAll()
    if ahead.readableBytes > 0 {
      pass(ahead, to: handler)
      context.fireChannelReadComplete()
    }
    if isReadingPaused {
      isReadingPaused = false
      context.read()
    }
    if server.isShuttingDown { drain() }
    return socket
  }

  /// Hands on what a WebSocket's client sends.
  func pass(_ bytes: ByteBuffer, to handler: WebSocketHandler?) {
    handler?.receive(bytes) { [weak self] in self?.context?.fireChannelRead(NIOAny($0)) }
  }
}
