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
    if own.isWritten, !readsBodyAsItComes(own.method, own.target) { return collect(id, attempt: attempt) }
    if own.body?.count ?? 0 > server.limits.maxBodyBytes {
      return answered(id, attempt: attempt, StandardPages.bodyTooLarge(limit: server.limits.maxBodyBytes))
    }
    let host = server.addresses.first { $0.unixPath == nil }.map { String($0.url.dropFirst(7)) }
    let field = mark.field(depth: call.depth, span: machine.span(ofOperation: id))
    var asked = own
    if let jar = call.options.jar {
      asked.headers = jar.adding(to: own.headers, for: address(of: own), now: seconds)
    }
    let request = asked.request(host: host ?? "localhost", mark: field)
    let incoming = call.options.writes != nil && own.isWritten ? IncomingBody() : nil
    let exchange = exchange(
      for: request, id, attempt: attempt, isStreamed: call.options.isStreamed, incomingBody: incoming)
    underWay[id]?.exchange = exchange
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

  /// The absolute address of a request to this server itself.
  private func address(of own: OwnRequest) -> String {
    (server.addresses.first?.url ?? "http://localhost") + own.target
  }

  func answered(_ id: Int, attempt: Int, _ response: Response) {
    guard let call = underWay[id], let own = call.own, call.number == attempt else { return }
    underWay[id]?.exchange = nil
    call.options.jar?.take(
      response.headers.map { (name: $0.name, value: $0.value) }, from: address(of: own), now: seconds)
    if let (location, next) = own.following(response) { return follow(id, location, next) }
    var headers = response.headers.map { (name: $0.name, value: $0.value) }
    let hasBody = response.status != .noContent && response.status != .notModified
    if hasBody, !response.headers.contains(name: "content-length") {
      headers.append(("content-length", "\(response.body.readableBytes)"))
    }
    var answer = head(response, headers, of: own)
    let body = own.method == "HEAD" || !hasBody ? ByteBuffer() : response.body
    if call.options.isStreamed { return begun(id, answer, wholeBody(call, url: answer.url, body)) }
    answer.body = Array(body.readableBytesView)
    completed(id, .success(answer))
  }

  /// The head of an answer as a call over a connection would have it.
  private func head(
    _ response: Response, _ headers: [(name: String, value: String)], of own: OwnRequest
  ) -> FetchResponse {
    FetchResponse(
      status: Int(response.status.code), reason: response.status.reasonPhrase, headers: headers, body: [],
      url: (server.addresses.first?.url ?? "") + own.target, elapsed: .zero)
  }

  /// The head of an answer is there whose body comes in pieces.
  private func began(_ id: Int, attempt: Int, _ response: Response, _ pieces: IncomingBody) {
    guard let call = underWay[id], let own = call.own, call.number == attempt, let exchange = call.exchange
    else { return }
    underWay[id]?.exchange = nil
    let headers = response.headers.map { (name: $0.name, value: $0.value) }
    call.options.jar?.take(headers, from: address(of: own), now: seconds)
    if let (location, next) = own.following(response) {
      machine.enqueue { exchange.disconnect() }
      return follow(id, location, next)
    }
    begun(id, head(response, headers, of: own), ownBody(id, call, url: address(of: own), pieces, exchange))
  }

  private func broken(_ id: Int, attempt: Int, _ failure: BodyFailure) {
    guard let call = underWay[id], call.own != nil, call.number == attempt else { return }
    underWay[id]?.exchange = nil
    completed(id, .failure(Self.error(of: failure)))
  }

  private func follow(_ id: Int, _ location: String, _ next: OwnRequest) {
    if next.redirects > OwnRequest.redirectLimit {
      return completed(id, .failure(Self.redirected(to: location)))
    }
    do throws(Failure) {
      let target = try target(of: location)
      if let call = underWay[id], call.own?.isWritten == true {
        do throws(FetchError) {
          try checkBodyCanGo(to: location, next.method, call)
        } catch { return completed(id, .failure(error)) }
      }
      var next = next
      if let path = target.ownPath {
        next.target = path
        underWay[id]?.own = next
        guard let attempt = underWay[id]?.number else { return }
        machine.enqueue { [weak self] in self?.ask(id, attempt: attempt) }
      } else {
        underWay[id]?.own = nil
        // Credentials go to nobody else.
        let headers = next.headers.filter {
          !["authorization", "cookie", "proxy-authorization", "host"].contains($0.name.lowercased())
        }
        startTransfer(id, next.method, target, headers, next.body)
      }
    } catch {
      completed(id, .failure(FetchError(kind: .badURL, message: error.message)))
    }
  }
}
