/// vi's command mode, for a cell of many lines: keys become changes of a text. It does no input and no output.
///
/// A command is `[count] [operator] [count] motion`, or a letter by itself. What it means is worked out anew from all
/// its keys whenever one more has come, so there is no state but those keys, what was deleted or yanked last, and
/// what `;` and `.` repeat.
struct ViCommands {
  /// What keys come to.
  enum Effect: Equatable {
    /// More keys must follow.
    case pending
    case refused
    case move(Int)
    /// `isInserting`: what is typed next goes into the text.
    case change([UInt32], cursor: Int, isInserting: Bool)
    /// Up or down by lines, through the history where there are no more.
    case vertical(Int)
    case newer
    case undo
    /// What is typed next goes in place of what stands there.
    case overwrite
  }

  /// What must be asked of others.
  struct Surroundings {
    /// The place of the bracket that belongs to the one at a place.
    var partner: (Int) -> Int?
    /// How far a line is indented that begins at a place.
    var indentation: (Int) -> Int
  }

  enum Operator: UInt32 {
    case delete = 0x64
    case change = 0x63
    case yank = 0x79
  }

  /// A command whose keys are all there.
  struct Command: Equatable {
    var count: Int?
    var action: Operator?
    var key: Character
    /// The character that `f`, `r`, `g`, `i(` and others take.
    var argument: UInt32?
  }

  /// What was deleted or yanked last.
  struct Register: Equatable {
    var text: [UInt32] = []
    var isLinewise = false
  }

  /// Largest count; larger ones mean this.
  static let countLimit = 9_999
  /// Most keys of one command.
  private static let keyLimit = 16

  private var keys: [UInt32] = []
  private(set) var register = Register()
  var lastFind: (key: Character, target: UInt32)?
  private var lastChange: [UInt32] = []
  private var lastInserted: [UInt32] = []
  /// The text where an insertion began, and where.
  private var insertion: (text: [UInt32], cursor: Int)?
  /// How often it goes in, and what stands between two of them.
  private var repetition: (count: Int, separator: [UInt32]) = (1, [])

  /// A new cell: it begins with an insertion.
  mutating func reset() {
    keys = []
    insertion = ([], 0)
    repetition = (1, [])
    lastChange = [0x69]
  }

  mutating func forgetKeys() { keys = [] }

  /// Ends an insertion, and remembers for `.` what was inserted. Gives what a count adds to it, and where; nil where
  /// there is none.
  mutating func endInsertion(_ text: [UInt32]) -> (more: [UInt32], place: Int)? {
    keys = []
    guard let begun = insertion else { return nil }
    insertion = nil
    var prefix = 0
    while prefix < min(begun.cursor, text.count), begun.text[prefix] == text[prefix] { prefix += 1 }
    let tail = begun.text.count - begun.cursor
    lastInserted = prefix + tail <= text.count ? Array(text[prefix..<(text.count - tail)]) : []
    guard repetition.count > 1, prefix == begun.cursor, !lastInserted.isEmpty else { return nil }
    let one = repetition.separator + lastInserted
    guard one.count * repetition.count < LineEditor.cellLimit else { return nil }
    let more = Array(Array(repeating: one, count: repetition.count - 1).joined())
    lastInserted += more
    return (more, prefix + lastInserted.count - more.count)
  }

  /// Takes the next key.
  mutating func type(
    _ key: UInt32, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Effect {
    keys.append(key)
    switch Self.parse(keys) {
    case .incomplete where keys.count < Self.keyLimit: return .pending
    case .incomplete, .invalid:
      keys = []
      return .refused
    case .command(let command):
      defer { keys = [] }
      if command.key == "." { return again(command.count, text, cursor, surroundings) }
      let effect = perform(command, text, cursor, surroundings)
      if case .change(let changed, let place, let isInserting) = effect, command.action != .yank {
        lastChange = keys
        lastInserted = []
        if isInserting {
          insertion = (changed, place)
          repetition = Self.repetition(of: command, changed, place)
        }
      }
      return effect
    }
  }

  /// How often a command has what is typed go in; a line that was begun, each time in a line of its own.
  private static func repetition(
    of command: Command, _ text: [UInt32], _ place: Int
  ) -> (count: Int, separator: [UInt32]) {
    guard command.action == nil, let count = command.count else { return (1, []) }
    switch command.key {
    case "i", "a", "I", "A": return (count, [])
    case "o", "O": return (count, [10] + text[Lines.start(text, place)..<place])
    default: return (1, [])
    }
  }

  /// `.`: the last change again, with what was typed then.
  private mutating func again(
    _ count: Int?, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Effect {
    guard case .command(var command) = Self.parse(lastChange) else { return .refused }
    if let count { command.count = count }
    let effect = perform(command, text, cursor, surroundings)
    guard case .change(var changed, let place, true) = effect else { return effect }
    guard !lastInserted.isEmpty else { return .change(changed, cursor: place, isInserting: false) }
    changed.insert(contentsOf: lastInserted, at: place)
    let end = Clusters.start(changed, before: place + lastInserted.count)
    return .change(changed, cursor: end, isInserting: false)
  }

  // MARK: Keys to a command

  private enum Parsed {
    case incomplete, invalid
    case command(Command)
  }

  private static func parse(_ keys: [UInt32]) -> Parsed {
    var rest = keys[...]
    var command = Command(key: " ")
    command.count = count(&rest)
    if let action = rest.first.flatMap(Operator.init(rawValue:)) {
      rest.removeFirst()
      command.action = action
      if let more = count(&rest) { command.count = min(countLimit, (command.count ?? 1) * more) }
    }
    guard let key = rest.popFirst() else { return .incomplete }
    guard let scalar = Unicode.Scalar(key) else { return .invalid }
    command.key = Character(scalar)
    guard takesArgument(command) else { return .command(command) }
    command.argument = rest.popFirst()
    return command.argument == nil ? .incomplete : .command(command)
  }

  private static func count(_ keys: inout ArraySlice<UInt32>) -> Int? {
    var count: Int?
    while let digit = keys.first, (0x30...0x39).contains(digit), count != nil || digit != 0x30 {
      count = min(countLimit, (count ?? 0) * 10 + Int(digit - 0x30))
      keys.removeFirst()
    }
    return count
  }

  private static func takesArgument(_ command: Command) -> Bool {
    switch command.key {
    case "f", "F", "t", "T", "g": true
    case "r": command.action == nil
    case "i", "a": command.action != nil
    default: false
    }
  }

  // MARK: Commands

  private mutating func perform(
    _ command: Command, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Effect {
    if let effect = abbreviated(command, text, cursor, surroundings) { return effect }
    if let action = command.action {
      guard let range = range(of: command, text, cursor, surroundings) else { return .refused }
      return apply(action, to: range, text, cursor)
    }
    if let effect = insertion(command, text, cursor, surroundings) { return effect }
    switch command.key {
    case "u": return .undo
    case "R": return .overwrite
    case "j", "+": return .vertical(command.count ?? 1)
    case "k", "-": return .vertical(-(command.count ?? 1))
    case "p", "P": return put(command, text, cursor)
    case "r": return replace(command, text, cursor)
    case "~": return changeCase(command, text, cursor)
    case "J": return joinLines(command, text, cursor)
    default:
      guard let target = target(of: command, text, cursor, surroundings) else { return .refused }
      return .move(ViText.onCharacter(text, target.position))
    }
  }

  /// Letters that stand for an operator with its motion.
  private mutating func abbreviated(
    _ command: Command, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Effect? {
    guard command.action == nil else { return nil }
    let (action, key): (Operator, Character)
    switch command.key {
    case "x": (action, key) = (.delete, "l")
    case "X": (action, key) = (.delete, "h")
    case "D": (action, key) = (.delete, "$")
    case "s": (action, key) = (.change, "l")
    case "C": (action, key) = (.change, "$")
    case "S": (action, key) = (.change, "c")
    case "Y": (action, key) = (.yank, "y")
    default: return nil
    }
    return perform(
      Command(count: command.count, action: action, key: key), text, cursor, surroundings)
  }

  /// Letters after which text is typed.
  private func insertion(
    _ command: Command, _ text: [UInt32], _ cursor: Int, _ surroundings: Surroundings
  ) -> Effect? {
    let (start, end) = (Lines.start(text, cursor), Lines.end(text, cursor))
    switch command.key {
    case "i": return .change(text, cursor: cursor, isInserting: true)
    case "a":
      let after = cursor < end ? Clusters.end(text, from: cursor) : cursor
      return .change(text, cursor: after, isInserting: true)
    case "I": return .change(text, cursor: ViText.firstNonBlank(text, start), isInserting: true)
    case "A": return .change(text, cursor: end, isInserting: true)
    case "o":
      let line = [10] + Array(repeating: 0x20 as UInt32, count: surroundings.indentation(end))
      return .change(text[..<end] + line + text[end...], cursor: end + line.count, isInserting: true)
    case "O":
      let indentation = Array(text[start..<ViText.firstNonBlank(text, start)])
      return .change(
        text[..<start] + indentation + [10] + text[start...], cursor: start + indentation.count,
        isInserting: true)
    default: return nil
    }
  }

  private mutating func apply(
    _ action: Operator, to range: ViText.Range, _ text: [UInt32], _ cursor: Int
  ) -> Effect {
    guard range.isLinewise || !range.scalars.isEmpty else {
      // `cw` at the end of a line, `cl` on an empty one: nothing goes, and typing begins.
      return action == .change ? .change(text, cursor: range.scalars.lowerBound, isInserting: true) : .refused
    }
    register = Register(text: Array(text[range.scalars]), isLinewise: range.isLinewise)
    var changed = text
    let start = range.scalars.lowerBound
    switch action {
    case .yank:
      let isBelow = range.isLinewise && start == Lines.start(text, cursor)
      return .move(isBelow ? cursor : ViText.onCharacter(text, start))
    case .change where range.isLinewise:
      let indentation = ViText.firstNonBlank(text, start)
      changed.removeSubrange(indentation..<max(indentation, range.scalars.upperBound))
      return .change(changed, cursor: indentation, isInserting: true)
    case .change:
      changed.removeSubrange(range.scalars)
      return .change(changed, cursor: start, isInserting: true)
    case .delete where range.isLinewise:
      // With a line goes its line end; with the last one, the line end before it.
      let end = range.scalars.upperBound
      let all = end < text.count ? start..<(end + 1) : max(0, start - 1)..<end
      changed.removeSubrange(all)
      let place = Lines.start(changed, min(all.lowerBound, changed.count))
      return .change(changed, cursor: ViText.firstNonBlank(changed, place), isInserting: false)
    case .delete:
      changed.removeSubrange(range.scalars)
      return .change(changed, cursor: ViText.onCharacter(changed, start), isInserting: false)
    }
  }

  private func put(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Effect {
    let count = command.count ?? 1
    guard !register.text.isEmpty || register.isLinewise,
      register.text.count * count + text.count < LineEditor.cellLimit
    else { return .refused }
    let isBefore = command.key == "P"
    let copies = Array(repeating: register.text, count: count)
    var changed = text
    if register.isLinewise {
      let lines = Array(copies.joined(separator: [10]))
      let place = isBefore ? Lines.start(text, cursor) : Lines.end(text, cursor)
      changed.insert(contentsOf: isBefore ? lines + [10] : [10] + lines, at: place)
      let first = ViText.firstNonBlank(changed, isBefore ? place : place + 1)
      return .change(changed, cursor: first, isInserting: false)
    }
    let isInLine = cursor < Lines.end(text, cursor)
    let place = isBefore || !isInLine ? cursor : Clusters.end(text, from: cursor)
    let added = Array(copies.joined())
    changed.insert(contentsOf: added, at: place)
    let last = Clusters.start(changed, before: place + added.count)
    return .change(changed, cursor: last, isInserting: false)
  }

  private func replace(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Effect {
    guard let end = ViText.forward(text, cursor, command.count ?? 1), let new = command.argument, new >= 0x20
    else { return .refused }
    var changed = text
    let count = command.count ?? 1
    changed.replaceSubrange(cursor..<end, with: Array(repeating: new, count: count))
    return .change(changed, cursor: cursor + count - 1, isInserting: false)
  }

  private func changeCase(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Effect {
    let lineEnd = Lines.end(text, cursor)
    guard cursor < lineEnd else { return .refused }
    let end = ViText.forward(text, cursor, command.count ?? 1) ?? lineEnd
    let changed = String(scalars: text[cursor..<end]).map { character in
      character.isUppercase ? character.lowercased() : character.uppercased()
    }.joined().unicodeScalars.map(\.value)
    let whole = text[..<cursor] + changed + text[end...]
    let place = ViText.onCharacter(Array(whole), cursor + changed.count)
    return .change(Array(whole), cursor: place, isInserting: false)
  }

  /// `J`: the next lines become a part of this one. In a cell's last line it means what libedit's `J` does: a newer
  /// entry of the history.
  private func joinLines(_ command: Command, _ text: [UInt32], _ cursor: Int) -> Effect {
    guard text[cursor...].contains(10) else { return .newer }
    var changed = text
    var place = cursor
    for _ in 1..<max(2, command.count ?? 2) {
      let end = Lines.end(changed, place)
      guard end < changed.count else { break }
      let next = ViText.firstNonBlank(changed, end + 1)
      changed.replaceSubrange(end..<next, with: next < changed.count && changed[next] != 10 ? [0x20] : [])
      place = end
    }
    return .change(changed, cursor: ViText.onCharacter(changed, place), isInserting: false)
  }
}
