import Fetch
import NIOCore
import VM
import Web

/// Calls whose body is written as the other side takes it.
extension OutboundCalls {
  /// What takes the body of a call that leaves the process, and what tells of it on the transfer thread; nil where it
  /// has none that is written.
  func sentBody(of call: Call) -> (sink: TransferredBody, sender: TransferSender)? {
    // It is written once: behind a redirect it is gone, or was collected.
    guard call.options.writes != nil, !call.hasWritten else { return nil }
    let sink = TransferredBody(transfers)
    let bound = NIOLoopBound(WeakBody(sink), eventLoop: loop)
    let loop = loop
    return (sink, TransferSender { count in loop.execute { bound.value.body?.sent(count) } })
  }

  /// Starts what writes the body of a call, as a fiber of its own.
  func startWriting(_ id: Int, to sink: any SentBody, isOutside: Bool) {
    guard let call = underWay[id], let writes = call.options.writes else { return }
    let writer = StreamWriter(streamOperations, clock: clock, heartbeat: nil, isOutside: isOutside) { sink }
    let task = machine.upcomingTask
    call.hasWritten = true
    writingTasks[task] = id
    writings[id] = CallWriting(task, writer, sink, isOutside: isOutside)
    machine.start(
      writes.value, [machine.makeInstance(streams.writer, payload: writer)], owner: call.owner,
      followsDeferred: true, requests: call.requests, span: machine.span(ofOperation: id))
  }

  /// What writes a body has ended; false where the task is none of these.
  func finished(task: TaskID, _ outcome: Outcome) -> Bool {
    guard let id = writingTasks.removeValue(forKey: task), let writing = writings.removeValue(forKey: id)
    else {
      return false
    }
    switch outcome {
    case .success: writing.writer.finish()
    case .failure(let error):
      writing.writer.close()
      guard let call = underWay[id] else {
        openBodies.body(call: id)?.fail(
          AnswerBody.Trouble(
            kind: .cancelled,
            message: "what writes the body of the call has failed: \(machine.report(of: error).message)"))
        break
      }
      // Whoever has made the call is told what has gone wrong in it.
      let transfer = call.transfer
      release(id)
      underWay[id] = nil
      call.body?.close()
      if let transfer { transfers.cancel(transfer) }
      if let exchange = call.exchange { machine.enqueue { exchange.disconnect() } }
      machine.complete(operation: id, .failure(error))
    }
    onActivity()
    return true
  }

  /// Nobody takes any more of a body.
  func endWriting(_ id: Int) {
    guard let writing = writings.removeValue(forKey: id) else { return }
    writingTasks[writing.task] = nil
    writing.writer.close()
    machine.abandon(writing.task, Failure(.cancelled, "cancelled"))
  }

  /// Collects a body for a route that is given it whole, before it is asked.
  func collect(_ id: Int, attempt: Int) {
    let limit = server.limits.maxBodyBytes
    let sink = WholeSentBody(limit: limit) { [weak self] body in
      guard let self, let call = underWay[id], call.number == attempt else { return }
      call.own?.isWritten = false
      call.own?.request.body = body
      if body == nil {
        // Not within the write that is too much.
        return machine.enqueue { [weak self] in
          self?.answered(id, attempt: attempt, StandardPages.bodyTooLarge(limit: limit))
        }
      }
      machine.enqueue { [weak self] in self?.ask(id, attempt: attempt) }
    }
    startWriting(id, to: sink, isOutside: false)
  }

  /// - Throws: where a redirect would have a body sent again that is gone.
  func checkBodyCanGo(to answer: FetchResponse, _ method: String, _ call: Call) throws(FetchError) {
    guard call.options.writes != nil, method == call.method else { return }
    throw FetchError(
      kind: .other,
      message:
        "redirected to \((answer.location ?? "").withoutPassword.printable(limit: 200)): a body that is sent in pieces cannot be sent again; call that address"
    )
  }
}

/// Lets what a transfer tells find nobody, where the call is over.
private final class WeakBody {
  weak var body: TransferredBody?
  init(_ body: TransferredBody) { self.body = body }
}
