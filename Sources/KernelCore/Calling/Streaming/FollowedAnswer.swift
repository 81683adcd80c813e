import NIOCore
import VM

/// The answer to a call by hand: whole where it comes at once, else shown as it comes. Confined to the event loop.
final class FollowedAnswer {
  /// How long after its head the end of an answer is waited for, by the real clock, before what has come is shown.
  private static let patience = TimeAmount.milliseconds(500)
  /// How long the rest of a line is waited for.
  private static let linePatience = TimeAmount.milliseconds(100)
  /// Bytes of a line that are not shown before its end.
  private static let lineLimit = 64 << 10

  private let response: ResponseObject
  private let body: AnswerBody
  private let limit: Int
  private let loop: any EventLoop
  private let clock: any Clock
  private let headTime: Int
  private let onProgress: (AnswerProgress) -> Void
  private var completion: ((Result<Answer, PromptCallError>) -> Void)?
  private var timer: Scheduled<Void>?
  /// Whether it is shown as it comes.
  private var isLive = false
  /// What has come of it, or of a line of it, and was not shown.
  private var bytes: [UInt8] = []

  /// - Parameters:
  ///   - limit: bytes of an answer that comes at once; one that is shown as it comes has no end that is known.
  ///   - completion: called once, unless it is stopped without a word.
  init(
    _ response: ResponseObject, _ body: AnswerBody, limit: Int, loop: any EventLoop, clock: any Clock,
    onProgress: @escaping (AnswerProgress) -> Void,
    completion: @escaping (Result<Answer, PromptCallError>) -> Void
  ) {
    self.response = response
    self.body = body
    self.limit = limit
    self.loop = loop
    self.clock = clock
    headTime = clock.now
    self.onProgress = onProgress
    self.completion = completion
  }

  func begin() {
    timer = after(Self.patience) { $0.goLive() }
    body.follow { [weak self] piece in
      self?.took(piece)
    } onEnd: { [weak self] trouble in
      self?.ended(trouble)
    }
  }

  /// Nobody looks any more, for a reason that is told where there is one.
  func stop(_ error: PromptCallError?) {
    let completion = takeCompletion()
    body.close()
    if let error { completion?(.failure(error)) }
  }

  private func takeCompletion() -> ((Result<Answer, PromptCallError>) -> Void)? {
    timer?.cancel()
    timer = nil
    defer { completion = nil }
    return completion
  }

  private func after(_ time: TimeAmount, _ action: @escaping (FollowedAnswer) -> Void) -> Scheduled<Void> {
    loop.assumeIsolated().scheduleTask(in: time) { [weak self] in
      if let self { action(self) }
    }
  }

  // MARK: What comes

  private func took(_ piece: ByteBuffer) {
    if completion == nil { return }
    bytes += piece.readableBytesView
    if isLive { return showLines() }
    if bytes.count > limit {
      let message = OutboundCalls.error(of: .tooLarge(limit: limit)).message
      stop(PromptCallError(message: "\(body.call): \(message)"))
    }
  }

  private func ended(_ trouble: AnswerBody.Trouble?) {
    guard let completion = takeCompletion() else { return }
    if isLive { showAll() }
    if let trouble {
      completion(
        .failure(PromptCallError(message: "\(body.call): \(trouble.message)", help: trouble.help)))
    } else {
      completion(.success(answer(isLive ? [] : bytes, elapsed: clock.now - headTime)))
    }
  }

  private func answer(_ body: [UInt8], elapsed: Int) -> Answer {
    Answer(
      ResponseObject(
        method: response.method, status: response.status, reason: response.reason, headers: response.headers,
        body: body, url: response.url, elapsed: response.elapsed + elapsed))
  }

  // MARK: As it comes

  private func goLive() {
    timer = nil
    isLive = true
    onProgress(.begun(answer([], elapsed: 0)))
    showLines()
  }

  /// Shows the lines that are whole, and plans to show the rest.
  private func showLines() {
    if let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
      let text = text(Array(bytes[...end]))
      bytes.removeFirst(end + 1)
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      onProgress(.lines(lines.dropLast().map(String.init)))
    }
    timer?.cancel()
    timer = nil
    if bytes.isEmpty { return }
    if bytes.count > Self.lineLimit { return showAll() }
    timer = after(Self.linePatience) { $0.showRest() }
  }

  /// Shows the part of a line that has come, but for a character that has begun.
  private func showRest() {
    timer = nil
    let whole = bytes.count - UTF8Tail.length(of: bytes)
    if whole > 0 { onProgress(.lines([text(Array(bytes[..<whole]))])) }
    bytes.removeFirst(whole)
  }

  private func showAll() {
    if !bytes.isEmpty { onProgress(.lines([text(bytes)])) }
    bytes = []
  }

  private func text(_ bytes: [UInt8]) -> String {
    ResponseObject(
      method: "", status: 0, reason: "", headers: response.headers, body: bytes, url: "", elapsed: 0
    ).text
  }
}

/// The end of a text that comes in pieces.
private enum UTF8Tail {
  /// How many bytes at the end are the beginning of a character whose rest is to come (RFC 3629, section 3).
  static func length(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      if needed > count { return count }
      if byte < 0x80 || byte >= 0xC0 { return 0 }
    }
    return 0
  }
}
