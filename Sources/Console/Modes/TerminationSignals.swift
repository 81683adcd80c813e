import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into something to ask for, instead of the end of the process.
public final class TerminationSignals: @unchecked Sendable {
  private let raised = Atomic<Bool>(false)
  /// Written by `init` alone; kept so that they stay in force.
  private var sources: [any DispatchSourceSignal] = []

  /// `wake` is called when one comes, on a thread of its own.
  public init(wake: @escaping @Sendable () -> Void) {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        // Whoever signals again does not want to wait for what is under way.
        if raised.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        Stream.hurry()
        wake()
      }
      source.resume()
      sources.append(source)
    }
  }

  public var isRaised: Bool { raised.load(ordering: .relaxed) }
}
