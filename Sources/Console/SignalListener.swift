import Dispatch
import Glibc
import Synchronization

/// Calls a function on another thread each time a signal comes, instead of what the signal does by itself.
///
/// Before `init` a signal means what it meant, and from then on none is lost: the handler writes its number into a pipe,
/// which is about all that a handler may do (signal-safety(7)). An ignored signal with a `DispatchSourceSignal` would be
/// lost until that is registered, some time later. Of one signal there is one listener at a time; when it goes the signal
/// is ignored.
final class SignalListener: Sendable {
  private static let handlers = Mutex<[Int32: @Sendable () -> Void]>([:])
  /// Where the handler writes.
  nonisolated(unsafe) private static var writeEnd: Int32 = -1
  private static let queue = DispatchQueue(label: "routebook.signals")

  /// What reads the pipe as long as the process lives.
  nonisolated(unsafe) private static let reading: any DispatchSourceRead = {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no file descriptor is left for a pipe")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    writeEnd = ends[1]
    let source = DispatchSource.makeReadSource(fileDescriptor: ends[0], queue: queue)
    source.setEventHandler { [readEnd = ends[0]] in deliver(from: readEnd) }
    source.resume()
    return source
  }()

  private let number: Int32

  /// `handle` is called once for each time, in their order.
  init(_ number: Int32, handle: @escaping @Sendable () -> Void) {
    self.number = number
    _ = Self.reading
    Self.handlers.withLock { $0[number] = handle }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let previous = errno
      var byte = UInt8(number)
      _ = write(SignalListener.writeEnd, &byte, 1)
      errno = previous
    }
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }

  deinit {
    signal(number, SIG_IGN)
    Self.handlers.withLock { $0[number] = nil }
  }

  private static func deliver(from readEnd: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(readEnd, &buffer, buffer.count)
    guard count > 0 else { return }
    for number in buffer[..<count] { handlers.withLock { $0[Int32(number)] }?() }
  }
}
