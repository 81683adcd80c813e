import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server on one event loop: listens, reads requests, hands them to its responder, writes the answers.
///
/// Everything of it is confined to that loop, and so are all its methods; none of them blocks. It keeps its
/// responder until it is shut down.
public final class HTTPServer {
  /// The loop.
  public let eventLoop: any EventLoop
  /// The bounds; they are those that the server was made with.
  public let limits: ServerLimits
  /// What answers the requests; without one they are answered 503.
  public var responder: (any Responder)?
  /// Told on the loop when an address is bound or closed.
  public var onAddressesChange: (() -> Void)?
  /// What lets streams and all else on the loop take turns with its sockets.
  public let turns: LoopTurns

  /// The open connections.
  public var connectionCount: Int { connections.count }
  /// The requests handed to the responder that have no answer yet.
  public internal(set) var requestsInFlight = 0
  /// The requests handed to the responder since the start.
  public internal(set) var requestCount = 0
  /// The requests and connections that the server refused itself since the start.
  public internal(set) var refusedCount = 0
  /// Told on the loop of each of them. The responder hears of none.
  public var onRefusal: ((Refusal) -> Void)?
  /// The bytes of the bodies of requests that are being read or answered.
  public internal(set) var heldBodyBytes = 0
  /// The bytes of large bodies of answers that their clients have not taken yet.
  public internal(set) var heldAnswerBytes = 0

  var encoder = ResponseEncoder()
  private(set) var isShuttingDown = false
  /// The connections whose answers are to go out at the end of this turn of the loop.
  let flushBatch: FlushBatch
  /// Buffers for answers, used in turn: one that comes round again has mostly gone out.
  private var scratch = Array(repeating: ByteBuffer(), count: FlushBatch.limit)
  private var nextScratch = 0
  private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
  private var listeners: [Listener] = [] {
    didSet { addresses = listeners.map(\.address) }
  }
  private var binding: [Endpoint: EventLoopFuture<BoundAddress>] = [:]
  private var whenEmpty: EventLoopPromise<Void>?
  private var shutdown: EventLoopFuture<Void>?

  /// Whether sockets are bound. Without it addresses are only noted, for a server that is asked within its process.
  private let bindsSockets: Bool

  /// A bound socket, or an address that is only noted.
  private struct Listener {
    let channel: (any Channel)?
    let address: BoundAddress
    let file: UnixSocketFile?
  }

  /// Connections beyond the limit that may be open only to be told so.
  private static let maxTurnedAway = 128

  /// Makes a server that listens nowhere yet.
  ///
  /// - Parameter bindsSockets: false where nobody is to reach it by a socket: `listen` then only notes the address, with
  ///   port 8080 where any free one was asked for.
  public init(
    eventLoop: any EventLoop, limits: ServerLimits = ServerLimits(), bindsSockets: Bool = true,
    responder: (any Responder)?
  ) {
    self.eventLoop = eventLoop
    turns = LoopTurns(eventLoop: eventLoop)
    flushBatch = FlushBatch(eventLoop: eventLoop)
    self.bindsSockets = bindsSockets
    self.limits = limits
    self.responder = responder
  }

  // MARK: - Addresses

  /// The addresses that the server listens on, in the order of their binding.
  public private(set) var addresses: [BoundAddress] = []

  /// Listens on an endpoint. One that the server listens on already gives its address and changes nothing.
  /// Fails with `BindError`.
  public func listen(on endpoint: Endpoint) -> EventLoopFuture<BoundAddress> {
    eventLoop.preconditionInEventLoop()
    if isShuttingDown { return eventLoop.makeFailedFuture(BindError.shutDown) }
    if let listener = listeners.first(where: {
      $0.address.endpoint == endpoint || $0.address.serves(endpoint)
    }) {
      return eventLoop.makeSucceededFuture(listener.address)
    }
    if let bound = binding[endpoint] { return bound }
    let bound = bind(endpoint)
    binding[endpoint] = bound
    bound.assumeIsolated().whenComplete { [self] _ in binding[endpoint] = nil }
    return bound
  }

  /// Stops listening on an address; connections that came by it stay.
  public func close(_ address: BoundAddress) {
    eventLoop.preconditionInEventLoop()
    guard let index = listeners.firstIndex(where: { $0.address == address }) else { return }
    close(at: index)
  }

  private func close(at index: Int) {
    let listener = listeners.remove(at: index)
    listener.file?.remove()
    listener.channel?.close(promise: nil)
    onAddressesChange?()
  }

  private func bind(_ endpoint: Endpoint) -> EventLoopFuture<BoundAddress> {
    guard bindsSockets else { return eventLoop.makeCompletedFuture { try note(endpoint) } }
    let channel: EventLoopFuture<any Channel>
    do {
      switch endpoint {
      case .tcp(let host, let port):
        channel = bootstrap(isTCP: true).bind(to: try Self.socketAddress(host: host, port: port))
      case .unix(let path):
        try UnixSocketFile.prepare(path: path)
        channel = bootstrap(isTCP: false).bind(to: try SocketAddress(unixDomainSocketPath: path))
      }
    } catch {
      return eventLoop.makeFailedFuture(BindError.from(error, at: endpoint))
    }
    return channel.assumeIsolated().flatMapThrowing { [self] channel in
      if isShuttingDown {
        channel.close(promise: nil)
        throw BindError.shutDown
      }
      return publish(channel, endpoint)
    }.flatMapErrorThrowing { [self] error in
      throw explain(error, endpoint)
    }.nonisolated()
  }

  /// Takes an endpoint for listened on that nobody can reach.
  private func note(_ endpoint: Endpoint) throws -> BoundAddress {
    let address: BoundAddress
    switch endpoint {
    case .tcp(let host, let port):
      let socket = try Self.socketAddress(host: host, port: port == 0 ? 8080 : port)
      address = BoundAddress(endpoint: endpoint, host: socket.ipAddress, port: socket.port, unixPath: nil)
    case .unix(let path): address = BoundAddress(endpoint: endpoint, host: nil, port: nil, unixPath: path)
    }
    listeners.append(Listener(channel: nil, address: address, file: nil))
    onAddressesChange?()
    return address
  }

  private func publish(_ channel: any Channel, _ endpoint: Endpoint) -> BoundAddress {
    let local = channel.localAddress
    var file: UnixSocketFile?
    var path: String?
    if case .unix(let bound) = endpoint {
      path = bound
      file = UnixSocketFile(bound: bound)
    }
    let address = BoundAddress(
      endpoint: endpoint, host: path == nil ? local?.ipAddress : nil, port: path == nil ? local?.port : nil,
      unixPath: path)
    listeners.append(Listener(channel: channel, address: address, file: file))
    channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in
      guard let self, let index = listeners.firstIndex(where: { $0.channel === channel }) else { return }
      close(at: index)
    }
    onAddressesChange?()
    return address
  }

  private func explain(_ error: any Error, _ endpoint: Endpoint) -> BindError {
    let problem = BindError.from(error, at: endpoint)
    if case .addressInUse(let port) = problem, let own = addresses.first(where: { $0.port == port }) {
      return .overlapsOwn(own)
    }
    return problem
  }

  private static func socketAddress(host: String, port: Int) throws -> SocketAddress {
    guard Endpoint.isAddress(host) else { throw BindError.noSuchInterface(host: host) }
    return try SocketAddress(ipAddress: host == "localhost" ? "127.0.0.1" : host, port: port)
  }

  private func bootstrap(isTCP: Bool) -> ServerBootstrap {
    let server = NIOLoopBound(self, eventLoop: eventLoop)
    var bootstrap = ServerBootstrap(group: eventLoop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.maxMessagesPerRead, value: 64)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      // The connection closes itself then, as it may have answers that are still to go out.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try server.value.adopt(channel) }
      }
    if isTCP {
      bootstrap =
        bootstrap
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    }
    return bootstrap
  }

  // MARK: - Connections

  /// Equips a new connection; throws if it is simply to be closed.
  package func adopt(_ channel: any Channel) throws {
    if isShuttingDown { throw BindError.shutDown }
    var greeting: Response?
    if connections.count >= limits.maxConnections {
      guard connections.count < limits.maxConnections + Self.maxTurnedAway else {
        throw ChannelError.ioOnClosedChannel
      }
      greeting = StandardPages.unavailable("all \(limits.maxConnections) connections are taken")
    }
    var decoderLimits = NIOHTTPDecoderLimitConfiguration()
    // The target counts as a field there. These bounds are for the fields behind a body in chunks: those of heads are
    // counted before the decoder sees them.
    decoderLimits.maxHeaderFieldSize = max(limits.maxHeaderBytes, limits.maxTargetBytes) + 1
    decoderLimits.maxHeaderListSize = limits.maxHeaderBytes + limits.maxTargetBytes + 1
    decoderLimits.maxHeaderFieldCount = limits.maxHeaderCount
    let connection = ConnectionHandler(server: self, greeting: greeting)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([
      InboundGate(connection: connection),
      ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)),
      connection,
    ])
  }

  /// Writes the answers that wait for the end of this turn, since code goes on computing in it. Calls nobody.
  public func writeAnswers() { flushBatch.flushAtRest() }

  func add(_ connection: ConnectionHandler) {
    connections[ObjectIdentifier(connection)] = connection
  }

  func remove(_ connection: ConnectionHandler) {
    connections[ObjectIdentifier(connection)] = nil
    if isShuttingDown, connections.isEmpty { whenEmpty?.succeed() }
  }

  /// A buffer to write an answer to.
  func takeScratch() -> ByteBuffer {
    var buffer = ByteBuffer()
    swap(&buffer, &scratch[nextScratch])
    buffer.clear(minimumCapacity: 512)
    return buffer
  }

  func giveBackScratch(_ buffer: ByteBuffer) {
    if buffer.capacity <= 64 << 10 { scratch[nextScratch] = buffer }
    nextScratch = (nextScratch + 1) % scratch.count
  }

  // MARK: - The end

  /// Stops listening, closes idle connections, lets requests under way finish for `grace` and then closes theirs.
  /// The future succeeds when all are closed; the responder is let go.
  public func shutDown(grace: TimeAmount) -> EventLoopFuture<Void> {
    eventLoop.preconditionInEventLoop()
    if let shutdown { return shutdown }
    isShuttingDown = true
    while !listeners.isEmpty { close(at: listeners.count - 1) }
    let empty = eventLoop.makePromise(of: Void.self)
    whenEmpty = empty
    for connection in Array(connections.values) { connection.drain() }
    let deadline = eventLoop.assumeIsolated().scheduleTask(in: grace) { [self] in
      for connection in Array(connections.values) { connection.close() }
    }
    let done = empty.futureResult.assumeIsolated().map { [self] in
      deadline.cancel()
      responder = nil
      whenEmpty = nil
    }.nonisolated()
    shutdown = done
    if connections.isEmpty { empty.succeed() }
    return done
  }
}

extension HTTPServer {
  /// Answers the requests that have not come whole: they won't be served any more.
  public func refuseUnfinished() {
    eventLoop.preconditionInEventLoop()
    for connection in Array(connections.values) { connection.refuseUnfinished() }
  }
}

extension BoundAddress {
  /// Whether listening on `endpoint` would only be listening here again.
  fileprivate func serves(_ endpoint: Endpoint) -> Bool {
    guard case .tcp(let host, let port) = endpoint, port != 0 else { return false }
    return port == self.port && (host == "localhost" ? "127.0.0.1" : host) == self.host
  }
}
