/// How often garbage is collected.
public enum CollectorMode: String, Sendable {
  /// As much as what is allocated makes worth it, in steps between which the program goes on.
  case asNeeded
  /// All of it at every safe point: for finding values that nothing keeps alive.
  case always
  /// In very small steps, one at every safe point, with a proof after each cycle that nothing was missed: for finding
  /// writes that the collector was not told of.
  case steps
}

/// Where a cycle of the collector stands.
enum CollectorPhase {
  case idle
  case marking
  case sweeping
}

/// When a cycle begins, and how its steps follow one another.
///
/// A cycle ends about where all would have been collected at once: where as much has been allocated as was alive.
extension HeapState {
  /// Effort of a step: a quarter of a millisecond or so. One that reaches an object takes 4, a value 1.
  static let stepEffort = 32_768
  /// That of one which has to catch up.
  static let largestStepEffort = 3 * stepEffort
  /// That of several at once, where a native has allocated more than between two steps.
  static let largestEffort = 8 * stepEffort
  /// Bytes that are allocated between two steps, where nothing presses.
  static let stepBytes = 64 << 10
  static let smallestStepBytes = 48 << 10
  /// Effort of a step of sweeping.
  static let sweepEffort = stepEffort / 2
  static let smallestThreshold = 8 << 20
  /// That where memory is plenty.
  static let cachedThreshold = 16 << 20

  /// When the next cycle begins, now that one has ended.
  mutating func plan() {
    // Twice what is alive, but never far past the memory limit, nor so near it that collecting is all that is done. Until
    // it is swept, garbage counts: there must be room for what is allocated meanwhile.
    // Where little is alive, what is allocated until the next cycle is better found in the processor's caches.
    let least = min(limits.memory / 16, max(HeapState.cachedThreshold, 8 * live))
    goal = max(HeapState.smallestThreshold, least, min(live, (limits.memory - live) / 4 * 3))
    ceiling = live > limits.memory ? goal : max(limits.memory / 16, limits.memory - live)
    switch mode {
    case .always, .steps: threshold = -1
    case .asNeeded:
      let steps = expectedEffort / HeapState.stepEffort + 1 + blocks.count / 2
      threshold = min(
        ceiling, live > limits.memory ? goal : max(goal / 2, goal - steps * HeapState.stepBytes))
    }
  }

  /// How large the steps of a cycle are that begins now.
  mutating func planSteps() {
    let room = max(goal - debt, goal / 4) * 3 / 4
    let steps = expectedEffort / HeapState.stepEffort + 1
    bytesToNextStep = min(HeapState.stepBytes, max(HeapState.smallestStepBytes, room / steps))
    effortOfStep = min(
      HeapState.largestStepEffort,
      max(HeapState.stepEffort, expectedEffort / max(1, room / bytesToNextStep)))
  }

  /// How often the steps of sweeping come, where there are so many cells. Nothing presses any more, and what is allocated
  /// takes what cells it needs: so they are spread over what is allocated until the next cycle, for else whoever waits
  /// meanwhile would wait for most of them.
  mutating func planSweeping(cells: Int) {
    bytesToNextSweep = max(HeapState.stepBytes, goal / 4 / (cells / HeapState.sweepEffort + 1))
  }

  /// What marking will take, by what it took the last time.
  private var expectedEffort: Int { markingEffort + markingEffort / 8 + debt / 64 }

  /// Says when the next step of a cycle is due.
  mutating func awaitNextStep() {
    guard mode == .asNeeded else { return }
    if phase == .sweeping {
      bytesToNextStep = bytesToNextSweep
      effortOfStep = HeapState.sweepEffort
    } else if debt > goal {
      // It has fallen behind.
      bytesToNextStep = HeapState.smallestStepBytes
      effortOfStep = min(HeapState.largestStepEffort, effortOfStep + effortOfStep / 4)
    }
    threshold = min(ceiling, debt + bytesToNextStep)
  }

  /// The effort of the step that is due now, or of as many as are due together: a native like `json` allocates megabytes
  /// from one safe point to the next.
  mutating func takeEffort() -> Int {
    if mode == .steps { return Int(truncatingIfNeeded: nextNumber() % 200) + 1 }
    let overdue = max(0, debt - threshold) / max(1, bytesToNextStep)
    // More than that is not done at once, however much is due.
    let most = HeapState.largestEffort / max(1, effortOfStep)
    return effortOfStep * max(1, min(overdue + 1, most))
  }

  private mutating func nextNumber() -> UInt64 {
    stepSeed = stepSeed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return stepSeed >> 33
  }
}
