// What several values have in common: who changes an array by one name changes it for all who have it.

/// What globals reach: arrays, dictionaries and variables held by functions.
public struct HeldByGlobals: Sendable {
  /// For each global those that reach one which it reaches, too.
  public var sharing: [String: Set<String>] = [:]
  /// Who has changed something that a global reaches and that they have not made.
  public var changes: [Author: Set<String>] = [:]
  /// The globals to which runs have assigned, and of which they had changed something when `endChanges` was called; as
  /// long as `forgetAssignments` was not.
  public var assignments: [Author: Set<String>] = [:]
  /// The runs of which not all of that is known.
  public var unclear: Set<Author> = []
  /// Whether all that routes have changed had been noted.
  public var knowsAnswers = true
  /// Whether all was looked at, and all changes had been noted.
  public var isComplete = true
}

extension Heap {
  /// What some values reach, by their places. What waits is not looked into.
  struct Reach {
    var sharing: [Set<Int>]
    /// By the place of an author among `ChangeNotes.authors`.
    var changes: [Int: Set<Int>] = [:]
    var isComplete = true
    /// What was come to of that which authors have changed.
    var noted: Set<RawPointer> = []
  }

  /// For each of some values the places of the others that reach an array, a dictionary or a variable held by functions
  /// which it reaches, too; and who has changed such a one.
  ///
  /// - Parameters:
  ///   - effort: about how much is looked at, an element being 1; what is beyond it counts as not shared.
  ///   - changed: what authors have changed.
  func reach(of values: [Value], effort: Int, noted changed: [Int: Set<RawPointer>]) -> Reach {
    var notes: [RawPointer: [Int]] = [:]
    for (author, objects) in changed { for object in objects { notes[object, default: []].append(author) } }
    var owners: [UnsafeMutablePointer<Header>: [Int32]] = [:]
    var reach = Reach(sharing: Array(repeating: [], count: values.count))
    var left = effort
    for (place, value) in values.enumerated() where value.isObject {
      var open = [value.header]
      while left > 0, let object = open.popLast() {
        switch UInt(object.pointee.kind) {
        case Tag.array, Tag.dictionary, Tag.box:
          left -= Heap.effortOfReaching
          var others = owners[object] ?? []
          if others.last == Int32(place) { continue }
          for other in others {
            reach.sharing[place].insert(Int(other))
            reach.sharing[Int(other)].insert(place)
          }
          others.append(Int32(place))
          owners[object] = others
          if !notes.isEmpty, let authors = notes[RawPointer(object)] {
            reach.noted.insert(RawPointer(object))
            for author in authors { reach.changes[author, default: []].insert(place) }
          }
        case Tag.closure, Tag.boundMethod, Tag.error, Tag.instance: left -= Heap.effortOfReaching
        default: continue
        }
        Heap.eachReference(of: RawPointer(object)) { inner in
          left -= 1
          switch UInt(inner.pointee.kind) {
          case Tag.array, Tag.dictionary, Tag.box, Tag.closure, Tag.boundMethod, Tag.error, Tag.instance:
            open.append(inner)
          default: break
          }
        }
      }
    }
    reach.isComplete = left > 0
    return reach
  }

  private static let effortOfReaching = 10
}

extension Machine {
  /// What globals that a notebook has declared have in common, and who has changed it.
  ///
  /// - Parameters:
  ///   - first: those that are looked at before the others.
  ///   - effort: about how much is looked at, an element being 1.
  public func heldByGlobals(first: Set<String>, effort: Int) -> HeldByGlobals {
    let names = declaredGlobals.filter { $0.kind == .let || $0.kind == .var }.map(\.name)
    let ordered = names.filter(first.contains) + names.filter { !first.contains($0) }
    let values = ordered.map { name in
      declaredGlobal(named: name).flatMap { global($0.slot)?.value } ?? .nil
    }
    let notes = heap.state.pointee.changes
    let reach = heap.reach(of: values, effort: effort, noted: notes.changed)
    var held = HeldByGlobals(
      knowsAnswers: !notes.hasLostAnswers, isComplete: reach.isComplete && !notes.isIncomplete)
    for (place, others) in reach.sharing.enumerated() where !others.isEmpty {
      held.sharing[ordered[place]] = Set(others.map { ordered[$0] })
    }
    for (number, places) in reach.changes {
      if let author = notes.authors[number] { held.changes[author] = Set(places.map { ordered[$0] }) }
    }
    for (number, slots) in notes.assigned {
      if let author = notes.authors[number] { held.assignments[author] = Set(slots.map { globalNames[$0] }) }
    }
    held.unclear = Set(notes.unclear.compactMap { notes.authors[$0] })
    return held
  }
}
