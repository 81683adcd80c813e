import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport

@testable import Web

/// A server on a loop of its own, with a closure as its responder. The closure runs on the loop.
final class RunningServer: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let server: NIOLoopBoundBox<HTTPServer>
  let port: Int

  private final class ClosureResponder: Responder {
    let closure: (Exchange) -> Void
    let readsBodies: Bool
    init(readsBodies: Bool, _ closure: @escaping (Exchange) -> Void) {
      self.readsBodies = readsBodies
      self.closure = closure
    }
    func respond(to exchange: Exchange) { closure(exchange) }
    func readsBodyAsItComes(method: HTTPMethod, target: String) -> Bool { readsBodies }
  }

  /// - Parameter readsBodies: whether requests are handed out when their heads have come.
  init(
    limits: ServerLimits = ServerLimits(), readsBodies: Bool = false,
    _ respond: @escaping @Sendable (Exchange) -> Void
  ) throws {
    let loop = group.next()
    server = try loop.submit {
      NIOLoopBoundBox(
        HTTPServer(
          eventLoop: loop, limits: limits, responder: ClosureResponder(readsBodies: readsBodies, respond)),
        eventLoop: loop)
    }.wait()
    let box = server
    let address = try loop.flatSubmit { box.value.listen(on: .tcp(host: "127.0.0.1", port: 0)) }.wait()
    port = address.port ?? 0
  }

  deinit {
    let (box, group) = (server, group)
    let done = group.next().flatSubmit { box.value.shutDown(grace: .zero) }
    done.whenComplete { _ in group.shutdownGracefully { _ in } }
  }

  /// Does something with the server on its loop and waits for it.
  func run<Value: Sendable>(_ work: @escaping @Sendable (HTTPServer) throws -> Value) throws -> Value {
    let box = server
    return try group.next().submit { try work(box.value) }.wait()
  }

  /// The same for what ends later.
  func runLater<Value: Sendable>(_ work: @escaping @Sendable (HTTPServer) -> EventLoopFuture<Value>) throws
    -> Value
  {
    let box = server
    return try group.next().flatSubmit { work(box.value) }.wait()
  }

  func listen(_ endpoint: Endpoint) throws -> BoundAddress { try runLater { $0.listen(on: endpoint) } }

  /// The same without waiting.
  func start<Value: Sendable>(_ work: @escaping @Sendable (HTTPServer) -> EventLoopFuture<Value>)
    -> EventLoopFuture<Value>
  {
    let box = server
    return group.next().flatSubmit { work(box.value) }
  }

  /// A client that keeps the server running.
  func client() throws -> RawHTTPClient {
    let client = try RawHTTPClient(port: port)
    client.companion = self
    return client
  }
}

/// Values that come on one thread and are awaited on another.
final class Mailbox<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var values: [Value] = []

  func put(_ value: Value) {
    condition.lock()
    values.append(value)
    condition.signal()
    condition.unlock()
  }

  /// The next value; nil if none comes within `seconds`.
  func take(within seconds: Double = 20) -> Value? {
    condition.lock()
    defer { condition.unlock() }
    let limit = Date(timeIntervalSinceNow: seconds)
    while values.isEmpty { if !condition.wait(until: limit) { return nil } }
    return values.removeFirst()
  }
}
