import Fetch
import Synchronization
import TestSupport

extension TransferPool {
  /// The call's outcome, awaited.
  func outcome(_ request: FetchRequest) async -> Result<FetchResponse, FetchError> {
    let started = Mutex<TransferID?>(nil)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let id = start(request) { continuation.resume(returning: $0) }
        started.withLock { $0 = id }
      }
    } onCancel: {
      if let id = started.withLock({ $0 }) { cancel(id) }
    }
  }

  func fetch(_ request: FetchRequest) async throws -> FetchResponse {
    try await outcome(request).get()
  }

  /// The error that the call must end in; `nil` when it doesn't.
  func failure(_ request: FetchRequest) async -> FetchError? {
    guard case .failure(let error) = await outcome(request) else { return nil }
    return error
  }
}

extension FetchResponse {
  var text: String { String(decoding: body, as: UTF8.self) }

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Collects what completions are given, and lets a test wait for so many of them, or until its time is up.
final class Outcomes: Sendable {
  private struct State {
    var results: [Result<FetchResponse, FetchError>] = []
    var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
  }

  private let state = Mutex(State())

  var all: [Result<FetchResponse, FetchError>] { state.withLock { $0.results } }

  var errors: [FetchError] {
    all.compactMap { result in
      guard case .failure(let error) = result else { return nil }
      return error
    }
  }

  func add(_ result: Result<FetchResponse, FetchError>) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.results.append(result)
      guard let waiter = state.waiter, state.results.count >= waiter.count else { return nil }
      state.waiter = nil
      return waiter.continuation
    }
    continuation?.resume()
  }

  func wait(for count: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReached = state.withLock { state in
          if state.results.count >= count || Task.isCancelled { return true }
          state.waiter = (count, continuation)
          return false
        }
        if isReached { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.continuation.resume()
    }
  }
}
