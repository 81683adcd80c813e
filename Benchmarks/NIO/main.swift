// SwiftNIO without a language: what `GET /greet/<user>` costs where nothing stands between it and the sockets but NIO's
// standard pipeline for HTTP, on one thread. NIOBenchmark PORT
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers `/greet/<user>`, and anything else with 404.
final class Greeter: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var target = ""

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): target = head.uri
    case .body: break
    case .end: answer(context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  private func answer(_ context: ChannelHandlerContext) {
    let prefix = "/greet/"
    let isKnown = target.hasPrefix(prefix)
    let body = isKnown ? "Hello \(target.dropFirst(prefix.count).uppercased())!" : "not found"
    var headers = HTTPHeaders()
    headers.add(name: "content-type", value: "text/plain; charset=utf-8")
    headers.add(name: "content-length", value: String(body.utf8.count))
    let head = HTTPResponseHead(version: .http1_1, status: isKnown ? .ok : .notFound, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let bytes = context.channel.allocator.buffer(string: body)
    context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

guard CommandLine.arguments.count >= 2, let port = Int(CommandLine.arguments[1]) else {
  fatalError("NIOBenchmark PORT")
}
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let server = try ServerBootstrap(group: group)
  .serverChannelOption(.backlog, value: 1024)
  .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
  .childChannelInitializer { channel in
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
      try channel.pipeline.syncOperations.addHandler(Greeter())
    }
  }
  .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
  .bind(host: "127.0.0.1", port: port)
  .wait()
try server.closeFuture.wait()
