/// What cells of an edited notebook are to declare that have not run as they read now: until then what others declared the
/// same before is not taken away.
public struct AwaitedDeclarations: Sendable {
  /// How many cells are to declare each.
  private var counts: [CellText.Declaration: Int] = [:]
  private var declarations: [Int: [CellText.Declaration]] = [:]
  /// Those that cells further up declare, too.
  private(set) var shared: Set<CellText.Declaration> = []

  public init() {}

  /// - Parameters:
  ///   - texts: the notebook, in its order.
  ///   - pending: the cells that are new or edited, and have not run since.
  init(_ texts: [CellText], pending: Set<Int>) {
    if pending.isEmpty { return }
    // Of a name or route the last has it; what stands side by side is there when all have run.
    var last: [CellText.Declaration: Int] = [:]
    for text in texts {
      for declaration in text.declares {
        if last.updateValue(text.number, forKey: declaration) != nil { shared.insert(declaration) }
      }
      if pending.contains(text.number) { declarations[text.number] = Array(text.surrounds) }
    }
    for (declaration, cell) in last where pending.contains(cell) {
      declarations[cell, default: []].append(declaration)
    }
    for declaration in declarations.values.joined() { counts[declaration, default: 0] += 1 }
    shared = shared.filter(contains)
  }

  func contains(_ declaration: CellText.Declaration) -> Bool { counts[declaration] != nil }

  /// A cell has run.
  mutating func ran(_ cell: Int) {
    for declaration in declarations.removeValue(forKey: cell) ?? [] {
      let left = (counts[declaration] ?? 1) - 1
      counts[declaration] = left > 0 ? left : nil
    }
  }
}
