import Language
import VM
import Web

/// Which declaration around routes: of two with the same key the later replaces the earlier.
struct SurroundingKey: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case hook(HookKind)
    case cors
    /// A folder of files for a path of the group.
    case files

    /// The word that declares it.
    var name: String {
      switch self {
      case .hook(let kind): kind.rawValue
      case .cors: "cors"
      case .files: "files"
      }
    }

    /// Whether one stands beside those of other cells, and beside others of its own cell.
    var hasMany: Bool {
      switch self {
      case .hook(.before), .hook(.after): true
      case .hook(.notFound), .hook(.onError), .cors, .files: false
      }
    }
  }

  let kind: Kind
  /// The path of its group in one spelling; empty outside.
  let prefix: String
  /// Of a kind that has many: the cell, and how many of the kind its run declared there before.
  let cell: Int
  let ordinal: Int
}

/// One declaration around routes.
final class Surrounding {
  let key: SurroundingKey
  let prefix: RoutePrefix
  /// Its place among the others, where those of the cells say nothing. What replaces it takes it over, so that a cell
  /// that is run again changes no order.
  fileprivate(set) var place = 0
  /// What is called, and what has been seen of it.
  let record: RouteRecord
  /// Of `cors`, what it allows.
  let policy: CORSPolicy?
  /// Of `files`, what it serves, with its name.
  let folder: (folder: StaticFolder, name: String)?

  var owner: UInt32 { record.owner }
  var cell: Int? { record.cell }

  init(
    key: SurroundingKey, prefix: RoutePrefix, record: RouteRecord, policy: CORSPolicy? = nil,
    folder: (folder: StaticFolder, name: String)? = nil
  ) {
    self.key = key
    self.prefix = prefix
    self.record = record
    self.policy = policy
    self.folder = folder
  }
}

/// What surrounds the routes of one path.
struct Around {
  /// A declaration with the values of its group's parameters.
  typealias Step = (surrounding: Surrounding, values: [PathValue])

  /// In the order in which they run: those of outer groups first.
  var befores: [Step] = []
  /// In the order in which they run: those of inner groups first, the last declared first.
  var afters: [Step] = []
  /// The innermost first.
  var notFounds: [Step] = []
  var onErrors: [Step] = []
  /// That of the innermost group that has one.
  var policy: CORSPolicy?
  /// The one whose path is the longest.
  var files: Step?

  /// Whether anything is to be run around the handler of a route.
  var surroundsHandlers: Bool { !befores.isEmpty || !afters.isEmpty || !onErrors.isEmpty }
}

/// All that is declared around routes and in force.
final class Surroundings {
  /// As many may be in force: a cell that declares one in a loop has to end.
  static let limit = 1_000

  private var records: [SurroundingKey: Surrounding] = [:]
  private var next = 1
  /// Those of one path each, with outer ones first, made when they are first asked for.
  private var groups: [(prefix: RoutePrefix, members: [Surrounding])]?

  var isEmpty: Bool { records.isEmpty }
  var count: Int { records.count }

  subscript(key: SurroundingKey) -> Surrounding? { records[key] }

  /// What `files` has declared, by the number of its record.
  func files(_ number: Int) -> Surrounding? {
    records.values.first { $0.record.number == number && $0.folder != nil }
  }

  /// The places of the notebook's cells.
  private var cells: [Int: Int] = [:]

  /// Says in which order the notebook's cells stand.
  func setOrder(_ cells: [Int]) {
    self.cells = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1, $0) })
    groups = nil
  }

  /// In the order in which they count: as their cells stand in the notebook, and within a cell as they were declared.
  var ordered: [Surrounding] {
    records.values.map { (cell: $0.cell.flatMap { cells[$0] } ?? Int.max, surrounding: $0) }
      .sorted { ($0.cell, $0.surrounding.place) < ($1.cell, $1.surrounding.place) }
      .map(\.surrounding)
  }

  /// Puts a declaration in force, or with nil takes away what the key has; gives what it replaces.
  @discardableResult
  func set(_ surrounding: Surrounding?, for key: SurroundingKey) -> Surrounding? {
    let before = records[key]
    if let surrounding, surrounding.place == 0 {
      surrounding.place = before?.place ?? next
      next += 1
    }
    records[key] = surrounding
    groups = nil
    return before
  }

  private var grouped: [(prefix: RoutePrefix, members: [Surrounding])] {
    if let groups { return groups }
    var members: [String: [Surrounding]] = [:]
    let ordered = ordered
    for surrounding in ordered { members[surrounding.key.prefix, default: []].append(surrounding) }
    let made = members.values.map { (prefix: $0[0].prefix, members: $0) }
      .sorted { ($0.prefix.depth, $0.members[0].place) < ($1.prefix.depth, $1.members[0].place) }
    groups = made
    return made
  }

  /// What surrounds a path, which is percent-encoded.
  ///
  /// - Parameter isThere: whether a declaration counts; all do where nothing is said.
  func around(_ path: String, where isThere: ((Surrounding) -> Bool)? = nil) -> Around {
    var around = Around()
    let decoded = RequestPath(path)
    for (prefix, members) in grouped {
      guard let values = prefix.match(decoded) else { continue }
      for member in members {
        if isThere?(member) == false { continue }
        switch member.key.kind {
        case .hook(.before): around.befores.append((member, values))
        case .hook(.after): around.afters.append((member, values))
        case .hook(.notFound): around.notFounds.append((member, values))
        case .hook(.onError): around.onErrors.append((member, values))
        case .cors: around.policy = member.policy
        case .files: around.files = (member, values)
        }
      }
    }
    around.afters.reverse()
    around.notFounds.reverse()
    around.onErrors.reverse()
    return around
  }
}
