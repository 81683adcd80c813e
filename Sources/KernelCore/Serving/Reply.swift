import NIOCore
import NIOHTTP1
import VM
import Web

/// Turns what a handler gives into a response.
struct ReplyMaker {
  let machine: Machine
  /// What `respond` and `redirect` make: status, headers, body, lines of cookies.
  let replyClass: InstanceClass
  let responseClass: InstanceClass
  /// What stands for a file as a body.
  let fileClass: InstanceClass
  let streamClass: InstanceClass

  /// The response for a value.
  ///
  /// - Throws: a failure for a value that cannot be sent.
  func response(for value: Value) throws(Failure) -> Response {
    if value.isNil { return Response(status: .noContent, headers: [:]) }
    if machine.isInstance(value, of: replyClass) { return try made(value) }
    if let payload = machine.payload(of: value, responseClass) as? ResponseObject {
      return forwarded(payload)
    }
    if let stream = stream(in: value) { return head(of: stream.object) }
    let (type, body) = try content(value)
    return Response(status: .ok, type: type, body: body)
  }

  /// What writes a body piece by piece: a function, and what it is given behind the writer.
  struct Streamed {
    let object: StreamObject
    let body: Value
    var further: [Value] = []
  }

  /// What a handler's value streams, where it does. `response(for:)` gives its head.
  func stream(in value: Value) -> Streamed? {
    let value = machine.isInstance(value, of: replyClass) ? machine.field(2, of: value) : value
    if let object = machine.payload(of: value, streamClass) as? StreamObject {
      return Streamed(object: object, body: machine.field(0, of: value))
    }
    // The answer of another service that comes in pieces goes on in pieces.
    guard let payload = machine.payload(of: value, responseClass) as? ResponseObject, payload.stream != nil,
      HTTPResponseStatus(statusCode: payload.status).hasContent,
      let body = machine.libraryFunction(named: "__passOn")
    else { return nil }
    return Streamed(object: .passedOn, body: body, further: [value])
  }

  private func head(of stream: StreamObject) -> Response {
    var response = Response(status: .ok, type: stream.type, body: ByteBuffer())
    if let (name, value) = stream.header { response.headers.add(name: name, value: value) }
    return response
  }

  /// The response of what `respond` and `redirect` make; nil for any other value, and for one that cannot be sent.
  func reply(_ value: Value) -> Response? {
    machine.isInstance(value, of: replyClass) ? try? response(for: value) : nil
  }

  /// The content type that a body has by itself; nil for none.
  func contentType(of body: Value) throws(Failure) -> String? {
    if body.isNil { return nil }
    if let slice = fileSlice(body) { return slice.file.type }
    if let payload = machine.payload(of: body, responseClass) as? ResponseObject {
      return payload.header("content-type")
    }
    if let stream = stream(in: body) { return stream.object.type }
    if machine.elements(of: body, most: 0) != nil || machine.pairs(of: body) != nil {
      return "application/json"
    }
    if machine.withBytes(of: body, { _ in () }) != nil { return type(ofBytes: body) }
    return try content(body).type
  }

  private func type(ofBytes body: Value) -> String {
    if machine.isHTML(body) { return "text/html; charset=utf-8" }
    return machine.isBytes(body) ? "application/octet-stream" : "text/plain; charset=utf-8"
  }

  private func content(_ value: Value) throws(Failure) -> (type: String, body: ByteBuffer) {
    if let bytes = machine.withBytes(of: value, { ByteBuffer(bytes: $0) }) {
      return (type(ofBytes: value), bytes)
    }
    if value.asInt != nil || value.asDouble != nil || value.asBool != nil || value.asDuration != nil
      || value.asDate != nil
    {
      return ("text/plain; charset=utf-8", ByteBuffer(string: machine.display(value)))
    }
    if machine.elements(of: value) != nil || machine.pairs(of: value) != nil {
      return ("application/json", ByteBuffer(bytes: try machine.writeJSON(value)))
    }
    if value.isDeferred { throw .notAwaited("the value of a handler") }
    throw Failure(
      .type, "a handler gave \(machine.typeName(value)), which cannot be sent",
      help: machine.typeName(value) == "Error"
        ? "write throw before it: throw httpError(403)"
        : "give a String, html, a number, an Array, a Dictionary, Bytes, nil or respond(…)")
  }

  private func made(_ value: Value) throws(Failure) -> Response {
    let status = HTTPResponseStatus(statusCode: machine.field(0, of: value).asInt ?? 200)
    let body = machine.field(2, of: value)
    var response = Response(status: status, headers: [:])
    if let payload = machine.payload(of: body, responseClass) as? ResponseObject {
      let answer = forwarded(payload)
      // Its status goes along, unless another is written.
      if machine.field(5, of: value).asBool == false { response.status = answer.status }
      if stream(in: body) != nil { try checkStreams(with: response.status) }
      response.headers = answer.headers
      response.body = answer.body
    } else if let stream = stream(in: body) {
      try checkStreams(with: status)
      response.headers = head(of: stream.object).headers
    } else if let slice = fileSlice(body) {
      response.file = slice
      response.headers.add(name: "content-type", value: slice.file.type)
    } else if !body.isNil {
      let (type, bytes) = try content(body)
      response.body = bytes
      response.headers.add(name: "content-type", value: type)
    }
    for pair in machine.pairs(of: machine.field(1, of: value)) ?? [] {
      if pair.value.isNil { continue }
      let name = machine.display(pair.key)
      response.headers.remove(name: name)
      // An Array gives several headers of one name, as Set-Cookie needs them.
      for value in machine.elements(of: pair.value) ?? [pair.value] where !value.isNil {
        let text = try machine.plainText(of: value, for: name)
        if let problem = HeaderRules.problem(name: name, value: text) { throw Failure(.argument, problem) }
        response.headers.add(name: name, value: text)
      }
    }
    for line in machine.elements(of: machine.field(3, of: value)) ?? [] {
      response.headers.add(name: "set-cookie", value: machine.display(line))
    }
    return response
  }

  /// - Throws: a failure where an answer of a status has no body that could be streamed.
  func checkStreams(with status: HTTPResponseStatus) throws(Failure) {
    guard status.hasContent else {
      throw Failure(.argument, "an answer with the status \(status.code) has no body to stream")
    }
  }

  /// What goes on of a backend's headers: the type, and what some statuses have no meaning without (RFC 9110 section 15).
  private static let carried: Set = [
    "content-type", "content-range", "location", "www-authenticate", "retry-after", "allow",
  ]

  /// A backend's answer passed on: its status, type and body, as far as that is there.
  func forwarded(_ payload: ResponseObject) -> Response {
    var response = Response(
      status: HTTPResponseStatus(statusCode: payload.status), headers: [:],
      body: ByteBuffer(bytes: payload.body))
    for (name, value) in payload.headers where ReplyMaker.carried.contains(name.lowercased()) {
      response.headers.add(name: name.lowercased(), value: value)
    }
    return response
  }

  /// What `respond` makes of a reply: the same with another status, headers in the place of those of their names, and
  /// more cookies, as far as they are given.
  private static func adding(
    to reply: Value, _ call: borrowing NativeCall, _ cookies: Value, _ type: InstanceClass
  ) -> Value {
    let machine = call.machine
    var fields = ReplyMaker.fields.indices.map { machine.field($0, of: reply) }
    if call.has(1) { (fields[Field.status], fields[Field.hasStatus]) = (call[1], .bool(true)) }
    let headers = (machine.pairs(of: call[2]) ?? []).map { (machine.display($0.key), $0.value) }
    let names = Set(headers.map { $0.0.lowercased() })
    let kept = (machine.pairs(of: fields[Field.headers]) ?? []).map { (machine.display($0.key), $0.value) }
      .filter { !names.contains($0.0.lowercased()) }
    fields[Field.headers] = machine.makeDictionary(kept + headers)
    let lines = (machine.elements(of: fields[Field.cookies]) ?? []) + (machine.elements(of: cookies) ?? [])
    fields[Field.cookies] = lines.isEmpty ? .nil : machine.makeArray(lines)
    return machine.makeInstance(type, fields: fields)
  }

  /// Defines `respond`, `redirect`, `httpError` and the cookies of replies.
  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Reply", fields: ReplyMaker.fields)
    defineSetters(type, in: machine)
    let cookies = ReplyCookies(in: machine)
    type.describe = { [unowned machine] value in
      let status = HTTPResponseStatus(statusCode: machine.field(0, of: value).asInt ?? 200)
      return "<Reply \(status.code) \(status.reasonPhrase)>"
    }
    machine.define("respond", ["body?", "status?", "headers?", "cookies?"]) {
      [unowned type] call throws(Failure) in
      if call.has(1), call.machine.typeName(call[0]) == "Int", call.machine.typeName(call[1]) != "Int" {
        throw Failure(
          .type, "\"status\" of respond must be an Int, not \(call.machine.typeName(call[1]))",
          help: "the body comes first, or both have labels: respond(body, status: 201)"
        ).at(parameter: 1)
      }
      let status = try call.int(1, default: 200)
      guard (200...599).contains(status) else {
        throw Failure(.argument, "\(status) is no status of a response", help: "use 200 to 599").at(
          parameter: 1)
      }
      if call.has(2), call.machine.pairs(of: call[2]) == nil {
        throw call.wrongType(2, expected: "a Dictionary")
      }
      let lines = try cookies.lines(call, 3)
      if call.machine.isInstance(call[0], of: type) { return adding(to: call[0], call, lines, type) }
      return call.machine.makeInstance(
        type, fields: [.int(status), call[2], call[0], lines, .nil, .bool(call.has(1)), .nil])
    }
    machine.define("redirect", ["to", "status?", "cookies?"]) { [unowned type] call throws(Failure) in
      let status = try call.int(1, default: 302)
      guard [301, 302, 303, 307, 308].contains(status) else {
        throw Failure(.argument, "\(status) is no redirect", help: "use 301, 302, 303, 307 or 308").at(
          parameter: 1)
      }
      let target = Kernel.readable(try call.string(0))
      if target.isEmpty {
        throw Failure(.argument, "redirect() needs somewhere to go", help: "write redirect(to: \"/\")").at(
          parameter: 0)
      }
      if let problem = HeaderRules.problem(name: "location", value: target) {
        throw Failure(.argument, problem).at(parameter: 0)
      }
      let headers = call.machine.makeDictionary([("Location", call.machine.makeString(target))])
      let lines = try cookies.lines(call, 2)
      return call.machine.makeInstance(
        type, fields: [.int(status), headers, .nil, lines, .nil, .bool(true), .nil])
    }
    machine.define("httpError", ["status", "message?"]) { call throws(Failure) in
      let status = try call.int(0)
      guard (400...599).contains(status) else {
        throw Failure(.argument, "\(status) is no status of an error", help: "use 400 to 599").at(
          parameter: 0)
      }
      let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
      return call.machine.makeErrorValue(
        Failure(.status, try call.string(1, default: reason), fields: [("status", .int(status))]))
    }
    return type
  }
}
