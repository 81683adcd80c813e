import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into something to ask for, instead of the end of the process.
public final class TerminationSignals: Sendable {
  /// 0 for none.
  private let raised: Raised
  private let listeners: [SignalListener]

  private final class Raised: Sendable {
    let number = Atomic<Int32>(0)
  }

  /// `wake` is called when one comes, on a thread of its own.
  public init(wake: @escaping @Sendable () -> Void) {
    let raised = Raised()
    self.raised = raised
    listeners = [SIGTERM, SIGINT].map { number in
      SignalListener(number) {
        // Whoever signals again does not want to wait for what is under way.
        if raised.number.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
        Stream.hurry()
        wake()
      }
    }
  }

  public var isRaised: Bool { raised.number.load(ordering: .relaxed) != 0 }

  /// Ends the process as the signal that came would have, for whoever wants to know how it ended. Returns where none
  /// came.
  func endAsRaised() {
    let number = raised.number.load(ordering: .relaxed)
    if number == 0 { return }
    signal(number, SIG_DFL)
    raise(number)
  }
}
