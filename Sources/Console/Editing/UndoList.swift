/// What was done to the cell being typed, so that it can be undone and done again. It is told the state after each
/// key and finds the change itself, whoever made it. A run of typed characters is one step for each word.
struct UndoList {
  /// Most steps that are kept.
  static let stepLimit = 1_000
  /// Most scalars that all steps hold together. A step that is longer can't be undone, nor what was before it.
  static let sizeLimit = 4_000_000

  /// The cell at one moment. `place` is the entry of the history that it is; nil for the draft.
  struct State: Equatable {
    var text: [UInt32] = []
    var cursor = 0
    var place: Int?
  }

  private struct Step {
    var position: Int
    var removed: [UInt32]
    var inserted: [UInt32]
    var before: (cursor: Int, place: Int?)
    var after: (cursor: Int, place: Int?)
    /// Steps of one number are undone together.
    var group = 0

    var size: Int { removed.count + inserted.count }
  }

  private var current: State
  private var done: [Step] = []
  private var undone: [Step] = []
  private var size = 0
  /// Whether the next character may join the last step.
  private var isOpen = false
  private var group = 0
  /// Whether all that is done now is one step in the end: what is typed in vi from the command that began it to Escape.
  var isGrouping = false {
    didSet { close() }
  }

  /// Whether nothing was done, nor taken back.
  var isEmpty: Bool { done.isEmpty && undone.isEmpty }

  init(_ state: State = State()) { current = state }

  /// Tells the state as it is now.
  mutating func note(_ state: State) {
    defer { current = state }
    guard state.text != current.text else {
      if state.cursor != current.cursor { isOpen = false }
      return
    }
    var step = change(to: state)
    undone = []
    if isOpen, step.size == 1, var last = done.last, Self.join(&last, step) {
      done[done.count - 1] = last
    } else {
      if !isGrouping { group += 1 }
      step.group = group
      done.append(step)
    }
    size += step.size
    isOpen = step.size == 1
    keepBounds()
  }

  /// What comes next is a step of its own.
  mutating func close() {
    isOpen = false
    group += 1
  }

  /// The state before the last step; nil where there is none.
  mutating func undo() -> State? {
    guard let group = done.last?.group else { return nil }
    while done.last?.group == group { takeBack() }
    return current
  }

  /// The state after the step that was undone last; nil where there is none, or something was typed since.
  mutating func redo() -> State? {
    guard let group = undone.last?.group else { return nil }
    while undone.last?.group == group { doAgain() }
    return current
  }

  private mutating func takeBack() {
    guard let step = done.popLast() else { return }
    size -= step.size
    undone.append(step)
    let end = step.position + step.inserted.count
    current.text.replaceSubrange(step.position..<end, with: step.removed)
    (current.cursor, current.place) = step.before
    isOpen = false
  }

  private mutating func doAgain() {
    guard let step = undone.popLast() else { return }
    done.append(step)
    size += step.size
    let end = step.position + step.removed.count
    current.text.replaceSubrange(step.position..<end, with: step.inserted)
    (current.cursor, current.place) = step.after
    isOpen = false
  }

  /// What lies between what both texts begin with and what both end with.
  private func change(to state: State) -> Step {
    let (old, new) = (current.text, state.text)
    // Of equal characters the ones around the cursor are meant: "aa" grows where it was typed.
    let shared = min(old.count, new.count)
    let prefixLimit = min(shared, max(0, min(current.cursor, state.cursor)))
    var prefix = 0
    while prefix < prefixLimit, old[prefix] == new[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < shared - prefix, old[old.count - 1 - suffix] == new[new.count - 1 - suffix] { suffix += 1 }
    return Step(
      position: prefix, removed: Array(old[prefix..<(old.count - suffix)]),
      inserted: Array(new[prefix..<(new.count - suffix)]),
      before: (current.cursor, current.place), after: (state.cursor, state.place))
  }

  /// Adds a step to the last one where both are of the same kind, next to each other, and within a word.
  private static func join(_ last: inout Step, _ step: Step) -> Bool {
    guard last.after.place == step.after.place else { return false }
    if last.removed.isEmpty, step.removed.isEmpty {
      guard step.inserted.count == 1, step.position == last.position + last.inserted.count,
        let (old, new) = pair(last.inserted.last, step.inserted.first), new != 10,
        !(Lines.isBlank(old) && !Lines.isBlank(new))
      else { return false }
      last.inserted += step.inserted
    } else if last.inserted.isEmpty, step.inserted.isEmpty {
      guard let (old, new) = pair(last.removed.first, step.removed.last),
        Lines.isBlank(old) || !Lines.isBlank(new)
      else { return false }
      if step.position + step.removed.count == last.position {
        last.position = step.position
        last.removed = step.removed + last.removed
      } else if step.position == last.position {
        last.removed += step.removed
      } else {
        return false
      }
    } else {
      return false
    }
    last.after = step.after
    return true
  }

  private static func pair(_ old: UInt32?, _ new: UInt32?) -> (UInt32, UInt32)? {
    old.flatMap { old in new.map { (old, $0) } }
  }

  private mutating func keepBounds() {
    var dropped = 0
    while dropped < done.count, size > Self.sizeLimit || done.count - dropped > Self.stepLimit {
      size -= done[dropped].size
      dropped += 1
    }
    if dropped > 0 { done.removeFirst(dropped) }
  }
}
