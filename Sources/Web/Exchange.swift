import NIOCore
import NIOHTTP1

/// What answers requests.
public protocol Responder: AnyObject {
  /// Takes one request, on the event loop. The answer is given to the exchange: at once, in this very call, or at
  /// any later time on the loop.
  func respond(to exchange: Exchange)
}

/// One request under way and the place where its answer goes. Confined to the event loop.
public final class Exchange {
  /// The request.
  public let request: Request

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

  private enum Outcome { case waiting, answered, abandoned }
  private var outcome = Outcome.waiting
  private var reply: Reply

  private enum Reply {
    case connection(ConnectionHandler)
    case closure((Response) -> Void)
    case none
  }

  /// An exchange of a connection.
  init(request: Request, connection: ConnectionHandler) {
    self.request = request
    self.reply = .connection(connection)
  }

  /// An exchange within the process: `reply` takes the answer, at most once.
  public init(request: Request, reply: @escaping (Response) -> Void) {
    self.request = request
    self.reply = .closure(reply)
  }

  /// Gives the answer, exactly once and on the loop. After the client has gone it does nothing; a second
  /// answer is a bug of the responder: it is ignored, and stops a debug build.
  public func respond(_ response: Response) {
    guard outcome == .waiting else {
      assert(outcome == .abandoned, "an exchange was answered twice")
      return
    }
    let reply = take(.answered)
    onDisconnect = nil
    var response = response
    if !fields.isEmpty { response.complete(with: fields) }
    switch reply {
    case .connection(let connection): connection.answer(with: response)
    case .closure(let closure): closure(response)
    case .none: break
    }
  }

  /// Tells the exchange that its client has gone; whoever made it with a closure calls this.
  public func disconnect() {
    guard outcome == .waiting else { return }
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
