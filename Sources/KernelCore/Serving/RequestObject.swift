import NIOHTTP1
import VM
import Web

/// `request` in a handler.
final class RequestObject {
  let request: Request
  let params: [(String, Value)]

  init(_ request: Request, params: [(String, Value)]) {
    self.request = request
    self.params = params
  }

  /// Defines the class of `request` and its members.
  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Request", fields: ["params"])
    type.describe = { [unowned machine, unowned type] value in
      guard let object = machine.payload(of: value, type) as? RequestObject else { return "<Request>" }
      return "<Request \(object.request.method.rawValue) \(object.request.target.printable(limit: 200))>"
    }
    func property(_ name: String, _ body: @escaping (Request, Machine) throws(Failure) -> Value) {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? RequestObject else { return .nil }
        return try body(object.request, call.machine)
      }
    }
    property("method") { request, machine throws(Failure) in machine.makeString(request.method.rawValue) }
    property("path") { request, machine throws(Failure) in
      machine.makeString((try? request.pathSegments).map { "/" + $0.joined(separator: "/") } ?? request.path)
    }
    property("query") { request, machine throws(Failure) in
      machine.makeDictionary(request.queryItems.map { ($0.name, machine.makeString($0.value)) })
    }
    property("queryLists") { request, machine throws(Failure) in
      NamedValues.lists(request.queryItems, in: machine)
    }
    property("headerLists") { request, machine throws(Failure) in
      NamedValues.lists(NamedValues.lowercased(request.headers.lazy.map { ($0.name, $0.value) }), in: machine)
    }
    property("headers") { request, machine throws(Failure) in
      NamedValues.merged(request.headers.lazy.map { ($0.name, $0.value) }, in: machine)
    }
    property("cookies") { request, machine throws(Failure) in
      machine.makeDictionary(request.cookies.map { ($0.name, machine.makeString($0.value)) })
    }
    property("body") { request, machine throws(Failure) in machine.makeBytes(request.body.readableBytesView) }
    property("text") { request, machine throws(Failure) in
      machine.makeString(utf8: request.body.readableBytesView)
    }
    property("json") { request, machine throws(Failure) in
      do throws(Failure) {
        return try machine.parseJSON(Array(request.body.readableBytesView))
      } catch {
        // What a client sent wrong is the client's error.
        throw Failure(
          .status, "the request's body is \(error.message)",
          fields: [("status", .int(400))])
      }
    }
    property("form") { request, machine throws(Failure) in
      machine.makeDictionary(formItems(of: request).map { ($0.name, machine.makeString($0.value)) })
    }
    property("formLists") { request, machine throws(Failure) in
      NamedValues.lists(formItems(of: request), in: machine)
    }
    property("remote") { request, machine throws(Failure) in
      machine.makeString(request.remoteAddress?.ipAddress ?? "127.0.0.1")
    }
    return type
  }

  private static func formItems(of request: Request) -> [(name: String, value: String)] {
    Request.formItems(String(decoding: request.body.readableBytesView, as: UTF8.self))
  }
}
