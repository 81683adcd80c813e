/// What cells were seen to change of what others hold: the arrays and dictionaries themselves were looked at, by whatever
/// names and functions the cells came to them.
public struct ObservedChanges: Sendable {
  /// The names whose values have arrays or dictionaries in common.
  public var sharing: [String: Set<String>] = [:]
  /// The names to which a run of a cell has assigned that is in force, or through which something can be reached that it has
  /// changed.
  public var byCell: [Int: ChangedNames] = [:]
  /// The same of last runs that have failed, and of those of cells that are gone.
  public var byFailedRuns: [Int: Set<String>] = [:]
  /// The variables of others that such runs have assigned to; they may have been declared anew since.
  public var assignedByFailedRuns: [Int: Set<String>] = [:]
  /// The same of what routes have changed for requests that a cell made.
  public var requested: [Int: Set<String>] = [:]
  /// The same of what routes of a cell, and what is around them, have changed for requests from elsewhere.
  public var byRoutes: [Int: Set<String>] = [:]
  /// The names through which something can be reached that runs have changed which others have replaced, or whose cells are
  /// gone.
  public var ofEarlierRuns: Set<String> = []
  /// Whether everything was seen that routes have changed.
  public var knowsRoutes = true
  /// Whether everything else was seen.
  public var isComplete = true
  /// Cells of whose runs not all was seen.
  public var unclear: Set<Int> = []
  /// Cells that may change more than was seen: they have another text by now, or have not ended.
  private(set) var unsettled: Set<Int> = []

  /// Whether all is known of what a cell has changed as it ran, and what goes on of it.
  func isSettled(_ number: Int) -> Bool {
    isComplete && byCell[number] != nil && !unsettled.contains(number)
  }

  /// The same where of some cells all is known, be it that they have changed nothing.
  ///
  /// - Parameters:
  ///   - mayFail: the cells of which a run that failed counts.
  ///   - others: more that have run, and of which not all is known.
  public func settled(
    for cells: Set<Int>, failing mayFail: Set<Int>, others: Set<Int>
  ) -> ObservedChanges {
    var settled = self
    for cell in cells.union(others) {
      var names = byCell[cell] ?? ChangedNames()
      if mayFail.contains(cell) {
        names.atOnce.formUnion(byFailedRuns[cell] ?? [])
        names.atOnce.formUnion(assignedByFailedRuns[cell] ?? [])
      }
      settled.byCell[cell] = names
    }
    settled.unsettled = Set(settled.byCell.keys).subtracting(cells.subtracting(unclear))
    return settled
  }

  public init(sharing: [String: Set<String>] = [:], knowsRoutes: Bool = true, isComplete: Bool = true) {
    (self.sharing, self.knowsRoutes, self.isComplete) = (sharing, knowsRoutes, isComplete)
  }
}
