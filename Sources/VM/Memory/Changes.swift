// Who has changed what: of code that may run again, or be taken back, it is known which of the things that others hold it
// has changed.
//
// An array, a dictionary and a variable that functions hold have a stamp of whoever made or changed them last. What changes
// one looks at that alone; only where it is another's a note is taken. Of what code makes itself no note is needed: it
// comes to others by a change of what these have.

/// On whose behalf something is changed: that of a run of a cell, and what was done.
public struct Author: Hashable, Sendable {
  public enum Occasion: UInt8, CaseIterable, Sendable {
    /// The cell ran.
    case run
    /// A fiber or a timer of it did.
    case afterwards
    /// A route answered what the cell, or what goes on of it, had asked.
    case request
    /// A route of it answered what came from elsewhere.
    case answer
  }

  /// The run of the cell.
  public let owner: UInt32
  public let occasion: Occasion
}

/// The notes of a heap.
struct ChangeNotes {
  /// Those of whom there may be notes. Nobody is first.
  private(set) var authors: [Author?] = [nil]
  private var places: [Author: Int] = [:]
  /// What each has changed, by their places among those. It is not kept alive by that.
  private(set) var changed: [Int: Set<RawPointer>] = [:]
  /// How many that is of all together.
  private(set) var count = 0
  /// The globals to which each has assigned; and by a run that has ended those of which it had changed something.
  private(set) var assigned: [Int: Set<Int>] = [:]
  /// The runs of which not all of that is known.
  private(set) var unclear: Set<Int> = []
  /// Whether there were too many to be noted, but for those of answers.
  private(set) var isIncomplete = false
  /// Whether there were too many of answers.
  private(set) var hasLostAnswers = false
  /// Whose changes are noted now, and whose were last.
  private var current = 0
  private var latest = 0
  private var answerCount = 0

  static let limit = 1 << 16
  /// Clients may make more of them than are worth to be kept.
  static let answerLimit = 1 << 13

  /// From now on it is somebody else who changes things. Gives the stamp, 0 for nobody.
  mutating func begin(_ author: Author?) -> UInt16 {
    guard let author else {
      current = 0
      return 0
    }
    // As most often where one route is asked again and again.
    if authors[latest] != author {
      if let known = places[author] {
        latest = known
      } else {
        latest = authors.count
        places[author] = latest
        authors.append(author)
      }
    }
    current = latest
    return UInt16(clamping: current)
  }

  mutating func add(_ object: RawPointer) {
    let isAnswer = authors[current]?.occasion == .answer
    if isAnswer ? answerCount >= ChangeNotes.answerLimit : count >= ChangeNotes.limit {
      if isAnswer { hasLostAnswers = true } else { isIncomplete = true }
    } else if changed[current, default: []].insert(object).inserted {
      count += 1
      if isAnswer { answerCount += 1 }
    }
  }

  mutating func add(assignmentToGlobal slot: Int) {
    if current > 0 { assigned[current, default: []].insert(slot) }
  }

  /// The place of a run among the authors, and what it has changed; nil where that is nothing.
  func changes(byRunOf owner: UInt32) -> (author: Int, objects: Set<RawPointer>)? {
    guard let author = places[Author(owner: owner, occasion: .run)], let objects = changed[author] else {
      return nil
    }
    return (author, objects)
  }

  /// A run has ended: what it has changed belonged to these globals then.
  mutating func end(_ author: Int, changing slots: Set<Int>, isAll: Bool) {
    if !slots.isEmpty { assigned[author, default: []].formUnion(slots) }
    if !isAll { unclear.insert(author) }
  }

  /// Forgets of a run to what it has assigned, and what goes on of it, and its routes.
  mutating func forgetAssignments(by owner: UInt32) {
    for occasion in Author.Occasion.allCases {
      guard let author = places[Author(owner: owner, occasion: occasion)] else { continue }
      assigned[author] = nil
      unclear.remove(author)
    }
  }

  /// Forgets what is not alive.
  mutating func drop(unless isAlive: (RawPointer) -> Bool) {
    if changed.isEmpty { return }
    (count, answerCount) = (0, 0)
    for (author, objects) in changed {
      let alive = objects.filter(isAlive)
      changed[author] = alive.isEmpty ? nil : alive
      count += alive.count
      if authors[author]?.occasion == .answer { answerCount += alive.count }
    }
    // What was lost may be dead by now, or not.
    if count == 0 { (isIncomplete, hasLostAnswers) = (false, false) }
  }
}

extension HeapState {
  /// From here on changes are those of an author, or of nobody.
  mutating func beginChanges(by author: Author?) {
    stamp = changes.begin(author)
    writeBarrier = author == nil ? writeBarrier & ~Heap.notesChanges : writeBarrier | Heap.notesChanges
  }
}

extension Heap {
  /// The bits of `HeapState.writeBarrier`: why whoever changes an object has to say so.
  static let marks: UInt8 = 1
  static let notesChanges: UInt8 = 2
  /// The stamp of all authors beyond the largest: it never counts as one's own.
  private static let sharedStamp = UInt16.max

  /// To be said before an array, a dictionary or a box changes.
  @inline(__always) func willChangeContent<Object>(of object: UnsafeMutablePointer<Object>) {
    if state.pointee.writeBarrier & Heap.notesChanges != 0 { noteChange(of: RawPointer(object)) }
  }

  @inline(never) func noteChange(of object: RawPointer) {
    let header = object.assumingMemoryBound(to: Header.self)
    let stamp = state.pointee.stamp
    if header.pointee.flags == stamp, stamp != Heap.sharedStamp { return }
    switch UInt(header.pointee.kind) {
    case Tag.array, Tag.dictionary, Tag.box:
      header.pointee.flags = stamp
      state.pointee.changes.add(object)
    default: break
    }
  }

  /// Before sweeping: of what is about to be freed there is nothing to know.
  func forgetChangesOfDead() {
    let color = state.pointee.color
    state.pointee.changes.drop { $0.assumingMemoryBound(to: Header.self).pointee.mark == color }
  }
}

extension Machine {
  /// Whose changes those of a fiber are.
  private func author(of fiber: UnsafeMutablePointer<FiberObject>) -> Author? {
    let requests = fiber.requests
    if requests == .none {
      let occasion: Author.Occasion = fiber.has(FiberObject.isCell) ? .run : .afterwards
      return fiber.pointee.owner == 0 ? nil : Author(owner: fiber.pointee.owner, occasion: occasion)
    }
    if requests.asker != 0 { return Author(owner: requests.asker, occasion: .request) }
    return fiber.pointee.owner == 0 ? nil : Author(owner: fiber.pointee.owner, occasion: .answer)
  }

  /// What changes from here on a fiber changes.
  @inline(never) func beginChanges(by fiber: UnsafeMutablePointer<FiberObject>) {
    let author = author(of: fiber)
    heap.state.pointee.beginChanges(by: author)
    // What the loop appends by itself it does not note.
    appendNative.header.pointee.aux = author == nil ? NativeObject.appends : 0
  }

  /// A run of a cell has ended: finds of which globals it has changed something, while they have what they had then.
  ///
  /// - Parameter effort: about how much is looked at, as by `heldByGlobals`.
  public func endChanges(byRunOf owner: UInt32, effort: Int) {
    guard let (author, objects) = heap.state.pointee.changes.changes(byRunOf: owner) else { return }
    var slots: Set<Int> = []
    var rest = objects
    for slot in globalNames.indices where globals[slot].isObject {
      let object = RawPointer(globals[slot].header)
      if objects.contains(object) {
        slots.insert(slot)
        rest.remove(object)
      }
    }
    if !rest.isEmpty {
      let others = globalNames.indices.filter { globals[$0].isObject && !isHidden($0) }
      let reach = heap.reach(of: others.map { globals[$0] }, effort: effort, noted: [author: rest])
      slots.formUnion((reach.changes[author] ?? []).map { others[$0] })
      rest.subtract(reach.noted)
      if !reach.isComplete || !rest.isEmpty {
        heap.state.pointee.changes.end(author, changing: slots, isAll: false)
        return
      }
    }
    heap.state.pointee.changes.end(author, changing: slots, isAll: true)
  }

  /// Nobody will ask any more to what a run of a cell has assigned.
  public func forgetAssignments(by owner: UInt32) {
    heap.state.pointee.changes.forgetAssignments(by: owner)
  }

  @inline(never) func endChanges() {
    heap.state.pointee.beginChanges(by: nil)
    appendNative.header.pointee.aux = NativeObject.appends
  }
}
