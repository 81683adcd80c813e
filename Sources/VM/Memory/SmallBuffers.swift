import Glibc

/// The buffers that arrays and dictionaries hang on to. Small ones come and go with each object of JSON; the system's
/// allocator joins them with their neighbours and parts them again, so they are kept for whoever wants one next. A cycle of
/// the collector gives back at once what is wanted again until the next: what was kept for a whole cycle goes in the end.
struct SmallBuffers {
  /// The first of each size, in steps of 64 bytes; each begins with the address of the next.
  private let first: UnsafeMutablePointer<RawPointer?>
  private let counts: UnsafeMutablePointer<Int>
  /// Whether there was none when one was wanted, since the last cycle.
  private let ranOut: UnsafeMutablePointer<Bool>

  static let largest = 256
  /// How many bytes are kept.
  private let kept: UnsafeMutablePointer<Int>
  /// How many at most, and how many of each size though nobody wants them.
  private let limit: Int
  private static let idleBytes = 1 << 20
  /// So many of a size are given back to the system at once: it takes tenths of a millisecond.
  private static let givenBackAtOnce = 4_096
  private static let sizes = largest / 64 + 1

  /// - Parameter keepsAny: whether what is given back is kept; otherwise the system has it at once.
  init(keepsAny: Bool) {
    limit = keepsAny ? 24 << 20 : 0
    kept = .allocate(capacity: 1)
    kept.initialize(to: 0)
    first = .allocate(capacity: SmallBuffers.sizes)
    first.initialize(repeating: nil, count: SmallBuffers.sizes)
    counts = .allocate(capacity: SmallBuffers.sizes)
    counts.initialize(repeating: 0, count: SmallBuffers.sizes)
    ranOut = .allocate(capacity: SmallBuffers.sizes)
    ranOut.initialize(repeating: false, count: SmallBuffers.sizes)
  }

  @inline(__always) private static func isKept(_ size: Int) -> Bool { size <= largest && size & 63 == 0 }

  /// Memory for so many bytes, as it was.
  @inline(__always) func take(_ size: Int) -> RawPointer {
    if SmallBuffers.isKept(size) {
      if let buffer = first[size >> 6] {
        first[size >> 6] = buffer.load(as: RawPointer?.self)
        counts[size >> 6] &-= 1
        kept.pointee &-= size
        return buffer
      }
      ranOut[size >> 6] = true
    }
    return malloc(size).unsafelyUnwrapped
  }

  @inline(__always) func give(_ buffer: RawPointer, _ size: Int) {
    guard SmallBuffers.isKept(size), kept.pointee < limit else { return Glibc.free(buffer) }
    buffer.storeBytes(of: first[size >> 6], as: RawPointer?.self)
    first[size >> 6] = buffer
    counts[size >> 6] &+= 1
    kept.pointee &+= size
  }

  /// Moves a buffer to where it has another size.
  func resize(_ buffer: RawPointer, from old: Int, to new: Int) -> RawPointer {
    guard SmallBuffers.isKept(old) || SmallBuffers.isKept(new) else {
      return realloc(buffer, new).unsafelyUnwrapped
    }
    let moved = take(new)
    memcpy(moved, buffer, min(old, new))
    give(buffer, old)
    return moved
  }

  /// A cycle of the collector is over: of what nobody has run out of since the last, half is given back, as far as that
  /// takes no time.
  func trim() {
    for size in 0..<SmallBuffers.sizes {
      defer { ranOut[size] = false }
      if ranOut[size] || counts[size] * size * 64 <= SmallBuffers.idleBytes { continue }
      for _ in 0..<min(counts[size] / 2, SmallBuffers.givenBackAtOnce) {
        if let buffer = first[size] {
          first[size] = buffer.load(as: RawPointer?.self)
          Glibc.free(buffer)
          counts[size] -= 1
          kept.pointee -= size * 64
        }
      }
    }
  }

  /// How many bytes are kept.
  var bytes: Int { kept.pointee }

  func destroy() {
    for size in 0..<SmallBuffers.sizes {
      while let buffer = first[size] {
        first[size] = buffer.load(as: RawPointer?.self)
        Glibc.free(buffer)
      }
    }
    first.deallocate()
    counts.deallocate()
    ranOut.deallocate()
    kept.deallocate()
  }
}
