import NIOCore
import NIOPosix

/// The loop of the thread that asks.
enum CurrentLoop {
  static var value: any EventLoop { MultiThreadedEventLoopGroup.currentEventLoop! }
}
