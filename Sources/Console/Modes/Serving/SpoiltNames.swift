import KernelCore

/// The names that cells have changed that have run again since then, are gone or have failed. Those that guards use are to
/// be declared anew; the others may come to be used by one.
///
/// A cell that is to run may never do so, since another fails that it depends on. Then what it had changed is in force,
/// and nothing is to be declared anew for it. So what it adds counts when it is about to begin.
struct SpoiltNames {
  /// Those that have not been declared anew. A change of the file leaves them as they are.
  private(set) var names: Set<String> = []
  /// What each cell adds when it begins or goes.
  private var whenBegun: [Int: Set<String>] = [:]
  /// The names that guards use.
  private var guarded: Set<String> = []
  /// Of those the ones whose cells are to run for it, or have run.
  private(set) var due: Set<String> = []
  /// The names that have been declared anew since the file was last adopted, and are not to be once more.
  private var declared: Set<String> = []

  /// The file has been adopted.
  ///
  /// - Parameters:
  ///   - cells: what each cell that is to run or to go adds.
  ///   - certain: those of the cells that begin or go whatever becomes of others.
  ///   - guarded: the names that guards use.
  mutating func adopt(_ cells: [Int: Set<String>], certain: Set<Int>, guarded: Set<String>) {
    whenBegun = cells
    self.guarded = guarded
    due = certain.reduce(into: names) { $0.formUnion(cells[$1] ?? []) }.intersection(guarded)
    declared = []
  }

  /// Some cells, which have perhaps run since the file was adopted, are to run, too.
  mutating func add(_ cells: [Int: Set<String>]) {
    whenBegun.merge(cells) { $0.union($1) }
  }

  mutating func add(_ names: Set<String>) { self.names.formUnion(names) }

  /// What has to be declared anew before a cell begins and is not to be yet.
  func missing(for number: Int) -> Set<String> {
    (whenBegun[number] ?? []).intersection(guarded).subtracting(declared).subtracting(due)
  }

  /// The cells that declare some names are to run for it.
  mutating func summon(_ names: Set<String>) {
    due.formUnion(names)
    declared.subtract(names)
  }

  /// A cell begins, or goes.
  mutating func begins(_ number: Int) {
    if let names = whenBegun.removeValue(forKey: number) { add(names.subtracting(declared)) }
  }

  /// A cell has run well that declares these.
  mutating func declare(_ names: Set<String>) {
    self.names.subtract(names)
    declared.formUnion(names)
  }

  /// Those of some names that have not been declared anew since the file was last adopted.
  func leaving(_ names: Set<String>) -> Set<String> { names.subtracting(declared) }
}
