/// Follows where the frames of a client begin and end (RFC 6455, section 5.2), beside the decoder, which reads the same
/// bytes.
///
/// The decoder holds a frame until it is whole and doesn't say how much of it there is, and it takes lengths that are
/// longer written than they need be. Both are seen here.
struct FrameScanner {
  private enum State {
    case first
    case length
    /// Bytes of the length that are to come.
    case longLength(count: Int, rest: Int)
    /// Bytes of the mask and of the data that are to come.
    case rest
  }

  private var state = State.first
  private var isMasked = false
  private var length: UInt64 = 0
  private var restBytes: UInt64 = 0
  /// The bytes that have come of a frame that is not whole.
  private(set) var heldBytes = 0

  /// Reads on in `bytes`.
  ///
  /// - Returns: the index of the byte by which a length turns out to be in another form than the shortest; nil for none.
  mutating func scan(_ bytes: Span<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count {
      if case .rest = state {
        let step = Int(min(restBytes, UInt64(bytes.count - index)))
        restBytes -= UInt64(step)
        heldBytes += step
        index += step
        if restBytes == 0 { end() }
        continue
      }
      heldBytes += 1
      if !readHead(bytes[index]) { return index }
      index += 1
    }
    return nil
  }

  /// Reads a byte before the mask; false if the length is not in its shortest form.
  private mutating func readHead(_ byte: UInt8) -> Bool {
    switch state {
    case .first: state = .length
    case .length:
      isMasked = byte & 0x80 != 0
      switch byte & 0x7f {
      case 126: state = .longLength(count: 2, rest: 2)
      case 127: state = .longLength(count: 8, rest: 8)
      case let short:
        length = UInt64(short)
        beginRest()
      }
    case .longLength(let count, let rest):
      length = (rest == count ? 0 : length << 8) | UInt64(byte)
      guard rest == 1 else {
        state = .longLength(count: count, rest: rest - 1)
        break
      }
      if length < (count == 2 ? 126 : 65_536) { return false }
      beginRest()
    case .rest: break
    }
    return true
  }

  private mutating func beginRest() {
    // A length of this size is refused by the decoder, and nothing behind it counts.
    restBytes = min(length, UInt64(Int.max)) + (isMasked ? 4 : 0)
    state = .rest
    if restBytes == 0 { end() }
  }

  private mutating func end() {
    state = .first
    heldBytes = 0
  }
}
