/// Names that are assigned to or changed as a cell runs, and by its timers and fibers.
public struct ChangedNames: Sendable, Equatable {
  public var atOnce: Set<String> = []
  public var later: Set<String> = []
  /// By its routes, as they answer.
  var forRequests: Set<String> = []

  public init(atOnce: Set<String> = [], later: Set<String> = []) {
    (self.atOnce, self.later) = (atOnce, later)
  }

  init(atOnce: Set<String>, later: Set<String>, forRequests: Set<String>) {
    (self.atOnce, self.later, self.forRequests) = (atOnce, later, forRequests)
  }

  var all: Set<String> { atOnce.union(later).union(forRequests) }
  var isEmpty: Bool { atOnce.isEmpty && later.isEmpty && forRequests.isEmpty }
}
