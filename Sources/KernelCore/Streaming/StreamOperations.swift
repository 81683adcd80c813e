import VM

/// The waits of the language for what comes and goes piece by piece: the next chunk of a body, room for one more.
final class StreamOperations {
  let machine: Machine
  /// Called after something has become ready.
  var onActivity: () -> Void = {}
  private var entries: [Int: Entry] = [:]
  /// How many wait for a client: a virtual clock then stands still.
  private(set) var awaitedFromOutside = 0

  private struct Entry {
    let what: String
    let isOutside: Bool
    let forget: () -> Void
  }

  init(machine: Machine) {
    self.machine = machine
  }

  /// Begins a wait.
  ///
  /// - Parameters:
  ///   - what: what it is for, as people are told: `the next chunk`.
  ///   - isOutside: whether what ends it is outside this process.
  ///   - forget: called where nobody waits any more.
  func begin(
    owner: UInt32, _ what: String, isOutside: Bool = false, forget: @escaping () -> Void
  ) -> (id: Int, deferred: Value) {
    let operation = machine.beginOperation(owner: owner, .stream(what))
    entries[operation.id] = Entry(what: what, isOutside: isOutside, forget: forget)
    if isOutside { awaitedFromOutside += 1 }
    return operation
  }

  private func remove(_ id: Int) -> Entry? {
    guard let entry = entries.removeValue(forKey: id) else { return nil }
    if entry.isOutside { awaitedFromOutside -= 1 }
    return entry
  }

  func complete(_ id: Int, _ outcome: Outcome) {
    guard remove(id) != nil else { return }
    machine.complete(operation: id, outcome)
  }

  /// Gives a value after whatever is ready has had its turn, or at once where who asks cannot wait. So a loop that goes on
  /// writing to nobody holds nobody up, and can be ended.
  ///
  /// - Parameter value: one that is no object.
  func givingWay(_ value: Value, owner: UInt32, _ what: String) -> Value {
    guard machine.mayWait else { return value }
    let (id, deferred) = begin(owner: owner, what) {}
    machine.enqueue { [weak self] in self?.complete(id, .success(value)) }
    return deferred
  }

  /// The wait was cancelled; false where it is none of these.
  func cancel(operation id: Int) -> Bool {
    guard let entry = remove(id) else { return false }
    entry.forget()
    return true
  }

  /// What an operation waits for, for people.
  func describe(operation id: Int) -> String? { entries[id]?.what }
}
