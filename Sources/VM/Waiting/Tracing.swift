// What the machine tells somebody who wants to know what time was spent on.

import Language

/// One piece of what a request, a cell or a tick comes to: a fiber, or an operation of the host.
public struct SpanID: Hashable, Sendable {
  public let bits: Int

  @inlinable
  public init(bits: Int) { self.bits = bits }

  /// Nobody looks at it.
  @inlinable
  public static var none: SpanID { SpanID(bits: 0) }
}

/// Where the notebook's text begins or awaits something. The line is counted when somebody looks.
public struct CodePlace: Sendable {
  public let source: SourceText
  /// In UTF-8.
  public let offset: Int

  public init(_ frame: TraceFrame) { self.init(source: frame.source, offset: frame.span.start) }

  public init(source: SourceText, offset: Int) {
    self.source = source
    self.offset = offset
  }

  public var cell: Int? { source.cell }
  public var line: Int { source.lineNumber(of: offset) }
}

/// Hears what begins, waits and ends on behalf of the spans that the host gives to its tasks; of fibers without one it
/// hears nothing. It is called while code runs, and must not call the machine. Where something is, and what it waits for,
/// is found out only where it is asked for.
public protocol MachineTracer: AnyObject {
  /// Something begins; gives the span for it, `none` where nobody looks at it.
  ///
  /// - Parameters:
  ///   - parent: the span of the fiber that begins it, or that has set the callback.
  ///   - cause: what had to be over before: for a callback whatever fired its deferred, else `parent`; `none` where
  ///     nobody looked at that.
  ///   - place: where the notebook's text begins it.
  func begins(
    _ work: TracedWork, parent: SpanID, cause: SpanID, at place: @autoclosure () -> CodePlace?
  ) -> SpanID
  /// A fiber parks, or the task that it ran for follows the deferred which it gave; then there is no place.
  ///
  /// - Parameter source: the operation or fiber that comes before, as far as it is known; `none` where only a `resolve`
  ///   can fire it. Of several at once it is one.
  func waits(_ span: SpanID, for source: @autoclosure () -> SpanID, at place: @autoclosure () -> CodePlace?)
  /// It goes on or begins, or its task has the result.
  ///
  /// - Parameter cause: what fired the deferred; `none` where nobody looked at that.
  func goesOn(_ span: SpanID, cause: SpanID)
  /// It is over. The end of a task the host hears itself.
  func ends(_ span: SpanID, _ outcome: TracedOutcome)
}

/// Words for it are made when somebody looks.
public enum TracedWork: Sendable, Equatable {
  case fiber(FiberKind)
  /// In nanoseconds.
  case timer(Int)
  case call(method: String, url: String)
  /// A socket is bound.
  case listening
  /// What comes or goes piece by piece: `the next chunk`.
  case stream(String)
  /// A file is opened.
  case file
}

/// What begins a fiber.
public enum FiberKind: String, Sendable {
  case async, then, after, `catch`, finally
}

public enum TracedOutcome: Sendable, Equatable {
  case succeeded
  case failed
  case cancelled

  public init(_ outcome: Outcome, wasStopped: Bool) {
    self =
      switch outcome {
      case .success: .succeeded
      case .failure: wasStopped ? .cancelled : .failed
      }
  }
}

/// What the host does for the notebook: the deferred that it fires, where it was begun, for errors that nobody awaits, and
/// what it is known by.
struct Operation {
  let deferred: Value
  let site: CallSite?
  let span: SpanID
}

// Called only where there is a span.
extension Machine {
  /// What is known of the fiber that runs now.
  var currentSpan: SpanID { current?.pointee.span ?? .none }

  /// A fiber that code begins.
  func trace(
    _ fiber: UnsafeMutablePointer<FiberObject>, of body: Value,
    startedBy starter: UnsafeMutablePointer<FiberObject>, _ kind: FiberKind
  ) {
    let parent = starter.pointee.span
    fiber.pointee.span =
      tracer?.begins(.fiber(kind), parent: parent, cause: parent, at: codePlace(of: body)) ?? .none
  }

  /// The fiber of a callback whose deferred has fired.
  func trace(
    _ fiber: UnsafeMutablePointer<FiberObject>, callbackOf reaction: UnsafeMutablePointer<ReactionObject>,
    cause: SpanID
  ) {
    let kind: FiberKind =
      switch ReactionObject.Kind(rawValue: reaction.pointee.header.aux) {
      case .call: .after
      case .catch: .catch
      default: .then
      }
    fiber.pointee.span =
      tracer?.begins(
        .fiber(kind), parent: reaction.pointee.span, cause: cause,
        at: codePlace(of: reaction.pointee.function))
      ?? .none
  }

  private func codePlace(of function: Value) -> CodePlace? {
    ownPrototype(of: function).map { CodePlace(source: $0.unit.source, offset: $0.function.span.start) }
  }

  func traceOperation(_ work: TracedWork, at site: CallSite?) -> SpanID {
    tracer?.begins(work, parent: currentSpan, cause: currentSpan, at: site?.codePlace) ?? .none
  }

  func traceWait(_ fiber: UnsafeMutablePointer<FiberObject>) {
    // It stands before its `await`, which is tried again.
    fiber.pointee.ip += 1
    tracer?.waits(
      fiber.pointee.span, for: fiber.pointee.source.map(span(before:)) ?? .none, at: currentCall?.codePlace)
    fiber.pointee.ip -= 1
  }

  /// What will fire a deferred: an operation or a fiber; `none` where nobody knows.
  func span(before deferred: UnsafeMutablePointer<DeferredObject>) -> SpanID {
    var next = deferred
    for _ in 0..<100 {
      guard next.isPending else { break }
      if next.pointee.header.flags & DeferredObject.isOperation != 0 {
        return span(ofOperation: next.pointee.number)
      }
      let origin = next.pointee.origin
      let source: UnsafeMutablePointer<DeferredObject>?
      switch origin.tag {
      case Tag.fiber: return origin.fiber.pointee.span
      case Tag.reaction: source = origin.reaction.pointee.source
      case Tag.array: source = firstSource(origin.array)
      default: source = nil
      }
      guard let source else { break }
      next = source
    }
    return .none
  }

  /// Of those that a combinator waits for.
  private func firstSource(_ reactions: UnsafeMutablePointer<ArrayObject>)
    -> UnsafeMutablePointer<DeferredObject>?
  {
    for place in 0..<min(reactions.pointee.count, 100) {
      if let source = reactions.pointee.elements[place].reaction.pointee.source { return source }
    }
    return nil
  }

  func traceResume(_ fiber: UnsafeMutablePointer<FiberObject>) {
    tracer?.goesOn(fiber.pointee.span, cause: fiber.pointee.source?.cause ?? .none)
  }
}
