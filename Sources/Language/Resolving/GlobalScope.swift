/// Where the resolver looks up the names that a notebook knows before a text is resolved.
public protocol GlobalNames {
  /// What a name stands for; nil where it is not known.
  func entry(named name: String) -> GlobalScope.Entry?
  /// Whether it is a name of the program's own, which no cell before has replaced.
  func isBuiltin(_ name: String) -> Bool
  /// All names, for suggestions: asked for only where one is not known, and there are not very many.
  var names: [String] { get }
  /// About how many names there are.
  var nameCount: Int { get }
  /// Whether other names may come to be known before a function of the text runs.
  var mayGrow: Bool { get }
}

/// The names that a notebook knows, as a plain value.
public struct GlobalScope: GlobalNames, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case `let`
    case `var`
    case function
    /// A name of the program's own, native or of the prelude.
    case builtin
  }

  public struct Entry: Hashable, Sendable {
    public var kind: Kind
    /// Where it was declared, as messages name it: `cell [3]`. Nil where that is not known.
    public var origin: String?

    public init(kind: Kind, origin: String? = nil) {
      self.kind = kind
      self.origin = origin
    }
  }

  public private(set) var entries: [String: Entry]

  public init(_ kinds: [String: Kind] = [:]) {
    entries = kinds.mapValues { Entry(kind: $0) }
  }

  /// Makes a name known, in place of one that was known by it before.
  public mutating func declare(_ name: String, _ kind: Kind, in origin: String? = nil) {
    entries[name] = Entry(kind: kind, origin: origin)
  }

  public mutating func remove(_ name: String) { entries[name] = nil }

  public func entry(named name: String) -> Entry? { entries[name] }

  public var names: [String] { Array(entries.keys) }
  public var nameCount: Int { entries.count }
}

extension GlobalNames {
  public var mayGrow: Bool { true }

  public func kind(of name: String) -> GlobalScope.Kind? { entry(named: name)?.kind }

  public func isBuiltin(_ name: String) -> Bool { kind(of: name) == .builtin }
}

/// What resolving a text found out; the rest stands in its tree.
public struct Resolution: Sendable {
  /// How a text uses a global.
  public struct Use: Hashable, Sendable {
    /// The first place where the text itself uses it; where none does, the first in its functions.
    public var span: Span
    /// Whether some use is made by the text itself, as it runs; otherwise only functions in it use the
    /// global, when they are called.
    public var isAtTopLevel: Bool
    /// Whether some use is made as the text runs, by a closure given to `map` as well; a function with a name, a
    /// handler and what is given to a timer run later, but for an `after` whose value is used.
    public var isAtOnce: Bool
    /// How many uses these are.
    var count = 0

    /// Takes in a use of the same global, further down.
    mutating func join(_ other: Use) {
      if other.isAtTopLevel, !isAtTopLevel { span = other.span }
      isAtTopLevel = isAtTopLevel || other.isAtTopLevel
      isAtOnce = isAtOnce || other.isAtOnce
      count += 1
    }
  }

  /// Errors and warnings in the order of the text. With an error among them the tree cannot be compiled.
  public internal(set) var diagnostics: [Diagnostic] = []
  /// When something that a text declares is in force.
  public struct Standing: Hashable, Sendable {
    /// The global in whose function it stands: it is declared when that is called, and by whoever calls it.
    public var function: String?
    /// Whether it stands in a function, of whatever name.
    public var isInFunction = false
    /// Whether it may be declared as the text runs, also where it stands in a function.
    public var isAtOnce = true
  }

  /// What code has to do with globals.
  public struct GlobalUses: Hashable, Sendable {
    /// Those that it reads.
    public internal(set) var reads: Set<String> = []
    /// Those that it assigns to, and whose array or dictionary it changes.
    public internal(set) var assigns: Set<String> = []
  }
  /// The patterns of the routes that the text declares, each with its literal's place.
  public struct RoutePlace: Hashable, Sendable {
    /// The methods as written; empty means any method.
    public var methods: [String]
    /// The paths of the groups around it, joined.
    public var prefix: String
    /// The pattern as written.
    public var literal: String
    public var span: Span
    /// Whether it is a `socket`.
    public var isSocket = false
    public var standing = Standing()
    /// What its handler has to do with globals, and what it calls.
    public internal(set) var uses = GlobalUses()
    public internal(set) var addresses: Set<CalledAddress> = []

    /// The whole pattern.
    public var pattern: String { RouteNode.joined(prefix, literal) }
  }
  public internal(set) var routes: [RoutePlace] = []
  /// The paths of the groups, each as the pattern that it is.
  public internal(set) var groups: [RoutePlace] = []
  /// What the text declares around routes.
  public struct Hook: Hashable, Sendable {
    public var kind: HookKind
    /// The paths of the groups around it, joined.
    public var prefix: String
    public var standing = Standing()
    /// Whether nothing beside it decides whether it is declared and what it does, but by globals: it stands in no braces
    /// but those of groups, and uses no variable of these.
    public var standsAlone = false
  }
  public internal(set) var hooks: [Hook] = []
  /// A call of `cors` or `files`.
  public struct SurroundingCall: Hashable, Sendable {
    public var name: String
    /// The paths of the groups around it, joined, and the path that it is given; nil where that is no plain text.
    public var prefix: String?
    public var standing = Standing()
  }
  public internal(set) var surroundingCalls: [SurroundingCall] = []
  /// An address that the text calls.
  public struct CalledAddress: Hashable, Sendable {
    /// As written, up to the first value that is put into it; empty where it is no text at all.
    public var beginning: String
    /// Whether that is all of it.
    public var isWhole: Bool
    /// By which method; nil where that is not written out.
    public var method: String?
  }
  /// What `get`, `post` and their like are given, in functions too.
  public internal(set) var calledAddresses: Set<CalledAddress> = []
  /// The same of what the text calls as it runs; and for each global that it declares, what functions in its value call.
  public internal(set) var addressesCalledAtOnce: Set<CalledAddress> = []
  public internal(set) var addressesWhenCalled: [String: Set<CalledAddress>] = [:]
  /// The first declaration of a global.
  public struct Declaration: Hashable, Sendable {
    public var kind: GlobalScope.Kind
    /// Where its name stands.
    public var span: Span
    /// Where the declaration ends of a global that has a value from there on; nil for a function.
    public var valueEnd: Int?

    /// Takes in another declaration of the same global, further down.
    mutating func join(_ other: Declaration) { valueEnd = valueEnd ?? other.valueEnd }
  }
  /// The globals that the text declares.
  public internal(set) var declared: [String: Declaration] = [:]
  /// The globals whose value the text reads, its own and builtins included. To change what a global's
  /// array or dictionary holds is to read the global.
  public internal(set) var reads: [String: Use] = [:]
  /// Those that it reads for nothing but to change what they hold, and of which nothing goes anywhere else.
  public internal(set) var changesAlone: Set<String> = []
  /// The cells whose value the text reads as it runs, as `Out[3]`.
  public internal(set) var outsRead: Set<Int> = []
  /// The same of what functions in the text read as well, whenever they are called.
  public internal(set) var outsMentioned: Set<Int> = []
  /// Whether `Out` is used in another way, so that it may give the value of any cell.
  public internal(set) var mentionsAnyOut = false
  /// Whether the text has a function, be it one without a name, that may be called when it has run.
  public internal(set) var hasFunctions = false
  /// For each global that the text declares, the globals that functions in its value read when they are called; the
  /// value of a cell by its `outName`.
  public internal(set) var readsWhenCalled: [String: Set<String>] = [:]
  /// The same of the globals that they assign to, and whose array or dictionary they change.
  public internal(set) var assignsWhenCalled: [String: Set<String>] = [:]
  /// What goes on when the text has run, as what timers and `async` run, where it is written in their place. What
  /// handlers begin is not among it: that is a request's.
  public struct GoingOn: Hashable, Sendable {
    public internal(set) var all = GlobalUses()
    /// Of `async` alone.
    public internal(set) var inFibers = GlobalUses()
    /// What it calls.
    public internal(set) var addresses: Set<CalledAddress> = []
  }
  public internal(set) var goingOn = GoingOn()
  /// For each global that the text declares, what goes on when functions in its value have been called.
  public internal(set) var goingOnWhenCalled: [String: GoingOn] = [:]
  /// The globals whose array or dictionary the text changes.
  public internal(set) var changes: [String: Use] = [:]
  /// The globals that the text assigns to; a declaration is no assignment.
  public internal(set) var writes: [String: Use] = [:]

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// What the value of a cell counts as where it is told which names a text reads; no global has such a name.
  public static func outName(of cell: Int) -> String { "Out[\(cell)]" }
}
