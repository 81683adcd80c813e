/// What our keys do to the cell. Each runs inside libedit, between two characters.
extension LineEditor {
  func perform(_ code: Engine.Code, _ key: UInt32) -> Engine.Outcome {
    if code != .up && code != .down { goalColumn = nil }
    if code != .olderWithPrefix && code != .newerWithPrefix { prefix = nil }
    if code != .complete && code != .completeBack { menu = nil }
    let (text, cursor) = engine.state
    switch code {
    case .enter: return enter(text, cursor)
    case .newline: insertLine(text, cursor)
    case .interrupt: return interrupt()
    case .endOfInput:
      if text.isEmpty { return finish(.endOfInput) }
      deleteForward(text, cursor)
    case .suspend: suspend()
    case .clear: show(painter.erase() + "\u{1B}[H\u{1B}[2J")
    case .up: return vertical(-1, text, cursor)
    case .down: return vertical(1, text, cursor)
    case .left: engine.move(by: -Self.step(back: text, from: cursor))
    case .right: right(text, cursor)
    case .lineStart, .moveToLineStart: engine.move(by: Self.lineStart(text, cursor) - cursor)
    case .lineEnd:
      if cursor == text.count { engine.insert(suggestion(for: text)) }
      engine.move(by: Self.lineEnd(text, cursor) - cursor)
    case .moveToLineEnd: engine.move(by: Self.lineEnd(text, cursor) - cursor)
    case .delete: deleteForward(text, cursor)
    case .acceptWord: acceptWord(text)
    case .olderWithPrefix: return recallPrefix(backwards: true, text)
    case .newerWithPrefix: return recallPrefix(backwards: false, text)
    case .oldest: recall(0, text)
    case .complete: return complete(text, cursor, step: 1)
    case .completeBack: return menu == nil ? .refused : complete(text, cursor, step: -1)
    case .paste: paste(text)
    case .replace: engine.replaceAll(with: replacement.text, cursor: replacement.cursor)
    case .searchBack: search = IncrementalSearch(original: text, cursor: cursor)
    case .closeBracket: closeBracket(key, text, cursor)
    case .wordLeft, .wordRight, .setMark, .killRegion: return .refused
    }
    return .changed
  }

  // MARK: The end of a cell

  private func finish(_ input: Input) -> Engine.Outcome {
    outcome = input
    paintFinal()
    return .done
  }

  private func interrupt() -> Engine.Outcome {
    outcome = .interrupted
    pendingCodes = []
    paintFinal(suffix: "^C")
    return .done
  }

  /// Runs a cell that is complete, or can never be; else begins its next line. An empty line at the end of a cell
  /// that wants more runs it all the same, so that the person is told what is missing.
  private func enter(_ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    guard text.contains(where: { !Self.isBlank($0) }) else {
      paintFinal()
      return .done
    }
    let isInLastLine = !text[cursor...].contains { !Self.isBlank($0) } || !text[cursor...].contains(10)
    let lastLine = text[Self.lineStart(text, text.count)...]
    let endsEmpty = lastLine.count < text.count && lastLine.allSatisfy(Self.isBlank)
    guard isInLastLine else {
      insertLine(text, cursor)
      return .changed
    }
    if !endsEmpty, case .incomplete(let indent) = hooks.completeness(String(scalars: text)) {
      if cursor == text.count {
        insert([10] + spaces(indent), into: text)
      } else {
        insertLine(text, cursor)
      }
      return .changed
    }
    var entered = text.filter { !(0x80...0x9F).contains($0) && $0 != 0 }
    while let last = entered.last, Self.isBlank(last) { entered.removeLast() }
    paintFinal()
    history.add(entered)
    outcome = .text(String(scalars: entered))
    return .done
  }

  /// Breaks the line at the cursor, with the indentation that the parser wants of what stands before.
  private func insertLine(_ text: [UInt32], _ cursor: Int) {
    var indent = 0
    if case .incomplete(let wanted) = hooks.completeness(String(scalars: text[..<cursor])) { indent = wanted }
    insert([10] + spaces(indent), into: text)
  }

  private func spaces(_ count: Int) -> [UInt32] { Array(repeating: 0x20, count: max(0, min(count, 200))) }

  /// A bracket that closes a block goes under the line that opened it.
  private func closeBracket(_ key: UInt32, _ text: [UInt32], _ cursor: Int) {
    let start = Self.lineStart(text, cursor)
    let typed = text[start..<cursor]
    if start > 0, typed.allSatisfy({ $0 == 0x20 }) {
      var indent = 0
      let closed = String(scalars: text[..<cursor] + [key])
      if case .incomplete(let wanted) = hooks.completeness(closed) { indent = wanted }
      if indent < typed.count { engine.deleteBack(typed.count - max(0, indent)) }
    }
    insert([key], into: text)
  }

  // MARK: Moving

  /// Up and Down: within the cell, keeping the column, then through the history.
  private func vertical(_ direction: Int, _ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    let start = Self.lineStart(text, cursor)
    let end = Self.lineEnd(text, cursor)
    if direction < 0 ? start == 0 : end == text.count {
      goalColumn = nil
      let target = place.index + direction
      guard (0...history.entries.count).contains(target) else { return .refused }
      recall(target, text)
      return .changed
    }
    let column = goalColumn ?? text[start..<cursor].reduce(0) { $0 + Layout.width(of: $1) }
    let target = direction < 0 ? Self.lineStart(text, start - 1) : end + 1
    let targetEnd = Self.lineEnd(text, target)
    var position = target
    var width = 0
    while position < targetEnd, width + Layout.width(of: text[position]) <= column {
      width += Layout.width(of: text[position])
      position += 1
    }
    engine.move(by: position - cursor)
    goalColumn = column
    return .changed
  }

  private func recall(_ index: Int, _ text: [UInt32]) {
    engine.replaceAll(with: place.move(to: index, leaving: text, in: history))
  }

  /// PageUp and PageDown: the entries that begin with what was typed.
  private func recallPrefix(backwards: Bool, _ text: [UInt32]) -> Engine.Outcome {
    let wanted = prefix ?? text
    prefix = wanted
    let found = history.find(from: place.index, backwards: backwards) {
      $0.starts(with: wanted) && $0 != text
    }
    guard let target = found ?? (backwards ? nil : history.entries.count), target != place.index else {
      return .refused
    }
    recall(target, text)
    return .changed
  }

  private func right(_ text: [UInt32], _ cursor: Int) {
    if cursor == text.count {
      engine.insert(suggestion(for: text))
    } else {
      engine.move(by: Self.step(forward: text, from: cursor))
    }
  }

  private func acceptWord(_ text: [UInt32]) {
    let suggestion = suggestion(for: text)
    func isWord(_ scalar: UInt32) -> Bool {
      Unicode.Scalar(scalar).map {
        $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
      } ?? false
    }
    let lead = suggestion.prefix { !isWord($0) }
    engine.insert(Array(lead + suggestion.dropFirst(lead.count).prefix(while: isWord)))
  }

  // MARK: Changing

  private func deleteForward(_ text: [UInt32], _ cursor: Int) {
    let count = Self.step(forward: text, from: cursor)
    engine.move(by: count)
    engine.deleteBack(count)
  }

  private func paste(_ text: [UInt32]) {
    let pasted = pastedText
    pastedText = []
    insert(pasted, into: text)
  }

  /// Inserts at the cursor, unless the cell would grow beyond its limit.
  private func insert(_ new: [UInt32], into text: [UInt32]) {
    guard text.count + new.count <= Self.cellLimit else {
      printAbove(
        StyledText(
          "not inserted: a cell holds at most \(Self.cellLimit) characters, these would be too many", .dim))
      return
    }
    engine.insert(new.filter { $0 != 0 })
  }

  /// Tab: indents at the beginning of a line, else completes; again, goes through the menu.
  private func complete(_ text: [UInt32], _ cursor: Int, step: Int) -> Engine.Outcome {
    if var open = menu {
      let old = open.inserted.count
      engine.move(by: open.start + old - cursor)
      engine.deleteBack(old)
      engine.insert(open.advance(by: step))
      menu = open
      return .changed
    }
    let start = Self.lineStart(text, cursor)
    if text[start..<cursor].allSatisfy(Self.isBlank), !text.isEmpty {
      insert([0x20, 0x20], into: text)
      return .changed
    }
    let map = OffsetMap(text)
    let found = hooks.complete(String(scalars: text), map.utf8(cursor))
    guard !found.candidates.isEmpty, let range = map.scalars(found.range), range.upperBound == cursor else {
      return .refused
    }
    let typed = Array(text[range])
    var common = CompletionMenu.commonPrefix(found.candidates)
    if common.count < typed.count { common = typed }
    engine.deleteBack(typed.count)
    engine.insert(common)
    if found.candidates.count > 1 {
      menu = CompletionMenu(
        candidates: found.candidates, start: range.lowerBound, inserted: common, typed: typed)
    }
    return .changed
  }

  // MARK: Lines and steps

  private static func isBlank(_ scalar: UInt32) -> Bool { scalar == 0x20 || scalar == 9 || scalar == 10 }

  static func lineStart(_ text: [UInt32], _ position: Int) -> Int {
    (text[..<position].lastIndex(of: 10) ?? -1) + 1
  }

  static func lineEnd(_ text: [UInt32], _ position: Int) -> Int {
    text[position...].firstIndex(of: 10) ?? text.count
  }

  /// How many scalars the next character has, with its combining marks.
  private static func step(forward text: [UInt32], from position: Int) -> Int {
    guard position < text.count else { return 0 }
    var end = position + 1
    while end < text.count, isMark(text[end]) { end += 1 }
    return end - position
  }

  private static func step(back text: [UInt32], from position: Int) -> Int {
    guard position > 0 else { return 0 }
    var start = position - 1
    while start > 0, isMark(text[start]) { start -= 1 }
    return position - start
  }

  private static func isMark(_ scalar: UInt32) -> Bool {
    scalar >= 0x300 && !Sanitizer.isControl(scalar) && Layout.width(of: scalar) == 0
  }
}
