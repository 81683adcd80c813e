import Fetch
import VM

/// Calls that are made again.
extension OutboundCalls {
  /// Notes how an attempt ended; gives the wait before the next in nanoseconds, or nil where there is none.
  func pauseBeforeAnother(_ id: Int, after result: Result<FetchResponse, FetchError>) -> Int? {
    guard let call = underWay[id], call.options.retries > 0 else { return nil }
    var (status, reason, wish): (Int?, String, Int?) = (nil, "", nil)
    switch result {
    case .success(let response):
      (status, wish) = (response.status, response.retryAfter(now: seconds))
    case .failure(let error): reason = self.reason(of: error, call)
    }
    let attempt = RepeatedAttempts.Attempt(
      begun: call.begun - call.started, status: status, reason: reason)
    return call.attempts.note(
      attempt, isWorthRepeating: RepeatedAttempts.isWorthRepeating(result), wish: wish,
      chance: random.fraction())
  }

  func wait(_ id: Int, _ pause: Int) {
    guard let call = underWay[id] else { return }
    call.own = nil
    call.exchange = nil
    call.body = nil
    call.request = nil
    call.redirects = 0
    pauseCount += 1
    call.pause = clock.schedule(at: clock.now.addingClamped(pause)) { [weak self] in
      guard let self, let call = underWay[id] else { return }
      pauseCount -= 1
      call.pause = nil
      do throws(Failure) {
        attempt(id, try target(of: call.url))
      } catch {
        completed(id, .failure(FetchError(kind: .badURL, message: error.message)))
      }
      onActivity()
    }
  }
}
