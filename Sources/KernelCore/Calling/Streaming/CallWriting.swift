import Fetch
import NIOCore
import VM
import Web

/// The body of a call as it is being written.
final class CallWriting {
  let task: TaskID
  let writer: StreamWriter
  /// Whether it leaves this process.
  let isOutside: Bool
  private let sink: any SentBody

  init(_ task: TaskID, _ writer: StreamWriter, _ sink: any SentBody, isOutside: Bool) {
    self.task = task
    self.writer = writer
    self.sink = sink
    self.isOutside = isOutside
  }

  /// Whether it waits for the other side.
  var isStalled: Bool { sink.isStalled }
}

/// Takes the body of a call.
protocol SentBody: BodySink {
  var isStalled: Bool { get }
}

extension SentBody {
  var takesMore: Bool { !isStalled }
}

/// The body of a call that leaves the process.
final class TransferredBody: SentBody {
  /// How many bytes may be under way before whoever writes waits.
  static let window = 256 << 10

  var onWritable: (() -> Void)?
  var transfer: TransferID?
  private let transfers: TransferPool
  private var held = 0
  private(set) var isStalled = false

  init(_ transfers: TransferPool) { self.transfers = transfers }

  func write(_ bytes: ByteBuffer) -> Bool {
    guard let transfer, bytes.readableBytes > 0 else { return !isStalled }
    held += bytes.readableBytes
    transfers.send(transfer, Array(bytes.readableBytesView))
    isStalled = held >= Self.window
    return !isStalled
  }

  /// The other side has taken bytes.
  func sent(_ count: Int) {
    held -= count
    guard isStalled, held <= Self.window / 2 else { return }
    isStalled = false
    onWritable?()
  }

  func finish() { if let transfer { transfers.endSending(transfer) } }

  func abort() { if let transfer { transfers.cancel(transfer) } }
}

/// The body of a call to a route of this notebook that reads it as it comes, within the process.
final class OwnSentBody: SentBody {
  var onWritable: (() -> Void)? {
    didSet { body.onRoom = onWritable }
  }
  private let body: IncomingBody
  private let limit: Int
  private var count = 0

  init(_ body: IncomingBody, limit: Int) {
    self.body = body
    self.limit = limit
  }

  var isStalled: Bool { body.isFull }

  func write(_ bytes: ByteBuffer) -> Bool {
    count += bytes.readableBytes
    if count > limit {
      body.end(.failed(.tooLarge(limit: limit)))
      return true
    }
    body.give(bytes)
    return !body.isFull
  }

  func finish() { body.end(.end) }

  func abort() { body.end(.failed(.cutOff)) }
}

/// The body of a call to any other route of this notebook, which is given it whole.
final class WholeSentBody: SentBody {
  var onWritable: (() -> Void)?
  var isStalled: Bool { false }
  private var bytes: [UInt8] = []
  private let limit: Int
  /// Called once: with the body, or nil where it is beyond the limit.
  private var completion: (([UInt8]?) -> Void)?

  init(limit: Int, completion: @escaping ([UInt8]?) -> Void) {
    self.limit = limit
    self.completion = completion
  }

  func write(_ piece: ByteBuffer) -> Bool {
    guard completion != nil else { return true }
    if bytes.count + piece.readableBytes > limit {
      end(nil)
    } else {
      bytes.append(contentsOf: piece.readableBytesView)
    }
    return true
  }

  func finish() { end(bytes) }

  func abort() { completion = nil }

  private func end(_ body: [UInt8]?) {
    let completion = self.completion
    self.completion = nil
    bytes = []
    completion?(body)
  }
}
