import Fetch
import NIOCore
import NIOHTTP1
import VM
import Web

/// Calls to this server itself that stay within the process.
extension OutboundCalls {
  /// The turn of a request to this server itself.
  func ask(_ id: Int, attempt: Int) {
    guard let call = underWay[id], let own = call.own, call.number == attempt else { return }
    var headers = own.request.headers
    if let jar = call.options.jar { headers = jar.adding(to: headers, for: own.request.url, now: seconds) }
    let request: Request
    do throws(FetchError) {
      request = try own.asked(
        headers: headers, mark: mark.field(call.requests, span: machine.span(ofOperation: id)))
    } catch {
      return completed(id, .failure(error))
    }
    let isBodyRead = readsBodyAsItComes(request.method.rawValue, request.target)
    if own.isWritten, !isBodyRead { return collect(id, attempt: attempt) }
    let head = HTTPRequestHead(
      version: .http1_1, method: request.method, uri: request.target, headers: request.headers)
    if let refusal = StandardPages.refusal(of: head, isBodyRead: isBodyRead, limits: server.limits) {
      return answered(id, attempt: attempt, refusal)
    }
    let incoming = own.isWritten ? IncomingBody() : nil
    let exchange = exchange(
      for: request, id, attempt: attempt, isStreamed: call.options.isStreamed, incomingBody: incoming)
    call.exchange = exchange
    respond(exchange)
    if let incoming {
      startWriting(
        id, to: OwnSentBody(incoming, limit: server.limits.maxStreamedBodyBytes), isOutside: false)
    }
  }

  private func exchange(
    for request: Request, _ id: Int, attempt: Int, isStreamed: Bool, incomingBody: IncomingBody?
  ) -> Exchange {
    if isStreamed {
      return Exchange(request: request, incomingBody: incomingBody) { [weak self] response in
        self?.answered(id, attempt: attempt, response)
      } pieces: { [weak self] head, body in
        self?.began(id, attempt: attempt, head, body)
      }
    }
    return Exchange(request: request, incomingBody: incomingBody, bodyLimit: configuration.bodyLimit) {
      [weak self] result in
      switch result {
      case .success(let response): self?.answered(id, attempt: attempt, response)
      case .failure(let failure): self?.broken(id, attempt: attempt, failure)
      }
    }
  }

  func answered(_ id: Int, attempt: Int, _ response: Response) {
    guard let call = underWay[id], let own = call.own, call.number == attempt else { return }
    call.exchange = nil
    var headers = response.headers.map { (name: $0.name, value: $0.value) }
    let hasBody = response.status != .noContent && response.status != .notModified
    if hasBody, !response.headers.contains(name: "content-length") {
      headers.append(("content-length", "\(response.body.readableBytes)"))
    }
    do throws(FetchError) {
      var answer = try head(response, headers, of: own)
      if try follows(id, own, answer) { return }
      let body = own.request.method == "HEAD" || !hasBody ? ByteBuffer() : response.body
      if call.options.isStreamed { return begun(id, answer, wholeBody(call, url: answer.url, body)) }
      if body.readableBytes > configuration.bodyLimit {
        return completed(id, .failure(Self.error(of: .tooLarge(limit: configuration.bodyLimit))))
      }
      answer.body = Array(body.readableBytesView)
      completed(id, .success(answer))
    } catch {
      completed(id, .failure(error))
    }
  }

  /// The head of an answer as a call over a connection would have it.
  private func head(
    _ response: Response, _ headers: [(name: String, value: String)], of own: OwnRequest
  ) throws(FetchError) -> FetchResponse {
    FetchResponse(
      status: Int(response.status.code), reason: response.status.reasonPhrase, headers: headers, body: [],
      url: try own.request.addressToCall(), elapsed: .zero)
  }

  /// The head of an answer is there whose body comes in pieces.
  private func began(_ id: Int, attempt: Int, _ response: Response, _ pieces: IncomingBody) {
    guard let call = underWay[id], let own = call.own, call.number == attempt, let exchange = call.exchange
    else { return }
    call.exchange = nil
    do throws(FetchError) {
      let answer = try head(response, response.headers.map { ($0.name, $0.value) }, of: own)
      if try follows(id, own, answer) { return machine.enqueue { exchange.disconnect() } }
      begun(id, answer, ownBody(id, call, url: answer.url, pieces, exchange))
    } catch {
      machine.enqueue { exchange.disconnect() }
      completed(id, .failure(error))
    }
  }

  private func broken(_ id: Int, attempt: Int, _ failure: BodyFailure) {
    guard let call = underWay[id], call.own != nil, call.number == attempt else { return }
    call.exchange = nil
    completed(id, .failure(Self.error(of: failure)))
  }

  /// Whether an answer sends the call on; a jar takes its cookies.
  ///
  /// - Throws: where it cannot be followed.
  private func follows(_ id: Int, _ own: OwnRequest, _ answer: FetchResponse) throws(FetchError) -> Bool {
    guard let call = underWay[id] else { return false }
    call.options.jar?.take(answer.headers, from: answer.url, now: seconds)
    guard call.options.followsRedirects, let next = try own.request.following(answer) else { return false }
    if own.isWritten { try checkBodyCanGo(to: answer, next.method, call) }
    if own.redirects == OwnRequest.redirectLimit { throw tooManyRedirects(call, lastly: answer) }
    if own.hasSameServer(as: next.url) || OwnAddress.path(of: next.url, among: server.addresses) != nil {
      call.own = OwnRequest(request: next, isWritten: false, redirects: own.redirects + 1)
      let attempt = call.number
      machine.enqueue { [weak self] in self?.ask(id, attempt: attempt) }
    } else {
      call.own = nil
      transfer(id, next, isOwn: false)
    }
    return true
  }
}
