import NIOCore

/// Answers whose bodies come piece by piece.
extension ConnectionHandler {
  /// The exchange's way to begin an answer whose body comes piece by piece.
  func begin(_ head: Response) -> any BodySink {
    guard let exchange, let context else { return StreamedBody() }
    guard server.encoder.canStream(head) else {
      exchange.bodyHasEnded()
      answer(with: head)
      return StreamedBody()
    }
    if server.isShuttingDown || input.isAbandoned { framing.keepsAlive = false }
    if framing.isHead {
      endHeadOnly(head)
      return StreamedBody()
    }
    var output = server.takeScratch()
    framing.keepsAlive = server.encoder.encodeHead(head, framing: framing, into: &output)
    planFlush(context)
    context.write(wrapOutboundOut(output), promise: nil)
    server.giveBackScratch(output)
    let body = StreamedBody(self, isChunked: !framing.isHTTP10)
    streamedBody = body
    return body
  }

  /// Whether a piece can be written without waiting for the client.
  var takesMore: Bool { context.map { pace.takesMore(isWritable: $0.channel.isWritable) } ?? false }

  /// Writes a piece, framed already; gives whether the client is quick enough for more.
  func write(piece: ByteBuffer) -> Bool {
    guard let context, let streamedBody else { return true }
    let size = piece.readableBytes
    var promise: EventLoopPromise<Void>?
    if size > ResponseEncoder.maxCopiedBodyBytes {
      guard server.heldAnswerBytes + size <= limits.maxHeldAnswerBytes else {
        close()
        return true
      }
      server.heldAnswerBytes += size
      let taken = context.eventLoop.makePromise(of: Void.self)
      taken.futureResult.assumeIsolated().whenComplete { [server] _ in server.heldAnswerBytes -= size }
      promise = taken
    }
    planFlush(context)
    context.write(wrapOutboundOut(piece), promise: promise)
    pace.unflushedBytes += size
    let goesOn = context.channel.isWritable && pace.unflushedBytes < StreamPace.maxUnflushedBytes
    streamedBody.isStalled = !goesOn
    return goesOn
  }

  /// What is written in one turn of the loop goes out together.
  private func planFlush(_ context: ChannelHandlerContext) {
    if pace.isFlushPlanned { return }
    pace.begin(isWritable: context.channel.isWritable)
    context.eventLoop.assumeIsolated().execute { [self] in
      pace.isFlushPlanned = false
      pace.unflushedBytes = 0
      guard let context = self.context else { return }
      context.flush()
      settle(context)
    }
  }

  /// Lets a streamed answer go on that has stopped since its client was slow, or since it was the turn of others.
  func resumeStream(_ context: ChannelHandlerContext) {
    guard let streamedBody, streamedBody.isStalled, context.channel.isWritable, !pace.isResumePlanned else {
      return
    }
    pace.isResumePlanned = true
    server.turns.next { [self] in
      pace.isResumePlanned = false
      guard let context = self.context, let streamedBody = self.streamedBody, streamedBody.isStalled,
        context.channel.isWritable
      else { return }
      streamedBody.isStalled = false
      streamedBody.onWritable?()
    }
  }

  /// Ends a streamed answer before it is whole. What was written still goes out; then the connection closes, by which
  /// the client sees that the last chunk is missing (RFC 9112 §8).
  func cutStream() {
    guard let context, let exchange else { return }
    self.exchange = nil
    streamedBody = nil
    server.requestsInFlight -= 1
    releaseBody()
    exchange.bodyHasEnded()
    closeWhenFlushed(context)
  }

  /// Ends a streamed answer with its last bytes.
  func endStream(_ last: ByteBuffer) {
    guard let context, let exchange else { return }
    self.exchange = nil
    streamedBody = nil
    server.requestsInFlight -= 1
    releaseBody()
    endIncomingBody(.failed(.cutOff))
    exchange.bodyHasEnded()
    if server.isShuttingDown || input.isAbandoned { framing.keepsAlive = false }
    finishAnswer(last, lingers: !input.isExhausted || input.isAbandoned, context)
    if !isPumping { settle(context) }
  }

  /// The answer to HEAD where GET's would come in pieces.
  private func endHeadOnly(_ head: Response) {
    var output = ByteBuffer()
    framing.keepsAlive = server.encoder.encodeHead(head, framing: framing, into: &output)
    endStream(output)
  }

  /// Writes the last bytes of an answer; ends the connection where that was its last one.
  private func finishAnswer(_ last: ByteBuffer, lingers: Bool, _ context: ChannelHandlerContext) {
    guard !framing.keepsAlive else {
      context.write(wrapOutboundOut(last), promise: nil)
      wait = .answer
      needsFlush = true
      return
    }
    phase = .finishing
    input.abandon()
    let written = context.eventLoop.makePromise(of: Void.self)
    finish(when: written.futureResult, lingers: lingers, context)
    context.write(wrapOutboundOut(last), promise: written)
    startWaiting(for: .slowReader, context)
    context.flush()
  }
}
