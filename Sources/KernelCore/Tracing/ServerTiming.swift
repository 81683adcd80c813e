import VM

/// The value of `Server-Timing` (W3C Server Timing, section 2): what an answer waited for, for the client's developer tools.
enum ServerTiming {
  /// Calls, timers and the like that are told; of more the longest.
  static let limit = 8
  /// Characters of a description.
  static let descriptionLimit = 80

  /// - Parameters:
  ///   - total: the time since the request came, in nanoseconds.
  ///   - trace: what it was traced as so far, where it was.
  ///   - now: until when what has not ended is counted, by the clock of the trace.
  static func value(total: Int, _ trace: RecordedTrace?, now: Int) -> String {
    var metrics = ["total;dur=\(milliseconds(total))"]
    guard let trace else { return metrics[0] }
    metrics.append("cpu;dur=\(milliseconds(computing(trace, now: now)))")
    let found = operations(of: trace, now: now)
    let longest = found.indices.sorted { (found[$0].duration, $1) > (found[$1].duration, $0) }.prefix(limit)
    for place in longest.sorted() {
      let operation = found[place]
      metrics.append(
        "\(operation.name);dur=\(milliseconds(operation.duration));desc=\(quoted(operation.description))")
    }
    return metrics.joined(separator: ", ")
  }

  private struct Operation {
    let name: String
    let description: String
    let duration: Int
  }

  /// What was waited for and has a name, each kind in the order of its beginning.
  private static func operations(of trace: RecordedTrace, now: Int) -> [Operation] {
    let held = trace.waits.filter { $0.kind == .held }.map {
      Operation(name: "held", description: "held while cells ran again", duration: ($0.end ?? now) - $0.start)
    }
    // What nothing of its own was to end: another request, as a rule.
    let foreign = trace.waits.filter { wait in
      let isOwn = wait.cause != .none && SpanKey(wait.cause).with(span: 0).id == trace.id
      return wait.kind == .await && wait.source == .none && !isOwn
    }.map {
      Operation(name: "wait", description: "for a Deferred", duration: ($0.end ?? now) - $0.start)
    }
    return held + foreign
      + trace.spans.indices.dropFirst().compactMap { place in
        let span = trace.spans[place]
        guard let name = name(of: span.work) else { return nil }
        return Operation(
          name: name, description: description(of: trace, place), duration: (span.end ?? now) - span.start)
      }
  }

  /// A token (RFC 9110, section 5.6.2); nil for what only runs.
  private static func name(of work: TracedWork?) -> String? {
    switch work {
    case nil, .fiber: nil
    case .timer: "timer"
    case .call(let method, _): token(method)
    case .listening: "listen"
    case .stream: "stream"
    case .file: "file"
    }
  }

  private static func token(_ method: String) -> String {
    let letters = method.lowercased().utf8.prefix(20).filter { (0x61...0x7a).contains($0) || $0 == 0x2d }
    return letters.isEmpty ? "call" : String(decoding: letters, as: UTF8.self)
  }

  /// Without the query of an address: that may hold what no client is to know.
  private static func description(of trace: RecordedTrace, _ place: Int) -> String {
    String(trace.name(ofSpan: place).prefix { $0 != "?" && $0 != "#" })
  }

  /// A quoted string (RFC 9110, section 5.6.4), of ASCII alone: other letters stand as an address has them.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars.prefix(descriptionLimit) {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case " "..."~": result.unicodeScalars.append(scalar)
      case "\u{80}"...:
        for byte in String(scalar).utf8 { result += "%" + String(byte, radix: 16, uppercase: true) }
      default: result += "?"
      }
    }
    return result + (text.unicodeScalars.count > descriptionLimit ? "...\"" : "\"")
  }

  /// The time in which its code ran: that of its fibers without their waits.
  private static func computing(_ trace: RecordedTrace, now: Int) -> Int {
    var times = trace.spans.enumerated().map { place, span in
      if place > 0 { guard case .fiber = span.work else { return 0 } }
      return (span.end ?? now) - span.start
    }
    for wait in trace.waits { times[wait.span] -= (wait.end ?? now) - wait.start }
    return times.reduce(0) { $0 + max(0, $1) }
  }

  /// With one digit behind the point.
  private static func milliseconds(_ nanoseconds: Int) -> String {
    let tenths = (max(0, nanoseconds) + 50_000) / 100_000
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
