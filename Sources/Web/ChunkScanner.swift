/// Finds the end of a body in chunks (RFC 9112 §7.1), so that the decoder gets the bytes of one request and no more.
///
/// Whether the chunks are sound is for the decoder to judge, which reads the same bytes: it refuses whatever this
/// might misread. Here the bytes of extensions are counted, which the decoder lets grow without end.
struct ChunkScanner {
  /// What came of some bytes.
  enum Outcome: Equatable {
    /// The body goes on.
    case incomplete
    /// The body, with its trailers, ended before the index given.
    case complete(Int)
    /// The extensions of the chunks are longer than is taken (RFC 9112 §7.1.1).
    case extensionsTooLong
  }

  private enum State { case size, afterSize, data, dataEnd, trailerStart, trailer }

  private var state = State.size
  private var size = 0
  private var lineBytes = 0
  private var extensionBytes = 0
  private var endBytes = 0
  private let maxExtensionBytes: Int

  /// What a line with a chunk's size has without counting as an extension: sixteen digits, CR and LF.
  private static let plainLineBytes = 18

  init(limits: HeadLimits) {
    maxExtensionBytes = limits.headerBytes
  }

  /// Reads on in `bytes`.
  mutating func scan(_ bytes: Span<UInt8>) -> Outcome {
    var index = 0
    while index < bytes.count {
      switch state {
      case .data:
        let step = min(size, bytes.count - index)
        size -= step
        index += step
        if size == 0 { state = .dataEnd }
        continue
      case .dataEnd:
        endBytes += 1
        if endBytes == 2 {
          endBytes = 0
          state = .size
        }
      case .size, .afterSize:
        if !readSizeLine(bytes[index]) { return .extensionsTooLong }
      case .trailerStart, .trailer:
        if readTrailer(bytes[index]) { return .complete(index + 1) }
      }
      index += 1
    }
    return .incomplete
  }

  /// Reads a byte of the line with a chunk's size; false if its extensions are too long.
  private mutating func readSizeLine(_ byte: UInt8) -> Bool {
    lineBytes += 1
    if lineBytes > Self.plainLineBytes {
      extensionBytes += 1
      if extensionBytes > maxExtensionBytes { return false }
    }
    if byte == UInt8(ascii: "\n") {
      state = size == 0 ? .trailerStart : .data
      lineBytes = 0
    } else if state == .size, let digit = PercentEncoding.hexValue(byte) {
      size = size > Int.max >> 4 ? Int.max : size << 4 | Int(digit)
    } else {
      state = .afterSize
    }
    return true
  }

  /// Reads a byte of the trailers; true if it was their last.
  private mutating func readTrailer(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\n"):
      if state == .trailerStart { return true }
      state = .trailerStart
    case UInt8(ascii: "\r"): break
    default: state = .trailer
    }
    return false
  }
}
