/// Names that are assigned to or changed as a cell runs, and by its timers and fibers.
public struct ChangedNames: Sendable, Equatable {
  public var atOnce: Set<String> = []
  public var later: Set<String> = []

  public init(atOnce: Set<String> = [], later: Set<String> = []) {
    (self.atOnce, self.later) = (atOnce, later)
  }

  public var all: Set<String> { atOnce.union(later) }
  var isEmpty: Bool { atOnce.isEmpty && later.isEmpty }
}
