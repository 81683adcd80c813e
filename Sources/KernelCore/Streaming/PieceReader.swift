import VM

/// What `for await` reads from: hands pieces to the one who asks, or lets him wait for the next.
final class PieceReader {
  enum Piece {
    case value(Value)
    case end
    case failed(Failure)
  }

  private let operations: StreamOperations
  private let what: String
  /// Takes the next piece; nil where none has come.
  private let take: () -> Piece?
  /// Whether who sends is outside this process.
  private let isOutside: Bool
  private var waiting: Int? {
    didSet { if isAwaited != (oldValue != nil) { onWait?(isAwaited) } }
  }
  /// Told when somebody begins to wait, and when nobody waits any more.
  var onWait: ((Bool) -> Void)?
  /// Told when whoever waits has been cancelled.
  var onCancel: (() -> Void)?

  /// - Parameters:
  ///   - what: a piece as people are told of it: `chunk`.
  ///   - isOutside: whether a virtual clock stands still while somebody waits for the next.
  init(_ operations: StreamOperations, what: String, isOutside: Bool = false, take: @escaping () -> Piece?) {
    self.operations = operations
    self.isOutside = isOutside
    self.what = what
    self.take = take
  }

  /// Whether somebody waits for the next piece.
  var isAwaited: Bool { waiting != nil }
  /// Whether somebody has ever asked.
  private(set) var isRead = false
  /// Whether whoever asked was told that nothing more will come.
  private(set) var hasEnded = false

  /// What the method `Machine.nextPiece` gives.
  func next(owner: UInt32) throws(Failure) -> Value {
    isRead = true
    if let piece = take() { return try value(of: piece) }
    if waiting != nil {
      throw Failure(
        .argument, "something else waits for the next \(what) already",
        help: "let one loop read, and hand on what it reads")
    }
    let (id, deferred) = operations.begin(owner: owner, "the next \(what)", isOutside: isOutside) {
      [weak self] in
      self?.waiting = nil
      self?.onCancel?()
    }
    waiting = id
    return deferred
  }

  /// Something has come: whoever waits is given it.
  func arrived() {
    guard let id = waiting, let piece = take() else { return }
    waiting = nil
    do throws(Failure) {
      operations.complete(id, .success(try value(of: piece)))
    } catch {
      operations.complete(id, .failure(operations.machine.makeErrorValue(error)))
    }
    operations.onActivity()
  }

  private func value(of piece: Piece) throws(Failure) -> Value {
    switch piece {
    case .value(let value): return operations.machine.makeArray([value])
    case .end:
      hasEnded = true
      return .nil
    case .failed(let failure): throw failure
    }
  }
}
