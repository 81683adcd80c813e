/// One event of a stream of server-sent events (WHATWG HTML, section 9.2).
public struct ServerSentEvent: Sendable, Equatable {
  /// `message` where the stream says nothing else.
  public var event: String
  /// Its lines with LF between.
  public var data: String
  /// The last id that the stream has given, to go on behind it; empty where it has given none.
  public var id: String
  /// How long to wait before connecting again, in milliseconds, as the stream said it last; `nil` where it did not.
  public var retry: Int?

  public init(event: String = "message", data: String, id: String = "", retry: Int? = nil) {
    self.event = event
    self.data = data
    self.id = id
    self.retry = retry
  }
}

/// Reads server-sent events from pieces of a body, wherever they are cut (WHATWG HTML, section 9.2.6).
public struct EventStream: Sendable {
  /// An event is longer than it may be.
  public struct TooLong: Error, Equatable {
    /// In bytes.
    public let limit: Int
  }

  /// The most bytes that an event's data, or a line, may have: 1 MiB.
  public static let defaultLimit = LineSplitter.defaultLimit

  private let limit: Int
  private var lines: LineSplitter
  private var isFirstLine = true
  private var data = ""
  private var event = ""
  private var id = ""
  private var retry: Int?

  public init(limit: Int = EventStream.defaultLimit) {
    self.limit = limit
    // A mark of the byte order may stand before the first line.
    lines = LineSplitter(limit: limit + 3)
  }

  /// Takes the next piece; gives the events that end in it. One that the stream's end cuts off is never given.
  ///
  /// - Throws: ``TooLong``; nothing more can be taken then.
  public mutating func take(_ piece: some Collection<UInt8>) throws(TooLong) -> [ServerSentEvent] {
    let whole: [String]
    do throws(LineSplitter.TooLong) {
      whole = try lines.take(piece)
    } catch {
      throw TooLong(limit: limit)
    }
    var events: [ServerSentEvent] = []
    for line in whole {
      if let event = try take(line: line) { events.append(event) }
    }
    return events
  }

  private mutating func take(line: String) throws(TooLong) -> ServerSentEvent? {
    var line = Substring(line).unicodeScalars
    if isFirstLine {
      isFirstLine = false
      if line.first == "\u{FEFF}" { line.removeFirst() }
    }
    if line.isEmpty { return dispatch() }
    let name = line.prefix { $0 != ":" }
    var value = line.dropFirst(name.count + 1)
    if value.first == " " { value.removeFirst() }
    switch String(name) {
    // The first line of a comment has no name.
    case "event": event = String(value)
    case "data":
      guard data.utf8.count + value.reduce(0, { $0 + UTF8.width($1) }) < limit else {
        throw TooLong(limit: limit)
      }
      data.unicodeScalars.append(contentsOf: value)
      data += "\n"
    case "id" where !value.contains("\0"): id = String(value)
    case "retry" where !value.isEmpty && value.allSatisfy { ("0"..."9").contains($0) }:
      retry = Int(String(value)) ?? .max
    default: break
    }
    return nil
  }

  /// The empty line that ends an event. Without data it is none.
  private mutating func dispatch() -> ServerSentEvent? {
    defer {
      data = ""
      event = ""
    }
    if data.isEmpty { return nil }
    return ServerSentEvent(
      event: event.isEmpty ? "message" : event, data: String(data.dropLast()), id: id, retry: retry)
  }
}
