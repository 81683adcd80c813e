import NIOCore
import VM
import Web

/// Where the body of a streamed answer, or of a call, is written to: `out` in `stream { out in … }`.
///
/// The head goes out with the first piece, or when the body first waits, so that a body that fails at once is still
/// answered with an error.
final class StreamWriter {
  private let operations: StreamOperations
  private let clock: any Clock
  /// Lets the head go out.
  private let start: () -> any BodySink
  private var sink: (any BodySink)?
  private(set) var isOpen = true
  /// The bytes of the body so far.
  private(set) var byteCount = 0
  private let waiting: WaitingWriters
  /// Nanoseconds of silence after which a comment is sent; nil for never.
  private let heartbeat: Int?
  private var lastWrite: Int
  private var beat: ClockToken?

  init(
    _ operations: StreamOperations, clock: any Clock, heartbeat: Int?, isOutside: Bool,
    begin start: @escaping () -> any BodySink
  ) {
    self.operations = operations
    self.clock = clock
    self.start = start
    self.heartbeat = heartbeat
    waiting = WaitingWriters(operations, for: "a slow reader", isOutside: isOutside)
    lastWrite = clock.now
  }

  var hasBegun: Bool { sink != nil }

  /// Sends the head, if it has not gone out.
  func begin() {
    guard isOpen, sink == nil else { return }
    let sink = start()
    self.sink = sink
    sink.onWritable = { [weak self] in
      guard let self, !waiting.isEmpty else { return }
      waiting.release(true)
      operations.onActivity()
    }
    planBeat()
  }

  /// Sends a piece.
  ///
  /// - Parameter waits: false where nothing is sent to a reader that would have to be waited for.
  /// - Returns: whether it was taken, or a Deferred of that where the client is slow.
  func write(_ bytes: ByteBuffer, waits: Bool = true, owner: UInt32) -> Value {
    if !waits, !isOpen || sink?.takesMore == false { return .bool(false) }
    guard isOpen else { return operations.givingWay(.bool(false), owner: owner, "a reader that has gone") }
    begin()
    byteCount += bytes.readableBytes
    lastWrite = clock.now
    guard let sink, !sink.write(bytes), isOpen, waits, operations.machine.mayWait else {
      return .bool(isOpen)
    }
    return waiting.wait(owner: owner)
  }

  /// The body is whole.
  func finish() {
    begin()
    close()?.finish()
  }

  /// The body ends before it is whole. Where nothing has gone out, whoever calls this gives another answer.
  func abort() { close()?.abort() }

  /// The client has gone, or is answered otherwise. Who waits to write is made ready, but does not run within this call: his
  /// fiber may be about to be unwound.
  @discardableResult
  func close() -> (any BodySink)? {
    guard isOpen else { return nil }
    isOpen = false
    if let beat { clock.cancel(beat) }
    beat = nil
    waiting.release(false)
    defer { sink = nil }
    sink?.onWritable = nil
    return sink
  }

  // MARK: Heartbeat

  private func planBeat() {
    guard let heartbeat, isOpen else { return }
    beat = clock.schedule(at: lastWrite.addingClamped(heartbeat)) { [weak self] in
      guard let self, isOpen else { return }
      if clock.now - lastWrite >= heartbeat {
        // A client that takes nothing is not sent more.
        if waiting.isEmpty { _ = sink?.write(ByteBuffer(string: ":\n\n")) }
        lastWrite = clock.now
      }
      planBeat()
    }
  }
}
