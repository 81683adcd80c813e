import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into something to ask for, instead of the end of the process.
public final class TerminationSignals: @unchecked Sendable {
  /// 0 for none.
  private let raised = Atomic<Int32>(0)
  /// Written by `init` alone; kept so that they stay in force.
  private var sources: [any DispatchSourceSignal] = []

  /// `wake` is called when one comes, on a thread of its own.
  public init(wake: @escaping @Sendable () -> Void) {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        // Whoever signals again does not want to wait for what is under way.
        if raised.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
        Stream.hurry()
        wake()
      }
      source.resume()
      sources.append(source)
    }
  }

  public var isRaised: Bool { raised.load(ordering: .relaxed) != 0 }

  /// Ends the process as the signal that came would have, for whoever wants to know how it ended. Returns where none
  /// came.
  func endAsRaised() {
    let number = raised.load(ordering: .relaxed)
    if number == 0 { return }
    signal(number, SIG_DFL)
    raise(number)
  }
}
