import Glibc

// Texts that grow: `text += "…"` in a loop. Were each sum a copy, the time would grow with the square of the length. A text
// that has been added to again and again gets memory with room behind it, and what is added next is written there: both are
// texts of their own, which share the bytes that the shorter one has.

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

  /// How often something was added since it was short, to make it; not counted any further than that matters.
  fileprivate var additions: UInt16 {
    get { pointee.header.flags >> StringObject.additionsShift }
    nonmutating set {
      pointee.header.flags |= min(newValue, Heap.additionsToGrow) << StringObject.additionsShift
    }
  }

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
  /// How often something is added before there is to be room for more: what is put together from a few parts stays as it is.
  fileprivate static let additionsToGrow: UInt16 = 8

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
    // Where something else goes on from there already, this is one of many that begin the same, most likely.
    let isLast = start.isShared && start.textBuffer.pointee.used == length
    if isLast, count <= start.textBuffer.pointee.capacity {
      state.pointee.work &-= (count - length) >> 4
      return share(start.textBuffer, count, tag: tag)
    }
    state.pointee.work &-= count >> 4
    let string: UnsafeMutablePointer<StringObject>
    if isLast || start.additions == Heap.additionsToGrow {
      string = share(try newBuffer(toHold: count), count, tag: tag)
    } else {
      try reserve(count)
      string = newString(count, tag: tag)
      string.additions = start.additions + 1
    }
    memcpy(string.bytes, start.bytes, length)
    return string
  }

  /// A buffer with half as much room again, as far as strings may be as long and little of all memory.
  private func newBuffer(toHold count: Int) throws(Failure) -> UnsafeMutablePointer<TextBuffer> {
    let limits = state.pointee.limits
    let capacity = min(count + min(count / 2, limits.memory / 16), limits.stringLength)
    let size = TextBuffer.fixedSize + capacity
    try reserve(size)
    let buffer = allocate(size, Tag.buffer).assumingMemoryBound(to: TextBuffer.self)
    buffer.pointee.capacity = capacity
    return buffer
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
