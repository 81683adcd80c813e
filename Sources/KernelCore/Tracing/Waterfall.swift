/// A trace as a person looks at it: a row for each thing that it began, on one axis from its beginning to its end.
public struct Waterfall: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// `GET /ip`, `timer 2s`, `async`; for a wait what it was for.
    public let name: String
    /// How many rows it is within.
    public let depth: Int
    public let cell: Int?
    public let line: Int?
    /// Since the beginning of the whole.
    public let start: Duration
    public let duration: Duration
    /// It has not ended.
    public let isOpen: Bool
    /// The status of an answer, or that it failed or was cancelled.
    public let outcome: String?
    /// In order, without a gap.
    public let pieces: [Piece]
  }

  /// A time in which a row did one thing.
  public struct Piece: Sendable, Equatable {
    public let start: Duration
    public let end: Duration
    /// Whether a fiber waited for something else.
    public let isWaiting: Bool
    /// Whether the end of the whole had to wait for it.
    public let isCritical: Bool
  }

  /// How long a row was in the way of the end.
  public struct Step: Sendable, Equatable {
    /// The place of the row among the rows.
    public let row: Int
    public internal(set) var duration: Duration
  }

  public let trace: TraceSummary
  public let rows: [Row]
  /// Things that there was no room for.
  public let hidden: Int
  /// What the end had to wait for, in order, as far as there are rows of it.
  public let critical: [Step]
  /// What could overlap, in the order of the text.
  public internal(set) var overlaps: [Overlap] = []
}

/// What a trace is of, and what came of it.
public struct TraceSummary: Sendable, Equatable {
  public let number: Int
  public let title: String
  public let cell: Int?
  /// The status of an answer, or that it failed or was cancelled.
  public let outcome: String?
  public let duration: Duration
  /// It has not ended.
  public let isOpen: Bool
  /// How long ago it began.
  public let age: Duration
  /// When that was by the kernel's clock, the same whenever it is asked.
  public var began = Duration.zero
}

/// Traces to choose from.
public struct TraceList: Sendable, Equatable {
  /// The last first.
  public let traces: [TraceSummary]
  /// Older requests and cells that are kept.
  public let olderCount: Int
  /// Older ticks that are kept.
  public let olderTickCount: Int
}

/// Which trace is wanted.
public enum TraceChoice: Sendable, Equatable {
  /// The last request or cell that the notebook did not make itself and that code answered, where there is any.
  case last
  case number(Int)
  /// The last request for a path.
  case path(String)
  case slowest
}
