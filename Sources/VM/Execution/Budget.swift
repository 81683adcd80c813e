import Glibc

extension Machine {
  /// Nanoseconds of processor time that this thread has used.
  static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Nanoseconds of a clock that nobody sets.
  static func monotonicTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// How much work natives may do between two looks at the clock, in elements or in 16 bytes: well under
  /// ten milliseconds.
  static let workSlice = 200_000

  /// Counts work that the loop's own budget does not see: of natives, of comparisons of collections.
  ///
  /// - Throws: the failure that stops the fiber where its time is up or it was interrupted.
  @inline(__always) func spend(_ work: Int) throws(Failure) {
    heap.state.pointee.work &-= work
    if heap.state.pointee.work < 0 { try look() }
  }

  @inline(never) private func look() throws(Failure) {
    heap.state.pointee.work = Machine.workSlice
    guard let current, !mayGoOn(current) else { return }
    let stopped = failure
    failure = nil
    if let stopped { throw stopped }
  }

  /// Whether the running fiber may compute on. Its time counts from the first look, which comes after
  /// well under a millisecond.
  func mayGoOn(_ fiber: UnsafeMutablePointer<FiberObject>) -> Bool {
    if interruption.take() {
      failure = Failure(.interrupted, "interrupted")
      return false
    }
    hasLookedAtClock = true
    let now = Machine.processorTime()
    let isCell = fiber.has(FiberObject.isCell)
    let limit = isCell ? limits.cellTime : limits.handlerTime
    if deadline == 0 {
      deadline = now + limit
      host?.computesOn()
      return true
    }
    if now < deadline { return true }
    if fiber.has(FiberObject.isUnwinding) {
      failure = Failure(
        .cpu,
        "stopped: the defers of what was stopped took longer than \(Machine.seconds(limits.cleanupTime))")
      return false
    }
    let seconds = Machine.seconds(limit)
    failure = Failure(
      .cpu, "stopped after computing for \(seconds) without waiting",
      help: "is there a loop without an end? A longer limit is set with --cpu-limit")
    return false
  }

  private static func seconds(_ nanoseconds: Int) -> String {
    nanoseconds % 1_000_000_000 == 0
      ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
  }
}
