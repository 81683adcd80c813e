import VM

/// One event as it is sent (HTML Standard, section 9.2.6, "Interpreting an event stream").
enum EventEncoder {
  /// The lines of an event: `data`, `event`, `id` and `retry` of a call, in this order.
  ///
  /// - Throws: a failure for what would be read as something else.
  static func text(of call: borrowing NativeCall) throws(Failure) -> String {
    let machine = call.machine
    var text = ""
    for (place, name) in [(1, "event"), (2, "id")] where !call[place].isNil {
      let value = try machine.plainText(of: call[place], for: "\"\(name)\" of send")
      if value.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) {
        throw Failure(.argument, "\"\(name)\" of send is one line, without a NUL").at(parameter: place)
      }
      text += "\(name): \(value)\n"
    }
    if let milliseconds = try retry(call, 3, of: "send") { text += "retry: \(milliseconds)\n" }
    if !call[0].isNil {
      // Each line of the data is a line of its own, whatever its end.
      let lines = try data(call).split(omittingEmptySubsequences: false) {
        ["\n", "\r\n", "\r"].contains($0)
      }
      for line in lines {
        text += "data: \(line)\n"
      }
    }
    if text.isEmpty {
      throw Failure(
        .argument, "send needs something to send", help: "write send(\"…\"), or send(event: \"ping\", \"\")")
    }
    return text + "\n"
  }

  /// The milliseconds of `retry`; nil for none. Digits are all that a browser reads there.
  ///
  /// - Throws: a failure for what is no time, or below 0.
  static func retry(_ call: borrowing NativeCall, _ place: Int, of function: String) throws(Failure) -> Int? {
    if call[place].isNil { return nil }
    let nanoseconds = try call.duration(place)
    if nanoseconds < 0 {
      throw Failure(.argument, "\"retry\" of \(function) is 0s at least").at(parameter: place)
    }
    return nanoseconds / 1_000_000
  }

  private static func data(_ call: borrowing NativeCall) throws(Failure) -> String {
    let machine = call.machine
    if call[0].isDeferred || machine.isBytes(call[0]) {
      throw call.wrongType(0, expected: "a text, or what has a JSON form")
    }
    return try machine.sentText(of: call[0])
  }
}
