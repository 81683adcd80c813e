import Fetch
import NIOCore
import Synchronization

/// Results of transfers on their way to the kernel's loop: however many come at a time, it is woken once.
final class TransferResults: Sendable {
  typealias Entry = (id: Int, attempt: Int, result: Result<FetchResponse, FetchError>)

  private let loop: any EventLoop
  private let receiver: NIOLoopBoundBox<((Entry) -> Void)?>
  private let waiting = Mutex<[Entry]>([])

  init(loop: any EventLoop) {
    self.loop = loop
    receiver = .makeBoxSendingValue(nil, eventLoop: loop)
  }

  /// Calls `body` on the loop with each result. Called there.
  func receive(_ body: @escaping (Entry) -> Void) { receiver.value = body }

  /// Called on any thread.
  func post(_ id: Int, attempt: Int, _ result: Result<FetchResponse, FetchError>) {
    let isFirst = waiting.withLock { waiting in
      waiting.append((id, attempt, result))
      return waiting.count == 1
    }
    if isFirst { loop.execute { self.deliver() } }
  }

  private func deliver() {
    let entries = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for entry in entries { receiver.value?(entry) }
  }
}
