import Glibc

/// From keys to what the engine is handed: it is called for each character, waits for the terminal, and paints when
/// nothing more has been typed.
extension LineEditor {
  func nextCharacter() -> Unicode.Scalar? {
    while outcome == nil {
      if !pendingCodes.isEmpty { return pendingCodes.removeFirst() }
      noteEdit()
      guard let key = nextKey() else {
        endInput()
        return nil
      }
      if handledBySearch(key) || handledByMenu(key) { continue }
      if holds(key) { continue }
      pendingCodes = codes(for: withHeldEscape(key))
      isAfterPrefix = key == .control("x") && !isAfterPrefix
      takesNextLiterally = key == .control("v") || key == .control("q")
    }
    return nil
  }

  /// Whether a key is Escape alone with Emacs' keys, which waits for the next one: a character that follows is as one
  /// typed with Alt, and any other key means what it always does.
  private func holds(_ key: Key) -> Bool {
    guard key == .escape, !engine.isVi, !isAfterPrefix, !takesNextLiterally else { return false }
    holdsEscape = true
    return true
  }

  private func withHeldEscape(_ key: Key) -> Key {
    guard holdsEscape else { return key }
    holdsEscape = false
    if case .character(let scalar) = key, key != .control("c") { return .meta(scalar) }
    return key
  }

  /// The next key. Nil at the end of input.
  private func nextKey() -> Key? {
    while true {
      if let key = terminal.takeKey() { return key }
      if terminal.isInputClosed { return nil }
      if !terminal.hasInput { paint() }
      switch terminal.waitForEvent(-1) {
      case .keys, .woken, .resized, .timeout: break
      case .continued: resume()
      }
    }
  }

  /// Takes the terminal again after a stop; the shell has written where the block was. What was noted until now is
  /// known with that: heard again, it would paint the block once more below itself.
  func resume() {
    terminal.takeNotices()
    painter.forget()
    terminal.enterRaw(afterStop: true)
    show("\r\u{1B}[J")
  }

  func suspend() {
    show(painter.erase())
    TerminalModes.restore()
    TerminalModes.stop()
    resume()
  }

  private func endInput() {
    guard outcome == nil else { return }
    outcome = .endOfInput
    show(painter.leave())
  }

  func scalar(_ code: Engine.Code) -> Unicode.Scalar { Unicode.Scalar(code.rawValue)! }

  /// What the engine gets for a key.
  private func codes(for key: Key) -> [Unicode.Scalar] {
    switch key {
    case .character(let scalar): return lineCommand(scalar)?.map { self.scalar($0) } ?? [scalar]
    case .meta("f") where !engine.isVi && hasSuggestion: return [scalar(.acceptWord)]
    // Alt-x opens a prompt of libedit's own, which drops what was typed.
    case .meta("x") where !engine.isVi, .meta("X") where !engine.isVi: return []
    case .meta(let scalar): return ["\u{1B}", scalar]
    case .paste(let text):
      pastedText = text.unicodeScalars.map(\.value)
      return [scalar(.paste)]
    case .named(let name):
      switch name {
      case .up: return [scalar(.up)]
      case .down: return [scalar(.down)]
      case .left: return [scalar(.left)]
      case .right: return [scalar(.right)]
      case .home: return [scalar(.lineStart)]
      case .end: return [scalar(.lineEnd)]
      case .delete: return [scalar(.delete)]
      case .pageUp: return [scalar(.olderWithPrefix)]
      case .pageDown: return [scalar(.newerWithPrefix)]
      case .wordLeft: return [scalar(.wordLeft)]
      case .wordRight: return [scalar(hasSuggestion ? .acceptWord : .wordRight)]
      case .backTab: return [scalar(.completeBack)]
      case .newline: return [scalar(.newline)]
      case .edit: return [scalar(.editElsewhere)]
      }
    }
  }

  /// Ctrl-K and Ctrl-U mean the line the cursor is in. libedit's own commands take the whole cell, and only its own
  /// commands fill its kill ring, so a line is killed as a region.
  private func lineCommand(_ scalar: Unicode.Scalar) -> [Engine.Code]? {
    guard !engine.isVi, !isAfterPrefix, scalar == "\u{0B}" || scalar == "\u{15}",
      engine.state.text.contains(10)
    else { return nil }
    if scalar == "\u{15}" { return [.moveToLineStart, .setMark, .moveToLineEnd, .killRegion] }
    let (text, cursor) = engine.state
    // At the end of a line, Ctrl-K joins it with the next.
    if cursor < text.count, text[cursor] == 10 { return [.delete] }
    return [.setMark, .moveToLineEnd, .killRegion]
  }

  private var hasSuggestion: Bool {
    let (text, cursor) = engine.state
    return cursor == text.count && !suggestion(for: text).isEmpty
  }

  // MARK: Search and menu

  /// While a search is on, keys belong to it. A key that ends it goes on to mean what it always does.
  private func handledBySearch(_ key: Key) -> Bool {
    guard search != nil else { return false }
    switch key {
    case .control("r"), .named(.up): search?.next(backwards: true, in: history)
    case .control("s"), .named(.down): search?.next(backwards: false, in: history)
    case .control("h"), .character("\u{7F}"): search?.erase(in: history)
    case .control("g"), .control("c"): search = nil
    case .control("l"): show(painter.erase() + "\u{1B}[H\u{1B}[2J")
    case .character(let scalar) where scalar.value >= 0x20 && search!.query.count < 1_000:
      search?.type(scalar.value, in: history)
    case .paste(let text):
      for scalar in text.unicodeScalars.prefix(1_000) { search?.type(scalar.value, in: history) }
    default:
      // Enter takes the entry as a whole, as if the cursor stood at its end, and runs it; not in vi's command mode,
      // where it ends the search, nor where nothing was found.
      let isEnter = key == .control("m") || key == .control("j")
      let endsOnly = key == .escape || isEnter && (search!.isFailing || engine.isVi && !engine.isInserting)
      accept(search!, atEnd: isEnter)
      if !endsOnly { pendingCodes += codes(for: key) }
    }
    return true
  }

  private func accept(_ search: IncrementalSearch, atEnd: Bool) {
    if let match = search.match {
      _ = place.move(to: match, leaving: engine.state.text, in: history)
      let text = search.text(in: history)
      replacement = (text, atEnd ? text.count : search.range(in: history)?.upperBound ?? text.count)
      pendingCodes = [scalar(.replace)]
    }
    self.search = nil
  }

  /// While the menu is open, arrows and Enter belong to it. Any other key closes it and means what it always does.
  private func handledByMenu(_ key: Key) -> Bool {
    guard let menu else { return false }
    switch key {
    case .control("i"), .named(.backTab): return false
    case .named(.down), .control("n"): pendingCodes = [scalar(.complete)]
    case .named(.up), .control("p"): pendingCodes = [scalar(.completeBack)]
    case .control("m"), .control("j"):
      self.menu = nil
      return menu.selected != nil
    case .escape, .control("g"):
      self.menu = nil
      guard menu.selected != nil else { return key == .control("g") || !engine.isVi }
      var text = engine.state.text
      text.replaceSubrange(menu.start..<(menu.start + menu.inserted.count), with: menu.typed)
      replacement = (text, menu.start + menu.typed.count)
      pendingCodes = [scalar(.replace)]
    default:
      self.menu = nil
      return false
    }
    return true
  }
}
