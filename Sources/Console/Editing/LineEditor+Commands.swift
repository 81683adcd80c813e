/// What our keys do to the cell. Each runs inside libedit, between two characters.
extension LineEditor {
  func perform(_ code: Engine.Code, _ key: UInt32) -> Engine.Outcome {
    if code != .up && code != .down && code != .viKey { goalColumn = nil }
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
    case .left: engine.move(by: Clusters.start(text, before: cursor) - cursor)
    case .right: right(text, cursor)
    case .lineStart, .moveToLineStart: engine.move(by: Lines.start(text, cursor) - cursor)
    case .lineEnd:
      if cursor == text.count { engine.insert(suggestion(for: text)) }
      engine.move(by: Lines.end(text, cursor) - cursor)
    case .moveToLineEnd: engine.move(by: Lines.end(text, cursor) - cursor)
    case .wordLeft: engine.move(by: Lines.wordStart(text, cursor) - cursor)
    case .wordRight: engine.move(by: Lines.wordEnd(text, cursor) - cursor)
    case .spaceLeft: engine.move(by: Lines.spaceEnd(text, cursor) - cursor)
    case .delete: deleteForward(text, cursor)
    case .acceptWord: acceptWord(text)
    case .olderWithPrefix: return recallPrefix(backwards: true, text)
    case .newerWithPrefix: return recallPrefix(backwards: false, text)
    case .oldest:
      refreshHistory()
      if history.entries.isEmpty { return .refused }
      recall(0, text)
    case .complete: return complete(text, cursor, step: 1)
    case .completeBack: return menu == nil ? outdent(text, cursor) : complete(text, cursor, step: -1)
    case .paste: paste(text)
    case .replace: engine.replaceAll(with: replacement.text, cursor: replacement.cursor)
    case .searchBack:
      refreshHistory()
      search = IncrementalSearch(original: text, cursor: cursor)
    case .closeBracket: closeBracket(key, text, cursor)
    case .deleteBack: engine.deleteBack(cursor - Clusters.start(text, before: cursor))
    case .killToLineStart: engine.deleteBack(cursor - Lines.start(text, cursor))
    case .transpose: return transpose(text, cursor)
    case .openLine: openLine(text, cursor)
    case .undo: return restore(edits.undo(), text)
    case .redo: return restore(edits.redo(), text)
    case .editElsewhere: editElsewhere(text)
    case .leaveInsertion: leaveInsertion(text, cursor)
    case .viKey: return viKey(key, text, cursor)
    case .setMark, .killRegion, .beginInsertion, .beginReplacement, .endInsertion:
      return .refused
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
    guard text.contains(where: { !Lines.isBlank($0) }) else {
      paintFinal()
      return .done
    }
    let isInLastLine = !text[cursor...].contains { !Lines.isBlank($0) } || !text[cursor...].contains(10)
    let lastLine = text[Lines.start(text, text.count)...]
    let endsEmpty = lastLine.count < text.count && lastLine.allSatisfy(Lines.isBlank)
    let isCommand = engine.isVi && !engine.isInserting
    guard isInLastLine || isCommand else {
      insertLine(text, cursor)
      return .changed
    }
    // vi's Enter goes down, and in command mode nothing is inserted.
    if isCommand, !isInLastLine, case .incomplete = hooks.completeness(String(scalars: text)) {
      return vertical(1, text, cursor)
    }
    if case .incomplete(let indent, let isInText) = hooks.completeness(String(scalars: text)),
      !endsEmpty || isInText
    {
      if cursor == text.count {
        insert([10] + (takeOpenLines(behind: text) ?? Indentation.spaces(indent)), into: text)
      } else {
        insertLine(text, cursor)
      }
      return .changed
    }
    var entered = text.filter { $0 != 0 }
    while let last = entered.last, Lines.isBlank(last) { entered.removeLast() }
    paintFinal()
    history.add(entered)
    outcome = .text(String(scalars: entered))
    return .done
  }

  /// Breaks the line at the cursor, with the indentation that the parser wants of what stands before. Between two
  /// brackets the second one gets a line of its own.
  private func insertLine(_ text: [UInt32], _ cursor: Int) {
    let blanks = text[cursor...].prefix { $0 == 0x20 || $0 == 9 }.count
    engine.move(by: blanks)
    engine.deleteBack(blanks)
    let inner = [10] + Indentation.spaces(Indentation(hooks).behind(text[..<cursor]))
    guard cursor + blanks < text.count, Indentation.closingBrackets.contains(text[cursor + blanks]) else {
      return insert(inner, into: text)
    }
    let closed = Array(text[..<cursor]) + [text[cursor + blanks]]
    let outer = [10] + Indentation.spaces(Indentation(hooks).ofClosing(closed))
    let isBetween = cursor > 0 && Indentation.openingBrackets.contains(text[cursor - 1])
    insert(isBetween ? inner + outer : outer, into: text)
    if isBetween { engine.moveTo(cursor + inner.count) }
  }

  /// Ctrl-O: a line below, with the indentation that belongs there; the cursor stays.
  private func openLine(_ text: [UInt32], _ cursor: Int) {
    insertLine(text, cursor)
    engine.moveTo(cursor)
  }

  /// A bracket that closes a block goes under the line that opened it.
  private func closeBracket(_ key: UInt32, _ text: [UInt32], _ cursor: Int) {
    engine.deleteBack(Indentation(hooks).excess(in: Array(text[..<cursor]), before: key))
    insert([key], into: text)
  }

  // MARK: Moving

  /// Up and Down: within the cell, keeping the column, then through the history.
  func vertical(_ direction: Int, _ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    let start = Lines.start(text, cursor)
    let end = Lines.end(text, cursor)
    if direction < 0 ? start == 0 : end == text.count {
      goalColumn = nil
      if place.entry == nil { refreshHistory() }
      let count = history.entries.count
      let target = (place.entry ?? count) + direction
      guard (0...count).contains(target) else { return .refused }
      recall(target, text)
      return .changed
    }
    let column = goalColumn ?? Lines.width(text, start..<cursor)
    let target = direction < 0 ? Lines.start(text, start - 1) : end + 1
    engine.move(by: Lines.position(text, from: target, column: column) - cursor)
    goalColumn = column
    return .changed
  }

  /// Goes to an entry of the history; behind the newest is the draft.
  func recall(_ index: Int, _ text: [UInt32]) {
    let entry = index < history.entries.count ? index : nil
    engine.replaceAll(with: place.move(to: entry, leaving: text, in: history))
  }

  /// Takes over what was entered in other windows since. It is for whatever begins to look through the history, and not
  /// for each key.
  func refreshHistory() { place.drop(oldest: history.refresh()) }

  /// PageUp and PageDown: the entries that begin with what was typed.
  func recallPrefix(backwards: Bool, _ text: [UInt32]) -> Engine.Outcome {
    let wanted = prefix ?? text
    prefix = wanted
    if place.entry == nil { refreshHistory() }
    let here = place.entry ?? history.entries.count
    let found = history.find(from: here, backwards: backwards) {
      $0.starts(with: wanted) && $0 != text
    }
    guard let target = found ?? (backwards ? nil : history.entries.count), target != here else {
      return .refused
    }
    recall(target, text)
    return .changed
  }

  private func right(_ text: [UInt32], _ cursor: Int) {
    if cursor == text.count {
      engine.insert(suggestion(for: text))
    } else {
      engine.move(by: Clusters.end(text, from: cursor) - cursor)
    }
  }

  private func acceptWord(_ text: [UInt32]) {
    let suggestion = suggestion(for: text)
    engine.insert(Array(suggestion[..<Lines.wordEnd(suggestion, 0)]))
  }

  // MARK: Changing

  private func deleteForward(_ text: [UInt32], _ cursor: Int) {
    let count = Clusters.end(text, from: cursor) - cursor
    engine.move(by: count)
    engine.deleteBack(count)
  }

  /// Exchanges the characters around the cursor; at the end of a line, the two before it.
  private func transpose(_ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    let atEnd = cursor == Lines.end(text, cursor)
    let middle = atEnd ? Clusters.start(text, before: cursor) : cursor
    let start = Clusters.start(text, before: middle)
    guard middle > Lines.start(text, cursor) else { return .refused }
    let end = Clusters.end(text, from: middle)
    var changed = text
    changed.replaceSubrange(start..<end, with: text[middle..<end] + text[start..<middle])
    engine.replaceAll(with: changed, cursor: end)
    return .changed
  }

  /// Tells the undo list what the last key did, whoever did it.
  func noteEdit() {
    let state = engine.state
    let text = state.text
    var cursor = state.cursor
    if !Clusters.isBoundary(text, cursor) {
      // libedit takes a mark for no part of its word.
      cursor = Clusters.end(text, from: Clusters.start(text, before: cursor))
      engine.moveTo(cursor)
    }
    edits.note(UndoList.State(text: text, cursor: cursor, place: place.entry))
  }

  func restore(_ state: UndoList.State?, _ text: [UInt32]) -> Engine.Outcome {
    guard let state else { return .refused }
    if state.place != place.entry { _ = place.move(to: state.place, leaving: text, in: history) }
    engine.replaceAll(with: state.text, cursor: state.cursor)
    return .changed
  }

  /// Hands the cell to the person's own editor. What was saved there is the cell now, and is not run.
  private func editElsewhere(_ text: [UInt32]) {
    do throws(ExternalEditor.Failure) {
      let edited = try edit(String(scalars: text), with: externalEditor).unicodeScalars.map(\.value)
      guard edited.count <= Self.cellLimit else { return sayTooLong() }
      if edited != text { engine.replaceAll(with: edited.filter { $0 != 0 }) }
    } catch {
      printAbove(StyledText("\(error)".wrapped(to: terminal.size.columns), Style(.red)))
    }
  }

  private func paste(_ text: [UInt32]) {
    let pasted = pastedText
    pastedText = []
    insert(pasted, into: text)
  }

  /// Inserts at the cursor, unless the cell would grow beyond its limit.
  private func insert(_ new: [UInt32], into text: [UInt32]) {
    guard text.count + new.count <= Self.cellLimit else { return sayTooLong() }
    engine.insert(new.filter { $0 != 0 })
  }

  private func sayTooLong() {
    printAbove(
      StyledText(
        "not inserted: a cell holds at most \(Self.cellLimit) characters, these would be too many", .dim))
  }

  /// Shift-Tab: takes a step of indentation from the line, and leaves the cursor on its character.
  private func outdent(_ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    let start = Lines.start(text, cursor)
    let blanks = text[start...].prefix { $0 == 0x20 }.count
    guard blanks > 0 else { return .refused }
    let count = (blanks - 1) % Layout.tabWidth + 1
    var changed = text
    changed.removeSubrange(start..<(start + count))
    engine.replaceAll(with: changed, cursor: max(start, cursor - count))
    return .changed
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
    let start = Lines.start(text, cursor)
    if text[start..<cursor].allSatisfy(Lines.isBlank), !text.isEmpty {
      insert(Indentation.spaces(Layout.tabWidth - (cursor - start) % Layout.tabWidth), into: text)
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
}
