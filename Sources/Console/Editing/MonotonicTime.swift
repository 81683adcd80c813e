import Glibc

/// Time that no change of the clock moves; it may be read in a signal handler.
enum MonotonicTime {
  /// Milliseconds since some moment before the start.
  static var milliseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1_000 + now.tv_nsec / 1_000_000
  }
}
