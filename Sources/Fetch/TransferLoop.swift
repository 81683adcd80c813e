import CCurl

/// What the transfer thread does: takes messages, lets libcurl work, completes what has ended, and sleeps until a
/// socket, a timer or a message wakes it. Nobody else touches what is in here.
final class TransferLoop {
  private let multi: ccurl_multi
  private let mailbox: Mailbox
  private let bell: Int32
  private let settings: EasySettings
  private let memory: BodyMemory
  private let teller: TransferTeller
  private let idleConnections: Int
  private var usedAtOnce = RecentPeak(window: .seconds(30))

  private var transfers: [TransferID: Transfer] = [:]
  private var addresses = KnownAddresses()
  /// Those whose body is given in pieces.
  private var senders: Set<TransferID> = []
  private var admission: AdmissionQueue
  private var deadlines = DeadlineHeap()
  private let sessions = ccurl_sessions_init()
  /// Those of which nobody has been told yet.
  private var untold: [EndedTransfer] = []

  /// So many are told at a time at most, so that the first of many need not wait for all.
  private static let toldAtOnce = 16
  /// The longest sleep; there is always something that wakes the thread earlier when there is work.
  private static let longestSleep = Duration.seconds(60)

  init(
    multi: ccurl_multi, mailbox: Mailbox, limits: TransferLimits, settings: EasySettings,
    teller: @escaping TransferTeller
  ) {
    self.teller = teller
    self.multi = multi
    self.mailbox = mailbox
    bell = mailbox.bell
    self.settings = settings
    memory = BodyMemory(limit: limits.bodyBytes)
    admission = AdmissionQueue(perServer: limits.connectionsPerHost, total: limits.connections)
    idleConnections = limits.idleConnections
    // The queue admits no more than this; what it decides is that idle connections make room for new ones.
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections)
  }

  func run() {
    while true {
      let (messages, isStopping) = mailbox.take()
      for message in messages { handle(message) }
      if isStopping { break }
      expireDeadlines()
      admit()
      // libcurl counts those in use, too, when it decides whether to keep one that becomes idle. Who makes many calls at
      // once is about to do so again.
      let peak = usedAtOnce.note(admission.active, at: .now)
      _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(admission.active + idleConnections, peak))
      ccurl_multi_perform(multi)
      completeEnded()
      completeAnswered()
      tellUntold()
      sleep()
    }
    tearDown()
  }

  private func sleep() {
    if admission.mayAdmit || !mailbox.mayFallAsleep() { return }
    var duration = Self.longestSleep
    if let earliest = deadlines.earliest {
      duration = min(duration, max(.zero, ContinuousClock.now.duration(to: earliest)))
    }
    // Rounded up, so that the thread does not wake a moment too early and again and again.
    let milliseconds = Int32(duration / .milliseconds(1)) + (duration == .zero ? 0 : 1)
    ccurl_multi_poll(multi, bell, milliseconds)
  }

  // MARK: Beginning

  private func handle(_ message: TransferMessage) {
    switch message {
    case .refuse(let completion, let error): tell(completion, .failure(error))
    case .cancel(let id):
      guard let transfer = transfers[id] else { return }
      abort(transfer, FetchError(.cancelled, "the call to \(transfer.hop.peer) was cancelled"))
    case .received(let id, let count):
      if let transfer = transfers[id], transfer.received(count) { goOn(transfer) }
    case .send(let id, let piece):
      guard let transfer = transfers[id] else { return }
      if transfer.send(piece) { goOn(transfer) }
      if let failure = transfer.failure { abort(transfer, failure) }
    case .endSending(let id):
      guard let transfer = transfers[id] else { return }
      transfer.sending?.end()
      if transfer.sending?.goesOn() == true { goOn(transfer) }
    case .start(let id, let request, let streams, let completion, let start):
      do throws(FetchError) {
        if let refusal = request.refusal(sendsPieces: streams.sender != nil) ?? streams.refusal(of: request) {
          throw refusal
        }
        let address = try addresses.address(request.url)
        let transfer = Transfer(
          id: id, request: request, address: address, start: start, memory: memory, streams: streams,
          completion: completion)
        try chooseProxy(for: transfer)
        enqueue(transfer)
      } catch {
        mailbox.transferEnded(id)
        tell(completion, .failure(error))
      }
    }
  }

  private func goOn(_ transfer: Transfer) {
    transfer.easy?.goOn(transfer)
    // What libcurl had kept back may have come at once, and too much of it.
    if let failure = transfer.failure { abort(transfer, failure) }
  }

  private func chooseProxy(for transfer: Transfer) throws(FetchError) {
    let hop = transfer.hop
    let isDirect =
      hop.unixSocketPath != nil || transfer.request.directAuthorities.contains(hop.address.authority)
    transfer.hop.proxy = isDirect ? nil : try settings.proxies.proxy(for: hop.address)
  }

  private func enqueue(_ transfer: Transfer) {
    transfers[transfer.id] = transfer
    if transfer.sending != nil { senders.insert(transfer.id) }
    if let deadline = transfer.deadline { deadlines.insert(transfer.id, deadline) }
    admission.enqueue(transfer.id, server: transfer.hop.connectionKey)
  }

  /// Hands libcurl as many of the waiting transfers as may be under way.
  private func admit() {
    while let id = admission.next() {
      guard let transfer = transfers[id] else { continue }
      guard let easy = EasyHandle(), easy.prepare(for: transfer, settings: settings, sessions: sessions),
        ccurl_multi_add(multi, easy.curl) == CURLM_OK
      else {
        admission.ended(server: transfer.hop.connectionKey)
        complete(transfer, .failure(.outOfMemory(transfer)))
        continue
      }
      transfer.easy = easy
      let server = transfer.hop.connectionKey
      transfer.whenConnected = { [unowned self] in admission.reached(server) }
    }
  }

  // MARK: Ending

  private func completeEnded() {
    // All are taken before any is removed: libcurl looks then through all that have ended and are not taken.
    var all: [(curl: ccurl_easy, code: CURLcode)] = []
    var curl = ccurl_easy(raw: multi.raw)
    var code = CURLE_OK
    while ccurl_multi_next_ended(multi, &curl, &code) { all.append((curl, code)) }
    for (curl, code) in all {
      guard let transfer = EasyHandle.transfer(of: curl), let easy = transfer.easy else { continue }
      let failure = Self.failure(of: transfer, easy, code)
      if failure == nil { transfer.noteConnection(of: easy) }
      detach(transfer)
      ended(transfer, failure)
    }
  }

  /// Ends what is answered while its body is still being given: libcurl would go on sending it.
  private func completeAnswered() {
    for id in senders {
      guard let transfer = transfers[id], let easy = transfer.easy,
        transfer.isAnsweredEarly(received: Int(easy.offsetInfo(CURLINFO_SIZE_DOWNLOAD_T)))
      else { continue }
      detach(transfer)
      ended(transfer, transfer.failure)
    }
  }

  /// An exchange is over.
  private func ended(_ transfer: Transfer, _ failure: FetchError?) {
    if let failure = failure ?? transfer.refusalOfProxy {
      complete(transfer, .failure(failure))
    } else if transfer.isRedirecting {
      followRedirect(transfer)
    } else {
      complete(transfer, .success(transfer.response()))
    }
  }

  /// Why the exchange did not go well; `nil` when it did.
  private static func failure(of transfer: Transfer, _ easy: EasyHandle, _ code: CURLcode) -> FetchError? {
    if let failure = transfer.failure { return failure }
    // libcurl takes a header that was cut off for a whole one; it is not (RFC 9112, section 8).
    let code = code == CURLE_OK && !transfer.head.isComplete ? CURLE_RECV_ERROR : code
    // Without a failure of its own, a transfer stops only a redirect's body.
    if code == CURLE_OK || code == CURLE_WRITE_ERROR { return nil }
    return FetchError(code, easy: easy, transfer: transfer)
  }

  private func followRedirect(_ transfer: Transfer) {
    do throws(FetchError) {
      try transfer.follow()
      try chooseProxy(for: transfer)
      admission.enqueue(transfer.id, server: transfer.hop.connectionKey)
    } catch {
      complete(transfer, .failure(error))
    }
  }

  private func expireDeadlines() {
    guard deadlines.earliest != nil else { return }
    let now = ContinuousClock.now
    while let id = deadlines.popExpired(now) {
      guard let transfer = transfers[id] else { continue }
      if let end = transfer.silenceEnds(now: now), end > now {
        deadlines.insert(id, end)
      } else {
        abort(transfer, .deadlinePassed(transfer))
      }
    }
  }

  private func abort(_ transfer: Transfer, _ reason: FetchError) {
    if transfer.easy == nil {
      admission.withdraw(transfer.id, server: transfer.hop.connectionKey)
    } else {
      detach(transfer)
    }
    complete(transfer, .failure(reason))
  }

  /// Takes the handle off the transfer. libcurl closes the connection when the exchange is not over.
  private func detach(_ transfer: Transfer) {
    guard let easy = transfer.easy else { return }
    transfer.easy = nil
    transfer.whenConnected = nil
    ccurl_multi_remove(multi, easy.curl)
    admission.ended(server: transfer.hop.connectionKey)
  }

  private func complete(_ transfer: Transfer, _ result: Result<FetchResponse, FetchError>) {
    transfers[transfer.id] = nil
    senders.remove(transfer.id)
    if transfer.deadline != nil { deadlines.noteEnded { transfers[$0] != nil } }
    mailbox.transferEnded(transfer.id)
    tell(transfer.completion, result)
  }

  private func tell(_ completion: @escaping FetchCompletion, _ result: Result<FetchResponse, FetchError>) {
    untold.append(EndedTransfer(completion: completion, result: result))
    if untold.count >= Self.toldAtOnce { tellUntold() }
  }

  private func tellUntold() {
    if untold.isEmpty { return }
    teller(untold)
    untold = []
  }

  private func tearDown() {
    while let (_, transfer) = transfers.first { abort(transfer, Mailbox.shutDownError) }
    untold += mailbox.close(Mailbox.shutDownError)
    tellUntold()
    ccurl_multi_cleanup(multi)
    ccurl_sessions_cleanup(sessions)
  }
}
