import Fetch
import Synchronization

/// What a receiver has been told, in order.
final class Received: Sendable {
  struct State: Sendable {
    var head: FetchResponse?
    var bytes: [UInt8] = []
    var pieces = 0
    var sent = 0
    var result: Result<FetchResponse, FetchError>?

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var error: FetchError? {
      guard case .failure(let error) = result else { return nil }
      return error
    }
  }

  private let state = Mutex((now: State(), waiter: Waiter?.none))

  private struct Waiter {
    let isReached: @Sendable (State) -> Bool
    let continuation: CheckedContinuation<State, Never>
  }

  var now: State { state.withLock { $0.now } }

  func change(_ change: (inout State) -> Void) {
    let (waiter, now) = state.withLock { state -> (Waiter?, State) in
      change(&state.now)
      guard let waiter = state.waiter, waiter.isReached(state.now) else { return (nil, state.now) }
      state.waiter = nil
      return (waiter, state.now)
    }
    waiter?.continuation.resume(returning: now)
  }

  /// What it has come to when it is as wanted, or has ended.
  @discardableResult
  func wait(until isReached: @escaping @Sendable (State) -> Bool) async -> State {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waiter = Waiter(isReached: { isReached($0) || $0.result != nil }, continuation: continuation)
        let reached = state.withLock { state -> State? in
          if waiter.isReached(state.now) || Task.isCancelled { return state.now }
          state.waiter = waiter
          return nil
        }
        if let reached { continuation.resume(returning: reached) }
      }
    } onCancel: {
      let (waiter, now) = state.withLock { state in
        defer { state.waiter = nil }
        return (state.waiter, state.now)
      }
      waiter?.continuation.resume(returning: now)
    }
  }
}

extension TransferPool {
  /// Starts a call that tells its answer to `received` as it comes.
  ///
  /// - Parameters:
  ///   - window: how much is told before it says what it has had, which it never does.
  ///   - afterPiece: what happens once a piece was told, on the transfer thread.
  func begin(
    _ request: FetchRequest, _ received: Received, window: Int = TransferReceiver.defaultWindow,
    sends: Bool = false, afterPiece: @escaping @Sendable () -> Void = {}
  ) -> TransferID {
    start(
      request,
      receiving: TransferReceiver(
        window: window, head: { head in received.change { $0.head = head } },
        piece: { piece in
          received.change {
            $0.bytes += piece
            $0.pieces += 1
          }
          afterPiece()
        }), sending: sends ? TransferSender { count in received.change { $0.sent += count } } : nil,
      completion: { result in received.change { $0.result = result } })
  }
}
