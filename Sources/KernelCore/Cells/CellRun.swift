import Language
import NIOHTTP1
import OrderedCollections
import VM
import Web

/// One run of a cell, and what it declared.
final class CellRun {
  /// The number that everything it makes carries as its owner.
  let owner: UInt32
  let cell: Int
  let executionCount: Int
  let source: SourceText
  let uses: CellUses
  /// How many changes `Staleness` had counted when it began.
  let since: Int
  let hasValue: Bool
  let started: Int
  /// The run of the same cell before it, whose effects it takes over when it succeeds.
  var previous: CellRun?
  var task: TaskID?
  /// What it is traced as.
  var span = SpanID.none
  var isUnderWay = true
  /// Somebody stopped it.
  var isInterrupted = false
  let completion: (CellResult) -> Void
  /// What waits for its end: the next run of the same cell, and word of an `Out` that has fired.
  var whenOver: [() -> Void] = []

  /// What it declared, in order.
  var globals: OrderedSet<Int> = []
  /// For each global that it took over from a cell, that cell.
  var replacedGlobals: [Int: Int] = [:]
  var routes: [RouteKey: (method: HTTPMethod?, pattern: RoutePattern)] = [:]
  /// What it has listened on.
  var addresses: [BoundAddress] = []
  /// What it declared around routes.
  var surroundings: Set<SurroundingKey> = []
  /// One line for each thing that it declared, the first of them; the same one after another are counted.
  private var notes: [(text: String, count: Int)] = []
  private var hiddenNotes = 0
  private static let noteLimit = 30
  var warnings: [String] = []
  /// The number of the Out that is all it asks for.
  var soughtOut: Int?
  /// What its value looks like.
  var shownValue: ShownValue?
  /// A digest of its value.
  var digest: String?
  /// Variables of other cells that its text assigns to, with what they held when it began.
  var assigned: [(name: String, slot: Int, before: PinnedValue)] = []

  /// Adds a line to what it says that it did.
  func add(note: String) {
    if let last = notes.last, last.text == note {
      notes[notes.count - 1].count += 1
    } else if notes.count < CellRun.noteLimit {
      notes.append((note, 1))
    } else {
      hiddenNotes += 1
    }
  }

  func forgetNotes() {
    notes = []
    hiddenNotes = 0
  }

  /// The lines that there is room for, and how many more there were.
  var allNotes: [String] {
    notes.map { $0.count == 1 ? $0.text : "\($0.text)  \($0.count) times" }
      + (hiddenNotes > 0 ? ["… and \(hiddenNotes) more"] : [])
  }

  init(
    owner: UInt32, cell: Int, executionCount: Int, source: SourceText, uses: CellUses, since: Int,
    hasValue: Bool, started: Int, previous: CellRun?, completion: @escaping (CellResult) -> Void
  ) {
    self.owner = owner
    self.cell = cell
    self.executionCount = executionCount
    self.source = source
    self.uses = uses
    self.since = since
    self.hasValue = hasValue
    self.started = started
    self.previous = previous
    self.completion = completion
  }
}
