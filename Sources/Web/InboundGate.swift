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

  /// Gives the decoder bytes.
  func pass(_ bytes: ByteBuffer) {
    context?.fireChannelRead(wrapInboundOut(bytes))
  }
}
