import CCurl

/// What one call has come to. It lives on the transfer thread, and libcurl hands it what arrives.
final class Transfer {
  let id: TransferID
  let request: FetchRequest
  let completion: FetchCompletion
  let start: ContinuousClock.Instant
  let deadline: ContinuousClock.Instant?
  private let memory: BodyMemory

  /// The exchange under way, or the next one.
  var hop: Hop
  /// The handle that carries it; `nil` while it waits for its turn.
  var easy: EasyHandle?
  private(set) var redirects = 0

  private(set) var head = ResponseHead()
  private(set) var body: [UInt8] = []
  private(set) var isConnected = false
  /// Why a callback has stopped the transfer.
  private(set) var failure: FetchError?
  /// Bytes of a body that nobody will see, because another address is called next.
  private var discarded = 0
  /// What is called once a connection stands.
  var whenConnected: (() -> Void)?

  /// A longer body of a redirect is not worth keeping the connection for.
  static let discardLimit = 64 * 1024

  init(
    id: TransferID, request: FetchRequest, address: WebAddress, start: ContinuousClock.Instant,
    memory: BodyMemory, completion: @escaping FetchCompletion
  ) {
    self.id = id
    self.request = request
    self.completion = completion
    self.start = start
    // A year stands for ever, and keeps the sum within what an instant can hold.
    self.deadline = request.timeout.map { start + min(max($0, .zero), .seconds(365 * 86_400)) }
    self.memory = memory
    self.hop = Hop(
      method: request.method, address: address, headers: request.headers,
      confidentialHeaders: Hop.credentials.union(request.confidentialHeaders), body: request.body,
      unixSocketPath: request.unixSocketPath)
  }

  deinit { memory.release(body.count) }

  /// Whether what arrives is a redirect that will be followed.
  var isRedirecting: Bool { request.redirectLimit > 0 && Hop.isRedirect(head) }

  /// Turns to the exchange that the redirect leads to.
  func follow() throws(FetchError) {
    guard redirects < request.redirectLimit else {
      throw FetchError(
        .tooManyRedirects,
        "\(quoted(request.url)) redirected more than \(request.redirectLimit) times, at last to "
          + quoted(head.first("location") ?? ""))
    }
    hop = try hop.following(status: head.status, location: head.first("location") ?? "")
    redirects += 1
    head = ResponseHead()
    discarded = 0
    failure = nil
    isConnected = false
  }

  /// The response, once it is whole.
  func response() -> FetchResponse {
    FetchResponse(
      status: head.status, reason: head.reason, headers: head.headers, body: body, url: hop.address.text,
      elapsed: start.duration(to: .now))
  }

  // MARK: What libcurl calls

  func connected() {
    isConnected = true
    whenConnected?()
  }

  /// Takes a line of the header. False stops the transfer.
  func take(headerLine line: UnsafeBufferPointer<UInt8>) -> Bool {
    switch head.take(line) {
    case .more: return true
    case .tooLong:
      failure = FetchError(
        .protocolError, "the headers that \(hop.peer) sent are longer than \(ResponseHead.byteLimit) bytes")
      return false
    case .complete: return prepareForBody()
    }
  }

  /// An announced length that is past the limit is not waited for.
  private func prepareForBody() -> Bool {
    guard hop.method != "HEAD", !isRedirecting, let text = head.first("content-length"),
      let length = Int(text), length > 0
    else { return true }
    guard length <= request.bodyLimit else {
      failure = FetchError(
        .bodyTooLarge,
        "the body that \(hop.peer) announced has \(length) bytes, more than the limit of \(request.bodyLimit)"
      )
      return false
    }
    body.reserveCapacity(min(length, 1024 * 1024))
    return true
  }

  /// Takes a decompressed piece of the body. False stops the transfer.
  func take(bodyBytes bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if isRedirecting {
      discarded += bytes.count
      return discarded <= Self.discardLimit
    }
    guard bytes.count <= request.bodyLimit - body.count else {
      failure = FetchError(
        .bodyTooLarge, "the body that \(hop.peer) sent is longer than the limit of \(request.bodyLimit) bytes"
      )
      return false
    }
    guard memory.reserve(bytes.count) else {
      failure = FetchError(
        .bodyTooLarge,
        "the bodies being received hold \(memory.limit) bytes together, which is the limit: make fewer calls at once"
      )
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }
}

/// Counts the bytes that the bodies under way hold together, on the transfer thread.
final class BodyMemory {
  let limit: Int
  private(set) var held = 0

  init(limit: Int) { self.limit = limit }

  func reserve(_ count: Int) -> Bool {
    guard count <= limit - held else { return false }
    held += count
    return true
  }

  func release(_ count: Int) { held -= count }
}
