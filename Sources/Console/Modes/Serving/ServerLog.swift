import Foundation
import KernelCore

/// What a server writes as it serves: a line for each request and what cells print on standard output, errors on
/// standard error.
struct ServerLog {
  /// How standard output is written.
  enum Format: String, Sendable, CaseIterable {
    /// Requests in logfmt; what cells print as it is.
    case logfmt
    /// A JSON object on every line.
    case json
  }

  let format: Format
  private let events: EventQueue
  private let clock = LogClock()

  init(_ format: Format, of events: EventQueue) {
    self.format = format
    self.events = events
  }

  /// Writes what has come; waits for it at most `timeout` seconds.
  func writeAll(timeout: TimeInterval = 0) {
    var lines = ""
    for (date, event) in events.takeDated(timeout: timeout, gatheringServed: true) {
      switch event {
      case .failure, .unawaited:
        guard let text = Transcript.event(event) else { continue }
        write(&lines)
        Stream.complain(text.rendered(color: false))
      default:
        guard let line = line(event, at: date) else { continue }
        lines += line
        lines += "\n"
        // What waits to be written stays small.
        if lines.utf8.count > ServerLog.size { write(&lines) }
      }
    }
    write(&lines)
  }

  /// From so many bytes on lines are written, though more have come.
  private static let size = 64 << 10

  private func write(_ lines: inout String) {
    if lines.isEmpty { return }
    Stream.writeOutput(lines)
    lines = ""
  }

  /// Nil for what shows nothing.
  private func line(_ event: KernelEvent, at date: Date) -> String? {
    if case .served(let request) = event {
      let line = RequestLine(request, time: clock.text(date))
      return format == .json ? line.json : line.logfmt
    }
    return format == .json
      ? Message(event, time: clock.text(date))?.json : Transcript.event(event)?.rendered(color: false)
  }

  /// What is no request, for a collector of logs.
  struct Message: Encodable {
    private let time: String
    private let level = "info"
    private let cell: Int?
    private let message: String

    /// Nil for events that show nothing.
    init?(_ event: KernelEvent, time: String) {
      switch event {
      case .output(let source, let text), .notice(let source, let text):
        cell = source
        message = text
      default:
        guard let text = Transcript.event(event) else { return nil }
        cell = nil
        message = text.plain
      }
      self.time = time
    }

    var json: String { LogText.json(self) }
  }
}
