/// What was typed while a cell was waited for, as the texts that it comes to when cells are read again.
///
/// Plain typing, line ends, erasing, pastes and moving within a line mean what they mean to the editor. Other keys, such as
/// Up and Tab, are passed over: a text may then read otherwise in the end, and is there all the same.
struct TypedAhead {
  /// A text of more scalars is not looked at again for each of its lines.
  private static let parsedLimit = 64 << 10

  /// What was entered, the oldest first.
  var entered: [String] { items.map(\.text) }
  /// What has been typed since, without its Enter, and where the cursor is in it.
  private var unfinished: [UInt32] = []
  private var cursor = 0
  /// Whether keys were passed over in it.
  private(set) var isDoubtful = false
  /// The texts that were entered, each with the number of the key that follows its Enter.
  private var items: [(text: String, end: Int)] = []
  /// The numbers of the first key that waited when it was last looked, and of the one that follows the last.
  private var (first, next) = (0, 0)
  /// With vi's keys Escape was typed: what follows it up to the next Enter are commands.
  private var isUnknown = false

  private let hooks: Hooks
  private let isVi: Bool

  init(hooks: Hooks, isVi: Bool) {
    self.hooks = hooks
    self.isVi = isVi
  }

  /// All texts, with the one that has no Enter yet.
  var texts: [String] {
    unfinished.allSatisfy(Lines.isBlank) ? entered : entered + [String(scalars: unfinished)]
  }

  /// Looks at the keys that wait now. Keys are numbered as they came; `number` is that of the first that waits.
  mutating func follow(_ keys: ArraySlice<Key>, from number: Int) {
    if number != first {
      // What was read since is gone from here. Within a text, all is looked at anew.
      if let read = items.firstIndex(where: { $0.end == number }) {
        items.removeFirst(read + 1)
      } else {
        (items, next) = ([], number)
        begin()
      }
      first = number
    }
    for key in keys.dropFirst(next - number) {
      next += 1
      take(key)
    }
  }

  private mutating func take(_ key: Key) {
    switch key {
    case .control("m"), .control("j"): enter()
    case _ where isUnknown: break
    case .named(.newline), .meta("\r"), .meta("\n"): insert([10])
    case .paste(let text): insert(text.unicodeScalars.map(\.value))
    case .escape where isVi: (isUnknown, isDoubtful) = (true, true)
    case .named(.left): cursor = Clusters.start(unfinished, before: cursor)
    case .named(.right): cursor = Clusters.end(unfinished, from: cursor)
    case .named(.home): cursor = Lines.start(unfinished, cursor)
    case .named(.end): cursor = Lines.end(unfinished, cursor)
    case .named(.delete): erase(to: Clusters.end(unfinished, from: cursor))
    case .control("h"), .character("\u{7F}"): erase(to: Clusters.start(unfinished, before: cursor))
    case .control("u"): erase(to: Lines.start(unfinished, cursor))
    case .character(let scalar) where scalar.value >= 0x20:
      if Indentation.closingBrackets.contains(scalar.value) {
        let excess = Indentation(hooks).excess(in: Array(unfinished[..<cursor]), before: scalar.value)
        erase(to: cursor - excess)
      }
      insert([scalar.value])
    case .character, .meta, .named: isDoubtful = true
    }
  }

  private mutating func begin() { (unfinished, cursor, isDoubtful, isUnknown) = ([], 0, false, false) }

  private mutating func insert(_ text: [UInt32]) {
    guard unfinished.count + text.count <= LineEditor.cellLimit else { return }
    let text = text.filter { $0 != 0 }
    unfinished.insert(contentsOf: text, at: cursor)
    cursor += text.count
  }

  private mutating func erase(to place: Int) {
    unfinished.removeSubrange(min(place, cursor)..<max(place, cursor))
    cursor = min(place, cursor)
  }

  private mutating func enter() {
    isUnknown = false
    if unfinished.allSatisfy(Lines.isBlank) { return begin() }
    if unfinished[cursor...].contains(10) { return insert([10]) }
    let lastLine = unfinished[Lines.start(unfinished, unfinished.count)...]
    let endsEmpty = lastLine.count < unfinished.count && lastLine.allSatisfy(Lines.isBlank)
    guard unfinished.count <= TypedAhead.parsedLimit || endsEmpty else { return insert([10]) }
    if case .incomplete(let indent, let isInText) = hooks.completeness(String(scalars: unfinished)),
      !endsEmpty || isInText
    {
      return insert([10] + Indentation.spaces(indent))
    }
    while let last = unfinished.last, Lines.isBlank(last) { unfinished.removeLast() }
    items.append((String(scalars: unfinished), next))
    begin()
  }
}
