import Foundation

/// A value that comes from another thread.
final class Slot<Value: Sendable>: @unchecked Sendable {
  // Guarded by `lock`.
  private var content: Value?
  private var listener: (@Sendable (Value) -> Void)?
  private let lock = NSLock()

  var value: Value? { lock.withLock { content } }

  /// Called with the value: when it comes, or at once where it has come already.
  var onSet: (@Sendable (Value) -> Void)? {
    get { lock.withLock { listener } }
    set {
      let value = lock.withLock {
        listener = newValue
        return content
      }
      if let value { newValue?(value) }
    }
  }

  func set(_ value: Value) {
    let listener = lock.withLock {
      content = value
      return self.listener
    }
    listener?(value)
  }
}
