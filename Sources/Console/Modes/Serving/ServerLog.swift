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
    var lines: [UInt8] = []
    for (date, event) in events.takeDated(timeout: timeout, gatheringServed: true) {
      switch event {
      case .failure, .unawaited:
        guard let text = Transcript.event(event) else { continue }
        write(&lines)
        Stream.complain(text.rendered(color: false))
      default:
        guard append(event, at: date, to: &lines) else { continue }
        lines.append(UInt8(ascii: "\n"))
        // What waits to be written stays small.
        if lines.count > ServerLog.size { write(&lines) }
      }
    }
    write(&lines)
  }

  /// From so many bytes on lines are written, though more have come.
  private static let size = 64 << 10

  private func write(_ lines: inout [UInt8]) {
    if lines.isEmpty { return }
    Stream.writeOutput(lines)
    lines.removeAll(keepingCapacity: true)
  }

  /// False for what shows nothing.
  private func append(_ event: KernelEvent, at date: Date, to lines: inout [UInt8]) -> Bool {
    let line: String?
    switch (event, format) {
    case (.served(let request), .logfmt):
      lines += "time=".utf8
      clock.append(date, to: &lines)
      lines.append(UInt8(ascii: " "))
      RequestLine(request).appendLogfmt(to: &lines)
      return true
    case (.served(let request), .json): line = RequestLine(request, time: clock.text(date)).json
    case (_, .json): line = Message(event, time: clock.text(date))?.json
    case (_, .logfmt): line = Transcript.event(event)?.rendered(color: false)
    }
    lines += (line ?? "").utf8
    return line != nil
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
