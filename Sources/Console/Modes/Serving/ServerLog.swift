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

  init(_ format: Format, of events: EventQueue) {
    self.format = format
    self.events = events
  }

  /// Writes what has come; waits for it at most `timeout` seconds.
  func writeAll(timeout: TimeInterval = 0) {
    for (date, event) in events.takeDated(timeout: timeout) { write(event, at: date) }
  }

  private func write(_ event: KernelEvent, at date: Date) {
    switch event {
    case .served(let request):
      let line = RequestLine(request, at: date)
      Stream.write(format == .json ? line.json : line.logfmt)
    case .failure, .unawaited:
      if let text = Transcript.event(event) { Stream.complain(text.rendered(color: false)) }
    default:
      let line =
        format == .json ? Message(event, at: date)?.json : Transcript.event(event)?.rendered(color: false)
      if let line { Stream.write(line) }
    }
  }

  /// What is no request, for a collector of logs.
  struct Message: Encodable {
    private let time: String
    private let level = "info"
    private let cell: Int?
    private let message: String

    /// Nil for events that show nothing.
    init?(_ event: KernelEvent, at date: Date) {
      switch event {
      case .output(let source, let text), .notice(let source, let text):
        cell = source
        message = text
      default:
        guard let text = Transcript.event(event) else { return nil }
        cell = nil
        message = text.plain
      }
      time = LogText.time(date)
    }

    var json: String { LogText.json(self) }
  }
}
