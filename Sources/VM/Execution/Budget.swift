import Glibc

extension Machine {
  /// Nanoseconds of processor time that this thread has used.
  static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Whether the running fiber may compute on. Its time counts from the first look, which comes after
  /// well under a millisecond.
  func mayGoOn(_ fiber: UnsafeMutablePointer<FiberObject>) -> Bool {
    if interruption.take() {
      failure = Failure(.interrupted, "interrupted")
      return false
    }
    let now = Machine.processorTime()
    let isCell = fiber.has(FiberObject.isCell)
    let limit = isCell ? limits.cellTime : limits.handlerTime
    if deadline == 0 {
      deadline = now + limit
      return true
    }
    if now < deadline { return true }
    let seconds = Machine.seconds(fiber.has(FiberObject.isUnwinding) ? limits.cleanupTime : limit)
    failure = Failure(
      .cpu, "stopped after computing for \(seconds) without waiting",
      help: "is there a loop without an end? A longer limit is set with --cpu-limit")
    return false
  }

  static func seconds(_ nanoseconds: Int) -> String {
    nanoseconds % 1_000_000_000 == 0
      ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
  }
}
