import NIOCore

/// Stands before the decoder: gives the connection the bytes as they come, and the decoder those that it is to see.
final class InboundGate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: ConnectionHandler
  private var context: ChannelHandlerContext?

  init(connection: ConnectionHandler) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    connection.gate = self
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.received(unwrapInboundIn(data))
  }

  /// A client that has ended its side has gone; it has the answers that are still to go out. The decoder is not told of it
  /// before the channel closes.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { return connection.close() }
    context.fireUserInboundEventTriggered(event)
  }

  /// Gives the decoder bytes.
  func pass(_ bytes: ByteBuffer) {
    context?.fireChannelRead(wrapInboundOut(bytes))
  }
}
