import Foundation
import Glibc
import Synchronization

/// Where text goes where nobody types: standard output or standard error.
public enum Stream {
  /// Why standard output could not be written when that first happened, or 0.
  private static let problem = Mutex<Int32>(0)

  /// Whether something was lost that standard output should have got: a transcript without its end is no success.
  static var hasLostOutput: Bool { problem.withLock { $0 != 0 } }

  /// Whether nothing waits any more for whoever reads: the program is asked to end.
  private static let isHurried = Atomic<Bool>(false)

  /// Whether a reader of standard output that goes away is missed.
  private static let isReaderMissed = Atomic<Bool>(false)

  /// From now on it is told when whoever reads standard output has gone: of a log nobody has had enough.
  static func missReader() { isReaderMissed.store(true, ordering: .relaxed) }

  /// Whether somebody who reads kept the end of the program waiting.
  private static let hasStalled = Atomic<Bool>(false)

  /// How long whoever reads may take then, in milliseconds. Who is late once is not waited for again.
  private static let patience: Int32 = 1_000

  /// From now on what cannot be written soon is dropped, so that a reader who has stalled holds nobody up.
  static func hurry() { isHurried.store(true, ordering: .relaxed) }

  /// Says at the end that something was not written, since whoever reads it has stalled.
  static func tellOfStall() {
    if hasStalled.load(ordering: .relaxed) {
      complain("the end of the log is lost: whoever reads it did not go on within a second of the signal")
    }
  }

  /// Writes a line to standard output.
  static func write(_ text: String) { writeOutput(text + "\n") }

  /// Writes a text of its own and says how that went.
  public static func writeWhole(_ text: String) -> ExitStatus {
    write(text)
    return hasLostOutput ? .outputLost : .success
  }

  static func write(_ text: StyledText, color: Bool) { write(text.rendered(color: color)) }

  /// Writes a line to standard error.
  public static func complain(_ text: String) { _ = writeAll(Array((text + "\n").utf8), to: STDERR_FILENO) }

  /// Writes to standard output as it is, or to what stands for it. The first failure is told, unless a reader has
  /// gone that had enough, as `head` has.
  static func writeOutput(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    writeOutput(Array(text.utf8), to: descriptor)
  }

  /// The same of text in UTF-8.
  static func writeOutput(_ text: [UInt8], to descriptor: Int32 = STDOUT_FILENO) {
    let failure = writeAll(text, to: descriptor)
    guard failure != 0 else { return }
    let isFirst = problem.withLock { problem in
      defer { problem = problem == 0 ? failure : problem }
      return problem == 0
    }
    if isFirst, failure == EPIPE {
      if isReaderMissed.load(ordering: .relaxed) {
        complain("standard output cannot be written: whoever read it has gone")
      }
    } else if isFirst {
      complain("standard output cannot be written: \(String(cString: strerror(failure)).lowercased())")
    }
  }

  /// Gives 0, or the error that ended it.
  private static func writeAll(_ text: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = text[...]
    while !rest.isEmpty {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let isHurried = isHurried.load(ordering: .relaxed)
      let hasStalled = hasStalled.load(ordering: .relaxed)
      let count = poll(&ready, 1, isHurried ? (hasStalled ? 0 : patience) : 200)
      // A signal came, perhaps the one that hurries.
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno }
      if count == 0 {
        if !isHurried { continue }
        self.hasStalled.store(true, ordering: .relaxed)
        return 0
      }
      // A pipe that is ready takes so much without waiting, and as one: what others write stands between whole lines.
      var piece = rest.prefix(Int(PIPE_BUF))
      if piece.count < rest.count, let end = piece.lastIndex(of: UInt8(ascii: "\n")) { piece = piece[...end] }
      let written = piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR, errno != EAGAIN {
        return errno
      }
    }
    return 0
  }
}
