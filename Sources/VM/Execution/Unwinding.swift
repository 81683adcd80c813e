import Language

// From a failure to the handler that takes it over, or to the fiber's end.

extension Machine {
  /// `throw value`: an error as it is, anything else wrapped in one.
  func prepareThrow(_ value: Value) {
    switch value.tag {
    case Tag.error: thrown = value
    case Tag.string: thrown = makeError(kind: Failure.Kind.error.rawValue, message: value, fields: .nil)
    case Tag.deferred: failure = .notAwaited("what is thrown")
    default:
      let fields = heap.newDictionary(capacity: 1)
      try? heap.set(value, for: heap.makeString("value"), in: fields)
      thrown = makeError(
        kind: Failure.Kind.error.rawValue, message: heap.makeString(display(value)),
        fields: Value(Tag.dictionary, fields))
    }
  }

  /// Takes `failure` or `thrown` to the innermost handler. False when no frame has one: the fiber has
  /// failed with `thrown`.
  @inline(never) func unwind(_ fiber: UnsafeMutablePointer<FiberObject>, isRethrown: Bool) -> Bool {
    var isFatal = false
    var place: Span?
    if thrown.tag == Tag.unset {
      var failure = failure ?? Failure(.error, "something failed without saying what")
      self.failure = nil
      if case .condition = failure.part { failure = failureOfMember(failure, fiber) }
      place = self.place(of: failure, fiber)
      if let hint = hint(for: failure, fiber) { failure.help = hint }
      if failure.kind == .expectation { failure = explained(failure, fiber) }
      isFatal = failure.kind == .cpu || failure.kind == .interrupted || isOutOfMemory
      isOutOfMemory = false
      thrown = makeError(failure)
    }
    if !isRethrown {
      if wasAwaited { thrown = branch(of: thrown) }
      extendTrace(of: thrown, fiber, place)
    }
    wasAwaited = false
    if isFatal { beginUnwinding(fiber) }
    return findHandler(fiber, isFatal: isFatal)
  }

  /// What the text tells of a failure, for which it was compiled with a hint.
  private func hint(for failure: Failure, _ fiber: UnsafeMutablePointer<FiberObject>) -> String? {
    guard failure.isOfNil || failure.isUndeclared || failure.kind == .key,
      let (hints, source) = hints(of: fiber)
    else { return nil }
    let hint =
      failure.isOfNil ? hints.isNil : failure.isUndeclared ? hints.undeclared : hints.missingKey
    return hint?.help(in: source)
  }

  /// What the instruction that has failed was compiled with.
  func hints(of fiber: UnsafeMutablePointer<FiberObject>) -> (FailureHints, SourceText)? {
    guard let prototype = prototype(of: fiber.pointee.registers[-2]),
      let hints = prototype.function.hints[fiber.pointee.ip - prototype.entry - 1]
    else { return nil }
    return (hints, prototype.unit.source)
  }

  /// From here on nothing can be caught or awaited; cleanups have little time.
  func beginUnwinding(_ fiber: UnsafeMutablePointer<FiberObject>) {
    if fiber.has(FiberObject.isUnwinding) { return }
    fiber.pointee.header.flags |= FiberObject.isUnwinding
    unwindingDepth = 0
    deadline = Machine.processorTime() + limits.cleanupTime
    if cleanupEnd > 0 { deadline = min(deadline, cleanupEnd) }
  }

  private func findHandler(_ fiber: UnsafeMutablePointer<FiberObject>, isFatal: Bool) -> Bool {
    let isUnwinding = fiber.has(FiberObject.isUnwinding)
    let grace = cleanupEnd > 0 ? 0 : limits.cleanupTime
    if isUnwinding, deadline > 0, Machine.processorTime() > deadline + grace { return false }
    while true {
      let registers = fiber.pointee.registers
      guard let prototype = prototype(of: registers[-2]) else { return false }
      let place = fiber.pointee.ip - prototype.entry - 1
      // A cleanup's own errors may be caught inside it, however its fiber ends.
      let depth = registers - fiber.pointee.stack
      let mayCatch = !isUnwinding || (!isFatal && unwindingDepth > 0 && depth > unwindingDepth)
      for handler in prototype.function.handlers where handler.start <= place && place < handler.end {
        guard mayCatch || handler.kind == .cleanup else { continue }
        registers[handler.register] = thrown
        thrown = .unset
        fiber.pointee.ip = prototype.entry + handler.target
        if isUnwinding, unwindingDepth == 0 || depth < unwindingDepth { unwindingDepth = depth }
        return true
      }
      guard let back = UnsafeMutablePointer<Instruction>(bitPattern: registers[-1].bits) else { return false }
      if back == outermostReturn + 1 { return false }
      fiber.pointee.ip = back
      fiber.pointee.registers = (RawPointer(registers - 2) - Int((back - 1).pointee.a)).assumingMemoryBound(
        to: Value.self)
    }
  }

  // MARK: Errors

  func makeError(_ failure: Failure) -> Value {
    var fields = Value.nil
    var all = failure.fields
    if let help = failure.help { all.append(("help", heap.makeString(help))) }
    if !all.isEmpty {
      let dictionary = heap.newDictionary(capacity: all.count)
      for field in all { try? heap.set(field.value, for: heap.makeString(field.name), in: dictionary) }
      fields = Value(Tag.dictionary, dictionary)
    }
    return makeError(kind: failure.kind.rawValue, message: heap.makeString(failure.message), fields: fields)
  }

  func makeError(kind: String, message: Value, fields: Value) -> Value {
    let error = heap.allocate(MemoryLayout<ErrorObject>.size, Tag.error).assumingMemoryBound(
      to: ErrorObject.self)
    error.pointee.kind = heap.makeString(kind)
    error.pointee.message = message
    error.pointee.fields = fields
    error.pointee.trace = -1
    return Value(Tag.error, error)
  }

  /// The error that an awaited Deferred holds, for one of those that await it: what the others add to its trace says
  /// nothing of this one.
  private func branch(of error: Value) -> Value {
    guard error.tag == Tag.error, let known = payloads[error.error.pointee.trace] as? Trace else {
      return error
    }
    let trace = Trace(root: known.root)
    (trace.frames, trace.isCut, trace.cause, trace.origin) = (
      known.frames, known.isCut, known.cause, known.origin
    )
    let copy = heap.allocate(MemoryLayout<ErrorObject>.size, Tag.error).assumingMemoryBound(
      to: ErrorObject.self)
    (copy.pointee.kind, copy.pointee.message, copy.pointee.fields) = (
      error.error.pointee.kind, error.error.pointee.message, error.error.pointee.fields
    )
    copy.pointee.trace = payloads.add(trace)
    return Value(Tag.error, copy)
  }

  /// Which error this is, whoever awaited it: of several branches one is told.
  func root(of error: Value) -> ObjectIdentifier? {
    guard error.tag == Tag.error else { return nil }
    return (payloads[error.error.pointee.trace] as? Trace).map { ObjectIdentifier($0.root) }
  }

  /// Adds the frames that an error passes: of the fiber it arose in, and of those that awaited it.
  ///
  /// - Parameter place: what has failed in the first of the frames, where it is less than the whole instruction.
  private func extendTrace(of error: Value, _ fiber: UnsafeMutablePointer<FiberObject>, _ place: Span?) {
    let trace: Trace
    if let known = payloads[error.error.pointee.trace] as? Trace {
      guard wasAwaited else { return }
      trace = known
    } else {
      trace = Trace()
      error.error.pointee.trace = payloads.add(trace)
    }
    var registers = fiber.pointee.registers
    var ip = fiber.pointee.ip
    var isAwait = wasAwaited
    defer {
      // Counted with the error, which keeps it.
      let bytes = UInt32(
        MemoryLayout<Trace>.size + 64 + trace.frames.capacity * MemoryLayout<TraceFrame>.stride)
      heap.charge(Int(bytes) - Int(error.header.pointee.aux))
      error.header.pointee.aux = bytes
    }
    while trace.frames.count < Trace.limit {
      guard registers[-2].tag == Tag.closure, let prototype = prototype(of: registers[-2]) else { return }
      if !prototype.unit.isPrelude {
        trace.frames.append(
          TraceFrame(
            function: prototype.function.name, role: prototype.function.role, source: prototype.unit.source,
            span: trace.frames.isEmpty ? place ?? prototype.span(before: ip) : prototype.span(before: ip),
            isAwait: isAwait))
        isAwait = false
      }
      guard let back = UnsafeMutablePointer<Instruction>(bitPattern: registers[-1].bits),
        back != outermostReturn + 1
      else { return }
      ip = back
      registers = (RawPointer(registers - 2) - Int((back - 1).pointee.a)).assumingMemoryBound(to: Value.self)
    }
    trace.isCut = true
  }

  /// The place of the call that is being made now, in the notebook's own text; nil outside of one.
  func callPlace() -> TraceFrame? { currentCall?.frame }

  /// The same, as it is kept for each operation.
  var currentCall: CallSite? {
    guard let current else { return nil }
    var registers = current.pointee.registers
    var ip = current.pointee.ip
    for _ in 0..<Trace.limit {
      guard registers[-2].tag == Tag.closure, let prototype = prototype(of: registers[-2]) else { return nil }
      if !prototype.unit.isPrelude { return CallSite(prototype: prototype, ip: ip) }
      guard let back = UnsafeMutablePointer<Instruction>(bitPattern: registers[-1].bits),
        back != outermostReturn + 1
      else { return nil }
      ip = back
      registers = (RawPointer(registers - 2) - Int((back - 1).pointee.a)).assumingMemoryBound(to: Value.self)
    }
    return nil
  }

  /// Keeps what an error says that the error of a `defer` took the place of: of several the first.
  func noteCause(_ cause: Value, of error: Value) {
    guard cause.tag == Tag.error, error.tag == Tag.error, cause.bits != error.bits,
      let trace = payloads[error.error.pointee.trace] as? Trace
    else { return }
    let report = report(of: cause)
    let isStop = [Failure.Kind.cancelled, .interrupted].contains(Failure.Kind(rawValue: report.kind))
    if !isStop {
      trace.cause = report.cause ?? ErrorCause(message: report.message, place: report.frames.first)
    }
  }

  /// Says where an error comes from that no code has thrown: the call whose operation failed.
  public func setOrigin(_ place: TraceFrame?, of error: Value) {
    guard let place, error.tag == Tag.error, error.error.pointee.trace < 0 else { return }
    let trace = Trace()
    trace.origin = place
    error.error.pointee.trace = payloads.add(trace)
  }

  /// Where a function of the notebook is written, to point at it.
  public func place(of function: Value) -> TraceFrame? {
    ownPrototype(of: function).map { prototype in
      TraceFrame(
        function: prototype.function.name, role: prototype.function.role, source: prototype.unit.source,
        span: prototype.function.span, isAwait: false)
    }
  }

  /// What a function of the notebook was made from.
  func ownPrototype(of function: Value) -> Prototype? {
    guard function.tag == Tag.closure, let prototype = prototype(of: function), !prototype.unit.isPrelude
    else { return nil }
    return prototype
  }

  /// What an error says, for showing it outside the language.
  public func report(of error: Value) -> ErrorReport {
    guard error.tag == Tag.error else {
      return ErrorReport(kind: "error", message: display(error), help: nil, frames: [], isCut: false)
    }
    let trace = payloads[error.error.pointee.trace] as? Trace
    var help: String?
    if error.error.pointee.fields.tag == Tag.dictionary {
      let value = heap.value(of: heap.makeString("help"), in: error.error.pointee.fields.dictionary)
      if value.tag == Tag.string { help = heap.text(value.string) }
    }
    return ErrorReport(
      kind: display(error.error.pointee.kind), message: display(error.error.pointee.message), help: help,
      frames: trace?.placed ?? [], isCut: trace?.isCut ?? false, cause: trace?.cause)
  }

  /// A field of an error, as `status` of an HTTP error; nil where it has none.
  public func errorField(_ name: String, of error: Value) -> Value {
    guard error.tag == Tag.error, error.error.pointee.fields.tag == Tag.dictionary else { return .nil }
    let value = heap.value(of: heap.makeString(name), in: error.error.pointee.fields.dictionary)
    return value.tag == Tag.unset ? .nil : value
  }
}

/// One call, or one await, that an error passed.
public struct TraceFrame: Sendable {
  public let function: String
  public let role: FunctionNode.Role
  public let source: SourceText
  public let span: Span
  /// The error came out of a deferred awaited here.
  public let isAwait: Bool
}

/// Where the notebook calls something. It is looked up in the text only when somebody asks.
struct CallSite {
  let prototype: Prototype
  /// Behind the instruction that calls.
  let ip: UnsafeMutablePointer<Instruction>

  private var span: Span { prototype.span(before: ip) }

  var frame: TraceFrame {
    TraceFrame(
      function: prototype.function.name, role: prototype.function.role, source: prototype.unit.source,
      span: span, isAwait: false)
  }

  var codePlace: CodePlace { CodePlace(source: prototype.unit.source, offset: span.start) }
}

/// The way of an error, innermost first.
final class Trace {
  /// Frames kept; the rest of a deep recursion says nothing new.
  static let limit = 40

  /// What the traces of one error have in common, on all the ways that it went.
  final class Root {}

  let root: Root
  var frames: [TraceFrame] = []
  var isCut = false
  /// The error that this one took the place of, as it arose in a `defer`.
  var cause: ErrorCause?
  /// The call whose operation failed, where nothing was thrown.
  var origin: TraceFrame?

  init(root: Root = Root()) { self.root = root }

  /// The frames with the origin in front, unless the first of them is in the same line and says as much.
  var placed: [TraceFrame] {
    guard let origin else { return frames }
    guard let first = frames.first else { return [origin] }
    let isSameLine =
      first.source.name == origin.source.name
      && first.source.position(of: first.span.start).line
        == origin.source.position(of: origin.span.start).line
    return isSameLine ? frames : [origin] + frames
  }
}

/// An error of the language for people: plain values, free of the heap.
public struct ErrorReport: Error, Sendable {
  public let kind: String
  public let message: String
  public let help: String?
  /// Innermost first.
  public let frames: [TraceFrame]
  /// There were more frames than are kept.
  public let isCut: Bool
  /// The error that was under way when this one arose in a `defer`.
  public let cause: ErrorCause?

  public init(
    kind: String, message: String, help: String?, frames: [TraceFrame], isCut: Bool, cause: ErrorCause? = nil
  ) {
    self.kind = kind
    self.message = message
    self.help = help
    self.frames = frames
    self.isCut = isCut
    self.cause = cause
  }
}

/// What is left of an error that another took the place of.
public struct ErrorCause: Sendable {
  public let message: String
  /// Where it arose.
  public let place: TraceFrame?
}
