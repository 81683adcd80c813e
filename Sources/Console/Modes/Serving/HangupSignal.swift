import Dispatch
import Foundation

/// Turns SIGHUP into something to ask for, instead of the end of the process.
final class HangupSignal {
  private let source: any DispatchSourceSignal
  private let flag = Flag()

  /// `wake` is called when one comes, on a thread of its own.
  init(wake: @escaping @Sendable () -> Void) {
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    source.setEventHandler { [flag] in
      flag.set()
      wake()
    }
    source.resume()
  }

  /// Whether one has come since the last question.
  func take() -> Bool { flag.take() }
}
