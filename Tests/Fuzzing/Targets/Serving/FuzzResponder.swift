import NIOCore
import NIOEmbedded
import NIOHTTP1
import Web

/// Answers requests in each of the ways that there are, as their paths say, and notes what it has done.
final class FuzzResponder: Responder {
  /// A request that was handed out.
  struct Asked {
    let isHead: Bool
    /// What it was answered with; nil where the server decides.
    var status: UInt?
    /// An answer was given while the client was there.
    var wasAnswered = false
    /// The answer was given up before it was whole, or the client has gone meanwhile.
    var mayBeCut = false
  }

  private(set) var asked: [Asked] = []
  /// The messages that were sent back by a WebSocket.
  private(set) var echoes: [WebSocketMessage] = []
  private(set) var isSocket = false
  weak var server: HTTPServer?
  private let loop: EmbeddedEventLoop
  private var unanswered: [Exchange] = []

  init(_ loop: EmbeddedEventLoop) {
    self.loop = loop
  }

  /// Whether a request waits for an answer that never comes.
  var isWaiting: Bool { unanswered.contains { $0.isOpen } }

  func readsBodyAsItComes(method: HTTPMethod, target: String) -> Bool {
    ["/count", "/copy", "/early"].contains { target.contains($0) }
  }

  func respond(to exchange: Exchange) {
    promise(server?.refusedCount == 0, "a request is handed out behind a refusal")
    promise(asked.last?.wasAnswered ?? true, "a request is handed out before the one before is answered")
    let number = asked.count
    asked.append(Asked(isHead: exchange.request.method == .HEAD))
    let path = exchange.request.path
    if let body = exchange.incomingBody, !path.hasPrefix("/early") {
      path.hasPrefix("/copy") ? copy(body, to: exchange, number) : count(body, of: exchange, number)
    } else if path.hasPrefix("/stream") {
      stream(to: exchange, number, isCut: exchange.request.query == "cut")
    } else if path.hasPrefix("/later") {
      later { [self] in answer(exchange, number) }
    } else if path.hasPrefix("/never") {
      unanswered.append(exchange)
    } else if path.hasPrefix("/socket") {
      accept(exchange, number)
    } else {
      answer(exchange, number)
    }
  }

  private func later(_ action: @escaping () -> Void) {
    loop.assumeIsolated().scheduleTask(in: .milliseconds(3), action)
  }

  private func answer(_ exchange: Exchange, _ number: Int, status: HTTPResponseStatus = .ok) {
    guard exchange.isOpen else { return }
    asked[number].wasAnswered = true
    asked[number].status = status.code
    exchange.respond(.text(status, "answer"))
  }

  // MARK: Piece by piece

  private func begin(_ exchange: Exchange, _ number: Int) -> (any BodySink)? {
    guard exchange.isOpen else { return nil }
    asked[number].wasAnswered = true
    asked[number].status = 200
    exchange.onDisconnect = { [weak self] in self?.asked[number].mayBeCut = true }
    return exchange.begin(.text(.ok, ""))
  }

  private func stream(to exchange: Exchange, _ number: Int, isCut: Bool) {
    guard let sink = begin(exchange, number) else { return }
    _ = sink.write(ByteBuffer(string: "first"))
    later { [self] in
      _ = sink.write(ByteBuffer(string: "second"))
      if isCut {
        asked[number].mayBeCut = true
        sink.abort()
      } else {
        sink.finish()
      }
    }
  }

  private func count(_ body: IncomingBody, of exchange: Exchange, _ number: Int) {
    while true {
      switch body.take() {
      case nil:
        body.onArrival = { [weak self, unowned body] in
          body.onArrival = nil
          self?.count(body, of: exchange, number)
        }
        return
      case .bytes(let bytes): promise(bytes.readableBytes > 0, "a piece is empty")
      case .end: return answer(exchange, number)
      case .failed: return answer(exchange, number, status: .badRequest)
      }
    }
  }

  private func copy(_ body: IncomingBody, to exchange: Exchange, _ number: Int) {
    guard let sink = begin(exchange, number) else { return }
    func goOn() {
      while let piece = body.take() {
        switch piece {
        case .bytes(let bytes): _ = sink.write(bytes)
        case .end: return sink.finish()
        case .failed:
          asked[number].mayBeCut = true
          return sink.abort()
        }
      }
    }
    body.onArrival = goOn
    goOn()
  }

  // MARK: WebSockets

  private func accept(_ exchange: Exchange, _ number: Int) {
    asked[number].wasAnswered = true
    let socket: WebSocket
    switch exchange.acceptWebSocket() {
    case .success(let accepted?): socket = accepted
    case .success(nil): return
    case .failure(let refusal): return exchange.respond(refusal.response)
    }
    isSocket = true
    func echo() {
      while case .message(let message)? = socket.take() {
        guard socket.isOpen else { continue }
        echoes.append(message)
        _ = socket.send(message)
        if message == .text("close") { socket.close(code: 4_000, reason: "asked for") }
      }
    }
    socket.onArrival = echo
    echo()
  }
}
