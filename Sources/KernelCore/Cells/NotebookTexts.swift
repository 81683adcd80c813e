import Language

/// What the texts of a notebook's cells tell together, whatever has run.
struct NotebookTexts: Sendable {
  /// Each as it is by itself, by its number.
  let alone: [Int: CellText]
  /// In the notebook's order, with what each has to do with the others.
  let texts: [CellText]
  /// As if all had run.
  let staleness: Staleness
  /// The places of the cells that declare a name.
  let declarers: [String: [Int]]
  /// What cells change by asking routes, by their places.
  let requests: [Int: ChangedNames]

  /// - Parameter known: texts that have been read already: reading one takes most of the time.
  init(_ cells: [(number: Int, text: String)], knowing known: NotebookTexts?) {
    var texts = cells.map { number, text in
      if let read = known?.alone[number], read.text == text { read } else { CellText(text, of: number) }
    }
    alone = Dictionary(uniqueKeysWithValues: texts.map { ($0.number, $0) })
    if texts.contains(where: \.mentionsAnyOut) { CellText.noteOuts(&texts) }
    CellText.follow(calls: &texts)
    CellText.noteMisspelt(&texts)
    var staleness = Staleness()
    for text in texts { staleness.ran(text.number, text.uses, since: CellDependencies.always) }
    (self.texts, self.staleness) = (texts, staleness)
    declarers = texts.enumerated().reduce(into: [:]) { declarers, cell in
      for name in cell.element.uses.declares { declarers[name, default: []].append(cell.offset) }
    }
    requests = OwnRequests(texts, staleness).requested
  }

  /// Whether they are those of some cells, in that order.
  func areOf(_ cells: [(number: Int, text: String)]) -> Bool {
    texts.count == cells.count
      && zip(texts, cells).allSatisfy { $0.number == $1.number && $0.text == $1.text }
  }

  /// What a cell assigns to and changes by the names that stand there, and in functions that it calls.
  func found(by number: Int) -> ChangedNames {
    ChangedNames(atOnce: staleness.assigned(by: number), later: staleness.assigned(laterBy: number))
  }
}
