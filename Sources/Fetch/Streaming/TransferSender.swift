/// Gives a request's body in pieces: ``TransferPool/send(_:_:)`` adds the next, ``TransferPool/endSending(_:)`` says that
/// there are no more.
///
/// The body goes in chunks (RFC 9112, section 7.1), for nobody knows its length. It is sent once: a redirect that would
/// have it sent again fails the call, and it always goes over a new connection, for one that turned out to be closed
/// could not be replaced.
public struct TransferSender: Sendable {
  /// How many bytes more have left the queue; called on the transfer thread. Whoever sends waits for it when as much as
  /// it likes is under way.
  public var sent: @Sendable (Int) -> Void

  public init(sent: @escaping @Sendable (Int) -> Void) { self.sent = sent }
}

/// What of a call goes or comes in pieces.
struct TransferStreams: Sendable {
  var receiver: TransferReceiver?
  var sender: TransferSender?

  /// Why the request cannot have a body in pieces; `nil` where it can, or has none.
  func refusal(of request: FetchRequest) -> FetchError? {
    guard sender != nil else { return nil }
    if request.method == "HEAD" {
      return FetchError(.badRequest, "a HEAD request cannot carry a body: use POST")
    }
    return request.body == nil
      ? nil : FetchError(.badRequest, "a request has one body: whole, or in pieces")
  }
}

/// The pieces of a body that libcurl has not taken yet.
struct SendQueue {
  private var pieces = FIFO<[UInt8]>()
  private var current: ArraySlice<UInt8> = []
  private(set) var hasEnded = false
  /// Bytes that libcurl has not taken.
  private(set) var held = 0
  /// Whether libcurl has been told that there is nothing for now.
  private(set) var isWaiting = false

  mutating func append(_ piece: [UInt8]) {
    held += piece.count
    if !piece.isEmpty { pieces.append(piece) }
  }

  mutating func end() { hasEnded = true }

  /// Whether libcurl, that waits, is to ask again.
  mutating func goesOn() -> Bool {
    defer { isWaiting = false }
    return isWaiting
  }

  /// Moves as many bytes as there are and fit.
  mutating func move(to space: UnsafeMutableRawBufferPointer) -> Int {
    var moved = 0
    while moved < space.count {
      if current.isEmpty {
        guard let next = pieces.popFirst() else { break }
        current = next[...]
      }
      let part = current.prefix(space.count - moved)
      UnsafeMutableRawBufferPointer(rebasing: space[moved...]).copyBytes(from: part)
      moved += part.count
      current = current.dropFirst(part.count)
    }
    held -= moved
    isWaiting = moved == 0 && !hasEnded
    return moved
  }
}
