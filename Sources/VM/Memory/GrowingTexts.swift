import Glibc

// Texts that grow: `text += "…"` in a loop. Were each sum a copy, the time would grow with the square of the length. A sum
// that goes on from a sum gets memory with room behind it, and what is added next is written there: both are texts of
// their own, which share the bytes that the shorter one has.

/// Memory that texts share: each has its first bytes, as many as its `count` says. The bytes follow the fixed part.
struct TextBuffer {
  var header: Header
  /// Bytes that some text has.
  var used: Int
  var capacity: Int

  static let fixedSize = 32
}

extension UnsafeMutablePointer where Pointee == TextBuffer {
  @inline(__always) fileprivate var bytes: UnsafeMutablePointer<UInt8> {
    (RawPointer(self) + TextBuffer.fixedSize).assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeMutablePointer where Pointee == StringObject {
  /// Whether its bytes lie in a buffer, of which it has the address, instead of behind its fixed part.
  @inline(__always) var isShared: Bool { pointee.header.flags & StringObject.isShared != 0 }

  /// Where the bytes of one that shares them lie.
  @inline(__always) var sharedBytes: UnsafeMutablePointer<UInt8> {
    (RawPointer(self) + UnsafeMutablePointer.fixedSize).load(as: UnsafeMutablePointer<UInt8>.self)
  }

  /// The buffer of one that shares its bytes.
  var textBuffer: UnsafeMutablePointer<TextBuffer> {
    (RawPointer(sharedBytes) - TextBuffer.fixedSize).assumingMemoryBound(to: TextBuffer.self)
  }
}

extension Heap {
  /// Bytes of the longest string that never shares them.
  static let longestShort = 256

  /// A string that begins with another and has `count` bytes in all. Those behind the beginning are to be filled in.
  @inline(__always) func newString(
    _ count: Int, beginningWith start: UnsafeMutablePointer<StringObject>, tag: UInt
  ) throws(Failure) -> UnsafeMutablePointer<StringObject> {
    if count > Heap.longestShort { return try newLongString(count, beginningWith: start, tag: tag) }
    let string = newString(count, tag: tag)
    Heap.copy(start.ownBytes, to: string.ownBytes, start.pointee.count)
    return string
  }

  @inline(never) private func newLongString(
    _ count: Int, beginningWith start: UnsafeMutablePointer<StringObject>, tag: UInt
  ) throws(Failure) -> UnsafeMutablePointer<StringObject> {
    if count > state.pointee.limits.stringLength { throw tooLong(count) }
    let length = start.pointee.count
    if start.isShared {
      let buffer = start.textBuffer
      // Otherwise something else goes on from there: most likely this is one of many that begin the same.
      if buffer.pointee.used == length {
        if count <= buffer.pointee.capacity {
          state.pointee.work &-= (count - length) >> 4
          return share(buffer, count, tag: tag)
        }
        return try newSharedString(count, beginningWith: start, tag: tag)
      }
    } else if start.pointee.header.flags & StringObject.isSum != 0 {
      return try newSharedString(count, beginningWith: start, tag: tag)
    }
    try reserve(count)
    state.pointee.work &-= count >> 4
    let string = newString(count, tag: tag)
    string.pointee.header.flags |= StringObject.isSum
    memcpy(string.ownBytes, start.bytes, length)
    return string
  }

  /// The same in a buffer that has as much room again, as far as strings may be as long.
  private func newSharedString(
    _ count: Int, beginningWith start: UnsafeMutablePointer<StringObject>, tag: UInt
  ) throws(Failure) -> UnsafeMutablePointer<StringObject> {
    let capacity = min(2 * count, state.pointee.limits.stringLength)
    let size = TextBuffer.fixedSize + capacity
    try reserve(size)
    state.pointee.work &-= count >> 4
    let buffer = allocate(size, Tag.buffer).assumingMemoryBound(to: TextBuffer.self)
    buffer.pointee.capacity = capacity
    let string = share(buffer, count, tag: tag)
    memcpy(string.bytes, start.bytes, start.pointee.count)
    return string
  }

  /// A string of the first bytes of a buffer, and no others. Where a cycle goes on the buffer needs no mark: it was there
  /// when the cycle began, by way of what the string goes on from, or was made since.
  private func share(
    _ buffer: UnsafeMutablePointer<TextBuffer>, _ count: Int, tag: UInt
  ) -> UnsafeMutablePointer<StringObject> {
    buffer.pointee.used = count
    let place = UnsafeMutablePointer<StringObject>.fixedSize
    let string = allocate(place + MemoryLayout<RawPointer>.size, tag).assumingMemoryBound(
      to: StringObject.self)
    string.pointee.count = count
    string.pointee.header.flags = StringObject.isShared
    (RawPointer(string) + place).storeBytes(of: buffer.bytes, as: UnsafeMutablePointer<UInt8>.self)
    return string
  }
}
