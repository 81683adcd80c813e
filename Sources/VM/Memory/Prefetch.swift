import CPrefetch

/// Asks the processor to bring near an object that is looked at soon. Its first and its last byte may lie in two lines of
/// the cache; in more than two none of those lie of which there are many.
@inlinable @inline(__always)
func prefetch<Object>(_ object: UnsafePointer<Object>?) {
  guard let object else { return }
  cprefetch(object)
  cprefetch(UnsafeRawPointer(object) + (MemoryLayout<Object>.size - 1))
}
