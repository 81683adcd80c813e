import Language
import Synchronization

/// What the machine needs from the world around it: everything that is not computing.
public protocol MachineHost: AnyObject {
  /// A `route` statement ran. The closure is its handler; what it declares is in force at once.
  func declare(_ route: RouteDeclaration, handler: Value, owner: UInt32, source: SourceText) throws(Failure)
  /// `before { … }` or the like ran. The closure is its body; what it declares is in force at once.
  func declare(_ hook: HookDeclaration, body: Value, owner: UInt32) throws(Failure)
  /// What is called next, and concerns the routes of a group, is called in this one; empty outside.
  func enter(group: String)
  /// A global is about to be declared: what it held is kept by whoever may have to put it back.
  func willDefine(global: Int, owner: UInt32)
  /// Code of an owner that sees globals of its own begins, or has just run.
  func swapGlobals()
  /// A fiber has computed for some tenths of a millisecond and goes on: what others wait for need not wait for that.
  /// The machine must not be asked for anything.
  func computesOn()
  /// What to do about a name that is not defined, which code of that owner uses, where the host knows more than its
  /// spelling tells.
  func advice(onUndefined name: String, owner: UInt32) -> String?
  /// What a name that is not defined comes to for code that sees globals as all do, where the host knows better; nil for
  /// the usual error.
  func failure(onUndefined name: String) -> Failure?
  /// An operation whose deferred nobody waits for any more: a timer to remove, a transfer to abort.
  func cancel(operation: Int)
  /// A task has ended: a handler, a cell, a tick.
  func finished(task: TaskID, _ outcome: Outcome)
  /// Nobody wants a task's result any more: its end is not told.
  func abandoned(task: TaskID)
  /// A deferred failed and nobody awaits it.
  func unhandled(error: Value, owner: UInt32)
  /// What a pending operation is, for people: `timer 12 s`.
  func describe(operation: Int) -> String
}

extension MachineHost {
  public func swapGlobals() {}
  public func computesOn() {}
  public func failure(onUndefined name: String) -> Failure? { nil }
}

/// How a task or a deferred ended.
public enum Outcome {
  case success(Value)
  case failure(Value)
}

/// Names a task of one machine; a number that has ended is never given again.
public struct TaskID: Hashable, Sendable {
  public let number: Int
  public init(number: Int) { self.number = number }
}

/// Runs programs: the heap, the globals, the fibers and what they wait for.
///
/// It is confined to the thread that uses it. The one exception is `interrupt()`.
public final class Machine {
  // What the loop and every call touch is not checked for exclusive access at run time: one thread has the
  // machine, and no access to these lasts longer than an instruction.

  public let limits: MachineLimits
  public weak var host: MachineHost?

  let heap: Heap
  let payloads = PayloadTable()
  @exclusivity(unchecked) var prototypes: [Prototype?] = []
  /// What closures are made from, by the number of their prototype.
  @exclusivity(unchecked) var templates: [ClosureTemplate?] = []
  var unusedPrototypes: [Int] = []

  // Globals: a slot each, found by name when a program is loaded. Memory of slots that no name has is never touched: the
  // system need not give it.
  static let globalCapacity = 1 << 16
  /// So many names fewer may a notebook bring, of globals and of members: functions of libraries, which are loaded once
  /// they are mentioned, must always find room.
  static let reservedNames = 536
  let globals: ValuePointer
  let globalKinds: UnsafeMutablePointer<UInt8>
  /// With the kind of a `var`: notes are taken of who assigns to it.
  static let isNoted: UInt8 = 0x80
  /// The owners whose code sees globals of its own.
  var ownViews: Set<UInt32> = []
  /// Whether notes are taken of who changes what others have made: `heldByGlobals` tells.
  @exclusivity(unchecked) public var notesChanges = false
  /// Those that have been given another value than one that may change by itself.
  private var formerlyChanging: Set<Int> = []
  var globalNumbers: [String: Int] = [:]
  var globalNames: [String] = []

  // Members: a number for each name, and for each type a table from number to function.
  static let memberCapacity = 512
  let methods: ValuePointer
  let properties: ValuePointer
  /// What the two tables hold.
  var memberFunctions: [Value] = []
  /// What is called instead of a method, by a label; see `setVariant`.
  var memberVariants: [MemberKey: [String: Value]] = [:]
  /// The members that functions have which are the names of types: `Int.max`.
  var typeMembers: [String: [String]] = [:]

  /// A member of a type.
  struct MemberKey: Hashable {
    let tag: UInt
    let member: Int
  }
  var memberNumbers: [String: Int] = [:]
  var memberNames: [String] = []
  /// The names as strings of the language, for reading dictionaries.
  @exclusivity(unchecked) var memberStrings: [Value] = []
  /// Functions of libraries that no program has mentioned yet, by what mentions them: their own name, or the member's.
  var unmentionedGlobals: [String: UnmentionedFunction] = [:]
  var unmentionedMembers: [String: [UnmentionedFunction]] = [:]
  /// All names that functions of libraries mention which are loaded.
  var mentionedByLibraries: Set<String> = []
  var natives: [NativeFunction] = []
  /// The number of `count`, which is read more often than any other.
  @exclusivity(unchecked) var countMember = 0
  var classes: [InstanceClass] = []

  /// The prelude's function that calls its first argument with the elements of its second.
  var applier: Value = .nil
  /// The prelude's function that waits for its first argument and then runs its second: `finally`.
  var finisher: Value = .nil
  /// Array's `append`.
  var appendNative: Value = .nil
  /// ASCII characters as strings, made once.
  var asciiStrings: [Value] = []

  // The ready queue: fibers and reactions, first in, first out.
  @exclusivity(unchecked) var firstReady: UnsafeMutablePointer<WaiterObject>?
  @exclusivity(unchecked) var lastReady: UnsafeMutablePointer<WaiterObject>?
  /// What is running now, or nil.
  @exclusivity(unchecked) var current: UnsafeMutablePointer<FiberObject>?
  /// How many operations of the machine are under way, each of which may hold values in Swift variables.
  /// Until the last is done nothing starts to run: it is only made ready.
  @exclusivity(unchecked) var busy = 0
  /// Deferreds whose cancellation has not gone up yet.
  var cancelling: [(deferred: Value, failure: Failure)] = []
  var isCancelling = false
  var tasks: [Int: Value] = [:]
  var nextTask = 1
  @exclusivity(unchecked) var nextFiberID: UInt32 = 1
  @exclusivity(unchecked) public internal(set) var fiberCount = 0
  /// What the time is, in nanoseconds, as far as fibers remember when they were made. The host sets it before it lets
  /// something run.
  @exclusivity(unchecked) public var moment = 0
  var operations = OperationTable<Operation>()
  /// Hears where the time goes.
  public let tracer: (any MachineTracer)?
  /// What the host wants done in its turn.
  var jobs: [Int: () -> Void] = [:]
  var nextJob = 1
  var operationNumbers = OperationNumbers()
  /// Why fibers that wait to be unwound are.
  var stopReasons: [UInt32: Failure] = [:]
  var pins: [Int: Value] = [:]
  var nextPin = 1
  /// Deferreds that failed while nobody waited, to be looked at when the queue is empty.
  var unawaited: [Value] = []
  /// Whether more of them can be told at once than was allowed in one go.
  var hasMoreUnawaited = false

  // What went wrong, between the instruction that fails and the handler that takes over.
  @exclusivity(unchecked) var failure: Failure?
  @exclusivity(unchecked) var thrown: Value = .unset
  /// `thrown` comes from a deferred: this fiber's frames are added to its trace.
  @exclusivity(unchecked) var wasAwaited = false

  let outermostReturn: UnsafeMutablePointer<Instruction>
  let scratch: ValuePointer
  static let scratchCapacity = 64
  /// The instruction that is being tried again after a collection.
  var retried: UnsafeMutablePointer<Instruction>?
  /// The instruction that is running has changed its registers, or is done already, and cannot be tried again.
  var isPastRetrying = false
  /// The failure is that the memory limit is passed by far.
  var isOutOfMemory = false
  /// Until when there is no collection while memory is over its limit, on the monotonic clock.
  var restUntil = 0
  /// Fibers that have ended since the last collection, and how many make another worth its time.
  var endedFibers = 0
  var enoughEnded = 0
  /// The heap's debt when the running fiber began, less what collections have taken off it since.
  var debtAtStart = 0
  /// Whether the running fiber failed for lack of memory after a collection: what it held may be garbage by now.
  var mayHaveFreed = false
  /// What `random` goes on from.
  var randomState: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// The frame whose cleanup runs while its fiber is unwound.
  @exclusivity(unchecked) var unwindingDepth = 0
  /// What ran has computed for so long that the clock was looked at.
  @exclusivity(unchecked) var hasLookedAtClock = false
  /// When the running slice must end, in nanoseconds of the processor's clock; 0 before the first look.
  @exclusivity(unchecked) var deadline = 0
  /// When all cleanups together must end, in the same time; 0 where each fiber has its own.
  var cleanupEnd = 0
  /// Stops what is computing now with an error that cannot be caught; may be used from any thread.
  public let interruption: Interruption

  /// - Parameter interruption: the flag that stops what computes; one that outlives the machine where whoever sets
  ///   it does.
  public init(
    limits: MachineLimits = MachineLimits(), host: MachineHost?, collector: CollectorMode = .asNeeded,
    interruption: Interruption = Interruption(), tracer: (any MachineTracer)? = nil
  ) {
    self.interruption = interruption
    self.tracer = tracer
    self.limits = limits
    heap = Heap(limits: limits, mode: collector)
    globals = .allocate(capacity: Machine.globalCapacity)
    globalKinds = .allocate(capacity: Machine.globalCapacity)
    methods = .allocate(capacity: Tag.count * Machine.memberCapacity)
    methods.initialize(repeating: .unset, count: Tag.count * Machine.memberCapacity)
    properties = .allocate(capacity: Tag.count * Machine.memberCapacity)
    properties.initialize(repeating: .unset, count: Tag.count * Machine.memberCapacity)
    scratch = .allocate(capacity: Machine.scratchCapacity)
    scratch.initialize(repeating: .nil, count: Machine.scratchCapacity)
    // A call that never was, and behind it the end of the fiber.
    outermostReturn = .allocate(capacity: 2)
    outermostReturn.initialize(to: Instruction(.call))
    (outermostReturn + 1).initialize(to: Instruction(.halt))
    installNatives()
    installPrelude()
    seed(UInt64.random(in: .min ... .max))
    self.host = host
  }

  deinit {
    heap.destroy()
    globals.deallocate()
    globalKinds.deallocate()
    methods.deallocate()
    properties.deallocate()
    scratch.deallocate()
    outermostReturn.deallocate()
  }

  // MARK: Pins

  /// Keeps a value alive until it is unpinned. A value that is not pinned, nor held by what is, lives until
  /// the machine next runs something.
  public func pin(_ value: Value) -> Pin {
    let pin = Pin(number: nextPin)
    nextPin += 1
    pins[pin.number] = value
    return pin
  }

  public func value(of pin: Pin) -> Value { pins[pin.number] ?? .nil }

  public func unpin(_ pin: Pin) { pins[pin.number] = nil }

  // MARK: Globals

  /// The slot of a name, made when it is new.
  ///
  /// - Throws: a limit failure where there are too many names.
  public func slot(of name: String) throws(Failure) -> Int {
    if let slot = globalNumbers[name] { return slot }
    guard globalNames.count < Machine.globalCapacity else { throw Machine.tooManyGlobals }
    let slot = globalNames.count
    globalNumbers[name] = slot
    globalNames.append(name)
    (globals + slot).initialize(to: .unset)
    (globalKinds + slot).initialize(to: 0)
    return slot
  }

  static let tooManyGlobals = Failure(.limit, "there are more than 65,000 global names")

  /// What the prelude calls a function by, so that a notebook's own of the same name does not get in the way.
  static func hidden(_ name: String) -> String { "prelude " + name }

  public func name(ofGlobal slot: Int) -> String { globalNames[slot] }

  /// What a global holds and how it was declared; nil where nothing has declared it.
  public func global(_ slot: Int) -> (value: Value, kind: GlobalKind)? {
    guard globals[slot].tag != Tag.unset,
      let kind = GlobalKind(rawValue: globalKinds[slot] & ~Machine.isNoted)
    else {
      return nil
    }
    return (globals[slot], kind)
  }

  /// A global is given another value than one that may change by itself.
  func noteLoss(ofGlobal slot: Int, _ tag: UInt) {
    if tag == Tag.deferred || tag == Tag.instance { formerlyChanging.insert(slot) }
  }

  /// Whether a global has ever been given another value in place of a Deferred or an instance.
  public func hasHeldWhatChanges(_ slot: Int) -> Bool { formerlyChanging.contains(slot) }

  /// From now on the host is asked to swap globals while code of an owner runs that works on no request, and while what
  /// answers requests of such code runs.
  public func beginOwnView(of owner: UInt32) { ownViews.insert(owner) }

  public func endOwnView(of owner: UInt32) { ownViews.remove(owner) }

  public func hasOwnView(_ owner: UInt32) -> Bool { ownViews.contains(owner) }

  public var hasOwnViews: Bool { !ownViews.isEmpty }

  /// The same for all owners but some.
  public func endOwnViews(except isKept: (UInt32) -> Bool) { ownViews = ownViews.filter(isKept) }

  func notedKind(_ kind: UInt8) -> UInt8 {
    notesChanges && kind == GlobalKind.var.rawValue ? kind | Machine.isNoted : kind
  }

  /// Sets or, with nil, takes away a global, whatever its kind.
  public func setGlobal(_ slot: Int, _ content: (value: Value, kind: GlobalKind)?) {
    // What a global holds is remembered when a cycle begins.
    heap.initialize(globals + slot, to: content?.value ?? .unset)
    globalKinds[slot] = notedKind(content?.kind.rawValue ?? 0)
  }

  /// The slot and kind of a name that is declared; nil for any other.
  public func declaredGlobal(named name: String) -> (slot: Int, kind: GlobalKind)? {
    if name.hasPrefix("__") || name.hasPrefix(Machine.hidden("")) { return nil }
    bringIn(global: name)
    guard let slot = globalNumbers[name] else { return nil }
    return global(slot).map { (slot, $0.kind) }
  }

  /// How many names there are, declared or not.
  public var globalCount: Int { globalNames.count }

  /// All names that are declared.
  public var declaredGlobals: [(name: String, kind: GlobalKind)] {
    let unmentioned = unmentionedGlobals.keys.lazy.filter { !$0.hasPrefix("__") }.map {
      ($0, GlobalKind.builtin)
    }
    return globalNames.indices.compactMap { slot in
      isHidden(slot) ? nil : global(slot).map { (globalNames[slot], $0.kind) }
    } + unmentioned
  }

  /// Whether a global is none of a notebook's.
  func isHidden(_ slot: Int) -> Bool {
    globalNames[slot].hasPrefix("__") || globalNames[slot].hasPrefix(Machine.hidden(""))
  }

  // MARK: Members

  func memberNumber(_ name: String) -> Int {
    if let number = memberNumbers[name] { return number }
    memberNumbers[name] = memberNames.count
    memberNames.append(name)
    memberStrings.append(heap.makeString(name))
    return memberNames.count - 1
  }

  func setMethod(_ name: String, of tag: UInt, _ function: Value) {
    memberFunctions.append(function)
    methods[Int(tag) * Machine.memberCapacity + memberNumber(name)] = function
  }

  func setProperty(_ name: String, of tag: UInt, _ function: Value) {
    memberFunctions.append(function)
    properties[Int(tag) * Machine.memberCapacity + memberNumber(name)] = function
  }

  @inline(__always) func method(_ tag: UInt, _ member: Int) -> Value {
    member < Machine.memberCapacity ? methods[Int(tag) * Machine.memberCapacity + member] : .unset
  }

  @inline(__always) func property(_ tag: UInt, _ member: Int) -> Value {
    member < Machine.memberCapacity ? properties[Int(tag) * Machine.memberCapacity + member] : .unset
  }
}

/// Keeps a value alive on behalf of Swift code.
public struct Pin: Hashable, Sendable {
  let number: Int
}

/// The flag that stops a computation from another thread; the budget check reads it.
public final class Interruption: Sendable {
  private let flag = Atomic<Bool>(false)
  private let holds = Atomic<Int>(0)

  public init() {}

  /// From now on nothing may compute for long, whatever is begun, until `release`.
  public func hold() { holds.wrappingAdd(1, ordering: .relaxed) }

  public func release() { holds.wrappingSubtract(1, ordering: .relaxed) }

  public func request() { flag.store(true, ordering: .relaxed) }

  /// Whether it was requested; asking takes the request back.
  func take() -> Bool {
    holds.load(ordering: .relaxed) > 0
      || flag.load(ordering: .relaxed) && flag.exchange(false, ordering: .relaxed)
  }

  public func clear() { flag.store(false, ordering: .relaxed) }
}
