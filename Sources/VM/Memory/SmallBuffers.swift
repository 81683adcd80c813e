import Glibc

/// The buffers that arrays and dictionaries hang on to. Small ones come and go with each object of JSON; the system's
/// allocator joins them with their neighbours and parts them again, so they are kept for whoever wants one next. A cycle of
/// the collector gives back at once what is wanted again until the next: what was kept for a whole cycle goes in the end.
///
/// Their addresses lie side by side, so that nothing is read or written in a buffer that nobody has: most have left the
/// processor's caches by then.
struct SmallBuffers {
  /// Those of one size.
  private struct Kept {
    var addresses: UnsafeMutablePointer<RawPointer>
    var count = 0
    /// How many addresses there is room for.
    var room = 64
    /// Whether there was none when one was wanted, since the last cycle.
    var ranOut = false
  }

  private struct Store {
    /// By size, in steps of 64 bytes.
    let kept: UnsafeMutablePointer<Kept>
    /// How many bytes are kept.
    var bytes = 0
    /// How many at most.
    let limit: Int
  }

  private let store: UnsafeMutablePointer<Store>
  /// How many bytes of each size are kept though nobody wants them.
  private static let idleBytes = 1 << 20
  /// So many of a size are given back to the system at once: it takes tenths of a millisecond.
  private static let givenBackAtOnce = 4_096
  private static let largest = 256
  private static let sizes = largest / 64 + 1

  /// - Parameter keepsAny: whether what is given back is kept; otherwise the system has it at once.
  init(keepsAny: Bool) {
    let kept = UnsafeMutablePointer<Kept>.allocate(capacity: SmallBuffers.sizes)
    for size in 0..<SmallBuffers.sizes {
      (kept + size).initialize(to: Kept(addresses: .allocate(capacity: 64)))
    }
    store = .allocate(capacity: 1)
    store.initialize(to: Store(kept: kept, limit: keepsAny ? 24 << 20 : 0))
  }

  @inline(__always) private static func isKept(_ size: Int) -> Bool { size <= largest && size & 63 == 0 }

  /// Memory for so many bytes, as it was.
  @inline(__always) func take(_ size: Int) -> RawPointer {
    if SmallBuffers.isKept(size) {
      let kept = store.pointee.kept + (size >> 6)
      let count = kept.pointee.count &- 1
      if count >= 0 {
        kept.pointee.count = count
        store.pointee.bytes &-= size
        return kept.pointee.addresses[count]
      }
      kept.pointee.ranOut = true
    }
    return malloc(size).unsafelyUnwrapped
  }

  @inline(__always) func give(_ buffer: RawPointer, _ size: Int) {
    guard SmallBuffers.isKept(size), store.pointee.bytes < store.pointee.limit else {
      return Glibc.free(buffer)
    }
    let kept = store.pointee.kept + (size >> 6)
    if kept.pointee.count == kept.pointee.room { makeRoom(in: kept) }
    kept.pointee.addresses[kept.pointee.count] = buffer
    kept.pointee.count &+= 1
    store.pointee.bytes &+= size
  }

  @inline(never) private func makeRoom(in kept: UnsafeMutablePointer<Kept>) {
    let addresses = UnsafeMutablePointer<RawPointer>.allocate(capacity: kept.pointee.room * 2)
    addresses.moveInitialize(from: kept.pointee.addresses, count: kept.pointee.count)
    kept.pointee.addresses.deallocate()
    kept.pointee.addresses = addresses
    kept.pointee.room *= 2
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
      let kept = store.pointee.kept + size
      defer { kept.pointee.ranOut = false }
      let count = kept.pointee.count
      if kept.pointee.ranOut || count * size * 64 <= SmallBuffers.idleBytes { continue }
      let left = count - min(count / 2, SmallBuffers.givenBackAtOnce)
      for number in left..<count { Glibc.free(kept.pointee.addresses[number]) }
      kept.pointee.count = left
      store.pointee.bytes -= (count - left) * size * 64
    }
  }

  /// How many bytes are kept.
  var bytes: Int { store.pointee.bytes }

  func destroy() {
    for kept in UnsafeBufferPointer(start: store.pointee.kept, count: SmallBuffers.sizes) {
      for number in 0..<kept.count { Glibc.free(kept.addresses[number]) }
      kept.addresses.deallocate()
    }
    store.pointee.kept.deallocate()
    store.deallocate()
  }
}
