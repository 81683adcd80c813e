import NIOCore

/// The bytes that have come on a connection, cut for the decoder: it gets whole heads and then the bytes of their
/// bodies, and never a byte of the next request before the one before is answered.
///
/// So what is wrong with a request is found out when its turn comes, the same however its bytes were cut on their way,
/// and two readers must agree on where each request ends: this one and the decoder.
struct ConnectionInput {
  /// What can be done with what has come.
  enum Next {
    /// Nothing, before more comes.
    case nothing
    /// These bytes are for the decoder.
    case bytes(ByteBuffer)
    /// What has come is no request.
    case malformed(Problem)
  }

  /// Why what has come is no request.
  enum Problem {
    case head(HeadProblem)
    case extensionsTooLong
    /// The decoder has found another end of a request: the connection can't go on.
    case endsDiffer
  }

  /// How the body of a request ends (RFC 9112 §6.3).
  enum BodyFraming: Equatable {
    case length(Int)
    case chunked
  }

  private enum Stage {
    case head(HeadScanner)
    /// The decoder has a whole head and has not told of it.
    case afterHead
    case length(Int)
    case chunks(ChunkScanner)
    /// The decoder has a whole request and has not told of its end.
    case afterBody
  }

  private let limits: HeadLimits
  private var stage: Stage
  /// Bytes that the decoder has not got.
  private var held = ByteBuffer()
  /// Whether all that is held has been looked at, and is not enough.
  private var needsMore = false
  /// Nothing more is to be decoded; what comes is dropped.
  private(set) var isAbandoned = false
  /// The bytes dropped so far.
  private(set) var droppedBytes = 0
  /// Whether the request whose head was looked at last asks with HEAD.
  private(set) var isHEAD = false

  init(limits: ServerLimits) {
    self.limits = HeadLimits(limits)
    stage = .head(HeadScanner(limits: self.limits))
  }

  /// Whether nothing can be done before more comes.
  var isExhausted: Bool { needsMore || held.readableBytes == 0 }

  /// The bytes that wait.
  var heldBytes: Int { held.readableBytes }

  /// Whether a head has begun and isn't whole.
  var isWithinHead: Bool {
    if case .head(let scanner) = stage { scanner.hasBegun } else { false }
  }

  /// Keeps bytes for later.
  mutating func hold(_ bytes: ByteBuffer) {
    if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
    needsMore = false
  }

  /// Notes bytes that are not even kept.
  mutating func drop(_ count: Int) { droppedBytes += count }

  /// Takes what is held, for somebody else than the decoder.
  mutating func takeAll() -> ByteBuffer { take(held.readableBytes) }

  /// Gives up all that is held and all that comes.
  mutating func abandon() {
    isAbandoned = true
    held = ByteBuffer()
  }

  /// Gives up more than a connection may hold.
  mutating func overflow() {
    droppedBytes += held.readableBytes
    abandon()
  }

  // MARK: - Cutting

  /// Takes the next bytes for the decoder.
  mutating func next() -> Next {
    guard !isExhausted else { return .nothing }
    switch stage {
    case .head(let scanner): return nextHead(scanner)
    case .length(let rest):
      let count = min(rest, held.readableBytes)
      stage = count == rest ? .afterBody : .length(rest - count)
      return .bytes(take(count))
    case .chunks(let scanner): return nextChunks(scanner)
    case .afterHead, .afterBody: return .malformed(.endsDiffer)
    }
  }

  private mutating func nextHead(_ scanner: HeadScanner) -> Next {
    var scanner = scanner
    let outcome = scanner.scan(held.readableBytesUInt8Span, from: scanner.count)
    stage = .head(scanner)
    isHEAD = scanner.isHEAD
    switch outcome {
    case .incomplete:
      needsMore = true
      return .nothing
    case .malformed(let problem): return .malformed(.head(problem))
    case .complete:
      stage = .afterHead
      var head = take(scanner.count)
      if let offset = scanner.newerMinorOffset {
        head.setInteger(UInt8(ascii: "1"), at: head.readerIndex + offset)
      }
      return .bytes(scanner.hasTrailingBlanks ? Self.trimmingLines(head) : head)
    }
  }

  private mutating func nextChunks(_ scanner: ChunkScanner) -> Next {
    var scanner = scanner
    switch scanner.scan(held.readableBytesUInt8Span) {
    case .incomplete:
      stage = .chunks(scanner)
      return .bytes(take(held.readableBytes))
    case .complete(let end):
      stage = .afterBody
      return .bytes(take(end))
    case .extensionsTooLong: return .malformed(.extensionsTooLong)
    }
  }

  private mutating func take(_ count: Int) -> ByteBuffer {
    if count == held.readableBytes {
      let all = held
      held = ByteBuffer()
      return all
    }
    return held.readSlice(length: count) ?? ByteBuffer()
  }

  /// A head without the blanks at the ends of its lines; its grammar is known to be sound.
  private static func trimmingLines(_ head: ByteBuffer) -> ByteBuffer {
    let view = head.readableBytesView
    var result = ByteBuffer()
    result.reserveCapacity(view.count)
    for line in view.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      var end = line.endIndex - 1
      while end > line.startIndex, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
      result.writeBytes(line[line.startIndex..<end])
      result.writeStaticString("\r\n")
    }
    return result
  }

  // MARK: - What the decoder tells

  /// The decoder has told of a head; false if it was not given one.
  mutating func headHasCome(body: BodyFraming) -> Bool {
    guard case .afterHead = stage else { return false }
    stage =
      switch body {
      case .length(0): .afterBody
      case .length(let count): .length(count)
      case .chunked: .chunks(ChunkScanner(limits: limits))
      }
    return true
  }

  /// The decoder has told of the end of a request; false if it ends elsewhere here.
  mutating func endHasCome() -> Bool {
    guard case .afterBody = stage else { return false }
    stage = .head(HeadScanner(limits: limits))
    return true
  }
}
