import Glibc

/// What a computation costs, whatever else the machine does meanwhile.
public enum ProcessorTime {
  /// The processor time that the thread which calls this has used so far.
  public static func ofThisThread() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
