import Fetch
import Foundation
import NIOCore
import VM
import Web

/// What a call to another service gave, as the language sees it.
final class ResponseObject {
  let method: String
  let status: Int
  let reason: String
  let headers: [(name: String, value: String)]
  /// Empty where it comes in pieces.
  let body: [UInt8]
  let url: String
  /// Nanoseconds from the call to the whole answer, or to its head where its body comes in pieces.
  let elapsed: Int
  /// The body that comes in pieces; nil where it is there whole.
  let stream: AnswerBody?
  /// A whole body that is read in pieces.
  private var pieces: AnswerBody?

  init(
    method: String, status: Int, reason: String, headers: [(name: String, value: String)], body: [UInt8],
    url: String, elapsed: Int, stream: AnswerBody? = nil
  ) {
    self.stream = stream
    self.method = method
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
    self.url = url
    self.elapsed = elapsed
  }

  /// What reads the body in pieces.
  func bodyInPieces(_ operations: StreamOperations) -> AnswerBody {
    if let known = stream ?? pieces { return known }
    let made = AnswerBody(
      call: "\(method) \(url.withoutPassword.printable(limit: 200))", url: url,
      IncomingBody(whole: ByteBuffer(bytes: body)),
      operations, watch: nil)
    pieces = made
    return made
  }

  /// Whether the whole body is there.
  private func checkWhole(_ member: String) throws(Failure) {
    guard stream != nil else { return }
    throw Failure(
      .argument, "response.\(member) is not there: with stream: true the body comes in pieces",
      help: "leave stream: true out, or collect response.chunks")
  }

  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

  /// The body as text: in the encoding that the type names, else UTF-8, or Latin-1 where the bytes are not.
  var text: String {
    if let encoding = BodyEncoding.named(by: header("content-type") ?? ""),
      let text = String(bytes: body, encoding: encoding)
    {
      return text
    }
    if let text = String(validating: body, as: UTF8.self) { return text }
    return String(bytes: body, encoding: .isoLatin1) ?? String(decoding: body, as: UTF8.self)
  }

  /// Defines the class of responses. Its hidden fields keep the body's JSON, and what reads the body in pieces, once
  /// they were asked for.
  static func define(in machine: Machine, operations: StreamOperations) -> InstanceClass {
    let type = machine.defineClass("Response", fields: ["__json", "__pieces"])
    type.describe = { [unowned machine, unowned type] value in
      guard let object = machine.payload(of: value, type) as? ResponseObject else { return "<Response>" }
      if object.stream != nil { return "<Response \(object.status) \(object.reason), in pieces>" }
      return "<Response \(object.status) \(object.reason), \(object.body.count) bytes>"
    }
    func property(
      _ name: String, _ body: @escaping (ResponseObject, Machine) throws(Failure) -> Value
    ) {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? ResponseObject else { return .nil }
        return try body(object, call.machine)
      }
    }
    property("status") { response, _ throws(Failure) in .int(response.status) }
    property("ok") { response, _ throws(Failure) in .bool((200...299).contains(response.status)) }
    property("url") { response, machine throws(Failure) in machine.makeString(response.url) }
    property("elapsed") { response, _ throws(Failure) in .duration(nanoseconds: response.elapsed) }
    property("body") { response, machine throws(Failure) in
      try response.checkWhole("body")
      return machine.makeBytes(response.body)
    }
    property("text") { response, machine throws(Failure) in
      try response.checkWhole("text")
      return machine.makeString(response.text)
    }
    property("headers") { response, machine throws(Failure) in
      NamedValues.merged(response.headers, in: machine)
    }
    property("headerLists") { response, machine throws(Failure) in
      NamedValues.lists(NamedValues.lowercased(response.headers), in: machine)
    }
    machine.defineProperty(type, "json") { [unowned type] call throws(Failure) in
      let known = call.machine.field(0, of: call[0])
      if !known.isNil { return known }
      guard let object = call.machine.payload(of: call[0], type) as? ResponseObject else { return .nil }
      try object.checkWhole("json")
      do throws(Failure) {
        let value = try call.machine.parseJSON(object.body)
        call.machine.setField(0, of: call[0], to: value)
        return value
      } catch {
        throw Failure(
          .json, "the body of \(object.url) is \(error.message)", help: "look at .text to see what came",
          fields: error.fields)
      }
    }
    definePieces(of: type, operations: operations, in: machine)
    return type
  }

  private static func definePieces(
    of type: InstanceClass, operations: StreamOperations, in machine: Machine
  ) {
    let piecesClass = AnswerPieces.define(in: machine)
    for reading in AnswerBody.Reading.allCases {
      machine.defineProperty(type, reading.rawValue) {
        [unowned type, unowned operations, piecesClass] call throws(Failure) in
        let machine = call.machine
        guard let object = machine.payload(of: call[0], type) as? ResponseObject else { return .nil }
        let body = object.bodyInPieces(operations)
        try body.begin(reading: reading)
        let known = machine.field(1, of: call[0])
        if !known.isNil { return known }
        let made = machine.makeInstance(piecesClass, payload: body)
        machine.setField(1, of: call[0], to: made)
        return made
      }
    }
    machine.defineMethod(type, "close") { [unowned type, unowned operations] call throws(Failure) in
      let object = call.machine.payload(of: call[0], type) as? ResponseObject
      object?.bodyInPieces(operations).close()
      return .nil
    }
  }
}
