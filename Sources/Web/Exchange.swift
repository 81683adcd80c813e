import NIOCore
import NIOHTTP1

/// What answers requests.
public protocol Responder: AnyObject {
  /// Takes one request, on the event loop. The answer is given to the exchange: at once, in this very call, or at
  /// any later time on the loop.
  func respond(to exchange: Exchange)
  /// Whether the body of a request is read as it comes: then its exchange is handed out when its head has come.
  func readsBodyAsItComes(method: HTTPMethod, target: String) -> Bool
  /// Fields that the answer has by which the server itself refuses a request, whose body has not come.
  func fields(ofRefused request: Request) -> HTTPHeaders
}

extension Responder {
  public func readsBodyAsItComes(method: HTTPMethod, target: String) -> Bool { false }
  public func fields(ofRefused request: Request) -> HTTPHeaders { HTTPHeaders() }
}

/// One request under way and the place where its answer goes. Confined to the event loop.
public final class Exchange {
  /// The request.
  public let request: Request
  /// The body of the request, where it is read as it comes; the body of `request` is empty then.
  public let incomingBody: IncomingBody?

  /// Called at most once, on the loop, when the client goes before the answer is given.
  ///
  /// A client is taken to have gone when its side of the connection ends, be it with FIN or RST. TCP has no way
  /// to tell a client that has closed from one that only has nothing more to send, and a closed tab or a killed
  /// `curl` sends FIN; so, as with nginx and Twisted, half-closing while waiting for an answer is not supported.
  public var onDisconnect: (() -> Void)?

  /// Fields that the answer has, whatever it is, unless it says otherwise itself.
  public var fields = HTTPHeaders()

  /// Whether an answer is still wanted: none was given and the client is there.
  public private(set) var isOpen = true

  private enum Outcome { case waiting, streaming, answered, abandoned }
  private var outcome = Outcome.waiting
  private var reply: Reply

  private enum Reply {
    case connection(ConnectionHandler)
    case closure((Result<Response, BodyFailure>) -> Void, limit: Int)
    case reader(whole: (Response) -> Void, pieces: (Response, IncomingBody) -> Void)
    case none
  }

  /// Whether it is one of a connection, and not one within the process.
  public let isOverConnection: Bool

  /// An exchange of a connection.
  init(request: Request, connection: ConnectionHandler, incomingBody: IncomingBody? = nil) {
    self.request = request
    self.incomingBody = incomingBody
    self.reply = .connection(connection)
    isOverConnection = true
  }

  /// An exchange within the process.
  ///
  /// - Parameters:
  ///   - incomingBody: the body of the request, where that is read as it comes.
  ///   - bodyLimit: the bytes that a body given piece by piece may have.
  ///   - reply: takes the answer, at most once.
  public init(
    request: Request, incomingBody: IncomingBody? = nil, bodyLimit: Int = .max,
    reply: @escaping (Result<Response, BodyFailure>) -> Void
  ) {
    self.request = request
    self.incomingBody = incomingBody
    self.reply = .closure(reply, limit: bodyLimit)
    isOverConnection = false
  }

  /// An exchange within the process whose answer is read as it comes. Its reader calls `disconnect` where it goes
  /// before the end.
  ///
  /// - Parameters:
  ///   - incomingBody: the body of the request, where that is read as it comes.
  ///   - whole: takes an answer that is given whole.
  ///   - pieces: takes the head of any other, whose body is empty, and what gives its body. One of both is called, at
  ///     most once.
  public init(
    request: Request, incomingBody: IncomingBody? = nil, whole: @escaping (Response) -> Void,
    pieces: @escaping (Response, IncomingBody) -> Void
  ) {
    self.request = request
    self.incomingBody = incomingBody
    self.reply = .reader(whole: whole, pieces: pieces)
    isOverConnection = false
  }

  /// Gives the answer, exactly once and on the loop. After the client has gone it does nothing; a second
  /// answer is a bug of the responder: it is ignored, and stops a debug build.
  ///
  /// - Parameter note: what is to be kept of the answer. It is done in this call, before any other request goes on, and
  ///   over a connection as late as that allows: a client that waits alone has its answer by then.
  public func respond(_ response: Response, noting note: () -> Void = {}) {
    guard outcome == .waiting else {
      assert(outcome == .abandoned, "an exchange was answered twice")
      return note()
    }
    let reply = take(.answered)
    onDisconnect = nil
    var response = response
    if !fields.isEmpty { response.complete(with: fields) }
    switch reply {
    case .connection(let connection): connection.answer(with: response, noting: note)
    case .closure(let closure, _):
      note()
      closure(.success(response))
    case .reader(let whole, _):
      note()
      whole(response)
    case .none: note()
    }
  }

  /// Begins an answer whose body comes piece by piece, in place of `respond`. The body of `head` is not looked at.
  /// Until the sink is told that the body ends, `onDisconnect` tells when the client goes.
  public func begin(_ head: Response) -> any BodySink {
    guard outcome == .waiting else {
      assert(outcome == .abandoned, "an exchange was answered twice")
      return CollectedBody(head, limit: 0) { _ in }
    }
    outcome = .streaming
    isOpen = false
    var head = head
    if !fields.isEmpty { head.complete(with: fields) }
    switch reply {
    case .connection(let connection): return connection.begin(head)
    case .closure(let closure, let limit):
      return CollectedBody(head, limit: limit) { [self] result in
        guard outcome == .streaming else { return }
        bodyHasEnded()
        closure(result)
      }
    case .reader(_, let pieces):
      let body = IncomingBody()
      var head = head
      head.body = ByteBuffer()
      pieces(head, body)
      return ReadBody(body) { [self] in bodyHasEnded() }
    case .none: return CollectedBody(head, limit: 0) { _ in }
    }
  }

  /// Answers a request that asks for a WebSocket with one, in place of `respond`. Fails with the answer that refuses it,
  /// which is still to be given; gives nil where the client has gone.
  public func acceptWebSocket() -> Result<WebSocket?, WebSocketRefusal> {
    guard outcome == .waiting else { return .success(nil) }
    switch WebSocketHandshake.judge(request) {
    case .refuse(let refusal): return .failure(refusal)
    case .accept(let value):
      guard case .connection(let connection) = take(.answered) else { return .success(nil) }
      onDisconnect = nil
      return .success(connection.becomeWebSocket(accept: value))
    }
  }

  /// The body of a streamed answer is over.
  func bodyHasEnded() {
    guard outcome == .streaming else { return }
    _ = take(.answered)
    onDisconnect = nil
  }

  /// Tells the exchange that its client has gone; whoever made it with a closure calls this.
  public func disconnect() {
    guard outcome == .waiting || outcome == .streaming else { return }
    _ = take(.abandoned)
    let handler = onDisconnect
    onDisconnect = nil
    handler?()
  }

  private func take(_ outcome: Outcome) -> Reply {
    let reply = self.reply
    self.reply = .none
    self.outcome = outcome
    isOpen = false
    return reply
  }
}
