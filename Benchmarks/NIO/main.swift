// SwiftNIO without a language: what requests cost where nothing stands between a handler and the sockets but NIO's standard
// pipeline for HTTP, on one thread. NIOBenchmark PORT ROUTES
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

private struct Order: Decodable {
  struct Item: Decodable {
    let price: Int
    let amount: Int
  }

  let customer: String
  let items: [Item]
}

private struct Sum: Encodable {
  let customer: String
  let items: Int
  let total: Int
}

/// Answers `/greet/<user>`, the same below each of the routes, `/sum` and `/size`, and anything else with 404.
private final class Answerer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let routes: Set<String>
  private var target = ""
  private var body: ByteBuffer?

  init(routes: Set<String>) { self.routes = routes }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      target = head.uri
      body = nil
    case .body(var piece):
      if body == nil { body = piece } else { body?.writeBuffer(&piece) }
    case .end:
      let (type, text) = answer()
      send(text ?? "not found", type, text == nil ? .notFound : .ok, context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  private func answer() -> (type: String, text: String?) {
    let plain = "text/plain; charset=utf-8"
    if target == "/size" { return (plain, String(body?.readableBytes ?? 0)) }
    if target == "/sum" { return ("application/json", sum()) }
    let parts = target.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let isRoute = parts.count == 3 && routes.contains(String(parts[1]))
    guard let user = parts.last, isRoute || parts.count == 2, parts[isRoute ? 2 : 1] == "greet" else {
      return (plain, nil)
    }
    return (plain, "Hello \(user.uppercased())!")
  }

  private func sum() -> String? {
    guard let body, let order = try? JSONDecoder().decode(Order.self, from: Data(body.readableBytesView))
    else {
      return nil
    }
    let total = order.items.reduce(0) { $0 + $1.price * $1.amount }
    let sum = Sum(customer: order.customer, items: order.items.count, total: total)
    return (try? JSONEncoder().encode(sum)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func send(
    _ text: String, _ type: String, _ status: HTTPResponseStatus, _ context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders()
    headers.add(name: "content-type", value: type)
    headers.add(name: "content-length", value: String(text.utf8.count))
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let bytes = context.channel.allocator.buffer(string: text)
    context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == 2 else { fatalError("NIOBenchmark PORT ROUTES") }
private let routes = Set((0..<numbers[1]).map { "r\($0)" })
private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
private let server = try ServerBootstrap(group: group)
  .serverChannelOption(.backlog, value: 1024)
  .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
  .childChannelInitializer { [routes] channel in
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
      try channel.pipeline.syncOperations.addHandler(Answerer(routes: routes))
    }
  }
  .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
  .bind(host: "127.0.0.1", port: numbers[0])
  .wait()
try server.closeFuture.wait()
