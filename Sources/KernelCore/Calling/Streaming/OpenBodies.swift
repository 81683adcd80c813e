import VM

/// The bodies that are read as they come and are not over: so that they end with whoever began their calls.
struct OpenBodies {
  private struct Entry {
    weak var body: AnswerBody?
    /// The run of a cell.
    let owner: UInt32
    /// It belongs to a request: runs of cells don't touch it.
    let servesRequest: Bool
  }

  private var entries: [Int: Entry] = [:]
  /// How many somebody waits for that come from outside.
  var awaitedFromOutside = 0

  var count: Int { entries.count }

  /// - Parameter call: the number of the operation that gave its response.
  mutating func add(_ body: AnswerBody, call: Int, owner: UInt32, servesRequest: Bool) {
    entries[call] = Entry(body: body, owner: owner, servesRequest: servesRequest)
  }

  mutating func remove(call: Int) { entries[call] = nil }

  func body(call: Int) -> AnswerBody? { entries[call]?.body }

  /// Those that end with a run of a cell.
  func bodies(ofOwner owner: UInt32) -> [AnswerBody] {
    sorted { $0.owner == owner && !$0.servesRequest }
  }

  /// Those of calls for a request that end with a task.
  func bodies(ofTask task: TaskID) -> [AnswerBody] {
    entries.isEmpty ? [] : sorted { $0.servesRequest && $0.body?.task == task }
  }

  /// All, in the order in which they began.
  var all: [AnswerBody] { sorted { _ in true } }

  private func sorted(_ isWanted: (Entry) -> Bool) -> [AnswerBody] {
    entries.filter { isWanted($0.value) }.sorted { $0.key < $1.key }.compactMap(\.value.body)
  }
}
