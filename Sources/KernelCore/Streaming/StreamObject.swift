import NIOCore
import VM
import Web

/// What `stream` and `events` give: a body that is written as its client takes it.
final class StreamObject: Sendable {
  /// What a handler's answer tells of it.
  let type: String
  let heartbeat: Int?
  /// A header that it needs besides its type.
  let header: (name: String, value: String)?

  private init(type: String, heartbeat: Int? = nil, header: (name: String, value: String)? = nil) {
    self.type = type
    self.heartbeat = heartbeat
    self.header = header
  }

  /// What writes on an answer of another service; the head is that one's.
  static let passedOn = StreamObject(type: "")

  /// The classes of streams and of what they write to.
  struct Classes {
    let stream: InstanceClass
    let writer: InstanceClass
  }

  /// Written in the language, since it waits.
  static let library = """
    func Writer_write(self, value, wait = true) { await self.__write(value, wait) }
    func __passOn(out, response) {
        for await chunk in response.chunks {
            if !out.write(chunk) { break }
        }
    }
    func __eventStream(body, retry) {
        __function(body, "events()", "write events { send in … }")
        let run = { out in
            func send(data = nil, event = nil, id = nil, retry = nil, wait = true) {
                await out.__write(__event(data, event, id, retry, wait), wait)
            }
            if retry != nil { send(retry: retry) }
            body(send)
        }
        run
    }
    func events(body, heartbeat = 15s, retry = nil) { __events(__eventStream(body, retry), heartbeat, retry) }
    """

  /// Defines `stream`, `events` and what they write to.
  static func define(in machine: Machine) -> Classes {
    let stream = machine.defineClass("Stream", fields: ["__body"])
    let writer = machine.defineClass("Writer")
    machine.define("stream", ["body", "type?"]) { [unowned stream] call throws(Failure) in
      let type = try call.string(1, default: "text/plain")
      if let problem = HeaderRules.problem(name: "content-type", value: type) {
        throw Failure(.argument, problem).at(parameter: 1)
      }
      let isText = type.lowercased().hasPrefix("text/") && !type.contains(";")
      return call.machine.makeInstance(
        stream,
        fields: [
          try call.functionWithAnArgument(
            0, help: "name what it writes to: stream { out in out.write(\"…\") }")
        ],
        payload: StreamObject(type: isText ? "\(type); charset=utf-8" : type))
    }
    machine.define("__events", ["body", "heartbeat", "retry"], shown: "events") {
      [unowned stream] call throws(Failure) in
      _ = try EventEncoder.retry(call, 2, of: "events")
      let heartbeat = call[1].isNil ? nil : try call.duration(1)
      if let heartbeat, heartbeat < 1_000_000_000 {
        throw Failure(
          .argument, "the heartbeat of events() is 1s at least", help: "without one: heartbeat: nil"
        ).at(parameter: 1)
      }
      return call.machine.makeInstance(
        stream, fields: [call[0]],
        payload: StreamObject(
          type: "text/event-stream", heartbeat: heartbeat, header: ("cache-control", "no-store")))
    }
    machine.define("__event", ["data", "event", "id", "retry", "wait"], shown: "send") {
      call throws(Failure) in
      _ = try call.bool(4, default: true)
      return call.machine.makeString(utf8: try EventEncoder.text(of: call).utf8)
    }
    defineMembers(of: writer, in: machine)
    return Classes(stream: stream, writer: writer)
  }

  private static func defineMembers(of writer: InstanceClass, in machine: Machine) {
    let object = { [unowned machine, unowned writer] (value: Value) in
      machine.payload(of: value, writer) as? StreamWriter
    }
    writer.describe = { value in
      object(value).map { "<Writer, \($0.byteCount) bytes\($0.isOpen ? "" : ", closed")>" } ?? "<Writer>"
    }
    machine.defineMethod(writer, "__write", ["value", "wait"], shown: "write") { call throws(Failure) in
      let bytes = try piece(call)
      let waits = try call.bool(2, default: true)
      return object(call[0])?.write(bytes, waits: waits, owner: call.owner) ?? .bool(false)
    }
    machine.defineProperty(writer, "isOpen") { call throws(Failure) in .bool(object(call[0])?.isOpen ?? false)
    }
  }

  /// The bytes of a piece.
  private static func piece(_ call: borrowing NativeCall) throws(Failure) -> ByteBuffer {
    let machine = call.machine
    if let bytes = machine.withBytes(of: call[1], { ByteBuffer(bytes: $0) }) { return bytes }
    if call[1].isNil {
      throw Failure(.type, "nil cannot be written", help: "write a text, Bytes, or what has a JSON form")
        .at(parameter: 0)
    }
    if call[1].isDeferred { throw call.wrongType(1, expected: "a text or Bytes") }
    return ByteBuffer(string: try machine.sentText(of: call[1]))
  }
}
