import DequeModule
import NIOCore

/// A body that is read as it comes: of a request, or of an answer within the process. Confined to the event loop.
///
/// As much is held as has come when nobody takes it; then whoever sends is to wait.
public final class IncomingBody {
  /// What comes next.
  public enum Piece: Equatable, Sendable {
    case bytes(ByteBuffer)
    /// The body is whole.
    case end
    case failed(Failure)
  }

  /// Why the body does not come whole.
  public enum Failure: Error, Equatable, Sendable {
    /// The client has sent nothing for as long as it may.
    case timedOut
    /// It is longer than the limit, in bytes.
    case tooLarge(limit: Int)
    /// What came is no body: the status for that, and why, as a sentence without its full stop.
    case malformed(status: UInt, reason: String)
    /// The client has gone.
    case cutOff
  }

  /// Called when something has come after `take` gave nil.
  public var onArrival: (() -> Void)?

  /// Called once, where somebody wants to take a piece before any has come.
  var onDemand: (() -> Void)?

  /// The bytes that are held before whoever sends is to wait.
  public static let maxHeldBytes = 64 << 10
  /// Called when there is room again.
  public var onRoom: (() -> Void)?
  private var pieces: Deque<ByteBuffer> = []
  private(set) var heldBytes = 0
  private(set) var byteCount = 0
  private var ending: Piece?

  /// One that nothing has come of yet.
  public init() {}

  /// A body that is there already.
  public init(whole bytes: ByteBuffer) {
    if bytes.readableBytes > 0 { pieces = [bytes] }
    heldBytes = bytes.readableBytes
    ending = .end
  }

  /// Whether whoever sends is to wait.
  public var isFull: Bool { heldBytes >= Self.maxHeldBytes }
  /// Whether nothing more is given.
  public var isOver: Bool { ending != nil }

  /// Pieces that are held apart.
  static let maxPieces = 64
  private static let smallPieceBytes = 1_024
  /// The largest piece that `take` gives, in bytes.
  private static let maxPieceBytes = 64 << 10

  /// Takes the next piece; nil where none has come. The end, and a failure, are given each time.
  public func take() -> Piece? {
    guard var first = pieces.popFirst() else {
      if ending == nil, byteCount == 0, let onDemand {
        self.onDemand = nil
        onDemand()
      }
      return ending
    }
    if first.readableBytes > Self.maxPieceBytes, let piece = first.readSlice(length: Self.maxPieceBytes) {
      pieces.prepend(first)
      first = piece
    }
    let wasFull = isFull
    heldBytes -= first.readableBytes
    if wasFull, !isFull { onRoom?() }
    return .bytes(first)
  }

  /// Adds what has come.
  public func give(_ bytes: ByteBuffer) {
    guard ending == nil, bytes.readableBytes > 0 else { return }
    heldBytes += bytes.readableBytes
    byteCount += bytes.readableBytes
    // Each piece takes more than its bytes, and a small one must not hold all that was read with it.
    if pieces.count < Self.maxPieces {
      pieces.append(
        bytes.readableBytes < Self.smallPieceBytes ? ByteBuffer(bytes: bytes.readableBytesView) : bytes)
    } else {
      var bytes = bytes
      pieces[pieces.count - 1].writeBuffer(&bytes)
    }
    onArrival?()
  }

  /// Says that no more comes, by `end` or `failed`.
  public func end(_ ending: Piece) {
    guard self.ending == nil else { return }
    self.ending = ending
    onRoom = nil
    onDemand = nil
    onArrival?()
  }

  /// Forgets what nobody will take, and tells nobody any more.
  public func drop() {
    onArrival = nil
    onRoom = nil
    onDemand = nil
    pieces = []
    heldBytes = 0
  }
}
