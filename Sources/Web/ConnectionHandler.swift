import NIOCore
import NIOHTTP1

/// One connection: hands its requests to the responder one after the other and writes their answers in order.
///
/// It runs wholly in the calls of its channel. While a request is under way it reads on, for only so does it learn
/// that the client has gone; what comes is held undecoded, up to a bound, and beyond that dropped: then the answer
/// under way is the last, and the client has to send its further requests again (RFC 9112 §9.3.2). It stops
/// reading only when the client doesn't read.
final class ConnectionHandler: ChannelInboundHandler, ChannelOutboundHandler, NIOScheduledCallbackHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// How far the life of a connection has come.
  enum Phase {
    /// Requests are taken and answered.
    case serving
    /// It has become a WebSocket: what comes is for the handlers behind this one.
    case upgraded
    /// The last answer is being written.
    case finishing
    /// The last answer is written; what the client still sends is dropped.
    case lingering
    /// The socket is closed.
    case closed
  }

  let server: HTTPServer
  var limits: ServerLimits { server.limits }
  /// Set for a connection beyond the limit: it is told this and nothing else.
  private let greeting: Response?
  var context: ChannelHandlerContext?
  var phase = Phase.serving
  var wait = ConnectionWait.nextRequest
  var timer = ConnectionTimer()
  /// The body of the request under way, where its handler reads it as it comes and the client still sends it.
  private var incomingBody: IncomingBody?
  /// What the connection has become.
  weak var webSocket: WebSocket?
  /// The body of the answer under way, where it comes piece by piece.
  var streamedBody: StreamedBody?
  /// When its pieces go out.
  var pace = StreamPace()
  private var remoteHost: String?
  private var isFromThisMachine = false

  private var assembler: RequestAssembler
  var exchange: Exchange?
  var framing = ResponseFraming(isHead: false, keepsAlive: false, isHTTP10: false)
  private var heldBodyBytes = 0

  /// The handler before the decoder.
  var gate: InboundGate?
  var input: ConnectionInput
  var isReadingPaused = false

  /// Calls of our own are on the stack, and they flush and go on with the queue.
  var isPumping = false
  var needsFlush = false
  /// That is going to be done at the end of this turn.
  private var isFlushPlanned = false
  private var lastBufferedBytes = Int.max
  /// How many more requests are begun before other connections have their turn.
  private var turnBudget = requestsPerTurn
  private static let requestsPerTurn = 64
  /// What has come goes on in the next turn.
  private var isTurnPlanned = false

  init(server: HTTPServer, greeting: Response? = nil) {
    self.server = server
    self.greeting = greeting
    self.assembler = RequestAssembler(limits: server.limits)
    self.input = ConnectionInput(limits: server.limits)
    assembler.isStreamed = { [unowned server] head in
      server.responder?.readsBodyAsItComes(method: head.method, target: head.uri) ?? false
    }
  }

  // MARK: - Life

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    server.add(self)
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) { begin(context) }

  private func begin(_ context: ChannelHandlerContext) {
    let remoteAddress = context.channel.remoteAddress
    remoteHost = remoteAddress?.ipAddress
    isFromThisMachine =
      remoteAddress.map { $0.isLoopback || $0.ipAddress == context.channel.localAddress?.ipAddress } ?? true
    if let greeting {
      refuse(greeting, context)
    } else {
      startWaiting(for: .nextRequest, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func end() {
    guard phase != .closed else { return }
    phase = .closed
    context = nil
    timer.cancel()
    gate = nil
    input.abandon()
    releaseBody()
    streamedBody?.detach()
    streamedBody = nil
    if let exchange {
      self.exchange = nil
      server.requestsInFlight -= 1
      exchange.disconnect()
    }
    endIncomingBody(.failed(.cutOff))
    server.remove(self)
  }

  /// Closes if nothing is under way; otherwise the next answer is the last.
  func drain() {
    if phase == .upgraded { webSocket?.close(code: WebSocketClosure.goingAway, reason: "the server stops") }
    guard let context, phase == .serving, exchange == nil, !assembler.isReadingBody, input.isExhausted else {
      return
    }
    closeWhenFlushed(context)
  }

  /// Answers a request whose head or body is still coming.
  func refuseUnfinished() {
    guard let context, phase == .serving, exchange == nil, assembler.isReadingBody || input.isWithinHead
    else { return }
    refuse(StandardPages.unavailable("the server is shutting down"), head: assembler.head, context)
  }

  func closeWhenFlushed(_ context: ChannelHandlerContext) {
    phase = .finishing
    let promise = context.eventLoop.makePromise(of: Void.self)
    finish(when: promise.futureResult, lingers: false, context)
    startWaiting(for: .slowReader, context)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
  }

  /// Closes whatever is under way. What has been written goes out, as far as the client takes it at once.
  func close() {
    flush()
    context?.close(promise: nil)
  }

  // MARK: - Reading

  /// Takes bytes as they come.
  func received(_ bytes: ByteBuffer) {
    if phase == .upgraded { return pass(bytes, to: webSocket?.handler) }
    guard phase == .serving, !input.isAbandoned, let context else {
      input.drop(bytes.readableBytes)
      if input.droppedBytes > limits.maxLingerBytes { close() }
      return
    }
    input.hold(bytes)
    if !isPumping {
      isPumping = true
      while mayAdvance(context), advance(context) {}
      isPumping = false
    }
    // A body that is not taken stops the reading itself.
    if incomingBody != nil { return }
    // Where nothing but a head that isn't whole waits, the limits of heads are what bounds it.
    guard !input.isExhausted || exchange != nil, input.heldBytes > limits.maxPipelinedBytes else { return }
    input.overflow()
    if input.droppedBytes > limits.maxLingerBytes { close() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .serving else { return }
    process(unwrapInboundIn(data), context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if phase == .upgraded { return context.fireChannelReadComplete() }
    settle(context)
  }

  func read(context: ChannelHandlerContext) {
    if phase == .serving, !mayRead(context) {
      isReadingPaused = true
    } else {
      context.read()
    }
  }

  /// Whether more is read: not where the client takes nothing, nor before what has come has had its turn.
  private func mayRead(_ context: ChannelHandlerContext) -> Bool {
    if let incomingBody { return !incomingBody.isFull }
    return exchange != nil || context.channel.isWritable && !isTurnPlanned
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      context.close(promise: nil)
      return
    }
    // A request cut off by the end of the connection comes as an error too; there is nobody to answer then.
    guard phase == .serving, !input.isAbandoned, context.channel.isActive else { return }
    if exchange != nil {
      return endIncomingBody(.failed(StandardPages.failure(of: error, limits: limits)))
    }
    refuse(
      StandardPages.refusal(of: error, isBody: assembler.isReadingBody, limits: limits), head: assembler.head,
      context)
  }

  // MARK: - Requests

  private func process(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head: break
    case .body where incomingBody != nil: break
    case .body(let bytes):
      heldBodyBytes += bytes.readableBytes
      server.heldBodyBytes += bytes.readableBytes
      if server.heldBodyBytes > limits.maxHeldBodyBytes {
        refuse(StandardPages.unavailable("too many large requests at once"), head: assembler.head, context)
        return
      }
    case .end: break
    }
    if case .end = part, !input.endHasCome() { return refuse(StandardPages.endsDiffer(), context) }
    let verdict = assembler.consume(part)
    if case .head = part, let body = assembler.bodyFraming, !input.headHasCome(body: body) {
      return refuse(StandardPages.endsDiffer(), context)
    }
    switch verdict {
    case .wait: break
    case .sendContinue: sendContinue(context)
    case .reject(let response, let head): refuse(response, head: head, context)
    case .complete(let assembled): handOut(assembled, context)
    case .begin(let assembled, let waitsForContinue):
      let body = IncomingBody()
      body.onRoom = { [weak self] in self?.readOn() }
      // Whoever answers without reading spares the client its body.
      if waitsForContinue {
        body.onDemand = { [weak self] in
          if let self, let context = self.context, exchange != nil, streamedBody == nil {
            sendContinue(context)
          }
        }
      }
      incomingBody = body
      handOut(assembled, context)
    case .piece(let bytes):
      guard let incomingBody else { return }
      guard incomingBody.byteCount + bytes.readableBytes <= limits.maxStreamedBodyBytes else {
        return endIncomingBody(.failed(.tooLarge(limit: limits.maxStreamedBodyBytes)))
      }
      incomingBody.give(bytes)
      // The time of the next piece begins.
      wait = .answer
    case .end: endIncomingBody(.end)
    }
  }

  private func sendContinue(_ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
  }

  /// Nothing more comes of a body that is read as it comes. Where it is not whole, the connection ends with the answer.
  func endIncomingBody(_ ending: IncomingBody.Piece) {
    guard let body = incomingBody else { return }
    incomingBody = nil
    if ending != .end { input.abandon() }
    body.end(ending)
  }

  /// There is room for more of a body that is read as it comes.
  private func readOn() {
    if let context { settle(context) }
  }

  private func handOut(_ assembled: RequestAssembler.Assembled, _ context: ChannelHandlerContext) {
    framing = assembled.framing
    guard server.requestsInFlight < limits.maxRequestsInFlight else {
      if incomingBody != nil { endIncomingBody(.failed(.cutOff)) }
      return turnAway(assembled.head, context)
    }
    let exchange = Exchange(
      request: request(assembled.head, body: assembled.body), connection: self, incomingBody: incomingBody)
    self.exchange = exchange
    server.requestsInFlight += 1
    server.requestCount += 1
    turnBudget -= 1
    if let responder = server.responder {
      responder.respond(to: exchange)
    } else {
      exchange.respond(StandardPages.unavailable("the server is shutting down"))
    }
  }

  /// Answers a request for which there is no room; the connection stays.
  private func turnAway(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let response = StandardPages.unavailable(
      "all \(limits.maxRequestsInFlight) places for requests are taken")
    note(response, head: head)
    releaseBody()
    turnBudget -= 1
    write(completed(response, head), framing, lingers: !input.isExhausted || input.isAbandoned, context)
  }

  /// The exchange's way to answer.
  func answer(with response: Response, noting note: () -> Void = {}) {
    guard exchange != nil, let context else { return note() }
    exchange = nil
    server.requestsInFlight -= 1
    releaseBody()
    endIncomingBody(.failed(.cutOff))
    let size = response.body.readableBytes
    let isTooMuch =
      size > ResponseEncoder.maxCopiedBodyBytes && server.heldAnswerBytes + size > limits.maxHeldAnswerBytes
    let answer =
      isTooMuch
      ? StandardPages.unavailable("too many large answers wait for their clients to take them") : response
    let (ready, region) = answer.withRegion(framing)
    write(ready, framing, lingers: !input.isExhausted || input.isAbandoned, region: region, context)
    // A client that sends several requests at once gets the answers together: one that goes would take those of its
    // requests along that have not begun.
    if needsFlush, isAtRest, input.isExhausted {
      // It may close the connection or be all that the client takes, with which the queue goes on behind the note.
      let wasPumping = isPumping
      isPumping = true
      server.flushBatch.flushAtOnce(self)
      isPumping = wasPumping
    }
    note()
    if !isPumping { settle(context) }
  }

  // MARK: - Going on

  /// Goes on with what has come, as far as it goes, and sets what is waited for. What is written meanwhile goes out with
  /// the answers of other connections, or at once where no more is written before the client takes some of it.
  func settle(_ context: ChannelHandlerContext) {
    guard !isPumping, phase != .closed, phase != .upgraded else { return }
    isPumping = true
    turnBudget = Self.requestsPerTurn
    // A flush may make the channel writable or close it. Both are told in calls within it, which leave the work to
    // this loop: otherwise the stack would grow with each request.
    repeat {
      while mayAdvance(context), advance(context) {}
      if needsFlush, !context.channel.isWritable {
        needsFlush = false
        context.flush()
      }
    } while mayAdvance(context) && !input.isExhausted
    isPumping = false
    guard phase == .serving else { return }
    if exchange == nil, input.isAbandoned { return closeWhenFlushed(context) }
    if turnBudget <= 0, exchange == nil, !input.isExhausted, !isTurnPlanned {
      isTurnPlanned = true
      server.turns.next { [self] in
        isTurnPlanned = false
        if let context = self.context { settle(context) }
      }
    }
    if isReadingPaused, mayRead(context) {
      isReadingPaused = false
      context.read()
    }
    updateWait(context)
    resumeStream(context)
    guard needsFlush, !isFlushPlanned else { return }
    // What is behind an answer may wait for long, and nothing of it is at rest until then.
    if exchange != nil { return flush() }
    isFlushPlanned = true
    server.flushBatch.add(self)
  }

  /// Whether no code waits for anything of this connection, its end included.
  var isAtRest: Bool {
    exchange == nil && incomingBody == nil && streamedBody == nil && phase == .serving
      && !server.isShuttingDown
  }

  /// Flushes what was to go out at the end of this turn.
  func flush() {
    isFlushPlanned = false
    guard needsFlush, let context else { return }
    needsFlush = false
    context.flush()
    if let context = self.context, !context.channel.isWritable { settle(context) }
  }

  /// Whether what comes next may be dealt with now.
  private func mayAdvance(_ context: ChannelHandlerContext) -> Bool {
    if let incomingBody { return phase == .serving && !incomingBody.isFull }
    return phase == .serving && exchange == nil && turnBudget > 0 && !isTurnPlanned
      && context.channel.isWritable
  }

  /// Deals with the next thing that has come; false if there is none.
  private func advance(_ context: ChannelHandlerContext) -> Bool {
    switch input.next() {
    case .nothing: return false
    case .bytes(let bytes): gate?.pass(bytes)
    case .malformed(let problem) where exchange != nil:
      endIncomingBody(.failed(StandardPages.failure(of: problem, limits: limits)))
    case .malformed(let problem):
      refuse(StandardPages.refusal(of: problem, limits: limits), head: assembler.head, context)
    }
    return true
  }

  func releaseBody() {
    server.heldBodyBytes -= heldBodyBytes
    heldBodyBytes = 0
  }

  // MARK: - Answers

  /// - Parameter head: that of the refused request, where it has come.
  private func refuse(_ response: Response, head: HTTPRequestHead? = nil, _ context: ChannelHandlerContext) {
    // Where the handler of a body that turns out to be none has begun, what it answers is the last.
    if exchange != nil { return endIncomingBody(.failed(.cutOff)) }
    note(response, head: head)
    releaseBody()
    let isHead = head.map { $0.method == .HEAD } ?? input.isHEAD
    input.abandon()
    let framing = ResponseFraming(isHead: isHead, keepsAlive: false, isHTTP10: false)
    write(completed(response, head), framing, lingers: true, context)
  }

  /// An answer that the server gives itself, with what its responder adds to all answers to such a request.
  private func completed(_ response: Response, _ head: HTTPRequestHead?) -> Response {
    guard let head, let responder = server.responder else { return response }
    var response = response
    response.complete(with: responder.fields(ofRefused: request(head, body: ByteBuffer())))
    return response
  }

  private func request(_ head: HTTPRequestHead, body: ByteBuffer) -> Request {
    Request(
      method: head.method, target: head.uri, headers: head.headers, body: body,
      remoteHost: remoteHost, isFromThisMachine: isFromThisMachine)
  }

  /// Tells the server of an answer that it gives itself.
  private func note(_ response: Response, head: HTTPRequestHead?) {
    server.refusedCount += 1
    server.onRefusal?(
      Refusal(
        method: head?.method, target: head?.uri, status: response.status,
        bodyBytes: response.body.readableBytes, remoteHost: remoteHost))
  }

  private func write(
    _ response: Response, _ framing: ResponseFraming, lingers: Bool, region: FileRegion? = nil,
    _ context: ChannelHandlerContext
  ) {
    var framing = framing
    if server.isShuttingDown || input.isAbandoned { framing.keepsAlive = false }
    var output = server.takeScratch()
    let (rest, keepsAlive) = server.encoder.encode(response, framing: framing, into: &output)
    var promise: EventLoopPromise<Void>?
    if !keepsAlive {
      phase = .finishing
      input.abandon()
      let written = context.eventLoop.makePromise(of: Void.self)
      finish(when: written.futureResult, lingers: lingers, context)
      promise = written
    }
    if let region {
      context.write(wrapOutboundOut(output), promise: nil)
      context.write(region, promise: promise)
    } else if let rest {
      let bytes = rest.readableBytes
      server.heldAnswerBytes += bytes
      let taken = promise ?? context.eventLoop.makePromise(of: Void.self)
      taken.futureResult.assumeIsolated().whenComplete { [server] _ in server.heldAnswerBytes -= bytes }
      context.write(wrapOutboundOut(output), promise: nil)
      context.write(wrapOutboundOut(rest), promise: taken)
    } else {
      context.write(wrapOutboundOut(output), promise: promise)
    }
    server.giveBackScratch(output)
    if keepsAlive {
      wait = .answer  // so that the time for the next request begins anew
      needsFlush = true
    } else {
      startWaiting(for: .slowReader, context)
      context.flush()
    }
  }

  /// Ends the connection when its last answer is written: with FIN first and RST never if the client may still
  /// be sending, for a reset would take the answer from it (RFC 9112 §9.6).
  func finish(when written: EventLoopFuture<Void>, lingers: Bool, _ context: ChannelHandlerContext) {
    written.assumeIsolated().whenComplete { [self] result in
      guard phase == .finishing, let context = self.context else { return }
      guard lingers, case .success = result else {
        context.close(promise: nil)
        return
      }
      phase = .lingering
      context.close(mode: .output, promise: nil)
      startWaiting(for: .linger, context)
      if isReadingPaused {
        isReadingPaused = false
        context.read()
      }
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if phase == .upgraded { return context.fireChannelWritabilityChanged() }
    if context.channel.isWritable { settle(context) }
  }

  // MARK: - Time limits

  /// Finds what a serving connection waits for; its time begins when that changes.
  private func updateWait(_ context: ChannelHandlerContext) {
    let next: ConnectionWait =
      if let streamedBody, streamedBody.isStalled, !context.channel.isWritable {
        .slowReader
      } else if let incomingBody, !incomingBody.isFull {
        .body
      } else if exchange != nil {
        .answer
      } else if !context.channel.isWritable {
        .slowReader
      } else if assembler.isReadingBody {
        .body
      } else if input.isWithinHead {
        .head
      } else {
        .nextRequest
      }
    if next != wait { startWaiting(for: next, context) }
  }

  func startWaiting(for wait: ConnectionWait, _ context: ChannelHandlerContext) {
    self.wait = wait
    lastBufferedBytes = .max
    let deadline = wait.timeLimit(limits).map { context.eventLoop.now + $0 }
    timer.set(deadline, on: context.eventLoop, handler: self)
  }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    guard timer.fired(on: eventLoop, handler: self), let context else { return }
    switch wait {
    case .answer: break
    case .head: refuse(StandardPages.requestTimeout("head"), context)
    case .body where exchange != nil: endIncomingBody(.failed(.timedOut))
    case .body: refuse(StandardPages.requestTimeout("body"), head: assembler.head, context)
    case .nextRequest, .linger: context.close(promise: nil)
    case .slowReader:
      let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? .max
      guard buffered < lastBufferedBytes else {
        context.close(promise: nil)
        return
      }
      lastBufferedBytes = buffered
      timer.set(context.eventLoop.now + limits.writeTimeout, on: context.eventLoop, handler: self)
    }
  }
}
