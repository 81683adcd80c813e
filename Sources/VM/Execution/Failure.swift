/// What a native or an operation of the machine refuses, before it becomes an error of the language.
public struct Failure: Error {
  /// What went wrong, in one word: the `kind` that the language's errors show.
  public struct Kind: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public static let type: Kind = "type"
    public static let name: Kind = "name"
    public static let argument: Kind = "argument"
    public static let arithmetic: Kind = "arithmetic"
    public static let index: Kind = "index"
    public static let key: Kind = "key"
    public static let limit: Kind = "limit"
    public static let memory: Kind = "memory"
    public static let cpu: Kind = "cpu"
    public static let interrupted: Kind = "interrupted"
    public static let cancelled: Kind = "cancelled"
    public static let timeout: Kind = "timeout"
    public static let json: Kind = "json"
    public static let http: Kind = "http"
    public static let network: Kind = "network"
    public static let expectation: Kind = "expectation"
    /// What `throw` makes of a string.
    public static let error: Kind = "error"
  }

  public var kind: Kind
  /// One sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var help: String?
  /// Whether nil stood where a value was needed: the text may tell what to write then.
  var isOfNil = false
  /// What is wrong, where it is a part of a call or an operation: it is pointed at.
  var part: Part?
  /// Whether a name has no value, and nothing is known of what was meant.
  var isUndeclared = false
  /// The error's own fields.
  public var fields: [(name: String, value: Value)]

  public init(
    _ kind: Kind, _ message: String, help: String? = nil, fields: [(name: String, value: Value)] = []
  ) {
    self.kind = kind
    self.message = message
    self.help = help
    self.fields = fields
  }

  static func memory(limit: Int) -> Failure {
    Failure(
      .memory, "the notebook's memory limit of \(limit >> 20) MiB is reached",
      help: "keep less, or start with a larger --memory-limit")
  }
}

/// What the machine allows. Each limit raises an error of the language; none ends the process.
public struct MachineLimits: Sendable {
  /// Bytes of all values together.
  public var memory = 512 << 20
  /// Bytes of one string.
  public var stringLength = 64 << 20
  /// Elements of one array or dictionary.
  public var collectionCount = 16_000_000
  /// Values on one fiber's stack: what bounds the depth of calls.
  public var stackValues = 1 << 20
  /// Fibers alive at once.
  public var fibers = 1_000_000
  /// How long a handler, callback or tick may compute without waiting, in nanoseconds.
  public var handlerTime = 1_000_000_000
  /// The same for a cell.
  public var cellTime = 10_000_000_000
  /// How long the `defer`s of a cancelled fiber may take together, in nanoseconds.
  public var cleanupTime = 100_000_000

  public init() {}
}
