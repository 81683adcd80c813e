/// vi's command mode, where the keys are `ViCommands`' and the history is ours.
extension LineEditor {
  func viKey(_ key: UInt32, _ text: [UInt32], _ cursor: Int) -> Engine.Outcome {
    if key == 0x1B {
      vi.forgetKeys()
      return .refused
    }
    let surroundings = ViCommands.Surroundings(
      partner: { self.brackets.bracket(in: text, at: $0)?.partner },
      indentation: { Indentation(self.hooks).behind(text[..<$0]) })
    let effect = vi.type(key, text, cursor, surroundings)
    if case .vertical = effect {} else { goalColumn = nil }
    switch effect {
    case .pending, .refused: return .refused
    case .move(let position): engine.move(by: position - cursor)
    case .change(let changed, let place, let isInserting):
      guard changed.count <= Self.cellLimit else { return .refused }
      edits.isGrouping = isInserting
      engine.replaceAll(with: changed, cursor: place)
      if isInserting {
        // In command mode libedit takes the cursor off the end of the text.
        replacement = (changed, place)
        pendingCodes.insert(contentsOf: [scalar(.beginInsertion), scalar(.replace)], at: 0)
      }
    case .vertical(let count):
      for _ in 0..<min(abs(count), Self.viLineLimit) {
        let (text, cursor) = engine.state
        guard vertical(count.signum(), text, cursor) == .changed else { break }
      }
      stayOnCharacter()
    case .newer: return recallPrefix(backwards: false, text)
    case .overwrite:
      // libedit itself writes over what is there.
      edits.isGrouping = true
      pendingCodes.insert(scalar(.beginReplacement), at: 0)
    case .undo:
      guard restore(edits.undo(), text) == .changed else { return .refused }
      stayOnCharacter()
    }
    return .changed
  }

  /// Most lines that one command goes up or down.
  private static let viLineLimit = 1_000

  /// Escape: the cursor goes onto the character before it, and not to another line.
  func leaveInsertion(_ text: [UInt32], _ cursor: Int) {
    var (text, cursor) = (text, cursor)
    if let (more, place) = vi.endInsertion(text), text.count + more.count <= Self.cellLimit {
      text.insert(contentsOf: more, at: place)
      cursor = place + more.count
      engine.replaceAll(with: text, cursor: cursor)
      // Before the insertion is over: it is undone as a whole.
      noteEdit()
    }
    edits.isGrouping = false
    let isAtStart = cursor == Lines.start(text, cursor)
    // libedit's own command goes back by one scalar, wherever that leads.
    replacement = (text, isAtStart ? cursor : Clusters.start(text, before: cursor))
    pendingCodes.insert(contentsOf: [scalar(.endInsertion), scalar(.replace)], at: 0)
  }

  private func stayOnCharacter() {
    let (text, cursor) = engine.state
    engine.move(by: ViText.onCharacter(text, cursor) - cursor)
  }
}
