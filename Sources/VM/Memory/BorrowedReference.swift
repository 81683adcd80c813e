/// A reference to an object that is counted when it is set, and not whenever somebody looks at it: where one look takes some
/// nanoseconds, counting is half of it.
///
/// The object lives as long as it is set here; whoever looks must not set another meanwhile, which exclusive access to the
/// variable ensures.
public struct BorrowedReference<Object: AnyObject> {
  /// The object, counted.
  public var object: Object? {
    didSet { uncounted = object.map(Unmanaged.passUnretained) }
  }
  @usableFromInline
  internal private(set) var uncounted: Unmanaged<Object>?

  public init() {}

  /// Looks at the object; nil where there is none.
  @inlinable @inline(__always)
  public func withObject<Output>(_ body: (Object) -> Output) -> Output? {
    uncounted?._withUnsafeGuaranteedRef(body)
  }
}
