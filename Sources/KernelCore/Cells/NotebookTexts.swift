import Language

/// What the texts of a notebook's cells tell together, whatever has run.
struct NotebookTexts: Sendable {
  /// Each as it is by itself, by its number.
  let alone: [Int: CellText]
  /// In the notebook's order, with what each has to do with the others.
  let texts: [CellText]
  /// As if all had run.
  let staleness: Staleness
  let otherNames: OtherNames
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
    otherNames = OtherNames(texts, staleness)
    requests = OwnRequests(texts, staleness, otherNames).requested
  }

  /// Whether they are those of some cells, in that order.
  func areOf(_ cells: [(number: Int, text: String)]) -> Bool {
    texts.count == cells.count
      && zip(texts, cells).allSatisfy { $0.number == $1.number && $0.text == $1.text }
  }

  /// What a cell changes by other names.
  func changed(by number: Int) -> ChangedNames? {
    texts.firstIndex { $0.number == number }.flatMap { otherNames.changed[$0] }
  }

  /// What a cell assigns to and changes, by whatever names.
  func found(by number: Int) -> ChangedNames {
    var names = changed(by: number) ?? ChangedNames()
    names.atOnce.formUnion(staleness.assigned(by: number))
    names.later.formUnion(staleness.assigned(laterBy: number))
    return names
  }
}
