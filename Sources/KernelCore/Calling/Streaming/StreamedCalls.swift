import Fetch
import NIOCore
import VM
import Web

/// Calls whose answer's body is read as it comes.
extension OutboundCalls {
  // MARK: Where bodies come from

  /// Lets a request leave the process whose answer is told in pieces.
  func startStreamed(_ id: Int, _ request: FetchRequest, _ call: Call, sending sender: TransferSender?)
    -> TransferID
  {
    let body = AnswerBody(
      call: call.name, url: request.url, IncomingBody(), streamOperations,
      watch: makeWatch(id, call))
    call.body = body
    let bound = NIOLoopBound(WeakAnswer(body), eventLoop: loop)
    let (loop, reference) = (loop, reference)
    let receiver = TransferReceiver { head in
      loop.execute { reference.value.calls?.headCame(id, head, bound.value.body) }
    } piece: { bytes in
      loop.execute { bound.value.body?.give(bytes) }
    }
    let transfer = transfers.start(request, receiving: receiver, sending: sender) { result in
      reference.value.calls?.streamEnded(id, bound.value.body, result)
    }
    body.begin(
      AnswerBody.Source(isOutside: true) { [transfers] count in
        transfers.received(transfer, count)
      } close: { [transfers] _ in
        transfers.cancel(transfer)
      })
    return transfer
  }

  /// The body of an answer of this notebook's own, which comes within the process.
  func ownBody(_ id: Int, _ call: Call, url: String, _ pieces: IncomingBody, _ exchange: Exchange)
    -> AnswerBody
  {
    let body = AnswerBody(
      call: call.name, url: url, pieces, streamOperations, watch: makeWatch(id, call))
    let loop = loop
    body.begin(
      AnswerBody.Source(isOutside: false) { _ in
      } close: { [weak machine] later in
        // Its handler learns of it in its own turn, as from a connection that closes.
        if later { return loop.assumeIsolated().execute { exchange.disconnect() } }
        machine?.enqueue { exchange.disconnect() }
      })
    return body
  }

  /// A body that is there already.
  func wholeBody(_ call: Call, url: String, _ bytes: ByteBuffer) -> AnswerBody {
    AnswerBody(
      call: call.name, url: url, IncomingBody(whole: bytes), streamOperations, watch: nil)
  }

  private func makeWatch(_ id: Int, _ call: Call) -> AnswerWatch {
    AnswerWatch(clock: clock, silenceLimit: call.options.timeout) { [weak self] isAwaited in
      self?.openBodies.awaitedFromOutside += isAwaited ? 1 : -1
    } onEnd: { [weak self] in
      guard let self else { return }
      openBodies.remove(call: id)
      if underWay[id] == nil { endWriting(id) }
    }
  }

  /// Whether something outside this process is waited for.
  var isWaitingForOthers: Bool {
    let count = transferCount + openBodies.awaitedFromOutside
    guard isVirtual, !writings.isEmpty else { return count > 0 }
    // What a body waits for before it goes on is within this process.
    let writing = writings.values.count { $0.isOutside && !$0.isStalled }
    return count > writing
  }

  // MARK: Heads

  /// The head of an answer from outside is there.
  private func headCame(_ id: Int, _ head: FetchResponse, _ body: AnswerBody?) {
    guard let body, let call = underWay[id], call.body === body else { return }
    releaseTransfer(of: call)
    if follows(id, head) { return body.close() }
    // A redirect may have failed the call.
    guard underWay[id] != nil else { return body.close() }
    begun(id, head, body)
  }

  /// The head that the call gives is there: its body follows.
  func begun(_ id: Int, _ head: FetchResponse, _ body: AnswerBody) {
    release(id)
    let call = underWay[id]
    call?.body = body
    if let pause = pauseBeforeAnother(id, after: .success(head)) {
      body.close()
      wait(id, pause)
      return onActivity()
    }
    guard let call else { return }
    guard call.options.checks, head.status >= 400 else {
      if body.source != nil {
        body.task = call.task
        openBodies.add(body, call: id, owner: call.owner, servesRequest: call.requests.count > 0)
        recorder?.readsAsItComes(machine.span(ofOperation: id))
      }
      return finish(id, .success(head), stream: body)
    }
    call.timeout = clock.schedule(at: clock.now.addingClamped(Self.errorBodyTime)) { [weak body] in
      body?.endCollecting()
    }
    body.collect(limit: Self.errorBodyLimit) { [weak self] bytes in
      guard let self else { return }
      release(id)
      var answer = head
      answer.body = bytes
      finish(id, .success(answer))
    }
  }

  /// How many bytes are read of what comes with an error, and for how many nanoseconds.
  private static let errorBodyLimit = 64 << 10
  private static let errorBodyTime = 10_000_000_000

  // MARK: Ends

  /// A transfer is over.
  private func streamEnded(_ id: Int, _ body: AnswerBody?, _ result: Result<FetchResponse, FetchError>) {
    guard let body else { return }
    if let call = underWay[id], call.body === body, call.transfer != nil {
      // Its head has not come.
      releaseTransfer(of: call)
      return completed(id, result)
    }
    switch result {
    case .success: body.end(nil)
    case .failure(let error):
      body.end(
        AnswerBody.Trouble(kind: error.kind == .timedOut ? .timeout : .network, message: error.message))
    }
  }

  /// The run of a cell is over that began calls: their bodies are, too.
  func closeBodies(ofOwner owner: UInt32) {
    let trouble = AnswerBody.Trouble(
      kind: .cancelled,
      message: "the cell that made the call was run again or deleted, so the body was closed")
    for body in openBodies.bodies(ofOwner: owner) { body.close(trouble) }
  }

  /// A handler is over, or what writes a stream: nobody goes on with the bodies that it has.
  func closeBodies(ofTask task: TaskID) {
    let trouble = AnswerBody.Trouble(
      kind: .cancelled, message: "the handler that made the call has ended, so the body was closed")
    for body in openBodies.bodies(ofTask: task) { body.close(trouble) }
  }

  /// A handler leaves the bodies that it has to the stream that it gave.
  func handOver(from handler: TaskID, to stream: TaskID) {
    for body in openBodies.bodies(ofTask: handler) { body.task = stream }
  }

  /// The kernel ends.
  func closeBodies() {
    for body in openBodies.all { body.close() }
  }
}

/// Lets what comes of a transfer find nobody, where nobody wants it any more.
private final class WeakAnswer {
  weak var body: AnswerBody?

  init(_ body: AnswerBody) { self.body = body }
}
