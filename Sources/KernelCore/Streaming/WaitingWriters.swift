import VM

/// Those who wait until a slow reader takes more. More than one fiber may write to the same place.
final class WaitingWriters {
  private let operations: StreamOperations
  /// What they wait for, as people are told: `a slow reader`.
  private let what: String
  /// Whether who reads is outside this process.
  private let isOutside: Bool
  private var ids: [Int] = []

  init(_ operations: StreamOperations, for what: String, isOutside: Bool) {
    self.operations = operations
    self.what = what
    self.isOutside = isOutside
  }

  var isEmpty: Bool { ids.isEmpty }

  /// A Deferred of whether what was written has been taken.
  func wait(owner: UInt32) -> Value {
    var id = 0
    let operation = operations.begin(owner: owner, what, isOutside: isOutside) { [weak self] in
      self?.ids.removeAll { $0 == id }
    }
    id = operation.id
    ids.append(id)
    return operation.deferred
  }

  /// Makes all of them ready; lets nothing run.
  func release(_ isTaken: Bool) {
    let released = ids
    ids = []
    for id in released { operations.complete(id, .success(.bool(isTaken))) }
  }
}
