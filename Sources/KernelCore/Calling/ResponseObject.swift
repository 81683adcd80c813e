import Fetch
import Foundation
import VM

/// What a call to another service gave, as the language sees it.
final class ResponseObject {
  let method: String
  let status: Int
  let reason: String
  let headers: [(name: String, value: String)]
  let body: [UInt8]
  let url: String
  /// Nanoseconds from the call to the whole answer.
  let elapsed: Int

  init(
    method: String, status: Int, reason: String, headers: [(name: String, value: String)], body: [UInt8],
    url: String,
    elapsed: Int
  ) {
    self.method = method
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
    self.url = url
    self.elapsed = elapsed
  }

  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

  /// The body as text: UTF-8, or Latin-1 where the type says so or the bytes are no UTF-8.
  var text: String {
    let type = header("content-type")?.lowercased() ?? ""
    if !type.contains("iso-8859-1"), let text = String(validating: body, as: UTF8.self) { return text }
    return String(bytes: body, encoding: .isoLatin1) ?? String(decoding: body, as: UTF8.self)
  }

  /// Defines the class of responses. Its hidden field keeps the body's JSON once it was read.
  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Response", fields: ["__json"])
    type.describe = { [unowned machine, unowned type] value in
      guard let object = machine.payload(of: value, type) as? ResponseObject else { return "<Response>" }
      return "<Response \(object.status) \(object.reason), \(object.body.count) bytes>"
    }
    func property(_ name: String, _ body: @escaping (ResponseObject, Machine) -> Value) {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? ResponseObject else { return .nil }
        return body(object, call.machine)
      }
    }
    property("status") { response, _ in .int(response.status) }
    property("ok") { response, _ in .bool((200...299).contains(response.status)) }
    property("url") { response, machine in machine.makeString(response.url) }
    property("elapsed") { response, _ in .duration(nanoseconds: response.elapsed) }
    property("body") { response, machine in machine.makeBytes(response.body) }
    property("text") { response, machine in machine.makeString(response.text) }
    property("headers") { response, machine in
      NamedValues.merged(response.headers, in: machine)
    }
    property("headerLists") { response, machine in
      NamedValues.lists(NamedValues.lowercased(response.headers), in: machine)
    }
    machine.defineProperty(type, "json") { [unowned type] call throws(Failure) in
      let known = call.machine.field(0, of: call[0])
      if !known.isNil { return known }
      guard let object = call.machine.payload(of: call[0], type) as? ResponseObject else { return .nil }
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
    return type
  }
}
