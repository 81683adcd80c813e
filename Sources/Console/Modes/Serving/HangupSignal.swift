import Foundation

/// Turns SIGHUP into something to ask for, instead of the end of the process.
final class HangupSignal: Sendable {
  private let flag: Flag
  private let listener: SignalListener

  /// `wake` is called when one comes, on a thread of its own.
  init(wake: @escaping @Sendable () -> Void) {
    let flag = Flag()
    self.flag = flag
    listener = SignalListener(SIGHUP) {
      flag.set()
      wake()
    }
  }

  /// Whether one has come since the last question.
  func take() -> Bool { flag.take() }
}
