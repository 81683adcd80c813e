import NIOCore
import NIOHTTP1

/// What has come on a connection and is not dealt with yet, and where its decoder is.
struct ConnectionInput {
  /// Parts of requests that were decoded together with the one that is being answered.
  private(set) var parts = CircularBuffer<HTTPServerRequestPart>()
  /// Bytes that came while a request was being answered, for the decoder.
  private var held = ByteBuffer()
  /// Nothing more is to be decoded; what comes is dropped.
  private(set) var isAbandoned = false
  /// The bytes dropped so far.
  private(set) var droppedBytes = 0

  /// Whether the decoder is past a head whose request hasn't ended.
  private var isDecodingBody = false
  /// The bytes of the head that is being decoded.
  private var headBytes = 0
  /// Whether the first line of that head has come whole.
  private var hasRequestLine = false
  /// Whether that line ended without CR.
  private(set) var hasBareLineFeed = false
  private var lastByte: UInt8 = 0

  /// How much held input the decoder gets at a time, so that few parts have to queue.
  private static let sliceBytes = 16 << 10

  /// Whether nothing waits.
  var isEmpty: Bool { parts.isEmpty && held.readableBytes == 0 }

  /// Whether a head has begun and isn't whole.
  var isWithinHead: Bool { headBytes > 0 }

  /// Whether the target is what is being decoded.
  var isWithinRequestLine: Bool { !hasRequestLine && !isDecodingBody }

  /// Keeps bytes for later; if they come to more than `limit`, gives all of them up.
  mutating func hold(_ bytes: ByteBuffer, limit: Int) {
    held.writeImmutableBuffer(bytes)
    guard held.readableBytes > limit else { return }
    droppedBytes += held.readableBytes
    abandon()
  }

  /// Keeps a part for later.
  mutating func hold(_ part: HTTPServerRequestPart) { parts.append(part) }

  /// Takes the next part.
  mutating func nextPart() -> HTTPServerRequestPart? { parts.popFirst() }

  /// Takes the next bytes for the decoder.
  mutating func nextSlice() -> ByteBuffer? {
    guard held.readableBytes > 0 else { return nil }
    let slice = held.readSlice(length: min(held.readableBytes, Self.sliceBytes))
    if held.readableBytes == 0 { held = ByteBuffer() }
    return slice
  }

  /// Notes bytes that are not even kept.
  mutating func drop(_ count: Int) { droppedBytes += count }

  /// Gives up decoding; parts that are decoded stay.
  mutating func abandon() {
    isAbandoned = true
    held = ByteBuffer()
  }

  /// Gives up everything.
  mutating func clear() {
    abandon()
    parts.removeAll()
  }

  /// Notes that the decoder is about to get bytes.
  mutating func willDecode(_ bytes: ByteBuffer) {
    guard !isDecodingBody else { return }
    headBytes += bytes.readableBytes
    guard !hasRequestLine else { return }
    let view = bytes.readableBytesView
    if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
      hasRequestLine = true
      hasBareLineFeed = (end == view.startIndex ? lastByte : view[end - 1]) != UInt8(ascii: "\r")
    }
    lastByte = view.last ?? lastByte
  }

  /// Notes what came of them.
  mutating func didDecode(_ part: HTTPServerRequestPart) {
    switch part {
    case .head: isDecodingBody = true
    case .body: return
    case .end: isDecodingBody = false
    }
    headBytes = 0
    hasRequestLine = false
    hasBareLineFeed = false
  }
}
