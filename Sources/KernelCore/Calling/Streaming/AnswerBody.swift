import DequeModule
import Fetch
import NIOCore
import VM
import Web

/// The body of an answer that is read as it comes. Confined to the event loop.
///
/// What nobody takes is held, up to the window of a transfer or that of ``IncomingBody``; then whoever sends waits. It
/// ends with its last piece, with `close`, with whoever waits for a piece and is cancelled, with the handler whose it
/// is, with the run of a cell that began the call, when nobody refers to it any more, and when nobody has read it for
/// ``idleLimit``.
final class AnswerBody {
  /// What it is read as.
  enum Reading: String, CaseIterable { case chunks, lines, events }

  /// Where it comes from.
  struct Source {
    /// Whether that is outside this process: a virtual clock then stands still while somebody waits for it.
    let isOutside: Bool
    /// Told how many bytes have been taken.
    let took: (Int) -> Void
    /// Ends it. What is said is whether that must wait for a later turn, since values are being collected.
    let close: (_ later: Bool) -> Void
  }

  /// Why it does not come whole.
  struct Trouble {
    let kind: Failure.Kind
    let message: String
    var help: String?
  }

  /// How long a body stays open that nobody reads, in nanoseconds: 5 minutes.
  static let idleLimit = 300_000_000_000

  /// The call, as errors name it: `GET https://example.com/`.
  let call: String
  private let url: String
  private let pieces: IncomingBody
  private let operations: StreamOperations
  /// Nil where the body was there whole.
  private let watch: AnswerWatch?
  /// Nil where nothing more comes.
  private(set) var source: Source?
  private var trouble: Trouble?
  /// Whether it was closed here, so that what had come is gone.
  private var isClosed = false

  private var reading: Reading?
  private var lines = LineSplitter()
  private var events = EventStream()
  private var read: Deque<Item> = []
  private var reader: PieceReader?
  private var collecting: Collecting?
  private var following: Following?
  /// Whose it is: who has made the call, or asked for a piece last. None for what a fiber of `async` reads.
  var task: TaskID?

  private enum Item {
    case line(String)
    case event(ServerSentEvent)
  }

  /// - Parameters:
  ///   - pieces: what comes, or has come.
  ///   - watch: ends it where nobody reads it or nothing comes; nil where it is there whole.
  init(call: String, url: String, _ pieces: IncomingBody, _ operations: StreamOperations, watch: AnswerWatch?)
  {
    self.call = call
    self.url = url
    self.pieces = pieces
    self.operations = operations
    self.watch = watch
    pieces.onArrival = { [weak self] in self?.arrived() }
  }

  deinit { release(later: true) }

  /// Begins to come.
  func begin(_ source: Source) {
    self.source = source
    watch?.begin(self)
  }

  // MARK: What comes

  /// The next bytes of a transfer.
  func give(_ bytes: [UInt8]) {
    if source != nil { pieces.give(ByteBuffer(bytes: bytes)) }
  }

  /// No more comes; why, where it is not whole.
  func end(_ trouble: Trouble?) {
    guard source != nil else { return }
    self.trouble = trouble
    pieces.end(trouble == nil ? .end : .failed(.cutOff))
  }

  private func arrived() {
    watch?.heard()
    if pieces.isOver { finished() }
    if collecting != nil { collect() }
    if following != nil { follow() }
    reader?.arrived()
  }

  /// Whoever sends has sent all.
  private func finished() {
    source = nil
    watch?.end()
  }

  /// Whether whoever sends has to wait for the reader.
  var isFull: Bool { pieces.isFull }

  /// Whether somebody waits for it.
  var isAwaited: Bool { collecting != nil || following != nil || reader?.isAwaited == true }

  // MARK: Ending

  /// Ends it before its end; what has come of it is gone.
  ///
  /// - Parameter trouble: what whoever reads on is told; nil where it is as if it had ended.
  func close(_ trouble: Trouble? = nil) {
    if isClosed { return }
    shut(trouble)
    reader?.arrived()
    operations.onActivity()
  }

  private func shut(_ trouble: Trouble?) {
    isClosed = true
    self.trouble = trouble
    collecting = nil
    read = []
    pieces.drop()
    release(later: false)
    endFollowing(trouble ?? Self.cancelled)
  }

  /// Ends it before its end; what has come of it can still be read.
  func fail(_ trouble: Trouble) {
    guard source != nil else { return }
    self.trouble = trouble
    release(later: false)
    pieces.end(.failed(.cutOff))
    operations.onActivity()
  }

  private func release(later: Bool) {
    let source = self.source
    self.source = nil
    watch?.end()
    source?.close(later)
  }

  // MARK: Reading

  /// What the language reads it by.
  ///
  /// - Throws: where it is read as something else already.
  func begin(reading: Reading) throws(Failure) {
    if let known = self.reading {
      if known == reading { return }
      throw Failure(
        .argument,
        "the body of \(call) is read by .\(known.rawValue) already, so .\(reading.rawValue) is not there",
        help: "a body that comes in pieces is read once, in one way")
    }
    self.reading = reading
    let reader = PieceReader(operations, what: String(reading.rawValue.dropLast())) { [weak self] in
      self?.next()
    }
    reader.onWait = { [weak self] isAwaited in self?.watch?.awaited(isAwaited) }
    reader.onCancel = { [weak self] in self?.close(Self.cancelled) }
    self.reader = reader
  }

  private static let cancelled = Trouble(
    kind: .cancelled, message: "the one who read the body was cancelled, so it was closed")

  /// What the method `Machine.nextPiece` gives.
  ///
  /// - Parameter task: who reads it, where that is a task's own fiber.
  func nextPiece(owner: UInt32, task: TaskID?) throws(Failure) -> Value {
    watch?.read()
    self.task = task
    return try reader?.next(owner: owner) ?? .nil
  }

  private func next() -> PieceReader.Piece? {
    let machine = operations.machine
    while true {
      if isClosed { return trouble.map(failed) ?? .end }
      switch read.popFirst() {
      case .line(let text): return .value(machine.makeString(text))
      case .event(let event): return .value(value(of: event))
      case nil: break
      }
      switch pieces.take() {
      case nil: return nil
      case .end:
        if let rest = lines.end() { return .value(machine.makeString(rest)) }
        return .end
      case .failed: return failed(trouble ?? Self.cutOff)
      case .bytes(let bytes):
        source?.took(bytes.readableBytes)
        if reading == .chunks { return .value(machine.makeBytes(bytes.readableBytesView)) }
        if let limit = split(bytes) {
          shut(
            Trouble(
              kind: .limit,
              message:
                "\(reading == .lines ? "a line" : "an event") of the body is longer than \(limit) bytes",
              help: "read it by .chunks"))
        }
      }
    }
  }

  /// Cuts bytes into lines or events; gives the limit that one of them is beyond.
  private func split(_ bytes: ByteBuffer) -> Int? {
    if reading == .lines {
      do throws(LineSplitter.TooLong) {
        for line in try lines.take(bytes.readableBytesView) { read.append(.line(line)) }
      } catch { return error.limit }
    } else {
      do throws(EventStream.TooLong) {
        for event in try events.take(bytes.readableBytesView) { read.append(.event(event)) }
      } catch { return error.limit }
    }
    return nil
  }

  /// The sender within this process has not ended its answer.
  private static let cutOff = Trouble(
    kind: .network, message: OutboundCalls.error(of: .cutOff).message)

  private func failed(_ trouble: Trouble) -> PieceReader.Piece {
    .failed(
      Failure(
        trouble.kind, "\(call): \(trouble.message)", help: trouble.help,
        fields: [("url", operations.machine.makeString(url))]))
  }

  private func value(of event: ServerSentEvent) -> Value {
    let machine = operations.machine
    return machine.makeDictionary([
      ("event", machine.makeString(event.event)), ("data", machine.makeString(event.data)),
      ("id", machine.makeString(event.id)),
      ("retry", event.retry.map { .duration(nanoseconds: $0.multipliedClamped(1_000_000)) } ?? .nil),
    ])
  }

  // MARK: Collecting

  private struct Collecting {
    let limit: Int
    var bytes: [UInt8] = []
    let completion: ([UInt8]) -> Void
  }

  /// Takes what comes up to a limit of bytes, and closes it: what an error says need not be whole.
  func collect(limit: Int, completion: @escaping ([UInt8]) -> Void) {
    collecting = Collecting(limit: limit, completion: completion)
    watch?.awaited(true)
    collect()
  }

  /// Enough has been waited for.
  func endCollecting() {
    guard let done = collecting else { return }
    collecting = nil
    watch?.awaited(false)
    release(later: false)
    done.completion(done.bytes)
  }

  private func collect() {
    while let limit = collecting?.limit, let piece = pieces.take() {
      guard case .bytes(let bytes) = piece else { return endCollecting() }
      source?.took(bytes.readableBytes)
      let room = limit - (collecting?.bytes.count ?? 0)
      collecting?.bytes.append(contentsOf: bytes.readableBytesView.prefix(room))
      if bytes.readableBytes >= room { return endCollecting() }
    }
  }

  // MARK: Following

  private struct Following {
    let onPiece: (ByteBuffer) -> Void
    let onEnd: (Trouble?) -> Void
  }

  /// Gives what comes, piece by piece, and at last why it is not whole, if it isn't.
  func follow(onPiece: @escaping (ByteBuffer) -> Void, onEnd: @escaping (Trouble?) -> Void) {
    following = Following(onPiece: onPiece, onEnd: onEnd)
    watch?.awaited(true)
    follow()
  }

  private func follow() {
    while let onPiece = following?.onPiece, let piece = pieces.take() {
      switch piece {
      case .bytes(let bytes):
        source?.took(bytes.readableBytes)
        onPiece(bytes)
      case .end: endFollowing(nil)
      case .failed: endFollowing(trouble ?? Self.cutOff)
      }
    }
  }

  private func endFollowing(_ trouble: Trouble?) {
    guard let done = following else { return }
    following = nil
    watch?.awaited(false)
    done.onEnd(trouble)
  }
}
