// How objects lie in the heap. Each begins with a header; what follows an object's fixed part in the same
// block (a string's bytes, a closure's captures) is reached through the properties below.

import Language

struct Header {
  /// The object's tag; 0 marks a free cell.
  var kind: UInt8
  /// The mark of the last cycle that found it alive; see `HeapState.color`.
  var mark: UInt8 = 0
  var flags: UInt16 = 0
  /// A string's cached hash; what an array has skipped; an instance's class; a reaction's kind; the size of an error's trace; the request
  /// depth of a fiber or deferred.
  var aux: UInt32 = 0
}

/// UTF-8 bytes follow the fixed part, or the address of them in a `TextBuffer`.
struct StringObject {
  var header: Header
  var count: Int

  /// Set in `header.flags` once it is known whether every byte is its own Character.
  static let isMeasured: UInt16 = 1
  static let isSimple: UInt16 = 2
  /// Of HTML: somebody said with `rawHTML` that it may stand anywhere.
  static let isRaw: UInt16 = 4
  /// Its bytes are the first of a buffer.
  static let isShared: UInt16 = 8
  /// Where `header.flags` have how often a long one was added to.
  static let additionsShift: UInt16 = 4
}

struct ArrayObject {
  var header: Header
  var elements: ValuePointer
  var count: Int
  /// How many elements there is room for, from `elements` on.
  var capacity: Int

  /// Elements taken from the front whose room is still there, before `elements`: so a queue takes its first in no
  /// time, however long it is.
  var skipped: Int {
    get { Int(header.aux) }
    set { header.aux = UInt32(truncatingIfNeeded: newValue) }
  }
  /// Where the memory begins.
  var base: ValuePointer { elements - skipped }
}

struct DictionaryEntry {
  /// `unset` where the entry was removed.
  var key: Value
  var value: Value
}

/// Entries in insertion order, and an open-addressed index into them where they are many.
struct DictionaryObject {
  var header: Header
  var entries: UnsafeMutablePointer<DictionaryEntry>
  /// Entries used, removed ones included.
  var used: Int
  var live: Int
  var capacity: Int
  var index: UnsafeMutablePointer<Int32>?
  var mask: Int
}

struct RangeObject {
  var header: Header
  var lower: Int
  var upper: Int
  /// 1 where `upper` belongs to the range.
  var isClosed: Int
}

struct BoxObject {
  var header: Header
  var value: Value
}

/// Captured values follow the fixed part.
struct ClosureObject {
  var header: Header
  var entry: UnsafeMutablePointer<Instruction>
  var registerCount: Int32
  /// The exact number of arguments the fast path accepts; -1 where the slow path must look.
  var parameterCount: Int32
  var prototype: Int32
  var captureCount: Int32
}

struct NativeObject {
  var header: Header
  var number: Int
  /// The machine keeps it, and objects do not outlive their machine.
  var function: Unmanaged<NativeFunction>

  /// In `header.aux`: with a function as its last argument it is another method.
  static let takesFunction: UInt32 = 1
  /// It is Array's `append`, which the loop does itself.
  static let appends: UInt32 = 2
}

struct BoundMethodObject {
  var header: Header
  var receiver: Value
  var function: Value
}

struct ErrorObject {
  var header: Header
  var kind: Value
  var message: Value
  /// A dictionary of the error's own fields, or nil.
  var fields: Value
  /// The number of its trace among the machine's payloads, or -1.
  var trace: Int
}

/// Fields follow the fixed part; the class is in `header.aux`.
struct InstanceObject {
  var header: Header
  /// The number of a Swift object among the machine's payloads, or -1.
  var payload: Int
  /// What that object counts for in the memory limit.
  var payloadBytes: Int
  var fieldCount: Int
}

/// What waits for a deferred: the common beginning of a fiber and a reaction.
struct WaiterObject {
  var header: Header
  var next: UnsafeMutablePointer<WaiterObject>?
  var previous: UnsafeMutablePointer<WaiterObject>?
  var source: UnsafeMutablePointer<DeferredObject>?
}

struct FiberObject {
  var header: Header
  var next: UnsafeMutablePointer<WaiterObject>?
  var previous: UnsafeMutablePointer<WaiterObject>?
  /// The deferred it is parked on, or was woken by.
  var source: UnsafeMutablePointer<DeferredObject>?
  var stack: ValuePointer
  var limit: ValuePointer
  var registers: ValuePointer
  var ip: UnsafeMutablePointer<Instruction>
  /// What its value or error goes to.
  var result: UnsafeMutablePointer<DeferredObject>?
  /// The task it runs for, which hears of its end, or 0.
  var task: Int
  /// When it was made, by `Machine.moment`.
  var made: Int
  /// What somebody who looks at where the time goes knows it by.
  var span: SpanID
  /// The run of a cell that owns what this fiber makes.
  var owner: UInt32
  var id: UInt32

  static let hasStarted: UInt16 = 1
  static let hasFinished: UInt16 = 2
  /// Being unwound: it must not wait again.
  static let isUnwinding: UInt16 = 4
  /// Has the longer limit of a cell instead of a handler's.
  static let isCell: UInt16 = 8
  /// In the ready queue.
  static let isReady: UInt16 = 16
  /// To be unwound instead of resumed when its turn comes.
  static let isStopping: UInt16 = 64
  /// Runs the body of a `finally`: it begins even where it is stopped before.
  static let isFinisher: UInt16 = 128
  /// The mark of the cycle that went over its frames last.
  static let scannedShift: UInt16 = 8
  static let scannedMask: UInt16 = 3 << scannedShift
}

/// Something that happens when a deferred fires.
struct ReactionObject {
  var header: Header
  var next: UnsafeMutablePointer<WaiterObject>?
  var previous: UnsafeMutablePointer<WaiterObject>?
  var source: UnsafeMutablePointer<DeferredObject>?
  var target: UnsafeMutablePointer<DeferredObject>?
  var function: Value
  /// The place among the inputs of `all` and `settled`; the task for `.task`.
  var index: Int
  /// The owner of the fiber that a callback runs in, and what requests it works on.
  var owner: UInt32
  var requests: RequestChain
  /// That of the fiber which set it.
  var span: SpanID

  enum Kind: UInt32 {
    case then
    /// As `then`, but the function is called without the value: what `after` does.
    case call
    case `catch`
    case follow
    case all
    case settled
    case race
    case task
    /// Something that the host does in its turn.
    case job
  }
}

struct DeferredObject {
  var header: Header
  /// The result or the error; what `all` and `settled` have gathered so far.
  var value: Value
  var first: UnsafeMutablePointer<WaiterObject>?
  var last: UnsafeMutablePointer<WaiterObject>?
  /// What will fire it: a fiber, a reaction, an array of reactions, or nil.
  var origin: Value
  /// The host's operation that will fire it, or 0; for `all` and `settled` how many inputs are missing. Once it has
  /// fired, its `cause`.
  var number: Int
  /// The fiber that made it, while an error of it might still be awaited there.
  var creator: UnsafeMutablePointer<FiberObject>?
  var owner: UInt32
  var padding: UInt32 = 0

  /// States, in `header.flags`.
  static let pending: UInt16 = 0
  static let resolved: UInt16 = 1
  static let rejected: UInt16 = 2
  static let cancelled: UInt16 = 3
  static let stateMask: UInt16 = 3
  /// It was resolved with a deferred, which it follows.
  static let isFollowing: UInt16 = 4
  /// Its error was given to somebody or reported.
  static let isHandled: UInt16 = 8
  static let isOperation: UInt16 = 16
}

extension UnsafeMutablePointer where Pointee == StringObject {
  /// Whether it is known that every byte is its own Character.
  @inline(__always) var isKnownSimple: Bool { pointee.header.flags & StringObject.isSimple != 0 }
  @inline(__always) func noteSimple() { noteMeasured(isSimple: true) }
  @inline(__always) func noteMeasured(isSimple: Bool) {
    pointee.header.flags |= StringObject.isMeasured | (isSimple ? StringObject.isSimple : 0)
  }

  static var fixedSize: Int { 16 }
  @inline(__always) var bytes: UnsafeMutablePointer<UInt8> {
    isShared ? sharedBytes : ownBytes
  }
  /// The bytes of one that does not share them: that has just been made, or is short.
  @inline(__always) var ownBytes: UnsafeMutablePointer<UInt8> {
    (RawPointer(self) + 16).assumingMemoryBound(to: UInt8.self)
  }
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: pointee.count) }
}

extension UnsafeMutablePointer where Pointee == ClosureObject {
  @inline(__always) var captures: ValuePointer {
    (RawPointer(self) + 32).assumingMemoryBound(to: Value.self)
  }
}

extension UnsafeMutablePointer where Pointee == BoxObject {
  @inline(__always) var value: ValuePointer { (RawPointer(self) + 8).assumingMemoryBound(to: Value.self) }
}

extension UnsafeMutablePointer where Pointee == InstanceObject {
  @inline(__always) var fields: ValuePointer {
    (RawPointer(self) + 32).assumingMemoryBound(to: Value.self)
  }
}

extension UnsafeMutablePointer where Pointee == DeferredObject {
  @inline(__always) var state: UInt16 {
    get { pointee.header.flags & DeferredObject.stateMask }
    nonmutating set { pointee.header.flags = pointee.header.flags & ~DeferredObject.stateMask | newValue }
  }
  @inline(__always) var isPending: Bool { state == DeferredObject.pending }
  var isHandled: Bool { pointee.header.flags & DeferredObject.isHandled != 0 }
  /// What fired it, where somebody looks at that.
  var cause: SpanID {
    get { isPending ? .none : SpanID(bits: pointee.number) }
    nonmutating set { pointee.number = newValue.bits }
  }
  /// Those of the fiber which began this operation.
  var requests: RequestChain {
    get { RequestChain(bits: pointee.header.aux) }
    nonmutating set { pointee.header.aux = newValue.bits }
  }
}

extension UnsafeMutablePointer where Pointee == FiberObject {
  func has(_ flag: UInt16) -> Bool { pointee.header.flags & flag != 0 }
  /// The end of its frames.
  var top: ValuePointer {
    let callee = pointee.registers[-2]
    let width = callee.tag == Tag.closure ? Int(callee.closure.pointee.registerCount) : 1
    return min(pointee.registers + width, pointee.limit)
  }
  /// Whether stopping it runs code: one that has not begun has no `defer` yet, unless it is that of a `finally`.
  var hasCleanups: Bool { has(FiberObject.hasStarted | FiberObject.isFinisher) }
  /// Whether it may have waited for something: one that has not begun has not, unless it is that of a `finally`.
  var mayHaveWaited: Bool { hasCleanups }
  /// What requests it works on.
  var requests: RequestChain {
    get { RequestChain(bits: pointee.header.aux) }
    nonmutating set { pointee.header.aux = newValue.bits }
  }
  @inline(__always) var waiter: UnsafeMutablePointer<WaiterObject> {
    RawPointer(self).assumingMemoryBound(to: WaiterObject.self)
  }
}

extension UnsafeMutablePointer where Pointee == ReactionObject {
  @inline(__always) var waiter: UnsafeMutablePointer<WaiterObject> {
    RawPointer(self).assumingMemoryBound(to: WaiterObject.self)
  }
}

extension UnsafeMutablePointer where Pointee == WaiterObject {
  var fiber: UnsafeMutablePointer<FiberObject> { RawPointer(self).assumingMemoryBound(to: FiberObject.self) }
  var reaction: UnsafeMutablePointer<ReactionObject> {
    RawPointer(self).assumingMemoryBound(to: ReactionObject.self)
  }
  @inline(__always) var isFiber: Bool { pointee.header.kind == UInt8(Tag.fiber) }
}
