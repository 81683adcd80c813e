import CCurl
import Dispatch
import Glibc
import Synchronization

/// What others ask of the transfer thread.
enum TransferMessage: Sendable {
  case start(TransferID, FetchRequest, TransferStreams, FetchCompletion, ContinuousClock.Instant)
  /// So many bytes of an answer that is told in pieces have been had.
  case received(TransferID, Int)
  /// The next piece of a body.
  case send(TransferID, [UInt8])
  case endSending(TransferID)
  case cancel(TransferID)
  case refuse(FetchCompletion, FetchError)
}

/// The one thing that threads share with the transfer thread: what is asked of it, and how to wake it.
///
/// It is bounded: there are as many starts, cancels and notes of what was had as transfers, and as many refusals at
/// most; who sends a body in pieces waits until they have left.
final class Mailbox: Sendable {
  private let limit: Int
  private let state: Mutex<State>
  private let ended = DispatchGroup()

  private struct State {
    var phase = Phase.idle
    var messages: [TransferMessage] = []
    /// Transfers that have not completed, and whether they have been cancelled.
    var live: [TransferID: Bool] = [:]
    var refusals = 0
    /// What has been had of answers, and is not told yet.
    var received: [TransferID: Int] = [:]
    var thread: pthread_t?
    /// What wakes it; opened with it, and kept as long as somebody may ring.
    var bell: Int32 = -1
    var lastNumber: UInt64 = 0
    /// Whether the thread waits, or is about to, and nobody has rung yet.
    var isAsleep = false
  }

  private enum Phase {
    case idle
    case running
    case stopping
    /// Nothing can be started any more, and this is why.
    case closed(FetchError)
  }

  init(limit: Int) {
    self.limit = limit
    state = Mutex(State())
  }

  deinit {
    let bell = bell
    if bell >= 0 { ccurl_bell_close(bell) }
  }

  static let shutDownError = FetchError(
    .cancelled, "the call was cancelled: outbound calls have been shut down")
  static let threadError = FetchError(.other, "outbound calls are not possible: no thread could be started")

  var transfersUnderWay: Int { state.withLock { $0.live.count } }

  // MARK: For everybody

  /// Posts a transfer. A refusal that is returned is the caller's to deliver.
  func start(
    _ request: FetchRequest, _ streams: TransferStreams, _ completion: @escaping FetchCompletion,
    startThread: () -> pthread_t?
  ) -> (TransferID, FetchError?) {
    let now = ContinuousClock.now
    return withLock { state in
      state.lastNumber += 1
      let id = TransferID(number: state.lastNumber)
      switch state.phase {
      case .closed(let error): return (id, error)
      case .stopping: return (id, Self.shutDownError)
      case .running: break
      case .idle:
        ended.enter()
        if state.bell < 0 { state.bell = ccurl_bell_open() }
        guard state.bell >= 0, let thread = startThread() else {
          ended.leave()
          return (id, Self.threadError)
        }
        state.thread = thread
        state.phase = .running
      }
      if state.live.count < limit {
        state.live[id] = false
        state.messages.append(.start(id, request, streams, completion, now))
        return (id, nil)
      }
      let refusal = FetchError(
        .tooManyTransfers, "\(limit) calls are under way or waiting, which is the limit: wait for some to end"
      )
      guard state.refusals < limit else { return (id, refusal) }
      state.refusals += 1
      state.messages.append(.refuse(completion, refusal))
      return (id, nil)
    }
  }

  func cancel(_ id: TransferID) {
    withLock { state in
      guard state.live[id] == false else { return }
      state.live[id] = true
      state.messages.append(.cancel(id))
    }
  }

  /// Posts what concerns a transfer that has not completed. What somebody has had is added to what the thread has not
  /// heard of yet, so that there is one message at most for each transfer.
  func post(_ message: TransferMessage, for id: TransferID) {
    withLock { state in
      guard state.live[id] == false else { return }
      if case .received(_, let count) = message {
        let isFirst = state.received.updateValue(state.received[id, default: 0] + count, forKey: id) == nil
        if !isFirst { return }
      }
      state.messages.append(message)
    }
  }

  /// Ends the thread and waits for it, unless this is that thread.
  func shutDown() {
    let (mine, isOwnThread) = withLock { state -> (pthread_t?, Bool) in
      let isOwnThread = state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
      switch state.phase {
      case .idle: state.phase = .closed(Self.shutDownError)
      case .running:
        state.phase = .stopping
        return (state.thread, isOwnThread)
      case .stopping, .closed: break
      }
      return (nil, isOwnThread)
    }
    if isOwnThread {
      if let mine { pthread_detach(mine) }
      return
    }
    if let mine { pthread_join(mine, nil) }
    ended.wait()
  }

  /// Lets others change the state, and wakes the thread if there is something for it then. The bell rings outside the
  /// lock: the thread, which runs at once where there is but one core, would wait for it.
  private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    let (result, bell) = state.withLock { state -> (Result, Int32?) in
      let result = body(&state)
      let isStopping = if case .stopping = state.phase { true } else { false }
      guard state.isAsleep, isStopping || !state.messages.isEmpty else { return (result, nil) }
      state.isAsleep = false
      return (result, state.bell)
    }
    if let bell { ccurl_bell_ring(bell) }
    return result
  }

  // MARK: For the transfer thread

  /// What the thread is woken by.
  var bell: Int32 { state.withLock { $0.bell } }

  /// All that was posted since the last time, and whether the thread is to end.
  func take() -> (messages: [TransferMessage], isStopping: Bool) {
    state.withLock { state in
      state.isAsleep = false
      var messages = state.messages
      if !state.received.isEmpty {
        for (place, message) in messages.enumerated() {
          guard case .received(let id, _) = message else { continue }
          messages[place] = .received(id, state.received[id] ?? 0)
        }
        state.received = [:]
      }
      state.messages = []
      state.refusals = 0
      if case .running = state.phase { return (messages, false) }
      return (messages, true)
    }
  }

  /// Whether the thread may sleep; from then on a post rings the bell, until it takes what was posted.
  func mayFallAsleep() -> Bool {
    state.withLock { state in
      guard state.messages.isEmpty, case .running = state.phase else { return false }
      state.isAsleep = true
      return true
    }
  }

  /// The transfer is about to complete: it no longer counts.
  func transferEnded(_ id: TransferID) {
    state.withLock { state in
      state.live[id] = nil
    }
  }

  /// Lets nothing in any more, and gives what is left in the box. For the thread's end.
  func close(_ reason: FetchError) -> [EndedTransfer] {
    let messages = state.withLock { state in
      // Somebody who stops the thread joins it; nobody joins one that gave up.
      if case .running = state.phase, let thread = state.thread { pthread_detach(thread) }
      state.phase = .closed(reason)
      state.isAsleep = false
      defer {
        state.messages = []
        state.live = [:]
      }
      return state.messages
    }
    return messages.compactMap { message in
      switch message {
      case .start(_, _, _, let completion, _): EndedTransfer(completion: completion, result: .failure(reason))
      case .refuse(let completion, let error): EndedTransfer(completion: completion, result: .failure(error))
      case .cancel, .received, .send, .endSending: nil
      }
    }
  }

  func threadEnded() {
    ended.leave()
  }
}
