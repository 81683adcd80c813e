import NIOCore

/// Stands before the decoder: tells the connection how many bytes come, which the decoder doesn't, and keeps from
/// the decoder what is to wait or to be dropped.
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
    if connection.admits(unwrapInboundIn(data)) { context.fireChannelRead(data) }
  }

  /// Gives the decoder bytes that had to wait.
  func pass(_ bytes: ByteBuffer) {
    context?.fireChannelRead(wrapInboundOut(bytes))
  }
}
