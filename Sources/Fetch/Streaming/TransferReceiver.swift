/// Takes an answer in pieces, as they come. All of it is called on the transfer thread, in order, and before the
/// completion, whose response then has no body.
///
/// At most ``window`` bytes, and one piece more, are told before ``TransferPool/received(_:_:)`` says that somebody has
/// had them: until then nothing is read from the connection, so that the server has to wait.
public struct TransferReceiver: Sendable {
  /// 256 KiB: more than a connection of this machine or of a fast network needs to be kept busy.
  public static let defaultWindow = 256 * 1024

  /// How many bytes may have been told and not been had.
  public var window: Int
  /// The head of the answer, after redirects; its body is empty.
  public var head: @Sendable (FetchResponse) -> Void
  /// The next piece of the body, decompressed; never empty.
  public var piece: @Sendable ([UInt8]) -> Void

  public init(
    window: Int = TransferReceiver.defaultWindow, head: @escaping @Sendable (FetchResponse) -> Void,
    piece: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.window = max(1, window)
    self.head = head
    self.piece = piece
  }
}

/// What has been told of an answer and not been had.
struct ReceivedWindow {
  let size: Int
  private(set) var held = 0
  /// Whether libcurl has been told to read no more.
  private(set) var isClosed = false

  init(size: Int) { self.size = size }

  /// Whether a piece may be told; if not, the window is closed until ``giveBack(_:)`` opens it.
  mutating func admits() -> Bool {
    isClosed = held >= size
    return !isClosed
  }

  mutating func take(_ count: Int) { held += count }

  /// Somebody has had bytes.
  ///
  /// - Returns: How many of them had been told, and whether reading goes on now. It does once half of the window is
  ///   free: opening it for each byte would cost a wake-up each.
  mutating func giveBack(_ count: Int) -> (count: Int, opens: Bool) {
    let count = max(0, min(count, held))
    held -= count
    let opens = isClosed && held <= size / 2
    if opens { isClosed = false }
    return (count, opens)
  }
}
