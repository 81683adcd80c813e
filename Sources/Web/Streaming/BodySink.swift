import NIOCore

/// Takes the body of an answer piece by piece. Confined to the event loop.
public protocol BodySink: AnyObject {
  /// Called when more may be written, after `write` gave false.
  var onWritable: (() -> Void)? { get set }

  /// Sends a piece. An empty one sends nothing.
  ///
  /// - Returns: false where the reader is slow: what is written before `onWritable` has been called is held in memory.
  func write(_ bytes: ByteBuffer) -> Bool
  /// Whether a piece can be written without waiting for the reader. It may be where `write` gave false since it was the
  /// turn of others.
  var takesMore: Bool { get }
  /// The body is whole.
  func finish()
  /// The body ends before it is whole; the reader is made to see that.
  func abort()
}

/// The body of an answer within the process that is wanted whole.
final class CollectedBody: BodySink {
  var onWritable: (() -> Void)?
  var takesMore: Bool { true }
  private var response: Response
  private let limit: Int
  private var completion: ((Result<Response, BodyFailure>) -> Void)?

  init(_ head: Response, limit: Int, completion: @escaping (Result<Response, BodyFailure>) -> Void) {
    response = head
    response.body = ByteBuffer()
    self.limit = limit
    self.completion = completion
  }

  func write(_ bytes: ByteBuffer) -> Bool {
    guard response.body.readableBytes + bytes.readableBytes <= limit else {
      end(.failure(.tooLarge(limit: limit)))
      return true
    }
    response.body.writeImmutableBuffer(bytes)
    return true
  }

  func finish() { end(.success(response)) }

  func abort() { end(.failure(.cutOff)) }

  private func end(_ result: Result<Response, BodyFailure>) {
    guard let completion else { return }
    self.completion = nil
    response.body = ByteBuffer()
    completion(result)
  }
}

/// The body of an answer within the process that is read as it comes.
final class ReadBody: BodySink {
  var onWritable: (() -> Void)? {
    didSet { body.onRoom = onWritable }
  }
  private let body: IncomingBody
  /// Called once, when the body is over.
  private var onEnd: (() -> Void)?

  init(_ body: IncomingBody, onEnd: @escaping () -> Void) {
    self.body = body
    self.onEnd = onEnd
  }

  var takesMore: Bool { !body.isFull }

  func write(_ bytes: ByteBuffer) -> Bool {
    body.give(bytes)
    return !body.isFull
  }

  func finish() { end(.end) }

  func abort() { end(.failed(.cutOff)) }

  private func end(_ ending: IncomingBody.Piece) {
    let onEnd = self.onEnd
    self.onEnd = nil
    onEnd?()
    body.end(ending)
  }
}

/// Why the body of an answer within the process is not there.
public enum BodyFailure: Error, Equatable {
  /// What makes it failed before it was whole.
  case cutOff
  /// It is larger than whoever asked takes, in bytes.
  case tooLarge(limit: Int)
}
