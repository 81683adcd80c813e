import Fetch
import VM

/// Calls that leave the process, by libcurl.
extension OutboundCalls {
  /// What a call asks for, as it would leave the process.
  func request(for call: Call, to target: Target) -> FetchRequest {
    var request = FetchRequest(
      method: call.method, url: target.absolute, headers: call.options.headers, body: call.options.body,
      connectTimeout: call.options.connectTimeout.map { .nanoseconds($0) } ?? configuration.connectTimeout,
      redirectLimit: call.options.followsRedirects ? OwnRequest.redirectLimit : 0,
      unixSocketPath: target.unixPath, bodyLimit: configuration.bodyLimit)
    // Only for the address that is written: another to which a route of this notebook redirects is not meant.
    request.skipsCertificateChecks = call.options.isInsecure && target.absolute == call.url
    // What this server itself has no proxy need see.
    request.directAuthorities = ownAuthorities
    return request
  }

  /// Lets a request leave the process.
  func transfer(_ id: Int, _ request: FetchRequest, isOwn: Bool) {
    guard let call = underWay[id] else { return }
    call.request = request
    tellUnchecked(request, owner: call.owner)
    var request = request
    if isOwn { request.headers.append(mark.field(call.requests, span: machine.span(ofOperation: id))) }
    request.confidentialHeaders = OwnCallMark.headers
    if let jar = call.options.jar {
      // Each answer on the way may set cookies, so each is looked at here.
      request.redirectLimit = 0
      request.headers = jar.adding(to: request.headers, for: request.url, now: seconds)
    }
    if let timeout = call.options.timeout {
      let left = max(1, call.redirects > 0 ? (call.deadline ?? .max) - clock.now : timeout)
      request.timeout = .nanoseconds(call.options.isStreamed ? timeout : left)
      // Of a body in pieces it bounds each silence, too, which the redirects leave as it is.
      if call.options.isStreamed, call.redirects > 0, call.timeout == nil {
        limit(id, to: timeout, left: left)
      }
    }
    let (reference, attempt) = (reference, call.number)
    transferCount += 1
    let sent = sentBody(of: call)
    let transfer =
      if call.options.isStreamed {
        startStreamed(id, request, call, sending: sent?.sender)
      } else {
        transfers.start(request, sending: sent?.sender) { result in
          reference.value.calls?.transferred(id, attempt: attempt, result)
        }
      }
    call.transfer = transfer
    if let sink = sent?.sink {
      sink.transfer = transfer
      startWriting(id, to: sink, isOutside: true)
    }
  }

  /// What has left the process has come back.
  func transferred(_ id: Int, attempt: Int, _ result: Result<FetchResponse, FetchError>) {
    guard let call = underWay[id], call.number == attempt else { return }
    releaseTransfer(of: call)
    guard case .success(let response) = result else { return completed(id, result) }
    if !follows(id, response) { completed(id, result) }
  }

  /// Whether an answer is a redirect that is followed here, or fails because it cannot be; a jar takes its cookies.
  func follows(_ id: Int, _ response: FetchResponse) -> Bool {
    guard let call = underWay[id], let jar = call.options.jar, let request = call.request else {
      return false
    }
    jar.take(response.headers, from: response.url, now: seconds)
    guard call.options.followsRedirects else { return false }
    do throws(FetchError) {
      guard let next = try request.following(response) else { return false }
      try checkBodyCanGo(to: response, next.method, call)
      if call.redirects == OwnRequest.redirectLimit { throw tooManyRedirects(call, lastly: response) }
      call.redirects += 1
      transfer(id, next, isOwn: OwnAddress.path(of: next.url, among: server.addresses) != nil)
    } catch {
      completed(id, .failure(error))
    }
    return true
  }

  func releaseTransfer(of call: Call) {
    if call.transfer == nil { return }
    call.transfer = nil
    transferCount -= 1
  }
}
