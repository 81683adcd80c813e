import NIOCore

/// Stops accepting for a little while after an error of `accept`, as when the process is out of descriptors.
///
/// NIO's `AcceptBackoffHandler` only delays the next read; the socket stays registered, so the loop would be woken
/// again and again for the connection that it can't take, at the full speed of a core.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let pause = TimeAmount.milliseconds(100)
  private var isPaused = false

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isPaused else { return }
    isPaused = true
    let channel = context.channel
    try? channel.syncOptions?.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
      isPaused = false
      // A channel that has closed meanwhile takes no option, and needs none.
      try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
