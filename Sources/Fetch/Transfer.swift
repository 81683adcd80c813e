import CCurl

/// What one call has come to. It lives on the transfer thread, and libcurl hands it what arrives.
final class Transfer {
  let id: TransferID
  let request: FetchRequest
  let completion: FetchCompletion
  let start: ContinuousClock.Instant
  let deadline: ContinuousClock.Instant?
  /// Who is told of the answer as it comes; `nil` where it is put together here.
  let receiver: TransferReceiver?
  private(set) var window: ReceivedWindow
  /// The body that is given in pieces; `nil` where the request has it whole or has none.
  var sending: SendQueue?
  private let sender: TransferSender?
  private let memory: BodyMemory

  /// The exchange under way, or the next one.
  var hop: Hop
  /// The handle that carries it; `nil` while it waits for its turn.
  var easy: EasyHandle?
  private(set) var redirects = 0
  /// The connections of the exchanges that are over.
  private var connections: [FetchResponse.Connection] = []

  private(set) var head = ResponseHead()
  private(set) var body: [UInt8] = []
  private(set) var isConnected = false
  /// Why a callback has stopped the transfer.
  private(set) var failure: FetchError?
  /// Bytes of a body that nobody will see, because another address is called next.
  private var discarded = 0
  /// Bytes of the body that the receiver was told.
  private var told = 0
  /// Bytes of the body that have come, decompressed.
  var bodyCount: Int { body.count + told }
  /// When something of a body that is told in pieces came, or was asked for, last.
  private(set) var touched: ContinuousClock.Instant
  /// What is called once a connection stands.
  var whenConnected: (() -> Void)?

  /// A longer body of a redirect is not worth keeping the connection for.
  static let discardLimit = 64 * 1024

  init(
    id: TransferID, request: FetchRequest, address: WebAddress, start: ContinuousClock.Instant,
    memory: BodyMemory, streams: TransferStreams, completion: @escaping FetchCompletion
  ) {
    receiver = streams.receiver
    sender = streams.sender
    window = ReceivedWindow(size: streams.receiver?.window ?? 0)
    sending = streams.sender.map { _ in SendQueue() }
    touched = start
    self.id = id
    self.request = request
    self.completion = completion
    self.start = start
    // A year stands for ever, and keeps the sum within what an instant can hold.
    self.deadline = request.timeout.map { start + min(max($0, .zero), .seconds(365 * 86_400)) }
    self.memory = memory
    self.hop = Hop(
      method: request.method, address: address, headers: request.headers,
      confidentialHeaders: request.confidentialHeaders, body: request.body,
      unixSocketPath: request.unixSocketPath, skipsCertificateChecks: request.skipsCertificateChecks)
  }

  deinit { memory.release(body.count + window.held + (sending?.held ?? 0)) }

  /// Whether what arrives is a redirect that will be followed.
  var isRedirecting: Bool { request.redirectLimit > 0 && Hop.isRedirect(head) }

  /// Turns to the exchange that the redirect leads to.
  func follow() throws(FetchError) {
    guard redirects < request.redirectLimit else {
      throw .tooManyRedirects(
        from: request.url, limit: request.redirectLimit, lastly: head.first("location") ?? "")
    }
    let next = try hop.following(status: head.status, location: head.first("location") ?? "")
    if sending != nil, next.method == hop.method {
      throw FetchError(
        .other,
        "\(hop.peer) redirected: a body that is sent in pieces cannot be sent again; call the address that it names"
      )
    }
    memory.release(sending?.held ?? 0)
    sending = nil
    hop = next
    redirects += 1
    head = ResponseHead()
    discarded = 0
    failure = nil
    isConnected = false
  }

  /// The response, once it is whole.
  func response() -> FetchResponse {
    FetchResponse(
      status: head.status, reason: head.reason, headers: headers, body: body, url: hop.address.text,
      elapsed: start.duration(to: .now), connections: connections)
  }

  /// The header fields, without those that are no longer true of a body that was unpacked on its way: whoever passes it on
  /// would say that it is packed.
  private var headers: [(name: String, value: String)] {
    guard !hop.takesBodyAsSent, head.first("content-encoding") != nil else { return head.headers }
    return head.headers.filter { !["content-encoding", "content-length"].contains($0.name.lowercased()) }
  }

  /// An exchange is over that a handle has carried.
  func noteConnection(of easy: EasyHandle) {
    var setup: Duration?
    if easy.longInfo(CURLINFO_NUM_CONNECTS) > 0 {
      let whole = easy.offsetInfo(CURLINFO_PRETRANSFER_TIME_T) - easy.offsetInfo(CURLINFO_NAMELOOKUP_TIME_T)
      setup = .microseconds(max(0, whole))
    }
    connections.append(FetchResponse.Connection(server: hop.connectionKey, setup: setup))
  }

  // MARK: What libcurl calls

  /// A connection stands. False stops the transfer.
  ///
  /// libcurl makes a request again by itself where a connection that was used before ends without an answer. Whoever
  /// has taken it may have done what it asks for, so that only what may be done twice is sent twice (RFC 9110, section
  /// 9.2.2).
  func connected() -> Bool {
    if isConnected, !hop.isIdempotent {
      failure = FetchError(
        .connectionLost,
        "\(hop.peer) closed the connection without an answer; a \(hop.method) that may have been taken is not sent again"
      )
      return false
    }
    isConnected = true
    whenConnected?()
    return true
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

  /// Whether the answer is there, as far as it is wanted, while the body is still being given. Where an answer comes in
  /// chunks or ends with its connection, that isn't seen before the body has been given.
  ///
  /// - Parameter received: the bytes of the answer's body that have come, as they travelled.
  func isAnsweredEarly(received: Int) -> Bool {
    guard let sending, !sending.hasEnded || sending.held > 0, head.isComplete else { return false }
    if isRedirecting { return true }
    if receiver != nil { return false }
    if head.status == 204 || head.status == 304 || failure != nil { return true }
    guard let length = head.contentLength else { return false }
    return (head.first("content-encoding") == nil ? body.count : received) >= length
  }

  /// Why a proxy does not let a plain call through: nobody else asks who it is by 407 (RFC 9110, section 15.5.8).
  var refusalOfProxy: FetchError? {
    head.status == 407 && hop.proxy != nil ? .refusedByProxy(407, self) : nil
  }

  /// How long nothing may come of a body that is told in pieces: until when, seen from now; `nil` where it is not told
  /// yet, or not in pieces.
  func silenceEnds(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    guard receiver != nil, head.isComplete, !isRedirecting, let timeout = request.timeout else { return nil }
    // Who takes nothing has to be waited for by the server, not by us.
    return (window.isClosed ? now : touched) + min(max(timeout, .milliseconds(1)), .seconds(365 * 86_400))
  }

  /// An announced length that is past the limit is not waited for.
  private func prepareForBody() -> Bool {
    if let receiver, !isRedirecting, !head.hasUnsoundLength, refusalOfProxy == nil {
      touched = .now
      receiver.head(response())
      return true
    }
    if head.hasUnsoundLength {
      failure = FetchError(
        .protocolError,
        "what \(hop.peer) answered is not HTTP: Content-Length is no length, or says two (RFC 9112, section 6.3)"
      )
      return false
    }
    guard hop.method != "HEAD", !isRedirecting, let length = head.contentLength, length > 0 else {
      return true
    }
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

  /// What becomes of a piece of a body.
  enum Taking { case taken, pause, stop }

  /// Takes a decompressed piece of the body.
  func take(bodyBytes bytes: UnsafeBufferPointer<UInt8>) -> Taking {
    if isRedirecting {
      discarded += bytes.count
      return discarded <= Self.discardLimit ? .taken : .stop
    }
    guard let receiver else { return append(bytes) ? .taken : .stop }
    guard window.admits() else { return .pause }
    guard reserve(bytes.count) else { return .stop }
    window.take(bytes.count)
    touched = .now
    told += bytes.count
    receiver.piece(Array(bytes))
    return .taken
  }

  /// Somebody has had bytes of a body that is told in pieces.
  ///
  /// - Returns: Whether libcurl is to go on reading.
  func received(_ count: Int) -> Bool {
    let (count, opens) = window.giveBack(count)
    memory.release(count)
    if opens { touched = .now }
    return opens
  }

  /// Adds to the body that is given in pieces.
  ///
  /// - Returns: Whether libcurl is to go on sending.
  func send(_ piece: [UInt8]) -> Bool {
    guard sending != nil, reserve(piece.count) else { return false }
    sending?.append(piece)
    return sending?.goesOn() ?? false
  }

  /// The next bytes of that body: how many, 0 at its end; `nil` where there are none for now.
  func give(to space: UnsafeMutableRawBufferPointer) -> Int? {
    guard let moved = sending?.move(to: space) else { return 0 }
    memory.release(moved)
    if moved > 0 { sender?.sent(moved) }
    return moved > 0 || sending?.hasEnded == true ? moved : nil
  }

  private func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= request.bodyLimit - body.count else {
      failure = FetchError(
        .bodyTooLarge, "the body that \(hop.peer) sent is longer than the limit of \(request.bodyLimit) bytes"
      )
      return false
    }
    guard reserve(bytes.count) else { return false }
    body.append(contentsOf: bytes)
    return true
  }

  private func reserve(_ count: Int) -> Bool {
    if memory.reserve(count) { return true }
    failure = FetchError(
      .bodyTooLarge,
      "the bodies being received hold \(memory.limit) bytes together, which is the limit: make fewer calls at once"
    )
    return false
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
